//! When bodies rise, set and stand on the meridian, day by day.
//!
//! `orrery_almanac::rise_set` searches a sky; here the sky is that of the tables, or that of the live source. A body's day
//! is searched by one of them alone: tables, and where these do not reach at some moment of it, or the body is before or
//! behind the Sun's disc, live as a whole.

use std::sync::Arc;

use orrery_almanac::rise_set::{self, Course, Findings, Span, TabulatedSky, Wanted, search};
use orrery_almanac::{DayNumber, Instant, WireBody};
use orrery_swisseph::{EphemerisModel, Session};

use crate::answer::evaluate;
use crate::answer::plan::{self, only_live};
use crate::answer::render::{along, decimals, number, write_by_clock, write_time};
use crate::answer::tables::Answered;
use crate::app::Generation;
use crate::query::{Asked, Day, Level, RiseSetQuery, SourceChoice, Unit};
use crate::text::json::Json;
use crate::wire::problem::Problem;

pub(super) mod sky;

use sky::{FromFiles, Timed};

/// Searches the days of a query.
#[derive(Clone)]
pub(crate) struct Searcher {
    pub(crate) query: Arc<RiseSetQuery>,
    pub(crate) generation: Arc<Generation>,
}

/// A day as far as it is told.
#[derive(Default)]
pub(crate) struct Told {
    day: Option<DayNumber>,
    /// Its beginning and its end; `None` while only the live source knows ΔT.
    ends: Option<[Instant; 2]>,
    /// In the order of the query; `None` for what is left to the live source.
    bodies: Vec<Option<Passage>>,
}

/// What a body does in a day.
struct Passage {
    levels: Vec<(Level, Course)>,
    events: Vec<Event>,
    /// What answered live; `None` where tables did.
    model: Option<EphemerisModel>,
}

/// Something that happens.
struct Event {
    name: &'static str,
    at: Instant,
    azimuth_deg: f64,
    altitude_deg: f64,
}

impl Told {
    /// Whether nothing is left to the live source.
    pub(crate) fn is_complete(&self) -> bool {
        self.ends.is_some() && self.bodies.iter().all(Option::is_some)
    }

