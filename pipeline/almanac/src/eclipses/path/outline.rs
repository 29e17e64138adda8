//! The outline of a cone on the ground at an instant.

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::super::elements::{Cone, FundamentalPlane, hours};
use super::super::ground::{SurfacePoint, dot};
use super::density::{Density, Spot, points, trace};
use super::follow::{Level, Value};
use super::limb::Limb;
use super::limits::in_surface_points;
use super::{Curve, CurveName};

/// Smaller umbras are points, in equatorial radii: a metre.
const POINT: f64 = 2e-7;

/// The border of a cone in one plane.
struct Border {
    plane: FundamentalPlane,
    cone: Cone,
}

impl Level for Border {
    fn value(&self, at: &SurfacePoint, _: f64) -> Value {
        let here = self.plane.standpoint(&at.place());
        let (distance, radius) = (here.distance(), here.radius(self.cone));
        let [u, v] = here.offset;
        let toward = [u / distance, v / distance];
        let leaning = self.plane.section(self.cone).slope * radius.signum();
        let (east, north, sunward) = (self.plane.east(), self.plane.north(), self.plane.sunward());
        Value {
            level: distance - radius.abs(),
            gradient: in_surface_points(&std::array::from_fn(|c| {
                leaning * sunward[c] - toward[0] * east[c] - toward[1] * north[c]
            })),
            hours: self.plane.hours,
            day: dot(&at.0, &self.plane.pole_of_day()),
            radius,
            bearing: u.atan2(v),
        }
    }
}

/// The outline of a cone at an instant: closed, its last point the first again. Where the cone reaches beyond the Earth's limb,
/// it goes along the terminator. `None` where the cone is not on the day side, and where the umbra is no more than a point.
#[must_use]
pub fn outline(elements: &Elements, cone: Cone, tt: TtDay, density: &Density) -> Option<Curve> {
    let hours = hours(elements, tt);
    let plane = FundamentalPlane::at(elements, hours);
    let border = Border { plane, cone };
    let limb = Limb { elements };
    let spots: Vec<Spot> = if let Some([from, to]) = limb.inside(cone, hours) {
        let start = limb.spot(from, hours);
        let mut spots: Vec<Spot> = border.follow(start, density).iter().map(|found| found.spot).collect();
        let night = trace(density, to, from, &mut |angle| Some(limb.spot(angle, hours)));
        // Over the day to the other end, and along the terminator back.
        spots.pop();
        spots.extend(night);
        if let Some(last) = spots.last_mut() {
            *last = start;
        }
        spots
    } else {
        let under_axis = plane.ground_under(plane.axis, [0.0; 2])?;
        let radius = plane.standpoint(&under_axis.place()).radius(cone);
        if radius.abs() < POINT {
            return None;
        }
        let section = plane.section(cone);
        let [x, y] = plane.axis;
        let surface =
            plane.ground_under([x, y - section.radius.abs()], [0.0, section.slope * radius.signum()])?;
        border.follow(Spot { hours, surface }, density).iter().map(|found| found.spot).collect()
    };
    let name = match cone {
        Cone::Penumbra => CurveName::PenumbralOutline,
        Cone::Umbra => CurveName::UmbralOutline,
    };
    (spots.len() > 2).then(|| Curve { name, points: points(elements, &spots) })
}
