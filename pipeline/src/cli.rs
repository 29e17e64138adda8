//! The command line: what can be asked for, and how it is written.

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use orrery_almanac::CivilDate;
use orrery_format::Body;
use orrery_pipeline::PipelineError;
use orrery_pipeline::config;
use orrery_pipeline::lists::window;
use orrery_pipeline::progress::Mode;
use orrery_pipeline::remote::publish::{self, Keep};
use orrery_pipeline::remote::pull;
use orrery_pipeline::scope::{Window, Wish, WishedSpan};
use orrery_pipeline::shard::Shard;

/// Turns the Swiss Ephemeris into tables and lists.
#[derive(Parser)]
#[command(name = "orrery-pipeline", version)]
pub(crate) struct Cli {
    /// TOML file of settings: long flags' names with underscores, and their values
    #[arg(long, global = true, env = "ORRERY_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Work,
}

#[derive(Subcommand)]
pub(crate) enum Work {
    /// Computes what is missing and publishes it as a new generation
    Build(BuildArgs),
    /// Moves windows to today, publishes, and removes what neither this generation nor the one before it names; builds where
    /// nothing is published
    Roll(RollArgs),
    /// Makes one dataset of the shares of a build, and publishes it
    Merge(MergeArgs),
    /// Uploads what of a dataset is not at a location yet, then publishes it there
    Publish(PublishArgs),
    /// Fetches what of a location's published generation is not here yet, checks every byte, then publishes it here
    Pull(PullArgs),
    /// Reads every byte, checks hashes and structure, audits a random sample against the source
    Verify(VerifyArgs),
    /// Tells what a dataset or one of its files holds: sizes, audited errors, provenance
    Inspect {
        /// Dataset directory, block file or list file
        #[arg(default_value = "datasets")]
        path: PathBuf,
    },
}

impl Work {
    /// How it is to run.
    pub(crate) fn manner(&self) -> Manner {
        match self {
            Work::Build(BuildArgs { making, .. }) | Work::Roll(RollArgs { making, .. }) => making.manner,
            Work::Merge(MergeArgs { manner, .. }) | Work::Verify(VerifyArgs { manner, .. }) => *manner,
            Work::Publish(PublishArgs { transfer, .. }) | Work::Pull(PullArgs { transfer, .. }) => {
                transfer.manner
            }
            Work::Inspect { .. } => Manner::default(),
        }
    }
}

#[derive(Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Only the blocks of one share of so many, such as 2/3, for `merge`; publishes nothing
    #[arg(long, env = "ORRERY_SHARD", value_name = "I/N", allow_hyphen_values = true)]
    pub(crate) shard: Option<Shard>,
}

#[derive(Args)]
#[command(after_help = "Of what is not asked for, what the published dataset is to have stays.")]
pub(crate) struct RollArgs {
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What both ways to make a generation from nothing take.
#[derive(Args)]
pub(crate) struct Making {
    /// Dataset directory
    #[arg(long, env = "ORRERY_OUT", default_value = "datasets", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Directory of ephemeris files
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    pub(crate) ephe: PathBuf,
    /// Threads [default: one a core]
    #[arg(long, env = "ORRERY_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// How to tell of progress
    #[arg(long, env = "ORRERY_PROGRESS", default_value = "auto", value_enum)]
    progress: Mode,
    /// The day that windows are around, a date of UTC [default: the clock]
    #[arg(long, value_name = "YYYY-MM-DD", allow_hyphen_values = true, value_parser = window::parse_day)]
    pub(crate) today: Option<CivilDate>,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

impl Making {
    /// How to tell of progress: to who reads the outcome as JSON, in lines.
    pub(crate) fn progress(&self) -> Mode {
        match (self.progress, self.manner.report) {
            (Mode::Auto, Report::Json) => Mode::Plain,
            (progress, _) => progress,
        }
    }
}

/// How to run, whatever is done.
#[derive(Args, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// How to tell of the outcome on stdout: `json` is one line, an object
    #[arg(long, env = "ORRERY_REPORT", default_value = "text", value_enum)]
    pub(crate) report: Report,
    /// Run at this niceness, from 0 to 19, or a higher one that it is started with
    #[arg(long, env = "ORRERY_NICENESS", value_name = "N", value_parser = clap::value_parser!(u8).range(..=19))]
    pub(crate) niceness: Option<u8>,
}

/// How to tell of the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// Sentences.
    #[default]
    Text,
    /// An object.
    Json,
}

