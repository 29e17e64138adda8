//! Published values that nobody here computed.
//!
//! They stay where they are: `ORRERY_GROUND_TRUTH`, by default `../shared/ground-truth` beside the checkout. Where the
//! folder is not there, each test says so and passes.

use std::path::PathBuf;

use crate::workspace;

/// Rows of a file of published values, without its heading; `None`, and a word on stderr, where it is not there.
pub fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let dir = std::env::var_os("ORRERY_GROUND_TRUTH")
        .map_or_else(|| workspace::root().join("../shared/ground-truth"), PathBuf::from);
    let path = dir.join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "SKIPPED: no published values at {}; ORRERY_GROUND_TRUTH may name their folder",
            path.display()
        );
        return None;
    };
    Some(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

/// The number in a column of a row.
pub fn number(row: &[String], column: usize) -> f64 {
    row[column].parse().unwrap_or_else(|error| panic!("{row:?}: {error}"))
}
