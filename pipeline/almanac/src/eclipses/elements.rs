//! Besselian elements at an instant: where the Moon's shadow lies in the fundamental plane, and where a place stands in it
//! ([`Standpoint`]).
//!
//! The fundamental plane goes through the centre of the Earth, square to the axis of the shadow; its first direction points to
//! the east, its second to the north, and its third towards the Moon and the Sun (Explanatory Supplement to the Astronomical
//! Almanac, 11.3). Lengths are in equatorial radii of the Earth, times in hours of TT since [`Elements::t0_jd_tt`]. Longitudes
//! are ephemeris ones, so that nothing here depends on ΔT.

mod standpoint;

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

pub use self::standpoint::Standpoint;
use super::ellipsoid::{POLAR_RADIUS, Ray, SurfacePoint, Turning};
use super::polynomial::value_and_rate;
use crate::space::{cross, unit};

/// Hours of a day.
pub(super) const DAY_H: f64 = 24.0;

/// Seconds of an hour.
pub(super) const HOUR_S: f64 = 3600.0;

/// The instant so many hours after the origin of the elements.
#[must_use]
pub fn instant(elements: &Elements, hours: f64) -> TtDay {
    TtDay(elements.t0_jd_tt + hours / DAY_H)
}

/// Hours from the origin of the elements to an instant.
#[must_use]
pub fn hours(elements: &Elements, tt: TtDay) -> f64 {
    (tt.jd() - elements.t0_jd_tt) * DAY_H
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

impl FundamentalPlane {
    /// The plane so many hours after the origin of the elements. Whether they hold then is for the caller to care for.
    #[must_use]
    pub fn at(elements: &Elements, hours: f64) -> FundamentalPlane {
        let (x, x_rate) = value_and_rate(&elements.x, hours);
        let (y, y_rate) = value_and_rate(&elements.y, hours);
        let (d_deg, d_rate_deg) = value_and_rate(&elements.d_deg, hours);
        let (mu_deg, mu_rate_deg) = value_and_rate(&elements.mu_deg, hours);
        let section = |radius: &[f64; 5], tangent: &[f64; 2]| {
            let (radius, radius_rate) = value_and_rate(radius, hours);
            let (slope, slope_rate) = value_and_rate(tangent, hours);
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

    /// The point of the ground under the axis, on the side of the day; where the axis misses the Earth, one beside it.
    pub(super) fn under_axis(&self) -> SurfacePoint {
        self.ray(self.axis, [0.0; 2]).end(true)
    }
}
