//! Occultations of planets beside those that the live source finds by a search of its own.

use orrery_almanac::WireBody;
use orrery_almanac::events::What;
use orrery_almanac::motion::Tables;
use orrery_format::Body;
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveOccultationKind, LiveSearch, Session};
use orrery_tests::{tables, workspace};

use crate::{SECOND, all, finder};

/// First instant and first after, Julian days of TT: ten years.
const YEARS: (f64, f64) = (2_458_849.5, 2_462_502.5);

/// Days after one occultation from which the next is looked for: the same planet is occulted once a month.
const ON_DAYS: f64 = 10.0;

/// Where the axis of the shadow passes the Earth by more than this, in its radii, a touch decides, and what the Earth and the
/// Moon are taken for.
const GRAZING: f64 = 1.26;

/// Greatest instants that the live source finds, Julian days of TT.
fn theirs(session: &mut Session, body: Body) -> Vec<f64> {
    let mut found = Vec::new();
    let mut from = YEARS.0 - 2.0 * ON_DAYS;
    loop {
        let kinds = &LiveOccultationKind::ALL;
        let next = session.occultation(live_body(body), kinds, LiveSearch::Forward, from).unwrap();
        let jd_ut = next.shadow.maximum_jd_ut;
        let jd_tt = jd_ut + session.delta_t_s(jd_ut).unwrap() * SECOND;
        if jd_tt >= YEARS.1 {
            return found;
        }
        if jd_tt >= YEARS.0 {
            found.push(jd_tt);
        }
        from = jd_ut + ON_DAYS;
    }
}

#[test]
fn occultations_are_the_live_sources() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let mut session = workspace::session();
    let (mut compared, mut worst) = (0, 0.0_f64);
    for body in
        [Body::Mercury, Body::Venus, Body::Mars, Body::Jupiter, Body::Saturn, Body::Uranus, Body::Neptune]
    {
        let mut theirs = theirs(&mut session, body);
        let range = finder(&tables).between(YEARS.0 - 1.0, YEARS.1 + 1.0);
        for event in all(range.occultations(WireBody::Tabulated(body))) {
            let What::Occultation { greatest_jd_tt, gamma, end_jd_tt, .. } = event.what else {
                panic!("{event:?}")
            };
            assert!(event.jd_tt < greatest_jd_tt && greatest_jd_tt < end_jd_tt, "{event:?}");
            if !(YEARS.0..YEARS.1).contains(&greatest_jd_tt) {
                continue;
            }
            let near = theirs.iter().position(|jd_tt| (jd_tt - greatest_jd_tt).abs() < 0.1);
            let Some(near) = near else {
                assert!(gamma.abs() > GRAZING, "{body}: the live source has none: {event:?}");
                continue;
            };
            let apart_s = (theirs.remove(near) - greatest_jd_tt) / SECOND;
            assert!(apart_s.abs() < 10.0, "{body}: {apart_s} s, {event:?}");
            (compared, worst) = (compared + 1, worst.max(apart_s.abs()));
        }
        // What is left the live source alone has.
        assert_eq!(theirs, Vec::<f64>::new(), "{body}");
    }
    println!("{compared} occultations, within {worst:.1} s");
    assert!(compared > 100, "{compared}");
}
