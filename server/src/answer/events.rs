//! What happens, told in the order of time: from tables, and where these do not reach from the live source.
//!
//! A list is told window by window. What is found does not depend on where a window begins or ends, so that a list can be
//! broken off anywhere and gone on with: by the next window, by the next page that a cursor asks for. Windows are as long as
//! what happens in them takes a few milliseconds to find, so that others have their turn between them.

pub(super) mod eclipses;
pub(super) mod fields;
mod kinds;
mod listed;
mod moon;
pub(super) mod places;
mod written;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use orrery_almanac::events::{Event, EventType, Finder, Merged, merged};
use orrery_almanac::motion::{Ephemeris, Sampled, Tables, Unknown};
use orrery_almanac::{Calendar, DayNumber, Instant};
use orrery_format::{Dataset, Product, TtDay};
use orrery_swisseph::Session;

use crate::answer::evaluate;
use crate::answer::plan::{self, live_unavailable, only_live};
use crate::answer::tables::Answered;
use crate::app::{App, Generation};
use crate::query::{Asked, Cursor, EventsQuery, Reach, Shape, SkyQuery, SourceChoice, When};
use crate::wire::aside;
use crate::wire::problem::{Code, Problem};

pub(crate) use eclipses::Eclipse;
pub(crate) use fields::{Column, Field, MEMBERS, SEASONS, Value, columns};
use kinds::kinds;
pub(crate) use kinds::products;
pub(crate) use listed::{is_known, lists};
pub(crate) use moon::moon_at;
use places::FromFiles;
pub(crate) use written::{Pen, words};

/// Days of the first window, and of the longest.
const FIRST_DAYS: f64 = 64.0;
const MOST_DAYS: f64 = 40_000.0;

/// Days of a window that is searched live: some hundredths of a second.
const LIVE_DAYS: f64 = 64.0;

/// What a window may take to be searched on the thread that serves; what takes longer is searched beside it.
const TURN: Duration = Duration::from_millis(3);

/// What it should take beside it: long enough that beginning a window costs little against it.
const ASIDE: Duration = Duration::from_millis(60);

/// Curves that may be searched on the thread that serves before it is known how long it takes.
const FEW_CURVES: usize = 80;

/// Events that are told at a time.
const BATCH: usize = 1_024;

/// Something that happens, as it is told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) kind: EventType,
    pub(crate) at: Instant,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_live: bool,
}

impl Told {
    /// A member, or a member of one.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        fn find<'f>(fields: &'f [Field], name: &str) -> Option<&'f Value> {
            fields.iter().find_map(|field| match &field.value {
                value if field.name == name => Some(value),
                Value::Members(members) => find(members, name),
                _ => None,
            })
        }
        find(&self.fields, name)
    }
}

/// Tells the events of a query, window by window.
pub(crate) struct Teller {
    query: Arc<EventsQuery>,
    generation: Arc<Generation>,
    /// First instant, and first after: Julian days of TT.
    range: Range<f64>,
    /// What the tables know of, of all that is asked for.
    tabulated: Range<f64>,
    /// Where the next event may be.
    place: Cursor,
    /// How many are still wanted.
    left: u32,
    days: f64,
    /// Whether windows are searched beside the thread that serves.
    is_aside: bool,
    answered: Answered,
}

/// What a window is searched for.
#[derive(Clone)]
struct Window {
    query: Arc<EventsQuery>,
    generation: Arc<Generation>,
    range: Range<f64>,
    /// Events at its first instant that are told already.
    beside: usize,
    most: usize,
}

/// What was found in a window.
struct Found {
    told: Vec<Told>,
    /// Whether there may be more in it.
    is_cut: bool,
    /// What was searched: a part of what was to be, perhaps.
    range: Range<f64>,
}

/// Why tables have no answer.
pub(super) enum NoTable {
    /// They do not know, and why.
    Unknown(String),
    /// Nobody does.
    Refused(Problem),
}

