//! Where a quantity turns round, and by enough to be told of.
//!
//! Tables and the source have each some noise, which makes a quantity that hardly moves turn again and again. So of turns
//! only those are told from which the quantity goes away by more than noise, on either side, before it comes back: the
//! others are pairs of a greatest and a least value with next to nothing between. What is told of a turn depends on the
//! quantity near it alone, and not on where a search begins or ends.

use super::Finder;
use crate::crossings::{Crossing, Way};
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;

/// How far a quantity must go away from a turn, degrees: twice what the tables promise.
pub(crate) const LEAST_DEG: f64 = 2.0 * 0.001 / 3600.0;

/// Days on either side of a turn within which all is plain mostly: the slowest of bodies have gone further, even the Moon does
/// not turn twice.
pub(crate) const PLAIN_DAYS: f64 = 0.25;

/// Days that are looked at at once, at most: what has gone nowhere in as much as that together does not turn.
const MOST_DAYS: f64 = 256.0;

/// A turn, as it is weighed.
#[derive(Clone, Copy)]
struct Turn {
    quantity: Quantity,
    jd_tt: f64,
    is_greatest: bool,
    value: f64,
    /// How far the quantity must go.
    least: f64,
}

/// What the quantity has done since a turn, or until it.
enum Since {
    /// Gone far enough.
    Away,
    /// Come back, or gone beyond.
    Back,
    /// Neither.
    Near,
}

impl Turn {
    /// How far below a greatest value, or above a least one, another value is.
    fn fall(&self, value: f64) -> f64 {
        let period = Curve::of(self.quantity).period();
        let off = self.value - value;
        let off = period.map_or(off, |period| off - period * (off / period).round());
        if self.is_greatest { off } else { -off }
    }

