//! Which altitude counts as the horizon: of which limb, through which air, over which skyline.
//!
//! # Why the default is what it is
//! Against 5179 risings and settings of Sun and Moon published by the U.S. Naval Observatory to the minute (1801 on), in
//! seconds; rounding alone makes 30:
//!
//! | level | to 50° | 50-62° | beyond 80° |
//! | --- | --- | --- | --- |
//! | 34′, upper limb of the disc as it is (the default) | 32.0 | 34.0 | 56 |
//! | as `swe_rise_trans` with 1013.25 hPa and 10 °C: 34.6′ | 35.9 | 40.4 | 2152 |
//! | the centre 50′ below, as for a Sun of 16′ | 38.6 | 44.0 | 515 |
//!
//! With the same air, limb and skyline as `swe_rise_trans` is given, times agree with it to the 7 ms that its bisection
//! leaves (up to 0.5 s where it takes its fast way, and for its transits of the Moon).

use crate::horizon::Atmosphere;
use crate::vector::Varying;

/// Refraction at the horizon as almanacs have it: 34′ (Explanatory Supplement to the Astronomical Almanac, 12.1).
pub(crate) const STANDARD_REFRACTION_DEG: f64 = 34.0 / 60.0;

/// Which point of the disc counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limb {
    /// The first to appear and the last to vanish.
    #[default]
    Upper,
    /// The centre.
    Centre,
    /// The last to appear and the first to vanish.
    Lower,
}

/// What the air is taken to do at the horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Refraction {
    /// Nothing.
    None,
    /// What the observatories agreed on: it lifts by 34′ at a horizon of 0° and below, and above it less, as much less as
    /// usual air does.
    #[default]
    Standard,
    /// What this air does at the altitude of the horizon, as `swe_rise_trans` has it for horizons that the sea does not hide:
    /// below the sea's dip it lifts nothing.
    Air(Atmosphere),
}

/// A level for a body to cross.
///
/// The default is a level horizon without obstacles, the upper limb, and 34′ of refraction, which is how the U.S. Naval
/// Observatory defines rise and set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Threshold {
    /// Which point of the disc has to cross it.
    pub limb: Limb,
    /// What lifts it.
    pub refraction: Refraction,
    /// Apparent altitude of the skyline, degrees: above 0 for hills, below 0 for the sea seen from a height
    /// ([`Atmosphere::dip_deg`]).
    pub horizon_deg: f64,
}

impl Threshold {
    /// The Sun's for civil twilight.
    pub const CIVIL: Threshold = Threshold::airless_centre(-6.0);
    /// The Sun's for nautical twilight.
    pub const NAUTICAL: Threshold = Threshold::airless_centre(-12.0);
    /// The Sun's for astronomical twilight.
    pub const ASTRONOMICAL: Threshold = Threshold::airless_centre(-18.0);

    /// The centre of the body at an altitude in degrees, without air.
    #[must_use]
    pub const fn airless_centre(altitude_deg: f64) -> Threshold {
        Threshold { limb: Limb::Centre, refraction: Refraction::None, horizon_deg: altitude_deg }
    }

    /// The altitude of the body's centre, without air, at which it crosses this level, degrees.
    #[must_use]
    pub fn centre_airless_deg(&self, semidiameter_deg: Varying) -> Varying {
        let point = Varying::constant(self.horizon_deg - self.refraction_deg());
        match self.limb {
            Limb::Upper => point - semidiameter_deg,
            Limb::Centre => point,
            Limb::Lower => point + semidiameter_deg,
        }
    }

    /// By how much a point on the skyline is lifted, degrees.
    fn refraction_deg(&self) -> f64 {
        match self.refraction {
            Refraction::None => 0.0,
            Refraction::Air(air) => air.refraction_deg(self.horizon_deg),
            Refraction::Standard if self.horizon_deg > 0.0 => {
                let usual = Atmosphere::usual_at(0.0);
                let share = usual.refraction_deg(self.horizon_deg) / usual.refraction_deg(0.0);
                STANDARD_REFRACTION_DEG * share
            }
            Refraction::Standard => STANDARD_REFRACTION_DEG,
        }
    }
}
