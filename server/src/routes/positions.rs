//! `GET /v1/positions`: places of bodies at one instant.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, ETAG};
use http::{HeaderMap, HeaderValue, Response};

use crate::answer::candidates;
use crate::answer::evaluate::{self, Computed, Sky};
use crate::answer::mix::Mix;
use crate::answer::plan::{Plan, Timed, live_unavailable};
use crate::answer::render::{self, Answer, LiveNames};
use crate::app::App;
use crate::process::counters::Source;
use crate::query::{Params, PositionsQuery};
use crate::remainder::{self, Question};
use crate::routes::told::{cache_control, not_modified, tell_source, told_reply};
use crate::routes::{Asked, Resource};
use crate::text::json::Json;
use crate::wire::content::Content;
use crate::wire::header::set;
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::reply::{Reply, Share, Shares};
use crate::wire::request::Request;

mod posted;
mod reply;
mod spec;

#[cfg(test)]
pub(crate) use posted::POSTED;
pub(crate) use posted::{POSTED_SPEC, post};
pub(crate) use reply::ecliptic_members;
pub(crate) use spec::{PARAMETERS, SPEC, sets};

/// How far it comes without waiting for anything.
enum Begun {
    Done(Reply),
    /// Something is to be computed live.
    Live(Box<Waiting>, Option<Question>),
    /// The query is refused; what the client is told of its readings may take live computing.
    Refused(Problem),
}

/// A query on its way to a live thread.
struct Waiting {
    query: PositionsQuery,
    plan: Plan,
    header: HeaderMap,
    /// Begun with the opening where the tables know the instant, and empty otherwise.
    json: Json,
}

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    match begin(app, request) {
        Ok(Begun::Done(reply)) => Asked::Now(Ok(reply)),
        Err(problem) => Asked::Now(Err(problem)),
        Ok(Begun::Live(waiting, question)) => {
            let (app, request) = (Arc::clone(app), Arc::clone(request));
            Asked::Later(Box::pin(async move {
                let Waiting { query, plan, header, json } = *waiting;
                let computing = live(Arc::clone(&app), query, plan, json);
                let told = app.remainder().told(question, computing).await?;
                Ok(told_reply(&request, header, &told))
            }))
        }
        Ok(Begun::Refused(problem)) => {
            let app = Arc::clone(app);
            Asked::Later(Box::pin(async move { Err(candidates::complete(&app, problem).await) }))
        }
    }
}

/// Answers what the client has already and what tables hold.
fn begin(app: &App, request: &Request) -> Result<Begun, Problem> {
    let params = Params::parse(request.query(), PARAMETERS)?;
    request.format(params.get("format"), &[Format::Json])?;
    let query = match PositionsQuery::new(&params, SystemTime::now) {
        Ok(query) => query,
        Err(problem) if problem.readings.is_some() => return Ok(Begun::Refused(problem)),
        Err(problem) => return Err(problem),
    };
    if request.is_trial() {
        return Ok(Begun::Done(Reply::understood(None)));
    }
    let generation = app.generation();
    let timed = Timed::new(&generation, &query)?;
    // The tables' records are on their way from memory now. Meanwhile comes what does not depend on them.
    let mut header = generation.prepared.header.clone();
    if let Some(private) = cache_control(&query.time, &query.sky) {
        set(&mut header, &CACHE_CONTROL, private);
    }
    let mut json = Json::new();
    let conditional = request.is_conditional();
    if let Some(timed) = &timed
        && !conditional
    {
        render::opening(&mut json, &query, &timed.instant, &generation.leaps);
    }
    let identity = app.live().map(|live| &live.identity);
    let mut plan = Plan { generation, resolved: None };
    let tag = plan.make(identity, &query, timed)?.text();
    // Quotes and hexadecimal digits make a header value.
    if let Ok(tag) = HeaderValue::from_bytes(&tag) {
        set(&mut header, &ETAG, tag);
    }
    // A tag was given out for an answer that was computed. That there is one for whoever has any is sure of tables alone.
    if conditional && (request.has(tag) || (request.has_any() && plan.is_tables_alone(&query))) {
        tell_source(&mut header, plan.mix(&query));
        return Ok(Begun::Done(not_modified(header)));
    }
    let (began, mut sky) = (Instant::now(), Sky::default());
    let is_told = evaluate::from_tables(&query, &mut plan, &mut sky)?;
    let Some(resolved) = plan.resolved.as_ref().filter(|_| is_told) else {
        if app.live().is_none() {
            return Err(live_unavailable());
        }
        let is_now = query.time.is_now();
        let question = (!is_now).then(|| {
            let mut written = Json::new();
            query.echo(&mut written);
            Question::new(Resource::Positions, request, Format::Json, tag, written.into_bytes())
        });
        if let Some(told) = question.as_ref().and_then(|question| app.remainder().kept(question)) {
            return Ok(Begun::Done(told_reply(request, header, &told)));
        }
        return Ok(Begun::Live(Box::new(Waiting { query, plan, header, json }), question));
    };
    if conditional && request.has_any() {
        return Ok(Begun::Done(not_modified(header)));
    }
    let bodies = query.sky.bodies.len();
    let table = Some(Share { bodies, time: began.elapsed() });
    let (generation, mix) = (&plan.generation, Mix::Table);
    let answer = Answer { query: &query, generation, resolved, sky: &sky, mix, live: None };
    Ok(Begun::Done(written(header, json, &answer, Shares { bodies, table, live: None })))
}

