//! Planets behind the Moon.

use libswisseph_sys as sys;

use super::{EclipseCall, Eclipsed, LiveCovering, LiveShadow, no_kind, types};
use crate::body::LiveBody;
use crate::error::LiveError;
use crate::searches::LiveSearch;
use crate::session::Session;
use crate::view::LiveSite;

/// Kinds of occultations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LiveOccultationKind {
    /// Nowhere on the Earth the Moon covers the planet's disc wholly.
    Partial,
    /// Somewhere it does.
    Total,
}

impl LiveOccultationKind {
    /// All of them.
    pub const ALL: [LiveOccultationKind; 2] = [LiveOccultationKind::Partial, LiveOccultationKind::Total];

    fn bit(self) -> u32 {
        match self {
            LiveOccultationKind::Partial => sys::SE_ECL_PARTIAL,
            LiveOccultationKind::Total => sys::SE_ECL_TOTAL,
        }
    }

    fn of(eclipsed: &Eclipsed) -> Option<LiveOccultationKind> {
        LiveOccultationKind::ALL.into_iter().find(|kind| eclipsed.has(kind.bit()))
    }
}

/// An occultation of a planet by the Moon, by day or night (`swe_lun_occult_when_glob`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveOccultation {
    /// Its kind.
    pub kind: LiveOccultationKind,
    /// Its times.
    pub shadow: LiveShadow,
}

/// Where an occultation is greatest at one instant (`swe_lun_occult_where`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveOccultationPlace {
    /// Its kind on the whole Earth at this instant.
    pub kind: LiveOccultationKind,
    /// Whether the axis of the shadow meets the Earth.
    pub is_central: bool,
    /// Where it does, or is nearest: geographic, at sea level.
    pub site: LiveSite,
    /// How the Moon covers the planet, seen from there.
    pub covering: LiveCovering,
}

impl Session {
    /// The next or last occultation of a planet anywhere on the Earth, from a UT1 date (`swe_lun_occult_when_glob`).
    ///
    /// The library finds no occultation that it is asked for between the conjunction in longitude and the maximum, which
    /// are up to a quarter of an hour apart, nor one whose maximum is within 8.64 s: ask from earlier, or later if
    /// backward. It counts conjunctions until one is an occultation, which for Pluto may take 150 years.
    ///
    /// # Errors
    /// The body is no planet from Mercury to Pluto; else as for [`Session::solar_eclipse`].
    pub fn occultation(
        &mut self,
        body: LiveBody,
        kinds: &[LiveOccultationKind],
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveOccultation, LiveError> {
        let call = EclipseCall::Occultation {
            body: check_planet(body)?,
            types: types(kinds.iter().map(|kind| kind.bit()))?,
            search,
        };
        let eclipsed = self.eclipse(call, jd_ut)?;
        let kind = LiveOccultationKind::of(&eclipsed).ok_or_else(|| no_kind(call, jd_ut))?;
        Ok(LiveOccultation { kind, shadow: eclipsed.shadow() })
    }

    /// Where an occultation of a planet is greatest at a UT1 date; nothing if there is none (`swe_lun_occult_where`).
    ///
    /// # Errors
    /// The body is no planet from Mercury to Pluto; else as for [`Session::solar_eclipse_place`].
    pub fn occultation_place(
        &mut self,
        body: LiveBody,
        jd_ut: f64,
    ) -> Result<Option<LiveOccultationPlace>, LiveError> {
        let eclipsed = self.eclipse(EclipseCall::OccultationWhere(check_planet(body)?), jd_ut)?;
        Ok(LiveOccultationKind::of(&eclipsed).map(|kind| LiveOccultationPlace {
            kind,
            is_central: eclipsed.has(sys::SE_ECL_CENTRAL),
            site: eclipsed.site(),
            covering: eclipsed.covering(),
        }))
    }
}

/// The planets that the library knows the size of. For the Sun there are functions of its own, and behind itself the Moon
/// would be found at every instant.
fn check_planet(body: LiveBody) -> Result<LiveBody, LiveError> {
    match body.canonical() {
        planet @ (LiveBody::Mercury
        | LiveBody::Venus
        | LiveBody::Mars
        | LiveBody::Jupiter
        | LiveBody::Saturn
        | LiveBody::Uranus
        | LiveBody::Neptune
        | LiveBody::Pluto) => Ok(planet),
        body => Err(LiveError::NotForBody { body, what: "place among the planets that the Moon occults" }),
    }
}
