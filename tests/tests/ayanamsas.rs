//! Hazard: an ayanamsa that is another's at some dates, or a frame that is taken for a shift. All 47 and users'
//! own are compared with the live source: values at random dates in the tables' span and, where nothing in the
//! sky is held fast, over all dates that the library takes; places from every centre and in every light; and
//! beside the Sun, where the light of an anchor is bent most.

mod sky;

use std::collections::BTreeMap;

use orrery_almanac::ayanamsa::SiderealDate;
use orrery_almanac::stars::{Observer, Sight};
use orrery_almanac::{Ayanamsa, Precession, Varying};
use orrery_format::{State, TtDay};
use orrery_swisseph::{LiveAyanamsa, LiveBody, LiveCenter, LiveFrame, LiveReference, LiveSite, LiveView};
use orrery_tests::measure::angle_between;
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

use sky::Sky;

/// The aim is 1e-4″. Anchors are off by what the tables' Earth is, most of it in its velocity.
const PROMISE_ARCSEC: f64 = 5e-5;
/// What is but arithmetic.
const FORMULA_ARCSEC: f64 = 1e-8;
/// Within the tables, clear of their ends.
const SPAN_JD: (f64, f64) = (2_378_500.0, 2_597_600.0);
/// What the library takes: from 13,200 BC to AD 17,190.
const ALL_DATES_JD: (f64, f64) = (-3_100_000.0, 8_000_000.0);

/// Those whose anchor the Sun passes, with the degrees that it has in the zodiac.
const PASSED: [(&str, f64); 4] =
    [("true_citra", 180.0), ("true_revati", 359.833), ("true_pushya", 106.0), ("true_sheoran", 103.493)];

fn live(ayanamsa: Ayanamsa, own: (f64, f64)) -> LiveAyanamsa {
    ayanamsa
        .number()
        .map_or(LiveAyanamsa::User { t0_jd_tt: own.0, ayanamsa_t0_deg: own.1 }, LiveAyanamsa::Mode)
}

fn zodiac(sky: &Sky, ayanamsa: Ayanamsa, sight: Sight) -> Option<SiderealDate> {
    let observer = || Ok::<_, ()>(sky.observer);
    ayanamsa.zodiac().at(&sky.precession, sky.obliquity, sight, observer).unwrap()
}

/// The worst of each ayanamsa.
#[derive(Default)]
struct Worst(BTreeMap<String, (f64, f64)>);

impl Worst {
    fn add(&mut self, ayanamsa: Ayanamsa, jd: f64, arcsec: f64) {
        let name = if ayanamsa.number().is_some() { ayanamsa.to_string() } else { "user".to_owned() };
        let worst = self.0.entry(name).or_default();
        if arcsec.is_nan() || arcsec.abs() > worst.0 {
            *worst = (arcsec.abs(), jd);
        }
    }

    fn hold(&self, promise: impl Fn(&str) -> f64) {
        for (name, (arcsec, jd)) in &self.0 {
            println!("{name:<30} {arcsec:.1e}″ at JD {jd:?}");
        }
        let broken: Vec<_> =
            self.0.iter().filter(|(name, worst)| worst.0.is_nan() || worst.0 > promise(name)).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }
}

fn promise(name: &str) -> f64 {
    let anchored = name.parse().is_ok_and(Ayanamsa::is_anchored);
    if anchored { PROMISE_ARCSEC } else { FORMULA_ARCSEC }
}

fn users_own(random: &mut Random, dates: (f64, f64)) -> ((f64, f64), Ayanamsa) {
    let own = (random.between(dates.0, dates.1), random.between(-360.0, 360.0));
    (own, Ayanamsa::user(TtDay(own.0), own.1).unwrap())
}

