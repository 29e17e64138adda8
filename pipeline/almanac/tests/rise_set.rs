//! Rise, set and transits of made-up bodies whose place is known exactly, at any latitude.

use std::convert::Infallible;

use orrery_almanac::frames::Equatorial;
use orrery_almanac::horizon::{Atmosphere, Horizon, Horizontal, SIDEREAL_DEG_PER_DAY};
use orrery_almanac::rise_set::{
    Course, Event, Findings, Kind, Limb, Refraction, Sight, Sky, Span, Threshold, Wanted, search,
};
use orrery_almanac::{Varying, Vector};
use orrery_format::UtDay;
use proptest::prelude::*;

const EPOCH: f64 = 2_460_000.5;
const MOON_RADIUS_AU: f64 = 1737.4 / 149_597_870.7;
const EARTH_RADIUS_AU: f64 = 6378.1 / 149_597_870.7;

/// A body that goes round evenly in right ascension and to and fro in declination, seen from a sphere.
#[derive(Clone, Copy, Debug)]
struct Body {
    latitude_deg: f64,
    /// Hour angle at the epoch, degrees, and what it lags behind the stars a day.
    hour_deg: f64,
    lag_deg: f64,
    /// Middle and amplitude of the declination, degrees; the days for a swing and its phase, degrees.
    declination_deg: f64,
    swing_deg: f64,
    period_days: f64,
    phase_deg: f64,
    distance_au: f64,
    radius_au: f64,
}

impl Body {
    fn moon(latitude_deg: f64) -> Body {
        Body {
            latitude_deg,
            hour_deg: 100.0,
            lag_deg: 13.2,
            declination_deg: 0.0,
            swing_deg: 28.5,
            period_days: 27.3,
            phase_deg: 0.0,
            distance_au: 0.0025,
            radius_au: MOON_RADIUS_AU,
        }
    }

    fn star(latitude_deg: f64, declination_deg: f64) -> Body {
        Body {
            lag_deg: 0.0,
            declination_deg,
            swing_deg: 0.0,
            distance_au: 1e6,
            radius_au: 0.0,
            ..Body::moon(latitude_deg)
        }
    }

    fn at(&self, ut: f64) -> Sight {
        let days = ut - EPOCH;
        let turn = 360.0 / self.period_days;
        let (sin, _) = Varying::new(self.phase_deg + turn * days, turn).sin_cos_deg();
        let declination = sin * self.swing_deg + self.declination_deg;
        let speed = SIDEREAL_DEG_PER_DAY - self.lag_deg;
        let place = Equatorial {
            declination_deg: declination.value,
            declination_speed: declination.rate,
            distance_au: self.distance_au,
            ..Equatorial::default()
        };
        let hour = Varying::new((self.hour_deg + speed * days).rem_euclid(360.0), speed);
        let direction = Horizon::new(self.latitude_deg, 0.0, hour).direction(&place);
        let Vector([north, east, up]) = direction * Varying::constant(self.distance_au);
        let from_here = Vector([north, east, up + -EARTH_RADIUS_AU]);
        let distance = from_here.length();
        let sine = Varying::constant(self.radius_au) / distance;
        let semidiameter_deg =
            Varying::new(sine.value.asin(), sine.rate / (1.0 - sine.value * sine.value).sqrt())
                * 1_f64.to_degrees();
        Sight { direction: from_here / distance, semidiameter_deg }
    }

    /// How far the body is above a level, degrees, and what that changes by in a day.
    fn above(&self, threshold: &Threshold, ut: f64) -> Varying {
        let sight = self.at(ut);
        Horizontal::from(&sight.direction).altitude_deg - threshold.centre_airless_deg(sight.semidiameter_deg)
    }

    fn search(&self, start: f64, days: f64, thresholds: &[Threshold], transits: bool) -> Findings {
        let span = Span { start: UtDay(start), end: UtDay(start + days) };
        let Ok(findings) = search(&mut { *self }, self.latitude_deg, span, &Wanted { thresholds, transits });
        check(self, span, thresholds, &findings);
        findings
    }
}

impl Sky for Body {
    type Error = Infallible;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Infallible> {
        Ok(self.at(ut.jd()))
    }
}

