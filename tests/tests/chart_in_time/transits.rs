//! Transits beside a scan of the tables, which knows nothing of levels, and beside the search for one aspect at a time.

use std::collections::HashMap;

use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::events::{Partner, What};
use orrery_almanac::motion::Tables;
use orrery_almanac::transits::{Contact, Motion, Target, Transit, house_entries, transits};
use orrery_almanac::{Angle, HouseSystem, Houses, Varying};
use orrery_format::time::J2000_JD;
use orrery_format::{Body, Center, TtDay};
use orrery_tests::tables;

use crate::{POINTS_DEG, all, apart_deg, finder, of, targets};

const BODIES: [Body; 9] = [
    Body::Moon,
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Saturn,
    Body::Neptune,
    Body::Pluto,
    Body::TrueNode,
];

/// Beside a seam between centuries, and at both ends of the tables.
fn years() -> [(f64, f64); 3] {
    let span = tables::span_tt();
    [(J2000_JD - 700.0, J2000_JD + 700.0), (span.start, span.start + 900.0), (span.end - 900.0, span.end)]
}

/// Days between two looks of a scan.
const STEP_DAYS: f64 = 1.0 / 16.0;

#[test]
fn a_scan_meets_what_is_found_and_no_more() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let targets = targets(Some(1.0));
    let mut count = 0;
    for range in years() {
        for body in BODIES {
            let steps = ((range.1 - range.0) / STEP_DAYS) as usize;
            let at = |nth: usize| (range.0 + nth as f64 * STEP_DAYS).min(range.1.next_down());
            let state = |jd| dataset.true_state(body, Center::Geo, TtDay(jd)).unwrap().value;
            let scanned: Vec<f64> = (0..=steps).map(|nth| state(at(nth)).longitude_deg).collect();
            let mut passed: HashMap<(usize, usize), u32> = HashMap::new();
            for (step, pair) in scanned.windows(2).enumerate() {
                for (nth, target) in targets.iter().enumerate() {
                    let [from, to] = [pair[0], pair[1]].map(|deg| apart_deg(deg, target.longitude_deg));
                    if (from >= 0.0) != (to >= 0.0) && (from - to).abs() < 90.0 {
                        passed.insert((nth, step), 1);
                    }
                }
            }
            let found =
                all(transits(&finder(&tables, None).between(range.0, range.1), &[of(body)], &targets));
            assert!(found.is_sorted_by_key(|transit| transit.jd_tt), "{body}");
            let mut exact: HashMap<(usize, usize), u32> = HashMap::new();
            for transit in &found {
                assert!((range.0..range.1).contains(&transit.jd_tt));
                let state = state(transit.jd_tt);
                assert!(apart_deg(state.longitude_deg, transit.longitude_deg).abs() < 1e-8, "{transit:?}");
                if let Contact::Exact { motion, .. } = transit.contact {
                    let target = targets[transit.target];
                    assert_eq!(transit.longitude_deg, target.longitude_deg);
                    let direct = state.longitude_speed > 0.0;
                    assert!(
                        motion == if direct { Motion::Direct } else { Motion::Retrograde },
                        "{transit:?}"
                    );
                    *exact
                        .entry((transit.target, ((transit.jd_tt - range.0) / STEP_DAYS) as usize))
                        .or_default() += 1;
                }
            }
            for key in passed.keys().chain(exact.keys()) {
                let [scanned, found] = [&passed, &exact].map(|of| of.get(key).copied().unwrap_or_default());
                assert_eq!(scanned % 2, found % 2, "{body} at {:?}, {}", targets[key.0], at(key.1));
            }
            count += exact.values().sum::<u32>();
        }
    }
    assert!(count > 3_000, "{count}");
    println!("{count} exact transits, none missed and none too many");
}

#[test]
fn what_is_looked_for_at_once_is_what_is_looked_for_one_by_one() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let lahiri: Ayanamsa = "lahiri".parse().unwrap();
    let span = tables::span_tt();
    for (zodiac, range) in
        [(None, (J2000_JD, J2000_JD + 9_000.0)), (Some(lahiri), (span.end - 9_000.0, span.end))]
    {
        let finder = finder(&tables, zodiac).between(range.0, range.1);
        let targets = targets(Some(1.5));
        for body in [Body::Mars, Body::Saturn, Body::Pluto, Body::Chiron] {
            let mut one_by_one = Vec::new();
            for point_deg in POINTS_DEG {
                let events = all(finder.aspects_to_point(of(body), point_deg, &PTOLEMAIC, Some(1.5)));
                one_by_one.extend(events.into_iter().map(|event| match event.what {
                    What::Aspect { b: Partner::Point(point), aspect, longitude_deg, within, .. } => {
                        (event.jd_tt, point, aspect, longitude_deg, within)
                    }
                    other => panic!("{other:?}"),
                }));
            }
            one_by_one.sort_by(|a, b| a.0.total_cmp(&b.0));
            let found = all(transits(&finder, &[of(body)], &targets));
            let at_once: Vec<_> = found
                .iter()
                .filter(|transit| matches!(transit.contact, Contact::Exact { .. }))
                .map(|transit| {
                    let target = targets[transit.target];
                    let point = POINTS_DEG[target.point];
                    (transit.jd_tt, point, target.aspect, target.longitude_deg, transit.within)
                })
                .collect();
            assert!(at_once.len() > 10, "{body}: {}", at_once.len());
            assert_eq!(at_once, one_by_one, "{body}");
        }
    }
}

