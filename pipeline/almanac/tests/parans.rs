//! Hazard: a paran that is missed, or told at a latitude at which the bodies are not on the angles at once. Moments are held to
//! semi-arcs, and latitudes to the moments there.

use orrery_almanac::frames::Equatorial;
use orrery_almanac::horizon::SIDEREAL_DEG_PER_DAY;
use orrery_almanac::parans::{Course, Day, Exact, ORB_DEG, Paran, Passage, exact, passages, within};
use orrery_almanac::rise_set::Span;
use orrery_almanac::{Angularity, Varying};
use orrery_format::UtDay;
use proptest::prelude::*;

const START: f64 = 2_460_000.5;
/// Once around.
const SIDEREAL_DAY: f64 = 360.0 / SIDEREAL_DEG_PER_DAY;

fn day(days: f64, longitude_deg: f64) -> Day {
    Day {
        span: Span { start: UtDay(START), end: UtDay(START + days) },
        longitude_deg,
        greenwich_sidereal_deg: Varying::new(77.0, SIDEREAL_DEG_PER_DAY),
    }
}

fn star(right_ascension_deg: f64, declination_deg: f64) -> Equatorial {
    Equatorial { right_ascension_deg, declination_deg, ..Equatorial::default() }
}

/// A body that goes round the equator evenly, and swings to both sides of it, after so many days.
#[derive(Clone, Copy, Debug)]
struct Wanderer {
    along_deg: f64,
    speed: f64,
    swing_deg: f64,
    phase_deg: f64,
}

impl Wanderer {
    fn at(&self, days: f64) -> Equatorial {
        let phase = Varying::new(self.phase_deg + self.speed * days, self.speed);
        let across = phase.sin_cos_deg().0 * self.swing_deg;
        Equatorial {
            right_ascension_deg: (self.along_deg + self.speed * days).rem_euclid(360.0),
            right_ascension_speed: self.speed,
            declination_deg: across.value,
            declination_speed: across.rate,
            ..Equatorial::default()
        }
    }

    fn course(&self, days: f64) -> Course {
        Course::between(&self.at(0.0), &self.at(days), days)
    }
}

/// The hour angle of a body on an angle, degrees, by its semi-arc: cos H = −tan φ tan δ.
fn hour_angle_deg(angularity: Angularity, latitude_deg: f64, declination_deg: f64) -> Option<f64> {
    let cosine = -latitude_deg.to_radians().tan() * declination_deg.to_radians().tan();
    let arc = (cosine.abs() <= 1.0).then(|| cosine.acos().to_degrees());
    match angularity {
        Angularity::Culminating => Some(0.0),
        Angularity::Anticulminating => Some(180.0),
        Angularity::Setting => arc,
        Angularity::Rising => arc.map(|arc| -arc),
    }
}

fn apart_deg(a: f64, b: f64) -> f64 {
    ((a - b + 180.0).rem_euclid(360.0) - 180.0).abs()
}

/// How far a body is from the angle that it is said to be on, degrees of sidereal time or, where it grazes the horizon, of altitude.
fn off_deg(place: &Equatorial, angularity: Angularity, latitude_deg: f64, sidereal_deg: f64) -> f64 {
    let hour_deg = sidereal_deg - place.right_ascension_deg;
    if angularity.is_on_meridian() {
        let expected = if angularity == Angularity::Culminating { 0.0 } else { 180.0 };
        return apart_deg(hour_deg, expected);
    }
    let (sin_d, cos_d) = place.declination_deg.to_radians().sin_cos();
    let (sin_l, cos_l) = latitude_deg.to_radians().sin_cos();
    let side = hour_deg.to_radians().sin();
    let is_side = if angularity == Angularity::Rising { side < 1e-6 } else { side > -1e-6 };
    assert!(is_side, "{angularity} {hour_deg}");
    (sin_l * sin_d + cos_l * cos_d * hour_deg.to_radians().cos()).asin().to_degrees().abs()
}

fn sidereal_deg(day: &Day, ut: UtDay) -> f64 {
    day.greenwich_sidereal_deg.value + SIDEREAL_DEG_PER_DAY * (ut.jd() - START) + day.longitude_deg
}

