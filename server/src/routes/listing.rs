//! Lists of events on their way to a client: a document of JSON or of a calendar, or lines as fast as the client reads.

use std::sync::Arc;
use std::time::Instant as Clock;

use bytes::Bytes;
use futures_util::stream;
use xxhash_rust::xxh3::xxh3_64;

use crate::answer::candidates;
use crate::answer::events::{Column, Pen, Teller, Told, columns, lists, products};
use crate::answer::plan::range_tag;
use crate::answer::tables::{Extent, Provenance};
use crate::app::{App, Generation};
use crate::query::{EventsQuery, MOST_EVENTS, Shape, SourceChoice, USUAL_LIMIT, foreign_cursor};
use crate::remainder::{Answer, Question};
use crate::routes::Resource;
use crate::routes::head::ReplyHead;
use crate::text::json::Json;
use crate::wire::coding::{Coding, coded};
use crate::wire::content::CHUNK_BYTES;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::reply::{Reply, Shares};
use crate::wire::request::Request;

pub(crate) mod parameters;
pub(super) mod schemas;

/// The formats, the first where a client does not mind.
pub(crate) const FORMATS: &[Format] = &[Format::Json, Format::Ndjson, Format::Csv, Format::Ics];

/// The reply to a query, in a format, or to what was wrong with it.
pub(super) async fn reply(
    app: &Arc<App>,
    request: &Request,
    read: Result<EventsQuery, Problem>,
    format: Format,
) -> Result<Reply, Problem> {
    let query = match read {
        Ok(query) => Arc::new(query),
        Err(problem) => return Err(candidates::complete(app, problem).await),
    };
    let generation = app.generation();
    query.span.check(&generation.leaps)?;
    let mark = xxh3_64(query.list_written().as_bytes()) as u32;
    if query.span.cursor.is_some_and(|cursor| cursor.mark != mark) {
        return Err(foreign_cursor());
    }
    if request.is_trial() {
        return Ok(Reply::understood(None));
    }
    let coding = request.coding()?;
    let head = ReplyHead::new(&generation, kept(query.span.is_now(), query.span.clock.zone.is_some()));
    let live = app.live().filter(|_| query.sky.source != SourceChoice::Table);
    let extent = Extent::of_search(
        &products(&query).unwrap_or_default(),
        &lists(&query),
        query.sky.source,
        &generation,
    );
    let whens = query.span.whens().map(|(_, when)| when);
    let identity = live.map(|live| &live.identity);
    let written = query.written(format);
    let tag = range_tag(&generation, &written, whens, &extent, format, identity).text();
    let head = head.tagged(&tag);
    if let Some(known) = head.known(request) {
        return Ok(known);
    }
    let is_streamed = matches!(format, Format::Ndjson | Format::Csv);
    let listed = Listed { app: Arc::clone(app), query, generation, extent, format, mark };
    if is_streamed {
        app.check_stream()?;
    }
    if is_streamed || request.has_any() {
        let listing = listed.begun(None).await?;
        return match head.known_as_any(request, coding) {
            Some(known) => Ok(known),
            None => listing.stream(head, coding).await,
        };
    }
    let Listed { query, .. } = &listed;
    let resource = resource(query.shape);
    let question = (!query.span.is_now()).then(|| Question::new(resource, request, format, tag, written));
    let told = app.remainder().told(question, listed.document()).await?;
    // A calendar says of each entry what gave it, as lines do.
    head.whole(format, coding, format == Format::Json, &told)
}

/// What lists of this shape are found at.
fn resource(shape: Shape) -> Resource {
    match shape {
        Shape::Events => Resource::Events,
        Shape::Eclipses => Resource::Eclipses,
        Shape::Phases => Resource::MoonPhases,
        Shape::Periods => Resource::MoonVoidOfCourse,
    }
}

fn too_many() -> Problem {
    Problem::new(Code::OutOfRange, format!("these are more than the {MOST_EVENTS} entries of a calendar"))
        .parameter("stop")
        .hint("ask for a shorter time, or for fewer types or bodies; limit cuts a calendar off")
}

/// A list that is asked for.
struct Listed {
    app: Arc<App>,
    query: Arc<EventsQuery>,
    generation: Arc<Generation>,
    extent: Extent,
    format: Format,
    /// What is common to queries that ask for the same list.
    mark: u32,
}

impl Listed {
    /// The list at its beginning, which may be told until the deadline.
    async fn begun(self, deadline: Option<Clock>) -> Result<Listing, Problem> {
        let Listed { app, query, generation, extent, format, mark } = self;
        let teller = Teller::new(&app, &query, &generation, mark, deadline).await?;
        Ok(Listing { app, query, generation, extent, teller, format, columns: Vec::new() })
    }

