//! Transits over a chart.

use orrery_tests::measure::angle_between;
use serde_json::{Value, json};

use crate::{SECOND, Sky, birth, jd_tt, list, longitude, number, year};

/// All exact transits are the aspects to these longitudes that `/v1/events` tells of, with the same ends.
#[test]
fn transits_are_aspects_to_the_points_of_the_chart() {
    let sky = Sky::open();
    let bodies = "mercury,mars,jupiter,saturn,pluto";
    let told = sky.post(
        "/v1/transits",
        &json!({"natal": birth(), "start": "2025-01-01", "stop": "2027-01-01", "bodies": bodies, "orb": 1.5,
            "angles": "ascendant,mc", "precision": "full"}),
    );
    assert_eq!(told["next_start"], Value::Null);
    let names: Vec<_> =
        list(&told["natal"]["positions"]).iter().map(|it| it["body"].as_str().unwrap()).collect();
    let points: Vec<_> =
        names.iter().chain(&["ascendant", "mc"]).map(|name| longitude(&told["natal"], name)).collect();
    let points: Vec<_> = points.iter().map(f64::to_string).collect();
    let events = sky.get(&format!(
        "/v1/events?start=2025-01-01&stop=2027-01-01&types=aspect&bodies={bodies}&points={}&orb=1.5&precision=full",
        points.join(",")
    ));
    let mut exact: Vec<_> = list(&told["transits"]).iter().filter(|it| it["contact"] == "exact").collect();
    let mut events: Vec<_> = list(&events["events"]).iter().collect();
    assert!(events.len() > 100, "{}", events.len());
    assert_eq!(exact.len(), events.len());
    let key = |point: &'static str| {
        move |it: &&Value| {
            let names = ["body", "aspect"].map(|name| it[name].as_str().unwrap().to_owned());
            (names, number(&it[point]).to_bits(), jd_tt(it).to_bits())
        }
    };
    exact.sort_by_key(key("point_longitude"));
    events.sort_by_key(key("point"));
    for (transit, event) in exact.iter().zip(&events) {
        let what = || format!("{transit} is not {event}");
        assert_eq!((&transit["body"], &transit["aspect"]), (&event["body"], &event["aspect"]), "{}", what());
        assert_eq!(transit["point_longitude"], event["point"], "{}", what());
        assert_eq!(longitude(&told["natal"], transit["point"].as_str().unwrap()), number(&event["point"]));
        assert!((jd_tt(transit) - jd_tt(event)).abs() < 0.01 * SECOND, "{}", what());
        for end in ["begin", "end"] {
            let [ours, theirs] = [transit, event].map(|it| number(&it[end]["jd_tt"]));
            assert!((ours - theirs).abs() < 0.01 * SECOND, "{end}: {}", what());
        }
        let (pass, passes) = (number(&transit["pass"]), number(&transit["passes"]));
        assert!(1.0 <= pass && pass <= passes, "{transit}");
    }
    let instants: Vec<_> = list(&told["transits"]).iter().map(jd_tt).collect();
    assert!(instants.is_sorted(), "{instants:?}");
    // Where it turns within the orb, it is as far as it says, and stands still.
    let turns: Vec<_> = list(&told["transits"]).iter().filter(|it| it["contact"] != "exact").collect();
    assert!(!turns.is_empty());
    for turn in turns {
        let then =
            sky.client.positions(&format!("jd_tt={}&bodies={}", jd_tt(turn), turn["body"].as_str().unwrap()));
        assert!(number(&then["positions"][0]["longitude_speed"]).abs() < 2e-3, "{turn}: {then}");
        assert!(number(&turn["orb"]) <= 1.5 && turn.get("pass").is_none(), "{turn}");
    }
}

/// How far the body of a transit is from being exact when it comes within the orb, degrees.
fn entered_at(sky: &Sky, transit: &Value) -> f64 {
    let query = format!("jd_tt={}&bodies={}", transit["begin"]["jd_tt"], transit["body"].as_str().unwrap());
    let then = sky.client.positions(&query);
    angle_between(number(&then["positions"][0]["longitude"]), number(&transit["longitude"])).abs()
}

