//! Stations of slow planets, which hardly move where they turn.

use orrery_almanac::WireBody;
use orrery_almanac::curve::{Curve, Quantity};
use orrery_almanac::events::{Event, What};
use orrery_almanac::motion::Tables;
use orrery_format::Body;
use orrery_tests::tables::{self, TEN_BODIES};

use crate::live::{Both, assert_same};
use crate::{all, finder};

/// Days that a planet is retrograde or direct at the least, but where the Sun's gravity turns it: Mercury is retrograde for 19.
const LEAST_DAYS: f64 = 15.0;

/// The Sun's radius, degrees, and what its own change with the year makes of it.
const DISC_DEG: f64 = 0.272;

/// Twice the promise of the tables, degrees.
const LEAST_DEG: f64 = 0.002 / 3600.0;

fn longitude_deg(event: &Event) -> f64 {
    let What::Station { longitude_deg, .. } = event.what else { panic!("{event:?}") };
    longitude_deg
}

#[test]
fn a_planet_turns_twice_between_conjunctions_but_behind_the_sun() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    for body in TEN_BODIES.into_iter().skip(2) {
        let of = WireBody::Tabulated(body);
        let found = all(finder(&tables).stations(of));
        let separation = Curve::of(Quantity::CosineOfSeparation(of, WireBody::SUN));
        let is_near = |pair: &[Event]| pair[1].jd_tt - pair[0].jd_tt < LEAST_DAYS;
        for pair in found.windows(2) {
            let retrograde = |event: &Event| matches!(event.what, What::Station { retrograde: true, .. });
            assert_ne!(retrograde(&pair[0]), retrograde(&pair[1]), "{pair:?}");
            if is_near(pair) {
                for event in pair {
                    let apart_deg = separation.value(&tables, event.jd_tt).unwrap().acos().to_degrees();
                    assert!(apart_deg < DISC_DEG, "{apart_deg}° from the Sun: {pair:?}");
                }
                let change_deg = (longitude_deg(&pair[0]) - longitude_deg(&pair[1])).abs();
                assert!(change_deg >= LEAST_DEG, "{pair:?}");
            }
        }
        let nears: Vec<bool> = found.windows(2).map(is_near).collect();
        let is_behind = |nth: usize| nears.get(nth).is_some_and(|near| *near) || (nth > 0 && nears[nth - 1]);
        let behind = (0..found.len()).filter(|nth| is_behind(*nth)).count();
        println!("{body}: {} stations, {behind} of them behind the Sun's disc", found.len());
        assert!(matches!(body, Body::Neptune | Body::Pluto) || behind == 0, "{body}");
        // The others are two for each time that the Sun comes round to it.
        let conjunctions = all(finder(&tables).conjunctions(of)).len();
        let synodic =
            if matches!(body, Body::Mercury | Body::Venus) { conjunctions / 2 } else { conjunctions };
        let others = found.len() - behind;
        assert!(others.abs_diff(2 * synodic) <= 2, "{body}: {others} in {synodic}");
    }
}

#[test]
fn neptune_right_behind_the_sun_in_1839_is_the_live_sources() {
    let dataset = tables::shared();
    let of = WireBody::Tabulated(Body::Neptune);
    let both = Both::over(&dataset, (2_392_700.0, 2_392_800.0));
    let ours = all(both.ours().stations(of));
    let theirs: Vec<_> = both.theirs().stations(of).map(Result::unwrap).collect();
    assert_same("Neptune, 1839", &ours, &theirs, 30.0);
    assert!(ours.len() > 2, "{ours:?}");
    // What is told does not depend on where a search begins.
    for event in &ours {
        for (from, to) in [(event.jd_tt, event.jd_tt + 1e-4), (event.jd_tt - 1e-4, event.jd_tt + 1e-4)] {
            let alone = all(both.ours().between(from, to).stations(of));
            assert_eq!(alone, [*event]);
        }
    }
}
