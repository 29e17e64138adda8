//! The Sunshine houses of B. Makransky: the Sun's own arcs above and below the horizon in three parts on each side of the
//! meridian, carried to the ecliptic by circles through the north and south points.

use super::Division;
use crate::houses::sphere::{Eastern, NOTHING, Sphere, opposite};
use crate::vector::Varying;

/// What is smaller than this, degrees, is no side of a triangle (`sunshine_solution_treindl`).
const NO_SIDE_DEG: f64 = 1e-6;

/// The houses between the angles, by the sixths of the arc below the horizon and of that above.
const BETWEEN: [(usize, f64); 8] = [
    (2, -2.0 / 3.0),
    (3, -1.0 / 3.0),
    (5, 1.0 / 3.0),
    (6, 2.0 / 3.0),
    (8, -2.0 / 3.0),
    (9, -1.0 / 3.0),
    (11, 1.0 / 3.0),
    (12, 2.0 / 3.0),
];

/// The Sun's semi-arcs below and above the horizon, degrees, and whether it rises and sets.
fn semi_arcs(sphere: &Sphere, tan_declination: Varying) -> (Varying, Varying, bool) {
    let sine = tan_declination * sphere.tan_latitude;
    let rises = sine.value.abs() < 1.0;
    let difference =
        if rises { sine.asin_deg() } else { Varying::constant((90.0 - NOTHING).copysign(sine.value)) };
    (-difference + 90.0, difference + 90.0, rises)
}

/// A. Treindl's solution (`sunshine_solution_treindl`). `None` where, at a northern latitude, the Sun's parallel touches the horizon in
/// its north or south point.
pub(super) fn treindl(sphere: &Sphere, declination: Varying) -> Option<Division> {
    let (sin_latitude, cos_latitude) = sphere.latitude_deg.to_radians().sin_cos();
    let (sin, cos) = declination.sin_cos_deg();
    let tan = sin / cos;
    let (below, above, _) = semi_arcs(sphere, tan);
    let Eastern { ascendant, turned, .. } = sphere.eastern();
    let mc = if turned { opposite(sphere.mc) } else { sphere.mc };
    let (sin_armc, _) = sphere.armc.sin_cos_deg();
    let mc_declination = (sphere.sin / sphere.cos * sin_armc).atan_deg().value;
    let is_mc_below = (sphere.latitude_deg - mc_declination).abs() > 90.0;
    let mut cusps = angles(ascendant, mc);
    for (house, part) in BETWEEN {
        let is_day = house > 7;
        let arc = (if is_day { above } else { below }) * part;
        let (half_sin, _) = (arc * 0.5).sin_cos_deg();
        // The great circle from where the Sun crosses the meridian to the point of its arc, and its angles with the parallel.
        let side = (cos * half_sin).asin_deg() * 2.0;
        let (half_sin, half_cos) = (side * 0.5).sin_cos_deg();
        let base = (tan * half_sin / half_cos).acos_deg();
        let (base, height) = if is_day {
            (-base + 180.0, declination + (90.0 - sphere.latitude_deg))
        } else {
            (base, -declination + (90.0 - sphere.latitude_deg))
        };
        let ((sin_side, cos_side), (sin_base, cos_base)) = (side.sin_cos_deg(), base.sin_cos_deg());
        let (sin_height, cos_height) = height.sin_cos_deg();
        let far = (cos_side * cos_height + sin_side * sin_height * cos_base).acos_deg();
        if far.value < NO_SIDE_DEG {
            return None;
        }
        let (sin_far, _) = far.sin_cos_deg();
        let zenith_sine = sin_side * sin_base / sin_far;
        let (sin_zenith, cos_zenith) = zenith_sine.asin_deg().sin_cos_deg();
        let off = (sin_zenith / cos_zenith * cos_latitude).atan_deg();
        let (sin_pole, cos_pole) = (zenith_sine * sin_latitude).asin_deg().sin_cos_deg();
        let tan_pole = sin_pole / cos_pole;
        let cusp = if house <= 6 {
            sphere.cut(off + sphere.armc + 180.0, -tan_pole)
        } else {
            sphere.cut(off + sphere.armc, tan_pole)
        };
        cusps[house - 1] = if is_mc_below { opposite(cusp) } else { cusp };
    }
    Some(Division::of_all(cusps, ascendant, mc))
}

