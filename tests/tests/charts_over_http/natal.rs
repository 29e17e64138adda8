//! Single charts: against published ones, without a time of day, beyond the polar circle.

use orrery_tests::programs::Server;
use orrery_tests::{published, tables, workspace};
use serde_json::{Value, json};

use crate::{Charts, apart, cast_of, in_sign, kerykeion, moshier_deg, number, with};

/// Houses are of sidereal time and obliquity, in which the model does not take part.
const HOUSES_DEG: f64 = 1e-5;

/// The four parts that kerykeion has, and what this book calls them.
const PARTS: [(&str, &str); 4] = [
    ("fortune", "pars_fortunae"),
    ("spirit", "pars_spiritus"),
    ("marriage_men_valens", "pars_amoris"),
    ("siblings_same", "pars_fidei"),
];

#[test]
fn charts_are_kerykeions() {
    let Some(published) = kerykeion() else { return };
    let charts = Charts::open();
    assert!(published.len() >= 39);
    for chart in &published {
        let (id, jd) = (chart["id"].as_str().unwrap(), number(&chart["jd_ut"]));
        let mut asked = cast_of(chart);
        asked["bodies"] = json!(["luminaries", "planets", "true_node"]);
        asked["lots"] = json!(["fortune", "spirit", "pars_amoris", "pars_fidei"]);
        asked["allow_moshier"] = true.into();
        let found = charts.post("/v1/chart", &asked);
        let houses = &found["houses"];
        let cusps = houses["cusps"].as_array().unwrap();
        for (nth, cusp) in chart["houses_placidus"].as_array().unwrap().iter().enumerate() {
            let off = apart(&cusps[nth], number(cusp));
            assert!(off < HOUSES_DEG, "{id}, cusp {}: {off}", nth + 1);
        }
        for (ours, theirs) in [
            ("ascendant", "ascendant"),
            ("mc", "medium_coeli"),
            ("descendant", "descendant"),
            ("ic", "imum_coeli"),
        ] {
            let off = apart(&houses[ours], number(&chart["angles"][theirs]));
            assert!(off < HOUSES_DEG, "{id}, {ours}: {off}");
        }
        for (body, place) in chart["planets"].as_object().unwrap() {
            let position = with(&found["positions"], "body", body);
            let longitude = number(&place["lon"]);
            let off = apart(&position["longitude"], longitude);
            assert!(off < moshier_deg(body, jd), "{id}, {body}: {off}");
            let off = (number(&position["declination"]) - number(&place["decl"])).abs();
            assert!(off < moshier_deg(body, jd), "{id}, declination of {body}: {off}");
            assert_eq!(position["retrograde"], place["retro"], "{id}, {body}");
            // Whoever is nearer to a cusp than the sources are to each other may be on either side of it.
            if cusps.iter().all(|cusp| apart(cusp, longitude) > moshier_deg(body, jd)) {
                assert_eq!(position["house"], place["house"], "{id}, {body}");
            }
        }
        let node = with(&found["positions"], "body", "true_node");
        let off = apart(&node["longitude"], number(&chart["nodes"]["true_north_lunar_node"]));
        assert!(off < moshier_deg("true_node", jd), "{id}, node: {off}");
        let sect = if chart["is_diurnal"] == true { "day" } else { "night" };
        assert_eq!(found["sect"]["sect"], sect, "{id}");
        let off = apart(&found["moon"]["phase_angle"], number(&chart["lunar_phase"]["sun_moon_deg"]));
        assert!(off < moshier_deg("moon", jd), "{id}, phase: {off}");
        assert_eq!(found["moon"]["lunar_day"], chart["lunar_phase"]["phase_28"], "{id}");
        for (ours, theirs) in PARTS {
            let off = apart(
                &with(&found["lots"], "lot", ours)["longitude"],
                number(&chart["arabic_parts"][theirs]),
            );
            assert!(off < moshier_deg("moon", jd), "{id}, {ours}: {off}");
        }
    }
}

#[test]
fn the_chart_is_astro_coms() {
    let Some(published) = published::json("immanuel_astrocom_2000.json") else { return };
    let charts = Charts::open();
    // 10:00 in San Diego; astro.com takes what clocks show for UT1, which was ahead of UTC by a third of a second.
    let (lat, lon) = (32.0 + 43.0 / 60.0, -117.0 - 9.0 / 60.0);
    let found = charts
        .ask(&format!("/v1/chart?jd=2451545.25&lat={lat}&lon={lon}&bodies=sun,true_node,juno&lots=fortune"));
    let natal = &published["natal"];
    let near = |place: &Value, name: &str| {
        let off = (number(place).rem_euclid(30.0) - in_sign(&natal[name]["lon"])).abs() * 3600.0;
        assert!(off < 1.0, "{name}: {place}, {off}″");
    };
    near(&found["houses"]["ascendant"], "asc");
    near(&found["houses"]["cusps"][1], "house2");
    near(&found["houses"]["vertex"], "vertex");
    for (body, name) in [("sun", "sun"), ("true_node", "true_node"), ("juno", "juno")] {
        near(&with(&found["positions"], "body", body)["longitude"], name);
    }
    near(&found["lots"][0]["longitude"], "part_of_fortune");
    assert_eq!(found["sect"]["sect"], "day");
}

