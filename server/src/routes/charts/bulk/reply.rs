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

use super::listed::Listed;
use super::told::Told;
use super::work::Work;
use crate::app::App;
use crate::config::Limits;
use crate::query::Bulk;
use crate::routes::head::ReplyHead;
use crate::routes::telling;
use crate::wire::aside;
use crate::wire::coding::coded_at_once;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::upload::{Cut, Lines};

/// Charts that are taken out of the body together.
const BATCH: usize = 32;

/// Batches that are under way at once at most: one thread of those beside the one that serves is left to others.
const MOST_BATCHES: usize = aside::THREADS - 1;

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
        let listed = aside::read(body.len(), move || Listed::read(body)).await?;
        if format == Format::Json && listed.count() > app.limits().json_charts {
            return Err(too_many(app.limits()));
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
    let limits = app.limits();
    teller.patience = Some((limits.compute(), limits.body_timeout()));
    let mut chunks = vec![Bytes::from_static(b"[")];
    let mut length = 0;
    while let Some(mut chunk) = teller.next().await? {
        length += chunk.len();
        if teller.begun > limits.json_charts || length > limits.json_charts_bytes {
            return Err(too_many(limits));
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

fn too_many(limits: &Limits) -> Problem {
    let Limits { json_charts, json_charts_bytes, .. } = limits;
    let detail = format!(
        "a reply of JSON has {json_charts} charts and {json_charts_bytes} bytes at most, and this one has more"
    );
    Problem::new(Code::OutOfRange, detail)
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
    under_way: VecDeque<Told>,
    most_under_way: usize,
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
            let waits = self.begin()?;
            let computes = !self.under_way.is_empty();
            if !computes && self.source.is_none() {
                return Ok(None);
            }
            let (began, left) = (Clock::now(), self.left(computes));
            let came = self.came(waits);
            let told = match left {
                Some(left) => tokio::time::timeout(left, came).await.map_err(|_| self.impatient(computes))?,
                None => came.await,
            };
            *(if computes { &mut self.computing } else { &mut self.waiting }) += began.elapsed();
            match told.transpose()? {
                Some(Some(chunk)) => {
                    self.has_sent = true;
                    return Ok(Some(chunk));
                }
                Some(None) => drop(self.under_way.pop_front()),
                None => {}
            }
        }
    }

    /// Waits for the next chunk of the first of those that are under way, or for its end, or for more of the body.
    async fn came(&mut self, waits: Waits) -> Option<Result<Option<Bytes>, Problem>> {
        match (self.under_way.front_mut(), self.source.as_ref().filter(|_| waits != Waits::Room)) {
            (None, None) => None,
            (Some(first), None) => Some(first.next().await),
            // What has come and holds no line is looked at as fast as others are served.
            (_, Some(_)) if waits == Waits::Others => {
                tokio::task::yield_now().await;
                None
            }
            (None, Some(source)) => {
                source.arrived().await;
                None
            }
            (Some(first), Some(source)) => tokio::select! {
                told = first.next() => Some(told),
                () = source.arrived() => None,
            },
        }
    }

    /// How long it may still take, if that is limited: to compute, or else to wait for the body.
    fn left(&self, computes: bool) -> Option<Duration> {
        let (compute, body) = self.patience?;
        Some(if computes {
            compute.saturating_sub(self.computing)
        } else {
            body.saturating_sub(self.waiting)
        })
    }

    /// The refusal of what takes longer.
    fn impatient(&self, computes: bool) -> Problem {
        let (compute, body) = self.patience.unwrap_or_default();
        if computes {
            let detail = format!("the charts took more than {} s to compute", compute.as_secs());
            Problem::new(Code::TimeLimit, detail)
                .hint("ask for them as lines, with format=ndjson, or for fewer that the tables do not hold")
                .retry_after(1)
        } else {
            let detail = format!("the body was waited for for {} s, all pauses together", body.as_secs());
            Problem::new(Code::RequestTimeout, detail)
                .hint("send it without pauses, or ask for lines, with format=ndjson")
        }
    }

    /// Begins to tell what has come, as far as there is room.
    fn begin(&mut self) -> Result<Waits, Problem> {
        while self.under_way.len() < self.most_under_way {
            let Some(source) = &mut self.source else { return Ok(Waits::Room) };
            // Who waits for an answer before sending more is answered.
            match source.cut(self.under_way.is_empty()) {
                Cut::Lines(batch) => {
                    self.begun += batch.lines().count();
                    let work = Arc::clone(&self.work);
                    self.under_way.push_back(Told::begin(|outlet| work.told(batch, outlet)));
                }
                Cut::NotYet => return Ok(Waits::Others),
                Cut::Waits => return Ok(Waits::Body),
                Cut::End => self.source = None,
                Cut::Broken(problem) if self.under_way.is_empty() && !self.has_sent => return Err(problem),
                Cut::Broken(problem) => {
                    let number = source.next_number();
                    self.source = None;
                    let work = Arc::clone(&self.work);
                    self.under_way.push_back(Told::begin(|outlet| async move {
                        outlet.send(work.broken(number, &problem)).await;
                        Ok(())
                    }));
                }
            }
        }
        Ok(Waits::Room)
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

#[cfg(test)]
mod tests {
    use super::super::{LINE, QUERIED};
    use super::*;
    use crate::answer::handmade;
    use crate::query::Params;

    #[tokio::test(start_paused = true)]
    async fn a_document_waits_for_what_is_computed_no_longer_than_it_may() {
        let app = handmade::app();
        let params = Params::parse("", QUERIED).unwrap().into_owned();
        let bulk = Bulk::new(params, LINE, Arc::clone(app.lots()), &app.generation().leaps).unwrap();
        let work = Arc::new(Work::new(&app, bulk, Format::Json, Format::Json, String::new()));
        let listed = Listed::read(Bytes::from_static(b"[]")).unwrap();
        let mut teller = Teller::new(work, Source::Listed(listed));
        teller.under_way.push_back(Told::begin(|outlet| async move {
            outlet.send(Bytes::from_static(b",{}")).await;
            std::future::pending().await
        }));
        let told = tokio::time::timeout(2 * app.limits().compute(), document(&app, teller)).await;
        assert_eq!(told.expect("it waits on").unwrap_err().code, Code::TimeLimit);
    }
}
