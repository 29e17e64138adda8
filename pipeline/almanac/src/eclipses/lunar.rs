//! Eclipses of the Moon.

use std::ops::Range;

use orrery_format::TtDay;
use orrery_format::eclipse::{LunarEclipse, LunarKind};

use super::approach::{Approach, nearest_of};
use super::axis::{Frame, MOON_RADIUS_PENUMBRA as MOON_RADIUS, RADII_IN_AU, SUN_RADIUS};
use super::elements::DAY_H;
use super::kind::eclipses_within;
use super::lunation::{Lunation, Phase};
use super::polynomial::{self, NODES};
use super::roots;
use super::saros;
use super::sky::{Luminaries, SunAndMoon};
use super::visibility::sublunar_deg;
use crate::frames::wrap_deg;

/// By how much the Moon's parallax is taken larger for the Earth's shadow: the air makes the Earth larger by 1/85, and its
/// flattening, at 45°, smaller by 1/594 (Danjon; Espenak and Meeus, *Five Millennium Canon of Lunar Eclipses*).
///
/// It is the rounded sum that the canon has: magnitudes of the eclipses whose gamma is below 0.2 then agree with it by
/// 0.000005 on average, and 1.01010 would leave 0.00018. Towards the edge of the penumbra the canon's are up to 0.0004 more
/// than the angles allow, growing with the cube of gamma.
const DANJON: f64 = 1.01;

/// A Moon whose centre passes further from the axis than this, equatorial radii of the Earth, stays out of the penumbra: it
/// touches it at 1.58 to 1.60 where the Moon is furthest.
const FURTHEST: f64 = 1.62;

/// A Moon that passes nearer than this touches the penumbra, also where it is narrowest: 1.54, with the Moon nearest.
const SURELY_NEAR: f64 = 1.5;

/// Hours beyond the first and last contact for which the Moon's way is known.
const SPARE_H: f64 = 0.75;

/// Hours from the instant of greatest eclipse within which a graze is deepest.
const ASIDE_H: f64 = 0.1;

/// The eclipse of the Moon at the full moon of a lunation, if there is one; its [`LunarEclipse::saros_member`] is 0 until
/// [`super::saros::member`] tells it.
///
/// # Errors
/// What the source says. It is asked for instants up to six hours from the full moon.
pub fn lunar_eclipse_of<L: Luminaries>(
    luminaries: &mut L,
    lunation: Lunation,
) -> Result<Option<LunarEclipse>, L::Error> {
    let approach = approach(luminaries, lunation)?;
    if approach.distance > FURTHEST {
        return Ok(None);
    }
    let passing = Passing::of(luminaries, &approach)?;
    let Some(penumbra) = passing.within(Passing::penumbra_outer) else { return Ok(None) };
    let greatest = TtDay(passing.jd_tt(passing.greatest_h));
    let sky = luminaries.at(greatest)?;
    let [partial, total] = [Passing::umbra_outer, Passing::umbra_inner].map(|limit| passing.within(limit));
    let pair = |hours: Option<[f64; 2]>| hours.map_or([f64::NAN; 2], |pair| pair.map(|at| passing.jd_tt(at)));
    let [first, last] = pair(partial);
    let [second, third] = pair(total);
    let distance = passing.distance(passing.greatest_h);
    let diameter = 2.0 * polynomial::value(&passing.moon, passing.greatest_h);
    // By the same polynomials as the contacts, so that what is total has a magnitude of 1.
    let magnitude =
        |limit: fn(&Passing, f64) -> f64| (limit(&passing, passing.greatest_h) - distance) / diameter;
    let north = polynomial::value(&passing.sine[1], passing.greatest_h);
    let [latitude_deg, ephemeris_longitude_deg] = sublunar_deg(&sky);
    let kind = match (partial, total) {
        (_, Some(_)) => LunarKind::Total,
        (Some(_), None) => LunarKind::Partial,
        (None, None) => LunarKind::Penumbral,
    };
    Ok(Some(LunarEclipse {
        greatest_jd_tt: greatest.jd(),
        gamma: (View::new(&sky).distance * distance.sin()).copysign(north),
        umbral_magnitude: magnitude(Passing::umbra_outer),
        penumbral_magnitude: magnitude(Passing::penumbra_outer),
        latitude_deg,
        ephemeris_longitude_deg,
        penumbra_jd_tt: pair(Some(penumbra)),
        umbra_jd_tt: [first, second, third, last],
        saros: saros::lunar_series(lunation),
        saros_member: 0,
        kind: kind as u8,
    }))
}

/// The eclipses of the Moon that are greatest within a span, in the order of time, as [`lunar_eclipse_of`] has them.
///
/// Every full moon of the span is looked at.
///
/// # Errors
/// What the source says. It must answer from 12 hours before the span to 12 hours after it.
pub fn lunar_eclipses<L: Luminaries>(
    luminaries: &mut L,
    span: Range<TtDay>,
) -> Result<Vec<LunarEclipse>, L::Error> {
    eclipses_within(luminaries, span).map(|found| found.map(|(_, eclipse)| eclipse)).collect()
}

/// Whether there is an eclipse of the Moon at the full moon of a lunation.
pub(crate) fn occurs<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<bool, L::Error> {
    let approach = approach(luminaries, lunation)?;
    if approach.distance < SURELY_NEAR || approach.distance > FURTHEST {
        return Ok(approach.distance < SURELY_NEAR);
    }
    let passing = Passing::of(luminaries, &approach)?;
    Ok(passing.within(Passing::penumbra_outer).is_some())
}

