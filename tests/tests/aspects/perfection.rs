//! When aspects are exact, and what comes between.

use orrery_almanac::aspect::perfection::{
    Exact, LookedUp, Obstacle, Perfection, Perfects, Prospect, days_of,
};
use orrery_almanac::aspect::{Aspect, Aspects, Orbs, Point};
use orrery_almanac::events::{Finder, Partner, What};
use orrery_almanac::motion::Tables;
use orrery_almanac::{Ayanamsa, Varying, WireBody};
use orrery_format::{Body, Dataset};
use orrery_tests::random::Random;
use orrery_tests::tables;

use crate::sampled::{self, around, longitude, step_days};

const BODIES: [Body; 15] = [
    Body::Sun,
    Body::Moon,
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Saturn,
    Body::Uranus,
    Body::Neptune,
    Body::Pluto,
    Body::Chiron,
    Body::Vesta,
    Body::TrueNode,
    Body::MeanNode,
    Body::OsculatingApogee,
];

/// Planets that turn.
const TURNING: [Body; 8] = [
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Saturn,
    Body::Uranus,
    Body::Neptune,
    Body::Pluto,
];

/// What a crossing may be off where one search knows of a joint and the other does not, degrees: tables' noise.
const NOISE_DEG: f64 = 1e-6;

/// What a station may be off between samples and the search, degrees a day.
const NOISE_DEG_PER_DAY: f64 = 2e-5;

const fn wire(body: Body) -> WireBody {
    WireBody::Tabulated(body)
}

fn finder<'t>(tables: &'t Tables<'_>, ayanamsa: Option<Ayanamsa>) -> Finder<'t, Tables<'t>> {
    let span = tables::span_tt();
    Finder::new(tables, (span.start, span.end), (span.start, span.end), ayanamsa)
}

/// An aspect to be asked about.
#[derive(Clone, Copy, Debug)]
struct Case {
    jd_tt: f64,
    body: Body,
    partner: sampled::Partner,
    ahead_deg: f64,
}

impl Case {
    fn partner(&self) -> Partner {
        match self.partner {
            sampled::Partner::Body(body) => Partner::Body(wire(body)),
            sampled::Partner::Point(point) => Partner::Point(point),
        }
    }

    fn days(&self) -> f64 {
        let own = days_of(wire(self.body));
        match self.partner {
            sampled::Partner::Body(other) => own.min(days_of(wire(other))),
            sampled::Partner::Point(_) => own,
        }
    }

    fn perfection(&self, prospect: &mut Prospect<'_, Tables<'_>>) -> Perfection {
        prospect.perfection(wire(self.body), self.partner(), self.ahead_deg).unwrap()
    }

    /// How fast the angle changes at an instant, degrees a day.
    fn speed(&self, dataset: &Dataset, jd_tt: f64) -> f64 {
        let own = longitude(dataset, self.body, jd_tt).1;
        match self.partner {
            sampled::Partner::Body(other) => own - longitude(dataset, other, jd_tt).1,
            sampled::Partner::Point(_) => own,
        }
    }
}

/// Whether two instants are the same but for noise of what changes at such a speed by the day.
fn is_same(a: f64, b: f64, speed: f64, noise: f64) -> bool {
    (a - b).abs() <= 1e-7 + noise / speed.abs()
}

fn at(exact: Exact) -> Option<f64> {
    match exact {
        Exact::At(jd_tt) => Some(jd_tt),
        _ => None,
    }
}

