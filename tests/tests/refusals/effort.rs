//! What the server cannot do now: without its files, with too much to do, or on its way out.

use std::time::{Duration, Instant};

use orrery_tests::http::{Client, Connection, Reply};
use orrery_tests::programs::Server;
use orrery_tests::{processes, tables, workspace};

use crate::refusal;

#[test]
fn without_ephemeris_files_what_needs_them_is_refused() {
    let nowhere = workspace::scratch();
    let server = Server::start(tables::shared_dir(), &nowhere.path().join("nowhere"));
    let client = server.client();
    for query in
        ["date=1500-01-01&bodies=sun", "jd=2461120&bodies=sun,cupido", "jd=2461120&bodies=sun&source=live"]
    {
        refusal(
            "live_unavailable",
            "this can only be computed live, and this server has no ephemeris files to compute from",
            "ask for bodies and instants that the tables hold (see /v1/dataset), without source=live; the operator can run scripts/fetch-data and restart",
        )
        .is_at("/v1/positions", &client.get(&format!("/v1/positions?{query}")));
    }
}

/// What is said where more waits for the live threads than they do soon.
const BUSY: &str = "all live threads are at work, and too much waits for them";
const BUSY_HINT: &str = "try again later, or ask for what the tables hold with source=table";

/// A query that keeps a live thread busy for milliseconds: every body, in an instant of its own.
fn laborious(nth: usize) -> String {
    format!("/v1/positions?source=live&bodies=all&jd_tt={}", 2_400_000.5 + nth as f64 * 13.37)
}

/// Asks so many laborious queries at once; the replies in their order.
fn all_at_once(client: &Client, count: usize) -> Vec<Reply> {
    let mut connections: Vec<Connection> = (0..count).map(|_| client.connect()).collect();
    for (nth, connection) in connections.iter_mut().enumerate() {
        connection.send(format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", laborious(nth)).as_bytes());
    }
    connections.iter_mut().map(|connection| connection.reply().unwrap()).collect()
}

#[test]
fn a_full_queue_is_said_at_once() {
    let server = Server::with_settings("[live]\nthreads = 1\nqueue = 1");
    let client = server.client();
    let busy = refusal("busy", BUSY, BUSY_HINT);
    let replies = all_at_once(&client, 64);
    let (answered, refused): (Vec<&Reply>, Vec<&Reply>) =
        replies.iter().partition(|reply| reply.status == 200);
    assert!(!answered.is_empty() && !refused.is_empty(), "{} of 64 were answered", answered.len());
    for reply in refused {
        busy.is_at("/v1/positions", reply);
    }
    // Once they are done, live is answered again.
    assert_eq!(client.get(&laborious(64)).status, 200);
}

#[test]
fn tables_do_not_wait_for_live_computing() {
    let server = Server::with_settings("[live]\nthreads = 1\nqueue = 1000");
    let client = server.client();
    // Half a second of work.
    let mut connections: Vec<Connection> = (0..1000).map(|_| client.connect()).collect();
    let mut table = client.connect();
    for (nth, connection) in connections.iter_mut().enumerate() {
        connection.send(format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", laborious(nth)).as_bytes());
    }
    table.send(b"GET /v1/positions?source=table&bodies=all&jd_tt=2400000.5 HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(table.reply().unwrap().status, 200);
    // Had the tables' reply waited its turn, all that were sent before it would be there by now.
    let waiting = connections.iter().filter(|connection| !connection.is_over()).count();
    assert!(waiting > 0, "nothing was being computed any more when the tables had answered");
    for connection in &mut connections {
        assert_eq!(connection.reply().unwrap().status, 200);
    }
}

#[test]
fn computing_ends_at_its_limit() {
    // No single query takes a second: it is the wait in a long queue that counts too.
    let server = Server::with_settings("[live]\nthreads = 1\nqueue = 100000\n[limits]\ncompute_s = 1");
    let client = server.client();
    // The quickest, for the first one opens the files: then so many surely take longer than the limit.
    let quickest = (0..20)
        .map(|nth| {
            let begun = Instant::now();
            assert_eq!(client.get(&laborious(nth)).status, 200);
            begun.elapsed().max(Duration::from_micros(100))
        })
        .min()
        .unwrap();
    let count = (Duration::from_secs(3).as_micros() / quickest.as_micros()).clamp(500, 4000) as usize;
    let replies = all_at_once(&client, count);
    let late: Vec<&Reply> = replies.iter().filter(|reply| reply.status != 200).collect();
    assert!(!late.is_empty() && late.len() < count, "{} of {count} were late", late.len());
    for reply in late {
        // That it would take longer may have been foreseen.
        let refusal = if reply.json()["code"] == "busy" {
            refusal("busy", BUSY, BUSY_HINT)
        } else {
            refusal(
                "time_limit",
                "with live computing it took more than 1 s",
                "ask for fewer bodies that the tables do not hold, or try again",
            )
        };
        refusal.is_at("/v1/positions", reply);
    }
    // What was given up is not computed: the next one does not wait for it.
    assert_eq!(client.get(&laborious(count + 1)).status, 200);
}

#[test]
fn tables_and_days_of_live_work_end_at_the_same_limit() {
    let server = Server::with_settings("[limits]\ncompute_s = 1\njson_rows = 10000000");
    for (path, query, detail, hint) in [
        (
            "/v1/ephemeris",
            "start=1801-01-01&stop=2399-01-01&step=999999&source=live",
            "the table took more than 1 s to compute",
            "ask for it as a stream, with format=ndjson, csv or arrow, or for fewer rows that the tables do not hold",
        ),
        (
            "/v1/rise-set",
            "lat=50&lon=10&jd=2451545&days=366&bodies=all&source=live",
            "the days took more than 1 s to compute",
            "ask for fewer days, or fewer bodies that the tables do not hold",
        ),
    ] {
        let reply = server.client().get(&format!("{path}?{query}"));
        refusal("time_limit", detail, hint).is_at(path, &reply);
    }
}

#[test]
fn a_server_that_waits_for_its_tables_says_so() {
    let scratch = workspace::scratch();
    let (datasets, ephe) = (scratch.path().join("datasets"), scratch.path().join("ephe"));
    let server = Server::start_with(&datasets, &ephe, &["--schedule-follow", "file:///nowhere"]);
    let reply = server.client().get("/health/ready");
    let hint = "wait until tables have been made or fetched: /status tells of it";
    refusal("nothing_to_serve", "there are no tables yet, and no ephemeris files", hint)
        .is_at("/health/ready", &reply);
    assert_eq!(reply.header("retry-after"), Some("5"));
}

#[test]
fn a_server_that_is_told_to_stop_says_so() {
    let server = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    let mut connection = server.client().connect();
    let request = b"GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n";
    connection.send(request);
    assert_eq!(connection.reply().unwrap().status, 200);
    processes::signal(server.pid(), "TERM");
    let reply = loop {
        connection.send(request);
        let reply = connection.reply().unwrap();
        if reply.status != 200 {
            break reply;
        }
    };
    refusal(
        "draining",
        "open requests are still answered, new ones belong elsewhere",
        "ask again in a moment: whoever has taken its place answers",
    )
    .is_at("/health/ready", &reply);
    assert_eq!(reply.header("connection"), Some("close"));
}
