//! Where anything of an eclipse of the Sun is seen, put together from the curves of its path.

use orrery_almanac::eclipses::path::{Curve, CurveName, Lobe, Path, Point};

use super::place::{Place, TURN_DEG};
use super::ring::around_smaller_side;

/// Ends of curves that are nearer than this are one, as a part of the Earth's radius: some hundred metres.
const MEETING: f64 = 1e-4;

/// Where anything of the eclipse is seen: between the limits of the penumbra, from where it is greatest at sunrise to where it is
/// at sunset, and in the lobes, where it is seen with the Sun on the horizon. Closed curves, which overlap.
pub(super) fn seen(path: &Path, places: impl Fn(&[Point]) -> Vec<Place>) -> Vec<Vec<Place>> {
    let sides = path.penumbral_limits.iter().chain(&path.maximum_on_horizon);
    let mut rings = joined(sides.map(|curve| places(&curve.points)).collect());
    for lobe in &path.lobes {
        let border = places(&lobe.outline());
        if let Some(eight) = Eight::of(&border) {
            rings.extend(eight.fold(&places(&turns(lobe))));
            rings.extend(eight.loops());
        } else {
            rings.push(border);
        }
    }
    rings.into_iter().map(around_smaller_side).filter(|ring| !ring.is_empty()).collect()
}

/// Where the border of a lobe goes from places at which the Sun rises to such at which it sets, or back: there, it only touches the
/// horizon.
fn turns(lobe: &Lobe) -> Vec<Point> {
    let nexts = lobe.curves.iter().cycle().skip(1);
    let turns = lobe.curves.iter().zip(nexts).filter(|(curve, next)| is_sunrise(curve) != is_sunrise(next));
    turns.filter_map(|(curve, _)| curve.points.last().copied()).collect()
}

fn is_sunrise(curve: &Curve) -> bool {
    matches!(curve.name, CurveName::BeginsAtSunrise | CurveName::EndsAtSunrise)
}

/// Closed curves made of curves that meet at their ends, wherever they are and whichever way they go.
fn joined(mut curves: Vec<Vec<Place>>) -> Vec<Vec<Place>> {
    let mut rings = Vec::new();
    while let Some(mut ring) = curves.pop() {
        while let Some((nth, is_backward)) = next_to(&ring, &curves) {
            let mut curve = curves.swap_remove(nth);
            if is_backward {
                curve.reverse();
            }
            ring.extend(curve.into_iter().skip(1));
        }
        rings.push(ring);
    }
    rings
}

/// Which of the curves begins or ends nearest to where another ends, and whether it ends there. `None` where that one is closed, or
/// there are none any more.
fn next_to(ring: &[Place], curves: &[Vec<Place>]) -> Option<(usize, bool)> {
    let [first, end] = [ring.first()?, ring.last()?];
    let is_closed = ring.len() > 2 && apart(first, end) < MEETING;
    let ends = curves.iter().enumerate().flat_map(|(nth, curve)| {
        let forward = curve.first().map(|start| (nth, false, apart(start, end)));
        let backward = curve.last().map(|start| (nth, true, apart(start, end)));
        forward.into_iter().chain(backward)
    });
    let nearest = ends.min_by(|a, b| a.2.total_cmp(&b.2))?;
    (!is_closed).then_some((nearest.0, nearest.1))
}

/// How far two places are apart, through a globe of radius 1.
fn apart(a: &Place, b: &Place) -> f64 {
    let [a, b] = [a, b].map(|place| {
        let (sin_lat, cos_lat) = place.latitude_deg.to_radians().sin_cos();
        let (sin, cos) = place.longitude_deg.to_radians().sin_cos();
        [cos_lat * cos, cos_lat * sin, sin_lat]
    });
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// A closed curve that crosses itself.
struct Eight {
    crossing: Place,
    /// The places of one loop, from the crossing around to it again.
    one: Vec<Place>,
    /// Those of the other.
    other: Vec<Place>,
}

impl Eight {
    /// `None` where the curve does not cross itself.
    fn of(ring: &[Place]) -> Option<Eight> {
        let (left, right, crossing) = crossing(ring)?;
        let one = ring.get(left + 1..=right)?.to_vec();
        // The last place is the first again.
        let other = ring.get(right + 1..)?.iter().chain(ring.get(1..=left)?).copied().collect();
        Some(Eight { crossing, one, other })
    }

    fn loops(&self) -> [Vec<Place>; 2] {
        [&self.one, &self.other].map(|side| [&[self.crossing], side.as_slice()].concat())
    }

    /// Of the border of a lobe that crosses itself: what lies between its crossing and where the Sun only touches the horizon, which
    /// is in no loop. There the Sun rises and sets while the eclipse lasts, or sets and rises.
    ///
    /// `turns` are the places of the border where the Sun only touches the horizon, one on each loop. Others like them lie between
    /// those, along a parallel but for what the declination changes in hours.
    fn fold(&self, turns: &[Place]) -> Option<Vec<Place>> {
        let way = |places: &[Place]| {
            let turn = turns.iter().find_map(|turn| nearest(places, turn))?;
            let [before, after] = [places.get(..=turn)?, places.get(turn..)?];
            let is_before = before.len() < after.len();
            Some(if is_before { before.to_vec() } else { after.iter().rev().copied().collect() })
        };
        let [one, mut other] = [way(&self.one)?, way(&self.other)?];
        other.reverse();
        Some([&[self.crossing][..], &one, &other].concat())
    }
}

/// Which of the places is where another is.
fn nearest(places: &[Place], to: &Place) -> Option<usize> {
    let apart = places.iter().map(|place| apart(place, to)).enumerate();
    apart.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, apart)| *apart < MEETING).map(|(nth, _)| nth)
}

