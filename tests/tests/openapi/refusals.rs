//! Refusals: that each is asked for, comes, and is what the document says.

use std::collections::BTreeSet;

use orrery_tests::http::Reply;
use orrery_tests::workspace;
use serde_json::json;

use orrery_tests::interface::Interface;

/// Queries that are refused, each with its status, its code and the parameter that it names.
const REFUSED: &[(&str, u16, &str, Option<&str>)] = &[
    ("bodis=sun", 400, "unknown_parameter", Some("bodis")),
    ("jd=1&jd=1", 400, "repeated_parameter", Some("jd")),
    ("jd=1&jd_ut=1", 400, "repeated_parameter", Some("jd")),
    ("jd=", 400, "empty_parameter", Some("jd")),
    ("jd=nan", 400, "invalid_value", Some("jd")),
    ("jd=1e999", 400, "invalid_value", Some("jd")),
    ("date=yesterday", 400, "invalid_value", Some("date")),
    ("date=%ff", 400, "malformed_query", None),
    ("date=%", 400, "malformed_query", None),
    ("=&&=", 400, "malformed_query", None),
    ("precision=16", 400, "invalid_value", Some("precision")),
    ("bodies=sun,,moon", 400, "empty_parameter", Some("bodies")),
    ("bodies=%00%0d%0a", 422, "unknown_body", Some("bodies")),
    ("bodies=plutto", 422, "unknown_body", Some("bodies")),
    ("bodies=sun,sun", 422, "repeated_body", Some("bodies")),
    ("bodies=earth", 422, "meaningless", Some("bodies")),
    ("bodies=asteroid:99942", 422, "outside_ephemeris", Some("bodies")),
    ("fields=sign,sign", 422, "repeated_field", Some("fields")),
    ("fields=declination", 422, "contradiction", Some("fields")),
    ("frame=%F0%9F%AA%90", 422, "unknown_value", Some("frame")),
    ("center=helio&bodies=sun", 422, "meaningless", Some("bodies")),
    ("center=topo", 422, "contradiction", Some("lat")),
    ("zodiac=sidereal", 422, "contradiction", Some("ayanamsa")),
    ("ayanamsa=lahiri", 422, "contradiction", Some("ayanamsa")),
    ("lat=52&lon=13", 422, "contradiction", Some("lat")),
    ("date=2026-03-20&jd=2461120.5", 422, "contradiction", Some("jd")),
    ("date=2026-03-20T14:33", 422, "zone_missing", Some("date")),
    ("date=2023-02-30", 422, "no_such_date", Some("date")),
    ("date=2026-03-29T02:30&tz=Europe/Berlin", 422, "local_time_gap", Some("date")),
    ("date=2026-10-25T02:30&tz=Europe/Berlin", 422, "local_time_fold", Some("date")),
    ("date=2500-10-31T02:30&tz=Europe/Berlin", 422, "local_time_fold", Some("date")),
    ("date=2026-03-20T14:33&tz=Europe/Berlim", 422, "unknown_zone", Some("tz")),
    ("jd=1e300", 422, "out_of_range", Some("jd")),
    ("jd=0", 422, "outside_ephemeris", Some("jd")),
    ("jd=2451545&bodies=cupido&source=table", 409, "table_only", Some("source")),
    ("source=table&allow_moshier=true", 422, "contradiction", Some("allow_moshier")),
    ("format=csv", 406, "not_acceptable", Some("format")),
    ("format=jsn", 422, "unknown_value", Some("format")),
];

/// The same of other routes.
const REFUSED_ELSEWHERE: &[(&str, u16, &str)] = &[
    ("/v1/ephemeris?start=now", 422, "missing_parameter"),
    ("/v1/stars?stars=Sipca", 422, "unknown_star"),
    ("/v1/stars?stars=Spica,alVir", 422, "repeated_star"),
    ("/v1/lots?lat=50&lon=10&lots=fortun", 422, "unknown_lot"),
    ("/v1/lots?lat=50&lon=10&formula=mine:sunn", 422, "invalid_formula"),
    ("/v1/lots?lat=50&lon=10&house_system=gauquelin&lots=death", 422, "no_lot"),
    ("/v1/houses?lat=70&lon=10&house_system=koch", 422, "no_houses"),
    ("/v1/rise-set?lat=50", 422, "missing_parameter"),
    ("/v1/rise-set?lat=50&lon=10&events=rise,rise", 422, "repeated_event"),
    ("/v1/rise-set?lat=50&lon=10&date=2011-12-30&tz=Pacific/Apia", 422, "no_such_date"),
    ("/v1/eclipses/sun-2026-08-12", 404, "unknown_eclipse"),
    ("/v1/jobs/00000000000000000000000000000000", 404, "unknown_job"),
    ("/v1/jobs/00000000000000000000000000000000/events", 404, "unknown_job"),
    ("/v1/jobs/nobody/result", 404, "unknown_job"),
    ("/v1/eclipses/solar-2026-08-13", 404, "unknown_eclipse"),
    ("/v1/eclipses/solar-0900-01-01", 422, "outside_ephemeris"),
    ("/v1/eclipses/solar-2026-08-12/local?lat=1", 422, "missing_parameter"),
    ("/v1/eclipses/solar-2026-08-12/path?format=json", 406, "not_acceptable"),
];

