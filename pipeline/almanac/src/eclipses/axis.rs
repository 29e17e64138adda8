//! The Moon's shadow from where Sun and Moon stand: its axis and its two cones in the fundamental frame, at an instant, and as
//! Besselian elements (Explanatory Supplement to the Astronomical Almanac, 11.3; Meeus, *Elements of Solar Eclipses*).

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::elements::DAY_H;
use super::ellipsoid::EARTH_RADIUS_KM;
use super::polynomial::{self, NODES};
use super::sky::{Luminaries, SunAndMoon};
use crate::frames::{turn_deg, wrap_deg};
use crate::horizon::SIDEREAL_DEG_PER_DAY;
use crate::topocentric::AU_M;

/// The Moon's radius for the penumbra, in equatorial radii of the Earth: its mean limb (IAU 1982; Espenak and Meeus, *Five
/// Millennium Canon of Solar Eclipses*, 1.3).
pub(crate) const MOON_RADIUS_PENUMBRA: f64 = 0.272_488_0;

/// The Moon's radius for the umbra: to the floors of its valleys, through which the Sun would still shine (the same).
pub(crate) const MOON_RADIUS_UMBRA: f64 = 0.272_281_0;

/// Equatorial radii of the Earth in an au.
pub(crate) const RADII_IN_AU: f64 = AU_M / 1000.0 / EARTH_RADIUS_KM;

/// The Sun's radius in equatorial radii of the Earth: 959.63″ at 1 au (Auwers; the same).
pub(crate) const SUN_RADIUS: f64 = crate::light::SUN_RADIUS_AU * RADII_IN_AU;

/// The axis of the Moon's shadow and its cones at an instant; units are those of
/// [`Elements`], lengths being equatorial radii of the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) d_deg: f64,
    /// 0 to 360.
    pub(crate) mu_deg: f64,
    pub(crate) l1: f64,
    pub(crate) l2: f64,
    pub(crate) tan_f1: f64,
    pub(crate) tan_f2: f64,
}

impl Axis {
    pub(crate) fn new(sky: &SunAndMoon) -> Axis {
        let moon = sky.moon_au.map(|part| part * RADII_IN_AU);
        let to_sun: [f64; 3] = std::array::from_fn(|c| sky.sun_au[c] * RADII_IN_AU - moon[c]);
        let frame = Frame::towards(to_sun);
        let [x, y, z] = frame.components(moon);
        let cone = |sin: f64, radius: f64| {
            let cos = (1.0 - sin * sin).sqrt();
            (sin / cos, z * sin / cos + radius / cos)
        };
        let (tan_f1, l1) = cone((SUN_RADIUS + MOON_RADIUS_PENUMBRA) / frame.distance, MOON_RADIUS_PENUMBRA);
        let (tan_f2, l2) = cone((SUN_RADIUS - MOON_RADIUS_UMBRA) / frame.distance, -MOON_RADIUS_UMBRA);
        Axis {
            x,
            y,
            d_deg: frame.declination_deg(),
            mu_deg: wrap_deg(sky.sidereal_time_deg - frame.right_ascension_deg()),
            l1,
            l2,
            tan_f1,
            tan_f2,
        }
    }
}