    /// All of it as a document.
    async fn document(self) -> Result<Answer, Problem> {
        let deadline = Clock::now() + self.app.limits().compute();
        self.begun(Some(deadline)).await?.document().await
    }
}

/// A list being told.
struct Listing {
    app: Arc<App>,
    query: Arc<EventsQuery>,
    generation: Arc<Generation>,
    extent: Extent,
    teller: Teller,
    format: Format,
    columns: Vec<Column>,
}

impl Listing {
    fn pen(&self) -> Pen<'_> {
        Pen {
            shape: self.query.shape,
            precision: self.query.sky.precision,
            calendar: self.query.span.clock.calendar,
            zone: self.query.span.clock.zone,
            leaps: &self.generation.leaps,
        }
    }

    /// A document, which has so many events as were asked for and says where to go on.
    async fn document(mut self) -> Result<Answer, Problem> {
        // A calendar has no place for a cursor.
        let usual = if self.format == Format::Ics { MOST_EVENTS } else { USUAL_LIMIT };
        let limit = self.query.span.limit.unwrap_or(usual) as usize;
        let mut told: Vec<Told> = Vec::new();
        while told.len() < limit
            && let Some(mut more) = self.teller.next(&self.app, limit - told.len()).await?
        {
            told.append(&mut more);
            // Whoever waits for this processor has waited long enough.
            tokio::task::yield_now().await;
        }
        if self.format == Format::Ics && self.query.span.limit.is_none() && !self.teller.is_at_end() {
            return Err(too_many());
        }
        let extent = self.extent.within(&self.teller.searched(), &self.generation);
        let provenance = Provenance::of(
            &self.query.sky,
            &extent,
            &self.generation,
            self.app.live(),
            self.teller.answered(),
        );
        let mix = provenance.mix();
        let content = if self.format == Format::Ics {
            self.calendar(&told)
        } else {
            let mut json = Json::new();
            json.verbatim(b"{\"query\":").verbatim(self.query.written(self.format).as_bytes());
            json.key(self.query.shape.list()).open(b'[');
            for event in &told {
                self.pen().json(&mut json, event);
            }
            json.close(b']');
            match self.teller.next_cursor() {
                Some(cursor) => json.key("next_cursor").string(&cursor.text()),
                None => json.key("next_cursor").null(),
            }
            json.key("provenance").verbatim(provenance.written(true).as_bytes());
            json.close(b'}');
            json.into_bytes()
        };
        Ok(Answer { content, mix, shares: Shares::default() })
    }

    fn calendar(&self, told: &[Told]) -> Bytes {
        // A new one would have a second PRODID, the crate's.
        let mut calendar = icalendar::Calendar::empty();
        calendar.append_property(("VERSION", "2.0"));
        calendar.append_property(("PRODID", "-//Orrery//Orrery//EN")).name("Orrery");
        for event in told {
            calendar.push(self.pen().entry(event));
        }
        calendar.done().to_string().into()
    }

    /// Lines, as many as there are unless a limit is given.
    async fn stream(mut self, head: ReplyHead, coding: Coding) -> Result<Reply, Problem> {
        self.columns = columns(&self.query);
        let heading = match self.format {
            Format::Csv => self.pen().heading(&self.columns),
            _ => String::new(),
        };
        let left = self.query.span.limit.map_or(usize::MAX, |limit| limit as usize);
        // What is wrong with the beginning is known before the reply begins.
        let (first, left) = self.chunk(heading.into_bytes(), left).await?;
        let (format, is_over) = (self.format, first.is_none());
        let chunks = stream::try_unfold((first, left, self), move |(ready, left, mut listing)| async move {
            if let Some(chunk) = ready {
                return Ok(Some((chunk, (None, left, listing))));
            }
            if is_over {
                return Ok(None);
            }
            let (chunk, left) = listing.chunk(Vec::new(), left).await?;
            Ok(chunk.map(|chunk| (chunk, (None, left, listing))))
        });
        Ok(head.reply(format, coding, None, coded(Box::pin(chunks), coding)?))
    }

    /// The next lines; `None` after the last. With them how many more may be told.
    async fn chunk(
        &mut self,
        mut lines: Vec<u8>,
        mut left: usize,
    ) -> Result<(Option<Bytes>, usize), Problem> {
        while lines.len() < CHUNK_BYTES && left > 0 {
            let Some(told) = self.teller.next(&self.app, left).await? else { break };
            left -= told.len();
            for event in &told {
                if self.format == Format::Csv {
                    lines.extend(self.pen().line(&self.columns, event).into_bytes());
                } else {
                    let mut json = Json::new();
                    self.pen().json(&mut json, event);
                    lines.extend(json.into_bytes());
                    lines.push(b'\n');
                }
            }
            tokio::task::yield_now().await;
        }
        Ok(((!lines.is_empty()).then(|| lines.into()), left))
    }
}
