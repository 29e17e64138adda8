//! How a place stands in the shadow: how far from the axis and how deep in each cone, and what it sees there.

use super::{Cone, FundamentalPlane};
use crate::space::dot;

impl FundamentalPlane {
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
    pub(in crate::eclipses) fn outside_bend(&self) -> f64 {
        let ([u, v], [u_rate, v_rate], [u_bend, v_bend]) = (self.offset, self.motion, self.bend);
        u_rate * u_rate + v_rate * v_rate + u * u_bend + v * v_bend
    }

    /// Climbs through zero when the magnitude, as it is counted in a partial eclipse, is greatest.
    ///
    /// The magnitude is G = (L₁ − m) / (L₁ + L₂), so that G′ = 0 where m m′ = m (L₁′ − G (L₁′ + L₂′)).
    pub(in crate::eclipses) fn past_greatest(&self) -> f64 {
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
        // The lens of two discs, two sectors less the kite between the centres and the horns: at each centre half the angle that
        // the common chord spans.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A place so far from the axis, with such radii of penumbra and umbra.
    fn standpoint(penumbra: f64, umbra: f64, apart: f64) -> Standpoint {
        let radii = [penumbra, umbra].map(|value| Radius { value, rate: 0.0 });
        Standpoint { offset: [apart, 0.0], motion: [0.5, 0.0], bend: [0.0; 2], height: 0.0, radii }
    }

    #[test]
    fn discs_cover_each_other_as_circles_do() {
        let obscuration = |penumbra, umbra, apart| standpoint(penumbra, umbra, apart).obscuration();
        // Radii of 1 and 1: a lens of 2π/3 − √3/2 at a distance of one radius.
        let lens = (2.0 * std::f64::consts::FRAC_PI_3 - 0.75_f64.sqrt()) / std::f64::consts::PI;
        assert!((obscuration(2.0, 0.0, 1.0) - lens).abs() < 1e-12);
        assert_eq!(obscuration(2.0, 0.0, 2.0), 0.0);
        assert!((obscuration(2.0, 0.2, 0.1) - (0.9_f64 / 1.1).powi(2)).abs() < 1e-15);
        assert_eq!(obscuration(2.0, -0.2, 0.1), 1.0);
        // What is covered grows evenly as one disc moves over the other.
        let mut before = 0.0;
        for step in (0..200).rev() {
            let now = obscuration(2.0, 0.1, f64::from(step) / 100.0);
            assert!(now >= before && now - before < 0.02, "{step}: {before} {now}");
            before = now;
        }
    }

    #[test]
    fn magnitudes_are_parts_of_the_suns_diameter() {
        // The Sun's radius is half the sum of the cones', the Moon's half the difference.
        let (sun, moon) = (1.1, 0.9);
        for apart in [0.25, 0.8, 1.0, 1.5, 1.99] {
            let here = standpoint(2.0, 0.2, apart);
            let covered = (sun + moon - apart) / (2.0 * sun);
            assert!((here.magnitude() - covered).abs() < 1e-15 && !here.is_central());
        }
        let within = standpoint(2.0, 0.2, 0.1);
        assert!(
            within.is_central() && within.is_annular() && (within.magnitude() - moon / sun).abs() < 1e-15
        );
        let under = standpoint(2.0, -0.2, 0.1);
        assert!(under.is_central() && !under.is_annular() && (under.magnitude() - sun / moon).abs() < 1e-15);
        assert_eq!(standpoint(2.0, 0.2, 2.1).magnitude(), 0.0);
    }
}