#[test]
fn every_refusal_is_the_documented_problem() {
    workspace::require_narrow_files();
    let mut interface = Interface::fetch();
    let mut codes = BTreeSet::new();
    let mut refused = |reply: Reply, status: u16, target: &str| {
        assert_eq!(reply.status, status, "{target}: {reply:?}");
        codes.insert(reply.json()["code"].as_str().unwrap().to_owned());
    };
    for (query, status, code, parameter) in REFUSED {
        let target = format!("/v1/positions?{query}");
        let reply = interface.ask(&target, &[]);
        let document = reply.json();
        assert_eq!(document["code"], *code, "{target}: {reply:?}");
        assert_eq!(document["parameter"], json!(parameter), "{target}: {reply:?}");
        refused(reply, *status, &target);
    }
    for path in interface.paths() {
        refused(interface.ask(&format!("{path}?colour=red"), &[]), 400, &path);
        refused(interface.ask(&format!("{path}?{}", "a".repeat(70_000)), &[]), 414, &path);
        refused(interface.ask(&path, &[("content-length", "2")]), 400, &path);
        refused(interface.ask(&path, &[("content-length", "99999999")]), 413, &path);
        refused(interface.ask(&path, &[("x-long", &"y".repeat(300_000))]), 431, &path);
    }
    for (fields, body, status) in [
        ("", "{", 400),
        ("content-type: text/csv\r\n", "{}", 415),
        ("content-encoding: compress\r\n", "{}", 415),
    ] {
        let length = body.len();
        let request = format!(
            "POST /v1/positions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}content-length: {length}\r\n\r\n{body}"
        );
        let reply = interface.client.raw(request.as_bytes());
        interface.assert_refusal(&reply, fields);
        refused(reply, status, fields);
    }
    for (target, status, code) in REFUSED_ELSEWHERE {
        let reply = interface.ask(target, &[]);
        assert_eq!(reply.json()["code"], *code, "{target}: {reply:?}");
        refused(reply, *status, target);
    }
    let handshake = [("connection", "upgrade"), ("upgrade", "websocket")];
    refused(interface.ask("/v1/stream/sky", &handshake), 400, "a handshake");
    for path in ["/v1/positions", "/v1/dataset"] {
        refused(interface.ask(path, &[("accept", "text/csv")]), 406, path);
    }
    for (method, target, status) in [
        ("GET", "/v1/position", 404),
        ("GET", "/v1/positions/", 404),
        ("GET", "/%00", 404),
        ("PUT", "/v1/positions", 405),
        ("DELETE", "/openapi.json", 405),
        ("PATCH", "/docs", 405),
    ] {
        let reply = interface.client.send(method, target, &[]);
        interface.assert_refusal(&reply, target);
        refused(reply, status, target);
    }
    // All that a client can bring about by itself; the rest is a server's without files, without time, or at its end.
    let (_, problem) = interface.at("/components/schemas/Problem");
    let documented = problem["properties"]["code"]["enum"].as_array().unwrap();
    let elsewhere = [
        "malformed_request",
        "request_timeout",
        "live_unavailable",
        "catalogue_unavailable",
        "internal",
        "busy",
        "time_limit",
        "memory_short",
        "nothing_to_serve",
        "draining",
        "job_expired",
        "job_interrupted",
        "jobs_disabled",
        "too_many_jobs",
        "jobs_disk_full",
        "job_unfinished",
        "job_cancelled",
    ];
    let missed: Vec<_> = documented
        .iter()
        .map(|code| code.as_str().unwrap())
        .filter(|code| !codes.contains(*code) && !elsewhere.contains(code))
        .collect();
    assert!(missed.is_empty(), "documented, and given by no reply: {missed:?}");
    for member in ["parameter", "hint", "candidates"] {
        assert!(
            interface.seen.contains(&format!("/components/schemas/Problem/properties/{member}")),
            "{member}"
        );
    }
}
