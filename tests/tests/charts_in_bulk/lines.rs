//! Each chart by itself: the same as a single one, in its place, whatever stands around it.

use orrery_tests::http::written;
use orrery_tests::programs::Server;
use serde_json::{Map, Value, json};

use super::{NDJSON, Told, random_lines, refusal};

/// The single chart of a line, as far as many have it.
fn single(server: &Server, line: &Value, query: &str) -> Map<String, Value> {
    let members = line.as_object().unwrap().iter().filter(|(name, _)| *name != "id");
    let pairs: Vec<_> = members.map(|(name, value)| format!("{name}={}", written(value))).collect();
    let mut chart = server.ask(&format!("/v1/chart?{}&{query}", pairs.join("&")));
    let members = chart.as_object_mut().unwrap();
    let provenance = members.remove("provenance").unwrap();
    members.remove("query");
    members.insert("source".to_owned(), provenance["source"].clone());
    std::mem::take(members)
}

#[test]
fn charts_come_in_order_and_are_what_single_ones_are() {
    let server = Server::shared();
    let query = "house_system=koch&fallback=porphyry&include=all&orbs=sun:10&orb_by=body";
    let lines = random_lines(1, 200);
    let told = Told::lines(&server, query, &lines);
    assert_eq!(told.len(), 200);
    for (nth, (line, told)) in lines.lines().zip(told).enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        let mut told = told.as_object().unwrap().clone();
        assert_eq!(told.remove("line"), Some(json!(nth + 1)));
        assert_eq!(told.remove("id"), Some(json!(nth)));
        assert_eq!(told, single(&server, &line, query), "{line}");
    }
}

#[test]
fn what_is_asked_for_is_told_beside_the_parts() {
    let server = Server::shared();
    let line = r#"{"date": "1879-03-14T11:30", "tz": "lmt", "lat": 48.4, "lon": 10}"#;
    let told = &Told::lines(&server, "include=houses,query,provenance", line)[0];
    let names: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["houses", "line", "provenance", "query", "time"]);
    assert_eq!(told["query"]["format"], "ndjson");
    assert_eq!(told["provenance"]["source"], "table");
    assert!(!told["provenance"]["blocks"].as_array().unwrap().is_empty());
    // A line may choose for itself.
    let own = r#"{"jd": 2451545, "lat": 1, "lon": 1, "include": "provenance"}"#;
    let told = &Told::lines(&server, "include=houses", own)[0];
    assert!(told.get("houses").is_none() && told.get("provenance").is_some(), "{told}");
}

