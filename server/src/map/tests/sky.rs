//! Eclipses, found in the ephemeris files, and where bodies are at some moments.

use crate::map::Beat;
use std::path::Path;
use std::sync::OnceLock;

use orrery_almanac::astrocartography::Projection;
use orrery_almanac::eclipses::visibility::{Visibility, lunar_visibility};
use orrery_almanac::eclipses::{Luminaries, SunAndMoon, lunar_eclipses, solar_eclipses};
use orrery_almanac::frames::{Equator, Equatorial, true_equinox};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse, SolarKind};
use orrery_format::{Nutation, State, TtDay};
use orrery_swisseph::{EphemerisDir, LiveBody, LiveCenter, LiveError, Session};

/// Seconds, near enough for any map.
pub(super) const DELTA_T_S: f64 = 69.0;

/// 1890-01-01 and 2060-01-01.
const YEARS: [f64; 2] = [2_411_368.5, 2_473_459.5];

struct Files(Session);

impl Files {
    /// On this thread, which has no other session.
    fn open() -> Files {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/ephe");
        let files = EphemerisDir::open(&path)
            .unwrap_or_else(|error| panic!("{error}; run scripts/fetch-data, then the tests again"));
        Files(Session::open(&files).unwrap())
    }

    fn place(&mut self, body: LiveBody, jd_tt: f64) -> Result<State, LiveError> {
        let [longitude_deg, latitude_deg, distance_au] = self.0.position(body, LiveCenter::Geo, jd_tt)?;
        Ok(State { longitude_deg, latitude_deg, distance_au, ..State::default() })
    }
}

impl Luminaries for Files {
    type Error = LiveError;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, LiveError> {
        let sun = self.place(LiveBody::Sun, tt.jd())?;
        let moon = self.place(LiveBody::Moon, tt.jd())?;
        let [dpsi_deg, deps_deg, mean_obliquity_deg] = self.0.nutation(tt.jd())?;
        let nutation = Nutation { dpsi_deg, deps_deg, mean_obliquity_deg, ..Nutation::default() };
        Ok(SunAndMoon::new(tt, &sun, &moon, &nutation))
    }
}

/// What is found on a thread of its own: the caller's may have a session already.
fn aside<T: Send + 'static>(find: impl FnOnce(&mut Files) -> T + Send + 'static) -> T {
    std::thread::spawn(|| find(&mut Files::open())).join().unwrap()
}

fn years() -> std::ops::Range<TtDay> {
    let [start, end] = YEARS.map(TtDay);
    start..end
}

/// Every eclipse of the Sun of those years.
pub(super) fn solar() -> &'static [SolarEclipse] {
    static FOUND: OnceLock<Vec<SolarEclipse>> = OnceLock::new();
    FOUND.get_or_init(|| aside(|files| solar_eclipses(files, years()).unwrap()))
}

/// Every eclipse of the Moon of those years, and for whom the Moon is up.
pub(super) fn lunar() -> &'static [(LunarEclipse, Vec<Visibility>)] {
    static FOUND: OnceLock<Vec<(LunarEclipse, Vec<Visibility>)>> = OnceLock::new();
    FOUND.get_or_init(|| {
        aside(|files| {
            let eclipses = lunar_eclipses(files, years()).unwrap();
            eclipses
                .into_iter()
                .map(|eclipse| {
                    let seen = lunar_visibility(files, &eclipse).unwrap();
                    (eclipse, seen)
                })
                .collect()
        })
    })
}

/// Eclipses of the Sun that are odd in some way: hybrid ones, those whose axis misses the Earth, and those that come over a pole. Of
/// all others, one in eight.
pub(super) fn odd() -> impl Iterator<Item = &'static SolarEclipse> {
    solar().iter().enumerate().filter_map(|(nth, eclipse)| {
        let is_central = eclipse.axis_jd_tt[0].is_finite();
        let is_partial = eclipse.kind == SolarKind::Partial as u8;
        let is_odd = eclipse.kind == SolarKind::Hybrid as u8
            || (!is_central && !is_partial)
            || (is_central && eclipse.path_width_km.is_nan())
            || (is_central && eclipse.latitude_deg.abs() > 65.0);
        (is_odd || nth % 8 == 0).then_some(eclipse)
    })
}

/// A beat of TT itself.
pub(super) fn beat(step_s: u32) -> Beat {
    Beat { step_s, origin: TtDay(2_451_544.5) }
}

/// The bodies of maps of lines, by name.
pub(super) const BODIES: [(&str, LiveBody); 10] = [
    ("sun", LiveBody::Sun),
    ("moon", LiveBody::Moon),
    ("mercury", LiveBody::Mercury),
    ("venus", LiveBody::Venus),
    ("mars", LiveBody::Mars),
    ("jupiter", LiveBody::Jupiter),
    ("saturn", LiveBody::Saturn),
    ("uranus", LiveBody::Uranus),
    ("neptune", LiveBody::Neptune),
    ("pluto", LiveBody::Pluto),
];

/// A moment of UT: where the bodies are on the true equator then, and the apparent sidereal time at Greenwich, degrees.
pub(super) struct Moment {
    pub(super) jd_ut: f64,
    pub(super) places: Vec<Equatorial>,
    pub(super) sidereal_deg: f64,
}

/// Moments of all kinds: the Sun at the equator among them, and at its furthest from it.
pub(super) fn moments() -> &'static [Moment] {
    static FOUND: OnceLock<Vec<Moment>> = OnceLock::new();
    FOUND.get_or_init(|| {
        aside(|files| {
            [2_451_545.0, 2_460_389.629_3, 2_460_482.2, 2_448_057.65, 2_433_282.5, 2_469_807.11]
                .map(|jd_ut| files.moment(jd_ut))
                .into()
        })
    })
}

impl Files {
    fn moment(&mut self, jd_ut: f64) -> Moment {
        let jd_tt = jd_ut + DELTA_T_S / 86_400.0;
        let [dpsi_deg, deps_deg, mean_obliquity_deg] = self.0.nutation(jd_tt).unwrap();
        let nutation = Nutation { dpsi_deg, deps_deg, mean_obliquity_deg, ..Nutation::default() };
        let equator = Equator::true_of_date(&nutation);
        let place = |(_, body)| {
            let seen = true_equinox(&self.place(body, jd_tt).unwrap(), &nutation);
            Projection::InMundo.place(&seen, &equator)
        };
        let places = BODIES.map(place).into();
        Moment { jd_ut, places, sidereal_deg: self.0.apparent_sidereal_time_deg(jd_ut).unwrap() }
    }
}
