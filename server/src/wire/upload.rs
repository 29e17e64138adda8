//! The body of a request, read to its end: within limits of length, time and room, and freed of its content coding.

mod decode;
mod inflow;
mod lines;

use std::error::Error;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::config::Limits;
use crate::wire::aside;
use crate::wire::coding::Coding;
use crate::wire::guard::Watch;
use crate::wire::media::{self, Format};
use crate::wire::problem::{Code, Problem, shown};
use crate::wire::request::Request;
use crate::wire::room::{Full, Held, Room};

pub(crate) use lines::{Batch, Cut, Line, Lines, MOST_LINE_BYTES};

/// What is to be done about a body that is too long.
const SPLIT: &str = "split it into several requests";

/// A body that nobody has read so far.
#[derive(Debug)]
pub(crate) struct Upload<B = Incoming> {
    body: B,
    /// Who wants to know that it was read.
    watch: Option<Arc<Watch>>,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Sent {
    /// On its way.
    Upload(Upload),
    /// There already: of a request that no connection brings.
    Whole(Bytes),
}

impl<B> Upload<B> {
    pub(crate) fn new(body: B, watch: Option<Arc<Watch>>) -> Upload<B> {
        Upload { body, watch }
    }
}

impl Request {
    /// The body, of JSON, without its coding; empty where the request has none. It can be read once.
    ///
    /// Its bytes take room of [`Limits::bodies_bytes`] until they are dropped.
    ///
    /// # Errors
    /// 415 where it is no JSON or coded otherwise than with gzip, br or zstd; 413 where it is longer than
    /// [`Limits::body_bytes`], before or after decoding; 400 where it ends too early or its coding is broken; 408 where it
    /// takes longer than [`Limits::body_timeout_s`]; 503 where there is no room.
    pub(crate) async fn body(&self, app: &App) -> Result<Bytes, Problem> {
        let (limits, room) = (app.limits(), app.bodies());
        self.sent_as(&[Format::Json])?;
        let coding = coding(self.headers())?;
        let upload = match self.sent() {
            None => return Ok(Bytes::new()),
            Some(Sent::Whole(bytes)) => return Ok(bytes),
            Some(Sent::Upload(upload)) => upload,
        };
        let deadline = Instant::from_std(self.started() + limits.body_timeout());
        let received = upload.receive(limits, room, deadline).await?;
        match coding {
            Coding::Identity => Ok(received.into_bytes()),
            coding => {
                let (most, room) = (limits.body_bytes, Arc::clone(room));
                let decoded = aside::done(move || decode::decode(coding, &received, most, &room));
                Ok(decoded.await?.into_bytes())
            }
        }
    }
}

impl<B: Body<Data: Buf, Error: Error> + Unpin> Upload<B> {
    /// Every byte, as it came.
    async fn receive(
        mut self,
        limits: &Limits,
        room: &Arc<Room>,
        deadline: Instant,
    ) -> Result<Held, Problem> {
        let most = limits.body_bytes;
        // What the header says, where it says it.
        if self.body.size_hint().lower() > most as u64 {
            return Err(too_large(most));
        }
        let length = self.body.size_hint().upper().unwrap_or(most as u64).min(most as u64) as usize;
        let mut held = room.hold();
        loop {
            let frame = match timeout_at(deadline, self.body.frame()).await {
                Ok(None) => break,
                Ok(Some(frame)) => frame.map_err(|error| cut_short(&error))?,
                Err(_) => return Err(too_slow(limits)),
            };
            // What is no data are trailers, which say nothing here.
            let Ok(mut data) = frame.into_data() else { continue };
            while data.has_remaining() {
                let chunk = data.chunk();
                if held.len() + chunk.len() > most {
                    return Err(too_large(most));
                }
                held.add(chunk, length).map_err(|Full| no_room(room))?;
                let length = chunk.len();
                data.advance(length);
            }
        }
        if let Some(watch) = self.watch {
            watch.has_read();
        }
        Ok(held)
    }
}

impl Request {
    /// Which of the formats that are taken the body says that it is of; the first where it does not say.
    ///
    /// # Errors
    /// 415 where it says that it is of another.
    pub(crate) fn sent_as(&self, taken: &[Format]) -> Result<Format, Problem> {
        let mut sent = taken.first().copied().unwrap_or(Format::Json);
        for given in self.headers().get_all(CONTENT_TYPE) {
            let given = text(given);
            let mut parts = given.split(';').map(str::trim);
            let media_type = parts.next().unwrap_or_default();
            let named = taken.iter().find(|format| format.is_called(media_type));
            sent = *named.ok_or_else(|| {
                let names: Vec<_> = taken.iter().map(|format| format.media_type()).collect();
                let names = media::listed(&names, "or");
                mistyped(format!("the body is {}, and {names} alone is taken", shown(media_type)), taken)
            })?;
            let parameters = parts.filter_map(|part| part.split_once('='));
            for (_, charset) in parameters.filter(|(name, _)| name.eq_ignore_ascii_case("charset")) {
                let charset = charset.trim_matches('"');
                if !charset.eq_ignore_ascii_case("utf-8") {
                    let detail = format!("the body's charset is {}, and JSON is UTF-8", shown(charset));
                    return Err(mistyped(detail, taken));
                }
            }
        }
        Ok(sent)
    }
}

/// The refusal of a body of a type that is not taken.
fn mistyped(detail: String, taken: &[Format]) -> Problem {
    let ways = taken.iter().map(|format| {
        format!("as {}, with `Content-Type: {}`", format.name().to_uppercase(), format.media_type())
    });
    let ways: Vec<_> = ways.collect();
    Problem::new(Code::UnsupportedMediaType, detail)
        .parameter(CONTENT_TYPE.as_str())
        .hint(format!("send the body {}", ways.join(", or ")))
}

/// What is to be undone.
fn coding(headers: &HeaderMap) -> Result<Coding, Problem> {
    let given = headers.get_all(CONTENT_ENCODING).iter().map(text).collect::<Vec<_>>().join(",");
    // One that is left out is one that changes nothing.
    let mut codings = given.split(',').map(str::trim).filter(|name| !name.is_empty());
    let coding = codings.next().map_or(Some(Coding::Identity), Coding::named);
    match (coding, codings.next()) {
        (Some(coding), None) => Ok(coding),
        _ => Err(Problem::new(
            Code::UnsupportedCoding,
            format!("the body's content coding is {}", shown(given.trim())),
        )
        .parameter(CONTENT_ENCODING.as_str())
        .hint("send it with one of gzip, br and zstd, or without a coding")),
    }
}

/// A field's value as a problem may repeat it.
fn text(value: &HeaderValue) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

fn too_large(most: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the body is longer than {most} bytes")).hint(SPLIT)
}

fn too_slow(limits: &Limits) -> Problem {
    let seconds = limits.body_timeout_s;
    Problem::new(
        Code::RequestTimeout,
        format!("the body was not complete within {seconds} s of the request's header"),
    )
    .hint("send it without pauses, compressed, or in several requests")
}

fn cut_short(error: &dyn Error) -> Problem {
    tracing::debug!(%error, "a body was cut short");
    Problem::new(Code::MalformedBody, "the body ended before it was complete, or its chunks cannot be read")
        .hint("send as many bytes as Content-Length says, or whole chunks and an empty one at their end")
}

pub(crate) fn no_room(room: &Room) -> Problem {
    Problem::new(
        Code::Busy,
        format!("with this body there would be more than {} bytes of bodies here at once", room.most()),
    )
    .hint("send it again in a moment, or in several requests")
    .retry_after(1)
}
