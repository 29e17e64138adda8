//! Hazard: what a chart does in time, told wrongly: a transit that is missed, told twice or numbered by where the search began,
//! a return to another place than that of birth, a progressed sky that is another instant's.

mod passes;
mod progressions;
mod returns;
mod transits;

use std::fmt::Display;

use orrery_almanac::WireBody;
use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::events::Finder;
use orrery_almanac::motion::Tables;
use orrery_almanac::transits::Target;
use orrery_format::{Body, Dataset, TtDay, UtDay};
use orrery_tests::tables;

/// A second in days.
const SECOND: f64 = 1.0 / 86_400.0;

/// Ten points of a chart, degrees.
const POINTS_DEG: [f64; 10] = [
    280.623_971,
    217.284_215,
    271.110_472,
    240.965_113,
    327.568_903,
    25.232_887,
    40.406_233,
    314.783_518,
    303.175_901,
    251.437_284,
];

/// All five major aspects to them.
fn targets(orb_deg: Option<f64>) -> Vec<Target> {
    Target::all(&POINTS_DEG, &PTOLEMAIC, |_, _| orb_deg)
}

/// Looks in a zodiac for all that tables know.
fn finder<'t>(tables: &'t Tables<'_>, zodiac: Option<Ayanamsa>) -> Finder<'t, Tables<'t>> {
    let span = tables::span_tt();
    Finder::new(tables, (span.start, span.end), (span.start, span.end), zodiac)
}

const fn of(body: Body) -> WireBody {
    WireBody::Tabulated(body)
}

fn all<T, E: Display>(found: impl Iterator<Item = Result<T, E>>) -> Vec<T> {
    found.map(|found| found.unwrap_or_else(|error| panic!("{error}"))).collect()
}

/// The instant of a Julian day of UT1, with the tables' ΔT.
fn tt(dataset: &Dataset, jd_ut: f64) -> TtDay {
    TtDay(jd_ut + dataset.delta_t_s(UtDay(jd_ut)).unwrap() * SECOND)
}

/// Degrees from one angle to another, −180 to 180.
fn apart_deg(a: f64, b: f64) -> f64 {
    orrery_tests::measure::angle_between(a, b)
}
