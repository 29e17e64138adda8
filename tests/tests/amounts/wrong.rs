//! Tables that cannot be: refused before they begin, with the parameter and the remedy.

use orrery_tests::programs::Server;

use super::Table;

#[track_caller]
fn refused(table: &Table, status: u16, code: &str, parameter: Option<&str>) {
    let problem = table.json();
    assert_eq!(table.status, status, "{problem}");
    assert_eq!(
        (problem["code"].as_str(), problem["parameter"].as_str()),
        (Some(code), parameter),
        "{problem}"
    );
    assert!(problem["hint"].as_str().is_some_and(|hint| hint.len() > 10), "{problem}");
}

#[test]
fn ranges_that_cannot_be_are_refused_by_name() {
    let server = Server::shared();
    for (query, status, code, parameter) in [
        ("stop=2026-01-02&step=1d", 422, "missing_parameter", "start"),
        ("start=2026-01-02&stop=2026-01-01&step=1d", 422, "out_of_range", "stop"),
        ("start=2026-01-01&stop=2026-01-02&step=0s", 422, "out_of_range", "step"),
        ("start=2026-01-01&stop=2026-01-02&step=1x", 400, "invalid_value", "step"),
        ("start=1800-01-02&stop=2399-01-01&step=1m", 422, "out_of_range", "step"),
        ("start=2026-01-01&stop=2026-01-02&step=1h&bodies=sun,sun", 422, "repeated_body", "bodies"),
        ("start=2026-01-01&stop=2026-01-02&step=1h&ayanamsa=lahiri", 422, "contradiction", "ayanamsa"),
        ("start=2026-01-01&stop=2026-01-02&step=1h&center=topo", 422, "contradiction", "lat"),
        (
            "start=2026-01-01&stop=2026-01-02&step=1h&bodies=true_node&center=helio",
            422,
            "meaningless",
            "bodies",
        ),
        ("start=2026-01-01&stop=2026-01-02&step=1h&format=svg", 406, "not_acceptable", "format"),
        ("start=2026-01-01&stop=2026-01-02&step=1h&fields=azimuth", 422, "contradiction", "fields"),
        ("start=2026-01-01&stop=2026-01-02&step=1h&date=now", 400, "unknown_parameter", "date"),
        (
            "start=0500-01-01&stop=2026-01-02&step=1y&bodies=chiron&format=csv",
            422,
            "outside_ephemeris",
            "start",
        ),
        ("start=2026-01-01&stop=9999-01-02&step=1y&bodies=sun&format=csv", 422, "outside_ephemeris", "stop"),
        ("start=2026-01-01&stop=2500-01-02&step=1y&bodies=sun&source=table", 409, "table_only", "source"),
    ] {
        let table = Table::ask(&server, &format!("GET /v1/ephemeris?{query}"), "");
        refused(&table, status, code, Some(parameter));
    }
}

#[test]
fn bodies_that_cannot_be_are_refused_by_name() {
    let server = Server::shared();
    for (body, status, code, parameter) in [
        ("{}", 422, "missing_parameter", Some("jd")),
        (r#"{"jd": [1, 2"#, 400, "malformed_body", None),
        (r#"{"jd": [2451545, "x"]}"#, 400, "invalid_value", Some("jd[1]")),
        (r#"{"jd": [2451545], "jd_tt": [2451545]}"#, 422, "contradiction", Some("jd_tt")),
        (r#"{"jd": [2451545], "bodies": ["sun", "sun"]}"#, 422, "repeated_body", Some("bodies")),
        (r#"{"jd": [2451545], "bodies": ["plutto"]}"#, 422, "unknown_body", Some("bodies")),
        (r#"{"jd": [2451545], "zodiac": "sidereal"}"#, 422, "contradiction", Some("ayanamsa")),
        (r#"{"jd": [2451545], "tz": "Europe/Berlin"}"#, 422, "contradiction", Some("tz")),
        (r#"{"jd": [1e300]}"#, 422, "out_of_range", Some("jd")),
        (r#"{"dates": ["2026-01-01", "2026-02-30"]}"#, 422, "no_such_date", Some("dates[1]")),
        (r#"{"dates": ["2026-01-01T12:00"]}"#, 422, "zone_missing", Some("dates[0]")),
        (r#"{"date": "2026-01-01"}"#, 400, "unknown_parameter", Some("date")),
    ] {
        refused(&Table::post(&server, body), status, code, parameter);
    }
    let rows = format!("{{\"jd\": [{}2451545]}}", "2451545,".repeat(10_000));
    refused(&Table::post(&server, &rows), 422, "out_of_range", Some("jd"));
    let many = rows.replace("]}", "], \"format\": \"csv\", \"fields\": \"longitude\"}");
    assert_eq!(Table::post(&server, &many).text().lines().count(), 100_011);
}
