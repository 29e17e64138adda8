//! What is made of two charts: composites, Davison's, how they go together.

use std::collections::BTreeMap;

use orrery_tests::published;
use serde_json::{Value, json};

use crate::{Charts, apart, cast_of, kerykeion, moshier_deg, number, with};

/// Two births.
fn beatles() -> Value {
    json!({
        "first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98},
        "second": {"date": "1942-06-18T15:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98},
    })
}

#[test]
fn composites_are_kerykeions() {
    let (Some(published), Some(composites)) =
        (kerykeion(), published::json("kerykeion_composite_midpoint.json"))
    else {
        return;
    };
    let by_id: BTreeMap<&str, &Value> =
        published.iter().map(|chart| (chart["id"].as_str().unwrap(), chart)).collect();
    let charts = Charts::open();
    for composite in composites.as_array().unwrap() {
        let id = composite["id"].as_str().unwrap();
        // Whose other half is Galileo's is of 1564.
        let jd = number(&by_id[composite["second"].as_str().unwrap()]["jd_ut"]);
        let mut body = json!({});
        for side in ["first", "second"] {
            body[side] = cast_of(by_id[composite[side].as_str().unwrap()]);
            body[side]["bodies"] = json!(["luminaries", "planets", "true_node"]);
        }
        let found = charts.post("/v1/composite", &body);
        for (planet, published) in composite["planets"].as_object().unwrap() {
            let off = apart(&with(&found["positions"], "body", planet)["longitude"], number(published));
            assert!(off < moshier_deg(planet, jd), "{id}, {planet}: {off}");
        }
        for (cusp, published) in
            found["houses"]["cusps"].as_array().unwrap().iter().zip(composite["houses"].as_array().unwrap())
        {
            assert!(apart(cusp, number(published)) < 2e-5, "{id}: {cusp}, not {published}");
        }
        for (ours, theirs) in [("ascendant", "ascendant"), ("mc", "medium_coeli")] {
            assert!(
                apart(&found["houses"][ours], number(&composite["angles"][theirs])) < 2e-5,
                "{id}, {ours}"
            );
        }
    }
}

#[test]
fn houses_of_a_composite_are_midpoints_or_of_a_latitude() {
    let charts = Charts::open();
    let mut body = beatles();
    let plain = charts.post("/v1/composite", &body);
    body["meridian"] = "above".into();
    let above = charts.post("/v1/composite", &body);
    // Of these two the midheaven comes to lie below the horizon.
    let mc = |found: &Value| number(&found["houses"]["mc"]);
    assert!(apart(&plain["houses"]["mc"], mc(&above) + 180.0) < 1e-8);
    assert_eq!(above["query"]["meridian"], "above");
    let mut body = beatles();
    body["reference_lat"] = 53.4.into();
    let derived = charts.post("/v1/composite", &body);
    assert_eq!(derived["query"]["reference_lat"], 53.4);
    assert_eq!(derived["positions"][0]["longitude"], plain["positions"][0]["longitude"]);
    // The midheaven is the midpoint itself, and the ascendant what rises with it there.
    assert!(apart(&derived["houses"]["mc"], mc(&plain)) < 1e-6, "{derived}");
    assert!(apart(&derived["houses"]["ascendant"], number(&plain["houses"]["ascendant"])) > 1.0);
    // One without a place, one with another set of bodies.
    body = beatles();
    body["first"] = json!({"date": "1940-10-09", "tz": "Europe/London", "time_known": false, "bodies": ["moon", "sun", "ceres"]});
    let found = charts.post("/v1/composite", &body);
    assert!(found.get("houses").is_none());
    let bodies: Vec<_> = found["positions"].as_array().unwrap().iter().map(|it| &it["body"]).collect();
    assert_eq!(bodies, ["moon", "sun"]);
}

#[test]
fn who_answered_is_told_of_both_charts() {
    let charts = Charts::open();
    let named = |first: &str, second: &str| {
        let one =
            |date: &str| json!({"date": date, "allow_moshier": true, "source": "live", "bodies": ["sun"]});
        let found = charts.post("/v1/synastry", &json!({"first": one(first), "second": one(second)}));
        let names = found["provenance"]["ephemeris"].as_str().unwrap().to_owned();
        ["Moshier", ", DE"].map(|name| names.contains(name))
    };
    let [ancient, other, recent] = ["0500-01-01T12:00Z", "0600-01-01T12:00Z", "2500-01-01T12:00Z"];
    assert_eq!(named(ancient, other), [true, false]);
    assert_eq!(named(recent, recent), [false, true]);
    for (first, second) in [(ancient, recent), (recent, ancient)] {
        assert_eq!(named(first, second), [true, true], "{first}, {second}");
    }
}

/// The two births, with the first at another latitude, both in a house system with a fallback.
fn polar(lat: f64, system: &str, fallback: &str) -> Value {
    let mut body = beatles();
    body["first"]["lat"] = lat.into();
    for side in ["first", "second"] {
        body[side]["house_system"] = system.into();
        body[side]["fallback"] = fallback.into();
    }
    body
}

#[test]
fn where_one_chart_falls_back_the_composite_does() {
    let charts = Charts::open();
    let found = charts.post("/v1/composite", &polar(70.0, "placidus", "porphyry"));
    assert_eq!(found["first"]["houses"]["system"], "porphyry");
    assert_eq!(found["second"]["houses"]["system"], "placidus");
    let mut plain = polar(70.0, "porphyry", "porphyry");
    let wanted = charts.post("/v1/composite", &plain);
    assert_eq!(found["houses"], wanted["houses"]);
    assert_eq!(found["houses"]["system"], "porphyry");
    for (one, other) in
        found["positions"].as_array().unwrap().iter().zip(wanted["positions"].as_array().unwrap())
    {
        assert_eq!(one["house"], other["house"], "{one}");
    }
    // Whichever of them it is.
    let mut turned = polar(70.0, "placidus", "porphyry");
    let first = turned["first"].take();
    turned["first"] = turned["second"].take();
    turned["second"] = first;
    let turned = charts.post("/v1/composite", &turned);
    assert!(apart(&turned["houses"]["ascendant"], number(&found["houses"]["ascendant"])) < 1e-8);
    assert_eq!(turned["houses"]["system"], "porphyry");
    // Where the latitude of reference is beyond the polar circle, too.
    let mut body = polar(53.4, "placidus", "porphyry");
    body["reference_lat"] = 70.into();
    let found = charts.post("/v1/composite", &body);
    assert_eq!(found["houses"]["system"], "porphyry");
    plain["first"]["lat"] = 53.4.into();
    plain["reference_lat"] = 70.into();
    assert_eq!(found["houses"], charts.post("/v1/composite", &plain)["houses"]);
    // And Davison's, which is over the middle of the globe.
    let mut body = polar(75.0, "placidus", "whole_sign");
    body["second"]["lat"] = 65.into();
    body["method"] = "davison".into();
    let found = charts.post("/v1/composite", &body);
    assert_eq!(found["place"]["lat"], 70.0);
    let target = format!(
        "/v1/chart?jd={}&lat=70&lon={}&house_system=placidus&fallback=whole_sign&perfection=false",
        found["time"]["jd_ut"], found["place"]["lon"]
    );
    let chart = charts.ask(&target);
    assert_eq!(
        (&found["houses"]["system"], &chart["houses"]["system"]),
        (&json!("whole_sign"), &json!("whole_sign"))
    );
    assert!(apart(&found["houses"]["ascendant"], number(&chart["houses"]["ascendant"])) < 1e-5);
}

#[test]
fn a_latitude_of_reference_has_no_sun() {
    let charts = Charts::open();
    for (system, fallback) in [("sunshine", "porphyry"), ("placidus", "sunshine")] {
        let mut body = polar(53.4, system, fallback);
        body["reference_lat"] = 50.into();
        let reply = charts.interface.borrow_mut().post("/v1/composite", &body.to_string());
        let problem = reply.problem(422, "contradiction");
        assert_eq!(problem["parameter"], "reference_lat", "{problem}");
    }
}

#[test]
fn davisons_chart_is_that_of_an_instant_and_a_place() {
    let charts = Charts::open();
    for half_way in ["coordinates", "great_circle"] {
        let mut body = beatles();
        body["second"]["lat"] = 40.0.into();
        body["second"]["lon"] = 139.69.into();
        body["method"] = "davison".into();
        body["half_way"] = half_way.into();
        // The middle of the way over the globe is beyond the polar circle.
        body["first"]["house_system"] = "porphyry".into();
        body["second"]["house_system"] = "porphyry".into();
        let found = charts.post("/v1/composite", &body);
        let jd = |of: &Value| number(&of["time"]["jd_ut"]);
        let middle = f64::midpoint(jd(&found["first"]), jd(&found["second"]));
        assert!((jd(&found) - middle).abs() < 1e-8);
        let place = &found["place"];
        if half_way == "coordinates" {
            assert!((number(&place["lat"]) - 46.7).abs() < 1e-9);
            assert!((number(&place["lon"]) - f64::midpoint(-2.98, 139.69)).abs() < 1e-9);
        } else {
            assert!(number(&place["lat"]) > 60.0, "{place}");
        }
        let target = format!(
            "/v1/chart?jd={}&lat={}&lon={}&house_system=porphyry&perfection=false",
            found["time"]["jd_ut"], place["lat"], place["lon"]
        );
        let chart = charts.ask(&target);
        for (one, other) in
            found["positions"].as_array().unwrap().iter().zip(chart["positions"].as_array().unwrap())
        {
            assert_eq!((&one["body"], &one["house"]), (&other["body"], &other["house"]));
            assert!(apart(&one["longitude"], number(&other["longitude"])) < 1e-6, "{one}, not {other}");
        }
        assert!(apart(&found["houses"]["ascendant"], number(&chart["houses"]["ascendant"])) < 1e-5);
        assert_eq!(found["aspects"].as_array().unwrap().len(), chart["aspects"].as_array().unwrap().len());
    }
}

#[test]
fn the_score_of_two_charts_is_of_its_parts() {
    let charts = Charts::open();
    let body = beatles();
    let found = charts.post("/v1/compatibility", &body);
    let parts = found["parts"].as_array().unwrap();
    let total: u64 = parts.iter().map(|part| part["points"].as_u64().unwrap()).sum();
    assert_eq!(found["score"], total);
    for part in parts.iter().filter(|part| part.get("aspect").is_some()) {
        let place = |side: &str| {
            let name = part[side].as_str().unwrap();
            match name {
                "ascendant" => number(&found[side]["houses"]["ascendant"]),
                body => number(&with(&found[side]["positions"], "body", body)["longitude"]),
            }
        };
        let angle = match part["aspect"].as_str().unwrap() {
            "conjunction" => 0.0,
            "sextile" => 60.0,
            "square" => 90.0,
            "trine" => 120.0,
            _ => 180.0,
        };
        let between = apart(&place("first").into(), place("second"));
        assert!(((between - angle).abs() - number(&part["orb"])).abs() < 1e-8, "{part}");
    }
    let turned = charts.post("/v1/compatibility", &json!({"first": body["second"], "second": body["first"]}));
    assert_eq!((&turned["score"], turned["parts"].as_array().unwrap().len()), (&found["score"], parts.len()));
    assert_eq!(found["signs"]["first"], "libra");
    assert_eq!(found["signs"]["second"], "gemini");
    // Whoever asks for the Moon alone is scored all the same.
    let mut alone = body.clone();
    alone["first"]["bodies"] = json!(["moon"]);
    let alone = charts.post("/v1/compatibility", &alone);
    assert_eq!(alone["score"], found["score"]);
    assert_eq!(alone["first"]["positions"].as_array().unwrap().len(), 1);
}

#[test]
fn signs_make_a_matrix() {
    let charts = Charts::open();
    let found = charts.ask("/v1/compatibility");
    let scores = found["matrix"]["scores"].as_array().unwrap();
    assert_eq!((scores.len(), found["matches"].as_array().unwrap().len()), (12, 144));
    for (row, line) in scores.iter().enumerate() {
        for (column, score) in line.as_array().unwrap().iter().enumerate() {
            assert_eq!(*score, scores[column][row]);
            let found = &found["matches"][row * 12 + column];
            let sum: u64 =
                ["element", "mode", "angle", "rulers"].iter().map(|it| found[it].as_u64().unwrap()).sum();
            assert_eq!((&found["score"], sum), (score, score.as_u64().unwrap()));
        }
    }
    let one = charts.ask("/v1/compatibility?first=aries&second=leo");
    assert_eq!(one["matches"], json!([found["matches"][4]]));
    assert_eq!(one["matches"][0]["score"], 100);
}

/// How far from exact kerykeion takes aspects.
const ORBS: [(&str, f64, f64); 6] = [
    ("conjunction", 0.0, 10.0),
    ("sextile", 60.0, 6.0),
    ("quintile", 72.0, 1.0),
    ("square", 90.0, 5.0),
    ("trine", 120.0, 8.0),
    ("opposition", 180.0, 10.0),
];

/// What a point of kerykeion's is called here.
fn named(point: &str) -> String {
    match point {
        "True_North_Lunar_Node" => "true_node".to_owned(),
        "True_South_Lunar_Node" => "true_south_node".to_owned(),
        "Mean_Lilith" => "mean_apogee".to_owned(),
        "Medium_Coeli" => "mc".to_owned(),
        "Imum_Coeli" => "ic".to_owned(),
        other => other.to_lowercase(),
    }
}

#[test]
fn aspects_between_two_charts_are_kerykeions() {
    let (Some(published), Some(rows)) = (kerykeion(), published::rows("kerykeion_aspects.csv")) else {
        return;
    };
    let by_id: BTreeMap<&str, &Value> =
        published.iter().map(|chart| (chart["id"].as_str().unwrap(), chart)).collect();
    let mut pairs: BTreeMap<&str, BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row[0] == "synastry") {
        let key = format!("{} {} {}", named(&row[2]), row[8], named(&row[5]));
        let before = pairs.entry(&row[1]).or_default().insert(key, published::number(row, 10).abs());
        assert_eq!(before, None, "{row:?}");
    }
    assert_eq!(pairs.len(), 5);
    let charts = Charts::open();
    let aspects: Vec<_> = ORBS.iter().map(|(name, ..)| *name).collect();
    let orbs: serde_json::Map<_, _> =
        ORBS.iter().map(|(name, _, orb)| ((*name).to_owned(), Value::from(*orb))).collect();
    let mut compared = 0;
    for (pair, expected) in pairs {
        let (first, second) = pair.split_once("__x__").unwrap();
        let mut body =
            json!({"aspects": aspects, "orbs": orbs, "angles": ["ascendant", "mc", "descendant", "ic"]});
        let mut bodies = vec!["luminaries", "planets", "true_node", "true_south_node", "mean_apogee"];
        // Galileo's day is before the model knows of Chiron.
        bodies.extend(expected.keys().any(|key| key.contains("chiron")).then_some("chiron"));
        for (side, id) in [("first", first), ("second", second)] {
            body[side] = cast_of(by_id[id]);
            body[side]["bodies"] = json!(bodies);
        }
        let old = by_id
            .iter()
            .filter(|(id, _)| [first, second].contains(id))
            .map(|(_, chart)| number(&chart["jd_ut"]));
        let jd = old.fold(f64::INFINITY, f64::min);
        let told = charts.post("/v1/synastry", &body);
        let mut found = BTreeMap::new();
        for aspect in told["aspects"].as_array().unwrap() {
            let [a, name, b] = ["a", "aspect", "b"].map(|member| aspect[member].as_str().unwrap());
            found.insert(format!("{a} {name} {b}"), number(&aspect["orb"]).abs());
        }
        // What is that near to its orb may be within it by one ephemeris and without by the other.
        let is_near = |key: &str, orb: f64| {
            let name = key.split(' ').nth(1).unwrap();
            ORBS.iter().any(|(aspect, _, most)| *aspect == name && (most - orb).abs() < 0.03)
        };
        for (key, orb) in &expected {
            let ours = found.remove(key);
            let [a, _, b] = key.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{key}") };
            // Both ends of the nodes' line are as far off.
            let off =
                |point: &str| moshier_deg(if point == "true_south_node" { "true_node" } else { point }, jd);
            let most = off(a) + off(b) + 1e-4;
            match ours {
                Some(ours) => assert!((ours - orb).abs() < most, "{pair}, {key}: {ours}, not {orb}"),
                None => assert!(is_near(key, *orb), "{pair}: there is no {key}"),
            }
            compared += 1;
        }
        assert!(found.iter().all(|(key, orb)| is_near(key, *orb)), "{pair}: {found:?}");
    }
    assert_eq!(compared, 552);
}