/// The document that answers a query, whoever computes it.
///
/// # Errors
/// Why there is none.
pub(crate) async fn told(app: &Arc<App>, query: PositionsQuery) -> Result<Bytes, Problem> {
    let generation = app.generation();
    let timed = Timed::new(&generation, &query)?;
    let mut plan = Plan { generation, resolved: None };
    plan.make(app.live().map(|live| &live.identity), &query, timed)?;
    if let Some(told) = told_by_tables(&query, &mut plan)? {
        return Ok(told);
    }
    if app.live().is_none() {
        return Err(live_unavailable());
    }
    live(Arc::clone(app), query, plan, Json::new()).await.map(|answer| answer.content)
}

/// The same by tables alone, if they know all of it.
fn told_by_tables(query: &PositionsQuery, plan: &mut Plan) -> Result<Option<Bytes>, Problem> {
    let mut sky = Sky::default();
    let is_told = evaluate::from_tables(query, plan, &mut sky)?;
    let Some(resolved) = plan.resolved.as_ref().filter(|_| is_told) else { return Ok(None) };
    let generation = &plan.generation;
    let answer = Answer { query, generation, resolved, sky: &sky, mix: Mix::Table, live: None };
    Ok(Some(content(Json::new(), &answer)))
}

/// Answers what tables do not hold.
async fn live(
    app: Arc<App>,
    query: PositionsQuery,
    plan: Plan,
    json: Json,
) -> Result<remainder::Answer, Problem> {
    let computed = evaluate::with_live(&app, query, plan).await?;
    let Computed { query, generation, resolved, sky, table, live } = &computed;
    let mix = resolved.origins.mix();
    let (bodies, by_table) = (query.sky.bodies.len(), resolved.origins.bodies_by_table());
    let shares = Shares {
        bodies,
        table: (mix != Mix::Live).then_some(Share { bodies: by_table, time: *table }),
        live: (mix != Mix::Table).then_some(Share { bodies: bodies - by_table, time: *live }),
    };
    let names = app.live().map(|live| LiveNames { files: &live.ephemeris, moshier: &live.moshier });
    let answer = Answer { query, generation, resolved, sky, mix, live: names };
    Ok(remainder::Answer { content: content(json, &answer), mix, shares })
}

/// The reply with what tables hold.
fn written(header: HeaderMap, json: Json, answer: &Answer<'_>, shares: Shares) -> Reply {
    let mut response = Response::new(Content::Whole(content(json, answer)));
    *response.headers_mut() = header;
    Reply { response, source: Some(Source::Computed(answer.mix)), shares, prepared: true }
}

fn content(mut json: Json, answer: &Answer<'_>) -> Bytes {
    if json.is_empty() {
        render::opening(&mut json, answer.query, &answer.resolved.instant, &answer.generation.leaps);
    }
    answer.write(&mut json);
    json.into_bytes()
}

#[cfg(test)]
mod tests;
