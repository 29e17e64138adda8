//! How far tables and files know of events, and the instants of queries and events.

use std::ops::Range;
use std::sync::Arc;

use orrery_almanac::events::EventType;
use orrery_almanac::{Calendar, DayNumber, Instant};
use orrery_format::{Dataset, Product, TtDay};
use orrery_swisseph::Session;

use super::products;
use crate::answer::evaluate;
use crate::answer::plan::{self, live_unavailable, only_live};
use crate::app::{App, Generation, Live};
use crate::query::{Asked, EventsQuery, SkyQuery, SourceChoice, When};
use crate::wire::problem::{Code, Problem};

/// Days at either end of the files that are not searched: light must have set out within them.
const LIGHT_DAYS: f64 = 1.0;

/// Days around a window that what happens in it may depend on, where more is asked than whether a value is taken: the Moon is in a
/// sign for less than three, and the news of the farthest planet is under way for less than one.
const AROUND_DAYS: f64 = 3.0;

/// What is known of all that a query asks for: Julian days of TT.
#[derive(Clone, Debug)]
pub(super) struct Reaches {
    /// By the tables; nothing where one is not there.
    pub(super) tables: Range<f64>,
    /// By whoever may answer.
    pub(super) all: Range<f64>,
    /// Which windows are told by the tables: what depends on days beyond them is the files', where these may answer.
    pub(super) by_tables: Range<f64>,
}

impl Reaches {
    pub(super) fn of(app: &App, query: &EventsQuery, generation: &Generation) -> Result<Reaches, Problem> {
        let source = query.sky.source;
        let tables = tabulated(&generation.dataset, products(query));
        let all = known(app, source, &tables)?;
        let looks_around =
            query.types.iter().any(|kind| matches!(kind, EventType::VoidOfCourse | EventType::Apsis));
        let by_tables = if looks_around && live(app, source).is_some() {
            tables.start + AROUND_DAYS..tables.end - AROUND_DAYS
        } else {
            tables.clone()
        };
        Ok(Reaches { tables, all, by_tables })
    }
}

/// The live source, where it may answer.
pub(super) fn live(app: &App, source: SourceChoice) -> Option<&Live> {
    app.live().filter(|_| source != SourceChoice::Table)
}

/// What the files can be searched for, Julian days of TT.
pub(crate) fn searchable(live: &Live) -> Range<f64> {
    let (start, end) = live.files.span();
    start + LIGHT_DAYS..end - LIGHT_DAYS
}

/// What the tables of all these products know of; nothing where there are none, or one is not there.
pub(in crate::answer) fn tabulated(dataset: &Dataset, products: Option<Vec<Product>>) -> Range<f64> {
    let nothing = 0.0..0.0;
    let Some(products) = products else { return nothing };
    let mut known = f64::MIN..f64::MAX;
    for product in products {
        let Some((start, end)) = dataset.span_jd(product) else { return nothing };
        known = known.start.max(start)..known.end.min(end);
    }
    known
}

/// What can be known at all of what the tables know of so far.
pub(in crate::answer) fn known(
    app: &App,
    source: SourceChoice,
    tabulated: &Range<f64>,
) -> Result<Range<f64>, Problem> {
    let is_empty = tabulated.is_empty();
    match (source, live(app, source).map(searchable)) {
        (SourceChoice::Table, _) if is_empty => {
            Err(only_live("no table has all of the bodies that were asked for"))
        }
        (SourceChoice::Live, None) => Err(live_unavailable()),
        (SourceChoice::Auto, None) if is_empty => Err(live_unavailable()),
        (SourceChoice::Live, Some(files)) => Ok(files),
        (_, Some(files)) if is_empty => Ok(files),
        (_, Some(files)) => Ok(tabulated.start.min(files.start)..tabulated.end.max(files.end)),
        (_, None) => Ok(tabulated.clone()),
    }
}

/// The refusal of an end beyond all that is known.
pub(in crate::answer) fn beyond(
    sky: &SkyQuery,
    calendar: Option<Calendar>,
    name: &'static str,
    known: &Range<f64>,
) -> Problem {
    // Midnights that are within.
    let first = DayNumber((known.start + 0.5).ceil() as i64).civil(calendar);
    let last = DayNumber((known.end + 0.5).floor() as i64).civil(calendar);
    let what =
        if sky.source == SourceChoice::Table { "the tables" } else { "the tables and ephemeris files" };
    Problem::new(
        Code::OutsideEphemeris,
        format!("{name} lies outside {what}, which reach from {first} to {last}"),
    )
    .parameter(name)
    .hint(format!("give {name} from {first} to {last}"))
}

/// The instant of a Julian day of TT, with ΔT from the tables.
pub(in crate::answer) fn dated_by_tables(generation: &Generation, jd_tt: f64) -> Result<Instant, Problem> {
    let when = When::Tt(TtDay(jd_tt));
    let dated = plan::instant_by_tables(generation, when)?;
    dated.ok_or_else(|| plan::why_no_instant(generation, when))
}

/// The instant that a query names, under a name.
pub(crate) async fn instant(
    app: &App,
    query: &Arc<EventsQuery>,
    generation: &Arc<Generation>,
    name: &'static str,
    when: When,
) -> Result<Instant, Problem> {
    if query.sky.source != SourceChoice::Live {
        match plan::instant_by_tables(generation, when) {
            Ok(Some(instant)) => return Ok(instant),
            Ok(None) if query.sky.source == SourceChoice::Table => {
                return Err(plan::why_no_instant(generation, when).parameter(name));
            }
            Ok(None) => {}
            Err(problem) => return Err(problem.parameter(name)),
        }
    }
    let job = || {
        let (query, generation) = (Arc::clone(query), Arc::clone(generation));
        move |session: &mut Session| {
            evaluate::instant(session, Asked { sky: &query.sky, instant: name }, when, &generation)
        }
    };
    evaluate::in_turn(app, job).await
}
