//! What is refused, by name and with a remedy.

use orrery_tests::programs::Server;

use crate::SKY;

/// Waits until a server has looked at its memory, which is above its limits.
pub(crate) fn once_short(server: &Server) {
    for _ in 0..600 {
        if server.ask("/status")["memory"]["workers_above_hard"] != 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("memory is not short");
}

#[test]
fn what_is_no_streams_is_refused_with_a_remedy() {
    let server = Server::shared();
    let client = server.client();
    let elsewhere =
        "leave it out: a stream tells of the moments at which it is sent; /v1/positions tells of any other";
    for (query, status, code, parameter, hint) in [
        ("date=2026-03-20", 400, "unknown_parameter", "date", elsewhere),
        ("jd=2451545", 400, "unknown_parameter", "jd", elsewhere),
        ("jd_ut=2451545", 400, "unknown_parameter", "jd_ut", elsewhere),
        ("jd_tt=2451545", 400, "unknown_parameter", "jd_tt", elsewhere),
        ("tz=Europe/Berlin", 400, "unknown_parameter", "tz", elsewhere),
        ("calendar=julian", 400, "unknown_parameter", "calendar", elsewhere),
        ("intervall=1", 400, "unknown_parameter", "intervall", "did you mean interval?"),
        ("interval=0.05", 422, "out_of_range", "interval", "give interval from 0.1 to 3600 seconds"),
        ("interval=3601", 422, "out_of_range", "interval", "give interval from 0.1 to 3600 seconds"),
        ("interval=-1", 422, "out_of_range", "interval", "give interval from 0.1 to 3600 seconds"),
        ("interval=often", 400, "invalid_value", "interval", "give a decimal number, such as interval=13.4"),
        (
            "interval=1&interval=1",
            400,
            "repeated_parameter",
            "interval",
            "give each parameter once; lists are separated by commas",
        ),
        ("count=0", 422, "out_of_range", "count", "give count from 1 to 10000"),
        ("count=10001", 422, "out_of_range", "count", "give count from 1 to 10000"),
        ("count=few", 400, "invalid_value", "count", "give count from 1 to 10000"),
        ("bodies=plutto", 422, "unknown_body", "bodies", "did you mean pluto?"),
        ("bodies=earth", 422, "meaningless", "bodies", "leave it out of bodies, or choose another center"),
        (
            "lon=13",
            422,
            "contradiction",
            "lon",
            "add center=topo and lat for places seen from there, or leave lon out",
        ),
        ("format=csv", 406, "not_acceptable", "format", "give format=json, or leave it out"),
        (
            "bodies=sun,cupido&source=table",
            409,
            "table_only",
            "source",
            "leave source out, or give source=auto",
        ),
    ] {
        let reply = client.get(&format!("{SKY}?{query}"));
        let document = reply.problem(status, code);
        assert_eq!(document["parameter"], parameter, "{document}");
        // Of the last it is enough that there is one.
        assert!(document["hint"] == hint || status == 409, "{document}");
    }
    let document = client.get(&format!("{SKY}?bodies=asteroid:99942")).problem(422, "outside_ephemeris");
    assert_eq!(document["parameter"], "bodies");
    let accept = client.send("GET", SKY, &[("accept", "application/json")]).problem(406, "not_acceptable");
    assert_eq!(accept["detail"], "this resource is offered as text/event-stream alone");
    assert_eq!(accept["hint"], "send `Accept: text/event-stream`, or leave it out");
    client.send("POST", SKY, &[]).problem(405, "method_not_allowed");
}

#[test]
fn a_handshake_that_is_none_is_told_what_it_lacks() {
    let server = Server::shared();
    let client = server.client();
    let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    for (fields, detail) in [
        (&[("upgrade", "websocket")][..], "the handshake's Connection does not list upgrade"),
        (
            &[("upgrade", "websocket"), ("connection", "upgrade"), key, ("sec-websocket-version", "8")],
            "the handshake is not of the version of WebSocket that is spoken here",
        ),
        (
            &[("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-version", "13")],
            "the handshake has no key, or none that is sixteen bytes in base64",
        ),
    ] {
        let reply = client.send("GET", SKY, fields);
        assert_eq!(reply.problem(400, "malformed_handshake")["detail"], detail);
        assert_eq!(reply.header("sec-websocket-version"), Some("13"));
    }
}

#[test]
fn no_stream_is_begun_where_memory_is_short() {
    let server = Server::with_settings("[memory]\nsoft_bytes = 1\nhard_bytes = 1");
    once_short(&server);
    let reply = server.client().get(&format!("{SKY}?count=1"));
    reply.problem(503, "memory_short");
    assert_eq!(reply.header("retry-after"), Some("5"));
}
