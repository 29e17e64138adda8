//! The Moon before a planet, as seen from somewhere on the Earth.
//!
//! A planet casts a shadow of the Moon as the Sun does at an eclipse, but for being smaller and fainter: so the geometry is
//! that of the fundamental plane (Explanatory Supplement to the Astronomical Almanac, 11.3), with the planet for the Sun.

use orrery_format::Center;

use super::{Event, Events, Finder, What};
use crate::bodies::WireBody;
use crate::curve::{Curve, Quantity};
use crate::motion::{Ephemeris, Function};
use crate::phenomena::radius_au;
use crate::topocentric::{AU_M, EARTH_RADIUS_M, FLATTENING};

/// Degrees that the Moon and a planet may be apart in latitude, as seen from the Earth's centre, and be in line from
/// somewhere: parallax 1.03°, the Moon's radius 0.28° and the planet's 0.01°, and what they move between the conjunction in
/// longitude and the least distance.
const APART_DEG: f64 = 1.6;

/// Days from the conjunction in longitude within which an occultation lies.
const APART_DAYS: f64 = 0.25;

/// A second of time in days.
const SECOND_DAYS: f64 = 1.0 / 86_400.0;

/// The shadow that a planet casts of the Moon, in the plane through the Earth's centre across it. Equatorial radii of the Earth.
#[derive(Clone, Copy)]
struct Shadow {
    /// Where its axis is, to the east and to the north.
    x: f64,
    y: f64,
    /// How far from the axis some of the planet is hidden.
    radius: f64,
    /// Half the Earth's height as seen along the axis.
    polar: f64,
}

impl Shadow {
    fn off_centre(&self) -> f64 {
        self.x.hypot(self.y)
    }

    /// How far the shadow is from the Earth; negative where it falls on it. To 20 m: the nearest point of an ellipse so
    /// nearly round is nearly in the direction of its centre.
    fn gap(&self) -> f64 {
        let stretched = self.x.hypot(self.y / self.polar);
        let outside = if stretched > 1.0 { self.off_centre() * (1.0 - 1.0 / stretched) } else { 0.0 };
        outside - self.radius
    }
}

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// Occultations of a planet by the Moon that begin in the range, wherever on the Earth: those of which all is known.
    #[must_use]
    pub fn occultations(&self, body: WireBody) -> Events<'e, E::Error> {
        let (start, stop) = self.range;
        let finder = *self;
        let near = self.between(start - APART_DAYS, stop + APART_DAYS);
        let conjunctions = near.when(Curve::of(Quantity::Ahead(WireBody::MOON, body)), vec![0.0]);
        Box::new(conjunctions.filter_map(move |conjunction| {
            let told = conjunction.and_then(|conjunction| finder.occultation(body, conjunction.jd_tt));
            told.transpose()
                .filter(|told| told.as_ref().map_or(true, |event| (start..stop).contains(&event.jd_tt)))
        }))
    }

    /// The occultation about a conjunction in longitude, if there is one.
    fn occultation(&self, body: WireBody, conjunction_jd_tt: f64) -> Result<Option<Event>, E::Error> {
        let latitude = |body| self.value(Quantity::Latitude(body), conjunction_jd_tt);
        if (latitude(WireBody::MOON)? - latitude(body)?).abs() > APART_DEG {
            return Ok(None);
        }
        let shadow = |jd_tt| self.shadow(body, jd_tt);
        let Some(greatest_jd_tt) = least(conjunction_jd_tt, |jd| Ok(shadow(jd)?.off_centre()))? else {
            return Ok(None);
        };
        let nearest = shadow(greatest_jd_tt)?;
        let mut inside = greatest_jd_tt;
        if nearest.gap() >= 0.0 {
            // Since the Earth is not round, the shadow may come nearest to it at another time than to its centre.
            let Some(deepest) = least(greatest_jd_tt, |jd| Ok(shadow(jd)?.gap()))? else { return Ok(None) };
            if shadow(deepest)?.gap() >= 0.0 {
                return Ok(None);
            }
            inside = deepest;
        }
        let gap = |jd| Ok(shadow(jd)?.gap());
        let [begin, end] = [-APART_DAYS, APART_DAYS].map(|days| edge(inside, inside + days, gap));
        let (Some(jd_tt), Some(end_jd_tt)) = (begin?, end?) else { return Ok(None) };
        let gamma = nearest.off_centre().copysign(nearest.y);
        Ok(Some(Event { jd_tt, what: What::Occultation { body, greatest_jd_tt, gamma, end_jd_tt } }))
    }

    fn shadow(&self, body: WireBody, jd_tt: f64) -> Result<Shadow, E::Error> {
        let function = |function: Function| -> Result<f64, E::Error> {
            let stretch = self.ephemeris.stretch(function, jd_tt)?;
            Ok(stretch.map_or(f64::NAN, |stretch| stretch.series.value(stretch.x(jd_tt))))
        };
        let dpsi = function(Function::NutationInLongitude)?;
        let tilt =
            (function(Function::MeanObliquity)? + function(Function::NutationInObliquity)?).to_radians();
        // On the true equator of date, Earth radii.
        let place = |body| -> Result<[f64; 3], E::Error> {
            let along = (function(Function::Longitude(Center::Geo, body))? + dpsi).to_radians();
            let across = function(Function::Latitude(Center::Geo, body))?.to_radians();
            let distance = function(Function::Distance(Center::Geo, body))? * (AU_M / EARTH_RADIUS_M);
            let (x, y, z) = (across.cos() * along.cos(), across.cos() * along.sin(), across.sin());
            let (sin, cos) = tilt.sin_cos();
            Ok([x, y * cos - z * sin, y * sin + z * cos].map(|c| c * distance))
        };
        let (moon, planet) = (place(WireBody::MOON)?, place(body)?);
        let back: [f64; 3] = std::array::from_fn(|c| planet[c] - moon[c]);
        let far = back.iter().map(|c| c * c).sum::<f64>().sqrt();
        let [a, b, c] = back.map(|component| component / far);
        let beside = a.hypot(b);
        let [m0, m1, m2] = moon;
        let (x, y) = ((m1 * a - m0 * b) / beside, m2 * beside - c * (m0 * a + m1 * b) / beside);
        let z = m0 * a + m1 * b + m2 * c;
        // The mean radius of the Moon's disc, 0.27242 of the Earth's. Eclipses have two others, which are conventions of the
        // canons they are compared with: that makes half a second of a contact.
        let [moon_radius, planet_radius] =
            [WireBody::MOON, body].map(|body| radius_au(body) * (AU_M / EARTH_RADIUS_M));
        let sin_f = (planet_radius + moon_radius) / far;
        let (cos_f, tan_f) = ((1.0 - sin_f * sin_f).sqrt(), sin_f / (1.0 - sin_f * sin_f).sqrt());
        let squeezed: f64 = 1.0 - FLATTENING * (2.0 - FLATTENING) * beside * beside;
        Ok(Shadow { x, y, radius: z * tan_f + moon_radius / cos_f, polar: squeezed.sqrt() })
    }
}

