//! Eclipses of the Sun.

use libswisseph_sys as sys;

use super::{EclipseCall, Eclipsed, LiveContact, LiveCovering, LiveSaros, LiveShadow, no_kind, types};
use crate::error::LiveError;
use crate::searches::LiveSearch;
use crate::session::Session;
use crate::view::LiveSite;

/// Kinds of solar eclipses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LiveSolarKind {
    /// Only the penumbra meets the Earth, or the site.
    Partial,
    /// What lies behind the umbra's tip does.
    Annular,
    /// The umbra does.
    Total,
    /// The umbra does at the maximum, its tip ends short of the Earth at the beginning or the end
    /// (`SE_ECL_ANNULAR_TOTAL`). Never the kind at one instant or site.
    Hybrid,
}

impl LiveSolarKind {
    /// All of them.
    pub const ALL: [LiveSolarKind; 4] =
        [LiveSolarKind::Partial, LiveSolarKind::Annular, LiveSolarKind::Total, LiveSolarKind::Hybrid];

    fn bit(self) -> u32 {
        match self {
            LiveSolarKind::Partial => sys::SE_ECL_PARTIAL,
            LiveSolarKind::Annular => sys::SE_ECL_ANNULAR,
            LiveSolarKind::Total => sys::SE_ECL_TOTAL,
            LiveSolarKind::Hybrid => sys::SE_ECL_ANNULAR_TOTAL,
        }
    }

    fn of(eclipsed: &Eclipsed) -> Option<LiveSolarKind> {
        LiveSolarKind::ALL.into_iter().find(|kind| eclipsed.has(kind.bit()))
    }
}

/// A solar eclipse on the whole Earth (`swe_sol_eclipse_when_glob`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveSolarEclipse {
    /// Its kind.
    pub kind: LiveSolarKind,
    /// Its times. Of an eclipse of next to nothing (1935 January 5) there is the maximum alone.
    pub shadow: LiveShadow,
}

/// How a solar eclipse looks from one place at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveSolarCircumstances {
    /// The kind of this phase: partial, annular or total.
    pub kind: LiveSolarKind,
    /// How the Moon covers the Sun.
    pub covering: LiveCovering,
    /// Magnitude as NASA has it (`attr[8]`): the covered part of the diameter, or in an annular or total phase the ratio
    /// of the diameters.
    pub magnitude: f64,
    /// The Saros series, if the library knows one.
    pub saros: Option<LiveSaros>,
}

impl LiveSolarCircumstances {
    fn of(eclipsed: &Eclipsed) -> Option<LiveSolarCircumstances> {
        Some(LiveSolarCircumstances {
            kind: LiveSolarKind::of(eclipsed)?,
            covering: eclipsed.covering(),
            magnitude: eclipsed.attributes[8],
            saros: eclipsed.saros(),
        })
    }
}

/// Where a solar eclipse is greatest at one instant (`swe_sol_eclipse_where`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveSolarPlace {
    /// Whether the shadow's axis meets the Earth.
    pub is_central: bool,
    /// Where it does, or is nearest: geographic, at sea level.
    pub site: LiveSite,
    /// How it looks from there; the kind is that of the whole Earth at this instant.
    pub circumstances: LiveSolarCircumstances,
}

/// A solar eclipse at a site (`swe_sol_eclipse_when_loc`). Where the discs only graze, the library may put the first and
/// the fourth contact minutes off, and one before the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveLocalSolarEclipse {
    /// The maximum. If the Sun is then below the horizon, sunrise or sunset between the first and the fourth contact
    /// stands for it where the library has one, and is not marked as visible.
    pub maximum: LiveContact,
    /// The Moon's disc touches the Sun's.
    pub first: LiveContact,
    /// Totality or annularity begins.
    pub second: Option<LiveContact>,
    /// It ends.
    pub third: Option<LiveContact>,
    /// The discs part.
    pub fourth: LiveContact,
    /// When the Sun's lower limb rises between first and fourth contact, Julian day UT1, if it does.
    pub sunrise_jd_ut: Option<f64>,
    /// When it sets, likewise.
    pub sunset_jd_ut: Option<f64>,
    /// How it looks at what stands as the maximum.
    pub circumstances: LiveSolarCircumstances,
}

