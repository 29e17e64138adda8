//! Directions to the horizon, and what air makes of them.

use orrery_almanac::horizon::{Atmosphere, Horizon, Horizontal};
use orrery_almanac::rise_set::Sky;
use orrery_almanac::{Equatorial, Varying};
use orrery_format::{Body, UtDay};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveAltitudes, LiveCenter, LiveDirection, LiveFrame, LivePlane};
use orrery_tests::measure::angle_between;
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

use crate::question::Question;
use crate::sky_of;

#[test]
fn azimuth_altitude_and_refraction_are_those_of_the_live_source() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("horizontal");
    let (mut worst, mut lifted) = ([0.0_f64; 4], 0);
    for _ in 0..600 {
        let latitude = random.between(-90.0, 90.0);
        let question = Question::random(&mut random, latitude);
        let jd_ut = random.between(tables::span_ut().start, tables::span_ut().end);
        let place = question.site();
        let mut sky = sky_of(&dataset, Body::Moon, place);
        let sight = sky.sight(UtDay(jd_ut)).unwrap();
        let ours = Horizontal::from(&sight.direction);
        // Any direction will do for the turn to the horizon; near it refraction is worth looking at.
        let sidereal_deg = session.apparent_sidereal_time_deg(jd_ut).unwrap();
        let equatorial = Equatorial {
            right_ascension_deg: random.between(0.0, 360.0),
            declination_deg: random.between(-90.0, 90.0),
            ..Equatorial::default()
        };
        let horizon = Horizon::new(latitude, place.longitude_deg, Varying::constant(sidereal_deg));
        let turned = horizon.horizontal(&equatorial);
        let direction = LiveDirection::Equator {
            right_ascension_deg: equatorial.right_ascension_deg,
            declination_deg: equatorial.declination_deg,
        };
        let live = session.horizontal(question.observer, direction, jd_ut).unwrap();
        let air = Atmosphere::new(
            question.observer.atmosphere.pressure_hpa.unwrap(),
            question.observer.atmosphere.temperature_c,
        )
        .unwrap();
        let seen = air.apparent(turned.altitude_deg.value, place.altitude_m);
        let across = turned.altitude_deg.value.to_radians().cos();
        let gaps = [
            angle_between(turned.azimuth_deg.value, live.azimuth_deg) * across,
            turned.altitude_deg.value - live.true_altitude_deg,
            seen.altitude_deg - live.apparent_altitude_deg,
            0.0,
        ];
        for (worst, gap) in worst.iter_mut().zip(gaps) {
            assert!(gap.abs() < 1e-7, "{gaps:?} at {latitude}, JD {jd_ut}, {equatorial:?}");
            *worst = worst.max(gap.abs());
        }
        // Low altitudes, both ways.
        let low = random.between(-5.0, 20.0);
        for altitude in [LiveAltitudes::True(low), LiveAltitudes::Apparent(low)] {
            let live = session.refraction(question.observer, altitude).unwrap();
            let gap = match altitude {
                LiveAltitudes::True(_) => {
                    let seen = air.apparent(low, place.altitude_m);
                    lifted += u32::from(seen.is_above);
                    seen.altitude_deg - live.apparent_altitude_deg
                }
                LiveAltitudes::Apparent(_) => air.airless_deg(low, place.altitude_m) - live.true_altitude_deg,
            };
            assert!(gap.abs() < 1e-9, "{gap}: {altitude:?} {question:?}", question = question.observer);
            assert!((air.dip_deg(place.altitude_m) - live.dip_deg).abs() < 1e-9);
        }
        // The Moon's own place, from tables, against the live one.
        let body = live_body(Body::Moon);
        let jd_tt = jd_ut + session.delta_t_s(jd_ut).unwrap() / 86_400.0;
        let frame = LiveFrame { plane: LivePlane::Equator, ..LiveFrame::default() };
        let [right_ascension_deg, declination_deg, ..] =
            session.framed(body, LiveCenter::Topo(question.observer.site), frame, jd_tt).unwrap();
        let moon = LiveDirection::Equator { right_ascension_deg, declination_deg };
        let live = session.horizontal(question.observer, moon, jd_ut).unwrap();
        let gap = (ours.altitude_deg.value - live.true_altitude_deg).abs();
        assert!(gap < 1e-6, "{gap}: the Moon at {latitude}, JD {jd_ut}");
        worst[3] = worst[3].max(gap);
    }
    println!(
        "worst: azimuth {:e}, altitude {:e}, apparent {:e}, the Moon's {:e} degrees",
        worst[0], worst[1], worst[2], worst[3]
    );
    assert!(lifted > 300, "{lifted}");
}