#[test]
fn stars_pass_the_angles_when_their_semi_arcs_say() {
    let stars = [star(10.0, 20.0), star(200.0, -60.0), star(350.0, 85.0), star(88.0, 0.0)];
    let courses = stars.map(|star| Course::fixed(&star));
    let day = day(SIDEREAL_DAY, 15.0);
    for latitude in [-89.0, -35.0, 0.0, 12.0, 47.0, 66.0, 84.0] {
        let found = passages(&courses, &day, latitude);
        assert!(found.is_sorted_by_key(|passage| passage.ut));
        let mut count = 0;
        for (body, star) in stars.iter().enumerate() {
            for angularity in Angularity::ALL {
                let of = found.iter().filter(|at| at.body == body && at.angularity == angularity);
                let times: Vec<f64> = of.map(|passage| sidereal_deg(&day, passage.ut)).collect();
                let Some(hour) = hour_angle_deg(angularity, latitude, star.declination_deg) else {
                    assert!(times.is_empty(), "{latitude} {star:?} {angularity}");
                    continue;
                };
                assert_eq!(times.len(), 1, "{latitude} {star:?} {angularity}");
                assert!(apart_deg(times[0], star.right_ascension_deg + hour) < 1e-5);
                count += 1;
            }
        }
        assert_eq!(count, found.len());
    }
}

/// A culmination and a rising at once: tan φ = −cos H / tan δ, where H is what lies between the two right ascensions.
#[test]
fn exact_latitudes_are_those_of_the_closed_form() {
    let [one, other] = [star(100.0, 10.0), star(160.0, 25.0)];
    let found = exact(&[one, other].map(|star| Course::fixed(&star)), 1, &day(SIDEREAL_DAY, 0.0));
    assert_eq!(found.len(), 6, "{found:?}");
    let expected = (-(60_f64.to_radians().cos()) / 25_f64.to_radians().tan()).atan().to_degrees();
    let rising = found
        .iter()
        .find(|exact| exact.angularities == [Angularity::Culminating, Angularity::Rising])
        .unwrap_or_else(|| panic!("{found:?}"));
    assert!((rising.latitude_deg - expected).abs() < 1e-9, "{rising:?} {expected}");
    assert_eq!(rising.bodies, [0, 1]);
    // And the other way round on the other side of the Earth.
    assert!(found.iter().any(|exact| {
        exact.angularities == [Angularity::Anticulminating, Angularity::Setting]
            && (exact.latitude_deg + expected).abs() < 1e-9
    }));
}

#[test]
fn the_same_twice_and_nothing_at_all_have_no_parans() {
    // What is at one place rises together everywhere. Where it grazes the horizon it is on the meridian, too.
    let twice = [Course::fixed(&star(10.0, 20.0)); 2];
    for found in exact(&twice, 2, &day(SIDEREAL_DAY, 0.0)) {
        assert!(found.angularities.iter().any(|angularity| angularity.is_on_meridian()), "{found:?}");
        assert!((found.latitude_deg.abs() - 70.0).abs() < 1e-9, "{found:?}");
    }
    assert_eq!(exact(&[Course::fixed(&star(10.0, 0.0)); 2], 2, &day(1.0, 0.0)), []);
    assert_eq!(exact(&[], 0, &day(1.0, 0.0)), []);
    for days in [0.0, -1.0, f64::NAN] {
        assert_eq!(
            exact(&[Course::fixed(&star(1.0, 2.0)), Course::fixed(&star(90.0, 2.0))], 2, &day(days, 0.0)),
            []
        );
    }
    let broken = [Course::fixed(&star(f64::NAN, 20.0)), Course::fixed(&star(10.0, 20.0))];
    assert_eq!(exact(&broken, 2, &day(1.0, 0.0)), []);
    assert_eq!(within(&[], &day(1.0, 0.0), 30.0, ORB_DEG, 2), []);
}