/// All that must hold of findings, whatever the body and the span.
fn check(body: &Body, span: Span, thresholds: &[Threshold], findings: &Findings) {
    let (start, end) = (span.start.jd(), span.end.jd());
    let events = &findings.events;
    assert!(events.is_sorted_by_key(|event| event.ut), "{events:?}");
    assert!(events.iter().all(|event| start <= event.ut.jd() && event.ut.jd() < end), "{events:?}");
    for event in events {
        let Horizontal { azimuth_deg, altitude_deg } = Horizontal::from(&body.at(event.ut.jd()).direction);
        assert!((altitude_deg.value - event.altitude_deg).abs() < 1e-5, "{event:?}: {altitude_deg:?}");
        let beside = altitude_deg.value.to_radians().cos();
        let turned = (azimuth_deg.value - event.azimuth_deg + 540.0).rem_euclid(360.0) - 180.0;
        assert!((turned * beside).abs() < 1e-5, "{event:?}: {azimuth_deg:?}");
    }
    for (index, threshold) in thresholds.iter().enumerate() {
        let crossings: Vec<&Event> = events
            .iter()
            .filter(|event| matches!(event.kind, Kind::Rise(of) | Kind::Set(of) if of == index))
            .collect();
        for crossing in &crossings {
            let above = body.above(threshold, crossing.ut.jd());
            assert!(above.value.abs() < 1e-5, "{above:?} at {crossing:?}");
            // A hundredth of a second, and what grazing to 1e-7 degrees makes of it.
            assert!(above.value.abs() < above.rate.abs() * 1.2e-7 + 1e-7, "{above:?} at {crossing:?}");
        }
        let first_is_up = match (findings.courses[index], crossings.first().map(|event| event.kind)) {
            (Course::AlwaysUp, None) | (Course::Crosses, Some(Kind::Set(_))) => true,
            (Course::AlwaysDown, None) | (Course::Crosses, Some(Kind::Rise(_))) => false,
            contradiction => panic!("{contradiction:?}"),
        };
        for (nth, crossing) in crossings.iter().enumerate() {
            assert_eq!(matches!(crossing.kind, Kind::Set(_)), first_is_up == (nth % 2 == 0), "{crossings:?}");
        }
        // Between the crossings the body stays on its side.
        let minutes = ((end - start) * 1440.0) as u32;
        for minute in 0..=minutes {
            let at = (start + f64::from(minute) / 1440.0).min(end);
            let above = body.above(threshold, at).value;
            let passed = crossings.iter().filter(|crossing| crossing.ut.jd() <= at).count();
            let is_up = first_is_up == (passed % 2 == 0);
            assert!(
                is_up == (above > 0.0) || above.abs() < 1e-5,
                "{above} at {at}: {crossings:?} of {body:?}"
            );
        }
    }
}

fn kinds(findings: &Findings) -> Vec<Kind> {
    findings.events.iter().map(|event| event.kind).collect()
}

const CENTRE: Threshold = Threshold::airless_centre(0.0);

#[test]
fn a_star_does_what_spherical_trigonometry_says() {
    let star = Body::star(50.0, 20.0);
    let findings = star.search(EPOCH, 0.99, &[CENTRE], true);
    // Hour angle 100° at first: it sets, goes through the north, rises, and culminates in the south.
    assert_eq!(kinds(&findings), [Kind::Set(0), Kind::LowerTransit, Kind::Rise(0), Kind::UpperTransit]);
    let arc = (-(50_f64.to_radians().tan() * 20_f64.to_radians().tan())).acos().to_degrees();
    let hours = [arc, 180.0, 360.0 - arc, 360.0];
    let azimuth = (20_f64.to_radians().sin() / 50_f64.to_radians().cos()).acos().to_degrees();
    let azimuths = [360.0 - azimuth, 0.0, azimuth, 180.0];
    // The parallax of a star at a million au is still a hundred-millionth of a degree.
    for ((event, hour), azimuth) in findings.events.iter().zip(hours).zip(azimuths) {
        let expected = EPOCH + (hour - 100.0) / SIDEREAL_DEG_PER_DAY;
        assert!((event.ut.jd() - expected).abs() < 2e-9, "{event:?} {expected}");
        let turned = (event.azimuth_deg - azimuth + 540.0).rem_euclid(360.0) - 180.0;
        assert!(turned.abs() < 1e-5, "{event:?} {azimuth}");
    }
    assert!((findings.events[3].altitude_deg - 60.0).abs() < 1e-6, "{findings:?}");
    assert!((findings.events[1].altitude_deg - -20.0).abs() < 1e-6);
}