/// The first crossing of a closed curve with itself: after which two of its places, and where.
fn crossing(ring: &[Place]) -> Option<(usize, usize, Place)> {
    let steps = |from: usize| {
        ring.windows(2).enumerate().skip(from).filter_map(|(nth, pair)| match *pair {
            [a, b] => Some((nth, a, b)),
            _ => None,
        })
    };
    let last = ring.len().checked_sub(2)?;
    steps(0).find_map(|(left, a, b)| {
        let others = steps(left + 2).filter(|(right, ..)| left > 0 || *right < last);
        others.into_iter().find_map(|(right, c, d)| Some((left, right, meeting(a, b, c, d)?)))
    })
}

/// Where the straight line between two places crosses that between two others, which may be a turn away.
fn meeting(a: Place, b: Place, c: Place, d: Place) -> Option<Place> {
    if a.latitude_deg.max(b.latitude_deg) < c.latitude_deg.min(d.latitude_deg)
        || c.latitude_deg.max(d.latitude_deg) < a.latitude_deg.min(b.latitude_deg)
    {
        return None;
    }
    let turns = ((a.longitude_deg - c.longitude_deg) / TURN_DEG).round();
    let [c, d] = [c, d].map(|place| place.eastward(TURN_DEG * turns));
    let step =
        |from: Place, to: Place| [to.longitude_deg - from.longitude_deg, to.latitude_deg - from.latitude_deg];
    let cross = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| ax * by - ay * bx;
    let sine = cross(step(a, b), step(c, d));
    let [along, other] = [step(c, d), step(a, b)].map(|way| cross(step(a, c), way) / sine);
    let is_within = |share: f64| (0.0..1.0).contains(&share);
    let (east, north) = (b.longitude_deg - a.longitude_deg, b.latitude_deg - a.latitude_deg);
    // Of parallels, the shares are no numbers.
    (is_within(along) && is_within(other)).then_some(Place {
        longitude_deg: a.longitude_deg + along * east,
        latitude_deg: a.latitude_deg + along * north,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(of: &[(f64, f64)]) -> Vec<Place> {
        of.iter().map(|&(longitude_deg, latitude_deg)| Place { longitude_deg, latitude_deg }).collect()
    }

    #[test]
    fn an_eight_falls_into_its_loops() {
        // The second loop is told of a turn further east.
        let eight = places(&[(0.0, 0.0), (20.0, 20.0), (380.0, 0.0), (360.0, 20.0), (360.0, 0.0)]);
        let eight = Eight::of(&eight).expect("an eight");
        assert_eq!(eight.crossing, Place { longitude_deg: 10.0, latitude_deg: 10.0 });
        let [one, other] = eight.loops();
        assert_eq!(one, places(&[(10.0, 10.0), (20.0, 20.0), (380.0, 0.0)]));
        assert_eq!(other, places(&[(10.0, 10.0), (360.0, 20.0), (360.0, 0.0)]));
        let turns = places(&[(0.0, 20.0), (20.0, 20.0)]);
        let fold = eight.fold(&turns).expect("a fold");
        assert_eq!(fold, places(&[(10.0, 10.0), (20.0, 20.0), (360.0, 20.0)]));
        assert_eq!(eight.fold(&turns[..1]), None);
    }

    #[test]
    fn what_does_not_cross_itself_stays_whole() {
        let square = places(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]);
        assert!(Eight::of(&square).is_none());
        let around = places(&[(0.0, 60.0), (90.0, 60.0), (180.0, 70.0), (270.0, 60.0), (360.0, 60.0)]);
        assert!(Eight::of(&around).is_none());
        assert!(Eight::of(&[]).is_none());
    }

    #[test]
    fn curves_are_joined_end_to_end() {
        let curves = vec![
            places(&[(0.0, 0.0), (10.0, 0.0)]),
            places(&[(370.0, 10.0), (360.0, 10.0)]),
            places(&[(0.0, 0.0), (0.0, 10.0)]),
            places(&[(10.0, 0.0), (10.0, 10.0)]),
            places(&[(100.0, 0.0), (110.0, 0.0), (110.0, 10.0), (100.0, 0.0)]),
        ];
        let rings = joined(curves);
        assert_eq!(rings.len(), 2);
        assert!(rings.iter().all(|ring| apart(&ring[0], &ring[ring.len() - 1]) < MEETING), "{rings:?}");
    }
}
