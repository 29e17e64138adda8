//! How dense the points of a curve are, and the making of curves.

use orrery_format::eclipse::Elements;

use super::Point;
use crate::eclipses::elements::instant;
use crate::eclipses::ellipsoid::{EARTH_RADIUS_KM, SurfacePoint};
use crate::frames::turn_deg;
use crate::space::{cross, dot};

/// How often a stretch is halved at most.
const MOST_HALVINGS: u32 = 12;
/// How far apart in longitude neighbours may be, so that a map in longitude and latitude shows a round curve about a pole.
const MOST_LONGITUDE_DEG: f64 = 15.0;
/// Points nearer than this are not parted any more, radians: half a metre.
const NEAREST: f64 = 1e-7;

/// How dense the points of curves are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Density {
    /// No two neighbours are further apart, degrees of a great circle.
    pub most_deg: f64,
    /// No curve is further from the great circle between two neighbours, km; as far as its bending between points tells.
    pub off_km: f64,
}

impl Default for Density {
    fn default() -> Density {
        Density { most_deg: 1.0, off_km: 1.0 }
    }
}

impl Density {
    /// The density as curves are made by: nothing is finer than a hundredth of a degree or a metre, so that nobody asks for points
    /// without end.
    fn bounded(&self) -> (f64, f64) {
        let most = if self.most_deg > 0.01 { self.most_deg } else { 0.01 };
        let off = if self.off_km > 0.001 { self.off_km } else { 0.001 };
        (most.min(10.0).to_radians(), off / EARTH_RADIUS_KM)
    }

    /// The longest step between points, radians.
    pub(super) fn longest_step(&self) -> f64 {
        self.bounded().0
    }

    /// The longest step along a curve that turns by so much a radian.
    pub(super) fn step(&self, turns: f64) -> f64 {
        let (most, off) = self.bounded();
        // An arc s of curvature k is k s²/8 from its chord.
        most.min((8.0 * off / turns.abs().max(1e-9)).sqrt())
    }

    /// Whether the points `a`, `middle` and `b` are dense enough, the middle being that of the curve's parameter.
    fn is_enough(&self, a: &SurfacePoint, middle: &SurfacePoint, b: &SurfacePoint) -> bool {
        let (most, off) = self.bounded();
        let longest = a.angle_to(middle).max(middle.angle_to(b));
        if longest < NEAREST {
            return true;
        }
        let normal = cross(&a.0, &b.0);
        let length = dot(&normal, &normal).sqrt();
        // Of an arc, the halves are a quarter as far from their chords as the whole.
        let aside = if length > 0.0 { 0.25 * (dot(&normal, &middle.0) / length).abs() } else { longest };
        let [a, middle, b] = [a, middle, b].map(SurfacePoint::geographic_deg);
        let is_turning = |[from_lat, from]: [f64; 2], [to_lat, to]: [f64; 2]| {
            let turn = turn_deg(to - from);
            // Within a kilometre of a pole longitudes say nothing.
            turn.abs() > MOST_LONGITUDE_DEG && from_lat.abs().max(to_lat.abs()) < 89.99
        };
        longest <= most && aside <= off && !is_turning(a, middle) && !is_turning(middle, b)
    }
}

/// A point of the ground at hours since the origin of the elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) hours: f64,
    pub(super) surface: SurfacePoint,
}

/// The points of a curve from one parameter to another, both included. So many parts are
/// halved, and their halves, until they are dense enough.
pub(super) fn trace(
    density: &Density,
    from: f64,
    to: f64,
    parts: u32,
    at: &mut impl FnMut(f64) -> Spot,
) -> Vec<Spot> {
    let mut left = at(from);
    let mut spots = vec![left];
    let part = (to - from) / f64::from(parts);
    for nth in 1..=parts {
        let start = from + part * f64::from(nth - 1);
        let end = if nth == parts { to } else { from + part * f64::from(nth) };
        let right = at(end);
        fill(density, (start, left), (end, right), MOST_HALVINGS, at, &mut spots);
        left = right;
    }
    spots
}

/// Adds the points after `a` up to `b`.
fn fill(
    density: &Density,
    (from, a): (f64, Spot),
    (to, b): (f64, Spot),
    halvings: u32,
    at: &mut impl FnMut(f64) -> Spot,
    spots: &mut Vec<Spot>,
) {
    let half = f64::midpoint(from, to);
    let middle = at(half);
    if halvings == 0 || density.is_enough(&a.surface, &middle.surface, &b.surface) {
        spots.extend([middle, b]);
        return;
    }
    fill(density, (from, a), (half, middle), halvings - 1, at, spots);
    fill(density, (half, middle), (to, b), halvings - 1, at, spots);
}

/// Points with longitudes that go on without jumps.
pub(super) fn points(elements: &Elements, spots: &[Spot]) -> Vec<Point> {
    let mut last: Option<f64> = None;
    spots
        .iter()
        .map(|spot| {
            let [latitude_deg, longitude] = spot.surface.geographic_deg();
            let turns = last.map_or(0.0, |last| ((last - longitude) / 360.0).round());
            let ephemeris_longitude_deg = longitude + 360.0 * turns;
            last = Some(ephemeris_longitude_deg);
            Point { tt: instant(elements, spot.hours), latitude_deg, ephemeris_longitude_deg }
        })
        .collect()
}
