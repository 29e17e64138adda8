//! When the Moon is void of course: from its last aspect in a sign to the next sign.

use super::what::Partner;
use super::{Event, Events, Finder, What, merged};
use crate::aspect::Aspect;
use crate::bodies::WireBody;
use crate::motion::Ephemeris;

/// Days that the Moon is in a sign, and more: it never moves by less than 11.6° a day.
const SIGN_DAYS: f64 = 3.0;

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// Periods that begin in the range: after the last exact aspect that the Moon makes in a sign, with one of these bodies, or
    /// from its entry if it makes none, until it leaves the sign.
    #[must_use]
    pub fn voids(&self, bodies: &[WireBody], aspects: &[Aspect]) -> Events<'e, E::Error> {
        let (start, stop) = self.range;
        // A period that begins in the range is of a sign that is entered three days before it at most, and left three days
        // after it.
        let around = self.between(start - SIGN_DAYS, stop + SIGN_DAYS);
        let partners = bodies.iter().copied().filter(|body| *body != WireBody::MOON);
        let mut all: Vec<_> =
            partners.map(|body| around.aspects(WireBody::MOON, body, aspects, None)).collect();
        // What is exact at the border itself is still of the sign that ends there.
        all.push(around.ingresses(WireBody::MOON));
        let mut all = merged(all);
        let mut entered: Option<f64> = None;
        let mut last: Option<(f64, WireBody, Aspect)> = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                let event = match all.next()? {
                    Ok(event) => event,
                    Err(error) => return Some(Err(error)),
                };
                match event.what {
                    What::Aspect { b: Partner::Body(body), aspect, .. } => {
                        last = Some((event.jd_tt, body, aspect));
                    }
                    What::Ingress { sign: next, from: sign, .. } => {
                        let made = last.take();
                        let Some(entered) = entered.replace(event.jd_tt) else { continue };
                        let jd_tt = made.map_or(entered, |(jd_tt, ..)| jd_tt);
                        if (start..stop).contains(&jd_tt) {
                            let last = made.map(|(_, body, aspect)| (body, aspect));
                            let what = What::VoidOfCourse { end_jd_tt: event.jd_tt, last, sign, next };
                            return Some(Ok(Event { jd_tt, what }));
                        }
                    }
                    _ => {}
                }
            }
        }))
    }
}
