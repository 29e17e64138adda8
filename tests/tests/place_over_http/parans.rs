//! Parans at a latitude and at all.

use std::collections::BTreeSet;

use orrery_tests::programs::Server;
use serde_json::Value;

use super::{assert_on, items, number, text};

/// Degrees that the sky turns by in a day.
const SIDEREAL_DEG_PER_DAY: f64 = 360.985_647;

/// Days by which a passage may be apart from the same one as seen from the ground, where parallaxes are small.
const SAME_DAYS: f64 = 15.0 / 86_400.0;

/// Who is on which angle.
type Point = (String, String);

fn point(of: &Value) -> Point {
    (text(&of["name"]).to_owned(), text(&of["angularity"]).to_owned())
}

fn ut(of: &Value) -> f64 {
    number(&of["at"]["jd_ut"])
}

/// What happens to bodies on a day and the one after it by `/v1/rise-set`.
fn passages(server: &Server, query: &str) -> Vec<(Point, f64)> {
    let reply = server
        .ask(&format!("/v1/rise-set?{query}&days=2&events=rise,set,transits&limb=center&refraction=none"));
    let bodies = items(&reply["days"]).iter().flat_map(|day| items(&day["bodies"]));
    let events =
        bodies.flat_map(|body| items(&body["events"]).iter().map(move |event| (&body["body"], event)));
    let found = events.map(|(body, event)| {
        let angularity = match text(&event["type"]) {
            "rise" => "rising",
            "set" => "setting",
            "upper_transit" => "culminating",
            "lower_transit" => "anticulminating",
            other => panic!("{other} was not asked for"),
        };
        ((text(body).to_owned(), angularity.to_owned()), ut(event))
    });
    found.collect()
}

#[test]
fn parans_are_of_bodies_that_rise_and_set_at_once() {
    let server = Server::shared();
    // Without the Moon, which rises minutes later on the ground than at the Earth's centre.
    let bodies = "bodies=sun,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto";
    let mut held = 0;
    for (place, orb) in [
        ("date=2026-03-20&tz=Europe/Berlin&lat=52.52&lon=13.4", 4.0),
        ("date=2026-08-12T23:00:00%2B05:45&lat=27.7&lon=85.3", 2.0),
        ("jd=2451545.25&lat=-33.9&lon=151.2", 10.0),
        ("date=1999-12-21&lat=0", 3.0),
    ] {
        let query = format!("{place}&{bodies}");
        let with_lon = if query.contains("lon=") { query.clone() } else { format!("{query}&lon=0") };
        let passages = passages(&server, &with_lon);
        let reply = server.ask(&format!("/v1/parans?{query}&orb={orb}"));
        assert_eq!(reply["provenance"]["source"], "table");
        let [start, end] = ["start", "end"].map(|name| number(&reply["day"][name]["jd_ut"]));
        let mut told = BTreeSet::new();
        for paran in items(&reply["parans"]) {
            let [first, second] = [&paran["first"], &paran["second"]];
            for one in [first, second] {
                let is_it = |(of, at): &(Point, f64)| *of == point(one) && (at - ut(one)).abs() < SAME_DAYS;
                assert!(passages.iter().any(is_it), "{place}: {one}");
            }
            let apart = (ut(second) - ut(first)) * SIDEREAL_DEG_PER_DAY;
            let told_orb = number(&paran["orb"]);
            assert!((apart - told_orb).abs() < 1e-3 && (0.0..=orb).contains(&told_orb), "{paran}");
            assert!((start..end).contains(&ut(first)), "{paran}");
            told.insert((point(first), point(second)));
        }
        assert!(items(&reply["parans"]).is_sorted_by_key(|paran| ut(&paran["first"])));
        for (nth, (one, at)) in passages.iter().enumerate() {
            for (other, other_at) in &passages[nth + 1..] {
                let apart = (at - other_at).abs() * SIDEREAL_DEG_PER_DAY;
                let is_of_day = (start + SAME_DAYS..end - SAME_DAYS).contains(&at.min(*other_at));
                if one.0 == other.0 || apart > orb - 0.2 || !is_of_day {
                    continue;
                }
                let pair = |a: &Point, b: &Point| (a.clone(), b.clone());
                assert!(
                    told.contains(&pair(one, other)) || told.contains(&pair(other, one)),
                    "{place}: {one:?} {other:?}"
                );
                held += 1;
            }
        }
    }
    assert!(held > 20, "{held}");
}

#[test]
fn days_in_a_row_tell_each_meeting_once() {
    let server = Server::shared();
    let ask = |jd: f64| {
        // Without the Moon, whose passages depend on which day she is followed through by some hundredths of a second.
        let bodies = "bodies=sun,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto&magnitude=2";
        let reply = server.ask(&format!("/v1/parans?jd={jd}&orb=5&lat=51.5&{bodies}"));
        let parans = items(&reply["parans"]).iter();
        let told = parans.map(|paran| (point(&paran["first"]), point(&paran["second"]), ut(&paran["first"])));
        told.collect::<Vec<_>>()
    };
    // What lies between does not depend on whether days begin at midnight or at noon.
    let told = [0.0, 0.5].map(|begin| {
        let days = (0..12).map(|nth| 2_461_119.5 + begin + f64::from(nth));
        days.flat_map(&ask).collect::<Vec<_>>()
    });
    // By pairs, since two passages at one moment may come in either order.
    let [at_midnight, at_noon] = told.map(|told| {
        let between = told.into_iter().filter(|(_, _, at)| (2_461_120.1..2_461_131.3).contains(at));
        let mut pairs: Vec<_> = between.map(|(a, b, _)| if a < b { (a, b) } else { (b, a) }).collect();
        pairs.sort();
        pairs
    });
    assert!(at_midnight.len() > 1000, "{}", at_midnight.len());
    assert_eq!(at_midnight, at_noon);
}

