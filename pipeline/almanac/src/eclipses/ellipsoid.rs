//! The ground under the shadow: the ellipsoid, places on it, and the axes that turn with it. Longitudes are ephemeris ones: those
//! that places would have if UT1 were TT.
//!
//! The Earth is that of the canons. [`crate::topocentric`] has another, the IERS' as the Swiss Ephemeris uses it, because its
//! places are compared with that source's to a tenth of a milliarcsecond. The two are 0.4 m apart, which moves no limit on a map
//! and no contact by a millisecond; what the canons publish is met with theirs.

use orrery_format::eclipse::ROTATION_DEG_PER_S;

use crate::space::{along, cross, dot, unit};
use crate::topocentric::Site;

/// The Earth's equatorial radius, km, which is the unit of the elements (WGS 84 and GRS 80; Espenak and Meeus, *Five Millennium
/// Canon of Solar Eclipses*, 1.2).
pub(super) const EARTH_RADIUS_KM: f64 = 6_378.137;
/// The Earth's flattening (the same).
const FLATTENING: f64 = 1.0 / 298.257;
/// The polar radius of the Earth in equatorial ones.
pub(super) const POLAR_RADIUS: f64 = 1.0 - FLATTENING;
/// The square of the eccentricity of a meridian.
pub(super) const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// A vector that turns with the Earth: to longitude 0 on the equator, to 90° east on it, to the north pole.
pub(super) type Turning = [f64; 3];

/// A site: where it is, and which ways lead up, east and north from there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    /// From the centre of the Earth, in equatorial radii.
    pub(super) place: Turning,
    pub(super) zenith: Turning,
    /// Along the horizon; at a pole, by the meridian that the longitude names.
    pub(super) eastward: Turning,
    pub(super) northward: Turning,
}

impl Ground {
    /// The ground of a site, with ΔT in seconds.
    pub(super) fn of(site: &Site, delta_t_s: f64) -> Ground {
        let ephemeris_deg = site.longitude_deg - ROTATION_DEG_PER_S * delta_t_s;
        Ground::at(site.latitude_deg, ephemeris_deg, site.altitude_m)
    }

    /// The ground at a point of the ellipsoid.
    pub(super) fn under(point: &SurfacePoint) -> Ground {
        let [latitude_deg, ephemeris_longitude_deg] = point.geographic_deg();
        Ground::at(latitude_deg, ephemeris_longitude_deg, 0.0)
    }

