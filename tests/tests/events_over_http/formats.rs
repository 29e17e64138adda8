//! The same list as a document, as lines, as a table and as a calendar.

use std::collections::{BTreeMap, BTreeSet};

use icalendar::parser::{read_calendar, unfold};
use orrery_tests::http::sent_again;
use orrery_tests::programs::Server;
use serde_json::Value;

use crate::list;

/// A value as a cell of a table has it.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The cells of an event by their columns, as they follow from its document.
fn cells(event: &Value, into: &mut BTreeMap<String, String>) {
    for (name, value) in event.as_object().unwrap() {
        match value {
            // An instant: the one that the event is named by has its Julian days too.
            Value::Object(members) if members.contains_key("jd_tt") => {
                if ["at", "begin", "maximum"].contains(&name.as_str()) && !into.contains_key("jd_tt") {
                    for (scale, value) in members {
                        into.insert(scale.clone(), cell(value));
                    }
                } else {
                    into.insert(name.clone(), cell(&members["utc"]));
                }
            }
            Value::Object(members) if name == "last_aspect" => {
                into.insert("last_body".into(), cell(&members["body"]));
                into.insert("last_aspect".into(), cell(&members["aspect"]));
            }
            Value::Object(_) => cells(value, into),
            value => {
                into.insert(name.clone(), cell(value));
            }
        }
    }
}

const LISTS: [(&str, &str); 5] = [
    ("/v1/events?start=2026-01-01&stop=2026-03-01", "events"),
    (
        "/v1/events?start=2026-03-01&stop=2026-03-20&types=ingress,void_of_course,out_of_bounds,solar_term,combustion",
        "events",
    ),
    ("/v1/moon/phases?year=2026&month=8", "phases"),
    ("/v1/moon/void-of-course?year=2026&month=8", "periods"),
    ("/v1/eclipses?start=2025-01-01&stop=2030-01-01", "eclipses"),
];

#[test]
fn lines_and_tables_have_what_documents_have() {
    let server = Server::shared();
    for (target, name) in LISTS {
        let document = server.ask(target);
        let told = list(&document, name);
        assert!(told.len() > 3, "{target}");
        let lines = server.text(&format!("{target}&format=ndjson"));
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, told, "{target}");

        let table = server.text(&format!("{target}&format=csv"));
        let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let heading = rows.next().unwrap();
        let rows: Vec<_> = rows.collect();
        assert_eq!(rows.len(), told.len(), "{target}");
        for (row, event) in rows.iter().zip(told) {
            let mut expected = BTreeMap::new();
            cells(event, &mut expected);
            assert_eq!(row.len(), heading.len(), "{target}: {row:?}");
            for (column, cell) in heading.iter().zip(row) {
                let expected = expected.remove(*column).unwrap_or_default();
                assert_eq!(*cell, expected, "{target}: {column} of {event}");
            }
            assert!(expected.is_empty(), "{target}: no column for {expected:?}");
        }
    }
}

#[test]
fn calendars_have_an_entry_for_each() {
    let server = Server::shared();
    for (target, name) in LISTS {
        let document = server.ask(target);
        let told = list(&document, name);
        let text = server.text(&format!("{target}&format=ics"));
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{target}");
        for once in ["PRODID", "VERSION"] {
            assert_eq!(text.matches(&format!("\r\n{once}:")).count(), 1, "{once}: RFC 5545, 3.6");
        }
        let unfolded = unfold(&text);
        let calendar = read_calendar(&unfolded).unwrap_or_else(|error| panic!("{target}: {error}"));
        assert_eq!(calendar.components.len(), told.len(), "{target}");
        let mut names = BTreeSet::new();
        for (entry, event) in calendar.components.iter().zip(told) {
            let of = |name: &str| entry.find_prop(name).map(|property| property.val.as_str().to_owned());
            let first = match name {
                "periods" => &event["begin"],
                "eclipses" => &event["contacts"]["p1"],
                _ => &event["at"],
            };
            let utc = first["utc"].as_str().unwrap();
            // To the second, rounded: the minute is not always the same.
            let minute = |text: &str| text.replace(['-', ':'], "")[..11].to_owned();
            assert_eq!(of("DTSTART").unwrap()[..11], minute(utc), "{target}: {event}");
            assert!(of("SUMMARY").is_some_and(|text| !text.is_empty()) && of("DTSTAMP").is_some());
            assert!(names.insert(of("UID").unwrap()), "{target}: two entries of one name: {event}");
        }
        // Who fetches it again with other digits and another clock has each entry once.
        let again = server.text(&format!("{target}&format=ics&precision=3"));
        let unfolded = unfold(&again);
        let again = read_calendar(&unfolded).unwrap();
        let of = |entry: &icalendar::parser::Component<'_>| {
            entry.find_prop("UID").unwrap().val.as_str().to_owned()
        };
        assert_eq!(again.components.iter().map(of).collect::<BTreeSet<_>>(), names, "{target}");
    }
}

