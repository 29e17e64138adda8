//! Crossings of a longitude, and of the Moon's node: what Orrery's own are tested against.
//!
//! The library steps from one place to the next by the speed there, until it is within 0.001″ of the longitude, and then
//! one step more. For the Sun and the Moon it begins so near that what it finds is the next crossing. For a heliocentric
//! place it begins by the speed at the start, and on an eccentric orbit it may find another. Measured over 1800 to 2400:
//! of Pluto 1 in 90, of Juno 1 in 40 and of Pallas 1 in 30 is a revolution beyond the next, of the other planets, Ceres,
//! Vesta and Chiron none; of Pallas 1 in 400 is on the wrong side of the start. On orbits more eccentric the steps may
//! never come to an end: for two bodies alone they do not in 12 of 100 cases with an eccentricity of 0.4, nor in 18 with
//! that of Pholus, where they wander out of the files. So Pholus and numbered asteroids are refused. Chiron is not: for
//! it the library begins by the mean motion.

use libswisseph_sys as sys;

use crate::body::{LiveBody, Source};
use crate::error::LiveError;
use crate::library::Library;
use crate::oracle::{LiveFrame, LiveReference, in_range, swiss};
use crate::searches::LiveSearch;
use crate::session::{FIRST_JD, LAST_JD, Session, check_span, refused};
use crate::view::{LiveCenter, LivePlace};

/// What is found may lie this many days on the wrong side of the start, by rounding: more is another crossing.
const START_DAYS: f64 = 1e-4;

/// On which ecliptic, and with which effects of light, a place is taken. The default is the library's: the apparent place
/// on the true equinox and ecliptic of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct LiveEcliptic {
    /// Equinox and ecliptic.
    pub reference: LiveReference,
    /// Effects of light.
    pub place: LivePlace,
}

impl LiveEcliptic {
    fn flags(self) -> u32 {
        LiveFrame { reference: self.reference, ..LiveFrame::default() }.flags() | self.place.flags()
    }
}

/// The Moon at its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveNodeCrossing {
    /// When, Julian day in the time scale of the search.
    pub jd: f64,
    /// The Moon's longitude then, degrees in [0, 360).
    pub longitude_deg: f64,
    /// What is left of its latitude, degrees: within 0.001″.
    pub latitude_deg: f64,
}

/// The time scale of a search and of what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Tt,
    Ut1,
}

/// One of the library's functions, with what it takes beside the date.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CrossingCall {
    /// `swe_solcross`: a longitude in degrees.
    Sun(f64),
    /// `swe_mooncross`: a longitude in degrees.
    Moon(f64),
    /// `swe_mooncross_node`.
    MoonNode,
    /// `swe_helio_cross`.
    Heliocentric { body: LiveBody, longitude_deg: f64, search: LiveSearch },
}

impl CrossingCall {
    fn body(self) -> LiveBody {
        match self {
            CrossingCall::Sun(_) => LiveBody::Sun,
            CrossingCall::Moon(_) | CrossingCall::MoonNode => LiveBody::Moon,
            CrossingCall::Heliocentric { body, .. } => body,
        }
    }

    fn center(self) -> LiveCenter {
        match self {
            CrossingCall::Heliocentric { .. } => LiveCenter::Helio,
            _ => LiveCenter::Geo,
        }
    }

    fn search(self) -> LiveSearch {
        match self {
            CrossingCall::Heliocentric { search, .. } => search,
            _ => LiveSearch::Forward,
        }
    }

    /// Whether there is something to search for, and the search ends.
    fn check(self) -> Result<(), LiveError> {
        let longitude_deg = match self {
            CrossingCall::Sun(longitude_deg) | CrossingCall::Moon(longitude_deg) => longitude_deg,
            CrossingCall::MoonNode => return Ok(()),
            CrossingCall::Heliocentric { body, longitude_deg, .. } => {
                if !body.has_place_from(LiveCenter::Helio) {
                    return Err(LiveError::NoMeaning { body, center: LiveCenter::Helio });
                }
                let is_endless = matches!(body, LiveBody::Moon | LiveBody::Pholus) || is_numbered(body);
                if is_endless {
                    let what = "heliocentric crossing that the library is sure to find";
                    return Err(LiveError::NotForBody { body, what });
                }
                longitude_deg
            }
        };
        in_range("the longitude, degrees,", longitude_deg, 0.0, 360.0)
    }
}

