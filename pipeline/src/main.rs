//! `orrery-pipeline`: builds, rolls, verifies and inspects datasets.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use orrery_almanac::CivilDate;
use orrery_format::Body;
use orrery_pipeline::build::{self, build};
use orrery_pipeline::inspect::inspect;
use orrery_pipeline::lists::{almanac, eclipses, window};
use orrery_pipeline::plan::Scope;
use orrery_pipeline::progress::Mode;
use orrery_pipeline::roll::{self, roll};
use orrery_pipeline::verify::{self, verify};
use orrery_pipeline::{PipelineError, config};

/// Turns the Swiss Ephemeris into tables and lists.
#[derive(Parser)]
#[command(name = "orrery-pipeline", version)]
struct Cli {
    /// TOML file of settings: long flags' names with underscores, and their values
    #[arg(long, global = true, env = "ORRERY_CONFIG", value_name = "FILE")]
    config: Option<String>,
    #[command(subcommand)]
    command: Work,
}

#[derive(Subcommand)]
enum Work {
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
struct BuildArgs {
    #[command(flatten)]
    making: Making,
    /// First year
    #[arg(
        long,
        env = "ORRERY_FROM",
        default_value_t = 1800,
        value_name = "YEAR",
        allow_negative_numbers = true
    )]
    from: i32,
    /// Year after the last
    #[arg(
        long,
        env = "ORRERY_TO",
        default_value_t = 2400,
        value_name = "YEAR",
        allow_negative_numbers = true
    )]
    to: i32,
    /// Bodies, separated by commas [default: all]
    #[arg(long, env = "ORRERY_BODIES", value_delimiter = ',', value_parser = parse_body)]
    bodies: Option<Vec<Body>>,
}

#[derive(Args)]
struct RollArgs {
    #[command(flatten)]
    making: Making,
}

/// What both ways to make a generation take.
#[derive(Args)]
struct Making {
    /// Dataset directory
    #[arg(long, env = "ORRERY_OUT", default_value = "datasets", value_name = "DIR")]
    out: PathBuf,
    /// Directory of ephemeris files
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    ephe: PathBuf,
    /// Threads [default: one a core]
    #[arg(long, env = "ORRERY_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// How to tell of progress
    #[arg(long, env = "ORRERY_PROGRESS", default_value = "auto", value_enum)]
    progress: Mode,
    /// The day that the almanac is made around, a date of UTC [default: the clock]
    #[arg(long, value_name = "YYYY-MM-DD", allow_hyphen_values = true, value_parser = window::parse_day)]
    today: Option<CivilDate>,
}

#[derive(Args)]
struct VerifyArgs {
    /// Dataset directory
    #[arg(default_value = "datasets", value_name = "DIR")]
    dir: PathBuf,
    /// Directory of ephemeris files
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    ephe: PathBuf,
    /// Random instants of each table, and entries of each list, to compare with the source
    #[arg(long, env = "ORRERY_SAMPLES", default_value_t = 200, value_name = "N")]
    samples: u32,
    /// What the random instants follow from, to repeat a run [default: the clock]
    #[arg(long, env = "ORRERY_SEED", value_name = "N")]
    seed: Option<u64>,
}

/// A seed that differs from run to run.
fn seed_of_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn parse_body(name: &str) -> Result<Body, String> {
    Body::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Body::ALL.iter().map(|body| body.name()).collect();
        let near = orrery_almanac::suggest::nearest(name, names.iter().copied());
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("there is no table of {name:?}{hint} (tables: {})", names.join(" "))
    })
}

fn main() -> ExitCode {
    let parsed = config::parse(Cli::command())
        .and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.to_string()));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(message) => {
            eprintln!("orrery-pipeline: {message}");
            return ExitCode::from(2);
        }
    };
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("orrery-pipeline: {error}");
            ExitCode::from(if matches!(error, PipelineError::Usage(_)) { 2 } else { 1 })
        }
    }
}

