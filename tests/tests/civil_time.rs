//! Hazard: an instant that is a second off, which moves the Moon by half an arcsecond. Civil time is compared with the C
//! library's in both directions and both calendars, above all at leap seconds and around midnight.

use std::cell::RefCell;

use orrery_almanac::{Calendar, CivilDate, DayNumber, Error, Instant, LeapSeconds, TimeOfDay, Utc};
use orrery_format::{TtDay, UtDay};
use orrery_swisseph::{CivilTime, LiveCalendar, LiveError, Session};
use orrery_tests::workspace;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

const CASES: u32 = 5_000;

/// What either side may refuse.
#[derive(Debug)]
enum Refusal {
    Almanac(Error),
    #[expect(dead_code, reason = "a test that fails prints it")]
    Live(LiveError),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Almanac(error)
    }
}

fn leaps() -> LeapSeconds {
    let path = workspace::ephemeris_path().join("seleapsec.txt");
    LeapSeconds::with_file(&std::fs::read_to_string(path).unwrap_or_default()).unwrap()
}

fn delta_t_s(session: &mut Session) -> impl FnMut(UtDay) -> Result<f64, Refusal> {
    |ut| session.delta_t_s(ut.jd()).map_err(Refusal::Live)
}

fn live_calendar(calendar: Calendar) -> LiveCalendar {
    match calendar {
        Calendar::Gregorian => LiveCalendar::Gregorian,
        Calendar::Julian => LiveCalendar::Julian,
    }
}

/// The C library's arguments for a reading of UTC.
fn civil(utc: Utc, calendar: Calendar) -> CivilTime {
    let (date, time) = (utc.date(Some(calendar)), utc.time());
    CivilTime {
        year: date.year,
        month: i32::from(date.month),
        day: i32::from(date.day),
        hour: i32::from(time.hour()),
        minute: i32::from(time.minute()),
        second: f64::from(time.second()) + f64::from(time.nanosecond()) / 1e9,
        calendar: live_calendar(calendar),
    }
}

/// Two units in the last place of a Julian day: C rounds several times where the almanac rounds once.
fn tolerance(jd: f64) -> f64 {
    2.0 * (jd.abs().next_up() - jd.abs()).max(4.7e-10)
}

/// Compares the Julian days of a reading, and the reading of these Julian days.
fn agree(session: &mut Session, leaps: &LeapSeconds, utc: Utc, calendar: Calendar) -> Result<(), String> {
    let given = civil(utc, calendar);
    let (live_tt, live_ut) =
        session.utc_to_jd(given).map_err(|error| format!("{utc}: C refuses: {error}"))?;
    let instant =
        Instant::from_utc(utc, leaps, delta_t_s(session)).map_err(|error| format!("{utc}: {error:?}"))?;
    let (tt, ut) = (instant.tt.jd(), instant.ut.jd());
    if (tt - live_tt).abs() > tolerance(tt) || (ut - live_ut).abs() > tolerance(ut) {
        return Err(format!("{utc}: TT {tt:?} and UT1 {ut:?}, in C {live_tt:?} and {live_ut:?}"));
    }
    // Back, from the very same double. C counts seconds in doubles of days: it may be 0.1 ms off, and so on the other
    // side of a second, a minute or midnight, which as an interval is still 0.1 ms.
    let back =
        Instant::from_tt(TtDay(live_tt), delta_t_s(session)).map_err(|error| format!("{utc}: {error:?}"))?;
    let (ours, theirs) = (
        civil(back.utc(leaps), calendar),
        session.jd_tt_to_utc(live_tt, live_calendar(calendar)).map_err(|error| error.to_string())?,
    );
    let apart_s = seconds_between(ours, theirs, leaps)?;
    // Where a leap second begins, C that much too late shows midnight, and so is a whole second off: there the reading
    // that was given is the judge.
    let at_its_beginning = leaps.ends_with_one(utc.day()) && (given.second - 60.0).abs() < 1e-3;
    // And within a nanosecond of midnight C rounds the date apart from the time of day, which leaves it a whole day off.
    let is_a_day_off = (apart_s.abs() - 86_400.0).abs() < 2e-4;
    let apart_s =
        if at_its_beginning || is_a_day_off { seconds_between(ours, given, leaps)? } else { apart_s };
    if apart_s.abs() > 2e-4 {
        return Err(format!(
            "{utc} = TT {live_tt:?} comes back as {ours:?}, in C as {theirs:?}: {apart_s} s"
        ));
    }
    Ok(())
}

/// Seconds from one reading to another close by, leap seconds counted.
fn seconds_between(a: CivilTime, b: CivilTime, leaps: &LeapSeconds) -> Result<f64, String> {
    let at = |time: CivilTime| -> Result<(DayNumber, f64), String> {
        let calendar =
            if time.calendar == LiveCalendar::Julian { Calendar::Julian } else { Calendar::Gregorian };
        let date = CivilDate { year: time.year, month: time.month as u8, day: time.day as u8 };
        let day = date.day_number(Some(calendar)).map_err(|error| format!("{time:?}: {error}"))?;
        Ok((day, f64::from(time.hour * 3600 + time.minute * 60) + time.second))
    };
    let ((day_a, second_a), (day_b, second_b)) = (at(a)?, at(b)?);
    let leap_seconds = (leaps.count_before(day_b) - leaps.count_before(day_a)) as f64;
    Ok((day_b.0 - day_a.0) as f64 * 86_400.0 + leap_seconds + second_b - second_a)
}

