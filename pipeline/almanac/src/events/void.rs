//! When the Moon is void of course: from its last aspect in a sign to the next sign.

use orrery_format::Body;

use super::pairs::ways;
use super::{Event, Events, Finder, What};
use crate::aspect::Aspect;
use crate::bodies::WireBody;
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;
use crate::zodiac::Sign;

const MOON: WireBody = WireBody::Tabulated(Body::Moon);

/// Days that the Moon is in a sign, and more: it never moves by less than 11.6° a day.
const SIGN_DAYS: f64 = 3.0;

/// A stay of the Moon in a sign.
#[derive(Clone, Copy)]
struct Stay {
    sign: Sign,
    next: Sign,
    start_jd_tt: f64,
    end_jd_tt: f64,
}

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// Periods that begin in the range: after the last exact aspect that the Moon makes in a sign, with one of these bodies, or
    /// from its entry if it makes none, until it leaves the sign.
    #[must_use]
    pub fn voids(&self, bodies: &[WireBody], aspects: &[Aspect]) -> Events<'e, E::Error> {
        let (start, stop) = self.range;
        let (bodies, aspects) = (bodies.to_vec(), aspects.to_vec());
        let finder = *self;
        // A period that begins in the range is of a sign that is entered three days before it at most, and left three days
        // after it.
        let mut entries = self.between(start - SIGN_DAYS, stop + SIGN_DAYS).ingresses(MOON);
        let mut entered: Option<f64> = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                let entry = match entries.next()? {
                    Ok(entry) => entry,
                    Err(error) => return Some(Err(error)),
                };
                let What::Ingress { sign: next, from: sign, .. } = entry.what else { continue };
                let stay = entered.replace(entry.jd_tt).map(|start_jd_tt| Stay {
                    sign,
                    next,
                    start_jd_tt,
                    end_jd_tt: entry.jd_tt,
                });
                let Some(stay) = stay else { continue };
                match finder.void_of(stay, &bodies, &aspects) {
                    Ok(event) if !(start..stop).contains(&event.jd_tt) => {}
                    told => return Some(told),
                }
            }
        }))
    }

    /// The void at the end of a stay.
    fn void_of(&self, stay: Stay, bodies: &[WireBody], aspects: &[Aspect]) -> Result<Event, E::Error> {
        let Stay { sign, next, start_jd_tt, end_jd_tt } = stay;
        let within = self.between(start_jd_tt, end_jd_tt);
        let mut last: Option<(f64, WireBody, Aspect)> = None;
        for &body in bodies.iter().filter(|body| **body != MOON) {
            let ways = ways(aspects);
            let curve = Curve::of(Quantity::Ahead(MOON, body));
            for crossing in within.when(curve, ways.iter().map(|way| way.0).collect()) {
                let crossing = crossing?;
                if last.is_none_or(|(jd_tt, ..)| crossing.jd_tt > jd_tt) {
                    last = Some((crossing.jd_tt, body, ways[crossing.level].1));
                }
            }
        }
        let jd_tt = last.map_or(start_jd_tt, |(jd_tt, ..)| jd_tt);
        let last = last.map(|(_, body, aspect)| (body, aspect));
        Ok(Event { jd_tt, what: What::VoidOfCourse { end_jd_tt, last, sign, next } })
    }
}