impl Teller {
    /// Of a query that reaches from its ends to these; `mark` is what is common to queries that ask for the same list.
    pub(crate) async fn new(
        app: &App,
        query: &Arc<EventsQuery>,
        generation: &Arc<Generation>,
        mark: u32,
    ) -> Result<Teller, Problem> {
        let tabulated = tabulated(&generation.dataset, products(query));
        let known = known(app, query.sky.source, &tabulated)?;
        let mut ends = Vec::with_capacity(2);
        for (name, when) in query.span.whens() {
            let jd_tt = instant(app, query, generation, name, when).await?.tt.jd();
            if !(known.start..=known.end).contains(&jd_tt) {
                return Err(beyond(&query.sky, query.span.clock.calendar, name, &known));
            }
            ends.push(jd_tt);
        }
        let (range, left) = match (&query.span.reach, ends.as_slice()) {
            (Reach::Between(..), [start, stop]) => (*start..*stop, u32::MAX),
            (Reach::Before(_, count), [end, ..]) => (known.start..*end, *count),
            (Reach::After(_, count), [start, ..]) => (*start..known.end, *count),
            // There are as many instants as ends.
            _ => (known, 0),
        };
        if range.end < range.start {
            return Err(orrery_almanac::Error::Backwards.into());
        }
        let begin = Cursor { at: TtDay(range.start), beside: 0, told: 0, mark };
        let place = query.span.cursor.unwrap_or(begin);
        Ok(Teller {
            query: Arc::clone(query),
            generation: Arc::clone(generation),
            range,
            tabulated,
            place,
            left: left.saturating_sub(place.told),
            days: FIRST_DAYS,
            is_aside: kinds::curves(query) > FEW_CURVES,
            answered: Answered::default(),
        })
    }

    /// Who answered so far.
    pub(crate) fn answered(&self) -> Answered {
        self.answered
    }

    /// What was searched so far.
    pub(crate) fn searched(&self) -> Range<f64> {
        match self.query.span.reach {
            Reach::Before(..) => self.range.clone(),
            _ => self.range.start..self.place.at.jd(),
        }
    }

    /// Where the list goes on; `None` at its end.
    pub(crate) fn next_cursor(&self) -> Option<Cursor> {
        (!self.is_at_end()).then_some(self.place)
    }

    /// Whether all is told.
    pub(crate) fn is_at_end(&self) -> bool {
        self.left == 0 || self.place.at.jd() >= self.range.end
    }

    /// Tells what happens next, `most` events of it at most: none where nothing happens for a while. `None` at the end.
    pub(crate) async fn next(&mut self, app: &App, most: usize) -> Result<Option<Vec<Told>>, Problem> {
        if let Reach::Before(_, count) = self.query.span.reach {
            return self.before(app, count as usize).await;
        }
        if self.is_at_end() {
            return Ok(None);
        }
        let most = most.min(self.left as usize).min(BATCH);
        let start = self.place.at.jd();
        let range = start..(start + self.days).min(self.range.end);
        let Found { told, is_cut, range } = self.search(app, range, self.place.beside as usize, most).await?;
        if is_cut && let Some(last) = told.last() {
            let at = last.at.tt;
            let beside = told.iter().rev().take_while(|event| event.at.tt == at).count() as u32;
            let is_same = at == self.place.at;
            self.place.beside = if is_same { self.place.beside + beside } else { beside };
            self.place.at = at;
        } else {
            (self.place.at, self.place.beside) = (TtDay(range.end), 0);
        }
        self.place.told += told.len() as u32;
        self.left -= told.len() as u32;
        Ok(Some(told))
    }

