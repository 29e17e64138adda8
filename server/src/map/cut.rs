//! Cutting curves and areas along the meridian of ±180°, as RFC 7946, 3.1.9, asks for. A map with another meridian in the middle
//! moves its places before, and cuts along its own edges thus.
//!
//! Pieces meet at the meridian to the last bit, and no place is lost or added elsewhere.

use super::place::{HALF_TURN_DEG, Place, TURN_DEG};
use super::ring::polygon;

/// Polygons smaller than this are nothing but rounding, square degrees: a square of some metres.
const NOTHING: f64 = 1e-8;

/// The pieces of a curve, each of at least two places, with longitudes from −180° to 180°.
pub(super) fn line(places: &[Place]) -> Vec<Vec<Place>> {
    let Some(first) = places.first() else { return Vec::new() };
    let mut turn = Place::turn_of(first.longitude_deg);
    let mut pieces = Vec::new();
    let mut piece = vec![first.eastward(-TURN_DEG * turn)];
    for pair in places.windows(2) {
        let &[from, to] = pair else { continue };
        loop {
            let [left, right] = [from, to].map(|place| place.eastward(-TURN_DEG * turn));
            let way = if right.longitude_deg > HALF_TURN_DEG {
                1.0
            } else if right.longitude_deg < -HALF_TURN_DEG {
                -1.0
            } else {
                piece.push(right);
                break;
            };
            let end = left.crossing(right, way * HALF_TURN_DEG);
            piece.push(end);
            pieces.push(std::mem::replace(&mut piece, vec![end.eastward(-TURN_DEG * way)]));
            turn += way;
        }
    }
    pieces.push(piece);
    for piece in &mut pieces {
        piece.dedup();
    }
    pieces.retain(|piece| piece.len() >= 2);
    pieces
}

/// The pieces of what is on the left of a closed curve: polygons against the clock, each closed by its first place, with longitudes
/// from −180° to 180°.
pub(super) fn area(ring: &[Place]) -> Vec<Vec<Place>> {
    let mut whole: Vec<Vec<Place>> = polygon(ring).into_iter().collect();
    let longitudes = || whole.iter().flatten().map(|place| place.longitude_deg);
    let west = longitudes().fold(f64::INFINITY, f64::min);
    let east = longitudes().fold(f64::NEG_INFINITY, f64::max);
    let mut pieces = Vec::new();
    let mut turn = Place::turn_of(west) + 1.0;
    while TURN_DEG * turn - HALF_TURN_DEG < east {
        let mut beyond = Vec::new();
        for polygon in whole {
            let [left, right] = split(&polygon, TURN_DEG * turn - HALF_TURN_DEG);
            pieces.extend(left.into_iter().map(|piece| (turn - 1.0, piece)));
            beyond.extend(right);
        }
        whole = beyond;
        turn += 1.0;
    }
    pieces.extend(whole.into_iter().map(|piece| (turn - 1.0, piece)));
    pieces.into_iter().filter_map(|(turn, piece)| closed(&piece, turn)).collect()
}

/// A polygon of a turn, moved to the turn 0, without places that are twice in a row, and closed. `None` where it is nothing.
fn closed(polygon: &[Place], turn: f64) -> Option<Vec<Place>> {
    let mut closed: Vec<Place> = polygon.iter().map(|place| place.eastward(-TURN_DEG * turn)).collect();
    closed.extend(closed.first().copied());
    closed.dedup();
    (doubled_area(&closed) > NOTHING).then_some(closed)
}

/// Twice the area that a closed polygon holds, square degrees; negative where it goes with the clock.
pub(super) fn doubled_area(closed: &[Place]) -> f64 {
    // From a corner of its own, so that a small one far from the origin keeps its digits.
    let Some(corner) = closed.first() else { return 0.0 };
    let from_corner = |place: &Place| {
        (place.longitude_deg - corner.longitude_deg, place.latitude_deg - corner.latitude_deg)
    };
    let cross = |pair: &[Place]| {
        let [a, b] = pair else { return 0.0 };
        let ((ax, ay), (bx, by)) = (from_corner(a), from_corner(b));
        ax * by - bx * ay
    };
    closed.windows(2).map(cross).sum()
}

/// A way of a polygon on one side of a meridian, from where it comes over it to where it leaves again.
struct Chain {
    places: Vec<Place>,
    is_east: bool,
}

