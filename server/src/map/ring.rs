//! Closed curves on the globe: which side of them is the inside, and what they are as polygons in longitude and latitude.

use std::f64::consts::TAU;

use super::place::{HALF_TURN_DEG, POLE_DEG, Place, TURN_DEG, without_jumps};

/// Parts that the way along a pole is divided into, so that no step is half a turn.
const POLAR_PARTS: u32 = 4;

/// Places nearer than this differ by rounding, degrees: a tenth of a millimetre.
const ROUNDING_DEG: f64 = 1e-9;

/// The closed curve through places, with the smaller of its two sides on the left. Longitudes of places may jump by whole turns
/// from one to the next; afterwards none does. Empty where there are no three places.
pub(super) fn around_smaller_side(mut places: Vec<Place>) -> Vec<Place> {
    without_jumps(&mut places);
    places.dedup_by(|place, before| is_same(place, before));
    close(&mut places);
    if places.len() < 4 {
        return Vec::new();
    }
    if left_side(&places) > TAU {
        places.reverse();
    }
    places
}

/// Has the last place be the first, but for whole turns.
fn close(places: &mut Vec<Place>) {
    let [Some(&first), Some(&last)] = [places.first(), places.last()] else { return };
    let turns = ((last.longitude_deg - first.longitude_deg) / TURN_DEG).round();
    let end = first.eastward(TURN_DEG * turns);
    // What is closed but for rounding gets no place more.
    if is_same(&end, &last) {
        places.pop();
    }
    places.push(end);
}

/// Whether two places are one but for rounding.
fn is_same(a: &Place, b: &Place) -> bool {
    (a.longitude_deg - b.longitude_deg).hypot(a.latitude_deg - b.latitude_deg) < ROUNDING_DEG
}

/// How many turns east a closed curve goes: 1 around the north pole, −1 around the south pole if it keeps them on the left, 0 where
/// it keeps none or both.
fn turns(ring: &[Place]) -> f64 {
    match (ring.first(), ring.last()) {
        (Some(first), Some(last)) => ((last.longitude_deg - first.longitude_deg) / TURN_DEG).round(),
        _ => 0.0,
    }
}

/// The part of the unit sphere on the left of a closed curve: 0 to 4π.
fn left_side(ring: &[Place]) -> f64 {
    let strip = |a: &Place, b: &Place| {
        // The mean of the sine between two latitudes, by Simpson's rule.
        let [start, end] = [a, b].map(|place| place.latitude_deg.to_radians());
        let mean = (start.sin() + 4.0 * f64::midpoint(start, end).sin() + end.sin()) / 6.0;
        (b.longitude_deg - a.longitude_deg).to_radians() * mean
    };
    let under: f64 = ring.windows(2).map(|pair| if let [a, b] = pair { strip(a, b) } else { 0.0 }).sum();
    // North of a curve that goes east, there is so much less than the cap; the same in the south.
    (TAU * turns(ring).abs() - under).rem_euclid(2.0 * TAU)
}

/// The polygon in longitude and latitude of what is on the left of a closed curve, without the first place again at the end.
///
/// Around a pole it is as wide as the map: it begins and ends at a longitude of ±180° (and whole turns), and runs from there to the
/// pole and along it. `None` where the curve goes round more than once.
pub(super) fn polygon(ring: &[Place]) -> Option<Vec<Place>> {
    let (_, open) = ring.split_last()?;
    let way = turns(ring);
    if way == 0.0 {
        return Some(open.to_vec());
    }
    if way.abs() != 1.0 {
        return None;
    }
    let (nth, start) = seam(ring, way)?;
    // From the seam around to it again, where it is a turn further.
    let (before, after) = (open.get(..=nth)?, open.get(nth + 1..)?);
    let mut polygon = vec![start];
    polygon.extend(after);
    polygon.extend(before.iter().map(|place| place.eastward(TURN_DEG * way)));
    polygon.push(start.eastward(TURN_DEG * way));
    let pole = POLE_DEG * way;
    let back = (0..=POLAR_PARTS).map(|part| 1.0 - f64::from(part) / f64::from(POLAR_PARTS));
    polygon.extend(back.map(|share| Place {
        longitude_deg: start.longitude_deg + TURN_DEG * way * share,
        latitude_deg: pole,
    }));
    Some(polygon)
}

/// Where a curve around a pole crosses a meridian of ±180° nearest to the pole, and after which of its places. Between that and
/// the pole nothing else crosses the meridian.
fn seam(ring: &[Place], way: f64) -> Option<(usize, Place)> {
    let crossing = |(nth, pair): (usize, &[Place])| {
        let &[a, b] = pair else { return None };
        let [left, right] = [a, b].map(|place| Place::turn_of(place.longitude_deg));
        let at = TURN_DEG * left.max(right) - HALF_TURN_DEG;
        (left != right).then(|| (nth, a.crossing(b, at)))
    };
    ring.windows(2)
        .enumerate()
        .filter_map(crossing)
        .max_by(|(_, a), (_, b)| (way * a.latitude_deg).total_cmp(&(way * b.latitude_deg)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring(places: &[(f64, f64)]) -> Vec<Place> {
        around_smaller_side(
            places
                .iter()
                .map(|&(longitude_deg, latitude_deg)| Place { longitude_deg, latitude_deg })
                .collect(),
        )
    }

    /// Twice the area in the plane, positive against the clock.
    fn doubled(polygon: &[Place]) -> f64 {
        let next = polygon.iter().cycle().skip(1);
        polygon
            .iter()
            .zip(next)
            .map(|(a, b)| a.longitude_deg * b.latitude_deg - b.longitude_deg * a.latitude_deg)
            .sum()
    }

    proptest! {
        #[test]
        fn around_a_pole_a_polygon_reaches_it(start in -700.0..700.0_f64, is_east: bool, is_north: bool, wave in 0.0..8.0_f64) {
            let way = if is_east { 1.0 } else { -1.0 };
            let sign = if is_north { 1.0 } else { -1.0 };
            let places: Vec<(f64, f64)> = (0..72)
                .map(|nth| 5.0 * f64::from(nth))
                .map(|along| (start + way * along, sign * (60.0 + wave * (3.0 * along).to_radians().sin())))
                .collect();
            let polygon = polygon(&ring(&places)).expect("a polygon");
            prop_assert!(doubled(&polygon) > 0.0);
            // It reaches from 60° to the pole, all around.
            prop_assert!((doubled(&polygon) - 2.0 * 360.0 * 30.0).abs() < 60.0, "{}", doubled(&polygon));
            let seam = polygon[0].longitude_deg + HALF_TURN_DEG;
            prop_assert!((seam / TURN_DEG).fract() == 0.0, "{seam}");
        }
    }

    #[test]
    fn the_smaller_side_is_inside_whichever_way_round() {
        let square = [(170.0, -10.0), (-170.0, -10.0), (-170.0, 10.0), (170.0, 10.0)];
        let mut back = square;
        back.reverse();
        for places in [square, back] {
            let polygon = polygon(&ring(&places)).expect("a polygon");
            assert!((doubled(&polygon) - 2.0 * 400.0).abs() < 1e-9, "{polygon:?}");
        }
    }

    #[test]
    fn what_is_no_area_is_none() {
        assert!(ring(&[]).is_empty());
        assert!(ring(&[(0.0, 0.0), (1.0, 1.0)]).is_empty());
        assert_eq!(polygon(&[]), None);
    }
}
