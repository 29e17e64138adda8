//! Mean sidereal time: the part that is linear in UT1, which the tables leave out.

use crate::time::{J2000_JD, UtDay};

/// Greenwich mean sidereal time at J2000.0 UT1, degrees (Meeus, *Astronomical Algorithms*, 12.4).
pub const SIDEREAL_AT_J2000_DEG: f64 = 280.460_618_37;

/// What the Earth turns in a day of UT1 beyond one whole turn, degrees (Meeus 12.4).
pub const SIDEREAL_EXCESS_DEG: f64 = 0.985_647_366_29;

/// The linear part of Greenwich mean sidereal time in degrees, not reduced to one turn by more than whole days.
///
/// Whole days turn by whole turns and are dropped before anything is multiplied, so that nothing is lost of a double.
#[must_use]
#[inline]
pub fn linear_sidereal_time_deg(ut: UtDay) -> f64 {
    let days = ut.jd() - J2000_JD;
    SIDEREAL_AT_J2000_DEG + 360.0 * (days - days.floor()) + SIDEREAL_EXCESS_DEG * days
}

/// Greenwich mean sidereal time, degrees, 0 ≤ θ < 360, and its change in degrees a day: the linear part, and what the table
/// has beyond it.
#[must_use]
#[inline]
pub fn mean_sidereal_time_deg(ut: UtDay, beyond_deg: f64, beyond_rate: f64) -> (f64, f64) {
    let turned = linear_sidereal_time_deg(ut) + beyond_deg;
    (turned.rem_euclid(360.0), 360.0 + SIDEREAL_EXCESS_DEG + beyond_rate)
}