/// What of a polygon is west of a meridian and what is east of it. What lies on the meridian counts as east of it.
///
/// The polygon goes against the clock, and is not closed. Its inside lies between each place of the meridian at which it goes
/// east and the next further north, at which it goes west: along there the pieces are closed.
fn split(polygon: &[Place], at_deg: f64) -> [Vec<Vec<Place>>; 2] {
    let is_east = |place: &Place| place.longitude_deg >= at_deg;
    let chains = chains(polygon, at_deg);
    if chains.is_empty() {
        let all = vec![polygon.to_vec()];
        return if polygon.first().is_some_and(is_east) { [Vec::new(), all] } else { [all, Vec::new()] };
    }
    let partners = partners(&chains);
    let mut is_used = vec![false; chains.len()];
    let [mut west, mut east] = [Vec::new(), Vec::new()];
    for start in 0..chains.len() {
        let mut piece = Vec::new();
        let mut nth = start;
        // Which chain follows which is one to one, so that this comes back to the start.
        while let (Some(chain), Some(used @ false)) = (chains.get(nth), is_used.get_mut(nth)) {
            *used = true;
            piece.extend_from_slice(&chain.places);
            let end = (nth + 1) % chains.len();
            nth = partners.get(end).copied().unwrap_or(start);
        }
        if !piece.is_empty() {
            let of_east = chains.get(start).is_some_and(|chain| chain.is_east);
            if of_east { &mut east } else { &mut west }.push(piece);
        }
    }
    [west, east]
}

/// The chains of a polygon, one after the other around it: each begins where the one before ends. None where it is all on one
/// side.
fn chains(polygon: &[Place], at_deg: f64) -> Vec<Chain> {
    let is_east = |place: &Place| place.longitude_deg >= at_deg;
    let mut chains: Vec<Chain> = Vec::new();
    // What comes before the first crossing belongs to the last chain.
    let mut head: Vec<Place> = Vec::new();
    let nexts = polygon.iter().cycle().skip(1);
    for (&here, &next) in polygon.iter().zip(nexts) {
        match chains.last_mut() {
            Some(chain) => chain.places.push(here),
            None => head.push(here),
        }
        if is_east(&here) != is_east(&next) {
            let crossing = here.crossing(next, at_deg);
            if let Some(chain) = chains.last_mut() {
                chain.places.push(crossing);
            } else {
                head.push(crossing);
            }
            chains.push(Chain { places: vec![crossing], is_east: is_east(&next) });
        }
    }
    if let Some(last) = chains.last_mut() {
        last.places.append(&mut head);
    }
    chains
}

