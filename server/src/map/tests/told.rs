//! Maps as `GeoJSON`, read again.

use std::collections::BTreeSet;

use geojson::{FeatureCollection, Geometry, GeometryValue, JsonObject, JsonValue, Position};
use orrery_format::TtDay;

use super::super::cut::{area, doubled_area, line};
use super::super::ring::polygon;
use super::super::{Beat, DAY_S, Map, Shape, When};
use super::sky;
use crate::map::place::Place;

fn dated(tt: TtDay) -> String {
    format!("{:.6}", tt.jd())
}

fn maps() -> impl Iterator<Item = Map> {
    let solar = sky::odd().map(|eclipse| Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(600)));
    let lunar = sky::lunar().iter().step_by(5);
    solar.chain(lunar.map(|(eclipse, seen)| Map::of_lunar(eclipse, sky::DELTA_T_S, seen)))
}

pub(super) fn read(map: &Map) -> FeatureCollection {
    map.geojson(JsonObject::new(), &mut dated).parse().unwrap()
}

pub(super) fn assert_positions(positions: &[Position], what: &str) {
    for position in positions {
        let &[longitude, latitude] = position.as_slice() else { panic!("{what} {position:?}") };
        assert!(longitude.abs() <= 180.0 && latitude.abs() <= 90.0, "{what} {position:?}");
        for value in [longitude, latitude] {
            assert!(((value * 1e5).round() / 1e5 - value).abs() < 1e-9, "{what} {position:?}");
        }
    }
    for pair in positions.windows(2) {
        assert_ne!(pair[0], pair[1], "{what}");
        assert!((pair[1][0] - pair[0][0]).abs() < 180.0, "{what} {pair:?}");
    }
}

pub(super) fn assert_line(positions: &[Position], what: &str) {
    assert!(positions.len() >= 2, "{what}");
    assert_positions(positions, what);
}

fn assert_polygon(rings: &[Vec<Position>], what: &str) {
    assert_eq!(rings.len(), 1, "{what}");
    for ring in rings {
        assert!(ring.len() >= 4 && ring.first() == ring.last(), "{what}");
        assert_positions(ring, what);
        let places: Vec<Place> = ring
            .iter()
            .map(|position| Place { longitude_deg: position[0], latitude_deg: position[1] })
            .collect();
        assert!(doubled_area(&places) > 0.0, "{what}");
    }
}

