//! Returns, and their charts.

use orrery_tests::measure::angle_between;
use orrery_tests::published;
use serde_json::{Value, json};

use crate::{SECOND, Sky, birth, jd_tt, list, longitude, number};

/// Of a published return, one second is as near as it is told, and another what its ephemeris is off.
#[test]
fn returns_are_the_published_ones() {
    let Some(rows) = published::rows("kerykeion_returns.csv") else { return };
    let sky = Sky::open();
    for row in rows.iter().step_by(4) {
        let body = if row[0] == "lunar" { "moon" } else { "sun" };
        let [natal_jd, jd] = [2, 4].map(|column| published::number(row, column));
        let told = sky.post(
            "/v1/returns",
            &json!({"natal": {"jd": natal_jd, "lat": 51.5, "lon": 0}, "body": body, "after": format!("jd:{}", jd - 2.0), "count": 1}),
        );
        let [back] = list(&told["returns"]) else { panic!("{told}") };
        let off_s = (number(&back["at"]["jd_ut"]) - jd) / SECOND;
        assert!(off_s.abs() < 5.0, "{row:?}: {off_s} s off");
        let longitudes = [&told["natal"], &back["chart"]].map(|chart| longitude(chart, body));
        assert!(angle_between(longitudes[0], longitudes[1]).abs() < 1e-6, "{row:?}: {longitudes:?}");
        assert!(angle_between(longitudes[0], number(&told["returns_to"])).abs() < 1e-6, "{told}");
        assert!(angle_between(published::number(row, 5), longitudes[1]).abs() < 2e-3, "{row:?}");
    }
}

#[test]
fn a_return_has_the_chart_of_its_instant_and_place() {
    let sky = Sky::open();
    let told = sky.post(
        "/v1/returns",
        &json!({"natal": birth(), "body": "mercury", "before": "2026-01-01", "count": 4, "parts": 2, "lat": 40.71, "lon": -74.01,
            "precision": "full"}),
    );
    let returns = list(&told["returns"]);
    assert_eq!(returns.len(), 4);
    assert!(returns.iter().map(jd_tt).is_sorted() && jd_tt(&returns[3]) < 2_461_042.0, "{told}");
    for back in returns {
        let target =
            format!("/v1/chart?jd_tt={}&lat=40.71&lon=-74.01&perfection=false&precision=full", jd_tt(back));
        let chart = sky.get(&target);
        for name in ["positions", "houses", "aspects"] {
            assert_eq!(back["chart"][name], chart[name], "{target}: {name}");
        }
        let went =
            angle_between(number(&told["returns_to"]) + number(&back["beyond"]), number(&back["longitude"]));
        assert!(went.abs() < 1e-7, "{back}");
    }
    // Corrected for precession, the Sun comes back a day and a fifth later after 86 years.
    let of_sun = |corrected: bool| {
        let body = json!({"natal": birth(), "start": "2026-10-01", "stop": "2026-11-01", "precession_corrected": corrected, "charts": false});
        let told = sky.post("/v1/returns", &body);
        let [back] = list(&told["returns"]) else { panic!("{told}") };
        assert!(back.get("chart").is_none());
        jd_tt(back)
    };
    let later = of_sun(true) - of_sun(false);
    assert!((later - 86.0 * 50.29 / 3_600.0 / 0.9896).abs() < 0.01, "{later}");
    // Left out, it is the next one, or the last.
    for when in ["after", "before"] {
        let told = sky.post(
            "/v1/returns",
            &json!({"natal": birth(), "body": "pluto", when: "2026-01-01", "charts": false}),
        );
        let next = if when == "after" { "next_start" } else { "next_before" };
        assert!(list(&told["returns"]).len() <= 1 && told.get(next).is_some(), "{told}");
    }
    // The phase is what it was, though neither Sun nor Moon is where it was.
    let told = sky.post(
        "/v1/returns",
        &json!({"natal": birth(), "body": "moon", "minus": "sun", "after": "2026-01-01", "count": 1}),
    );
    let chart = &told["returns"][0]["chart"];
    let ahead = (longitude(chart, "moon") - longitude(chart, "sun")).rem_euclid(360.0);
    assert!((ahead - number(&told["returns_to"])).abs() < 1e-6, "{told}");
}

/// What is ahead of what, and since when a search may have begun: none of these ways ever turns, or they do each year.
const AHEAD: [(&str, &str); 6] = [
    ("moon", "mars"),
    ("sun", "jupiter"),
    ("sun", "true_node"),
    ("mars", "saturn"),
    ("venus", "sun"),
    ("mean_node", "neptune"),
];

