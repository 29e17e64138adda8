use std::convert::Infallible;
use std::f64::consts::TAU;

use orrery_format::{Body, Center};

use super::*;
use crate::motion::{Function, Stretch};
use crate::power_series::{PowerSeries, nodes};

const BODY: WireBody = WireBody::Tabulated(Body::Pluto);

/// A longitude that goes on by so much a day, with a wave upon it, known from −4000 to 8000 in stretches of eight days.
#[derive(Clone, Copy)]
struct Looping {
    speed: f64,
    height: f64,
    days: f64,
}

const KNOWN: (f64, f64) = (-4_000.0, 8_000.0);

/// As Jupiter, as Pluto, and as the true node.
const ALL: [Looping; 3] = [
    Looping { speed: 0.083, height: 11.0, days: 399.0 },
    Looping { speed: 0.0045, height: 1.7, days: 367.0 },
    Looping { speed: -0.053, height: 3.0, days: 173.0 },
];

impl Looping {
    fn at(&self, t: f64) -> f64 {
        100.0 + self.speed * t + self.height * (TAU * t / self.days).sin()
    }

    /// When it turns, and whether back.
    fn turns(&self) -> Vec<(f64, bool)> {
        let cos = -self.speed * self.days / (TAU * self.height);
        let phase = cos.acos() / TAU * self.days;
        let mut turns: Vec<_> = (-30..60)
            .flat_map(|nth| {
                let middle = f64::from(nth) * self.days;
                [(middle - phase, false), (middle + phase, true)]
            })
            .filter(|turn| (KNOWN.0..KNOWN.1).contains(&turn.0))
            .collect();
        turns.sort_by(|a, b| a.0.total_cmp(&b.0));
        turns
    }

    fn finder(&self, range: (f64, f64)) -> Finder<'_, Looping> {
        Finder::new(self, KNOWN, range, None)
    }

    fn transits(&self, targets: &[Target], range: (f64, f64)) -> Vec<Transit> {
        transits(&self.finder(range), &[BODY], targets).map(|transit| transit.unwrap()).collect()
    }

    /// What a step after step along the whole of what is known meets of a target, and in what passes.
    fn passes(&self, target_deg: f64) -> Vec<(f64, u16, u16)> {
        let off = |t: f64| {
            let off = self.at(t) - target_deg;
            off - 360.0 * (off / 360.0).round()
        };
        let step = 0.05;
        let count = ((KNOWN.1 - KNOWN.0) / step) as u32;
        let mut hits = Vec::new();
        for nth in 0..count {
            let [before, after] = [nth, nth + 1].map(|nth| KNOWN.0 + f64::from(nth) * step);
            let [from, to] = [off(before), off(after)];
            if (from < 0.0) != (to < 0.0) && (from - to).abs() < 90.0 {
                hits.push((before + step * from / (from - to), to > from));
            }
        }
        let turns = self.turns();
        let between = |a: f64, b: f64| turns.iter().filter(|turn| a < turn.0 && turn.0 < b).count();
        let mut groups: Vec<Vec<(f64, bool)>> = Vec::new();
        for hit in hits {
            match groups.last_mut() {
                Some(group)
                    if group.last().is_some_and(|last| last.1 != hit.1 && between(last.0, hit.0) == 1) =>
                {
                    group.push(hit);
                }
                _ => groups.push(vec![hit]),
            }
        }
        let numbered = groups
            .iter()
            .flat_map(|group| group.iter().zip(1..).map(|(hit, pass)| (hit.0, pass, group.len() as u16)));
        numbered.collect()
    }
}

impl Ephemeris for Looping {
    type Error = Infallible;

    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Infallible> {
        if !(KNOWN.0..KNOWN.1).contains(&jd_tt) {
            return Ok(None);
        }
        let start_jd_tt = (jd_tt / 8.0).floor() * 8.0;
        let end_jd_tt = start_jd_tt + 8.0;
        let series = match function {
            Function::Longitude(Center::Geo, BODY) => {
                let values: Vec<f64> =
                    nodes(16).map(|x| self.at(start_jd_tt + f64::midpoint(x, 1.0) * 8.0)).collect();
                PowerSeries::through(&values).series
            }
            _ => PowerSeries::constant(0.0),
        };
        Ok(Some(Stretch { start_jd_tt, end_jd_tt, series }))
    }
}

fn target(longitude_deg: f64, orb_deg: Option<f64>) -> Target {
    Target { point: 0, aspect: Aspect::Conjunction, longitude_deg, orb_deg }
}