/// What two ways come to is the same.
fn assert_same(dataset: &Dataset, case: &Case, found: &Perfection, wanted: &Perfection) {
    assert_eq!(found.applies, wanted.applies, "{case:?}");
    match (at(found.exact), at(wanted.exact)) {
        (Some(a), Some(b)) => {
            let speed = case.speed(dataset, b);
            assert!(is_same(a, b, speed, NOISE_DEG), "{case:?}: {a}, not {b}");
        }
        _ => assert_eq!(found.exact, wanted.exact, "{case:?}"),
    }
    match (found.perfects, wanted.perfects) {
        (Some(Perfects::Yes { .. }), Some(Perfects::Yes { .. })) => {}
        (Some(Perfects::No { because }), Some(Perfects::No { because: other })) => {
            assert_eq!(because.name(), other.name(), "{case:?}");
            let (a, b) = (because.jd_tt(), other.jd_tt());
            let near = match because {
                Obstacle::SignChange { body: WireBody::Tabulated(body), .. } => {
                    is_same(a, b, longitude(dataset, body, b).1, NOISE_DEG)
                }
                _ => (a - b).abs() < 1e-6,
            };
            assert!(near, "{case:?}: {because:?}, not {other:?}");
        }
        (found, wanted) => assert_eq!(found, wanted, "{case:?}"),
    }
}

/// All aspects of some bodies at an instant, and of these to what is opposite to each in a nativity of another day.
fn cases(dataset: &Dataset, jd_tt: f64, natal_jd_tt: f64) -> Vec<Case> {
    let orbs = Orbs::default();
    let aspects = Aspects::new(&Aspect::ALL, &orbs);
    let place = |body: Body, jd_tt| {
        let (value, rate) = longitude(dataset, body, jd_tt);
        orbs.place(Point::Body(wire(body)), Varying::new(value, rate))
    };
    let points = BODIES.map(|body| place(body, jd_tt));
    let natal = BODIES.map(|body| place(body, natal_jd_tt));
    let own = aspects.within(&points).into_iter().map(|found| {
        let partner = sampled::Partner::Body(BODIES[found.b]);
        Case { jd_tt, body: BODIES[found.a], partner, ahead_deg: found.ahead_deg }
    });
    let to_natal = aspects.across(&points, &natal).into_iter().map(|found| {
        let partner = sampled::Partner::Point(natal[found.b].longitude.value);
        Case { jd_tt, body: BODIES[found.a], partner, ahead_deg: found.ahead_deg }
    });
    own.chain(to_natal).collect()
}

#[test]
fn bounds_settle_what_the_whole_search_finds() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let span = tables::span_tt();
    let mut random = Random::of("perfection");
    let mut compared = 0;
    for zodiac in [None, Some("lahiri"), Some("true_citra")] {
        let ayanamsa = zodiac.map(|name| name.parse().unwrap());
        let finder = finder(&tables, ayanamsa);
        let mut looked_up = LookedUp::default();
        for _ in 0..if zodiac.is_none() { 20 } else { 3 } {
            let jd_tt = random.between(span.start + 100.0, span.end - 100.0);
            let natal = random.between(span.start, span.end);
            let mut quick = Prospect::new(&finder, jd_tt).knowing(looked_up);
            let mut thorough = Prospect::new(&finder, jd_tt).thorough();
            for case in cases(&dataset, jd_tt, natal) {
                let found = case.perfection(&mut quick);
                let wanted = case.perfection(&mut thorough);
                assert_same(&dataset, &case, &found, &wanted);
                compared += 1;
            }
            looked_up = quick.into_looked_up();
        }
    }
    assert!(compared > 1_500, "{compared} aspects");
    println!("{compared} aspects");
}

