//! The sky over a place, as far as houses and angles depend on it.

use super::angle::Angle;
use super::division::{self, Division};
use super::sphere::{Sphere, ahead, opposite};
use super::system::HouseSystem;
use super::{Houses, MOST_CUSPS};
use crate::ayanamsa::SiderealDate;
use crate::error::Error;
use crate::rotation::Rotation;
use crate::vector::{Varying, Vector};

/// Latitudes, degrees.
const LATITUDES_DEG: (f64, f64) = (-90.0, 90.0);
/// A sidereal time, or one with a longitude added, degrees.
const SIDEREAL_TIMES_DEG: (f64, f64) = (-360.0, 720.0);
/// Obliquities, degrees: polar circles lie beyond the tropics.
const OBLIQUITIES_DEG: (f64, f64) = (0.0, 45.0);

/// How a place lies under the sky at an instant.
///
/// ```
/// use orrery_almanac::horizon::SIDEREAL_DEG_PER_DAY;
/// use orrery_almanac::{Angle, HouseSystem, LocalSky, Varying};
///
/// let sky = LocalSky {
///     armc: Varying::new(100.0, SIDEREAL_DEG_PER_DAY),
///     latitude_deg: 52.5,
///     obliquity: Varying::constant(23.44),
///     sun_declination: None,
/// };
/// let houses = sky.houses(HouseSystem::Placidus)?;
/// assert_eq!(houses.angle(Angle::Ascendant), houses.cusps()[0]);
/// assert_eq!(houses.house_of(houses.angle(Angle::Mc).value), 10);
/// # Ok::<(), orrery_almanac::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalSky {
    /// Right ascension of the midheaven: the apparent sidereal time of Greenwich and the longitude of the place, degrees, and its
    /// change a day.
    pub armc: Varying,
    /// Geographic latitude, degrees, north positive.
    pub latitude_deg: f64,
    /// True obliquity of the ecliptic, degrees, and its change a day.
    pub obliquity: Varying,
    /// The Sun's declination, degrees, and its change a day; only Sunshine houses ask for it.
    pub sun_declination: Option<Varying>,
}

impl LocalSky {
    /// Houses and angles, by longitudes from the true equinox.
    ///
    /// # Errors
    /// [`Error::NoHouses`] where the system does not divide this sky, [`Error::NoSunDeclination`], and [`Error::LocalSky`] for
    /// numbers that are none.
    pub fn houses(&self, system: HouseSystem) -> Result<Houses, Error> {
        self.check()?;
        self.divided(system, &self.sphere(), Varying::default())
    }

    /// Houses and angles, by longitudes in a sidereal zodiac. `nutation` is that in longitude, degrees.
    ///
    /// Where the zodiac is a shift, houses are those of the true equinox, shifted; whole signs are signs of the zodiac
    /// (`sidereal_houses_trad` in `swehouse.c`). Where it is the ecliptic of an epoch, that is what circles cut and what is divided
    /// (`sidereal_houses_ecl_t0`), whole signs again being those of the zodiac. The sidereal time stays what it is.
    ///
    /// # Errors
    /// As for [`LocalSky::houses`].
    pub fn sidereal_houses(
        &self,
        system: HouseSystem,
        zodiac: &SiderealDate,
        nutation: Varying,
    ) -> Result<Houses, Error> {
        self.check()?;
        let (sky, begin) = self.counting(zodiac, nutation);
        let houses = sky.divided(system, &sky.sphere(), begin)?;
        Ok(Houses { armc: self.armc.wrapped_deg(), ..houses })
    }

    /// The same sky with the ecliptic that a sidereal zodiac is counted on, and where on it that zodiac begins, degrees from the
    /// ascending node on the equator. `nutation` is that in longitude, degrees. Where the zodiac is a shift it is the true ecliptic,
    /// and the node the true equinox.
    #[must_use]
    pub fn counting(&self, zodiac: &SiderealDate, nutation: Varying) -> (LocalSky, Varying) {
        let Some((to_epoch, at_epoch_deg)) = zodiac.frame() else {
            return (*self, zodiac.ayanamsa_deg() + nutation);
        };
        // From the true equator to the ecliptic of the epoch: to the true ecliptic, to the mean equinox, and there.
        let turned =
            Rotation::about_first(-self.obliquity).then(&Rotation::about_third(-nutation)).then(to_epoch);
        let [_, _, pole] = turned.axes();
        let [x, y, z] = pole.0;
        // The ascending node of that ecliptic on the equator takes the part of the equinox.
        let beside = (x * x + y * y).sqrt();
        let node = Vector([-y, x, Varying::default()]);
        let along_equator = x.atan2_deg(-y);
        let [along, across, _] = turned.turn(&node).0;
        let sky = LocalSky {
            armc: (self.armc - along_equator).wrapped_deg(),
            obliquity: beside.atan2_deg(z),
            ..*self
        };
        (sky, -across.atan2_deg(along) + *at_epoch_deg)
    }