/// Makransky's own solution (`sunshine_solution_makransky`). `None` where the Sun neither rises nor sets.
pub(super) fn makransky(sphere: &Sphere, declination: Varying) -> Option<Division> {
    let (sin_latitude, cos_latitude) = sphere.latitude_deg.to_radians().sin_cos();
    let is_south = sphere.latitude_deg < 0.0;
    let tan = tangent(declination);
    let (below, above, rises) = semi_arcs(sphere, tan);
    if !rises {
        return None;
    }
    let ascendant = sphere.eastern().ascendant;
    let mut cusps = angles(ascendant, sphere.mc);
    for (house, part) in BETWEEN {
        let is_night = house <= 6;
        let is_east = !(4..=10).contains(&house);
        let arc = (if is_night { below } else { above }) * part;
        let from_meridian = if part < 0.0 { -arc } else { arc };
        let begin = sphere.armc + arc + if is_night { 180.0 } else { 0.0 };
        let begin = if is_south { begin + 180.0 } else { begin };
        let (sin_from, cos_from) = from_meridian.sin_cos_deg();
        // Along the prime vertical from the zenith to the meridian of the point, and on to its circle.
        let to_meridian = if from_meridian.value <= 90.0 {
            (sin_from * cos_latitude).atan2_deg(cos_from)
        } else {
            (tangent(from_meridian + -90.0) * (1.0 / cos_latitude)).atan_deg()
        };
        let height = (cos_from * sphere.tan_latitude).atan_deg();
        let to_point = if is_night { height + declination } else { height - declination };
        let onward = (sin_from * tangent(to_point) * sin_latitude).atan_deg();
        let (sin_zenith, _) = (to_meridian + onward).sin_cos_deg();
        let tan_pole = tangent((sin_zenith * sin_latitude).asin_deg());
        let off = (tan * tan_pole).asin_deg();
        let on_equator = (if is_east { begin - off } else { begin + off }).wrapped_deg();
        let cusp = by_quadrants(sphere, on_equator, tan_pole, is_east);
        cusps[house - 1] = if is_south { opposite(cusp) } else { cusp };
    }
    Some(Division::of_all(cusps, ascendant, sphere.mc))
}

/// Where a circle meets the ecliptic that crosses the equator at a right ascension, degrees, under a pole height given by its
/// tangent: by Makransky's rules for quadrants, which know sizes alone.
fn by_quadrants(sphere: &Sphere, on_equator: Varying, tan_pole: Varying, is_east: bool) -> Varying {
    let w = on_equator.value;
    let (sin, cos) = on_equator.sin_cos_deg();
    let is_behind = w > 90.0 && w < 270.0;
    let tilt = size(tan_pole) * sphere.sin;
    let along = size(cos) * sphere.cos + if is_east == is_behind { tilt } else { -tilt };
    let from_equinox = size(sin).atan2_deg(along);
    if w < 90.0 {
        from_equinox
    } else if w < 180.0 {
        -from_equinox + 180.0
    } else if w < 270.0 {
        from_equinox + 180.0
    } else {
        -from_equinox
    }
}

/// The four angles in their places among twelve cusps.
fn angles(ascendant: Varying, mc: Varying) -> [Varying; 12] {
    let mut cusps = [Varying::default(); 12];
    cusps[0] = ascendant;
    cusps[3] = opposite(mc);
    cusps[6] = opposite(ascendant);
    cusps[9] = mc;
    cusps
}

fn tangent(angle: Varying) -> Varying {
    let (sin, cos) = angle.sin_cos_deg();
    sin / cos
}

fn size(number: Varying) -> Varying {
    if number.value < 0.0 { -number } else { number }
}
