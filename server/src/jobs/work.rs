//! The work at one job: its request is answered as any other, and the reply goes to a file as fast as it is written.

use std::fs::File;
use std::future::poll_fn;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, ETAG, HeaderName};
use tokio::sync::watch;
use tracing::{error, warn};

use super::archive::Archive;
use super::crew::Stop;
use super::folder::Folder;
use super::id::JobId;
use super::record::{Job, Record, ReplyHead, State, now_us};
use crate::wire::aside;
use crate::wire::content::{Chunks, Content};
use crate::wire::header::{X_CACHE_STATUS, X_DATASET, X_EPHEMERIS_SOURCE};
use crate::wire::media::Format;
use crate::wire::problem::{Cause, Code, Problem};
use crate::wire::route::{Site, panicked, unpanicked};

/// How much is collected before it is written.
const WRITE_BYTES: usize = 256 * 1024;

/// How old what is collected becomes at most, and what is told of progress.
const PAUSE: Duration = Duration::from_millis(200);

/// What of a reply's head is told again with the result.
const FIELDS: [HeaderName; 3] = [X_DATASET, X_EPHEMERIS_SOURCE, X_CACHE_STATUS];

/// How the work at a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    So(State),
    /// The job is gone, or how it stands cannot be written.
    Lost,
}

impl Ended {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Ended::So(state) => state.word(),
            Ended::Lost => "lost",
        }
    }
}

/// What all jobs take on disk, at most: what has been written is added, and what was removed is found out at need.
#[derive(Debug)]
pub(super) struct Spent(Mutex<u64>);

impl Spent {
    pub(super) fn new(archive: &Archive) -> io::Result<Spent> {
        Ok(Spent(Mutex::new(archive.bytes()?)))
    }

    /// Takes so much room; whether there was any. Where there seems to be none it looks at every job.
    fn take(&self, bytes: u64, archive: &Archive) -> io::Result<bool> {
        let most = archive.settings().disk_bytes;
        // What a panic could have left is a number, and too high at worst.
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_add(bytes);
        if *taken > most {
            *taken = archive.bytes()?.saturating_add(bytes);
        }
        Ok(*taken <= most)
    }
}

/// See [the module](self).
#[derive(Debug)]
pub(super) struct Work {
    site: Arc<Site>,
    archive: Arc<Archive>,
    spent: Arc<Spent>,
    folder: Folder,
    id: JobId,
    record: Record,
}

impl Work {
    pub(super) fn new(site: &Arc<Site>, archive: &Arc<Archive>, spent: &Arc<Spent>, job: Job) -> Work {
        let folder = archive.folder(job.id);
        let (site, archive, spent) = (Arc::clone(site), Arc::clone(archive), Arc::clone(spent));
        Work { site, archive, spent, folder, id: job.id, record: job.record }
    }

    /// Works at it to its end, or until it is to stop.
    pub(super) async fn run(mut self, mut stopped: watch::Receiver<Option<Stop>>) -> Ended {
        let record = &mut self.record;
        record.put_back();
        record.state = State::Running;
        record.started_us = Some(now_us());
        record.attempt += 1;
        record.run += 1;
        if let Err(error) = self.folder.put(&self.record, true) {
            return self.lost(&error);
        }
        let stop = async {
            match stopped.wait_for(Option::is_some).await {
                Ok(stop) => stop.unwrap_or(Stop::PutBack),
                Err(_) => Stop::PutBack,
            }
        };
        let outcome = tokio::select! {
            biased;
            stop = stop => Err(stop),
            told = self.told() => Ok(told),
        };
        let keep_us = self.archive.keep_us();
        let is_unwanted = self.folder.is_cancelled();
        let record = &mut self.record;
        match outcome {
            Ok(Ok(())) => record.end(State::Done, now_us(), keep_us),
            Ok(Err(_)) if is_unwanted => record.end(State::Cancelled, now_us(), keep_us),
            // It is begun anew when there is more.
            Ok(Err(problem)) if problem.code == Code::MemoryShort => {
                record.put_back();
                record.attempt -= 1;
            }
            Ok(Err(problem)) => {
                let cause = match &problem.cause {
                    Some(Cause::Server(cause)) => Some(cause),
                    // It may repeat what was asked.
                    _ => None,
                };
                warn!(job = ?self.id, code = problem.code.name(), cause, "a job has failed");
                record.reply = None;
                record.problem = serde_json::from_slice(&problem.body()).ok();
                record.end(State::Failed, now_us(), keep_us);
            }
            Err(Stop::Cancelled) => record.end(State::Cancelled, now_us(), keep_us),
            Err(Stop::PutBack) => {
                record.put_back();
                record.attempt -= 1;
            }
        }
        let state = record.state;
        if let Err(error) = self.folder.put(&self.record, true) {
            return self.lost(&error);
        }
        // What has come of it is nothing that anyone could use.
        if state != State::Done
            && let Err(error) = self.folder.remove_results()
        {
            warn!(job = ?self.id, %error, "what has come of a job cannot be removed");
        }
        Ended::So(state)
    }

    fn lost(&self, error: &io::Error) -> Ended {
        // Whoever removed the job wants nothing of it.
        if error.kind() != ErrorKind::NotFound {
            error!(job = ?self.id, %error, "how a job stands cannot be written; is there room on the disk?");
        }
        Ended::Lost
    }

