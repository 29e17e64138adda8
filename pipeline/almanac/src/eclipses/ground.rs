//! The ground under the shadow: the ellipsoid, places on it, and the axes that turn with it.
//!
//! The Earth is NASA's: a radius of 6378.137 km, a flattening of 1/298.257 (Espenak & Meeus, *Five Millennium Canon of Solar
//! Eclipses*, 2006). Longitudes are ephemeris ones: those that places would have if UT1 were TT.

use orrery_format::eclipse::ROTATION_DEG_PER_S;

use crate::topocentric::Site;

/// Equatorial radius of the Earth, km: the unit of the elements.
pub(super) const EARTH_RADIUS_KM: f64 = 6378.137;
/// Flattening of the Earth.
pub(super) const FLATTENING: f64 = 1.0 / 298.257;
/// The polar radius of the Earth in equatorial ones.
pub(super) const POLAR_RADIUS: f64 = 1.0 - FLATTENING;

/// A vector that turns with the Earth: to longitude 0 on the equator, to 90° east on it, to the north pole.
pub(super) type Turning = [f64; 3];

/// The inner product.
#[inline]
pub(super) fn dot(a: &Turning, b: &Turning) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The vector product.
#[inline]
pub(super) fn cross(a: &Turning, b: &Turning) -> Turning {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Of length 1.
#[inline]
pub(super) fn unit(a: &Turning) -> Turning {
    let length = dot(a, a).sqrt();
    a.map(|component| component / length)
}

/// `a` and so much of `b`.
#[inline]
pub(super) fn along(a: &Turning, much: f64, b: &Turning) -> Turning {
    [a[0] + much * b[0], a[1] + much * b[1], a[2] + much * b[2]]
}

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
        [up.clamp(-1.0, 1.0).asin().to_degrees(), azimuth]
    }
}

/// A point of the ellipsoid.
///
/// It is kept by its direction in a space in which the ellipsoid is a sphere of radius 1: a unit vector along whose third axis
/// lengths are counted in polar radii. So no pole and no meridian is special.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SurfacePoint(pub(super) Turning);

impl SurfacePoint {
    /// The point nearest to a vector.
    pub(super) fn towards(direction: &Turning) -> SurfacePoint {
        SurfacePoint(unit(direction))
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
