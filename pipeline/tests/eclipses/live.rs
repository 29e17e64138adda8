//! Sun and Moon from the live source.

use std::path::Path;
use std::sync::OnceLock;

use orrery_almanac::calendar::{Calendar, CivilDate};
use orrery_almanac::eclipses::{Luminaries, SunAndMoon, lunar_eclipses, solar_eclipses};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::{Nutation, State, TtDay};
use orrery_swisseph::{EphemerisDir, LiveBody, LiveCenter, LiveError, Session};

/// A session, from its files where they reach and from the Moshier model elsewhere.
pub(crate) struct LiveLuminaries(Session);

/// A session on this thread, which has no other.
pub(crate) fn session() -> Session {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/ephe");
    let files = EphemerisDir::open(&path)
        .unwrap_or_else(|error| panic!("{error}; run scripts/fetch-data, then the tests again"));
    Session::open(&files).unwrap_or_else(|error| panic!("{error}"))
}

impl LiveLuminaries {
    /// On this thread, which has no other session.
    pub(crate) fn open() -> LiveLuminaries {
        LiveLuminaries(session())
    }

    fn place(&mut self, body: LiveBody, jd_tt: f64) -> Result<State, LiveError> {
        let place = match self.0.position(body, LiveCenter::Geo, jd_tt) {
            Err(LiveError::OutsideFiles { .. }) => {
                let (state, _) = self.0.state(body, LiveCenter::Geo, jd_tt, true)?;
                [state.longitude_deg, state.latitude_deg, state.distance_au]
            }
            answer => answer?,
        };
        let [longitude_deg, latitude_deg, distance_au] = place;
        Ok(State { longitude_deg, latitude_deg, distance_au, ..State::default() })
    }
}

impl Luminaries for LiveLuminaries {
    type Error = LiveError;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, LiveError> {
        let sun = self.place(LiveBody::Sun, tt.jd())?;
        let moon = self.place(LiveBody::Moon, tt.jd())?;
        let [dpsi_deg, deps_deg, mean_obliquity_deg] = self.0.nutation(tt.jd())?;
        let nutation = Nutation { dpsi_deg, deps_deg, mean_obliquity_deg, ..Nutation::default() };
        Ok(SunAndMoon::new(tt, &sun, &moon, &nutation))
    }
}

/// 0h of a day of the calendar that history had, without its skipped days.
pub(crate) fn day(year: i32, month: u8, day: u8) -> TtDay {
    let is_gregorian = (year, month, day) > (1582, 10, 4);
    let calendar = if is_gregorian { Calendar::Gregorian } else { Calendar::Julian };
    let number = CivilDate { year, month, day }.day_number(Some(calendar)).unwrap();
    TtDay(number.midnight_jd())
}

/// The years 1800 to 2399.
pub(crate) fn six_centuries() -> std::ops::Range<TtDay> {
    day(1800, 1, 1)..day(2400, 1, 1)
}

/// What a thread of its own makes: the caller's may have a session already.
fn aside<T: Send + 'static>(make: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(make).join().unwrap()
}

/// Every eclipse of the Sun of six centuries, found once for all tests.
pub(crate) fn solar() -> &'static [SolarEclipse] {
    static FOUND: OnceLock<Vec<SolarEclipse>> = OnceLock::new();
    FOUND.get_or_init(|| aside(|| solar_eclipses(&mut LiveLuminaries::open(), six_centuries()).unwrap()))
}

/// Every eclipse of the Moon of six centuries.
pub(crate) fn lunar() -> &'static [LunarEclipse] {
    static FOUND: OnceLock<Vec<LunarEclipse>> = OnceLock::new();
    FOUND.get_or_init(|| aside(|| lunar_eclipses(&mut LiveLuminaries::open(), six_centuries()).unwrap()))
}
