//! Eclipses and occultations: what Orrery's own are tested against.
//!
//! All instants are Julian days UT1 with the library's own ΔT ([`Session::delta_t_s`]); what it compares with TT has to
//! be brought there with that. Its Sun has a radius of 696,000 km, its Moon one of 1738.15 km, 0.272 517 of the Earth's
//! at the equator, for penumbra and umbra alike. (NASA's canon takes 0.272 281 for the umbra: there the ratio of the
//! diameters is less by 0.0009, and some eclipses that are nearly hybrid are of another kind.) For the second and third
//! contact at a site it makes the Moon smaller by 0.000 84.
//!
//! None of these functions tells from which ephemeris it took Sun and Moon. So the files have to cover all that a search
//! looked at, and the bodies are asked for once more at what it found.

mod lunar;
mod occultations;
mod solar;

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::horizon::LiveHorizontal;
use crate::library::Library;
use crate::oracle::swiss;
use crate::searches::LiveSearch;
use crate::session::{FIRST_JD, LAST_JD, Session, check_span, refused};
use crate::view::LiveSite;

pub use lunar::{LiveLocalLunarEclipse, LiveLunarCircumstances, LiveLunarEclipse, LiveLunarKind};
pub use occultations::{LiveOccultation, LiveOccultationKind, LiveOccultationPlace};
pub use solar::{
    LiveLocalSolarEclipse, LiveSolarCircumstances, LiveSolarEclipse, LiveSolarKind, LiveSolarPlace,
};

/// A search begins up to this many days behind its start: by two or three lunations, and by as many again at the ends of
/// the widest files, since it counts them from 2000 by a mean length that is short by 46 s.
const APPROACH_DAYS: f64 = 190.0;
/// Around what it finds a search asks for positions within this many days, for contacts, risings and settings.
const MARGIN_DAYS: f64 = 10.0;

/// One of the library's functions, with what it takes beside the date.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EclipseCall {
    /// `swe_sol_eclipse_when_glob`: types as bits (`SE_ECL_TOTAL` and so on).
    Solar { types: u32, search: LiveSearch },
    /// `swe_sol_eclipse_where`.
    SolarWhere,
    /// `swe_sol_eclipse_how`.
    SolarHow(LiveSite),
    /// `swe_sol_eclipse_when_loc`.
    SolarAt { site: LiveSite, search: LiveSearch },
    /// `swe_lun_eclipse_when`.
    Lunar { types: u32, search: LiveSearch },
    /// `swe_lun_eclipse_how`, without a site for the Earth's centre.
    LunarHow(Option<LiveSite>),
    /// `swe_lun_eclipse_when_loc`.
    LunarAt { site: LiveSite, search: LiveSearch },
    /// `swe_lun_occult_when_glob`.
    Occultation { body: LiveBody, types: u32, search: LiveSearch },
    /// `swe_lun_occult_where`.
    OccultationWhere(LiveBody),
}

impl EclipseCall {
    /// What is asked for, for the text of a refusal.
    fn what(self) -> &'static str {
        match self {
            EclipseCall::Solar { .. }
            | EclipseCall::SolarWhere
            | EclipseCall::SolarHow(_)
            | EclipseCall::SolarAt { .. } => "a solar eclipse",
            EclipseCall::Lunar { .. } | EclipseCall::LunarHow(_) | EclipseCall::LunarAt { .. } => {
                "a lunar eclipse"
            }
            EclipseCall::Occultation { .. } | EclipseCall::OccultationWhere(_) => "an occultation",
        }
    }

    /// What stands behind the Moon, or before it.
    fn body(self) -> LiveBody {
        match self {
            EclipseCall::Occultation { body, .. } | EclipseCall::OccultationWhere(body) => body,
            _ => LiveBody::Sun,
        }
    }

    /// Which way it searches, if it does.
    fn search(self) -> Option<LiveSearch> {
        match self {
            EclipseCall::Solar { search, .. }
            | EclipseCall::SolarAt { search, .. }
            | EclipseCall::Lunar { search, .. }
            | EclipseCall::LunarAt { search, .. }
            | EclipseCall::Occultation { search, .. } => Some(search),
            _ => None,
        }
    }

    /// From where, if from a site.
    pub(crate) fn site(self) -> Option<LiveSite> {
        match self {
            EclipseCall::SolarHow(site)
            | EclipseCall::SolarAt { site, .. }
            | EclipseCall::LunarAt { site, .. } => Some(site),
            EclipseCall::LunarHow(site) => site,
            _ => None,
        }
    }
}

