//! Local times, at the hours that happen twice or never, far in the past and the future.

use orrery_almanac::{Calendar, DayNumber, Error, Moment, Resolved, UtcOffset, Zone, iso, zone};
use proptest::prelude::*;

fn resolve(date: &str, name: &str) -> Result<Resolved, Error> {
    let zone = Zone::parse(name, None)?;
    zone::resolve(&iso::parse(date)?, Some(&zone), None)
}

fn candidates(date: &str, name: &str) -> (bool, String, String) {
    let error = resolve(date, name).unwrap_err();
    let gap = match error {
        Error::Gap { .. } => true,
        Error::Fold { .. } => false,
        ref other => panic!("{other}"),
    };
    assert_eq!(error.parameter(), Some("date"));
    let [first, second] = *error.candidates().unwrap();
    assert!(first.utc < second.utc);
    let message = error.to_string();
    assert!(
        message.contains(&first.utc.to_string()) && message.contains(&second.utc.to_string()),
        "{message}"
    );
    (gap, format!("{} {}", first.utc, first.offset), format!("{} {}", second.utc, second.offset))
}

#[test]
fn local_times_become_utc() {
    for (date, name, utc, offset) in [
        ("2026-03-20T14:33:00", "Europe/Berlin", "2026-03-20T13:33:00Z", "+01:00"),
        ("2026-07-20T14:33:00", "Europe/Berlin", "2026-07-20T12:33:00Z", "+02:00"),
        ("2026-07-20", "Europe/Berlin", "2026-07-19T22:00:00Z", "+02:00"),
        ("2026-01-01T00:00", "Asia/Kathmandu", "2025-12-31T18:15:00Z", "+05:45"),
        ("1985-12-31T12:00", "Asia/Kathmandu", "1985-12-31T06:30:00Z", "+05:30"),
        ("2026-01-01T12:00", "Pacific/Apia", "2025-12-31T23:00:00Z", "+13:00"),
        ("2011-12-29T23:59:59", "Pacific/Apia", "2011-12-30T09:59:59Z", "-10:00"),
        ("2011-12-31T00:00", "Pacific/Apia", "2011-12-30T10:00:00Z", "+14:00"),
        ("2026-01-01T12:00", "Australia/Lord_Howe", "2026-01-01T01:00:00Z", "+11:00"),
        ("2026-07-01T12:00", "Australia/Lord_Howe", "2026-07-01T01:30:00Z", "+10:30"),
        ("2026-07-01T12:00", "UTC", "2026-07-01T12:00:00Z", "+00:00"),
        ("2026-07-01T12:00", "Etc/GMT 5", "2026-07-01T17:00:00Z", "-05:00"),
        ("2026-07-01T12:00", "america/new_york", "2026-07-01T16:00:00Z", "-04:00"),
        // Local mean time of the zone's city before its first transition, in any millennium.
        ("1890-01-01T12:00", "Europe/Berlin", "1890-01-01T11:06:32Z", "+00:53:28"),
        ("1800-01-01T12:00", "America/New_York", "1800-01-01T16:56:02Z", "-04:56:02"),
        ("-0043-03-15T12:00", "Europe/Rome", "-0043-03-15T11:10:04Z", "+00:49:56"),
        ("-13000-01-01T12:00", "Europe/Rome", "-13000-01-01T11:10:04Z", "+00:49:56"),
        // Amsterdam is the history of Brussels in the database today; Netherlands time was +00:19:32 in 1900.
        ("1900-01-01T12:00", "Europe/Amsterdam", "1900-01-01T12:00:00Z", "+00:00"),
        // The Julian date is looked up as the day that it is.
        ("1582-10-04T12:00", "Europe/Rome", "1582-10-04T11:10:04Z", "+00:49:56"),
        ("1582-10-15T00:30", "Europe/Rome", "1582-10-04T23:40:04Z", "+00:49:56"),
        // Leap seconds come at once everywhere.
        ("2017-01-01T00:59:60", "Europe/Berlin", "2016-12-31T23:59:60Z", "+01:00"),
    ] {
        let resolved = resolve(date, name).unwrap();
        assert_eq!(
            (resolved.utc.to_string().as_str(), resolved.offset.to_string().as_str()),
            (utc, offset),
            "{date}"
        );
    }
}

