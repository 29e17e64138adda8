//! What is stored of an eclipse against the sky that it is from, by vectors alone.

use orrery_almanac::eclipses::{Luminaries, SunAndMoon};
use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::live;

const RADII_IN_AU: f64 = 149_597_870.7 / 6_378.137;

pub(crate) fn horner(coefficients: &[f64], hours: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, part| sum * hours + part)
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn unit(a: [f64; 3]) -> [f64; 3] {
    let length = dot(a, a).sqrt();
    a.map(|part| part / length)
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The elements' quantities at an instant, from the sky: x, y, d, μ, l₁, l₂, tan f₁, tan f₂.
fn from_sky(sky: &SunAndMoon) -> [f64; 8] {
    let moon = sky.moon_au.map(|part| part * RADII_IN_AU);
    let between: [f64; 3] = std::array::from_fn(|c| sky.sun_au[c] * RADII_IN_AU - moon[c]);
    let distance = dot(between, between).sqrt();
    let axis = unit(between);
    let east = unit(cross([0.0, 0.0, 1.0], axis));
    let north = cross(axis, east);
    let z = dot(moon, axis);
    let sun_radius = (959.63_f64 / 3600.0).to_radians() * RADII_IN_AU;
    let cone = |moon_radius: f64| {
        let angle = ((sun_radius + moon_radius) / distance).asin();
        (z * angle.tan() + moon_radius / angle.cos(), angle.tan())
    };
    let ((l1, tan_f1), (l2, tan_f2)) = (cone(0.272_488), cone(-0.272_281));
    let right_ascension_deg = axis[1].atan2(axis[0]).to_degrees();
    let hour_angle_deg = sky.sidereal_time_deg - right_ascension_deg;
    [dot(moon, east), dot(moon, north), axis[2].asin().to_degrees(), hour_angle_deg, l1, l2, tan_f1, tan_f2]
}

fn from_elements(elements: &Elements, hours: f64) -> [f64; 8] {
    let Elements { x, y, d_deg, mu_deg, l1, l2, tan_f1, tan_f2, .. } = elements;
    [
        horner(x, hours),
        horner(y, hours),
        horner(d_deg, hours),
        horner(mu_deg, hours),
        horner(l1, hours),
        horner(l2, hours),
        horner(tan_f1, hours),
        horner(tan_f2, hours),
    ]
}

/// How far the elements of an eclipse are at most from the sky that they are from, over all their reach.
pub(crate) fn residuals<L: Luminaries>(source: &mut L, elements: &Elements) -> Result<[f64; 8], L::Error> {
    const STRETCHES: i32 = 23;
    let mut worst = [0.0_f64; 8];
    for nth in 0..=STRETCHES {
        let wanted = elements.reach_h * (2.0 * f64::from(nth) / f64::from(STRETCHES) - 1.0);
        let tt = TtDay(elements.t0_jd_tt + wanted / 24.0);
        // What is left of the wanted instant when a Julian day has rounded it.
        let hours = (tt.jd() - elements.t0_jd_tt) * 24.0;
        let (sky, ours) = (from_sky(&source.at(tt)?), from_elements(elements, hours));
        for c in 0..8 {
            let difference = ours[c] - sky[c];
            let turn = if c == 3 { 360.0 * (difference / 360.0).round() } else { 0.0 };
            worst[c] = worst[c].max((difference - turn).abs());
        }
    }
    Ok(worst)
}

/// Every eclipse of six centuries. The live source's Moon scatters by a millisecond of its motion, 1.5e-7 of the Earth's
/// radius, and once a year it is torn where two pieces of the Earth's way join; elements go evenly through both.
#[test]
fn elements_are_the_sky_within_their_reach() {
    let mut source = live::open();
    let mut worst = [0.0_f64; 8];
    for eclipse in live::solar() {
        let of_eclipse = residuals(&mut source, &eclipse.elements).unwrap();
        worst = std::array::from_fn(|c| worst[c].max(of_eclipse[c]));
    }
    let told = worst.map(|of| format!("{of:.1e}")).join(", ");
    eprintln!("elements from the live sky: x, y, d, μ, l1, l2, tan f1, tan f2 within {told}");
    // Lengths in the Earth's radii, angles in degrees, tangents.
    for (of, bound) in worst.iter().zip([3e-7, 3e-7, 1e-6, 1e-6, 1e-9, 1e-9, 1e-8, 1e-8]) {
        assert!(*of < bound, "{told}");
    }
}

/// Half an hour to spare before the first and after the last contact, the origin a full hour, the hour angle as promised.
#[test]
fn elements_reach_as_far_as_promised() {
    for eclipse in live::solar() {
        let elements = &eclipse.elements;
        let [first, .., last] = eclipse.penumbra_jd_tt;
        let spare_h = elements.reach_h - 24.0 * (last - elements.t0_jd_tt).max(elements.t0_jd_tt - first);
        assert!((0.5..2.0).contains(&spare_h), "{spare_h} h at {}", elements.t0_jd_tt);
        assert!((eclipse.greatest_jd_tt - elements.t0_jd_tt).abs() <= 0.5 / 24.0 + 1e-9);
        assert!(
            (elements.t0_jd_tt * 24.0).fract().abs() < 1e-7
                || (elements.t0_jd_tt * 24.0).fract() > 1.0 - 1e-7
        );
        assert!((0.0..360.0).contains(&elements.mu_deg[0]) && (elements.mu_deg[1] - 15.0).abs() < 0.01);
    }
}
