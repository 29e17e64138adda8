//! Results: what the request itself is answered with, to the last byte, and as they grow.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use orrery_tests::http::Reply;
use serde_json::json;

use crate::{ENDLESS, SLOW, Service, posted};

/// What is in the chunks of a reply, and whether the last of them is there.
fn unchunked(reply: &[u8]) -> (String, Vec<u8>, bool) {
    let end = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8(reply[..end].to_vec()).unwrap();
    let mut rest = &reply[end..];
    if !head.contains("transfer-encoding: chunked") {
        return (head, rest.to_vec(), true);
    }
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            return (head, body, true);
        }
        let Some(chunk) = rest.get(line + 2..line + 2 + length) else { break };
        body.extend_from_slice(chunk);
        rest = rest.get(line + 4 + length..).unwrap_or_default();
    }
    (head, body, false)
}

fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn the_result_is_the_reply_to_the_request_itself() {
    let service = Service::start(&["--jobs-parallel", "3"]);
    let ephemeris = "/v1/ephemeris?start=2003-01-01&stop=2003-03-01&step=1h&bodies=sun,moon,mars";
    let targets = [
        format!("{ephemeris}&format=csv"),
        format!("{ephemeris}&format=ndjson"),
        format!("{ephemeris}&format=arrow"),
        ephemeris.to_owned(),
        "/v1/events?start=2003-01-01&stop=2005-01-01&types=aspect,ingress,lunation&format=ndjson".to_owned(),
        "/v1/events?start=2003-01-01&stop=2003-06-01&types=season".to_owned(),
        "/v1/rise-set?date=2003-05-01&days=20&lat=50&lon=10&bodies=sun,moon".to_owned(),
        "/v1/positions?jd_tt=2452800.5&bodies=sun,cupido".to_owned(),
        "/v1/eclipses?start=2001-01-01&stop=2004-01-01&format=ics".to_owned(),
        "/v1/eclipses/solar-2026-08-12/path?format=svg".to_owned(),
        "/v1/eclipses/solar-2026-08-12".to_owned(),
        "/v1/moon/calendar?year=2003&month=5".to_owned(),
        "/v1/stars?jd=2452800.5&stars=Spica".to_owned(),
        "/v1/ayanamsas?jd=2452800.5".to_owned(),
    ];
    let ids: Vec<String> = targets.iter().map(|target| service.post_path(target)).collect();
    for (target, id) in targets.iter().zip(&ids) {
        let done = service.wait_until(id, "done", |job| {
            assert_ne!(job["state"], "failed", "{target}: {job}");
            job["state"] == "done"
        });
        let (own, own_body, _) = unchunked(&service.bytes(target));
        let (kept, kept_body, is_whole) = unchunked(&service.bytes(&format!("/v1/jobs/{id}/result")));
        assert!(
            is_whole && kept_body == own_body,
            "{target}: {} and {} bytes",
            kept_body.len(),
            own_body.len()
        );
        assert_eq!(done["result"]["bytes"], own_body.len(), "{target}");
        for name in ["content-type", "x-dataset", "x-ephemeris-source"] {
            assert_eq!(field(&kept, name), field(&own, name), "{target}: {name}");
        }
        assert_eq!(done["result"]["etag"].as_str(), field(&own, "etag"), "{target}");
        assert_eq!(field(&kept, "cache-control"), Some("no-store"));
    }
}

