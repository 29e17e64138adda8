//! Following a limit over the day side: where a smooth function of the ground ([`Limit::value`]) is zero.
//!
//! Each step goes along the curve and then square to it, back onto the curve. Poles and meridians, and places where the curve turns
//! back in time, are nothing special to it.

use super::density::{Density, Spot};
use super::limits::{Limit, Value};
use crate::eclipses::ellipsoid::{SurfacePoint, Turning};
use crate::eclipses::roots::crossing;
use crate::space::{along, cross, dot, unit};

/// More steps than any curve takes at the finest density.
const MOST_STEPS: usize = 100_000;
/// How near to the curve points are, in equatorial radii: a micrometre.
const ON_CURVE: f64 = 1e-13;
/// The shortest step, radians: ten metres.
const SHORTEST: f64 = 1.5e-6;
/// How near, to its distance from the pole, a step beside a pole may be long, and how short it need not be shorter, radians.
const POLAR_STEP: (f64, f64) = (0.2, 2e-4);

/// A point of the curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) spot: Spot,
    pub(super) value: Value,
    /// Along the curve.
    way: Turning,
}

impl Limit<'_> {
    /// The point of the curve nearest to a point beside it.
    fn settle(&self, beside: &Turning, near_hours: f64) -> Found {
        let mut at = unit(beside);
        let mut hours = near_hours;
        let mut rounds = 0;
        loop {
            let value = self.value(&SurfacePoint(at), hours);
            hours = value.hours;
            let slope = along(&value.gradient, -dot(&value.gradient, &at), &at);
            let square = dot(&slope, &slope).max(f64::MIN_POSITIVE);
            if value.level.abs() <= ON_CURVE || rounds == 12 {
                let spot = Spot { hours, surface: SurfacePoint(at) };
                return Found { spot, value, way: unit(&cross(&at, &slope)) };
            }
            // No further at once than a step is long.
            let length = (-value.level / square).clamp(-0.05 / square.sqrt(), 0.05 / square.sqrt());
            at = unit(&along(&at, length, &slope));
            rounds += 1;
        }
    }

    /// The next point of the curve, so far from another.
    fn step(&self, from: &Found, length: f64) -> Found {
        let mut next = self.settle(&along(&from.spot.surface.0, length, &from.way), from.spot.hours);
        if dot(&next.way, &from.way) < 0.0 {
            next.way = next.way.map(|component| -component);
        }
        next
    }

    /// From a point at the terminator over the day side to the terminator again, both ends included.
    pub(super) fn follow(&self, start: Spot, density: &Density) -> Vec<Found> {
        let Some(mut here) = self.start(start) else { return Vec::new() };
        let mut found = vec![here];
        let mut length = density.longest_step();
        for _ in 0..MOST_STEPS {
            let [x, y, _] = here.spot.surface.0;
            let (share, least) = POLAR_STEP;
            length = length.min((share * x.hypot(y)).max(least));
            let next = self.step(&here, length);
            let bends = dot(&along(&next.way, -1.0, &here.way), &cross(&here.spot.surface.0, &here.way));
            let allowed = density.step(bends / length).max(SHORTEST);
            if length > 1.25 * allowed {
                length = (0.9 * allowed).max(0.25 * length);
                continue;
            }
            if next.value.day < 0.0 {
                found.push(self.terminator(&here, length));
                break;
            }
            found.push(next);
            here = next;
            length = density.longest_step().min(1.5 * length).min(allowed);
        }
        found
    }

    /// The start with the way into the day.
    fn start(&self, start: Spot) -> Option<Found> {
        let mut here = self.settle(&start.surface.0, start.hours);
        // Of what was given at the terminator nothing is changed.
        here.spot = start;
        let back = Found { way: here.way.map(|component| -component), ..here };
        let days = [&here, &back].map(|from| self.step(from, 1e-5).value.day);
        match days {
            [there, _] if there > 0.0 && there >= days[1] => Some(here),
            [_, there] if there > 0.0 => Some(back),
            _ => None,
        }
    }

    /// Where the curve meets the terminator within a step.
    fn terminator(&self, here: &Found, length: f64) -> Found {
        let at = crossing(length, 0.0, |step| self.step(here, step).value.day);
        self.step(here, at)
    }

    /// Where the radius is zero between two neighbours on whose ends it has different signs.
    pub(super) fn tip(&self, a: &Found, b: &Found) -> Found {
        let between = |share: f64| {
            let [from, to] = [a, b].map(|found| found.spot.surface.0);
            self.settle(&along(&from.map(|c| c * (1.0 - share)), share, &to), a.spot.hours)
        };
        let (low, high) = if a.value.radius < 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
        between(crossing(low, high, |share| between(share).value.radius))
    }
}
