//! Directions: all points of a chart moved on by one arc.
//!
//! A directed point is the natal one with the arc added, or taken away where it is converse. The arc of the progressed Sun, the
//! *solar arc*, is what the Sun has gone in a progressed sky, so that directed points meet natal ones when the progressed Sun
//! meets certain longitudes: [`directions`] says which, and [`transits`](crate::transits) finds when.

use std::fmt;

use super::angles::NAIBOD_DEG;
use crate::aspect::Aspect;
use crate::frames::turn_deg;
use crate::transits::Target;

/// How large an arc is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArcKey {
    /// As far as the secondary progressed Sun has gone in longitude.
    #[default]
    SolarArc,
    /// 0° 59′ 08.33″ a year, as the mean Sun goes in a day.
    Naibod,
    /// A degree a year.
    Ptolemy,
}

impl ArcKey {
    /// Every one.
    pub const ALL: [ArcKey; 3] = [ArcKey::SolarArc, ArcKey::Naibod, ArcKey::Ptolemy];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ArcKey::SolarArc => "solar_arc",
            ArcKey::Naibod => "naibod",
            ArcKey::Ptolemy => "ptolemy",
        }
    }

    /// The arc, degrees, after some years of life, where the Sun was at one longitude at birth and is at another in the
    /// secondary progressed sky. Below nothing before birth, and in a converse sky, where it is as far as the Sun goes back.
    /// Years are counted below nothing there as well.
    #[must_use]
    pub fn arc_deg(self, natal_sun_deg: f64, progressed_sun_deg: f64, years: f64) -> f64 {
        let mean_deg = years * NAIBOD_DEG;
        match self {
            ArcKey::SolarArc => {
                // What the true Sun has gone is never far from what the mean one has, also after more than a turn.
                let arc = progressed_sun_deg - natal_sun_deg;
                arc + 360.0 * ((mean_deg - arc) / 360.0).round()
            }
            ArcKey::Naibod => mean_deg,
            ArcKey::Ptolemy => years,
        }
    }

    /// By how much the arc grows in a year, degrees, where it grows evenly.
    #[must_use]
    pub const fn yearly_deg(self) -> Option<f64> {
        match self {
            ArcKey::SolarArc => None,
            ArcKey::Naibod => Some(NAIBOD_DEG),
            ArcKey::Ptolemy => Some(1.0),
        }
    }
}

impl fmt::Display for ArcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A directed point at an aspect to a natal one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction {
    /// The point that is moved, by its place among those that were given.
    pub directed: usize,
    /// What it meets: the point and the aspect, the orb, and the longitude at which the progressed Sun has gone as far as is
    /// needed.
    pub target: Target,
}

/// When an arc that grows evenly is as large as a direction needs, from one year of life to another, which is excluded: the years, with
/// those since when and until when it is within the orb. Years are below nothing before birth; `yearly_deg` is so of a converse arc.
/// The direction is one of [`directions`] with a Sun at 0°.
#[must_use]
pub fn met_evenly(
    direction: &Direction,
    yearly_deg: f64,
    (from, to): (f64, f64),
) -> Vec<(f64, Option<[f64; 2]>)> {
    let Target { longitude_deg: needed_deg, orb_deg, .. } = direction.target;
    let turn = 360.0 / yearly_deg.abs();
    let first = (needed_deg / yearly_deg - from).rem_euclid(turn) + from;
    let count = ((to - first) / turn).ceil().max(0.0) as u32;
    let within = orb_deg.filter(|orb| *orb > 0.0).map(|orb| orb / yearly_deg.abs());
    let met = (0..count).map(|nth| first + f64::from(nth) * turn).filter(|years| *years < to);
    met.map(|years| (years, within.map(|within| [years - within, years + within]))).collect()
}

/// Arcs, degrees, that are nothing but for the rounding of two longitudes.
const NOTHING_DEG: f64 = 1e-9;

/// Whether a point at a longitude, degrees, makes an aspect to one at another by no arc at all.
#[must_use]
pub fn begins_with(directed_deg: f64, point_deg: f64, aspect: Aspect) -> bool {
    aspect.ahead_deg().any(|ahead| is_nothing(point_deg + ahead - directed_deg))
}

fn is_nothing(arc_deg: f64) -> bool {
    turn_deg(arc_deg).abs() < NOTHING_DEG
}

