//! UTC, leap seconds and Julian days.

use orrery_almanac::instant::{MAX_JD, MIN_JD};
use orrery_almanac::{
    Calendar, Error, Instant, LeapSeconds, Subsecond, TimeOfDay, Utc, UtcOffset, iso, zone,
};
use orrery_format::{TtDay, UtDay};
use proptest::prelude::*;

const SECOND: f64 = 1.0 / 86_400.0;

/// One and a half units in the last place of a Julian day of our time.
const TOLERANCE: f64 = 7e-10;

fn utc(text: &str) -> Utc {
    let moment = iso::parse(text).unwrap();
    zone::resolve(&moment, None, None).unwrap().utc
}

/// A smooth ΔT that is near the true one from 1972 to 2030 and drifts away from the leap seconds after that.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a source of ΔT")]
fn delta_t_s(ut: UtDay) -> Result<f64, Error> {
    let years = (ut.jd() - 2_451_544.5) / 365.25;
    Ok(if years < 0.0 { 63.83 + 0.77 * years } else { (63.83 + 0.2 * years).max(32.184 * years / 31.0) })
}

fn instant(text: &str) -> Instant {
    Instant::from_utc(utc(text), &LeapSeconds::built_in(), delta_t_s).unwrap()
}

fn millis(instant: &Instant) -> String {
    let leaps = LeapSeconds::built_in();
    instant.utc(&leaps).to_iso(Subsecond::Millisecond, None, &leaps)
}

#[test]
fn terrestrial_time_is_utc_with_its_leap_seconds() {
    for (text, jd_utc, behind_s) in [
        ("1972-01-01T00:00:00Z", 2_441_317.5, 42.184),
        ("1972-06-30T23:59:59Z", 2_441_499.5 - SECOND, 42.184),
        ("1972-06-30T23:59:60Z", 2_441_499.5, 42.184),
        ("1972-07-01T00:00:00Z", 2_441_499.5, 43.184),
        ("2000-01-01T12:00:00Z", 2_451_545.0, 64.184),
        ("2016-12-31T23:59:59Z", 2_457_754.5 - SECOND, 68.184),
        ("2016-12-31T23:59:60Z", 2_457_754.5, 68.184),
        ("2017-01-01T00:59:60+01:00", 2_457_754.5, 68.184),
        ("2016-12-31T18:59:60.5-05:00", 2_457_754.5 + 0.5 * SECOND, 68.184),
        ("2017-01-01T00:00:00Z", 2_457_754.5, 69.184),
        ("2026-03-20T14:33:00Z", 2_461_120.106_25, 69.184),
    ] {
        let tt = instant(text).tt.jd();
        assert!((tt - (jd_utc + behind_s * SECOND)).abs() < TOLERANCE, "{text}: {tt}");
    }
    assert!((instant("2000-01-01T12:00Z").tt.jd() - 2_451_545.000_742_87).abs() < TOLERANCE);
}

#[test]
fn before_1972_utc_is_ut1() {
    for (text, jd) in [
        ("1971-12-31T23:59:59Z", 2_441_317.5 - SECOND),
        ("1800-01-01", 2_378_496.5),
        ("-0043-03-15T12:00Z", 1_705_426.0),
        ("-13000-01-01T12:00Z", -3_027_192.0),
    ] {
        let at = instant(text);
        assert!((at.ut.jd() - jd).abs() < TOLERANCE, "{text}: {}", at.ut.jd());
        assert_eq!(at.tt.jd(), at.ut.jd() + delta_t_s(at.ut).unwrap() / 86_400.0);
        assert_eq!(at.delta_t_s, delta_t_s(at.ut).unwrap());
    }
}

#[test]
fn utc_is_ut1_where_delta_t_outgrows_the_leap_seconds() {
    let at = instant("2100-06-01T12:00Z");
    assert!((at.ut.jd() - 2_488_221.0).abs() < TOLERANCE, "{}", at.ut.jd());
    assert_eq!(millis(&at), "2100-06-01T12:00:00.000Z");
    // An up-to-date ΔT and the built-in table still agree in 2026.
    let now = instant("2026-03-20T14:33:00Z");
    assert!((now.ut.jd() - 2_461_120.106_25).abs() > 1e-8);
    // The threshold is one second, reached or passed.
    for (delta_t, is_ut1) in [(69.184 + 0.999, false), (69.184 + 1.001, true), (69.184 - 5.0, false)] {
        let constant = |_| Ok::<_, Error>(delta_t);
        let at = Instant::from_utc(utc("2030-01-01"), &LeapSeconds::built_in(), constant).unwrap();
        assert_eq!((at.ut.jd() - 2_462_502.5).abs() < TOLERANCE, is_ut1, "{delta_t}");
    }
}

