//! What is refused of charts, each by name and with what to do.

use orrery_tests::http::Reply;
use serde_json::{Value, json};

use crate::Charts;

const BERLIN: &str = "date=2026-03-20T14:46:00Z&lat=52.52&lon=13.4";

/// Fails unless a reply is a refusal of a code, about a parameter, that says so and so.
#[track_caller]
fn is(reply: &Reply, status: u16, code: &str, parameter: &str, words: &str) {
    let problem = reply.problem(status, code);
    assert_eq!(problem["parameter"], parameter, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    assert!(problem["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{problem}");
}

#[test]
fn lots_are_refused_by_name() {
    let charts = Charts::open();
    for (query, status, code, parameter, words) in [
        ("lots=fortun", 422, "unknown_lot", "lots", "unknown lot `fortun`: did you mean `fortune`?"),
        ("lots=fortune,,spirit", 400, "empty_parameter", "lots", "empty entry"),
        (
            "formula=mine:sun/0",
            422,
            "invalid_formula",
            "formula",
            "the lot `mine`, character 5 of its formula: it divides",
        ),
        ("formula=mine:sunn", 422, "invalid_formula", "formula", "`sunn` is unknown: did you mean `sun`?"),
        ("formula=sun", 400, "invalid_value", "formula", "no name with a formula"),
        ("formula=fortune:sun", 422, "invalid_formula", "formula", "has the name `fortune` already"),
        ("formula=mine:earth", 422, "meaningless", "formula", "earth, which has no place from there"),
    ] {
        for path in ["/v1/lots", "/v1/chart"] {
            let reply = charts.interface.borrow_mut().ask(&format!("{path}?{BERLIN}&{query}"), &[]);
            is(&reply, status, code, parameter, words);
        }
    }
    // Where nothing is left to tell, what is wrong is all.
    let target = format!("/v1/lots?{BERLIN}&lots=death&house_system=gauquelin");
    let reply = charts.interface.borrow_mut().ask(&target, &[]);
    is(&reply, 422, "no_lot", "lots", "the lot `death` needs `cusp_8`");
    for (name, value) in [("lots", "fortune"), ("formula", "mine:sun")] {
        let target = format!("/v1/chart?date=2026-03-20&time_known=false&{name}={value}");
        let reply = charts.interface.borrow_mut().ask(&target, &[]);
        is(&reply, 422, "contradiction", name, "unknown time of day");
    }
    let reply = charts.interface.borrow_mut().ask("/v1/lots?date=2026-03-20T12:00:00Z", &[]);
    is(&reply, 422, "missing_parameter", "lon", "lon is missing");
    let many = vec!["a:sun"; 17].join(";");
    let reply = charts.interface.borrow_mut().ask(&format!("/v1/lots?{BERLIN}&formula={many}"), &[]);
    is(&reply, 422, "out_of_range", "formula", "more than 16 lots");
}

#[test]
fn aspects_and_orbs_are_refused_by_name() {
    let charts = Charts::open();
    for (query, status, code, parameter) in [
        ("aspects=sqare", 422, "unknown_value", "aspects"),
        ("orbs=conjunction", 400, "invalid_value", "orbs"),
        ("orbs=conjunction:31", 400, "invalid_value", "orbs"),
        ("orbs=conjuncton:3", 422, "unknown_value", "orbs"),
        ("orbs=sun:3,sun:4", 422, "repeated_field", "orbs"),
        ("orb_by=moieti", 422, "unknown_value", "orb_by"),
        ("house_system=placidos", 422, "unknown_value", "house_system"),
        ("angles=ascendent", 422, "unknown_value", "angles"),
        ("angles=sun", 422, "unknown_value", "angles"),
        ("angles=asc,ascendant", 422, "repeated_field", "angles"),
        (
            "include=patterns&bodies=all,cupido,hades,zeus,kronos,apollon,admetos,vulkanus,poseidon&angles=ascendant,mc,descendant,ic,vertex,anti_vertex,equatorial_ascendant,polar_ascendant&\
             orbs=conjunction:0,square:0,sextile:30,trine:30,opposition:30",
            422,
            "out_of_range",
            "orbs",
        ),
    ] {
        let reply = charts.interface.borrow_mut().ask(&format!("/v1/chart?{BERLIN}&{query}"), &[]);
        is(&reply, status, code, parameter, "");
    }
}

#[test]
fn no_chart_has_more_bodies_than_it_may() {
    let charts = Charts::open();
    let many: Vec<_> = (1..=51).map(|number| format!("asteroid:{number}")).collect();
    for path in ["/v1/chart", "/v1/aspects", "/v1/houses"] {
        let target = format!("{path}?{BERLIN}&bodies={}", many.join(","));
        let reply = charts.interface.borrow_mut().ask(&target, &[]);
        is(&reply, 422, "out_of_range", "bodies", "51 bodies");
    }
    let body = json!({"first": {"jd": 2_451_545}, "second": {"jd": 2_451_545, "bodies": many}});
    for path in ["/v1/synastry", "/v1/composite", "/v1/compatibility"] {
        let reply = charts.interface.borrow_mut().post(path, &body.to_string());
        is(&reply, 422, "out_of_range", "second.bodies", "51 bodies");
    }
}

#[test]
fn what_would_change_nothing_is_refused() {
    let charts = Charts::open();
    for (query, parameter, remedy) in [
        ("rulers=modern", "rulers", "add include=default,dignities, or leave rulers out"),
        ("terms=lilly&include=default", "terms", "add dignities to include, or leave terms out"),
        ("lots=fortune&include=positions", "lots", "add lots to include, or leave lots out"),
        ("formula=mine:sun&include=moon", "formula", "add lots to include, or leave formula out"),
        ("orbs=sun:3&include=positions", "orbs", "add aspects to include, or leave orbs out"),
        (
            "perfection=false&include=patterns",
            "perfection",
            "add aspects to include, or leave perfection out",
        ),
    ] {
        let reply = charts.interface.borrow_mut().ask(&format!("/v1/chart?{BERLIN}&{query}"), &[]);
        is(&reply, 422, "contradiction", parameter, "are not told");
        assert_eq!(reply.json()["hint"], remedy);
    }
    // With the remedy it is answered, and repeated.
    let found = charts.ask(&format!("/v1/chart?{BERLIN}&rulers=modern&include=default,dignities"));
    assert_eq!(found["query"]["rulers"], "modern");
}

#[test]
fn an_instant_is_given_once() {
    let charts = Charts::open();
    for (query, body) in [
        ("", r#"{"jd": 2451545, "jd_ut": 2460000, "lat": 1, "lon": 1}"#),
        ("?jd=2451545", r#"{"jd": 2460000, "lat": 1, "lon": 1}"#),
    ] {
        let head = format!("POST /v1/chart{query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        let reply = charts.interface.borrow().client.raw(request.as_bytes());
        is(&reply, 400, "repeated_parameter", "jd", "");
    }
}

#[test]
fn a_chart_whose_name_is_misspelt_is_told_its_name() {
    let charts = Charts::open();
    for (path, body, hint) in [
        ("/v1/synastry", json!({"frist": {}, "second": {}}), "did you mean first?"),
        ("/v1/transits", json!({"nata": {}}), "did you mean natal?"),
    ] {
        let text = body.to_string();
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        let request = format!("{head}content-length: {}\r\n\r\n{text}", text.len());
        let problem =
            charts.interface.borrow().client.raw(request.as_bytes()).problem(400, "unknown_parameter");
        assert_eq!(problem["hint"], hint, "{problem}");
    }
}

#[test]
fn two_charts_are_refused_by_the_one_that_it_is_about() {
    let charts = Charts::open();
    let pair = |changes: Value, more: Value| {
        let berlin = json!({"date": "2026-03-20T14:46:00Z", "lat": 52.52, "lon": 13.4});
        let mut second = json!({"date": "2026-03-21T14:46:00Z", "lat": 52.52, "lon": 13.4});
        for (name, value) in changes.as_object().unwrap() {
            second[name] = value.clone();
        }
        let mut body = json!({"first": berlin, "second": second});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let untimed = json!({"date": "2026-03-21", "time_known": false});
    for (changes, more, status, code, parameter) in [
        (json!({"house_system": "koch"}), json!({}), 422, "contradiction", "second.house_system"),
        (
            json!({"zodiac": "sidereal", "ayanamsa": "lahiri"}),
            json!({}),
            422,
            "contradiction",
            "second.zodiac",
        ),
        (json!({"bodies": ["ceres"]}), json!({}), 422, "contradiction", "second.bodies"),
        (untimed.clone(), json!({"method": "davison"}), 422, "contradiction", "second.time_known"),
        (untimed, json!({"reference_lat": 50}), 422, "contradiction", "reference_lat"),
        (json!({}), json!({"half_way": "great_circle"}), 422, "contradiction", "half_way"),
        (json!({}), json!({"method": "davison", "meridian": "above"}), 422, "contradiction", "meridian"),
        (json!({}), json!({"method": "davison", "reference_lat": 5}), 422, "contradiction", "reference_lat"),
        (json!({}), json!({"meridian": "above", "reference_lat": 5}), 422, "contradiction", "meridian"),
        (json!({}), json!({"reference_lat": 70}), 422, "no_houses", "reference_lat"),
        (json!({"lat": 80}), json!({}), 422, "no_houses", "second.house_system"),
        // Half way between the two over the globe is near the pole.
        (
            json!({"lat": 60, "lon": -166.6}),
            json!({"method": "davison", "half_way": "great_circle"}),
            422,
            "no_houses",
            "first.house_system",
        ),
        (
            json!({"lat": -52.52, "lon": -166.6}),
            json!({"method": "davison", "half_way": "great_circle"}),
            422,
            "meaningless",
            "half_way",
        ),
    ] {
        let body = pair(changes, more);
        let reply = charts.interface.borrow_mut().post("/v1/composite", &body.to_string());
        is(&reply, status, code, parameter, "");
    }
    // Whatever is made of two, they are of one zodiac; and what is wrong with one is said of that.
    for path in ["/v1/synastry", "/v1/composite", "/v1/compatibility"] {
        for (changes, code, parameter) in [
            (json!({"zodiac": "sidereal", "ayanamsa": "lahiri"}), "contradiction", "second.zodiac"),
            (json!({"lat": 80}), "no_houses", "second.house_system"),
            (json!({"date": "2016-12-30T23:59:60Z"}), "no_such_date", "second.date"),
        ] {
            let body = pair(changes, json!({}));
            let reply = charts.interface.borrow_mut().post(path, &body.to_string());
            is(&reply, 422, code, parameter, "");
        }
    }
    let client = charts.interface.borrow().client;
    for (body, status, code, parameter) in [
        (json!({"first": {"jd": 2_451_545}}), 422, "missing_parameter", "second"),
        (
            json!({"first": {"jd": 2_451_545}, "second": {"bodies": "sunn"}}),
            422,
            "unknown_body",
            "second.bodies",
        ),
        (json!({"first": {"jd": 2_451_545}, "second": 3}), 400, "invalid_value", "second"),
        (
            json!({"first": {"jd": 2_451_545}, "second": {"jd": 2_451_545}, "method": "devison"}),
            422,
            "unknown_value",
            "method",
        ),
        (
            json!({"first": {"jd": 2_451_545}, "second": {"jd": 2_451_545}, "reference_lat": 91}),
            422,
            "out_of_range",
            "reference_lat",
        ),
        (
            json!({"first": {"jd": 2_451_545}, "second": {"jd": 2_451_545}, "method": "davison"}),
            422,
            "missing_parameter",
            "first.lat",
        ),
    ] {
        let text = body.to_string();
        let length = text.len();
        let request = format!(
            "POST /v1/composite HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{text}"
        );
        is(&client.raw(request.as_bytes()), status, code, parameter, "");
    }
    let reply = charts.interface.borrow_mut().ask("/v1/compatibility?first=ophiuchus", &[]);
    is(&reply, 422, "unknown_value", "first", "ophiuchus");
}

#[test]
fn two_fallbacks_that_differ_are_named_where_both_systems_fail() {
    let charts = Charts::open();
    let northern = |fallback: &str| json!({"date": "2026-03-20T14:46:00Z", "lat": 70, "lon": 13.4, "fallback": fallback});
    let body = json!({"first": northern("porphyry"), "second": northern("equal")});
    let reply = charts.interface.borrow_mut().post("/v1/composite", &body.to_string());
    is(&reply, 422, "contradiction", "second.fallback", "porphyry");
    assert_eq!(reply.json()["hint"], "give both the same fallback");
    let body = json!({"first": northern("equal"), "second": northern("equal")});
    assert_eq!(charts.post("/v1/composite", &body)["houses"]["system"], "equal");
}