#[test]
fn hours_that_happen_twice_or_never_have_two_candidates() {
    for (date, name, gap, first, second) in [
        (
            "2024-03-31T02:30",
            "Europe/Berlin",
            true,
            "2024-03-31T00:30:00Z +02:00",
            "2024-03-31T01:30:00Z +01:00",
        ),
        (
            "2024-03-31T02:00",
            "Europe/Berlin",
            true,
            "2024-03-31T00:00:00Z +02:00",
            "2024-03-31T01:00:00Z +01:00",
        ),
        (
            "2024-10-27T02:30",
            "Europe/Berlin",
            false,
            "2024-10-27T00:30:00Z +02:00",
            "2024-10-27T01:30:00Z +01:00",
        ),
        (
            "2024-03-10T02:30",
            "America/New_York",
            true,
            "2024-03-10T06:30:00Z -04:00",
            "2024-03-10T07:30:00Z -05:00",
        ),
        (
            "2024-11-03T01:30",
            "America/New_York",
            false,
            "2024-11-03T05:30:00Z -04:00",
            "2024-11-03T06:30:00Z -05:00",
        ),
        (
            "2024-04-07T01:45",
            "Australia/Lord_Howe",
            false,
            "2024-04-06T14:45:00Z +11:00",
            "2024-04-06T15:15:00Z +10:30",
        ),
        (
            "2024-10-06T02:15",
            "Australia/Lord_Howe",
            true,
            "2024-10-05T15:15:00Z +11:00",
            "2024-10-05T15:45:00Z +10:30",
        ),
        (
            "2011-12-30T12:00",
            "Pacific/Apia",
            true,
            "2011-12-29T22:00:00Z +14:00",
            "2011-12-30T22:00:00Z -10:00",
        ),
        ("2011-12-30", "Pacific/Apia", true, "2011-12-29T10:00:00Z +14:00", "2011-12-30T10:00:00Z -10:00"),
        (
            "2018-11-04",
            "America/Sao_Paulo",
            true,
            "2018-11-04T02:00:00Z -02:00",
            "2018-11-04T03:00:00Z -03:00",
        ),
        // Beyond the compiled tables: last Sunday of March and of October.
        (
            "2150-03-29T02:30",
            "Europe/Berlin",
            true,
            "2150-03-29T00:30:00Z +02:00",
            "2150-03-29T01:30:00Z +01:00",
        ),
        (
            "2150-10-25T02:30",
            "Europe/Berlin",
            false,
            "2150-10-25T00:30:00Z +02:00",
            "2150-10-25T01:30:00Z +01:00",
        ),
    ] {
        assert_eq!(candidates(date, name), (gap, first.to_owned(), second.to_owned()), "{date} {name}");
    }
    for (date, name) in [
        ("2024-03-31T01:59:59.999", "Europe/Berlin"),
        ("2024-03-31T03:00", "Europe/Berlin"),
        ("2024-10-27T01:59:59.999", "Europe/Berlin"),
        ("2024-10-27T03:00", "Europe/Berlin"),
    ] {
        assert!(resolve(date, name).is_ok(), "{date}");
    }
    let message = resolve("2024-03-31T02:30", "Europe/Berlin").unwrap_err().to_string();
    assert_eq!(
        message,
        "2024-03-31T02:30:00 does not exist in Europe/Berlin, whose clocks were put forward over it: give \
         2024-03-31T00:30:00Z or 2024-03-31T01:30:00Z"
    );
}

