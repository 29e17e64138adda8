//! What all that is told of a chart in time begins with, and how far it is searched.

use std::ops::Range;

use orrery_almanac::{Calendar, Zone};

use super::Cast;
use crate::answer::events::Pen;
use crate::answer::ground::{Beyond, Ground};
use crate::app::Generation;
use crate::query::{CastQuery, NATAL, Precision, Shape};
use crate::wire::problem::{Code, Problem};

/// Casts the chart.
pub(super) fn cast(ground: &mut Ground<'_>, query: &CastQuery) -> Result<Cast, Beyond> {
    Cast::new(ground, query).map_err(within)
}

/// What is refused of the chart, by the names that its parameters have in the body.
pub(super) fn within(beyond: Beyond) -> Beyond {
    beyond.within(NATAL)
}

/// What is refused of who may answer, which the chart says; all else is named as it is.
pub(super) fn sourced(beyond: Beyond) -> Beyond {
    match beyond {
        Beyond::Refused(problem) if problem.parameter.as_deref() == Some("source") => {
            Beyond::Refused(problem.within(NATAL))
        }
        other => other,
    }
}

/// From one instant to another, Julian days of TT.
pub(super) fn between(start_jd_tt: f64, stop_jd_tt: f64) -> Result<Range<f64>, Problem> {
    let range = start_jd_tt..stop_jd_tt;
    if range.is_empty() {
        return Err(Problem::new(Code::Contradiction, "stop is not after start")
            .parameter("stop")
            .hint("exchange them, or give a later stop"));
    }
    Ok(range)
}

/// How instants are written: in UTC, and by a clock that was named.
pub(super) fn pen(
    generation: &Generation,
    precision: Precision,
    calendar: Option<Calendar>,
    zone: Option<Zone>,
) -> Pen<'_> {
    Pen { shape: Shape::Events, precision, calendar, zone, leaps: &generation.leaps }
}

/// Days of a year, by which spans are measured.
pub(super) const YEAR_DAYS: f64 = 365.25;

/// Most years that are searched live, where polynomials have to be laid through places first.
pub(super) const LIVE_YEARS: f64 = 10.0;

/// The same in days.
pub(super) const LIVE_DAYS: f64 = LIVE_YEARS * YEAR_DAYS;

/// The refusal of more.
pub(super) fn too_long_for_live(what: &str, held: &str) -> Problem {
    let detail =
        format!("{what} that the tables do not know of are looked for in {LIVE_YEARS} years at most");
    Problem::new(Code::OutOfRange, detail)
        .parameter("stop")
        .hint(format!("give stop at most {LIVE_YEARS} years after start, or {held} that the tables hold"))
}