fn is_numbered(body: LiveBody) -> bool {
    matches!(body.source(), Source::OwnFile(_))
}

impl Session {
    /// Julian day TT when the Sun is next at a longitude in degrees, 0 to 360, seen from the Earth's centre
    /// (`swe_solcross`).
    ///
    /// # Errors
    /// The longitude is outside its range, or the files do not reach from the date to the crossing.
    pub fn sun_crossing_tt(
        &mut self,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<f64, LiveError> {
        self.crossing(CrossingCall::Sun(longitude_deg), ecliptic, Scale::Tt, jd_tt).map(|found| found.jd)
    }

    /// [`Session::sun_crossing_tt`] by a user's plain call of the C library, with whatever it has open and saved. The
    /// yardstick of the benchmarks.
    ///
    /// # Errors
    /// As for that.
    pub fn plain_sun_crossing_tt(
        &mut self,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<f64, LiveError> {
        let call = CrossingCall::Sun(longitude_deg);
        self.plain_crossing(call, ecliptic, Scale::Tt, jd_tt).map(|found| found.jd)
    }

    /// [`Session::sun_crossing_tt`] from and in UT1 (`swe_solcross_ut`).
    ///
    /// # Errors
    /// As for that.
    pub fn sun_crossing_ut(
        &mut self,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        jd_ut: f64,
    ) -> Result<f64, LiveError> {
        self.crossing(CrossingCall::Sun(longitude_deg), ecliptic, Scale::Ut1, jd_ut).map(|found| found.jd)
    }

    /// Julian day TT when the Moon is next at a longitude in degrees, 0 to 360, seen from the Earth's centre
    /// (`swe_mooncross`).
    ///
    /// # Errors
    /// As for [`Session::sun_crossing_tt`].
    pub fn moon_crossing_tt(
        &mut self,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<f64, LiveError> {
        self.crossing(CrossingCall::Moon(longitude_deg), ecliptic, Scale::Tt, jd_tt).map(|found| found.jd)
    }

    /// [`Session::moon_crossing_tt`] by a user's plain call of the C library, with whatever it has open and saved. The
    /// yardstick of the benchmarks.
    ///
    /// # Errors
    /// As for that.
    pub fn plain_moon_crossing_tt(
        &mut self,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<f64, LiveError> {
        let call = CrossingCall::Moon(longitude_deg);
        self.plain_crossing(call, ecliptic, Scale::Tt, jd_tt).map(|found| found.jd)
    }

    /// [`Session::moon_crossing_tt`] from and in UT1 (`swe_mooncross_ut`).
    ///
    /// # Errors
    /// As for that.
    pub fn moon_crossing_ut(
        &mut self,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        jd_ut: f64,
    ) -> Result<f64, LiveError> {
        self.crossing(CrossingCall::Moon(longitude_deg), ecliptic, Scale::Ut1, jd_ut).map(|found| found.jd)
    }

    /// When after a date in TT the Moon next crosses the ecliptic, at either node (`swe_mooncross_node`).
    ///
    /// # Errors
    /// The files do not reach from the date to the crossing.
    pub fn moon_node_crossing_tt(
        &mut self,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<LiveNodeCrossing, LiveError> {
        self.crossing(CrossingCall::MoonNode, ecliptic, Scale::Tt, jd_tt)
    }

    /// [`Session::moon_node_crossing_tt`] from and in UT1 (`swe_mooncross_node_ut`).
    ///
    /// # Errors
    /// As for that.
    pub fn moon_node_crossing_ut(
        &mut self,
        ecliptic: LiveEcliptic,
        jd_ut: f64,
    ) -> Result<LiveNodeCrossing, LiveError> {
        self.crossing(CrossingCall::MoonNode, ecliptic, Scale::Ut1, jd_ut)
    }

    /// Julian day TT when a body, after or before a date in TT, is at a heliocentric longitude in degrees, 0 to 360:
    /// mostly the next or last time, of Pluto, Juno and Pallas sometimes one farther (`swe_helio_cross`).
    ///
    /// # Errors
    /// As for [`Session::sun_crossing_tt`]; the body has no heliocentric place, or an orbit that the search may not end
    /// in (the Moon, Pholus, numbered asteroids); or what the library found is on the wrong side of the date.
    pub fn heliocentric_crossing_tt(
        &mut self,
        body: LiveBody,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        search: LiveSearch,
        jd_tt: f64,
    ) -> Result<f64, LiveError> {
        let call = CrossingCall::Heliocentric { body: body.canonical(), longitude_deg, search };
        self.crossing(call, ecliptic, Scale::Tt, jd_tt).map(|found| found.jd)
    }

    /// [`Session::heliocentric_crossing_tt`] from and in UT1 (`swe_helio_cross_ut`).
    ///
    /// # Errors
    /// As for that.
    pub fn heliocentric_crossing_ut(
        &mut self,
        body: LiveBody,
        longitude_deg: f64,
        ecliptic: LiveEcliptic,
        search: LiveSearch,
        jd_ut: f64,
    ) -> Result<f64, LiveError> {
        let call = CrossingCall::Heliocentric { body: body.canonical(), longitude_deg, search };
        self.crossing(call, ecliptic, Scale::Ut1, jd_ut).map(|found| found.jd)
    }

    /// A crossing that the Swiss Ephemeris has found.
    fn crossing(
        &mut self,
        call: CrossingCall,
        ecliptic: LiveEcliptic,
        scale: Scale,
        jd: f64,
    ) -> Result<LiveNodeCrossing, LiveError> {
        self.check_crossing_start(call, scale, jd)?;
        let (found, source) = self.isolated(|library| {
            let found = asked(library, call, ecliptic, scale, jd)?;
            // The library does not tell from which ephemeris it took the place.
            let jd_tt = match scale {
                Scale::Tt => found.jd,
                Scale::Ut1 => found.jd + library.delta_t_days(found.jd),
            };
            let flags = sys::SEFLG_SWIEPH | sys::SEFLG_SPEED | call.center().flag() | ecliptic.flags();
            let calculated = library.calc(jd_tt, call.body().number(), flags);
            Ok::<_, LiveError>((found, swiss(call.body(), jd_tt, calculated)))
        })?;
        self.check_crossing_found(call, scale, jd, found.jd)?;
        source.map(|_| found)
    }

    fn plain_crossing(
        &mut self,
        call: CrossingCall,
        ecliptic: LiveEcliptic,
        scale: Scale,
        jd: f64,
    ) -> Result<LiveNodeCrossing, LiveError> {
        self.check_crossing_start(call, scale, jd)?;
        let found = self.plainly(|library| asked(library, call, ecliptic, scale, jd))?;
        self.check_crossing_found(call, scale, jd, found.jd)?;
        Ok(found)
    }

    fn check_crossing_start(&mut self, call: CrossingCall, scale: Scale, jd: f64) -> Result<(), LiveError> {
        check_span("a crossing", jd, FIRST_JD, LAST_JD)?;
        call.check()?;
        let jd_tt = self.jd_tt_in(scale, jd)?;
        self.check_reach(call.body(), jd_tt)
    }

    fn check_crossing_found(
        &mut self,
        call: CrossingCall,
        scale: Scale,
        start_jd: f64,
        found_jd: f64,
    ) -> Result<(), LiveError> {
        let (start_jd_tt, found_jd_tt) = (self.jd_tt_in(scale, start_jd)?, self.jd_tt_in(scale, found_jd)?);
        self.check_stretch(call.body(), start_jd_tt, found_jd_tt)?;
        if call.search().ahead(found_jd - start_jd) < -START_DAYS {
            let reason = format!("it found a crossing on the wrong side, at JD {found_jd}");
            return Err(refused(&call.body().name(), start_jd, reason));
        }
        Ok(())
    }

    fn jd_tt_in(&mut self, scale: Scale, jd: f64) -> Result<f64, LiveError> {
        match scale {
            Scale::Tt => Ok(jd),
            Scale::Ut1 => self.jd_tt_of(jd),
        }
    }
}

/// What the library answers, if it is numbers.
fn asked(
    library: &mut Library,
    call: CrossingCall,
    ecliptic: LiveEcliptic,
    scale: Scale,
    jd: f64,
) -> Result<LiveNodeCrossing, LiveError> {
    let refusal = |reason| refused(&call.body().name(), jd, reason);
    let found = library.crossing(call, scale, sys::SEFLG_SWIEPH | ecliptic.flags(), jd).map_err(refusal)?;
    let [jd, longitude_deg, latitude_deg] = found;
    if found.iter().all(|number| number.is_finite()) {
        Ok(LiveNodeCrossing { jd, longitude_deg, latitude_deg })
    } else {
        Err(refusal("it answered no date".to_owned()))
    }
}