/// Compares with samples; whether there was something to compare.
fn assert_as_sampled(dataset: &Dataset, finder: &Finder<'_, Tables<'_>>, case: &Case) -> Perfection {
    let found = case.perfection(&mut Prospect::new(finder, case.jd_tt));
    let span = tables::span_tt();
    let step = match case.partner {
        sampled::Partner::Body(other) => step_days(case.body).min(step_days(other)),
        sampled::Partner::Point(_) => step_days(case.body),
    };
    let days = if found.applies { case.days() } else { -case.days() };
    let to = (case.jd_tt + days).clamp(span.start, span.end.next_down());
    let exact = sampled::exact(dataset, case.body, case.partner, case.ahead_deg, (case.jd_tt, to), step);
    match (at(found.exact), exact) {
        (Some(a), Some(b)) => {
            let speed = case.speed(dataset, b);
            assert!(is_same(a, b, speed, 2.0 * NOISE_DEG), "{case:?}: {a}, sampled {b}");
        }
        (None, None) => {
            let is_known = (span.start..span.end).contains(&(case.jd_tt + days));
            assert_eq!(matches!(found.exact, Exact::NotWithin { .. }), is_known, "{case:?}: {found:?}");
        }
        (a, b) => panic!("{case:?}: {a:?}, sampled {b:?}"),
    }
    let Some(perfects) = found.perfects else { return found };
    assert!(found.applies, "{case:?}");
    let until = exact.unwrap_or(to);
    let bodies = match case.partner {
        sampled::Partner::Body(other) => vec![case.body, other],
        sampled::Partner::Point(_) => vec![case.body],
    };
    let (mut obstacles, mut stations) = (Vec::new(), Vec::new());
    for body in bodies {
        let step = step_days(body);
        let change = sampled::sign_change(dataset, body, (case.jd_tt, until), step);
        let noise = |jd_tt: f64| NOISE_DEG / longitude(dataset, body, jd_tt).1.abs();
        obstacles.extend(change.map(|jd_tt| (jd_tt, "sign_change", noise(jd_tt))));
        if !matches!(body, Body::Sun | Body::Moon | Body::TrueNode | Body::MeanNode | Body::OsculatingApogee)
        {
            let station = sampled::station(dataset, body, (case.jd_tt, until), step);
            let bend =
                |jd: f64| (longitude(dataset, body, jd + 0.5).1 - longitude(dataset, body, jd - 0.5).1).abs();
            stations.extend(station.map(|jd_tt| (jd_tt, "station", NOISE_DEG_PER_DAY / bend(jd_tt))));
        }
    }
    // A station counts where the two draw apart, and that which is nearest to it.
    let parting = sampled::parting(dataset, case.body, case.partner, (case.jd_tt, until), step);
    obstacles.extend(parting.and_then(|parting| {
        let apart = |station: &&(f64, &str, f64)| (station.0 - parting).abs();
        stations.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)))
    }));
    obstacles.sort_by(|a, b| a.0.total_cmp(&b.0));
    match (obstacles.first(), perfects) {
        (None, Perfects::Yes { jd_tt }) => assert_eq!(Exact::At(jd_tt), found.exact),
        (None, Perfects::Unknown { .. }) => assert!(matches!(found.exact, Exact::Unknown { .. })),
        (None, Perfects::NotWithin { days }) => {
            assert_eq!(found.exact, Exact::NotWithin { days }, "{case:?}");
        }
        (Some((jd_tt, name, noise)), Perfects::No { because }) => {
            assert_eq!(because.name(), *name, "{case:?}: {because:?}");
            let off = because.jd_tt() - jd_tt;
            assert!(off.abs() <= 1e-6 + noise, "{case:?}: {because:?}, sampled {jd_tt}");
        }
        (obstacle, perfects) => panic!("{case:?}: {perfects:?}, sampled {obstacle:?}"),
    }
    found
}

#[test]
fn samples_say_the_same() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let span = tables::span_tt();
    let mut random = Random::of("sampled perfection");
    let (mut compared, mut kinds) = (0, std::collections::BTreeMap::new());
    for _ in 0..5 {
        let jd_tt = random.between(span.start, span.end);
        for case in cases(&dataset, jd_tt, random.between(span.start, span.end)) {
            let found = assert_as_sampled(&dataset, &finder, &case);
            let kind = match found.perfects {
                None => "separating",
                Some(Perfects::Yes { .. }) => "perfects",
                Some(Perfects::No { because }) => because.name(),
                Some(Perfects::NotWithin { .. }) => "not within",
                Some(Perfects::Unknown { .. }) => "unknown",
            };
            *kinds.entry(kind).or_insert(0) += 1;
            compared += 1;
        }
    }
    println!("{compared} aspects: {kinds:?}");
    for kind in ["separating", "perfects", "station", "sign_change"] {
        assert!(kinds[kind] > 10, "{kinds:?}");
    }
}

