//! The almanac: what happens to the Sun, the Moon and the planets in the months around today.

use orrery_almanac::CivilDate;
use orrery_almanac::bodies::DEFAULT;
use orrery_almanac::events::{Finder, listed};
use orrery_almanac::motion::Tables;
use orrery_format::event::EventRecord;
use orrery_format::{Center, Dataset, Product};
use serde_json::json;

use super::{Derivation, window};
use crate::error::PipelineError;
use crate::live::Live;

pub mod audit;

/// The list `almanac`.
#[derive(Clone, Copy, Debug)]
pub struct Almanac;

impl Derivation for Almanac {
    type Entry = EventRecord;

    const METHOD_VERSION: u32 = 3;

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
        json!(listed::choices())
    }

    fn entries(
        dataset: &Dataset,
        _: &mut Live,
        known: (f64, f64),
        span: (f64, f64),
    ) -> Result<Vec<EventRecord>, PipelineError> {
        let tables = Tables::new(dataset);
        let underivable = |what: String| PipelineError::Underivable { list: "almanac", what };
        listed::events(&Finder::new(&tables, known, span, None))
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
    fn the_recipe_names_every_parameter() {
        let parameters = Almanac::parameters().to_string();
        for word in ["void_of_course", "station", "pluto", "opposition", "lahiri"] {
            assert!(parameters.contains(word), "no {word} in {parameters}");
        }
        assert_eq!(Almanac::products().len(), 11);
    }
}
