//! Where a body stands over the horizon of a place: azimuth and altitude, and what the air makes of the altitude.
//!
//! Azimuth is counted **from north through east**, 0 ≤ A < 360: east is 90, south 180, west 270, as surveyors, navigators
//! and JPL Horizons count. The Swiss Ephemeris (`swe_azalt`) counts from south through west: its azimuth is this one less
//! 180, wrapped.
//!
//! Altitudes are airless ("true" in the manual of the Swiss Ephemeris) until an [`Atmosphere`] lifts them. The horizon is
//! the plane square to the geodetic vertical; deflections of the plumb line are left out, as there.
//!
//! What goes in is a topocentric place ([`crate::Topocentre`]) on the true equator of date and the *apparent* sidereal
//! time ([`apparent_sidereal_time`]). Rates are the exact derivatives, so that a search can follow them.

mod refraction;

use orrery_format::Nutation;

pub use refraction::{Apparent, Atmosphere, PRESSURES_HPA, TEMPERATURES_C, standard_pressure_hpa};

use crate::frames::Equatorial;
use crate::vector::{Varying, Vector};

/// What the Earth turns against the equinox in a day of UT1, degrees (Meeus, *Astronomical Algorithms*, 12.4). Precession
/// changes it in the twelfth digit within a century.
pub const SIDEREAL_DEG_PER_DAY: f64 = 360.0 + orrery_format::rotation::SIDEREAL_EXCESS_DEG;

/// Apparent sidereal time at Greenwich and its change a day, degrees: the mean one, and Δψ cos ε (the equation of the
/// equinoxes, as `swe_sidtime` takes it, with the true obliquity).
#[must_use]
pub fn apparent_sidereal_time(mean_sidereal_time_deg: f64, nutation: &Nutation) -> Varying {
    let (_, cos) = Varying::new(nutation.true_obliquity_deg(), nutation.true_obliquity_speed()).sin_cos_deg();
    Varying::new(mean_sidereal_time_deg, SIDEREAL_DEG_PER_DAY)
        + Varying::new(nutation.dpsi_deg, nutation.dpsi_speed) * cos
}

/// The horizon of a place at an instant: how it lies among the stars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizon {
    sin_latitude: f64,
    cos_latitude: f64,
    /// Local apparent sidereal time.
    sidereal_deg: Varying,
}

impl Horizon {
    /// The horizon at a latitude (−90 to 90, north positive) and a longitude (east positive), degrees, when it is so late by
    /// the stars at Greenwich ([`apparent_sidereal_time`]).
    ///
    /// At a pole every direction is south, or north; azimuths and hour angles there are counted from the meridian of the
    /// longitude given, which is what they come to beside the pole.
    #[must_use]
    pub fn new(latitude_deg: f64, longitude_deg: f64, greenwich_sidereal_deg: Varying) -> Horizon {
        let (sin_latitude, cos_latitude) = latitude_deg.to_radians().sin_cos();
        Horizon { sin_latitude, cos_latitude, sidereal_deg: greenwich_sidereal_deg + longitude_deg }
    }

    /// The unit vector to a place on the true equator of date: its components are northward, eastward and upward.
    #[must_use]
    pub fn direction(&self, place: &Equatorial) -> Vector {
        let right_ascension = Varying::new(place.right_ascension_deg, place.right_ascension_speed);
        let declination = Varying::new(place.declination_deg, place.declination_speed);
        let (sin_h, cos_h) = (self.sidereal_deg - right_ascension).sin_cos_deg();
        let (sin_d, cos_d) = declination.sin_cos_deg();
        let (polar, meridional) = (sin_d, cos_d * cos_h);
        Vector([
            polar * self.cos_latitude - meridional * self.sin_latitude,
            -(cos_d * sin_h),
            polar * self.sin_latitude + meridional * self.cos_latitude,
        ])
    }

    /// Azimuth and altitude of a place on the true equator of date.
    #[must_use]
    pub fn horizontal(&self, place: &Equatorial) -> Horizontal {
        Horizontal::from(&self.direction(place))
    }
}

/// Azimuth and altitude, and their change a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizontal {
    /// From north through east, degrees, 0 ≤ A < 360. At the zenith and the nadir it is 0 and does not change.
    pub azimuth_deg: Varying,
    /// Above the horizon, degrees, −90 to 90, without air.
    pub altitude_deg: Varying,
}

/// Of a direction by its components northward, eastward and upward.
impl From<&Vector> for Horizontal {
    fn from(direction: &Vector) -> Horizontal {
        let [azimuth_deg, altitude_deg, _] = direction.to_spherical();
        Horizontal { azimuth_deg, altitude_deg }
    }
}
