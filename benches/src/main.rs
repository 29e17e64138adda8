//! `orrery-bench`: measures Orrery against live Swiss Ephemeris, as ratios within one run.
#![forbid(unsafe_code)]

mod accuracy;
mod building;
mod charts;
mod comparison;
mod cuts;
mod eclipses;
mod evaluation;
mod events;
mod figure;
mod first_answer;
mod frames;
mod hostile;
mod http;
mod instants;
mod noise;
mod places;
mod remainder;
mod rise_set;
mod service;
mod settings;
mod watching;
mod workload;

use std::process::ExitCode;

use anyhow::{Context, Result};
use orrery_format::{Check, Dataset};
use orrery_swisseph::EphemerisDir;

use crate::settings::Settings;

/// A benchmark, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bench {
    Evaluation,
    Accuracy,
    Frames,
    Workload,
    RiseSet,
    Eclipses,
    Events,
    Charts,
    Places,
    Build,
    Clone,
    Http,
    Watching,
    Remainder,
    Service,
    Cuts,
    Count,
}

/// What can be asked for, and what each name stands for.
const NAMES: [(&str, &[Bench]); 18] = [
    ("evaluation", &[Bench::Evaluation]),
    ("accuracy", &[Bench::Accuracy]),
    ("frames", &[Bench::Frames]),
    ("workload", &[Bench::Workload]),
    ("rise-set", &[Bench::RiseSet]),
    ("eclipses", &[Bench::Eclipses]),
    ("events", &[Bench::Events]),
    ("charts", &[Bench::Charts]),
    ("places", &[Bench::Places]),
    ("build", &[Bench::Build]),
    ("clone", &[Bench::Clone]),
    ("http", &[Bench::Http]),
    ("watching", &[Bench::Watching]),
    ("remainder", &[Bench::Remainder]),
    ("service", &[Bench::Service]),
    (
        "all",
        &[
            Bench::Evaluation,
            Bench::Accuracy,
            Bench::Frames,
            Bench::Workload,
            Bench::RiseSet,
            Bench::Eclipses,
            Bench::Events,
            Bench::Charts,
            Bench::Places,
            Bench::Build,
            Bench::Http,
            Bench::Watching,
            Bench::Remainder,
            Bench::Service,
            Bench::Clone,
        ],
    ),
    ("cuts", &[Bench::Cuts]),
    ("count", &[Bench::Count]),
];

/// What runs when no name is given: everything that takes minutes at most and compiles nothing.
const USUAL: &[Bench] = &[
    Bench::Evaluation,
    Bench::Accuracy,
    Bench::Frames,
    Bench::Workload,
    Bench::RiseSet,
    Bench::Eclipses,
    Bench::Events,
    Bench::Charts,
    Bench::Places,
    Bench::Build,
    Bench::Http,
    Bench::Watching,
    Bench::Remainder,
    Bench::Service,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == [http::constant::SUBCOMMAND] {
        return ended(http::constant::serve());
    }
    let named = arguments.first().map(|name| (name, NAMES.iter().find(|entry| entry.0 == name)));
    let benches = match named {
        None => USUAL,
        Some((_, Some(entry))) => entry.1,
        Some((name, None)) => {
            let names: Vec<&str> = NAMES.iter().map(|entry| entry.0).collect();
            eprintln!("orrery-bench: there is no benchmark {name:?}; give one of {}", names.join(" "));
            return ExitCode::from(2);
        }
    };
    let rest = arguments.get(1..).unwrap_or_default();
    let parts: Option<&[&str]> = match benches {
        [Bench::Http] => Some(&http::PARTS),
        [Bench::Service] => Some(&service::PARTS),
        _ => None,
    };
    let takes_more = parts.is_some() || [&[Bench::Cuts][..], &[Bench::Count]].contains(&benches);
    if let Some(surplus) = rest.first().filter(|_| !takes_more) {
        eprintln!("orrery-bench: {surplus:?} is one argument too many");
        return ExitCode::from(2);
    }
    if let Some(parts) = parts
        && let Some(unknown) = rest.iter().find(|part| !parts.contains(&part.as_str()))
    {
        eprintln!("orrery-bench: there is no part {unknown:?}; the parts are {}", parts.join(" "));
        return ExitCode::from(2);
    }
    let settings = Settings::from_environment();
    let outcome = benches.iter().try_for_each(|&bench| run(bench, &settings, rest));
    figure::print_all();
    ended(outcome)
}

fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orrery-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(bench: Bench, settings: &Settings, rest: &[String]) -> Result<()> {
    match bench {
        Bench::Evaluation => {
            let dataset = settings.current_dataset()?;
            evaluation::run(&dataset, &EphemerisDir::open(&settings.ephe)?)
        }
        Bench::Accuracy => {
            let dataset = settings.current_dataset()?;
            accuracy::run(&dataset, &EphemerisDir::open(&settings.ephe)?)
        }
        Bench::Frames => frames::run(settings),
        Bench::Workload => workload::run(settings),
        Bench::RiseSet => {
            let dataset = settings.current_dataset()?;
            rise_set::run(&dataset, &EphemerisDir::open(&settings.ephe)?)
        }
        Bench::Eclipses => {
            let dataset = settings.current_dataset()?;
            eclipses::run(&dataset, &EphemerisDir::open(&settings.ephe)?)
        }
        Bench::Events => {
            let dataset = settings.current_dataset()?;
            events::run(&dataset, &EphemerisDir::open(&settings.ephe)?)
        }
        Bench::Charts => {
            let dataset = settings.current_dataset()?;
            charts::run(&dataset, &EphemerisDir::open(&settings.ephe)?)
        }
        Bench::Places => places::run(settings),
        Bench::Build => building::run(settings),
        Bench::Http => http::run(settings, rest),
        Bench::Watching => watching::run(settings),
        Bench::Remainder => remainder::run(settings),
        Bench::Service => service::run(settings, rest),
        Bench::Clone => first_answer::run(),
        Bench::Cuts => cuts::run(rest),
        Bench::Count => {
            let times = rest.first().context("say how many evaluations: orrery-bench count 100000")?;
            let times = times.parse().with_context(|| format!("{times:?} is no number of evaluations"))?;
            // As little as can be beside what is counted: nothing is built or hashed.
            evaluation::count(&Dataset::open_with(&settings.datasets, Check::Structure)?, times);
            Ok(())
        }
    }
}