#[test]
fn a_day_costs_few_askings() {
    let (mut most, mut all) = (0, 0);
    for latitude in [-60.0, -33.0, 0.0, 20.0, 45.0, 60.0] {
        for day in 0..30 {
            let findings =
                Body::moon(latitude).search(EPOCH + f64::from(day), 1.0, &[Threshold::default()], true);
            most = most.max(findings.askings);
            all += findings.askings;
        }
    }
    println!("{most} askings at most, {:.1} in the mean", f64::from(all) / 180.0);
    assert!(most <= 25, "{most}");
}

#[test]
fn levels_are_where_they_are_said_to_be() {
    let disc = Varying::constant(0.26);
    let at = |limb, refraction, horizon_deg| {
        Threshold { limb, refraction, horizon_deg }.centre_airless_deg(disc).value
    };
    let cases = [
        (at(Limb::Upper, Refraction::Standard, 0.0), -34.0 / 60.0 - 0.26),
        (at(Limb::Centre, Refraction::Standard, 0.0), -34.0 / 60.0),
        (at(Limb::Lower, Refraction::Standard, 0.0), -34.0 / 60.0 + 0.26),
        (at(Limb::Lower, Refraction::None, 0.0), 0.26),
        (at(Limb::Upper, Refraction::Standard, -2.0), -2.0 - 34.0 / 60.0 - 0.26),
        (at(Limb::Centre, Refraction::None, 5.0), 5.0),
        (Threshold::CIVIL.centre_airless_deg(disc).value, -6.0),
        (Threshold::NAUTICAL.centre_airless_deg(disc).value, -12.0),
        (Threshold::ASTRONOMICAL.centre_airless_deg(disc).value, -18.0),
    ];
    for (found, expected) in cases {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    let air = Atmosphere::usual_at(0.0);
    assert!((at(Limb::Centre, Refraction::Air(air), 0.0) - -0.576_340_412).abs() < 1e-9);
    assert!((at(Limb::Centre, Refraction::Air(air), 3.0) - 2.759_065_296).abs() < 1e-9);
    // Hills: 34′ shrink as refraction does.
    let hills = 10.0 - at(Limb::Centre, Refraction::Standard, 10.0);
    assert!((hills * 60.0 - 5.3).abs() < 0.2, "{hills}");
}

#[test]
fn polar_days_and_nights_are_said() {
    for (latitude, declination, course) in [
        (80.0, 20.0, Course::AlwaysUp),
        (80.0, -20.0, Course::AlwaysDown),
        (-80.0, 20.0, Course::AlwaysDown),
        (90.0, 5.0, Course::AlwaysUp),
        (-90.0, 5.0, Course::AlwaysDown),
        (0.0, 90.0, Course::AlwaysDown),
    ] {
        let star = Body { hour_deg: 181.0, ..Body::star(latitude, declination) };
        let findings = star.search(EPOCH, 1.0, &[CENTRE, Threshold::airless_centre(-35.0)], false);
        assert_eq!(findings.courses[0], course, "{latitude} {declination}");
        assert_eq!(findings.courses[1], Course::AlwaysUp);
        assert!(findings.events.is_empty());
    }
}

#[test]
fn at_the_pole_a_moon_rises_once_a_month() {
    for latitude in [90.0, -90.0, 89.999] {
        let findings = Body::moon(latitude).search(EPOCH, 54.6, &[Threshold::default()], true);
        let crossings = findings.events.iter().filter(|e| matches!(e.kind, Kind::Rise(_) | Kind::Set(_)));
        assert_eq!(crossings.count(), 4, "{latitude}");
        let upper = findings.events.iter().filter(|e| e.kind == Kind::UpperTransit).count();
        assert!((52..=53).contains(&upper), "{upper}");
    }
}

#[test]
fn grazing_is_decided() {
    for latitude in [55.0, 61.3, 66.0, 75.0, 88.0, 89.5, -62.0] {
        let body = Body::moon(latitude);
        // The highest and the lowest that the body gets on the day, by ever finer sampling.
        for sign in [1.0, -1.0] {
            let height = |ut: f64| sign * body.above(&CENTRE, ut).value;
            let (mut middle, mut reach) = (EPOCH + 7.5, 0.45);
            while reach > 1e-9 {
                let nth = |n: i32| middle + reach * f64::from(n) / 50.0;
                let best = (-50..=50).max_by(|&a, &b| height(nth(a)).total_cmp(&height(nth(b))));
                middle = nth(best.unwrap_or_default());
                reach /= 20.0;
            }
            let within = (middle - (EPOCH + 7.5)).abs() < 0.44;
            if !within {
                // Next to the pole the extreme is at an end of the day; it does not graze.
                continue;
            }
            let extreme = sign * height(middle);
            let events = |level: f64| {
                let found = body.search(EPOCH + 7.05, 0.9, &[Threshold::airless_centre(level)], false);
                found.events.iter().filter(|event| (event.ut.jd() - middle).abs() < 0.01).count()
            };
            assert_eq!(events(extreme - sign * 1e-6), 2, "{latitude} {sign}");
            assert_eq!(events(extreme + sign * 1e-6), 0, "{latitude} {sign}");
        }
    }
}

#[test]
fn days_without_a_rise_and_days_with_two() {
    let mut counts = [0; 3];
    for day in 0..60 {
        let findings = Body::moon(50.0).search(EPOCH + f64::from(day), 1.0, &[Threshold::default()], false);
        counts[kinds(&findings).iter().filter(|kind| matches!(kind, Kind::Rise(_))).count()] += 1;
    }
    assert!(counts[0] >= 2 && counts[1] >= 50 && counts[2] == 0, "{counts:?}");
    // Twenty-five hours hold two risings of a star.
    let findings =
        Body { hour_deg: 250.0, ..Body::star(0.0, 0.0) }.search(EPOCH, 25.0 / 24.0, &[CENTRE], true);
    let rises = kinds(&findings).iter().filter(|kind| matches!(kind, Kind::Rise(_))).count();
    assert_eq!((rises, findings.events.len()), (1, 4));
    let findings =
        Body { hour_deg: 269.0, ..Body::star(0.0, 0.0) }.search(EPOCH, 25.0 / 24.0, &[CENTRE], true);
    let rises = kinds(&findings).iter().filter(|kind| matches!(kind, Kind::Rise(_))).count();
    assert_eq!((rises, findings.events.len()), (2, 5));
}

#[test]
fn a_body_in_a_hurry_is_followed() {
    // A minor planet that passes the Earth: ten degrees an hour, and north and south with it.
    let body = Body {
        lag_deg: 240.0,
        swing_deg: 60.0,
        period_days: 1.4,
        distance_au: 0.001,
        radius_au: 0.0,
        ..Body::moon(40.0)
    };
    for tenth in 0..30 {
        body.search(EPOCH + f64::from(tenth) / 10.0, 1.0, &[CENTRE, Threshold::CIVIL], true);
    }
}

#[test]
fn an_empty_span_has_no_events_but_a_side() {
    for days in [0.0, -1.0] {
        let star = Body { hour_deg: 0.0, ..Body::star(50.0, 20.0) };
        let span = Span { start: UtDay(EPOCH), end: UtDay(EPOCH + days) };
        let wanted = Wanted { thresholds: &[CENTRE], transits: true };
        let Ok(findings) = search(&mut { star }, 50.0, span, &wanted);
        assert_eq!((findings.events, findings.courses), (vec![], vec![Course::AlwaysUp]));
    }
}

#[test]
fn what_the_sky_refuses_is_handed_on() {
    struct Refusing(u32);
    impl Sky for Refusing {
        type Error = u32;
        fn sight(&mut self, ut: UtDay) -> Result<Sight, u32> {
            self.0 += 1;
            if self.0 > 9 { Err(self.0) } else { Ok(Body::moon(50.0).at(ut.jd())) }
        }
    }
    let span = Span { start: UtDay(EPOCH), end: UtDay(EPOCH + 1.0) };
    let wanted = Wanted { thresholds: &[Threshold::default()], transits: true };
    assert_eq!(search(&mut Refusing(0), 50.0, span, &wanted), Err(10));
}

fn bodies() -> impl Strategy<Value = Body> {
    let latitude = prop_oneof![
        3 => -90.0..=90.0_f64,
        2 => 60.0..72.0_f64,
        1 => 84.0..=90.0_f64,
        1 => Just(90.0),
        1 => Just(-90.0),
    ];
    (
        latitude,
        0.0..360.0_f64,
        0.0..15.5_f64,
        -25.0..25.0_f64,
        0.0..29.0_f64,
        0.0..360.0_f64,
        0.0023..0.01_f64,
    )
        .prop_map(
            |(latitude_deg, hour_deg, lag_deg, declination_deg, swing_deg, phase_deg, distance_au)| Body {
                latitude_deg,
                hour_deg,
                lag_deg,
                declination_deg,
                swing_deg,
                phase_deg,
                distance_au,
                ..Body::moon(latitude_deg)
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn all_is_found_and_nothing_else(
        body in bodies(),
        start in 0.0..30.0_f64,
        hours in 23.0..25.1_f64,
        level in -20.0..20.0_f64,
    ) {
        let thresholds = [Threshold::default(), Threshold { horizon_deg: level, ..Threshold::default() }];
        let findings = body.search(EPOCH + start, hours / 24.0, &thresholds, true);
        let transits: Vec<Kind> = kinds(&findings)
            .into_iter()
            .filter(|kind| matches!(kind, Kind::UpperTransit | Kind::LowerTransit))
            .collect();
        // The hour angle is monotone, unless the body stands at the celestial pole.
        prop_assert!((1..=3).contains(&transits.len()), "{:?}", findings);
        prop_assert!(transits.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", findings);
    }

    #[test]
    fn levels_at_the_extremes_are_found(body in bodies(), at in 0.0..30.0_f64, near in -2e-4..2e-4_f64) {
        // The level that the body is at when it stands on the meridian, or a hair beside it.
        let transits = body.search(EPOCH + at, 1.1, &[], true);
        for event in transits.events {
            body.search(EPOCH + at, 1.1, &[Threshold::airless_centre(event.altitude_deg + near)], false);
        }
    }

    #[test]
    fn spans_side_by_side_find_what_one_finds(body in bodies(), at in 0.0..30.0_f64, cut in 0.05..0.95_f64) {
        let thresholds = [Threshold::default()];
        let whole = body.search(EPOCH + at, 1.0, &thresholds, true);
        let mut cuts = vec![EPOCH + at + cut];
        // At an event itself, and a double to either side.
        for event in &whole.events {
            cuts.extend([event.ut.jd().next_down(), event.ut.jd(), event.ut.jd().next_up()]);
        }
        for cut in cuts {
            let (start, end) = (EPOCH + at, EPOCH + at + 1.0);
            if !(start < cut && cut < end) {
                continue;
            }
            let wanted = Wanted { thresholds: &thresholds, transits: true };
            let of = |start, end| {
                let span = Span { start: UtDay(start), end: UtDay(end) };
                let Ok(findings) = search(&mut { body }, body.latitude_deg, span, &wanted);
                findings.events
            };
            let parts: Vec<Event> = of(start, cut).into_iter().chain(of(cut, end)).collect();
            prop_assert_eq!(parts.len(), whole.events.len(), "{:?} {:?} cut at {}", parts, whole, cut);
            for (part, event) in parts.iter().zip(&whole.events) {
                prop_assert_eq!(part.kind, event.kind);
                // Equal to a millisecond where the body crosses, to seconds where it grazes.
                prop_assert!((part.ut.jd() - event.ut.jd()).abs() < 1e-5, "{:?} {:?}", part, event);
            }
        }
    }
}
