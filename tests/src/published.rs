//! Published values that nobody here computed.
//!
//! They stay where they are: `ORRERY_GROUND_TRUTH`, by default `../shared/ground-truth` beside the checkout. Where the
//! folder is not there, each test says so and passes.

use std::path::PathBuf;

use orrery_almanac::{Error, Instant, LeapSeconds, iso, zone};
use orrery_format::{Dataset, Miss};
use serde_json::Value;

use crate::workspace;

/// A file of published values; `None`, and a word on stderr, where it is not there.
pub fn text(name: &str) -> Option<String> {
    let dir = std::env::var_os("ORRERY_GROUND_TRUTH")
        .map_or_else(|| workspace::root().join("../shared/ground-truth"), PathBuf::from);
    let path = dir.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!(
            "SKIPPED: no published values at {}; ORRERY_GROUND_TRUTH may name their folder",
            path.display()
        );
    }
    text
}

/// Rows of a file of published values, without its heading; `None` as for [`text`].
pub fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let text = text(name)?;
    Some(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

/// What a file of published values in JSON holds; `None` as for [`text`].
///
/// # Panics
/// When it is no JSON.
pub fn json(name: &str) -> Option<Value> {
    let text = text(name)?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The number in a column of a row.
pub fn number(row: &[String], column: usize) -> f64 {
    row[column].parse().unwrap_or_else(|error| panic!("{row:?}: {error}"))
}

/// The instant of a reading of UTC, with the tables' ΔT.
///
/// # Panics
/// When the text is none, or lies beyond the tables.
pub fn instant(dataset: &Dataset, text: &str) -> Instant {
    enum Refused {
        Text(Error),
        Table(Miss),
    }
    impl From<Error> for Refused {
        fn from(error: Error) -> Refused {
            Refused::Text(error)
        }
    }
    let moment = iso::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let utc = zone::resolve(&moment, None, None).unwrap_or_else(|error| panic!("{text}: {error}")).utc;
    let delta_t = |ut| dataset.delta_t_s(ut).map_err(Refused::Table);
    match Instant::from_utc(utc, &LeapSeconds::built_in(), delta_t) {
        Ok(instant) => instant,
        Err(Refused::Text(error)) => panic!("{text}: {error}"),
        Err(Refused::Table(miss)) => panic!("{text}: {miss}"),
    }
}