#[test]
fn what_is_posted_is_answered_as_it_would_be() {
    let service = Service::start(&[]);
    let days: Vec<f64> = (0..3000).map(|nth| 2_452_700.5 + f64::from(nth) / 7.0).collect();
    let body = json!({"jd_tt": days, "bodies": ["sun", "true_node"]});
    let job =
        json!({"method": "POST", "path": "/v1/positions", "body": body, "accept": "application/x-ndjson"});
    let id = service.post(&job);
    let done = service.wait_for(&id, "done");
    assert_eq!(done["progress"]["expected_rows"], 6000, "{done}");
    let text = body.to_string();
    let request = format!(
        "POST /v1/positions HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept: application/x-ndjson\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
    let direct = service.client().raw(request.as_bytes());
    let kept = service.result(&id);
    assert_eq!((kept.status, kept.header("content-type")), (200, direct.header("content-type")));
    assert_eq!((kept.body.lines().count(), kept.body == direct.body), (6000, true));
}

#[test]
fn whatever_is_made_of_charts_may_be_a_job() {
    let service = Service::start(&["--jobs-parallel", "3"]);
    let chart = |date: &str| json!({"date": date, "lat": 53.4, "lon": -2.98});
    let natal = chart("1940-10-09T17:30Z");
    let pair = json!({"first": natal, "second": chart("1933-02-18T11:30Z")});
    let targets = [
        ("/v1/chart", natal.clone()),
        ("/v1/synastry", pair.clone()),
        ("/v1/composite", pair.clone()),
        ("/v1/compatibility", pair),
        ("/v1/transits", json!({"natal": natal, "start": "1940-10-10", "stop": "1950-10-10"})),
        ("/v1/returns", json!({"natal": natal, "start": "1940-10-10", "stop": "1950-10-10", "body": "sun"})),
        ("/v1/progressions", json!({"natal": natal, "date": "2026-01-01"})),
    ];
    let jobs = targets.iter().map(|(path, body)| json!({"method": "POST", "path": path, "body": body}));
    let ids: Vec<String> = jobs.map(|job| service.post(&job)).collect();
    for ((path, body), id) in targets.iter().zip(&ids) {
        service.wait_until(id, "done", |job| {
            assert_ne!(job["state"], "failed", "{path}: {job}");
            job["state"] == "done"
        });
        let text = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        let direct = service.client().raw(request.as_bytes());
        let kept = service.result(id);
        assert_eq!((direct.status, kept.status, kept.body == direct.body), (200, 200, true), "{path}");
    }
    let signs = service.post_path("/v1/compatibility?first=aries&second=leo");
    service.wait_for(&signs, "done");
}

#[test]
fn a_result_is_read_while_it_grows_however_slowly() {
    let service = Service::start(&[]);
    let id = service.post_path(SLOW);
    let waiting = service.result(&id);
    if waiting.status != 200 {
        assert_eq!(waiting.problem(409, "job_unfinished")["parameter"], "id");
    }
    service.wait_for_bytes(&id);
    // One reads all there is at once, another a little at a time.
    let request = format!("GET /v1/jobs/{id}/result HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let mut slow = TcpStream::connect(service.server.address).unwrap();
    std::io::Write::write_all(&mut slow, request.as_bytes()).unwrap();
    let quick = std::thread::scope(|scope| {
        let quick = scope.spawn(|| service.bytes(&format!("/v1/jobs/{id}/result")));
        quick.join().unwrap()
    });
    assert_eq!(service.job(&id)["state"], "done", "the end came before the end");
    let mut slowly = Vec::new();
    let mut bytes = [0; 16_000];
    while let Ok(length @ 1..) = slow.read(&mut bytes) {
        slowly.extend_from_slice(&bytes[..length]);
        std::thread::sleep(Duration::from_millis(2));
    }
    let direct = unchunked(&service.bytes(SLOW)).1;
    for reply in [&quick, &slowly] {
        let (_, body, is_whole) = unchunked(reply);
        assert!(is_whole && body == direct, "{} of {} bytes", body.len(), direct.len());
    }
    // Compressed, for who takes that.
    let coded = service.client().connect();
    drop(coded);
    let head =
        service.client().send("HEAD", &format!("/v1/jobs/{id}/result"), &[("accept-encoding", "gzip")]);
    assert_eq!((head.status, head.header("content-encoding")), (200, Some("gzip")), "{head:?}");
}

#[test]
fn a_reader_of_what_is_cancelled_is_not_told_that_it_is_whole() {
    let service = Service::start(&[]);
    let id = service.post_path(ENDLESS);
    service.wait_for_bytes(&id);
    let reader = std::thread::scope(|scope| {
        let reader = scope.spawn(|| service.bytes(&format!("/v1/jobs/{id}/result")));
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(service.end(&id).status, 200);
        reader.join().unwrap()
    });
    let (_, body, is_whole) = unchunked(&reader);
    assert!(!is_whole && !body.is_empty(), "{} bytes look whole", body.len());
}

#[test]
fn what_fails_is_told_with_the_problem_that_its_request_has() {
    // Half a minute of live computing in a second: a document takes longer than it may.
    let service = Service::start(&["--jobs-compute-s", "1"]);
    let target = "/v1/ephemeris?start=2003-01-01&stop=2008-01-01&step=1h&bodies=moon&source=live";
    let id = service.post_path(target);
    let failed = service.wait_for(&id, "failed");
    assert_eq!(
        (&failed["problem"]["code"], &failed["problem"]["status"]),
        (&json!("time_limit"), &json!(503))
    );
    assert_eq!(failed["result"], json!(null), "{failed}");
    let result = service.result(&id);
    assert_eq!(result.problem(503, "time_limit"), failed["problem"]);
    assert!(result.header("retry-after").is_some(), "{result:?}");
    // That it has failed takes nobody's place.
    let next = service.post_path(crate::QUICK);
    service.wait_for(&next, "done");
    let reply: Reply = service.end(&id);
    assert_eq!((reply.status, &reply.json()["state"]), (200, &json!("failed")));
    assert_eq!(posted(&service.client(), &json!({"path": target}).to_string()).status, 202);
}
