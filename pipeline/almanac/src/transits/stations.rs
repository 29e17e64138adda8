//! Where a body turns, as passes over a point are counted by.

use crate::crossings::Way;
use crate::curve::Quantity;
use crate::events::Finder;
use crate::frames::turn_deg;
use crate::motion::Ephemeris;

/// A turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) jd_tt: f64,
    pub(super) value_deg: f64,
    /// Whether it goes backwards from there.
    pub(super) retrograde: bool,
}

/// What the Sun's gravity moves a planet that passes behind it, at most, degrees: from 1.75″ on the one side of it to as much on
/// the other, and a little more.
const BEHIND_THE_SUN_DEG: f64 = 4.0 / 3600.0;

/// Turns in the order of time, without those that come two by two with next to nothing between.
pub(super) struct Turns<'e, E: Ephemeris> {
    all: Box<dyn Iterator<Item = Result<Turn, E::Error>> + 'e>,
    /// The next, which is told once the one after it is known.
    next: Option<Turn>,
}

impl<'e, E: Ephemeris> Turns<'e, E> {
    pub(super) fn new(finder: Finder<'e, E>, quantity: Quantity) -> Turns<'e, E> {
        let all = finder.turns(quantity).map(move |crossing| {
            let crossing = crossing?;
            let value_deg = finder.value(quantity, crossing.jd_tt)?;
            Ok(Turn { jd_tt: crossing.jd_tt, value_deg, retrograde: crossing.way == Way::Down })
        });
        Turns { all: Box::new(all), next: None }
    }
}

impl<E: Ephemeris> Iterator for Turns<'_, E> {
    type Item = Result<Turn, E::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let after = match self.all.next().transpose() {
                Ok(after) => after,
                Err(error) => return Some(Err(error)),
            };
            let turn = std::mem::replace(&mut self.next, after);
            match (turn, after) {
                (None, None) => return None,
                (None, Some(_)) => {}
                (Some(turn), Some(after))
                    if turn_deg(after.value_deg - turn.value_deg).abs() < BEHIND_THE_SUN_DEG =>
                {
                    self.next = None;
                }
                (Some(turn), _) => return Some(Ok(turn)),
            }
        }
    }
}