#[test]
fn two_charts_beside_each_other_are_two_single_ones() {
    let charts = Charts::open();
    let body = beatles();
    let told = charts.post("/v1/synastry", &body);
    let single = ["first", "second"].map(|side| charts.post("/v1/chart", &body[side]));
    let points = |chart: &Value| {
        let mut points: Vec<(String, f64)> = Vec::new();
        for position in chart["positions"].as_array().unwrap() {
            points.push((position["body"].as_str().unwrap().to_owned(), number(&position["longitude"])));
        }
        points.extend(["ascendant", "mc"].map(|angle| (angle.to_owned(), number(&chart["houses"][angle]))));
        points
    };
    let [first, second] = [points(&single[0]), points(&single[1])];
    // As wide as aspects are unasked.
    let orbs = [
        (0.0, "conjunction", 7.0),
        (60.0, "sextile", 6.0),
        (90.0, "square", 7.0),
        (120.0, "trine", 7.0),
        (180.0, "opposition", 7.0),
    ];
    let mut expected = Vec::new();
    for (a, a_deg) in &first {
        for (b, b_deg) in &second {
            let between = apart(&Value::from(*a_deg), *b_deg);
            for (angle, name, most) in orbs {
                if (between - angle).abs() <= most {
                    expected.push(format!("{a} {name} {b}"));
                }
            }
        }
    }
    let found: Vec<_> = told["aspects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| ["a", "aspect", "b"].map(|member| it[member].as_str().unwrap()).join(" "))
        .collect();
    assert_eq!(found, expected);
    assert!(found.len() > 20, "{found:?}");
    // Each body is in that house of the other whose cusp it has passed last.
    for (name, guest, host) in
        [("first_in_second", &first, &single[1]), ("second_in_first", &second, &single[0])]
    {
        let cusps: Vec<_> = host["houses"]["cusps"].as_array().unwrap().iter().map(number).collect();
        let overlays = told["overlays"][name].as_array().unwrap();
        assert_eq!(overlays.len(), 10);
        for (overlay, (body, longitude)) in overlays.iter().zip(guest) {
            let passed = |nth: &usize| {
                let width = (cusps[(nth + 1) % 12] - cusps[*nth]).rem_euclid(360.0);
                (longitude - cusps[*nth]).rem_euclid(360.0) < width
            };
            let house = (0..12).find(passed).unwrap() + 1;
            assert_eq!((&overlay["body"], &overlay["house"]), (&json!(body), &json!(house)), "{name}");
        }
    }
}

#[test]
fn the_angles_of_one_chart_meet_whatever_the_other_lacks() {
    let charts = Charts::open();
    let mut body = beatles();
    body["second"] = json!({"date": "1942-06-18", "tz": "Europe/London", "time_known": false});
    let told = charts.post("/v1/synastry", &body);
    let of = |side: &str, angle: &str| {
        told["aspects"].as_array().unwrap().iter().filter(|aspect| aspect[side] == angle).count()
    };
    assert!(of("a", "ascendant") + of("a", "mc") > 0, "{told}");
    assert_eq!((of("b", "ascendant"), of("b", "mc")), (0, 0));
    assert_eq!(told["query"]["angles"], json!(["ascendant", "mc"]));
    assert!(
        told["overlays"].get("second_in_first").is_some()
            && told["overlays"].get("first_in_second").is_none()
    );
    // Turned round it is the same, from the other side.
    let turned = charts.post("/v1/synastry", &json!({"first": body["second"], "second": body["first"]}));
    assert_eq!(turned["aspects"].as_array().unwrap().len(), told["aspects"].as_array().unwrap().len());
    // One chart of both has angles where both have.
    let made = charts.post("/v1/composite", &body);
    assert_eq!(made["query"]["angles"], "none");
}
