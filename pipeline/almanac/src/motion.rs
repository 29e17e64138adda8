//! How things move: whatever tables hold as functions of time, one polynomial after the other.
//!
//! An [`Ephemeris`] answers, for a [`Function`] and an instant, the polynomial that holds there and from when to when. Tables
//! ([`Tables`]) have it as they were written; a source that can only be asked for places ([`Sampled`]) has polynomials laid
//! through them.

use orrery_format::Center;

use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::series::Series;

mod refined;
mod sampled;
mod tables;

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
    pub series: Series,
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
        ((jd_tt - self.start_jd_tt) - (self.end_jd_tt - jd_tt)) / (self.end_jd_tt - self.start_jd_tt)
    }

    /// Half its length, in days: by how much time goes on with x.
    #[must_use]
    pub fn half_days(&self) -> f64 {
        (self.end_jd_tt - self.start_jd_tt) / 2.0
    }

    /// The part of it from one instant to another, both of which lie in it.
    #[must_use]
    pub fn part(&self, start_jd_tt: f64, end_jd_tt: f64) -> Stretch {
        if start_jd_tt == self.start_jd_tt && end_jd_tt == self.end_jd_tt {
            return *self;
        }
        let series = self.series.over(self.x(start_jd_tt), self.x(end_jd_tt));
        Stretch { start_jd_tt, end_jd_tt, series }
    }
}