#[test]
fn stars_are_not_paired_with_stars() {
    let places = [star(10.0, 20.0), star(80.0, -16.0), star(80.2, 46.0), star(79.9, -8.0)];
    let courses = places.map(|star| Course::fixed(&star));
    let found = exact(&courses, 1, &day(SIDEREAL_DAY, 0.0));
    assert_eq!(found.len(), 3 * 6);
    assert!(found.iter().all(|exact| exact.bodies[0] == 0));
    let [all, some] = [4, 1].map(|moving| within(&courses, &day(SIDEREAL_DAY, 0.0), 30.0, ORB_DEG, moving));
    // The three culminate together.
    assert!(all.len() >= 6 && some.iter().all(|paran| paran.first.body.min(paran.second.body) == 0));
    assert!(all.iter().all(|paran| {
        paran.first.ut <= paran.second.ut
            && (apart_deg(
                sidereal_deg(&day(1.0, 0.0), paran.first.ut),
                sidereal_deg(&day(1.0, 0.0), paran.second.ut),
            ) - paran.orb_deg)
                .abs()
                < 1e-6
            && paran.orb_deg <= ORB_DEG
    }));
}

/// The end of one day is the beginning of the next, and what meets around it is told once.
#[test]
fn a_paran_that_straddles_midnight_is_of_the_day_of_its_first_passage() {
    let orb_deg = 2.0;
    // The sidereal time at the end of the first day is that at which the one culminates half a degree before it, the other after it.
    let midnight_deg = sidereal_deg(&day(1.0, 0.0), UtDay(START + 1.0));
    let second = Day {
        span: Span { start: UtDay(START + 1.0), end: UtDay(START + 2.0) },
        greenwich_sidereal_deg: Varying::new(midnight_deg, SIDEREAL_DEG_PER_DAY),
        ..day(1.0, 0.0)
    };
    for (before_deg, after_deg) in
        [(0.5, 0.5), (1.9, 0.05), (0.05, 1.9), (0.5, -0.4), (-0.4, 0.5), (1.5, 0.7)]
    {
        let places = [star(midnight_deg - before_deg, 10.0), star(midnight_deg + after_deg, -30.0)];
        let courses = places.map(|star| Course::fixed(&star));
        let culminating = |day: &Day| {
            let found = within(&courses, day, 40.0, orb_deg, 1);
            let of_both = |paran: &&Paran| {
                [paran.first, paran.second].iter().all(|at| at.angularity == Angularity::Culminating)
            };
            // Not where the same two come round again at the other end of the day.
            let near = |paran: &&Paran| (paran.first.ut.jd() - START - 1.0).abs() < 0.1;
            found.iter().filter(of_both).filter(near).map(|paran| paran.first.body).collect::<Vec<_>>()
        };
        let told = [day(1.0, 0.0), second].map(|day| culminating(&day));
        let apart_deg = before_deg + after_deg;
        let expected = if apart_deg > orb_deg {
            [vec![], vec![]]
        } else if before_deg > 0.0 {
            [vec![0], vec![]]
        } else {
            [vec![], vec![0]]
        };
        assert_eq!(told, expected, "{before_deg} {after_deg}");
    }
}

/// When two bodies come to angles, where they do so once.
fn moments(found: &[Passage], of: [(usize, Angularity); 2]) -> Option<[f64; 2]> {
    let [first, second] = of.map(|(body, angularity)| {
        let mut of = found.iter().filter(|at| at.body == body && at.angularity == angularity);
        of.next().filter(|_| of.next().is_none()).map(|passage| passage.ut.jd())
    });
    Some([first?, second?])
}

