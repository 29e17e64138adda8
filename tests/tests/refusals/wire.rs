//! What is no request at all, or one beyond the limits.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use orrery_tests::programs::Server;

use crate::{Refusal, refusal};

#[test]
fn what_is_no_request_is_told_so() {
    let server = Server::shared();
    let client = server.client();
    let malformed = refusal(
        "malformed_request",
        "what was sent is no HTTP/1.1 request, and no HTTP/2 preface",
        "check the request line and the header fields",
    );
    for bytes in [
        "no request at all\r\n\r\n",
        "GET /health/live HTTP/9.9\r\nhost: x\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nho st: x\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: nine\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "GET /a\0b HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nhost: a\0b\r\n\r\n",
        "PRI * HTTP/2.0\r\nfoo: bar\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03\r\n\r\n",
    ] {
        malformed.is_at("/health/live", &client.raw(bytes.as_bytes()));
    }
    let no_path = refusal(
        "malformed_request",
        "the request target is no path",
        "send a target that begins with a slash, such as /v1/positions; this server is no proxy",
    );
    for line in ["CONNECT a:1", "GET a", "GET a:80"] {
        no_path
            .is(&client.raw(format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()));
    }
}

#[test]
fn requests_for_no_host_or_for_two_are_refused() {
    let server = Server::shared();
    let client = server.client();
    let hint = "send one Host field: a name or an address, and perhaps a port";
    for (fields, detail) in [
        ("", "the request names no host"),
        ("host: a\r\nhost: a\r\n", "the request names two hosts"),
        ("host: a b\r\n", "the request's host is no name and no address"),
        ("host: a/b\r\n", "the request's host is no name and no address"),
        ("host: \u{e4}\r\n", "the request's host is no name and no address"),
    ] {
        let request = format!("GET /health/live HTTP/1.1\r\n{fields}connection: close\r\n\r\n");
        refusal("malformed_request", detail, hint).is_at("/health/live", &client.raw(request.as_bytes()));
    }
}

#[test]
fn what_takes_too_long_to_arrive_is_told_so() {
    let server = Server::with_settings("[limits]\nheader_timeout_s = 1");
    let client = server.client();
    let late = refusal(
        "request_timeout",
        "the request's header was not complete within 1 s of its first byte",
        "send the request line and the header fields without a pause",
    );
    for bytes in [
        "G",
        "GET /health/live HTTP/1.1\r\nhos",
        "GET /health/live HTTP/1.1\r\nhost: x\r\n",
        "PRI * HTTP/2.0",
    ] {
        let begun = Instant::now();
        late.is_at("/health/live", &client.raw(bytes.as_bytes()));
        assert!(begun.elapsed() >= Duration::from_millis(900), "{bytes:?} was given up at once");
    }
}

#[test]
fn what_is_too_long_is_told_so() {
    let server = Server::with_settings("[limits]\nheaders = 20\ntarget_bytes = 4096");
    let client = server.client();
    for length in [4096, 65_000, 65_540, 100_000, 400_000] {
        let target = format!("/v1/positions?bodies={}", "a".repeat(length));
        refusal(
            "target_too_long",
            "the request target is longer than 4096 bytes",
            "split the query into several requests",
        )
        .is_at("/v1/positions", &client.get(&target));
    }
    let many = (0..21).fold(String::new(), |mut fields, nth| {
        // Writing to a string does not fail.
        let _ = write!(fields, "x-{nth}: y\r\n");
        fields
    });
    for fields in [many, format!("x: {}\r\n", "y".repeat(300_000))] {
        refusal(
            "headers_too_large",
            "the request's header is longer than 131072 bytes, or has too many fields",
            "send fewer or shorter header fields",
        )
        .is_at(
            "/health/live",
            &client.raw(format!("GET /health/live HTTP/1.1\r\nhost: x\r\n{fields}\r\n").as_bytes()),
        );
    }
}

#[test]
fn codings_that_are_not_there_bring_those_that_are() {
    let server = Server::shared();
    let offered = Refusal {
        parameter: Some("accept-encoding"),
        ..refusal(
            "not_acceptable",
            "this resource is offered with the content codings zstd, br and gzip, and without any",
            "send one of them in Accept-Encoding, or leave the field out",
        )
    };
    for field in ["identity;q=0", "*;q=0", "deflate, identity;q=0"] {
        let reply = server.client().send("GET", "/openapi.json", &[("accept-encoding", field)]);
        offered.is_at("/openapi.json", &reply);
    }
}
