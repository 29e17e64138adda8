//! Sunrise and sunset while an eclipse lasts.

use super::observer::Observer;
use super::{HORIZON_DEG, MOST_CROSSINGS};
use crate::eclipses::ellipsoid::dot;
use crate::eclipses::roots::{crossing, zero};

/// How far apart the altitude is looked at, hours. The Sun turns round at most once in so short a time.
const STEP_H: f64 = 0.5;

/// When the Sun is up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Up {
    /// Whether it is at the start.
    from_start: bool,
    /// When it rises (`true`) and sets, in the order of time, hours since the origin of the elements.
    changes: [(f64, bool); MOST_CROSSINGS],
    count: usize,
}

impl Up {
    /// Risings and settings.
    pub(super) fn changes(&self) -> &[(f64, bool)] {
        self.changes.get(..self.count).unwrap_or_default()
    }

    /// The parts of a stretch in which the Sun is up: that between which the changes were searched.
    pub(super) fn stretches(&self, from: f64, to: f64) -> impl Iterator<Item = [f64; 2]> + '_ {
        let mut start = self.from_start.then_some(from);
        let ends = self.changes().iter().copied().chain([(to, false)]);
        ends.filter_map(move |(at, is_rising)| {
            if is_rising {
                start = Some(at);
                return None;
            }
            start.take().map(|from| [from, at])
        })
    }

    fn note(&mut self, at: f64, is_rising: bool) {
        if let Some(slot) = self.changes.get_mut(self.count) {
            *slot = (at, is_rising);
            self.count += 1;
        }
    }
}

impl Observer<'_> {
    /// When the Sun rises and sets from one instant to another.
    pub(super) fn crossings(&self, from: f64, to: f64) -> Up {
        let (start, start_rate) = self.height(from);
        let mut up = Up { from_start: start > 0.0, changes: [(0.0, false); MOST_CROSSINGS], count: 0 };
        let steps = ((to - from) / STEP_H).ceil().clamp(1.0, 48.0);
        let step = (to - from) / steps;
        let (mut left, mut height, mut rate) = (from, start, start_rate);
        for nth in 1..=steps as u32 {
            let right = from + step * f64::from(nth);
            let (next_height, next_rate) = self.height(right);
            // The highest or lowest the Sun stands in between parts what only climbs from what only falls.
            if (rate < 0.0) == (next_rate < 0.0) {
                self.cross(&mut up, (left, height), (right, next_height));
            } else {
                let (low, high) = if rate < 0.0 { (left, right) } else { (right, left) };
                let turn = crossing(low, high, |hours| self.height(hours).1);
                let (turn_height, _) = self.height(turn);
                self.cross(&mut up, (left, height), (turn, turn_height));
                self.cross(&mut up, (turn, turn_height), (right, next_height));
            }
            (left, height, rate) = (right, next_height, next_rate);
        }
        up
    }

    /// Notes the crossing between two instants, if there is one.
    fn cross(&self, up: &mut Up, (left, before): (f64, f64), (right, after): (f64, f64)) {
        let is_rising = after > 0.0;
        if (before > 0.0) != is_rising {
            let (low, high) = if is_rising { (left, right) } else { (right, left) };
            up.note(zero(low, high, f64::midpoint(left, right), |hours| self.height(hours)), is_rising);
        }
    }

    /// The sine of the Sun's altitude less that at which it rises, and its change an hour.
    fn height(&self, hours: f64) -> (f64, f64) {
        let plane = self.plane(hours);
        let level = HORIZON_DEG.to_radians().sin();
        (dot(&self.ground.zenith, plane.sunward()) - level, dot(&self.ground.zenith, &plane.sunward_rate()))
    }
}
