//! Every centre, place, plane, equinox, zodiac and kind of coordinates, at any instant.

use std::collections::BTreeMap;

use orrery_tests::tables;
use orrery_tests::views::URANIANS;
use proptest::prelude::prop;
use proptest::strategy::Just;

use crate::instants::{jd, jd_beyond, view};
use crate::sky::Sky;

#[test]
fn every_frame_is_the_librarys() {
    let sky = Sky::open();
    // The Uranians are live wherever they are asked for, which takes longer.
    let with_uranians = prop::bool::weighted(0.1);
    sky.hold(
        "by tables where they can",
        5_000,
        &(view(), jd(), with_uranians),
        |(view, jd, with_uranians)| {
            let mut bodies = view.bodies();
            bodies.retain(|body| with_uranians || !URANIANS.contains(body));
            sky.compare_bodies(&view, &bodies, "auto", jd).map(|_| ())
        },
    );
}

#[test]
fn every_frame_is_the_librarys_live() {
    let sky = Sky::open();
    sky.hold("live", 1_000, &(view(), jd()), |(view, jd)| sky.compare(&view, "live", jd).map(|_| ()));
}

#[test]
fn every_frame_is_the_librarys_where_no_tables_reach() {
    let sky = Sky::open();
    sky.hold("beyond the tables", 800, &(view(), jd_beyond(), Just("auto")), |(view, jd, source)| {
        let reply = sky.compare(&view, source, jd)?;
        // All is live, nutation and the Earth's rotation too.
        let source = &reply["provenance"]["source"];
        if source == "live" { Ok(()) } else { Err(format!("{} at {jd:?} is {source}", view.query())) }
    });
}

/// The Earth's rotation is tabulated by UT1: a place of the first seconds is from tables while the ΔT of its instant is not.
#[test]
fn tables_answer_to_their_very_ends_and_no_further() {
    let sky = Sky::open();
    let (tt, ut_start) = (tables::span_tt(), tables::span_ut().start);
    let mut seen = BTreeMap::<String, u32>::new();
    for jd in tables::ends_tt() {
        let reply = sky.ask(&format!("jd_tt={jd:?}&bodies=all")).unwrap();
        let jd_ut = reply["time"]["jd_ut"].as_f64().unwrap();
        let is_tabulated = tt.contains(&jd);
        // Told to 40 µs, an instant at the very edge may be on either side.
        let is_at_edge = (jd_ut - ut_start).abs() < 1e-9;
        let expected: &[&str] = match (is_tabulated, jd_ut >= ut_start) {
            (false, _) => &["live"],
            (true, _) if is_at_edge => &["table", "mixed"],
            (true, true) => &["table"],
            (true, false) => &["mixed"],
        };
        let source = reply["provenance"]["source"].as_str().unwrap();
        assert!(expected.contains(&source), "{jd:?}: {source}, not one of {expected:?}");
        for position in reply["positions"].as_array().unwrap() {
            let expected = if is_tabulated { "table" } else { "live" };
            assert_eq!(position["source"], expected, "{jd:?}: {position}");
        }
        *seen.entry(source.to_owned()).or_default() += 1;
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}
