//! The Moon's phase in a chart, from the longitudes of Moon and Sun.
//!
//! A calendar has four phases, which are instants. A chart is between them nearly always. Where is said in two ways: by the day of
//! a month of 28, as kerykeion counts it, and by eighths of the way from one new Moon to the next.

use crate::events::Phase;
use crate::frames::wrap_deg;

/// Degrees that the Moon gains on the Sun in a twenty-eighth of the way from one new Moon to the next.
const DAY_DEG: f64 = 360.0 / 28.0;

/// How far the Moon is ahead of the Sun.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LunarPhase {
    /// In ecliptic longitude, degrees, 0 ≤ x < 360.
    pub angle_deg: f64,
}

/// An eighth of the way from one new Moon to the next, 45° each, as D. Rudhyar (*The Lunation Cycle*, 1967) names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Eighth {
    /// 0° to 45°.
    New,
    /// 45° to 90°.
    Crescent,
    /// 90° to 135°.
    FirstQuarter,
    /// 135° to 180°.
    Gibbous,
    /// 180° to 225°.
    Full,
    /// 225° to 270°.
    Disseminating,
    /// 270° to 315°.
    LastQuarter,
    /// 315° to 360°.
    Balsamic,
}

impl Eighth {
    /// Every one, from the new Moon on.
    pub const ALL: [Eighth; 8] = [
        Eighth::New,
        Eighth::Crescent,
        Eighth::FirstQuarter,
        Eighth::Gibbous,
        Eighth::Full,
        Eighth::Disseminating,
        Eighth::LastQuarter,
        Eighth::Balsamic,
    ];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Eighth::New => Phase::NewMoon.name(),
            Eighth::Crescent => "crescent",
            Eighth::FirstQuarter => Phase::FirstQuarter.name(),
            Eighth::Gibbous => "gibbous",
            Eighth::Full => Phase::FullMoon.name(),
            Eighth::Disseminating => "disseminating",
            Eighth::LastQuarter => Phase::LastQuarter.name(),
            Eighth::Balsamic => "balsamic",
        }
    }
}

impl LunarPhase {
    /// Of the longitudes of Moon and Sun, degrees.
    #[must_use]
    pub fn of(moon_deg: f64, sun_deg: f64) -> LunarPhase {
        LunarPhase { angle_deg: wrap_deg(moon_deg - sun_deg) }
    }

    /// The day of a month of 28, 1 to 28.
    #[must_use]
    pub fn day(self) -> u8 {
        ((self.angle_deg / DAY_DEG) as u8).min(27) + 1
    }

    /// The eighth of the way from one new Moon to the next.
    #[must_use]
    pub fn eighth(self) -> Eighth {
        Eighth::ALL[((self.angle_deg / 45.0) as usize).min(7)]
    }

    /// Whether the Moon grows.
    #[must_use]
    pub fn is_waxing(self) -> bool {
        self.angle_deg < 180.0
    }
}

/// What the Moon is called between its four phases, so many degrees ahead of the Sun, 0 ≤ x < 360.
#[must_use]
pub fn between_phases(ahead_deg: f64) -> &'static str {
    match ahead_deg {
        ..90.0 => "waxing_crescent",
        ..180.0 => "waxing_gibbous",
        ..270.0 => "waning_gibbous",
        _ => "waning_crescent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_28_days_and_eight_eighths() {
        let mut days = Vec::new();
        let mut eighths = Vec::new();
        for step in 0..3600 {
            let phase = LunarPhase::of(200.0 + f64::from(step) / 10.0, 200.0);
            days.push(phase.day());
            eighths.push(phase.eighth());
        }
        assert!(days.is_sorted());
        days.dedup();
        eighths.dedup();
        assert_eq!(days, (1..=28).collect::<Vec<_>>());
        assert_eq!(eighths, Eighth::ALL);
    }

    #[test]
    fn the_last_number_before_the_new_moon_is_the_last_day() {
        let phase = LunarPhase { angle_deg: 360.0_f64.next_down() };
        assert_eq!((phase.day(), phase.eighth(), phase.is_waxing()), (28, Eighth::Balsamic, false));
        assert_eq!(LunarPhase::of(10.0, 10.0).eighth(), Eighth::New);
        assert_eq!(LunarPhase::of(190.0, 10.0).eighth().name(), "full_moon");
    }
}
