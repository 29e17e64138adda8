//! Sidereal zodiacs, each by itself.

use std::ops::Range;

use orrery_swisseph::{LiveAyanamsa, LiveCenter};
use orrery_tests::measure::angle_between;
use orrery_tests::random::Random;
use orrery_tests::tables;
use orrery_tests::views::View;
use serde_json::Value;

use crate::instants::{FILES_JD, ayanamsa, jd, site};
use crate::sky::Sky;

/// The bodies that tell an ayanamsa best: the first's tables are good to 1e-6″.
const BODIES: [&str; 3] = ["mean_apogee", "sun", "venus"];

/// What an ayanamsa may be off.
const AYANAMSA_ARCSEC: f64 = 0.0001;

#[test]
fn every_ayanamsa_is_the_librarys() {
    let sky = Sky::open();
    let mut random = Random::of("ayanamsas");
    let mut worst = (0.0, String::new());
    for number in 0..47 {
        let view = View { ayanamsa: Some(LiveAyanamsa::Mode(number)), ..View::from(LiveCenter::Geo) };
        for nth in 0..16 {
            let Range { start, end } = if nth % 4 == 0 { FILES_JD.0..FILES_JD.1 } else { tables::span_tt() };
            let jd = random.between(start, end);
            sky.compare_bodies(&view, &BODIES, "auto", jd).unwrap();
            let off_arcsec = sky.ayanamsa_off(number, jd).unwrap();
            assert!(off_arcsec <= AYANAMSA_ARCSEC, "ayanamsa={number} at jd_tt={jd:?}: {off_arcsec}″ off");
            if off_arcsec > worst.0 {
                worst = (off_arcsec, format!("ayanamsa {number} at {jd:?}"));
            }
        }
    }
    println!("ayanamsas: at most {}″, {}", worst.0, worst.1);
    sky.report("sidereal");
}

#[test]
fn user_defined_ayanamsas_and_all_others_hold_at_any_site() {
    let sky = Sky::open();
    sky.hold("sidereal from anywhere", 200, &(ayanamsa(), site(), jd()), |(ayanamsa, site, jd)| {
        let view = View { ayanamsa: Some(ayanamsa), ..View::from(LiveCenter::Topo(site)) };
        sky.compare_bodies(&view, &["moon", "mars", "true_node"], "auto", jd).map(|_| ())
    });
}

/// An anchored zodiac is told by where its star is seen, and once a year the Sun is in the way.
#[test]
fn a_star_behind_the_sun_leaves_the_ayanamsa_to_the_live_source() {
    let sky = Sky::open();
    // Revati, ζ Piscium, stands 0.2° from the ecliptic, Pushya, δ Cancri, 0.1°.
    let mut hidden = 0;
    for (number, fixed_deg) in [(28, 359.833_333), (29, 106.0), (39, 103.492_642)] {
        for year in [1850, 1950, 2026, 2100, 2390] {
            let view = View { ayanamsa: Some(LiveAyanamsa::Mode(number)), ..View::from(LiveCenter::Geo) };
            let conjunction = sun_at(&sky, &view, fixed_deg, year);
            for hours in [-30.0, -12.0, -6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 12.0, 30.0] {
                let jd = conjunction + hours / 24.0;
                let reply = sky.compare_bodies(&view, &BODIES, "auto", jd).unwrap();
                hidden += usize::from(reply["provenance"]["source"] == "mixed");
            }
        }
    }
    assert!(hidden > 0, "the Sun never hid a star");
    sky.report("the Sun before a star");
}

/// When the Sun stands at a sidereal longitude in a year.
fn sun_at(sky: &Sky, view: &View, longitude_deg: f64, year: i32) -> f64 {
    let mut jd = 2_451_545.0 + f64::from(year - 2000) * 365.25;
    for _ in 0..8 {
        let query = format!("jd_tt={jd:?}&bodies=sun&precision=full&{}", view.query());
        jd += angle_between(longitude_deg, longitude_of(&sky.ask(&query).unwrap())) / 0.985_647;
    }
    jd
}

fn longitude_of(reply: &Value) -> f64 {
    reply["positions"][0]["longitude"].as_f64().unwrap_or_else(|| panic!("no longitude: {reply}"))
}
