//! Ranges of `/v1/ephemeris` that are none, never end, or are more than a document holds.

use orrery_tests::programs::Server;
use orrery_tests::workspace;

use crate::queries::PARAMETERS;
use crate::{Refusal, about};

const STEP: &str =
    "give a length such as 90s, 15m, 6h, 1d, 2w, 3mo or 10y, or a number of intervals such as 100";
const SCALES: &str = "give both as dates, both as jd:…, or both as jd_tt:…";

/// Compares the refusal of a query with what it should be.
#[track_caller]
fn refuse(server: &Server, query: &str, refusal: Refusal) {
    refusal.is_at("/v1/ephemeris", &server.client().get(&format!("/v1/ephemeris?{query}")));
}

#[test]
fn what_is_no_range_is_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    for (query, missing, example) in [
        ("stop=2026-01-02&step=1d", "start", "2026-01-01"),
        ("start=2026-01-01&stop=2026-01-02", "step", "1d"),
    ] {
        let detail = format!("{missing} is missing");
        let hint = format!("add {missing}, such as {missing}={example}; a range has start, stop and step");
        refuse(query, about(missing, "missing_parameter", &detail, &hint));
    }
    refuse(
        "start=2026-01-02&stop=2026-01-01&step=1d",
        about(
            "stop",
            "out_of_range",
            "stop is before start: give the earlier of the two as start",
            "give the earlier of the two as start",
        ),
    );
    for query in ["start=2026-01-01&stop=jd:2461120&step=1d", "start=jd_tt:2461120&stop=jd:2461121&step=1d"] {
        let detail = "start and stop are of different time scales";
        refuse(query, about("stop", "contradiction", detail, SCALES));
    }
    refuse(
        "start=jd:2461120&stop=jd:2461150&step=1mo",
        about(
            "step",
            "contradiction",
            "months and years are of a calendar, and start is a Julian day",
            "give a step in days, such as step=30d, or start and stop as dates",
        ),
    );
    refuse(
        "start=jd:2461120&stop=jd_tt:x&step=1d",
        about("stop", "invalid_value", "x is no Julian day", "give a number, such as stop=jd_tt:2461120.5"),
    );
    refuse(
        "start=2026-01-01T00:00Z&stop=2026-01-02T00:00Z&step=1h&tz=Europe/Berlin",
        about(
            "tz",
            "contradiction",
            "tz says how to read a local time, and neither start nor stop is local, and step is not of the calendar",
            "leave tz out, or give a local date and time without Z and offset",
        ),
    );
}

