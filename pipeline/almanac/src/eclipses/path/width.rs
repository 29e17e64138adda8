//! How wide the path of the umbra is: from limit to limit.
//!
//! NASA's canons and tables have another width (Meeus, *Elements of Solar Eclipses*): that of a shadow whose radius and motion stay
//! the same over a ground which is even across the path and square to the Earth's radius. Over the ellipsoid the limits are as far
//! apart as that where the Sun is high. Where it is low they are not, since the shadow then reaches so far over the ground that the
//! ground bends away under it, and by the time the limits are there the shadow has changed.

use orrery_format::eclipse::Elements;

use super::limb::Side;
use super::limits::Limit;
use crate::eclipses::elements::{Cone, FundamentalPlane};
use crate::eclipses::ellipsoid::{EARTH_RADIUS_KM, POLAR_RADIUS, SurfacePoint, Turning};
use crate::eclipses::roots::zero;
use crate::space::{along, cross, dot};

/// The largest step from the central line towards a limit, radians.
const MOST_STEP: f64 = 0.05;

/// How far from the central line a limit may be, radians: a quarter of the way round.
const FURTHEST: f64 = std::f64::consts::FRAC_PI_2;

/// More steps than lead to any limit.
const MOST_STEPS: usize = 60;

/// How near to a limit is near enough, in equatorial radii: a tenth of a millimetre.
const ON_LIMIT: f64 = 1e-11;

/// Width of the path where the axis meets the ground at an hour, km: from the northern limit of the umbra to the southern, along
/// the ground and square to the central line. `None` where the line across the path does not meet both by day, so that the path
/// has a single limit there.
pub(in crate::eclipses) fn width_km(elements: &Elements, hours: f64) -> Option<f64> {
    let plane = FundamentalPlane::at(elements, hours);
    let start = plane.under_axis();
    let section = Section::across(&plane, start)?;
    let [left, right] = Side::BOTH.map(|side| {
        let limit = Limit { elements, cone: Cone::Umbra, side };
        section.reach(&limit, hours)
    });
    Some(section.length_km(left?, right?).abs())
}

/// A curve over the ground through a point, by the plane of the Earth's centre that is square to the central line there.
struct Section {
    start: Turning,
    /// In the space of surface points, square to the start.
    across: Turning,
}

impl Section {
    /// Square to how the axis moves over the ground. `None` where it only grazes it, and moves without bound.
    fn across(plane: &FundamentalPlane, start: SurfacePoint) -> Option<Section> {
        let [u, v] = plane.standpoint(&start.place()).motion;
        let zenith = start.zenith();
        let [east, north, up] = [plane.east(), plane.north(), plane.sunward()].map(|way| dot(&zenith, way));
        // What moves by u and v in the plane and stays on level ground falls by so much, in units of the Sun's height.
        let fall = u * east + v * north;
        let way: Turning = std::array::from_fn(|c| {
            up * (u * plane.east()[c] + v * plane.north()[c]) - fall * plane.sunward()[c]
        });
        let across = cross(&zenith, &way);
        (up > 0.0 && dot(&across, &across) > 0.0)
            .then(|| Section { start: start.0, across: SurfacePoint::of_place(&across).0 })
    }

    fn at(&self, angle: f64) -> SurfacePoint {
        let (sin, cos) = angle.sin_cos();
        SurfacePoint(std::array::from_fn(|c| cos * self.start[c] + sin * self.across[c]))
    }

    /// The angle at which it first meets a limit, by Newton's steps over the day side. `None` where it comes into the night first.
    fn reach(&self, limit: &Limit, hours: f64) -> Option<f64> {
        let look = |angle: f64, near: f64| {
            let value = limit.value(&self.at(angle), near);
            let (sin, cos) = angle.sin_cos();
            let onward: Turning = std::array::from_fn(|c| cos * self.across[c] - sin * self.start[c]);
            (dot(&value.gradient, &onward), value)
        };
        let (slope, here) = look(0.0, hours);
        let way = (-here.level / slope).signum();
        let (mut angle, mut slope, mut here) = (0.0, slope, here);
        for _ in 0..MOST_STEPS {
            if here.level.abs() <= ON_LIMIT {
                return Some(angle);
            }
            // Where the limit bends away, Newton's steps are long, or lead back.
            let step = way * (-here.level / slope);
            let next = angle + way * if step > 0.0 { step.min(MOST_STEP) } else { MOST_STEP };
            let (next_slope, there) = look(next, here.hours);
            if (there.level < 0.0) != (here.level < 0.0) {
                let (low, high) = if there.level < 0.0 { (next, angle) } else { (angle, next) };
                let met = zero(low, high, next - there.level / next_slope, |at| {
                    let (slope, value) = look(at, here.hours);
                    (value.level, slope)
                });
                return (look(met, here.hours).1.day >= 0.0).then_some(met);
            }
            let is_on = there.day >= 0.0 && next.abs() < FURTHEST;
            if !is_on {
                return None;
            }
            (angle, slope, here) = (next, next_slope, there);
        }
        None
    }

    /// How long it is from one angle to another, km.
    fn length_km(&self, from: f64, to: f64) -> f64 {
        // It is an ellipse as slightly squeezed as the Earth: Simpson's rule errs by less than a metre over a quarter of it.
        let speed = |share: f64| {
            let (sin, cos) = (from + share * (to - from)).sin_cos();
            let [x, y, z] = along(&self.across.map(|c| cos * c), -sin, &self.start);
            (x * x + y * y + z * z * POLAR_RADIUS * POLAR_RADIUS).sqrt()
        };
        let mean =
            (speed(0.0) + 4.0 * speed(0.25) + 2.0 * speed(0.5) + 4.0 * speed(0.75) + speed(1.0)) / 12.0;
        mean * (to - from) * EARTH_RADIUS_KM
    }
}