#[test]
fn every_ayanamsa_is_the_live_one() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("ayanamsas");
    let (mut worst, mut hidden) = (Worst::default(), 0);
    for _ in 0..200 {
        let jd = random.between(SPAN_JD.0, SPAN_JD.1);
        let sky = Sky::at(&dataset, jd);
        let (own, users) = users_own(&mut random, SPAN_JD);
        for ayanamsa in Ayanamsa::ALL.into_iter().chain([users]) {
            let expected = session.ayanamsa_deg(live(ayanamsa, own), jd).unwrap();
            let Some(found) = zodiac(&sky, ayanamsa, Sight::Apparent) else {
                hidden += 1;
                continue;
            };
            let found = found.ayanamsa_deg().value;
            assert!((0.0..360.0).contains(&found), "{ayanamsa}: {found}");
            worst.add(ayanamsa, jd, angle_between(found, expected) * 3600.0);
        }
    }
    worst.hold(promise);
    // Three anchors are behind the Sun for half a day each year.
    assert!(hidden <= 6, "{hidden}");
}

#[test]
fn formulas_hold_at_all_dates_of_the_library() {
    let mut session = workspace::session();
    let mut random = Random::of("ayanamsas of all dates");
    let mut worst = Worst::default();
    let held = |ayanamsa: &Ayanamsa| !ayanamsa.is_anchored();
    for _ in 0..100 {
        let jd = random.between(ALL_DATES_JD.0, ALL_DATES_JD.1);
        let precession = Precession::to(TtDay(jd));
        let (own, users) = users_own(&mut random, ALL_DATES_JD);
        for ayanamsa in Ayanamsa::ALL.into_iter().filter(held).chain([users]) {
            let nobody = || -> Result<Observer, ()> { Err(()) };
            let found = ayanamsa.zodiac().at(&precession, Varying::default(), Sight::Apparent, nobody);
            let found = found.unwrap().unwrap().ayanamsa_deg().value;
            let expected = session.ayanamsa_deg(live(ayanamsa, own), jd).unwrap();
            worst.add(ayanamsa, jd, angle_between(found, expected) * 3600.0);
        }
    }
    // The library takes J2000 for itself; the model of precession turns even that, by 1e-6″.
    worst.hold(|name| if name == "j2000" { 1e-7 } else { promise(name) });
}

#[test]
fn sidereal_places_are_the_live_ones_from_everywhere_and_in_every_light() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("sidereal places");
    let mut worst = Worst::default();
    let mean = LiveFrame { reference: LiveReference::MeanOfDate, ..LiveFrame::default() };
    for _ in 0..6 {
        let jd = random.between(SPAN_JD.0, SPAN_JD.1);
        let sky = Sky::at(&dataset, jd);
        let (own, users) = users_own(&mut random, SPAN_JD);
        let site = LiveCenter::Topo(LiveSite { latitude_deg: 52.5, longitude_deg: 13.4, altitude_m: 40.0 });
        for (center, body) in [
            (LiveCenter::Geo, LiveBody::Moon),
            (site, LiveBody::Venus),
            (LiveCenter::Helio, LiveBody::Mars),
            (LiveCenter::Bary, LiveBody::Saturn),
        ] {
            for view in
                [LiveView::apparent(center), LiveView::astrometric(center), LiveView::geometric(center)]
            {
                let place = session.framed(body, view, mean, jd).unwrap();
                let place = State {
                    longitude_deg: place[0],
                    latitude_deg: place[1],
                    distance_au: place[2],
                    ..State::default()
                };
                let terrestrial = matches!(center, LiveCenter::Geo | LiveCenter::Topo(_));
                let seen = terrestrial && view == LiveView::apparent(center);
                let sight = if seen { Sight::Apparent } else { Sight::Geometric };
                for ayanamsa in Ayanamsa::ALL.into_iter().chain([users]) {
                    let expected = session.sidereal_position(body, view, live(ayanamsa, own), jd).unwrap();
                    let Some(zodiac) = zodiac(&sky, ayanamsa, sight) else { continue };
                    let found = zodiac.refer(&place);
                    let along = angle_between(found.longitude_deg, expected[0]) * 3600.0;
                    let across = (found.latitude_deg - expected[1]) * 3600.0;
                    worst.add(ayanamsa, jd, along.hypot(across));
                    let distance = found.distance_au / expected[2] - 1.0;
                    assert!(distance.abs() < 1e-13, "{ayanamsa}, {view:?}: {distance}");
                }
            }
        }
    }
    worst.hold(|name| if name == "j2000" { 2e-6 } else { promise(name) });
}

