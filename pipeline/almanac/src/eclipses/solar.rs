//! Eclipses of the Sun.

use std::ops::Range;

use orrery_format::TtDay;
use orrery_format::eclipse::{Elements, SolarEclipse};

use super::approach::{Approach, nearest_of};
use super::axis::{self, Axis};
use super::elements::{DAY_H, FundamentalPlane};
use super::globe::{Globe, Greatest};
use super::kind::eclipses_within;
use super::lunation::{Lunation, Phase};
use super::saros;
use super::sky::Luminaries;

/// The widest that a penumbra is in the fundamental plane, amply: 0.574, where the Moon is furthest and the Sun nearest.
const WIDEST_PENUMBRA: f64 = 0.58;

/// A penumbra whose axis passes further from the Earth's centre misses the Earth.
const FURTHEST: f64 = 1.6;

/// A penumbra whose axis passes nearer than this reaches the Earth, also over a pole: it is never narrower than 0.52.
const SURELY_NEAR: f64 = 1.5;

/// Hours that elements reach before the first and beyond the last contact: half an hour to spare, half an hour by which the
/// full hour misses the greatest eclipse, and what the shadow's uneven motion makes.
const SPARE_H: f64 = 1.1;

/// Elements reach a multiple of this, hours.
const REACH_STEP_H: f64 = 0.25;

/// The eclipse of the Sun at the new moon of a lunation, if there is one; its [`SolarEclipse::saros_member`] is 0 until
/// [`super::saros::member`] tells it.
///
/// # Errors
/// What the source says. It is asked for instants up to six hours from the new moon.
pub fn solar_eclipse_of<L: Luminaries>(
    luminaries: &mut L,
    lunation: Lunation,
) -> Result<Option<SolarEclipse>, L::Error> {
    let approach = approach(luminaries, lunation)?;
    if approach.distance > FURTHEST {
        return Ok(None);
    }
    let (elements, greatest_h) = elements(luminaries, &approach)?;
    let Some(globe) = Globe::new(&elements, greatest_h) else { return Ok(None) };
    let jd_tt = |hours: f64| elements.t0_jd_tt + hours / DAY_H;
    let pair = |hours: Option<[f64; 2]>| hours.map_or([f64::NAN; 2], |pair| pair.map(jd_tt));
    let four = |outer: Option<[f64; 2]>, inner: Option<[f64; 2]>| {
        let ([first, last], [second, third]) = (pair(outer), pair(inner));
        [first, second, third, last]
    };
    let greatest = Greatest::new(&elements, greatest_h);
    let [x, y] = FundamentalPlane::at(&elements, greatest_h).axis;
    Ok(Some(SolarEclipse {
        greatest_jd_tt: jd_tt(greatest_h),
        gamma: x.hypot(y).copysign(y),
        magnitude: greatest.magnitude,
        obscuration: greatest.obscuration,
        latitude_deg: greatest.latitude_deg,
        ephemeris_longitude_deg: greatest.ephemeris_longitude_deg,
        sun_altitude_deg: greatest.sun_altitude_deg,
        sun_azimuth_deg: greatest.sun_azimuth_deg,
        central_duration_s: if greatest.duration_s > 0.0 { greatest.duration_s } else { f64::NAN },
        path_width_km: greatest.width_km.unwrap_or(f64::NAN),
        penumbra_jd_tt: four(Some(globe.penumbra_h), globe.penumbra_within_h),
        umbra_jd_tt: four(globe.umbra_h, globe.umbra_within_h),
        axis_jd_tt: pair(globe.axis_h),
        elements,
        saros: saros::solar_series(lunation),
        saros_member: 0,
        kind: globe.kind(&elements, &greatest) as u8,
    }))
}

/// The eclipses of the Sun that are greatest within a span, in the order of time, as [`solar_eclipse_of`] has them.
///
/// Every new moon of the span is looked at.
///
/// # Errors
/// What the source says. It must answer from 12 hours before the span to 12 hours after it.
pub fn solar_eclipses<L: Luminaries>(
    luminaries: &mut L,
    span: Range<TtDay>,
) -> Result<Vec<SolarEclipse>, L::Error> {
    eclipses_within(luminaries, span).map(|found| found.map(|(_, eclipse)| eclipse)).collect()
}

/// Whether there is an eclipse of the Sun at the new moon of a lunation.
pub(crate) fn occurs<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<bool, L::Error> {
    let approach = approach(luminaries, lunation)?;
    if approach.distance < SURELY_NEAR || approach.distance > FURTHEST {
        return Ok(approach.distance < SURELY_NEAR);
    }
    let (elements, greatest_h) = elements(luminaries, &approach)?;
    Ok(Globe::new(&elements, greatest_h).is_some())
}

/// When the axis of the shadow passes nearest to the Earth's centre at a new moon.
fn approach<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<Approach, L::Error> {
    Approach::find(lunation.phase(Phase::New), |tt| {
        let axis = Axis::new(&luminaries.at(tt)?);
        Ok([axis.x, axis.y])
    })
}

/// The elements of a shadow that may touch the Earth, and when its axis is nearest, hours from their origin.
fn elements<L: Luminaries>(luminaries: &mut L, approach: &Approach) -> Result<(Elements, f64), L::Error> {
    let chord = approach.chord(1.0 + WIDEST_PENUMBRA);
    let reach_h = ((chord / approach.speed + SPARE_H) / REACH_STEP_H).ceil() * REACH_STEP_H;
    let elements = axis::elements(luminaries, full_hour(approach.tt), reach_h)?;
    Ok((elements, nearest_of(&elements.x, &elements.y)))
}

/// The full hour of TT nearest to an instant.
fn full_hour(tt: TtDay) -> TtDay {
    TtDay((tt.jd() * DAY_H).round() / DAY_H)
}