#[test]
fn orbs_of_transits_are_a_degree_unless_others_are_given() {
    let sky = Sky::open();
    let asked = |orbs: Value| {
        let mut body =
            year(&json!({"bodies": "sun", "aspects": "conjunction,square,trine", "precision": "full"}));
        body.as_object_mut().unwrap().extend(orbs.as_object().unwrap().clone());
        sky.post("/v1/transits", &body)
    };
    for (orbs, [conjunction, square, trine]) in [
        (json!({}), [1.0; 3]),
        (json!({"orb": 2}), [2.0; 3]),
        (json!({"orbs": {"conjunction": 3, "trine": 0}}), [3.0, 1.0, 0.0]),
        (json!({"orb": 0, "orbs": "square:0.5"}), [0.0, 0.5, 0.0]),
    ] {
        let told = asked(orbs);
        assert!(list(&told["transits"]).len() > 20, "{told}");
        for transit in list(&told["transits"]) {
            let orb = match transit["aspect"].as_str().unwrap() {
                "conjunction" => conjunction,
                "square" => square,
                _ => trine,
            };
            if orb == 0.0 {
                assert!(transit.get("begin").is_none(), "{transit}");
            } else {
                let off = entered_at(&sky, transit);
                assert!((off - orb).abs() < 1e-6, "{off}: {transit}");
            }
        }
        // What is told again is understood again.
        let mut again = told["query"].clone();
        again["natal"] = birth();
        assert_eq!(sky.post("/v1/transits", &again)["transits"], told["transits"]);
    }
}

#[test]
fn bodies_enter_houses_at_their_cusps() {
    let sky = Sky::open();
    let told = sky.post(
        "/v1/transits",
        &json!({"natal": birth(), "start": "2026-01-01", "stop": "2027-01-01", "bodies": "moon,mercury,mars",
            "aspects": "conjunction", "include_houses": true, "precision": "full"}),
    );
    let ingresses = list(&told["house_ingresses"]);
    // The Moon goes round more than thirteen times, and the others about once.
    assert!((13 * 12..16 * 12 + 40).contains(&ingresses.len()), "{}", ingresses.len());
    for ingress in ingresses {
        let (house, from) = (number(&ingress["house"]), number(&ingress["from_house"]));
        let is_back = ingress["retrograde"] == true;
        let cusp = if is_back { from } else { house };
        let at = sky.client.positions(&format!(
            "jd_tt={}&bodies={}",
            jd_tt(ingress),
            ingress["body"].as_str().unwrap()
        ));
        let off = angle_between(
            number(&at["positions"][0]["longitude"]),
            number(&told["natal"]["houses"]["cusps"][cusp as usize - 1]),
        );
        assert!(off.abs() < 1e-6, "{ingress} is {off} off");
        let next = if is_back { from - 1.0 } else { from + 1.0 };
        assert_eq!(house, (next - 1.0).rem_euclid(12.0) + 1.0, "{ingress}");
    }
}

#[test]
fn a_list_that_is_broken_off_goes_on() {
    let sky = Sky::open();
    let asked = |start: &str, limit: u32| {
        sky.post(
            "/v1/transits",
            &json!({"natal": birth(), "start": start, "stop": "2026-03-01", "bodies": "moon,sun,mars", "include_houses": true,
                "orb": 1, "limit": limit, "precision": "full"}),
        )
    };
    let whole = asked("2026-01-01", 10_000);
    assert_eq!(whole["next_start"], Value::Null);
    let (mut start, mut transits, mut ingresses, mut pages) =
        ("2026-01-01".to_owned(), Vec::new(), Vec::new(), 0);
    loop {
        let page = asked(&start, 25);
        let told = [&page["transits"], &page["house_ingresses"]].map(list);
        assert!(told[0].len() + told[1].len() >= 25 || page["next_start"].is_null());
        transits.extend(told[0].to_vec());
        ingresses.extend(told[1].to_vec());
        pages += 1;
        match page["next_start"].as_str() {
            Some(next) => next.clone_into(&mut start),
            None => break,
        }
    }
    assert!(pages > 5, "{pages}");
    for (name, pages) in [("transits", transits), ("house_ingresses", ingresses)] {
        let whole = list(&whole[name]);
        assert_eq!(whole.len(), pages.len(), "{name}");
        for (one, other) in whole.iter().zip(&pages) {
            assert!((jd_tt(one) - jd_tt(other)).abs() < 0.01 * SECOND, "{one} is not {other}");
            assert_eq!(
                (&one["body"], &one["point"], &one["pass"]),
                (&other["body"], &other["point"], &other["pass"])
            );
        }
    }
}
