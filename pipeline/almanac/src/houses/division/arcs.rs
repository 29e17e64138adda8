//! Systems that divide the time a point takes from the horizon to the meridian.

use std::f64::consts::FRAC_PI_2;

use super::Division;
use crate::houses::MOST_CUSPS;
use crate::houses::sphere::{NOTHING, Sphere, opposite};
use crate::vector::Varying;

/// Most steps to a point that divides its own arc: a handful, and beside the polar circles fewer than halving would take.
const MOST_STEPS: usize = 64;
/// Radians by which the last step may move.
const STEP: f64 = 1e-15;

/// The longitude of the point of the ecliptic that has gone `part` of its own semi-arc further than one on the equator would have
/// that is at a right ascension, degrees: α = `right_ascension` + `part` · asin(steepness · sin α).
fn on_own_arc(sphere: &Sphere, right_ascension: Varying, part: f64) -> Varying {
    let (steepness, begin) = (sphere.steepness(), right_ascension.value.to_radians());
    let m = steepness.value;
    // The right side changes by this for each of α: by less than `part` anywhere, so that there is one solution.
    let slope = |sin: f64, cos: f64| part * m * cos / (1.0 - m * m * sin * sin).sqrt();
    let (mut low, mut high) = (begin - part.abs() * FRAC_PI_2, begin + part.abs() * FRAC_PI_2);
    let mut alpha = begin;
    for _ in 0..MOST_STEPS {
        let (sin, cos) = alpha.sin_cos();
        let lacking = begin + part * (m * sin).asin() - alpha;
        if lacking > 0.0 {
            low = alpha;
        } else {
            high = alpha;
        }
        let step = lacking / (1.0 - slope(sin, cos));
        // Beside a polar circle the line through a point may lead far beyond the next bend.
        let next = alpha + step;
        alpha = if (low..=high).contains(&next) { next } else { f64::midpoint(low, high) };
        if step.abs() <= STEP {
            break;
        }
    }
    let (sin, cos) = alpha.sin_cos();
    let by_steepness = part * sin / (1.0 - m * m * sin * sin).sqrt() * steepness.rate;
    let rate = (right_ascension.rate + by_steepness.to_degrees()) / (1.0 - slope(sin, cos));
    sphere.on_meridian(Varying::new(alpha.to_degrees(), rate))
}

/// Points that have gone a third or two of their own semi-arcs. `None` where some points have none.
pub(super) fn placidus(sphere: &Sphere) -> Option<Division> {
    if sphere.is_polar() {
        return None;
    }
    let cusp = |off_deg: f64, part: f64| on_own_arc(sphere, sphere.armc + off_deg, part);
    let (third, two_thirds) = (1.0 / 3.0, 2.0 / 3.0);
    let (ascendant, mc) = (sphere.ascendant, sphere.mc);
    let upper = [
        mc,
        cusp(30.0, third),
        cusp(60.0, two_thirds),
        ascendant,
        cusp(120.0, two_thirds),
        cusp(150.0, third),
    ];
    Some(Division::of_half(upper, ascendant, mc))
}

/// Points that have gone a number of ninths of their own semi-arcs, the first risen last. `None` as for Placidus.
pub(super) fn gauquelin(sphere: &Sphere) -> Option<Division> {
    if sphere.is_polar() {
        return None;
    }
    let (ascendant, mc) = (sphere.ascendant, sphere.mc);
    let mut cusps = [Varying::default(); MOST_CUSPS];
    for (nth, cusp) in cusps.iter_mut().enumerate() {
        // Ten degrees of the equator a sector, from the horizon over the meridian to the other horizon and on.
        let before_noon = 9.0 - (nth % 18) as f64;
        let upper = match nth % 18 {
            0 => ascendant,
            9 => mc,
            _ => on_own_arc(sphere, sphere.armc + 10.0 * before_noon, before_noon / 9.0),
        };
        *cusp = if nth < 18 { upper } else { opposite(upper) };
    }
    Some(Division { cusps, ascendant, mc })
}

/// Ascendants of when the midheaven was a third or two of its semi-arc from where it is. `None` where it may have none.
pub(super) fn koch(sphere: &Sphere) -> Option<Division> {
    if sphere.is_polar() {
        return None;
    }
    let (sin, _) = sphere.armc.sin_cos_deg();
    let third = (sphere.steepness() * sin).asin_deg() * (1.0 / 3.0);
    let cusp = |off_deg: f64, times: f64| sphere.cut(sphere.armc + off_deg + third * times, sphere.horizon());
    let (ascendant, mc) = (sphere.ascendant, sphere.mc);
    let upper = [mc, cusp(30.0, -2.0), cusp(60.0, -1.0), ascendant, cusp(120.0, 1.0), cusp(150.0, 2.0)];
    Some(Division::of_half(upper, ascendant, mc))
}

/// Where the ascendant was when it had gone a third or two of its semi-arc.
pub(super) fn alcabitius(sphere: &Sphere, ascendant: Varying) -> Division {
    let (sin, _) = ascendant.sin_cos_deg();
    let declination = (sin * sphere.sin).asin_deg();
    let (sin, cos) = declination.sin_cos_deg();
    let semi_arc = (sin / cos * -sphere.tan_latitude).acos_deg();
    let (day, night) = (semi_arc * (1.0 / 3.0), (-semi_arc + 180.0) * (1.0 / 3.0));
    let mc = sphere.mc;
    let upper = [
        mc,
        sphere.on_meridian(sphere.armc + day),
        sphere.on_meridian(sphere.armc + day * 2.0),
        ascendant,
        sphere.on_meridian(sphere.armc + 180.0 - night * 2.0),
        sphere.on_meridian(sphere.armc + 180.0 - night),
    ];
    Division::of_half(upper, ascendant, mc)
}

/// The parallel of the ascendant in six parts above the horizon and six below (`apc_sector`).
pub(super) fn apc(sphere: &Sphere) -> Division {
    let (sin, cos) = sphere.armc.sin_cos_deg();
    // The ascensional difference of the ascendant.
    let difference = if sphere.latitude_deg.abs() > 90.0 - NOTHING {
        Varying::default()
    } else {
        // Not more than 90° either way: it changes over where the ascendant does.
        let (y, x) = (sphere.steepness() * cos, sphere.steepness() * sin + 1.0);
        if x.value < 0.0 { (-y).atan2_deg(-x) } else { y.atan2_deg(x) }
    };
    // The tangents of the ascendant's declination and of the latitude multiplied.
    let (rise, _) = difference.sin_cos_deg();
    let sector = |nth: usize| {
        let along = if nth < 7 {
            (-difference + 90.0) * (nth as f64 / 3.0)
        } else {
            (difference + 90.0) * ((nth as f64 - 12.0) / 3.0)
        };
        let right_ascension = difference + sphere.armc + 90.0 + along;
        let (sin_a, cos_a) = right_ascension.sin_cos_deg();
        let (sin_apart, _) = (sphere.armc - right_ascension).sin_cos_deg();
        let x = sphere.cos * (rise * cos + cos_a) + sphere.sin * sin_apart * sphere.tan_latitude;
        (rise * sin + sin_a).atan2_deg(x)
    };
    let mut cusps: [Varying; 12] = std::array::from_fn(sector);
    cusps[9] = sphere.mc;
    cusps[3] = opposite(sphere.mc);
    Division::of_all(cusps, sphere.ascendant, sphere.mc).above_horizon(sphere)
}