impl Session {
    /// The next or last solar eclipse of some kinds anywhere on the Earth whose maximum is more than 8.64 s away from a
    /// UT1 date (`swe_sol_eclipse_when_glob`).
    ///
    /// # Errors
    /// No kind is asked for; the date is not finite or outside the theory; or the files do not reach from 190 days behind
    /// the date to ten beyond the eclipse.
    pub fn solar_eclipse(
        &mut self,
        kinds: &[LiveSolarKind],
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveSolarEclipse, LiveError> {
        let call = global(kinds, search)?;
        solar_eclipse(call, jd_ut, &self.eclipse(call, jd_ut)?)
    }

    /// The same as a user of the C library gets it by one plain call, with whatever it has open and saved. The yardstick
    /// of the benchmarks; answers come from [`Session::solar_eclipse`].
    ///
    /// # Errors
    /// As for that.
    pub fn plain_solar_eclipse(
        &mut self,
        kinds: &[LiveSolarKind],
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveSolarEclipse, LiveError> {
        let call = global(kinds, search)?;
        solar_eclipse(call, jd_ut, &self.plain_eclipse(call, jd_ut)?)
    }

    /// Where a solar eclipse is greatest at a UT1 date, and how it looks there; nothing if there is none
    /// (`swe_sol_eclipse_where`).
    ///
    /// # Errors
    /// The date is not finite or outside the theory, or the files do not reach ten days around it.
    pub fn solar_eclipse_place(&mut self, jd_ut: f64) -> Result<Option<LiveSolarPlace>, LiveError> {
        let eclipsed = self.eclipse(EclipseCall::SolarWhere, jd_ut)?;
        Ok(LiveSolarCircumstances::of(&eclipsed).map(|circumstances| LiveSolarPlace {
            is_central: eclipsed.has(sys::SE_ECL_CENTRAL),
            site: eclipsed.site(),
            circumstances,
        }))
    }

    /// How a solar eclipse looks from a site at a UT1 date; nothing if there is none, or the Sun is below the horizon
    /// (`swe_sol_eclipse_how`).
    ///
    /// # Errors
    /// As for [`Session::solar_eclipse_place`], and the site is none.
    pub fn solar_eclipse_at(
        &mut self,
        site: LiveSite,
        jd_ut: f64,
    ) -> Result<Option<LiveSolarCircumstances>, LiveError> {
        let eclipsed = self.eclipse(EclipseCall::SolarHow(site), jd_ut)?;
        Ok(LiveSolarCircumstances::of(&eclipsed))
    }

    /// The next or last solar eclipse at a site of which a contact or the maximum is above the horizon, and whose maximum
    /// is more than 8.64 s away from a UT1 date (`swe_sol_eclipse_when_loc`). One that is to be seen only in between, by a
    /// Sun that shows itself for minutes, the library passes over.
    ///
    /// # Errors
    /// As for [`Session::solar_eclipse`], and the site is none.
    pub fn local_solar_eclipse(
        &mut self,
        site: LiveSite,
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveLocalSolarEclipse, LiveError> {
        let call = EclipseCall::SolarAt { site, search };
        local_solar_eclipse(call, jd_ut, &self.eclipse(call, jd_ut)?)
    }

    /// The same as a user of the C library gets it by one plain call. The yardstick of the benchmarks; answers come from
    /// [`Session::local_solar_eclipse`].
    ///
    /// # Errors
    /// As for that.
    pub fn plain_local_solar_eclipse(
        &mut self,
        site: LiveSite,
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveLocalSolarEclipse, LiveError> {
        let call = EclipseCall::SolarAt { site, search };
        local_solar_eclipse(call, jd_ut, &self.plain_eclipse(call, jd_ut)?)
    }
}

fn global(kinds: &[LiveSolarKind], search: LiveSearch) -> Result<EclipseCall, LiveError> {
    let types = types(kinds.iter().map(|kind| kind.bit()))?;
    Ok(EclipseCall::Solar { types, search })
}

fn solar_eclipse(call: EclipseCall, jd_ut: f64, eclipsed: &Eclipsed) -> Result<LiveSolarEclipse, LiveError> {
    let kind = LiveSolarKind::of(eclipsed).ok_or_else(|| no_kind(call, jd_ut))?;
    Ok(LiveSolarEclipse { kind, shadow: eclipsed.shadow() })
}

fn local_solar_eclipse(
    call: EclipseCall,
    jd_ut: f64,
    eclipsed: &Eclipsed,
) -> Result<LiveLocalSolarEclipse, LiveError> {
    let circumstances = LiveSolarCircumstances::of(eclipsed);
    let contact = |index, visible| eclipsed.contact(index, visible);
    let maximum = contact(0, sys::SE_ECL_MAX_VISIBLE);
    let first = contact(1, sys::SE_ECL_1ST_VISIBLE);
    let fourth = contact(4, sys::SE_ECL_4TH_VISIBLE);
    match (circumstances, maximum, first, fourth) {
        (Some(circumstances), Some(maximum), Some(first), Some(fourth)) => Ok(LiveLocalSolarEclipse {
            maximum,
            first,
            second: contact(2, sys::SE_ECL_2ND_VISIBLE),
            third: contact(3, sys::SE_ECL_3RD_VISIBLE),
            fourth,
            sunrise_jd_ut: eclipsed.instant(5),
            sunset_jd_ut: eclipsed.instant(6),
            circumstances,
        }),
        _ => Err(no_kind(call, jd_ut)),
    }
}
