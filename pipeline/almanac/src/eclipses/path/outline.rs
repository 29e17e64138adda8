//! The outline of a cone on the ground at an instant.
//!
//! Each straight line of the cone's surface, named by its bearing from the axis, meets the ground where it comes from the Sun: there
//! is the outline. Near the Earth's limb a line may leave the ground again while the Sun's centre is still up, since it leans by
//! a quarter of a degree. There the outline folds: it goes to the line that only touches the ground, and comes back along the
//! other ends of the lines to the terminator.

use std::f64::consts::{PI, TAU};

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::density::{Density, Spot, points, trace};
use super::limb::{Arc, Limb};
use super::{Curve, CurveName};
use crate::eclipses::elements::{Cone, FundamentalPlane, hours};
use crate::eclipses::ellipsoid::Ray;
use crate::eclipses::roots::{crossing, least};

/// Smaller umbras are points, in equatorial radii: a metre.
const POINT: f64 = 2e-7;
/// The largest angle about the axis between neighbours, radians.
const MOST_BEARING: f64 = 0.1;

/// A cone in a plane.
struct Border<'a> {
    limb: Limb<'a>,
    plane: FundamentalPlane,
    cone: Cone,
}

/// An end of the day's part of the outline.
struct End {
    /// Where it meets the terminator.
    bearing: f64,
    /// From where on the lines are met where they come from the Sun.
    fold: f64,
}

/// The outline of a cone at an instant: closed, its last point the first again. Where the cone reaches beyond the Earth's limb,
/// it goes along the terminator. `None` where the cone is not on the day side, and where the umbra is no more than a point.
#[must_use]
pub fn outline(elements: &Elements, cone: Cone, tt: TtDay, density: &Density) -> Option<Curve> {
    let hours = hours(elements, tt);
    let border = Border { limb: Limb { elements }, plane: FundamentalPlane::at(elements, hours), cone };
    let night = border.limb.inside(cone, hours);
    let spots = match night.map(|arc| (arc, border.ends(arc))) {
        Some((arc, Some(ends))) => border.cut(density, arc, &ends),
        // Where all lines meet the ground, what is beyond the limb is a strip narrower than a hundred metres.
        Some((_, None)) => border.whole(density)?,
        None if border.plane.axis_outside().0 < 0.0 => border.whole(density)?,
        None => return None,
    };
    let name = match cone {
        Cone::Penumbra => CurveName::PenumbralOutline,
        Cone::Umbra => CurveName::UmbralOutline,
    };
    Some(Curve { name, points: points(elements, &spots) })
}

impl Border<'_> {
    /// The line at a bearing from the axis, from north through east.
    fn ray(&self, bearing: f64) -> Ray {
        let section = self.plane.section(self.cone);
        // A line of the umbra proper stands on the side of its bearing, as that of any other cone.
        let sign = section.radius.signum();
        let toward = [sign * bearing.sin(), sign * bearing.cos()];
        let at = std::array::from_fn(|c| self.plane.axis[c] + section.radius * toward[c]);
        self.plane.ray(at, toward.map(|component| -section.slope * component))
    }

    fn spot(&self, bearing: f64, is_sunward: bool) -> Spot {
        Spot { hours: self.plane.hours, surface: self.ray(bearing).end(is_sunward) }
    }

    fn trace(&self, density: &Density, from: f64, to: f64, is_sunward: bool) -> Vec<Spot> {
        // A line that only touches the ground is an end at which the curve turns round, which this parameter evens out.
        let (middle, half) = (f64::midpoint(from, to), 0.5 * (to - from));
        let parts = (0.5 * (to - from).abs() / MOST_BEARING).ceil().clamp(1.0, 32.0) as u32;
        trace(density, 0.0, PI, parts, &mut |along| self.spot(middle - half * along.cos(), is_sunward))
    }

    /// The outline of a cone that does not reach the limb.
    fn whole(&self, density: &Density) -> Option<Vec<Spot>> {
        let under_axis = self.plane.under_axis();
        if self.plane.standpoint(&under_axis.place()).radius(self.cone).abs() < POINT {
            return None;
        }
        let parts = (0.5 * TAU / MOST_BEARING).ceil() as u32;
        let mut spots = trace(density, 0.0, TAU, parts, &mut |bearing| self.spot(bearing, true));
        spots.pop();
        spots.extend(spots.first().copied());
        Some(spots)
    }

    /// The outline of a cone that reaches beyond the limb: over the day side, and back along the terminator.
    fn cut(&self, density: &Density, [first, last]: Arc, [start, end]: &[End; 2]) -> Vec<Spot> {
        let mut spots = vec![self.limb.spot(first, self.plane.hours)];
        let mut go = |part: Vec<Spot>| spots.extend(part.into_iter().skip(1));
        if start.bearing != start.fold {
            go(self.trace(density, start.bearing, start.fold, false));
        }
        go(self.trace(density, start.fold, end.fold, true));
        if end.bearing != end.fold {
            go(self.trace(density, end.fold, end.bearing, false));
        }
        // Where the day's part meets the terminator again is known better from there.
        let night = trace(density, last, first, 2, &mut |angle| self.limb.spot(angle, self.plane.hours));
        spots.pop();
        spots.extend(night);
        spots
    }

    /// The ends of the day's part of the outline, at the ends of the arc of the limb that is inside the cone, so that the bearings in
    /// between are those of the day's part. `None` where a line at the limb leaves the ground and none only touches it.
    fn ends(&self, arc: Arc) -> Option<[End; 2]> {
        let [x, y] = self.plane.axis;
        // The line that misses the ground most, or comes nearest to it: on the Earth's ellipse, not just outward from its middle.
        let toward = x.atan2(y);
        let outward = least(toward - 0.1, toward + 0.1, |at| self.ray(at).within());
        // Bearings are counted from that opposite to the limb, −π to π.
        let inward = outward + PI;
        let [first, last] = arc.map(|angle| {
            let surface = self.plane.limb(angle);
            let [u, v] = self.plane.standpoint(&surface.place()).offset;
            let from_inward = ((-u).atan2(-v) - inward + PI).rem_euclid(TAU) - PI;
            let bearing = inward + from_inward;
            let line = self.ray(bearing);
            if line.rising(&surface) >= 0.0 {
                return Some(End { bearing, fold: bearing });
            }
            let limit = inward + PI.copysign(from_inward);
            if self.ray(limit).within() >= 0.0 {
                return None;
            }
            let fold = crossing(limit, bearing, |at| self.ray(at).within());
            Some(End { bearing, fold })
        });
        Some([first?, last?])
    }
}