/// RFC 7946, 3.1.
#[test]
fn geometries_are_sound_and_within_the_earth() {
    let mut names = BTreeSet::new();
    let mut cut = 0;
    for map in maps() {
        for feature in read(&map).features {
            let name = feature.property("name").and_then(JsonValue::as_str).expect("a name").to_owned();
            let has = |member: &str| feature.property(member).is_some_and(JsonValue::is_string);
            match feature.geometry.clone().expect("a geometry").value {
                GeometryValue::Point { coordinates } => assert_positions(&[coordinates], &name),
                GeometryValue::LineString { coordinates } => assert_line(&coordinates, &name),
                GeometryValue::MultiLineString { coordinates } => {
                    assert!(coordinates.len() > 1);
                    for line in &coordinates {
                        assert_line(line, &name);
                    }
                    cut += 1;
                }
                GeometryValue::Polygon { coordinates } => assert_polygon(&coordinates, &name),
                GeometryValue::MultiPolygon { coordinates } => {
                    assert!(coordinates.len() > 1);
                    for polygon in &coordinates {
                        assert_polygon(polygon, &name);
                    }
                    cut += 1;
                }
                other => panic!("{name} {other:?}"),
            }
            assert!(has("at") != (has("begin") && has("end")), "{name}");
            names.insert(name);
        }
    }
    assert!(cut > 200, "{cut}");
    let expected = [
        "begins_at_sunrise",
        "begins_at_sunset",
        "central_line",
        "central_point",
        "ends_at_sunrise",
        "ends_at_sunset",
        "greatest_eclipse",
        "maximum_at_sunrise",
        "maximum_at_sunset",
        "moon_up_at_maximum",
        "moon_up_at_p1",
        "moon_up_at_p4",
        "moon_up_at_u1",
        "moon_up_at_u2",
        "moon_up_at_u3",
        "moon_up_at_u4",
        "northern_penumbral_limit",
        "northern_umbral_limit",
        "penumbral_outline",
        "southern_penumbral_limit",
        "southern_umbral_limit",
        "sublunar_point",
        "umbral_outline",
        "umbral_path",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
}

/// What is cut is as long and as large as it was.
#[test]
fn pieces_make_the_whole() {
    let length = |pieces: &[Vec<Place>]| -> f64 {
        let step = |pair: &[Place]| {
            let east = pair[1].longitude_deg - pair[0].longitude_deg;
            east.hypot(pair[1].latitude_deg - pair[0].latitude_deg)
        };
        pieces.iter().flat_map(|piece| piece.windows(2)).map(step).sum()
    };
    for map in maps() {
        for feature in &map.features {
            match &feature.shape {
                Shape::Line(places) => {
                    let [pieces, whole] = [length(&line(places)), length(std::slice::from_ref(places))];
                    assert!((pieces - whole).abs() < 1e-9 * (1.0 + whole), "{pieces} {whole} {feature:?}");
                }
                Shape::Area(ring) => {
                    let mut whole = polygon(ring).expect("a polygon");
                    whole.push(whole[0]);
                    let whole = doubled_area(&whole);
                    let pieces: f64 = area(ring).iter().map(|piece| doubled_area(piece)).sum();
                    assert!((pieces - whole).abs() < 1e-6 * (1.0 + whole), "{pieces} {whole} {feature:?}");
                }
                Shape::Point(_) => {}
            }
        }
    }
}

/// Every instant is told once for each feature at it, by the caller's words, and foreign members are the caller's.
#[test]
fn the_caller_tells_instants_and_what_it_is_about() {
    let eclipse = sky::solar().iter().find(|eclipse| eclipse.path_width_km > 0.0).expect("a central one");
    let map = Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(600));
    let mut about = JsonObject::new();
    about.insert("eclipse".into(), "solar-1890-06-17".into());
    let mut told = Vec::new();
    let text = map.geojson(about, &mut |tt| {
        told.push(tt);
        format!("instant {}", told.len())
    });
    let collection: FeatureCollection = text.parse().unwrap();
    assert_eq!(collection.foreign_members.unwrap()["eclipse"], "solar-1890-06-17");
    assert!(!text.contains("bbox"));
    let is_central = |feature: &&geojson::Feature| feature.property("name").unwrap() == "central_point";
    let central: Vec<_> = collection.features.iter().filter(is_central).collect();
    assert!(central.len() > 10);
    for point in central {
        let at = point.property("at").unwrap().as_str().unwrap();
        let nth: usize = at.strip_prefix("instant ").unwrap().parse().unwrap();
        let seconds = (told[nth - 1].jd() + 0.5).fract() * 86_400.0;
        assert!((seconds / 600.0 - (seconds / 600.0).round()).abs() < 1e-6, "{seconds}");
        let number = |name: &str| point.property(name).unwrap().as_f64().unwrap();
        assert!((0.0..=90.0).contains(&number("sun_altitude")));
        assert!((0.0..=360.0).contains(&number("sun_azimuth")));
        assert!((number("magnitude") - eclipse.magnitude).abs() < 0.03);
        assert!(number("duration_s") > 0.0 && number("duration_s") <= eclipse.central_duration_s + 60.0);
        assert_eq!(point.property("type").unwrap(), "annular");
    }
    let greatest =
        collection.features.iter().find(|feature| feature.property("name").unwrap() == "greatest_eclipse");
    let Some(Geometry { value: GeometryValue::Point { coordinates }, .. }) = &greatest.unwrap().geometry
    else {
        panic!("{greatest:?}")
    };
    assert!((coordinates[1] - eclipse.latitude_deg).abs() < 1e-5);
}

/// However short the step that is asked for.
#[test]
fn there_are_a_few_hundred_instants_at_most() {
    let eclipse = &sky::solar()[3];
    for step_s in [0, 1, 60, u32::MAX] {
        let map = Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(step_s));
        let outlines = map.features.iter().filter(|feature| feature.what.name() == "penumbral_outline");
        let count = outlines.count();
        assert!(count <= 401 && (count > 150) == (step_s <= 60), "{step_s} {count}");
    }
}

/// As people's clocks have it, whatever TT is ahead of them; over midnight too, by steps that no day is a multiple of.
#[test]
fn instants_are_round_by_the_clock() {
    let eclipse = &sky::solar()[3];
    let origin = TtDay((eclipse.greatest_jd_tt - 0.02).floor() + 69.184 / DAY_S);
    let beat = Beat { step_s: 420, origin };
    let map = Map::of_solar(eclipse, sky::DELTA_T_S, beat);
    let outlines = map.features.iter().filter(|feature| feature.what.name() == "penumbral_outline");
    let mut count = 0;
    for feature in outlines {
        let When::At(tt) = feature.when else { panic!("{feature:?}") };
        let steps = (tt.jd() - origin.jd()) * DAY_S / 420.0;
        assert!((steps - steps.round()).abs() < 1e-6, "{steps}");
        assert!(beat.is_multiple(tt, 420.0), "{steps}");
        count += 1;
    }
    assert!(count > 7, "{count}");
}
