//! Memory that is short, by limits that every process is above.

use orrery_tests::http::Reply;
use orrery_tests::programs::Server;

use crate::{counted, number};

const ROWS: &str = "/v1/ephemeris?start=2026-01-01&stop=2026-01-02&step=1h&bodies=sun";

fn posted(server: &Server, body: &str, field: &str) -> Reply {
    let head = format!("POST /v1/positions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{field}");
    server.client().raw(format!("{head}\r\n{body}").as_bytes())
}

/// Waits until the worker has looked at its memory.
fn once_above(server: &Server, name: &str) {
    for _ in 0..600 {
        if number(&counted(server, "memory"), name) > 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("never above: {}", counted(server, "memory"));
}

#[test]
fn above_the_soft_limit_nothing_is_kept_and_everything_is_answered() {
    let server = Server::with_settings("[memory]\nsoft_bytes = 1\nhard_bytes = 0");
    once_above(&server, "workers_above_soft");
    let target = "/v1/positions?source=live&jd_tt=2451545";
    for _ in 0..2 {
        let reply = server.client().get(target);
        assert_eq!((reply.status, reply.header("x-cache-status")), (200, Some("MISS")));
    }
    assert_eq!(server.client().get(&format!("{ROWS}&format=csv")).status, 200);
    let memory = counted(&server, "memory");
    assert!(number(&memory, "private_bytes") > 1_000_000, "{memory}");
    assert_eq!((number(&memory, "soft_crossings"), number(&memory, "hard_crossings")), (1, 0), "{memory}");
    assert_eq!(number(&counted(&server, "remainder"), "entries"), 0);
}

#[test]
fn above_the_hard_limit_what_is_long_is_refused_and_what_is_short_answered() {
    let server = Server::with_settings("[memory]\nsoft_bytes = 1\nhard_bytes = 1");
    once_above(&server, "workers_above_hard");
    let client = server.client();
    for target in [
        "/v1/positions?date=2026-03-20T14:33:00Z",
        "/v1/positions?source=live&jd_tt=2451545",
        "/v1/events?start=2026-03-01&stop=2026-04-01",
        "/status",
        ROWS,
    ] {
        assert_eq!(client.get(target).status, 200, "{target}");
    }
    let body = r#"{"jd": [2461120.5], "bodies": ["sun"]}"#;
    let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    assert_eq!(posted(&server, body, &length).status, 200);
    let refused = [
        client.get(&format!("{ROWS}&format=csv")),
        client.get(&format!("{ROWS}&format=arrow")),
        client.get("/v1/events?start=2026-03-01&stop=2026-04-01&format=ndjson"),
        client.get("/v1/ephemeris?start=2026-01-01&stop=2026-12-01&step=1h&bodies=sun"),
        posted(&server, "", "content-type: application/json\r\ncontent-length: 100000\r\n"),
        posted(&server, "", "content-type: application/json\r\ntransfer-encoding: chunked\r\n"),
    ];
    for reply in &refused {
        reply.problem(503, "memory_short");
        assert_eq!(reply.header("retry-after"), Some("5"), "{reply:?}");
    }
    let memory = counted(&server, "memory");
    assert_eq!(number(&memory, "refused"), refused.len() as u64, "{memory}");
}

#[test]
fn limits_that_make_no_sense_are_refused() {
    let scratch = orrery_tests::workspace::scratch();
    let path = scratch.path().join("orrery.toml");
    std::fs::write(&path, "[memory]\nsoft_bytes = 2\nhard_bytes = 1").unwrap();
    let mut command = orrery_tests::programs::command("orrery-server");
    let ended = command.args(["--check-config", "--config"]).arg(&path).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("memory.hard_bytes = 1: give memory.soft_bytes, which is 2, or more"), "{said}");
}
