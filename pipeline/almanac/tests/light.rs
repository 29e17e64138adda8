//! Hazard: a place whose light is bent and aberrated rightly while the speed told beside it is that of another light. The
//! rates of each step and of its inverse are compared with differences of its values, from the Sun's limb to opposite to it.

use std::f64::consts::{PI, TAU};

use orrery_almanac::light::{SUN_RADIUS_AU, aberrated, deflected, unaberrated, undeflected};
use orrery_almanac::vector::Vector;
use proptest::prelude::*;

/// Steps of the differences, days: light that passes the limb is bent otherwise within hours.
const STEP_DAYS: f64 = 1.0 / 8_192.0;

/// What differences may be off: of the distance by rounding, and of the rate by what they leave out close to the limb.
const ROUNDING: f64 = 4e-12;
const LEFT_OUT: f64 = 1e-5;

/// A place that moves evenly.
#[derive(Clone, Copy, Debug)]
struct Moving {
    at: [f64; 3],
    rate: [f64; 3],
}

impl Moving {
    fn after(&self, days: f64) -> Vector {
        Vector::new(std::array::from_fn(|i| self.at[i] + self.rate[i] * days), self.rate)
    }
}

/// How far what a step adds to a place changes otherwise than told, and how fast it changes, au a day; `None` where it has
/// no answer.
fn gap(of: impl Fn(f64) -> Option<Vector>, before: impl Fn(f64) -> Vector) -> Option<(f64, f64)> {
    let added = |days: f64| Some(of(days)? - before(days));
    let (early, now, late) = (added(-STEP_DAYS)?.at(), added(0.0)?.rate(), added(STEP_DAYS)?.at());
    let gaps = (0..3).map(|i| (late[i] - early[i]) / (2.0 * STEP_DAYS) - now[i]);
    let length = |parts: &mut dyn Iterator<Item = f64>| parts.map(|part| part * part).sum::<f64>().sqrt();
    Some((length(&mut gaps.into_iter()), length(&mut now.into_iter())))
}

fn allowed(body: &Moving, rate: f64) -> f64 {
    ROUNDING * body.after(0.0).length().value + LEFT_OUT * rate
}

fn three(most: f64) -> impl Strategy<Value = [f64; 3]> {
    [-most..most, -most..most, -most..most]
}

/// The observer from the Sun and a body from the observer: from a tenth of the Sun's radius off its limb to opposite to it,
/// as often in each decade of the angle, and on all sides; before the Sun and far behind it.
fn sights() -> impl Strategy<Value = (Moving, Moving)> {
    let angles = (((1.1 * SUN_RADIUS_AU).ln()..PI.ln()).prop_map(f64::exp), 0.0..TAU);
    let distances = (0.98..1.02_f64, (0.3_f64.ln()..40.0_f64.ln()).prop_map(f64::exp));
    (angles, distances, three(0.017), three(0.02)).prop_map(
        |((elongation, side), (from_sun, distance), velocity, rate)| {
            let (sin, cos) = elongation.sin_cos();
            let (up, aside) = side.sin_cos();
            let body = [cos, sin * aside, sin * up].map(|along| along * distance);
            (Moving { at: [-from_sun, 0.0, 0.0], rate: velocity }, Moving { at: body, rate })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn aberration_changes_as_it_is_told_to(
        (_, body) in sights(),
        velocity in three(0.017),
        acceleration in three(3e-4),
    ) {
        let velocity = Moving { at: velocity, rate: acceleration };
        for step in [aberrated, unaberrated] {
            let of = |days: f64| Some(step(&body.after(days), &velocity.after(days)));
            let (gap, rate) = gap(of, |days| body.after(days)).unwrap();
            prop_assert!(gap < allowed(&body, rate), "{gap:e} of {rate:e} au a day");
        }
    }

    #[test]
    fn deflection_changes_as_it_is_told_to((observer, body) in sights()) {
        for step in [deflected, undeflected] {
            let of = |days: f64| step(&body.after(days), &observer.after(days));
            // A little later it may stand before the disc.
            let Some((gap, rate)) = gap(of, |days| body.after(days)) else {
                return Err(TestCaseError::reject("it passes the disc"));
            };
            prop_assert!(gap < allowed(&body, rate), "{gap:e} of {rate:e} au a day");
        }
    }
}
