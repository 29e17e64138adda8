//! What lasts: a body out of bounds, in the heart of the Sun, burnt by it.

use super::{Event, Events, Finder, What};
use crate::bodies::WireBody;
use crate::crossings::{Crossing, Way};
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// When a body is farther from the equator than the Sun comes, in the north or in the south.
    #[must_use]
    pub fn out_of_bounds(&self, body: WireBody, north: bool) -> Events<'e, E::Error> {
        let quantity = if north { Quantity::BeyondNorth(body) } else { Quantity::BeyondSouth(body) };
        self.periods(
            Curve::of(quantity),
            vec![0.0],
            |crossing| crossing.way == Way::Up,
            move |end_jd_tt| What::OutOfBounds { body, north, end_jd_tt },
        )
    }

    /// When a body is within an orb of the Sun's centre in longitude, degrees, above 0 and below 180: 17′ is the tradition's.
    #[must_use]
    pub fn cazimi(&self, body: WireBody, orb_deg: f64) -> Events<'e, E::Error> {
        self.near_the_sun(body, orb_deg, move |end_jd_tt| What::Cazimi { body, end_jd_tt })
    }

    /// The same of the orb in which the Sun burns a body: 8° 30′ is the tradition's.
    #[must_use]
    pub fn combustions(&self, body: WireBody, orb_deg: f64) -> Events<'e, E::Error> {
        self.near_the_sun(body, orb_deg, move |end_jd_tt| What::Combustion { body, end_jd_tt })
    }

    fn near_the_sun(
        &self,
        body: WireBody,
        orb_deg: f64,
        what: impl Fn(Option<f64>) -> What + 'e,
    ) -> Events<'e, E::Error> {
        // Ahead by the orb, and behind by it.
        let edges = vec![orb_deg, 360.0 - orb_deg];
        let enters =
            |crossing: &Crossing| matches!((crossing.level, crossing.way), (0, Way::Down) | (1, Way::Up));
        self.periods(Curve::of(Quantity::Ahead(body, WireBody::SUN)), edges, enters, what)
    }

    /// Periods that begin in the range: from where a curve enters what its levels bound to where it leaves it, which may be
    /// beyond the range.
    fn periods(
        &self,
        curve: Curve,
        levels: Vec<f64>,
        enters: impl Fn(&Crossing) -> bool + 'e,
        what: impl Fn(Option<f64>) -> What + 'e,
    ) -> Events<'e, E::Error> {
        let finder = *self;
        let passed = |crossing: &Result<Crossing, E::Error>| {
            crossing.as_ref().map_or(true, |crossing| crossing.way != Way::Touch)
        };
        let mut edges = self.when(curve, levels.clone()).filter(passed);
        let mut begun: Option<f64> = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                let (edge, is_over) = match edges.next() {
                    Some(edge) => (edge.map(Some), false),
                    // The last one ends beyond the range, or never.
                    None if begun.is_some() => {
                        let mut beyond =
                            finder.between(finder.range.1, finder.known.1).when(curve, levels.clone());
                        (beyond.find(passed).transpose(), true)
                    }
                    None => return None,
                };
                let edge = match edge {
                    Ok(edge) => edge,
                    Err(error) => {
                        begun = None;
                        return Some(Err(error));
                    }
                };
                let end = edge.map(|edge| edge.jd_tt);
                let begins = edge.filter(|edge| !is_over && enters(edge)).map(|edge| edge.jd_tt);
                if let Some(begin) = std::mem::replace(&mut begun, begins) {
                    return Some(Ok(Event { jd_tt: begin, what: what(end) }));
                }
            }
        }))
    }
}
