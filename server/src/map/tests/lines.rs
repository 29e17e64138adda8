//! Maps of the lines of bodies, told and drawn.

use std::collections::BTreeMap;

use geojson::{Feature, FeatureCollection, GeometryValue, JsonValue};
use orrery_almanac::astrocartography::{Place, by_distance, crossings, lines};
use orrery_almanac::frames::Equatorial;
use orrery_almanac::{Horizon, Varying};

use super::super::{Heading, Map, Marked};
use super::drawn::coordinates;
use super::sky::{self, Moment};
use super::told::{assert_line, assert_positions, read};
use crate::answer::events::words;
use crate::svg::{Theme, assert_well_formed};

/// The largest document that there may be, bytes.
const MOST: usize = 120 * 1024;

fn names() -> Vec<String> {
    sky::BODIES.map(|(name, _)| name.to_owned()).into()
}

/// A map of a moment, with two places.
fn map(moment: &Moment) -> Map {
    let of = lines(&moment.places, moment.sidereal_deg);
    let marked = [("Zürich", 8.55, 47.37), ("Suva <&>", 178.44, -18.14)].map(
        |(label, longitude_deg, latitude_deg)| {
            let place = Place { longitude_deg, latitude_deg };
            Marked { label: label.to_owned(), place, nearest: by_distance(&of, place) }
        },
    );
    Map::of_lines(names(), &of, &crossings(&of), marked.into())
}

fn text<'a>(feature: &'a Feature, name: &str) -> &'a str {
    feature.property(name).and_then(JsonValue::as_str).unwrap_or_else(|| panic!("{name}: {feature:?}"))
}

fn texts(feature: &Feature, name: &str) -> Vec<String> {
    let values = feature.property(name).and_then(JsonValue::as_array);
    let values = values.unwrap_or_else(|| panic!("{name}: {feature:?}"));
    values.iter().map(|value| value.as_str().expect("a text").to_owned()).collect()
}

/// How far a body is from an angle at a place, degrees.
fn off(moment: &Moment, body: &str, angle: &str, position: &[f64]) -> f64 {
    let nth = names().iter().position(|name| name == body).expect("a body");
    let place: &Equatorial = &moment.places[nth];
    let &[longitude, latitude] = position else { panic!("{position:?}") };
    let horizon = Horizon::new(latitude, longitude, Varying::constant(moment.sidereal_deg));
    let [_, east, up] = horizon.direction(place).at();
    let beside = match angle {
        // At a pole, where all meridians meet, the body is on each of them.
        "mc" | "ic" if latitude.abs() == 90.0 => 0.0,
        "mc" | "ic" => east,
        "ascendant" if east > -1e-6 => up,
        "descendant" if east < 1e-6 => up,
        other => panic!("{body} {other} at {position:?}: it is on the other side"),
    };
    beside.asin().to_degrees().abs()
}