#[test]
fn what_a_reply_repeats_asks_for_it_again() {
    let server = Server::shared();
    for target in LISTS.map(|(target, _)| target).into_iter().chain([
        "/v1/events?after=2026-01-01T12:00&tz=Europe/Berlin&count=3&types=aspect&bodies=sun,moon&points=12.5,99&orb=1.5",
        "/v1/events?before=jd_tt:2461000.5&count=3&types=crossing&quantity=declination&value=-10&bodies=moon&precision=4",
        "/v1/events?start=2026-01-01&stop=2026-04-01&types=conjunction,cazimi&bodies=mercury&cazimi_orb=0.5",
        "/v1/events?start=1582-10-01&stop=1582-11-01&calendar=julian&types=ingress&zodiac=sidereal&ayanamsa=lahiri&bodies=moon",
        "/v1/moon/void-of-course?year=2026&month=5&bodies=sun,moon,saturn&aspects=conjunction",
        "/v1/events?start=2026-03-01&stop=2026-03-09&types=nakshatra_ingress&bodies=moon&nakshatra_ayanamsa=user:2451545,23.5",
        "/v1/moon/phases?year=1985&month=4&tz=Asia/Amman",
        "/v1/moon/phases?start=2026-01-01T00:00Z&stop=2026-03-01T00:00Z&tz=Asia/Kolkata",
        "/v1/moon/calendar?year=1985&month=4&tz=Asia/Amman&nakshatra_ayanamsa=krishnamurti",
        "/v1/moon/calendar?start=2026-03-28&stop=2026-03-30&tz=Europe/Berlin&lat=52.5&lon=13.4",
        "/v1/eclipses?kind=lunar&after=2026-01-01&count=2&precision=3",
        "/v1/eclipses/solar-2027-08-02/local?lat=25.7&lon=32.6&alt=80&tz=Africa/Cairo",
    ]) {
        let reply = server.ask(target);
        let path = target.split('?').next().unwrap();
        let mut query = reply["query"].clone();
        query.as_object_mut().unwrap().remove("id");
        assert_eq!(server.ask(&format!("{path}?{}", sent_again(&query))), reply, "{target}");
    }
}

/// The entries of a calendar, each with its properties by name.
fn entries(server: &Server, target: &str) -> Vec<BTreeMap<String, String>> {
    let text = server.text(target);
    let unfolded = unfold(&text);
    let calendar = read_calendar(&unfolded).unwrap_or_else(|error| panic!("{target}: {error}"));
    let properties = |entry: &icalendar::parser::Component<'_>| {
        let property =
            |it: &icalendar::parser::Property<'_>| (it.name.as_str().to_owned(), it.val.as_str().to_owned());
        entry.properties.iter().map(property).collect()
    };
    calendar.components.iter().map(properties).collect()
}

/// An instant to the second as calendars write it.
fn stamp(instant: &Value) -> String {
    let utc = instant["utc"].as_str().unwrap();
    format!("{}Z", &utc.replace(['-', ':'], "")[..13])
}

