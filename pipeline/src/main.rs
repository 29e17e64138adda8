//! `orrery-pipeline`: builds, verifies and inspects datasets.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use orrery_format::Body;
use orrery_pipeline::build::{self, build};
use orrery_pipeline::inspect::inspect;
use orrery_pipeline::plan::Scope;
use orrery_pipeline::progress::Mode;
use orrery_pipeline::verify::{self, verify};
use orrery_pipeline::{PipelineError, config};

/// Turns the Swiss Ephemeris into tables.
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
    /// Reads every byte, checks hashes and structure, audits a random sample against the source
    Verify(VerifyArgs),
    /// Tells what a dataset or a block file holds: sizes, audited errors, provenance
    Inspect {
        /// Dataset directory or block file
        #[arg(default_value = "datasets")]
        path: PathBuf,
    },
}

#[derive(Args)]
struct BuildArgs {
    /// Dataset directory
    #[arg(long, env = "ORRERY_OUT", default_value = "datasets", value_name = "DIR")]
    out: PathBuf,
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
    /// Directory of ephemeris files
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    ephe: PathBuf,
    /// Threads [default: one a core]
    #[arg(long, env = "ORRERY_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// How to tell of progress
    #[arg(long, env = "ORRERY_PROGRESS", default_value = "auto", value_enum)]
    progress: Mode,
}

#[derive(Args)]
struct VerifyArgs {
    /// Dataset directory
    #[arg(default_value = "datasets", value_name = "DIR")]
    dir: PathBuf,
    /// Directory of ephemeris files
    #[arg(long, env = "ORRERY_EPHE", default_value = "data/ephe", value_name = "DIR")]
    ephe: PathBuf,
    /// Random instants of each table to compare with the source
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
        Work::Build(args) => {
            let outcome = build(&build::Options {
                out: args.out,
                ephe: args.ephe,
                scope: Scope { from_year: args.from, to_year: args.to, bodies: args.bodies },
                jobs: args.jobs.map(usize::from),
                progress: args.progress,
            })?;
            let megabytes = outcome.bytes as f64 / 1e6;
            if !outcome.dropped.is_empty() {
                eprintln!(
                    "note: no longer published, since neither --bodies nor the years asked for it: {}; their files are kept \
                     and reused when they are asked for again",
                    outcome.dropped.join(" ")
                );
            }
            if outcome.unchanged {
                println!(
                    "nothing to do: generation {} is published, {} blocks, {megabytes:.1} MB ({:.2} s)",
                    outcome.generation, outcome.reused, outcome.seconds
                );
            } else {
                println!(
                    "published generation {}: {} blocks computed, {} reused, {megabytes:.1} MB ({:.1} s)",
                    outcome.generation, outcome.computed, outcome.reused, outcome.seconds
                );
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
                "{} blocks, {:.1} MB read, {} instants compared with the source (seed {seed}){}",
                report.blocks,
                report.bytes as f64 / 1e6,
                report.compared,
                report
                    .worst
                    .map(|(arcsec, what)| format!(", worst {arcsec:.6}″ ({what})"))
                    .unwrap_or_default(),
            );
            println!("{}", if report.faults.is_empty() { "sound" } else { "NOT sound" });
            Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Work::Inspect { path } => {
            print!("{}", inspect(&path)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}
