//! How a place is told: from where, in which light, along which plane, from which point, in which coordinates.

use orrery_almanac::{Ayanamsa, Site};
use orrery_format::Center;

use super::params::Params;
use super::word::words;
use crate::wire::problem::{Code, Problem};

/// Lowest and highest height of an observer, metres above the ellipsoid: what the Swiss Ephemeris takes.
pub(crate) const ALTITUDE_M: (f64, f64) = (-500.0, 25_000.0);

words! {
    /// Where a body is seen from.
    Origin for "center" {
        /// The Earth's centre.
        Geo = "geo",
        /// A place on the Earth.
        Topo = "topo",
        /// The Sun's centre.
        Helio = "helio",
        /// The solar system's barycentre.
        Bary = "bary",
    }
}

words! {
    /// What has happened to a body's light.
    Light for "place" {
        /// It took its time, was bent by the Sun, and is seen by who moves.
        Apparent = "apparent",
        /// It took its time.
        Astrometric = "astrometric",
        /// Nothing: the body is told where it is, not where it is seen.
        True = "true",
    }
}

words! {
    /// Which plane angles are measured along.
    Frame for "frame" {
        Ecliptic = "ecliptic",
        Equatorial = "equatorial",
    }
}

words! {
    /// Where angles are counted from.
    Equinox for "equinox" {
        /// The true equinox of date: precession and nutation.
        Date = "date",
        /// The mean equinox of date: precession alone.
        Mean = "mean",
        /// The mean equinox of J2000.0.
        J2000 = "j2000",
        /// The axes of the International Celestial Reference System; its ecliptic is inclined to them as that of J2000.0
        /// is to its equator.
        Icrs = "icrs",
    }
}

words! {
    /// Which zodiac longitudes are counted in.
    ZodiacKind for "zodiac" {
        Tropical = "tropical",
        Sidereal = "sidereal",
    }
}

words! {
    /// What three numbers a place is.
    Coordinates for "coordinates" {
        /// Two angles and a distance.
        Spherical = "spherical",
        /// Three distances along the axes.
        Rectangular = "rectangular",
    }
}

/// Where a body is seen from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Observer {
    #[default]
    Geo,
    Topo(Site),
    Helio,
    Bary,
}

impl Observer {
    pub(crate) const fn origin(self) -> Origin {
        match self {
            Observer::Geo => Origin::Geo,
            Observer::Topo(_) => Origin::Topo,
            Observer::Helio => Origin::Helio,
            Observer::Bary => Origin::Bary,
        }
    }

    /// The centre whose tables answer. A place on the Earth is a step away from its centre.
    pub(crate) const fn center(self) -> Center {
        match self {
            Observer::Geo | Observer::Topo(_) => Center::Geo,
            Observer::Helio => Center::Helio,
            Observer::Bary => Center::Bary,
        }
    }

    /// Whether it is the Earth's centre or a place on the Earth.
    pub(crate) const fn is_terrestrial(self) -> bool {
        matches!(self, Observer::Geo | Observer::Topo(_))
    }

    /// The place on the Earth, if it is one.
    pub(crate) const fn site(self) -> Option<Site> {
        match self {
            Observer::Topo(site) => Some(site),
            _ => None,
        }
    }

    /// Reads `center`, `lat`, `lon` and `alt`. Whether `lon` is needed where there is no place, is for others to say.
    fn parse(params: &Params<'_>) -> Result<Observer, Problem> {
        let origin = params.word::<Origin>()?;
        if origin == Origin::Topo {
            return site(params).map(Observer::Topo);
        }
        for name in ["lat", "alt"] {
            if params.get(name).is_some() {
                let detail = format!("{name} places an observer, and center={} has none", origin.name());
                return Err(Problem::new(Code::Contradiction, detail)
                    .parameter(name)
                    .hint("add center=topo for places seen from there, or leave it out"));
            }
        }
        Ok(match origin {
            Origin::Helio => Observer::Helio,
            Origin::Bary => Observer::Bary,
            Origin::Geo | Origin::Topo => Observer::Geo,
        })
    }
}

/// The observer's place.
pub(crate) fn site(params: &Params<'_>) -> Result<Site, Problem> {
    let needed = |name: &'static str, value: Option<f64>| {
        value.ok_or_else(|| {
            Problem::new(Code::Contradiction, format!("the observer's place lacks {name}"))
                .parameter(name)
                .hint("give lat and lon in degrees, north and east positive, and alt in metres if it matters")
        })
    };
    Ok(Site {
        latitude_deg: needed("lat", latitude(params)?)?,
        longitude_deg: needed("lon", longitude(params)?)?,
        altitude_m: within(params, "alt", ALTITUDE_M, "metres")?.unwrap_or_default(),
    })
}

/// The observer's latitude, degrees, if it is given.
pub(super) fn latitude(params: &Params<'_>) -> Result<Option<f64>, Problem> {
    within(params, "lat", (-90.0, 90.0), "degrees")
}