    /// The ground at a geographic latitude and an ephemeris longitude, degrees, so many metres above the ellipsoid.
    pub(super) fn at(latitude_deg: f64, ephemeris_longitude_deg: f64, altitude_m: f64) -> Ground {
        let (sin_lat, cos_lat) = latitude_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = ephemeris_longitude_deg.to_radians().sin_cos();
        let squeeze = POLAR_RADIUS * POLAR_RADIUS;
        let radius = 1.0 / (cos_lat * cos_lat + squeeze * sin_lat * sin_lat).sqrt();
        let height = altitude_m / (1000.0 * EARTH_RADIUS_KM);
        let beside = (radius + height) * cos_lat;
        Ground {
            place: [beside * cos_lon, beside * sin_lon, (radius * squeeze + height) * sin_lat],
            zenith: [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            eastward: [-sin_lon, cos_lon, 0.0],
            northward: [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
        }
    }

    /// Altitude of the Sun, degrees, and its azimuth from north over east, 0 to 360, given the direction to it.
    pub(super) fn horizontal_deg(&self, sunward: &Turning) -> [f64; 2] {
        let [east, north, up] = [&self.eastward, &self.northward, &self.zenith].map(|way| dot(way, sunward));
        let azimuth = crate::frames::wrap_deg(east.atan2(north).to_degrees());
        [up.atan2(north.hypot(east)).to_degrees(), azimuth]
    }
}

/// A point of the ellipsoid.
///
/// It is kept by its direction in a space in which the ellipsoid is a sphere of radius 1: a unit vector along whose third axis
/// lengths are counted in polar radii. So no pole and no meridian is special.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SurfacePoint(pub(super) Turning);

impl SurfacePoint {
    /// The point in a direction of that space.
    pub(super) fn towards(direction: &Turning) -> SurfacePoint {
        SurfacePoint(unit(direction))
    }

    /// The point that a vector from the centre of the Earth leads to, which is on the ellipsoid but for rounding.
    pub(super) fn of_place([x, y, z]: &Turning) -> SurfacePoint {
        SurfacePoint::towards(&[*x, *y, z / POLAR_RADIUS])
    }

    /// From the centre of the Earth, in equatorial radii.
    pub(super) fn place(&self) -> Turning {
        let [x, y, z] = self.0;
        [x, y, z * POLAR_RADIUS]
    }

    /// The direction to the zenith.
    pub(super) fn zenith(&self) -> Turning {
        let [x, y, z] = self.0;
        unit(&[x, y, z / POLAR_RADIUS])
    }

    /// Geographic latitude and ephemeris longitude, degrees; the longitude from −180 to 180.
    pub(super) fn geographic_deg(&self) -> [f64; 2] {
        let [x, y, z] = self.0;
        let latitude = (z / POLAR_RADIUS).atan2(x.hypot(y));
        [latitude.to_degrees(), y.atan2(x).to_degrees()]
    }

    /// The angle to another point, radians, as seen from the centre of that sphere.
    pub(super) fn angle_to(&self, other: &SurfacePoint) -> f64 {
        let across = cross(&self.0, &other.0);
        dot(&across, &across).sqrt().atan2(dot(&self.0, &other.0))
    }
}

/// A straight line through the Earth, or past it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ray {
    /// In the space of surface points.
    start: Turning,
    way: Turning,
    /// Along the way, the ends in the ground are at (−half ± √within) / square.
    square: f64,
    half: f64,
    within: f64,
}

impl Ray {
    /// Through a point, in a direction.
    pub(super) fn new(start: &Turning, way: &Turning) -> Ray {
        let [start, way] = [start, way].map(|v| [v[0], v[1], v[2] / POLAR_RADIUS]);
        let (square, half) = (dot(&way, &way), dot(&start, &way));
        let within = half * half - square * (dot(&start, &start) - 1.0);
        Ray { start, way, square, half, within }
    }

    /// Above zero where the line goes through the Earth, below where it misses it.
    pub(super) const fn within(&self) -> f64 {
        self.within
    }

    /// The point of the ground at its forward end, or at the other. A line that misses the Earth has the point beside it.
    pub(super) fn end(&self, is_forward: bool) -> SurfacePoint {
        let root = self.within.max(0.0).sqrt();
        let at = (if is_forward { root } else { -root } - self.half) / self.square;
        SurfacePoint::towards(&along(&self.start, at, &self.way))
    }

