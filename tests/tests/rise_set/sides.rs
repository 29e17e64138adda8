//! Events against the altitudes between them.

use orrery_almanac::horizon::Horizontal;
use orrery_almanac::rise_set::{Course, Event, Kind, Sky, Span, Threshold, Unseen, Wanted, search};
use orrery_format::{Body, UtDay};
use orrery_tests::random::Random;
use orrery_tests::tables;

use crate::{found, site, sky_of, ut};

#[test]
fn between_two_events_a_body_stays_on_its_side() {
    let dataset = tables::shared();
    let mut random = Random::of("sides");
    let span = tables::span_ut();
    let threshold = Threshold::default();
    let (mut samples, mut one_sided) = (0, 0);
    for (low, high) in [(0.0, 60.0), (60.0, 72.0), (72.0, 88.0), (88.0, 90.0)] {
        for body in [Body::Sun, Body::Moon, Body::Mercury] {
            for _ in 0..30 {
                let latitude = random.between(low, high) * *random.pick(&[1.0, -1.0]);
                let mut sky = sky_of(&dataset, body, site(latitude, random.between(-180.0, 180.0)));
                let (start, days) =
                    (random.between(span.start, span.end - 2.0), *random.pick(&[23.0, 24.0, 25.0]) / 24.0);
                let findings = found(sky, start, days, &[threshold]);
                let mut above = |at: f64| {
                    let sight = sky.sight(UtDay(at)).unwrap();
                    let altitude = Horizontal::from(&sight.direction).altitude_deg;
                    altitude.value - threshold.centre_airless_deg(sight.semidiameter_deg).value
                };
                let is_crossing = |event: &&Event| matches!(event.kind, Kind::Rise(_) | Kind::Set(_));
                let crossings: Vec<&Event> = findings.events.iter().filter(is_crossing).collect();
                for event in &crossings {
                    assert!(above(event.ut.jd()).abs() < 1e-5, "{event:?}: {body} at {latitude}");
                }
                let mut is_up = match (findings.courses[0], crossings.first()) {
                    (Course::AlwaysUp, None) => true,
                    (Course::AlwaysDown, None) => false,
                    (Course::Crosses, Some(first)) => first.kind == Kind::Set(0),
                    contradiction => panic!("{contradiction:?}: {body} at {latitude}"),
                };
                one_sided += u32::from(crossings.is_empty());
                let mut coming = crossings.iter().peekable();
                for nth in 0..288 {
                    let at = start + days * f64::from(nth) / 288.0;
                    while let Some(passed) = coming.next_if(|event| event.ut.jd() <= at) {
                        assert_eq!(passed.kind == Kind::Set(0), is_up, "{passed:?}: {body} at {latitude}");
                        is_up = !is_up;
                    }
                    let height = above(at);
                    assert!(
                        (height > 0.0) == is_up || height.abs() < 1e-5,
                        "{height}: {body} at {latitude}, {at}"
                    );
                    samples += 1;
                }
            }
        }
    }
    println!("{samples} samples on the right side; {one_sided} days without rise and set");
    assert!(one_sided > 50);
}

#[test]
fn a_planet_before_the_sun_is_not_shown_from_tables() {
    // Mercury's transit of 2019 November 11, during which the Sun set in London: `rise_set_over_http` asks live.
    let dataset = tables::shared();
    let start = UtDay(ut(&dataset, "2019-11-11T12:00:00Z"));
    let mut sky = sky_of(&dataset, Body::Mercury, site(51.5, -0.13));
    let wanted = Wanted { thresholds: &[Threshold::default()], transits: true };
    let found = search(&mut sky, 51.5, Span { start, end: UtDay(start.jd() + 0.5) }, &wanted);
    assert_eq!(found, Err(Unseen::BesideSun));
}