/// The observer's longitude, degrees, if it is given.
pub(super) fn longitude(params: &Params<'_>) -> Result<Option<f64>, Problem> {
    within(params, "lon", (-180.0, 180.0), "degrees")
}

/// A number in a closed range, in a unit.
pub(super) fn within(
    params: &Params<'_>,
    name: &'static str,
    (least, most): (f64, f64),
    unit: &str,
) -> Result<Option<f64>, Problem> {
    match params.number(name)? {
        Some(value) if !(least..=most).contains(&value) => {
            Err(Problem::new(Code::OutOfRange, format!("{name} is {value}"))
                .parameter(name)
                .hint(format!("give {name} from {least} to {most} {unit}")))
        }
        value => Ok(value),
    }
}

/// Which zodiac longitudes are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Zodiac {
    /// It begins at the equinox.
    #[default]
    Tropical,
    /// It begins an ayanamsa behind the mean equinox of date.
    Sidereal(Ayanamsa),
}

impl Zodiac {
    pub(crate) const fn kind(self) -> ZodiacKind {
        match self {
            Zodiac::Tropical => ZodiacKind::Tropical,
            Zodiac::Sidereal(_) => ZodiacKind::Sidereal,
        }
    }

    /// The ayanamsa of a sidereal one.
    pub(crate) const fn ayanamsa(self) -> Option<Ayanamsa> {
        match self {
            Zodiac::Tropical => None,
            Zodiac::Sidereal(ayanamsa) => Some(ayanamsa),
        }
    }

    pub(super) fn parse(params: &Params<'_>) -> Result<Zodiac, Problem> {
        match (params.word::<ZodiacKind>()?, params.get("ayanamsa")) {
            (ZodiacKind::Tropical, None) => Ok(Zodiac::Tropical),
            (ZodiacKind::Sidereal, Some(name)) => Ok(Zodiac::Sidereal(name.parse()?)),
            (ZodiacKind::Tropical, Some(_)) => Err(Problem::new(
                Code::Contradiction,
                "ayanamsa is where a sidereal zodiac begins, and the tropical one begins at the equinox",
            )
            .parameter("ayanamsa")
            .hint("add zodiac=sidereal, or leave ayanamsa out")),
            (ZodiacKind::Sidereal, None) => Err(Problem::new(
                Code::Contradiction,
                "a sidereal zodiac begins somewhere, and there are many opinions where",
            )
            .parameter("ayanamsa")
            .hint(
                "add ayanamsa=lahiri, as Indian astrologers mostly do, or ayanamsa=fagan_bradley, as Western ones; \
                 /v1/ayanamsas lists all",
            )),
        }
    }
}

/// How a place is told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct View {
    pub(crate) observer: Observer,
    pub(crate) light: Light,
    pub(crate) frame: Frame,
    pub(crate) equinox: Equinox,
    pub(crate) zodiac: Zodiac,
    pub(crate) coordinates: Coordinates,
}

impl View {
    /// Reads every parameter of a view. `lon` may serve another purpose: whether it is idle is the caller's to say.
    pub(crate) fn parse(params: &Params<'_>) -> Result<View, Problem> {
        let view = View {
            observer: Observer::parse(params)?,
            light: params.word()?,
            frame: params.word()?,
            equinox: params.word()?,
            zodiac: Zodiac::parse(params)?,
            coordinates: params.word()?,
        };
        if view.is_sidereal() && matches!(view.equinox, Equinox::J2000 | Equinox::Icrs) {
            let name = view.equinox.name();
            let detail = format!(
                "equinox={name} and zodiac=sidereal both say where ecliptic longitudes are counted from"
            );
            return Err(Problem::new(Code::Contradiction, detail).parameter("equinox").hint(
                "leave equinox out, or zodiac and ayanamsa; ayanamsa=j2000 counts from the equinox of J2000.0 on its ecliptic",
            ));
        }
        Ok(view)
    }

    /// Whether longitudes are sidereal: the zodiac does not touch the equator.
    pub(crate) const fn is_sidereal(&self) -> bool {
        matches!((self.zodiac, self.frame), (Zodiac::Sidereal(_), Frame::Ecliptic))
    }

    /// The ayanamsa that enters the numbers.
    pub(crate) fn ayanamsa(&self) -> Option<Ayanamsa> {
        self.zodiac.ayanamsa().filter(|_| self.is_sidereal())
    }

    /// Whether tables hold such places. Light that comes to the Sun or the barycentre is neither bent nor aberrated.
    pub(crate) const fn is_tabulated(&self) -> bool {
        match self.light {
            Light::Apparent => true,
            Light::Astrometric => !self.observer.is_terrestrial(),
            Light::True => false,
        }
    }

    /// Whether signs can be told of it: angles along the ecliptic.
    pub(crate) const fn is_zodiacal(&self) -> bool {
        matches!((self.frame, self.coordinates), (Frame::Ecliptic, Coordinates::Spherical))
    }
}
