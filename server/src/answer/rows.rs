//! Many instants at once, told into the columns of a table.
//!
//! Tables fill the columns of a body for all instants of a batch, and each instant's stage turns its states into what was
//! asked for. Instants of which tables do not know everything are left to a session on a live thread, each as a whole, by
//! the way that a single one takes.

use std::sync::Arc;

use orrery_almanac::ayanamsa::Zodiac;
use orrery_almanac::zodiac::{InNakshatra, InSign};
use orrery_almanac::{Ayanamsa, Instant, Subsecond, Utc};
use orrery_format::batch::Missed;
use orrery_format::{Product, TtDay};
use orrery_swisseph::{EphemerisModel, Session};
use smallvec::SmallVec;

use crate::answer::aid::{Aid, Needs};
use crate::answer::evaluate::{self, Stage};
use crate::answer::mix::Mix;
use crate::answer::plan::{self, DeltaT, Origins, Resolved};
use crate::answer::quantities::{TOLD, Values};
use crate::answer::reference::Place;
use crate::answer::render::{along, decimals};
use crate::answer::surroundings::{Found, Surroundings};
use crate::answer::tables::Answered;
use crate::app::Generation;
use crate::query::{Asked, Field, SkyQuery, SourceChoice, When};
use crate::table::{Batch, Cells, Holds, Layout, NOTHING};
use crate::wire::problem::Problem;

mod filled;
mod layout;

use filled::Filled;
pub(crate) use layout::layout;

/// The words of the column `source`.
pub(crate) const SOURCES: [&str; 3] = ["table", "live", "moshier"];

/// Their numbers.
const TABLE: u8 = 0;
const LIVE: u8 = 1;
const MOSHIER: u8 = 2;

/// What is asked of many instants, with the memory that telling them takes.
pub(crate) struct Rows {
    generation: Arc<Generation>,
    sky: Arc<SkyQuery>,
    /// What the client calls its instants.
    instant: &'static str,
    zodiac: Option<Zodiac>,
    needs: Needs,
    layout: Arc<Layout>,
    shown_decimals: Option<u8>,
    /// One for each column.
    origins: Vec<Origin>,
    scratch: Scratch,
    answered: Answered,
}

/// What is known of a batch while it is told.
#[derive(Default)]
struct Scratch {
    /// Of each instant, whether it is for a session.
    is_left: Vec<bool>,
    tts: Vec<f64>,
    uts: Vec<f64>,
    instants: Vec<Option<Instant>>,
    aids: [Filled; Aid::COUNT],
    missed: Vec<Missed>,
    stages: Vec<Option<Stage>>,
    body: Filled,
    places: Vec<Place>,
    values: Vec<Values>,
    sources: Vec<u8>,
}

/// The cells that something goes into: the first of them, and how far it is to the next.
#[derive(Clone, Copy)]
struct Cursor {
    first: usize,
    step: usize,
}

impl Cursor {
    /// Puts something made of each of these into the cells.
    #[inline]
    fn put<T, U>(self, out: &mut [U], from: &[T], make: impl Fn(&T) -> U) {
        for (cell, from) in out[self.first..].iter_mut().step_by(self.step).zip(from) {
            *cell = make(from);
        }
    }
}

/// Where the cells of a column come from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// One of the three numbers of a place.
    Coordinate(usize),
    /// How it changes.
    Speed(usize),
    Sign,
    SignLongitude,
    Decan,
    Nakshatra,
    Pada,
    Retrograde,
    /// One of the numbers that are told beside the place.
    Number(usize),
    /// One of them that is a truth.
    Truth(usize),
    Source,
}

impl Origin {
    /// Of a field; `told` is how many fields that are told beside the place came before it.
    fn of(field: Field, told: &mut usize) -> Origin {
        match field {
            Field::First => Origin::Coordinate(0),
            Field::Second => Origin::Coordinate(1),
            Field::Third => Origin::Coordinate(2),
            Field::FirstSpeed => Origin::Speed(0),
            Field::SecondSpeed => Origin::Speed(1),
            Field::ThirdSpeed => Origin::Speed(2),
            Field::Sign => Origin::Sign,
            Field::SignLongitude => Origin::SignLongitude,
            Field::Decan => Origin::Decan,
            Field::Nakshatra => Origin::Nakshatra,
            Field::Pada => Origin::Pada,
            Field::Retrograde => Origin::Retrograde,
            Field::Source => Origin::Source,
            _ => {
                *told += 1;
                if field == Field::OutOfBounds { Origin::Truth(*told - 1) } else { Origin::Number(*told - 1) }
            }
        }
    }
}