fn exact(found: &[Transit]) -> Vec<(f64, u16, u16)> {
    let exact = found.iter().filter_map(|transit| match transit.contact {
        Contact::Exact { pass, passes, .. } => Some((transit.jd_tt, pass, passes)),
        _ => None,
    });
    exact.collect()
}

#[test]
fn every_pass_is_found_and_numbered() {
    for looping in ALL {
        let mut most = 0;
        for nth in 0..60 {
            let longitude_deg = f64::from(nth) * 6.0 + 0.123;
            let found = exact(&looping.transits(&[target(longitude_deg, Some(1.0))], KNOWN));
            let wanted = looping.passes(longitude_deg);
            assert_eq!(found.len(), wanted.len(), "{longitude_deg}: {found:?} {wanted:?}");
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!((found.0 - wanted.0).abs() < 0.05, "{longitude_deg}: {found:?} {wanted:?}");
                assert_eq!((found.1, found.2), (wanted.1, wanted.2), "{longitude_deg}: {found:?} {wanted:?}");
                most = most.max(found.2);
            }
        }
        assert!(most >= 3, "{most}");
    }
}

#[test]
fn parts_of_a_range_tell_what_the_whole_tells() {
    for looping in ALL {
        let targets: Vec<_> = (0..72).map(|nth| target(f64::from(nth) * 5.0 + 0.7, Some(1.5))).collect();
        let whole = looping.transits(&targets, KNOWN);
        assert!(whole.windows(2).all(|pair| pair[0].jd_tt <= pair[1].jd_tt));
        assert!(whole.len() > 50, "{}", whole.len());
        for cut in [-3_999.0, -1_234.5, 0.0, 777.0, 1_500.0, 7_999.0, whole[20].jd_tt, whole[40].jd_tt] {
            let parts = [(KNOWN.0, cut), (cut, KNOWN.1)].map(|range| looping.transits(&targets, range));
            assert_eq!(parts.concat(), whole, "cut at {cut}");
        }
        // One after the other, each asked for alone.
        let mut after = 0.0;
        for transit in whole.iter().filter(|transit| transit.jd_tt >= 0.0).take(40) {
            let next = looping.transits(&targets, (after, KNOWN.1));
            assert_eq!(next.first(), Some(transit));
            after = transit.jd_tt.next_up();
        }
    }
}

#[test]
fn periods_within_the_orb_begin_and_end_at_it() {
    for looping in ALL {
        let targets: Vec<_> = (0..36).map(|nth| target(f64::from(nth) * 10.0, Some(2.0))).collect();
        for transit in looping.transits(&targets, KNOWN) {
            let longitude_deg = targets[transit.target].longitude_deg;
            let off = |t: f64| {
                let off = looping.at(t) - longitude_deg;
                (off - 360.0 * (off / 360.0).round()).abs()
            };
            let Some([since, until]) = transit.within else { panic!("{transit:?}") };
            let [from, to] = [since.unwrap_or(KNOWN.0), until.unwrap_or(KNOWN.1)];
            assert!(from <= transit.jd_tt && transit.jd_tt <= to, "{transit:?}");
            for edge in [since, until].into_iter().flatten() {
                assert!((off(edge) - 2.0).abs() < 1e-9, "{transit:?}: {}", off(edge));
            }
            for step in 1..200 {
                let between = from + (to - from) * f64::from(step) / 200.0;
                assert!(off(between) < 2.0 + 1e-9, "{transit:?} at {between}");
            }
            match transit.contact {
                Contact::Exact { .. } => assert!(off(transit.jd_tt) < 1e-9, "{transit:?}"),
                Contact::Closest { ahead_deg, .. } => {
                    assert!((off(transit.jd_tt) - ahead_deg.abs()).abs() < 1e-9, "{transit:?}");
                    let least = (0..=2_000)
                        .map(|step| off(from + (to - from) * f64::from(step) / 2_000.0))
                        .fold(f64::MAX, f64::min);
                    assert!(least >= ahead_deg.abs() - 1e-9, "{transit:?}: {least}");
                }
                Contact::Station { ahead_deg, .. } => {
                    assert!((off(transit.jd_tt) - ahead_deg.abs()).abs() < 1e-9, "{transit:?}");
                }
            }
        }
    }
}