/// Which times and bodies.
#[derive(Args)]
pub(crate) struct ScopeArgs {
    /// First year [default: 1800]
    #[arg(long, env = "ORRERY_FROM", value_name = "YEAR", allow_negative_numbers = true)]
    from: Option<i32>,
    /// Year after the last [default: 2400]
    #[arg(long, env = "ORRERY_TO", value_name = "YEAR", allow_negative_numbers = true)]
    to: Option<i32>,
    /// Years around today in place of these, such as -120y..+80y, which `roll` moves
    #[arg(long, env = "ORRERY_WINDOW", value_name = "SPAN", allow_hyphen_values = true)]
    window: Option<Window>,
    /// Bodies, separated by commas, or `all` [default: all]
    #[arg(long, env = "ORRERY_BODIES", value_delimiter = ',', value_parser = Bodies::parse)]
    bodies: Option<Vec<Bodies>>,
}

impl ScopeArgs {
    /// What is wished.
    pub(crate) fn wish(self) -> Wish {
        let years = WishedSpan::Years { from: self.from, to: self.to };
        let are_years = self.from.is_some() || self.to.is_some();
        let bodies = |given: Vec<Bodies>| given.iter().flat_map(|bodies| bodies.0).copied().collect();
        Wish {
            span: self.window.map(WishedSpan::Window).or(are_years.then_some(years)),
            bodies: self.bodies.map(bodies),
        }
    }

    /// Decides between years and a window where both are given: what is on the command line wins over the environment, and that
    /// over the settings file.
    fn decide(&mut self, matches: &ArgMatches) -> Result<(), String> {
        let given = |is_some: bool, id: &str| matches.value_source(id).filter(|_| is_some);
        let years = given(self.from.is_some(), "from").max(given(self.to.is_some(), "to"));
        let window = given(self.window.is_some(), "window");
        if years > window {
            self.window = None;
        } else if years < window {
            (self.from, self.to) = (None, None);
        } else if let Some(source) = window {
            return Err(format!(
                "--window takes the place of --from and --to, and both are {}: leave out one or the other",
                match source {
                    ValueSource::CommandLine => "given",
                    ValueSource::EnvVariable => "in the environment",
                    _ => "in the settings file",
                }
            ));
        }
        Ok(())
    }
}

