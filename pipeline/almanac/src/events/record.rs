//! Events as the numbers of a list file, and back.
//!
//! The numbers are those of `format/SPEC.md`, section 16: kinds, phases, signs and all other words count from 0 in the order
//! of their `ALL`, bodies as [`number_of`] says. What needs more numbers than a record has room for is not kept in a list:
//! aspects, transits and occultations, and whatever happens to a minor planet without a name.

use orrery_format::Body;
use orrery_format::event::{EventRecord, NO_BODY};

use super::names::{Apsis, ConjunctionKind, EventType, Measured, Phase, SolarTerm};
use super::{Event, What};
use crate::aspect::Aspect;
use crate::bodies::{Uranian, WireBody};
use crate::crossings::Way;
use crate::zodiac::{Nakshatra, Sign};

/// The nodes that are opposite to those of tables.
const MEAN_SOUTH_NODE: u16 = 32;
const TRUE_SOUTH_NODE: u16 = 33;
/// The Uranians, from this number on.
const URANIANS: u16 = 40;

/// Bits that a word of `detail` takes: none of the lists of words is longer than 32.
const WORD_BITS: u16 = 5;

const _: () = assert!(Body::COUNT <= MEAN_SOUTH_NODE as usize);
const _: () = assert!(Nakshatra::ALL.len() <= 1 << WORD_BITS && Aspect::ALL.len() <= 1 << WORD_BITS);

/// The number that stands for a body in a list: bodies that tables hold count from 0 in the order of [`Body::ALL`], the mean
/// and the true south node are 32 and 33, the Uranians count from 40. Minor planets without a name have none.
#[must_use]
pub fn number_of(body: WireBody) -> Option<u16> {
    Some(match body {
        WireBody::Tabulated(body) => body as u16,
        WireBody::MeanSouthNode => MEAN_SOUTH_NODE,
        WireBody::TrueSouthNode => TRUE_SOUTH_NODE,
        WireBody::Uranian(uranian) => URANIANS + uranian as u16,
        WireBody::Asteroid(_) => return None,
    })
}

/// The body of a number.
#[must_use]
pub fn body_of(number: u16) -> Option<WireBody> {
    match number {
        MEAN_SOUTH_NODE => Some(WireBody::MeanSouthNode),
        TRUE_SOUTH_NODE => Some(WireBody::TrueSouthNode),
        URANIANS.. => Uranian::ALL.get(usize::from(number - URANIANS)).map(|it| WireBody::Uranian(*it)),
        _ => Body::ALL.get(usize::from(number)).map(|it| WireBody::Tabulated(*it)),
    }
}

/// Up to three small numbers in one: of five bits each, the first the lowest.
const fn packed(words: [u16; 3]) -> u16 {
    words[0] | words[1] << WORD_BITS | words[2] << (2 * WORD_BITS)
}

const fn unpacked(detail: u16) -> [u16; 3] {
    let mask = (1 << WORD_BITS) - 1;
    [detail & mask, (detail >> WORD_BITS) & mask, detail >> (2 * WORD_BITS)]
}

/// A word by its number.
fn word<T: Copy>(all: &[T], number: u16) -> Option<T> {
    all.get(usize::from(number)).copied()
}

/// Whether a number of a record is what is to be kept: NaN for nothing.
fn is_kept(number: Option<f64>, kept: f64) -> bool {
    number.map_or(kept.is_nan(), |number| number == kept)
}

const WAYS: [Way; 3] = [Way::Up, Way::Down, Way::Touch];

/// What a record is before it is known when it happens.
struct Numbers {
    body: WireBody,
    partner: Option<WireBody>,
    end_jd_tt: Option<f64>,
    value: Option<f64>,
    detail: u16,
}

impl Numbers {
    const fn of(body: WireBody, detail: u16) -> Numbers {
        Numbers { body, partner: None, end_jd_tt: None, value: None, detail }
    }

    const fn with_value(self, value: f64) -> Numbers {
        Numbers { value: Some(value), ..self }
    }

    const fn until(self, end_jd_tt: Option<f64>) -> Numbers {
        Numbers { end_jd_tt, ..self }
    }

