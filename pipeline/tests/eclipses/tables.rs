//! Eclipses from tables are those of the source, and a span's ends part them cleanly.

use std::path::Path;
use std::sync::OnceLock;

use orrery_almanac::CivilDate;
use orrery_almanac::eclipses::{
    Luminaries, Lunation, Phase, TabulatedLuminaries, lunar_eclipses, solar_eclipse_of, solar_eclipses,
};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::{Body, Dataset, Miss, TtDay};
use orrery_pipeline::build::{Options, build};
use orrery_pipeline::progress::Mode;
use orrery_pipeline::scope::Scope;

use super::elements::residuals;
use super::live::{self, day, six_centuries};

/// Tables of Sun, Moon and Earth of six centuries: built at first, and kept as long as nothing they depend on changes.
pub(crate) fn tables() -> &'static Dataset {
    static TABLES: OnceLock<Dataset> = OnceLock::new();
    TABLES.get_or_init(|| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("eclipse-tables");
        let ephe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/ephe");
        let bodies = Some(vec![Body::Sun, Body::Moon, Body::Earth]);
        let scope = Scope::of_years(1800, 2400, bodies);
        let today = CivilDate { year: 2026, month: 11, day: 21 };
        let options = Options { out: out.clone(), ephe, scope, jobs: None, progress: Mode::None, today };
        build(&options).unwrap_or_else(|error| panic!("building the tables: {error}"));
        Dataset::open(&out).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// Every eclipse of the Sun in them.
pub(crate) fn solar() -> &'static [SolarEclipse] {
    static FOUND: OnceLock<Vec<SolarEclipse>> = OnceLock::new();
    FOUND.get_or_init(|| solar_eclipses(&mut TabulatedLuminaries(tables()), six_centuries()).unwrap())
}

/// Every eclipse of the Moon in them.
pub(crate) fn lunar() -> &'static [LunarEclipse] {
    static FOUND: OnceLock<Vec<LunarEclipse>> = OnceLock::new();
    FOUND.get_or_init(|| lunar_eclipses(&mut TabulatedLuminaries(tables()), six_centuries()).unwrap())
}

#[test]
fn tables_have_the_sources_eclipses() {
    let (solar, expected) = (solar(), live::solar());
    assert_eq!(solar.len(), expected.len());
    // Contacts that there are not are so in both.
    let apart_s = |ours: &[f64], theirs: &[f64]| {
        let apart = ours.iter().zip(theirs).map(|(a, b)| if a.is_nan() && b.is_nan() { 0.0 } else { a - b });
        apart.fold(0.0_f64, |most, days| if days.is_nan() { days } else { most.max(86_400.0 * days.abs()) })
    };
    let mut worst = [0.0_f64; 3];
    let mut contact_s = Vec::new();
    for (ours, theirs) in solar.iter().zip(expected) {
        assert_eq!((ours.kind, ours.saros), (theirs.kind, theirs.saros));
        worst[0] = worst[0].max((ours.greatest_jd_tt - theirs.greatest_jd_tt).abs() * 86_400.0);
        worst[1] = worst[1].max((ours.gamma - theirs.gamma).abs());
        worst[2] = worst[2].max((ours.magnitude - theirs.magnitude).abs());
        contact_s.push(apart_s(&ours.penumbra_jd_tt, &theirs.penumbra_jd_tt));
        contact_s.push(apart_s(&ours.umbra_jd_tt, &theirs.umbra_jd_tt));
        contact_s.push(apart_s(&ours.axis_jd_tt, &theirs.axis_jd_tt));
    }
    let (lunar, expected) = (lunar(), live::lunar());
    assert_eq!(lunar.len(), expected.len());
    for (ours, theirs) in lunar.iter().zip(expected) {
        assert_eq!((ours.kind, ours.saros), (theirs.kind, theirs.saros));
        worst[0] = worst[0].max((ours.greatest_jd_tt - theirs.greatest_jd_tt).abs() * 86_400.0);
        worst[1] = worst[1].max((ours.gamma - theirs.gamma).abs());
        worst[2] = worst[2].max((ours.umbral_magnitude - theirs.umbral_magnitude).abs());
        contact_s.push(apart_s(&ours.penumbra_jd_tt, &theirs.penumbra_jd_tt));
        contact_s.push(apart_s(&ours.umbra_jd_tt, &theirs.umbra_jd_tt));
    }
    eprintln!(
        "tables from source: greatest {:.1e} s, gamma {:.1e}, magnitude {:.1e}",
        worst[0], worst[1], worst[2]
    );
    // A milliarcsecond, which tables promise, is 2 ms of the Moon's motion and 3e-7 of the Earth's radius.
    assert!(worst[0] < 5e-3 && worst[1] < 5e-7 && worst[2] < 1e-6, "{worst:?}");
    contact_s.sort_by(f64::total_cmp);
    let [usual, most] = [contact_s[contact_s.len() * 9 / 10], contact_s[contact_s.len() - 1]];
    eprintln!("contacts: nine of ten within {usual:.1e} s, all within {most:.1e} s");
    assert!(usual < 2e-3 && most < 0.05, "{usual} {most}");

    // Tables do not scatter as the live source does, but they have its tears.
    let mut tables = TabulatedLuminaries(tables());
    let of_each = solar.iter().map(|eclipse| residuals(&mut tables, &eclipse.elements).unwrap());
    let mut lengths: Vec<f64> = of_each.map(|worst| worst[0].max(worst[1])).collect();
    lengths.sort_by(f64::total_cmp);
    let [median, most] = [lengths[lengths.len() / 2], lengths[lengths.len() - 1]];
    eprintln!("elements from tables: x, y half within {median:.1e}, all within {most:.1e}");
    assert!(median < 5e-9 && most < 3e-7, "{median} {most}");

    // Beyond their end tables say so.
    assert!(matches!(
        solar_eclipses(&mut tables, day(2399, 1, 1)..day(2410, 1, 1)),
        Err(Miss::OutsideSpan { .. })
    ));
    assert!(matches!(tables.at(day(2410, 1, 1)), Err(Miss::OutsideSpan { .. })));
}

