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
