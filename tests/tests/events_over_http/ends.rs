//! Where what is known ends: of the tables, of the files, of a client's patience.

use std::time::{Duration, Instant};

use orrery_tests::programs::Server;
use serde_json::Value;

use crate::{SECOND, jd_tt, list};

#[test]
fn the_tables_ends_lose_nothing_that_the_files_know() {
    let server = Server::shared();
    // Whether the Moon is void depends on the sign that she entered before.
    for range in ["start=1799-12-20&stop=1800-01-15", "start=2399-12-20&stop=2400-01-15"] {
        let ask = |source: &str| server.ask(&format!("/v1/moon/void-of-course?{range}&source={source}"));
        let (auto, live) = (ask("auto"), ask("live"));
        let (auto, live) = (list(&auto, "periods"), list(&live, "periods"));
        assert!(auto.len() > 9, "{range}");
        assert_eq!(auto.len(), live.len(), "{range}");
        for (a, b) in auto.iter().zip(live) {
            for end in ["begin", "end"] {
                assert!((jd_tt(&a[end]) - jd_tt(&b[end])).abs() < SECOND, "{range}: {a} {b}");
            }
        }
    }
    // An orb is left after the tables have ended.
    let long = server.ask(
        "/v1/events?start=2399-12-25&stop=2399-12-26&types=aspect&bodies=saturn,pluto&aspects=opposition&orb=2",
    );
    let [aspect] = list(&long, "events") else { panic!("{long}") };
    assert!(!aspect["begin"].is_null() && !aspect["end"].is_null(), "{aspect}");
    // So old was she before they began.
    let day = server.ask("/v1/moon/calendar?start=1800-01-01&stop=1800-01-02");
    assert!(day["days"][0]["age"].as_f64().is_some_and(|age| (4.0..6.0).contains(&age)), "{day}");
}

#[test]
fn the_files_beginning_is_the_end_of_what_came_before() {
    let server = Server::shared();
    for types in ["lunation", "ingress&bodies=sun", "season"] {
        let reply = server.ask(&format!("/v1/events?before=1200-06-01&count=10000&types={types}"));
        assert!(!list(&reply, "events").is_empty(), "{types}");
    }
    for target in [
        "/v1/moon/calendar?year=1200&month=2",
        "/v1/moon/void-of-course?start=1200-01-02&stop=1200-02-01",
        "/v1/events?after=2999-12-20&count=1000&types=ingress,lunation",
    ] {
        assert_eq!(server.ask(target)["provenance"]["source"], "live", "{target}");
    }
}

#[test]
fn of_an_empty_list_it_is_told_who_was_asked() {
    let server = Server::shared();
    let of = |query: &str| {
        server.ask(&format!("/v1/events?start=2026-01-01&stop=2026-01-02&types=season&{query}"))
    };
    let (table, live) = (of("source=auto"), of("source=live"));
    for (reply, source) in [(&table, "table"), (&live, "live")] {
        assert!(list(reply, "events").is_empty());
        assert_eq!(reply["provenance"]["source"], source);
        assert!(reply["provenance"]["ephemeris"].as_str().unwrap().contains("Swiss Ephemeris"), "{reply}");
    }
    assert_eq!(live["provenance"]["max_error_arcsec"], Value::Null);
    // What was not looked into is not named.
    let one = server.ask("/v1/events?before=2026-01-01&count=1&types=season");
    assert!(list(&one["provenance"], "blocks").len() < 6, "{one}");
}

#[test]
fn a_cursor_leads_nowhere_but_into_its_list() {
    let server = Server::shared();
    let target = "/v1/moon/phases?start=2026-01-01&stop=2026-12-31&limit=3";
    let cursor = server.ask(target)["next_cursor"].as_str().unwrap().to_owned();
    let rest = cursor.split_once('-').unwrap().1;
    for jd in [-1e10, 0.0, 2_451_545.0, 2_500_000.0, 1e300, f64::NAN, f64::INFINITY] {
        for format in ["json", "ndjson"] {
            let forged = format!("{target}&format={format}&cursor={:016x}-{rest}", jd.to_bits());
            let document = server.client().get(&forged).json();
            assert_eq!(document["parameter"], "cursor", "{jd}: {document}");
        }
    }
}

#[test]
fn what_takes_too_long_ends_and_leaves_the_files_to_others() {
    let server = Server::with_settings("[limits]\ncompute_s = 2\n");
    let client = server.client();
    for target in [
        "/v1/events?before=1799-01-01&count=100000&types=parallel&bodies=all&source=live",
        "/v1/events?start=1500-01-01&stop=1790-01-01&types=aspect&bodies=all&orb=1&limit=100000",
    ] {
        let begun = Instant::now();
        client.get(target).problem(503, "time_limit");
        assert!(begun.elapsed() < Duration::from_secs(20), "{target}: {:?}", begun.elapsed());
        let reply = client.get("/v1/positions?date=2500-01-01&bodies=sun&source=live");
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}