#[test]
fn without_a_time_of_day_there_is_nothing_of_the_horizon() {
    let charts = Charts::open();
    let found = charts.ask("/v1/chart?date=1940-10-09&tz=Europe/London&lat=53.4&lon=-2.98&time_known=false");
    for absent in ["houses", "lots", "sect"] {
        assert!(found.get(absent).is_none(), "{absent}: {found}");
    }
    assert!(found["positions"].as_array().unwrap().iter().all(|position| position.get("house").is_none()));
    let range = &found["moon"]["range"];
    let moon = number(&with(&found["positions"], "body", "moon")["longitude"]);
    let [from, to] = ["from", "to"].map(|end| number(&range[end]["longitude"]));
    assert!((from..to).contains(&moon) && (11.0..16.0).contains(&(to - from)), "{from} {moon} {to}");
}

#[test]
fn without_a_time_of_day_the_moon_is_read_where_she_is_asked_for() {
    let charts = Charts::open();
    let provenance =
        |query: &str| charts.ask(&format!("/v1/chart?include=positions&{query}"))["provenance"].clone();
    let untimed = |bodies: &str| provenance(&format!("date=1990-06-01&time_known=false&bodies={bodies}"));
    let midday = |bodies: &str| provenance(&format!("date=1990-06-01T12:00Z&lat=0&lon=0&bodies={bodies}"));
    for bodies in ["sun", "sun,moon"] {
        assert_eq!(untimed(bodies), midday(bodies), "{bodies}");
    }
    assert_ne!(untimed("sun")["blocks"], untimed("sun,moon")["blocks"]);
}

/// The members of a reply that say which way something goes, and when it is exact.
const IN_TIME: [&str; 3] = ["applying", "exact_at", "perfects"];

#[test]
fn without_a_time_of_day_nobody_knows_what_the_moon_comes_to() {
    let charts = Charts::open();
    let (mut of_moon, mut of_others) = (0, 0);
    for month in 1..=6 {
        let found = charts.ask(&format!(
            "/v1/chart?date=1990-0{month}-14&time_known=false&include=aspects,parallels,antiscia&aspects=all"
        ));
        let pairs = ["aspects", "parallels"].into_iter().flat_map(|part| found[part].as_array().unwrap());
        for pair in pairs {
            let is_of_moon = pair["a"] == "moon" || pair["b"] == "moon";
            if is_of_moon {
                assert!(IN_TIME.iter().all(|name| pair[name].is_null()), "{pair}");
                assert!(pair["orb"].is_number() && pair.get("prevented_by").is_none(), "{pair}");
                of_moon += 1;
            } else {
                assert!(pair["applying"].is_boolean(), "{pair}");
                of_others += usize::from(pair["exact_at"].is_object());
            }
        }
        for mirrored in found["antiscia"].as_array().unwrap() {
            for contact in mirrored["contacts"].as_array().unwrap() {
                let is_of_moon = mirrored["body"] == "moon" || contact["body"] == "moon";
                assert_eq!(contact["applying"].is_null(), is_of_moon, "{mirrored}");
            }
        }
    }
    assert!(of_moon > 15 && of_others > 40, "{of_moon} and {of_others}");
    // Nor in two charts, or in what is made of them; the Moon of a chart with its time is where she is.
    let untimed = json!({"date": "1990-03-14", "time_known": false});
    let pair = json!({"first": untimed, "second": {"date": "1985-02-18T12:00Z"}, "aspects": ["all"]});
    let told = charts.post("/v1/synastry", &pair);
    let mut met = 0;
    for aspect in told["aspects"].as_array().unwrap() {
        assert_eq!(aspect["applying"].is_null(), aspect["a"] == "moon", "{aspect}");
        met += usize::from(aspect["a"] == "moon") + usize::from(aspect["b"] == "moon");
    }
    let made = charts.post("/v1/composite", &pair);
    for aspect in made["aspects"].as_array().unwrap() {
        let is_of_moon = aspect["a"] == "moon" || aspect["b"] == "moon";
        assert!(!is_of_moon || aspect["applying"].is_null(), "{aspect}");
        met += usize::from(is_of_moon);
    }
    assert!(met > 8, "{met}");
    let moved = charts.post("/v1/progressions", &json!({"natal": untimed, "date": "2026-01-01", "orb": 5}));
    for of in ["progressed", "directed"] {
        for aspect in moved[of]["aspects"].as_array().unwrap() {
            let is_of_moon = aspect["a"] == "moon" || aspect["b"] == "moon";
            assert!(!is_of_moon || aspect["applying"].is_null(), "{of}: {aspect}");
        }
    }
}

/// The aspects of a reply that are exact at some time, each with when that is: a Julian day of TT.
fn exact(told: &Value) -> Vec<(String, f64)> {
    let aspects = told["aspects"].as_array().unwrap().iter().filter(|aspect| aspect["exact_at"].is_object());
    let name = |aspect: &Value| ["a", "aspect", "b"].map(|name| aspect[name].as_str().unwrap()).join(" ");
    aspects.map(|aspect| (name(aspect), number(&aspect["exact_at"]["jd_tt"]))).collect()
}

