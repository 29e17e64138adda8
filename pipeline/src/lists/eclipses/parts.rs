//! What an eclipse's entry says, part by part, and how far each part may be from what the source says.

use orrery_format::eclipse::{Elements, LunarEclipse, SolarEclipse};

use super::Listed;

/// Days by which the instant of greatest eclipse from tables may be off: tables and source are within a millisecond mostly.
const GREATEST_DAYS: f64 = 0.05 / 86_400.0;

/// The same of contacts, which are less sharp where borders all but graze each other: all of 1800 to 2400 are within 3 ms.
const CONTACT_DAYS: f64 = 0.25 / 86_400.0;

/// Equatorial radii of the Earth by which gamma may be off: it is within 2e-8 mostly.
const GAMMA_RADII: f64 = 1e-6;

/// By how much magnitudes may be off.
const MAGNITUDE: f64 = 1e-5;

/// What rounds otherwise on another processor: sines and square roots in their last digits, and what follows from them.
const ROUNDING: f64 = 1e-9;

/// The same of instants, days: a millisecond.
const ROUNDING_DAYS: f64 = 1e-8;

/// A part of an entry.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name, as in `format/SPEC.md`.
    pub name: &'static str,
    /// What it says.
    pub numbers: Vec<f64>,
    /// How far the source may be from it; `None` for what follows from other parts and the elements, or is not the source's.
    pub allowed: Option<f64>,
}

impl Part {
    fn new(name: &'static str, numbers: &[f64]) -> Part {
        Part { name, numbers: numbers.to_vec(), allowed: None }
    }

    fn within(self, allowed: f64) -> Part {
        Part { allowed: Some(allowed), ..self }
    }

    /// Whether it says the same but for rounding.
    #[must_use]
    pub fn is_same(&self, other: &Part) -> bool {
        let is_instant = self.name.ends_with("_jd_tt");
        let rounding = |a: f64| if is_instant { ROUNDING_DAYS } else { ROUNDING * a.abs().max(1.0) };
        self.agrees(other, |a, b| (a - b).abs() <= rounding(a))
    }

    /// Whether what the source says is as near as it has to be.
    #[must_use]
    pub fn is_near(&self, source: &Part) -> bool {
        self.allowed.is_none_or(|allowed| self.agrees(source, |a, b| (a - b).abs() <= allowed))
    }

    /// Whether all numbers are near the other's; what is no number is that in both.
    fn agrees(&self, other: &Part, near: impl Fn(f64, f64) -> bool) -> bool {
        let mut pairs = self.numbers.iter().zip(&other.numbers);
        self.numbers.len() == other.numbers.len()
            && pairs.all(|(&a, &b)| near(a, b) || (a.is_nan() && b.is_nan()))
    }
}

impl Listed for SolarEclipse {
    fn with_member(self, saros_member: u16) -> SolarEclipse {
        SolarEclipse { saros_member, ..self }
    }

    fn parts(&self) -> Vec<Part> {
        let SolarEclipse {
            greatest_jd_tt,
            gamma,
            magnitude,
            obscuration,
            latitude_deg,
            ephemeris_longitude_deg,
            sun_altitude_deg,
            sun_azimuth_deg,
            central_duration_s,
            path_width_km,
            penumbra_jd_tt,
            umbra_jd_tt,
            axis_jd_tt,
            elements: Elements { t0_jd_tt, reach_h, x, y, d_deg, mu_deg, l1, l2, tan_f1, tan_f2 },
            saros,
            saros_member,
            kind,
        } = *self;
        vec![
            Part::new("greatest_jd_tt", &[greatest_jd_tt]).within(GREATEST_DAYS),
            Part::new("gamma", &[gamma]).within(GAMMA_RADII),
            Part::new("magnitude", &[magnitude]).within(MAGNITUDE),
            Part::new("obscuration", &[obscuration]).within(MAGNITUDE),
            Part::new("latitude_deg", &[latitude_deg]),
            Part::new("ephemeris_longitude_deg", &[ephemeris_longitude_deg]),
            Part::new("sun_altitude_deg", &[sun_altitude_deg]),
            Part::new("sun_azimuth_deg", &[sun_azimuth_deg]),
            Part::new("central_duration_s", &[central_duration_s]),
            Part::new("path_width_km", &[path_width_km]),
            Part::new("penumbra_jd_tt", &penumbra_jd_tt).within(CONTACT_DAYS),
            Part::new("umbra_jd_tt", &umbra_jd_tt).within(CONTACT_DAYS),
            Part::new("axis_jd_tt", &axis_jd_tt).within(CONTACT_DAYS),
            Part::new("t0_jd_tt", &[t0_jd_tt]),
            Part::new("reach_h", &[reach_h]),
            Part::new("x", &x),
            Part::new("y", &y),
            Part::new("d_deg", &d_deg),
            Part::new("mu_deg", &mu_deg),
            Part::new("l1", &l1),
            Part::new("l2", &l2),
            Part::new("tan_f1", &tan_f1),
            Part::new("tan_f2", &tan_f2),
            Part::new("saros", &[saros.into()]).within(0.0),
            Part::new("saros_member", &[saros_member.into()]),
            Part::new("kind", &[kind.into()]).within(0.0),
        ]
    }
}