#[test]
fn what_turns_just_before_a_point_comes_closest_and_what_turns_on_it_touches_it() {
    let looping = ALL[0];
    let (turn, _) = looping.turns().into_iter().find(|turn| turn.0 > 1_000.0 && turn.1).unwrap();
    let there_deg = looping.at(turn);
    let near = |found: &[Transit]| -> Vec<Transit> {
        found.iter().filter(|transit| (transit.jd_tt - turn).abs() < 20.0).copied().collect()
    };
    // Just beyond the turn: nearest there, and passed first once the body comes again.
    let found = looping.transits(&[target(there_deg + 0.25, Some(1.0))], (turn - 20.0, turn + 500.0));
    let [closest] = near(&found)[..] else { panic!("{found:?}") };
    let Contact::Closest { ahead_deg, retrograde: true } = closest.contact else { panic!("{closest:?}") };
    assert!((ahead_deg + 0.25).abs() < 1e-9 && (closest.jd_tt - turn).abs() < 1e-6, "{closest:?}");
    assert_eq!(exact(&found).len(), 1, "{found:?}");
    assert_eq!(exact(&found)[0].1, 1, "the near miss is no pass: {found:?}");
    // Just before it: passed on the way there and on the way back, with a station between.
    let found = looping.transits(&[target(there_deg - 0.25, Some(1.0))], (turn - 20.0, turn + 500.0));
    let [first, station, second] = near(&found)[..] else { panic!("{found:?}") };
    assert!(matches!(first.contact, Contact::Exact { motion: Motion::Direct, pass: 1, passes: 3 }));
    assert!(matches!(station.contact, Contact::Station { .. }), "{station:?}");
    assert!(matches!(second.contact, Contact::Exact { motion: Motion::Retrograde, pass: 2, passes: 3 }));
    assert!(first.within == second.within && first.within == station.within);
    // At it: one pass there, one when the body comes again.
    for off in [0.0, 5e-10, -5e-10] {
        let found = looping.transits(&[target(there_deg + off, Some(1.0))], (turn - 20.0, turn + 500.0));
        let [touch] = near(&found)[..] else { panic!("{off}: {found:?}") };
        assert!(
            matches!(touch.contact, Contact::Exact { motion: Motion::Stationary, pass: 1, passes: 2 }),
            "{off}: {touch:?}"
        );
        let [_, again] = exact(&found)[..] else { panic!("{off}: {found:?}") };
        assert_eq!((again.1, again.2), (2, 2));
    }
}

#[test]
fn beyond_what_is_known_nothing_is_said() {
    let looping = ALL[0];
    let ends = [KNOWN.0 + 0.5, KNOWN.1 - 0.5].map(|end| looping.at(end));
    let found = looping.transits(&ends.map(|end| target(end, Some(0.5))), KNOWN);
    let [first, .., last] = &found[..] else { panic!("{found:?}") };
    assert!(matches!(first.within, Some([None, Some(_)])), "{first:?}");
    assert!(matches!(last.within, Some([Some(_), None])), "{last:?}");
    for range in [(9_000.0, 9_999.0), (5.0, 5.0), (5.0, 4.0), (f64::NAN, 1.0), (-9_999.0, KNOWN.0)] {
        let found = looping.transits(&[target(100.0, Some(0.5))], range);
        assert!(found.iter().all(|transit| transit.jd_tt < range.1), "{range:?}: {found:?}");
    }
    // What is no longitude is never met, and what is no orb is none.
    for longitude_deg in [f64::NAN, f64::INFINITY] {
        assert_eq!(looping.transits(&[target(longitude_deg, Some(1.0))], KNOWN), []);
    }
    for orb_deg in [0.0, -1.0, 180.0, f64::NAN, f64::INFINITY] {
        let found = looping.transits(&[target(150.0, Some(orb_deg))], KNOWN);
        assert!(!found.is_empty() && found.iter().all(|transit| transit.within.is_none()), "{orb_deg}");
    }
    assert_eq!(looping.transits(&[], KNOWN), []);
}

#[test]
fn cusps_lead_from_house_to_house() {
    let looping = ALL[0];
    let cusps = (0..12).map(|nth| crate::Varying::constant(f64::from(nth) * 30.0 + 17.0));
    let angles = [crate::Varying::default(); crate::Angle::COUNT];
    let armc = crate::Varying::default();
    let houses = Houses::new(crate::HouseSystem::Equal, cusps, angles, armc);
    let found: Vec<_> =
        house_entries(&looping.finder(KNOWN), BODY, &houses).map(|entry| entry.unwrap()).collect();
    assert!(found.len() > 30 && found.iter().any(|entry| entry.retrograde), "{}", found.len());
    let mut house = houses.house_of(looping.at(KNOWN.0));
    for entry in found {
        assert_eq!(entry.from, house, "{entry:?}");
        let step = if entry.retrograde { 10 } else { 0 };
        assert_eq!(entry.house, (house + step) % 12 + 1, "{entry:?}");
        assert_eq!(houses.house_of(looping.at(entry.jd_tt + 1e-3)), entry.house, "{entry:?}");
        house = entry.house;
    }
}