    /// Above zero where the line comes out of the ground at a point of it, below where it goes in.
    pub(super) fn rising(&self, at: &SurfacePoint) -> f64 {
        dot(&self.way, &at.0)
    }
}

/// Geographic latitude, degrees, of the place that has a point in its zenith: the point's distances from the Earth's axis
/// and northward from its equator.
pub(super) fn zenith_latitude_deg(from_axis: f64, north: f64) -> f64 {
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
    fn off_surface([x, y, z]: Turning) -> f64 {
        let north = z / (1.0 - 1.0 / 298.257);
        x * x + y * y + north * north - 1.0
    }

    fn apart(a: &Turning, b: &Turning) -> f64 {
        let between = along(a, -1.0, b);
        dot(&between, &between).sqrt()
    }

    #[test]
    fn latitudes_are_geographic() {
        // 20° from the equator as seen from the centre.
        let (sin, cos) = 20_f64.to_radians().sin_cos();
        let point = Ray::new(&[0.0; 3], &[cos, 0.0, sin]).end(true);
        let [latitude_deg, longitude_deg] = point.geographic_deg();
        let expected = ((sin / cos) / (1.0 - E2)).atan().to_degrees();
        assert!((latitude_deg - expected).abs() < 1e-12 && longitude_deg.abs() < 1e-12);
        // The vertical of a place goes out through what stands in its zenith.
        let ([x, _, z], (sin, cos)) = (point.place(), latitude_deg.to_radians().sin_cos());
        for height in [0.0, 1.0, 60.0] {
            let latitude = zenith_latitude_deg(x + height * cos, z + height * sin);
            assert!((latitude - latitude_deg).abs() < if height > 0.0 { 1e-7 } else { 1e-6 }, "{latitude}");
        }
        assert_eq!(zenith_latitude_deg(60.0, 0.0), 0.0);
        assert!((zenith_latitude_deg(0.0, -60.0) + 90.0).abs() < 1e-9);
    }

    #[test]
    fn the_sun_goes_from_east_over_the_zenith_to_west() {
        // Direction to the Sun over the equator, as it stands at hour angles of a place at 10° east.
        let ground = Ground::at(0.0, 10.0, 0.0);
        for (hour_angle_deg, altitude_deg, azimuth_deg) in
            [(-60.0, 30.0, 90.0), (0.0, 90.0, 0.0), (75.0, 15.0, 270.0)]
        {
            let longitude = f64::to_radians(10.0 - hour_angle_deg);
            let [altitude, azimuth] = ground.horizontal_deg(&[longitude.cos(), longitude.sin(), 0.0]);
            assert!((altitude - altitude_deg).abs() < 1e-9, "{altitude}");
            assert!(hour_angle_deg == 0.0 || (azimuth - azimuth_deg).abs() < 1e-9, "{azimuth}");
        }
        let [altitude, azimuth] = Ground::at(50.0, 10.0, 0.0).horizontal_deg(&[1.0, 0.0, 0.0]);
        assert!(
            (180.0..270.0).contains(&azimuth) && (39.0..40.0).contains(&altitude),
            "{azimuth} {altitude}"
        );
    }

    proptest! {
        #[test]
        fn sites_and_points_of_the_surface_are_the_same_places(
            latitude_deg in -90.0..90.0_f64,
            longitude_deg in -180.0..180.0_f64,
            altitude_m in -400.0..9000.0_f64,
        ) {
            let ground = Ground::at(latitude_deg, longitude_deg, 0.0);
            prop_assert!(off_surface(ground.place).abs() < 1e-14);
            let point = SurfacePoint::of_place(&ground.place);
            let [latitude, longitude] = point.geographic_deg();
            prop_assert!((latitude - latitude_deg).abs() < 1e-10);
            prop_assert!((longitude - longitude_deg).abs() * latitude_deg.to_radians().cos() < 1e-10);
            prop_assert!(apart(&point.place(), &ground.place) < 1e-14);
            prop_assert!(apart(&point.zenith(), &ground.zenith) < 1e-14);
            // What is higher stands in the zenith.
            let site = Site { latitude_deg, longitude_deg: longitude_deg + 50.0 * ROTATION_DEG_PER_S, altitude_m };
            let raised = Ground::of(&site, 50.0);
            let expected = along(&ground.place, altitude_m / 6_378_137.0, &ground.zenith);
            prop_assert!(apart(&raised.place, &expected) < 1e-14);
        }

        #[test]
        fn lines_go_through_the_surface_or_past_it(
            start in [-1.5..1.5_f64, -1.5..1.5, -1.5..1.5],
            way in [-1.0..1.0_f64, -1.0..1.0, -1.0..1.0],
        ) {
            prop_assume!(dot(&way, &way) > 1e-3);
            let ray = Ray::new(&start, &way);
            let ends = [false, true].map(|is_forward| ray.end(is_forward).place());
            for end in ends {
                prop_assert!(off_surface(end).abs() < 1e-13);
            }
            if ray.within() > 1e-9 {
                let [back, forward] = ends;
                let between = along(&forward, -1.0, &back);
                prop_assert!(dot(&between, &way) > 0.0);
                // Both are on the line.
                let beside = cross(&along(&forward, -1.0, &start), &way);
                prop_assert!(dot(&beside, &beside).sqrt() < 1e-9);
                prop_assert!(ray.rising(&ray.end(true)) > 0.0 && ray.rising(&ray.end(false)) < 0.0);
            } else if ray.within() < -1e-9 {
                for nth in -100..=100 {
                    let at = along(&start, 0.1 * f64::from(nth), &way);
                    prop_assert!(off_surface(at) > 0.0);
                }
            }
        }
    }
}