#[test]
fn second_60_exists_only_where_a_leap_second_was() {
    let leaps = LeapSeconds::built_in();
    for text in
        ["2015-12-31T23:59:60Z", "1971-12-31T23:59:60Z", "2017-12-31T23:59:60Z", "2100-12-31T23:59:60Z"]
    {
        let refused = Instant::from_utc(utc(text), &leaps, delta_t_s).unwrap_err();
        assert!(matches!(&refused, Error::NoLeapSecond { text: t } if t == text), "{refused}");
        assert_eq!(refused.parameter(), Some("date"));
    }
    for text in
        ["2016-12-31T12:00:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:58:60Z", "2016-12-31T23:00:60Z"]
    {
        let moment = iso::parse(text).unwrap();
        assert!(matches!(zone::resolve(&moment, None, None), Err(Error::NoLeapSecond { .. })), "{text}");
    }
}

#[test]
fn instants_are_written_as_they_were_read() {
    for text in [
        "1972-01-01T00:00:00.000Z",
        "1972-06-30T23:59:60.000Z",
        "1972-06-30T23:59:60.500Z",
        "1972-07-01T00:00:00.000Z",
        "1999-12-31T23:59:59.999Z",
        "2005-12-31T23:59:60.999Z",
        "2016-12-31T23:59:59.999Z",
        "2016-12-31T23:59:60.000Z",
        "2017-01-01T00:00:00.000Z",
        "2026-03-20T14:33:00.500Z",
        "1800-01-01T00:00:00.000Z",
        "1582-10-15T00:00:00.000Z",
        "1582-10-04T23:59:59.999Z",
        "0000-02-29T12:00:00.000Z",
        "-0043-03-15T06:07:08.009Z",
        "+12026-01-01T00:00:00.000Z",
    ] {
        assert_eq!(millis(&instant(text)), text);
    }
}

#[test]
fn rounding_goes_into_the_next_day_and_never_invents_a_second_60() {
    use Subsecond::{Microsecond, Millisecond, Second};

    let leaps = LeapSeconds::built_in();
    let written = |text: &str, subsecond| utc(text).to_iso(subsecond, None, &leaps);
    assert_eq!(written("2023-12-31T23:59:59.9996Z", Millisecond), "2024-01-01T00:00:00.000Z");
    assert_eq!(written("2023-12-31T23:59:59.9994Z", Millisecond), "2023-12-31T23:59:59.999Z");
    assert_eq!(written("2023-12-31T23:59:59.9996Z", Microsecond), "2023-12-31T23:59:59.999600Z");
    assert_eq!(written("2023-12-31T23:59:59.9999996Z", Microsecond), "2024-01-01T00:00:00.000000Z");
    assert_eq!(written("2016-12-31T23:59:59.9996Z", Millisecond), "2016-12-31T23:59:60.000Z");
    assert_eq!(written("2016-12-31T23:59:60.9996Z", Millisecond), "2017-01-01T00:00:00.000Z");
    assert_eq!(written("2016-12-31T23:59:60.4Z", Second), "2016-12-31T23:59:60Z");
    assert_eq!(written("2016-12-31T23:59:60.5Z", Second), "2017-01-01T00:00:00Z");
    assert_eq!(written("2026-03-20T14:32:59.5Z", Second), "2026-03-20T14:33:00Z");
    assert_eq!(written("1582-10-04T23:59:59.9999Z", Millisecond), "1582-10-15T00:00:00.000Z");
    assert_eq!(
        utc("1582-10-15T00:00Z").to_iso(Millisecond, Some(Calendar::Julian), &leaps),
        "1582-10-05T00:00:00.000Z"
    );
    assert_eq!(utc("2026-03-20T14:33:00.120Z").to_string(), "2026-03-20T14:33:00.12Z");
}

#[test]
fn a_file_adds_leap_seconds_after_the_built_in_ones() {
    let text = "# comment\n\n   # another\n20081231\n20350630 # one more\n20281231\n";
    let leaps = LeapSeconds::with_file(text).unwrap();
    assert_eq!(leaps.days().len(), 29);
    let at = Instant::from_utc(utc("2028-12-31T23:59:60Z"), &leaps, |_| Ok::<_, Error>(69.5)).unwrap();
    assert_eq!(at.utc(&leaps).to_iso(Subsecond::Millisecond, None, &leaps), "2028-12-31T23:59:60.000Z");
    let at = Instant::from_utc(utc("2029-01-01T00:00:00Z"), &leaps, |_| Ok::<_, Error>(69.5)).unwrap();
    assert!((at.tt.jd() - (2_462_137.5 + 70.184 * SECOND)).abs() < TOLERANCE);

    for (bad, line) in
        [("20351301", 1), ("20081231\nsoon", 2), ("2035-06-30", 1), ("203506300", 1), ("20230229", 1)]
    {
        let error = LeapSeconds::with_file(bad).unwrap_err();
        assert!(matches!(error, Error::LeapSecondFile { line: l, .. } if l == line), "{bad}");
    }
}

