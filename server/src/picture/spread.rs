//! Labels on a circle: each as near to its place as can be, none over another, none out of its order.
//!
//! Without neighbours a label is at its place. With them the squares of what labels are moved by are least, between walls within
//! their bounds. A circle without walls is cut open where the sum is least.

use orrery_almanac::frames::wrap_deg;

use crate::svg::side_by_side;

/// As many labels that touch each other are not moved aside for a wall.
const CROWD: usize = 4;
/// A full circle, degrees.
const TURN_DEG: f64 = 360.0;

/// Where labels of one width go, degrees, in the order that their places were given in; with the width that they have, which is
/// less than was asked for where a circle has not room enough.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) at_deg: Vec<f64>,
    pub(super) width_deg: f64,
}

/// Labels of a width at places (finite, degrees). They keep away from walls by a distance, and stay on their side of them, but for
/// walls in a crowd and for those between which there is not room enough for what is there: such ones are ignored.
pub(super) fn spread(places_deg: &[f64], width_deg: f64, walls_deg: &[f64], keep_deg: f64) -> Spread {
    let mut order: Vec<(usize, f64)> = places_deg.iter().map(|place| wrap_deg(*place)).enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    // A little less than the circle, so that rounding closes no gap.
    let width_deg = width_deg.min(0.999 * TURN_DEG / places_deg.len().max(1) as f64);
    let mut at_deg = vec![0.0; places_deg.len()];
    let places: Vec<f64> = order.iter().map(|(_, place)| *place).collect();
    let free = around(&places, width_deg);
    let mut walls: Vec<f64> =
        walls_deg.iter().filter(|wall| wall.is_finite()).map(|wall| wrap_deg(*wall)).collect();
    walls.sort_by(f64::total_cmp);
    walls.dedup();
    walls.retain(|wall| !is_in_crowd(*wall, &free, width_deg));
    let parts = parts(&order, width_deg, &walls, keep_deg);
    if parts.is_empty() {
        for ((nth, _), at) in order.iter().zip(&free) {
            at_deg[*nth] = wrap_deg(*at);
        }
    }
    for Part { begin, end, members } in parts {
        let places: Vec<f64> = members.iter().map(|(_, place)| *place).collect();
        let bounds = [begin + keep_deg, end - keep_deg];
        for ((nth, _), at) in members.iter().zip(side_by_side(&places, width_deg, bounds)) {
            at_deg[*nth] = wrap_deg(at);
        }
    }
    Spread { at_deg, width_deg }
}

/// Whether a wall is within labels that touch each other without any walls, and that are too many to be moved aside.
fn is_in_crowd(wall: f64, free: &[f64], width_deg: f64) -> bool {
    /// Labels that touch, but for rounding.
    const TOUCHING: f64 = 1.000_001;
    let count = free.len();
    let step = |nth: usize| wrap_deg(free[(nth + 1) % count] - free[nth % count]);
    // The last label before the wall, and the first after it.
    let Some(before) =
        (0..count).min_by(|a, b| wrap_deg(wall - free[*a]).total_cmp(&wrap_deg(wall - free[*b])))
    else {
        return false;
    };
    let after = (before + 1) % count;
    let is_touching = |nth: &usize| step(*nth) <= TOUCHING * width_deg;
    // A label, and how many touch it on both sides.
    let crowd = |label: usize| {
        let behind = (label..label + count - 1).take_while(is_touching).count();
        let ahead = (0..count - 1 - behind).map(|back| label + 2 * count - 1 - back).take_while(is_touching);
        behind + ahead.count() + 1
    };
    let is_over = |way_deg: f64| wrap_deg(way_deg) < 0.5 * width_deg;
    let is_behind = is_over(wall - free[before]) || count > 1 && is_touching(&before);
    is_behind && crowd(before) >= CROWD || is_over(free[after] - wall) && crowd(after) >= CROWD
}

/// What is between two walls.
#[derive(Clone, Debug)]
struct Part {
    begin: f64,
    end: f64,
    /// Which labels, with their places from the beginning on, which may be beyond a turn.
    members: Vec<(usize, f64)>,
}

