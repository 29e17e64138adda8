//! The Earth's figure as a shadow meets it, in the fundamental frame: the origin at the Earth's centre, ζ along the axis of
//! the shadow towards the Moon, ξ eastward and η northward in the fundamental plane. Lengths are in equatorial radii.

/// The Earth's equatorial radius, km (WGS 84 and GRS 80; Espenak and Meeus, *Five Millennium Canon of Solar Eclipses*, 1.2).
pub(crate) const EARTH_RADIUS_KM: f64 = 6_378.137;

/// The Earth's flattening (the same).
const FLATTENING: f64 = 1.0 / 298.257;

/// The square of the eccentricity of a meridian.
const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// The square of the second eccentricity.
const SECOND_E2: f64 = E2 / (1.0 - E2);

/// How often the direction of the nearest point of an outline is improved; each time leaves at most a hundredth of the error.
const OUTLINE_ROUNDS: usize = 5;

/// Where the axis of a shadow points to: its declination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aspect {
    /// Sine of the declination.
    pub(crate) sin_d: f64,
    /// Its cosine.
    pub(crate) cos_d: f64,
}

/// A place on the ellipsoid, turning with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// Geographic latitude, degrees.
    pub(crate) latitude_deg: f64,
    /// Ephemeris longitude, degrees, −180 to 180, east positive.
    pub(crate) ephemeris_longitude_deg: f64,
    /// From the Earth's axis.
    from_axis: f64,
    /// From the plane of the equator, northward.
    north: f64,
}

impl Aspect {
    pub(crate) fn new(d_deg: f64) -> Aspect {
        let (sin_d, cos_d) = d_deg.to_radians().sin_cos();
        Aspect { sin_d, cos_d }
    }

    /// Where a line along the axis, at a place of the fundamental plane, meets the side of the ellipsoid that is turned to
    /// the Moon: ζ. `None` where it misses.
    pub(crate) fn pierced(&self, x: f64, y: f64) -> Option<f64> {
        let Aspect { sin_d, cos_d } = *self;
        // ξ² + η² + ζ² + e′² (η cos d + ζ sin d)² = 1, a quadratic equation of ζ.
        let square = 1.0 + SECOND_E2 * sin_d * sin_d;
        let half = SECOND_E2 * y * cos_d * sin_d;
        let rest = x * x + y * y * (1.0 + SECOND_E2 * cos_d * cos_d) - 1.0;
        let discriminant = half * half - square * rest;
        (discriminant >= 0.0).then(|| (discriminant.sqrt() - half) / square)
    }

    /// The point of the ellipsoid nearest to a line along the axis that misses it. There the axis is horizontal.
    pub(crate) fn nearest(&self, x: f64, y: f64) -> [f64; 3] {
        let (sin, cos) = self.outward(x, y, 0.0, 1.0).sin_cos();
        let narrow = 1.0 - E2 * self.cos_d * self.cos_d;
        let support = (cos * cos + narrow * sin * sin).sqrt();
        let (xi, eta) = (cos / support, narrow * sin / support);
        let zeta = -SECOND_E2 * eta * self.cos_d * self.sin_d / (1.0 + SECOND_E2 * self.sin_d * self.sin_d);
        [xi, eta, zeta]
    }

    /// How far a plane that touches the ellipsoid is from its centre, as the fundamental plane is cut by it. Its normal
    /// points to an angle θ there and is tilted out of it, towards the Moon by an angle of the sine given.
    fn support(&self, sin_theta: f64, sin_tilt: f64, cos_tilt: f64) -> f64 {
        let towards_pole = sin_theta * cos_tilt * self.cos_d + sin_tilt * self.sin_d;
        (1.0 - E2 * towards_pole * towards_pole).sqrt() / cos_tilt
    }

    /// The angle at which a point of the fundamental plane stands furthest out of the outline of such planes.
    fn outward(&self, x: f64, y: f64, sin_tilt: f64, cos_tilt: f64) -> f64 {
        let (distance, bearing) = (x.hypot(y), y.atan2(x));
        let mut theta = bearing;
        for _ in 0..OUTLINE_ROUNDS {
            // Where the rate of x cos θ + y sin θ is that of the support.
            let (sin, cos) = theta.sin_cos();
            let towards_pole = sin * cos_tilt * self.cos_d + sin_tilt * self.sin_d;
            let root = (1.0 - E2 * towards_pole * towards_pole).sqrt();
            let rate = -E2 * towards_pole * cos * self.cos_d / root;
            theta = bearing - (rate / distance).clamp(-1.0, 1.0).asin();
        }
        theta
    }

