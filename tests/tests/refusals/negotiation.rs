//! Paths, methods, formats and bodies that a resource does not have or take.

use orrery_tests::programs::Server;

use crate::{Refusal, refusal};

#[test]
fn a_path_that_is_none_brings_the_one_that_was_meant() {
    let server = Server::shared();
    let client = server.client();
    for (path, meant) in [
        ("/v1/position", "/v1/positions"),
        ("/v1/positions/", "/v1/positions"),
        ("/V1/Positions", "/v1/positions"),
        ("/v2/positions", "/v1/positions"),
        ("/positions", "/v1/positions"),
        ("/ready", "/health/ready"),
        ("/v1/datasets", "/v1/dataset"),
        // Dots are names like others: nothing is above a path.
        ("/v1/positions/../dataset", "/v1/dataset"),
    ] {
        let (detail, hint) = (format!("nothing is at {path}"), format!("did you mean {meant}?"));
        refusal("not_found", &detail, &hint).is(&client.get(path));
        assert_ne!(client.get(meant).status, 404);
    }
    for path in ["/quite/another/thing", "/%00", "/..%2f..%2fetc/passwd"] {
        let document = client.get(path).problem(404, "not_found");
        assert_eq!(document["detail"], format!("nothing is at {path}"));
        let known = document["hint"].as_str().unwrap().strip_prefix("there are ").unwrap();
        assert!(known.contains("/v1/positions"), "{known}");
        for known in known.split(", ").filter(|path| !path.contains('{')) {
            // Of a stream, which has no end, what it would begin with.
            assert_ne!(client.send("HEAD", known, &[]).status, 404, "{known}");
        }
    }
    // What a client wrote is repeated in part, and without what a terminal would obey.
    let long = "x".repeat(5000);
    let document = client.get(&format!("/{long}")).problem(404, "not_found");
    assert_eq!(document["detail"], format!("nothing is at /{}…", &long[..47]));
}

#[test]
fn other_methods_are_told_which_are_taken() {
    let server = Server::shared();
    let client = server.client();
    let interface = client.get("/openapi.json").json();
    let documented = interface["paths"].as_object().unwrap().keys().map(String::as_str);
    for path in documented.chain(["/docs", "/"]) {
        // HEAD and OPTIONS are documented of no path, and GET of none that is made for browsers. Where something is posted alone
        // there is nothing to be read.
        let item = interface["paths"].get(path);
        let is_documented =
            |method: &str| item.is_some_and(|item| item.get(method.to_ascii_lowercase()).is_some());
        let is_read = item.is_none() || is_documented("GET");
        let is_taken = |method: &str| match method {
            "OPTIONS" => true,
            "GET" | "HEAD" => is_read,
            method => is_documented(method),
        };
        let (taken, others): (Vec<_>, Vec<_>) =
            ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "OPTIONS"]
                .into_iter()
                .partition(|method| is_taken(method));
        let (allowed, hint) = (taken.join(", "), format!("send one of {}", taken.join(", ")));
        for method in others {
            let reply = client.send(method, path, &[]);
            assert_eq!(reply.header("allow"), Some(&*allowed), "{reply:?}");
            // HEAD has no document to compare.
            if method == "HEAD" {
                assert_eq!((reply.status, reply.body.as_str()), (405, ""), "{reply:?}");
                continue;
            }
            let detail = format!("{path} does not take {method}");
            refusal("method_not_allowed", &detail, &hint).is(&reply);
        }
        // A stream has no end of its own.
        let target = if path == "/v1/stream/sky" { "/v1/stream/sky?count=1" } else { path };
        for method in taken {
            assert_ne!(client.send(method, target, &[]).status, 405, "{method} {path}");
        }
    }
    assert!(interface["paths"]["/v1/positions"]["post"].is_object());
    // The body of another method is that method's affair.
    let posted = client.send("POST", "/v1/dataset", &[("content-length", "0"), ("content-type", "text/csv")]);
    assert_eq!(posted.status, 405);
    // A refusal to HEAD is the same without its document.
    let (get, head) = (client.get("/v1/position"), client.send("HEAD", "/v1/position", &[]));
    assert_eq!((head.status, head.body.as_str()), (404, ""));
    for name in ["content-type", "content-length", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[test]
fn formats_that_are_not_offered_bring_those_that_are() {
    let server = Server::shared();
    let client = server.client();
    let offered = refusal(
        "not_acceptable",
        "this resource is offered as application/json alone",
        "send `Accept: application/json`, or leave it out, and format=json",
    );
    let target = "/v1/positions?jd=2461120";
    for accept in ["text/csv", "application/xml, text/*", "application/json;q=0", "*/*, application/*;q=0.0"]
    {
        let fields = [("accept", accept)];
        offered.is_at("/v1/positions", &client.send("GET", target, &fields));
        offered.is_at("/v1/dataset", &client.send("GET", "/v1/dataset", &fields));
        // What the query names goes before what the header says.
        assert_eq!(client.send("GET", &format!("{target}&format=json"), &fields).status, 200, "{accept}");
    }
    for format in ["ndjson", "csv", "arrow", "svg", "geojson", "ics", "text"] {
        Refusal { parameter: Some("format"), ..offered }
            .is_at("/v1/positions", &client.get(&format!("{target}&format={format}")));
    }
    let offered = refusal(
        "not_acceptable",
        "this resource is offered as application/json, application/x-ndjson, text/csv and \
         application/vnd.apache.arrow.stream",
        "send `Accept: application/json`, or leave it out, and format=json, ndjson, csv or arrow",
    );
    let target = "/v1/ephemeris?start=2026-01-01&stop=2026-01-02&step=1d";
    offered.is_at("/v1/ephemeris", &client.send("GET", target, &[("accept", "image/svg+xml")]));
    for format in ["svg", "geojson", "ics", "text"] {
        Refusal { parameter: Some("format"), ..offered }
            .is_at("/v1/ephemeris", &client.get(&format!("{target}&format={format}")));
    }
}

#[test]
fn bodies_are_refused_where_none_is_read() {
    let server = Server::shared();
    let client = server.client();
    let begun = |method: &str, rest: &str| {
        client.raw(
            format!("{method} /v1/positions?jd=2461120 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{rest}")
                .as_bytes(),
        )
    };
    for rest in ["content-length: 2\r\n\r\n{}", "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"] {
        refusal(
            "unexpected_body",
            "GET takes no body",
            "put parameters into the query string, and leave the body out",
        )
        .is_at("/v1/positions", &begun("GET", rest));
        assert_eq!(begun("HEAD", rest).status, 400);
    }
    refusal(
        "body_too_large",
        "the body is longer than 33554432 bytes",
        "GET takes no body: put parameters into the query string",
    )
    .is_at("/v1/positions", &begun("GET", "content-length: 33554433\r\n\r\n{}"));
    assert_eq!(begun("GET", "content-length: 0\r\n\r\n").status, 200);
    // Where nothing is to be got, that is what is said.
    let got =
        client.raw(b"GET /v1/jobs HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}");
    assert_eq!(got.status, 405);
}
