//! From the centre of the Earth to a place on its surface.
//!
//! A table holds what is seen from the centre: aberrated, deflected, and by light that took its time to get there. All
//! three are other at the surface, so they are undone, the observer's place is subtracted, and they are done again.
//! Measured against the live source, which computes both places from the same geometric ones, this adds nothing to the
//! tables' own error. A mere subtraction of the observer leaves 0.4″.
//!
//! As the Swiss Ephemeris does (`swi_get_observer`), the observer stands on the ellipsoid of the IERS, turned by mean sidereal
//! time in the mean equator of date, without polar motion.

use orrery_format::{Body, Nutation, State};

use crate::earth::Earth;
use crate::light::{SPEED_OF_LIGHT, aberrated, deflected, unaberrated, undeflected};
use crate::precession;
use crate::vector::{Varying, Vector};

/// The Earth's equatorial radius, metres, and its flattening (`EARTH_RADIUS`, `EARTH_OBLATENESS` of the Swiss Ephemeris;
/// IERS Conventions). Eclipses are told for another ellipsoid, that of their canons ([`crate::eclipses`]).
pub(crate) const EARTH_RADIUS_M: f64 = 6_378_136.6;
pub(crate) const FLATTENING: f64 = 1.0 / 298.256_42;

/// Metres of an astronomical unit.
pub(crate) const AU_M: f64 = 149_597_870_700.0;

/// A place on the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Geographic latitude, degrees, −90 to 90, north positive.
    pub latitude_deg: f64,
    /// Geographic longitude, degrees, east positive.
    pub longitude_deg: f64,
    /// Metres above the ellipsoid.
    pub altitude_m: f64,
}

impl Site {
    /// Where the site is from the centre of the Earth, au, on the mean equator and equinox of date, and how it moves. The
    /// mean sidereal time at Greenwich is in degrees, its change in degrees a day.
    fn observer(&self, sidereal_time: Varying) -> (Vector, Vector) {
        let (sin_lat, cos_lat) = self.latitude_deg.to_radians().sin_cos();
        let squeeze = (1.0 - FLATTENING) * (1.0 - FLATTENING);
        let radius = EARTH_RADIUS_M / (cos_lat * cos_lat + squeeze * sin_lat * sin_lat).sqrt();
        let from_axis = (radius + self.altitude_m) * cos_lat / AU_M;
        let north = (radius * squeeze + self.altitude_m) * sin_lat / AU_M;
        let (sin, cos) = (sidereal_time + self.longitude_deg).sin_cos_deg();
        let turn = sidereal_time.rate.to_radians();
        let place = Vector([cos * from_axis, sin * from_axis, Varying::constant(north)]);
        let velocity = Vector([-sin * (from_axis * turn), cos * (from_axis * turn), Varying::default()]);
        (place, velocity)
    }
}

/// How the light of a body comes to the Earth, as far as the Swiss Ephemeris cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    /// Not past the Sun: it is its own, or too near to be bent.
    Straight,
    /// Past the Sun.
    Bent,
    /// None: a point of the Moon's orbit, which has no parallax.
    None,
}

impl Light {
    const fn of(body: Body) -> Light {
        match body {
            Body::Sun | Body::Moon => Light::Straight,
            Body::MeanNode
            | Body::TrueNode
            | Body::MeanApogee
            | Body::OsculatingApogee
            | Body::InterpolatedApogee
            | Body::InterpolatedPerigee => Light::None,
            _ => Light::Bent,
        }
    }
}

/// An observer at an instant: what is the same for every body. Vectors are in the mean ecliptic and equinox of date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Topocentre {
    /// From the centre of the Earth, au.
    observer: Vector,
    /// The observer's motion about it, au a day.
    diurnal: Vector,
    /// The Earth's centre.
    earth: Earth,
}

impl Topocentre {
    /// An observer at a site. `sidereal_time` is the mean one at Greenwich, degrees and degrees a day of TT.
    #[must_use]
    pub fn new(site: &Site, sidereal_time: Varying, nutation: &Nutation, earth: Earth) -> Topocentre {
        let (place, velocity) = site.observer(sidereal_time);
        // The Swiss Ephemeris takes the observer's axes for those of the ICRS: 17 milliarcseconds, half a metre.
        let (place, velocity) = (precession::from_icrs(&place), precession::from_icrs(&velocity));
        let obliquity = Varying::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed);
        let (sin, cos) = obliquity.sin_cos_deg();
        let to_ecliptic = |vector: Vector| vector.about_first(-sin, cos);
        Topocentre { observer: to_ecliptic(place), diurnal: to_ecliptic(velocity), earth }
    }

    /// Where the observer is from the Earth's centre, au, and the motion about it, au a day.
    pub(crate) const fn offset(&self) -> (&Vector, &Vector) {
        (&self.observer, &self.diurnal)
    }

    /// A body's apparent place from here, given that from the centre of the Earth, both on the mean ecliptic and equinox of
    /// date. Nodes and apsides are the same from everywhere.
    ///
    /// `None` where a planet stands before or behind the Sun's disc, so that its light is bent in a way that only the live
    /// source knows.
    #[must_use]
    pub fn place(&self, body: Body, geocentric: &State) -> Option<State> {
        let light = Light::of(body);
        if light == Light::None {
            return Some(*geocentric);
        }
        let mut from_centre = unaberrated(&Vector::from(geocentric), &self.earth.velocity);
        if light == Light::Bent {
            from_centre = undeflected(&from_centre, &self.earth.from_sun)?;
        }
        // The body moves on while its light makes up for the difference in distance: at most 21 ms.
        let moves = match body {
            Body::Sun => Vector::default(),
            _ => from_centre.velocity() + Vector::new(self.earth.velocity.at(), [0.0; 3]),
        };
        let there = from_centre - self.observer;
        let mut from_here = there;
        for _ in 0..2 {
            let later = (from_here.length() - from_centre.length()) * (1.0 / SPEED_OF_LIGHT);
            from_here = there - moves * later;
        }
        if light == Light::Bent {
            from_here = deflected(&from_here, &(self.earth.from_sun + self.observer))?;
        }
        Some(State::from(&aberrated(&from_here, &(self.earth.velocity + self.diurnal))))
    }
}