/// What a call has returned and written, zeros where it has not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Eclipsed {
    /// The type and what is visible, in bits (`SE_ECL_TOTAL` and so on).
    pub(crate) flags: u32,
    /// `tret`: Julian days UT1, the maximum first.
    pub(crate) times: [f64; 10],
    /// `geopos`: longitude and latitude in degrees, altitude in metres.
    pub(crate) place: [f64; 10],
    /// `attr`.
    pub(crate) attributes: [f64; 20],
}

impl Eclipsed {
    pub(crate) fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn is_finite(&self) -> bool {
        self.times.iter().chain(&self.place).chain(&self.attributes).all(|number| number.is_finite())
    }

    /// An instant, if there is one: for those that do not take place there are zeros.
    fn instant(&self, index: usize) -> Option<f64> {
        self.times.get(index).copied().filter(|jd_ut| *jd_ut != 0.0)
    }

    /// An instant and whether it is visible.
    fn contact(&self, index: usize, visible: u32) -> Option<LiveContact> {
        self.instant(index).map(|jd_ut| LiveContact { jd_ut, is_visible: self.has(visible) })
    }

    /// From one instant to the following.
    fn phase(&self, index: usize) -> Option<LivePhase> {
        let begin_jd_ut = self.instant(index)?;
        Some(LivePhase { begin_jd_ut, end_jd_ut: self.instant(index + 1)? })
    }

    /// When the Moon's shadow is on the Earth. A solar eclipse of next to nothing has no times but that of its maximum,
    /// which the library repeats where totality would begin and end.
    fn shadow(&self) -> LiveShadow {
        LiveShadow {
            is_central: self.has(sys::SE_ECL_CENTRAL),
            maximum_jd_ut: self.times[0],
            noon_jd_ut: self.instant(1),
            penumbral: self.phase(2),
            umbral: self.phase(4).filter(|_| !self.has(sys::SE_ECL_PARTIAL)),
            central: self.phase(6),
        }
    }

    /// The place that was written, at sea level.
    fn site(&self) -> LiveSite {
        LiveSite { latitude_deg: self.place[1], longitude_deg: self.place[0], altitude_m: 0.0 }
    }

    fn horizontal(&self) -> LiveHorizontal {
        LiveHorizontal {
            azimuth_deg: (self.attributes[4] + 180.0).rem_euclid(360.0),
            true_altitude_deg: self.attributes[5],
            apparent_altitude_deg: self.attributes[6],
        }
    }

    fn covering(&self) -> LiveCovering {
        let [covered_diameter, diameter_ratio, obscuration, core_shadow_km, _, _, _, separation_deg, ..] =
            self.attributes;
        LiveCovering {
            covered_diameter,
            diameter_ratio,
            obscuration,
            core_shadow_km,
            horizontal: self.horizontal(),
            separation_deg,
        }
    }

    fn saros(&self) -> Option<LiveSaros> {
        let [series, member] = [self.attributes[9], self.attributes[10]];
        // Members count from 1; where it knows no series, there are zeros or huge negative numbers.
        (member >= 1.0).then_some(LiveSaros { series: series as u32, member: member as u32 })
    }
}

/// From when to when something lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LivePhase {
    /// Its beginning, Julian day UT1.
    pub begin_jd_ut: f64,
    /// Its end, Julian day UT1.
    pub end_jd_ut: f64,
}

/// An instant of an eclipse at a site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveContact {
    /// When, Julian day UT1.
    pub jd_ut: f64,
    /// Whether the disc's centre is then above the horizon, with the library's refraction.
    pub is_visible: bool,
}

/// Where an eclipse stands in its Saros series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LiveSaros {
    /// The number of the series (van den Bergh's): 0 to 180 for solar, 1 to 180 for lunar eclipses.
    pub series: u32,
    /// The eclipse's number in it, from 1.
    pub member: u32,
}

/// When the Moon's shadow, cast by the Sun or another body, is on the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveShadow {
    /// Whether the shadow's axis meets the Earth at the maximum.
    pub is_central: bool,
    /// When, seen from the Earth's centre, the two discs are nearest, Julian day UT1.
    pub maximum_jd_ut: f64,
    /// When the two have the same right ascension, so that the Moon covers the body where that is on the meridian, Julian
    /// day UT1; if that happens while the shadow is on the Earth.
    pub noon_jd_ut: Option<f64>,
    /// The penumbra is somewhere on the Earth (contacts P1 and P4).
    pub penumbral: Option<LivePhase>,
    /// The umbra, or what lies behind its tip, is (U1 and U4).
    pub umbral: Option<LivePhase>,
    /// The axis is (C1 and C2).
    pub central: Option<LivePhase>,
}

