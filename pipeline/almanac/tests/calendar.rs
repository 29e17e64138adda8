//! Dates against known days, against `chrono`, and against the formula of Meeus.

use chrono::NaiveDate;
use orrery_almanac::{Calendar, CivilDate, DayNumber, Error};
use proptest::prelude::*;

fn date(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

/// Meeus, Astronomical Algorithms, chapter 7, for dates whose Julian day is not negative.
fn meeus(date: CivilDate, calendar: Calendar) -> f64 {
    let (mut y, mut m) = (f64::from(date.year), f64::from(date.month));
    if m <= 2.0 {
        y -= 1.0;
        m += 12.0;
    }
    let b = match calendar {
        Calendar::Julian => 0.0,
        Calendar::Gregorian => 2.0 - (y / 100.0).floor() + ((y / 100.0).floor() / 4.0).floor(),
    };
    (365.25 * (y + 4716.0)).floor() + (30.6001 * (m + 1.0)).floor() + f64::from(date.day) + b - 1524.5
}

#[test]
fn known_days() {
    for (civil, calendar, number) in [
        (date(-4712, 1, 1), None, 0),
        (date(-4713, 11, 24), Some(Calendar::Gregorian), 0),
        (date(2000, 1, 1), None, 2_451_545),
        (date(1972, 1, 1), None, 2_441_318),
        (date(1582, 10, 15), None, 2_299_161),
        (date(1582, 10, 4), None, 2_299_160),
        (date(1582, 10, 15), Some(Calendar::Gregorian), 2_299_161),
        (date(1582, 10, 5), Some(Calendar::Julian), 2_299_161),
        (date(-43, 3, 15), None, 1_705_426),
        (date(1858, 11, 17), None, 2_400_001),
    ] {
        let day = civil.day_number(calendar).unwrap();
        assert_eq!(day, DayNumber(number), "{civil}");
        assert_eq!(day.civil(calendar), civil);
    }
    assert_eq!(DayNumber(2_451_545).midnight_jd(), 2_451_544.5);
}

#[test]
fn dates_that_do_not_exist_are_refused_by_name() {
    let no_such_day = |civil, calendar, days| Err(Error::NoSuchDay { date: civil, calendar, days });
    assert_eq!(date(2023, 2, 30).day_number(None), no_such_day(date(2023, 2, 30), Calendar::Gregorian, 28));
    assert_eq!(date(1900, 2, 29).day_number(None), no_such_day(date(1900, 2, 29), Calendar::Gregorian, 28));
    assert!(date(1900, 2, 29).day_number(Some(Calendar::Julian)).is_ok());
    assert!(date(1500, 2, 29).day_number(None).is_ok());
    assert!(date(-4, 2, 29).day_number(None).is_ok());
    assert_eq!(date(2023, 4, 31).day_number(None), no_such_day(date(2023, 4, 31), Calendar::Gregorian, 30));
    for (civil, name) in [
        (date(2023, 13, 1), "month"),
        (date(2023, 0, 1), "month"),
        (date(2023, 1, 0), "day"),
        (date(2023, 1, 32), "day"),
        (date(20_001, 1, 1), "year"),
        (date(i32::MIN, 1, 1), "year"),
    ] {
        assert!(
            matches!(civil.day_number(None), Err(Error::Field { field, .. }) if field == name),
            "{civil}"
        );
    }
    let message = date(2023, 2, 30).day_number(None).unwrap_err().to_string();
    assert_eq!(message, "2023-02-30 does not exist: that month has 28 days in the gregorian calendar");
}

#[test]
fn the_ten_skipped_days_need_a_calendar() {
    for day in 5..=14 {
        let skipped = date(1582, 10, day);
        let error = skipped.day_number(None).unwrap_err();
        assert_eq!(error, Error::SkippedDay { date: skipped });
        assert!(error.to_string().contains("calendar=gregorian"));
        assert!(skipped.day_number(Some(Calendar::Gregorian)).is_ok());
        assert!(skipped.day_number(Some(Calendar::Julian)).is_ok());
    }
}

#[test]
fn every_day_of_a_whole_cycle_follows_the_one_before() {
    for calendar in [Calendar::Gregorian, Calendar::Julian] {
        let mut before = DayNumber(2_300_000).civil(Some(calendar));
        for number in 2_300_001..2_300_001 + 146_097 {
            let civil = DayNumber(number).civil(Some(calendar));
            assert_eq!(civil.day_number(Some(calendar)), Ok(DayNumber(number)));
            let last = calendar.days_in_month(before.year, before.month);
            let next = match before {
                CivilDate { year, month: 12, day: 31 } => date(year + 1, 1, 1),
                CivilDate { year, month, day } if day == last => date(year, month + 1, 1),
                CivilDate { year, month, day } => date(year, month, day + 1),
            };
            assert_eq!(civil, next);
            before = civil;
        }
    }
}

#[test]
fn dates_are_written_with_signs_where_years_need_them() {
    for (civil, text) in [
        (date(2026, 3, 20), "2026-03-20"),
        (date(33, 4, 3), "0033-04-03"),
        (date(0, 1, 1), "0000-01-01"),
        (date(-43, 3, 15), "-0043-03-15"),
        (date(-13_000, 1, 1), "-13000-01-01"),
        (date(12_026, 1, 1), "+12026-01-01"),
    ] {
        assert_eq!(civil.to_string(), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn days_survive_both_calendars(number in -5_700_000_i64..9_200_000) {
        for calendar in [None, Some(Calendar::Gregorian), Some(Calendar::Julian)] {
            let civil = DayNumber(number).civil(calendar);
            if civil.year.abs() <= 20_000 {
                prop_assert_eq!(civil.day_number(calendar), Ok(DayNumber(number)));
            }
        }
    }

    #[test]
    fn gregorian_dates_are_those_of_chrono(number in -5_700_000_i64..9_200_000) {
        let civil = DayNumber(number).civil(Some(Calendar::Gregorian));
        let chrono = NaiveDate::from_num_days_from_ce_opt((number - 1_721_425) as i32).unwrap();
        let expected = NaiveDate::from_ymd_opt(civil.year, civil.month.into(), civil.day.into());
        prop_assert_eq!(expected, Some(chrono));
    }

    #[test]
    fn both_calendars_agree_with_meeus(number in 0_i64..9_000_000) {
        for calendar in [Calendar::Gregorian, Calendar::Julian] {
            let civil = DayNumber(number).civil(Some(calendar));
            prop_assert_eq!(meeus(civil, calendar), DayNumber(number).midnight_jd());
        }
    }
}
