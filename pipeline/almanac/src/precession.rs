//! Precession: between the mean equator and equinox of a date and those of J2000.0, and on to the ICRS.
//!
//! The model is that of Vondrák, Capitaine and Wallace (*Astronomy & Astrophysics* 534, A22, 2011, with its corrigendum),
//! which the Swiss Ephemeris uses by default for all times; `sofars` computes it.

use std::sync::LazyLock;

use orrery_format::TtDay;
use orrery_format::time::J2000_JD;

use crate::rotation::Rotation;
use crate::vector::{Varying, Vector};

type Matrix = [[f64; 3]; 3];

/// Days between the two matrices whose difference is the change a day. Precession bends so little that this is the
/// derivative to 1e-12 degrees a day.
const STEP_DAYS: f64 = 1.0;

/// Days of a Julian year, which epochs count.
const JULIAN_YEAR_DAYS: f64 = 365.25;

/// From the ICRS to the mean equator and equinox of J2000.0: the frame bias of IAU 2006.
static BIAS: LazyLock<Matrix> = LazyLock::new(|| sofars::pnp::bp06(J2000_JD, 0.0).0);

/// The mean obliquity of the ecliptic at J2000.0, degrees: 84381.406″ (IAU 2006; `swe_calc` with `SEFLG_J2000`).
pub const J2000_OBLIQUITY_DEG: f64 = 84_381.406 / 3600.0;

/// Precession from J2000.0 to a date, and its change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precession {
    /// Takes vectors on the mean equator and equinox of J2000.0 to those of date.
    to_date: Rotation,
}

impl Precession {
    /// Precession to a date. Good for any; the model is meant for 200,000 years on either side of J2000.0.
    #[must_use]
    pub fn to(date: TtDay) -> Precession {
        let matrix_at = |jd: f64| sofars::pnp::ltp(2000.0 + (jd - J2000_JD) / JULIAN_YEAR_DAYS);
        let (matrix, later) = (matrix_at(date.jd()), matrix_at(date.jd() + STEP_DAYS));
        let rate = std::array::from_fn(|r| std::array::from_fn(|c| (later[r][c] - matrix[r][c]) / STEP_DAYS));
        Precession { to_date: Rotation::new(matrix, rate) }
    }

    /// The unit vector to the mean equinox of date, on the mean equator of J2000.0.
    #[inline]
    pub(crate) fn equinox(&self) -> Vector {
        self.to_date.axes()[0]
    }

    /// A vector on the mean equator of date, referred to that of J2000.0.
    #[must_use]
    pub fn to_j2000(&self, of_date: &Vector) -> Vector {
        self.to_date.inverse().turn(of_date)
    }

    /// The inverse of [`Precession::to_j2000`].
    #[must_use]
    pub fn from_j2000(&self, of_j2000: &Vector) -> Vector {
        self.to_date.turn(of_j2000)
    }

    /// From the mean ecliptic and equinox of date, at its obliquity, to the mean equator and equinox of J2000.0.
    #[must_use]
    pub fn ecliptic_to_j2000(&self, mean_obliquity_deg: Varying) -> Rotation {
        Rotation::about_first(mean_obliquity_deg).then(&self.to_date.inverse())
    }
}

/// From the mean equator and equinox of J2000.0 to the ICRS.
#[must_use]
pub fn j2000_to_icrs() -> Rotation {
    Rotation::new(*BIAS, [[0.0; 3]; 3]).inverse()
}

/// From the equator to the ecliptic of J2000.0, the equinox being the same; likewise for the ICRS.
#[must_use]
pub fn equator_to_ecliptic_of_j2000() -> Rotation {
    Rotation::about_first(Varying::constant(-J2000_OBLIQUITY_DEG))
}

/// A vector on the mean equator and equinox of J2000.0, referred to the ICRS.
#[must_use]
pub fn to_icrs(of_j2000: &Vector) -> Vector {
    j2000_to_icrs().turn(of_j2000)
}

/// The inverse of [`to_icrs`].
#[must_use]
pub fn from_icrs(of_icrs: &Vector) -> Vector {
    Rotation::new(*BIAS, [[0.0; 3]; 3]).turn(of_icrs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(longitude: f64) -> Vector {
        let rate = Varying::new(longitude, 0.3);
        Vector::spherical(rate, Varying::new(12.0, -0.1), Varying::new(1.5, 0.01))
    }

    fn assert_same(a: &Vector, b: &Vector, tolerance: f64) {
        for (a, b) in a.0.iter().zip(&b.0) {
            assert!(
                (a.value - b.value).abs() < tolerance && (a.rate - b.rate).abs() < tolerance,
                "{a:?} {b:?}"
            );
        }
    }

    #[test]
    fn nothing_happens_at_the_epoch() {
        assert_same(
            &Precession::to(TtDay(J2000_JD)).to_j2000(&at(70.0)).velocity(),
            &at(70.0).velocity(),
            1e-6,
        );
        for (there, here) in
            Precession::to(TtDay(J2000_JD)).to_j2000(&at(70.0)).at().iter().zip(at(70.0).at())
        {
            assert!((there - here).abs() < 1e-11, "{there} {here}");
        }
    }

    #[test]
    fn there_and_back_is_where_one_was() {
        for jd in [990_557.5, 2_378_496.5, 2_460_000.5, 3_000_000.5] {
            let precession = Precession::to(TtDay(jd));
            for longitude in [0.0, 100.0, 250.0] {
                assert_same(
                    &precession.from_j2000(&precession.to_j2000(&at(longitude))),
                    &at(longitude),
                    1e-11,
                );
            }
        }
        assert_same(&from_icrs(&to_icrs(&at(33.0))), &at(33.0), 1e-15);
    }

    /// The equinox moves by 50.29″ a year along the ecliptic; on the equator by 46.12″ and 20.04″ (Capitaine 2003).
    #[test]
    fn the_equinox_moves_as_it_does() {
        let moved = Precession::to(TtDay(J2000_JD)).from_j2000(&Vector::new([1.0, 0.0, 0.0], [0.0; 3]));
        let [_, along, across] = moved.rate().map(|rate| rate.to_degrees() * 3600.0 * JULIAN_YEAR_DAYS);
        assert!((along - 46.12).abs() < 0.01 && (across - 20.04).abs() < 0.01, "{along} {across}");
    }

    #[test]
    fn the_rate_is_the_derivative() {
        let (here, there) = (Precession::to(TtDay(2_400_000.5)), Precession::to(TtDay(2_400_010.5)));
        let vector = Vector::new([0.3, -0.5, 0.8], [0.0; 3]);
        let (before, after) = (here.to_j2000(&vector), there.to_j2000(&vector));
        for c in 0..3 {
            let quotient = (after.0[c].value - before.0[c].value) / 10.0;
            assert!((before.0[c].rate - quotient).abs() < 1e-12, "{} {quotient}", before.0[c].rate);
        }
    }
}