/// When the Moon passes nearest to the axis of the shadow at a full moon: in the plane through the Moon, and lengths, which
/// differs from the instant of greatest eclipse by a quarter of a minute at most.
fn approach<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<Approach, L::Error> {
    Approach::find(lunation.phase(Phase::Full), |tt| {
        let view = View::new(&luminaries.at(tt)?);
        Ok(view.sine.map(|sine| sine * view.distance))
    })
}

/// The Moon against the Earth's shadow at an instant, as seen from the Earth's centre.
#[derive(Clone, Copy, Debug)]
struct View {
    /// The Moon's centre from the axis of the shadow, eastward and northward: sines of angles.
    sine: [f64; 2],
    /// Angular radii of the penumbra, the umbra and the Moon, radians.
    penumbra: f64,
    umbra: f64,
    moon: f64,
    /// The Moon's distance in equatorial radii of the Earth.
    distance: f64,
}

impl View {
    fn new(sky: &SunAndMoon) -> View {
        let frame = Frame::towards(sky.sun_au.map(|part| -part * RADII_IN_AU));
        let [x, y, z] = frame.components(sky.moon_au.map(|part| part * RADII_IN_AU));
        let distance = x.hypot(y).hypot(z);
        let parallax = DANJON * (1.0 / distance).asin() + (1.0 / frame.distance).asin();
        let sun = (SUN_RADIUS / frame.distance).asin();
        View {
            sine: [x / distance, y / distance],
            penumbra: parallax + sun,
            umbra: parallax - sun,
            moon: (MOON_RADIUS / distance).asin(),
            distance,
        }
    }
}

/// How deep the Moon is in the Earth's shadow at an instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Immersion {
    /// The part of the Moon's diameter within the umbra, and within the penumbra; negative outside.
    pub(super) umbral_magnitude: f64,
    pub(super) penumbral_magnitude: f64,
    /// The direction of the shadow's centre from the Moon's, degrees from celestial north through east, 0 to 360.
    pub(super) position_angle_deg: f64,
}

impl Immersion {
    pub(super) fn new(sky: &SunAndMoon) -> Immersion {
        let view = View::new(sky);
        let [x, y] = view.sine;
        let distance = x.hypot(y).asin();
        let magnitude = |radius: f64| (radius + view.moon - distance) / (2.0 * view.moon);
        // North at the Moon is not quite north at the shadow's centre.
        let [east, north, _] = Frame::towards(sky.moon_au).components(sky.sun_au.map(|part| -part));
        Immersion {
            umbral_magnitude: magnitude(view.umbra),
            penumbral_magnitude: magnitude(view.penumbra),
            position_angle_deg: wrap_deg(east.atan2(north).to_degrees()),
        }
    }
}

/// A Moon that passes so near to the axis of the shadow that it may touch the penumbra: a [`View`] as polynomials of hours.
struct Passing {
    t0: TtDay,
    reach_h: f64,
    sine: [[f64; 6]; 2],
    penumbra: [f64; 5],
    umbra: [f64; 5],
    moon: [f64; 5],
    greatest_h: f64,
}

impl Passing {
    fn of<L: Luminaries>(luminaries: &mut L, approach: &Approach) -> Result<Passing, L::Error> {
        let t0 = approach.tt;
        let reach_h = approach.chord(FURTHEST) / approach.speed + SPARE_H;
        let mut seen = [[0.0; 5]; NODES];
        for (row, hours) in seen.iter_mut().zip(polynomial::nodes_h(reach_h)) {
            let View { sine: [x, y], penumbra, umbra, moon, .. } =
                View::new(&luminaries.at(TtDay(t0.jd() + hours / DAY_H))?);
            *row = [x, y, penumbra, umbra, moon];
        }
        let column = |nth: usize| seen.map(|row| row[nth]);
        let sine = [polynomial::fit(&column(0), reach_h), polynomial::fit(&column(1), reach_h)];
        let [x, y] = &sine;
        Ok(Passing {
            t0,
            reach_h,
            penumbra: polynomial::fit(&column(2), reach_h),
            umbra: polynomial::fit(&column(3), reach_h),
            moon: polynomial::fit(&column(4), reach_h),
            greatest_h: nearest_of(x, y),
            sine,
        })
    }

    fn jd_tt(&self, hours: f64) -> f64 {
        self.t0.jd() + hours / DAY_H
    }

    /// How far the Moon's centre is from the axis, radians.
    fn distance(&self, hours: f64) -> f64 {
        let [x, y] = self.sine.map(|sine| polynomial::value(&sine, hours));
        x.hypot(y).asin()
    }

    /// The distance at which the Moon touches the penumbra from outside.
    fn penumbra_outer(&self, hours: f64) -> f64 {
        polynomial::value(&self.penumbra, hours) + polynomial::value(&self.moon, hours)
    }

    /// The same of the umbra.
    fn umbra_outer(&self, hours: f64) -> f64 {
        polynomial::value(&self.umbra, hours) + polynomial::value(&self.moon, hours)
    }

    /// The distance at which it touches the umbra from inside.
    fn umbra_inner(&self, hours: f64) -> f64 {
        polynomial::value(&self.umbra, hours) - polynomial::value(&self.moon, hours)
    }

    /// From when to when the Moon is nearer to the axis than a limit; `None` where it never is.
    fn within(&self, limit: fn(&Passing, f64) -> f64) -> Option<[f64; 2]> {
        let reach = [-self.reach_h, self.reach_h];
        roots::passage(|hours| self.distance(hours) - limit(self, hours), reach, self.greatest_h, ASIDE_H)
    }
}
