//! `orrery-bench`: measures Orrery against live Swiss Ephemeris, as ratios within one run.
#![forbid(unsafe_code)]

mod cuts;
mod evaluation;
mod figure;
mod instants;

use anyhow::Result;
use orrery_format::Dataset;
use orrery_swisseph::EphemerisDir;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("cuts") => cuts::run(&arguments[1..]),
        Some("evaluation") => {
            let dataset = Dataset::open(std::path::Path::new(&arguments[1]))?;
            let dir = EphemerisDir::open("data/ephe".as_ref())?;
            evaluation::run(&dataset, &dir)?;
            figure::print_all();
            Ok(())
        }
        Some("count") => {
            let dataset = Dataset::open_with(std::path::Path::new(&arguments[1]), orrery_format::Check::Structure)?;
            evaluation::count(&dataset, arguments[2].parse()?);
            Ok(())
        }
        _ => Ok(()),
    }
}
