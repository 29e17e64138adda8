//! How many charts are replied to: told in parallel, some at a time, in the order in which they were asked for.
//!
//! As many batches as there are processors are under way at once, but no more than leave a thread to others, and no other is taken out
//! of the body before the first of them is sent: so memory does not grow with the number of charts, and a client that does not read has
//! nothing computed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Clock};

use bytes::{Buf, Bytes};
use futures_util::stream;
use http::header::CONTENT_LENGTH;
use tokio::task::JoinHandle;

use super::listed::Listed;
use super::work::Work;
use crate::app::App;
use crate::query::Bulk;
use crate::routes::head::ReplyHead;
use crate::routes::telling;
use crate::wire::aside;
use crate::wire::coding::coded_at_once;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Cause, Code, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::upload::{Cut, Lines};

/// Charts that are taken out of the body together.
const BATCH: usize = 32;

/// Batches that are under way at once at most: one thread of those beside the one that serves is left to others.
const MOST_BATCHES: usize = aside::THREADS - 1;

/// Charts that a reply of JSON has at most.
const JSON_CHARTS: usize = 1000;

/// Bytes that a reply of JSON has at most, which are all there before the first is sent.
const JSON_BYTES: usize = 64 * 1024 * 1024;

/// Bodies longer than this are read beside the thread that serves.
const ASIDE_BYTES: usize = 16 * 1024;

/// The reply to charts that are `sent` in one format and asked for in another, or the same.
pub(super) async fn reply(
    app: &Arc<App>,
    request: &Request,
    bulk: Bulk,
    sent: Format,
    format: Format,
) -> Result<Reply, Problem> {
    app.check_stream()?;
    let source = if sent == Format::Ndjson {
        let is_told = request.headers().contains_key(CONTENT_LENGTH);
        app.check_body(request.body_bytes().filter(|_| is_told))?;
        Source::Lines(Box::new(request.lines(app)?))
    } else {
        let body = telling::body(app, request).await?;
        let is_long = body.len() > ASIDE_BYTES;
        let read = move || Listed::read(body);
        let listed = if is_long { aside::done(read).await? } else { read()? };
        if format == Format::Json && listed.count() > JSON_CHARTS {
            return Err(too_many());
        }
        if request.is_trial() {
            return Ok(Reply::understood((format == Format::Ndjson).then(|| listed.count() as u64)));
        }
        Source::Listed(listed)
    };
    let coding = request.coding()?;
    let id = request.id().to_str().unwrap_or_default().to_owned();
    let work = Arc::new(Work::new(app, bulk, sent, format, id));
    // Charts are somebody's, and some may be of now.
    let head = ReplyHead::new(work.generation(), kept(true, true));
    let mut teller = Teller::new(work, source);
    if format == Format::Json {
        let chunks = stream::iter(document(app, teller).await?.into_iter().map(Ok));
        return Ok(head.reply(format, coding, None, coded_at_once(Box::pin(chunks), coding)?));
    }
    // What is wrong with a body from its beginning is known before the reply begins.
    let first = teller.next().await?;
    let chunks = stream::try_unfold((first, teller), |(ready, mut teller)| async move {
        match ready {
            Some(chunk) => Ok(Some((chunk, (None, teller)))),
            None => Ok(teller.next().await?.map(|chunk| (chunk, (None, teller)))),
        }
    });
    Ok(head.reply(format, coding, None, coded_at_once(Box::pin(chunks), coding)?))
}

/// A list of JSON, in chunks.
async fn document(app: &App, mut teller: Teller) -> Result<Vec<Bytes>, Problem> {
    teller.patience = Some((app.limits().compute(), app.limits().body_timeout()));
    let mut chunks = vec![Bytes::from_static(b"[")];
    let mut length = 0;
    while let Some(mut chunk) = teller.next().await? {
        length += chunk.len();
        if teller.begun > JSON_CHARTS || length > JSON_BYTES {
            return Err(too_many());
        }
        // Each chart has a comma before it.
        if chunks.len() == 1 {
            chunk.advance(1);
        }
        chunks.push(chunk);
    }
    chunks.push(Bytes::from_static(b"]"));
    Ok(chunks)
}

fn too_many() -> Problem {
    Problem::new(
        Code::OutOfRange,
        format!(
            "a reply of JSON has {JSON_CHARTS} charts and {JSON_BYTES} bytes at most, and this one has more"
        ),
    )
    .hint("ask for lines, with format=ndjson, of which there may be any number, or for fewer charts")
}

/// Where charts are taken from.
enum Source {
    Lines(Box<Lines>),
    Listed(Listed),
}

impl Source {
    fn cut(&mut self, few: bool) -> Cut {
        match self {
            Source::Lines(lines) => lines.cut(BATCH, few),
            Source::Listed(listed) => listed.cut(BATCH),
        }
    }

    async fn arrived(&self) {
        if let Source::Lines(lines) = self {
            lines.arrived().await;
        }
    }

    /// Which chart comes next.
    fn next_number(&self) -> u64 {
        match self {
            Source::Lines(lines) => lines.next_number(),
            Source::Listed(listed) => listed.count() as u64,
        }
    }
}