/// Makes room for the rows of so many instants.
fn prepare(batch: &mut Batch, layout: &Layout, instants: usize) {
    batch.clear();
    batch.jd_tt.resize(instants, f64::NAN);
    if layout.time.jd_ut {
        batch.jd_ut.resize(instants, f64::NAN);
    }
    if layout.time.utc {
        batch.utc.resize(instants, Utc::default());
    }
    let rows = instants * layout.bodies.len();
    for cells in &mut batch.cells {
        match cells {
            Cells::Numbers(numbers) => numbers.resize(rows, f64::NAN),
            Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes) => bytes.resize(rows, NOTHING),
        }
    }
}

/// The number of the word for what answered.
fn source(model: Option<EphemerisModel>) -> u8 {
    match model {
        None => TABLE,
        Some(EphemerisModel::Swiss) => LIVE,
        Some(EphemerisModel::Moshier) => MOSHIER,
    }
}

/// Instants of a table, and their rows.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) whens: Vec<When>,
    pub(crate) batch: Batch,
    /// Those of the instants that are not told yet, in falling order.
    pub(crate) left: Vec<usize>,
}

/// Bodies of one instant or instants of one body, told.
struct Told<'a> {
    places: &'a [Place],
    values: &'a [Values],
    sources: &'a [u8],
}

impl Rows {
    /// Of a query whose instants the client calls by a name.
    pub(crate) fn new(
        generation: Arc<Generation>,
        sky: Arc<SkyQuery>,
        instant: &'static str,
        layout: Arc<Layout>,
    ) -> Rows {
        let zodiac = sky.view.ayanamsa().map(Ayanamsa::zodiac);
        let needs = Needs::of(&sky, true);
        let mut told = 0;
        let origins = sky.fields.iter().map(|field| Origin::of(field, &mut told)).collect();
        // A sign is that of the longitude as it is shown.
        let shown_decimals = layout.columns.iter().find_map(|column| match column.holds {
            Holds::Number { decimals, wraps: true, .. } => Some(decimals),
            _ => None,
        });
        let shown_decimals =
            shown_decimals.unwrap_or_else(|| decimals(sky.precision, crate::query::Unit::Degrees));
        let (scratch, answered) = (Scratch::default(), Answered::default());
        Rows { generation, sky, instant, zodiac, needs, layout, shown_decimals, origins, scratch, answered }
    }

    fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.sky, instant: self.instant }
    }

    /// What the client calls the instants that are told from now on.
    pub(crate) fn call(&mut self, instant: &'static str) {
        self.instant = instant;
    }

    /// How many rows were answered so far.
    pub(crate) fn answered(&self) -> Answered {
        self.answered
    }

    /// Counts the rows that were answered so far as nobody's.
    pub(crate) fn forget(&mut self) {
        self.answered = Answered::default();
    }

    /// Tells what tables know of a part. What is left is for a session.
    pub(crate) fn tell_tabulated(&mut self, part: &mut Part) -> Result<(), Problem> {
        let Part { whens, batch, left } = part;
        left.clear();
        prepare(batch, &self.layout, whens.len());
        if self.sky.source == SourceChoice::Live {
            left.extend((0..whens.len()).rev());
            return Ok(());
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let outcome = self.tabulate(whens, batch, &mut scratch);
        left.extend((0..whens.len()).rev().filter(|nth| scratch.is_left[*nth]));
        self.scratch = scratch;
        outcome?;
        self.answered.table += ((whens.len() - left.len()) * self.sky.bodies.len()) as u64;
        match left.last() {
            Some(first) if self.sky.source == SourceChoice::Table => Err(self.why_only_live(whens[*first])),
            _ => Ok(()),
        }
    }

    fn tabulate(&self, whens: &[When], batch: &mut Batch, scratch: &mut Scratch) -> Result<(), Problem> {
        let (asked, generation) = (self.asked(), &*self.generation);
        let Scratch { is_left, tts, uts, instants, aids, missed, stages, body, places, values, sources } =
            scratch;
        let length = whens.len();
        is_left.clear();
        is_left.resize(length, false);
        tts.clear();
        uts.clear();
        instants.clear();
        stages.clear();
        missed.clear();
        for (nth, when) in whens.iter().enumerate() {
            let instant = self.instant_by_tables(*when)?;
            // No table has what is no number.
            tts.push(instant.map_or(f64::NAN, |instant| instant.tt.jd()));
            uts.push(instant.map_or(f64::NAN, |instant| instant.ut.jd()));
            if let Some(instant) = instant {
                self.tell_time(batch, nth, &instant);
            }
            instants.push(instant);
        }
        for aid in self.needs.iter() {
            let jds = if aid == Aid::Rotation { &*uts } else { &*tts };
            aids[aid as usize].fill(generation, aid.product(), jds, missed);
        }
        missed.drain(..).for_each(|missed| is_left[missed.index] = true);
        for (nth, instant) in instants.iter().enumerate() {
            let stage = match instant.filter(|_| !is_left[nth]) {
                Some(instant) => {
                    let around = Surroundings::of(instant, &self.found(aids, nth, instant));
                    Stage::from_tables(asked, self.zodiac.as_ref(), &around)?
                }
                None => None,
            };
            is_left[nth] |= stage.is_none();
            stages.push(stage);
        }
        let told = TOLD.into_iter().filter(|field| self.sky.fields.has(*field)).count();
        let center = self.sky.view.observer.center();
        sources.clear();
        sources.resize(length, TABLE);
        for (which, wire) in self.sky.bodies.iter().enumerate() {
            let tabulated = wire.tabulated().filter(|_| self.sky.view.is_tabulated());
            let Some((base, derivation)) = tabulated else {
                is_left.fill(true);
                return Ok(());
            };
            body.fill(generation, Product::Place(center, base), tts, missed);
            missed.drain(..).for_each(|missed| is_left[missed.index] = true);
            places.clear();
            values.clear();
            for (nth, stage) in stages.iter().enumerate() {
                let state = body.state(nth);
                let seen = stage
                    .as_ref()
                    .filter(|_| !is_left[nth])
                    .and_then(|stage| Some((stage, stage.seen(base, &state)?)));
                let Some((stage, seen)) = seen else {
                    is_left[nth] = true;
                    places.push(Place::default());
                    if told > 0 {
                        values.push(Values::from_elem(f64::NAN, told));
                    }
                    continue;
                };
                let seen = derivation.apply(seen);
                places.push(stage.reference.place(&seen));
                if let Some(quantities) = &stage.quantities {
                    values.push(quantities.of(*wire, &seen, &derivation.apply(state)));
                }
            }
            if !evaluate::is_finite(places) {
                return Err(evaluate::no_number(TtDay(tts[0])));
            }
            let told = Told { places, values, sources };
            self.write(batch, Cursor { first: which, step: self.sky.bodies.len() }, &told);
        }
        Ok(())
    }

    /// What the tables of the aids say of an instant.
    fn found(&self, aids: &[Filled; Aid::COUNT], nth: usize, instant: Instant) -> Found {
        let needed = |aid: Aid| Some(&aids[aid as usize]).filter(|_| self.needs.has(aid));
        Found {
            nutation: needed(Aid::Nutation).map(|filled| filled.nutation(nth)),
            earth: needed(Aid::Earth).map(|filled| filled.state(nth)),
            sun: needed(Aid::Sun).map(|filled| filled.state(nth)),
            moon: needed(Aid::Moon).map(|filled| filled.state(nth)),
            sidereal_time: needed(Aid::Rotation).map(|filled| filled.sidereal_time(nth, instant.ut)),
        }
    }

    /// Tells some instants of what is left of a part: at most so many.
    pub(crate) fn tell_live(
        &mut self,
        session: &mut Session,
        part: &mut Part,
        most: usize,
    ) -> Result<(), Problem> {
        let bodies = self.sky.bodies.len();
        for _ in 0..most {
            let Some(nth) = part.left.pop() else { return Ok(()) };
            let when = part.whens[nth];
            let (generation, asked) = (&*self.generation, self.asked());
            let known = match self.sky.source {
                SourceChoice::Live => None,
                _ => self.instant_by_tables(when)?,
            };
            let mut resolved = match known {
                Some(instant) => {
                    let mut origins = Origins::none(DeltaT::Unasked);
                    origins.find(&generation.dataset, asked.sky, &instant)?;
                    Resolved { instant, origins }
                }
                None => evaluate::resolve(session, asked, when, generation)
                    .map_err(|problem| self.of_instant(problem))?,
            };
            let (sky, _) = evaluate::with_session(session, asked, generation, &mut resolved)?;
            self.tell_time(&mut part.batch, nth, &resolved.instant);
            self.answered.any_aid_live |= resolved.origins.mix() != Mix::Table;
            let sources: SmallVec<[u8; 10]> = (0..bodies).map(|body| source(sky.model(body))).collect();
            for source in &sources {
                let count = match *source {
                    TABLE => &mut self.answered.table,
                    LIVE => &mut self.answered.live,
                    _ => &mut self.answered.moshier,
                };
                *count += 1;
            }
            let told = Told { places: &sky.places, values: &sky.values, sources: &sources };
            self.write(&mut part.batch, Cursor { first: nth * bodies, step: 1 }, &told);
        }
        Ok(())
    }

    fn tell_time(&self, batch: &mut Batch, nth: usize, instant: &Instant) {
        batch.jd_tt[nth] = instant.tt.jd();
        if let Some(jd_ut) = batch.jd_ut.get_mut(nth) {
            *jd_ut = instant.ut.jd();
        }
        if let Some(utc) = batch.utc.get_mut(nth) {
            let leaps = &self.generation.leaps;
            *utc = instant.utc(leaps).rounded(Subsecond::Millisecond, leaps);
        }
    }

    /// Puts what was told into the cells that a cursor goes through.
    fn write(&self, batch: &mut Batch, cursor: Cursor, told: &Told<'_>) {
        let Told { places, values, sources } = *told;
        let shown = |place: &Place| along(place.at[0], self.shown_decimals).1;
        for (origin, cells) in self.origins.iter().zip(&mut batch.cells) {
            match (*origin, cells) {
                (Origin::Coordinate(which), Cells::Numbers(out)) => {
                    cursor.put(out, places, |place| place.at[which]);
                }
                (Origin::Speed(which), Cells::Numbers(out)) => {
                    cursor.put(out, places, |place| place.speed[which]);
                }
                (Origin::SignLongitude, Cells::Numbers(out)) => {
                    cursor.put(out, places, |place| InSign::of(shown(place)).degrees);
                }
                (Origin::Number(which), Cells::Numbers(out)) => {
                    cursor.put(out, values, |values| values[which]);
                }
                (Origin::Sign, Cells::Words(out)) => {
                    cursor.put(out, places, |place| InSign::of(shown(place)).sign as u8);
                }
                (Origin::Nakshatra, Cells::Words(out)) => {
                    cursor.put(out, places, |place| InNakshatra::of(shown(place)).nakshatra as u8);
                }
                (Origin::Decan, Cells::Counts(out)) => {
                    cursor.put(out, places, |place| InSign::of(shown(place)).decan);
                }
                (Origin::Pada, Cells::Counts(out)) => {
                    cursor.put(out, places, |place| InNakshatra::of(shown(place)).pada);
                }
                (Origin::Retrograde, Cells::Truths(out)) => {
                    cursor.put(out, places, |place| u8::from(place.speed[0] < 0.0));
                }
                (Origin::Truth(which), Cells::Truths(out)) => {
                    let truth = |value: f64| if value.is_nan() { NOTHING } else { u8::from(value != 0.0) };
                    cursor.put(out, values, |values| truth(values[which]));
                }
                (Origin::Source, Cells::Words(out)) => cursor.put(out, sources, |source| *source),
                // The encoder refuses cells that are none of their column's.
                _ => {}
            }
        }
    }

    /// An instant with ΔT from the tables; `None` where they have none for it.
    fn instant_by_tables(&self, when: When) -> Result<Option<Instant>, Problem> {
        plan::instant_by_tables(&self.generation, when).map_err(|problem| self.of_instant(problem))
    }

    /// What is refused of an instant, by the name that it has here.
    fn of_instant(&self, mut problem: Problem) -> Problem {
        if let Some("date" | "jd" | "jd_tt") = problem.parameter.as_deref() {
            problem.parameter = Some(self.instant.into());
        }
        problem
    }

    /// Why an instant is for the live source alone, where the query forbids that.
    fn why_only_live(&self, when: When) -> Problem {
        let (generation, asked) = (&*self.generation, self.asked());
        let instant = match self.instant_by_tables(when) {
            Ok(Some(instant)) => instant,
            Ok(None) => return plan::why_no_instant(generation, when),
            Err(problem) => return problem,
        };
        let mut origins = Origins::none(DeltaT::Unasked);
        match origins.find(&generation.dataset, asked.sky, &instant) {
            Err(problem) => problem,
            // Each of them is tabulated, and then it was the Sun that hid something.
            Ok(()) => {
                plan::only_live("a body before or behind the Sun's disc, or an ayanamsa's star behind it")
            }
        }
    }
}
