//! How things move: whatever tables hold as functions of time, one polynomial after the other.
//!
//! An [`Ephemeris`] answers, for a [`Function`] and an instant, the polynomial that holds there and from when to when. Tables
//! ([`Tables`]) have it as they were written; a source that can only be asked for places ([`Sampled`]) has polynomials laid
//! through them.

use orrery_format::Center;

use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::power_series::PowerSeries;

mod kept;
mod paced;
mod refined;
mod sampled;
mod tables;

pub use paced::{Pace, Paced};
pub use sampled::{Places, Sampled};
pub use tables::{Tables, Unknown};

/// A function of time, on the mean ecliptic and equinox of date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// Ecliptic longitude, degrees, without its turns: it may leave 0 to 360.
    Longitude(Center, WireBody),
    /// Ecliptic latitude, degrees.
    Latitude(Center, WireBody),
    /// Distance, au.
    Distance(Center, WireBody),
    /// Nutation in longitude Δψ, degrees.
    NutationInLongitude,
    /// Nutation in obliquity Δε, degrees.
    NutationInObliquity,
    /// Mean obliquity of the ecliptic, degrees.
    MeanObliquity,
    /// By how much a sidereal zodiac begins behind the mean equinox, degrees, without its turns. Of those that are frames
    /// ([`Ayanamsa::is_frame`]) it is not all that there is to say.
    Ayanamsa(Ayanamsa),
}

/// A stretch of time with one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// First instant, a Julian day of TT.
    pub start_jd_tt: f64,
    /// First instant after it.
    pub end_jd_tt: f64,
    /// The function on it: x is −1 at the start and 1 at the end.
    pub series: PowerSeries,
}

/// How far a function goes for a while, roughly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outline {
    /// First instant after that, a Julian day of TT.
    pub end_jd_tt: f64,
    /// No value is below and none above.
    pub values: (f64, f64),
    /// No change a day is below and none above.
    pub rates: (f64, f64),
}

/// Something that knows how things move.
pub trait Ephemeris {
    /// Why it does not know.
    type Error;

    /// The stretch on which an instant lies, and the function there; `None` before the first instant that is known of it and
    /// after the last. Stretches follow each other without gaps, and are the same whatever was asked before.
    ///
    /// # Errors
    /// What is not known in between.
    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Self::Error>;

    /// From when to when the stretch lasts on which an instant lies.
    ///
    /// # Errors
    /// As for [`Ephemeris::stretch`].
    fn lasts(&self, function: Function, jd_tt: f64) -> Result<Option<(f64, f64)>, Self::Error> {
        Ok(self.stretch(function, jd_tt)?.map(|stretch| (stretch.start_jd_tt, stretch.end_jd_tt)))
    }

    /// The value of a function at an instant, which is that of its stretch.
    ///
    /// # Errors
    /// As for [`Ephemeris::stretch`].
    fn value(&self, function: Function, jd_tt: f64) -> Result<Option<f64>, Self::Error> {
        Ok(self.stretch(function, jd_tt)?.map(|stretch| stretch.series.value(stretch.x(jd_tt))))
    }

    /// The instant whose sky it tells of at an instant: the same, but where time is mapped ([`Paced`]).
    fn date_jd_tt(&self, jd_tt: f64) -> f64 {
        jd_tt
    }

    /// How far a function goes from an instant on, if that can be told without looking closely. It need not be.
    fn outline(&self, function: Function, jd_tt: f64) -> Option<Outline> {
        let _ = (function, jd_tt);
        None
    }
}

impl Outline {
    /// Of a stretch, from its coefficients.
    #[must_use]
    pub fn of(stretch: &Stretch) -> Outline {
        Outline::of_terms(stretch.series.terms(), (stretch.start_jd_tt, stretch.end_jd_tt))
    }

    /// Of a polynomial between two instants, as series have it.
    pub(crate) fn of_terms(terms: &[f64], (start_jd_tt, end_jd_tt): (f64, f64)) -> Outline {
        let (mut reach, mut bend) = (0.0, 0.0);
        for (k, term) in terms.iter().enumerate().skip(1) {
            reach += term.abs();
            if k > 1 {
                bend += term.abs() * k as f64;
            }
        }
        let [middle, slope] = [0, 1].map(|k| terms.get(k).copied().unwrap_or_default());
        let per_day = 2.0 / (end_jd_tt - start_jd_tt);
        Outline {
            end_jd_tt,
            values: (middle - reach, middle + reach),
            rates: ((slope - bend) * per_day, (slope + bend) * per_day),
        }
    }

    /// With so much more on either side.
    #[must_use]
    pub fn widened(&self, value: f64, rate: f64) -> Outline {
        let wider = |(low, high): (f64, f64), by: f64| (low - by, high + by);
        Outline { values: wider(self.values, value), rates: wider(self.rates, rate), ..*self }
    }

    /// Of the difference of two functions.
    #[must_use]
    pub fn minus(&self, other: &Outline) -> Outline {
        let less = |a: (f64, f64), b: (f64, f64)| (a.0 - b.1, a.1 - b.0);
        Outline {
            end_jd_tt: self.end_jd_tt.min(other.end_jd_tt),
            values: less(self.values, other.values),
            rates: less(self.rates, other.rates),
        }
    }
}

impl Stretch {
    /// The instant of a place.
    #[must_use]
    pub fn jd_tt(&self, x: f64) -> f64 {
        // From the nearer end, so that the ends are met to the last bit.
        if x < 0.0 {
            self.start_jd_tt + (x + 1.0) * self.half_days()
        } else {
            self.end_jd_tt + (x - 1.0) * self.half_days()
        }
    }

    /// The place of an instant.
    #[must_use]
    pub fn x(&self, jd_tt: f64) -> f64 {
        Stretch::place(jd_tt, self.start_jd_tt, self.end_jd_tt)
    }

    /// The place of an instant between two others.
    pub(crate) fn place(jd_tt: f64, start_jd_tt: f64, end_jd_tt: f64) -> f64 {
        ((jd_tt - start_jd_tt) - (end_jd_tt - jd_tt)) / (end_jd_tt - start_jd_tt)
    }

    /// Half its length, in days: by how much time goes on with x.
    #[must_use]
    pub fn half_days(&self) -> f64 {
        (self.end_jd_tt - self.start_jd_tt) / 2.0
    }

    /// Whether an instant lies in it.
    pub(crate) fn holds(&self, jd_tt: f64) -> bool {
        self.start_jd_tt <= jd_tt && jd_tt < self.end_jd_tt
    }

    /// The part of it from one instant to another, both of which lie in it.
    #[must_use]
    pub fn part(&self, start_jd_tt: f64, end_jd_tt: f64) -> Stretch {
        let mut part = *self;
        part.narrow(start_jd_tt, end_jd_tt);
        part
    }

    /// Leaves only that part.
    pub(crate) fn narrow(&mut self, start_jd_tt: f64, end_jd_tt: f64) {
        if start_jd_tt != self.start_jd_tt || end_jd_tt != self.end_jd_tt {
            self.series = self.series.over(self.x(start_jd_tt), self.x(end_jd_tt));
            (self.start_jd_tt, self.end_jd_tt) = (start_jd_tt, end_jd_tt);
        }
    }
}