/// Charts being told.
struct Teller {
    work: Arc<Work>,
    /// `None` once all are taken.
    source: Option<Source>,
    /// What is being told, in order.
    under_way: VecDeque<JoinHandle<Result<Vec<Bytes>, Problem>>>,
    most_under_way: usize,
    /// What is told and not sent.
    ready: VecDeque<Bytes>,
    /// How many charts were begun.
    begun: usize,
    /// Whether something was sent.
    has_sent: bool,
    /// How long it may take to compute, and how long the body may be waited for, where both are limited.
    patience: Option<(Duration, Duration)>,
    /// How long it took so far.
    computing: Duration,
    /// How long the body was waited for, with nothing to compute meanwhile.
    waiting: Duration,
}

impl Teller {
    fn new(work: Arc<Work>, source: Source) -> Teller {
        Teller {
            work,
            source: Some(source),
            under_way: VecDeque::new(),
            most_under_way: thread::available_parallelism().map_or(1, usize::from).min(MOST_BATCHES),
            ready: VecDeque::new(),
            begun: 0,
            has_sent: false,
            patience: None,
            computing: Duration::ZERO,
            waiting: Duration::ZERO,
        }
    }

    /// The next chunk of the reply; `None` after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                self.has_sent = true;
                return Ok(Some(chunk));
            }
            let waits = self.begin()?;
            let began = Clock::now();
            let computes = !self.under_way.is_empty();
            match (self.under_way.front_mut(), self.source.as_ref().filter(|_| waits != Waits::Room)) {
                (None, None) => {
                    if self.ready.is_empty() {
                        return Ok(None);
                    }
                }
                (Some(first), None) => {
                    let told = first.await;
                    self.take(told)?;
                }
                // What has come and holds no line is looked at as fast as others are served.
                (_, Some(_)) if waits == Waits::Others => tokio::task::yield_now().await,
                (None, Some(source)) => source.arrived().await,
                (Some(first), Some(source)) => {
                    let told = tokio::select! {
                        told = first => Some(told),
                        () = source.arrived() => None,
                    };
                    if let Some(told) = told {
                        self.take(told)?;
                    }
                }
            }
            let spent = if computes { &mut self.computing } else { &mut self.waiting };
            *spent += began.elapsed();
            self.check_patience()?;
        }
    }

    /// Refuses what takes longer than it may.
    fn check_patience(&self) -> Result<(), Problem> {
        let Some((compute, body)) = self.patience else { return Ok(()) };
        if self.computing > compute {
            let detail = format!("the charts took more than {} s to compute", compute.as_secs());
            return Err(Problem::new(Code::TimeLimit, detail)
                .hint("ask for them as lines, with format=ndjson, or for fewer that the tables do not hold")
                .retry_after(1));
        }
        if self.waiting > body {
            let detail = format!("the body was waited for for {} s, all pauses together", body.as_secs());
            return Err(Problem::new(Code::RequestTimeout, detail)
                .hint("send it without pauses, or ask for lines, with format=ndjson"));
        }
        Ok(())
    }

    /// Begins to tell what has come, as far as there is room.
    fn begin(&mut self) -> Result<Waits, Problem> {
        while self.under_way.len() < self.most_under_way {
            let Some(source) = &mut self.source else { return Ok(Waits::Room) };
            // Who waits for an answer before sending more is answered.
            match source.cut(self.under_way.is_empty()) {
                Cut::Lines(batch) => {
                    self.begun += batch.lines().count();
                    self.under_way.push_back(tokio::spawn(Arc::clone(&self.work).told(batch)));
                }
                Cut::NotYet => return Ok(Waits::Others),
                Cut::Waits => return Ok(Waits::Body),
                Cut::End => self.source = None,
                Cut::Broken(problem) if self.under_way.is_empty() && !self.has_sent => return Err(problem),
                Cut::Broken(problem) => {
                    let number = source.next_number();
                    self.source = None;
                    let work = Arc::clone(&self.work);
                    let told = async move { Ok(vec![work.broken(number, &problem)]) };
                    self.under_way.push_back(tokio::spawn(told));
                }
            }
        }
        Ok(Waits::Room)
    }

    /// Takes what has come of the first of those that are under way.
    fn take(
        &mut self,
        told: Result<Result<Vec<Bytes>, Problem>, tokio::task::JoinError>,
    ) -> Result<(), Problem> {
        self.under_way.pop_front();
        let chunks = told.unwrap_or_else(|error| {
            Err(Problem::new(Code::Internal, "the charts failed; the reason has been logged")
                .cause(Cause::Query(error.to_string())))
        });
        self.ready.extend(chunks?);
        Ok(())
    }
}

/// What it is waited for before more can be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    /// For the first of those that are under way.
    Room,
    /// For more of the body, too.
    Body,
    /// For nothing but that others have had their turn.
    Others,
}

/// What nobody waits for any more is not told to its end.
impl Drop for Teller {
    fn drop(&mut self) {
        for told in &self.under_way {
            told.abort();
        }
    }
}
