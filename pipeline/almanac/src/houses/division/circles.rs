//! Systems that cut the ecliptic by great circles through the north and the south point of the horizon, or through the zenith.

use super::Division;
use crate::houses::sphere::{NOTHING, Sphere, opposite};
use crate::vector::Varying;

/// The cusps between the angles: circles that cross the equator `near` and `far` degrees from the east point on either side,
/// under the pole heights of these tangents.
struct Circles {
    near_deg: f64,
    far_deg: f64,
    near_tan: f64,
    far_tan: f64,
}

impl Circles {
    /// The eleventh, twelfth, second and third cusp, counted from a right ascension, degrees, of the east point.
    fn cusps(&self, sphere: &Sphere, east: Varying) -> [Varying; 4] {
        let cut = |off_deg: f64, tan: f64| sphere.cut(east + off_deg, Varying::constant(tan));
        [
            cut(-self.far_deg, self.far_tan),
            cut(-self.near_deg, self.near_tan),
            cut(self.near_deg, self.near_tan),
            cut(self.far_deg, self.far_tan),
        ]
    }

    /// That divide the prime vertical of a latitude at so many degrees from the east point.
    fn on_prime_vertical(latitude_deg: f64, [near_deg, far_deg]: [f64; 2]) -> Circles {
        let (sin, cos) = latitude_deg.to_radians().sin_cos();
        let off = |along_deg: f64| (along_deg.to_radians().tan() / cos).atan().to_degrees();
        let tan = |along_deg: f64| (sin * along_deg.to_radians().cos()).asin().tan();
        Circles {
            near_deg: off(near_deg),
            far_deg: off(far_deg),
            near_tan: tan(near_deg),
            far_tan: tan(far_deg),
        }
    }

    fn divide(&self, sphere: &Sphere) -> Division {
        let [eleventh, twelfth, second, third] = self.cusps(sphere, sphere.armc + 90.0);
        let (ascendant, mc) = (sphere.ascendant, sphere.mc);
        Division::of_half([mc, eleventh, twelfth, ascendant, second, third], ascendant, mc)
            .above_horizon(sphere)
    }
}

/// The prime vertical in twelve equal parts.
pub(super) fn campanus(sphere: &Sphere) -> Division {
    Circles::on_prime_vertical(sphere.latitude_deg, [30.0, 60.0]).divide(sphere)
}

/// The prime vertical where circles of a third and two thirds of the latitude meet it.
pub(super) fn savard(sphere: &Sphere) -> Division {
    let latitude_deg = sphere.latitude_deg;
    let along = |part: f64| {
        let sine = if latitude_deg.abs() < NOTHING {
            part
        } else {
            (latitude_deg * part).to_radians().sin() / latitude_deg.to_radians().sin()
        };
        sine.asin().to_degrees()
    };
    Circles::on_prime_vertical(latitude_deg, [along(1.0 / 3.0), along(2.0 / 3.0)]).divide(sphere)
}

/// The horizon in twelve equal parts, by circles through the zenith: as the prime vertical of a place a quarter of the globe away.
pub(super) fn horizontal(sphere: &Sphere) -> Division {
    let away_deg =
        if sphere.latitude_deg > 0.0 { 90.0 - sphere.latitude_deg } else { -90.0 - sphere.latitude_deg };
    let reach = 90.0 - NOTHING;
    let away_deg = if 90.0 - away_deg.abs() < NOTHING { reach.copysign(away_deg) } else { away_deg };
    let east = sphere.armc + 270.0;
    let [eleventh, twelfth, second, third] =
        Circles::on_prime_vertical(away_deg, [30.0, 60.0]).cusps(sphere, east).map(opposite);
    let first = opposite(sphere.cut(east, Varying::constant(away_deg.to_radians().tan())));
    let (ascendant, mc) = (sphere.eastern().ascendant, sphere.mc);
    Division::of_half([mc, eleventh, twelfth, first, second, third], ascendant, mc)
}

/// The equator in twelve equal parts.
pub(super) fn regiomontanus(sphere: &Sphere) -> Division {
    let tan = |factor: f64| sphere.tan_latitude * factor;
    let circles = Circles {
        near_deg: 30.0,
        far_deg: 60.0,
        near_tan: tan(30.0_f64.to_radians().cos()),
        far_tan: tan(0.5),
    };
    circles.divide(sphere)
}

/// The equator in twelve equal parts, under pole heights whose tangents grow evenly.
pub(super) fn topocentric(sphere: &Sphere) -> Division {
    let tan = |factor: f64| sphere.tan_latitude * factor;
    let circles =
        Circles { near_deg: 30.0, far_deg: 60.0, near_tan: tan(2.0 / 3.0), far_tan: tan(1.0 / 3.0) };
    circles.divide(sphere)
}