#[test]
fn anchors_beside_the_sun_are_where_the_live_source_has_them() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("anchors beside the Sun");
    let (mut worst, mut hidden, mut seen) = (Worst::default(), 0, 0);
    for (name, held) in PASSED {
        let ayanamsa: Ayanamsa = name.parse().unwrap();
        for _ in 0..25 {
            let mut jd = random.between(SPAN_JD.0, SPAN_JD.1 - 400.0);
            for _ in 0..5 {
                let sky = Sky::at(&dataset, jd);
                let anchor = zodiac(&sky, ayanamsa, Sight::Geometric).unwrap().ayanamsa_deg().value + held;
                let ahead = angle_between(anchor, sky.sun.longitude_deg);
                jd += ahead / sky.sun.longitude_speed;
            }
            for _ in 0..8 {
                let beside = jd + random.between(-1.5, 1.5);
                let expected = session.ayanamsa_deg(live(ayanamsa, (0.0, 0.0)), beside).unwrap();
                let sky = Sky::at(&dataset, beside);
                if let Some(found) = zodiac(&sky, ayanamsa, Sight::Apparent) {
                    seen += 1;
                    let found = found.ayanamsa_deg().value;
                    worst.add(ayanamsa, beside, angle_between(found, expected) * 3600.0);
                } else {
                    hidden += 1;
                    assert_ne!(name, "true_citra");
                    // Its disc is crossed in twelve hours at most.
                    assert!((beside - jd).abs() < 0.3, "{name} at {beside}, conjunction at {jd}");
                }
            }
        }
    }
    println!("{hidden} behind the Sun, {seen} beside");
    worst.hold(|_| PROMISE_ARCSEC);
    assert!(hidden > 30 && seen > 400);
}

#[test]
fn the_change_of_an_anchored_ayanamsa_is_the_derivative() {
    let dataset = tables::shared();
    let mut random = Random::of("changes of ayanamsas");
    let step = 0.1;
    let value =
        |ayanamsa, jd| zodiac(&Sky::at(&dataset, jd), ayanamsa, Sight::Apparent).map(|it| it.ayanamsa_deg());
    for ayanamsa in Ayanamsa::ALL.into_iter().filter(|ayanamsa| ayanamsa.is_anchored()) {
        let mut compared = 0;
        let mut worst = 0.0_f64;
        for _ in 0..30 {
            let jd = random.between(SPAN_JD.0, SPAN_JD.1);
            let all = [jd - step, jd, jd + step].map(|jd| value(ayanamsa, jd));
            let [Some(before), Some(here), Some(after)] = all else { continue };
            // Beside the Sun the light bends too fast for a quotient.
            let passed = PASSED.iter().find(|(name, _)| *name == ayanamsa.id());
            let sun = Sky::at(&dataset, jd).sun.longitude_deg;
            if passed.is_some_and(|(_, held)| angle_between(here.value + held, sun).abs() < 10.0) {
                continue;
            }
            let quotient = angle_between(after.value, before.value) / (2.0 * step);
            worst = worst.max((here.rate - quotient).abs() * 3600.0);
            compared += 1;
        }
        println!("{ayanamsa}: {worst:.1e}″ a day");
        assert!(worst < 5e-4 && compared > 20, "{ayanamsa}: {worst}″ a day");
    }
}

/// Callers hand in what they have; only anchors need more.
#[test]
fn what_an_observer_is_refused_with_comes_back() {
    let precession = Precession::to(TtDay(2_451_545.0));
    for ayanamsa in Ayanamsa::ALL {
        let refused = || -> Result<Observer, &str> { Err("no table") };
        let at = ayanamsa.zodiac().at(&precession, Varying::constant(23.4), Sight::Apparent, refused);
        assert_eq!(at.is_err(), ayanamsa.is_anchored(), "{ayanamsa}");
    }
}
