//! `GET /v1/jobs/{id}/result`: what has come of a job, and what still comes of it as it comes.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER, VARY};
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;
use tokio::time::sleep;

use super::{found, named, unread, without_result};
use crate::app::App;
use crate::jobs::{Archive, Job, JobId, ReplyHead, State, now_us};
use crate::routes::Asked;
use crate::wire::aside;
use crate::wire::coding::{Coding, LEAST_BYTES, coded};
use crate::wire::content::Content;
use crate::wire::problem::{Cause, Code, MEDIA_TYPE, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;

/// How much is read at a time.
const READ_BYTES: usize = 64 * 1024;

/// Pause before it is looked again whether more has come.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let (archive, id) = named(&app, &request)?;
        let job = found(&archive, id).await?;
        let state = job.state(now_us());
        if let (State::Failed, Some(problem)) = (state, &job.record.problem) {
            return Ok(failed(problem));
        }
        let head = job.record.reply.as_ref().filter(|_| matches!(state, State::Running | State::Done));
        let head = head.ok_or_else(|| without_result(&job))?;
        app.check_stream()?;
        let is_short = state == State::Done && job.record.bytes < LEAST_BYTES as u64;
        let coding = if is_short { Coding::Identity } else { request.coding()? };
        let reading = Reading::new(&archive, &job).map_err(|error| unread(&archive, &error))?;
        let chunks = stream::try_unfold(reading, |mut reading| async move {
            Ok(reading.next().await?.map(|chunk| (chunk, reading)))
        });
        let content = coded(Box::pin(chunks), coding)?;
        Ok(Reply::from(response(head, coding, content)))
    }))
}

/// The reply that was kept, with the head that it had.
fn response(head: &ReplyHead, coding: Coding, content: Content) -> Response<Content> {
    let mut response = Response::new(content);
    *response.status_mut() = StatusCode::from_u16(head.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.extend(coding.field().map(|field| (CONTENT_ENCODING, field)));
    let fields = head.fields.iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in fields.chain([(CONTENT_TYPE.as_str(), &head.media_type)]) {
        // What came out of a header fits into one.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// The problem that the job's request had.
fn failed(problem: &Value) -> Reply {
    let status = problem["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = Response::new(Bytes::from(problem.to_string()));
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == Some(StatusCode::SERVICE_UNAVAILABLE) {
        headers.insert(RETRY_AFTER, HeaderValue::from(super::RETRY_S));
    }
    Reply::of_refusal(response)
}

/// A result being read as it grows.
struct Reading {
    archive: Arc<Archive>,
    id: JobId,
    file: Arc<File>,
    /// Which run it is of: another one's bytes are not to follow this one's.
    run: u64,
    at: u64,
    /// How long it is, once that is known.
    length: Option<u64>,
}

impl Reading {
    fn new(archive: &Arc<Archive>, job: &Job) -> io::Result<Reading> {
        let run = job.record.run;
        let file = Arc::new(archive.result(job.id, run)?);
        let length = (job.record.state == State::Done).then_some(job.record.bytes);
        Ok(Reading { archive: Arc::clone(archive), id: job.id, file, run, at: 0, length })
    }

    /// What comes next, as soon as it is there; `None` after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            if self.length == Some(self.at) {
                return Ok(None);
            }
            let chunk = self.read().await?;
            if !chunk.is_empty() {
                self.at += chunk.len() as u64;
                return Ok(Some(chunk));
            }
            if self.length.is_some() {
                return Err(broken("the file is shorter than the result was"));
            }
            self.look().await?;
        }
    }

    async fn read(&self) -> Result<Bytes, Problem> {
        let (file, at) = (Arc::clone(&self.file), self.at);
        let left = self.length.map_or(u64::MAX, |length| length - at);
        let most = usize::try_from(left).unwrap_or(READ_BYTES).min(READ_BYTES);
        let read = aside::done(move || {
            let mut bytes = vec![0; most];
            let length = file.read_at(&mut bytes, at).map_err(|error| broken(&error.to_string()))?;
            bytes.truncate(length);
            Ok(Bytes::from(bytes))
        });
        read.await
    }

    /// Finds out whether more is to come, and waits a moment if so.
    async fn look(&mut self) -> Result<(), Problem> {
        let job = found(&self.archive, self.id).await?;
        if job.record.run != self.run {
            return Err(broken("the job was begun anew"));
        }
        match job.record.state {
            State::Done => self.length = Some(job.record.bytes),
            _ if job.cancelled.is_some() => return Err(broken("the job was cancelled")),
            State::Running => sleep(PAUSE).await,
            State::Queued => return Err(broken("the job waits to be begun anew")),
            state => return Err(broken(state.word())),
        }
        Ok(())
    }
}

/// Why a reply that has begun does not come to its end.
fn broken(why: &str) -> Problem {
    Problem::new(Code::JobInterrupted, "the result was broken off")
        .hint("ask how the job stands, and for its result from the beginning")
        .cause(Cause::Server(why.to_owned()))
}
