//! Julian days, with the time scale in the type.
//!
//! The tables run on Terrestrial Time; the Earth's rotation and ΔT run on UT1. Mixing the two moves the Moon by
//! half an arcsecond for each second, so the scale is a type and never a comment.

use std::fmt;

/// Days in a Julian century, the length of one block of the fixed grid.
pub const JULIAN_CENTURY_DAYS: f64 = 36_525.0;

/// J2000.0, Julian day 2451545.0.
pub const J2000_JD: f64 = 2_451_545.0;

/// A Julian day in Terrestrial Time. A double resolves about 40 µs of it today.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct TtDay(pub f64);

/// A Julian day in UT1, the time scale of the Earth's rotation.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct UtDay(pub f64);

impl TtDay {
    /// The Julian day as a plain number of days of TT.
    #[must_use]
    pub const fn jd(self) -> f64 {
        self.0
    }
}

impl UtDay {
    /// The Julian day as a plain number of days of UT1.
    #[must_use]
    pub const fn jd(self) -> f64 {
        self.0
    }
}

impl fmt::Display for TtDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JD {} TT", self.0)
    }
}

impl fmt::Display for UtDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JD {} UT1", self.0)
    }
}
