//! The Earth's limb as seen from the Sun: where the Sun's centre is on the horizon.
//!
//! A point of the limb is not a place: it is a direction from the axis of the Earth's disc, at which other places are a moment
//! later. Such points hardly move in the fundamental plane while the shadow passes them. So what a place on the limb would see is
//! told by smooth functions of the angle, which go round with it, and whatever begins or ends on the horizon is at their zeros:
//!
//! * the moment at which the place at an angle is deepest in a cone ([`Limb::deepest`]) climbs through one zero in time,
//! * limits begin and end where at that moment it is just on the cone ([`Limb::limit_ends`]),
//! * the penumbra passes over an angle in one stretch of time ([`Limb::arcs`], [`Limb::passage`]).

use std::f64::consts::{PI, TAU};

use orrery_format::eclipse::Elements;

use super::density::Spot;
use crate::eclipses::elements::{Cone, FundamentalPlane, Standpoint};
use crate::eclipses::roots::{climb, crossing, least, zero};
use crate::space::dot;

/// How many angles a function is looked at, all around. They are smooth: waves of three a turn at most.
const LOOKS: u32 = 72;
/// Longer than a cone takes to pass over a point of the limb, hours.
const PASSAGE_H: f64 = 3.0;

/// A side of the axis as it moves past a place: where the place touches the cone from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The axis passes on the left of it, seen from the Sun with north up: on the northern side, when it moves east.
    Left,
    /// It passes on the right.
    Right,
}

impl Side {
    pub(super) const BOTH: [Side; 2] = [Side::Left, Side::Right];

    const fn sign(self) -> f64 {
        match self {
            Side::Left => 1.0,
            Side::Right => -1.0,
        }
    }
}

/// The direction from a place to the axis when the place touches a cone from a side, for a radius counted as positive.
///
/// The distance does not change then, so that this direction e fulfils e·w = L′, with the motion w and the change of the radius
/// L′. It does not depend on the radius, which goes through zero where an annular eclipse becomes total.
pub(super) fn touching(here: &Standpoint, cone: Cone, side: Side) -> [f64; 2] {
    let ([u_rate, v_rate], speed) = (here.motion, here.speed());
    let along = here.radius_rate(cone) / speed;
    let across = side.sign() * (1.0 - along * along).max(0.0).sqrt();
    [(along * u_rate - across * v_rate) / speed, (along * v_rate + across * u_rate) / speed]
}

/// How far a place is outside a cone on a side, in equatorial radii, when it is deepest: what is left of the distance from the
/// axis in the direction of touching, beyond the radius.
pub(super) fn beyond(here: &Standpoint, cone: Cone, side: Side) -> f64 {
    let [e, n] = touching(here, cone, side);
    e * here.offset[0] + n * here.offset[1] - here.radius(cone)
}

/// The limb.
#[derive(Debug)]
pub(super) struct Limb<'a> {
    pub(super) elements: &'a Elements,
}

/// From an angle to a greater one.
pub(super) type Arc = [f64; 2];

impl Limb<'_> {
    pub(super) fn spot(&self, angle: f64, hours: f64) -> Spot {
        Spot { hours, surface: FundamentalPlane::at(self.elements, hours).limb(angle) }
    }

    /// How the place at an angle stands in the shadow.
    pub(super) fn at(&self, angle: f64, hours: f64) -> Standpoint {
        let plane = FundamentalPlane::at(self.elements, hours);
        plane.standpoint(&plane.limb(angle).place())
    }

    /// Whether the Sun rises at that place.
    pub(super) fn rising(&self, angle: f64, hours: f64) -> f64 {
        let plane = FundamentalPlane::at(self.elements, hours);
        dot(&plane.limb(angle).zenith(), &plane.sunward_rate())
    }

    /// When a function of the place at an angle, which climbs with time about as half the square of its distance from the axis
    /// does, goes through zero.
    fn moment(&self, angle: f64, value: impl Fn(&Standpoint) -> f64) -> f64 {
        climb(0.0, |hours| {
            let plane = FundamentalPlane::at(self.elements, hours);
            let here = plane.standpoint(&plane.limb(angle).place());
            // The angle stands still in the plane, so that the offset changes as the axis moves.
            let slope = here.motion[0] * plane.axis_rate[0] + here.motion[1] * plane.axis_rate[1];
            (value(&here), slope)
        })
    }

    /// When the place at an angle is deepest in a cone, as it moves with the Earth.
    pub(super) fn deepest(&self, angle: f64, cone: Cone) -> f64 {
        self.moment(angle, |here| here.outside_rate(cone))
    }

    /// When the magnitude is greatest for the place at an angle.
    pub(super) fn greatest(&self, angle: f64) -> f64 {
        self.moment(angle, Standpoint::past_greatest)
    }

    /// The angles at which the limit of a cone on a side begins and ends, ascending.
    pub(super) fn limit_ends(&self, cone: Cone, side: Side) -> Vec<f64> {
        zeros_around(|angle| beyond(&self.at(angle, self.deepest(angle, cone)), cone, side))
    }

    /// The arcs of the limb that the penumbra passes over.
    pub(super) fn arcs(&self) -> Vec<Arc> {
        arcs_below(|angle| self.nearest(angle).1)
    }

    /// When the penumbra is nearest to an angle of the limb, and how far outside of it the angle is then.
    fn nearest(&self, angle: f64) -> (f64, f64) {
        let hours = climb(0.0, |hours| {
            let plane = FundamentalPlane::at(self.elements, hours);
            let here = plane.standpoint(&plane.limb(angle).place());
            let ([u, v], [x, y]) = (here.offset, plane.axis_rate);
            let section = plane.section(Cone::Penumbra);
            (u * x + v * y - here.radius(Cone::Penumbra) * section.radius_rate, x * x + y * y)
        });
        (hours, self.at(angle, hours).outside(Cone::Penumbra))
    }

    /// When the penumbra comes over an angle of the limb and when it leaves it. Where it only touches, and beyond that, both
    /// are the moment at which it is nearest.
    pub(super) fn passage(&self, angle: f64) -> [f64; 2] {
        let (nearest, outside) = self.nearest(angle);
        if outside >= 0.0 {
            return [nearest; 2];
        }
        let [x, y] = FundamentalPlane::at(self.elements, nearest).axis_rate;
        let half = (-outside / (x * x + y * y)).sqrt();
        [-1.0, 1.0].map(|way| {
            zero(nearest, nearest + way * PASSAGE_H, nearest + way * half, |hours| {
                let plane = FundamentalPlane::at(self.elements, hours);
                let here = plane.standpoint(&plane.limb(angle).place());
                let ([u, v], [x, y]) = (here.offset, plane.axis_rate);
                (here.outside(Cone::Penumbra), 2.0 * (u * x + v * y))
            })
        })
    }

    /// The arc of the limb that is inside a cone at an instant.
    pub(super) fn inside(&self, cone: Cone, hours: f64) -> Option<Arc> {
        let plane = FundamentalPlane::at(self.elements, hours);
        let outside = |angle: f64| plane.standpoint(&plane.limb(angle).place()).outside(cone);
        let [x, y] = plane.axis;
        let toward = x.atan2(y);
        // The limb is so nearly a circle that the nearest of its points is close by, unless the axis is so near to its middle
        // that no cone reaches it.
        let nearest = least(toward - 0.1, toward + 0.1, outside);
        let is_reached = outside(nearest) < 0.0;
        if !is_reached {
            return None;
        }
        let ends = [-PI, PI].map(|way| crossing(nearest, nearest + way, outside));
        Some(ends)
    }
}

