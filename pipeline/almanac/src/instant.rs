//! One instant in the two time scales that ephemerides use, made from UTC or a Julian day, and written as UTC again.
//!
//! # How UTC is taken
//! As `swe_utc_to_jd`, `swe_jdet_to_utc` and `swe_jdut1_to_utc` take it:
//!
//! - before 1972, UTC is UT1;
//! - from 1972 on, TT = UTC + 32.184 s + 10 s + the leap seconds so far, and UT1 = TT − ΔT;
//! - where ΔT has outgrown the table of leap seconds by a second or more, as it does some decades ahead, UTC is UT1
//!   again.
//!
//! What differs from the C functions: days and times are whole nanoseconds here until the last addition, where C adds
//! doubles of Julian days and rounds several times. Julian days agree to one unit in their last place (4.7e-10 days or
//! 40 µs today), and so do readings, which C may show on the other side of a second. Second 60 is refused beyond the
//! end of the table, where C lets it pass as UT1. Where the rule changes, at the beginning of 1972 and where ΔT outgrows
//! the table, a reading near the step may come back as another one, off by the step, as in C.
//!
//! # ΔT
//! Is handed in as a function of UT1 that answers TT − UT1 in seconds, so that a table and the live source serve alike.
//! Its error type must take this crate's [`Error`], so that a caller sees one type:
//! `|ut| dataset.delta_t_s(ut).map_err(MyError::from)`.

use orrery_format::{TtDay, UtDay};

use crate::calendar::{DAY_NS, DayNumber, SECOND_NS};
use crate::error::Error;
use crate::utc::{FIRST_DAY_WITH_LEAP_SECONDS, LeapSeconds, TAI_MINUS_UTC_1972_S, TT_MINUS_TAI_NS, Utc};

/// The least Julian day that an instant may have, in the year −20043; Swiss Ephemeris' files begin in −13000.
pub const MIN_JD: f64 = -5_600_000.0;
/// The greatest Julian day that an instant may have, in the year 20202; Swiss Ephemeris' files end in 17000.
pub const MAX_JD: f64 = 9_100_000.0;

/// TT − UTC at the beginning of 1972, nanoseconds.
const TT_MINUS_UTC_1972_NS: i64 = TT_MINUS_TAI_NS + TAI_MINUS_UTC_1972_S * SECOND_NS;

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instant {
    /// Julian day in UT1.
    pub ut: UtDay,
    /// Julian day in Terrestrial Time.
    pub tt: TtDay,
    /// ΔT = TT − UT1 in seconds, before the roundings of the two Julian days.
    pub delta_t_s: f64,
}

impl Instant {
    /// The instant of a reading of UTC.
    ///
    /// # Errors
    /// [`Error::NoLeapSecond`] for a second 60 on a day that had none, and what `delta_t_s` refuses.
    pub fn from_utc<E: From<Error>>(
        utc: Utc,
        leaps: &LeapSeconds,
        mut delta_t_s: impl FnMut(UtDay) -> Result<f64, E>,
    ) -> Result<Instant, E> {
        let (day, of_day_ns) = (utc.day(), utc.time().nanoseconds());
        if utc.time().is_leap_second() && !leaps.ends_with_one(day) {
            return Err(Error::NoLeapSecond { text: utc.to_string() }.into());
        }
        let count = leaps.count_before(day);
        if day < FIRST_DAY_WITH_LEAP_SECONDS || outgrown(delta_t_s(UtDay(day.midnight_jd()))?, count) {
            return Instant::from_ut(UtDay(day.midnight_jd() + of_day_ns as f64 / DAY_NS as f64), delta_t_s);
        }
        let behind_tt_ns = TT_MINUS_UTC_1972_NS + count * SECOND_NS;
        let days_since_1972 = (day.0 - FIRST_DAY_WITH_LEAP_SECONDS.0) as f64
            + (of_day_ns + behind_tt_ns) as f64 / DAY_NS as f64;
        Instant::from_tt(TtDay(FIRST_DAY_WITH_LEAP_SECONDS.midnight_jd() + days_since_1972), delta_t_s)
    }

    /// The instant of a Julian day in UT1.
    ///
    /// # Errors
    /// [`Error::JulianDay`] where it is not from [`MIN_JD`] to [`MAX_JD`], and what `delta_t_s` refuses.
    pub fn from_ut<E: From<Error>>(
        ut: UtDay,
        mut delta_t_s: impl FnMut(UtDay) -> Result<f64, E>,
    ) -> Result<Instant, E> {
        check("jd", ut.jd())?;
        let delta_t = delta_t_s(ut)?;
        Ok(Instant { ut, tt: TtDay(ut.jd() + delta_t / 86_400.0), delta_t_s: delta_t })
    }

