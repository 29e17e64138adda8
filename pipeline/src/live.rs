//! The live source as something that knows how things move: searches that run over tables run over it too.

use std::cell::RefCell;

use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::eclipses::{Luminaries, SunAndMoon};
use orrery_almanac::motion::{Ephemeris, Function, Places, Stretch};
use orrery_almanac::power_series::PowerSeries;
use orrery_almanac::{Derivation, WireBody};
use orrery_format::{Center, Nutation, State, TtDay};
use orrery_swisseph::{LiveAyanamsa, LiveBody, LiveCenter, LiveError, LiveState, Session};

use crate::sample::{live_body, live_center, signed_degrees};

/// A live session, asked for places.
#[derive(Debug)]
pub struct Live {
    session: Session,
}

/// Why the live source does not know.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unknown {
    /// It refuses.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// No table is made of the body, and the pipeline asks for nothing else.
    #[error("{0} is not tabulated")]
    Untabulated(WireBody),
    /// A zodiac of one's own.
    #[error("the ayanamsa {0} is none of the list's")]
    Unlisted(Ayanamsa),
}

impl Unknown {
    /// Whether the source is asked for a time that it does not reach, by files or by formulae.
    #[must_use]
    pub const fn is_beyond(&self) -> bool {
        matches!(self, Unknown::Live(LiveError::OutsideFiles { .. } | LiveError::OutsideTheory { .. }))
    }
}

impl Live {
    /// Over a session.
    #[must_use]
    pub fn new(session: Session) -> Live {
        Live { session }
    }
}

impl Places for Live {
    type Error = Unknown;

    fn known(&self, _: Center, _: WireBody) -> (f64, f64) {
        self.session.files().span()
    }

    fn place(&mut self, center: Center, body: WireBody, jd_tt: f64) -> Result<[f64; 3], Unknown> {
        let (base, derivation) = body.tabulated().ok_or(Unknown::Untabulated(body))?;
        let place = self.session.position(live_body(base), live_center(center), jd_tt)?;
        if derivation == Derivation::Itself {
            return Ok(place);
        }
        let [longitude_deg, latitude_deg, distance_au] = place;
        let base = State { longitude_deg, latitude_deg, distance_au, ..State::default() };
        let State { longitude_deg, latitude_deg, distance_au, .. } = derivation.apply(base);
        Ok([longitude_deg, latitude_deg, distance_au])
    }

    fn nutation(&mut self, jd_tt: f64) -> Result<[f64; 3], Unknown> {
        Ok(self.session.nutation(jd_tt)?)
    }

    fn ayanamsa_deg(&mut self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<f64, Unknown> {
        let number = ayanamsa.number().ok_or(Unknown::Unlisted(ayanamsa))?;
        Ok(self.session.ayanamsa_deg(LiveAyanamsa::Mode(number), jd_tt)?)
    }
}

/// Sun and Moon as far as any eclipse's predecessors: by the Moshier model where no file reaches.
impl Luminaries for Live {
    type Error = Unknown;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, Unknown> {
        let mut place = |body: LiveBody| -> Result<State, Unknown> {
            match self.session.position(body, LiveCenter::Geo, tt.jd()) {
                Ok([longitude_deg, latitude_deg, distance_au]) => {
                    Ok(State { longitude_deg, latitude_deg, distance_au, ..State::default() })
                }
                Err(LiveError::OutsideFiles { .. }) => {
                    let (state, _) = self.session.state(body, LiveCenter::Geo, tt.jd(), true)?;
                    let LiveState { longitude_deg, latitude_deg, distance_au, .. } = state;
                    Ok(State { longitude_deg, latitude_deg, distance_au, ..State::default() })
                }
                Err(error) => Err(error.into()),
            }
        };
        let (sun, moon) = (place(LiveBody::Sun)?, place(LiveBody::Moon)?);
        let [dpsi_deg, deps_deg, mean_obliquity_deg] = self.session.nutation(tt.jd())?;
        let nutation = Nutation { dpsi_deg, deps_deg, mean_obliquity_deg, ..Nutation::default() };
        Ok(SunAndMoon::new(tt, &sun, &moon, &nutation))
    }
}

/// The live source at single instants: what it says there is exact, and how things move is told by what it says a little
/// before and after.
#[derive(Debug)]
pub struct AtInstants<'l> {
    live: RefCell<&'l mut Live>,
}

/// Days before and after an instant from which its change is told: a minute.
const AROUND_DAYS: f64 = 1.0 / 1440.0;

impl<'l> AtInstants<'l> {
    /// Of a live source.
    #[must_use]
    pub fn new(live: &'l mut Live) -> AtInstants<'l> {
        AtInstants { live: RefCell::new(live) }
    }

    fn ask(&self, function: Function, jd_tt: f64) -> Result<f64, Unknown> {
        let mut live = self.live.borrow_mut();
        Ok(match function {
            Function::Longitude(center, body) => live.place(center, body, jd_tt)?[0],
            Function::Latitude(center, body) => live.place(center, body, jd_tt)?[1],
            Function::Distance(center, body) => live.place(center, body, jd_tt)?[2],
            Function::NutationInLongitude => live.nutation(jd_tt)?[0],
            Function::NutationInObliquity => live.nutation(jd_tt)?[1],
            Function::MeanObliquity => live.nutation(jd_tt)?[2],
            Function::Ayanamsa(ayanamsa) => live.ayanamsa_deg(ayanamsa, jd_tt)?,
        })
    }
}

impl Ephemeris for AtInstants<'_> {
    type Error = Unknown;

    /// The parabola through three answers, the middle one at the instant itself.
    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Unknown> {
        let (start_jd_tt, end_jd_tt) = (jd_tt - AROUND_DAYS, jd_tt + AROUND_DAYS);
        let middle = self.ask(function, jd_tt)?;
        let wraps = matches!(function, Function::Longitude(..) | Function::Ayanamsa(_));
        let beside = |jd| {
            let apart = self.ask(function, jd)? - middle;
            Ok::<_, Unknown>(if wraps { signed_degrees(apart) } else { apart })
        };
        let (before, after) = (beside(start_jd_tt)?, beside(end_jd_tt)?);
        let series = PowerSeries::new(&[middle, (after - before) / 2.0, f64::midpoint(before, after)]);
        Ok(Some(Stretch { start_jd_tt, end_jd_tt, series }))
    }
}
