//! Sun and Moon from the live source.

use std::path::Path;
use std::sync::OnceLock;

use orrery_almanac::calendar::{Calendar, CivilDate};
use orrery_almanac::eclipses::{lunar_eclipses, solar_eclipses};
use orrery_format::TtDay;
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_pipeline::live::Live;
use orrery_swisseph::{EphemerisDir, Session};

/// A session on this thread, which has no other.
pub(crate) fn session() -> Session {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/ephe");
    let files = EphemerisDir::open(&path)
        .unwrap_or_else(|error| panic!("{error}; run scripts/fetch-data, then the tests again"));
    Session::open(&files).unwrap_or_else(|error| panic!("{error}"))
}

/// Sun and Moon on this thread, which has no other session.
pub(crate) fn open() -> Live {
    Live::new(session())
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
    FOUND.get_or_init(|| aside(|| solar_eclipses(&mut open(), six_centuries()).unwrap()))
}

/// Every eclipse of the Moon of six centuries.
pub(crate) fn lunar() -> &'static [LunarEclipse] {
    static FOUND: OnceLock<Vec<LunarEclipse>> = OnceLock::new();
    FOUND.get_or_init(|| aside(|| lunar_eclipses(&mut open(), six_centuries()).unwrap()))
}