#[test]
fn what_is_ahead_of_another_comes_back_to_as_much() {
    let sky = Sky::open();
    for (body, minus) in AHEAD {
        let asked = |span: Value| {
            let mut asked =
                json!({"natal": birth(), "body": body, "minus": minus, "charts": false, "precision": "full"});
            asked.as_object_mut().unwrap().extend(span.as_object().unwrap().clone());
            sky.post("/v1/returns", &asked)
        };
        let all = asked(json!({"start": "2060-01-01", "stop": "2120-01-01"}));
        let returns = list(&all["returns"]);
        assert!(returns.len() >= 2, "{body} {minus}: {all}");
        for back in returns {
            let query = format!("jd_tt={}&bodies={body},{minus}", jd_tt(back));
            let then = sky.client.positions(&query);
            let [a, b] = [0, 1].map(|nth| number(&then["positions"][nth]["longitude"]));
            let off = angle_between(a - b, number(&all["returns_to"]));
            assert!(off.abs() < 1e-5, "{body} {minus}: {back} is {off} off");
        }
        // The last ones before the end of that time are the same ones, with the same numbers.
        let count = returns.len().min(10);
        let last = asked(json!({"before": "2120-01-01", "count": count}));
        let first = asked(json!({"after": "2060-01-01", "count": count}));
        for (few, of_all) in [(&last, &returns[returns.len() - count..]), (&first, &returns[..count])] {
            let few = list(&few["returns"]);
            assert_eq!(few.len(), count, "{body} {minus}");
            for (one, other) in few.iter().zip(of_all) {
                assert!((jd_tt(one) - jd_tt(other)).abs() < 0.01 * SECOND, "{one} is not {other}");
                let names = ["motion", "pass", "passes"];
                assert_eq!(names.map(|name| &one[name]), names.map(|name| &other[name]), "{body} {minus}");
            }
        }
        assert_eq!([&last["next_before"], &first["next_start"]], [&Value::Null; 2]);
    }
}

#[test]
fn a_list_of_returns_says_how_far_was_looked() {
    let sky = Sky::open();
    let asked = |source: &str, body: &str, extra: Value| {
        let mut natal = birth();
        natal["source"] = source.into();
        let mut asked = json!({"natal": natal, "body": body, "charts": false, "count": 40});
        asked.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        sky.post("/v1/returns", &asked)
    };
    let day = |next: &Value| {
        number(&next.as_str().unwrap().strip_prefix("jd_tt:").unwrap().parse::<f64>().unwrap().into())
    };
    // The tables have fewer, and the files would not be searched as far.
    let told = asked("auto", "saturn", json!({"after": "2026-01-01"}));
    assert_eq!(told["provenance"]["source"], "table");
    let found = list(&told["returns"]).len();
    assert!((12..40).contains(&found), "{found}");
    // Where they end there is more, which is asked for with what the reply says.
    let end = day(&told["next_start"]);
    assert!((2_597_000.0..2_598_000.0).contains(&end), "{end}");
    let more = asked("auto", "saturn", json!({"after": told["next_start"]}));
    assert_eq!(more["provenance"]["source"], "mixed");
    assert!((day(&more["next_start"]) - end - 3_652.5).abs() < 1e-6, "{more}");
    let told = asked("auto", "pluto", json!({"before": "2026-01-01"}));
    assert!((2_378_000.0..2_379_000.0).contains(&day(&told["next_before"])), "{told}");
    assert!(told.get("next_start").is_none());
    // Live, ten years are looked at.
    for (when, next, way) in [("after", "next_start", 1.0), ("before", "next_before", -1.0)] {
        let told = asked("live", "jupiter", json!({when: "jd_tt:2461041.5"}));
        assert_eq!(told["provenance"]["source"], "live");
        assert!((day(&told[next]) - 2_461_041.5 - way * 3_652.5).abs() < 1e-6, "{told}");
        assert!(list(&told["returns"]).len() <= 3, "{told}");
    }
}

#[test]
fn returns_are_divided_as_they_say() {
    let sky = Sky::open();
    let polar = |more: Value| {
        let natal = json!({"date": "1940-10-09", "tz": "Europe/London", "time_known": false});
        let mut body = json!({"natal": natal, "after": "2026-01-01", "count": 1, "lat": 80, "lon": 18.96});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let refused = |body: &Value, code: &str, parameter: &str| {
        let problem = sky.send("/v1/returns", &body.to_string()).problem(422, code);
        assert_eq!(problem["parameter"], parameter, "{body}: {problem}");
    };
    refused(&polar(json!({})), "no_houses", "house_system");
    // What the refusal says to do is what helps.
    for (more, system) in
        [(json!({"fallback": "porphyry"}), "porphyry"), (json!({"house_system": "whole_sign"}), "whole_sign")]
    {
        let told = sky.post("/v1/returns", &polar(more.clone()));
        assert_eq!(told["returns"][0]["chart"]["houses"]["system"], system, "{more}");
        for (name, value) in more.as_object().unwrap() {
            assert_eq!(told["query"][name], *value);
        }
    }
    // Left out, the chart says it; and what it says need not be what the returns say.
    let mut body = json!({"natal": birth(), "after": "2026-01-01", "count": 1});
    body["natal"]["house_system"] = "koch".into();
    let told = sky.post("/v1/returns", &body);
    assert_eq!(
        (&told["returns"][0]["chart"]["houses"]["system"], &told["query"]["house_system"]),
        (&json!("koch"), &json!("koch"))
    );
    body["house_system"] = "equal".into();
    let told = sky.post("/v1/returns", &body);
    assert_eq!(
        (&told["returns"][0]["chart"]["houses"]["system"], &told["natal"]["houses"]["system"]),
        (&json!("equal"), &json!("koch"))
    );
    body["charts"] = false.into();
    refused(&body, "contradiction", "house_system");
    body.as_object_mut().unwrap().remove("house_system");
    for (name, value) in [("orbs", json!({"sun": 3})), ("angles", json!("none"))] {
        let mut body = body.clone();
        body[name] = value;
        refused(&body, "contradiction", name);
    }
    let placeless =
        json!({"natal": {"date": "1940-10-09T18:30Z"}, "after": "2026-01-01", "fallback": "porphyry"});
    refused(&placeless, "contradiction", "fallback");
}
