//! What places see of an eclipse.

use orrery_tests::programs::Server;
use orrery_tests::published::{instant, number as published, rows};
use orrery_tests::tables;
use serde_json::Value;

use crate::{SECOND, jd_tt, list, number};

#[test]
fn contacts_are_those_of_published_circumstances() {
    let Some(rows) = rows("ae_local_solar_eclipse.csv") else { return };
    let server = Server::shared();
    let dataset = tables::shared();
    let mut compared = 0;
    for row in &rows {
        let date = &row[7][..10];
        let reply = server.ask(&format!("/v1/eclipses/solar-{date}/local?lat={}&lon={}", row[0], row[1]));
        let local = &reply["local"];
        let kind = match row[2].as_str() {
            "T" => "total",
            "A" => "annular",
            _ => "partial",
        };
        assert_eq!(local["type"], kind, "{row:?}");
        for (column, name) in [(3, "c1"), (5, "c2"), (7, "maximum"), (9, "c3"), (11, "c4")] {
            let contact = &local["contacts"][name];
            if row[column] == "-" {
                assert!(contact.is_null(), "{row:?}: {contact}");
                continue;
            }
            // Published with ΔT as it was foreseen, which moves all of an eclipse by seconds; altitudes to whole degrees or to tenths.
            let apart_s = (jd_tt(&contact["at"]) - instant(&dataset, &row[column]).tt.jd()) / SECOND;
            assert!(apart_s.abs() < 5.0, "{row:?}: {name} is {apart_s} s away");
            let digits = if row[column + 1].contains('.') { 0.15 } else { 0.6 };
            let apart = number(&contact["altitude"]) - published(row, column + 1);
            assert!(apart.abs() < digits, "{row:?}: {name} is {apart}° higher");
            compared += 1;
        }
    }
    assert_eq!(compared, 22);
}

#[test]
fn where_nothing_is_seen_nothing_is_told() {
    let server = Server::shared();
    // The penumbra does not reach Sydney; in Tokyo the Sun is down.
    let local =
        |place: &str| server.ask(&format!("/v1/eclipses/solar-2026-08-12/local?{place}"))["local"].clone();
    assert_eq!(local("lat=-33.9&lon=151.2"), Value::Null);
    let moon =
        |place: &str| server.ask(&format!("/v1/eclipses/lunar-2025-09-07/local?{place}"))["local"].clone();
    let new_york = moon("lat=40.7&lon=-74");
    assert_eq!((&new_york["visible"], &new_york["type"]), (&Value::Null, &Value::from("total")));
    // In Berlin it rises eclipsed.
    let berlin = moon("lat=52.5&lon=13.4&tz=Europe/Berlin");
    assert_eq!(berlin["visible"]["type"], "total");
    let [rise] = list(&berlin, "rise_set") else { panic!("{berlin}") };
    assert_eq!((&rise["type"], &rise["phase"]), (&Value::from("rise"), &Value::from("total")));
    assert_eq!(rise["at"], berlin["visible"]["begin"]);
    assert!(rise["at"]["local"].as_str().unwrap().ends_with("+02:00"));
}

#[test]
fn the_pole_is_a_place_like_those_around_it() {
    let server = Server::shared();
    // The path of 2015-03-20 ends at the north pole, where the Sun stands on the horizon.
    for id in ["solar-2015-03-20", "solar-2026-08-12", "solar-2021-06-10"] {
        let at = |place: &str| server.ask(&format!("/v1/eclipses/{id}/local?{place}"))["local"].clone();
        let pole = at("lat=90&lon=0");
        let near = at("lat=89.9999&lon=0");
        assert_eq!(pole["type"], near["type"], "{id}");
        for contact in ["c1", "maximum", "c4"] {
            let [pole, near] = [&pole, &near].map(|it| it["contacts"][contact].clone());
            assert!((jd_tt(&pole["at"]) - jd_tt(&near["at"])).abs() < 1e-5, "{id} {contact}");
            for (member, within) in [("magnitude", 1e-4), ("altitude", 1e-3), ("azimuth", 1e-3)] {
                assert!(
                    (number(&pole[member]) - number(&near[member])).abs() < within,
                    "{id} {contact} {member}"
                );
            }
        }
        // Azimuths are counted from the meridian that is named, and all else is the same of each.
        let turned = at("lat=90&lon=90");
        let of = |local: &Value, member: &str| number(&local["contacts"]["maximum"][member]);
        assert!((of(&turned, "altitude") - of(&pole, "altitude")).abs() < 1e-6, "{id}");
        let apart = (of(&turned, "azimuth") - of(&pole, "azimuth")).rem_euclid(360.0);
        assert!((apart - 90.0).abs() < 1e-4, "{id}: {apart}");
    }
}
