//! Angles of a progressed chart: how far the meridian has turned.
//!
//! The meridian of a chart is given by the right ascension that culminates, the ARMC. Together with the latitude of the place
//! and the obliquity at the progressed instant, house functions make of it all cusps and angles.

use std::fmt;

use super::Year;
use crate::frames::{Equator, wrap_deg};
use crate::houses::mc_deg;
use crate::vector::Varying;

/// A place's meridian and the Sun at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meridian {
    /// The apparent sidereal time at the place of birth, degrees.
    pub armc_deg: f64,
    /// The true obliquity of the ecliptic, degrees.
    pub obliquity_deg: f64,
    /// The Sun's apparent longitude on the true equinox of date, degrees.
    pub sun_deg: f64,
}

/// How the angles of a chart move on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AngleMethod {
    /// The right ascension of the meridian by what the mean Sun goes in a progressed day, 0° 59′ 08.33″, after Naibod.
    #[default]
    Naibod,
    /// The midheaven, in longitude, by as much as the Sun has gone.
    SolarArc,
    /// The right ascension of the meridian by as much as that of the Sun has grown.
    SolarArcRightAscension,
    /// The angles of the progressed instant itself, at the place of birth: they go round once in a progressed day. Also called
    /// daily houses.
    TrueQuotidian,
    /// The same by the mean rotation of the Earth, without nutation: 360° 59′ 08.33″ in a progressed day.
    MeanQuotidian,
}

/// Degrees that the mean Sun goes in a day: 0° 59′ 08.33″, with the digits of the tropical year.
pub(super) const NAIBOD_DEG: f64 = 360.0 / Year::Tropical.days();

impl AngleMethod {
    /// Every one.
    pub const ALL: [AngleMethod; 5] = [
        AngleMethod::Naibod,
        AngleMethod::SolarArc,
        AngleMethod::SolarArcRightAscension,
        AngleMethod::TrueQuotidian,
        AngleMethod::MeanQuotidian,
    ];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            AngleMethod::Naibod => "naibod",
            AngleMethod::SolarArc => "solar_arc",
            AngleMethod::SolarArcRightAscension => "solar_arc_ra",
            AngleMethod::TrueQuotidian => "true_quotidian",
            AngleMethod::MeanQuotidian => "mean_quotidian",
        }
    }

    /// The right ascension of the progressed meridian, degrees, 0 to 360, from the meridians at birth and at the progressed
    /// instant, and the progressed days between the two. Houses are to be made of it with the progressed obliquity.
    #[must_use]
    pub fn armc_deg(self, natal: &Meridian, progressed: &Meridian, days: f64) -> f64 {
        let armc_deg = match self {
            AngleMethod::Naibod => natal.armc_deg + days * NAIBOD_DEG,
            AngleMethod::SolarArc => {
                let mc = mc_deg(natal.armc_deg, natal.obliquity_deg);
                right_ascension_deg(mc + progressed.sun_deg - natal.sun_deg, progressed.obliquity_deg)
            }
            AngleMethod::SolarArcRightAscension => {
                let [then, now] =
                    [natal, progressed].map(|at| right_ascension_deg(at.sun_deg, at.obliquity_deg));
                natal.armc_deg + now - then
            }
            AngleMethod::TrueQuotidian => progressed.armc_deg,
            AngleMethod::MeanQuotidian => natal.armc_deg + days * (360.0 + NAIBOD_DEG),
        };
        wrap_deg(armc_deg)
    }
}

impl fmt::Display for AngleMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The right ascension of a point of the ecliptic, degrees.
fn right_ascension_deg(longitude_deg: f64, obliquity_deg: f64) -> f64 {
    Equator::new(obliquity_deg, 0.0).right_ascension(Varying::constant(longitude_deg)).value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::turn_deg;

    #[test]
    fn nothing_moves_at_birth() {
        let natal = Meridian { armc_deg: 263.7, obliquity_deg: 23.4377, sun_deg: 280.6 };
        for method in AngleMethod::ALL {
            let armc_deg = method.armc_deg(&natal, &natal, 0.0);
            assert!((armc_deg - 263.7).abs() < 1e-12, "{method}: {armc_deg}");
        }
    }

    #[test]
    fn the_culminating_point_has_the_right_ascension_of_the_meridian() {
        for step in 0..720 {
            let armc_deg = f64::from(step) * 0.5;
            let back = wrap_deg(right_ascension_deg(mc_deg(armc_deg, 23.44), 23.44));
            assert!(turn_deg(back - armc_deg).abs() < 1e-12, "{armc_deg}: {back}");
        }
    }
}