    /// Of two turns that are the same, the first is told.
    fn since(&self, jd_tt: f64, value: f64) -> Since {
        match self.fall(value) {
            fall if fall >= self.least => Since::Away,
            fall if fall < 0.0 || (fall == 0.0 && jd_tt < self.jd_tt) => Since::Back,
            _ => Since::Near,
        }
    }
}

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// When a quantity that is an angle, or the sine of one, turns round: downwards where it is greatest.
    pub(crate) fn turns(
        &self,
        quantity: Quantity,
    ) -> impl Iterator<Item = Result<Crossing, E::Error>> + use<'e, E> {
        let finder = *self;
        self.when(Curve::rate(quantity), vec![0.0]).filter_map(move |crossing| {
            let told =
                crossing.and_then(|crossing| Ok(finder.is_told(quantity, crossing)?.then_some(crossing)));
            told.transpose()
        })
    }

    fn is_told(&self, quantity: Quantity, crossing: Crossing) -> Result<bool, E::Error> {
        let least = match quantity {
            Quantity::SineOfDeclination(_) => LEAST_DEG.to_radians(),
            _ => LEAST_DEG,
        };
        let jd_tt = crossing.jd_tt;
        let value = self.value(quantity, jd_tt)?;
        let turn = Turn { quantity, jd_tt, is_greatest: crossing.way == Way::Down, value, least };
        Ok(self.is_plain(&turn)? || (self.goes_away(&turn, -1.0)? && self.goes_away(&turn, 1.0)?))
    }

    /// Whether one series says all: it bends one way on both sides of the turn, and goes far enough.
    fn is_plain(&self, turn: &Turn) -> Result<bool, E::Error> {
        let Some(stretch) = Curve::of(turn.quantity).stretch(self.ephemeris, turn.jd_tt)? else {
            return Ok(false);
        };
        let [start, end] = [-PLAIN_DAYS, PLAIN_DAYS].map(|days| turn.jd_tt + days);
        if start < stretch.start_jd_tt || end > stretch.end_jd_tt {
            return Ok(false);
        }
        let series = stretch.part(start, end).series;
        let bend = series.derivative().derivative();
        let is_away = |x| turn.fall(series.value(x)) >= turn.least;
        Ok(bend.constant_term().abs() > bend.reach() && is_away(-1.0) && is_away(1.0))
    }

    /// Whether the quantity goes far enough from a turn before it comes back, ahead in time or behind.
    fn goes_away(&self, turn: &Turn, ahead: f64) -> Result<bool, E::Error> {
        let rate = Curve::rate(turn.quantity);
        let (mut from, mut days) = (turn.jd_tt, 4.0 * PLAIN_DAYS);
        while self.known.0 < from && from < self.known.1 {
            if days > MOST_DAYS {
                return Ok(false);
            }
            let to = (from + ahead * days).clamp(self.known.0, self.known.1);
            let within = if ahead > 0.0 { self.between(from.next_up(), to) } else { self.between(to, from) };
            let turns = within.when(rate, vec![0.0]).map(|found| Ok(found?.jd_tt));
            let mut stops = turns.collect::<Result<Vec<_>, E::Error>>()?;
            if ahead < 0.0 {
                stops.reverse();
            }
            for jd_tt in stops.into_iter().chain([to]) {
                match turn.since(jd_tt, self.value(turn.quantity, jd_tt)?) {
                    Since::Away => return Ok(true),
                    Since::Back => return Ok(false),
                    Since::Near => {}
                }
            }
            (from, days) = (to, 2.0 * days);
        }
        // Nobody knows what comes beyond.
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use orrery_format::Body;

    use super::*;
    use crate::bodies::WireBody;
    use crate::crossings::{Crossings, Levels};
    use crate::motion::{Function, Stretch};
    use crate::power_series::{PowerSeries, nodes};

    const MARS: WireBody = WireBody::Tabulated(Body::Mars);

    /// A latitude that goes as a parabola, with waves of some height and length, known for eight days about 0.
    struct Wavy {
        height_deg: f64,
        days: f64,
    }

    impl Ephemeris for Wavy {
        type Error = Infallible;

        fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Infallible> {
            assert!(matches!(function, Function::Latitude(..)));
            if !(-4.0..4.0).contains(&jd_tt) {
                return Ok(None);
            }
            let start_jd_tt = (jd_tt * 16.0).floor() / 16.0;
            let values = nodes(20).map(|x| {
                let jd = start_jd_tt + f64::midpoint(x, 1.0) / 16.0;
                3.0 - 1e-4 * jd * jd
                    + self.height_deg * (std::f64::consts::TAU * (jd / self.days + 0.1)).cos()
            });
            let series = PowerSeries::through(&values.collect::<Vec<_>>()).series;
            Ok(Some(Stretch { start_jd_tt, end_jd_tt: start_jd_tt + 1.0 / 16.0, series }))
        }
    }

    fn turns(wavy: &Wavy, from: f64, to: f64) -> Vec<Crossing> {
        let finder = Finder::new(wavy, (-4.0, 4.0), (from, to), None);
        finder.turns(Quantity::Latitude(MARS)).map(|turn| turn.unwrap()).collect()
    }

    #[test]
    fn what_is_less_than_noise_is_not_told() {
        for (height_deg, days, least, most) in [
            (0.0, 1.0, 1, 1),
            // Waves that turn dozens of times about the top, by less than 0.002″.
            (0.4 * LEAST_DEG, 0.03, 1, 1),
            (0.9 * LEAST_DEG, 0.03, 3, 70),
            (1e-3, 0.5, 15, 33),
        ] {
            let wavy = Wavy { height_deg, days };
            let found = turns(&wavy, -4.0, 4.0);
            assert!((least..=most).contains(&found.len()), "{height_deg}: {found:?}");
            assert!(found.windows(2).all(|pair| pair[0].way != pair[1].way), "they alternate: {found:?}");
            for cut in [-0.5, -0.02, -0.011, 0.0, 0.005, 0.01, 0.3] {
                let parts = [turns(&wavy, -4.0, cut), turns(&wavy, cut, 4.0)].concat();
                assert_eq!(parts, found, "cut at {cut}");
            }
        }
        let raw = Crossings::new(
            &Wavy { height_deg: 0.4 * LEAST_DEG, days: 0.03 },
            Curve::rate(Quantity::Latitude(MARS)),
            Levels::of(&Curve::rate(Quantity::Latitude(MARS)), vec![0.0]),
            (-4.0, 4.0),
        );
        assert!(raw.count() > 1, "then there is nothing to leave out");
    }
}
