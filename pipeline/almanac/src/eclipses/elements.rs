//! Besselian elements at an instant: where the Moon's shadow lies in the fundamental plane, and where a place stands in it.
//!
//! The fundamental plane goes through the centre of the Earth, square to the axis of the shadow; its first direction points to
//! the east, its second to the north, and its third towards the Moon and the Sun (Explanatory Supplement to the Astronomical
//! Almanac, 11.3). Lengths are in equatorial radii of the Earth, times in hours of TT since [`Elements::t0_jd_tt`]. Longitudes
//! are ephemeris ones, so that nothing here depends on ΔT.

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::ground::{POLAR_RADIUS, Ray, SurfacePoint, Turning, cross, dot, unit};

/// The instant so many hours after the origin of the elements.
#[must_use]
pub fn instant(elements: &Elements, hours: f64) -> TtDay {
    TtDay(elements.t0_jd_tt + hours / 24.0)
}

/// Hours from the origin of the elements to an instant.
#[must_use]
pub fn hours(elements: &Elements, tt: TtDay) -> f64 {
    (tt.jd() - elements.t0_jd_tt) * 24.0
}

/// One of the two cones of the shadow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cone {
    /// Within which some of the Sun is covered.
    Penumbra,
    /// Within which the Moon covers all of the Sun, or stands all before it: the umbra proper, and beyond its tip the
    /// antumbra.
    Umbra,
}

/// A cone where it crosses the fundamental plane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Section {
    /// Its radius; of the umbra proper, the negative of it.
    pub radius: f64,
    /// Change of the radius an hour.
    pub radius_rate: f64,
    /// Tangent of the cone's half angle: what the radius loses for each unit of height above the plane.
    pub slope: f64,
    /// Change of the tangent an hour.
    pub slope_rate: f64,
}

/// The elements at an instant, with what they change by in an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FundamentalPlane {
    /// Hours since the origin of the elements.
    pub hours: f64,
    /// Where the axis of the shadow crosses the plane, to the east and to the north.
    pub axis: [f64; 2],
    /// The change of that an hour.
    pub axis_rate: [f64; 2],
    /// Declination of the axis, radians, and its change an hour.
    pub declination: [f64; 2],
    /// Ephemeris hour angle of the axis at Greenwich, radians, and its change an hour.
    pub hour_angle: [f64; 2],
    sections: [Section; 2],
    sin_d: f64,
    cos_d: f64,
    /// The three directions of the plane.
    east: Turning,
    north: Turning,
    sunward: Turning,
}

/// A polynomial and its derivative.
#[inline]
fn polynomial(coefficients: &[f64], t: f64) -> (f64, f64) {
    coefficients.iter().rev().fold((0.0, 0.0), |(value, rate), &next| (value * t + next, rate * t + value))
}

impl FundamentalPlane {
    /// The plane so many hours after the origin of the elements. Whether they hold then is for the caller to care for.
    #[must_use]
    pub fn at(elements: &Elements, hours: f64) -> FundamentalPlane {
        let (x, x_rate) = polynomial(&elements.x, hours);
        let (y, y_rate) = polynomial(&elements.y, hours);
        let (d_deg, d_rate_deg) = polynomial(&elements.d_deg, hours);
        let (mu_deg, mu_rate_deg) = polynomial(&elements.mu_deg, hours);
        let section = |radius: &[f64; 5], tangent: &[f64; 2]| {
            let (radius, radius_rate) = polynomial(radius, hours);
            let (slope, slope_rate) = polynomial(tangent, hours);
            Section { radius, radius_rate, slope, slope_rate }
        };
        let (declination, hour_angle) = (d_deg.to_radians(), mu_deg.to_radians());
        let ((sin_d, cos_d), (sin_mu, cos_mu)) = (declination.sin_cos(), hour_angle.sin_cos());
        FundamentalPlane {
            hours,
            axis: [x, y],
            axis_rate: [x_rate, y_rate],
            declination: [declination, d_rate_deg.to_radians()],
            hour_angle: [hour_angle, mu_rate_deg.to_radians()],
            sections: [section(&elements.l1, &elements.tan_f1), section(&elements.l2, &elements.tan_f2)],
            sin_d,
            cos_d,
            east: [sin_mu, cos_mu, 0.0],
            north: [-sin_d * cos_mu, sin_d * sin_mu, cos_d],
            sunward: [cos_d * cos_mu, -cos_d * sin_mu, sin_d],
        }
    }

    /// A cone of the shadow in the plane.
    #[must_use]
    pub const fn section(&self, cone: Cone) -> &Section {
        let [penumbra, umbra] = &self.sections;
        match cone {
            Cone::Penumbra => penumbra,
            Cone::Umbra => umbra,
        }
    }

    /// To the east, in the axes that turn with the Earth.
    pub(super) const fn east(&self) -> &Turning {
        &self.east
    }

    /// To the north.
    pub(super) const fn north(&self) -> &Turning {
        &self.north
    }

