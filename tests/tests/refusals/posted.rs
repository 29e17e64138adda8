//! What is posted to `/v1/positions` and cannot be read, or is not what was meant.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use orrery_tests::http::Reply;
use orrery_tests::programs::Server;

use crate::queries::PARAMETERS;
use crate::{Refusal, about, refusal};

const OBJECT: &str = r#"send an object such as {"jd": [2461120.5, 2461121.5], "bodies": ["sun", "moon"]}"#;
const VALUE: &str = "give a number, a truth or a text, or leave it out";
const ONCE: &str = "give each parameter once; lists are separated by commas";
const JSON: &str = "send the body as JSON, with `Content-Type: application/json`";
const CODINGS: &str = "send it with one of gzip, br and zstd, or without a coding";

fn head(fields: &str) -> String {
    format!("POST /v1/positions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n")
}

/// Posts a body with these further header fields.
fn post(server: &Server, fields: &str, body: &[u8]) -> Reply {
    let head = head(&format!("content-length: {}\r\n{fields}", body.len()));
    server.client().raw(&[head.as_bytes(), body].concat())
}

/// Compares the refusal of a document with what it should be.
#[track_caller]
fn refuse(server: &Server, document: &str, refusal: Refusal) {
    refusal.is_posted_at("/v1/positions", &post(server, "", document.as_bytes()));
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_is_no_object_of_json_is_told_where() {
    let server = Server::shared();
    for (document, detail) in [
        (r#"{"jd": [2451545"#, "the body ends in the middle of its JSON: line 1, column 15"),
        ("{\"jd\":\n[2451545", "the body ends in the middle of its JSON: line 2, column 8"),
        ("[2451545]", "the body is no JSON object: line 1, column 0"),
        (r#""jd""#, "the body is no JSON object: line 1, column 4"),
        (r#"{"jd": [2451545]} {}"#, "the body is not JSON: line 1, column 19"),
        ("jd=2451545", "the body is not JSON: line 1, column 1"),
        ("", "the body is empty"),
        (r#"{"jd": [1e999]}"#, "a number is too large: line 1, column 13"),
        (r#"{"jd": [NaN]}"#, "the body is not JSON: line 1, column 9"),
    ] {
        refuse(&server, document, refusal("malformed_body", detail, OBJECT));
    }
}

#[test]
fn members_of_another_type_are_named_where_they_stand() {
    let server = Server::shared();
    let refuse = |document: &str, refusal: Refusal| refuse(&server, document, refusal);
    for (list, place, what, kind) in [
        (r#""jd": [2451545, "2451546"]"#, "jd[1]", "the text 2451546", "numbers"),
        (r#""jd": [2451545, true]"#, "jd[1]", "the truth value true", "numbers"),
        (r#""jd_tt": [2451545, 2451546, null]"#, "jd_tt[2]", "null", "numbers"),
        (r#""jd_tt": [[2451545]]"#, "jd_tt[0]", "a list", "numbers"),
        (r#""jd": [{"jd": 2451545}]"#, "jd[0]", "an object", "numbers"),
        (r#""jd": 2451545"#, "jd", "one number", "numbers"),
        (r#""jd": "2451545""#, "jd", "one text", "numbers"),
        (r#""dates": ["2026-01-01", 2451545]"#, "dates[1]", "the number 2451545", "texts"),
        (r#""dates": "2026-01-01""#, "dates", "one text", "texts"),
        (r#""jd": [2451545], "bodies": ["sun", 433]"#, "bodies[1]", "the number 433", "texts"),
    ] {
        let name = place.split('[').next().unwrap();
        let (detail, hint) = (format!("{place} is {what}"), format!("give a list of {kind} alone as {name}"));
        refuse(&format!("{{{list}}}"), about(place, "invalid_value", &detail, &hint));
    }
    let names = "give a list of texts, or a text with commas, or leave it out";
    for (value, name, what, hint) in [
        (r#"{"sun": true}"#, "bodies", "an object", names),
        ("null", "fields", "null", names),
        (r#"["topo"]"#, "center", "a list", VALUE),
        ("{}", "lat", "an object", VALUE),
    ] {
        let document = format!(r#"{{"jd": [2451545], "{name}": {value}}}"#);
        let detail = format!("{name} is {what}");
        refuse(&document, about(name, "invalid_value", &detail, hint));
    }
    for (document, name) in
        [(r#"{"jd": []}"#, "jd"), (r#"{"jd": [1], "bodies": []}"#, "bodies"), (r#"{"tz": ""}"#, "tz")]
    {
        let detail = format!("{name} has no value");
        refuse(document, about(name, "empty_parameter", &detail, "give it a value, or leave it out"));
    }
}

#[test]
fn dates_that_are_no_instants_are_named_where_they_stand() {
    let server = Server::shared();
    let refuse = |document: &str, refusal: Refusal| refuse(&server, document, refusal);
    // Behind many others, whose rows would be on their way.
    let many = vec![r#""2026-01-01""#; 20_000].join(",");
    refuse(
        &format!(r#"{{"dates": [{many}, "2026-01-01T23:59:60Z"], "bodies": ["sun"], "format": "csv"}}"#),
        about(
            "dates[20000]",
            "no_such_date",
            "2026-01-01T23:59:60Z is no leap second: they end the days of the leap-second table, at 23:59:60 UTC; give second \
             0 to 59",
            "give a date and time that exist in the calendar used",
        ),
    );
    refuse(
        r#"{"dates": ["2026-03-20T12:00Z", "2026-03-20T12:00+01:00"], "tz": "Europe/Berlin"}"#,
        about(
            "tz",
            "contradiction",
            "tz says how to read a local time, and each date names its own offset",
            "leave tz out, or give a local date and time without Z and offset",
        ),
    );
    // As long as a query string may be.
    let bodies: Vec<String> = (1..10_000).map(|number| format!("asteroid:{number}")).collect();
    refuse(
        &format!(r#"{{"jd": [2451545], "bodies": {bodies:?}}}"#),
        about(
            "bodies",
            "out_of_range",
            "bodies is longer than 65536 bytes",
            "name fewer, in several requests",
        ),
    );
}

#[test]
fn members_that_are_none_or_too_many_are_named() {
    let server = Server::shared();
    let refuse = |document: &str, refusal: Refusal| refuse(&server, document, refusal);
    let known = PARAMETERS.replace("date, jd, jd_tt", "jd, jd_tt, dates");
    for (name, hint) in
        [("bodis", "did you mean bodies?"), ("date", "did you mean dates?"), ("house_system", &known)]
    {
        let detail = format!("{name} is no parameter of this resource");
        let document = format!(r#"{{"jd": [2451545], "{name}": "placidus"}}"#);
        refuse(&document, about(name, "unknown_parameter", &detail, hint));
    }
    for (document, name, detail) in [
        (r#"{"jd": [1], "jd": [2]}"#, "jd", "jd is given twice"),
        (r#"{"jd": [1], "jd_ut": [1]}"#, "jd", "jd_ut is another name of jd, which is given already"),
        (r#"{"lat": 1, "latitude": 1}"#, "lat", "latitude is another name of lat, which is given already"),
    ] {
        refuse(document, about(name, "repeated_parameter", detail, ONCE));
    }
    // What the query string says need not be said again.
    let document = r#"{"jd": [2451545], "bodies": "moon"}"#;
    let again = head(&format!("content-length: {}\r\n", document.len()))
        .replace("/v1/positions", "/v1/positions?bodies=sun");
    about("bodies", "repeated_parameter", "bodies is given twice", ONCE)
        .is_posted_at("/v1/positions", &server.client().raw(format!("{again}{document}").as_bytes()));
    refuse(
        "{}",
        about("jd", "missing_parameter", "no instants are listed", "list them as jd (UT1), jd_tt or dates"),
    );
    for (lists, first, second) in [
        (r#""jd": [1], "jd_tt": [1]"#, "jd", "jd_tt"),
        (r#""dates": ["2026-01-01"], "jd": [1]"#, "jd", "dates"),
        (r#""dates": ["2026-01-01"], "jd_tt": [1]"#, "jd_tt", "dates"),
    ] {
        let detail = format!("{first} and {second} both list instants");
        let refusal = about(second, "contradiction", &detail, "give one of jd, jd_tt and dates");
        refuse(&format!("{{{lists}}}"), refusal);
    }
    refuse(
        r#"{"jd": [2451545], "bodies": ["sun", "moon", "sun"]}"#,
        about("bodies", "repeated_body", "`sun` repeats `sun`: name each body once", "name each body once"),
    );
    refuse(
        r#"{"dates": ["2026-01-01", "2026-02-30"]}"#,
        about(
            "dates[1]",
            "no_such_date",
            "dates[1]: 2026-02-30 does not exist: that month has 28 days in the gregorian calendar",
            "give a date and time that exist in the calendar used",
        ),
    );
}

#[test]
fn types_and_codings_that_are_not_taken_bring_those_that_are() {
    let server = Server::shared();
    let of_type = |detail| about("content-type", "unsupported_media_type", detail, JSON);
    for (given, detail) in [
        ("text/csv", "the body is text/csv, and application/json alone is taken"),
        (
            "application/x-www-form-urlencoded",
            "the body is application/x-www-form-urlencoded, and application/json alone is taken",
        ),
        ("application/json; charset=latin1", "the body's charset is latin1, and JSON is UTF-8"),
    ] {
        let reply = post(&server, &format!("content-type: {given}\r\n"), b"{}");
        of_type(detail).is_posted_at("/v1/positions", &reply);
    }
    for given in ["compress", "gzip, br", "utf-8"] {
        let detail = format!("the body's content coding is {given}");
        let reply = post(&server, &format!("content-encoding: {given}\r\n"), b"{}");
        about("content-encoding", "unsupported_coding", &detail, CODINGS)
            .is_posted_at("/v1/positions", &reply);
    }
}

#[test]
fn broken_codings_and_halves_of_bodies_are_told_so() {
    let server = Server::shared();
    let whole = gzip(br#"{"jd": [2451545]}"#);
    assert_eq!(post(&server, "content-encoding: gzip\r\n", &whole).status, 200);
    let mut damaged = whole.clone();
    damaged[whole.len() - 8] ^= 1;
    let longer = [&whole[..], b"x"].concat();
    for (coding, body) in [
        ("gzip", &whole[..whole.len() - 3]),
        ("gzip", &damaged),
        ("gzip", &longer),
        ("gzip", b"{\"jd\": [2451545]}"),
        ("br", b"{\"jd\": [2451545]}"),
        ("zstd", b"{\"jd\": [2451545]}"),
    ] {
        let detail = format!("the body is not one whole {coding} stream");
        let reply = post(&server, &format!("content-encoding: {coding}\r\n"), body);
        let hint = "compress it anew, or send it without a coding";
        about("content-encoding", "malformed_body", &detail, hint).is_posted_at("/v1/positions", &reply);
    }
    let half = refusal(
        "malformed_body",
        "the body ended before it was complete, or its chunks cannot be read",
        "send as many bytes as Content-Length says, or whole chunks and an empty one at their end",
    );
    for (fields, body) in [
        ("content-length: 100\r\n", r#"{"jd": [2451545"#),
        ("transfer-encoding: chunked\r\n", "f\r\n{\"jd\": [2451545\r\n"),
        ("transfer-encoding: chunked\r\n", "many\r\n"),
    ] {
        let mut connection = server.client().connect();
        connection.send(format!("{}{body}", head(fields)).as_bytes());
        connection.finish();
        half.is_posted_at("/v1/positions", &connection.reply().unwrap());
    }
}

#[test]
fn bodies_beyond_the_limits_are_told_so() {
    let server =
        Server::with_settings("[limits]\nbody_bytes = 1048576\nbodies_bytes = 4194304\nbody_timeout_s = 1");
    let split = "split it into several requests";
    // Nobody waits for a body that is too long by its own word.
    let long = head("content-length: 1048577\r\n");
    refusal("body_too_large", "the body is longer than 1048576 bytes", split)
        .is_posted_at("/v1/positions", &server.client().raw(long.as_bytes()));
    refusal("body_too_large", "the body is longer than 1048576 bytes once it is decoded", split)
        .is_posted_at(
            "/v1/positions",
            &post(&server, "content-encoding: gzip\r\n", &gzip(&vec![b' '; 1_048_577])),
        );
    refusal(
        "request_timeout",
        "the body was not complete within 1 s of the request's header",
        "send it without pauses, compressed, or in several requests",
    )
    .is_posted_at("/v1/positions", &server.client().raw(head("content-length: 2\r\n").as_bytes()));
    // A window of zstd is more than there is room for.
    refusal(
        "busy",
        "with this body there would be more than 4194304 bytes of bodies here at once",
        "send it again in a moment, or in several requests",
    )
    .is_posted_at("/v1/positions", &post(&server, "content-encoding: zstd\r\n", b"{}"));
}
