//! What the list `almanac` of a dataset has: which events, of whom, and what was chosen where there is a choice. Whoever
//! writes the list and whoever reads it look here, so that a search which finds the same gives the same.

use std::collections::BTreeMap;

use super::{Event, EventType, Finder, Merged, merged};
use crate::aspect::{Aspect, PTOLEMAIC};
use crate::ayanamsa::Ayanamsa;
use crate::bodies::{DEFAULT, WireBody};
use crate::motion::Ephemeris;

/// The zodiac that nakshatras are counted in: Lahiri's.
pub const AYANAMSA: Ayanamsa = Ayanamsa::ALL[1];

/// What is listed of the Moon.
const OF_THE_MOON: [EventType; 9] = [
    EventType::Ingress,
    EventType::NakshatraIngress,
    EventType::Lunation,
    EventType::VoidOfCourse,
    EventType::Apsis,
    EventType::NodeCrossing,
    EventType::GreatestLatitude,
    EventType::GreatestDeclination,
    EventType::OutOfBounds,
];

/// What is listed of the Sun and the planets.
const OF_THE_OTHERS: [EventType; 2] = [EventType::Ingress, EventType::Station];

/// Whether the list has these events of a body: all of them.
#[must_use]
pub fn has(kind: EventType, body: WireBody) -> bool {
    let listed: &[EventType] = if body == WireBody::MOON { &OF_THE_MOON } else { &OF_THE_OTHERS };
    listed.contains(&kind) && DEFAULT.contains(&body)
}

/// What the list has and what was chosen, in words, for its recipe.
#[must_use]
pub fn choices() -> BTreeMap<&'static str, Vec<String>> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    BTreeMap::from([
        ("moon", names(&OF_THE_MOON.map(EventType::name))),
        ("others", names(&OF_THE_OTHERS.map(EventType::name))),
        ("bodies", DEFAULT.map(|body| body.name().into_owned()).to_vec()),
        ("aspects", names(&PTOLEMAIC.map(Aspect::name))),
        ("ayanamsa", names(&[&AYANAMSA.id()])),
    ])
}

/// Everything that the list has, in order of time, wherever it is looked for; in the tropical zodiac.
#[must_use]
pub fn events<'e, E: Ephemeris>(finder: &Finder<'e, E>) -> Merged<'e, Event, E::Error> {
    let mut kinds = vec![
        finder.ingresses(WireBody::MOON),
        finder.nakshatra_ingresses(WireBody::MOON, AYANAMSA),
        finder.lunations(),
        finder.voids(&DEFAULT, &PTOLEMAIC),
        finder.apsides(WireBody::MOON),
        finder.node_crossings(WireBody::MOON),
        finder.greatest_latitudes(WireBody::MOON),
        finder.greatest_declinations(WireBody::MOON),
        finder.out_of_bounds(WireBody::MOON, true),
        finder.out_of_bounds(WireBody::MOON, false),
    ];
    for body in DEFAULT.into_iter().filter(|body| *body != WireBody::MOON) {
        kinds.push(finder.ingresses(body));
        if EventType::Station.happens_to(body) {
            kinds.push(finder.stations(body));
        }
    }
    merged(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nakshatras_are_lahiris() {
        assert_eq!(AYANAMSA.id(), "lahiri");
        assert!(!AYANAMSA.is_anchored(), "then the list would depend on more tables");
    }

    #[test]
    fn the_choices_name_all_that_the_list_depends_on() {
        let choices = choices();
        for (key, word) in [
            ("moon", "void_of_course"),
            ("others", "station"),
            ("bodies", "pluto"),
            ("aspects", "opposition"),
            ("ayanamsa", "lahiri"),
        ] {
            assert!(choices[key].iter().any(|known| known == word), "no {word} in {key}");
        }
        assert!(has(EventType::Apsis, WireBody::MOON));
        assert!(!has(EventType::Apsis, DEFAULT[0]) && !has(EventType::Station, WireBody::MOON));
    }
}
