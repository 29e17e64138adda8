//! `orrery-pipeline`: builds, rolls, verifies and inspects datasets.
#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

use orrery_pipeline::PipelineError;
use orrery_pipeline::build::{self, build};
use orrery_pipeline::inspect::inspect;
use orrery_pipeline::lists::{almanac, eclipses, window};
use orrery_pipeline::plan::Scope;
use orrery_pipeline::roll::{self, roll};
use orrery_pipeline::verify::{self, verify};

use crate::cli::{BuildArgs, Cli, RollArgs, Work};

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
