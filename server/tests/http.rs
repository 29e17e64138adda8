//! The server over real sockets, from tables made by hand: what is answered is known exactly, so that nothing but the
//! HTTP side can be at fault.

mod harness;

use std::time::Duration;

use harness::{Reply, Server};
use orrery_server::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn positions_come_with_their_proof() {
    let server = Server::start(Limits::default()).await;
    let reply = server.get("/v1/positions?jd_tt=2451545&bodies=sun,moon,true_node,true_south_node").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let document = reply.json();
    let sun = &document["positions"][0];
    let quantities =
        ["longitude", "latitude", "distance", "longitude_speed", "latitude_speed", "distance_speed"];
    let found: Vec<f64> = quantities.iter().map(|name| sun[*name].as_f64().unwrap()).collect();
    assert_eq!(found, [30.0, 0.25, 1.0, 0.001, 0.0, 0.001]);
    assert_eq!((&sun["sign"], &sun["sign_longitude"]), (&"taurus".into(), &0.0.into()));
    assert_eq!((&sun["retrograde"], &sun["source"]), (&false.into(), &"table".into()));
    let [_, moon, node, south] = document["positions"].as_array().unwrap().as_slice() else {
        panic!("{document}")
    };
    assert_eq!((&moon["longitude"], &moon["sign"]), (&350.5.into(), &"pisces".into()));
    assert_eq!((&node["longitude"], &node["retrograde"]), (&100.5.into(), &true.into()));
    assert_eq!((&south["longitude"], &south["latitude"]), (&280.5.into(), &(-0.25).into()));
    assert_eq!(document["time"]["jd_tt"], 2_451_545.0);
    assert_eq!(document["time"]["delta_t"], 64.0);
    assert_eq!(document["time"]["utc"], "2000-01-01T11:58:55.816Z");
    let provenance = &document["provenance"];
    assert_eq!((&provenance["source"], &provenance["ephemeris"]), (&"table".into(), &"Handmade 1".into()));
    // Three bodies, nutation, and ΔT; the south node is the north node's.
    assert_eq!(provenance["blocks"].as_array().unwrap().len(), 5);
    assert_eq!(provenance["max_error_arcsec"], 0.000_5);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("x-ephemeris-source"), Some("table"));
    assert_eq!(reply.header("x-cache-status"), Some("HIT"));
    let timing = reply.header("server-timing").unwrap();
    assert!(timing.starts_with("table;desc=\"4/4\";dur=") && timing.contains(", total;dur="), "{timing}");
    assert!(reply.header("cache-control").unwrap().contains("max-age"));
    assert_eq!(reply.header("x-dataset").unwrap().len(), 16);
    assert!(reply.header("x-request-id").is_some());
}

#[tokio::test]
async fn frames_and_fields_are_chosen() {
    let server = Server::start(Limits::default()).await;
    let of = async |query: &str| {
        server.get(&format!("/v1/positions?jd_tt=2451545&bodies=sun&{query}")).await.json()
    };
    assert_eq!(of("equinox=mean").await["positions"][0]["longitude"], 29.5);
    let mean = of("equinox=mean&fields=longitude").await;
    assert_eq!(mean["positions"][0], serde_json::json!({"body": "sun", "longitude": 29.5}));
    assert_eq!(mean["provenance"]["max_error_arcsec"], 0.000_25);
    let equatorial = of("frame=equatorial").await;
    let place = equatorial["positions"][0].as_object().unwrap();
    let names: Vec<_> = place.keys().map(String::as_str).collect();
    assert!(
        !names.contains(&"sign") && !names.contains(&"retrograde") && names.contains(&"declination_speed")
    );
    let (longitude, latitude, obliquity) = (30_f64.to_radians(), 0.25_f64.to_radians(), 23_f64.to_radians());
    let declination =
        (latitude.sin() * obliquity.cos() + latitude.cos() * obliquity.sin() * longitude.sin()).asin();
    assert!((place["declination"].as_f64().unwrap() - declination.to_degrees()).abs() < 1e-9);
    assert_eq!(of("precision=1").await["positions"][0]["latitude"], 0.3);
}

#[tokio::test]
async fn tags_are_known_before_computing_and_spare_the_reply() {
    let server = Server::start(Limits::default()).await;
    let target = "/v1/positions?date=2000-01-01T12:00:00Z&bodies=sun";
    let first = server.get(target).await;
    let etag = first.header("etag").unwrap().to_owned();
    let again = server.send("GET", target, &format!("if-none-match: {etag}\r\n")).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(again.header("etag"), Some(etag.as_str()));
    for name in ["x-ephemeris-source", "x-cache-status", "x-dataset", "cache-control"] {
        assert!(again.header(name).is_some() && again.header(name) == first.header(name), "{name}");
    }
    for other in ["&precision=3", "&fields=longitude", "&frame=equatorial", ",moon"] {
        assert_ne!(
            server.get(&format!("{target}{other}")).await.header("etag"),
            Some(etag.as_str()),
            "{other}"
        );
    }
    let aliased = server.get("/v1/positions?bodies=sun&date=2000-01-01T12:00Z").await;
    assert_eq!(aliased.header("etag"), Some(etag.as_str()));
    assert_eq!(server.get("/v1/positions?bodies=sun").await.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let server = Server::start(Limits::default()).await;
    for target in
        ["/v1/positions?jd=2451545&bodies=sun", "/v1/dataset", "/health/live", "/health/ready", "/nothing"]
    {
        let (get, head) = (server.get(target).await, server.send("HEAD", target, "").await);
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{target}");
        let length = get.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()), "{target}");
        assert_eq!(head.header("etag"), get.header("etag"), "{target}");
    }
}

