//! Mercury and Venus before the Sun, as seen from the centre of the Earth.

use orrery_format::{Body, Center};

use super::{ConjunctionKind, Event, Events, Finder, What};
use crate::bodies::WireBody;
use crate::crossings::Way;
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;
use crate::phenomena::radius_au;

const SUN: WireBody = WireBody::Tabulated(Body::Sun);

/// Days between the conjunction in longitude and the least distance, at most: a transit lasts a third of a day, and where
/// there is none none is looked for.
const APART_DAYS: f64 = 1.0;

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// Transits of Mercury or Venus of which the first contact is in the range; none of any other body.
    #[must_use]
    pub fn transits(&self, body: WireBody) -> Events<'e, E::Error> {
        let (start, stop) = self.range;
        let finder = *self;
        let conjunctions = self.between(start - APART_DAYS, stop + APART_DAYS).conjunctions(body);
        Box::new(conjunctions.filter_map(move |conjunction| {
            let told = conjunction.and_then(|conjunction| match conjunction.what {
                What::Conjunction { kind: Some(ConjunctionKind::Inferior), .. } => {
                    finder.transit(body, conjunction.jd_tt)
                }
                _ => Ok(None),
            });
            told.transpose()
                .filter(|told| told.as_ref().map_or(true, |event| (start..stop).contains(&event.jd_tt)))
        }))
    }

    /// The transit about an inferior conjunction, if there is one.
    fn transit(&self, body: WireBody, conjunction_jd_tt: f64) -> Result<Option<Event>, E::Error> {
        let quantity = Quantity::CosineOfSeparation(body, SUN);
        let around = self.between(conjunction_jd_tt - APART_DAYS, conjunction_jd_tt + APART_DAYS);
        let mut nearest = None;
        for turn in around.when(Curve::rate(quantity), vec![0.0]) {
            let turn = turn?;
            // The cosine is greatest where the angle is least.
            if turn.way == Way::Down {
                nearest = Some(turn.jd_tt);
            }
        }
        let Some(greatest_jd_tt) = nearest else { return Ok(None) };
        let separation = self.value(quantity, greatest_jd_tt)?.acos();
        let mut radii = [0.0; 2];
        for (radius, body) in radii.iter_mut().zip([SUN, body]) {
            let distance_au = self.value(Quantity::Distance(Center::Geo, body), greatest_jd_tt)?;
            *radius = (radius_au(body) / distance_au).asin();
        }
        let [sun, planet] = radii;
        if separation > sun + planet {
            return Ok(None);
        }
        let mut contacts = [None; 4];
        for edge in around.when(Curve::of(quantity), vec![(sun + planet).cos(), (sun - planet).cos()]) {
            let edge = edge?;
            let nth = match (edge.level, edge.way) {
                (0, Way::Up) => 0,
                (1, Way::Up) => 1,
                (1, Way::Down) => 2,
                (0, Way::Down) => 3,
                _ => continue,
            };
            contacts[nth] = Some(edge.jd_tt);
        }
        let jd_tt = contacts[0].unwrap_or(greatest_jd_tt);
        let separation_deg = separation.to_degrees();
        Ok(Some(Event { jd_tt, what: What::Transit { body, contacts, greatest_jd_tt, separation_deg } }))
    }
}
