//! The almanac: what happens to the Sun, the Moon and the planets in the months around today.

use orrery_almanac::aspect::{Aspect, PTOLEMAIC};
use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::bodies::DEFAULT;
use orrery_almanac::events::{EventType, Finder, Merged, merged};
use orrery_almanac::motion::{Ephemeris, Tables};
use orrery_almanac::{CivilDate, WireBody};
use orrery_format::event::EventRecord;
use orrery_format::{Body, Center, Dataset, Product};
use serde_json::json;

use super::{Derivation, window};
use crate::error::PipelineError;
use crate::live::Live;

const MOON: WireBody = WireBody::Tabulated(Body::Moon);

/// The zodiac that nakshatras are counted on: Lahiri's.
pub const AYANAMSA: Ayanamsa = Ayanamsa::ALL[1];

/// Kinds of events that are looked for of the Moon alone, and of all bodies.
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
const OF_THE_OTHERS: [EventType; 2] = [EventType::Ingress, EventType::Station];

/// The list `almanac`.
#[derive(Clone, Copy, Debug)]
pub struct Almanac;

/// Everything that the almanac has, in order of time, wherever it is looked for.
#[must_use]
pub fn events<'e, E: Ephemeris>(finder: &Finder<'e, E>) -> Merged<'e, E::Error> {
    let mut kinds = vec![
        finder.ingresses(MOON),
        finder.nakshatra_ingresses(MOON, AYANAMSA),
        finder.lunations(),
        finder.voids(&DEFAULT, &PTOLEMAIC),
        finder.apsides(MOON),
        finder.node_crossings(MOON),
        finder.greatest_latitudes(MOON),
        finder.greatest_declinations(MOON),
        finder.out_of_bounds(MOON, true),
        finder.out_of_bounds(MOON, false),
    ];
    for body in DEFAULT.into_iter().filter(|body| *body != MOON) {
        kinds.push(finder.ingresses(body));
        if EventType::Station.happens_to(body) {
            kinds.push(finder.stations(body));
        }
    }
    merged(kinds)
}

impl Derivation for Almanac {
    type Entry = EventRecord;

    const METHOD_VERSION: u32 = 1;

    /// Longer than any two pieces of a table that a search begins with, and than the Moon is out of bounds.
    const REACH_DAYS: f64 = 366.0;

    /// The Moon is in a sign for less than three days, and whether it is void there depends on all of them.
    const MARGIN_DAYS: f64 = 3.0;

    fn products() -> Vec<Product> {
        let places = DEFAULT.iter().filter_map(|body| body.tabulated());
        let places = places.map(|(body, _)| Product::Place(Center::Geo, body));
        std::iter::once(Product::Nutation).chain(places).collect()
    }

    fn window(today: CivilDate) -> Result<Option<(f64, f64)>, PipelineError> {
        window::around(today).map(Some)
    }

    fn parameters() -> serde_json::Value {
        json!({
            "moon": OF_THE_MOON.map(EventType::name),
            "others": OF_THE_OTHERS.map(EventType::name),
            "bodies": DEFAULT.map(WireBody::name),
            "aspects": PTOLEMAIC.map(Aspect::name),
            "ayanamsa": AYANAMSA.id(),
        })
    }

    fn entries(
        dataset: &Dataset,
        _: &mut Live,
        known: (f64, f64),
        span: (f64, f64),
    ) -> Result<Vec<EventRecord>, PipelineError> {
        let tables = Tables::new(dataset);
        let underivable = |what: String| PipelineError::Underivable { list: "almanac", what };
        events(&Finder::new(&tables, known, span, None))
            .map(|event| {
                let event = event.map_err(|unknown| underivable(unknown.to_string()))?;
                event.to_record().ok_or_else(|| underivable(format!("{event:?} fits no record")))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nakshatras_are_lahiris() {
        assert_eq!(AYANAMSA.id(), "lahiri");
        assert!(!AYANAMSA.is_anchored(), "then it would depend on more tables");
    }

    #[test]
    fn the_recipe_names_every_parameter() {
        let parameters = Almanac::parameters().to_string();
        for word in ["void_of_course", "station", "pluto", "opposition", "lahiri"] {
            assert!(parameters.contains(word), "no {word} in {parameters}");
        }
        assert_eq!(Almanac::products().len(), 11);
    }
}