fn time_of_day(nanoseconds: u64) -> TimeOfDay {
    let seconds = nanoseconds / 1_000_000_000;
    TimeOfDay::new(
        (seconds / 3600) as u8,
        (seconds / 60 % 60) as u8,
        (seconds % 60) as u8,
        (nanoseconds % 1_000_000_000) as u32,
    )
    .unwrap()
}

/// Where UTC ceases to follow the leap seconds (see `orrery_almanac::instant`), a reading within the step may come back
/// from either side of it.
fn near_a_step(session: &mut Session, day: DayNumber) -> bool {
    let delta_t = session.delta_t_s(day.midnight_jd()).unwrap_or(0.0);
    (day.0 - 2_441_318).abs() < 2 || (delta_t - 70.184).abs() < 0.01
}

fn run(days: impl Strategy<Value = i64>, times: impl Strategy<Value = u64>) {
    let (session, leaps) = (RefCell::new(workspace::session()), leaps());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let calendars = prop_oneof![Just(Calendar::Gregorian), Just(Calendar::Julian)];
    let outcome = TestRunner::new(config).run(&(days, times, calendars), |(day, nanoseconds, calendar)| {
        let session = &mut *session.borrow_mut();
        if near_a_step(session, DayNumber(day)) {
            return Ok(());
        }
        let utc = Utc::new(DayNumber(day), time_of_day(nanoseconds)).unwrap();
        agree(session, &leaps, utc, calendar).map_err(TestCaseError::fail)
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// Nanoseconds of a day.
const DAY_NS: u64 = 86_400_000_000_000;

/// Within three seconds of midnight, on either side.
fn around_midnight() -> impl Strategy<Value = u64> {
    prop_oneof![0..3_000_000_000_u64, DAY_NS - 3_000_000_000..DAY_NS, Just(0_u64), Just(DAY_NS - 1)]
}

#[test]
fn any_time_of_recorded_history_and_far_beyond() {
    // −4712 to 6000.
    run(0..3_912_880_i64, 0..DAY_NS);
}

#[test]
fn any_time_of_the_tables() {
    run(2_378_497..2_597_641_i64, 0..DAY_NS);
}

#[test]
fn around_midnight_of_any_day() {
    run(0..3_912_880_i64, around_midnight());
    run(2_441_300..2_470_000_i64, around_midnight());
}

#[test]
fn days_with_a_leap_second_and_their_neighbours() {
    let (mut session, leaps) = (workspace::session(), leaps());
    let mut compared = 0;
    for &leap_day in leaps.days() {
        for day in [DayNumber(leap_day.0 - 1), leap_day, DayNumber(leap_day.0 + 1)] {
            for nanoseconds in (0..40)
                .map(|i| DAY_NS - 3_000_000_000 + i * 75_000_000)
                .chain((0..40).map(|i| i * 75_000_000))
                .chain([DAY_NS / 2])
            {
                let utc = Utc::new(day, time_of_day(nanoseconds)).unwrap();
                agree(&mut session, &leaps, utc, Calendar::Gregorian).unwrap();
                compared += 1;
            }
        }
        for nanosecond in (0..40).map(|i| i * 25_000_000).chain([1, 999_999_999]) {
            let utc = Utc::new(leap_day, TimeOfDay::new(23, 59, 60, nanosecond).unwrap()).unwrap();
            agree(&mut session, &leaps, utc, Calendar::Gregorian).unwrap();
            compared += 1;
        }
    }
    assert!(compared > 2_000);
    println!("{compared} readings around {} leap seconds", leaps.days().len());
}

#[test]
fn a_leap_second_that_never_was_is_refused() {
    let (mut session, leaps) = (workspace::session(), leaps());
    for day in (2_441_318..2_461_000).step_by(61).map(DayNumber).filter(|day| !leaps.ends_with_one(*day)) {
        let utc = Utc::new(day, TimeOfDay::new(23, 59, 60, 0).unwrap()).unwrap();
        let refused = Instant::from_utc(utc, &leaps, delta_t_s(&mut session));
        assert!(matches!(refused, Err(Refusal::Almanac(Error::NoLeapSecond { .. }))), "{utc}: {refused:?}");
        assert!(session.utc_to_jd(civil(utc, Calendar::Gregorian)).is_err(), "C takes {utc}");
    }
}

#[test]
fn dates_that_do_not_exist_are_refused_by_both() {
    let mut session = workspace::session();
    for (year, month, day, calendar) in [
        (2023, 2, 30, Calendar::Gregorian),
        (2023, 2, 29, Calendar::Gregorian),
        (1900, 2, 29, Calendar::Gregorian),
        (2100, 2, 29, Calendar::Gregorian),
        (1900, 2, 30, Calendar::Julian),
        (2024, 4, 31, Calendar::Gregorian),
        (-4, 2, 30, Calendar::Julian),
    ] {
        let date = CivilDate { year, month, day };
        assert!(date.day_number(Some(calendar)).is_err(), "{date}");
        let time = CivilTime {
            year,
            month: i32::from(month),
            day: i32::from(day),
            hour: 12,
            minute: 0,
            second: 0.0,
            calendar: live_calendar(calendar),
        };
        assert!(session.utc_to_jd(time).is_err(), "C takes {date}");
    }
    assert!(CivilDate { year: 1900, month: 2, day: 29 }.day_number(Some(Calendar::Julian)).is_ok());
}
