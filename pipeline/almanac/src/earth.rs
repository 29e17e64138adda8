//! How the Earth moves, and where it is from the Sun: what aberration and deflection depend on.

use orrery_format::State;

use crate::light::{SPEED_OF_LIGHT, unaberrated};
use crate::vector::Vector;

/// The square of Gauss' constant: what the Sun attracts with at one au, au a day squared.
const SUN_ATTRACTION: f64 = 0.017_202_098_95 * 0.017_202_098_95;

/// The Earth's centre at an instant, on the mean ecliptic and equinox of date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Earth {
    /// From the barycentre of the solar system to the Earth, au, and its change a day.
    pub position: Vector,
    /// The Earth's motion about the barycentre, au a day, and how it changes. It is the change of coordinates whose axes turn
    /// with precession: 7e-7 au a day away from the motion among the stars.
    pub velocity: Vector,
    /// From the Sun to the Earth, au: the geometric place, with light time.
    pub from_sun: Vector,
}

impl Earth {
    /// The Earth of two tables: `bary_earth` the Earth from the barycentre, `geo_sun` the apparent Sun from the Earth.
    #[must_use]
    pub fn new(bary_earth: &State, geo_sun: &State) -> Earth {
        // The table has the Earth as seen from the barycentre, by light that was eight minutes on its way.
        let late = bary_earth.distance_au / SPEED_OF_LIGHT;
        let seen = Vector::from(bary_earth);
        let (before, rough) = (seen.rate(), Vector::from(geo_sun));
        let attraction = SUN_ATTRACTION / rough.length().value.powi(3);
        let acceleration = rough.at().map(|component| component * attraction);
        let velocity_now: [f64; 3] = std::array::from_fn(|c| before[c] + acceleration[c] * late);
        let place = seen.at();
        let now = std::array::from_fn(|c| place[c] + f64::midpoint(before[c], velocity_now[c]) * late);
        let velocity = Vector::new(velocity_now, acceleration);
        Earth {
            position: Vector::new(now, velocity_now),
            velocity,
            from_sun: -unaberrated(&rough, &velocity),
        }
    }
}
