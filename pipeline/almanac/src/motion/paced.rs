//! A sky whose time runs at another pace, as that of progressions does: a day for a year, forwards or backwards.

use super::{Ephemeris, Function, Stretch};

/// A straight line from instants to other instants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    fixed_jd_tt: f64,
    rate: f64,
}

/// An ephemeris that tells at each instant of the sky at another.
#[derive(Debug)]
pub struct Paced<'e, E> {
    ephemeris: &'e E,
    pace: Pace,
}

/// How many neighbours of a stretch are looked at: rounding leads to one of them at most.
const NEIGHBOURS: usize = 4;

impl Pace {
    /// The line on which one instant (Julian day of TT) is itself, and others so many times as far from it, which is no more
    /// than once and not nothing; below nothing time runs backwards. `None` of any other numbers.
    #[must_use]
    pub fn new(fixed_jd_tt: f64, rate: f64) -> Option<Pace> {
        let is_line = fixed_jd_tt.is_finite() && rate != 0.0 && rate.abs() <= 1.0;
        is_line.then_some(Pace { fixed_jd_tt, rate })
    }

    /// How many days pass there in a day here.
    #[must_use]
    pub const fn rate(&self) -> f64 {
        self.rate
    }

    /// Where an instant is led to.
    #[must_use]
    pub fn there_jd_tt(&self, here_jd_tt: f64) -> f64 {
        self.fixed_jd_tt + self.rate * (here_jd_tt - self.fixed_jd_tt)
    }

    /// Which instant is led to another.
    #[must_use]
    pub fn here_jd_tt(&self, there_jd_tt: f64) -> f64 {
        self.fixed_jd_tt + (there_jd_tt - self.fixed_jd_tt) / self.rate
    }

    /// What is known here where that from one instant to another is known there: but for two roundings at the ends, there and
    /// back, so that nothing in between is led beyond them.
    #[must_use]
    pub fn known_here(&self, (start_jd_tt, end_jd_tt): (f64, f64)) -> (f64, f64) {
        self.over(start_jd_tt.next_up().next_up(), end_jd_tt.next_down().next_down())
    }

    fn over(&self, start_jd_tt: f64, end_jd_tt: f64) -> (f64, f64) {
        let (start, end) = (self.here_jd_tt(start_jd_tt), self.here_jd_tt(end_jd_tt));
        if self.rate > 0.0 { (start, end) } else { (end, start) }
    }
}

impl<'e, E> Paced<'e, E> {
    /// Of an ephemeris.
    #[must_use]
    pub const fn new(ephemeris: &'e E, pace: Pace) -> Paced<'e, E> {
        Paced { ephemeris, pace }
    }
}

impl<E: Ephemeris> Ephemeris for Paced<'_, E> {
    type Error = E::Error;

    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, E::Error> {
        let mut there = self.pace.there_jd_tt(jd_tt);
        // The ends are led back here, each to the same number from either side; an instant beside one may be led across it by
        // rounding, and belongs to the neighbour then.
        for _ in 0..NEIGHBOURS {
            let Some(found) = self.ephemeris.stretch(function, there)? else { return Ok(None) };
            let (start_jd_tt, end_jd_tt) = self.pace.over(found.start_jd_tt, found.end_jd_tt);
            if (start_jd_tt..end_jd_tt).contains(&jd_tt) {
                // Where time runs backwards, x does.
                let series = if self.pace.rate > 0.0 { found.series } else { found.series.over(1.0, -1.0) };
                return Ok(Some(Stretch { start_jd_tt, end_jd_tt, series }));
            }
            there = if (jd_tt < start_jd_tt) == (self.pace.rate > 0.0) {
                found.start_jd_tt.next_down()
            } else {
                found.end_jd_tt
            };
        }
        Ok(None)
    }

    fn date_jd_tt(&self, jd_tt: f64) -> f64 {
        self.ephemeris.date_jd_tt(self.pace.there_jd_tt(jd_tt))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use orrery_format::{Body, Center};

    use super::*;
    use crate::bodies::WireBody;
    use crate::power_series::{PowerSeries, nodes};

    const LATITUDE: Function = Function::Latitude(Center::Geo, WireBody::Tabulated(Body::Mars));

    /// The square of the days since an epoch, in stretches of a third of a day, for ten days.
    struct Squared;

    const EPOCH: f64 = 2_451_545.0;

    impl Ephemeris for Squared {
        type Error = Infallible;

        fn stretch(&self, _: Function, jd_tt: f64) -> Result<Option<Stretch>, Infallible> {
            if !(EPOCH - 10.0..EPOCH + 10.0).contains(&jd_tt) {
                return Ok(None);
            }
            let edge = |nth: f64| EPOCH + nth / 3.0;
            let mut nth = ((jd_tt - EPOCH) * 3.0).floor();
            nth += f64::from(i8::from(edge(nth + 1.0) <= jd_tt)) - f64::from(i8::from(edge(nth) > jd_tt));
            let (start_jd_tt, end_jd_tt) = (edge(nth), edge(nth + 1.0));
            let values: Vec<f64> =
                nodes(3).map(|x| (nth / 3.0 + f64::midpoint(x, 1.0) / 3.0).powi(2)).collect();
            let series = PowerSeries::through(&values).series;
            Ok(Some(Stretch { start_jd_tt, end_jd_tt, series }))
        }
    }

    #[test]
    fn stretches_follow_each_other_and_tell_of_the_other_instant() {
        for rate in [1.0 / 365.242_189_7, -1.0 / 365.242_189_7, 1.0 / 27.321_582, -0.0748, 1.0, -1.0] {
            let pace = Pace::new(EPOCH + 1.234_567, rate).unwrap();
            let paced = Paced::new(&Squared, pace);
            let (start, end) = pace.known_here((EPOCH - 10.0, EPOCH + 10.0));
            let (mut jd_tt, mut count) = (start, 0);
            while jd_tt < end {
                let stretch = paced.stretch(LATITUDE, jd_tt).unwrap().unwrap();
                assert!(stretch.holds(jd_tt), "{rate}: {stretch:?} at {jd_tt}");
                for x in [-0.9, 0.0, 0.7] {
                    let date = pace.there_jd_tt(stretch.jd_tt(x)) - EPOCH;
                    let value = stretch.series.value(x);
                    assert!((value - date * date).abs() < 1e-8, "{rate} at {x}: {value}, {date}");
                }
                let last_jd_tt = stretch.end_jd_tt.min(end).next_down();
                let last = paced.stretch(LATITUDE, last_jd_tt).unwrap().unwrap();
                assert_eq!(last, stretch, "{rate}");
                (jd_tt, count) = (stretch.end_jd_tt, count + 1);
            }
            assert!((60..=61).contains(&count), "{rate}: {count}");
            assert_eq!(paced.stretch(LATITUDE, start - 1e-3 / rate.abs()).unwrap(), None);
            assert_eq!(paced.stretch(LATITUDE, end + 1e-3 / rate.abs()).unwrap(), None);
        }
    }

    #[test]
    fn what_is_no_pace_is_none() {
        for (fixed, rate) in
            [(f64::NAN, 0.5), (EPOCH, 0.0), (EPOCH, f64::NAN), (EPOCH, 2.0), (f64::INFINITY, 0.1)]
        {
            assert_eq!(Pace::new(fixed, rate), None, "{fixed} {rate}");
        }
    }
}
