//! Civil time as the C library converts it: the oracle that Orrery's own conversion is tested against.

use crate::error::LiveError;
use crate::library::Library;
use crate::session::{FIRST_JD, LAST_JD};

/// Which calendar a civil date is given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiveCalendar {
    /// Gregorian, proleptic before 1582.
    Gregorian,
    /// Julian.
    Julian,
}

impl LiveCalendar {
    pub(crate) fn flag(self) -> i32 {
        match self {
            LiveCalendar::Gregorian => libswisseph_sys::SE_GREG_CAL as i32,
            LiveCalendar::Julian => libswisseph_sys::SE_JUL_CAL as i32,
        }
    }
}

/// A civil date and time of day, UTC (UT1 before 1972 and where the library's leap seconds no longer reach).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CivilTime {
    /// Year, astronomical count.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: i32,
    /// Day of the month, 1 to 31.
    pub day: i32,
    /// Hour, 0 to 23.
    pub hour: i32,
    /// Minute, 0 to 59.
    pub minute: i32,
    /// Second, 0 to below 60; below 61 in a leap second.
    pub second: f64,
    /// Calendar of year, month and day.
    pub calendar: LiveCalendar,
}

/// `swe_utc_to_jd`: Julian days TT and UT1 of a civil time.
pub(crate) fn utc_to_jd(library: &mut Library, time: CivilTime) -> Result<(f64, f64), LiveError> {
    // Before C sees them: it multiplies the year by 10,000 in an int, and takes a NaN second for a valid one.
    let in_range = (-13_000..=17_000).contains(&time.year)
        && (1..=12).contains(&time.month)
        && (1..=31).contains(&time.day)
        && (0..=23).contains(&time.hour)
        && (0..=59).contains(&time.minute)
        && (0.0..61.0).contains(&time.second);
    if !in_range {
        return Err(LiveError::InvalidTime {
            reason: format!(
                "invalid date or time: {:04}-{:02}-{:02} {:02}:{:02}:{:06.3}",
                time.year, time.month, time.day, time.hour, time.minute, time.second
            ),
        });
    }
    library.utc_to_jd(time).map_err(|reason| LiveError::InvalidTime { reason })
}

/// `swe_jdet_to_utc`: the civil time of a Julian day TT.
pub(crate) fn jd_tt_to_utc(
    library: &mut Library,
    jd_tt: f64,
    calendar: LiveCalendar,
) -> Result<CivilTime, LiveError> {
    check(jd_tt)?;
    Ok(library.jd_tt_to_utc(jd_tt, calendar))
}

/// `swe_jdut1_to_utc`: the civil time of a Julian day UT1.
pub(crate) fn jd_ut1_to_utc(
    library: &mut Library,
    jd_ut: f64,
    calendar: LiveCalendar,
) -> Result<CivilTime, LiveError> {
    check(jd_ut)?;
    Ok(library.jd_ut1_to_utc(jd_ut, calendar))
}

fn check(jd: f64) -> Result<(), LiveError> {
    crate::session::check_span("civil time", jd, FIRST_JD, LAST_JD)
}
