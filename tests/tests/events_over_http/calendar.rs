//! The Moon day by day, beside NASA's and the Naval Observatory's.

use std::collections::BTreeMap;

use orrery_tests::programs::Server;
use orrery_tests::published::{number as published, rows};
use serde_json::Value;

use crate::{jd_tt, list, number};

const AU_KM: f64 = 149_597_870.7;

#[test]
fn days_are_as_nasa_tells_them() {
    let Some(rows) = rows("nasa_svs_mooninfo_daily_2020_2022.csv") else { return };
    let server = Server::shared();
    let mut days = BTreeMap::new();
    for year in 2020..=2022 {
        let reply = server.ask(&format!("/v1/moon/calendar?year={year}"));
        for day in list(&reply, "days") {
            days.insert(day["date"].as_str().unwrap().to_owned(), day.clone());
        }
    }
    assert_eq!(days.len(), 366 + 365 + 365);
    let mut compared = 0;
    for row in rows.iter().filter(|row| row[0].ends_with("T00:00Z")) {
        let Some(day) = days.get(&row[0][..10]) else { continue };
        // Each with its last digit.
        for (member, theirs, within) in [
            (number(&day["illuminated_fraction"]) * 100.0, published(row, 1), 0.006),
            (number(&day["age"]), published(row, 2), 0.000_6),
            (number(&day["distance"]) * AU_KM, published(row, 4), 1.0),
        ] {
            assert!((member - theirs).abs() < within, "{row:?}: {member}");
        }
        compared += 1;
    }
    println!("{compared} days agree");
    assert!(compared >= 1_096, "{compared}");
}

#[test]
fn a_days_phase_is_the_one_that_falls_into_it() {
    let Some(rows) = rows("ae_moonphases_usno.csv") else { return };
    let server = Server::shared();
    for year in ["1800", "2020", "2100"] {
        let reply = server.ask(&format!("/v1/moon/calendar?year={year}"));
        let own = rows.iter().filter(|row| row[1].starts_with(year));
        let mut expected: BTreeMap<&str, &str> = own.map(|row| (&row[1][..10], row[0].as_str())).collect();
        assert!(expected.len() > 47, "{year}");
        for day in list(&reply, "days") {
            let date = day["date"].as_str().unwrap();
            let phase = day["phase"].as_str().unwrap();
            match expected.remove(date) {
                Some(name) => assert!(phase.starts_with(name), "{date}: {phase}, not {name}"),
                None => assert!(
                    phase.contains("crescent") || phase.contains("gibbous"),
                    "{date}: {phase}, which falls into another day"
                ),
            }
        }
        // Within a minute of midnight a day may be another's.
        assert!(expected.is_empty(), "{expected:?}");
    }
}

