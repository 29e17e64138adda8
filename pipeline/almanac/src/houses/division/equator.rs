//! Systems that divide the equator, or a circle whose parts meridians of the equator carry to the ecliptic.

use super::Division;
use crate::frames::right_ascension;
use crate::houses::sphere::Sphere;
use crate::vector::Varying;

/// The equator in twelve from the meridian on, and meridians through the parts.
pub(super) fn meridian(sphere: &Sphere, ascendant: Varying) -> Division {
    let cusp = |nth: usize| sphere.on_meridian(sphere.armc + 30.0 * nth as f64);
    Division::of_half(std::array::from_fn(cusp), ascendant, sphere.mc)
}

/// The equator in twelve from the meridian on, and circles of longitude through the parts.
pub(super) fn morinus(sphere: &Sphere, ascendant: Varying) -> Division {
    let cusp = |nth: usize| {
        let (sin, cos) = (sphere.armc + 30.0 * nth as f64).sin_cos_deg();
        (sin * sphere.cos).atan2_deg(cos)
    };
    Division::of_half(std::array::from_fn(cusp), ascendant, sphere.mc)
}

/// The equator in twelve from the ascendant's right ascension on, and meridians through the parts.
pub(super) fn carter(sphere: &Sphere, ascendant: Varying) -> Division {
    let begin = right_ascension(ascendant, sphere.cos);
    let mut upper: [Varying; 6] =
        std::array::from_fn(|nth| sphere.on_meridian(begin + 30.0 * (nth as f64 - 3.0)));
    upper[3] = ascendant;
    Division::of_half(upper, ascendant, sphere.mc)
}

/// The circle through the ascendant and the zenith in twelve, and meridians of the equator through the parts.
pub(super) fn krusinski(sphere: &Sphere, ascendant: Varying) -> Division {
    let (sin_latitude, cos_latitude) = sphere.latitude_deg.to_radians().sin_cos();
    // The ascendant on the horizon, from the east point on.
    let (sin, cos) = ascendant.sin_cos_deg();
    let (east_sin, east_cos) = (sphere.armc + -90.0).sin_cos_deg();
    let (x, y, z) = (cos, sin * sphere.cos, sin * sphere.sin);
    let (x, y) = (x * east_cos + y * east_sin, y * east_cos - x * east_sin);
    let (sin_azimuth, cos_azimuth) = (y * sin_latitude - z * cos_latitude).atan2_deg(x).sin_cos_deg();
    let cusp = |nth: usize| {
        // The tenth is the zenith, 90° before the ascendant.
        let (sin, cos) = (30.0 * (nth as f64 - 3.0)).to_radians().sin_cos();
        let (x, y) = (cos_azimuth * cos, sin_azimuth * (cos * sin_latitude));
        let right_ascension = (y + -sin * cos_latitude).atan2_deg(x) + sphere.armc + -90.0;
        sphere.on_meridian(right_ascension)
    };
    Division::of_half(std::array::from_fn(cusp), ascendant, sphere.mc)
}