#[test]
fn julian_days_beyond_reason_are_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, MIN_JD - 1.0, MAX_JD + 1.0] {
        let ut = Instant::from_ut(UtDay(value), delta_t_s).unwrap_err();
        assert_eq!(ut.parameter(), Some("jd"));
        let tt = Instant::from_tt(TtDay(value), delta_t_s).unwrap_err();
        assert_eq!(tt.parameter(), Some("jd_tt"));
    }
    for text in ["-20000-01-01", "+20000-12-31T23:59:59Z"] {
        let at = instant(text);
        assert_eq!(at.utc(&LeapSeconds::built_in()).date(None).year.abs(), 20_000);
    }
}

#[test]
fn refusals_of_delta_t_come_through() {
    #[derive(Debug, PartialEq)]
    struct OutsideTable;
    impl From<Error> for OutsideTable {
        fn from(_: Error) -> OutsideTable {
            OutsideTable
        }
    }
    assert_eq!(Instant::from_ut(UtDay(2_451_545.0), |_| Err(OutsideTable)), Err(OutsideTable));
    assert_eq!(Instant::from_tt(TtDay(2_451_545.0), |_| Err(OutsideTable)), Err(OutsideTable));
    assert_eq!(
        Instant::from_utc(utc("2000-01-01"), &LeapSeconds::built_in(), |_| Err(OutsideTable)),
        Err(OutsideTable)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn utc_survives_the_way_to_terrestrial_time_and_back(
        day in -1_000_000_i64..5_000_000,
        milli in 0_i64..86_400_000,
    ) {
        let time = TimeOfDay::new(
            (milli / 3_600_000) as u8,
            (milli / 60_000 % 60) as u8,
            (milli / 1000 % 60) as u8,
            (milli % 1000 * 1_000_000) as u32,
        ).unwrap();
        let utc = Utc::new(orrery_almanac::DayNumber(day), time).unwrap();
        let leaps = LeapSeconds::built_in();
        let at = Instant::from_utc(utc, &leaps, delta_t_s).unwrap();
        let back = at.utc(&leaps);
        // The two steps of the rule, which `orrery_almanac::instant` describes.
        let near_step = (day - 2_441_318).abs() < 2
            || (delta_t_s(at.ut).unwrap() - 69.184 - 1.0).abs() < 0.001;
        prop_assume!(!near_step);
        prop_assert_eq!(back.rounded(Subsecond::Millisecond, &leaps), utc);
        let iso = back.to_iso(Subsecond::Millisecond, None, &leaps);
        prop_assert_eq!(zone::resolve(&iso::parse(&iso).unwrap(), None, None).unwrap().utc, utc);
    }

    #[test]
    fn both_scales_lead_to_the_same_instant(jd in -3_000_000.0..8_000_000.0_f64) {
        let from_tt = Instant::from_tt(TtDay(jd), delta_t_s).unwrap();
        let from_ut = Instant::from_ut(from_tt.ut, delta_t_s).unwrap();
        prop_assert!((from_ut.tt.jd() - jd).abs() <= 3e-9);
        let (day, time) = (from_ut.utc(&LeapSeconds::built_in()).day(), from_ut.utc(&LeapSeconds::built_in()).time());
        prop_assert!(time.second() < 61 && (day.midnight_jd() - jd).abs() < 30_000.0);
    }

    #[test]
    fn offsets_go_there_and_back(seconds in -86_399_i64..86_400, milli in 0_u32..86_400_000) {
        let offset = UtcOffset::from_seconds(seconds);
        let second = milli / 1000;
        let time =
            TimeOfDay::new((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8, milli % 1000).unwrap();
        let day = orrery_almanac::DayNumber(2_451_545);
        let utc = Utc::from_local(day, time, offset).unwrap();
        prop_assert_eq!(utc.to_local(offset), (day, time));
    }
}

#[test]
fn leap_seconds_are_shown_on_local_clocks() {
    let leap = utc("2016-12-31T23:59:60.25Z");
    let shown = |offset| {
        let (day, time) = leap.to_local(offset);
        format!("{}T{time}", day.civil(None))
    };
    assert_eq!(shown(UtcOffset::from_seconds(3600)), "2017-01-01T00:59:60.25");
    assert_eq!(shown(UtcOffset::from_seconds(-5 * 3600)), "2016-12-31T18:59:60.25");
    assert_eq!(shown(UtcOffset::from_seconds(10)), "2017-01-01T00:00:10.25");
}