impl Part {
    /// The room that is left.
    fn room(&self, width_deg: f64, keep_deg: f64) -> f64 {
        self.end - self.begin - 2.0 * keep_deg - width_deg * self.members.len() as f64
    }
}

/// The circle by walls, as many as leave room enough between them; none where that is none.
fn parts(order: &[(usize, f64)], width_deg: f64, walls: &[f64], keep_deg: f64) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::with_capacity(walls.len());
    for (nth, &begin) in walls.iter().enumerate() {
        let end = walls.get(nth + 1).copied().unwrap_or_else(|| walls[0] + TURN_DEG);
        parts.push(Part { begin, end, members: Vec::new() });
    }
    if let Some(last) = parts.len().checked_sub(1) {
        // What is before the first wall is behind the last, by a turn.
        for &(nth, place) in order.iter().filter(|(_, place)| *place >= walls[0]) {
            let part = walls.partition_point(|wall| *wall <= place) - 1;
            parts[part].members.push((nth, place));
        }
        for &(nth, place) in order.iter().filter(|(_, place)| *place < walls[0]) {
            parts[last].members.push((nth, place + TURN_DEG));
        }
    }
    // Falls the wall to the side where there is more room.
    while let Some(full) = parts.iter().position(|part| part.room(width_deg, keep_deg) < 0.0) {
        if parts.len() < 2 {
            return Vec::new();
        }
        let before = (full + parts.len() - 1) % parts.len();
        let after = (full + 1) % parts.len();
        let room = |nth: usize| parts[nth].room(width_deg, keep_deg);
        let first = if room(before) > room(after) { before } else { full };
        let second = (first + 1) % parts.len();
        let mut next = parts[second].clone();
        let turn = if second == 0 { TURN_DEG } else { 0.0 };
        let kept = &mut parts[first];
        kept.end = next.end + turn;
        kept.members.extend(next.members.drain(..).map(|(nth, place)| (nth, place + turn)));
        parts.remove(second);
    }
    parts
}

