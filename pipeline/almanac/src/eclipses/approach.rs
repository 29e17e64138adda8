//! When the Moon's centre passes nearest to the axis of the Earth's shadow, or the axis of its own to the Earth's centre.

use orrery_format::TtDay;

use super::elements::DAY_H;
use super::polynomial::value_and_rate;

/// Hours on both sides of a guess at which the motion is looked at.
const ASIDE_H: f64 = 1.0;

/// A guess as good as this, hours, is good enough: who uses it goes on with polynomials.
const GOOD_H: f64 = 0.02;

/// Guesses after which the last one is taken. From an hour off, the second is good.
const MOST_GUESSES: usize = 6;

/// The nearest approach of something to the origin of a plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approach {
    /// When, to a minute.
    pub(crate) tt: TtDay,
    /// How near.
    pub(crate) distance: f64,
    /// How fast it moves then, an hour.
    pub(crate) speed: f64,
}

impl Approach {
    /// The nearest approach of what stands at a place of the plane at each instant and moves nearly evenly, near an instant.
    pub(crate) fn find<E>(
        near: TtDay,
        mut place: impl FnMut(TtDay) -> Result<[f64; 2], E>,
    ) -> Result<Approach, E> {
        let mut tt = near;
        let mut guess = 0;
        loop {
            guess += 1;
            let mut at = |hours: f64| place(TtDay(tt.jd() + hours / DAY_H));
            let (before, now, after) = (at(-ASIDE_H)?, at(0.0)?, at(ASIDE_H)?);
            let velocity: [f64; 2] = std::array::from_fn(|c| (after[c] - before[c]) / (2.0 * ASIDE_H));
            let bend: [f64; 2] =
                std::array::from_fn(|c| (after[c] - 2.0 * now[c] + before[c]) / (ASIDE_H * ASIDE_H));
            // One step of Newton's towards where the distance does not change.
            let [outward, square, bent] = [dot(now, velocity), dot(velocity, velocity), dot(now, bend)];
            let hours = -outward / (square + bent);
            let there: [f64; 2] =
                std::array::from_fn(|c| now[c] + hours * (velocity[c] + 0.5 * hours * bend[c]));
            tt = TtDay(tt.jd() + hours / DAY_H);
            if hours.abs() < GOOD_H || guess >= MOST_GUESSES {
                return Ok(Approach { tt, distance: there[0].hypot(there[1]), speed: square.sqrt() });
            }
        }
    }

    /// Half of its way that lies within a distance from the origin.
    pub(crate) fn chord(&self, within: f64) -> f64 {
        (within * within - self.distance * self.distance).max(0.0).sqrt()
    }
}

fn dot([a, b]: [f64; 2], [x, y]: [f64; 2]) -> f64 {
    a * x + b * y
}

/// When polynomials of hours are nearest to the origin, near zero.
pub(crate) fn nearest_of<const N: usize>(x: &[f64; N], y: &[f64; N]) -> f64 {
    let mut hours = 0.0;
    for _ in 0..8 {
        let ((px, vx), (py, vy)) = (value_and_rate(x, hours), value_and_rate(y, hours));
        // What bends the way enters the step's size alone, not where it ends.
        let step = (px * vx + py * vy) / (vx * vx + vy * vy);
        hours -= step;
        if step.abs() < 1e-9 {
            break;
        }
    }
    hours
}
