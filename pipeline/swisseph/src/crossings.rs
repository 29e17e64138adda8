//! Crossings of a longitude, and of the Moon's node: what Orrery's own are tested against.
//!
//! The library steps from one place to the next by the speed there, until it is within 0.001″ of the longitude, and then
//! one step more. It begins so near that what it finds is the next crossing.

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::library::Library;
use crate::oracle::{LiveFrame, LiveReference, in_range, swiss};
use crate::session::{FIRST_JD, LAST_JD, Session, check_span, refused};
use crate::view::LivePlace;

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
    /// When, Julian day of TT.
    pub jd_tt: f64,
    /// The Moon's longitude then, degrees in [0, 360).
    pub longitude_deg: f64,
    /// What is left of its latitude, degrees: within 0.001″.
    pub latitude_deg: f64,
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
}

impl CrossingCall {
    fn body(self) -> LiveBody {
        match self {
            CrossingCall::Sun(_) => LiveBody::Sun,
            CrossingCall::Moon(_) | CrossingCall::MoonNode => LiveBody::Moon,
        }
    }

    /// Whether there is something to search for.
    fn check(self) -> Result<(), LiveError> {
        match self {
            CrossingCall::Sun(longitude_deg) | CrossingCall::Moon(longitude_deg) => {
                in_range("the longitude, degrees,", longitude_deg, 0.0, 360.0)
            }
            CrossingCall::MoonNode => Ok(()),
        }
    }
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
        self.crossing(CrossingCall::Sun(longitude_deg), ecliptic, jd_tt).map(|found| found.jd_tt)
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
        self.plain_crossing(call, ecliptic, jd_tt).map(|found| found.jd_tt)
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
        self.crossing(CrossingCall::Moon(longitude_deg), ecliptic, jd_tt).map(|found| found.jd_tt)
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
        self.plain_crossing(call, ecliptic, jd_tt).map(|found| found.jd_tt)
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
        self.crossing(CrossingCall::MoonNode, ecliptic, jd_tt)
    }

    /// A crossing that the Swiss Ephemeris has found.
    fn crossing(
        &mut self,
        call: CrossingCall,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<LiveNodeCrossing, LiveError> {
        self.check_crossing_start(call, jd_tt)?;
        let (found, source) = self.isolated(|library| {
            let found = asked(library, call, ecliptic, jd_tt)?;
            // The library does not tell from which ephemeris it took the place.
            let flags = sys::SEFLG_SWIEPH | sys::SEFLG_SPEED | ecliptic.flags();
            let calculated = library.calc(found.jd_tt, call.body().number(), flags);
            Ok::<_, LiveError>((found, swiss(call.body(), found.jd_tt, calculated)))
        })?;
        self.check_crossing_found(call, jd_tt, found.jd_tt)?;
        source.map(|_| found)
    }

    fn plain_crossing(
        &mut self,
        call: CrossingCall,
        ecliptic: LiveEcliptic,
        jd_tt: f64,
    ) -> Result<LiveNodeCrossing, LiveError> {
        self.check_crossing_start(call, jd_tt)?;
        let found = self.plainly(|library| asked(library, call, ecliptic, jd_tt))?;
        self.check_crossing_found(call, jd_tt, found.jd_tt)?;
        Ok(found)
    }

    fn check_crossing_start(&mut self, call: CrossingCall, jd_tt: f64) -> Result<(), LiveError> {
        check_span("a crossing", jd_tt, FIRST_JD, LAST_JD)?;
        call.check()?;
        self.check_reach(call.body(), jd_tt)
    }

    fn check_crossing_found(
        &mut self,
        call: CrossingCall,
        start_jd_tt: f64,
        found_jd_tt: f64,
    ) -> Result<(), LiveError> {
        self.check_stretch(call.body(), start_jd_tt, found_jd_tt)?;
        if found_jd_tt - start_jd_tt < -START_DAYS {
            let reason = format!("it found a crossing on the wrong side, at JD {found_jd_tt}");
            return Err(refused(&call.body().name(), start_jd_tt, reason));
        }
        Ok(())
    }
}

/// What the library answers, if it is numbers.
fn asked(
    library: &mut Library,
    call: CrossingCall,
    ecliptic: LiveEcliptic,
    jd_tt: f64,
) -> Result<LiveNodeCrossing, LiveError> {
    let refusal = |reason| refused(&call.body().name(), jd_tt, reason);
    let found = library.crossing(call, sys::SEFLG_SWIEPH | ecliptic.flags(), jd_tt).map_err(refusal)?;
    let [jd_tt, longitude_deg, latitude_deg] = found;
    if found.iter().all(|number| number.is_finite()) {
        Ok(LiveNodeCrossing { jd_tt, longitude_deg, latitude_deg })
    } else {
        Err(refusal("it answered no date".to_owned()))
    }
}