#[test]
fn ends_that_are_no_instants_are_named() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    // Days that nobody counts to.
    for (query, parameter, day) in [
        ("start=jd:1e300&stop=jd:1.1e300&step=1d", "start", "1000"),
        ("start=jd:0&stop=jd:1e300&step=1d", "stop", "1000"),
        ("start=jd_tt:0&stop=jd_tt:9100001&step=1d", "stop", "9100001"),
    ] {
        let reply = server.client().get(&format!("/v1/ephemeris?{query}"));
        let document = reply.problem(422, "out_of_range");
        assert_eq!(document["parameter"], parameter, "{query}");
        assert!(
            document["detail"].as_str().unwrap().starts_with(&format!("{parameter} is the Julian day {day}"))
        );
        assert_eq!(document["hint"], "give a day from -5600000 to 9100000");
    }
    refuse(
        "start=2461120.5&stop=jd:2461121&step=1d",
        about(
            "start",
            "invalid_value",
            "cannot read the date `2461120.5` at character 5: expected - and the month (years of more than four digits need a \
             sign, such as +12026); write it as 2026-03-20T14:33:00Z",
            "write it as 2026-03-20T14:33:00Z, or a Julian day as start=jd:2461120.5 or jd_tt:2461120.5",
        ),
    );
    // A second that no clock showed is the end's that it was given as.
    for (query, parameter) in [
        ("start=2026-01-01T23:59:60Z&stop=2026-01-03&step=1d", "start"),
        ("start=2026-01-01&stop=2026-01-02T23:59:60Z&step=1d", "stop"),
    ] {
        let document = server.client().get(&format!("/v1/ephemeris?{query}")).problem(422, "no_such_date");
        assert_eq!(document["parameter"], parameter, "{query}");
    }
    // What is wrong with a date is said of the end that it is.
    refuse(
        "start=2026-01-01&stop=2026-01-01T12:00&step=1h",
        about(
            "stop",
            "zone_missing",
            "the time of day has no zone: end it with Z or an offset such as +02:00, or give tz=Area/City",
            "end the date with Z or an offset such as +02:00, or add tz=Area/City, or tz=lmt with lon",
        ),
    );
    refuse(
        "start=2026-01-01&stop=2026-01-02&step=1h&date=now",
        about(
            "date",
            "unknown_parameter",
            "date is no parameter of this resource",
            &PARAMETERS.replace("date, jd, jd_tt", "start, stop, step"),
        ),
    );
    refuse(
        "start=2026-01-01&stop=2026-01-02&step=1h&fields=colour",
        about(
            "fields",
            "unknown_value",
            "colour is no field of a position",
            "known are utc, jd_tt, jd_ut, body, default, all, longitude, latitude, distance, longitude_speed, \
             latitude_speed, distance_speed, sign, sign_longitude, decan, retrograde, out_of_bounds, elongation, \
             phase_angle, illuminated_fraction, apparent_diameter, magnitude, light_time, source",
        ),
    );
}

#[test]
fn steps_that_never_end_and_rows_beyond_a_document_are_refused() {
    let server = Server::shared();
    let refuse = |query: &str, refusal: Refusal| refuse(&server, query, refusal);
    let day = "start=2026-01-01&stop=2026-01-02";
    let never = "more than nothing: steps of nothing never end";
    let long = "at least 0.0001 s and at most 100000 d, or up to 4294967295 months, or up to 10^15 intervals";
    let none = "a number with s, m, h, d, w, mo or y, such as 1d or 15m, or a number of intervals";
    for (step, code, why) in [
        ("0", "out_of_range", never),
        ("0mo", "out_of_range", never),
        ("0d", "out_of_range", never),
        ("0.0h", "out_of_range", never),
        ("0.00001s", "out_of_range", long),
        ("999999999999y", "out_of_range", long),
        ("200000.5d", "out_of_range", long),
        ("-1d", "invalid_value", none),
        ("1.5mo", "invalid_value", none),
        ("1.5", "invalid_value", none),
        ("1M", "invalid_value", none),
        ("fortnight", "invalid_value", none),
    ] {
        let detail = format!("`{step}` is no step: give {why}");
        refuse(&format!("{day}&step={step}"), about("step", code, &detail, STEP));
    }
    for (step, rows) in [("bodies=sun&step=1000000000", "1000000001"), ("step=100000000", "1000000010")] {
        let detail = format!(
            "these are {rows} rows of a body at an instant each, and a JSON reply has 100000 at most"
        );
        let hint = "add format=ndjson, csv or arrow, which stream any number of rows, or ask for fewer";
        refuse(&format!("{day}&{step}"), about("step", "out_of_range", &detail, hint));
    }
}

#[test]
fn a_range_that_begins_before_the_files_is_refused_before_its_first_row() {
    workspace::require_narrow_files();
    let server = Server::shared();
    for format in ["json", "ndjson", "csv", "arrow"] {
        refuse(
            &server,
            &format!("start=1000-01-01&stop=2026-01-01&step=1y&bodies=sun&format={format}"),
            about(
                "start",
                "outside_ephemeris",
                "sun lies outside the ephemeris files, which reach from 1200-01-01 (JD 2159357.5) to 2999-12-31 (JD \
                 2816787.4999999995)",
                "allow_moshier=true admits the analytical model; the operator can fetch more files with \
                 scripts/fetch-data --wide",
            ),
        );
    }
}