impl Listed for LunarEclipse {
    fn with_member(self, saros_member: u16) -> LunarEclipse {
        LunarEclipse { saros_member, ..self }
    }

    fn parts(&self) -> Vec<Part> {
        let LunarEclipse {
            greatest_jd_tt,
            gamma,
            umbral_magnitude,
            penumbral_magnitude,
            latitude_deg,
            ephemeris_longitude_deg,
            penumbra_jd_tt,
            umbra_jd_tt,
            saros,
            saros_member,
            kind,
        } = *self;
        vec![
            Part::new("greatest_jd_tt", &[greatest_jd_tt]).within(GREATEST_DAYS),
            Part::new("gamma", &[gamma]).within(GAMMA_RADII),
            Part::new("umbral_magnitude", &[umbral_magnitude]).within(MAGNITUDE),
            Part::new("penumbral_magnitude", &[penumbral_magnitude]).within(MAGNITUDE),
            Part::new("latitude_deg", &[latitude_deg]),
            Part::new("ephemeris_longitude_deg", &[ephemeris_longitude_deg]),
            Part::new("penumbra_jd_tt", &penumbra_jd_tt).within(CONTACT_DAYS),
            Part::new("umbra_jd_tt", &umbra_jd_tt).within(CONTACT_DAYS),
            Part::new("saros", &[saros.into()]).within(0.0),
            Part::new("saros_member", &[saros_member.into()]),
            Part::new("kind", &[kind.into()]).within(0.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_the_same_but_for_rounding() {
        let of = |numbers: &[f64]| Part::new("gamma", numbers);
        assert!(of(&[1.0, f64::NAN]).is_same(&of(&[1.0_f64.next_up(), -f64::NAN])));
        for other in [&[1.000_001, f64::NAN][..], &[1.0, 2.0], &[f64::NAN, f64::NAN], &[1.0], &[]] {
            assert!(!of(&[1.0, f64::NAN]).is_same(&of(other)) && !of(other).is_same(&of(&[1.0, f64::NAN])));
        }
        let at = |jd: f64| Part::new("greatest_jd_tt", &[jd]);
        assert!(at(2_451_545.0).is_same(&at(2_451_545.0_f64.next_up())));
        assert!(!at(2_451_545.0).is_same(&at(2_451_545.000_000_1)));
    }

    #[test]
    fn near_is_what_is_allowed() {
        let of = |numbers: &[f64]| Part::new("part", numbers).within(0.5);
        assert!(of(&[1.0, f64::NAN]).is_near(&of(&[1.5, f64::NAN])));
        for other in [[1.6, f64::NAN], [f64::NAN, f64::NAN], [1.0, 1.0], [f64::INFINITY, f64::NAN]] {
            assert!(!of(&[1.0, f64::NAN]).is_near(&of(&other)));
        }
        // What the source has no part in.
        assert!(Part::new("saros_member", &[1.0]).is_near(&Part::new("saros_member", &[0.0])));
    }
}