#[test]
fn an_aspect_lasts_while_it_is_within_its_orb() {
    let server = Server::shared();
    let target =
        "/v1/events?start=2026-01-01&stop=2027-01-01&types=aspect&bodies=mars,saturn&with=jupiter&orb=1";
    let document = server.ask(target);
    let told = list(&document, "events");
    let entries = entries(&server, &format!("{target}&format=ics"));
    assert!(told.len() > 3 && entries.len() == told.len());
    for (entry, event) in entries.iter().zip(told) {
        for (property, name) in [("DTSTART", "begin"), ("DTEND", "end")] {
            // Rounded, the last digit may be another.
            assert_eq!(entry[property][..13], stamp(&event[name])[..13], "{name} of {event}");
        }
        let exact = format!("at: {}\n", event["at"]["utc"].as_str().unwrap());
        assert!(entry["DESCRIPTION"].starts_with(&exact), "{entry:?}");
    }
    // The orb is no part of what it is.
    let without = self::entries(&server, &format!("{}&format=ics", target.replace("&orb=1", "")));
    let names = |entries: &[BTreeMap<String, String>]| {
        entries.iter().map(|entry| entry["UID"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&without), names(&entries));
}

#[test]
fn a_crossing_is_told_in_its_unit_and_has_a_name_of_its_own() {
    let server = Server::shared();
    let mut names = BTreeSet::new();
    for (query, summary) in [
        ("bodies=moon&quantity=declination&value=20", "Moon: declination 20°"),
        ("bodies=moon&quantity=declination&value=20.001", "Moon: declination 20.001°"),
        ("bodies=moon&quantity=longitude&value=90&minus=sun", "Moon minus Sun: longitude 90°"),
        ("bodies=moon&quantity=longitude&value=90&minus=mars", "Moon minus Mars: longitude 90°"),
        ("bodies=moon&quantity=distance&value=0.0025", "Moon: distance 0.0025 au"),
        ("bodies=moon&quantity=longitude_speed&value=13.5", "Moon: longitude speed 13.5° a day"),
        ("bodies=venus&quantity=distance_speed&value=-0.001", "Venus: distance speed -0.001 au a day"),
    ] {
        let target = format!("/v1/events?after=2026-01-01&count=4&types=crossing&{query}&format=ics");
        let entries = entries(&server, &target);
        assert_eq!(entries.len(), 4, "{query}");
        for entry in &entries {
            assert_eq!(entry["SUMMARY"], summary, "{query}");
            assert!(names.insert(entry["UID"].clone()), "{query}: {entry:?}");
        }
        // Neither the digits nor the clock are a part of what it is.
        let other = self::entries(&server, &format!("{target}&precision=1&tz=Asia/Kolkata"));
        assert!(other.iter().all(|entry| names.contains(&entry["UID"])), "{query}");
    }
    // Points that are the same to the second decimal.
    let point = |point: &str| {
        let target = "/v1/events?after=2026-01-01&count=1&types=aspect&bodies=mars&aspects=square";
        entries(&server, &format!("{target}&points={point}&format=ics")).remove(0)
    };
    let (one, other) = (point("95.25001"), point("95.25002"));
    assert_eq!(one["SUMMARY"], "Mars square 95.25001°");
    assert_ne!(one["UID"].rsplit_once('-'), other["UID"].rsplit_once('-'));
}

#[test]
fn a_clock_tells_what_is_asked_for_in_utc() {
    let server = Server::shared();
    for (target, name, at) in [
        ("/v1/events?start=2026-01-01T00:00Z&stop=2026-02-01T00:00Z&types=lunation", "events", "at"),
        ("/v1/moon/phases?start=2026-01-01T00:00Z&stop=now", "phases", "at"),
        ("/v1/moon/void-of-course?after=jd_tt:2461041.5", "periods", "begin"),
        ("/v1/eclipses?start=2026-01-01T00:00Z&stop=2028-01-01T00:00%2B01:00", "eclipses", "maximum"),
    ] {
        let document = server.ask(&format!("{target}&tz=Asia/Kolkata"));
        let told = list(&document, name);
        assert!(!told.is_empty(), "{target}");
        for event in told {
            assert!(event[at]["local"].as_str().unwrap().ends_with("+05:30"), "{target}: {event}");
        }
    }
}
