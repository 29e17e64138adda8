//! Eclipses beside NASA's canons, and the same eclipse wherever it is told.

use orrery_almanac::{DayNumber, Moment, iso};
use orrery_tests::programs::Server;
use orrery_tests::published::rows;
use serde_json::Value;

use crate::{SECOND, jd_tt, list, number};

/// The canon's greatest eclipses of the years of the tables: Julian days of TT, names, and the first letters of types.
pub(crate) fn canon(kind: &str) -> Option<Vec<(f64, String, char, u16)>> {
    let rows = rows(&format!("nasa_canon_{kind}_1600_2399.csv"))?;
    let within =
        rows.iter().filter(|row| row[1].get(..4).is_some_and(|year| ("1800".."2400").contains(&year)));
    let read = |row: &Vec<String>| {
        let Ok(Moment::Day(date)) = iso::parse(&row[1]) else { panic!("{row:?}") };
        let midnight = date.day_number(None).unwrap().midnight_jd();
        let clock: Vec<f64> = row[2].split(':').map(|part| part.parse().unwrap()).collect();
        let jd = midnight + (clock[0] * 3600.0 + clock[1] * 60.0 + clock[2]) * SECOND;
        (jd, format!("{kind}-{}", row[1]), row[6].chars().next().unwrap(), row[5].parse().unwrap())
    };
    Some(within.map(read).collect())
}

#[test]
fn lists_are_those_of_the_canons() {
    let server = Server::shared();
    for (kind, count) in [("solar", 1_425), ("lunar", 1_446)] {
        let Some(canon) = canon(kind) else { return };
        let reply =
            server.ask(&format!("/v1/eclipses?kind={kind}&start=1800-01-01&stop=2400-01-01&limit=2000"));
        let told = list(&reply, "eclipses");
        assert_eq!((told.len(), canon.len()), (count, count), "{kind}");
        for (eclipse, (jd, name, letter, saros)) in told.iter().zip(&canon) {
            assert!((jd_tt(&eclipse["maximum"]) - jd).abs() < 12.0 * SECOND, "{name}: {eclipse}");
            let day = DayNumber((jd + 0.5).floor() as i64).civil(None);
            assert!(name.ends_with(&day.to_string()));
            let kind = eclipse["type"].as_str().unwrap();
            let own =
                if kind == "penumbral" { 'N' } else { kind.chars().next().unwrap().to_ascii_uppercase() };
            assert_eq!((own, number(&eclipse["saros"])), (*letter, f64::from(*saros)), "{name}");
            // Its greatest phase may be another day's by TT to the second.
            assert!(eclipse["id"] == **name || (jd - jd.round()).abs() > 0.4998, "{name}");
        }
    }
}

#[test]
fn an_eclipse_is_the_same_wherever_it_is_told() {
    let server = Server::shared();
    // Beyond the tables too.
    for range in ["start=2023-01-01&stop=2028-01-01", "after=2500-01-01&count=3", "before=1700-01-01&count=3"]
    {
        let reply = server.ask(&format!("/v1/eclipses?{range}"));
        let told = list(&reply, "eclipses");
        assert!(told.len() >= 3);
        for eclipse in told {
            let id = eclipse["id"].as_str().unwrap();
            let one = server.ask(&format!("/v1/eclipses/{id}"));
            assert_eq!(one["eclipse"], *eclipse, "{id}");
            assert_eq!(one["query"]["id"], id);
            assert_eq!(one.get("besselian_elements").is_some(), id.starts_with("solar"), "{id}");
            let local = server.ask(&format!("/v1/eclipses/{id}/local?lat=10&lon=20"));
            assert_eq!(local["eclipse"], *eclipse, "{id}");
            let at = jd_tt(&eclipse["maximum"]);
            let among = server.ask(&format!(
                "/v1/events?types=eclipse&start=jd_tt:{:?}&stop=jd_tt:{:?}",
                at - 0.5,
                at + 0.5
            ));
            let [event] = list(&among, "events") else { panic!("{among}") };
            assert_eq!((&event["id"], &event["at"]), (&eclipse["id"], &eclipse["maximum"]), "{id}");
        }
    }
}

/// Numbers that two sources tell nearly alike, and all else alike.
fn assert_near(a: &Value, b: &Value, path: &str) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{path}");
            for (name, value) in a {
                // Written with the digits of a clock; the Julian days tell the same closer.
                if !["source", "saros_member", "utc", "t0", "polynomials"].contains(&name.as_str()) {
                    assert_near(value, &b[name], &format!("{path}.{name}"));
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            a.iter().zip(b).for_each(|(a, b)| assert_near(a, b, path));
        }
        (Value::Number(_), Value::Number(_)) => {
            let [a, b] = [a, b].map(number);
            let within = if path.contains("jd_") {
                // Contacts that graze move by seconds for a thousandth of an arcsecond.
                0.5 * SECOND
            } else if path.ends_with("_s") {
                0.5
            } else if path.ends_with("_km") {
                0.1
            } else {
                2e-4
            };
            assert!((a - b).abs() < within, "{path}: {a} and {b}");
        }
        (a, b) => assert_eq!(a, b, "{path}"),
    }
}

#[test]
fn live_an_eclipse_is_told_as_by_tables() {
    let server = Server::shared();
    for id in
        ["solar-2026-08-12", "solar-2023-04-20", "solar-2025-03-29", "lunar-2025-09-07", "lunar-2027-02-20"]
    {
        for rest in ["", "/local?lat=40.4&lon=-3.7"] {
            let target = format!("/v1/eclipses/{id}{rest}");
            let joint = if rest.is_empty() { '?' } else { '&' };
            let [table, live] =
                ["table", "live"].map(|source| server.ask(&format!("{target}{joint}source={source}")));
            assert_eq!(live["eclipse"]["source"], "live");
            assert_eq!(live["eclipse"]["saros_member"], Value::Null);
            assert!(number(&table["eclipse"]["saros_member"]) >= 1.0);
            for part in ["eclipse", "local"] {
                assert_near(&table[part], &live[part], &format!("{id} {part}"));
            }
        }
    }
}
