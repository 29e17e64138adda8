//! What all that is told of a chart in time begins with, and how far a list of it goes.

use orrery_almanac::Calendar;
use orrery_almanac::Zone;

use super::Cast;
use crate::answer::events::Pen;
use crate::answer::ground::{Beyond, Ground};
use crate::app::Generation;
use crate::query::{CastQuery, NATAL, Precision, Shape};
use crate::text::json::Json;
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

/// Days between two that a list may be broken off between: whatever rounding does to an instant that is found twice, it does not
/// come to the other side of their middle.
const GAP_DAYS: f64 = 1.0 / 86_400.0;

/// A list that is told as far as there is room.
#[derive(Debug)]
pub(super) struct Cut<T> {
    pub(super) told: Vec<T>,
    /// From when on to look for more, a Julian day of TT; `None` where that is all.
    pub(super) next_jd_tt: Option<f64>,
}

impl<T> Cut<T> {
    /// So many of a list, and whatever comes within a second of the last.
    pub(super) fn of<E>(
        list: impl Iterator<Item = Result<T, E>>,
        most: usize,
        jd_tt: impl Fn(&T) -> f64,
    ) -> Result<Cut<T>, E> {
        let mut told: Vec<T> = Vec::new();
        for next in list {
            let next = next?;
            if let Some(last) = told.last().map(&jd_tt).filter(|_| told.len() >= most) {
                let at = jd_tt(&next);
                if at - last > GAP_DAYS {
                    return Ok(Cut { told, next_jd_tt: Some(f64::midpoint(last, at)) });
                }
            }
            told.push(next);
        }
        Ok(Cut { told, next_jd_tt: None })
    }

    /// Writes where to go on, as `start` takes it.
    pub(super) fn write_next(&self, json: &mut Json) {
        write_from("next_start", self.next_jd_tt, json);
    }
}

/// Writes from when on there may be more, as a parameter takes it.
pub(super) fn write_from(name: &'static str, jd_tt: Option<f64>, json: &mut Json) {
    match jd_tt {
        Some(jd_tt) => json.key(name).string(&format!("jd_tt:{jd_tt}")),
        None => json.key(name).null(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(instants: &[f64], most: usize) -> (usize, Option<f64>) {
        let cut = Cut::of(instants.iter().map(|at| Ok::<_, ()>(*at)), most, |at| *at).unwrap();
        (cut.told.len(), cut.next_jd_tt)
    }

    #[test]
    fn a_list_is_broken_off_where_nothing_happens() {
        assert_eq!(cut(&[], 1), (0, None));
        assert_eq!(cut(&[1.0, 2.0, 3.0], 3), (3, None));
        assert_eq!(cut(&[1.0, 2.0, 3.0], 2), (2, Some(2.5)));
        // What happens at once is told at once.
        assert_eq!(cut(&[1.0, 2.0, 2.0, 2.000_001, 3.0], 2), (4, Some(f64::midpoint(2.000_001, 3.0))));
        assert_eq!(cut(&[1.0, 1.0, 1.0], 1), (3, None));
        assert_eq!(Cut::of([Ok(1.0), Err("no")].into_iter(), 5, |at| *at).unwrap_err(), "no");
    }
}
