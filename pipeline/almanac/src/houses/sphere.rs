//! The spherical triangles that houses are made of.
//!
//! Nearly every cusp is where a great circle meets the ecliptic. Such a circle is given by the right ascension at which it
//! crosses the equator and by its pole height, the distance of the celestial pole from it: that of the meridian is nothing, that
//! of the horizon the geographic latitude. So one formula makes them all (`Asc1` in `swehouse.c` of 2.10.03).

use crate::frames::turn_deg;
use crate::vector::Varying;

/// What is smaller than this the Swiss Ephemeris takes for nothing (`VERY_SMALL` in `swehouse.h`), which decides where the
/// ecliptic lies in the circle that is to cut it.
pub(super) const NOTHING: f64 = 1e-10;

/// The equator, the ecliptic and the horizon of a place, with their sines at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sphere {
    /// Right ascension of the meridian, degrees.
    pub(super) armc: Varying,
    /// Geographic latitude, degrees: at a pole a trifle beside it.
    pub(super) latitude_deg: f64,
    /// Its tangent.
    pub(super) tan_latitude: f64,
    /// Sine and cosine of the obliquity.
    pub(super) sin: Varying,
    /// See `sin`.
    pub(super) cos: Varying,
    /// How far the polar circles are from the equator, degrees.
    pub(super) polar_circle_deg: f64,
    /// Where the ecliptic culminates in the south.
    pub(super) mc: Varying,
    /// Where the ecliptic crosses the horizon: the one of two points that the formula gives. Within a polar circle it may set there.
    pub(super) ascendant: Varying,
}

impl Sphere {
    pub(super) fn new(armc: Varying, latitude_deg: f64, obliquity: Varying) -> Sphere {
        let reach = 90.0 - NOTHING;
        let latitude_deg =
            if 90.0 - latitude_deg.abs() < NOTHING { reach.copysign(latitude_deg) } else { latitude_deg };
        let (sin, cos) = obliquity.sin_cos_deg();
        let none = Varying::default();
        let mut sphere = Sphere {
            armc: armc.wrapped_deg(),
            latitude_deg,
            tan_latitude: latitude_deg.to_radians().tan(),
            sin,
            cos,
            polar_circle_deg: 90.0 - obliquity.value,
            mc: none,
            ascendant: none,
        };
        sphere.mc = sphere.on_meridian(sphere.armc);
        sphere.ascendant = sphere.cut(sphere.armc + 90.0, sphere.horizon());
        sphere
    }

    /// The ecliptic longitude of where a great circle meets the ecliptic that crosses the equator at a right ascension, degrees,
    /// under a pole height given by its tangent.
    pub(super) fn cut(&self, right_ascension: Varying, tan_pole_height: Varying) -> Varying {
        let (sin, cos) = right_ascension.sin_cos_deg();
        let along = cos * self.cos - tan_pole_height * self.sin;
        let met = settled(sin).atan2_deg(settled(along)).wrapped_deg();
        let quarter = (met.value / 90.0).round() * 90.0;
        if (met.value - quarter).abs() < NOTHING { Varying { value: quarter % 360.0, ..met } } else { met }
    }

    /// The ecliptic longitude of a right ascension: where a meridian of the equator meets the ecliptic.
    pub(super) fn on_meridian(&self, right_ascension: Varying) -> Varying {
        self.cut(right_ascension, Varying::default())
    }

    /// Tangent of the horizon's pole height.
    pub(super) const fn horizon(&self) -> Varying {
        Varying::constant(self.tan_latitude)
    }

    /// Whether the place is within a polar circle, or on it.
    pub(super) fn is_polar(&self) -> bool {
        self.latitude_deg.abs() >= self.polar_circle_deg
    }

    /// Whether the ecliptic passes through the zenith of the place at some time.
    pub(super) fn is_tropical(&self) -> bool {
        self.latitude_deg.abs() <= 90.0 - self.polar_circle_deg
    }

    /// The sine of the ascensional difference of a point of the ecliptic over that of its right ascension: the product of both
    /// tangents, of the latitude and of the obliquity. Beyond ±1 parts of the ecliptic neither rise nor set.
    pub(super) fn steepness(&self) -> Varying {
        self.sin / self.cos * self.tan_latitude
    }

    /// The ascendant that is east of the midheaven, and how far: beyond the polar circles the point that the formula gives may be
    /// west of it, and then the opposite one is taken.
    pub(super) fn eastern(&self) -> Eastern {
        let quadrant = ahead(self.ascendant, self.mc);
        if quadrant.value < 0.0 {
            let ascendant = opposite(self.ascendant);
            Eastern { ascendant, quadrant: ahead(ascendant, self.mc), turned: true }
        } else {
            Eastern { ascendant: self.ascendant, quadrant, turned: false }
        }
    }
}

/// The ascendant, and how it lies to the midheaven.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eastern {
    /// East of the midheaven.
    pub(super) ascendant: Varying,
    /// Degrees from the midheaven to it.
    pub(super) quadrant: Varying,
    /// Whether it is not what the formula gives, but opposite to that.
    pub(super) turned: bool,
}

/// What is too small to decide anything, as nothing.
fn settled(component: Varying) -> Varying {
    if component.value.abs() < NOTHING { Varying { value: 0.0, ..component } } else { component }
}

/// The point on the other side of the circle.
pub(super) fn opposite(longitude: Varying) -> Varying {
    (longitude + 180.0).wrapped_deg()
}

/// How far `a` is ahead of `b`, degrees from −180 to below 180.
pub(super) fn ahead(a: Varying, b: Varying) -> Varying {
    let way = a - b;
    Varying { value: turn_deg(way.value), ..way }
}
