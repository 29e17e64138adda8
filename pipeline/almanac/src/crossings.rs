//! All instants at which a curve takes a value, none missed and none twice.
//!
//! On a stretch, a curve is a polynomial. Where it turns is found from bounds that its coefficients set, and between two
//! turns it goes one way: there it takes each value between its ends once. So nothing depends on steps, and a curve that
//! just touches a value is seen to.
//!
//! Between stretches a curve jumps, by what tables are off, since no polynomial knows of the next. A value that lies in the
//! gap is passed all the same, once: `joint` sees to it.

use std::cmp::Ordering;

use crate::curve::Curve;
use crate::motion::Ephemeris;

mod joint;
mod searched;
#[cfg(test)]
mod tests;

use joint::join;
use searched::Searched;

/// Values to look for.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// In rising order, each with its place among those that were given: of a chart's points, hundreds are looked for at once.
    rising: Vec<(usize, f64)>,
    period: Option<f64>,
}

/// A curve that takes a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// When, a Julian day of TT.
    pub jd_tt: f64,
    /// Which of the values, by its place among them.
    pub level: usize,
    /// The value, with as many periods as the curve has behind it where its stretch begins: nothing to compare between stretches.
    pub value: f64,
    /// Which way it goes.
    pub way: Way,
}

/// Which way a curve passes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// From below.
    Up,
    /// From above.
    Down,
    /// Not at all: it touches the value and turns back.
    Touch,
}

impl Levels {
    /// These values; each for all of its kind where the curve has a period, such as 0 for all whole turns. What is no number is
    /// never taken.
    #[must_use]
    pub fn of(curve: &Curve, values: Vec<f64>) -> Levels {
        let period = curve.period();
        let reduced = values.into_iter().map(|value| period.map_or(value, |period| value.rem_euclid(period)));
        let mut rising: Vec<_> = reduced.enumerate().filter(|(_, value)| value.is_finite()).collect();
        rising.sort_by(|a, b| by_time(a.1, b.1));
        Levels { rising, period }
    }

    /// Multiples of an angle, degrees: the parts of a circle, of which each is its own level.
    #[must_use]
    pub fn every(curve: &Curve, parts: u16) -> Levels {
        Levels::of(curve, (0..parts).map(|part| 360.0 * f64::from(part) / f64::from(parts)).collect())
    }

    /// Those that lie above one value and not above another, which is no less, in rising order.
    fn between(&self, low: f64, high: f64) -> impl Iterator<Item = (usize, f64)> + '_ {
        // All values are of the first period, and whole periods are added without rounding: a value is the same number
        // wherever it is looked for from.
        let period = self.period.unwrap_or_default();
        let before = self.period.map_or(0.0, |period| period * (low / period).floor());
        let first = self.rising.partition_point(|(_, value)| value + before <= low);
        let here = self.rising[first..].iter().map(move |&(level, value)| (level, value + before));
        let turns = if self.period.is_some() && !self.rising.is_empty() { u32::MAX } else { 0 };
        let later = (1..=turns).flat_map(move |turn| {
            let moved = before + f64::from(turn) * period;
            self.rising.iter().map(move |&(level, value)| (level, value + moved))
        });
        here.chain(later).take_while(move |(_, value)| *value <= high)
    }

    /// By how many whole periods a value is to be moved to come nearest to another.
    fn shift(&self, from: f64, to: f64) -> f64 {
        self.period.map_or(0.0, |period| period * ((to - from) / period).round())
    }
}

impl Way {
    /// The word, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Way::Up => "up",
            Way::Down => "down",
            Way::Touch => "touch",
        }
    }

    const fn between(before: f64, after: f64) -> Way {
        if after >= before { Way::Up } else { Way::Down }
    }

    const fn is_opposite(self, other: Way) -> bool {
        matches!((self, other), (Way::Up, Way::Down) | (Way::Down, Way::Up))
    }
}

/// The instants at which a curve takes one of some values, one after the other.
#[derive(Debug)]
pub struct Crossings<'e, E> {
    ephemeris: &'e E,
    curve: Curve,
    levels: Levels,
    /// First instant, and first instant after.
    range: (f64, f64),
    /// The stretch that is to be told next, joined to the one before it.
    at: At,
    /// What is to be told, the last first.
    ready: Vec<Crossing>,
}