    /// Towards the Sun.
    pub(super) const fn sunward(&self) -> &Turning {
        &self.sunward
    }

    /// How the direction to the Sun changes in an hour, as seen from the turning Earth.
    pub(super) fn sunward_rate(&self) -> Turning {
        let westward = -self.hour_angle[1] * self.cos_d;
        std::array::from_fn(|c| westward * self.east[c] + self.declination[1] * self.north[c])
    }

    /// The direction of the sphere of surface points from which the Sun is highest: points on the side of it have the Sun's
    /// centre over the horizon, the others under it.
    pub(super) fn pole_of_day(&self) -> Turning {
        let [x, y, z] = self.sunward;
        unit(&[x, y, z / POLAR_RADIUS])
    }

    /// How far outside the Earth's disc the axis passes: the square of its distance from the centre, lengths to the north in
    /// units of the disc's, less 1; and half the change of that an hour.
    pub(super) fn axis_outside(&self) -> (f64, f64) {
        let squeeze = 1.0 - (1.0 - POLAR_RADIUS * POLAR_RADIUS) * self.cos_d * self.cos_d;
        let ([x, y], [x_rate, y_rate]) = (self.axis, self.axis_rate);
        (x * x + y * y / squeeze - 1.0, x * x_rate + y * y_rate / squeeze)
    }

    /// The point where the Sun's centre is on the horizon, at an angle on the Earth's limb as seen from the Sun: radians
    /// from north through east, in the sphere of surface points.
    pub(super) fn limb(&self, angle: f64) -> SurfacePoint {
        let north = cross(&self.pole_of_day(), &self.east);
        let (sin, cos) = angle.sin_cos();
        SurfacePoint(std::array::from_fn(|c| sin * self.east[c] + cos * north[c]))
    }

    /// The line that goes through a point of the plane and leans by so much eastward and northward for each unit of height.
    pub(super) fn ray(&self, at: [f64; 2], leaning: [f64; 2]) -> Ray {
        let start = std::array::from_fn(|c| at[0] * self.east[c] + at[1] * self.north[c]);
        let way =
            std::array::from_fn(|c| self.sunward[c] + leaning[0] * self.east[c] + leaning[1] * self.north[c]);
        Ray::new(&start, &way)
    }

    /// How a place stands in the shadow. It is given by its vector from the centre of the Earth, which turns with it.
    #[must_use]
    pub fn standpoint(&self, place: &[f64; 3]) -> Standpoint {
        let [xi, eta, zeta] = [&self.east, &self.north, &self.sunward].map(|axis| dot(axis, place));
        let ([_, turn], [_, d_rate]) = (self.hour_angle, self.declination);
        let xi_rate = turn * (zeta * self.cos_d - eta * self.sin_d);
        let eta_rate = turn * xi * self.sin_d - d_rate * zeta;
        let zeta_rate = d_rate * eta - turn * xi * self.cos_d;
        let bend = [
            -turn * (zeta_rate * self.cos_d - eta_rate * self.sin_d),
            d_rate * zeta_rate - turn * xi_rate * self.sin_d,
        ];
        Standpoint {
            offset: [self.axis[0] - xi, self.axis[1] - eta],
            motion: [self.axis_rate[0] - xi_rate, self.axis_rate[1] - eta_rate],
            bend,
            height: zeta,
            radii: self.sections.map(|section| Radius {
                value: section.radius - zeta * section.slope,
                rate: section.radius_rate - zeta_rate * section.slope - zeta * section.slope_rate,
            }),
        }
    }
}

/// The radius of a cone at the height of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Radius {
    value: f64,
    rate: f64,
}

/// Where a place is in the shadow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standpoint {
    /// From the place to the axis of the shadow, to the east and to the north. From the place, the Moon's centre is seen in
    /// this direction from the Sun's.
    pub offset: [f64; 2],
    /// The change of that an hour.
    pub motion: [f64; 2],
    /// The change of the motion an hour, as far as the turning Earth makes it.
    bend: [f64; 2],
    /// Above the fundamental plane.
    pub height: f64,
    radii: [Radius; 2],
}

impl Standpoint {
    const fn radius_of(&self, cone: Cone) -> Radius {
        let [penumbra, umbra] = self.radii;
        match cone {
            Cone::Penumbra => penumbra,
            Cone::Umbra => umbra,
        }
    }

    /// The radius of a cone at the height of the place, negative for the umbra proper.
    #[must_use]
    pub const fn radius(&self, cone: Cone) -> f64 {
        self.radius_of(cone).value
    }

    /// The change of that an hour, for the place that moves.
    #[must_use]
    pub const fn radius_rate(&self, cone: Cone) -> f64 {
        self.radius_of(cone).rate
    }

    /// How far the axis is.
    #[must_use]
    pub fn distance(&self) -> f64 {
        let [u, v] = self.offset;
        // The root of the squares is twice as fast as `hypot` and as good for numbers near 1.
        (u * u + v * v).sqrt()
    }

