//! Lots: the tradition's, those of formulas, and those of an operator's file.

use orrery_tests::programs::{self, Server};
use orrery_tests::workspace;
use serde_json::{Value, json};

use crate::{Charts, apart, number, with};

const BERLIN: &str = "date=2026-03-20T14:46:00Z&lat=52.52&lon=13.4";

#[test]
fn the_sixteen_of_the_tradition_are_told_unasked() {
    let charts = Charts::open();
    let found = charts.ask(&format!("/v1/lots?{BERLIN}"));
    let lots = found["lots"].as_array().unwrap();
    assert_eq!(lots.len(), 16);
    assert_eq!(found["query"]["lots"].as_array().unwrap().len(), 16);
    assert_eq!(found["query"]["bodies"], json!([]));
    let names: Vec<_> = lots.iter().take(3).map(|lot| lot["lot"].as_str().unwrap()).collect();
    assert_eq!(names, ["fortune", "spirit", "eros"]);
    // The same of the chart, where they are lots among other things.
    let chart = charts.ask(&format!("/v1/chart?{BERLIN}&lots=traditional&bodies=pluto"));
    assert_eq!(chart["lots"], found["lots"]);
    assert_eq!(chart["positions"].as_array().unwrap().len(), 1);
}

#[test]
fn lots_are_reckoned_as_their_formulas_say() {
    let charts = Charts::open();
    for (hour, sect, formula) in
        [("14:46", "day", "ascendant + moon - sun"), ("23:46", "night", "ascendant + sun - moon")]
    {
        let found = charts.ask(&format!("/v1/chart?date=2026-03-20T{hour}:00Z&lat=52.52&lon=13.4"));
        assert_eq!(found["sect"]["sect"], sect);
        let lots: Vec<_> = found["lots"].as_array().unwrap().iter().map(|lot| &lot["lot"]).collect();
        assert_eq!(lots, ["fortune", "spirit"]);
        let fortune = &found["lots"][0];
        assert_eq!(fortune["formula"], formula);
        let place = |body| with(&found["positions"], "body", body);
        let (sun, moon) = (place("sun"), place("moon"));
        let ascendant = number(&found["houses"]["ascendant"]);
        let ahead = if sect == "day" { 1.0 } else { -1.0 };
        let by_hand = |name: &str| ahead * (number(&moon[name]) - number(&sun[name]));
        assert!(apart(&fortune["longitude"], ascendant + by_hand("longitude")) < 1e-8);
        let speed = number(&found["houses"]["angle_speeds"]["ascendant"]) + by_hand("longitude_speed");
        assert!((number(&fortune["longitude_speed"]) - speed).abs() < 1e-6);
        assert!(
            (number(&fortune["sign_longitude"]) - number(&fortune["longitude"]).rem_euclid(30.0)).abs()
                < 1e-8
        );
    }
}

#[test]
fn a_query_brings_lots_of_its_own() {
    let charts = Charts::open();
    // A plus that is not percent-encoded arrives as a space.
    let found =
        charts.ask(&format!("/v1/lots?{BERLIN}&lots=fortune&formula=mine:ascendant+moon-sun;far:Mine%2B180"));
    assert_eq!(found["query"]["formula"], "mine:ascendant+moon-sun;far:Mine+180");
    assert_eq!(found["query"]["lots"], json!(["fortune", "mine", "far"]));
    let [fortune, mine, far] = [0, 1, 2].map(|nth| &found["lots"][nth]);
    assert_eq!(fortune["longitude"], mine["longitude"]);
    assert!(apart(&far["longitude"], number(&mine["longitude"]) + 180.0) < 1e-8);
    // What they are made of is cast, and not told.
    let chart = charts.ask(&format!("/v1/chart?{BERLIN}&bodies=sun&formula=mine:ceres"));
    assert_eq!(chart["positions"].as_array().unwrap().len(), 1);
    assert_eq!(chart["lots"].as_array().unwrap().len(), 3);
    let ceres = charts.ask("/v1/positions?date=2026-03-20T14:46:00Z&bodies=ceres");
    assert!(apart(&chart["lots"][2]["longitude"], number(&ceres["positions"][0]["longitude"])) < 1e-8);
}