fn wanderers() -> impl Strategy<Value = Wanderer> {
    (0.0..360.0_f64, prop_oneof![-0.5..2.0_f64, 11.0..15.0_f64], 0.0..28.5_f64, 0.0..360.0_f64).prop_map(
        |(along_deg, speed, swing_deg, phase_deg)| Wanderer { along_deg, speed, swing_deg, phase_deg },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn at_an_exact_latitude_both_are_on_their_angles(
        one in wanderers(),
        other in wanderers(),
        right_ascension in 0.0..360.0_f64,
        declination in -89.0..89.0_f64,
        longitude in -180.0..180.0_f64,
        days in 0.9..1.05_f64,
    ) {
        let day = day(days, longitude);
        let fixed = star(right_ascension, declination);
        let courses = [one.course(days), other.course(days), Course::fixed(&fixed)];
        let found = exact(&courses, 2, &day);
        for Exact { bodies, angularities, latitude_deg, ut } in &found {
            prop_assert!(day.span.start <= *ut && *ut < day.span.end);
            let after = ut.jd() - START;
            for (body, angularity) in bodies.iter().zip(angularities) {
                let place = [one.at(after), other.at(after), fixed][*body];
                let off = off_deg(&place, *angularity, *latitude_deg, sidereal_deg(&day, *ut));
                // What the cubics are off by, and a double's digits of the Julian day.
                prop_assert!(off < 2e-3, "{} {} {:?}", off, angularity, place);
            }
        }
    }

    /// Between two latitudes at which one body is before the other, and behind it, there is one at which they are at once.
    #[test]
    fn no_latitude_is_missed(
        one in wanderers(),
        other in wanderers(),
        right_ascension in 0.0..360.0_f64,
        declination in -80.0..80.0_f64,
    ) {
        let day = day(1.0, 20.0);
        let courses = [one.course(1.0), other.course(1.0), Course::fixed(&star(right_ascension, declination))];
        let found = exact(&courses, 2, &day);
        let latitudes: Vec<f64> = (-43..=43).map(|nth| 2.0 * f64::from(nth)).collect();
        let tables: Vec<Vec<Passage>> = latitudes.iter().map(|at| passages(&courses, &day, *at)).collect();
        for (first, second) in [(0, 1), (0, 2), (1, 2)] {
            for (a, b) in Angularity::ALL.into_iter().flat_map(|a| Angularity::ALL.map(|b| (a, b))) {
                if a.is_on_meridian() && b.is_on_meridian() {
                    continue;
                }
                let times = tables.iter().map(|table| moments(table, [(first, a), (second, b)]));
                let times: Vec<Option<[f64; 2]>> = times.collect();
                for (nth, pair) in times.windows(2).enumerate() {
                    let [Some(south), Some(north)] = [pair[0], pair[1]] else { continue };
                    let [one_lag, other_lag] = [south, north].map(|[first, second]| second - first);
                    // Not from the end of one round to the beginning of the next.
                    let same_round = (0..2).all(|body| (south[body] - north[body]).abs() < 0.25);
                    if !same_round || (one_lag < 0.0) == (other_lag < 0.0) {
                        continue;
                    }
                    let within = latitudes[nth] - 1e-6..=latitudes[nth + 1] + 1e-6;
                    let is_told = found.iter().any(|exact| {
                        exact.bodies == [first, second]
                            && exact.angularities == [a, b]
                            && within.contains(&exact.latitude_deg)
                    });
                    prop_assert!(is_told, "{:?} {:?} {:?} {:?}", within, (first, a), (second, b), found);
                }
            }
        }
    }
}

/// What a service has to answer: ten bodies and a hundred stars.
#[test]
fn a_sky_full_of_stars_has_six_of_each_pair() {
    let moving = 10;
    let golden = 137.507_764;
    let stars = (0..100_u32).map(|nth| {
        let across = (2.0 * (f64::from(nth) + 0.5) / 100.0 - 1.0).asin().to_degrees();
        Course::fixed(&star((golden * f64::from(nth)).rem_euclid(360.0), across))
    });
    let bodies = (0..moving).map(|nth| {
        let nth = f64::from(nth);
        let speed = if nth == 1.0 { 13.0 } else { 1.5 / (1.0 + nth) };
        Wanderer { along_deg: 33.3 * nth, speed, swing_deg: 24.0, phase_deg: 33.3 * nth }.course(SIDEREAL_DAY)
    });
    let courses: Vec<Course> = bodies.chain(stars).collect();
    let found = exact(&courses, 10, &day(SIDEREAL_DAY, 8.0));
    let here = within(&courses, &day(1.0, 8.0), 47.0, ORB_DEG, 10);
    let pairs = 45 + 10 * 100;
    // A sidereal day has one of each; where bodies move, one that is at its beginning may be there at its end again, or not at all.
    assert!(found.len().abs_diff(pairs * 6) < 200, "{}", found.len());
    assert!(here.len() > 20);
}
