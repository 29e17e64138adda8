//! Where an eclipse is seen, beside what places there see of it.

use orrery_tests::programs::Server;
use orrery_tests::published::instant;
use orrery_tests::tables;
use serde_json::Value;

use crate::{SECOND, jd_tt, list, number};

fn features<'m>(map: &'m Value, name: &str) -> Vec<&'m Value> {
    list(map, "features").iter().filter(|feature| feature["properties"]["name"] == name).collect()
}

fn position(value: &Value) -> [f64; 2] {
    [number(&value[0]), number(&value[1])]
}

/// All positions of a geometry.
fn positions(coordinates: &Value, into: &mut Vec<[f64; 2]>) {
    match coordinates[0] {
        Value::Number(_) => into.push(position(coordinates)),
        _ => coordinates.as_array().unwrap().iter().for_each(|part| positions(part, into)),
    }
}

#[test]
fn on_the_central_line_an_eclipse_is_central_when_the_map_says() {
    let server = Server::shared();
    let dataset = tables::shared();
    // Total, hybrid, annular over the pole, annular; one that is told live.
    let later = server.ask("/v1/eclipses?kind=solar&after=2500-01-01&count=9");
    let later = list(&later, "eclipses").iter().find(|eclipse| eclipse["type"] == "annular").unwrap();
    let mut compared = 0;
    for id in [
        "solar-2026-08-12",
        "solar-2023-04-20",
        "solar-2021-06-10",
        "solar-2028-01-26",
        later["id"].as_str().unwrap(),
    ] {
        let map = server.ask(&format!("/v1/eclipses/{id}/path?step=20"));
        let points = features(&map, "central_point");
        assert!(points.len() >= 3, "{id}");
        for point in points.into_iter().chain(features(&map, "greatest_eclipse")) {
            let [lon, lat] = position(&point["geometry"]["coordinates"]);
            let local = server.ask(&format!("/v1/eclipses/{id}/local?lat={lat}&lon={lon}"));
            let (local, told) = (&local["local"], &point["properties"]);
            assert_eq!(local["type"], told["type"], "{id}: {told}");
            let maximum = &local["contacts"]["maximum"];
            // The tables' ΔT dates what they tell.
            if id < "solar-2400" {
                let at = instant(&dataset, told["at"].as_str().unwrap_or_default());
                assert!((jd_tt(&maximum["at"]) - at.tt.jd()).abs() < 0.1 * SECOND, "{id}: {told} {maximum}");
            }
            let duration = number(&told["duration_s"]) - number(&local["duration_s"]);
            assert!(duration.abs() < 0.2, "{id}: {duration} s, {told}");
            for (map, place, within) in [
                ("sun_altitude", "altitude", 0.02),
                ("sun_azimuth", "azimuth", 0.05),
                ("magnitude", "diameter_ratio", 2e-5),
            ] {
                let apart = number(&told[map]) - number(&maximum[place]);
                assert!(apart.abs() < within, "{id}: {map} is {apart} off: {told}");
            }
            compared += 1;
        }
    }
    println!("{compared} places see what the map says");
    assert!(compared > 30, "{compared}");
}

#[test]
fn on_the_border_the_moon_is_on_the_horizon() {
    let server = Server::shared();
    for id in ["lunar-2025-09-07", "lunar-2027-02-20"] {
        let map = server.ask(&format!("/v1/eclipses/{id}/path"));
        for contact in ["p1", "maximum", "p4"] {
            let [area] = features(&map, &format!("moon_up_at_{contact}"))[..] else {
                panic!("{id} {contact}")
            };
            let mut border = Vec::new();
            positions(&area["geometry"]["coordinates"], &mut border);
            // What was added to cut it lies on the antimeridian.
            let places = border.iter().filter(|[lon, lat]| lon.abs() < 179.99 && lat.abs() < 89.9);
            let mut compared = 0;
            for [lon, lat] in places.step_by(9) {
                let local = server.ask(&format!("/v1/eclipses/{id}/local?lat={lat}&lon={lon}"));
                let phase = &local["local"]["contacts"][contact];
                assert_eq!(phase["at"]["utc"], area["properties"]["at"], "{id} {contact}");
                // The upper limb, through air that lifts by 34′: the centre is 16′ lower, for an Earth that is a sphere.
                let altitude = number(&phase["altitude"]);
                assert!((altitude + 0.83).abs() < 0.25, "{id} {contact} at {lat} {lon}: {altitude}");
                compared += 1;
            }
            assert!(compared > 5, "{id} {contact}");
        }
    }
}

#[test]
fn a_map_is_drawn_for_readers_of_any_kind() {
    let server = Server::shared();
    for (id, title) in [
        ("solar-2027-08-02", "Total eclipse of the Sun, 2 August 2027"),
        ("solar-2025-03-29", "Partial eclipse of the Sun, 29 March 2025"),
        ("lunar-2026-08-28", "Partial eclipse of the Moon, 28 August 2026"),
    ] {
        let svg = server.text(&format!("/v1/eclipses/{id}/path?format=svg&tz=Africa/Cairo"));
        assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{id}");
        assert!(svg.contains(&format!(">{title}</title>")), "{id}: {}", &svg[..400.min(svg.len())]);
        assert!(svg.contains("</desc>") && svg.contains("Saros"), "{id}");
        assert!(svg.len() < 120_000, "{id}: {}", svg.len());
        for foreign in ["<script", "href=\"http", "url(http", "<image", "NaN"] {
            assert!(!svg.contains(foreign), "{id}: {foreign}");
        }
    }
    // The day is that of the clock, as the time is: there is midnight over then.
    let svg = server.text("/v1/eclipses/solar-2027-08-02/path?format=svg&tz=Pacific/Kiritimati");
    assert!(svg.contains(">Total eclipse of the Sun, 3 August 2027</title>"), "{}", &svg[..400]);
    assert!(svg.contains("Greatest at 00:06"), "{svg}");
}