    /// Tells the last events before the end, in order of time.
    async fn before(&mut self, app: &App, count: usize) -> Result<Option<Vec<Told>>, Problem> {
        let mut end = self.range.end;
        let mut found: Vec<Told> = Vec::new();
        if self.left == 0 {
            return Ok(None);
        }
        while found.len() < count && end > self.range.start {
            let range = (end - self.days).max(self.range.start)..end;
            let Found { mut told, range, .. } = self.search(app, range, 0, usize::MAX).await?;
            told.append(&mut found);
            (found, end) = (told, range.start);
            tokio::task::yield_now().await;
        }
        self.left = 0;
        Ok(Some(found.split_off(found.len().saturating_sub(count))))
    }

    /// Searches a range, or what of it can be searched in one go: by tables or else live.
    async fn search(
        &mut self,
        app: &App,
        range: Range<f64>,
        beside: usize,
        most: usize,
    ) -> Result<Found, Problem> {
        let is_backward = matches!(self.query.span.reach, Reach::Before(..));
        let part =
            |range: Range<f64>, edge: f64| if is_backward { edge..range.end } else { range.start..edge };
        // A window is of tables or of files, not of both.
        let Range { start, end } = self.tabulated;
        let inside = |edge: &f64| range.start < *edge && *edge < range.end;
        let edge = if is_backward { [end, start] } else { [start, end] }.into_iter().find(inside);
        let range = edge.map_or(range.clone(), |edge| part(range, edge));
        let source = self.query.sky.source;
        let is_tabulated = start <= range.start && range.end <= end;
        let mut window = Window {
            query: Arc::clone(&self.query),
            generation: Arc::clone(&self.generation),
            range,
            beside,
            most,
        };
        if source != SourceChoice::Live && is_tabulated {
            let begun = Clock::now();
            let found = if self.is_aside {
                let (window, tabulated) = (window.clone(), self.tabulated.clone());
                aside::done(move || Ok(window.by_tables(&tabulated))).await?
            } else {
                window.by_tables(&self.tabulated)
            };
            match found {
                Ok(found) => {
                    self.answered.table += found.told.len() as u64;
                    self.adapt(begun.elapsed());
                    return Ok(found);
                }
                Err(NoTable::Refused(problem)) => return Err(problem),
                Err(NoTable::Unknown(unknown)) if source == SourceChoice::Table => {
                    return Err(only_live(&unknown));
                }
                Err(NoTable::Unknown(_)) => {}
            }
        }
        let live = app.live().ok_or_else(live_unavailable)?;
        let (first, after) = live.files.span();
        let Range { start, end } = window.range;
        if end - start > LIVE_DAYS {
            window.range = part(start..end, if is_backward { end - LIVE_DAYS } else { start + LIVE_DAYS });
        }
        let job = || {
            let window = window.clone();
            move |session: &mut Session| window.live(session, &(first..after))
        };
        let found = evaluate::in_turn(app, job).await?;
        self.answered.live += found.told.len() as u64;
        Ok(found)
    }

    /// Makes windows longer or shorter, after what one took.
    fn adapt(&mut self, took: Duration) {
        let most = if self.is_aside { ASIDE } else { TURN };
        if took * 2 < most {
            self.days = (self.days * 2.0).min(MOST_DAYS);
        } else if took > most && self.is_aside {
            self.days = (self.days / 2.0).max(FIRST_DAYS);
        } else if took > most {
            self.is_aside = true;
        }
    }
}

/// Something that happens, before its instants are dates.
enum Happening {
    Event(Event),
    Eclipse(Eclipse),
}

impl Happening {
    fn jd_tt(&self) -> f64 {
        match self {
            Happening::Event(event) => event.jd_tt,
            Happening::Eclipse(eclipse) => eclipse.greatest_jd_tt(),
        }
    }
}

