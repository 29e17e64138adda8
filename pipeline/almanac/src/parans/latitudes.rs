//! The latitudes at which two bodies are on two angles at once.
//!
//! On the celestial sphere, a zenith from which body *a* is on its horizon or its meridian lies on a circle, and so for *b*; the two
//! circles cross in two opposite zeniths *z* and −*z*, square to the poles of both. As the bodies move, so do these, but slowly. The
//! places on the day's meridian have their zeniths on the half circle of the local sidereal time *θ*, which goes once round in a
//! sidereal day. What is looked for is when *z* is on that: when *z* · (−sin *θ*, cos *θ*, 0) = 0, which takes place twice a
//! turn, once for *z* and once for −*z*. The declination of the zenith is then the latitude.

use orrery_format::UtDay;

use super::{Course, Day};
use crate::angularity::{Angularity, Direction, angles_deg, circle, on_circle};
use crate::rise_set::Span;
use crate::space::{cross, dot, length, scaled};

/// Parts of the day that are looked at by their ends alone: an hour or less.
const PARTS_A_DAY: f64 = 24.0;
/// Parts of such a part where the circles lie close to each other, and their crossings may run.
const FINE_PARTS: u32 = 16;
/// Circles closer than this are close, by the sine of their angle: ten degrees.
const CLOSE: f64 = 0.17;
/// Circles closer than this lie on each other: 2 milliarcseconds.
const SAME: f64 = 1e-8;
/// Zeniths closer to a celestial pole are there, as far as moments are found: 6 m from a pole of the Earth.
const POLAR: f64 = 1e-6;
/// How long the last step toward a moment is at most, days: a millisecond. What it leaves is far less.
const FOUND_DAYS: f64 = 1e-8;
/// Steps that are taken at most; the rule below needs some four.
const STEPS: u32 = 60;

/// Two bodies on angles at the same moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact {
    /// The bodies, by their places among those given, the earlier first.
    pub bodies: [usize; 2],
    /// Their angles.
    pub angularities: [Angularity; 2],
    /// Geographic latitude, degrees, north positive.
    pub latitude_deg: f64,
    /// When, on the day's meridian at that latitude.
    pub ut: UtDay,
}

/// The pairs of circles of two bodies: whether each is the meridian's. Two meridians are on each other at all latitudes or at none.
const CIRCLES: [[bool; 2]; 3] = [[true, false], [false, true], [false, false]];

/// All latitudes at which two of the bodies are on two angles at the same moment of a day, one of them at least on the horizon: pair
/// by pair, six of each in a sidereal day, as a rule. Of two bodies on the meridian [`super::within`] tells at any
/// latitude. Bodies from the number `moving` on are not paired with each other.
///
/// Latitudes are as good as the courses, where the two circles do not lie close: to 2″ for the Moon. Of two bodies that pass
/// each other within a few minutes of arc during the day, two of more than six may be missed; these differ in latitude as much as
/// one pleases within minutes of time.
#[must_use]
pub fn exact(courses: &[Course], moving: usize, day: &Day) -> Vec<Exact> {
    let parts = (day.length() * PARTS_A_DAY).ceil();
    if parts.is_nan() || parts < 1.0 {
        return Vec::new();
    }
    let search = Search { courses, day };
    let moments: Vec<f64> = (0..=parts as usize).map(|part| day.length() * (part as f64 / parts)).collect();
    let meridians: Vec<Direction> = moments.iter().map(|at| search.eastward(*at)).collect();
    // Where each body's circles are at each moment: most of these are asked for by every pair.
    let circles: Vec<Vec<[Direction; 2]>> = courses
        .iter()
        .map(|course| {
            let both = |at: &f64| {
                let body = course.at(*at).direction();
                [circle(body, false), circle(body, true)]
            };
            moments.iter().map(both).collect()
        })
        .collect();
    let mut found = Vec::new();
    for (first, first_circles) in circles.iter().enumerate().take(moving) {
        for (second, second_circles) in circles.iter().enumerate().skip(first + 1) {
            for on_meridian in CIRCLES {
                let pair = Pair { bodies: [first, second], on_meridian };
                let [one, other] = on_meridian.map(usize::from);
                let mut ends =
                    moments.iter().zip(&meridians).zip(first_circles.iter().zip(second_circles)).map(
                        |((at, meridian), (first, second))| {
                            let zenith = cross(&first[one], &second[other]);
                            let is_close = length(&zenith) < CLOSE;
                            (End { at: *at, beside: dot(&zenith, meridian) }, is_close)
                        },
                    );
                let Some((mut left, mut left_close)) = ends.next() else { continue };
                for (right, right_close) in ends {
                    if left_close || right_close {
                        search.finely(&pair, left, right, &mut found);
                    } else {
                        search.between(&pair, left, right, &mut found);
                    }
                    (left, left_close) = (right, right_close);
                }
            }
        }
    }
    found
}