#[test]
fn rules_go_on_after_the_tables_end() {
    for (date, name, offset) in [
        ("2099-12-31T12:00", "Europe/Berlin", "+01:00"),
        ("2100-07-01T12:00", "Europe/Berlin", "+02:00"),
        ("2104-02-29T12:00", "Europe/Berlin", "+01:00"),
        ("2399-07-01T12:00", "America/New_York", "-04:00"),
        ("+12026-01-15T12:00", "Australia/Sydney", "+11:00"),
        ("+12026-07-15T12:00", "Australia/Sydney", "+10:00"),
        ("2100-07-01T12:00", "Asia/Tokyo", "+09:00"),
        // Summer time by Ramadan ends with the database's list in 2087.
        ("2100-07-01T12:00", "Africa/Casablanca", "+01:00"),
        ("2300-12-31T23:59:59", "Pacific/Apia", "+13:00"),
    ] {
        let resolved = resolve(date, name).unwrap();
        assert_eq!(resolved.offset.to_string(), offset, "{date} {name}");
        assert_eq!(Zone::parse(name, None).unwrap().offset_at(resolved.utc), resolved.offset);
    }
}

#[test]
fn local_mean_time_is_four_minutes_a_degree() {
    let zone = Zone::parse("lmt", Some(13.408_3)).unwrap();
    assert_eq!(zone.name(), "lmt");
    let resolved = zone::resolve(&iso::parse("1890-01-01T12:00").unwrap(), Some(&zone), None).unwrap();
    assert_eq!(resolved.offset.to_string(), "+00:53:37.992");
    assert_eq!(resolved.offset.seconds_east(), 3217.992);
    assert_eq!(resolved.utc.to_string(), "1890-01-01T11:06:22.008Z");
    assert_eq!(Zone::parse("LMT", Some(-0.001)).unwrap().offset_at(resolved.utc).to_string(), "-00:00:00.24");
    assert_eq!(Zone::local_mean_time(-180.0).unwrap(), Zone::LocalMean(UtcOffset::from_seconds(-43_200)));

    assert_eq!(Zone::parse("lmt", None), Err(Error::LongitudeMissing));
    for lon_deg in [180.1, -181.0, f64::INFINITY, f64::NAN] {
        let error = Zone::parse("lmt", Some(lon_deg)).unwrap_err();
        assert!(matches!(error, Error::Longitude { .. }));
        assert_eq!(error.parameter(), Some("lon"));
    }
}

#[test]
fn unknown_zones_are_refused_with_the_one_that_was_meant() {
    for (name, suggestion) in [
        ("Europe/Berln", Some("Europe/Berlin")),
        ("Berlin", Some("Europe/Berlin")),
        ("kathmandu", Some("Asia/Kathmandu")),
        ("New York", Some("America/New_York")),
        ("America/New York", Some("America/New_York")),
        ("Katmandoo", Some("Asia/Katmandu")),
        ("Middle_Earth/Mordor", None),
        ("", None),
    ] {
        let error = Zone::parse(name, None).unwrap_err();
        assert_eq!(error.suggestion(), suggestion, "{name}");
        assert_eq!(error.parameter(), Some("tz"));
    }
    for name in ["+02:00", " 02:00", "-0530", "02:00", "UTC+2", "utc 2", "GMT-05:00"] {
        assert!(matches!(Zone::parse(name, None), Err(Error::OffsetAsZone { .. })), "{name}");
    }
    let message = Zone::parse("Europe/Berln", None).unwrap_err().to_string();
    assert_eq!(message, "unknown time zone `Europe/Berln`: did you mean `Europe/Berlin`?");
}