#[test]
fn a_station_just_before_exactness_prevents_it() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let (mut prevented, mut perfected) = (0, 0);
    for body in TURNING {
        let stations = finder.between(2_460_000.5, 2_460_800.5).stations(wire(body));
        for station in stations.take(3) {
            let station = station.unwrap().jd_tt;
            let (turn_deg, _) = longitude(&dataset, body, station);
            for days_before in [0.3, 3.0, 20.0] {
                let jd_tt = station - days_before;
                let (now_deg, speed) = longitude(&dataset, body, jd_tt);
                let to_go = around(turn_deg - now_deg);
                assert!(to_go * speed > 0.0, "{body} goes on until it turns");
                // Just short of where it turns, and just beyond.
                for part in [0.5, 0.999, 1.001, 1.5] {
                    let point = (now_deg + to_go * part).rem_euclid(360.0);
                    let partner = sampled::Partner::Point(point);
                    let case = Case { jd_tt, body, partner, ahead_deg: 0.0 };
                    let found = assert_as_sampled(&dataset, &finder, &case);
                    let wanted = case.perfection(&mut Prospect::new(&finder, jd_tt).thorough());
                    assert_same(&dataset, &case, &found, &wanted);
                    match found.perfects.unwrap() {
                        Perfects::Yes { .. } => {
                            assert!(part < 1.0, "{case:?}: {found:?}");
                            perfected += 1;
                        }
                        Perfects::No { because: Obstacle::Station { jd_tt, .. } } => {
                            assert!(part > 1.0 && (jd_tt - station).abs() < 1e-6, "{case:?}: {found:?}");
                            prevented += 1;
                        }
                        // It may leave its sign on the way.
                        Perfects::No { because: Obstacle::SignChange { .. } } => {}
                        other => panic!("{case:?}: {other:?}"),
                    }
                }
            }
        }
    }
    assert!(prevented > 80 && perfected > 80, "{prevented} prevented, {perfected} perfected");
}

#[test]
fn a_turn_on_the_way_to_each_other_prevents_nothing() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let mut perfected = 0;
    // Before an inferior conjunction the Sun catches up with Mercury and Venus, which turn on the way.
    for (body, orb_deg) in [(Body::Mercury, 30.0), (Body::Venus, 50.0)] {
        for station in finder.between(2_455_000.5, 2_460_000.5).stations(wire(body)) {
            let station = station.unwrap().jd_tt;
            let jd_tt = station - 1.0;
            let elongation =
                around(longitude(&dataset, body, jd_tt).0 - longitude(&dataset, Body::Sun, jd_tt).0);
            // Where it goes on, it is ahead of the Sun and turns back.
            if longitude(&dataset, body, jd_tt).1 < 0.0 {
                continue;
            }
            assert!((0.0..orb_deg).contains(&elongation), "{body} {station}: {elongation}");
            let partner = sampled::Partner::Body(Body::Sun);
            let case = Case { jd_tt, body, partner, ahead_deg: 0.0 };
            let found = assert_as_sampled(&dataset, &finder, &case);
            match found.perfects {
                Some(Perfects::Yes { jd_tt }) => {
                    assert!(jd_tt > station, "{case:?}");
                    perfected += 1;
                }
                Some(Perfects::No { because: Obstacle::SignChange { .. } }) => {}
                other => panic!("{case:?}: {other:?}"),
            }
        }
    }
    assert!(perfected > 10, "{perfected}");
    // Saturn turns while the Moon comes: the slower one's station leaves her on the way.
    let mut overtaken = 0;
    for station in finder.between(2_455_000.5, 2_475_000.5).stations(wire(Body::Saturn)) {
        let station = station.unwrap().jd_tt;
        let jd_tt = station - 0.2;
        let [saturn, moon] = [Body::Saturn, Body::Moon].map(|body| longitude(&dataset, body, jd_tt).0);
        let to_go = around(saturn - moon);
        let ahead_deg = (360.0 - (to_go / 30.0).floor() * 30.0).rem_euclid(360.0);
        let partner = sampled::Partner::Body(Body::Saturn);
        let case = Case { jd_tt, body: Body::Moon, partner, ahead_deg };
        let found = assert_as_sampled(&dataset, &finder, &case);
        match found.perfects {
            Some(Perfects::Yes { jd_tt }) => overtaken += usize::from(jd_tt > station),
            Some(Perfects::No { because: Obstacle::SignChange { .. } }) => {}
            other => panic!("{case:?}: {other:?}"),
        }
    }
    assert!(overtaken > 5, "{overtaken}");
}

