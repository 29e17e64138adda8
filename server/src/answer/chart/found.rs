//! What is found in time: how far a list of it goes, and how its instants are written.

use orrery_almanac::events::Happening;

use super::natal;
use crate::answer::ground::{Beyond, Ground};
use crate::query::{Asked, Clock, Precision, SkyQuery};
use crate::text::json::Json;

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

impl<T: Happening> Cut<T> {
    /// So many of a list, and whatever comes within a second of the last.
    pub(super) fn of<E>(list: impl Iterator<Item = Result<T, E>>, most: usize) -> Result<Cut<T>, E> {
        let mut told: Vec<T> = Vec::new();
        for next in list {
            let next = next?;
            if let Some(last) = told.last().map(T::jd_tt).filter(|_| told.len() >= most) {
                let at = next.jd_tt();
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

/// How instants that were found are written.
#[derive(Clone, Copy)]
pub(super) struct Moments<'q> {
    pub(super) sky: &'q SkyQuery,
    /// The parameter that says first where is looked, which a refusal names.
    pub(super) named: &'static str,
    pub(super) clock: &'q Clock,
    pub(super) precision: Precision,
}

impl Moments<'_> {
    /// Writes an instant, a Julian day of TT.
    pub(super) fn write(&self, json: &mut Json, ground: &mut Ground<'_>, jd_tt: f64) -> Result<(), Beyond> {
        let asked = Asked { sky: self.sky, instant: self.named };
        let instant = ground.dated(asked, jd_tt).map_err(natal::sourced)?;
        let Clock { calendar, zone, .. } = *self.clock;
        natal::pen(ground.generation, self.precision, calendar, zone).instant(json, &instant);
        Ok(())
    }

    /// Writes since when and until when something is within its orb, where it has one: null where that is beyond what is known.
    pub(super) fn write_ends(
        &self,
        json: &mut Json,
        ground: &mut Ground<'_>,
        within: Option<[Option<f64>; 2]>,
    ) -> Result<(), Beyond> {
        let Some([begin, end]) = within else { return Ok(()) };
        for (name, jd_tt) in [("begin", begin), ("end", end)] {
            match jd_tt {
                Some(jd_tt) => self.write(json.key(name), ground, jd_tt)?,
                None => json.key(name).null(),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct At(f64);

    impl Happening for At {
        fn jd_tt(&self) -> f64 {
            self.0
        }
    }

    fn cut(instants: &[f64], most: usize) -> (usize, Option<f64>) {
        let cut = Cut::of(instants.iter().map(|at| Ok::<_, ()>(At(*at))), most).unwrap();
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
        assert_eq!(Cut::of([Ok(At(1.0)), Err("no")].into_iter(), 5).unwrap_err(), "no");
    }
}
