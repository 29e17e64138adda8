//! Where bodies are among houses and about the horizon: in every zodiac, and where the ascendant is not where things rise.

use serde_json::Value;

use crate::{Charts, apart, number, with};

/// The systems that divide the ecliptic itself.
const OF_THE_ECLIPTIC: [&str; 9] = ["A", "D", "L", "N", "O", "Q", "S", "V", "W"];

/// The others; Makransky's have no positions.
const OF_THE_SKY: [&str; 15] = ["B", "C", "F", "G", "H", "I", "J", "K", "M", "P", "R", "T", "U", "X", "Y"];

/// One zodiac by a name, some by shifts and some by ecliptics of their own.
const ZODIACS: [&str; 6] = [
    "zodiac=tropical",
    "zodiac=sidereal&ayanamsa=lahiri",
    "zodiac=sidereal&ayanamsa=fagan_bradley",
    "zodiac=sidereal&ayanamsa=user:2415020,10",
    "zodiac=sidereal&ayanamsa=j2000",
    "zodiac=sidereal&ayanamsa=skydram_mardyks",
];

const LIVERPOOL: &str = "date=1990-10-09T18:30&tz=Europe/London&lat=53.4&lon=-2.98";

/// Whether a longitude is so near to a cusp that rounding may take it to the other side.
fn is_on_cusp(found: &Value, longitude: &Value) -> bool {
    let cusps = found["houses"]["cusps"].as_array().unwrap();
    cusps.iter().any(|cusp| apart(longitude, number(cusp)) < 1e-3)
}

