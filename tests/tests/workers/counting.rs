//! What is counted, and who tells of it.

use orrery_tests::http::Reply;
use orrery_tests::tables;

use crate::{SUN, Service};

#[test]
fn what_each_worker_counts_any_of_them_tells() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2"]);
    let client = service.client();
    let mut sent = 0;
    let mut get = |target: &str, fields: &[(&str, &str)]| -> Reply {
        sent += 1;
        client.send("GET", target, fields)
    };
    // Connections are spread by their ports: with so many, no worker is left out.
    for _ in 0..60 {
        assert_eq!(get("/v1/positions?jd_tt=2451545&bodies=sun,moon", &[]).status, 200);
    }
    let etag = get(SUN, &[]).header("etag").unwrap().to_owned();
    for _ in 0..5 {
        assert_eq!(get(SUN, &[("if-none-match", &etag)]).status, 304);
    }
    for (target, status) in [
        ("/v1/positions?jd_tt=2451545&bodies=sun&source=live", 200),
        ("/v1/positions?jd_tt=2451545&bodies=sun,cupido", 200),
        ("/v1/positions?jd_tt=2451545&bodies=nobody", 422),
        ("/nowhere", 404),
        ("/health/live", 200),
    ] {
        assert_eq!(get(target, &[]).status, status, "{target}");
    }
    let status = service.status();
    let totals = &status["totals"];
    assert_eq!(totals["requests"], sent, "{status:#}");
    assert_eq!(totals["not_modified"], 5);
    // Every worker has told of its open connections, but the one that this was asked on is open still.
    assert_eq!(totals["connections"]["accepted"], sent + 1, "{status:#}");
    let positions =
        totals["resources"].as_array().unwrap().iter().find(|it| it["path"] == "/v1/positions").unwrap();
    assert_eq!(positions["requests"], 69);
    for (class, count) in [("2xx", 63), ("3xx", 5), ("4xx", 1), ("5xx", 0)] {
        assert_eq!(positions["statuses"][class], count, "{class}: {positions:#}");
    }
    assert_eq!(totals["unrouted"]["statuses"]["4xx"], 1);
    for (source, count) in [("table", 61), ("live", 1), ("mixed", 1)] {
        assert_eq!(totals["sources"][source], count, "{source}: {totals:#}");
    }
    let latency = |name: &str| positions["latency"][name].as_f64().unwrap();
    assert!(0.0 < latency("p50") && latency("p50") <= latency("p99"), "{positions:#}");
    assert!(latency("mean") > 0.0);
    let workers = status["workers"].as_array().unwrap();
    assert_eq!(workers.len(), 2);
    let mut pids: Vec<u64> = workers.iter().map(|worker| worker["pid"].as_u64().unwrap()).collect();
    pids.sort_unstable();
    assert_eq!(pids, service.workers().into_iter().map(u64::from).collect::<Vec<_>>());
    for worker in workers {
        assert_eq!(worker["generation"], status["generation"]);
        assert!(worker["requests"].as_u64().unwrap() > 0, "a worker was left out: {status:#}");
    }
    let by_workers: u64 = workers.iter().map(|worker| worker["requests"].as_u64().unwrap()).sum();
    assert_eq!(by_workers, sent);
    println!("{sent} requests counted by two workers");
}