    /// How far a point of the fundamental plane is outside the ellipsoid's outline (inside it, where negative), the outline
    /// being that of the planes that touch the ellipsoid and are tilted towards the Moon by an angle of this sine. Exact
    /// near the outline; near the centre, a rough number well below zero.
    pub(crate) fn clearance(&self, x: f64, y: f64, sin_tilt: f64) -> f64 {
        let cos_tilt = (1.0 - sin_tilt * sin_tilt).sqrt();
        if x.hypot(y) < 0.1 {
            return x.hypot(y) - 1.0;
        }
        let (sin, cos) = self.outward(x, y, sin_tilt, cos_tilt).sin_cos();
        x * cos + y * sin - self.support(sin, sin_tilt, cos_tilt)
    }
}

impl Place {
    /// A point of the ellipsoid, when the axis is at an ephemeris hour angle.
    pub(crate) fn at(aspect: &Aspect, mu_deg: f64, [xi, eta, zeta]: [f64; 3]) -> Place {
        let Aspect { sin_d, cos_d } = *aspect;
        let towards_axis = zeta * cos_d - eta * sin_d;
        let north = eta * cos_d + zeta * sin_d;
        let from_axis = xi.hypot(towards_axis);
        let hour_angle_deg = xi.atan2(towards_axis).to_degrees();
        Place {
            latitude_deg: north.atan2((1.0 - E2) * from_axis).to_degrees(),
            ephemeris_longitude_deg: turn_deg(hour_angle_deg - mu_deg),
            from_axis,
            north,
        }
    }

    /// Where it stands in the fundamental frame.
    pub(crate) fn fundamental(&self, aspect: &Aspect, mu_deg: f64) -> [f64; 3] {
        let Aspect { sin_d, cos_d } = *aspect;
        let (sin_h, cos_h) = (mu_deg + self.ephemeris_longitude_deg).to_radians().sin_cos();
        let towards_axis = self.from_axis * cos_h;
        [
            self.from_axis * sin_h,
            self.north * cos_d - towards_axis * sin_d,
            self.north * sin_d + towards_axis * cos_d,
        ]
    }

    /// Azimuth from north through east, 0 ≤ A < 360, and altitude of the axis' direction, degrees.
    pub(crate) fn horizontal_deg(&self, aspect: &Aspect, mu_deg: f64) -> (f64, f64) {
        let Aspect { sin_d, cos_d } = *aspect;
        let (sin_h, cos_h) = (mu_deg + self.ephemeris_longitude_deg).to_radians().sin_cos();
        let (sin, cos) = self.latitude_deg.to_radians().sin_cos();
        let up = sin * sin_d + cos * cos_d * cos_h;
        let (north, east) = (cos * sin_d - sin * cos_d * cos_h, -cos_d * sin_h);
        let azimuth_deg = crate::frames::wrap_deg(east.atan2(north).to_degrees());
        (azimuth_deg, up.atan2(north.hypot(east)).to_degrees())
    }
}

/// An angle in degrees brought to −180 ≤ x < 180.
pub(crate) fn turn_deg(angle_deg: f64) -> f64 {
    crate::frames::wrap_deg(angle_deg + 180.0) - 180.0
}

