//! The Earth's contour as the shadow meets it, and whether a cone or the axis is on the Earth, at its edge or past it.
//!
//! Each plane that touches a cone of the shadow from outside is tilted against the axis by the cone's half angle. The cone touches
//! the Earth where such a plane touches both. So for each cone the Earth has a contour in the fundamental plane, that of the
//! planes of this tilt that touch it, and how far a cone is from the Earth is how far the axis is from that contour, less the
//! radius of the cone. Nothing is approximate in this, the flattening, the tilt and the place of touch among it.

use orrery_format::eclipse::Elements;

use super::elements::{Cone, FundamentalPlane};
use super::ellipsoid::{E2, SurfacePoint};
use super::roots::{climb, zero};

/// The square of the second eccentricity.
const SECOND_E2: f64 = E2 / (1.0 - E2);

/// How often the direction of the nearest point of a contour is improved; each time leaves at most a hundredth of the error.
const ROUNDS: usize = 5;

/// Longer than the axis takes to pass from the middle of the Earth's disc to its limb, hours.
const HALF_PASSAGE_H: f64 = 4.0;

/// The contour of planes that are tilted by an angle.
#[derive(Clone, Copy, Debug)]
struct Contour {
    sin_d: f64,
    cos_d: f64,
    /// Of the angle by which the planes' normals lean towards the Moon.
    sin_tilt: f64,
    cos_tilt: f64,
}

impl Contour {
    fn new(d: f64, sin_tilt: f64) -> Contour {
        let (sin_d, cos_d) = d.sin_cos();
        Contour { sin_d, cos_d, sin_tilt, cos_tilt: (1.0 - sin_tilt * sin_tilt).sqrt() }
    }

    /// How far the planes' normals, away from the axis at an angle from the east, are turned towards the north pole: a sine.
    fn towards_pole(&self, sin_theta: f64) -> f64 {
        sin_theta * self.cos_tilt * self.cos_d + self.sin_tilt * self.sin_d
    }

    /// How far the plane at such an angle is from the centre, as the fundamental plane is cut by it.
    fn support(&self, sin_theta: f64) -> f64 {
        let towards_pole = self.towards_pole(sin_theta);
        (1.0 - E2 * towards_pole * towards_pole).sqrt() / self.cos_tilt
    }

    /// The angle at which a point of the fundamental plane stands furthest out of the contour.
    fn outward(&self, [x, y]: [f64; 2]) -> f64 {
        let (distance, bearing) = (x.hypot(y), y.atan2(x));
        let mut theta = bearing;
        for _ in 0..ROUNDS {
            // Where the rate of x cos θ + y sin θ is that of the support.
            let (sin, cos) = theta.sin_cos();
            let towards_pole = self.towards_pole(sin);
            let root = (1.0 - E2 * towards_pole * towards_pole).sqrt();
            let rate = -E2 * towards_pole * cos * self.cos_d / root;
            theta = bearing - (rate / distance).clamp(-1.0, 1.0).asin();
        }
        theta
    }

    /// How far a point of the fundamental plane is outside the contour (inside it, where negative). Exact near the contour; near
    /// the centre, a rough number well below zero.
    fn clearance(&self, at: [f64; 2]) -> f64 {
        let [x, y] = at;
        if x.hypot(y) < 0.1 {
            return x.hypot(y) - 1.0;
        }
        let (sin, cos) = self.outward(at).sin_cos();
        x * cos + y * sin - self.support(sin)
    }

    /// The point of the ellipsoid nearest to a line along the axis that misses it, by its components eastward, northward and
    /// towards the Moon. There the axis is horizontal. For planes without tilt.
    fn nearest(&self, at: [f64; 2]) -> [f64; 3] {
        let (sin, cos) = self.outward(at).sin_cos();
        let narrow = 1.0 - E2 * self.cos_d * self.cos_d;
        let support = self.support(sin);
        let (xi, eta) = (cos / support, narrow * sin / support);
        let zeta = -SECOND_E2 * eta * self.cos_d * self.sin_d / (1.0 + SECOND_E2 * self.sin_d * self.sin_d);
        [xi, eta, zeta]
    }
}

/// How far a cone is from the Earth, in equatorial radii; negative where it reaches it.
pub(super) fn outside(plane: &FundamentalPlane, cone: Cone) -> f64 {
    let (radius, sin_f) = border(plane, cone);
    Contour::new(plane.declination[0], -sin_f).clearance(plane.axis) - radius
}

/// How far a cone reaches out beside the Earth; negative where all of it falls on it.
pub(super) fn beyond(plane: &FundamentalPlane, cone: Cone) -> f64 {
    let (radius, sin_f) = border(plane, cone);
    Contour::new(plane.declination[0], sin_f).clearance(plane.axis) + radius
}

/// The radius of a cone in the fundamental plane, and the sine of the angle by which its surface's normal, away from the
/// axis, leans towards the Moon: negative for an umbra proper, which widens towards it.
fn border(plane: &FundamentalPlane, cone: Cone) -> (f64, f64) {
    let section = plane.section(cone);
    let (radius, tangent) = (section.radius, section.slope);
    (radius.abs(), (tangent / (1.0 + tangent * tangent).sqrt()).copysign(radius))
}