#[test]
fn what_is_written_goes_before_the_zone() {
    let berlin = Zone::parse("Europe/Berlin", None).unwrap();
    let resolve =
        |date: &str, zone: Option<&Zone>, calendar| zone::resolve(&iso::parse(date).unwrap(), zone, calendar);
    let both = resolve("2026-07-01T12:00-05:00", Some(&berlin), None).unwrap();
    assert_eq!(
        (both.utc.to_string(), both.offset.to_string()),
        ("2026-07-01T17:00:00Z".into(), "+02:00".into())
    );
    let written = resolve("2026-07-01T12:00-05:00", None, None).unwrap();
    assert_eq!(written.offset.to_string(), "-05:00");
    assert_eq!(resolve("2026-07-01", None, None).unwrap().utc.to_string(), "2026-07-01T00:00:00Z");
    let missing = resolve("2026-07-01T12:00", None, None).unwrap_err();
    assert_eq!(missing, Error::ZoneMissing);
    assert!(missing.to_string().contains("tz=Area/City"));
    // 1900-02-29 exists only in the Julian calendar, and is 1900-03-13.
    assert!(matches!(resolve("1900-02-29", None, None), Err(Error::NoSuchDay { .. })));
    let julian = resolve("1900-02-29", None, Some(Calendar::Julian)).unwrap();
    assert_eq!(julian.utc.to_string(), "1900-03-13T00:00:00Z");
    // A message repeats the date as it was written, in its own calendar.
    let error = resolve("2024-03-18T02:30", Some(&berlin), Some(Calendar::Julian)).unwrap_err();
    assert!(matches!(&error, Error::Gap { local, .. } if local == "2024-03-18T02:30:00"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_reading_leads_back_to_its_clock(
        day in -3_000_000_i64..5_000_000,
        second in 0_u32..86_400,
        index in 0..chrono_tz::TZ_VARIANTS.len(),
    ) {
        use orrery_almanac::{DayNumber, TimeOfDay};
        let zone = Zone::Iana(chrono_tz::TZ_VARIANTS[index]);
        let time = TimeOfDay::new((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8, 0).unwrap();
        match zone.to_utc(DayNumber(day), time) {
            Ok(resolved) => {
                prop_assert_eq!(zone.offset_at(resolved.utc), resolved.offset);
                prop_assert_eq!(resolved.utc.to_local(resolved.offset), (DayNumber(day), time));
            }
            Err(Error::Fold { candidates, .. }) => for candidate in candidates {
                prop_assert_eq!(zone.offset_at(candidate.utc), candidate.offset);
                prop_assert_eq!(candidate.utc.to_local(candidate.offset), (DayNumber(day), time));
            },
            Err(Error::Gap { candidates: [early, late], .. }) => {
                prop_assert_eq!(zone.offset_at(early.utc), late.offset);
                prop_assert_eq!(zone.offset_at(late.utc), early.offset);
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn no_name_panics(name in ".{0,40}") {
        let _ = Zone::parse(&name, Some(0.0));
    }
}

#[test]
fn a_day_begins_when_its_clock_first_shows_it() {
    for (name, date, start) in [
        ("Europe/Berlin", "2026-03-29", Some("2026-03-28T23:00:00Z")),
        // Put forward at midnight, and at half past eleven before it.
        ("Asia/Beirut", "2026-03-29", Some("2026-03-28T22:00:00Z")),
        ("America/Toronto", "1919-03-31", Some("1919-03-31T04:30:00Z")),
        // Put back from one to midnight, and from midnight to eleven.
        ("Atlantic/Azores", "2026-10-25", Some("2026-10-25T00:00:00Z")),
        ("America/Sao_Paulo", "2018-02-18", Some("2018-02-18T03:00:00Z")),
        // Put back from a minute past midnight to a minute past eleven.
        ("America/St_Johns", "2010-11-07", Some("2010-11-07T03:30:00Z")),
        ("Pacific/Apia", "2011-12-30", None),
        ("Pacific/Apia", "2011-12-31", Some("2011-12-30T10:00:00Z")),
        ("Europe/Berlin", "2500-06-21", Some("2500-06-20T22:00:00Z")),
    ] {
        let zone = Zone::parse(name, None).unwrap();
        let Moment::Day(date) = iso::parse(date).unwrap() else { panic!("{date}") };
        let found = zone.start_of(date.day_number(None).unwrap()).map(|utc| utc.to_string());
        assert_eq!(found.as_deref(), start, "{name} {date}");
    }
    let local = Zone::local_mean_time(15.0).unwrap();
    assert_eq!(local.start_of(DayNumber(2_451_545)).unwrap().to_string(), "1999-12-31T23:00:00Z");
}