#[test]
fn near_the_ends_of_the_tables_nothing_is_lost_that_they_know() {
    let charts = Charts::open();
    let nowhere = workspace::scratch();
    let without_files = Server::start(tables::shared_dir(), &nowhere.path().join("nowhere"));
    let orbs = "orbs=conjunction:15,sextile:15,square:15,trine:15,opposition:15";
    let (mut far, mut more) = (0, 0);
    for (date, answers) in [
        // Years from an end, what the tables do not know the live source would not look for.
        ("1803-03-01", "table"),
        ("2395-06-01", "table"),
        // Weeks from it, it is asked for that, and for nothing else.
        ("1800-01-25", "mixed"),
        ("2399-11-20", "mixed"),
    ] {
        let target = format!("/v1/aspects?date={date}T12:00Z&{orbs}");
        let [auto, by_tables] =
            ["auto", "table"].map(|source| charts.ask(&format!("{target}&source={source}")));
        assert_eq!(auto["provenance"]["source"], answers, "{date}");
        let (told, known) = (exact(&auto), exact(&by_tables));
        for (aspect, jd_tt) in &known {
            assert!(told.contains(&(aspect.clone(), *jd_tt)), "{date}: {aspect} is not in {told:?}");
            far += usize::from((jd_tt - number(&auto["time"]["jd_tt"])).abs() > 64.0);
        }
        more += told.len() - known.len();
        // Who has nobody else to ask tells what the tables know.
        let alone = without_files.ask(&target);
        assert_eq!(
            (&alone["aspects"], &alone["provenance"]),
            (&by_tables["aspects"], &by_tables["provenance"])
        );
    }
    assert!(far > 3 && more > 1, "{far} far, {more} more");
}

#[test]
fn beyond_the_polar_circle_another_system_takes_its_place() {
    let charts = Charts::open();
    let query = "date=2026-06-21T12:00:00Z&lat=69.65&lon=18.96&include=houses,lots";
    let refused = charts.interface.borrow_mut().ask(&format!("/v1/chart?{query}"), &[]);
    let problem = refused.problem(422, "no_houses");
    assert_eq!(problem["parameter"], "house_system");
    for works in ["porphyry", "whole_sign", "fallback"] {
        assert!(problem["hint"].as_str().unwrap().contains(works), "{problem}");
    }
    let found = charts.ask(&format!("/v1/chart?{query}&fallback=porphyry"));
    let houses = &found["houses"];
    assert_eq!((&houses["system"], &houses["falls_back_from"]), (&json!("porphyry"), &json!("placidus")));
    let plain = charts.ask(&format!("/v1/chart?{query}&house_system=porphyry"));
    assert_eq!(houses["cusps"], plain["houses"]["cusps"]);
    assert_eq!(found["lots"], plain["lots"]);
}

#[test]
fn patterns_are_of_the_aspects_that_are_told() {
    let charts = Charts::open();
    let mut kinds = Vec::new();
    for nth in 0..24 {
        let jd = 2_451_545.25 + f64::from(nth) * 97.0;
        let found = charts.ask(&format!(
            "/v1/chart?jd={jd}&lat=52.52&lon=13.4&aspects=all&include=aspects,patterns&perfection=false"
        ));
        let has = |a: &Value, b: &Value, aspect: &str| {
            found["aspects"].as_array().unwrap().iter().any(|one| {
                one["aspect"] == aspect
                    && (one["a"] == *a && one["b"] == *b || one["a"] == *b && one["b"] == *a)
            })
        };
        for pattern in found["patterns"].as_array().unwrap() {
            let members = pattern["members"].as_array().unwrap();
            let of = |role: &str| -> Vec<&Value> {
                members.iter().filter(|it| it["role"] == role).map(|it| &it["point"]).collect()
            };
            let kind = pattern["pattern"].as_str().unwrap().to_owned();
            let (apex, base, corners) = (of("apex"), of("base"), of("corner"));
            match kind.as_str() {
                "t_square" => {
                    assert!(has(base[0], base[1], "opposition"), "{pattern}");
                    assert!(base.iter().all(|end| has(apex[0], end, "square")), "{pattern}");
                }
                "yod" => {
                    assert!(has(base[0], base[1], "sextile"), "{pattern}");
                    assert!(base.iter().all(|end| has(apex[0], end, "quincunx")), "{pattern}");
                }
                "grand_trine" => {
                    for (nth, one) in corners.iter().enumerate() {
                        assert!(corners[..nth].iter().all(|other| has(one, other, "trine")), "{pattern}");
                    }
                }
                _ => assert!(members.len() >= 3, "{pattern}"),
            }
            kinds.push(kind);
        }
    }
    for kind in ["t_square", "yod", "stellium"] {
        assert!(kinds.iter().any(|found| found == kind), "no {kind} among {kinds:?}");
    }
}
