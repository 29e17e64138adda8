//! Eclipses of the Moon.

use libswisseph_sys as sys;

use super::{EclipseCall, Eclipsed, LiveContact, LivePhase, LiveSaros, no_kind, types};
use crate::error::LiveError;
use crate::horizon::LiveHorizontal;
use crate::searches::LiveSearch;
use crate::session::Session;
use crate::view::LiveSite;

/// Kinds of lunar eclipses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LiveLunarKind {
    /// The Moon meets the Earth's penumbra alone.
    Penumbral,
    /// Part of it is in the umbra.
    Partial,
    /// All of it is.
    Total,
}

impl LiveLunarKind {
    /// All of them.
    pub const ALL: [LiveLunarKind; 3] =
        [LiveLunarKind::Penumbral, LiveLunarKind::Partial, LiveLunarKind::Total];

    fn bit(self) -> u32 {
        match self {
            LiveLunarKind::Penumbral => sys::SE_ECL_PENUMBRAL,
            LiveLunarKind::Partial => sys::SE_ECL_PARTIAL,
            LiveLunarKind::Total => sys::SE_ECL_TOTAL,
        }
    }

    fn of(eclipsed: &Eclipsed) -> Option<LiveLunarKind> {
        LiveLunarKind::ALL.into_iter().find(|kind| eclipsed.has(kind.bit()))
    }
}

/// A lunar eclipse (`swe_lun_eclipse_when`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveLunarEclipse {
    /// Its kind.
    pub kind: LiveLunarKind,
    /// When, seen from the Moon, the discs of Sun and Earth are nearest, Julian day UT1.
    pub maximum_jd_ut: f64,
    /// The Moon is at least partly in the penumbra (contacts P1 and P4).
    pub penumbral: LivePhase,
    /// It is at least partly in the umbra (U1 and U4).
    pub partial: Option<LivePhase>,
    /// It is wholly in the umbra (U2 and U3).
    pub total: Option<LivePhase>,
}

/// What a lunar eclipse is at one instant (`swe_lun_eclipse_how`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveLunarCircumstances {
    /// The kind of this phase. Nothing if there is none, or if the Moon is below the site's horizon.
    pub kind: Option<LiveLunarKind>,
    /// Which part of the Moon's diameter is in the umbra (`attr[0]`): above 1 where the umbra reaches beyond the Moon;
    /// zero, and never less, outside of it.
    pub umbral_magnitude: f64,
    /// Which part of it is in the penumbra (`attr[1]`), negative outside of it.
    pub penumbral_magnitude: f64,
    /// Between the Moon's centre and the point opposite to the Sun, degrees (`attr[7]`); nothing if there is no eclipse.
    pub from_opposition_deg: Option<f64>,
    /// Where the Moon stands, for the library's estimate of the pressure at the site and 10 °C; nothing without a site.
    pub horizontal: Option<LiveHorizontal>,
    /// The Saros series, if there is one with an eclipse within two days.
    pub saros: Option<LiveSaros>,
}

impl LiveLunarCircumstances {
    fn of(eclipsed: &Eclipsed, site: Option<LiveSite>) -> LiveLunarCircumstances {
        let [umbral_magnitude, penumbral_magnitude, ..] = eclipsed.attributes;
        LiveLunarCircumstances {
            kind: LiveLunarKind::of(eclipsed),
            umbral_magnitude,
            penumbral_magnitude,
            from_opposition_deg: Some(eclipsed.attributes[7]).filter(|angle_deg| *angle_deg != 0.0),
            horizontal: site.map(|_| eclipsed.horizontal()),
            saros: eclipsed.saros(),
        }
    }
}

/// A lunar eclipse at a site (`swe_lun_eclipse_when_loc`). There are no contacts before the Moon rises, nor after it sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveLocalLunarEclipse {
    /// The kind of the phase at what stands as the maximum.
    pub kind: LiveLunarKind,
    /// The maximum. If the Moon rises after it or sets before it, moonrise or moonset stands for it, which is not marked
    /// as visible.
    pub maximum: LiveContact,
    /// The Moon touches the penumbra (P1).
    pub penumbral_begin: Option<LiveContact>,
    /// The Moon touches the umbra (U1).
    pub partial_begin: Option<LiveContact>,
    /// Totality begins (U2).
    pub total_begin: Option<LiveContact>,
    /// It ends (U3).
    pub total_end: Option<LiveContact>,
    /// The Moon leaves the umbra (U4).
    pub partial_end: Option<LiveContact>,
    /// The Moon leaves the penumbra (P4).
    pub penumbral_end: Option<LiveContact>,
    /// When the Moon's lower limb rises during the eclipse, Julian day UT1, if it does.
    pub moonrise_jd_ut: Option<f64>,
    /// When it sets, likewise.
    pub moonset_jd_ut: Option<f64>,
    /// What the eclipse is at what stands as the maximum.
    pub circumstances: LiveLunarCircumstances,
}