/// A body, or all of them.
#[derive(Clone, Copy, Debug)]
struct Bodies(&'static [Body]);

impl Bodies {
    /// Every body, in their order.
    const ALL: &[Body] = &Body::ALL;

    /// What stands for all of them.
    const ALL_NAME: &str = "all";

    fn parse(name: &str) -> Result<Bodies, String> {
        if name == Bodies::ALL_NAME {
            return Ok(Bodies(Bodies::ALL));
        }
        let mut each = Bodies::ALL.chunks(1);
        each.find(|one| one.iter().any(|body| body.name() == name)).map(Bodies).ok_or_else(|| {
            let names = Bodies::ALL.iter().map(|body| body.name()).chain([Bodies::ALL_NAME]);
            let names: Vec<&str> = names.collect();
            let near = orrery_almanac::suggest::nearest(name, names.iter().copied());
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            format!("there is no table of {name:?}{hint} (tables: {})", names.join(" "))
        })
    }
}

#[derive(Args)]
pub(crate) struct MergeArgs {
    /// Dataset directory
    #[arg(long, env = "ORRERY_OUT", default_value = "datasets", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Directory of the ephemeris files that the shares were computed from
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    pub(crate) ephe: PathBuf,
    /// The day that windows are around, a date of UTC [default: the clock]
    #[arg(long, value_name = "YYYY-MM-DD", allow_hyphen_values = true, value_parser = window::parse_day)]
    pub(crate) today: Option<CivilDate>,
    /// Directories that `build --shard` was given as --out
    #[arg(required = true, value_name = "SHARD_DIR")]
    pub(crate) shards: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

#[derive(Args)]
pub(crate) struct PublishArgs {
    /// Dataset directory
    #[arg(default_value = "datasets", value_name = "DIR")]
    dir: PathBuf,
    /// Where to: a `s3://`, `gs://`, `az://` or `file:///` URL; `location` in a settings file
    #[arg(id = "location", long = "to", env = "ORRERY_LOCATION", value_name = "URL")]
    to: Option<String>,
    /// How many generations to leave there, the published one among them [default: all]
    #[arg(long, env = "ORRERY_KEEP", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// With --keep, what is younger stays: another publisher may be uploading it, or a server pulling it
    #[arg(long, env = "ORRERY_KEEP_HOURS", default_value_t = 24, value_name = "HOURS")]
    keep_hours: u32,
    #[command(flatten)]
    transfer: Transfer,
}

impl PublishArgs {
    /// What to publish, and where.
    pub(crate) fn options(self) -> Result<publish::Options, PipelineError> {
        let younger_than = Duration::from_hours(self.keep_hours.into());
        Ok(publish::Options {
            dir: self.dir,
            to: named(self.to, "publish", "--to")?,
            retries: self.transfer.retries.into(),
            keep: self.keep.map(|generations| Keep { generations: generations as usize, younger_than }),
        })
    }
}

#[derive(Args)]
pub(crate) struct PullArgs {
    /// Dataset directory
    #[arg(long, env = "ORRERY_OUT", default_value = "datasets", value_name = "DIR")]
    out: PathBuf,
    /// Where from: a URL that can be published at, or one of a web server; `location` in a settings file
    #[arg(id = "location", long = "from", env = "ORRERY_LOCATION", value_name = "URL")]
    from: Option<String>,
    /// Check every byte of what is here, and fetch anew what is damaged
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    transfer: Transfer,
}

impl PullArgs {
    /// What to pull, and to where.
    pub(crate) fn options(self) -> Result<pull::Options, PipelineError> {
        let from = named(self.from, "pull", "--from")?;
        let retries = self.transfer.retries.into();
        Ok(pull::Options { out: self.out, from, retries, check: self.check })
    }
}

/// What both ways between machines take.
#[derive(Args)]
struct Transfer {
    /// How often to repeat a request that the network or the server has failed, with growing pauses
    #[arg(long, env = "ORRERY_RETRIES", default_value_t = 6, value_name = "N")]
    retries: u16,
    #[command(flatten)]
    manner: Manner,
}

/// A location, which nobody can guess. It is asked for here, and not by the parser, since a settings file, which may have it, is
/// looked for on a command line that has been understood.
fn named(location: Option<String>, command: &str, flag: &str) -> Result<String, PipelineError> {
    location.ok_or_else(|| {
        PipelineError::Usage(format!(
            "{command} needs a location: {flag} URL, ORRERY_LOCATION in the environment or location in a settings file"
        ))
    })
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// Dataset directory
    #[arg(default_value = "datasets", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Directory of ephemeris files
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    pub(crate) ephe: PathBuf,
    /// Random instants of each table, and entries of each list, to compare with the source
    #[arg(long, env = "ORRERY_SAMPLES", default_value_t = 200, value_name = "N")]
    pub(crate) samples: u32,
    /// Read so many blocks, drawn at random, and compare samples of each of them; of the others look at the structure alone
    /// [default: all]
    #[arg(long, env = "ORRERY_SAMPLE_BLOCKS", value_name = "N")]
    pub(crate) sample_blocks: Option<u32>,
    /// What the random instants follow from, to repeat a run [default: the clock]
    #[arg(long, env = "ORRERY_SEED", value_name = "N")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

impl Cli {
    /// What the command line, the environment and the settings file ask for.
    ///
    /// # Errors
    /// A message, when the settings file cannot be read or is wrong, or two settings contradict each other.
    pub(crate) fn read() -> Result<Cli, String> {
        Cli::of(&config::parse(Cli::command())?)
    }

    fn of(matches: &ArgMatches) -> Result<Cli, String> {
        let mut cli = Cli::from_arg_matches(matches).map_err(|error| error.to_string())?;
        if let (
            Work::Build(BuildArgs { scope, .. }) | Work::Roll(RollArgs { scope, .. }),
            Some((_, matches)),
        ) = (&mut cli.command, matches.subcommand())
        {
            scope.decide(matches)?;
        }
        Ok(cli)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a command line asks for, with these as the settings file's.
    fn read(arguments: &[&str], settings: &[(&'static str, &'static str)]) -> Result<Wish, String> {
        let mut command = Cli::command();
        for &(id, value) in settings {
            command = command
                .mut_subcommand("roll", |roll| roll.mut_arg(id, |argument| argument.default_value(value)));
        }
        let arguments = ["orrery-pipeline", "roll"].iter().chain(arguments);
        let matches = command.try_get_matches_from(arguments).map_err(|error| error.to_string())?;
        match Cli::of(&matches)?.command {
            Work::Roll(RollArgs { scope, .. }) => Ok(scope.wish()),
            _ => Err("not the command".into()),
        }
    }

    const WINDOW: WishedSpan = WishedSpan::Window(Window { before_years: 120, after_years: 80 });

    const fn years(from: Option<i32>, to: Option<i32>) -> WishedSpan {
        WishedSpan::Years { from, to }
    }

    #[test]
    fn what_is_not_asked_for_is_not_wished() {
        assert_eq!(read(&[], &[]), Ok(Wish::default()));
        assert_eq!(read(&["--from", "-44"], &[]).unwrap().span, Some(years(Some(-44), None)));
        assert_eq!(read(&["--to=2100"], &[]).unwrap().span, Some(years(None, Some(2100))));
        for window in [&["--window=-120y..+80y"][..], &["--window", "-120y..80y"]] {
            assert_eq!(read(window, &[]), Ok(Wish { span: Some(WINDOW), bodies: None }));
        }
        let bodies = |list| read(&["--bodies", list], &[]).unwrap().bodies.unwrap();
        assert_eq!(bodies("moon,sun"), [Body::Moon, Body::Sun]);
        assert_eq!(bodies("all"), Body::ALL);
    }

    #[test]
    fn a_window_stands_in_the_place_of_years() {
        // On the command line it is one or the other.
        for years in ["--from=1900", "--to=2100"] {
            let message = read(&["--window=-120y..+80y", years], &[]).unwrap_err();
            for text in ["--window", "--from", "--to", "leave out"] {
                assert!(message.contains(text), "no {text} in {message}");
            }
        }
        // It wins over what the settings file says, whichever it is.
        let file_years = [("from", "1900"), ("to", "2100")];
        let file_window = [("window", "-5y..+5y")];
        assert_eq!(read(&["--window=-120y..+80y"], &file_years).unwrap().span, Some(WINDOW));
        assert_eq!(read(&["--from=1800"], &file_window).unwrap().span, Some(years(Some(1800), None)));
        assert_eq!(read(&["--from=1800"], &file_years).unwrap().span, Some(years(Some(1800), Some(2100))));
        let both = read(&[], &[file_years[0], file_window[0]]).unwrap_err();
        assert!(both.contains("in the settings file"), "{both}");
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
