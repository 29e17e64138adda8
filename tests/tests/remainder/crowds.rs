//! Many at once.

use orrery_tests::http::{Client, Connection};
use orrery_tests::programs::Server;

use crate::{counted, number};

/// A query that keeps a live thread busy for milliseconds: every body, in an instant of its own.
fn laborious(nth: usize) -> String {
    format!("/v1/positions?source=live&bodies=all&jd_tt={}", 2_400_000.5 + nth as f64 * 13.37)
}

/// Connections that have each asked for a target.
fn asking(client: &Client, targets: impl Iterator<Item = String>) -> Vec<Connection> {
    let asked = targets.map(|target| {
        let mut connection = client.connect();
        connection.send(format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
        connection
    });
    asked.collect()
}

#[test]
fn a_herd_has_one_answer_computed() {
    let server = Server::with_settings("[live]\nthreads = 1\nqueue = 1000");
    // Work that the herd has to wait behind, so that none of it comes when the answer is there already.
    let mut busy = asking(&server.client(), (0..300).map(laborious));
    let target = "/v1/positions?source=live&jd_tt=2451545";
    let mut herd = asking(&server.client(), std::iter::repeat_n(target.to_owned(), 50));
    let first = herd[0].reply().unwrap();
    assert_eq!((first.status, first.header("x-cache-status")), (200, Some("MISS")));
    for member in &mut herd[1..] {
        let reply = member.reply().unwrap();
        assert_eq!((reply.status, &reply.body), (200, &first.body));
    }
    for connection in &mut busy {
        assert_eq!(connection.reply().unwrap().status, 200);
    }
    let (kept, live) = (counted(&server, "remainder"), counted(&server, "live"));
    assert_eq!(number(&kept, "misses"), 301, "{kept}");
    assert_eq!(number(&kept, "coalesced") + number(&kept, "hits"), 49, "{kept}");
    assert_eq!(number(&live, "done"), 301, "{live}");
    assert_eq!((number(&live, "queued"), number(&live, "running")), (0, 0), "{live}");
    assert!(live["latency"]["p50"].as_f64().unwrap() > 0.0, "{live}");
}

#[test]
fn who_leaves_a_herd_takes_its_answer_from_nobody() {
    let server = Server::with_settings("[live]\nthreads = 1\nqueue = 1000");
    let mut busy = asking(&server.client(), (0..300).map(laborious));
    let target = "/v1/positions?source=live&jd_tt=2451545";
    let mut herd = asking(&server.client(), std::iter::repeat_n(target.to_owned(), 10));
    drop(herd.remove(0));
    for member in &mut herd {
        assert_eq!(member.reply().unwrap().status, 200);
    }
    for connection in &mut busy {
        assert_eq!(connection.reply().unwrap().status, 200);
    }
    assert_eq!(number(&counted(&server, "live"), "done"), 301);
}

#[test]
fn more_than_can_be_done_in_time_is_refused_with_when_to_come_back() {
    let server = Server::with_settings("[live]\nthreads = 1\nqueue = 100000\n[limits]\ncompute_s = 1");
    let client = server.client();
    // What a query takes is known after some.
    for nth in 0..20 {
        assert_eq!(client.get(&laborious(nth)).status, 200);
    }
    let mut crowd = asking(&client, (100..4100).map(laborious));
    let (mut answered, mut refused) = (0, 0);
    for connection in &mut crowd {
        let reply = connection.reply().unwrap();
        if reply.status == 200 {
            answered += 1;
            continue;
        }
        let code = reply.json()["code"].as_str().unwrap().to_owned();
        assert!(reply.status == 503 && ["busy", "time_limit"].contains(&code.as_str()), "{reply:?}");
        let after: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&after), "{reply:?}");
        refused += u64::from(code == "busy");
    }
    let live = counted(&server, "live");
    assert_eq!(number(&live, "refused"), refused, "{live}");
    // What was done when nobody waited any more is of no use to anyone.
    assert!(
        number(&live, "done") >= answered + 20 && refused > 0,
        "{answered} were answered, {refused} refused: {live}"
    );
    assert_eq!(number(&counted(&server, "remainder"), "entries"), answered + 20, "what failed is not kept");
    assert_eq!(client.get(&laborious(5000)).status, 200, "and live is answered again");
}
