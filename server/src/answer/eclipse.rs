//! One eclipse: its elements, and what a place sees of it. What is told is from one source as a whole, tables or live.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant as Clock;

use orrery_almanac::eclipses::visibility::Visibility;
use orrery_almanac::events::EventType;
use orrery_format::{Body, Center, ListName, Product};
use orrery_swisseph::Session;

use crate::answer::evaluate;
use crate::answer::events::eclipses::field;
use crate::answer::events::fields::{Field, Value};
use crate::answer::events::reach::{beyond, known, searchable, tabulated};
use crate::answer::events::{Eclipse, NoTable, Told};
use crate::answer::plan::{live_unavailable, only_live};
use crate::app::{App, Generation};
use crate::query::{EclipseId, EclipseQuery, SourceChoice};
use crate::wire::problem::{Code, Problem};

mod elements;
mod local;
mod sources;

pub(crate) use elements::POLYNOMIALS;
use sources::{ByFiles, ByTables, Source};

/// The tables that eclipses follow from.
pub(crate) const PRODUCTS: [Product; 3] =
    [Product::Place(Center::Geo, Body::Sun), Product::Place(Center::Geo, Body::Moon), Product::Nutation];

/// The lists that it is looked up in.
pub(crate) const LISTS: [ListName; 2] = [ListName::SolarEclipses, ListName::LunarEclipses];

/// How far from an eclipse the one may be that was meant, days: there is always one of its kind.
const NEAR_DAYS: f64 = 400.0;

/// What is asked of an eclipse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What it is, with its elements if it is one of the Sun.
    Itself,
    /// What a place sees of it.
    Local,
    /// What a map is drawn from.
    Map,
}

/// An eclipse as it is told.
pub(crate) struct Found {
    pub(crate) eclipse: Eclipse,
    /// The eclipse without a place.
    pub(crate) told: Told,
    /// What else is told of it.
    pub(crate) fields: Vec<Field>,
    /// For a map of an eclipse of the Moon: where it is up at each contact.
    pub(crate) up: Vec<Visibility>,
}

/// The eclipse that a query names, and what is wanted of it.
pub(crate) async fn found(
    app: &App,
    query: &Arc<EclipseQuery>,
    generation: &Arc<Generation>,
    wanted: Wanted,
) -> Result<Found, Problem> {
    let source = query.sky.source;
    let tabulated = tabulated(&generation.dataset, Some(PRODUCTS.to_vec()));
    let known = known(app, source, &tabulated)?;
    let Range { start, end } = query.id.range();
    let reaches = |known: &Range<f64>| known.start <= start && end <= known.end;
    if !reaches(&known) {
        return Err(beyond(&query.sky, query.clock.calendar, "id", &known));
    }
    if source != SourceChoice::Live && reaches(&tabulated) {
        match tell(&mut ByTables { generation }, query, wanted, &tabulated) {
            Ok(found) => return Ok(found),
            Err(NoTable::Refused(problem)) => return Err(problem),
            Err(NoTable::Unknown(why)) if source == SourceChoice::Table => return Err(only_live(&why)),
            Err(NoTable::Unknown(_)) => {}
        }
    } else if source == SourceChoice::Table {
        return Err(only_live("the tables do not reach over that day"));
    }
    let files = searchable(app.live().ok_or_else(live_unavailable)?);
    let until = Clock::now() + app.limits().compute();
    let job = || {
        let (query, generation, known) = (Arc::clone(query), Arc::clone(generation), files.clone());
        move |session: &mut Session| {
            let mut files = ByFiles::new(session, &query.sky, &generation, known.clone(), until);
            tell(&mut files, &query, wanted, &known)
        }
    };
    evaluate::in_turn(app, job).await
}

/// Tells what is wanted of an eclipse by a source, which knows of so much.
fn tell<S: Source>(
    source: &mut S,
    query: &EclipseQuery,
    wanted: Wanted,
    known: &Range<f64>,
) -> Result<Found, S::Error> {
    let id = query.id;
    let Some(eclipse) = source.eclipses(&id.range(), id.eclipsed)?.pop() else {
        let Range { start, end } = id.range();
        let around = (start - NEAR_DAYS).max(known.start)..(end + NEAR_DAYS).min(known.end);
        let others = source.eclipses(&around, id.eclipsed)?;
        return Err(none(id, &others).into());
    };
    let at = source.instant(eclipse.greatest_jd_tt())?;
    let (mut fields, mut up) = (Vec::new(), Vec::new());
    match (wanted, &eclipse, query.site) {
        (Wanted::Itself, Eclipse::Solar(solar), _) => {
            let t0 = source.instant(solar.elements.t0_jd_tt)?;
            fields.push(field("besselian_elements", elements::fields(&solar.elements, t0)));
        }
        (Wanted::Local, Eclipse::Solar(solar), Some(site)) => {
            let seen = orrery_almanac::eclipses::local::local(&solar.elements, &site, at.delta_t_s);
            let mut dated = |jd_tt: f64| source.instant(jd_tt);
            let told = seen.map(|seen| local::solar(&seen, &mut dated)).transpose()?;
            fields.push(field("local", told.map_or(Value::Nothing, Value::Members)));
        }
        (Wanted::Local, Eclipse::Lunar(lunar), Some(site)) => {
            let seen = source.seen(lunar, &site, at.delta_t_s)?;
            let kind = eclipse.type_name();
            let told = local::lunar(&seen, kind, &mut |jd_tt| source.instant(jd_tt))?;
            fields.push(field("local", Value::Members(told)));
        }
        (Wanted::Map, Eclipse::Lunar(lunar), _) => up = source.visibility(lunar)?,
        _ => {}
    }
    let told = Told {
        kind: EventType::Eclipse,
        at,
        fields: eclipse.all_fields(&at, &mut |jd_tt| source.instant(jd_tt))?,
        is_live: S::IS_LIVE,
    };
    Ok(Found { eclipse, told, fields, up })
}

/// The refusal of a name that no eclipse has, with the names beside it.
fn none(id: EclipseId, others: &[Eclipse]) -> Problem {
    let at = id.range().start;
    let before = others.iter().rfind(|eclipse| eclipse.greatest_jd_tt() < at);
    let after = others.iter().find(|eclipse| eclipse.greatest_jd_tt() > at);
    let names: Vec<_> = before.into_iter().chain(after).map(|eclipse| eclipse.id().to_string()).collect();
    let problem =
        Problem::new(Code::UnknownEclipse, format!("there is no {} eclipse on that day", id.eclipsed.name()))
            .parameter("id");
    let nearest = match names.as_slice() {
        [] => return problem.hint("/v1/eclipses lists them"),
        [one] => format!("the nearest that is known here is {one}"),
        both => format!("the nearest are {}", both.join(" and ")),
    };
    problem.hint(format!("{nearest}; days are those of TT, in which it is greatest"))
}
