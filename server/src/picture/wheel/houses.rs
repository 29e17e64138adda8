//! The houses: cusps, numbers, axes, and what is written about the wheel.

use orrery_almanac::frames::wrap_deg;
use orrery_almanac::houses::Angle;

use super::super::dial::Dial;
use super::super::figure::{Division, Reading};
use super::super::glyph::{Glyph, Glyphs};
use super::super::spread::spread;
use super::Rings;
use super::bodies::{Labels, short_way};
use crate::svg::Document;

/// A cusp that is no further from an angle is not written beside it, degrees.
const SAME_DEG: f64 = 1.0 / 60.0;
/// What is left of a line that gives way, and of an axis beyond the wheel, units.
const STUB: f64 = 5.0;
/// The size of an angle's letters, in parts of the size of what is written.
const LETTERS: f64 = 1.84;
/// What a number of a house takes, likewise.
const NUMBER: f64 = 1.3;

/// Draws the houses; their lines give way to labels of bodies.
pub(super) fn draw(
    division: &Division,
    dial: &Dial,
    rings: &Rings,
    bodies: &Labels,
    body: &mut Document,
    glyphs: &mut Glyphs,
) {
    let cusps: Vec<f64> =
        division.cusps_deg.iter().filter(|cusp| cusp.is_finite()).map(|cusp| wrap_deg(*cusp)).collect();
    let axes = division.axes();
    let line = |longitude: f64, inside: f64| {
        let outside = rings.signs[1];
        if !bodies.cross(longitude) {
            return vec![dial.spoke(longitude, [outside, inside])];
        }
        let [begin, end] = bodies.reach();
        vec![
            dial.spoke(longitude, [outside, begin]),
            dial.spoke(longitude, [end.min(rings.houses[0] + STUB), inside]),
        ]
    };
    body.raw("<g class=\"houses\" text-anchor=\"middle\">\n");
    let lines: Vec<_> = cusps.iter().flat_map(|cusp| line(*cusp, rings.houses[1])).collect();
    body.path("cusp", &lines, false);
    for (angle, longitude) in axes {
        let class = format!("axis {}", angle.name());
        // Where no house begins with it, it leaves their numbers alone.
        let is_cusp = cusps.iter().any(|cusp| is_same(*cusp, longitude));
        let mut lines = line(longitude, rings.houses[usize::from(is_cusp)]);
        let outside = rings.edge.unwrap_or(rings.signs[0]);
        lines.push(dial.spoke(longitude, [outside, outside + STUB]));
        body.path(&class, &lines, false);
    }
    numbers(&cusps, division.runs_forward, dial, rings, body);
    body.raw("</g>\n<g class=\"angles\" text-anchor=\"middle\">\n");
    labels(&cusps, &axes, dial, rings, body, glyphs);
    body.raw("</g>\n");
}

fn is_same(a: f64, b: f64) -> bool {
    short_way(a, b).abs() <= SAME_DEG
}

/// The numbers, each in the middle of its house, if there is room for it.
fn numbers(cusps: &[f64], runs_forward: bool, dial: &Dial, rings: &Rings, body: &mut Document) {
    let radius = 0.5 * (rings.houses[0] + rings.houses[1]);
    for (nth, &cusp) in cusps.iter().enumerate() {
        let Some(&next) = cusps.get((nth + 1) % cusps.len()) else { continue };
        let (begin, width) =
            if runs_forward { (cusp, wrap_deg(next - cusp)) } else { (next, wrap_deg(cusp - next)) };
        // A lone house is the whole circle.
        let width = if cusps.len() == 1 { 360.0 } else { width };
        if width.to_radians() * radius >= NUMBER * rings.written {
            let at = dial.at(begin + 0.5 * width, radius);
            body.text("number", at, "start", Some(rings.written), &(nth + 1).to_string());
        }
    }
}

/// The angles and the cusps in degrees and minutes, about the wheel.
fn labels(
    cusps: &[f64],
    axes: &[(Angle, f64); 4],
    dial: &Dial,
    rings: &Rings,
    body: &mut Document,
    glyphs: &mut Glyphs,
) {
    let is_axis = |cusp: f64| axes.iter().any(|(_, axis)| is_same(cusp, *axis));
    // Where a sign begins the ring shows already.
    let is_sign = |cusp: f64| is_same(cusp, 30.0 * (cusp / 30.0).round());
    let angles = axes.iter().map(|(angle, longitude)| (Some(*angle), *longitude));
    let others = cusps.iter().filter(|cusp| !is_axis(**cusp) && !is_sign(**cusp));
    let written: Vec<(Option<Angle>, f64)> = angles.chain(others.map(|cusp| (None, *cusp))).collect();
    let places: Vec<f64> = written.iter().map(|(_, longitude)| *longitude).collect();
    let width_deg = (rings.label * rings.written / rings.labels).to_degrees();
    let spread = spread(&places, width_deg, &[], 0.0);
    // Where there are too many of them, they are smaller.
    let size = rings.written * (spread.width_deg / width_deg).min(1.0);
    for ((angle, longitude), at_deg) in written.iter().zip(spread.at_deg) {
        let [x, y] = dial.at(at_deg, rings.labels);
        let reading = Reading::of(*longitude);
        let told = if rings.inner.minutes.is_some() { reading.told() } else { reading.degrees_told() };
        if let Some(angle) = angle {
            let letters = LETTERS * size;
            let class = format!("angle {}", angle.name());
            glyphs.put(body, &class, Glyph::Angle(*angle), [x, y - 0.45 * size], letters);
            body.text("degrees", [x, y + 1.15 * size], "start", Some(size), &told);
        } else {
            body.text("minutes", [x, y + 0.36 * size], "start", Some(size), &told);
        }
    }
}