#[derive(Debug)]
enum At {
    Begin,
    Stretch(Box<Searched>),
    End,
}

/// Stretches before the one that a search begins in with which it is joined first: what is found on a joint may depend on the
/// joint before, where one of the two is a glitch of the source, and of these there are never two.
const BEFORE: usize = 2;

impl<'e, E: Ephemeris> Crossings<'e, E> {
    /// From one instant (Julian day of TT), which the ephemeris must know, to another, which is excluded, or to where the
    /// ephemeris ends. What is found does not depend on where a search begins and ends.
    #[must_use]
    pub fn new(
        ephemeris: &'e E,
        curve: Curve,
        levels: Levels,
        (start_jd_tt, end_jd_tt): (f64, f64),
    ) -> Crossings<'e, E> {
        let at = if start_jd_tt < end_jd_tt { At::Begin } else { At::End };
        Crossings { ephemeris, curve, levels, range: (start_jd_tt, end_jd_tt), at, ready: Vec::new() }
    }

    fn searched(&self, jd_tt: f64) -> Result<Option<Box<Searched>>, E::Error> {
        let stretch = self.curve.stretch(self.ephemeris, jd_tt)?;
        Ok(stretch.map(|stretch| Box::new(Searched::of(&stretch, &self.levels, self.curve.touch()))))
    }

    /// The first instant from another on at which there may be something to find, as far as outlines tell.
    fn leap(&self, from_jd_tt: f64) -> f64 {
        let mut jd_tt = from_jd_tt;
        while jd_tt < self.range.1
            && let Some((end_jd_tt, (low, high))) = self.curve.outline(self.ephemeris, jd_tt)
            && self.levels.between(low, high).next().is_none()
        {
            jd_tt = end_jd_tt;
        }
        jd_tt
    }

    /// The first stretch to look at.
    fn first(&self) -> Result<At, E::Error> {
        let start = self.range.0;
        let jd_tt = self.leap(start);
        // There is nothing on what was skipped, nor at its end.
        let before = if jd_tt > start { 0 } else { BEFORE };
        let (mut first, mut lasts) = (jd_tt, self.curve.lasts(self.ephemeris, jd_tt)?);
        for _ in 0..before {
            let Some((start, _)) = lasts else { break };
            lasts = self.curve.lasts(self.ephemeris, start.next_down())?;
            if lasts.is_some() {
                first = start.next_down();
            }
        }
        Ok(self.searched(first)?.map_or(At::End, At::Stretch))
    }

    /// Tells the stretch that it is at, and goes on to the next.
    fn advance(&mut self) -> Result<(), E::Error> {
        let mut current = match std::mem::replace(&mut self.at, At::End) {
            At::End => return Ok(()),
            At::Begin => {
                self.at = self.first()?;
                return Ok(());
            }
            At::Stretch(current) => current,
        };
        if current.stretch.start_jd_tt >= self.range.1 {
            return Ok(());
        }
        let end = current.stretch.end_jd_tt;
        // Where something was found there is often more, or nobody asks for it: neither is worth looking far ahead.
        let from = if current.found.is_empty() { self.leap(end) } else { end };
        if let Some(mut next) = self.searched(from)? {
            if from == end {
                join(&mut current, &mut next, &self.levels, self.curve.touch());
            }
            self.at = At::Stretch(next);
        }
        let within = self.range.0..self.range.1;
        self.ready.extend(current.crossings().filter(|crossing| within.contains(&crossing.jd_tt)));
        self.ready.reverse();
        Ok(())
    }
}

impl<E: Ephemeris> Iterator for Crossings<'_, E> {
    type Item = Result<Crossing, E::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(crossing) = self.ready.pop() {
                return Some(Ok(crossing));
            }
            if matches!(self.at, At::End) {
                return None;
            }
            if let Err(error) = self.advance() {
                return Some(Err(error));
            }
        }
    }
}

/// By time.
fn by_time(a: f64, b: f64) -> Ordering {
    a.total_cmp(&b)
}
