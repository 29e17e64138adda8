//! `GET /v1/eclipses…`: eclipses of the Sun and of the Moon, what places see of them, and where they are seen.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

use crate::answer::eclipse::{self, Found, LISTS, PRODUCTS, Wanted};
use crate::answer::events::Pen;
use crate::answer::plan::range_tag;
use crate::answer::tables::{Answered, Extent, Provenance};
use crate::app::{App, Generation};
use crate::query::{EclipseQuery, EventsQuery, Parameter, Params, Shape, SourceChoice};
use crate::remainder::{Answer, Question};
use crate::routes::head::ReplyHead;
use crate::routes::listing;
use crate::routes::{Asked, Resource};
use crate::text::json::Json;
use crate::wire::aside;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::reply::{Reply, Shares};
use crate::wire::request::Request;

mod chart;
mod spec;

pub(crate) use spec::{LIST, LOCAL, ONE, PATH};
use spec::{LIST_PARAMETERS, LOCAL_PARAMETERS, ONE_PARAMETERS, PATH_FORMATS, PATH_PARAMETERS};

pub(crate) fn list(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), LIST_PARAMETERS)?;
        let format = request.format(params.get("format"), listing::FORMATS)?;
        let query = EventsQuery::of_eclipses(&params, SystemTime::now);
        listing::reply(&app, &request, query, format).await
    }))
}

pub(crate) fn one(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = named(&request, ONE_PARAMETERS)?;
        let format = request.format(params.get("format"), &[Format::Json])?;
        reply(&app, &request, EclipseQuery::new(&params)?, Wanted::Itself, format).await
    }))
}

pub(crate) fn local(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = named(&request, LOCAL_PARAMETERS)?;
        let format = request.format(params.get("format"), &[Format::Json])?;
        reply(&app, &request, EclipseQuery::from_place(&params)?, Wanted::Local, format).await
    }))
}

pub(crate) fn path(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = named(&request, PATH_PARAMETERS)?;
        let format = request.format(params.get("format"), PATH_FORMATS)?;
        reply(&app, &request, EclipseQuery::with_steps(&params)?, Wanted::Map, format).await
    }))
}

/// The parameters, the eclipse that the path names among them.
fn named<'r>(request: &'r Request, known: &'static [Parameter]) -> Result<Params<'r>, Problem> {
    // `/v1/eclipses/{id}`, and perhaps more.
    let id = request.path().split('/').nth(3).unwrap_or_default();
    Params::parse_in(request.query(), ("id", id), known)
}

async fn reply(
    app: &Arc<App>,
    request: &Request,
    query: EclipseQuery,
    wanted: Wanted,
    format: Format,
) -> Result<Reply, Problem> {
    if request.is_trial() {
        return Ok(Reply::understood(None));
    }
    let query = Arc::new(query);
    let generation = app.generation();
    let coding = request.coding()?;
    let live = app.live().filter(|_| query.sky.source != SourceChoice::Table);
    let extent = Extent::of_search(&PRODUCTS, &LISTS, query.sky.source, &generation)
        .within(&query.id.range(), &generation);
    let identity = live.map(|live| &live.identity);
    let written = query.written(format);
    let tag = range_tag(&generation, &written, [], &extent, format, identity).text();
    // What somebody's place sees is nobody else's business.
    let is_personal = query.site.is_some() || query.clock.zone.is_some();
    let head = ReplyHead::new(&generation, kept(false, is_personal)).tagged(&tag);
    if let Some(known) = head.known(request) {
        return Ok(known);
    }
    let resource = match wanted {
        Wanted::Itself => Resource::Eclipse,
        Wanted::Local => Resource::LocalEclipse,
        Wanted::Map => Resource::EclipsePath,
    };
    let question = Question::new(resource, request, format, tag, written);
    let computing = computed(Arc::clone(app), generation, query, extent, (wanted, format));
    let told = app.remainder().told(Some(question), computing).await?;
    if let Some(known) = head.known_as_any(request, coding) {
        return Ok(known);
    }
    head.whole(format, coding, true, &told)
}

async fn computed(
    app: Arc<App>,
    generation: Arc<Generation>,
    query: Arc<EclipseQuery>,
    extent: Extent,
    (wanted, format): (Wanted, Format),
) -> Result<Answer, Problem> {
    let found = eclipse::found(&app, &query, &generation, wanted).await?;
    let is_live = found.told.is_live;
    let answered = Answered { table: u64::from(!is_live), live: u64::from(is_live), ..Answered::default() };
    let provenance = Provenance::of(&query.sky, &extent, &generation, app.live(), answered);
    let mix = provenance.mix();
    let provenance = provenance.written(true);
    let content = if wanted == Wanted::Map {
        aside::done(move || Ok(chart::content(&query, &generation, &found, format, &provenance))).await?
    } else {
        document(&query, &generation, &found, format, &provenance)
    };
    Ok(Answer { content, mix, shares: Shares::default() })
}

fn document(
    query: &EclipseQuery,
    generation: &Generation,
    found: &Found,
    format: Format,
    provenance: &str,
) -> Bytes {
    let pen = pen(query, generation);
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    pen.json(json.key("eclipse"), &found.told);
    pen.members(&mut json, &found.fields);
    json.key("provenance").verbatim(provenance.as_bytes());
    json.close(b'}');
    json.into_bytes()
}

fn pen<'g>(query: &EclipseQuery, generation: &'g Generation) -> Pen<'g> {
    Pen {
        shape: Shape::Eclipses,
        precision: query.sky.precision,
        calendar: query.clock.calendar,
        zone: query.clock.zone,
        leaps: &generation.leaps,
    }
}