/// The point of the Earth that the axis meets, or else the nearest to it.
pub(super) fn nearest_to_axis(plane: &FundamentalPlane) -> SurfacePoint {
    if plane.axis_outside().0 < 0.0 {
        return plane.under_axis();
    }
    let [xi, eta, zeta] = Contour::new(plane.declination[0], 0.0).nearest(plane.axis);
    let [east, north, sunward] = [plane.east(), plane.north(), plane.sunward()];
    SurfacePoint::of_place(&std::array::from_fn(|c| xi * east[c] + eta * north[c] + zeta * sunward[c]))
}

/// When the axis enters the Earth and when it leaves it, hours. `None` where it misses it.
pub(super) fn axis_passage(elements: &Elements) -> Option<[f64; 2]> {
    let at = |hours: f64| FundamentalPlane::at(elements, hours);
    let nearest = climb(0.0, |hours| {
        let plane = at(hours);
        let [x_rate, y_rate] = plane.axis_rate;
        (plane.axis_outside().1, x_rate * x_rate + y_rate * y_rate)
    });
    let is_met = at(nearest).axis_outside().0 < 0.0;
    is_met.then(|| {
        [-HALF_PASSAGE_H, HALF_PASSAGE_H].map(|way| {
            zero(nearest, nearest + way, nearest + 0.5 * way, |hours| {
                let (value, half_rate) = at(hours).axis_outside();
                (value, 2.0 * half_rate)
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FLATTENING: f64 = 1.0 / 298.257;

    /// How far a point of the fundamental frame is from the ellipsoid's surface, as the square of its distance has it there.
    fn off_surface(d: f64, [xi, eta, zeta]: [f64; 3]) -> f64 {
        let north = (eta * d.cos() + zeta * d.sin()) / (1.0 - FLATTENING);
        let towards = zeta * d.cos() - eta * d.sin();
        xi * xi + towards * towards + north * north - 1.0
    }

    /// Elements of an axis that stands still.
    fn still([x, y]: [f64; 2], d_deg: f64, mu_deg: f64) -> FundamentalPlane {
        let mut elements = Elements {
            t0_jd_tt: 2_451_545.0,
            reach_h: 4.0,
            x: [0.0; 6],
            y: [0.0; 6],
            d_deg: [0.0; 4],
            mu_deg: [0.0; 4],
            l1: [0.0; 5],
            l2: [0.0; 5],
            tan_f1: [0.0; 2],
            tan_f2: [0.0; 2],
        };
        (elements.x[0], elements.y[0], elements.d_deg[0], elements.mu_deg[0]) = (x, y, d_deg, mu_deg);
        FundamentalPlane::at(&elements, 0.0)
    }

    proptest! {
        #[test]
        fn the_axis_meets_the_surface_or_passes_it(
            at in [-1.5..1.5_f64, -1.5..1.5],
            d_deg in -30.0..30.0_f64,
            mu_deg in 0.0..360.0_f64,
        ) {
            let plane = still(at, d_deg, mu_deg);
            let ([x, y], d) = (at, d_deg.to_radians());
            let contour = Contour::new(d, 0.0);
            let point = nearest_to_axis(&plane);
            let ground = crate::eclipses::ellipsoid::Ground::under(&point);
            let here = plane.standpoint(&point.place());
            let [xi, eta] = [x - here.offset[0], y - here.offset[1]];
            prop_assert!(off_surface(d, [xi, eta, here.height]).abs() < 1e-12);
            let [altitude_deg, _] = ground.horizontal_deg(plane.sunward());
            if plane.axis_outside().0 < 0.0 {
                prop_assert!(here.distance() < 1e-12 && altitude_deg > -1e-9);
                // The other end of the line is further from the Moon.
                prop_assert!(off_surface(d, [x, y, here.height + 1e-3]) > 0.0);
                prop_assert!(contour.clearance(at) < 1e-9);
            } else {
                prop_assert!(altitude_deg.abs() < 1e-9);
                prop_assert!((here.distance() - contour.clearance(at)).abs() < 1e-9);
                // No other point of the contour is nearer.
                for step in 0..1000 {
                    let (sin, cos) = (f64::from(step) * std::f64::consts::TAU / 1000.0).sin_cos();
                    let narrow = (1.0 - E2 * d.cos() * d.cos()).sqrt();
                    prop_assert!((x - cos).hypot(y - narrow * sin) > here.distance() - 1e-9);
                }
            }
        }

        /// The clearance of a contour by all the planes that touch the ellipsoid, one after the other.
        #[test]
        fn contours_are_those_of_planes(
            distance in 0.35..1.7_f64,
            bearing in -3.1..3.1_f64,
            d_deg in -30.0..30.0_f64,
            sin_tilt in -0.005..0.005_f64,
        ) {
            let d = d_deg.to_radians();
            let (x, y) = (distance * bearing.cos(), distance * bearing.sin());
            let cos_tilt = (1.0 - sin_tilt * sin_tilt).sqrt();
            let best = (0..20_000).map(|step| {
                let (sin, cos) = (f64::from(step) * std::f64::consts::TAU / 20_000.0).sin_cos();
                let pole = sin * cos_tilt * d.cos() + sin_tilt * d.sin();
                let reach = (1.0 - pole * pole + (1.0 - FLATTENING).powi(2) * pole * pole).sqrt();
                x * cos + y * sin - reach / cos_tilt
            });
            let best = best.fold(f64::NEG_INFINITY, f64::max);
            prop_assert!((Contour::new(d, sin_tilt).clearance([x, y]) - best).abs() < 1e-7);
        }
    }
}
