//! How what is asked of one instant beside the places of bodies is replied to.

use std::sync::Arc;

use http::header::{CACHE_CONTROL, ETAG};
use http::{HeaderMap, HeaderValue};

use crate::answer::candidates;
use crate::answer::inquiry::{Answered, FromTables, Inquiry, Planned};
use crate::answer::mix::Mix;
use crate::answer::plan::live_unavailable;
use crate::app::App;
use crate::remainder::{Answer, Question, Told};
use crate::routes::told::{cache_control, not_modified, tell_source, told_reply};
use crate::routes::{Asked, Resource};
use crate::text::json::Json;
use crate::wire::header::set;
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::reply::{Reply, Share, Shares};
use crate::wire::request::Request;

/// How far it comes without waiting for anything.
enum Begun<I> {
    Done(Reply),
    /// Something is to be computed live, for a reply with this header.
    Live(Box<Planned<I>>, HeaderMap, Option<Question>),
}

/// Replies to what was read out of a request to a resource, or to what was wrong with it.
pub(super) fn get<I: Inquiry>(
    app: &Arc<App>,
    request: &Arc<Request>,
    resource: Resource,
    read: Result<I, Problem>,
) -> Asked {
    let begun = match read {
        // What the client is told of its readings may take live computing.
        Err(problem) if problem.readings.is_some() => {
            let app = Arc::clone(app);
            return Asked::Later(Box::pin(async move { Err(candidates::complete(&app, problem).await) }));
        }
        read => read.and_then(|inquiry| begin(app, request, resource, inquiry)),
    };
    match begun {
        Ok(Begun::Done(reply)) => Asked::Now(Ok(reply)),
        Err(problem) => Asked::Now(Err(problem)),
        Ok(Begun::Live(planned, header, question)) => {
            let (app, request) = (Arc::clone(app), Arc::clone(request));
            Asked::Later(Box::pin(async move {
                let computing = {
                    let app = Arc::clone(&app);
                    async move { Ok(answer(&app, &planned.with_live(&app).await?)) }
                };
                let told = app.remainder().told(question, computing).await?;
                Ok(told_reply(&request, header, &told))
            }))
        }
    }
}

/// Answers what the client has already and what tables hold.
fn begin<I: Inquiry>(
    app: &App,
    request: &Request,
    resource: Resource,
    inquiry: I,
) -> Result<Begun<I>, Problem> {
    if request.is_trial() {
        return Ok(Begun::Done(Reply::understood(None)));
    }
    let generation = app.generation();
    let mut header = generation.prepared.header.clone();
    let (planned, tag) = Planned::new(inquiry, generation, app.live().map(|live| &live.identity))?;
    if let Some(private) = cache_control(planned.inquiry().time(), planned.inquiry().sky()) {
        set(&mut header, &CACHE_CONTROL, private);
    }
    let tag = tag.text();
    // Quotes and hexadecimal digits make a header value.
    if let Ok(tag) = HeaderValue::from_bytes(&tag) {
        set(&mut header, &ETAG, tag);
    }
    let mix = planned.mix();
    // A tag was given out for an answer that was computed. That there is one for whoever has any is sure of tables alone.
    if request.is_conditional() && (request.has(tag) || (request.has_any() && mix == Some(Mix::Table))) {
        tell_source(&mut header, mix);
        return Ok(Begun::Done(not_modified(header)));
    }
    match planned.by_tables()? {
        FromTables::Told(answered) => {
            let told = Told { answer: Arc::new(answer(app, &answered)), is_kept: false };
            Ok(Begun::Done(told_reply(request, header, &told)))
        }
        FromTables::Left(_) if app.live().is_none() => Err(live_unavailable()),
        FromTables::Left(planned) => {
            let inquiry = planned.inquiry();
            let question = (!inquiry.time().is_now()).then(|| {
                let mut written = Json::new();
                inquiry.echo(&mut written);
                Question::new(resource, request, Format::Json, tag, written.into_bytes())
            });
            if let Some(told) = question.as_ref().and_then(|question| app.remainder().kept(question)) {
                return Ok(Begun::Done(told_reply(request, header, &told)));
            }
            Ok(Begun::Live(Box::new(planned), header, question))
        }
    }
}

fn answer<I: Inquiry>(app: &App, answered: &Answered<I>) -> Answer {
    let mix = answered.mix();
    let (all, by_table) = answered.counts();
    let share = |bodies: usize| Share { bodies, time: answered.time };
    let shares = match mix {
        Mix::Table => Shares { bodies: all, table: Some(share(all)), live: None },
        _ => Shares { bodies: all, table: None, live: Some(share(all - by_table)) },
    };
    let live = app.live().map(|live| &*live.ephemeris).filter(|_| mix != Mix::Table);
    let mut json = Json::new();
    answered.write(&mut json, live);
    Answer { content: json.into_bytes(), mix, shares }
}