/// The zeros of a smooth function of an angle, from 0 to 2π, ascending.
pub(super) fn zeros_around(f: impl Fn(f64) -> f64) -> Vec<f64> {
    let step = TAU / f64::from(LOOKS);
    let looks: Vec<(f64, f64)> = (0..=LOOKS).map(|nth| step * f64::from(nth)).map(|at| (at, f(at))).collect();
    let mut zeros = Vec::new();
    let mut between = |(left, before): (f64, f64), (right, after): (f64, f64)| {
        if (before < 0.0) != (after < 0.0) {
            let (low, high) = if before < 0.0 { (left, right) } else { (right, left) };
            zeros.push(crossing(low, high, &f));
        }
    };
    for nth in 0..LOOKS as usize {
        let around = |offset: usize| {
            let index = (nth + LOOKS as usize + offset - 1) % LOOKS as usize;
            looks.get(index).copied().unwrap_or_default().1
        };
        let [Some(&left), Some(&right)] = [looks.get(nth), looks.get(nth + 1)] else { continue };
        // Between two looks on one side of zero the function may go to the other side and come back, if it turns there.
        let sign = if left.1 < 0.0 { -1.0 } else { 1.0 };
        let same = (left.1 < 0.0) == (right.1 < 0.0);
        let turns = sign * around(0) >= sign * left.1 && sign * around(3) >= sign * right.1;
        if same && turns {
            let at = least(left.0, right.0, |at| sign * f(at));
            let turn = (at, f(at));
            between(left, turn);
            between(turn, right);
        } else {
            between(left, right);
        }
    }
    zeros
}

/// The arcs on which a smooth function of an angle is below zero. The last may end beyond 2π.
pub(super) fn arcs_below(f: impl Fn(f64) -> f64) -> Vec<Arc> {
    let zeros = zeros_around(&f);
    let starts = zeros.iter().copied();
    let ends = zeros.iter().copied().skip(1).chain(zeros.first().map(|first| first + TAU));
    starts
        .zip(ends)
        .map(|(from, to)| [from, to])
        .filter(|[from, to]| f(f64::midpoint(*from, *to)) < 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_around_a_circle_are_all_found() {
        for shift in [0.0, 0.3, 1.0, 5.0] {
            for level in [-0.999_999, -0.5, 0.0, 0.7, 0.999, 0.999_999_9] {
                let zeros = zeros_around(|at| (at - shift).cos() - level);
                assert_eq!(zeros.len(), 2, "{level} {shift}");
                for zero in zeros {
                    assert!(((zero - shift).cos() - level).abs() < 1e-9);
                }
            }
            assert!(zeros_around(|at| (at - shift).cos() - 1.000_001).is_empty());
            assert_eq!(zeros_around(|at| (2.0 * (at - shift)).sin() + 0.2).len(), 4);
        }
    }

    #[test]
    fn arcs_go_over_the_start() {
        let arcs = arcs_below(|at| 0.5 - at.cos());
        let [[from, to]] = arcs[..] else { panic!("{arcs:?}") };
        assert!((from - 5.0 * PI / 3.0).abs() < 1e-9 && (to - 7.0 * PI / 3.0).abs() < 1e-9);
    }
}
