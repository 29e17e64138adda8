//! `orrery-pipeline`: builds, rolls, merges, publishes, pulls, verifies and inspects datasets.
#![forbid(unsafe_code)]

mod cli;
mod telling;

use std::process::ExitCode;
use std::time::Instant;

use orrery_pipeline::PipelineError;
use orrery_pipeline::build::{self, build};
use orrery_pipeline::inspect::inspect;
use orrery_pipeline::lists::window;
use orrery_pipeline::merge::{self, merge};
use orrery_pipeline::remote::publish::publish;
use orrery_pipeline::remote::pull::pull;
use orrery_pipeline::roll::{self, roll};
use orrery_pipeline::scope::Scope;
use orrery_pipeline::shard::build_shard;
use orrery_pipeline::verify::{self, verify};

use crate::cli::{BuildArgs, Cli, MergeArgs, RollArgs, VerifyArgs, Work};

/// A seed that differs from run to run.
fn seed_of_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(message) => {
            eprintln!("orrery-pipeline: {message}");
            return ExitCode::from(2);
        }
    };
    if let Some(niceness) = cli.command.manner().niceness
        && let Err(error) = step_back(niceness)
    {
        eprintln!("orrery-pipeline: --niceness {niceness}: {error}");
        return ExitCode::from(1);
    }
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("orrery-pipeline: {error}");
            ExitCode::from(if matches!(error, PipelineError::Usage(_)) { 2 } else { 1 })
        }
    }
}

/// Lets others go first: takes a niceness, if it is not nicer already, for itself and every thread that it will start.
fn step_back(niceness: u8) -> rustix::io::Result<()> {
    let niceness = i32::from(niceness);
    if rustix::process::getpriority_process(None)? < niceness {
        rustix::process::setpriority_process(None, niceness)?;
    }
    Ok(())
}

fn run(work: Work) -> Result<ExitCode, PipelineError> {
    let report = work.manner().report;
    match work {
        Work::Build(BuildArgs { making, scope, shard }) => {
            let progress = making.progress();
            let options = build::Options {
                out: making.out,
                ephe: making.ephe,
                scope: Scope::full().with(scope.wish()),
                jobs: making.jobs.map(usize::from),
                progress,
                today: making.today.unwrap_or_else(window::today),
            };
            match shard {
                Some(shard) => report.shared(&build_shard(&options, shard)?),
                None => report.built(&build(&options)?),
            }
            Ok(ExitCode::SUCCESS)
        }
        Work::Roll(RollArgs { making, scope }) => {
            let progress = making.progress();
            report.rolled(&roll(&roll::Options {
                out: making.out,
                ephe: making.ephe,
                wish: scope.wish(),
                jobs: making.jobs.map(usize::from),
                progress,
                today: making.today.unwrap_or_else(window::today),
            })?);
            Ok(ExitCode::SUCCESS)
        }
        Work::Merge(MergeArgs { out, ephe, today, shards, .. }) => {
            let today = today.unwrap_or_else(window::today);
            report.merged(&merge(&merge::Options { out, ephe, shards, today })?);
            Ok(ExitCode::SUCCESS)
        }
        Work::Publish(args) => {
            let options = args.options()?;
            report.sent(&options.to, &publish(&options)?);
            Ok(ExitCode::SUCCESS)
        }
        Work::Pull(args) => {
            report.pulled(&pull(&args.options()?)?);
            Ok(ExitCode::SUCCESS)
        }
        Work::Verify(VerifyArgs { dir, ephe, samples, sample_blocks, seed, .. }) => {
            let begun = Instant::now();
            let seed = seed.unwrap_or_else(seed_of_now);
            let sample_blocks = sample_blocks.map(|count| count as usize);
            let found = verify(&verify::Options { dir, ephe, samples, sample_blocks, seed })?;
            Ok(report.verified(seed, begun.elapsed().as_secs_f64(), &found))
        }
        Work::Inspect { path } => {
            print!("{}", inspect(&path)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}
