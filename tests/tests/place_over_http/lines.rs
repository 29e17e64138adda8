//! Lines, where they cross, and how far they are.

use orrery_tests::measure::angle_between;
use orrery_tests::programs::Server;
use orrery_tests::random::Random;
use serde_json::Value;

use super::{assert_on, items, number, text};

/// Degrees that a place on a line may be off: what rounding coordinates is, and the Earth's shape in a parallax.
const WITHIN_DEG: f64 = 2e-4;

/// The same of the Moon, whose parallax is a degree.
const MOON_WITHIN_DEG: f64 = 0.015;

fn within_deg(body: &str) -> f64 {
    if body == "moon" { MOON_WITHIN_DEG } else { WITHIN_DEG }
}

/// On what a body is that is on an angle.
fn angularity(angle: &Value) -> &'static str {
    match text(angle) {
        "ascendant" => "rising",
        "mc" => "culminating",
        "descendant" => "setting",
        "ic" => "anticulminating",
        other => panic!("{other} is no angle of a line"),
    }
}

fn position(of: &Value) -> [f64; 2] {
    [number(&of[0]), number(&of[1])]
}

/// The features of a name.
fn named<'a>(document: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> {
    items(&document["features"]).iter().filter(move |feature| feature["properties"]["name"] == name)
}

/// The positions of a line, piece after piece.
fn positions(feature: &Value) -> Vec<[f64; 2]> {
    let geometry = &feature["geometry"];
    match text(&geometry["type"]) {
        "LineString" => items(&geometry["coordinates"]).iter().map(position).collect(),
        "MultiLineString" => items(&geometry["coordinates"])
            .iter()
            .flat_map(|piece| items(piece).iter().map(position))
            .collect(),
        other => panic!("{other} is no line"),
    }
}

/// Along the ground of a globe, km.
fn distance_km([a, b]: [[f64; 2]; 2]) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let cosines = a[1].to_radians().cos() * b[1].to_radians().cos();
    2.0 * 6_371.008_8 * (half(a[1], b[1]) + cosines * half(a[0], b[0])).sqrt().min(1.0).asin()
}

#[test]
fn bodies_are_on_the_angles_along_their_lines() {
    let server = Server::shared();
    let mut random = Random::of("places on lines");
    let mut held = 0;
    for jd in [2_451_545.25, 2_461_120.115_277_778, 2_440_422.6] {
        let instant = format!("jd={jd}");
        let document = server.ask(&format!("/v1/astrocartography?{instant}&source=table"));
        assert_eq!(document["provenance"]["source"], "table");
        assert_eq!(named(&document, "line").count(), 40);
        assert_eq!(named(&document, "zenith").count(), 10);
        for line in named(&document, "line") {
            let (body, angle) = (text(&line["properties"]["body"]), angularity(&line["properties"]["angle"]));
            let places = positions(line);
            for _ in 0..3 {
                let place = match angle {
                    "culminating" | "anticulminating" => [places[0][0], random.between(-85.0, 85.0)],
                    _ => *random.pick(&places),
                };
                // Where it is cut it is on a straight line between two places.
                if place[0].abs() == 180.0 {
                    continue;
                }
                assert_on(&server, (body, angle), &instant, place, within_deg(body));
                held += 1;
            }
        }
        for crossing in named(&document, "crossing").step_by(40) {
            let (of, place) = (&crossing["properties"], position(&crossing["geometry"]["coordinates"]));
            for (body, angle) in items(&of["bodies"]).iter().zip(items(&of["angles"])) {
                let body = text(body);
                assert_on(&server, (body, angularity(angle)), &instant, place, within_deg(body));
            }
        }
        for zenith in named(&document, "zenith").filter(|zenith| zenith["properties"]["body"] != "moon") {
            let body = text(&zenith["properties"]["body"]);
            let place = position(&zenith["geometry"]["coordinates"]);
            let altitude = super::seen(&server, body, &instant, place).altitude_deg;
            assert!(altitude > 89.99, "{body} {place:?} {altitude}");
        }
    }
    assert!(held > 300, "{held}");
}

#[test]
fn the_degrees_of_bodies_are_on_the_angles_of_charts() {
    let server = Server::shared();
    let (instant, mut held) = ("date=2026-03-20T14:46:00Z", 0);
    let document =
        server.ask(&format!("/v1/astrocartography?{instant}&bodies=moon,pluto,venus&projection=in_zodiaco"));
    let mundane = server.ask(&format!("/v1/astrocartography?{instant}&bodies=moon,pluto,venus"));
    for (line, other) in named(&document, "line").zip(named(&mundane, "line")) {
        assert_ne!(line["geometry"], other["geometry"], "{}", line["properties"]);
        let (body, angle) = (text(&line["properties"]["body"]), text(&line["properties"]["angle"]));
        let longitude = number(
            &server.ask(&format!("/v1/positions?bodies={body}&{instant}"))["positions"][0]["longitude"],
        );
        // Beyond, charts may have the ascendant in the west.
        let places =
            positions(line).into_iter().filter(|place| place[1].abs() < 60.0 && place[0].abs() < 180.0);
        for [lon, lat] in places.step_by(7) {
            let chart = server.ask(&format!("/v1/houses?{instant}&lat={lat}&lon={lon}&house_system=W"));
            let found = number(&chart["houses"][angle]);
            assert!(
                angle_between(found, longitude).abs() < 1e-3,
                "{body} {angle} {lat} {lon}: {found} {longitude}"
            );
            held += 1;
        }
    }
    assert!(held > 24, "{held}");
}