fn point(feature: &Feature) -> &[f64] {
    match &feature.geometry.as_ref().expect("a geometry").value {
        GeometryValue::Point { coordinates } => {
            assert_positions(std::slice::from_ref(coordinates), "point");
            coordinates.as_slice()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn features_are_where_bodies_are_on_angles() {
    let mut cut = 0;
    for moment in sky::moments() {
        let collection: FeatureCollection = read(&map(moment));
        let mut counts = BTreeMap::new();
        for feature in &collection.features {
            *counts.entry(text(feature, "name").to_owned()).or_insert(0) += 1;
            assert!(feature.property("at").is_none() && feature.property("begin").is_none());
            match text(feature, "name") {
                "line" => {
                    let (body, angle) = (text(feature, "body"), text(feature, "angle"));
                    let pieces = match &feature.geometry.as_ref().expect("a geometry").value {
                        GeometryValue::LineString { coordinates } => vec![coordinates.clone()],
                        GeometryValue::MultiLineString { coordinates } => coordinates.clone(),
                        other => panic!("{other:?}"),
                    };
                    cut += usize::from(pieces.len() > 1);
                    for piece in &pieces {
                        assert_line(piece, angle);
                        for position in piece {
                            // Where it is cut it is on the straight line between two of its places.
                            let most = if position[0].abs() == 180.0 { 0.021 } else { 2e-5 };
                            let off = off(moment, body, angle, position.as_slice());
                            assert!(off < most, "{body} {angle} {position:?} {off}");
                        }
                    }
                }
                "crossing" => {
                    let (bodies, angles) = (texts(feature, "bodies"), texts(feature, "angles"));
                    for (body, angle) in bodies.iter().zip(&angles) {
                        assert!(off(moment, body, angle, point(feature)) < 2e-5);
                    }
                    assert!(bodies.len() == 2 && bodies[0] != bodies[1]);
                }
                "zenith" => {
                    assert!(off(moment, text(feature, "body"), "mc", point(feature)) < 2e-5);
                }
                "place" => {
                    let nearest = feature.property("lines").and_then(JsonValue::as_array).expect("lines");
                    let far = |entry: &JsonValue| entry["distance_km"].as_f64().expect("a distance");
                    assert!(nearest.len() == 40 && nearest.is_sorted_by_key(far));
                    for entry in nearest {
                        let at: Vec<f64> = serde_json::from_value(entry["nearest"].clone()).unwrap();
                        let [body, angle] =
                            ["body", "angle"].map(|name| entry[name].as_str().expect("a name"));
                        assert!(off(moment, body, angle, &at) < 2e-5, "{entry}");
                    }
                    assert!(["Zürich", "Suva <&>"].contains(&text(feature, "label")));
                    point(feature);
                }
                other => panic!("{other}"),
            }
        }
        let expected = [("crossing", 6 * 45), ("line", 40), ("place", 2), ("zenith", 10)];
        assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
    }
    assert!(cut > 20, "{cut}");
}

fn heading() -> Heading {
    Heading {
        title: "Lines <of> bodies".into(),
        lines: vec!["1 January 2000, 12:00 UTC".into()],
        ..Heading::default()
    }
}

#[test]
fn drawings_of_lines_are_whole_and_small() {
    for moment in sky::moments() {
        let drawing = map(moment).svg(&heading(), &mut |_| String::new());
        assert_well_formed(&drawing);
        assert!(drawing.len() < MOST, "{}", drawing.len());
        // Two more of each in both keys.
        assert_eq!(drawing.matches("<path class=\"way\"").count(), 20 + 2 * 11, "{}", moment.jd_ut);
        assert_eq!(drawing.matches("<path class=\"way broken\"").count(), 20 + 2);
        assert_eq!(drawing.matches("<circle class=\"dot\"").count(), 10);
        assert_eq!(drawing.matches("<circle class=\"mark\"").count(), 2);
        for coordinate in coordinates(&drawing) {
            assert!((-1e-9..=900.0).contains(&coordinate), "{coordinate}");
        }
        for name in ["Sun", "Moon", "Pluto"] {
            assert_eq!(drawing.matches(&format!(" {name}</text>")).count(), 2, "{name}");
        }
        assert!(drawing.contains(">Zürich</text>") && drawing.contains("Suva &lt;&amp;&gt;: "));
        // Above and below the chart, in both sizes, and most curves.
        for code in ["Su", "Mo", "Me", "Ve", "Ma", "Ju", "Sa", "Ur", "Ne", "Pl"] {
            let named = drawing.matches(&format!("\"middle\">{code}</text>")).count();
            assert!(named >= 4 + 2 * 3, "{code} {named} {}", moment.jd_ut);
        }
    }
}

/// Who cannot see the map hears where bodies culminate, and what is near the places.
#[test]
fn drawings_of_lines_are_told() {
    let moment = &sky::moments()[0];
    let map = map(moment);
    let drawing = map.svg(&heading(), &mut |_| String::new());
    let told =
        drawing.split("<desc ").nth(1).and_then(|rest| rest.split("</desc>").next()).expect("a description");
    let collection: FeatureCollection = read(&map);
    let mut held = 0;
    for feature in &collection.features {
        match text(feature, "name") {
            "zenith" => {
                let minutes = (point(feature)[0].abs() * 60.0).round() as u32;
                let side = if point(feature)[0] < 0.0 { "W" } else { "E" };
                let at = format!("{}°{:02}′{side}", minutes / 60, minutes % 60);
                let body = words(text(feature, "body"));
                assert!(told.contains(&format!("{body} {at}")), "{body} {at}: {told}");
                held += 1;
            }
            "place" => {
                let first = &feature.property("lines").and_then(JsonValue::as_array).expect("lines")[0];
                let far = first["distance_km"].as_f64().expect("a distance").round();
                let body = words(first["body"].as_str().expect("a body"));
                let label =
                    text(feature, "label").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let begin = format!("{label}: {body}\u{a0}");
                assert!(
                    told.contains(&begin) && told.contains(&format!("\u{a0}{far}\u{a0}km")),
                    "{begin}{far}: {told}"
                );
                held += 1;
            }
            _ => {}
        }
    }
    assert_eq!(held, 10 + 2);
}

#[test]
fn themes_are_the_callers() {
    let moment = &sky::moments()[0];
    let drawn = |theme| map(moment).svg(&Heading { theme, ..heading() }, &mut |_| String::new());
    for theme in Theme::ALL {
        let drawing = drawn(theme);
        assert_well_formed(&drawing);
        assert!(drawing.contains(&format!(" class=\"orrery-map {}\"", theme.name())));
        assert_eq!(drawing.contains("prefers-color-scheme"), theme == Theme::Auto);
        // Nothing in it touches what else stands in a page.
        let sheet =
            drawing.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a sheet");
        for line in sheet.lines().filter(|line| line.contains('{') && !line.starts_with('@')) {
            let (selectors, _) = line.split_once('{').expect("a rule");
            let is_own =
                |one: &str| one.starts_with(".orrery-map") || one.starts_with(".o") && one.contains("-b");
            assert!(selectors.split(',').all(is_own), "{line}");
        }
        for name in ["paper", "sea", "land", "ink"] {
            assert!(
                sheet.contains(&format!("--{name}:")) && sheet.contains(&format!("var(--{name})")),
                "{name}"
            );
        }
    }
    // A long title is smaller, and within, by the widths of bold letters that wide typefaces have.
    for (letter, wide) in [("W", 1.103), ("日", 1.0), ("O", 0.85), ("n ", 0.712 + 0.348)] {
        let long = Heading { title: letter.repeat(120), ..heading() };
        let drawing = map(moment).svg(&long, &mut |_| String::new());
        let size =
            drawing.split("<text class=\"title\"").nth(1).and_then(|rest| rest.split("font-size=\"").nth(1));
        let size: f64 =
            size.and_then(|rest| rest.split('"').next()).expect("a size").parse().expect("a number");
        assert!(size * wide * 120.0 <= 701.0, "{letter} {size}");
    }
}

/// Names that there is no room for are left to the key, so that none is over another.
#[test]
fn names_at_the_edge_are_apart_however_many_there_are() {
    let bodies: Vec<Equatorial> = (0..24)
        .map(|nth| Equatorial {
            right_ascension_deg: f64::from(nth * 53 % 360),
            declination_deg: 0.5 * f64::from(nth),
            ..Equatorial::default()
        })
        .collect();
    let of = lines(&bodies, 10.0);
    let names: Vec<String> = (0..24).map(|nth| format!("{}{nth}", ["ma", "MA"][nth % 2])).collect();
    let drawing = Map::of_lines(names, &of, &[], Vec::new()).svg(&heading(), &mut |_| String::new());
    assert_well_formed(&drawing);
    let (wide, narrow) = drawing.split_once("<g class=\"narrow\">").expect("two sizes");
    for (part, size) in [(wide, 12.0), (narrow, 20.0)] {
        for edge in ["68", "428"] {
            // Of each lead the end is where the name stands.
            let leads = part.split("<path class=\"lead\" d=\"").skip(1).filter_map(|rest| {
                let data = rest.split('"').next()?;
                let numbers: Vec<&str> =
                    data.split(['M', 'L', ' ']).filter(|number| !number.is_empty()).collect();
                (numbers[1] == edge).then(|| numbers[4].parse::<f64>().expect("a number"))
            });
            let mut at: Vec<f64> = leads.collect();
            at.sort_by(f64::total_cmp);
            let least = at.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
            assert!(at.len() >= 10 && least >= size * 1.3, "{size} {edge}: {} {least}", at.len());
        }
    }
}

/// What callers hand in that is odd is drawn all the same.
#[test]
fn nothing_and_too_much_are_drawn() {
    let empty = Map::of_lines(Vec::new(), &[], &[], Vec::new());
    assert_well_formed(&empty.svg(&heading(), &mut |_| String::new()));
    assert!(read(&empty).features.is_empty());
    let many: Vec<Equatorial> = (0..120_u32)
        .map(|nth| Equatorial {
            right_ascension_deg: f64::from(nth * 37 % 360),
            declination_deg: f64::from(nth % 181) - 90.0,
            ..Equatorial::default()
        })
        .chain([Equatorial { right_ascension_deg: f64::NAN, ..Equatorial::default() }])
        .collect();
    let of = lines(&many, 10.0);
    let names: Vec<String> = (0..121).map(|nth| format!("body {}", nth % 7)).collect();
    let map = Map::of_lines(names, &of, &crossings(&of), Vec::new());
    assert_well_formed(&map.svg(&heading(), &mut |_| String::new()));
}