/// Geographic latitude, degrees, of the place that has a point in its zenith: the point's distances from the Earth's axis
/// and northward from its equator.
pub(crate) fn zenith_latitude_deg(from_axis: f64, north: f64) -> f64 {
    // The vertical through the point leaves the axis e² N sin φ south of the centre. Far out, two rounds are exact.
    let mut latitude = north.atan2(from_axis);
    for _ in 0..4 {
        let sin = latitude.sin();
        latitude = (north + E2 * sin / (1.0 - E2 * sin * sin).sqrt()).atan2(from_axis);
    }
    latitude.to_degrees()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How far a point is from the ellipsoid's surface, as the square of its distance has it there.
    fn off_surface(aspect: &Aspect, [xi, eta, zeta]: [f64; 3]) -> f64 {
        let north = (eta * aspect.cos_d + zeta * aspect.sin_d) / (1.0 - FLATTENING);
        let towards = zeta * aspect.cos_d - eta * aspect.sin_d;
        xi * xi + towards * towards + north * north - 1.0
    }

    #[test]
    fn latitudes_are_geographic() {
        let aspect = Aspect::new(20.0);
        // Where the axis goes through the centre, its direction is 20° from the equator as seen from there.
        let zeta = aspect.pierced(0.0, 0.0).unwrap();
        let place = Place::at(&aspect, 50.0, [0.0, 0.0, zeta]);
        let expected = (20_f64.to_radians().tan() / (1.0 - E2)).atan().to_degrees();
        assert!(
            (place.latitude_deg - expected).abs() < 1e-12
                && (place.ephemeris_longitude_deg + 50.0).abs() < 1e-12
        );
        // The vertical of a place goes out through what stands in its zenith.
        let (sin, cos) = place.latitude_deg.to_radians().sin_cos();
        for height in [0.0, 1.0, 60.0] {
            let latitude = zenith_latitude_deg(place.from_axis + height * cos, place.north + height * sin);
            assert!(
                (latitude - place.latitude_deg).abs() < if height > 0.0 { 1e-7 } else { 1e-6 },
                "{latitude}"
            );
        }
        assert_eq!(zenith_latitude_deg(60.0, 0.0), 0.0);
        assert!((zenith_latitude_deg(0.0, -60.0) + 90.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn lines_meet_the_surface_or_pass_it(x in -1.5..1.5_f64, y in -1.5..1.5_f64, d_deg in -30.0..30.0_f64) {
            let aspect = Aspect::new(d_deg);
            if let Some(zeta) = aspect.pierced(x, y) {
                prop_assert!(off_surface(&aspect, [x, y, zeta]).abs() < 1e-14);
                // The other end of the line is further from the Moon.
                prop_assert!(off_surface(&aspect, [x, y, zeta + 1e-3]) > 0.0);
                prop_assert!(aspect.clearance(x, y, 0.0) < 1e-9);
            } else {
                let [xi, eta, zeta] = aspect.nearest(x, y);
                prop_assert!(off_surface(&aspect, [xi, eta, zeta]).abs() < 1e-12);
                let distance = (x - xi).hypot(y - eta);
                prop_assert!((distance - aspect.clearance(x, y, 0.0)).abs() < 1e-9);
                // No other point of the outline is nearer.
                for step in 0..1000 {
                    let (sin, cos) = (f64::from(step) * std::f64::consts::TAU / 1000.0).sin_cos();
                    let narrow = (1.0 - E2 * aspect.cos_d * aspect.cos_d).sqrt();
                    prop_assert!((x - cos).hypot(y - narrow * sin) > distance - 1e-9);
                }
                let place = Place::at(&aspect, 10.0, [xi, eta, zeta]);
                prop_assert!(place.horizontal_deg(&aspect, 10.0).1.abs() < 1e-9);
            }
        }

        #[test]
        fn places_turn_with_the_earth(
            x in -0.65..0.65_f64,
            y in -0.65..0.65_f64,
            d_deg in -30.0..30.0_f64,
            mu_deg in 0.0..360.0_f64,
            turn_deg in -60.0..60.0_f64,
        ) {
            let aspect = Aspect::new(d_deg);
            let zeta = aspect.pierced(x, y).unwrap();
            let place = Place::at(&aspect, mu_deg, [x, y, zeta]);
            let back = place.fundamental(&aspect, mu_deg);
            for (is, was) in back.iter().zip([x, y, zeta]) {
                prop_assert!((is - was).abs() < 1e-14);
            }
            // It stays on the surface, and keeps its distance from the equator.
            let later = place.fundamental(&aspect, mu_deg + turn_deg);
            prop_assert!(off_surface(&aspect, later).abs() < 1e-13);
            let north = |[_, eta, zeta]: [f64; 3]| eta * aspect.cos_d + zeta * aspect.sin_d;
            prop_assert!((north(later) - north(back)).abs() < 1e-14);
            // The Sun is in the west of what lies east of its meridian.
            let (azimuth_deg, altitude_deg) = place.horizontal_deg(&aspect, mu_deg);
            prop_assert!((0.0..360.0).contains(&azimuth_deg) && altitude_deg > 20.0);
            prop_assert!(x.abs() < 1e-3 || (azimuth_deg > 180.0) == (x > 0.0));
        }

        /// The clearance of a tilted outline by all the planes that touch the ellipsoid, one after the other.
        #[test]
        fn outlines_are_those_of_planes(
            distance in 0.35..1.7_f64,
            bearing in -3.1..3.1_f64,
            d_deg in -30.0..30.0_f64,
            sin_tilt in -0.005..0.005_f64,
        ) {
            let aspect = Aspect::new(d_deg);
            let (x, y) = (distance * bearing.cos(), distance * bearing.sin());
            let cos_tilt = (1.0 - sin_tilt * sin_tilt).sqrt();
            let best = (0..20_000).map(|step| {
                let (sin, cos) = (f64::from(step) * std::f64::consts::TAU / 20_000.0).sin_cos();
                let pole = sin * cos_tilt * aspect.cos_d + sin_tilt * aspect.sin_d;
                let reach = (1.0 - pole * pole + (1.0 - FLATTENING).powi(2) * pole * pole).sqrt();
                x * cos + y * sin - reach / cos_tilt
            });
            let best = best.fold(f64::NEG_INFINITY, f64::max);
            prop_assert!((aspect.clearance(x, y, sin_tilt) - best).abs() < 1e-7);
        }
    }
}
