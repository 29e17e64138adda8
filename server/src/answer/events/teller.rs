//! Lists of events, told window by window.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use orrery_format::TtDay;
use orrery_swisseph::Session;

use super::kinds;
use super::reach::{self, Reaches, instant};
use super::window::{Found, Window};
use super::{NoTable, Told};
use crate::answer::evaluate;
use crate::answer::plan::{live_unavailable, only_live};
use crate::answer::tables::Answered;
use crate::app::{App, Generation};
use crate::query::{Cursor, EventsQuery, Reach, SourceChoice, foreign_cursor};
use crate::wire::aside;
use crate::wire::problem::{Code, Problem};

/// Days of the first window, and of the longest.
const FIRST_DAYS: f64 = 64.0;
const MOST_DAYS: f64 = 40_000.0;

/// Days of a window that is searched live: some hundredths of a second.
const LIVE_DAYS: f64 = 64.0;

/// The same where many curves are looked at.
const LEAST_LIVE_DAYS: f64 = 2.0;

/// What a window may take to be searched on the thread that serves; what takes longer is searched beside it.
const TURN: Duration = Duration::from_millis(3);

/// What it should take beside it: long enough that beginning a window costs little against it.
const ASIDE: Duration = Duration::from_millis(60);

/// Curves that may be searched on the thread that serves before it is known how long it takes.
const FEW_CURVES: usize = 80;

/// Events that are told at a time.
const BATCH: usize = 1_024;

/// Tells the events of a query, window by window.
pub(crate) struct Teller {
    query: Arc<EventsQuery>,
    generation: Arc<Generation>,
    /// First instant, and first after: Julian days of TT.
    range: Range<f64>,
    reaches: Reaches,
    /// Where the next event may be.
    place: Cursor,
    /// How many are still wanted.
    left: u32,
    days: f64,
    /// Whether windows are searched beside the thread that serves.
    is_aside: bool,
    /// Until when it may go on, if not for as long as somebody listens.
    deadline: Option<Clock>,
    /// How far back was searched, of those before an instant.
    back_to: f64,
    /// Windows that were searched, by whom.
    answered: Answered,
}

impl Teller {
    /// Of a query; `mark` is what is common to queries that ask for the same list. It may go on until the deadline, and without
    /// one for as long as somebody asks for more.
    pub(crate) async fn new(
        app: &App,
        query: &Arc<EventsQuery>,
        generation: &Arc<Generation>,
        mark: u32,
        deadline: Option<Clock>,
    ) -> Result<Teller, Problem> {
        let reaches = Reaches::of(app, query, generation)?;
        let known = reaches.all.clone();
        let mut ends = Vec::with_capacity(2);
        for (name, when) in query.span.whens() {
            let jd_tt = instant(app, query, generation, name, when).await?.tt.jd();
            if !(known.start..=known.end).contains(&jd_tt) {
                return Err(reach::beyond(&query.sky, query.span.clock.calendar, name, &known));
            }
            ends.push(jd_tt);
        }
        let (mut range, left) = match (&query.span.reach, ends.as_slice()) {
            (Reach::Between(..), [start, stop]) => (*start..*stop, u32::MAX),
            (Reach::Before(_, count), [end, ..]) => (known.start..*end, *count),
            (Reach::After(_, count), [start, ..]) => (*start..known.end, *count),
            // There are as many instants as ends.
            _ => (known.clone(), 0),
        };
        if range.end < range.start {
            return Err(orrery_almanac::Error::Backwards.into());
        }
        let begin = Cursor { at: TtDay(range.start), beside: 0, told: 0, mark };
        let place = query.span.cursor.unwrap_or(begin);
        let at = place.at.jd();
        // What is from now on has begun a little earlier than the page after its first.
        if query.span.is_now() && known.contains(&at) {
            range.start = range.start.min(at);
        }
        if !(range.start..=range.end).contains(&at) {
            return Err(foreign_cursor());
        }
        Ok(Teller {
            query: Arc::clone(query),
            generation: Arc::clone(generation),
            back_to: range.end,
            range,
            reaches,
            place,
            left: left.saturating_sub(place.told),
            days: FIRST_DAYS,
            is_aside: kinds::curves(query) > FEW_CURVES,
            deadline,
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
            Reach::Before(..) => self.back_to..self.range.end,
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
            self.back_to = end;
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
        if self.deadline.is_some_and(|deadline| Clock::now() > deadline) {
            return Err(too_long(app));
        }
        let is_backward = matches!(self.query.span.reach, Reach::Before(..));
        let part =
            |range: &Range<f64>, edge: f64| if is_backward { edge..range.end } else { range.start..edge };
        let short = |range: &Range<f64>, days: f64| {
            let edge = if is_backward { range.end - days } else { range.start + days };
            if range.end - range.start > days { part(range, edge) } else { range.clone() }
        };
        // A window is of tables or of files, not of both.
        let Range { start, end } = self.reaches.by_tables;
        let inside = |edge: &f64| range.start < *edge && *edge < range.end;
        let edge = if is_backward { [end, start] } else { [start, end] }.into_iter().find(inside);
        let range = edge.map_or(range.clone(), |edge| part(&range, edge));
        let source = self.query.sky.source;
        let is_tabulated = start <= range.start && range.end <= end;
        let mut window = Window {
            query: Arc::clone(&self.query),
            generation: Arc::clone(&self.generation),
            // Where files know more than the tables, nothing is told without its end.
            is_open_told: reach::live(app, source).is_none(),
            range,
            beside,
            most,
        };
        if source != SourceChoice::Live && is_tabulated {
            loop {
                let begun = Clock::now();
                let found = if self.is_aside {
                    let (window, tables) = (window.clone(), self.reaches.tables.clone());
                    aside::done(move || Ok(window.by_tables(&tables))).await?
                } else {
                    window.by_tables(&self.reaches.tables)
                };
                match found {
                    Ok(found) => {
                        self.answered.table += 1;
                        self.adapt(begun.elapsed());
                        return Ok(found);
                    }
                    Err(NoTable::Refused(problem)) => return Err(problem),
                    Err(NoTable::Unknown(unknown)) if source == SourceChoice::Table => {
                        return Err(only_live(&unknown));
                    }
                    // Of a long window most may be known.
                    Err(NoTable::Unknown(_)) if window.range.end - window.range.start > FIRST_DAYS => {
                        self.days = FIRST_DAYS;
                        window.range = short(&window.range, FIRST_DAYS);
                    }
                    Err(NoTable::Unknown(_)) => break,
                }
            }
        }
        let live = app.live().ok_or_else(live_unavailable)?;
        let files = reach::searchable(live);
        let most_days = (LIVE_DAYS * FEW_CURVES as f64 / kinds::curves(&self.query).max(1) as f64)
            .clamp(LEAST_LIVE_DAYS, LIVE_DAYS);
        window.range = short(&window.range, most_days);
        let limit = Clock::now() + app.limits().compute();
        let until = self.deadline.map_or(limit, |deadline| deadline.min(limit));
        let job = || {
            let (window, files) = (window.clone(), files.clone());
            move |session: &mut Session| window.live(session, &files, until)
        };
        let found = evaluate::in_turn(app, job).await?;
        self.answered.live += 1;
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

fn too_long(app: &App) -> Problem {
    let seconds = app.limits().compute().as_secs();
    Problem::new(Code::TimeLimit, format!("the events took more than {seconds} s to find"))
        .hint("ask for a shorter time, for fewer types or bodies, or for a stream with format=ndjson or csv")
        .retry_after(1)
}