/// For the start of each chain, the start that it is joined with along the meridian: one at which the polygon goes east with one at
/// which it goes west.
fn partners(chains: &[Chain]) -> Vec<usize> {
    let mut starts: Vec<(f64, bool, usize)> = chains
        .iter()
        .enumerate()
        .filter_map(|(nth, chain)| Some((chain.places.first()?.latitude_deg, chain.is_east, nth)))
        .collect();
    // From south to north. Of two at one place the one that goes east comes first, so that they are joined with each other.
    starts.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut partners: Vec<usize> = (0..chains.len()).collect();
    let mut join = |a: usize, b: usize| {
        for (one, other) in [(a, b), (b, a)] {
            if let Some(partner) = partners.get_mut(one) {
                *partner = other;
            }
        }
    };
    let (mut open, mut left_over) = (Vec::new(), Vec::new());
    for (_, is_east, nth) in starts {
        if is_east {
            open.push(nth);
        } else if let Some(other) = open.pop() {
            join(other, nth);
        } else {
            left_over.push(nth);
        }
    }
    // Only a curve that crosses itself leaves any; there are as many of one kind as of the other.
    for (a, b) in open.into_iter().zip(left_over) {
        join(a, b);
    }
    partners
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(of: &[(f64, f64)]) -> Vec<Place> {
        of.iter().map(|&(longitude_deg, latitude_deg)| Place { longitude_deg, latitude_deg }).collect()
    }

    fn length(pieces: &[Vec<Place>]) -> f64 {
        let step = |pair: &[Place]| {
            (pair[1].longitude_deg - pair[0].longitude_deg).hypot(pair[1].latitude_deg - pair[0].latitude_deg)
        };
        pieces.iter().map(|piece| piece.windows(2).map(step).sum::<f64>()).sum()
    }

    fn all_within(pieces: &[Vec<Place>]) -> bool {
        pieces.iter().flatten().all(|place| place.longitude_deg.abs() <= HALF_TURN_DEG)
    }

    proptest! {
        #[test]
        fn a_line_is_as_long_in_pieces(steps in prop::collection::vec((-170.0..170.0_f64, -5.0..5.0_f64), 1..40), start in -900.0..900.0_f64) {
            let mut line_places = places(&[(start, 0.0)]);
            for (east, north) in steps {
                let last = line_places[line_places.len() - 1];
                line_places.push(Place { longitude_deg: last.longitude_deg + east, latitude_deg: last.latitude_deg + north });
            }
            let pieces = line(&line_places);
            prop_assert!(all_within(&pieces));
            let whole = length(std::slice::from_ref(&line_places));
            prop_assert!((length(&pieces) - whole).abs() < 1e-9 * (1.0 + whole));
            for pair in pieces.windows(2) {
                let (end, start) = (pair[0][pair[0].len() - 1], pair[1][0]);
                prop_assert_eq!(end.latitude_deg, start.latitude_deg);
                prop_assert_eq!(end.longitude_deg, -start.longitude_deg);
                prop_assert_eq!(end.longitude_deg.abs(), HALF_TURN_DEG);
            }
        }

        /// Stars, whose rays cross the meridian again and again.
        #[test]
        fn an_area_is_as_large_in_pieces(radii in prop::collection::vec(0.5..80.0_f64, 4..60), middle in -700.0..700.0_f64) {
            let step = std::f64::consts::TAU / radii.len() as f64;
            let mut ring: Vec<Place> = radii.iter().enumerate().map(|(nth, radius)| {
                let (sin, cos) = (step * nth as f64).sin_cos();
                Place { longitude_deg: middle + 3.0 * radius * cos, latitude_deg: radius * sin }
            }).collect();
            ring.push(ring[0]);
            let pieces = area(&ring);
            prop_assert!(all_within(&pieces));
            let whole = doubled_area(&ring);
            let sum: f64 = pieces.iter().map(|piece| doubled_area(piece)).sum();
            prop_assert!((sum - whole).abs() < 1e-6 * (1.0 + whole), "{} {}", sum, whole);
            for piece in &pieces {
                prop_assert!(piece.len() >= 4 && piece[0] == piece[piece.len() - 1] && doubled_area(piece) > 0.0);
            }
        }
    }

    #[test]
    fn a_comb_falls_into_its_teeth() {
        // Open to the east, with its back at 170°.
        let comb = places(&[
            (170.0, 0.0),
            (190.0, 0.0),
            (190.0, 10.0),
            (175.0, 10.0),
            (175.0, 20.0),
            (190.0, 20.0),
            (190.0, 30.0),
            (170.0, 30.0),
            (170.0, 0.0),
        ]);
        let pieces = area(&comb);
        let areas: Vec<f64> = pieces.iter().map(|piece| 0.5 * doubled_area(piece)).collect();
        assert_eq!(areas.len(), 3);
        assert_eq!(areas.iter().sum::<f64>(), 0.5 * doubled_area(&comb));
        assert!(areas.contains(&100.0), "{areas:?}");
    }

    #[test]
    fn what_ends_at_the_meridian_is_one_piece() {
        let square = [(170.0, 0.0), (180.0, 0.0), (180.0, 10.0), (170.0, 10.0), (170.0, 0.0)];
        assert_eq!(area(&places(&square)), [places(&square)]);
        assert_eq!(line(&places(&square[..2])), [places(&square[..2])]);
        let beyond: Vec<(f64, f64)> = square.iter().map(|(x, y)| (x + 10.0, *y)).collect();
        let moved: Vec<(f64, f64)> = beyond.iter().map(|(x, y)| (x - 360.0, *y)).collect();
        assert_eq!(area(&places(&beyond)), [places(&moved)]);
    }

    #[test]
    fn a_line_along_the_meridian_stays_whole() {
        let along = places(&[(180.0, 0.0), (180.0, 10.0), (180.0, 20.0)]);
        assert_eq!(line(&along), [places(&[(-180.0, 0.0), (-180.0, 10.0), (-180.0, 20.0)])]);
    }

    #[test]
    fn nothing_has_no_pieces() {
        assert!(line(&[]).is_empty() && area(&[]).is_empty());
        assert!(line(&places(&[(10.0, 10.0)])).is_empty());
    }
}
