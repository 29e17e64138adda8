//! A search that has so much time and no more.

use std::cell::Cell;
use std::time::Instant as Clock;

use orrery_almanac::motion::{Ephemeris, Function, Outline, Stretch};

/// An ephemeris that answers until an instant.
#[derive(Debug)]
pub(super) struct Limited<E> {
    ephemeris: E,
    until: Option<Clock>,
    /// How often it was asked.
    asked: Cell<u32>,
}

/// Why it does not.
#[derive(Debug)]
pub(super) enum Ended<E> {
    /// It has taken too long.
    Late,
    Unknown(E),
}

/// The clock is looked at once in so many questions, each of which takes some hundred nanoseconds.
const QUESTIONS: u32 = 1_024;

impl<E> Limited<E> {
    pub(super) const fn new(ephemeris: E, until: Option<Clock>) -> Limited<E> {
        Limited { ephemeris, until, asked: Cell::new(0) }
    }

    fn check<U>(&self) -> Result<(), Ended<U>> {
        let Some(until) = self.until else { return Ok(()) };
        let asked = self.asked.get().wrapping_add(1);
        self.asked.set(asked);
        if asked.is_multiple_of(QUESTIONS) && Clock::now() > until { Err(Ended::Late) } else { Ok(()) }
    }
}

impl<E: Ephemeris> Ephemeris for Limited<E> {
    type Error = Ended<E::Error>;

    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Self::Error> {
        self.check()?;
        self.ephemeris.stretch(function, jd_tt).map_err(Ended::Unknown)
    }

    fn lasts(&self, function: Function, jd_tt: f64) -> Result<Option<(f64, f64)>, Self::Error> {
        self.check()?;
        self.ephemeris.lasts(function, jd_tt).map_err(Ended::Unknown)
    }

    fn value(&self, function: Function, jd_tt: f64) -> Result<Option<f64>, Self::Error> {
        self.check()?;
        self.ephemeris.value(function, jd_tt).map_err(Ended::Unknown)
    }

    fn date_jd_tt(&self, jd_tt: f64) -> f64 {
        self.ephemeris.date_jd_tt(jd_tt)
    }

    fn outline(&self, function: Function, jd_tt: f64) -> Option<Outline> {
        self.ephemeris.outline(function, jd_tt)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use super::*;

    /// Knows nothing, at once.
    struct Nothing;

    impl Ephemeris for Nothing {
        type Error = Infallible;

        fn stretch(&self, _: Function, _: f64) -> Result<Option<Stretch>, Infallible> {
            Ok(None)
        }
    }

    #[test]
    fn it_answers_while_there_is_time() {
        let asked = |until| {
            let limited = Limited::new(Nothing, until);
            (0..4 * QUESTIONS).try_for_each(|_| limited.stretch(Function::MeanObliquity, 0.0).map(drop))
        };
        let now = Clock::now();
        assert!(matches!(asked(now.checked_sub(Duration::from_millis(1))), Err(Ended::Late)));
        assert!(asked(Some(now + Duration::from_mins(10))).is_ok());
        assert!(asked(None).is_ok());
    }
}
