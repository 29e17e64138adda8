//! Sunrise and sunset while an eclipse lasts.

use super::HORIZON_DEG;
use super::observer::Observer;
use crate::eclipses::roots::{crossing, zero};
use crate::eclipses::up::Up;
use crate::space::dot;

/// How far apart the altitude is looked at, hours. The Sun turns round at most once in so short a time.
const STEP_H: f64 = 0.5;

impl Observer<'_> {
    /// When the Sun rises and sets from one instant to another.
    pub(super) fn crossings(&self, from: f64, to: f64) -> Up {
        let (start, start_rate) = self.height(from);
        let mut up = Up::new(start > 0.0);
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