#[test]
fn a_sign_ends_just_before_or_behind_exactness() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let mut compared = 0;
    for body in BODIES {
        for ingress in finder.between(2_455_000.5, 2_475_000.5).ingresses(wire(body)).take(4) {
            let ingress = ingress.unwrap();
            let What::Ingress { sign, retrograde, .. } = ingress.what else { panic!() };
            let border = 30.0 * (sign as usize + usize::from(retrograde)) as f64;
            let way = if retrograde { -1.0 } else { 1.0 };
            for days_before in [0.05, 1.0] {
                let jd_tt = ingress.jd_tt - days_before;
                let (now_deg, speed) = longitude(&dataset, body, jd_tt);
                if speed * way <= 0.0 {
                    continue;
                }
                for beyond in [-1e-6, 1e-6, -0.5 * around(border - now_deg).abs(), 0.01] {
                    let point = (border + way * beyond + 90.0).rem_euclid(360.0);
                    let partner = sampled::Partner::Point(point);
                    let case = Case { jd_tt, body, partner, ahead_deg: 270.0 };
                    let found = assert_as_sampled(&dataset, &finder, &case);
                    let is_prevented =
                        matches!(found.perfects, Some(Perfects::No { because: Obstacle::SignChange { .. } }));
                    if !matches!(found.perfects, Some(Perfects::No { because: Obstacle::Station { .. } })) {
                        assert_eq!(is_prevented, beyond > 0.0, "{case:?}: {found:?}");
                    }
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn what_lies_beyond_the_tables_is_not_guessed() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    let span = tables::span_tt();
    let mut unknown = 0;
    for days in [0.001, 0.3, 5.0, 30.0] {
        for jd_tt in [span.end - days, span.start + days] {
            for case in cases(&dataset, jd_tt, 2_451_545.0) {
                let found = assert_as_sampled(&dataset, &finder, &case);
                let wanted = case.perfection(&mut Prospect::new(&finder, jd_tt).thorough());
                assert_same(&dataset, &case, &found, &wanted);
                if let Exact::Unknown { end_jd_tt } = found.exact {
                    let end = if found.applies { span.end } else { span.start };
                    assert_eq!(end_jd_tt, end, "{case:?}");
                    unknown += 1;
                }
            }
        }
    }
    assert!(unknown > 100, "{unknown}");
    // Where nothing is known, nothing is said.
    let mut prospect = Prospect::new(&finder, span.end + 1.0);
    let found = prospect.perfection(WireBody::MOON, Partner::Body(WireBody::SUN), 0.0).unwrap();
    assert_eq!(found.exact, Exact::Unknown { end_jd_tt: span.end + 1.0 });
}

#[test]
fn a_limit_is_kept() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let finder = finder(&tables, None);
    // Jupiter and Saturn met on 2020-12-21; half a year before, in their retrograde time, they drew apart.
    let [jupiter, saturn] = [Body::Jupiter, Body::Saturn].map(wire);
    let jd_tt = 2_459_169.5;
    let whole = Prospect::new(&finder, jd_tt).perfection(jupiter, Partner::Body(saturn), 0.0).unwrap();
    let Exact::At(met) = whole.exact else { panic!("{whole:?}") };
    assert!((met - 2_459_205.26).abs() < 0.05, "{met}");
    let Some(Perfects::No { because: Obstacle::SignChange { body, .. } }) = whole.perfects else {
        panic!("{whole:?}: Saturn entered Aquarius four days before")
    };
    assert_eq!(body, saturn);
    let limited = Prospect::new(&finder, jd_tt).limited(20.0);
    let found = { limited }.perfection(jupiter, Partner::Body(saturn), 0.0).unwrap();
    assert_eq!(found.exact, Exact::NotWithin { days: 20.0 });
    // Nobody has looked far enough to say that it does not.
    assert_eq!(found.perfects, Some(Perfects::NotWithin { days: 20.0 }));
}