#[test]
fn house_positions_are_in_the_houses() {
    let charts = Charts::open();
    let found = charts
        .ask(&format!("/v1/houses?{LIVERPOOL}&bodies=moon&house_system=W&zodiac=sidereal&ayanamsa=lahiri"));
    let moon = &found["bodies"][0];
    // At 63.90°, in the fourth of signs.
    assert!(apart(&moon["longitude"], 63.9) < 0.01, "{moon}");
    assert_eq!(moon["house"], 4, "{moon}");
    assert!((number(&moon["house_position"]) - 4.13).abs() < 0.01, "{moon}");
    let mut compared = 0;
    for zodiac in ZODIACS {
        // Bodies have latitudes, which make no difference to divisions of the ecliptic; the Sun has hardly any.
        let of_the_ecliptic = OF_THE_ECLIPTIC.map(|system| (system, "all"));
        let of_the_sky = OF_THE_SKY.map(|system| (system, "sun"));
        for (system, bodies) in of_the_ecliptic.into_iter().chain(of_the_sky) {
            for place in ["lat=53.4&lon=-2.98", "lat=-33.9&lon=151.2"] {
                let query = format!("date=1990-10-09T18:30:00Z&{place}&{zodiac}&house_system={system}");
                let found = charts.ask(&format!("/v1/houses?{query}&bodies={bodies}"));
                for body in found["bodies"].as_array().unwrap() {
                    if is_on_cusp(&found, &body["longitude"]) {
                        continue;
                    }
                    let position = number(&body["house_position"]);
                    assert_eq!(position.floor(), number(&body["house"]), "{query}: {body}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 2_000, "{compared}");
}

#[test]
fn behind_the_last_house_there_is_the_first() {
    let charts = Charts::open();
    let mut wrapped = 0;
    for (system, last) in [("placidus", 12), ("equal", 12), ("gauquelin", 36)] {
        for hour in 0..24 {
            let query = format!("date=1990-10-09T{hour:02}:00Z&lat=53.4&lon=-2.98&house_system={system}");
            let [exact, rounded] = [9, 0].map(|precision| {
                charts.ask(&format!("/v1/houses?{query}&bodies=luminaries,planets&precision={precision}"))
            });
            let bodies = rounded["bodies"].as_array().unwrap();
            for (exact, rounded) in exact["bodies"].as_array().unwrap().iter().zip(bodies) {
                let [exact, rounded] = [exact, rounded].map(|body| number(&body["house_position"]));
                assert!(rounded >= 1.0 && rounded <= f64::from(last), "{query}: {rounded}");
                let is_last = exact > f64::from(last) + 0.5;
                wrapped += usize::from(is_last);
                assert_eq!(rounded, if is_last { 1.0 } else { exact.round() }, "{query}: {exact}");
            }
        }
    }
    assert!(wrapped > 10, "{wrapped}");
}

#[test]
fn every_system_that_fails_says_where() {
    let charts = Charts::open();
    let berlin = "/v1/houses?date=2026-03-20T14:46:00Z&lat=52.52&lon=13.4";
    let limit = |target: &str| {
        let found = charts.ask(target);
        number(&with(&found["systems"], "system", "sunshine_makransky")["limit_latitude"])
    };
    // Without the Sun nobody knows better than that it may from the polar circles on; at the equinox it is near to the poles.
    assert!((limit(berlin) - 66.56).abs() < 0.01);
    assert!(limit(&format!("{berlin}&bodies=sun")) > 89.9);
    // Which needs no ephemeris.
    assert!((limit("/v1/houses?jd=1000000&lat=50&lon=10") - 66.2).abs() < 0.5);
}

#[test]
fn the_sun_is_always_on_its_own_side_of_the_horizon() {
    let charts = Charts::open();
    let (mut turned, mut others) = (0, 0);
    for lat in [70.0, -75.0, 10.0] {
        for nth in 0..24 {
            let jd = 2_451_545.0 + f64::from(nth) * 15.3;
            let query = format!("jd={jd}&lat={lat}&lon=10&house_system=equal&include=sect,houses,positions");
            let found = charts.ask(&format!("/v1/chart?{query}"));
            let planets = &found["sect"]["planets"];
            assert_eq!(with(planets, "body", "sun")["halb"], true, "{query}");
            // The half of the ecliptic behind the ascendant has risen, where it is not turned to the other side.
            let is_day = found["sect"]["sect"] == "day";
            let ascendant = number(&found["houses"]["ascendant"]);
            let has_risen = |body: &str| {
                let longitude = number(&with(&found["positions"], "body", body)["longitude"]);
                (ascendant - longitude).rem_euclid(360.0) <= 180.0
            };
            turned += u32::from(has_risen("sun") != is_day);
            if lat == 10.0 {
                for body in ["saturn", "jupiter"] {
                    let halb = with(planets, "body", body)["halb"] == true;
                    others += u32::from(halb == (has_risen(body) == is_day));
                }
            }
        }
    }
    assert!(turned > 5, "{turned}");
    // But for what has its latitude between it and the ecliptic.
    assert!((45..=48).contains(&others), "{others}");
}

#[test]
fn mirror_images_are_met() {
    let charts = Charts::open();
    let mut met = 0;
    for nth in 0..12 {
        let jd = 2_451_545.0 + f64::from(nth) * 31.0;
        let found = charts.ask(&format!("/v1/chart?jd={jd}&lat=50&lon=10&include=antiscia,positions"));
        let antiscia = found["antiscia"].as_array().unwrap();
        for one in antiscia {
            for other in antiscia.iter().filter(|other| other["body"] != one["body"]) {
                let name = other["body"].as_str().unwrap();
                let longitude = &with(&found["positions"], "body", name)["longitude"];
                let [plain, contra] =
                    ["antiscion", "contra_antiscion"].map(|image| apart(longitude, number(&one[image])));
                let contact = one["contacts"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|contact| contact["body"] == other["body"]);
                assert_eq!(contact.is_some(), plain.min(contra) <= 1.0, "{one} {other}");
                let Some(contact) = contact else { continue };
                assert_eq!(contact["contra"], contra < plain, "{one} {other}");
                assert!((number(&contact["orb"]) - plain.min(contra)).abs() < 1e-8, "{contact}");
                // Each has the other in its own.
                let back = other["contacts"].as_array().unwrap();
                assert!(back.iter().any(|back| back["body"] == one["body"]), "{other}");
                met += 1;
            }
        }
    }
    assert!(met > 4, "{met}");
}

#[test]
fn places_have_rulers_of_every_kind() {
    let charts = Charts::open();
    let chart = "jd=2451545&lat=50&lon=10&include=dignities";
    let found = charts.ask(&format!("/v1/chart?{chart}&triplicities=ptolemaic"));
    // The Sun is at 10° Capricorn, by day.
    let sun = with(&found["dignities"], "body", "sun");
    let rulers = serde_json::json!({
        "domicile": "saturn", "exaltation": "mars", "triplicity": {"day": "venus", "night": "moon", "participating": null},
        "term": "jupiter", "face": "mars",
    });
    assert_eq!(sun["rulers"], rulers);
    let found = charts.ask(&format!("/v1/chart?{chart}"));
    assert_eq!(with(&found["dignities"], "body", "sun")["rulers"]["triplicity"]["participating"], "mars");
    // Without a time of day terms of the Chaldeans are whose the sect would say.
    let untimed = "date=2000-01-01&time_known=false&include=dignities&terms=chaldean&triplicities=ptolemaic";
    let found = charts.ask(&format!("/v1/chart?{untimed}"));
    let terms: Vec<_> =
        found["dignities"].as_array().unwrap().iter().map(|one| &one["rulers"]["term"]).collect();
    assert!(
        terms.iter().any(|term| term.is_null()) && terms.iter().any(|term| term.is_string()),
        "{terms:?}"
    );
}

#[test]
fn angles_have_other_names() {
    let charts = Charts::open();
    let found = charts.ask("/v1/chart?jd=2451545&lat=50&lon=10&angles=ASC,Midheaven,vertex&include=aspects");
    assert_eq!(found["query"]["angles"], serde_json::json!(["ascendant", "mc", "vertex"]));
}
