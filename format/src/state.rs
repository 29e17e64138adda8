//! What a table answers: states, nutation, and why it may not.

use crate::kernel::Components;
use crate::time::TtDay;

/// Position and speed of a body: apparent place on the mean ecliptic and equinox of date.
///
/// Speeds are the exact derivatives of the position as answered, per day of TT. They are not Swiss Ephemeris' own
/// speeds, which differ from the derivative of its positions by up to 0.12″/day for the Moon (see `format/SPEC.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct State {
    /// Ecliptic longitude in degrees, 0 ≤ λ < 360.
    pub longitude_deg: f64,
    /// Ecliptic latitude in degrees, −90 to 90.
    pub latitude_deg: f64,
    /// Distance in astronomical units.
    pub distance_au: f64,
    /// Change of longitude in degrees a day.
    pub longitude_speed: f64,
    /// Change of latitude in degrees a day.
    pub latitude_speed: f64,
    /// Change of distance in au a day.
    pub distance_speed: f64,
}

/// Nutation and obliquity, as Swiss Ephemeris has them by default: IAU 2000B nutation, obliquity of the precession of
/// Vondrák, Capitaine and Wallace (2011).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nutation {
    /// Nutation in longitude Δψ, degrees.
    pub dpsi_deg: f64,
    /// Nutation in obliquity Δε, degrees.
    pub deps_deg: f64,
    /// Mean obliquity of the ecliptic of date, degrees.
    pub mean_obliquity_deg: f64,
    /// Change of Δψ, degrees a day.
    pub dpsi_speed: f64,
    /// Change of Δε, degrees a day.
    pub deps_speed: f64,
    /// Change of the mean obliquity, degrees a day.
    pub mean_obliquity_speed: f64,
}

impl From<Components> for Nutation {
    fn from(Components { value, rate }: Components) -> Nutation {
        Nutation {
            dpsi_deg: value[0],
            deps_deg: value[1],
            mean_obliquity_deg: value[2],
            dpsi_speed: rate[0],
            deps_speed: rate[1],
            mean_obliquity_speed: rate[2],
        }
    }
}

impl Nutation {
    /// True obliquity of the ecliptic ε = ε₀ + Δε, degrees.
    #[must_use]
    pub fn true_obliquity_deg(&self) -> f64 {
        self.mean_obliquity_deg + self.deps_deg
    }

    /// Change of the true obliquity, degrees a day.
    #[must_use]
    pub fn true_obliquity_speed(&self) -> f64 {
        self.mean_obliquity_speed + self.deps_speed
    }
}

/// A value, and where it is from. What the audit measured there is one look-up away ([`crate::Dataset::locate`]); the
/// value does not wait for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer<T> {
    /// The value.
    pub value: T,
    /// Index into [`crate::Dataset::blocks`].
    pub block: u32,
}

/// Why no table answers.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Miss {
    /// The instant lies before or after the tables.
    #[error("outside the tables, which reach from {start} to {end}")]
    OutsideSpan {
        /// First instant that the tables answer.
        start: TtDay,
        /// First instant after the tables.
        end: TtDay,
    },
    /// There is no table of this body from this centre.
    #[error("not tabulated in this dataset")]
    NotTabulated,
    /// The audit found this stretch of time to miss the promise, so that it is left to the live source.
    #[error("audited as not good enough: {audited_arcsec}″ from the source")]
    NotGoodEnough {
        /// What the audit measured, arcseconds.
        audited_arcsec: f32,
    },
}
