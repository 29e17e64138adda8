//! `orrery-bench`: measures Orrery against live Swiss Ephemeris, as ratios within one run.
#![forbid(unsafe_code)]

mod cuts;

use anyhow::Result;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    cuts::run(arguments.get(1..).unwrap_or_default())
}
