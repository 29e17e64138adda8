//! The course of a place through the shadow: when it is deepest in a cone, when it crosses a cone's surface, and how long it
//! stays in the umbra.
//!
//! The axis of the shadow always moves past a place in the direction in which it moves past the Earth: at 0.50 Earth radii an
//! hour at least (in the eclipses of five millennia), of which the turning Earth takes 0.26 away at most. Within the penumbra
//! the square of the distance from the axis is therefore a curve with a single lowest place: its second derivative is
//! 2 (w² − m a), with a speed w of 0.24 at least an hour, a distance m of 0.58 at most, and an acceleration a, which the
//! turning Earth makes, of 0.069 at most.

use orrery_format::eclipse::Elements;

use super::elements::{Cone, FundamentalPlane, HOUR_S, Standpoint};
use super::ellipsoid::Turning;
use super::roots::zero;

/// No umbra stays so long over a place after an instant or before it, hours: twelve and a half minutes is the most.
const LONGEST_STAY_H: f64 = 0.3;

/// A place under the shadow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course<'a> {
    pub(super) elements: &'a Elements,
    pub(super) place: Turning,
}

impl Course<'_> {
    /// How the place stands in the shadow.
    pub(super) fn at(&self, hours: f64) -> Standpoint {
        FundamentalPlane::at(self.elements, hours).standpoint(&self.place)
    }

    /// When the place is deepest in a cone, between an instant when it goes in and one when it comes out.
    pub(super) fn deepest(&self, cone: Cone, from: f64, guess: f64, to: f64) -> f64 {
        zero(from, to, guess, |hours| {
            let here = self.at(hours);
            (here.outside_rate(cone), here.outside_bend())
        })
    }

    /// When the place crosses the surface of a cone between an instant when it is inside and one when it is outside.
    pub(super) fn crossing(&self, cone: Cone, inside: f64, outside: f64) -> f64 {
        let here = self.at(inside);
        let (square, half_rate, bend) = (here.outside(cone), here.outside_rate(cone), here.outside_bend());
        // The square of the distance as a parabola: square + 2 half_rate t + bend t².
        let root = (half_rate * half_rate - bend * square).max(0.0).sqrt();
        let way = if outside > inside { root } else { -root };
        zero(inside, outside, inside + (way - half_rate) / bend, |hours| {
            let here = self.at(hours);
            (here.outside(cone), 2.0 * here.outside_rate(cone))
        })
    }

    /// From when to when the place stays in the umbra or antumbra in which it is at an instant; `None` where it is outside.
    pub(super) fn stay(&self, hours: f64) -> Option<[f64; 2]> {
        self.at(hours).is_central().then(|| {
            [-LONGEST_STAY_H, LONGEST_STAY_H].map(|away| self.crossing(Cone::Umbra, hours, hours + away))
        })
    }

    /// How long that is, seconds; 0 outside.
    pub(super) fn stay_s(&self, hours: f64) -> f64 {
        self.stay(hours).map_or(0.0, |[from, to]| (to - from) * HOUR_S)
    }
}
