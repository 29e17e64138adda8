//! Tables of positions on their way to a client: told batch by batch, as fast as the client reads.
//!
//! A stream holds one batch of rows and one chunk of the reply, however long the table is: nothing is computed before the
//! client has taken what was, and nothing any more when it is gone. What tables do not hold is told on a live thread, a
//! few instants at a time, so that long tables and short queries share these threads.
//!
//! Whatever can be refused is refused before the reply begins: the first batch is told, and the first and the last instant.
//! A document of JSON has its rows before it begins anyway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant as Clock;

use bytes::Bytes;
use futures_util::stream;
use orrery_swisseph::Session;

use crate::answer::candidates;
use crate::answer::evaluate;
use crate::answer::plan;
use crate::answer::rows::{self, Part, Rows};
use crate::answer::tables::{Extent, Provenance};
use crate::app::{App, Generation};
use crate::query::{SourceChoice, TableQuery};
use crate::routes::head::ReplyHead;
use crate::table::{Batch, Encoder, Head, Layout, TableError};
use crate::text::chunk::Chunk;
use crate::wire::coding::{Coding, LEAST_BYTES, coded};
use crate::wire::content::CHUNK_BYTES;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Cause, Code, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::room::Taken;

/// The formats, the first where a client does not mind.
pub(crate) const FORMATS: &[Format] = &[Format::Json, Format::Ndjson, Format::Csv, Format::Arrow];

/// Bodies at instants that a live thread tells in one go: some hundredths of a second.
const LIVE_STATES: usize = 128;

/// Rows of a document that is told however short memory is.
const FEW_ROWS: u64 = 1000;

/// What a row takes at least, in any format.
const LEAST_ROW_BYTES: u64 = 32;

/// Rows that are collected for a document of JSON before others have their turn.
const COLLECTED_ROWS: usize = 4096;

/// The reply to a query, in a format, or to what was wrong with it; `held` is the room that its instants take.
pub(crate) async fn reply(
    app: &Arc<App>,
    request: &Request,
    read: Result<TableQuery, Problem>,
    format: Format,
    held: Option<Taken>,
) -> Result<Reply, Problem> {
    let query = match read {
        Ok(query) => query,
        Err(problem) => return Err(candidates::complete(app, problem).await),
    };
    check_rows(app, &query, format)?;
    if format != Format::Json || query.rows() > FEW_ROWS {
        app.check_stream()?;
    }
    let generation = app.generation();
    query.check(&generation.leaps)?;
    if request.is_trial() {
        // Rows that are lines can be counted as they come.
        let rows = matches!(format, Format::Ndjson | Format::Csv).then(|| query.rows());
        return Ok(Reply::understood(rows));
    }
    // What fits into a few packets is not worth it.
    let is_small = query.rows().saturating_mul(LEAST_ROW_BYTES) < LEAST_BYTES as u64;
    let coding = if is_small { Coding::Identity } else { request.coding()? };
    let head = ReplyHead::new(&generation, cache_control(&query));
    let live = app.live().filter(|_| query.sky.source != SourceChoice::Table);
    let ends = query.instants.ends();
    let extent = Extent::of(&query.sky, ends, &generation);
    let head = if query.range.is_some() {
        let live = live.map(|live| &live.identity);
        // The query says how many steps there are between the two.
        let tag = plan::range_tag(&generation, query.written(format), ends, &extent, format, live);
        head.tagged(&tag.text())
    } else {
        head
    };
    if let Some(known) = head.known(request) {
        return Ok(known);
    }
    let mut teller = Teller { _held: held, ..Teller::new(app, generation, query, extent, format) };
    teller.try_ends().await?;
    if let Some(known) = head.known_as_any(request, coding) {
        return Ok(known);
    }
    let mut source = None;
    if format == Format::Json {
        let deadline = Clock::now() + app.limits().compute();
        while teller.collect().await? {
            if Clock::now() > deadline {
                return Err(too_long(app));
            }
        }
        source = Some(teller.provenance().mix());
    }
    // What is wrong with the beginning is known before the reply begins.
    let first = teller.next().await?;
    let chunks = stream::try_unfold((first, teller), |(ready, mut teller)| async move {
        match ready {
            Some(chunk) => Ok(Some((chunk, (None, teller)))),
            None => Ok(teller.next().await?.map(|chunk| (chunk, (None, teller)))),
        }
    });
    Ok(head.reply(format, coding, source, coded(Box::pin(chunks), coding)?))
}