    const fn with_partner(self, partner: Option<WireBody>) -> Numbers {
        Numbers { partner, ..self }
    }
}

impl Event {
    /// The event as a list keeps it; `None` for what lists do not keep.
    #[must_use]
    pub fn to_record(&self) -> Option<EventRecord> {
        let Numbers { body, partner, end_jd_tt, value, detail } = numbers(&self.what)?;
        let record = EventRecord {
            jd_tt: self.jd_tt,
            end_jd_tt: end_jd_tt.unwrap_or(f64::NAN),
            value: value.unwrap_or(f64::NAN),
            kind: self.what.of() as u16,
            body: number_of(body)?,
            partner: partner.map_or(Some(NO_BODY), number_of)?,
            detail,
        };
        // What is not told back as it was, such as an end that is no number, is not kept either.
        (Event::of_record(&record)? == *self).then_some(record)
    }

    /// The event of a record; `None` for numbers that stand for none.
    #[must_use]
    pub fn of_record(record: &EventRecord) -> Option<Event> {
        let kind = word(&EventType::ALL, record.kind)?;
        let body = body_of(record.body)?;
        let partner = if record.partner == NO_BODY { None } else { Some(body_of(record.partner)?) };
        let what = what(kind, body, partner, record)?;
        let Numbers { body, partner, end_jd_tt, value, detail } = numbers(&what)?;
        // Whatever is left over must say nothing.
        let is_all = number_of(body) == Some(record.body)
            && partner.map_or(Some(NO_BODY), number_of) == Some(record.partner)
            && is_kept(end_jd_tt, record.end_jd_tt)
            && is_kept(value, record.value)
            && detail == record.detail;
        is_all.then_some(Event { jd_tt: record.jd_tt, what })
    }
}

/// The numbers of what happens.
fn numbers(what: &What) -> Option<Numbers> {
    Some(match *what {
        What::Ingress { body, sign, from, retrograde } => {
            Numbers::of(body, packed([sign as u16, from as u16, retrograde.into()]))
        }
        What::NakshatraIngress { body, nakshatra, from, retrograde } => {
            Numbers::of(body, packed([nakshatra as u16, from as u16, retrograde.into()]))
        }
        What::Station { body, retrograde, longitude_deg } => {
            Numbers::of(body, retrograde.into()).with_value(longitude_deg)
        }
        What::Lunation { phase, longitude_deg } => {
            Numbers::of(WireBody::MOON, phase as u16).with_value(longitude_deg)
        }
        What::VoidOfCourse { end_jd_tt, last, sign, next } => {
            let (partner, aspect) = last.map_or((None, 0), |(body, aspect)| (Some(body), aspect as u16));
            Numbers::of(WireBody::MOON, packed([sign as u16, next as u16, aspect]))
                .until(Some(end_jd_tt))
                .with_partner(partner)
        }
        What::Apsis { body, apsis, distance_au } => Numbers::of(body, apsis as u16).with_value(distance_au),
        What::NodeCrossing { body, ascending, longitude_deg } => {
            Numbers::of(body, ascending.into()).with_value(longitude_deg)
        }
        What::GreatestLatitude { body, maximum, latitude_deg } => {
            Numbers::of(body, maximum.into()).with_value(latitude_deg)
        }
        What::GreatestDeclination { body, maximum, declination_deg } => {
            Numbers::of(body, maximum.into()).with_value(declination_deg)
        }
        What::OutOfBounds { body, north, end_jd_tt } => Numbers::of(body, north.into()).until(end_jd_tt),
        What::Season { longitude_deg } => Numbers::of(WireBody::SUN, longitude_deg),
        What::SolarTerm { term, longitude_deg } => {
            Numbers::of(WireBody::SUN, term as u16).with_value(longitude_deg.into())
        }
        What::Conjunction { body, kind, longitude_deg } => {
            let kind = kind.map_or(0, |kind| 1 + kind as u16);
            Numbers::of(body, kind).with_value(longitude_deg)
        }
        What::Opposition { body, longitude_deg } => Numbers::of(body, 0).with_value(longitude_deg),
        What::GreatestElongation { body, east, elongation_deg } => {
            Numbers::of(body, east.into()).with_value(elongation_deg)
        }
        What::Cazimi { body, end_jd_tt } | What::Combustion { body, end_jd_tt } => {
            Numbers::of(body, 0).until(end_jd_tt)
        }
        What::Parallel { a, b, contra, declination_deg } => {
            Numbers::of(a, contra.into()).with_partner(Some(b)).with_value(declination_deg)
        }
        What::Crossing { body, minus, quantity, value, way } => {
            let way = WAYS.iter().position(|it| *it == way)? as u16;
            Numbers::of(body, packed([quantity as u16, way, 0])).with_partner(minus).with_value(value)
        }
        What::Aspect { .. } | What::Transit { .. } | What::Occultation { .. } => return None,
    })
}

