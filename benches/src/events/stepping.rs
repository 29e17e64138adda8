//! Searches as users of the C library write them for what it has none of its own for: stations, ingresses of planets, phases
//! of the Moon, aspects.
//!
//! They go on by a day until something has changed, and then by the secant, kept within that day, until a step is less than a
//! hundredth of a second. That is quicker than halving, which most programs do. What comes and goes within a day is not seen.

use anyhow::{Result, bail};
use orrery_format::Body;
use orrery_pipeline::sample::{live_body, signed_degrees};
use orrery_swisseph::{LiveEcliptic, Session};

/// Days of a step.
pub(super) const STEP_DAYS: f64 = 1.0;

/// Days that the last step of a secant is shorter than: a hundredth of a second.
const SETTLED_DAYS: f64 = 0.01 / 86_400.0;

/// Days after which a search is given up: no planet needs longer for a sign.
const MOST_DAYS: f64 = 40_000.0;

/// Longitude, degrees, and its change a day, by one plain call.
pub(super) fn longitude(session: &mut Session, body: Body, jd_tt: f64) -> Result<(f64, f64)> {
    let state = session.plain_call(live_body(body), jd_tt)?;
    Ok((state[0], state[3]))
}

/// How far one body is ahead of another in longitude, degrees.
pub(super) fn ahead(session: &mut Session, a: Body, b: Body, jd_tt: f64) -> Result<f64> {
    Ok(longitude(session, a, jd_tt)?.0 - longitude(session, b, jd_tt)?.0)
}

/// Where a function is nothing, between two instants at which its values have different signs: regula falsi with halved
/// weights (the Illinois rule).
pub(super) fn settled(
    mut function: impl FnMut(f64) -> Result<f64>,
    before: (f64, f64),
    after: (f64, f64),
) -> Result<f64> {
    let ((mut a, mut at_a), (mut b, mut at_b)) = (before, after);
    for _ in 0..100 {
        if at_b == 0.0 {
            break;
        }
        let x = b - at_b * (b - a) / (at_b - at_a);
        let at_x = function(x)?;
        let step = (x - b).abs();
        if (at_x < 0.0) == (at_b < 0.0) {
            at_a *= 0.5;
        } else {
            (a, at_a) = (b, at_b);
        }
        (b, at_b) = (x, at_x);
        if step < SETTLED_DAYS {
            break;
        }
    }
    Ok(b)
}

/// The next instant at which an angle, degrees, enters another of so many parts of the circle.
fn next_border(mut angle: impl FnMut(f64) -> Result<f64>, parts: f64, start: f64) -> Result<f64> {
    let width = 360.0 / parts;
    let (mut jd, mut at) = (start, angle(start)?.rem_euclid(360.0));
    while jd < start + MOST_DAYS {
        let next = jd + STEP_DAYS;
        let later = angle(next)?.rem_euclid(360.0);
        if let Some(border) = border_between(at, later, width) {
            let off = |angle: f64| signed_degrees(angle - border);
            return settled(|jd| Ok(off(angle(jd)?)), (jd, off(at)), (next, off(later)));
        }
        (jd, at) = (next, later);
    }
    bail!("nothing found within {MOST_DAYS} days from {start}")
}

/// The border of parts, degrees, that is passed from one angle to another, 0 to 360, if they are in different parts.
pub(super) fn border_between(from: f64, to: f64, width: f64) -> Option<f64> {
    let (before, after) = ((from / width).floor(), (to / width).floor());
    let is_forward = signed_degrees(to - from) >= 0.0;
    (before != after).then_some(width * if is_forward { after } else { before })
}

/// When a body next enters a sign: the Sun and the Moon by the library's own searches for a longitude, the planets by steps.
pub(super) fn next_ingress(session: &mut Session, body: Body, start: f64) -> Result<f64> {
    if !matches!(body, Body::Sun | Body::Moon) {
        return next_border(|jd| Ok(longitude(session, body, jd)?.0), 12.0, start);
    }
    let sign = (longitude(session, body, start)?.0 / 30.0).floor();
    let border = (30.0 * (sign + 1.0)).rem_euclid(360.0);
    Ok(if body == Body::Sun {
        session.plain_sun_crossing_tt(border, LiveEcliptic::default(), start)?
    } else {
        session.plain_moon_crossing_tt(border, LiveEcliptic::default(), start)?
    })
}

/// When the Moon is next new, full or at a quarter.
pub(super) fn next_lunation(session: &mut Session, start: f64) -> Result<f64> {
    next_border(|jd| ahead(session, Body::Moon, Body::Sun, jd), 4.0, start)
}

/// When a planet next stands still, before an instant: where the library's speed changes its sign.
pub(super) fn next_station(session: &mut Session, body: Body, start: f64, end: f64) -> Result<Option<f64>> {
    let (mut jd, mut at) = (start, longitude(session, body, start)?.1);
    while jd < end {
        let next = jd + STEP_DAYS;
        let later = longitude(session, body, next)?.1;
        if (at < 0.0) != (later < 0.0) {
            let found = settled(|jd| Ok(longitude(session, body, jd)?.1), (jd, at), (next, later))?;
            return Ok((found < end).then_some(found));
        }
        (jd, at) = (next, later);
    }
    Ok(None)
}