impl Window {
    fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.query.sky, instant: INSTANT }
    }

    fn has_eclipses(&self) -> bool {
        self.query.types.contains(&EventType::Eclipse)
    }

    /// Searches it in the tables, which know of so much.
    fn by_tables(&self, tabulated: &Range<f64>) -> Result<Found, NoTable> {
        let dataset = &self.generation.dataset;
        let unknown = |unknown: Unknown| NoTable::Unknown(unknown.to_string());
        let eclipses = if self.has_eclipses() {
            eclipses::by_tables(dataset, &self.range, self.query.eclipsed)
                .map_err(|miss| unknown(miss.into()))?
        } else {
            Vec::new()
        };
        let tables = Tables::new(dataset);
        let happenings = match listed::events(&self.generation, &self.query, &self.range) {
            Some(events) => self.sift(events.into_iter().map(Ok), eclipses),
            None => self.sift(self.find(&tables, tabulated), eclipses),
        };
        let happenings = happenings.map_err(unknown)?;
        self.tell(happenings, |jd_tt| dated_by_tables(&self.generation, jd_tt), false)
            .map_err(NoTable::Refused)
    }

    /// Searches it in the live source, whose files reach over `known`.
    fn live(&self, session: &mut Session, known: &Range<f64>) -> Result<Found, Problem> {
        let asked = self.asked();
        let mut sky = FromFiles { session: &mut *session, asked, known: known.clone() };
        let eclipses = if self.has_eclipses() {
            eclipses::live(&mut sky, &self.range, self.query.eclipsed)?
        } else {
            Vec::new()
        };
        let happenings = self.sift(self.find(&Sampled::new(sky), known), eclipses)?;
        let dated = |jd_tt: f64| evaluate::instant(session, asked, When::Tt(TtDay(jd_tt)), &self.generation);
        self.tell(happenings, dated, true)
    }

    /// What happens in it but for eclipses, in order of time, as it is found in an ephemeris.
    fn find<'e, E: Ephemeris>(&self, ephemeris: &'e E, known: &Range<f64>) -> Merged<'e, E::Error> {
        let Range { start, end } = self.range;
        let ayanamsa = self.query.sky.view.ayanamsa();
        let finder = Finder::new(ephemeris, (known.start, known.end), (start, end), ayanamsa);
        merged(kinds(&finder, &self.query))
    }

    /// Eclipses among other events, in order of time: one more than is wanted, if there is one.
    fn sift<E>(
        &self,
        events: impl Iterator<Item = Result<Event, E>>,
        eclipses: Vec<Eclipse>,
    ) -> Result<Vec<Happening>, E> {
        let mut events = events.peekable();
        let mut eclipses = eclipses.into_iter().peekable();
        let mut found = Vec::new();
        while found.len() <= self.most.saturating_add(self.beside) {
            let is_eclipse_next = match (events.peek(), eclipses.peek()) {
                (Some(Ok(event)), Some(eclipse)) => eclipse.greatest_jd_tt() < event.jd_tt,
                (next, eclipse) => next.is_none() && eclipse.is_some(),
            };
            let next = if is_eclipse_next {
                eclipses.next().map(Happening::Eclipse)
            } else {
                events.next().transpose()?.map(Happening::Event)
            };
            match next {
                Some(next) => found.push(next),
                None => break,
            }
        }
        Ok(found)
    }

    /// Tells what was found, without what was told before.
    fn tell(
        &self,
        happenings: Vec<Happening>,
        mut dated: impl FnMut(f64) -> Result<Instant, Problem>,
        is_live: bool,
    ) -> Result<Found, Problem> {
        let start = self.range.start;
        let mut told = Vec::new();
        let mut left = self.beside;
        let mut is_cut = false;
        for happening in happenings {
            let jd_tt = happening.jd_tt();
            if left > 0 && jd_tt == start {
                left -= 1;
                continue;
            }
            if told.len() == self.most {
                is_cut = true;
                break;
            }
            let at = dated(jd_tt)?;
            told.push(match happening {
                Happening::Event(event) => Told {
                    kind: event.what.of(),
                    at,
                    fields: fields::fields(&event.what, &mut dated)?,
                    is_live,
                },
                Happening::Eclipse(eclipse) => {
                    let fields = if self.query.shape == Shape::Eclipses {
                        eclipse.all_fields(&at, &mut dated)?
                    } else {
                        eclipse.fields(&at)
                    };
                    Told { kind: EventType::Eclipse, at, fields, is_live }
                }
            });
        }
        Ok(Found { told, is_cut, range: self.range.clone() })
    }
}

