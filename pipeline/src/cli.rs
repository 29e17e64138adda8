//! The command line: what can be asked for, and how it is written.

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use orrery_almanac::CivilDate;
use orrery_format::Body;
use orrery_pipeline::config;
use orrery_pipeline::lists::window;
use orrery_pipeline::progress::Mode;

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
    /// Moves the lists' windows to today, publishes, and removes what neither this generation nor the one before it names
    Roll(RollArgs),
    /// Reads every byte, checks hashes and structure, audits a random sample against the source
    Verify(VerifyArgs),
    /// Tells what a dataset or one of its files holds: sizes, audited errors, provenance
    Inspect {
        /// Dataset directory, block file or list file
        #[arg(default_value = "datasets")]
        path: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) making: Making,
    /// First year
    #[arg(
        long,
        env = "ORRERY_FROM",
        default_value_t = 1800,
        value_name = "YEAR",
        allow_negative_numbers = true
    )]
    pub(crate) from: i32,
    /// Year after the last
    #[arg(
        long,
        env = "ORRERY_TO",
        default_value_t = 2400,
        value_name = "YEAR",
        allow_negative_numbers = true
    )]
    pub(crate) to: i32,
    /// Bodies, separated by commas [default: all]
    #[arg(long, env = "ORRERY_BODIES", value_delimiter = ',', value_parser = parse_body)]
    pub(crate) bodies: Option<Vec<Body>>,
}

#[derive(Args)]
pub(crate) struct RollArgs {
    #[command(flatten)]
    pub(crate) making: Making,
}

/// What both ways to make a generation take.
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
    pub(crate) progress: Mode,
    /// The day that the almanac is made around, a date of UTC [default: the clock]
    #[arg(long, value_name = "YYYY-MM-DD", allow_hyphen_values = true, value_parser = window::parse_day)]
    pub(crate) today: Option<CivilDate>,
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
    /// What the random instants follow from, to repeat a run [default: the clock]
    #[arg(long, env = "ORRERY_SEED", value_name = "N")]
    pub(crate) seed: Option<u64>,
}

impl Cli {
    /// What the command line, the environment and the settings file ask for.
    ///
    /// # Errors
    /// A message, when the settings file cannot be read or is wrong.
    pub(crate) fn read() -> Result<Cli, String> {
        let matches = config::parse(Cli::command())?;
        Cli::from_arg_matches(&matches).map_err(|error| error.to_string())
    }
}

fn parse_body(name: &str) -> Result<Body, String> {
    Body::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Body::ALL.iter().map(|body| body.name()).collect();
        let near = orrery_almanac::suggest::nearest(name, names.iter().copied());
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("there is no table of {name:?}{hint} (tables: {})", names.join(" "))
    })
}
