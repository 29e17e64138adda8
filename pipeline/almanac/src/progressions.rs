//! Progressions and directions: a chart that is moved on by a symbolic time.
//!
//! A [`Progression`] leads an instant of life to the instant whose sky stands for it: of secondary progressions each year after
//! birth is a day, and converse ones go as far back before it. It is a straight line, so that a progressed sky is an ephemeris
//! whose time runs at another pace ([`Paced`]), and whatever can be looked for in the sky can be looked
//! for in it: entries into signs, stations, aspects of progressed bodies to each other, and transits of progressed bodies over
//! the natal chart.
//!
//! ```
//! use orrery_almanac::progressions::{Kind, Progression, Year};
//! use orrery_format::TtDay;
//!
//! let birth = TtDay(2_451_545.25);
//! let secondary = Progression::new(birth, Kind::Secondary, Year::Tropical, false);
//! let progressed = secondary.progressed(TtDay(birth.jd() + 25.0 * Year::Tropical.days()));
//! assert!((progressed.jd() - birth.jd() - 25.0).abs() < 1e-8);
//! ```
//!
//! Time is TT. Whoever counts in UT finds progressed instants that differ by what ΔT has grown since birth, over the year:
//! some hundredths of a second.
//!
//! What is not in the sky at all, the progressed angles, follows from two instants by one of the [`AngleMethod`]s; what is moved
//! as a whole, as bodies are by their solar arc, follows from an [`ArcKey`].

use std::fmt;

use orrery_format::TtDay;

use crate::motion::{Pace, Paced};

mod angles;
mod arcs;

pub use angles::{AngleMethod, Meridian};
pub use arcs::{ArcKey, Direction, begins_with, directions, met_evenly};

/// What moves on by how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A day for a year.
    #[default]
    Secondary,
    /// A day for a tropical month.
    Tertiary,
    /// A tropical month for a year.
    Minor,
}

/// How long a year is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Year {
    /// 365.242 189 7 days, the mean tropical year of J2000.0: that of astro.com.
    #[default]
    Tropical,
    /// 365.25 days.
    Julian,
    /// 365.2425 days, the mean one of the Gregorian calendar.
    Gregorian,
    /// 365.256 363 days, the sidereal one of J2000.0.
    Sidereal,
}

/// Days in which the Moon's mean longitude grows by a turn: the tropical month (Meeus, *Astronomical Algorithms*, 47.1).
const TROPICAL_MONTH_DAYS: f64 = 27.321_582;

impl Kind {
    /// Every one.
    pub const ALL: [Kind; 3] = [Kind::Secondary, Kind::Tertiary, Kind::Minor];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Secondary => "secondary",
            Kind::Tertiary => "tertiary",
            Kind::Minor => "minor",
        }
    }

    /// Progressed days in a day of life.
    #[must_use]
    pub const fn rate(self, year: Year) -> f64 {
        match self {
            Kind::Secondary => 1.0 / year.days(),
            Kind::Tertiary => 1.0 / TROPICAL_MONTH_DAYS,
            Kind::Minor => TROPICAL_MONTH_DAYS / year.days(),
        }
    }
}

impl Year {
    /// Every one.
    pub const ALL: [Year; 4] = [Year::Tropical, Year::Julian, Year::Gregorian, Year::Sidereal];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Year::Tropical => "tropical",
            Year::Julian => "julian",
            Year::Gregorian => "gregorian",
            Year::Sidereal => "sidereal",
        }
    }

    /// Its days.
    #[must_use]
    pub const fn days(self) -> f64 {
        match self {
            Year::Tropical => 365.242_189_7,
            Year::Julian => 365.25,
            Year::Gregorian => 365.2425,
            Year::Sidereal => 365.256_363,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A way from instants of life to instants of a progressed sky, and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progression {
    birth: TtDay,
    /// Progressed days in a day of life; below nothing where it is converse.
    rate: f64,
    year: Year,
}

impl Progression {
    /// From a birth on, or back where it is converse.
    #[must_use]
    pub fn new(birth: TtDay, kind: Kind, year: Year, converse: bool) -> Progression {
        let rate = kind.rate(year);
        Progression { birth, rate: if converse { -rate } else { rate }, year }
    }

    /// The instant whose sky stands for an instant of life.
    #[must_use]
    pub fn progressed(&self, life: TtDay) -> TtDay {
        TtDay(self.birth.jd() + self.progressed_days(life))
    }

    /// The instant of life that a sky stands for.
    #[must_use]
    pub fn life(&self, progressed: TtDay) -> TtDay {
        TtDay(self.birth.jd() + (progressed.jd() - self.birth.jd()) / self.rate)
    }

    /// Days from birth to the progressed instant: below nothing where that is before birth. They are not rounded as a Julian day
    /// is, of which the angles of [`AngleMethod::MeanQuotidian`] would feel it.
    #[must_use]
    pub fn progressed_days(&self, life: TtDay) -> f64 {
        self.rate * (life.jd() - self.birth.jd())
    }

    /// Years of life.
    #[must_use]
    pub fn years(&self, life: TtDay) -> f64 {
        (life.jd() - self.birth.jd()) / self.year.days()
    }

    /// The instant of life after so many years.
    #[must_use]
    pub fn after_years(&self, years: f64) -> TtDay {
        TtDay(self.birth.jd() + years * self.year.days())
    }

    /// The pace at which the progressed sky moves; `None` where the birth is no instant.
    #[must_use]
    pub fn pace(&self) -> Option<Pace> {
        Pace::new(self.birth.jd(), self.rate)
    }

    /// The progressed sky as a function of life, with what is known of it where so much is known of the sky. A
    /// [`Finder`](crate::events::Finder) in it finds when in life progressed bodies do what they do. `None` where the birth is no
    /// instant.
    #[must_use]
    pub fn sky<'e, E>(&self, ephemeris: &'e E, known: (f64, f64)) -> Option<(Paced<'e, E>, (f64, f64))> {
        let pace = self.pace()?;
        Some((Paced::new(ephemeris, pace), pace.known_here(known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let birth = TtDay(2_429_912.229);
        for kind in Kind::ALL {
            for year in Year::ALL {
                for converse in [false, true] {
                    let progression = Progression::new(birth, kind, year, converse);
                    let life = TtDay(birth.jd() + 30_000.123);
                    let progressed = progression.progressed(life);
                    assert_eq!(progressed.jd() < birth.jd(), converse);
                    // A double of a Julian day is worth so much of life.
                    let back = progression.life(progressed).jd() - life.jd();
                    assert!(back.abs() < 1e-9 / progression.rate.abs(), "{kind} {year}: {back}");
                    assert_eq!(progression.progressed(birth), birth);
                }
            }
        }
        let converse = Progression::new(birth, Kind::Secondary, Year::Julian, true);
        assert_eq!(converse.progressed_days(TtDay(birth.jd() + 365.25)), -1.0);
        assert_eq!(converse.years(TtDay(birth.jd() + 730.5)), 2.0);
    }

    #[test]
    fn a_month_for_a_year_and_a_day_for_a_month() {
        let [secondary, tertiary, minor] = Kind::ALL.map(|kind| kind.rate(Year::Tropical));
        assert!((secondary * 365.242_189_7 - 1.0).abs() < 1e-15);
        assert!((tertiary * minor - secondary).abs() < 1e-18);
    }

    #[test]
    fn what_is_no_birth_has_no_sky() {
        let progression = Progression::new(TtDay(f64::NAN), Kind::Secondary, Year::Tropical, false);
        assert_eq!(progression.pace(), None);
        assert!(progression.sky(&(), (0.0, 1.0)).is_none());
    }
}