#[test]
fn a_lot_that_cannot_be_reckoned_takes_no_other_with_it() {
    let charts = Charts::open();
    // Sectors are no houses, of which some lots name a cusp.
    let found = charts.ask(&format!("/v1/chart?{BERLIN}&house_system=gauquelin&lots=all"));
    let lots = found["lots"].as_array().unwrap();
    let refused: Vec<_> = lots.iter().filter(|lot| lot.get("problem").is_some()).collect();
    let names: Vec<_> = refused.iter().map(|lot| lot["lot"].as_str().unwrap()).collect();
    assert_eq!(names, ["death", "travel", "substance", "anareta", "enemies_hermes"]);
    let problem = &refused[0]["problem"];
    assert_eq!((&problem["code"], &problem["parameter"]), (&json!("no_lot"), &json!("lots")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("`cusp_8`"), "{problem}");
    assert!(lots.len() > 40 && refused.iter().all(|lot| lot.get("longitude").is_none()));
    // What fails of a formula that the query brings along is not what `lots` names.
    let found = charts.ask(&format!("/v1/lots?{BERLIN}&lots=fortune&formula=mine:sun/(moon-moon)"));
    assert_eq!(found["lots"][1]["problem"]["parameter"], "formula", "{found}");
    assert!(found["lots"][0]["longitude"].is_number(), "{found}");
    let drawn = format!("/v1/chart?{BERLIN}&house_system=gauquelin&lots=fortune,death&format=svg");
    let drawn = charts.interface.borrow_mut().ask(&drawn, &[]);
    assert!(drawn.status == 200 && drawn.body.contains("Lots that cannot be reckoned: death"), "{drawn:?}");
}

#[test]
fn a_document_has_its_pluses_and_the_function_its_name() {
    let charts = Charts::open();
    let target = format!("/v1/lots?{BERLIN}&lots=fortune&formula=mine:ascendant+arc+(sun,+moon)");
    let found = charts.ask(&target);
    assert_eq!(found["query"]["formula"], "mine:ascendant+arc(sun,moon)");
    let chart = |formula: &str| json!({"date": "2026-03-20T14:46:00Z", "lat": 52.52, "lon": 13.4, "lots": ["fortune"], "formula": formula});
    let posted = charts.post("/v1/chart", &chart("mine: ascendant + arc (sun, moon)"));
    assert!(apart(&posted["lots"][1]["longitude"], number(&found["lots"][1]["longitude"])) < 1e-8);
    // Between operands of a document there is an operator, or nothing.
    let refused = chart("mine: ascendant moon").to_string();
    let refused = charts.interface.borrow_mut().post("/v1/chart", &refused);
    let problem = refused.problem(422, "invalid_formula");
    assert_eq!(problem["parameter"], "formula");
    assert!(problem["detail"].as_str().unwrap().contains("expected + - * /"), "{problem}");
}

/// How far the Moon is ahead of the Sun, degrees, −180 to 180, and where she is.
fn elongation(charts: &Charts, jd_tt: f64) -> (f64, f64) {
    let found = charts.ask(&format!("/v1/positions?bodies=sun,moon&jd_tt={jd_tt:?}"));
    let [sun, moon] = [0, 1].map(|nth| number(&found["positions"][nth]["longitude"]));
    ((moon - sun + 540.0).rem_euclid(360.0) - 180.0, moon)
}

#[test]
fn the_syzygy_is_the_last_new_or_full_moon() {
    let charts = Charts::open();
    // New on 2026-03-19 at 1:23 UT.
    let (mut low, mut high) = (2_461_118.0, 2_461_119.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if elongation(&charts, middle).0 < 0.0 { low = middle } else { high = middle }
    }
    let (_, moon) = elongation(&charts, low);
    let found = charts.ask(&format!("/v1/lots?{BERLIN}&lots=hyleg&formula=before:syzygy"));
    let [hyleg, before] = [0, 1].map(|nth| &found["lots"][nth]);
    assert!(apart(&before["longitude"], moon) < 1e-5, "{before}, not {moon}");
    assert_eq!(number(&before["longitude_speed"]), 0.0);
    let chart = charts.ask(&format!("/v1/chart?{BERLIN}&include=positions,houses"));
    let by_hand = number(&chart["houses"]["ascendant"])
        + number(&with(&chart["positions"], "body", "moon")["longitude"])
        - number(&before["longitude"]);
    assert!(apart(&hyleg["longitude"], by_hand) < 1e-7);
    // Live it is the same.
    let live = charts.ask(&format!("/v1/lots?{BERLIN}&lots=hyleg&formula=before:syzygy&source=live"));
    assert!(apart(&live["lots"][1]["longitude"], moon) < 1e-5, "{live}");
    // Two weeks later it is the full one.
    let full = charts.ask("/v1/lots?date=2026-04-03T14:46:00Z&lat=52.52&lon=13.4&formula=before:syzygy");
    let full = &full["lots"][16]["longitude"];
    assert!((190.0..195.0).contains(&number(full)), "{full}");
}

#[test]
fn an_operator_has_lots_too() {
    let scratch = workspace::scratch();
    let path = scratch.path().join("own.toml");
    let write = |day: &str| {
        std::fs::write(&path, format!("[[lot]]\nname = \"garden\"\nsets = [\"house\"]\nday = \"{day}\"\n"))
            .unwrap();
    };
    write("fortune + 30");
    let server = Server::with_settings(&format!("[charts]\nlots = {:?}\n", path.display().to_string()));
    let found: Value = server.ask(&format!("/v1/lots?{BERLIN}&lots=fortune,house"));
    let [fortune, garden] = [0, 1].map(|nth| &found["lots"][nth]);
    assert_eq!(garden["lot"], "garden");
    assert!(apart(&garden["longitude"], number(&fortune["longitude"]) + 30.0) < 1e-8);

    write("fortun + 30");
    let mut check = programs::command("orrery-server");
    let output = check.arg("--charts-lots").arg(&path).arg("--check-config").output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(
        errors.contains(
            "own.toml, line 4, column 8: lot `garden`: `fortun` is unknown: did you mean `fortune`?"
        ),
        "{errors}"
    );
}
