//! What is no job.

use serde_json::{Value, json};

use crate::{QUICK, Service, posted};

#[test]
fn what_is_wrong_is_refused_at_once_and_by_name() {
    let service = Service::start(&[]);
    let charted = |path: &str, body: Value| json!({"method": "POST", "path": path, "body": body});
    let listed = |body: Value| charted("/v1/positions", body);
    for (job, status, code, parameter) in [
        (json!({}), 422, "missing_parameter", "path"),
        (json!({"path": "/v1/events", "colour": "red"}), 400, "unknown_parameter", "colour"),
        (json!({"path": 7}), 400, "invalid_value", "path"),
        (json!({"path": "v1/events"}), 400, "invalid_value", "path"),
        (json!({"path": "http://127.0.0.1/v1/events"}), 400, "invalid_value", "path"),
        (json!({"path": "/v1/event"}), 422, "unknown_value", "path"),
        (json!({"path": "/v1/events/../jobs"}), 422, "unknown_value", "path"),
        (json!({"path": "/v1/jobs"}), 422, "meaningless", "path"),
        (json!({"path": "/v1/jobs", "method": "POST", "body": {"path": QUICK}}), 422, "meaningless", "body"),
        (json!({"path": format!("/v1/jobs/{}/result", "0".repeat(32))}), 422, "meaningless", "path"),
        (json!({"path": "/status"}), 422, "meaningless", "path"),
        (json!({"path": "/openapi.json"}), 422, "meaningless", "path"),
        (json!({"path": "/v1/events", "method": "DELETE"}), 422, "unknown_value", "method"),
        (json!({"path": "/v1/events", "method": "POST", "body": {}}), 422, "contradiction", "body"),
        (json!({"path": "/v1/positions", "body": {}}), 422, "contradiction", "body"),
        (json!({"path": "/v1/positions?bodies=plutto"}), 422, "unknown_body", "path.bodies"),
        (json!({"path": "/v1/positions?bodis=sun"}), 400, "unknown_parameter", "path.bodis"),
        (json!({"path": "/v1/positions?date=%ff"}), 400, "malformed_query", "path"),
        (
            json!({"path": "/v1/positions?date=2026-10-25T02:30&tz=Europe/Berlin"}),
            422,
            "local_time_fold",
            "path.date",
        ),
        (json!({"path": "/v1/ephemeris?start=2000-01-01"}), 422, "missing_parameter", "path.stop"),
        (
            json!({"path": "/v1/ephemeris?start=1900-01-01&stop=2000-01-01&step=1m"}),
            422,
            "out_of_range",
            "path.step",
        ),
        (json!({"path": "/v1/events?types=sunshine"}), 422, "unknown_value", "path.types"),
        (json!({"path": "/v1/rise-set?lat=50"}), 422, "missing_parameter", "path.lon"),
        (json!({"path": "/v1/eclipses/sun-2026-08-12"}), 404, "unknown_eclipse", "path.id"),
        (json!({"path": "/v1/stars?stars=Sipca"}), 422, "unknown_star", "path.stars"),
        (json!({"path": "/v1/moon/calendar?year=2026&month=13"}), 422, "out_of_range", "path.month"),
        (json!({"path": QUICK, "accept": "a\nb"}), 400, "invalid_value", "accept"),
        (listed(json!({"jd": [1, "x"]})), 400, "invalid_value", "body.jd[1]"),
        (listed(json!({"jd": []})), 400, "empty_parameter", "body.jd"),
        (charted("/v1/transits", json!({})), 422, "missing_parameter", "body.natal"),
        (
            charted(
                "/v1/transits",
                json!({"natal": {"bodies": "plutto"}, "start": "2026-01-01", "stop": "2027-01-01"}),
            ),
            422,
            "unknown_body",
            "body.natal.bodies",
        ),
        (
            charted("/v1/synastry", json!({"first": {"jd": 2_451_545}})),
            422,
            "missing_parameter",
            "body.second",
        ),
        (listed(json!({"jd": [2_451_545], "bodies": ["plutto"]})), 422, "unknown_body", "body.bodies"),
    ] {
        let reply = posted(&service.client(), &job.to_string());
        assert_eq!(reply.status, status, "{job}: {reply:?}");
        assert_eq!(reply.problem(status, code)["parameter"], parameter, "{job}: {reply:?}");
    }
    for (text, status, code) in [
        ("", 400, "malformed_body"),
        ("{", 400, "malformed_body"),
        ("[]", 400, "malformed_body"),
        ("null", 400, "malformed_body"),
        (r#"{"path": "/v1/events", "path": "/v1/events"}"#, 400, "repeated_parameter"),
        (
            r#"{"path": "/v1/positions", "method": "POST", "body": {"jd": [1], "jd": [1]}}"#,
            400,
            "repeated_parameter",
        ),
        (r#"{"path": "/v1/positions", "method": "POST", "body": [1]}"#, 400, "malformed_body"),
    ] {
        let reply = posted(&service.client(), text);
        let _ = reply.problem(status, code);
    }
    // What no format of the route is, and what is in no query string of this one.
    let refused =
        posted(&service.client(), &json!({"path": "/v1/positions", "accept": "text/csv"}).to_string());
    assert_eq!(refused.problem(406, "not_acceptable")["parameter"], "path");
    let queried = service.client().raw(
        b"POST /v1/jobs?path=/v1/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
    );
    assert_eq!(queried.problem(400, "unknown_parameter")["parameter"], "path");
    let typed = service.client().raw(
        b"POST /v1/jobs HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/csv\r\ncontent-length: 2\r\n\r\n{}",
    );
    let _ = typed.problem(415, "unsupported_media_type");
    // Of all that nothing was written down.
    let jobs = std::fs::read_dir(service.dir());
    assert!(jobs.is_err() || jobs.unwrap().count() <= 1, "something was taken");
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let reply = service.client().send(method, "/v1/jobs", &[]);
        let _ = reply.problem(405, "method_not_allowed");
    }
}

#[test]
fn what_is_too_long_is_refused() {
    let service = Service::start(&["--limits-body-bytes", "100000"]);
    let long = json!({"path": QUICK, "accept": "x".repeat(200_000)});
    let _ = posted(&service.client(), &long.to_string()).problem(413, "body_too_large");
    let target = json!({"path": format!("/v1/events?types={}", "a".repeat(70_000))});
    let reply = posted(&service.client(), &target.to_string());
    assert!([400, 414].contains(&reply.status), "{reply:?}");
}

#[test]
fn what_asks_for_more_than_json_may_have_is_taken_as_lines() {
    let service = Service::start(&["--limits-json-rows", "1000"]);
    let _ = posted(&service.client(), &json!({"path": QUICK.replace("csv", "json")}).to_string())
        .problem(422, "out_of_range");
    let id = service.post_path(QUICK);
    assert_eq!(service.wait_for(&id, "done")["progress"]["expected_rows"], 2 * (31 * 24 + 1));
}