    /// Answers the request, and writes all of the reply.
    async fn told(&mut self) -> Result<(), Problem> {
        let posted = self.archive.request(self.id).map_err(|error| unwritten(&error))?;
        let request = posted.and_then(|posted| posted.wanted.request(posted.body));
        let Some(request) = request else {
            return Err(Problem::new(
                Code::Internal,
                "what the job asks cannot be read; the failure has been logged",
            )
            .hint("post it again")
            .cause(Cause::Server("request.json is gone, or holds no request".to_owned())));
        };
        let (head, content) = self.site.outcome(&Arc::new(request)).await?.response.into_parts();
        let reply = reply_head(head.status.as_u16(), &head.headers);
        let is_type = |format: Format| reply.media_type == format.media_type();
        let lines = match (is_type(Format::Ndjson), is_type(Format::Csv)) {
            (true, _) => Some(0),
            // The first names the columns.
            (_, true) => Some(-1),
            _ => None,
        };
        let file = self.folder.begin_result(self.record.run).map_err(|error| unwritten(&error))?;
        let mut growing =
            Growing { file: Arc::new(file), waiting: Vec::new(), lines, written: Instant::now() };
        self.record.reply = Some(reply);
        match content {
            Content::Whole(bytes) => self.add(&mut growing, bytes).await?,
            Content::Stream(mut chunks) => {
                while let Some(chunk) = next(&mut chunks).await {
                    self.add(&mut growing, chunk?).await?;
                }
            }
        }
        self.write(&mut growing).await?;
        let file = growing.file;
        aside::done(move || file.sync_all().map_err(|error| unwritten(&error))).await
    }

    /// Adds to the result.
    async fn add(&mut self, growing: &mut Growing, chunk: Bytes) -> Result<(), Problem> {
        growing.add(&chunk);
        // The beginning is shown at once.
        let is_first = self.record.bytes == 0;
        if !is_first && growing.waiting.len() < WRITE_BYTES && growing.written.elapsed() < PAUSE {
            return Ok(());
        }
        self.write(growing).await
    }

    /// Writes what was added, and how far the job has come.
    async fn write(&mut self, growing: &mut Growing) -> Result<(), Problem> {
        let (file, mut waiting) = (Arc::clone(&growing.file), std::mem::take(&mut growing.waiting));
        let (archive, spent) = (Arc::clone(&self.archive), Arc::clone(&self.spent));
        let bytes = waiting.len() as u64;
        let written = aside::done(move || {
            if !spent.take(bytes, &archive).map_err(|error| unwritten(&error))? {
                return Err(no_room(&archive));
            }
            (&*file).write_all(&waiting).map_err(|error| unwritten(&error))?;
            waiting.clear();
            Ok(waiting)
        });
        growing.waiting = written.await?;
        self.record.bytes += bytes;
        self.record.rows = growing.lines.map(|lines| lines.max(0) as u64);
        if growing.written.elapsed() >= PAUSE || self.record.bytes == bytes {
            growing.written = Instant::now();
            self.folder.put(&self.record, false).map_err(|error| unwritten(&error))?;
            // Whoever cancelled it may have ended before he could say so.
            if self.folder.is_cancelled() {
                return Err(Problem::new(Code::JobCancelled, "the job was cancelled"));
            }
        }
        Ok(())
    }
}

/// A result as it grows.
struct Growing {
    file: Arc<File>,
    waiting: Vec<u8>,
    /// Lines that were added, less those that are no rows; `None` where rows are no lines.
    lines: Option<i64>,
    /// When something was last told of it.
    written: Instant,
}

impl Growing {
    #[expect(
        clippy::naive_bytecount,
        reason = "what is counted was computed just before, which takes far longer"
    )]
    fn add(&mut self, chunk: &[u8]) {
        self.waiting.extend_from_slice(chunk);
        if let Some(lines) = &mut self.lines {
            *lines += chunk.iter().filter(|byte| **byte == b'\n').count() as i64;
        }
    }
}

/// The next chunk, or what went wrong with it, be it a panic.
async fn next(chunks: &mut Chunks) -> Option<Result<Bytes, Problem>> {
    poll_fn(|cx| match unpanicked(|| chunks.as_mut().poll_next(cx)) {
        Ok(polled) => polled,
        Err(panic) => Poll::Ready(Some(Err(panicked(&panic)))),
    })
    .await
}

fn reply_head(status: u16, headers: &HeaderMap) -> ReplyHead {
    let text = |name: &HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    ReplyHead {
        status,
        media_type: text(&CONTENT_TYPE).unwrap_or_default(),
        etag: text(&ETAG),
        fields: FIELDS.iter().filter_map(|name| Some((name.to_string(), text(name)?))).collect(),
    }
}

fn no_room(archive: &Archive) -> Problem {
    let most = archive.settings().disk_bytes;
    Problem::new(
        Code::JobsDiskFull,
        format!("with this result jobs would take more than {most} bytes on disk (jobs.disk_bytes)"),
    )
    .hint("ask for less at a time, as arrow, or remove results that are read")
    .retry_after(60)
}

/// The disk does not take it.
fn unwritten(error: &io::Error) -> Problem {
    if error.kind() == ErrorKind::StorageFull {
        return Problem::new(Code::JobsDiskFull, "the disk of the results is full")
            .hint("post the job again later")
            .retry_after(60)
            .cause(Cause::Server(error.to_string()));
    }
    Problem::new(Code::Internal, "the result cannot be written; the failure has been logged")
        .hint("post the job again, and tell the operator")
        .cause(Cause::Server(error.to_string()))
}