fn run(work: Work) -> Result<ExitCode, PipelineError> {
    match work {
        Work::Build(BuildArgs { making, from, to, bodies }) => {
            let outcome = build(&build::Options {
                out: making.out,
                ephe: making.ephe,
                scope: Scope { from_year: from, to_year: to, bodies },
                jobs: making.jobs.map(usize::from),
                progress: making.progress,
                today: making.today.unwrap_or_else(window::today),
            })?;
            if !outcome.dropped.is_empty() {
                eprintln!(
                    "note: no longer published, since neither --bodies nor the years asked for it: {}; their files are kept \
                     and reused when they are asked for again",
                    outcome.dropped.join(" ")
                );
            }
            println!("{}", told(&outcome));
            Ok(ExitCode::SUCCESS)
        }
        Work::Roll(RollArgs { making }) => {
            let rolled = roll(&roll::Options {
                out: making.out,
                ephe: making.ephe,
                jobs: making.jobs.map(usize::from),
                progress: making.progress,
                today: making.today.unwrap_or_else(window::today),
            })?;
            println!("{}", told(&rolled.outcome));
            match rolled.pruned {
                Ok(pruned) if pruned.files == 0 => {}
                Ok(pruned) => println!("removed {} files, {:.1} MB", pruned.files, pruned.bytes as f64 / 1e6),
                Err(error) => eprintln!("note: files of earlier generations are not removed: {error}"),
            }
            Ok(ExitCode::SUCCESS)
        }
        Work::Verify(args) => {
            let seed = args.seed.unwrap_or_else(seed_of_now);
            let report =
                verify(&verify::Options { dir: args.dir, ephe: args.ephe, samples: args.samples, seed })?;
            for fault in &report.faults {
                eprintln!("fault: {fault}");
            }
            println!(
                "{} blocks, {} lists, {:.1} MB read, {} instants compared with the source (seed {seed}){}",
                report.blocks,
                report.lists,
                report.bytes as f64 / 1e6,
                report.compared,
                report
                    .worst
                    .map(|(arcsec, what)| format!(", worst {arcsec:.6}″ ({what})"))
                    .unwrap_or_default(),
            );
            if let Some(almanac::audit::Findings { compared, searched, worst, .. }) = &report.almanac {
                let worst = worst.iter().map(|(kind, arcsec)| format!("{} {arcsec:.6}″", kind.name()));
                let worst: Vec<String> = worst.collect();
                println!(
                    "almanac: {compared} events compared with the source, {searched} found in it on random days; worst {}",
                    worst.join(", ")
                );
            }
            for (list, findings) in &report.eclipses {
                let eclipses::audit::Findings { derived, searched, compared, worst_s, .. } = findings;
                println!(
                    "{}: {derived} derived again, {compared} compared with the source, which was asked about {searched} lunations; \
                     worst {worst_s:.6} s",
                    list.name()
                );
            }
            println!("{}", if report.faults.is_empty() { "sound" } else { "NOT sound" });
            Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Work::Inspect { path } => {
            print!("{}", inspect(&path)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What a build came to, in a line.
fn told(outcome: &build::Outcome) -> String {
    let build::Outcome { generation, computed, reused, lists_derived, lists_reused, seconds, .. } = outcome;
    let megabytes = outcome.bytes as f64 / 1e6;
    if outcome.unchanged && *computed + *lists_derived > 0 {
        format!(
            "mended generation {generation}, which was published: {computed} blocks computed, {reused} reused, \
             {lists_derived} lists derived, {lists_reused} reused, {megabytes:.1} MB ({seconds:.1} s)"
        )
    } else if outcome.unchanged {
        format!(
            "nothing to do: generation {generation} is published, {reused} blocks, {lists_reused} lists, {megabytes:.1} MB \
             ({seconds:.2} s)"
        )
    } else {
        format!(
            "published generation {generation}: {computed} blocks computed, {reused} reused, {lists_derived} lists derived, \
             {lists_reused} reused, {megabytes:.1} MB ({seconds:.1} s)"
        )
    }
}
