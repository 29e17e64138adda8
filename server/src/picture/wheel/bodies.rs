//! The bodies: a mark at the place of each, and its label beside it, as near as its neighbours leave room.

use orrery_almanac::frames::wrap_deg;

use super::super::dial::Dial;
use super::super::figure::{Point, Reading};
use super::super::glyph::{Glyph, Glyphs};
use super::super::spread::{Spread, spread};
use super::super::words;
use super::Band;
use crate::svg::Document;

/// What labels keep from cusps, degrees.
const KEEP_DEG: f64 = 0.4;
/// Sizes, in parts of the degrees'.
const SIGN: f64 = 0.98;
const MINUTES: f64 = 0.84;
const RETROGRADE: f64 = 0.8;
/// How far beside its glyph the mark of what moves backward is, and how far toward the body's place, in parts of the glyph's size: off
/// it, and yet nearer to it than to the next one in a crowd.
const ASIDE: f64 = 0.64;
const TOWARD: f64 = 0.32;
/// The length of the mark at a body's place, in parts of the way to its label.
const MARK: f64 = 0.3;

/// Points with where their labels are.
#[derive(Clone, Debug)]
pub(super) struct Labels<'a> {
    points: Vec<&'a Point>,
    spread: Spread,
    band: &'a Band,
}

impl Labels<'_> {
    /// Labels in a band, away from walls, degrees.
    pub(super) fn place<'a>(points: &[&'a Point], band: &'a Band, walls: &[f64]) -> Labels<'a> {
        let points: Vec<&Point> =
            points.iter().copied().filter(|point| point.longitude_deg.is_finite()).collect();
        let places: Vec<f64> = points.iter().map(|point| point.longitude_deg).collect();
        Labels { points, spread: spread(&places, band.width_deg, walls, KEEP_DEG), band }
    }

    /// Whether a line at a longitude, degrees, would cross one of them.
    pub(super) fn cross(&self, longitude_deg: f64) -> bool {
        let is_near = |at: &f64| short_way(longitude_deg, *at).abs() < 0.5 * self.spread.width_deg;
        self.spread.at_deg.iter().any(is_near)
    }

    /// Where what they are made of begins and ends, units from the middle.
    pub(super) fn reach(&self) -> [f64; 2] {
        [self.band.lead, self.band.retrograde.or(self.band.minutes).unwrap_or(self.band.degrees)]
    }

    pub(super) fn draw(&self, dial: &Dial, body: &mut Document, glyphs: &mut Glyphs) {
        // Where there are too many of them, they are smaller.
        let scale = self.spread.width_deg / self.band.width_deg;
        for (point, at_deg) in self.points.iter().zip(&self.spread.at_deg) {
            label(point, *at_deg, scale, dial, self.band, body, glyphs);
        }
    }
}

/// The way from one longitude to another that is the shorter one, degrees.
pub(super) fn short_way(from_deg: f64, to_deg: f64) -> f64 {
    (to_deg - from_deg + 180.0).rem_euclid(360.0) - 180.0
}

fn label(
    point: &Point,
    at_deg: f64,
    scale: f64,
    dial: &Dial,
    band: &Band,
    body: &mut Document,
    glyphs: &mut Glyphs,
) {
    let longitude_deg = wrap_deg(point.longitude_deg);
    let [glyph, degrees] = band.sizes.map(|size| scale * size);
    let is_retrograde = point.is_retrograde();
    body.raw("<g class=\"body ").raw(&point.glyph.name()).raw(if is_retrograde { " backward" } else { "" });
    body.raw("\"><title>").escaped(&words::of_point(point)).raw("</title>\n");
    let mark = band.foot + MARK * (band.lead - band.foot);
    match point.between_deg() {
        // It is anywhere in it.
        Some([first, last]) => {
            let first = wrap_deg(first);
            let way = wrap_deg(last - first);
            body.path("range", &[dial.winding((first, mark), (first + way, mark))], false);
        }
        None => body.path("place", &[dial.spoke(longitude_deg, [band.foot, mark])], false),
    }
    let beside = longitude_deg + short_way(longitude_deg, at_deg);
    let winding = dial.winding((longitude_deg, mark), (beside, band.lead));
    body.path("lead", &[winding], false);
    let [x, y] = dial.at(at_deg, band.glyph);
    glyphs.put(body, "glyph", point.glyph, [x, y], glyph);
    if point.between_deg().is_none() {
        longitude(Reading::of(longitude_deg), (at_deg, degrees), dial, band, body, glyphs);
    }
    if is_retrograde {
        let toward = (TOWARD * glyph).copysign(band.lead - band.glyph);
        let [radius, aside] =
            band.retrograde.map_or([band.glyph + toward, ASIDE * glyph], |radius| [radius, 0.0]);
        let at = dial.at(at_deg - (aside / radius).to_degrees(), radius);
        glyphs.put(body, "small retrograde", Glyph::Retrograde, at, RETROGRADE * degrees);
    }
    body.raw("</g>\n");
}

/// Writes a longitude toward the middle, at an angle and of a size.
fn longitude(
    reading: Reading,
    (at_deg, size): (f64, f64),
    dial: &Dial,
    band: &Band,
    body: &mut Document,
    glyphs: &mut Glyphs,
) {
    let mut told = |class: &str, radius: f64, size: f64, words: &str| {
        let [x, y] = dial.at(at_deg, radius);
        body.text(class, [x, y + 0.36 * size], "start", Some(size), words);
    };
    told("degrees", band.degrees, size, &reading.degrees_told());
    if let Some(radius) = band.minutes {
        told("minutes", radius, MINUTES * size, &reading.minutes_told());
    }
    if let Some(radius) = band.sign {
        let class = format!("small sign {}", reading.sign.element().name());
        glyphs.put(body, &class, Glyph::Sign(reading.sign), dial.at(at_deg, radius), SIGN * size);
    }
}
