//! Where one stretch ends and the next begins.
//!
//! The curve jumps there, by a few ten-thousandths of an arcsecond mostly, by some where the source glitches. A value in the
//! gap is passed. If the jump goes the way that the curve goes, that is all, and it is one event. If it goes back, the curve
//! has passed the value before the jump, or passes it again behind it, or both: of the two or three passages within the jump's
//! own height, one is left if the curve is beyond the value in the end, and none if it is not.

use super::searched::{Found, Searched};
use super::{Levels, Way};

/// What two levels may differ by that are the same, but for the rounding of whole turns.
const SAME: f64 = 1e-6;

/// Settles what is found on either side of a joint, and on it.
pub(super) fn join(left: &mut Searched, right: &mut Searched, levels: &Levels, touch: f64) {
    let shift = levels.shift(right.ends[0], left.ends[1]);
    let (before, after) = (left.ends[1], right.ends[0] + shift);
    let (low, high) = (before.min(after) - touch, before.max(after) + touch);
    // Nearly always there is nothing near.
    if levels.between(low.next_down(), high).next().is_none() {
        return;
    }
    let moves = |&(_, value): &(usize, f64)| !(left.stays_at(value) && right.stays_at(value - shift));
    let passed: Vec<_> = levels.between(low.next_down(), high).filter(moves).collect();
    let turns = touch > 0.0 && turns_between(left, right);
    let way = Way::between(before, after);
    for (level, value) in passed {
        if turns && (before - value).abs().min((after - value).abs()) <= touch {
            let from = left.turns().last().copied().unwrap_or(-1.0);
            let to = right.turns().first().copied().unwrap_or(1.0);
            left.found.retain(|found| !found.is_of(level, value) || found.x < from);
            right.found.retain(|found| !found.is_of(level, value - shift) || found.x > to);
            put(right, Found { x: -1.0, level, value: value - shift, way: Way::Touch });
            continue;
        }
        if value <= before.min(after) || value > before.max(after) {
            continue;
        }
        let height = (after - before).abs();
        let behind = opposite_before(left, (level, value), way, height);
        let ahead = opposite_after(right, (level, value - shift), way, height);
        // The later of three is kept.
        match (behind, ahead) {
            (Some(nth), _) => {
                left.found.remove(nth);
            }
            (None, Some(nth)) => {
                right.found.remove(nth);
            }
            (None, None) => put(right, Found { x: -1.0, level, value: value - shift, way }),
        }
    }
}

/// Tells what is found where a stretch begins, behind what else is.
fn put(right: &mut Searched, found: Found) {
    let at = right.found.iter().take_while(|found| found.x <= -1.0).count();
    right.found.insert(at, found);
}

impl Found {
    fn is_of(&self, level: usize, value: f64) -> bool {
        self.level == level && (self.value - value).abs() < SAME
    }
}

/// Whether the curve comes to the joint one way and leaves it the other.
fn turns_between(left: &Searched, right: &Searched) -> bool {
    let slope = |searched: &Searched, x| searched.stretch.series.value_and_slope(x).1;
    slope(left, 1.0) * slope(right, -1.0) < 0.0
}

/// The last passage of a value the other way before the joint, if the curve has stayed within the height of the jump since.
fn opposite_before(left: &Searched, (level, value): (usize, f64), way: Way, height: f64) -> Option<usize> {
    let nth = left.found.iter().rposition(|found| found.is_of(level, value))?;
    let found = left.found[nth];
    let since = left.turns().iter().filter(|&&turn| turn > found.x);
    (found.way.is_opposite(way) && stays(left, since, value, height)).then_some(nth)
}

/// The first passage of a value the other way after the joint, if the curve stays within the height of the jump until then.
fn opposite_after(right: &Searched, (level, value): (usize, f64), way: Way, height: f64) -> Option<usize> {
    let nth = right.found.iter().position(|found| found.is_of(level, value))?;
    let found = right.found[nth];
    let until = right.turns().iter().filter(|&&turn| turn < found.x);
    (found.way.is_opposite(way) && stays(right, until, value, height)).then_some(nth)
}

/// Whether a curve, at its turns, is no further from a value than so much.
fn stays<'a>(searched: &Searched, mut turns: impl Iterator<Item = &'a f64>, value: f64, height: f64) -> bool {
    turns.all(|&turn| (searched.stretch.series.value(turn) - value).abs() <= height)
}