    /// How fast the axis moves past, an hour.
    #[must_use]
    pub fn speed(&self) -> f64 {
        let [u, v] = self.motion;
        (u * u + v * v).sqrt()
    }

    /// The square of the distance from the axis less that of the cone's radius: below zero inside the cone.
    #[must_use]
    pub fn outside(&self, cone: Cone) -> f64 {
        let ([u, v], radius) = (self.offset, self.radius(cone));
        u * u + v * v - radius * radius
    }

    /// Half the change of [`Standpoint::outside`] an hour. It is zero where the place is deepest in the cone.
    #[must_use]
    pub fn outside_rate(&self, cone: Cone) -> f64 {
        let Radius { value, rate } = self.radius_of(cone);
        self.receding() - value * rate
    }

    /// Half the change of the square of the distance an hour.
    fn receding(&self) -> f64 {
        let ([u, v], [u_rate, v_rate]) = (self.offset, self.motion);
        u * u_rate + v * v_rate
    }

    /// The change of [`Standpoint::outside_rate`] an hour, to a few parts in a thousand.
    pub(super) fn outside_bend(&self) -> f64 {
        let ([u, v], [u_rate, v_rate], [u_bend, v_bend]) = (self.offset, self.motion, self.bend);
        u_rate * u_rate + v_rate * v_rate + u * u_bend + v * v_bend
    }

    /// Climbs through zero when the magnitude, as it is counted in a partial eclipse, is greatest.
    ///
    /// The magnitude is G = (L₁ − m) / (L₁ + L₂), so that G′ = 0 where m m′ = m (L₁′ − G (L₁′ + L₂′)).
    pub(super) fn past_greatest(&self) -> f64 {
        let [penumbra, umbra] = self.radii;
        let depth = self.partial_magnitude();
        self.receding() - self.distance() * (penumbra.rate - depth * (penumbra.rate + umbra.rate))
    }

    /// The part of the Sun's diameter that is covered, as if neither disc lay within the other: below 0 outside the penumbra.
    #[must_use]
    pub fn partial_magnitude(&self) -> f64 {
        let [penumbra, umbra] = self.radii;
        (penumbra.value - self.distance()) / (penumbra.value + umbra.value)
    }

    /// Whether one of the two discs lies within the other.
    #[must_use]
    pub fn is_central(&self) -> bool {
        self.outside(Cone::Umbra) < 0.0
    }

    /// Whether the Moon is too small to cover the Sun.
    #[must_use]
    pub const fn is_annular(&self) -> bool {
        self.radius(Cone::Umbra) > 0.0
    }

    /// The Moon's diameter in diameters of the Sun.
    ///
    /// In units of the sum of both cones' radii the Sun's radius is 1 and the Moon's this; the distance of the centres is twice
    /// that of the axis (Explanatory Supplement, 11.3.5).
    #[must_use]
    pub fn diameter_ratio(&self) -> f64 {
        let [penumbra, umbra] = self.radii;
        (penumbra.value - umbra.value) / (penumbra.value + umbra.value)
    }

    /// The magnitude as NASA counts it: the part of the Sun's diameter that is covered, and where one of the discs lies within
    /// the other the ratio of their diameters. 0 outside the penumbra.
    #[must_use]
    pub fn magnitude(&self) -> f64 {
        if self.is_central() { self.diameter_ratio() } else { self.partial_magnitude().max(0.0) }
    }

    /// The part of the Sun's disc that is covered, 0 to 1.
    #[must_use]
    pub fn obscuration(&self) -> f64 {
        let ratio = self.diameter_ratio();
        let [penumbra, umbra] = self.radii;
        let apart = 2.0 * self.distance() / (penumbra.value + umbra.value);
        if apart >= 1.0 + ratio {
            return 0.0;
        }
        if apart <= (1.0 - ratio).abs() {
            return if ratio < 1.0 { ratio * ratio } else { 1.0 };
        }
        // The lens of two discs: at each centre half the angle that the common chord spans.
        let sun = angle((apart * apart + 1.0 - ratio * ratio) / (2.0 * apart));
        let moon = angle((apart * apart + ratio * ratio - 1.0) / (2.0 * apart * ratio));
        let lens = (sun - sun.sin() * sun.cos()) + ratio * ratio * (moon - moon.sin() * moon.cos());
        (lens / std::f64::consts::PI).clamp(0.0, 1.0)
    }

    /// The direction of the Moon's centre from the Sun's, degrees from celestial north through east, 0 to 360; 0 where the
    /// centres coincide.
    #[must_use]
    pub fn position_angle_deg(&self) -> f64 {
        let [u, v] = self.offset;
        crate::frames::wrap_deg(u.atan2(v).to_degrees())
    }
}

/// The angle of a cosine that rounding may have carried beyond 1.
fn angle(cosine: f64) -> f64 {
    cosine.clamp(-1.0, 1.0).acos()
}