/// How the Moon covers another disc, seen from one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveCovering {
    /// Which part of the disc's diameter is covered (`attr[0]`): above 1 where more than enough covers it, by the Moon's
    /// own diameter for an annular eclipse too.
    pub covered_diameter: f64,
    /// The Moon's apparent diameter, that of the disc being 1 (`attr[1]`).
    pub diameter_ratio: f64,
    /// Which part of the disc is covered (`attr[2]`). In a total phase the ratio's square, above 1.
    pub obscuration: f64,
    /// Diameter of the umbra where its axis meets the Earth, or is nearest to it, wherever one is, kilometres (`attr[3]`):
    /// negative for the umbra, positive behind its tip, where an eclipse is annular.
    pub core_shadow_km: f64,
    /// Where the disc stands, for the library's estimate of the pressure at the place and 10 °C.
    pub horizontal: LiveHorizontal,
    /// Between the two centres, degrees (`attr[7]`).
    pub separation_deg: f64,
}

impl Session {
    /// An answer of one of these functions that rests on the Swiss Ephemeris alone.
    fn eclipse(&mut self, call: EclipseCall, jd_ut: f64) -> Result<Eclipsed, LiveError> {
        let start_jd_tt = self.check_start(call, jd_ut)?;
        let (eclipsed, sources) = self.isolated(|library| {
            let eclipsed = asked(library, call, jd_ut)?;
            let sources = check_sources(library, call, eclipsed.instant(0).unwrap_or(jd_ut));
            Ok::<_, LiveError>((eclipsed, sources))
        })?;
        self.check_found(call, start_jd_tt, &eclipsed)?;
        sources.map(|()| eclipsed)
    }

    /// The same by one plain call, with whatever the library has open and saved.
    fn plain_eclipse(&mut self, call: EclipseCall, jd_ut: f64) -> Result<Eclipsed, LiveError> {
        let start_jd_tt = self.check_start(call, jd_ut)?;
        let eclipsed = self.plainly(|library| asked(library, call, jd_ut))?;
        self.check_found(call, start_jd_tt, &eclipsed)?;
        Ok(eclipsed)
    }

    /// The date in TT, if it and the site are such as C may be asked with, and the files have what is needed around it.
    fn check_start(&mut self, call: EclipseCall, jd_ut: f64) -> Result<f64, LiveError> {
        check_span(call.what(), jd_ut, FIRST_JD, LAST_JD)?;
        if let Some(site) = call.site() {
            site.check()?;
        }
        let jd_tt = self.jd_tt_of(jd_ut)?;
        let (before, after) = match call.search() {
            None => (-MARGIN_DAYS, MARGIN_DAYS),
            Some(search) => (search.ahead(-APPROACH_DAYS), 0.0),
        };
        self.check_stretch(call.body(), jd_tt + before, jd_tt + after)?;
        Ok(jd_tt)
    }

    /// Whether the files cover all that a search has looked at.
    fn check_found(
        &mut self,
        call: EclipseCall,
        start_jd_tt: f64,
        eclipsed: &Eclipsed,
    ) -> Result<(), LiveError> {
        let Some(search) = call.search() else { return Ok(()) };
        let [maximum_jd_ut, ..] = eclipsed.times;
        let found_jd_tt = self.jd_tt_of(maximum_jd_ut)?;
        self.check_stretch(call.body(), start_jd_tt, found_jd_tt + search.ahead(MARGIN_DAYS))
    }
}

/// What the library answers, if it is numbers.
fn asked(library: &mut Library, call: EclipseCall, jd_ut: f64) -> Result<Eclipsed, LiveError> {
    match library.eclipse(call, jd_ut) {
        Ok(eclipsed) if eclipsed.is_finite() => Ok(eclipsed),
        Ok(_) => Err(refused(call.what(), jd_ut, "it answered no numbers".to_owned())),
        Err(reason) => Err(refused(call.what(), jd_ut, reason)),
    }
}

/// Whether what an eclipse is made of comes from the Swiss Ephemeris.
fn check_sources(library: &mut Library, call: EclipseCall, jd_ut: f64) -> Result<(), LiveError> {
    let jd_tt = jd_ut + library.delta_t_days(jd_ut);
    for body in [call.body(), LiveBody::Moon] {
        let calculated = library.calc(jd_tt, body.number(), sys::SEFLG_SWIEPH);
        swiss(body, jd_tt, calculated)?;
    }
    Ok(())
}

/// The bits of the kinds that are searched for, central or not. Asked for two kinds without a word on that, the library
/// would find neither.
fn types(bits: impl Iterator<Item = u32>) -> Result<u32, LiveError> {
    match bits.fold(0, |types, bit| types | bit) {
        // No kind it takes for any.
        0 => Err(LiveError::NoKind),
        types => Ok(types | sys::SE_ECL_CENTRAL | sys::SE_ECL_NONCENTRAL),
    }
}

/// A search that has found something of no kind.
fn no_kind(call: EclipseCall, jd_ut: f64) -> LiveError {
    refused(call.what(), jd_ut, "it answered no kind".to_owned())
}
