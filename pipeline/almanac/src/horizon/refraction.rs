//! What the air does: it lifts what stands low, and shows more of the sea from a height.
//!
//! The formulas are those of `swe_refrac_extended`, which `swe_azalt` and `swe_rise_trans` use.

use std::ops::RangeInclusive;

use crate::topocentric::EARTH_RADIUS_M;

/// Pressures that the formula is meant for, hPa. Below 80 it has no refraction left.
pub const PRESSURES_HPA: RangeInclusive<f64> = 0.0..=1200.0;
/// Temperatures that the formula is meant for, °C: what the surface of the Earth has, and some.
pub const TEMPERATURES_C: RangeInclusive<f64> = -100.0..=60.0;

/// By how much the air is taken to be colder a metre up, K (`SE_LAPSE_RATE`).
const LAPSE_K_PER_M: f64 = 0.0065;
/// Airless altitude from which downward nothing is refracted, degrees.
const LOWEST_DEG: f64 = -10.0;

/// The pressure at an altitude above the sea in the standard atmosphere, hPa: what `swe_azalt` takes when it is given
/// pressure 0. Sea level has 1013.25.
#[must_use]
pub fn standard_pressure_hpa(altitude_m: f64) -> f64 {
    // Above 44 km the formula has no air left.
    1013.25 * (1.0 - LAPSE_K_PER_M * altitude_m / 288.0).max(0.0).powf(5.255)
}

/// The air at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Atmosphere {
    pressure_hpa: f64,
    temperature_c: f64,
}

/// A body as it is seen through the air.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apparent {
    /// Apparent altitude, degrees; the airless one where the body is below the ideal horizon.
    pub altitude_deg: f64,
    /// By how much the air lifts it, degrees; 0 where the body is below the ideal horizon.
    pub refraction_deg: f64,
    /// Whether it is above the ideal horizon, that of the open sea.
    pub is_above: bool,
}

impl Atmosphere {
    /// The temperature that refraction is tabulated for, °C, taken where none is known.
    pub const USUAL_TEMPERATURE_C: f64 = 10.0;

    /// Air of a pressure and a temperature at the place; `None` outside [`PRESSURES_HPA`] and [`TEMPERATURES_C`].
    #[must_use]
    pub fn new(pressure_hpa: f64, temperature_c: f64) -> Option<Atmosphere> {
        let is_known = PRESSURES_HPA.contains(&pressure_hpa) && TEMPERATURES_C.contains(&temperature_c);
        is_known.then_some(Atmosphere { pressure_hpa, temperature_c })
    }

    /// The air usual at an altitude above the sea, metres: [`standard_pressure_hpa`], at 10 °C.
    #[must_use]
    pub fn usual_at(altitude_m: f64) -> Atmosphere {
        let pressure_hpa = standard_pressure_hpa(altitude_m).min(*PRESSURES_HPA.end());
        Atmosphere { pressure_hpa, temperature_c: Atmosphere::USUAL_TEMPERATURE_C }
    }

    /// By how much a body that is seen at an altitude is lifted, degrees.
    ///
    /// Sinclair's formula as Bennett gives it (*Journal of the Institute of Navigation* 35, 1982, 255-259), which is good
    /// below the horizontal too, with Bennett's correction for the air (`calc_astronomical_refr`). The altitude is from −10
    /// to 90; lower it means nothing. Pressures below 80 hPa, for which the correction turns negative, refract nothing.
    #[must_use]
    pub fn refraction_deg(&self, apparent_altitude_deg: f64) -> f64 {
        let h = apparent_altitude_deg;
        // Where the two branches meet.
        let arcmin = if h > 17.904_104_638_432 {
            0.97 / h.to_radians().tan()
        } else {
            (34.46 + 4.23 * h + 0.004 * h * h) / (1.0 + 0.505 * h + 0.0845 * h * h)
        };
        let warmth = 1.0 + 0.000_08 * (arcmin + 39.0) * (self.temperature_c - 10.0);
        ((self.pressure_hpa - 80.0) / 930.0).max(0.0) / warmth * arcmin / 60.0
    }

    /// How far below the horizontal the open sea ends, degrees, 0 or less, seen from so many metres above it.
    ///
    /// The geometry of a sphere and the bending of the light along it: A. Thom, *Megalithic Lunar Observations* (1973), 32,
    /// in the metric form of V. Reijs (`calc_dip`).
    #[must_use]
    pub fn dip_deg(&self, height_m: f64) -> f64 {
        let kelvin = 273.15 + self.temperature_c;
        let bending = 1.848 * (0.0342 + LAPSE_K_PER_M) / (0.154 * 0.0238);
        let straightness = (1.0 - bending * self.pressure_hpa / (kelvin * kelvin)).max(0.0);
        -(1.0 / (1.0 + height_m.max(0.0) / EARTH_RADIUS_M)).acos().to_degrees() * straightness.sqrt()
    }

    /// How a body at an airless altitude is seen from so many metres above the sea.
    ///
    /// As `swe_refrac_extended` has it with `SE_TRUE_TO_APP`: five steps of the secant method, which leave 1e-4° at the
    /// horizon and nothing higher up. Below −10° and below the [dip](Atmosphere::dip_deg) there is nothing to be seen.
    #[must_use]
    pub fn apparent(&self, airless_altitude_deg: f64, height_m: f64) -> Apparent {
        let airless = airless_altitude_deg;
        let unseen = Apparent { altitude_deg: airless, refraction_deg: 0.0, is_above: false };
        if airless < LOWEST_DEG {
            return unseen;
        }
        let (mut at, mut before) = (airless, 0.0);
        let (mut refraction, mut refraction_before) = (0.0, 0.0);
        for _ in 0..5 {
            refraction = self.refraction_deg(at);
            let step = at - before;
            let slope = refraction - refraction_before - step;
            let next = if step != 0.0 && slope != 0.0 {
                at - step * (airless + refraction - at) / slope
            } else {
                airless + refraction
            };
            (before, at, refraction_before) = (at, next, refraction);
        }
        let altitude_deg = airless + refraction;
        // With a dip of several degrees the steps can end far below it, where the formula turns negative.
        if altitude_deg < self.dip_deg(height_m) || refraction < 0.0 {
            return unseen;
        }
        Apparent { altitude_deg, refraction_deg: refraction, is_above: true }
    }

    /// The airless altitude of a body that is seen at an apparent one, from so many metres above the sea, degrees.
    ///
    /// As `swe_refrac_extended` has it with `SE_APP_TO_TRUE`: below the dip, where nothing is seen, the altitude itself.
    #[must_use]
    pub fn airless_deg(&self, apparent_altitude_deg: f64, height_m: f64) -> f64 {
        if apparent_altitude_deg >= self.dip_deg(height_m) {
            apparent_altitude_deg - self.refraction_deg(apparent_altitude_deg)
        } else {
            apparent_altitude_deg
        }
    }
}