#[test]
fn whoever_begins_elsewhere_is_told_the_same() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let targets = targets(Some(2.0));
    let bodies = [Body::Mercury, Body::Mars, Body::Saturn, Body::Pluto, Body::TrueNode].map(of);
    let (start, end) = (J2000_JD - 2_000.0, J2000_JD + 2_000.0);
    let whole = all(transits(&finder.between(start, end), &bodies, &targets));
    assert!(whole.len() > 500, "{}", whole.len());
    let seams = [J2000_JD, J2000_JD.next_down(), J2000_JD.next_up(), J2000_JD + 123.456];
    for cut in seams.into_iter().chain(whole.iter().step_by(97).map(|transit| transit.jd_tt)) {
        let parts = [(start, cut), (cut, end)]
            .map(|(start, end)| all(transits(&finder.between(start, end), &bodies, &targets)));
        assert!(parts[0].iter().all(|transit| transit.jd_tt < cut));
        assert_eq!(parts.concat(), whole, "cut at {cut}");
    }
}

#[test]
fn what_turns_on_a_point_touches_it_once() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    for body in [Body::Mercury, Body::Mars, Body::Jupiter, Body::Neptune] {
        let stations = all(finder.between(J2000_JD, J2000_JD + 3_000.0).stations(of(body)));
        assert!(stations.len() > 5);
        for station in stations {
            let What::Station { longitude_deg, .. } = station.what else { panic!("{station:?}") };
            let target = Target { point: 0, aspect: PTOLEMAIC[0], longitude_deg, orb_deg: Some(0.5) };
            let around = finder.between(station.jd_tt - 1.0, station.jd_tt + 1.0);
            let found = all(transits(&around, &[of(body)], &[target]));
            let [Transit { jd_tt, contact: Contact::Exact { motion: Motion::Stationary, passes, .. }, .. }] =
                found[..]
            else {
                panic!("{body}: {found:?}")
            };
            assert!((jd_tt - station.jd_tt).abs() < 1e-6, "{body}");
            // It is gone over once more, before it turns back or after it has turned forward.
            assert!(passes >= 2, "{body}: {found:?}");
        }
    }
}

#[test]
fn at_the_ends_of_the_tables_periods_have_none() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let span = tables::span_tt();
    for (end, step) in [(span.start, 1.0), (span.end, -1.0)] {
        let saturn = dataset.true_state(Body::Saturn, Center::Geo, TtDay(end + 2.0 * step)).unwrap().value;
        let target = Target {
            point: 0,
            aspect: PTOLEMAIC[0],
            longitude_deg: saturn.longitude_deg,
            orb_deg: Some(1.0),
        };
        let range = if step > 0.0 { (end, end + 5.0) } else { (end - 5.0, end) };
        let found = all(transits(&finder.between(range.0, range.1), &[of(Body::Saturn)], &[target]));
        let [transit] = found[..] else { panic!("{found:?}") };
        let Some([since, until]) = transit.within else { panic!("{transit:?}") };
        assert_eq!((since.is_none(), until.is_none()), (step > 0.0, step < 0.0), "{transit:?}");
    }
}

#[test]
fn bodies_go_from_house_to_house() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None).between(J2000_JD, J2000_JD + 12_000.0);
    // Cusps as Placidus has them far in the north, of very different sizes.
    let cusps = [3.0, 62.0, 80.0, 92.0, 104.0, 121.0, 183.0, 242.0, 260.0, 272.0, 284.0, 301.0];
    let angles = [Varying::default(); Angle::COUNT];
    let houses = Houses::new(HouseSystem::Placidus, cusps.map(Varying::constant), angles, Varying::default());
    for body in [Body::Sun, Body::Mercury, Body::Saturn, Body::TrueNode] {
        let house_at = |jd| {
            let state = dataset.true_state(body, Center::Geo, TtDay(jd)).unwrap().value;
            houses.house_of(state.longitude_deg)
        };
        let mut house = house_at(J2000_JD);
        let entries = all(house_entries(&finder, of(body), &houses));
        assert!(entries.len() >= 12, "{body}: {}", entries.len());
        for entry in entries {
            assert_eq!(entry.from, house, "{entry:?}");
            assert_eq!(entry.house, house_at(entry.jd_tt + 1e-4), "{entry:?}");
            assert_eq!(entry.from, house_at(entry.jd_tt - 1e-4), "{entry:?}");
            house = entry.house;
        }
        assert_eq!(house, house_at(J2000_JD + 12_000.0), "{body}");
    }
}