/// Labels at places that increase, on a circle that has room enough for them.
fn around(places: &[f64], width: f64) -> Vec<f64> {
    let count = places.len();
    let mut best: Option<(f64, usize, Vec<f64>)> = None;
    for cut in 0..count {
        let opened: Vec<f64> = (0..count)
            .map(|nth| places[(cut + nth) % count] + if cut + nth < count { 0.0 } else { TURN_DEG })
            .collect();
        let at = side_by_side(&opened, width, [f64::NEG_INFINITY, f64::INFINITY]);
        let (first, last) = (at[0], at[count - 1]);
        let moved: f64 = at.iter().zip(&opened).map(|(at, place)| (at - place).powi(2)).sum();
        if last + width <= first + TURN_DEG && best.as_ref().is_none_or(|(least, ..)| moved < *least) {
            best = Some((moved, cut, at));
        }
    }
    if let Some((_, cut, mut at)) = best {
        at.rotate_right(cut);
        return at;
    }
    // The circle is all but full: at equal distances, turned so that on the whole they are not moved.
    let step = TURN_DEG / count.max(1) as f64;
    let moved = places.iter().enumerate().map(|(nth, place)| place - step * nth as f64);
    let turn = moved.sum::<f64>() / count.max(1) as f64;
    (0..count).map(|nth| turn + step * nth as f64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDTH: f64 = 7.0;
    const KEEP: f64 = 0.5;

    /// The distance from one to another in the direction of the circle.
    fn ahead(from: f64, to: f64) -> f64 {
        wrap_deg(to - from)
    }

    fn apart(a: f64, b: f64) -> f64 {
        ahead(a, b).min(ahead(b, a))
    }

    proptest! {
        #[test]
        fn none_is_over_another_or_out_of_order(
            places in prop::collection::vec(-400.0..800.0_f64, 0..70),
            near in prop::collection::vec(100.0..103.0_f64, 0..12),
            walls in prop::collection::vec(0.0..360.0_f64, 0..38),
        ) {
            let places = [places, near].concat();
            let Spread { at_deg, width_deg } = spread(&places, WIDTH, &walls, KEEP);
            prop_assert_eq!(at_deg.len(), places.len());
            for (nth, at) in at_deg.iter().enumerate() {
                for other in &at_deg[nth + 1..] {
                    prop_assert!(apart(*at, *other) >= width_deg - 1e-6, "{} {}", at, other);
                }
            }
            let mut order: Vec<usize> = (0..places.len()).collect();
            order.sort_by(|a, b| wrap_deg(places[*a]).total_cmp(&wrap_deg(places[*b])));
            let around: f64 = (0..order.len())
                .map(|nth| ahead(at_deg[order[nth]], at_deg[order[(nth + 1) % order.len()]]))
                .sum();
            prop_assert!(places.len() < 2 || (around - TURN_DEG).abs() < 1e-6, "{}", around);
        }

        #[test]
        fn none_leaves_walls_that_have_room(places in prop::collection::vec(0.0..360.0_f64, 0..4), turn in 0.0..360.0_f64) {
            let walls: Vec<f64> = (0..3).map(|nth| turn + 120.0 * f64::from(nth)).collect();
            let Spread { at_deg, .. } = spread(&places, WIDTH, &walls, KEEP);
            for (place, at) in places.iter().zip(at_deg) {
                let third = |angle: f64| (ahead(turn, angle) / 120.0) as u32;
                prop_assert_eq!(third(*place), third(at));
                let inside = ahead(turn, at) % 120.0;
                prop_assert!((0.5 * WIDTH + KEEP - 1e-6..=120.0 - 0.5 * WIDTH - KEEP + 1e-6).contains(&inside));
            }
        }
    }

    #[test]
    fn who_is_alone_stays() {
        let places = [10.0, 100.0, 359.0];
        assert_eq!(spread(&places, WIDTH, &[], KEEP).at_deg, places);
        assert_eq!(spread(&places, WIDTH, &[50.0, 200.0], KEEP).at_deg, places);
        assert!(spread(&[], WIDTH, &[1.0], KEEP).at_deg.is_empty());
    }

    #[test]
    fn neighbours_give_way_alike_and_over_the_seam() {
        assert_eq!(spread(&[100.0, 101.0], WIDTH, &[], KEEP).at_deg, [97.0, 104.0]);
        assert_eq!(spread(&[359.0, 1.0, 0.0], WIDTH, &[], KEEP).at_deg, [353.0, 7.0, 0.0]);
        // A wall at the place of the second.
        assert_eq!(spread(&[100.0, 101.0], WIDTH, &[101.0], KEEP).at_deg, [97.0, 105.0]);
    }

    /// Four at one place, which are as wide as 86° to 114°: a wall over either end of them moves none, one beside them has them keep away.
    #[test]
    fn walls_over_the_ends_of_a_crowd_are_ignored() {
        let places = [100.0; 4];
        let free = spread(&places, WIDTH, &[], KEEP);
        assert_eq!(free.at_deg, [89.5, 96.5, 103.5, 110.5]);
        for wall in [86.5, 88.0, 93.0, 100.0, 107.0, 112.0, 113.5] {
            assert_eq!(spread(&places, WIDTH, &[wall], KEEP), free, "{wall}");
        }
        for (wall, moved) in [(85.8, 0.3), (114.2, -0.3)] {
            for (at, before) in spread(&places, WIDTH, &[wall], KEEP).at_deg.iter().zip(&free.at_deg) {
                assert!((at - before - moved).abs() < 1e-9, "{wall}: {at} {before}");
            }
        }
    }

    /// Eight within three degrees, in a house of ten: its walls fall, the others stand.
    #[test]
    fn walls_without_room_fall() {
        let places: Vec<f64> = (0..8).map(|nth| 101.0 + 0.4 * f64::from(nth)).collect();
        let Spread { at_deg, .. } = spread(&places, WIDTH, &[0.0, 95.0, 105.0, 180.0], KEEP);
        assert!(at_deg.iter().all(|at| (0.0..180.0).contains(at)), "{at_deg:?}");
        assert!(at_deg.windows(2).all(|pair| (pair[1] - pair[0] - WIDTH).abs() < 1e-9), "{at_deg:?}");
    }
}
