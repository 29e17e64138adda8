//! What lasts, which is the same wherever a search begins and ends.

use orrery_almanac::WireBody;
use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::events::{Event, Events, Finder, What};
use orrery_almanac::motion::{Tables, Unknown};
use orrery_format::Body;
use orrery_tests::tables;

use crate::{all, finder};

/// Searches of two years and of each event alone.
fn assert_same_alone<'t>(
    finder: &Finder<'t, Tables<'t>>,
    search: impl Fn(&Finder<'t, Tables<'t>>) -> Events<'t, Unknown>,
) -> Vec<Event> {
    let found = all(search(&finder.between(2_454_600.0, 2_455_500.0)));
    for event in &found {
        let alone = all(search(&finder.between(event.jd_tt, event.jd_tt.next_up())));
        assert_eq!(alone, [*event]);
    }
    found
}

#[test]
fn an_orb_is_that_of_all_that_is_exact_in_it() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let [saturn, uranus] = [Body::Saturn, Body::Uranus].map(WireBody::Tabulated);
    // They were opposite five times from 2008 to 2010, within five degrees mostly.
    let found =
        assert_same_alone(&finder(&tables), |finder| finder.aspects(saturn, uranus, &PTOLEMAIC, Some(5.0)));
    assert_eq!(found.len(), 5, "{found:?}");
    let mut periods: Vec<[f64; 2]> = Vec::new();
    for event in found {
        let What::Aspect { within: Some([Some(since), Some(until)]), .. } = event.what else {
            panic!("{event:?}")
        };
        assert!(since < event.jd_tt && event.jd_tt < until, "{event:?}");
        periods.push([since, until]);
    }
    periods.dedup();
    assert!(periods.len() < 5, "some share one: {periods:?}");
    assert!(periods.windows(2).all(|pair| pair[0][1] <= pair[1][0]), "no two overlap: {periods:?}");
    assert_same_alone(&finder(&tables), |finder| {
        finder.aspects_to_point(saturn, 180.0, &PTOLEMAIC, Some(3.0))
    });
}

#[test]
fn periods_end_where_they_end() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    for north in [true, false] {
        let found = assert_same_alone(&finder(&tables), |finder| finder.out_of_bounds(WireBody::MOON, north));
        assert!(found.len() > 20, "{}", found.len());
        for event in found {
            let What::OutOfBounds { end_jd_tt: Some(end_jd_tt), .. } = event.what else {
                panic!("{event:?}")
            };
            assert!((0.1..14.0).contains(&(end_jd_tt - event.jd_tt)), "{event:?}");
        }
    }
    let mercury = WireBody::Tabulated(Body::Mercury);
    assert!(assert_same_alone(&finder(&tables), |finder| finder.cazimi(mercury, 17.0 / 60.0)).len() > 10);
    assert!(assert_same_alone(&finder(&tables), |finder| finder.combustions(mercury, 8.5)).len() > 10);
}
