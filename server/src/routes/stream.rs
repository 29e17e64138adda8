//! `GET /v1/stream/sky`: places of bodies again and again, as server-sent events or over a WebSocket.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, VARY};
use http::{HeaderValue, Response};

use crate::app::App;
use crate::broadcast::{self, Follower};
use crate::query::{Params, StreamQuery};
use crate::routes::{Asked, positions};
use crate::wire::content::Content;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::sse;
use crate::wire::websocket::{self, Ending, Handshake, Telling};

mod spec;

#[cfg(test)]
mod tests;

pub(crate) use spec::{PARAMETERS, SPEC};

/// What it can be had as, by plain HTTP.
const FORMATS: &[Format] = &[Format::Sse];

/// What a client that was cut off has been told last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// After how many seconds to ask again, once the server is about to stop.
const RETRY_S: u32 = 1;

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    match begin(app, request) {
        Err(problem) => Asked::Now(Err(problem)),
        Ok((query, handshake)) => {
            let app = Arc::clone(app);
            let has = request.headers().get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
            Asked::Later(Box::pin(async move {
                let follower = broadcast::follow(&app, &query, has).await?;
                Ok(Reply::from(match handshake {
                    None => events(follower),
                    Some(handshake) => {
                        let patience = app.limits().idle_timeout();
                        handshake.granted(Socket { app, follower, has_failed: false }, patience)
                    }
                }))
            }))
        }
    }
}

/// What is to be told, and by which protocol.
fn begin(app: &App, request: &Request) -> Result<(StreamQuery, Option<Handshake>), Problem> {
    let params = Params::parse(request.query(), PARAMETERS).map_err(without_time)?;
    check_format(params.get("format"), request)?;
    let query = StreamQuery::new(&params)?;
    if app.is_draining() {
        return Err(Problem::new(Code::Draining, "the server is about to stop: no streams are begun")
            .hint("ask again, on another connection")
            .retry_after(RETRY_S));
    }
    app.check_stream()?;
    let handshake = websocket::handshake(request)?;
    if handshake.is_none() {
        request
            .format(None, FORMATS)
            .map_err(|problem| problem.hint("send `Accept: text/event-stream`, or leave it out"))?;
    }
    Ok((query, handshake))
}

/// The refusal of a parameter, with a remedy where it would give an instant.
fn without_time(problem: Problem) -> Problem {
    let is_time = problem.code == Code::UnknownParameter
        && positions::PARAMETERS.iter().any(|known| {
            let mut names = known.aliases.iter().chain([&known.name]);
            names.any(|name| problem.parameter.as_deref() == Some(name))
        });
    if is_time {
        problem.hint("leave it out: a stream tells of the moments at which it is sent; /v1/positions tells of any other")
    } else {
        problem
    }
}

/// Refuses all but the one format of what is told.
fn check_format(given: Option<&str>, request: &Request) -> Result<(), Problem> {
    let Some(given) = given else { return Ok(()) };
    match request.format(Some(given), &[Format::Json]) {
        Err(problem) if problem.code == Code::NotAcceptable => {
            Err(Problem::new(Code::NotAcceptable, "what a stream tells is JSON alone")
                .parameter("format")
                .hint("give format=json, or leave it out"))
        }
        format => format.map(|_| ()),
    }
}

/// The reply that is made of events.
fn events(follower: Follower) -> Response<Content> {
    let chunks = stream::unfold(follower, |mut follower| async move {
        let told = follower.next().await?;
        Some((Ok(told.event()), follower))
    });
    let mut response = Response::new(Content::stream(sse::with_beats(chunks)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Format::Sse.media_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept(true, false)));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// Who follows over a WebSocket.
struct Socket {
    app: Arc<App>,
    follower: Follower,
    /// Whether what was told last says why there was nothing else to tell.
    has_failed: bool,
}

impl Telling for Socket {
    async fn next(&mut self) -> Option<Bytes> {
        let told = self.follower.next().await?;
        self.has_failed = told.is_problem();
        Some(told.document())
    }

    fn ending(&self) -> Ending {
        match self {
            Socket { has_failed: true, .. } => Ending::Failed,
            Socket { app, .. } if app.is_draining() => Ending::Leaving,
            _ => Ending::Told,
        }
    }
}