    /// The instant of a Julian day in TT. UT1 is found by the two steps of iteration that Swiss Ephemeris takes.
    ///
    /// # Errors
    /// [`Error::JulianDay`] where it is not from [`MIN_JD`] to [`MAX_JD`], and what `delta_t_s` refuses.
    pub fn from_tt<E: From<Error>>(
        tt: TtDay,
        mut delta_t_s: impl FnMut(UtDay) -> Result<f64, E>,
    ) -> Result<Instant, E> {
        check("jd_tt", tt.jd())?;
        let mut asked = UtDay(tt.jd());
        let mut delta_t = delta_t_s(asked)?;
        for _ in 0..2 {
            let nearer = UtDay(tt.jd() - delta_t / 86_400.0);
            // As a rule the second step asks what the first one did, to the last bit.
            if nearer == asked {
                break;
            }
            asked = nearer;
            delta_t = delta_t_s(asked)?;
        }
        Ok(Instant { ut: UtDay(tt.jd() - delta_t / 86_400.0), tt, delta_t_s: delta_t })
    }

    /// What a UTC clock reads at the instant. It is exact for the Julian day as it is; [`Utc::to_iso`] rounds it for
    /// reading.
    #[must_use]
    pub fn utc(&self, leaps: &LeapSeconds) -> Utc {
        if self.tt.jd()
            < FIRST_DAY_WITH_LEAP_SECONDS.midnight_jd() + TT_MINUS_UTC_1972_NS as f64 / DAY_NS as f64
        {
            return self.ut1_reading();
        }
        let (tt_day, tt_ns) = split(self.tt.jd());
        // What UTC would read had there been no leap second since 1972. A leap second begins as soon as its day and
        // the leap seconds before it have passed.
        let even = Utc::from_nanoseconds(tt_day, tt_ns - TT_MINUS_UTC_1972_NS);
        // Those that ended the day before yesterday or earlier have passed, whatever the time of day.
        let mut count = leaps.count_before(DayNumber(even.day().0 - 1));
        let mut within = None;
        for leap_day in &leaps.days()[count as usize..] {
            let into_leap = even.time().nanoseconds() - count * SECOND_NS;
            let next_day = DayNumber(leap_day.0 + 1);
            if even.day() < next_day || (even.day() == next_day && into_leap < 0) {
                break;
            }
            if even.day() == next_day && into_leap < SECOND_NS {
                within = Some(Utc::in_leap_second(*leap_day, into_leap));
                break;
            }
            count += 1;
        }
        if outgrown(self.delta_t_s, count) {
            return self.ut1_reading();
        }
        within.unwrap_or_else(|| {
            Utc::from_nanoseconds(even.day(), even.time().nanoseconds() - count * SECOND_NS)
        })
    }

    /// UT1 read as a clock.
    fn ut1_reading(&self) -> Utc {
        let (day, nanoseconds) = split(self.ut.jd());
        Utc::from_nanoseconds(day, nanoseconds)
    }
}

/// Whether ΔT tells that leap seconds are missing from the table, of which `count` have passed.
fn outgrown(delta_t_s: f64, count: i64) -> bool {
    delta_t_s - (TAI_MINUS_UTC_1972_S + count) as f64 - TT_MINUS_TAI_NS as f64 / SECOND_NS as f64 >= 1.0
}

fn check(parameter: &'static str, value: f64) -> Result<(), Error> {
    // A NaN is in no range.
    if (MIN_JD..=MAX_JD).contains(&value) {
        Ok(())
    } else {
        Err(Error::JulianDay { parameter, value, min: MIN_JD, max: MAX_JD })
    }
}

/// The civil day of a Julian day and the nanoseconds since its midnight.
fn split(jd: f64) -> (DayNumber, i64) {
    // Taking the whole days away first is exact, so only the scaling to nanoseconds rounds, by less than one.
    let noon = jd.floor();
    let of_day_ns = ((jd - noon) * DAY_NS as f64).round() as i64 + DAY_NS / 2;
    (DayNumber(noon as i64 + of_day_ns.div_euclid(DAY_NS)), of_day_ns.rem_euclid(DAY_NS))
}