/// Refuses more rows than a document of JSON may have.
fn check_rows(app: &App, query: &TableQuery, format: Format) -> Result<(), Problem> {
    let (rows, most) = (query.rows(), app.limits().json_rows);
    if format != Format::Json || rows <= most as u64 {
        return Ok(());
    }
    let parameter = if query.range.is_some() { "step" } else { query.parameter() };
    Err(Problem::new(
        Code::OutOfRange,
        format!("these are {rows} rows of a body at an instant each, and a JSON reply has {most} at most"),
    )
    .parameter(parameter)
    .hint("add format=ndjson, csv or arrow, which stream any number of rows, or ask for fewer"))
}

fn cache_control(query: &TableQuery) -> &'static str {
    let is_placed = query.clock.zone.is_some() || query.sky.view.observer.site().is_some();
    kept(query.is_now(), is_placed || query.range.is_none())
}

fn too_long(app: &App) -> Problem {
    let seconds = app.limits().compute().as_secs();
    Problem::new(Code::TimeLimit, format!("the table took more than {seconds} s to compute"))
        .hint("ask for it as a stream, with format=ndjson, csv or arrow, or for fewer rows that the tables do not hold")
        .retry_after(1)
}

/// A table being told.
struct Teller {
    app: Arc<App>,
    query: Arc<TableQuery>,
    generation: Arc<Generation>,
    extent: Extent,
    format: Format,
    layout: Arc<Layout>,
    /// What goes to a live thread and comes back.
    work: Arc<Mutex<Work>>,
    /// `None` while a document of JSON is collected.
    encoder: Option<Encoder>,
    collected: Option<Batch>,
    /// Instants that are told.
    told: u64,
    state: State,
    /// Given back when the last row is told, or nobody wants it any more.
    _held: Option<Taken>,
}

/// What is told at a time.
struct Work {
    rows: Rows,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Beginning,
    Rows,
    Ending,
    Done,
}

impl Teller {
    fn new(
        app: &Arc<App>,
        generation: Arc<Generation>,
        query: TableQuery,
        extent: Extent,
        format: Format,
    ) -> Teller {
        let layout = Arc::new(rows::layout(&query, format));
        let instant = query.parameter();
        let rows = Rows::new(Arc::clone(&generation), Arc::clone(&query.sky), instant, Arc::clone(&layout));
        let part = Part { whens: Vec::new(), batch: Batch::new(&layout), left: Vec::new() };
        Teller {
            app: Arc::clone(app),
            query: Arc::new(query),
            generation,
            extent,
            format,
            work: Arc::new(Mutex::new(Work { rows, part })),
            encoder: None,
            collected: (format == Format::Json).then(|| Batch::new(&layout)),
            layout,
            told: 0,
            state: State::Beginning,
            _held: None,
        }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        locked(&self.work)
    }

    /// Tells the earliest and the latest instant, whose rows nobody gets: what lies between is nearer to the tables and the
    /// files than they are.
    async fn try_ends(&mut self) -> Result<(), Problem> {
        let [first, last] = self.query.instants.ends();
        let name = self.query.parameter();
        let last_name = if self.query.range.is_some() { "stop" } else { name };
        for (when, name) in [(first, name), (last, last_name)] {
            {
                let mut work = self.work();
                work.rows.call(name);
                work.part.whens.clear();
                work.part.whens.push(when);
            }
            self.tell().await?;
        }
        let mut work = self.work();
        work.rows.call(name);
        work.rows.forget();
        Ok(())
    }

