//! One stretch of a curve, searched.

use std::cell::OnceCell;

use super::{Crossing, Levels, Way};
use crate::motion::Stretch;
use crate::power_series::{PowerSeries, Turns};

/// A stretch with what was found on it.
#[derive(Clone, Debug)]
pub(super) struct Searched {
    pub(super) stretch: Stretch,
    /// Where the curve turns round, if anyone has looked.
    turns: OnceCell<Turns>,
    /// The values at its two ends.
    pub(super) ends: [f64; 2],
    /// In order of time.
    pub(super) found: Vec<Found>,
}

/// A value that is taken, at a place of the stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) x: f64,
    pub(super) level: usize,
    pub(super) value: f64,
    pub(super) way: Way,
}

impl Searched {
    /// Searches a stretch for values.
    pub(super) fn of(stretch: &Stretch, levels: &Levels, touch: f64) -> Searched {
        let series = &stretch.series;
        let ends = [series.value(-1.0), series.value(1.0)];
        // What the coefficients keep the curve away from needs no closer look.
        let (middle, far) = (series.constant_term(), series.reach() + series.noise() + touch);
        if levels.between(middle - far, middle + far).next().is_none() {
            return Searched { stretch: *stretch, turns: OnceCell::new(), ends, found: Vec::new() };
        }
        let turns = series.turns();
        let mut found = Vec::new();
        let (mut from, mut before) = (-1.0, ends[0]);
        let stops = turns.iter().map(|&turn| (turn, series.value(turn))).chain([(1.0, ends[1])]);
        for (to, after) in stops {
            let way = Way::between(before, after);
            let passed = levels.between(before.min(after), before.max(after));
            for (level, value) in passed.filter(|(_, value)| !stays_at(series, *value)) {
                let x = series.solve_between(value, (from, before), (to, after));
                found.push(Found { x, level, value, way });
            }
            (from, before) = (to, after);
        }
        if touch > 0.0 {
            for &turn in turns.iter() {
                touch_at(series, turn, &turns, &mut found, levels, touch);
            }
        }
        found.sort_by(|a, b| super::by_time(a.x, b.x));
        Searched { stretch: *stretch, turns: turns.into(), ends, found }
    }

    /// Whether the curve is at a value throughout.
    pub(super) fn stays_at(&self, value: f64) -> bool {
        stays_at(&self.stretch.series, value)
    }

    /// Where the curve turns round.
    pub(super) fn turns(&self) -> &[f64] {
        self.turns.get_or_init(|| self.stretch.series.turns())
    }

    /// What was found, as events, in order of time.
    pub(super) fn crossings(&self) -> impl Iterator<Item = Crossing> + '_ {
        self.found.iter().map(|&Found { x, level, value, way }| Crossing {
            jd_tt: self.stretch.jd_tt(x),
            level,
            value,
            way,
        })
    }
}

/// Whether a curve is at a value throughout, but for rounding: it does not pass it, though rounding may.
fn stays_at(series: &PowerSeries, value: f64) -> bool {
    (series.constant_term() - value).abs() + series.reach() <= series.noise()
}

/// Where a turn is no further than `touch` from a value, the value is touched there, once, and not passed on the way to the turn
/// and on the way from it.
fn touch_at(
    series: &PowerSeries,
    turn: f64,
    turns: &[f64],
    found: &mut Vec<Found>,
    levels: &Levels,
    touch: f64,
) {
    let at = series.value(turn);
    let touched = levels.between((at - touch).next_down(), at + touch);
    for (level, value) in touched.filter(|(_, value)| !stays_at(series, *value)) {
        let (before, after) = run_around(turn, turns);
        let is_it = |found: &Found| found.level == level && found.value == value;
        found.retain(|found| !is_it(found) || found.x <= before || found.x >= after);
        found.push(Found { x: turn, level, value, way: Way::Touch });
    }
}

/// From the turn before a turn to the one after it, or the ends.
fn run_around(turn: f64, turns: &[f64]) -> (f64, f64) {
    let before = turns.iter().rev().find(|&&other| other < turn).copied().unwrap_or(-1.0);
    let after = turns.iter().find(|&&other| other > turn).copied().unwrap_or(1.0);
    (before, after)
}
