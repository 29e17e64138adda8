//! `GET /v1/rise-set`: when bodies rise, set and stand on the meridian, and when twilight begins and ends.
//!
//! Days are told one after the other, and others have their turn between them. What tables do not tell is told on a live
//! thread, some bodies at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant as Clock, SystemTime};

use orrery_swisseph::Session;

use crate::answer::evaluate;
use crate::answer::plan::range_tag;
use crate::answer::rise_set::{Searcher, Told};
use crate::answer::tables::{Answered, Extent, Provenance};
use crate::app::{App, Generation};
use crate::query::{Day, Params, RiseSetQuery, SourceChoice};
use crate::remainder::{Answer, Question};
use crate::routes::head::ReplyHead;
use crate::routes::{Asked, Resource};
use crate::text::json::Json;
use crate::wire::coding::{Coding, LEAST_BYTES};
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::reply::{Reply, Shares};
use crate::wire::request::Request;

mod reply;
mod spec;

pub(crate) use spec::{PARAMETERS, SPEC};

/// Bodies of a day that a live thread tells in one go: each is looked at some twenty times.
const LIVE_BODIES: usize = 8;

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), PARAMETERS)?;
        request.format(params.get("format"), &[Format::Json])?;
        let query = RiseSetQuery::new(&params, SystemTime::now)?;
        reply(&app, &request, query).await
    }))
}

async fn reply(app: &Arc<App>, request: &Request, query: RiseSetQuery) -> Result<Reply, Problem> {
    let generation = app.generation();
    let coding = request.coding()?;
    let head = ReplyHead::new(&generation, kept(query.time.is_now(), true));
    let live = app.live().filter(|_| query.sky.source != SourceChoice::Table);
    let (Some(first), Some(last)) = (query.days.first(), query.days.last()) else {
        return Err(Problem::new(Code::Internal, "there is no day to tell of; the failure has been logged"));
    };
    for when in [first.start, last.end] {
        when.check(&generation.leaps)?;
    }
    if request.is_trial() {
        return Ok(Reply::understood(None));
    }
    let extent = Extent::of(&query.sky, [first.start, last.end], &generation);
    let whens = query.days.iter().flat_map(|day| [day.start, day.end]);
    let identity = live.map(|live| &live.identity);
    let written = query.written();
    let tag = range_tag(&generation, &written, whens, &extent, Format::Json, identity).text();
    let head = head.tagged(&tag);
    if let Some(known) = head.known(request) {
        return Ok(known);
    }
    let is_now = query.time.is_now();
    let question = (!is_now).then(|| Question::new(Resource::RiseSet, request, Format::Json, tag, written));
    let computing = computed(Arc::clone(app), generation, query, extent);
    let told = app.remainder().told(question, computing).await?;
    let coding = if told.answer.content.len() < LEAST_BYTES { Coding::Identity } else { coding };
    if let Some(known) = head.known_as_any(request, coding) {
        return Ok(known);
    }
    head.whole(Format::Json, coding, true, &told)
}

/// The days that a query asks for, told one after the other.
async fn computed(
    app: Arc<App>,
    generation: Arc<Generation>,
    query: RiseSetQuery,
    extent: Extent,
) -> Result<Answer, Problem> {
    let query = Arc::new(query);
    let searcher = Searcher { query: Arc::clone(&query), generation: Arc::clone(&generation) };
    let mut json = Json::new();
    let mut answered = Answered::default();
    let deadline = Clock::now() + app.limits().compute();
    for (nth, day) in query.days.iter().enumerate() {
        if Clock::now() > deadline {
            return Err(too_long(&app));
        }
        let told = told(&app, &searcher, day).await?;
        told.count(&mut answered);
        if nth == 0 {
            searcher.open(&mut json, &told);
        }
        searcher.write(&mut json, &told);
        // Whoever waits for this processor has waited long enough.
        tokio::task::yield_now().await;
    }
    json.close(b']');
    let provenance = Provenance::of(&query.sky, &extent, &generation, app.live(), answered);
    let mix = provenance.mix();
    json.key("provenance").verbatim(provenance.written(true).as_bytes());
    json.close(b'}');
    Ok(Answer { content: json.into_bytes(), mix, shares: Shares::default() })
}

/// Tells a day: from tables at once, and the rest on a live thread.
pub(super) async fn told(app: &App, searcher: &Searcher, day: &Day) -> Result<Told, Problem> {
    let told = searcher.by_tables(day)?;
    if told.is_complete() {
        return Ok(told);
    }
    // It goes to the live thread and comes back.
    let shared = Arc::new(Mutex::new(told));
    loop {
        let is_complete = evaluate::in_turn(app, || {
            let (searcher, day, shared) = (searcher.clone(), *day, Arc::clone(&shared));
            move |session: &mut Session| {
                let mut told = shared.lock().unwrap_or_else(PoisonError::into_inner);
                searcher.live(session, &day, &mut told, LIVE_BODIES)?;
                Ok(told.is_complete())
            }
        });
        if is_complete.await? {
            break;
        }
    }
    let mut told = shared.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut *told))
}

fn too_long(app: &App) -> Problem {
    let seconds = app.limits().compute().as_secs();
    Problem::new(Code::TimeLimit, format!("the days took more than {seconds} s to compute"))
        .hint("ask for fewer days, or fewer bodies that the tables do not hold")
        .retry_after(1)
}