/// What refusals call the instant of something that was asked for between others.
pub(super) const INSTANT: &str = "start";

/// The instant of a Julian day of TT, with ΔT from the tables.
pub(super) fn dated_by_tables(generation: &Generation, jd_tt: f64) -> Result<Instant, Problem> {
    let when = When::Tt(TtDay(jd_tt));
    let dated = plan::instant_by_tables(generation, when)?;
    dated.ok_or_else(|| plan::why_no_instant(generation, when))
}

/// What the tables of all these products know of; nothing where there are none, or one is not there.
pub(super) fn tabulated(dataset: &Dataset, products: Option<Vec<Product>>) -> Range<f64> {
    let nothing = 0.0..0.0;
    let Some(products) = products else { return nothing };
    let mut known = f64::MIN..f64::MAX;
    for product in products {
        let Some((start, end)) = dataset.span_jd(product) else { return nothing };
        known = known.start.max(start)..known.end.min(end);
    }
    known
}

/// What can be known at all of what the tables know of so far.
pub(super) fn known(app: &App, source: SourceChoice, tabulated: &Range<f64>) -> Result<Range<f64>, Problem> {
    let is_empty = tabulated.start >= tabulated.end;
    let live = app.live().filter(|_| source != SourceChoice::Table).map(|live| live.files.span());
    match (source, live) {
        (SourceChoice::Table, _) if is_empty => {
            Err(only_live("no table has all of the bodies that were asked for"))
        }
        (SourceChoice::Live, None) => Err(live_unavailable()),
        (SourceChoice::Auto, None) if is_empty => Err(live_unavailable()),
        (SourceChoice::Live, Some((start, end))) => Ok(start..end),
        (_, Some((start, end))) if is_empty => Ok(start..end),
        (_, Some((start, end))) => Ok(tabulated.start.min(start)..tabulated.end.max(end)),
        (_, None) => Ok(tabulated.clone()),
    }
}

/// The refusal of an end beyond all that is known.
pub(super) fn beyond(
    sky: &SkyQuery,
    calendar: Option<Calendar>,
    name: &'static str,
    known: &Range<f64>,
) -> Problem {
    let date = |jd: f64| DayNumber((jd + 0.5).floor() as i64).civil(calendar);
    let (start, end) = (date(known.start + 1.0), date(known.end - 1.0));
    let what =
        if sky.source == SourceChoice::Table { "the tables" } else { "the tables and ephemeris files" };
    Problem::new(
        Code::OutsideEphemeris,
        format!("{name} lies outside {what}, which reach from {start} to {end}"),
    )
    .parameter(name)
    .hint(format!("give {name} from {start} to {end}"))
}

/// The instant that a query names, under a name.
pub(crate) async fn instant(
    app: &App,
    query: &Arc<EventsQuery>,
    generation: &Arc<Generation>,
    name: &'static str,
    when: When,
) -> Result<Instant, Problem> {
    if query.sky.source != SourceChoice::Live {
        match plan::instant_by_tables(generation, when) {
            Ok(Some(instant)) => return Ok(instant),
            Ok(None) if query.sky.source == SourceChoice::Table => {
                return Err(plan::why_no_instant(generation, when).parameter(name));
            }
            Ok(None) => {}
            Err(problem) => return Err(problem.parameter(name)),
        }
    }
    let job = || {
        let (query, generation) = (Arc::clone(query), Arc::clone(generation));
        move |session: &mut Session| {
            evaluate::instant(session, Asked { sky: &query.sky, instant: name }, when, &generation)
        }
    };
    evaluate::in_turn(app, job).await
}