/// Every aspect that directed points of a chart can make to natal points of it by the solar arc, with the orb that two points and
/// an aspect have. What every chart begins with is none, as a point's conjunction with itself and the opposition of the ends of the
/// horizon: aspects by no arc ([`begins_with`]) of points, by their places among those given, that go together
/// ([`Point::goes_with`](crate::aspect::Point::goes_with)).
#[must_use]
pub fn directions(
    points_deg: &[f64],
    natal_sun_deg: f64,
    aspects: &[Aspect],
    go_together: impl Fn(usize, usize) -> bool,
    orb_deg: impl Fn(usize, usize, Aspect) -> Option<f64>,
) -> Vec<Direction> {
    let mut all = Vec::new();
    for (directed, from_deg) in points_deg.iter().enumerate() {
        for target in Target::all(points_deg, aspects, |point, aspect| orb_deg(directed, point, aspect)) {
            let arc_deg = target.longitude_deg - from_deg;
            if !(is_nothing(arc_deg) && go_together(directed, target.point)) {
                let longitude_deg = (natal_sun_deg + arc_deg).rem_euclid(360.0);
                all.push(Direction { directed, target: Target { longitude_deg, ..target } });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_are_counted_beyond_a_turn_and_backwards() {
        assert_eq!(ArcKey::SolarArc.arc_deg(350.0, 20.0, 30.0), 30.0);
        assert_eq!(ArcKey::SolarArc.arc_deg(10.0, 340.0, -30.0), -30.0);
        assert_eq!(ArcKey::SolarArc.arc_deg(10.0, 12.0, 367.0), 362.0);
        assert_eq!(ArcKey::Ptolemy.arc_deg(0.0, 0.0, 42.0), 42.0);
        assert!((ArcKey::Naibod.arc_deg(0.0, 0.0, 1.0) - 0.985_647).abs() < 1e-6);
    }

    #[test]
    fn an_even_arc_is_as_large_as_is_needed() {
        for (key, way) in [(ArcKey::Naibod, 1.0), (ArcKey::Ptolemy, -1.0), (ArcKey::Naibod, -1.0)] {
            let yearly_deg = way * key.yearly_deg().unwrap();
            let all = directions(&[100.0, 330.0], 0.0, &[Aspect::Square], |a, b| a == b, |_, _, _| Some(0.5));
            for direction in all {
                let met = met_evenly(&direction, yearly_deg, (-10.0, 800.0));
                assert!((2..=3).contains(&met.len()), "{met:?}");
                for (years, within) in met {
                    let arc_deg = key.arc_deg(0.0, 0.0, way * years);
                    let off = turn_deg(arc_deg - direction.target.longitude_deg);
                    assert!(off.abs() < 1e-9 && (-10.0..800.0).contains(&years), "{years}: {off}");
                    let [since, until] = within.unwrap();
                    assert!((until - since - 1.0 / yearly_deg.abs()).abs() < 1e-9);
                }
            }
        }
        assert_eq!(ArcKey::SolarArc.yearly_deg(), None);
    }

    #[test]
    fn a_direction_is_a_place_of_the_progressed_sun() {
        // The second point is 40° behind a square to the first: the Sun has to go so far.
        let points = [100.0, 330.0];
        let all = directions(&points, 280.0, &[Aspect::Square], |a, b| a == b, |_, _, _| Some(1.0));
        let found = all.iter().filter(|it| it.directed == 1 && it.target.point == 0);
        let mut arcs: Vec<f64> =
            found.map(|it| (it.target.longitude_deg - 280.0).rem_euclid(360.0)).collect();
        arcs.sort_by(f64::total_cmp);
        assert_eq!(arcs, [40.0, 220.0]);
        assert_eq!(all.len(), 2 * 2 * 2);
        let met = directions(&points, 280.0, &[Aspect::Conjunction], |a, b| a == b, |_, _, _| None);
        assert_eq!(met.len(), 2);
    }

    #[test]
    fn what_is_opposite_by_definition_is_so_without_an_arc() {
        // An ascendant and its descendant, as rounding leaves them, and a body on the descendant.
        let points = [100.0 + 1.0 / 3.0, 280.0 + 1.0 / 3.0 + 3e-14, 280.0 + 1.0 / 3.0];
        let aspects = [Aspect::Conjunction, Aspect::Square, Aspect::Opposition];
        let go_together = |a: usize, b: usize| a == b || a.max(b) < 2;
        let all = directions(&points, 0.0, &aspects, go_together, |_, _, _| None);
        let told = |directed: usize, point: usize| {
            let of = all.iter().filter(|it| it.directed == directed && it.target.point == point);
            of.map(|it| it.target.aspect).collect::<Vec<_>>()
        };
        assert_eq!(told(0, 1), [Aspect::Conjunction, Aspect::Square, Aspect::Square]);
        assert_eq!(told(1, 0), told(0, 1));
        assert_eq!(told(0, 0), [Aspect::Square, Aspect::Square, Aspect::Opposition]);
        // The body is there by chance, and that is told.
        assert_eq!((told(0, 2).len(), told(2, 1).len()), (4, 4));
        assert!(begins_with(points[0], points[1], Aspect::Opposition));
        assert!(!begins_with(points[0], points[1], Aspect::Conjunction));
    }
}