/// The elements about an origin, over so many hours on both sides.
///
/// The Swiss Ephemeris tears the Moon's way once a year, by up to 0.6″ for a second. An eclipse in a thousand has such a
/// second, and a fit's few instants have yet to meet one.
pub(crate) fn elements<L: Luminaries>(
    luminaries: &mut L,
    t0: TtDay,
    reach_h: f64,
) -> Result<Elements, L::Error> {
    let mut seen = [[0.0; 8]; NODES];
    let mut first_deg = None;
    for (row, hours) in seen.iter_mut().zip(polynomial::nodes_h(reach_h)) {
        let axis = Axis::new(&luminaries.at(TtDay(t0.jd() + hours / DAY_H))?);
        // How far the hour angle is from where a mean sidereal day takes it; it is half a degree at most.
        let turned = SIDEREAL_DEG_PER_DAY / DAY_H * hours;
        let origin = *first_deg.get_or_insert((axis.mu_deg - turned).rem_euclid(360.0));
        let mu_deg = origin + turned + turn_deg(axis.mu_deg - turned - origin);
        *row = [axis.x, axis.y, axis.d_deg, mu_deg, axis.l1, axis.l2, axis.tan_f1, axis.tan_f2];
    }
    let column = |nth: usize| seen.map(|row| row[nth]);
    let mut mu_deg: [f64; 4] = polynomial::fit(&column(3), reach_h);
    mu_deg[0] = mu_deg[0].rem_euclid(360.0);
    Ok(Elements {
        t0_jd_tt: t0.jd(),
        reach_h,
        x: polynomial::fit(&column(0), reach_h),
        y: polynomial::fit(&column(1), reach_h),
        d_deg: polynomial::fit(&column(2), reach_h),
        mu_deg,
        l1: polynomial::fit(&column(4), reach_h),
        l2: polynomial::fit(&column(5), reach_h),
        tan_f1: polynomial::fit(&column(6), reach_h),
        tan_f2: polynomial::fit(&column(7), reach_h),
    })
}

/// The directions of a fundamental frame among those of the equator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Sine and cosine of the right ascension and of the declination of its third direction.
    sin_a: f64,
    cos_a: f64,
    sin_d: f64,
    cos_d: f64,
    /// How long the vector is that gave the direction.
    pub(crate) distance: f64,
}

impl Frame {
    /// Whose third direction is that of a vector; the first is eastward, the second northward.
    pub(crate) fn towards([x, y, z]: [f64; 3]) -> Frame {
        let beside = x.hypot(y);
        let distance = beside.hypot(z);
        Frame {
            sin_a: y / beside,
            cos_a: x / beside,
            sin_d: z / distance,
            cos_d: beside / distance,
            distance,
        }
    }

    /// A vector by its components in the frame.
    pub(crate) fn components(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let Frame { sin_a, cos_a, sin_d, cos_d, .. } = *self;
        let towards = x * cos_a + y * sin_a;
        [y * cos_a - x * sin_a, z * cos_d - towards * sin_d, z * sin_d + towards * cos_d]
    }

    pub(crate) fn right_ascension_deg(&self) -> f64 {
        self.sin_a.atan2(self.cos_a).to_degrees()
    }

    pub(crate) fn declination_deg(&self) -> f64 {
        self.sin_d.atan2(self.cos_d).to_degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_falls_as_geometry_says() {
        // Sun and Moon on one line over the equator at the equinox, the Moon as near as it comes.
        let sky = |moon_y: f64| SunAndMoon {
            sun_au: [1.0, 0.0, 0.0],
            moon_au: [0.002_38, moon_y, 0.0],
            sidereal_time_deg: 30.0,
        };
        let axis = Axis::new(&sky(0.0));
        assert_eq!((axis.x, axis.y, axis.d_deg, axis.mu_deg), (0.0, 0.0, 0.0, 30.0));
        // The cones by similar triangles: they touch the Sun and the Moon.
        let (sun, moon) = (RADII_IN_AU, 0.002_38 * RADII_IN_AU);
        for (tan, l, k, outer) in [
            (axis.tan_f1, axis.l1, MOON_RADIUS_PENUMBRA, 1.0),
            (axis.tan_f2, axis.l2, MOON_RADIUS_UMBRA, -1.0),
        ] {
            let cos = 1.0 / (1.0 + tan * tan).sqrt();
            let touches = |z: f64, radius: f64| ((l - z * tan) * cos - radius).abs() < 1e-9;
            assert!(touches(moon, outer * k) && touches(sun, -SUN_RADIUS), "{tan} {l}");
        }
        let beside = Axis::new(&sky(1e-5));
        assert!(
            beside.x > 1e-5 * RADII_IN_AU && (beside.x - 1e-5 * RADII_IN_AU).abs() < 2e-3 && beside.y == 0.0
        );
        assert!(beside.mu_deg > 30.0 && beside.mu_deg < 30.01);
    }
}