#[tokio::test]
async fn options_tell_what_may_be_asked_without_asking_it() {
    let server = Server::start(Limits::default()).await;
    for target in ["/v1/positions?jd=nonsense", "/v1/dataset", "/health/live", "/openapi.json", "/"] {
        let reply = server.send("OPTIONS", target, "").await;
        assert_eq!((reply.status, reply.body.as_str()), (204, ""), "{target}");
        let posting = target.starts_with("/v1/positions");
        let methods = if posting { "GET, HEAD, POST, OPTIONS" } else { "GET, HEAD, OPTIONS" };
        assert_eq!(reply.header("allow"), Some(methods), "{target}");
        assert!(reply.header("content-length").is_none(), "{reply:?}");
        assert!(reply.header("access-control-allow-methods").is_none(), "nobody asked: {reply:?}");
    }
    assert_eq!(server.send("OPTIONS", "/nothing", "").await.status, 404);
}

#[tokio::test]
async fn any_web_page_may_ask() {
    let server = Server::start(Limits::default()).await;
    let question = "origin: https://example.org\r\naccess-control-request-method: GET\r\n\
                    access-control-request-headers: x-request-id\r\n";
    let reply = server.send("OPTIONS", "/v1/positions", question).await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-methods"), Some("GET, HEAD, POST, OPTIONS"));
    let fields = reply.header("access-control-allow-headers").unwrap();
    assert!(fields.split(", ").any(|field| field == "x-request-id"), "{fields}");
    // What it gets it may read: answers, refusals, what it has already, and the header fields that tell of them.
    let target = "/v1/positions?jd=2451545&bodies=sun";
    let answered = server.get(target).await;
    let tag = format!("if-none-match: {}\r\n", answered.header("etag").unwrap());
    let unchanged = server.send("GET", target, &tag).await;
    let refused = [server.get("/nothing").await, server.raw(b"not HTTP\r\n\r\n").await];
    assert_eq!(
        [answered.status, unchanged.status, refused[0].status, refused[1].status],
        [200, 304, 404, 400]
    );
    for reply in [answered, unchanged].iter().chain(&refused) {
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "{reply:?}");
        let readable = reply.header("access-control-expose-headers").unwrap();
        for field in ["etag", "server-timing", "x-request-id", "retry-after", "x-ephemeris-source"] {
            assert!(readable.split(", ").any(|name| name == field), "{field}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn equal_tags_are_equal_replies() {
    let server = Server::start(Limits::default()).await;
    let target = "/v1/positions?jd=2451545&bodies=sun";
    let (plain, named) = (server.get(target).await, server.get(&format!("{target}&calendar=julian")).await);
    assert_ne!(plain.json()["time"]["utc"], named.json()["time"]["utc"]);
    assert_ne!(plain.header("etag"), named.header("etag"));
    let query = &plain.json()["query"];
    assert!(query.get("calendar").is_none() && query.get("precision").is_none(), "{query}");
    assert_eq!(named.json()["query"]["calendar"], "julian");
}

#[tokio::test]
async fn the_readings_of_a_local_time_are_instants() {
    let server = Server::start(Limits::default()).await;
    let local = "/v1/positions?bodies=sun&date=2026-10-25T02:30&tz=Europe/Berlin";
    let reply = server.get(local).await;
    assert_eq!((reply.status, reply.problem().as_str()), (422, "local_time_fold"));
    for (candidate, offset_s) in reply.json()["candidates"].as_array().unwrap().iter().zip([7200, 3600]) {
        assert_eq!(candidate["utc_offset_s"], offset_s);
        let utc = candidate["utc"].as_str().unwrap();
        let time = &server.get(&format!("/v1/positions?bodies=sun&date={utc}")).await.json()["time"];
        for name in ["utc", "jd_ut", "jd_tt"] {
            assert_eq!(time[name], candidate[name], "{name}");
        }
    }
    // The same evening by the other calendar; and a year without ΔT.
    let julian = local.replace("10-25", "10-12") + "&calendar=julian";
    assert_eq!(server.get(&julian).await.json()["candidates"][0]["utc"], "2026-10-12T00:30:00.000Z");
    let reply = server.get(&local.replace("2026-10-25", "2200-10-26")).await;
    let candidate = &reply.json()["candidates"][0];
    assert!(candidate["utc"].is_string() && candidate.get("jd_tt").is_none(), "{reply:?}");
}

#[tokio::test]
async fn the_sign_is_that_of_the_longitude_as_given() {
    let server = Server::start(Limits::default()).await;
    let reply = server.get("/v1/positions?jd_tt=2451545&bodies=moon&equinox=mean&precision=full").await;
    assert_eq!(reply.json()["positions"][0]["sign"], "pisces");
    // The Sun stands at 29.5° of the mean equinox.
    let reply = server.get("/v1/positions?jd_tt=2451545&bodies=sun&equinox=mean&precision=0").await;
    let sun = &reply.json()["positions"][0];
    assert_eq!((&sun["longitude"], &sun["sign"]), (&30.0.into(), &"taurus".into()));
    assert_eq!(sun["sign_longitude"], 0.0);
}

#[tokio::test]
async fn what_is_not_well_is_told_with_its_remedy() {
    let mut server = Server::start(Limits::default()).await;
    let health = server.get("/status").await.json()["health"].take();
    assert_eq!(health["score"], 90, "{health}");
    let [deduction] = health["deductions"].as_array().unwrap().as_slice() else { panic!("{health}") };
    assert_eq!(deduction["points"], 10);
    assert!(deduction["reason"].as_str().unwrap().contains("no ephemeris files"), "{deduction}");
    assert!(deduction["remedy"].as_str().unwrap().contains("scripts/fetch-data"), "{deduction}");
    // A worker that is about to stop is not well at all, and takes nobody new, which is to be told apart.
    let mut open = TcpStream::connect(server.address).await.unwrap();
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    open.write_all(b"GET /status HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut reply = Vec::new();
    open.read_to_end(&mut reply).await.unwrap();
    let reply = Reply::parse(&reply);
    assert_eq!(reply.header("connection"), Some("close"));
    let health = reply.json()["health"].take();
    assert_eq!(health["score"], 0, "{health}");
    let reasons: Vec<_> =
        health["deductions"].as_array().unwrap().iter().map(|it| it["reason"].as_str().unwrap()).collect();
    assert!(reasons[0].contains("about to stop") && reasons[1].contains("1 of 1 workers"), "{reasons:?}");
}

#[tokio::test]
async fn the_dataset_is_described() {
    let server = Server::start(Limits::default()).await;
    let reply = server.get("/v1/dataset").await;
    let document = reply.json();
    assert_eq!(document["blocks"].as_array().unwrap().len(), 6);
    assert_eq!(document["lists"], serde_json::json!([]));
    assert_eq!(document["source"]["ephemeris"], "Handmade 1");
    assert_eq!(document["methods"]["geo/sun"], serde_json::json!({"by": "hand"}));
    assert_eq!(document["live"]["available"], false);
    assert_eq!(document["generation"], reply.header("x-dataset").unwrap());
    let etag = reply.header("etag").unwrap();
    assert_eq!(server.send("GET", "/v1/dataset", &format!("if-none-match: {etag}\r\n")).await.status, 304);
}

#[tokio::test]
async fn a_stopping_server_answers_what_is_open_and_ends() {
    let mut server = Server::start(Limits::default()).await;
    let mut open = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n";
    open.write_all(request).await.unwrap();
    let mut first = vec![0; 4096];
    let read = open.read(&mut first).await.unwrap();
    assert_eq!(Reply::parse(&first[..read]).json()["status"], "ready");
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    open.write_all(request).await.unwrap();
    let mut rest = Vec::new();
    open.read_to_end(&mut rest).await.unwrap();
    let reply = Reply::parse(&rest);
    assert_eq!((reply.status, reply.problem().as_str()), (503, "draining"));
    tokio::time::timeout(Duration::from_secs(5), &mut server.served).await.expect("still serving").unwrap();
}

#[tokio::test]
async fn connect_on_http2_is_refused() {
    let server = Server::start(Limits::default()).await;
    // Method and authority as literals, and no path.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&http2_headers(b"\x02\x07CONNECT\x01\x03a:1")).await.unwrap();
    let answered = tokio::time::timeout(Duration::from_secs(2), http2_body(&mut stream)).await;
    let body = answered.expect("no answer to CONNECT on HTTP/2");
    assert!(String::from_utf8_lossy(&body).contains("malformed_request"), "{body:?}");
}

/// A request as the frames of HTTP/2, with this header block.
fn http2_headers(block: &[u8]) -> Vec<u8> {
    let mut frames = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    // HEADERS on stream 1, ending both the headers and the stream.
    frames.extend_from_slice(&[0, 0, block.len() as u8, 1, 5, 0, 0, 0, 1]);
    frames.extend_from_slice(block);
    frames
}

/// The body of the one reply on a connection of HTTP/2.
async fn http2_body(stream: &mut TcpStream) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.unwrap();
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).await.unwrap();
        let (kind, flags) = (head[3], head[4]);
        assert!(![3, 7].contains(&kind), "reset: {payload:?}");
        if kind == 0 {
            body.extend_from_slice(&payload);
            if flags & 1 != 0 {
                return body;
            }
        }
    }
}
