//! Charts that are moved on.

use orrery_tests::measure::angle_between;
use serde_json::{Value, json};

use crate::{Sky, birth, jd_tt, list, longitude, number};

#[test]
fn a_progressed_chart_is_that_of_its_instant() {
    let sky = Sky::open();
    let asked = |extra: Value| {
        let mut body = json!({"natal": birth(), "date": "2026-01-01", "precision": "full"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        sky.post("/v1/progressions", &body)
    };
    let birth_tt = number(&asked(json!({}))["natal"]["time"]["jd_tt"]);
    for (method, converse, rate) in [
        ("secondary", false, 1.0 / 365.242_189_7),
        ("tertiary", false, 1.0 / 27.321_582),
        ("minor", true, -27.321_582 / 365.242_189_7),
    ] {
        let told = asked(json!({"method": method, "converse": converse, "angle_method": "true_quotidian"}));
        let at = jd_tt(&told["progressed"]);
        let lived = number(&told["time"]["jd_tt"]) - birth_tt;
        assert!((at - birth_tt - rate * lived).abs() < 1e-6, "{method}: {at}");
        let chart =
            sky.get(&format!("/v1/chart?jd_tt={at}&lat=53.4&lon=-2.98&perfection=false&precision=full"));
        for (ours, theirs) in list(&told["progressed"]["positions"]).iter().zip(list(&chart["positions"])) {
            assert_eq!(
                (&ours["body"], &ours["longitude"]),
                (&theirs["body"], &theirs["longitude"]),
                "{method}"
            );
            assert_eq!(ours["house"], theirs["house"], "{method}");
        }
        // The angles of the progressed instant itself.
        for name in ["armc", "ascendant", "mc"] {
            let [ours, theirs] = [&told["progressed"], &chart].map(|it| number(&it["houses"][name]));
            assert!(angle_between(ours, theirs).abs() < 1e-9, "{method}: {name} is {ours}, not {theirs}");
        }
        for aspect in list(&told["progressed"]["aspects"]) {
            let [a, b] = [("a", &told["progressed"]), ("b", &told["natal"])]
                .map(|(name, chart)| longitude(chart, aspect[name].as_str().unwrap()));
            let separation = angle_between(a, b).abs();
            assert!((separation - number(&aspect["separation"])).abs() < 1e-9, "{aspect}");
            assert!(number(&aspect["orb"]) <= 1.0, "{aspect}");
        }
        assert!(!list(&told["progressed"]["aspects"]).is_empty());
    }
    // By as much as the Sun has gone: all points, and the midheaven too.
    let told = asked(json!({"angle_method": "solar_arc"}));
    let arc = number(&told["directed"]["arc"]);
    let gone = longitude(&told["progressed"], "sun") - longitude(&told["natal"], "sun");
    assert!((gone.rem_euclid(360.0) - arc).abs() < 1e-9 && (84.0..88.0).contains(&arc), "{arc}");
    let mc = longitude(&told["progressed"], "mc") - longitude(&told["natal"], "mc");
    assert!((mc.rem_euclid(360.0) - arc).abs() < 1e-4, "{mc} is not {arc}");
    let points = list(&told["directed"]["points"]);
    assert_eq!(points.len(), 12);
    for point in points {
        let natal = longitude(&told["natal"], point["point"].as_str().unwrap());
        assert!(angle_between(natal + arc, number(&point["longitude"])).abs() < 1e-9, "{point}");
    }
    let naibod = asked(json!({"arc": "naibod"}));
    let years = number(&naibod["progressed"]["years"]);
    assert!((number(&naibod["directed"]["arc"]) - years * 360.0 / 365.242_189_7).abs() < 1e-9);
    let turned = number(&naibod["progressed"]["houses"]["armc"]) - number(&naibod["natal"]["houses"]["armc"]);
    assert!((turned.rem_euclid(360.0) - years * 360.0 / 365.242_189_7).abs() < 1e-6, "{turned}");
    assert!(
        (number(&naibod["progressed"]["houses"]["angle_speeds"]["armc"]) - 360.0 / 365.242_189_7).abs()
            < 1e-6
    );
}

#[test]
fn progressed_and_directed_points_are_where_they_are_told_to_be_when() {
    let sky = Sky::open();
    for way in [
        json!({}),
        json!({"converse": true, "arc": "naibod", "orbs": {"trine": 0.5}}),
        json!({"method": "tertiary", "arc": "ptolemy"}),
        json!({"method": "minor", "converse": true}),
    ] {
        let asked = |extra: Value| {
            let mut body = json!({"natal": birth(), "date": "2026-01-01", "precision": "full"});
            body.as_object_mut().unwrap().extend(way.as_object().unwrap().clone());
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            sky.post("/v1/progressions", &body)
        };
        let told = asked(json!({"start": "2021-01-01", "stop": "2031-01-01", "limit": 10_000}));
        let met = list(&told["aspects_in_time"]);
        assert!(told["next_start"].is_null() && met.iter().map(jd_tt).is_sorted(), "{way}");
        assert_eq!(told["provenance"]["source"], "table", "{way}");
        // Where one of them is at an instant of life, and by how much that misses the aspect.
        let misses = |it: &Value, at: &Value| {
            let mut body = json!({"natal": birth(), "jd_tt": at["jd_tt"], "precision": "full"});
            body.as_object_mut().unwrap().extend(way.as_object().unwrap().clone());
            let then = sky.post("/v1/progressions", &body);
            let a = it["a"].as_str().unwrap();
            let there = if it["by"] == "directed" {
                let points = list(&then["directed"]["points"]);
                number(&points.iter().find(|point| point["point"] == a).unwrap()["longitude"])
            } else {
                longitude(&then["progressed"], a)
            };
            let angle = match it["aspect"].as_str().unwrap() {
                "conjunction" => 0.0,
                "sextile" => 60.0,
                "square" => 90.0,
                "trine" => 120.0,
                _ => 180.0,
            };
            let between = angle_between(there, longitude(&then["natal"], it["b"].as_str().unwrap())).abs();
            (there, (between - angle).abs())
        };
        for by in ["progressed", "directed"] {
            let of: Vec<_> = met.iter().filter(|it| it["by"] == by).collect();
            assert!(of.len() > 10, "{way} {by}: {}", of.len());
            for it in of.iter().step_by(of.len() / 8) {
                let (there, off) = misses(it, &it["at"]);
                assert!((off - number(&it["orb"])).abs() < 1e-6, "{way}: {it} is {off} off");
                assert!(angle_between(there, number(&it["longitude"])).abs() < 1e-6, "{way}: {it}, {there}");
                let orb = if way.get("orbs").is_some() && it["aspect"] == "trine" { 0.5 } else { 1.0 };
                for end in ["begin", "end"].into_iter().filter(|end| it[*end].is_object()) {
                    let (_, off) = misses(it, &it[end]);
                    assert!((off - orb).abs() < 1e-6, "{way}, {end}: {it} is {off} off");
                }
            }
        }
        // What is near now is exact around now: a directed point goes a degree a year.
        let now = number(&told["time"]["jd_tt"]);
        for aspect in list(&told["directed"]["aspects"]) {
            let is_it = |it: &&Value| {
                it["by"] == "directed"
                    && ["a", "aspect", "b"].iter().all(|name| it[*name] == aspect[*name])
                    && (number(&it["begin"]["jd_tt"])..=number(&it["end"]["jd_tt"])).contains(&now)
            };
            assert_eq!(met.iter().filter(is_it).count(), 1, "{way}: {aspect}");
        }
        // Page by page it is the same.
        let (mut start, mut pages) = (json!("2021-01-01"), Vec::new());
        while !start.is_null() {
            let page = asked(json!({"start": start, "stop": "2031-01-01", "limit": met.len() / 5}));
            pages.extend(list(&page["aspects_in_time"]).to_vec());
            start = page["next_start"].clone();
        }
        assert_eq!(pages.len(), met.len(), "{way}");
        for (one, other) in met.iter().zip(&pages) {
            assert_eq!(
                ["by", "a", "b", "pass"].map(|name| &one[name]),
                ["by", "a", "b", "pass"].map(|name| &other[name])
            );
        }
    }
}

#[test]
fn what_every_chart_begins_with_is_no_direction() {
    let sky = Sky::open();
    let mut natal = birth();
    natal["bodies"] = json!(["sun", "moon", "mean_node", "mean_south_node"]);
    let opposite = [
        ["ascendant", "descendant"],
        ["mc", "ic"],
        ["vertex", "anti_vertex"],
        ["mean_node", "mean_south_node"],
    ];
    for arc in ["solar_arc", "naibod"] {
        // The first weeks of a life.
        let told = sky.post(
            "/v1/progressions",
            &json!({
                "natal": natal, "date": "1940-11-01", "start": "1940-10-01", "stop": "1940-12-01", "arc": arc,
                "angles": opposite[..3].as_flattened(),
            }),
        );
        assert_eq!(list(&told["directed"]["points"]).len(), 10);
        let met = list(&told["aspects_in_time"]).iter().filter(|it| it["by"] == "directed");
        for aspect in met.chain(list(&told["directed"]["aspects"])) {
            let [a, b] = ["a", "b"].map(|name| aspect[name].as_str().unwrap());
            assert!(!opposite.contains(&[a, b]) && !opposite.contains(&[b, a]) && a != b, "{arc}: {aspect}");
        }
    }
}

#[test]
fn ends_are_read_by_a_clock_that_the_instant_has_no_need_of() {
    let sky = Sky::open();
    let asked = |given: Value, start: &str, stop: &str| {
        let mut body = json!({"natal": birth(), "start": start, "stop": stop, "tz": "Europe/London"});
        body.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        sky.post("/v1/progressions", &body)
    };
    let given = [
        json!({"jd": 2_461_188.875}),
        json!({"date": "2026-05-28T09:00Z"}),
        json!({"date": "2026-05-28T10:00"}),
    ];
    let [by_day, zoned, local] = given.map(|given| asked(given, "2026-06-01T09:00", "2028-06-01T09:00"));
    let utc = |told: &Value| told["aspects_in_time"][0]["at"]["utc"].clone();
    for told in [&by_day, &zoned, &local] {
        assert_eq!(
            (&told["query"]["tz"], &told["query"]["start"]),
            (&json!("Europe/London"), &json!("2026-06-01T09:00:00"))
        );
        assert!(list(&told["aspects_in_time"]).len() > 3, "{told}");
        assert_eq!(utc(told), utc(&local));
    }
    assert_eq!(zoned["time"], local["time"]);
    assert_eq!(
        (&zoned["time"]["utc_offset_s"], &zoned["time"]["tz"]),
        (&json!(3600.0), &json!("Europe/London"))
    );
    // By London's clock, and not by Greenwich's.
    let utc = asked(json!({"jd": 2_461_188.875}), "2026-06-01T08:00Z", "2028-06-01T08:00Z");
    assert_eq!(utc["aspects_in_time"], by_day["aspects_in_time"]);
}