impl Session {
    /// The next or last lunar eclipse of some kinds whose maximum is more than 8.64 s away from a UT1 date
    /// (`swe_lun_eclipse_when`).
    ///
    /// # Errors
    /// As for [`Session::solar_eclipse`].
    pub fn lunar_eclipse(
        &mut self,
        kinds: &[LiveLunarKind],
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveLunarEclipse, LiveError> {
        let call = global(kinds, search)?;
        lunar_eclipse(call, jd_ut, &self.eclipse(call, jd_ut)?)
    }

    /// The same as a user of the C library gets it by one plain call, with whatever it has open and saved. The yardstick
    /// of the benchmarks; answers come from [`Session::lunar_eclipse`].
    ///
    /// # Errors
    /// As for that.
    pub fn plain_lunar_eclipse(
        &mut self,
        kinds: &[LiveLunarKind],
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveLunarEclipse, LiveError> {
        let call = global(kinds, search)?;
        lunar_eclipse(call, jd_ut, &self.plain_eclipse(call, jd_ut)?)
    }

    /// What a lunar eclipse is at a UT1 date, for the whole Earth or as a site sees it (`swe_lun_eclipse_how`).
    ///
    /// # Errors
    /// The date is not finite or outside the theory, the files do not reach ten days around it, or the site is none.
    pub fn lunar_eclipse_at(
        &mut self,
        site: Option<LiveSite>,
        jd_ut: f64,
    ) -> Result<LiveLunarCircumstances, LiveError> {
        let eclipsed = self.eclipse(EclipseCall::LunarHow(site), jd_ut)?;
        Ok(LiveLunarCircumstances::of(&eclipsed, site))
    }

    /// The next or last lunar eclipse at a site of which a contact or the maximum is above the horizon, and whose maximum
    /// is more than 8.64 s away from a UT1 date (`swe_lun_eclipse_when_loc`).
    ///
    /// # Errors
    /// As for [`Session::solar_eclipse`], and the site is none.
    pub fn local_lunar_eclipse(
        &mut self,
        site: LiveSite,
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<LiveLocalLunarEclipse, LiveError> {
        let call = EclipseCall::LunarAt { site, search };
        let eclipsed = self.eclipse(call, jd_ut)?;
        let circumstances = LiveLunarCircumstances::of(&eclipsed, Some(site));
        let contact = |index, visible| eclipsed.contact(index, visible);
        let (Some(kind), Some(maximum)) = (circumstances.kind, contact(0, sys::SE_ECL_MAX_VISIBLE)) else {
            return Err(no_kind(call, jd_ut));
        };
        Ok(LiveLocalLunarEclipse {
            kind,
            maximum,
            penumbral_begin: contact(6, sys::SE_ECL_PENUMBBEG_VISIBLE),
            partial_begin: contact(2, sys::SE_ECL_PARTBEG_VISIBLE),
            total_begin: contact(4, sys::SE_ECL_TOTBEG_VISIBLE),
            total_end: contact(5, sys::SE_ECL_TOTEND_VISIBLE),
            partial_end: contact(3, sys::SE_ECL_PARTEND_VISIBLE),
            penumbral_end: contact(7, sys::SE_ECL_PENUMBEND_VISIBLE),
            moonrise_jd_ut: eclipsed.instant(8),
            moonset_jd_ut: eclipsed.instant(9),
            circumstances,
        })
    }
}

fn global(kinds: &[LiveLunarKind], search: LiveSearch) -> Result<EclipseCall, LiveError> {
    let types = types(kinds.iter().map(|kind| kind.bit()))?;
    Ok(EclipseCall::Lunar { types, search })
}

fn lunar_eclipse(call: EclipseCall, jd_ut: f64, eclipsed: &Eclipsed) -> Result<LiveLunarEclipse, LiveError> {
    let (Some(kind), Some(penumbral)) = (LiveLunarKind::of(eclipsed), eclipsed.phase(6)) else {
        return Err(no_kind(call, jd_ut));
    };
    let [maximum_jd_ut, ..] = eclipsed.times;
    Ok(LiveLunarEclipse {
        kind,
        maximum_jd_ut,
        penumbral,
        partial: eclipsed.phase(2),
        total: eclipsed.phase(4),
    })
}
