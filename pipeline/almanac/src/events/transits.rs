//! Mercury and Venus before the Sun, as seen from the centre of the Earth.

use orrery_format::Center;

use super::{ConjunctionKind, Event, Events, Finder, What};
use crate::bodies::WireBody;
use crate::crossings::Way;
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;
use crate::phenomena::radius_au;

/// Days between the conjunction in longitude and the least distance, at most: a transit lasts a third of a day, and where
/// there is none none is looked for.
const APART_DAYS: f64 = 1.0;

/// Days that a contact is corrected by, at most: mostly it is less than a second.
const MOST_CORRECTION_DAYS: f64 = 60.0 / 86_400.0;

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
        let quantity = Quantity::CosineOfSeparation(body, WireBody::SUN);
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
        let [sun, planet] = self.radii(body, greatest_jd_tt)?;
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
            contacts[nth] = Some(self.contact(body, edge.level == 0, edge.jd_tt)?);
        }
        let jd_tt = contacts[0].unwrap_or(greatest_jd_tt);
        let separation_deg = separation.to_degrees();
        Ok(Some(Event { jd_tt, what: What::Transit { body, contacts, greatest_jd_tt, separation_deg } }))
    }

    /// Angular radii of the Sun and a planet, radians.
    fn radii(&self, body: WireBody, jd_tt: f64) -> Result<[f64; 2], E::Error> {
        let radius = |body| -> Result<f64, E::Error> {
            let distance_au = self.value(Quantity::Distance(Center::Geo, body), jd_tt)?;
            Ok((radius_au(body) / distance_au).asin())
        };
        Ok([radius(WireBody::SUN)?, radius(body)?])
    }

    /// A contact of the outer or the inner edges, from what it would be with the radii of the greatest transit: the radii, which
    /// change by so little that one step of Newton's rule is enough, are those of the contact itself.
    fn contact(&self, body: WireBody, is_outer: bool, jd_tt: f64) -> Result<f64, E::Error> {
        let quantity = Quantity::CosineOfSeparation(body, WireBody::SUN);
        let [sun, planet] = self.radii(body, jd_tt)?;
        let apart = if is_outer { sun + planet } else { sun - planet };
        let by = (apart.cos() - self.value(quantity, jd_tt)?)
            / Curve::rate(quantity).value(self.ephemeris, jd_tt)?;
        // Where they only graze, the step leads nowhere.
        Ok(if by.abs() < MOST_CORRECTION_DAYS { jd_tt + by } else { jd_tt })
    }
}
