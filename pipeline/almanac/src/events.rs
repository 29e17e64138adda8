//! What happens in the sky, and when: ingresses, stations, aspects, lunations and all the rest of an astrologer's and an
//! astronomer's almanac.
//!
//! A [`Finder`] knows where to look and between when and when. Each kind of event is an iterator that computes no further
//! than it is asked, so that the next one costs microseconds and a century of them is a walk along polynomials;
//! [`merged()`] tells many kinds in the order of time. All are found as [`crossings`](crate::crossings) of a
//! [`Curve`], and so none is missed and none is told twice.

mod extremes;
pub mod listed;
mod merged;
mod moon;
mod names;
mod occultations;
mod pairs;
mod periods;
mod places;
mod record;
mod transits;
pub(crate) mod turns;
mod void;
mod what;

use std::collections::VecDeque;

use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::crossings::{Crossing, Crossings, Levels};
use crate::curve::{Curve, Quantity};
use crate::frames::wrap_deg;
use crate::motion::Ephemeris;

pub use merged::{Happening, Listing, Merged, merged};
pub use moon::MoonAt;
pub use names::{Apsis, ConjunctionKind, EventType, Measured, Phase, SolarTerm};
pub use record::{body_of, number_of};
pub use what::{Event, Partner, What};

/// One kind of event after the other, in order of time.
pub type Events<'e, E> = Listing<'e, Event, E>;

/// Looks for events.
#[derive(Debug)]
pub struct Finder<'e, E> {
    pub(crate) ephemeris: &'e E,
    /// The zodiac that longitudes are counted in: the tropical one if none is named.
    pub(crate) ayanamsa: Option<Ayanamsa>,
    /// First instant at which something may happen, and first after, Julian days of TT.
    pub(crate) range: (f64, f64),
    /// First instant that the ephemeris knows, and first that it does not.
    pub(crate) known: (f64, f64),
}

impl<E> Clone for Finder<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Finder<'_, E> {}

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// Looks from one instant to another, which is excluded (Julian days of TT), in an ephemeris that knows all bodies asked
    /// for over a span that holds both.
    #[must_use]
    pub fn new(
        ephemeris: &'e E,
        known: (f64, f64),
        range: (f64, f64),
        ayanamsa: Option<Ayanamsa>,
    ) -> Finder<'e, E> {
        Finder { ephemeris, ayanamsa, range: (range.0.max(known.0), range.1.min(known.1)), known }
    }

    /// First instant that its ephemeris knows, and first that it does not: Julian days of TT.
    #[must_use]
    pub const fn known(&self) -> (f64, f64) {
        self.known
    }

    /// What it looks in.
    #[must_use]
    pub const fn ephemeris(&self) -> &'e E {
        self.ephemeris
    }

    /// The zodiac that longitudes are counted in: the tropical one if there is none.
    #[must_use]
    pub const fn ayanamsa(&self) -> Option<Ayanamsa> {
        self.ayanamsa
    }

    /// The same between other instants.
    #[must_use]
    pub fn between(&self, start_jd_tt: f64, end_jd_tt: f64) -> Finder<'e, E> {
        Finder::new(self.ephemeris, self.known, (start_jd_tt, end_jd_tt), self.ayanamsa)
    }

    /// A body's longitude in the zodiac.
    pub(crate) fn longitude(&self, body: WireBody) -> Quantity {
        match self.ayanamsa {
            None => Quantity::Longitude(body),
            Some(ayanamsa) => Quantity::Sidereal(body, ayanamsa),
        }
    }

    /// A quantity at an instant.
    pub(crate) fn value(&self, quantity: Quantity, jd_tt: f64) -> Result<f64, E::Error> {
        Curve::of(quantity).value(self.ephemeris, jd_tt)
    }

    /// A body's longitude in the zodiac at an instant, degrees, 0 to 360.
    fn longitude_deg(&self, body: WireBody, jd_tt: f64) -> Result<f64, E::Error> {
        Ok(wrap_deg(self.value(self.longitude(body), jd_tt)?))
    }

    pub(crate) fn crossings(&self, curve: Curve, levels: Levels) -> Crossings<'e, E> {
        Crossings::new(self.ephemeris, curve, levels, self.range)
    }

    /// When a curve takes values.
    pub(crate) fn when(&self, curve: Curve, values: Vec<f64>) -> Crossings<'e, E> {
        self.crossings(curve, Levels::of(&curve, values))
    }

    /// What each crossing comes to, if anything.
    fn tell(
        &self,
        crossings: impl Iterator<Item = Result<Crossing, E::Error>> + 'e,
        tell: impl Fn(&Finder<'e, E>, Crossing) -> Result<Option<What>, E::Error> + 'e,
    ) -> Events<'e, E::Error> {
        let finder = *self;
        Box::new(crossings.filter_map(move |crossing| {
            let told = crossing.and_then(|crossing| Ok((crossing.jd_tt, tell(&finder, crossing)?)));
            told.map(|(jd_tt, what)| Some(Event { jd_tt, what: what? })).transpose()
        }))
    }

    /// The last instant before another at which a curve takes one of some values, if there is one.
    pub(crate) fn last_before(
        &self,
        curve: Curve,
        values: &[f64],
        jd_tt: f64,
    ) -> Result<Option<Crossing>, E::Error> {
        let all = self.between(f64::NEG_INFINITY, f64::INFINITY);
        let found = all.look_back(jd_tt, 1, |finder| finder.when(curve, values.to_vec()))?;
        Ok(found.into_iter().next())
    }

    /// The last so many of a list before an instant and in the range, in the order of time: what it has in a window before that, then in
    /// one twice as long before the first, until there are enough.
    pub(crate) fn look_back<T, I: Iterator<Item = Result<T, E::Error>>>(
        &self,
        jd_tt: f64,
        count: usize,
        list: impl Fn(&Finder<'e, E>) -> I,
    ) -> Result<Vec<T>, E::Error> {
        let (mut end, mut days) = (jd_tt.min(self.range.1), FIRST_LOOK_BACK_DAYS);
        let mut found = VecDeque::new();
        while end > self.range.0 && found.len() < count {
            let start = (end - days).max(self.range.0);
            let window: Vec<T> = list(&self.between(start, end)).collect::<Result<_, _>>()?;
            for earlier in window.into_iter().rev().take(count - found.len()) {
                found.push_front(earlier);
            }
            (end, days) = (start, 2.0 * days);
        }
        Ok(found.into())
    }

    /// The first instant after another at which a curve takes one of some values, if there is one.
    pub(crate) fn first_after(
        &self,
        curve: Curve,
        values: &[f64],
        jd_tt: f64,
    ) -> Result<Option<Crossing>, E::Error> {
        self.between(jd_tt.next_up(), self.known.1).when(curve, values.to_vec()).next().transpose()
    }
}

/// How far a search back looks at first, days; then twice as far each time.
const FIRST_LOOK_BACK_DAYS: f64 = 32.0;