#[test]
fn stars_are_on_the_angles_when_it_is_told() {
    let server = Server::shared();
    let [lat, lon] = [40.0, -3.7];
    let reply = server.ask(&format!(
        "/v1/parans?date=2026-06-21&tz=Europe/Madrid&lat={lat}&lon={lon}&bodies=sun,jupiter,moon&magnitude=1.5&orb=2"
    ));
    assert_eq!(reply["day"]["date"], "2026-06-21");
    assert_eq!(reply["day"]["start"]["local"], "2026-06-21T00:00:00.000+02:00");
    let mut stars = 0;
    for paran in items(&reply["parans"]) {
        let kinds = ["first", "second"].map(|name| text(&paran[name]["kind"]));
        assert_ne!(kinds, ["star", "star"], "{paran}");
        assert!(text(&paran["first"]["at"]["local"]).starts_with("2026-06-21T"), "{paran}");
        for one in ["first", "second"].map(|name| &paran[name]) {
            let (name, angularity) = point(one);
            let within_deg = match (&*name, text(&one["kind"])) {
                ("moon", _) => 0.02,
                (_, "star") => 1e-3,
                _ => 3e-3,
            };
            let instant = format!("jd={}", ut(one));
            assert_on(&server, (&name, &angularity), &instant, [lon, lat], within_deg);
            stars += usize::from(one["kind"] == "star");
        }
    }
    assert!(stars >= 8, "{stars}");
}

#[test]
fn parans_are_exact_at_the_latitudes_that_are_told() {
    let server = Server::shared();
    let query = "date=2026-03-20&bodies=sun,moon,mars&stars=Spica,Sirius,Fomalhaut&precision=full";
    let reply = server.ask(&format!("/v1/parans?{query}&global=true"));
    let exact = items(&reply["exact"]);
    assert!(exact.is_sorted_by_key(|paran| number(&paran["latitude"])));
    // Three pairs of bodies and nine with stars, each six times in a sidereal day.
    assert!((66..=84).contains(&exact.len()), "{}", exact.len());
    let mut held = 0;
    for paran in exact.iter().filter(|paran| number(&paran["latitude"]).abs() < 60.0) {
        let both = [point(&paran["first"]), point(&paran["second"])];
        let latitude = number(&paran["latitude"]);
        let there = server.ask(&format!("/v1/parans?{query}&lat={latitude}&orb=0.1"));
        let found = items(&there["parans"]).iter().any(|local| {
            let [first, second] = [&local["first"], &local["second"]];
            let is_pair = both == [point(first), point(second)] || both == [point(second), point(first)];
            is_pair && [first, second].iter().all(|one| (ut(one) - ut(paran)).abs() < 2.0 / 86_400.0)
        });
        assert!(found, "{paran}");
        held += 1;
    }
    assert!(held > 15, "{held}");
}

#[test]
fn tables_and_the_live_source_find_the_same_parans() {
    let server = Server::shared();
    let ask = |source: &str, more: &str| {
        let query = "date=2026-03-20&bodies=sun,moon,venus&stars=Regulus,Antares";
        let reply = server.ask(&format!("/v1/parans?{query}&source={source}&{more}"));
        assert_eq!(reply["provenance"]["source"], source);
        reply
    };
    for more in ["global=true", "lat=48&orb=5"] {
        let [table, live] = ["table", "live"].map(|source| ask(source, more));
        let list = if more == "global=true" { "exact" } else { "parans" };
        let (table, live) = (items(&table[list]), items(&live[list]));
        assert!(!table.is_empty() && table.len() == live.len(), "{} {}", table.len(), live.len());
        for (table, live) in table.iter().zip(live) {
            let at = |of: &Value| if list == "exact" { ut(of) } else { ut(&of["first"]) };
            assert_eq!(point(&table["first"]), point(&live["first"]));
            assert!((at(table) - at(live)).abs() < 0.1 / 86_400.0, "{table} {live}");
            if list == "exact" {
                assert!(
                    (number(&table["latitude"]) - number(&live["latitude"])).abs() < 1e-4,
                    "{table} {live}"
                );
            }
        }
    }
}

#[test]
fn days_are_those_of_the_callers_clock() {
    let server = Server::shared();
    let hours = |query: &str| {
        let day = server.ask(&format!("/v1/parans?{query}&bodies=sun,moon&orb=10&lat=50"))["day"].clone();
        let long = number(&day["end"]["jd_ut"]) - number(&day["start"]["jd_ut"]);
        ((long * 24.0).round(), day["date"].clone())
    };
    assert_eq!(hours("date=2026-03-29&tz=Europe/Berlin"), (23.0, "2026-03-29".into()));
    assert_eq!(hours("date=2026-10-25T12:00&tz=Europe/Berlin"), (25.0, "2026-10-25".into()));
    assert_eq!(hours("date=2026-10-25&lon=100"), (24.0, "2026-10-25".into()));
    assert_eq!(hours("jd=2461120.75"), (24.0, Value::Null));
}