/// Where a function is least, from near there: Newton's rule on the parabola through three of its values. `None` if that
/// leads further than an occultation can be, or to where the function is NaN.
fn least<E>(near_jd: f64, at: impl Fn(f64) -> Result<f64, E>) -> Result<Option<f64>, E> {
    let (mut jd, mut step) = (near_jd, 0.02);
    for _ in 0..40 {
        let [before, here, after] = [at(jd - step)?, at(jd)?, at(jd + step)?];
        let bend = before - 2.0 * here + after;
        if bend.is_nan() {
            return Ok(None);
        }
        let by = if bend > 0.0 {
            step * (before - after) / (2.0 * bend)
        } else {
            (before - after).signum() * step
        };
        jd += by.clamp(-2.0 * step, 2.0 * step);
        if (jd - near_jd).abs() > APART_DAYS {
            return Ok(None);
        }
        if by.abs() < SECOND_DAYS / 100.0 {
            return Ok(Some(jd));
        }
        step = (by.abs() * 2.0).clamp(60.0 * SECOND_DAYS, step);
    }
    Ok(Some(jd))
}

/// Where a function that is negative at one instant and not at another changes its sign, by halving. `None` if it becomes NaN
/// before.
fn edge<E>(inside_jd: f64, outside_jd: f64, at: impl Fn(f64) -> Result<f64, E>) -> Result<Option<f64>, E> {
    let (mut inside, mut outside) = (inside_jd, outside_jd);
    let mut is_known = true;
    while (outside - inside).abs() > SECOND_DAYS / 1000.0 {
        let middle = f64::midpoint(inside, outside);
        let value = at(middle)?;
        if value < 0.0 {
            inside = middle;
        } else {
            (outside, is_known) = (middle, !value.is_nan());
        }
    }
    Ok(is_known.then(|| f64::midpoint(inside, outside)))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// A function that is known from 0 on.
    fn known(function: impl Fn(f64) -> f64) -> impl Fn(f64) -> Result<f64, Infallible> {
        move |jd| Ok(if jd >= 0.0 { function(jd) } else { f64::NAN })
    }

    #[test]
    fn what_lies_beyond_all_that_is_known_is_not_found() {
        let bowl = |jd: f64| (jd - 0.1).powi(2) - 0.0025;
        let Ok(found) = least(0.12, known(bowl));
        assert!((found.unwrap() - 0.1).abs() < SECOND_DAYS, "{found:?}");
        assert_eq!(least(0.01, known(bowl)), Ok(None), "one of three values is beyond");
        assert_eq!(least(0.05, known(|jd| jd)), Ok(None), "it leads beyond");
        let Ok(begin) = edge(0.1, -0.15, known(bowl));
        assert!((begin.unwrap() - 0.05).abs() < SECOND_DAYS, "{begin:?}");
        assert_eq!(edge(0.1, -0.15, known(|jd| jd - 0.2)), Ok(None), "it is negative as far as is known");
    }
}