    /// Tells the instants of the part that is set out.
    async fn tell(&mut self) -> Result<(), Problem> {
        {
            let mut work = self.work();
            let Work { rows, part } = &mut *work;
            rows.tell_tabulated(part)?;
            if part.left.is_empty() {
                return Ok(());
            }
        }
        let bodies = self.layout.bodies.len().max(1);
        let most = (LIVE_STATES / bodies).max(1);
        loop {
            let is_done = evaluate::in_turn(&self.app, || {
                let work = Arc::clone(&self.work);
                move |session: &mut Session| {
                    let mut work = locked(&work);
                    let Work { rows, part } = &mut *work;
                    rows.tell_live(session, part, most).map(|()| part.left.is_empty())
                }
            });
            if is_done.await? {
                return Ok(());
            }
        }
    }

    /// Tells the next batch of so many instants; whether there was one.
    async fn batch(&mut self, most: usize) -> Result<bool, Problem> {
        let left = self.query.instants.length() - self.told;
        let count = left.min(most as u64);
        if count == 0 {
            return Ok(false);
        }
        {
            let whens = &mut self.work().part.whens;
            whens.clear();
            whens.extend((self.told..self.told + count).map(|nth| self.query.instants.at(nth)));
        }
        self.tell().await?;
        self.told += count;
        Ok(true)
    }

    /// Tells the next batch of a document of JSON and keeps it; whether there was one.
    async fn collect(&mut self) -> Result<bool, Problem> {
        let most = (COLLECTED_ROWS / self.layout.bodies.len().max(1)).max(1);
        if !self.batch(most).await? {
            return Ok(false);
        }
        if let Some(collected) = &mut self.collected {
            collected.append(&mut locked(&self.work).part.batch);
        }
        // Whoever waits for this processor has waited long enough.
        tokio::task::yield_now().await;
        Ok(true)
    }

    fn provenance(&self) -> Provenance<'_> {
        let answered = self.work().rows.answered();
        Provenance::of(&self.query.sky, &self.extent, &self.generation, self.app.live(), answered)
    }

    /// The encoder, which begins when it is known what is to stand before the rows.
    fn encoder(&mut self) -> &mut Encoder {
        let head = || Head {
            query: self.query.written(self.format),
            provenance: self.provenance().written(self.format == Format::Json),
            generation: self.generation.name().to_owned(),
        };
        let head = if self.encoder.is_none() { head() } else { Head::default() };
        let layout = &self.layout;
        self.encoder.get_or_insert_with(|| Encoder::new(self.format, Arc::clone(layout), head))
    }

    /// The next chunk of the reply; `None` after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let mut chunk = Chunk::new();
        while chunk.len() < CHUNK_BYTES / 2 && self.state != State::Done {
            self.state = match self.state {
                State::Beginning => {
                    self.encoder().begin(&mut chunk).map_err(|error| unwritten(&error))?;
                    if let Some(mut rows) = self.collected.take() {
                        self.encoder().batch(&mut rows, &mut chunk).map_err(|error| unwritten(&error))?;
                    }
                    State::Rows
                }
                State::Rows => {
                    let most = self.encoder().instants_per_batch();
                    if self.batch(most).await? {
                        let work = Arc::clone(&self.work);
                        let mut work = locked(&work);
                        self.encoder()
                            .batch(&mut work.part.batch, &mut chunk)
                            .map_err(|error| unwritten(&error))?;
                        State::Rows
                    } else {
                        State::Ending
                    }
                }
                State::Ending => {
                    if self.encoder().end(&mut chunk).map_err(|error| unwritten(&error))? {
                        State::Ending
                    } else {
                        State::Done
                    }
                }
                State::Done => State::Done,
            };
        }
        if chunk.len() == 0 {
            return Ok(None);
        }
        // Between two chunks others have their turn, however fast the client reads.
        tokio::task::yield_now().await;
        Ok(Some(chunk.into_bytes()))
    }
}

/// What a panic leaves behind is told by its job, and nothing of it is used.
fn locked(work: &Mutex<Work>) -> MutexGuard<'_, Work> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rows that do not fit their own table.
fn unwritten(error: &TableError) -> Problem {
    Problem::new(Code::Internal, "the table cannot be written; the failure has been logged")
        .cause(Cause::Server(error.to_string()))
}
