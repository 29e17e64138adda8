//! What becomes of an aspect, by samples of states: no polynomial, no bound, no search of ours.

use orrery_format::{Body, Center, Dataset, TtDay};

/// Whose longitude it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Partner {
    Body(Body),
    Point(f64),
}

/// A longitude and its change a day.
pub(super) fn longitude(dataset: &Dataset, body: Body, jd_tt: f64) -> (f64, f64) {
    let state = dataset.true_state(body, Center::Geo, TtDay(jd_tt)).unwrap().value;
    (state.longitude_deg, state.longitude_speed)
}

/// An angle from −180 to 180 degrees.
pub(super) fn around(angle_deg: f64) -> f64 {
    (angle_deg + 180.0).rem_euclid(360.0) - 180.0
}

/// Something that goes to and fro: its value, of which only the sign counts, and its slope.
type Wave<'w> = dyn Fn(f64) -> (f64, f64) + 'w;

/// Where a function that has one sign at one instant and the other at another one passes nothing.
fn bisected(is_above: impl Fn(f64) -> bool, mut from: f64, mut to: f64) -> f64 {
    let begins = is_above(from);
    for _ in 0..80 {
        let middle = f64::midpoint(from, to);
        if is_above(middle) == begins {
            from = middle;
        } else {
            to = middle;
        }
    }
    to
}

/// Samples from an instant towards another, with all turns among them.
fn stops(wave: &Wave<'_>, from: f64, to: f64, step: f64) -> Vec<f64> {
    let count = ((to - from).abs() / step).ceil().max(1.0);
    let mut stops = vec![from];
    for nth in 1..=count as u32 {
        let (before, next) = (stops[stops.len() - 1], from + (to - from) * f64::from(nth) / count);
        let rises = |jd: f64| wave(jd).1 > 0.0;
        if rises(before) != rises(next) {
            stops.push(bisected(rises, before, next));
        }
        stops.push(next);
    }
    stops
}

/// When an aspect is exact, on the side of `to`.
pub(super) fn exact(
    dataset: &Dataset,
    body: Body,
    partner: Partner,
    ahead_deg: f64,
    (from, to): (f64, f64),
    step: f64,
) -> Option<f64> {
    let wave = |jd: f64| {
        let (one, speed) = longitude(dataset, body, jd);
        let (other, other_speed) = match partner {
            Partner::Body(other) => longitude(dataset, other, jd),
            Partner::Point(point) => (point, 0.0),
        };
        (around(one - other - ahead_deg), speed - other_speed)
    };
    let is_above = |jd: f64| wave(jd).0 > 0.0;
    // On the far side of the circle the sign changes too.
    let is_near = |jd: f64| wave(jd).0.abs() < 90.0;
    let passes =
        |pair: &[f64]| is_above(pair[0]) != is_above(pair[1]) && is_near(pair[0]) && is_near(pair[1]);
    let stops = stops(&wave, from, to, step);
    stops.windows(2).find(|pair| passes(pair)).map(|pair| bisected(is_above, pair[0], pair[1]))
}

/// When a body changes its sign first.
pub(super) fn sign_change(dataset: &Dataset, body: Body, (from, to): (f64, f64), step: f64) -> Option<f64> {
    let wave = |jd: f64| longitude(dataset, body, jd);
    let stops = stops(&wave, from, to, step);
    let sign = |jd: f64| (wave(jd).0 / 30.0).floor();
    let (before, after) = (sign(from), |pair: &[f64]| sign(pair[1]));
    stops
        .windows(2)
        .find(|pair| after(pair) != before)
        .map(|pair| bisected(|jd| sign(jd) == before, pair[0], pair[1]))
}

/// When a body turns first.
pub(super) fn station(dataset: &Dataset, body: Body, (from, to): (f64, f64), step: f64) -> Option<f64> {
    let wave = |jd: f64| longitude(dataset, body, jd);
    let stops = stops(&wave, from, to, step);
    let rises = |jd: f64| wave(jd).1 > 0.0;
    // Turns are stops themselves, on the side that is gone to.
    stops.iter().copied().find(|stop| rises(*stop) != rises(from))
}

/// The mean motion of what sways to and fro, degrees a day, by twenty years of it.
fn mean_motion(dataset: &Dataset, body: Body) -> Option<f64> {
    let mean = match body {
        Body::TrueNode | Body::MeanNode => Body::MeanNode,
        Body::OsculatingApogee => Body::MeanApogee,
        _ => return None,
    };
    // Steps of a month, in which neither goes round.
    let (start, months, month) = (2_451_545.0, 240_u32, 30.0);
    let moved = (0..months).map(|nth| {
        let at = |nth: u32| longitude(dataset, mean, start + month * f64::from(nth)).0;
        around(at(nth + 1) - at(nth))
    });
    Some(moved.sum::<f64>() / (f64::from(months) * month))
}

/// When two, or a body and a place, that come nearer to an aspect begin to draw apart, or the other way round.
pub(super) fn parting(
    dataset: &Dataset,
    body: Body,
    partner: Partner,
    (from, to): (f64, f64),
    step: f64,
) -> Option<f64> {
    let mean = |body: Body| mean_motion(dataset, body);
    let (own, other) = match partner {
        Partner::Body(other) => (mean(body), Some((other, mean(other)))),
        Partner::Point(_) => (None, None),
    };
    let speed =
        |body: Body, mean: Option<f64>, jd: f64| mean.unwrap_or_else(|| longitude(dataset, body, jd).1);
    let wave = |jd: f64| {
        let others = other.map_or(0.0, |(other, mean)| speed(other, mean, jd));
        (0.0, speed(body, own, jd) - others)
    };
    let rises = |jd: f64| wave(jd).1 > 0.0;
    stops(&wave, from, to, step).into_iter().find(|stop| rises(*stop) != rises(from))
}

/// How long a step may be for nothing but turns to be missed, days.
pub(super) const fn step_days(body: Body) -> f64 {
    match body {
        Body::Moon | Body::TrueNode => 0.5,
        Body::OsculatingApogee => 0.1,
        _ => 2.0,
    }
}