#[test]
fn distances_are_those_to_the_nearest_places_of_lines() {
    let server = Server::shared();
    for (lat, lon) in [(47.37, 8.55), (-18.14, 178.44), (89.5, 0.0)] {
        let query = format!("date=2026-03-20T14:46:00Z&lat={lat}&lon={lon}");
        let document = server.ask(&format!("/v1/astrocartography?{query}"));
        let place = named(&document, "place").next().unwrap();
        assert_eq!(position(&place["geometry"]["coordinates"]), [lon, lat]);
        let told = items(&place["properties"]["lines"]);
        assert!(told.len() == 40 && told.is_sorted_by_key(|line| number(&line["distance_km"])));
        for line in told {
            let distance = number(&line["distance_km"]);
            let nearest = distance_km([[lon, lat], position(&line["nearest"])]);
            assert!((nearest - distance).abs() < 0.2, "{line} {nearest}");
            let of_line = named(&document, "line").find(|feature| {
                ["body", "angle"].iter().all(|name| feature["properties"][name] == line[name])
            });
            // Where it is cut it is on a straight line between two places.
            let places = positions(of_line.unwrap()).into_iter().filter(|place| place[0].abs() < 180.0);
            let least = places.map(|place| distance_km([[lon, lat], place])).fold(f64::INFINITY, f64::min);
            assert!(least > distance - 0.2, "{line} {least}");
        }
        for line in told.iter().filter(|line| number(&line["nearest"][1]).abs() < 89.0).step_by(4) {
            let (body, on) = (text(&line["body"]), angularity(&line["angle"]));
            let instant = "date=2026-03-20T14:46:00Z";
            assert_on(&server, (body, on), instant, position(&line["nearest"]), within_deg(body));
        }
        let most = number(&told[9]["distance_km"]);
        let near = server.ask(&format!("/v1/astrocartography?{query}&max_distance={most}"));
        let near = named(&near, "place").next().unwrap()["properties"]["lines"].clone();
        assert!([9, 10].contains(&items(&near).len()), "{near}");
        assert_eq!(items(&near), &told[..items(&near).len()]);
    }
}

#[test]
fn tables_and_the_live_source_draw_the_same_lines() {
    let server = Server::shared();
    let zeniths = |source: &str| {
        let document = server.ask(&format!("/v1/astrocartography?jd=2461120.5&source={source}"));
        assert_eq!(document["provenance"]["source"], source);
        named(&document, "zenith")
            .map(|zenith| position(&zenith["geometry"]["coordinates"]))
            .collect::<Vec<_>>()
    };
    for (table, live) in zeniths("table").into_iter().zip(zeniths("live")) {
        assert!(
            table.iter().zip(live).all(|(table, live)| (table - live).abs() < 2.1e-5),
            "{table:?} {live:?}"
        );
    }
}

#[test]
fn maps_are_drawn_for_who_asks_for_them() {
    let server = Server::shared();
    let target = "/v1/astrocartography?date=2026-03-20T23:46:00&tz=Asia/Tokyo&lat=52.52&lon=-13.4";
    for (accept, kind) in [
        ("image/svg+xml", "image/svg+xml"),
        ("application/json", "application/geo+json"),
        ("application/geo+json", "application/geo+json"),
        ("*/*", "application/geo+json"),
    ] {
        let reply = server.client().send("GET", target, &[("accept", accept)]);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)), "{accept}");
    }
    let svg = server.text(&format!("{target}&format=svg"));
    assert!(svg.contains(">Lines of bodies on the angles, 20 March 2026</title>"), "{}", &svg[..600]);
    assert!(svg.contains("At 23:46:00 UTC+09:00") && svg.contains("52°31′N 13°24′W"));
    assert!(svg.ends_with("</svg>\n") || svg.ends_with("</svg>"));
    for foreign in ["<script", "href=\"http", "url(http", "<image", "NaN"] {
        assert!(!svg.contains(foreign), "{foreign}");
    }
    // However many there are, it stays a picture.
    let all = server.text("/v1/astrocartography?date=2026-03-20&bodies=all&format=svg");
    assert!(all.len() < 600_000, "{}", all.len());
}
