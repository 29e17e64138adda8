//! Which events the lists of a dataset have, and reading them there.

use std::ops::Range;

use orrery_almanac::WireBody;
use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::bodies::DEFAULT;
use orrery_almanac::events::{Event, EventType, listed, number_of};
use orrery_format::event::EventRecord;
use orrery_format::list::Entry;
use orrery_format::{Dataset, ListName};

use crate::app::Generation;
use crate::query::EventsQuery;

/// The lists that the events of a query may be from.
pub(crate) fn lists(query: &EventsQuery) -> Vec<ListName> {
    let mut lists = Vec::new();
    if query.types.contains(&EventType::Eclipse) {
        lists.extend([ListName::SolarEclipses, ListName::LunarEclipses]);
    }
    if is_listed(query) {
        lists.push(ListName::Almanac);
    }
    lists
}

/// Whether the almanac that this program knows has all events of a query but the eclipses.
fn is_listed(query: &EventsQuery) -> bool {
    let has = |kind: EventType| match kind {
        EventType::Eclipse => true,
        EventType::Lunation => listed::has(kind, WireBody::MOON),
        EventType::VoidOfCourse => {
            query.void_partners() == DEFAULT
                && query.aspects == PTOLEMAIC
                && listed::has(kind, WireBody::MOON)
        }
        EventType::NakshatraIngress if query.nakshatras_in != listed::AYANAMSA => false,
        kind => kind.has_bodies() && query.bodies_of(kind).all(|body| listed::has(kind, body)),
    };
    let has_other = query.types.iter().any(|kind| *kind != EventType::Eclipse);
    has_other && query.sky.view.ayanamsa().is_none() && query.types.iter().copied().all(has)
}

/// Whether a dataset's almanac was made by the choices that this program knows.
pub(crate) fn is_known(dataset: &Dataset) -> bool {
    let recipe = dataset.almanac().map(|almanac| almanac.about().recipe());
    let recipe = recipe.and_then(|recipe| serde_json::from_str::<serde_json::Value>(recipe).ok());
    recipe.is_some_and(|recipe| recipe.get("parameters") == Some(&serde_json::json!(listed::choices())))
}

/// The events of a query in a range, but the eclipses, in order of time; `None` where no list has them all, or its records
/// stand for none.
pub(super) fn events(generation: &Generation, query: &EventsQuery, range: &Range<f64>) -> Option<Vec<Event>> {
    let almanac = generation.dataset.almanac().filter(|almanac| almanac.covers(range))?;
    if !generation.prepared.knows_almanac || !is_listed(query) {
        return None;
    }
    let asked_for: Vec<(u16, Option<Vec<u16>>)> = query
        .types
        .iter()
        .map(|&kind| {
            let bodies = || query.bodies_of(kind).filter_map(number_of).collect();
            (kind as u16, kind.has_bodies().then(bodies))
        })
        .collect();
    let is_asked_for = |record: &EventRecord| {
        let of_kind = asked_for.iter().find(|(kind, _)| *kind == record.kind);
        of_kind.is_some_and(|(_, bodies)| bodies.as_ref().is_none_or(|bodies| bodies.contains(&record.body)))
    };
    let records = almanac.range(range.clone()).iter().map(EventRecord::native);
    records.filter(is_asked_for).map(|record| Event::of_record(&record)).collect()
}