#[test]
fn a_bad_line_costs_nobody_else_anything() {
    let server = Server::shared();
    let good = r#"{"id": "good", "jd": 2451545, "lat": 50, "lon": 10}"#;
    let long = format!(r#"{{"id": 1, "bodies": "{}"}}"#, "x".repeat(70_000));
    let bad = [
        ("nonsense", "malformed_body", None),
        ("[]", "malformed_body", None),
        ("7", "malformed_body", None),
        (r#"{"id": 1"#, "malformed_body", None),
        ("{\"id\": \"\u{fffd}\u{1}\"}", "malformed_body", None),
        (r#"{"id": 1, "jd": 2451545, "lat": 50, "lon": 10} {}"#, "malformed_body", None),
        (long.as_str(), "body_too_large", None),
        (r#"{"id": 1, "jd": 2451545, "lat": 50, "lom": 10}"#, "unknown_parameter", Some("lom")),
        (r#"{"id": 1, "id": 2, "jd": 2451545, "lat": 50, "lon": 10}"#, "repeated_parameter", Some("id")),
        (r#"{"id": [1], "jd": 2451545, "lat": 50, "lon": 10}"#, "invalid_value", Some("id")),
        (r#"{"id": true, "jd": 2451545, "lat": 50, "lon": 10}"#, "invalid_value", Some("id")),
        (r#"{"id": 18446744073709551616, "jd": 2451545, "lat": 50, "lon": 10}"#, "invalid_value", Some("id")),
        (r#"{"id": 1, "format": "json", "jd": 2451545, "lat": 50, "lon": 10}"#, "unknown_parameter", None),
        (r#"{"id": 1, "jd": 2451545, "lat": 50}"#, "contradiction", Some("lon")),
        (r#"{"id": 1, "jd": 2451545}"#, "missing_parameter", Some("lon")),
        (r#"{"id": 1, "jd": 2451545, "lat": 91, "lon": 10}"#, "out_of_range", Some("lat")),
        (r#"{"id": 1, "jd": 1e300, "lat": 50, "lon": 10}"#, "out_of_range", Some("jd")),
        (r#"{"id": 1, "date": "2023-02-30", "lat": 50, "lon": 10}"#, "no_such_date", Some("date")),
        (
            r#"{"id": 1, "date": "2026-03-29T02:30", "tz": "Europe/Berlin", "lat": 50, "lon": 10}"#,
            "local_time_gap",
            Some("date"),
        ),
        (
            r#"{"id": 1, "date": "2026-10-25T02:30", "tz": "Europe/Berlin", "lat": 50, "lon": 10}"#,
            "local_time_fold",
            Some("date"),
        ),
        (r#"{"id": 1, "date": "2016-12-30T23:59:60Z", "lat": 50, "lon": 10}"#, "no_such_date", Some("date")),
        (r#"{"id": 1, "jd": 2451545, "lat": 80, "lon": 10}"#, "no_houses", Some("house_system")),
        (r#"{"id": 1, "jd": 1000000, "lat": 50, "lon": 10}"#, "outside_ephemeris", None),
        (
            r#"{"id": 1, "jd": 2000000, "lat": 50, "lon": 10, "source": "table"}"#,
            "table_only",
            Some("source"),
        ),
        (
            r#"{"id": 1, "jd": 2451545, "lat": 50, "lon": 10, "bodies": "nobody"}"#,
            "unknown_body",
            Some("bodies"),
        ),
    ];
    let mut lines = format!("{good}\n");
    for (bad, ..) in bad {
        lines.extend([bad, "\n", good, "\n"]);
    }
    let told = Told::lines(&server, "", &lines);
    assert_eq!(told.len(), 2 * bad.len() + 1);
    let mut first = told[0].clone();
    for (nth, chart) in told.iter().enumerate().step_by(2) {
        first["line"] = json!(nth + 1);
        assert_eq!(*chart, first);
    }
    for (nth, ((line, code, parameter), told)) in bad.iter().zip(told.iter().skip(1).step_by(2)).enumerate() {
        let (number, told_code, told_parameter) = refusal(told);
        assert_eq!((number, told_code), (2 * nth as u64 + 2, *code), "{line}: {told}");
        assert!(parameter.is_none() || told_parameter == *parameter, "{line}: {told}");
        let has_id = told.get("id") == Some(&json!(1));
        assert_eq!(
            has_id,
            line.starts_with(r#"{"id": 1,"#) && *code != "malformed_body" && *code != "body_too_large",
            "{told}"
        );
        assert!(
            told.as_object().unwrap().keys().all(|key| ["line", "id", "error"].contains(&key.as_str())),
            "{told}"
        );
    }
    let fold = told.iter().find(|told| told["error"]["code"] == "local_time_fold").unwrap();
    assert!(fold["error"]["candidates"][1]["jd_tt"].is_f64(), "{fold}");
}

#[test]
fn lines_may_end_as_they_like() {
    let server = Server::shared();
    let line = |jd: f64| format!(r#"{{"jd": {jd:?}, "lat": 50, "lon": 10}}"#);
    let of = |text: &str| -> Vec<u64> {
        let told = Told::lines(&server, "include=houses", text);
        assert!(told.iter().all(|line| line["houses"].is_object()), "{told:?}");
        told.iter().map(|line| line["line"].as_u64().unwrap()).collect()
    };
    let (a, b) = (line(2_451_545.0), line(2_451_546.0));
    assert_eq!(of(&format!("{a}\n{b}\n")), [1, 2]);
    assert_eq!(of(&format!("{a}\r\n{b}\r\n")), [1, 2]);
    assert_eq!(of(&format!("{a}\n{b}")), [1, 2]);
    assert_eq!(of(&format!("\n\r\n \t \n{a}\n\n{b}\n\n")), [4, 6]);
    assert_eq!(of(&a), [1]);
    for nothing in ["", "\n", "\r\n  \n"] {
        assert!(of(nothing).is_empty(), "{nothing:?}");
    }
}

#[test]
fn what_tables_do_not_know_is_told_live_in_its_place() {
    let server = Server::shared();
    let lines: Vec<String> = (0..40)
        .map(|nth| {
            let jd = if nth % 3 == 0 { 2_300_000.0 + f64::from(nth) } else { 2_451_545.0 + f64::from(nth) };
            let source = if nth % 7 == 0 { ", \"source\": \"live\"" } else { "" };
            format!(r#"{{"jd": {jd:?}, "lat": 50, "lon": 10{source}}}"#)
        })
        .collect();
    let query = "perfection=false";
    let told = Told::lines(&server, query, &lines.join("\n"));
    assert_eq!(told.len(), 40);
    for (nth, (line, told)) in lines.iter().zip(told).enumerate() {
        let mut told = told.as_object().unwrap().clone();
        assert_eq!(told.remove("line"), Some(json!(nth + 1)));
        let is_live = nth % 3 == 0 || nth % 7 == 0;
        assert_eq!(told["source"] != "table", is_live, "{line}");
        assert_eq!(told, single(&server, &serde_json::from_str(line).unwrap(), query), "{line}");
    }
}

#[test]
fn what_is_wrong_for_all_is_refused_at_once() {
    let server = Server::shared();
    let line = r#"{"jd": 2451545, "lat": 50, "lon": 10}"#;
    for (query, status, code) in [
        ("house_system=nonsense", 422, "unknown_value"),
        ("bodies=nobody", 422, "unknown_body"),
        ("hause_system=koch", 400, "unknown_parameter"),
        ("id=7", 400, "unknown_parameter"),
        ("format=csv", 406, "not_acceptable"),
        ("include=query,query", 422, "repeated_field"),
    ] {
        let told = Told::ask(&server, query, NDJSON, "", line.as_bytes());
        assert_eq!(told.code(), (status, code.to_owned()), "{query}");
    }
}

#[test]
fn charts_of_many_kinds_do_not_share_what_they_are_of() {
    let server = Server::shared();
    let mut lines = Vec::new();
    for nth in 0..60 {
        let mut line = json!({"jd": 2_451_545.0 + 100.25 * f64::from(nth), "lat": 40 + nth % 7, "lon": 10});
        let more = match nth % 6 {
            0 => json!({}),
            1 => json!({"zodiac": "sidereal", "ayanamsa": "lahiri"}),
            2 => json!({"zodiac": "sidereal", "ayanamsa": "fagan_bradley", "house_system": "whole_sign"}),
            3 => json!({"center": "topo", "alt": 500, "fields": "all"}),
            4 => json!({"center": "topo", "zodiac": "sidereal", "ayanamsa": "lahiri", "place": "true"}),
            _ => {
                json!({"bodies": "moon,mars,true_node", "lots": "all", "angles": "none", "orb_by": "moiety"})
            }
        };
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lines.push(line);
    }
    let query = "include=default,dignities,antiscia";
    let text: Vec<_> = lines.iter().map(Value::to_string).collect();
    let told = Told::lines(&server, query, &text.join("\n"));
    assert_eq!(told.len(), lines.len());
    for (line, told) in lines.iter().zip(told) {
        let mut told = told.as_object().unwrap().clone();
        told.remove("line");
        assert_eq!(told, single(&server, line, query), "{line}");
    }
}

#[test]
fn what_a_line_has_no_ground_for_is_left_out_of_it() {
    let server = Server::shared();
    let query = "lat=50&lon=10&alt=100&center=topo&zodiac=sidereal&ayanamsa=lahiri&house_system=koch&angles=vertex&lots=eros&\
                 formula=mine:sun%2B30&fields=all&pressure=990&temperature=5&rulers=modern&include=default,dignities";
    for line in [
        r#"{"jd": 2451545}"#,
        r#"{"date": "2000-01-01", "time_known": false}"#,
        r#"{"jd": 2451545, "zodiac": "tropical"}"#,
        r#"{"jd": 2451545, "fields": "longitude"}"#,
        r#"{"jd": 2451545, "center": "geo", "fields": "default"}"#,
        r#"{"jd": 2451545, "include": "positions"}"#,
    ] {
        let told = &Told::lines(&server, query, line)[0];
        assert!(told["positions"].is_array(), "{line}: {told}");
    }
    // What it says itself, it is told of.
    let told =
        &Told::lines(&server, query, r#"{"jd": 2451545, "include": "positions", "terms": "lilly"}"#)[0];
    assert_eq!(refusal(told), (1, "contradiction", Some("terms")), "{told}");
}

#[test]
fn a_time_for_all_that_is_none_or_two_is_refused_with_what_it_may_mean() {
    let server = Server::shared();
    for (date, code) in [("2026-03-29T02:30", "local_time_gap"), ("2026-10-25T02:30", "local_time_fold")] {
        let told = Told::ask(&server, &format!("date={date}&tz=Europe/Berlin"), NDJSON, "", b"{}");
        assert_eq!(told.code(), (422, code.to_owned()));
        assert!(told.document()["candidates"][1]["jd_tt"].is_f64(), "{}", told.text());
    }
}
