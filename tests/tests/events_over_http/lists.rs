//! Lists in pages, forward and backward, from tables, from lists and live.

use orrery_tests::programs::Server;
use serde_json::Value;

use crate::{SECOND, jd_tt, list};

/// All pages of a list.
fn pages(server: &Server, target: &str, name: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.ask(&format!("{target}&limit={limit}{cursor}"));
        let events = list(&page, name);
        all.extend_from_slice(events);
        let Some(next) = page["next_cursor"].as_str() else { return all };
        assert_eq!(events.len(), limit, "a page that is not the last is full: {target}");
        cursor = format!("&cursor={next}");
    }
}

/// Compares lists so that what differs is told, and not all of them.
fn assert_same(a: &[Value], b: &[Value], what: &str) {
    let differing = a.iter().zip(b).find(|(a, b)| a != b);
    assert!(differing.is_none(), "{what}: {differing:?}");
    assert_eq!(a.len(), b.len(), "{what}");
}

#[test]
fn pages_make_up_the_whole() {
    let server = Server::shared();
    for (target, name, limit) in [
        ("/v1/events?start=2026-01-01&stop=2026-02-01", "events", 7),
        ("/v1/events?start=2026-01-01&stop=2026-02-01&types=aspect,parallel,ingress", "events", 1),
        // The tables end between.
        ("/v1/events?start=2399-11-01&stop=2400-03-01&types=ingress,lunation,eclipse", "events", 5),
        ("/v1/events?after=2026-08-01&count=30&types=lunation,eclipse,void_of_course", "events", 4),
        ("/v1/moon/phases?start=1899-06-01&stop=1901-06-01", "phases", 13),
        ("/v1/moon/void-of-course?year=2026&tz=Asia/Kolkata", "periods", 50),
        ("/v1/eclipses?start=2390-01-01&stop=2410-01-01", "eclipses", 6),
    ] {
        let whole = server.ask(&format!("{target}&limit=100000"));
        assert_eq!(whole["next_cursor"], Value::Null, "{target}");
        let whole = list(&whole, name);
        assert!(whole.len() > limit, "{target}");
        let paged = pages(&server, target, name, limit);
        assert_same(&paged, whole, target);
        // Each is told once, in order.
        let at = if name == "periods" {
            "begin"
        } else if name == "eclipses" {
            "maximum"
        } else {
            "at"
        };
        assert!(whole.is_sorted_by(|a, b| jd_tt(&a[at]) <= jd_tt(&b[at]) && a != b), "{target}");
    }
}

#[test]
fn counted_forward_and_back_a_list_is_the_same() {
    let server = Server::shared();
    for types in ["lunation,ingress", "eclipse", "station", "eclipse,season"] {
        let forward = server.ask(&format!("/v1/events?types={types}&after=2021-05-05T05:05Z&count=12"));
        let forward = list(&forward, "events");
        assert_eq!(forward.len(), 12, "{types}");
        // Just after the last of them.
        let end = jd_tt(&forward[11]["at"]) + SECOND;
        let back = server.ask(&format!("/v1/events?types={types}&before=jd_tt:{end:?}&count=12"));
        assert_same(list(&back, "events"), forward, types);
    }
}

fn of_types(events: &[Value], types: &str) -> Vec<Value> {
    events.iter().filter(|event| types.split(',').any(|kind| event["type"] == kind)).cloned().collect()
}

#[test]
fn the_almanac_has_what_a_search_finds() {
    let server = Server::shared();
    let dataset = server.ask("/v1/dataset");
    let lists = list(&dataset, "lists");
    let almanac = lists.iter().find(|list| list["name"] == "almanac").unwrap();
    let [start, stop] = ["start_jd_tt", "end_jd_tt"].map(|end| almanac[end].as_f64().unwrap());
    assert!(stop - start > 700.0);
    let all = format!("start=jd_tt:{start:?}&stop=jd_tt:{stop:?}&limit=100000");
    let of_moon = "ingress,nakshatra_ingress,lunation,apsis,node_crossing,greatest_latitude,\
                   greatest_declination,out_of_bounds";
    for (types, bodies) in [
        ("ingress,station,lunation,void_of_course", ""),
        (of_moon, "&bodies=moon"),
        ("ingress", "&bodies=mars,moon"),
        ("station", "&bodies=mercury"),
        ("lunation,eclipse", ""),
    ] {
        // Its name takes 16 digits of its content.
        let name = &almanac["blake3"].as_str().unwrap()[..16];
        let looked_into = |document: &Value| {
            document["provenance"]["lists"].as_array().is_some_and(|lists| lists.iter().any(|it| it == name))
        };
        let ask = |types: &str| server.ask(&format!("/v1/events?{all}&types={types}{bodies}"));
        let listed = ask(types);
        assert!(looked_into(&listed), "{types}");
        // No list has seasons: all is looked for.
        let searched = ask(&format!("{types},season"));
        assert!(!looked_into(&searched), "{types}");
        let listed = of_types(list(&listed, "events"), types);
        assert!(listed.len() > 4, "{types}");
        assert_same(&listed, &of_types(list(&searched, "events"), types), &format!("{types} {bodies}"));
    }
}

/// How far a time may be from the live source's, seconds: as far as its speeds and its noise allow.
fn within_s(event: &Value) -> f64 {
    match event["type"].as_str().unwrap() {
        "station" => 60.0,
        // Slow bodies close in slowly on each other, and the Moon's distance and latitude turn slowly.
        "aspect" if event["body"] != "moon" && event["partner"] != "moon" => 30.0,
        "apsis" | "greatest_latitude" | "greatest_declination" => 10.0,
        _ => 0.5,
    }
}

#[test]
fn live_the_same_happens_at_the_same_time() {
    let server = Server::shared();
    for (query, least) in [
        ("start=2026-02-01&stop=2026-04-01&types=ingress,aspect,station,lunation,void_of_course,season", 150),
        ("start=1850-05-01&stop=1850-08-01&types=apsis,node_crossing,greatest_latitude&bodies=moon", 15),
        ("start=2024-03-01&stop=2024-05-01&types=eclipse,cazimi,conjunction,opposition,solar_term", 6),
        // The tables end between: what is told on either side must be what is told live of both.
        ("start=2399-12-01&stop=2400-02-01&types=ingress,lunation,void_of_course", 50),
    ] {
        let ask = |source: &str| server.ask(&format!("/v1/events?{query}&source={source}&limit=1000"));
        let (auto, live) = (ask("auto"), ask("live"));
        let (auto, live) = (list(&auto, "events"), list(&live, "events"));
        assert!(auto.len() >= least, "{query}: {}", auto.len());
        assert_eq!(auto.len(), live.len(), "{query}");
        assert!(auto.iter().any(|event| event["source"] == "table"), "{query}");
        for (a, b) in auto.iter().zip(live) {
            assert_eq!((&a["type"], &a["body"], &a["sign"]), (&b["type"], &b["body"], &b["sign"]), "{query}");
            let apart_s = (jd_tt(&a["at"]) - jd_tt(&b["at"])) / SECOND;
            assert!(apart_s.abs() < within_s(a), "{query}: {apart_s} s\n{a}\n{b}");
            assert_eq!(b["source"], "live", "{query}");
        }
    }
}