    /// The events of the first body, each with its name.
    pub(crate) fn first_body(&self) -> impl Iterator<Item = (&'static str, Instant)> + '_ {
        let events = self.bodies.iter().flatten().take(1).flat_map(|passage| &passage.events);
        events.map(|event| (event.name, event.at))
    }

    /// Counts who answered.
    pub(crate) fn count(&self, answered: &mut Answered) {
        for passage in self.bodies.iter().flatten() {
            match passage.model {
                None => answered.table += 1,
                Some(EphemerisModel::Swiss) => answered.live += 1,
                Some(EphemerisModel::Moshier) => answered.moshier += 1,
            }
        }
    }
}

impl Searcher {
    fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.query.sky, instant: self.query.time.parameter() }
    }

    /// Tells what tables know of a day.
    pub(crate) fn by_tables(&self, day: &Day) -> Result<Told, Problem> {
        let source = self.query.sky.source;
        let bodies = self.query.sky.bodies.iter().map(|_| None).collect();
        let mut told = Told { day: day.number, ends: None, bodies };
        if source == SourceChoice::Live {
            return Ok(told);
        }
        let at = |when| match plan::instant_by_tables(&self.generation, when)? {
            None if source == SourceChoice::Table => Err(plan::why_no_instant(&self.generation, when)),
            found => Ok(found),
        };
        let (Some(start), Some(end)) = (at(day.start)?, at(day.end)?) else { return Ok(told) };
        let ends = [start, end];
        told.ends = Some(ends);
        let dataset = &self.generation.dataset;
        for (body, passage) in self.query.sky.bodies.iter().zip(&mut told.bodies) {
            let mut sky = TabulatedSky { dataset, body: *body, site: self.query.site };
            match self.passage(&mut sky, *body, ends) {
                Ok(found) => *passage = Some(found),
                Err(unseen) if source == SourceChoice::Table => {
                    return Err(only_live(&format!("{}: {unseen}", body.name())));
                }
                Err(_) => {}
            }
        }
        Ok(told)
    }

    /// Tells what is left of a day: as many bodies as may be told in one go.
    pub(crate) fn live(
        &self,
        session: &mut Session,
        day: &Day,
        told: &mut Told,
        most: usize,
    ) -> Result<(), Problem> {
        let asked = self.asked();
        let ends = if let Some(ends) = told.ends {
            ends
        } else {
            let mut at = |when| evaluate::instant(session, asked, when, &self.generation);
            *told.ends.insert([at(day.start)?, at(day.end)?])
        };
        let left = self.query.sky.bodies.iter().zip(&mut told.bodies).filter(|(_, told)| told.is_none());
        for (body, passage) in left.take(most) {
            let (site, model) = (self.query.site, EphemerisModel::Swiss);
            let mut sky = FromFiles { session: &mut *session, asked, body: *body, site, model };
            let found = self.passage(&mut sky, *body, ends)?;
            *passage = Some(Passage { model: Some(sky.model), ..found });
        }
        Ok(())
    }

    /// What a body does between two instants.
    fn passage<S: Timed>(
        &self,
        sky: &mut S,
        body: WireBody,
        [start, end]: [Instant; 2],
    ) -> Result<Passage, S::Error> {
        let wanted = self.query.wanted;
        let (levels, thresholds) = wanted.levels(body, self.query.horizon());
        let span = Span { start: start.ut, end: end.ut };
        let looked_for = Wanted { thresholds: &thresholds, transits: wanted.has_transits() };
        let Findings { events: found, courses, .. } =
            search(sky, self.query.site.latitude_deg, span, &looked_for)?;
        let mut events = Vec::with_capacity(found.len());
        for rise_set::Event { ut, kind, azimuth_deg, altitude_deg } in found {
            if let Some(name) = wanted.name(kind, &levels) {
                events.push(Event { name, at: sky.instant(ut)?, azimuth_deg, altitude_deg });
            }
        }
        Ok(Passage { levels: levels.into_iter().zip(courses).collect(), events, model: None })
    }

    /// Writes what a reply has before its days, of which this is the first.
    pub(crate) fn open(&self, json: &mut Json, first: &Told) {
        json.verbatim(b"{\"query\":").verbatim(self.query.written().as_bytes());
        if let Some([start, _]) = &first.ends {
            write_time(json, &self.query.time, start, &self.generation.leaps);
        }
        json.key("days").open(b'[');
    }

    /// Writes a day that is told, as an element of `days`.
    pub(crate) fn write(&self, json: &mut Json, told: &Told) {
        json.open(b'{');
        if let Some(day) = told.day {
            json.key("date").string(&day.civil(self.query.time.calendar).to_string());
        }
        for (name, at) in ["start", "end"].into_iter().zip(told.ends.iter().flatten()) {
            self.write_at(json.key(name), at);
        }
        json.key("bodies").open(b'[');
        for (body, passage) in self.query.sky.bodies.iter().zip(told.bodies.iter().flatten()) {
            json.open(b'{');
            json.key("body").string(&body.name());
            json.key("course").open(b'{');
            for (level, course) in &passage.levels {
                json.key(level.name()).string(course_name(*course));
            }
            json.close(b'}');
            json.key("events").open(b'[');
            for event in &passage.events {
                self.write_event(json, event);
            }
            json.close(b']');
            json.key("source").string(if passage.model.is_some() { "live" } else { "table" });
            json.close(b'}');
        }
        json.close(b']');
        json.close(b'}');
    }

    fn write_event(&self, json: &mut Json, event: &Event) {
        let decimals = decimals(self.query.sky.precision, Unit::Degrees);
        json.open(b'{');
        json.key("type").string(event.name);
        self.write_at(json.key("at"), &event.at);
        number(json.key("azimuth"), along(event.azimuth_deg, decimals).0, decimals);
        number(json.key("altitude"), event.altitude_deg, decimals);
        json.close(b'}');
    }

    /// Writes an instant, with what the clock shows that the days are of.
    fn write_at(&self, json: &mut Json, at: &Instant) {
        write_by_clock(json, &self.query.time, at, &self.generation.leaps);
    }
}

/// Where a body stays, in a word.
pub(crate) const fn course_name(course: Course) -> &'static str {
    match course {
        Course::Crosses => "crosses",
        Course::AlwaysUp => "always_up",
        Course::AlwaysDown => "always_down",
    }
}
