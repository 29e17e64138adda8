//! Hazard: events that are missed, told twice, or told at the wrong time. They are compared with what observatories
//! published, with a scan of the live source minute by minute, and with the live source's own searches.

mod complete;
mod live;
mod occultations;
mod oracles;
mod periods;
mod published;
mod stations;

use orrery_almanac::events::{Event, Events, Finder, What};
use orrery_almanac::motion::{Tables, Unknown};
use orrery_format::Dataset;
use orrery_tests::{published as times, tables};

/// A second in days.
const SECOND: f64 = 1.0 / 86_400.0;

/// The instant of a time in UTC, a Julian day of TT.
fn tt(dataset: &Dataset, utc: &str) -> f64 {
    times::instant(dataset, utc).tt.jd()
}

/// Looks in all that the tables know.
fn finder<'t>(tables: &'t Tables<'_>) -> Finder<'t, Tables<'t>> {
    let span = tables::span_tt();
    Finder::new(tables, (span.start, span.end), (span.start, span.end), None)
}

fn all(events: Events<'_, Unknown>) -> Vec<Event> {
    events.map(|event| event.unwrap_or_else(|error| panic!("{error}"))).collect()
}

/// Published times beside the events of a kind: each must have one near. Hands back the differences in seconds.
fn differences_s(
    events: &[Event],
    published: &[(f64, String)],
    is_same: impl Fn(&What, &str) -> bool,
    within_s: f64,
) -> Vec<f64> {
    let mut differences = Vec::new();
    for (jd_tt, name) in published {
        let near = events.iter().filter(|event| is_same(&event.what, name));
        let apart =
            near.map(|event| (event.jd_tt - jd_tt) / SECOND).min_by(|a, b| a.abs().total_cmp(&b.abs()));
        let apart = apart.unwrap_or_else(|| panic!("{name} at {jd_tt} is missing"));
        assert!(apart.abs() < within_s, "{name} at {jd_tt}: {apart} s");
        differences.push(apart);
    }
    differences
}

/// The median and the greatest of magnitudes.
fn spread(differences: &[f64]) -> (f64, f64) {
    let mut sizes: Vec<f64> = differences.iter().map(|it| it.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    (sizes[sizes.len() / 2], sizes[sizes.len() - 1])
}