/// Two circles of two bodies.
struct Pair {
    bodies: [usize; 2],
    on_meridian: [bool; 2],
}

/// A moment, days after the day begins, and how far a crossing of the circles is east of the meridian then.
#[derive(Clone, Copy)]
struct End {
    at: f64,
    beside: f64,
}

impl End {
    fn is_west(self) -> bool {
        self.beside < 0.0
    }
}

struct Search<'a> {
    courses: &'a [Course],
    day: &'a Day,
}

impl Search<'_> {
    /// The direction square to the meridian of the day, eastward.
    fn eastward(&self, at: f64) -> Direction {
        let sidereal_deg = self.day.sidereal_deg(at).value + self.day.longitude_deg;
        let (sin, cos) = sidereal_deg.to_radians().sin_cos();
        [-sin, cos, 0.0]
    }

    /// Where the bodies are.
    fn directions(&self, pair: &Pair, at: f64) -> [Direction; 2] {
        pair.bodies.map(|body| self.courses[body].at(at).direction())
    }

    /// Where the circles cross: square to both.
    fn zenith(&self, pair: &Pair, at: f64) -> Direction {
        let [first, second] = self.directions(pair, at);
        cross(&circle(first, pair.on_meridian[0]), &circle(second, pair.on_meridian[1]))
    }

    fn end(&self, pair: &Pair, at: f64) -> End {
        End { at, beside: dot(&self.zenith(pair, at), &self.eastward(at)) }
    }

    /// As [`Search::between`], in small parts.
    fn finely(&self, pair: &Pair, left: End, right: End, found: &mut Vec<Exact>) {
        let mut last = left;
        for part in 1..=FINE_PARTS {
            let share = f64::from(part) / f64::from(FINE_PARTS);
            let next = if part < FINE_PARTS {
                self.end(pair, left.at + share * (right.at - left.at))
            } else {
                right
            };
            self.between(pair, last, next, found);
            last = next;
        }
    }

    /// Finds what there is between two moments, if the crossing is on other sides of the meridian at them.
    fn between(&self, pair: &Pair, mut left: End, mut right: End, found: &mut Vec<Exact>) {
        if left.is_west() == right.is_west() {
            return;
        }
        // The secant of the two ends, where an end that stays has its value halved (the Illinois rule: M. Dowell and P. Jarratt,
        // BIT 11, 1971, 168).
        let mut at = f64::INFINITY;
        let mut stayed = None;
        for _ in 0..STEPS {
            let share = (left.beside / (left.beside - right.beside)).clamp(0.0, 1.0);
            let next = self.end(pair, left.at + share * (right.at - left.at));
            let moved = (next.at - at).abs();
            at = next.at;
            if moved.is_nan() || moved <= FOUND_DAYS {
                break;
            }
            let is_left = next.is_west() == left.is_west();
            let (replaced, other) = if is_left { (&mut left, &mut right) } else { (&mut right, &mut left) };
            *replaced = next;
            if stayed == Some(is_left) {
                other.beside *= 0.5;
            }
            stayed = Some(is_left);
        }
        found.extend(self.told(pair, at));
    }

    /// The paran of a moment at which the circles cross on the meridian.
    fn told(&self, pair: &Pair, at: f64) -> Option<Exact> {
        let crossing = self.zenith(pair, at);
        let [minus_sin, cos, _] = self.eastward(at);
        // Of the two zeniths that of the meridian, which is not on the other side of the Earth.
        let toward = dot(&crossing, &[cos, -minus_sin, 0.0]);
        let zenith = scaled(&crossing, toward.signum());
        let sine = length(&crossing);
        // All meridians meet at a pole, so that a crossing that runs over it changes its side and is on none.
        if !(sine > SAME && toward.abs() > POLAR * sine) {
            return None;
        }
        let [first, second] = self.directions(pair, at);
        let Span { start, end } = self.day.span;
        Some(Exact {
            bodies: pair.bodies,
            angularities: [
                on_circle(first, pair.on_meridian[0], zenith),
                on_circle(second, pair.on_meridian[1], zenith),
            ],
            latitude_deg: angles_deg(zenith).1,
            // What is found in this day may be rounded to the first moment of the next.
            ut: UtDay((start.jd() + at).min(end.jd().next_down())),
        })
    }
}