#[test]
fn days_are_those_of_the_clock() {
    let server = Server::shared();
    let days = |query: &str| list(&server.ask(&format!("/v1/moon/calendar?{query}")), "days").to_vec();
    let march = days("year=2026&month=3&tz=Europe/Berlin");
    assert_eq!(march.len(), 31);
    let local = |day: &Value| day["start"]["local"].as_str().unwrap().to_owned();
    assert_eq!(local(&march[28]), "2026-03-29T00:00:00.000+01:00");
    assert_eq!(local(&march[29]), "2026-03-30T00:00:00.000+02:00");
    let dates =
        |days: &[Value]| days.iter().map(|day| day["date"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    // A day that Samoa's clocks skipped, and the days that the calendar did.
    let samoa = dates(&days("year=2011&month=12&tz=Pacific/Apia"));
    assert_eq!((samoa.len(), &samoa[28..]), (30, &["2011-12-29".to_owned(), "2011-12-31".to_owned()][..]));
    let october = dates(&days("year=1582&month=10"));
    assert_eq!(
        (october.len(), &october[3..5]),
        (21, &["1582-10-04".to_owned(), "1582-10-15".to_owned()][..])
    );
    // A year's end, and the end of the tables.
    for query in ["start=2026-12-20&stop=2027-01-12", "start=2399-12-20&stop=2400-01-12"] {
        let all = days(query);
        assert_eq!(all.len(), 23, "{query}");
        for two in all.windows(2) {
            assert!(jd_tt(&two[0]["start"]) < jd_tt(&two[1]["start"]));
            for event in list(&two[0], "events") {
                let at = jd_tt(&event["at"]);
                assert!(jd_tt(&two[0]["start"]) <= at && at < jd_tt(&two[1]["start"]), "{event}");
            }
        }
    }
}

#[test]
fn what_a_calendar_notes_is_what_the_lists_tell() {
    let server = Server::shared();
    let place = "tz=America/New_York&lat=40.7&lon=-74&alt=10";
    let calendar = server.ask(&format!("/v1/moon/calendar?year=2026&month=8&{place}"));
    let days = list(&calendar, "days");
    let noted: Vec<&Value> = days.iter().flat_map(|day| list(day, "events")).collect();
    let types = "ingress,nakshatra_ingress,lunation,void_of_course,apsis,node_crossing,greatest_declination,out_of_bounds,eclipse";
    let events = server.ask(&format!(
        "/v1/events?start=2026-08-01&stop=2026-09-01&tz=America/New_York&bodies=moon&types={types}"
    ));
    let told: Vec<&Value> = list(&events, "events").iter().collect();
    // Whose aspects count is said by the bodies there, and by nobody here.
    let is_void = |event: &&&Value| event["type"] == "void_of_course";
    let others = |all: &[&Value]| {
        all.iter().filter(|event| !is_void(event)).map(|event| (*event).clone()).collect::<Vec<_>>()
    };
    assert_eq!(others(&noted), others(&told));
    let voids = server.ask("/v1/moon/void-of-course?start=2026-08-01&stop=2026-09-01&tz=America/New_York");
    let begins = |all: &[&Value], at: &str| all.iter().map(|it| it[at].clone()).collect::<Vec<_>>();
    let of_calendar: Vec<&Value> = noted.iter().filter(is_void).copied().collect();
    let periods: Vec<&Value> = list(&voids, "periods").iter().collect();
    assert_eq!(begins(&of_calendar, "at"), begins(&periods, "begin"));
    assert!(periods.len() > 9);
    // Two eclipses fall into this month.
    assert_eq!(noted.iter().filter(|event| event["type"] == "eclipse").count(), 2);

    for day in days.iter().step_by(5) {
        let date = day["date"].as_str().unwrap();
        let reply = server.ask(&format!("/v1/rise-set?date={date}&{place}&bodies=moon&events=rise,set"));
        for name in ["rise", "set"] {
            let events = list(&reply["days"][0]["bodies"][0], "events");
            let times: Vec<_> = events
                .iter()
                .filter(|event| event["type"] == name)
                .map(|event| event["at"].clone())
                .collect();
            assert_eq!(list(day, name), times, "{date}");
        }
    }
}

#[test]
fn a_month_is_the_same_in_a_list_and_in_the_calendar() {
    let server = Server::shared();
    // The clock was put forward over the first midnight, and back to it.
    for query in ["year=1985&month=4&tz=Asia/Amman", "year=2015&month=11&tz=America/Havana"] {
        let calendar = server.ask(&format!("/v1/moon/calendar?{query}"));
        let days = list(&calendar, "days");
        assert_eq!(days.len(), 30, "{query}");
        let noted = days.iter().flat_map(|day| list(day, "events"));
        let noted: Vec<_> =
            noted.filter(|event| event["type"] == "lunation").map(|event| &event["at"]).collect();
        let phases = server.ask(&format!("/v1/moon/phases?{query}"));
        let phases: Vec<_> = list(&phases, "phases").iter().map(|phase| &phase["at"]).collect();
        assert!(phases.len() >= 4 && phases == noted, "{query}: {phases:?} {noted:?}");
    }
    let first = server.ask("/v1/moon/calendar?year=1985&month=4&tz=Asia/Amman");
    assert_eq!(list(&first, "days")[0]["start"]["local"], "1985-04-01T01:00:00.000+03:00");
}

#[test]
fn nakshatras_are_counted_in_the_zodiac_that_is_told() {
    let server = Server::shared();
    let month = "/v1/moon/calendar?year=2026&month=3";
    let days = |query: &str| {
        let reply = server.ask(&format!("{month}{query}"));
        let of = |day: &Value| day["nakshatra"].clone();
        let counted_in = reply["query"]["nakshatra_ayanamsa"].as_str().unwrap().to_owned();
        (counted_in, list(&reply, "days").iter().map(of).collect::<Vec<_>>())
    };
    let (usual, lahiri) = days("");
    assert_eq!(usual, "lahiri");
    let (named, raman) = days("&nakshatra_ayanamsa=raman");
    assert_eq!(named, "raman");
    assert_ne!(lahiri, raman);
    // That of a sidereal zodiac, unless another is named.
    assert_eq!(days("&zodiac=sidereal&ayanamsa=raman"), (named, raman));
    assert_eq!(days("&zodiac=sidereal&ayanamsa=raman&nakshatra_ayanamsa=lahiri"), (usual, lahiri));

    let ingresses = |query: &str| {
        let target = "/v1/events?start=2026-03-01&stop=2026-04-01&types=nakshatra_ingress&bodies=moon";
        let reply = server.ask(&format!("{target}{query}"));
        (reply["query"]["nakshatra_ayanamsa"].clone(), list(&reply, "events").to_vec())
    };
    let (usual, lahiri) = ingresses("");
    assert_eq!(usual, "lahiri");
    let (_, raman) = ingresses("&nakshatra_ayanamsa=raman");
    // A degree and a half lie between the two: three hours of the Moon's.
    let apart = jd_tt(&lahiri[3]["at"]) - jd_tt(&raman[3]["at"]);
    assert!((0.08..0.16).contains(&apart.abs()), "{apart}");
    assert_eq!(server.ask("/v1/events?types=ingress&count=1")["query"].get("nakshatra_ayanamsa"), None);
}