/// That eclipses are the same to the last bit, contacts that there are not among them.
fn assert_same<T: std::fmt::Debug>(found: &[T], expected: &[T], at: TtDay) {
    assert!(
        format!("{found:?}") == format!("{expected:?}"),
        "{} and {} eclipses at {at}",
        found.len(),
        expected.len()
    );
}

/// Wherever a span is cut, also at an eclipse's own instant and one double beside it, each eclipse is in one part.
#[test]
fn spans_that_meet_share_nothing_and_miss_nothing() {
    let mut source = live::open();
    let (start, end) = (day(1998, 1, 1), day(2001, 1, 1));
    let solar = solar_eclipses(&mut source, start..end).unwrap();
    let lunar = lunar_eclipses(&mut source, start..end).unwrap();
    assert!(solar.len() > 5 && lunar.len() > 5);
    let instants = solar.iter().map(|e| e.greatest_jd_tt).chain(lunar.iter().map(|e| e.greatest_jd_tt));
    let near = |jd: f64| [jd - 0.3, jd - 0.01, jd.next_down(), jd, jd.next_up(), jd + 0.01, jd + 0.3];
    for cut in instants.flat_map(near).map(TtDay) {
        let parts = [start..cut, cut..end];
        let [first, second] = parts.clone().map(|span| solar_eclipses(&mut source, span).unwrap());
        assert_same(&[first, second].concat(), &solar, cut);
        let [first, second] = parts.map(|span| lunar_eclipses(&mut source, span).unwrap());
        assert_same(&[first, second].concat(), &lunar, cut);
    }
    assert!(solar_eclipses(&mut source, end..start).unwrap().is_empty());
}

/// All is found lunation by lunation as in a row, and phases are where eclipses are.
#[test]
fn lunations_may_be_searched_one_by_one() {
    let mut source = live::open();
    let span = day(2010, 1, 1)..day(2020, 1, 1);
    let mut found = Vec::new();
    for lunation in Lunation::within(&span, Phase::New) {
        let eclipse = solar_eclipse_of(&mut source, lunation).unwrap();
        found.extend(eclipse.inspect(|eclipse| {
            let away = (eclipse.greatest_jd_tt - lunation.phase(Phase::New).jd()).abs() * 24.0;
            assert!(away < 0.75, "{away} h");
        }));
    }
    found.retain(|eclipse| span.contains(&TtDay(eclipse.greatest_jd_tt)));
    assert_same(&found, &solar_eclipses(&mut source, span.clone()).unwrap(), span.start);
}