/// What happens, of a kind, by its numbers. Numbers that a kind has no use for are not looked at.
fn what(kind: EventType, body: WireBody, partner: Option<WireBody>, record: &EventRecord) -> Option<What> {
    let EventRecord { end_jd_tt, value, detail, .. } = *record;
    let words = unpacked(detail);
    let end = (!end_jd_tt.is_nan()).then_some(end_jd_tt);
    let is_set = detail == 1;
    Some(match kind {
        EventType::Ingress => What::Ingress {
            body,
            sign: word(&Sign::ALL, words[0])?,
            from: word(&Sign::ALL, words[1])?,
            retrograde: words[2] == 1,
        },
        EventType::NakshatraIngress => What::NakshatraIngress {
            body,
            nakshatra: word(&Nakshatra::ALL, words[0])?,
            from: word(&Nakshatra::ALL, words[1])?,
            retrograde: words[2] == 1,
        },
        EventType::Station => What::Station { body, retrograde: is_set, longitude_deg: value },
        EventType::Lunation => What::Lunation { phase: word(&Phase::ALL, detail)?, longitude_deg: value },
        EventType::VoidOfCourse => What::VoidOfCourse {
            end_jd_tt: end?,
            last: match partner {
                Some(body) => Some((body, word(&Aspect::ALL, words[2])?)),
                None => None,
            },
            sign: word(&Sign::ALL, words[0])?,
            next: word(&Sign::ALL, words[1])?,
        },
        EventType::Apsis => What::Apsis { body, apsis: word(&Apsis::ALL, detail)?, distance_au: value },
        EventType::NodeCrossing => What::NodeCrossing { body, ascending: is_set, longitude_deg: value },
        EventType::GreatestLatitude => What::GreatestLatitude { body, maximum: is_set, latitude_deg: value },
        EventType::GreatestDeclination => {
            What::GreatestDeclination { body, maximum: is_set, declination_deg: value }
        }
        EventType::OutOfBounds => What::OutOfBounds { body, north: is_set, end_jd_tt: end },
        EventType::Season => What::Season { longitude_deg: detail },
        EventType::SolarTerm => {
            What::SolarTerm { term: word(&SolarTerm::ALL, detail)?, longitude_deg: value as u16 }
        }
        EventType::Conjunction => {
            let kind = match detail.checked_sub(1) {
                Some(kind) => Some(word(&ConjunctionKind::ALL, kind)?),
                None => None,
            };
            What::Conjunction { body, kind, longitude_deg: value }
        }
        EventType::Opposition => What::Opposition { body, longitude_deg: value },
        EventType::GreatestElongation => {
            What::GreatestElongation { body, east: is_set, elongation_deg: value }
        }
        EventType::Cazimi => What::Cazimi { body, end_jd_tt: end },
        EventType::Combustion => What::Combustion { body, end_jd_tt: end },
        EventType::Parallel => {
            What::Parallel { a: body, b: partner?, contra: is_set, declination_deg: value }
        }
        EventType::Crossing => What::Crossing {
            body,
            minus: partner,
            quantity: word(&Measured::ALL, words[0])?,
            value,
            way: word(&WAYS, words[1])?,
        },
        EventType::Aspect | EventType::Transit | EventType::Occultation | EventType::Eclipse => return None,
    })
}

#[cfg(test)]
mod tests;