    /// The latitude, degrees, north or south, from which on a system does not divide this sky, or may not where that is the Sun's
    /// and his declination is not given; `None` where it does everywhere, or everywhere but on one latitude, at which the Sun touches
    /// the horizon.
    #[must_use]
    pub fn limit_deg(&self, system: HouseSystem) -> Option<f64> {
        match (system, self.sun_declination) {
            (HouseSystem::SunshineMakransky, Some(declination)) => Some(90.0 - declination.value.abs()),
            _ => system.limit_deg(self.obliquity.value),
        }
    }

    fn sphere(&self) -> Sphere {
        Sphere::new(self.armc, self.latitude_deg, self.obliquity)
    }

    fn check(&self) -> Result<(), Error> {
        let declination = self.sun_declination.unwrap_or_default();
        for (what, of, (min, max)) in [
            ("the latitude", Varying::constant(self.latitude_deg), LATITUDES_DEG),
            ("the sidereal time", self.armc, SIDEREAL_TIMES_DEG),
            ("the obliquity", self.obliquity, OBLIQUITIES_DEG),
            ("the Sun's declination", declination, (-OBLIQUITIES_DEG.1, OBLIQUITIES_DEG.1)),
        ] {
            if !(min..=max).contains(&of.value) {
                return Err(Error::LocalSky { what, value: of.value, min, max });
            }
        }
        Ok(())
    }

    /// Divided, with longitudes counted from `begin`.
    fn divided(&self, system: HouseSystem, sphere: &Sphere, begin: Varying) -> Result<Houses, Error> {
        let sun_declination = match self.sun_declination {
            None if system.needs_sun() => return Err(Error::NoSunDeclination { system }),
            declination => declination.unwrap_or_default(),
        };
        let Some(Division { cusps, ascendant, mc }) =
            division::divide(system, sphere, begin, sun_declination)
        else {
            let limit_deg = self.limit_deg(system);
            return Err(Error::NoHouses { system, latitude_deg: self.latitude_deg, limit_deg });
        };
        let counted = |longitude: Varying| (longitude - begin).wrapped_deg();
        let angles = angles(sphere, ascendant, mc);
        let cusps: [Varying; MOST_CUSPS] = cusps.map(counted);
        Ok(Houses::new(system, cusps, angles.map(counted), self.armc.wrapped_deg()))
    }
}

/// All angles, of which the system has turned two its way.
fn angles(sphere: &Sphere, ascendant: Varying, mc: Varying) -> [Varying; Angle::COUNT] {
    let (east, west) = (sphere.armc + 90.0, sphere.armc + -90.0);
    // The prime vertical's pole height is what the latitude lacks of 90°.
    let pole_deg = if sphere.latitude_deg >= 0.0 { 90.0 } else { -90.0 };
    let vertical = Varying::constant((pole_deg - sphere.latitude_deg).to_radians().tan());
    let setting = sphere.cut(west, sphere.horizon());
    let mut vertex = sphere.cut(west, vertical);
    // Between the tropics it could be in the east, as the ascendant in the west beyond the polar circles.
    if sphere.is_tropical() && ahead(vertex, mc).value > 0.0 {
        vertex = opposite(vertex);
    }
    Angle::ALL.map(|angle| match angle {
        Angle::Ascendant => ascendant,
        Angle::Mc => mc,
        Angle::Descendant => opposite(ascendant),
        Angle::Ic => opposite(mc),
        Angle::Vertex => vertex,
        Angle::AntiVertex => opposite(vertex),
        Angle::EquatorialAscendant => sphere.on_meridian(east),
        Angle::CoAscendantKoch => opposite(setting),
        Angle::CoAscendantMunkasey => sphere.cut(east, vertical),
        Angle::PolarAscendant => setting,
    })
}
