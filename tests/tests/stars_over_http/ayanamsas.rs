//! Ayanamsas, all of them.

use std::ops::Range;

use orrery_swisseph::LiveAyanamsa;
use orrery_tests::measure::{ARCSEC, angle_between};
use orrery_tests::random::Random;
use orrery_tests::tables;
use serde_json::json;

use crate::{FILES_JD, NUTATION_ARCSEC, Sky, conjunction};

/// What an ayanamsa may be off, arcseconds.
const AYANAMSA_ARCSEC: f64 = 0.0001;

#[test]
fn every_ayanamsa_is_the_librarys() {
    let sky = Sky::open();
    let mut random = Random::of("listed ayanamsas");
    let mut worst = (0.0, String::new());
    for nth in 0..12 {
        let Range { start, end } = if nth % 3 == 0 { FILES_JD.0..FILES_JD.1 } else { tables::span_tt() };
        let jd = random.between(start, end);
        let source = if nth % 4 == 1 { "live" } else { "auto" };
        let reply = sky.ask(&format!("/v1/ayanamsas?jd_tt={jd:?}&source={source}&precision=full"));
        let all = reply["ayanamsas"].as_array().unwrap();
        assert_eq!(all.len(), 47);
        let mut session = sky.session.borrow_mut();
        let [nutation, ..] = session.nutation(jd).unwrap();
        for (number, one) in (0_u8..).zip(all) {
            assert_eq!(one["number"], number);
            let value = |name: &str| one[name].as_f64().unwrap();
            let mut at = |jd| session.ayanamsa_deg(LiveAyanamsa::Mode(number), jd).unwrap();
            let off = angle_between(value("value"), at(jd)).abs() * ARCSEC;
            let true_off = angle_between(value("true_value"), at(jd) + nutation).abs() * ARCSEC;
            let rate = angle_between(at(jd + 0.5), at(jd - 0.5));
            assert!(off <= AYANAMSA_ARCSEC, "{one} at {jd:?}: {off}″ off");
            assert!(true_off <= AYANAMSA_ARCSEC + NUTATION_ARCSEC, "{one} at {jd:?}: {true_off}″ off");
            assert!((value("rate") - rate).abs() * ARCSEC < 0.02, "{one} at {jd:?}: {rate}");
            if source == "live" {
                assert_eq!(one["source"], "live");
            }
            if off > worst.0 {
                worst = (off, format!("{} at {jd:?}", one["id"]));
            }
        }
    }
    println!("ayanamsas: at most {}″, {}", worst.0, worst.1);
    let own = "user:2415020.5,22.46";
    let reply = sky.ask(&format!("/v1/ayanamsas?jd_tt=2451545&ayanamsa={own}&precision=full"));
    let one = &reply["ayanamsas"][0];
    assert_eq!(
        (&one["id"], one.get("number"), reply["ayanamsas"].as_array().unwrap().len()),
        (&json!(own), None, 1)
    );
    let live = LiveAyanamsa::User { t0_jd_tt: 2_415_020.5, ayanamsa_t0_deg: 22.46 };
    let expected = sky.session.borrow_mut().ayanamsa_deg(live, 2_451_545.0).unwrap();
    assert!(angle_between(one["value"].as_f64().unwrap(), expected).abs() * ARCSEC < AYANAMSA_ARCSEC);
}

/// Once a year for half a day: the rest of the list is from tables all the same.
#[test]
fn a_star_behind_the_sun_leaves_its_ayanamsa_to_the_live_source() {
    let sky = Sky::open();
    let jd = conjunction(&sky, "deCnc");
    let reply = sky.ask(&format!("/v1/ayanamsas?jd_tt={jd:?}&precision=full"));
    let live: Vec<_> =
        reply["ayanamsas"].as_array().unwrap().iter().filter(|one| one["source"] == "live").collect();
    let ids: Vec<_> = live.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["true_pushya", "true_sheoran"], "{jd}");
    let expected = sky.session.borrow_mut().ayanamsa_deg(LiveAyanamsa::Mode(29), jd).unwrap();
    assert!(angle_between(live[0]["value"].as_f64().unwrap(), expected).abs() * ARCSEC < 1e-6);
    assert_eq!(reply["provenance"]["source"], "mixed");
    let refused = sky.client.get(&format!("/v1/ayanamsas?jd_tt={jd:?}&source=table"));
    assert_eq!(refused.problem(409, "table_only")["parameter"], "source");
    assert_eq!(
        sky.client.get(&format!("/v1/ayanamsas?jd_tt={jd:?}&source=table&ayanamsa=lahiri")).status,
        200
    );
}
