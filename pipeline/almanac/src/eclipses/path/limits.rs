//! Limits of the shadow's cones: the envelopes of their outlines.

use orrery_format::eclipse::Elements;

use super::density::{Density, Spot, points};
use super::follow::Found;
use super::limb::{Limb, Side, beyond, touching};
use super::{Curve, CurveName};
use crate::eclipses::elements::{Cone, FundamentalPlane};
use crate::eclipses::ellipsoid::{POLAR_RADIUS, SurfacePoint, Turning};
use crate::eclipses::roots::climb;
use crate::space::dot;

/// How near ends of curves are that are one point, radians: a few metres.
const SAME: f64 = 1e-6;

/// The limit of a cone on a side: where the place, when it is deepest in the cone, is just on it.
pub(super) struct Limit<'a> {
    pub(super) elements: &'a Elements,
    pub(super) cone: Cone,
    pub(super) side: Side,
}

/// How far a point of the ground is from a limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    /// How far it is beyond the cone, when it is deepest in it, in equatorial radii.
    pub(super) level: f64,
    /// The gradient of that in the space of surface points.
    pub(super) gradient: Turning,
    /// When it is deepest, hours.
    pub(super) hours: f64,
    /// The height over the terminator then, 0 to 1; negative on the night side.
    pub(super) day: f64,
    /// The radius of the cone there then.
    pub(super) radius: f64,
}

impl Limit<'_> {
    /// How far a point is from the limit, given hours near to those at which it is deepest.
    pub(super) fn value(&self, at: &SurfacePoint, near_hours: f64) -> Value {
        let place = at.place();
        let hours = climb(near_hours, |hours| {
            let here = FundamentalPlane::at(self.elements, hours).standpoint(&place);
            (here.outside_rate(self.cone), here.outside_bend())
        });
        let plane = FundamentalPlane::at(self.elements, hours);
        let here = plane.standpoint(&place);
        let [e, n] = touching(&here, self.cone, self.side);
        // Neither the instant nor the direction changes the value to first order.
        let leaning = plane.section(self.cone).slope;
        Value {
            level: beyond(&here, self.cone, self.side),
            gradient: in_surface_points(&std::array::from_fn(|c| {
                leaning * plane.sunward()[c] - e * plane.east()[c] - n * plane.north()[c]
            })),
            hours,
            day: dot(&at.0, &plane.pole_of_day()),
            radius: here.radius(self.cone),
        }
    }
}

/// A gradient in space, as one in the space of surface points.
fn in_surface_points(gradient: &Turning) -> Turning {
    let [x, y, z] = *gradient;
    [x, y, z * POLAR_RADIUS]
}

/// The limits of the penumbra: two, or one where it hangs over the Earth's limb.
#[must_use]
pub fn penumbral_limits(elements: &Elements, density: &Density) -> Vec<Curve> {
    curves(elements, Cone::Penumbra, density)
}

/// The limits of the umbra: two, or one or none where it hangs over the Earth's limb.
#[must_use]
pub fn umbral_limits(elements: &Elements, density: &Density) -> Vec<Curve> {
    curves(elements, Cone::Umbra, density)
}

/// A part of a limit on which the umbra has one sign.
struct Part {
    name: CurveName,
    spots: Vec<Spot>,
}

fn curves(elements: &Elements, cone: Cone, density: &Density) -> Vec<Curve> {
    let mut parts: Vec<Part> = Vec::new();
    for side in Side::BOTH {
        let limit = Limit { elements, cone, side };
        for found in limit.all(density) {
            parts.extend(limit.parts(&found));
        }
    }
    parts.sort_by(|a, b| {
        let [a, b] = [a, b].map(|part| part.spots.first().map_or(0.0, |spot| spot.hours));
        a.total_cmp(&b)
    });
    joined(parts)
        .into_iter()
        .map(|part| Curve { name: part.name, points: points(elements, &part.spots) })
        .collect()
}

impl Limit<'_> {
    /// The limit, from limb to limb: one curve, if there is any.
    fn all(&self, density: &Density) -> Vec<Vec<Found>> {
        let limb = Limb { elements: self.elements };
        let ends = limb.limit_ends(self.cone, self.side);
        let spots: Vec<Spot> =
            ends.iter().map(|&angle| limb.spot(angle, limb.deepest(angle, self.cone))).collect();
        let mut is_used = vec![false; spots.len()];
        let mut curves = Vec::new();
        for nth in 0..spots.len() {
            let (Some(&start), Some(false)) = (spots.get(nth), is_used.get(nth)) else { continue };
            let mut found = self.follow(start, density);
            let Some(last) = found.last_mut() else { continue };
            // The end is one of those known, and shall be the same to the last bit.
            for (end, used) in spots.iter().zip(&mut is_used) {
                if end.surface.angle_to(&last.spot.surface) < SAME {
                    last.spot = *end;
                    *used = true;
                }
            }
            let is_late = found.first().zip(found.last()).is_some_and(|(a, b)| a.spot.hours > b.spot.hours);
            if is_late {
                found.reverse();
            }
            curves.push(found);
        }
        curves
    }

    /// The parts of a curve, divided where the umbra's tip is on the ground.
    fn parts(&self, found: &[Found]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut spots: Vec<Spot> = Vec::new();
        let mut last: Option<&Found> = None;
        for here in found {
            if let Some(before) = last
                && (before.value.radius < 0.0) != (here.value.radius < 0.0)
            {
                let tip = self.tip(before, here).spot;
                spots.push(tip);
                parts.push(Part { name: self.name(before.value.radius), spots: std::mem::take(&mut spots) });
                spots.push(tip);
            }
            spots.push(here.spot);
            last = Some(here);
        }
        if let Some(last) = last {
            parts.push(Part { name: self.name(last.value.radius), spots });
        }
        parts
    }

    /// A place that sees the axis pass on the left is on the southern side; but on the limit of an umbra proper the cone is
    /// touched from the other side.
    fn name(&self, radius: f64) -> CurveName {
        let is_south = (self.side == Side::Left) == (radius >= 0.0);
        match (self.cone, is_south) {
            (Cone::Penumbra, false) => CurveName::NorthernPenumbralLimit,
            (Cone::Penumbra, true) => CurveName::SouthernPenumbralLimit,
            (Cone::Umbra, false) => CurveName::NorthernUmbralLimit,
            (Cone::Umbra, true) => CurveName::SouthernUmbralLimit,
        }
    }
}

/// Parts of one name that meet at the umbra's tip become one. At the limb a limit may go back in time for a moment, so that the
/// part that belongs before another may be later.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut whole: Vec<Part> = Vec::new();
    for mut part in parts {
        while let Some(nth) = whole.iter().position(|other| other.leads_to(&part) || part.leads_to(other)) {
            let other = whole.remove(nth);
            part = if other.leads_to(&part) { other.then(part) } else { part.then(other) };
        }
        whole.push(part);
    }
    whole
}

impl Part {
    /// Whether the other part begins where this one ends.
    fn leads_to(&self, other: &Part) -> bool {
        let (Some(end), Some(start)) = (self.spots.last(), other.spots.first()) else { return false };
        self.name == other.name && end.surface.angle_to(&start.surface) < SAME
    }

    /// This part and the other that begins where it ends.
    fn then(mut self, other: Part) -> Part {
        self.spots.extend(other.spots.into_iter().skip(1));
        self
    }
}
