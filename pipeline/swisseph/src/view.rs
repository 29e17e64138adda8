//! From where a body is seen, and what light does to it on the way.

use libswisseph_sys as sys;

use crate::error::LiveError;

/// Altitudes that a site may have, metres: the library's own limits for what it computes at the horizon (`SEI_ECL_GEOALT_MIN`
/// and `SEI_ECL_GEOALT_MAX` in `sweph.h`).
const ALTITUDES_M: std::ops::RangeInclusive<f64> = -500.0..=25_000.0;

/// A place on the Earth.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LiveSite {
    /// Geographic latitude, degrees, −90 to 90, north positive.
    pub latitude_deg: f64,
    /// Geographic longitude, degrees, −360 to 360, east positive.
    pub longitude_deg: f64,
    /// Metres above the ellipsoid, −500 to 25,000.
    pub altitude_m: f64,
}

impl LiveSite {
    /// Whether the numbers are within their ranges. C takes any, NaN too.
    pub(crate) fn check(self) -> Result<LiveSite, LiveError> {
        let fault = if !(-90.0..=90.0).contains(&self.latitude_deg) {
            "its latitude is not within -90 to 90 degrees"
        } else if !(-360.0..=360.0).contains(&self.longitude_deg) {
            "its longitude is not within -360 to 360 degrees"
        } else if !ALTITUDES_M.contains(&self.altitude_m) {
            "its altitude is not within -500 to 25000 metres"
        } else {
            return Ok(self);
        };
        Err(LiveError::BadSite { site: self, fault })
    }
}

/// From where a body is seen.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum LiveCenter {
    /// The Earth's centre.
    Geo,
    /// The Sun's centre.
    Helio,
    /// The solar system's barycentre.
    Bary,
    /// A place on the Earth (`SEFLG_TOPOCTR`), which turns with the mean sidereal time and neither polar motion nor
    /// nutation; its diurnal aberration included. The Moon's nodes and apsides are directions and have no parallax in the
    /// library: from a site they are what they are from the Earth's centre, to the last bit.
    Topo(LiveSite),
}

impl LiveCenter {
    pub(crate) fn flag(self) -> u32 {
        match self {
            LiveCenter::Geo => 0,
            LiveCenter::Helio => sys::SEFLG_HELCTR,
            LiveCenter::Bary => sys::SEFLG_BARYCTR,
            LiveCenter::Topo(_) => sys::SEFLG_TOPOCTR,
        }
    }

    pub(crate) fn site(self) -> Option<LiveSite> {
        match self {
            LiveCenter::Topo(site) => Some(site),
            _ => None,
        }
    }

    pub(crate) fn adjective(self) -> &'static str {
        match self {
            LiveCenter::Geo => "geocentric",
            LiveCenter::Helio => "heliocentric",
            LiveCenter::Bary => "barycentric",
            LiveCenter::Topo(_) => "topocentric",
        }
    }
}

/// What light does on the way, and how much of it a place shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum LivePlace {
    /// Where it is seen: light time, aberration, and deflection by the Sun. From the Sun and the barycentre, light time
    /// only, which makes it the astrometric place.
    #[default]
    Apparent,
    /// Where it was when the light set out: light time only (`SEFLG_NOABERR | SEFLG_NOGDEFL`).
    Astrometric,
    /// Where it is: nothing of light (`SEFLG_TRUEPOS`).
    True,
}

impl LivePlace {
    pub(crate) fn flags(self) -> u32 {
        match self {
            LivePlace::Apparent => 0,
            LivePlace::Astrometric => sys::SEFLG_NOABERR | sys::SEFLG_NOGDEFL,
            LivePlace::True => sys::SEFLG_TRUEPOS,
        }
    }
}

/// A centre and a kind of place. A [`LiveCenter`] alone stands for the apparent place from there.
///
/// Nodes and osculating apsides follow from the Moon's path: light time (1.3 s) is in them unless the place is
/// [`LivePlace::True`]; aberration and deflection never are.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LiveView {
    /// From where.
    pub center: LiveCenter,
    /// With which effects of light.
    pub place: LivePlace,
}

impl LiveView {
    /// The apparent place from a centre.
    #[must_use]
    pub fn apparent(center: LiveCenter) -> LiveView {
        LiveView { center, place: LivePlace::Apparent }
    }

    /// The astrometric place from a centre.
    #[must_use]
    pub fn astrometric(center: LiveCenter) -> LiveView {
        LiveView { center, place: LivePlace::Astrometric }
    }

    /// The true (geometric) place from a centre.
    #[must_use]
    pub fn geometric(center: LiveCenter) -> LiveView {
        LiveView { center, place: LivePlace::True }
    }

    pub(crate) fn flags(self) -> u32 {
        self.center.flag() | self.place.flags()
    }
}

impl From<LiveCenter> for LiveView {
    fn from(center: LiveCenter) -> LiveView {
        LiveView::apparent(center)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_bounded_in_every_number() {
        let greenwich = LiveSite { latitude_deg: 51.5, longitude_deg: 0.0, altitude_m: 47.0 };
        assert_eq!(greenwich.check(), Ok(greenwich));
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 360.000_1] {
            assert!(LiveSite { latitude_deg: wrong, ..greenwich }.check().is_err());
            assert!(LiveSite { longitude_deg: wrong, ..greenwich }.check().is_err());
            let altitude_m = if wrong == 360.000_1 { 25_001.0 } else { wrong };
            assert!(LiveSite { altitude_m, ..greenwich }.check().is_err());
        }
    }
}
