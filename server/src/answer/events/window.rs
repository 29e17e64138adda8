//! A stretch of time that is searched for events in one go: in the tables and their lists, or in the live source.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant as Clock;

use orrery_almanac::Instant;
use orrery_almanac::events::{Event, EventType, Finder, Merged, What, merged};
use orrery_almanac::motion::{Ephemeris, Sampled, Tables, Unknown};
use orrery_format::TtDay;
use orrery_swisseph::Session;

use super::kinds::kinds;
use super::places::FromFiles;
use super::reach::dated_by_tables;
use super::{Eclipse, NoTable, Told, eclipses, fields, listed};
use crate::answer::evaluate;
use crate::app::Generation;
use crate::query::{Asked, EventsQuery, Shape, When};
use crate::wire::problem::Problem;

/// What a window is searched for.
#[derive(Clone)]
pub(super) struct Window {
    pub(super) query: Arc<EventsQuery>,
    pub(super) generation: Arc<Generation>,
    pub(super) range: Range<f64>,
    /// Whether periods may be told whose ends nobody here knows.
    pub(super) is_open_told: bool,
    /// Events at its first instant that are told already.
    pub(super) beside: usize,
    pub(super) most: usize,
}

/// What was found in a window.
pub(super) struct Found {
    pub(super) told: Vec<Told>,
    /// Whether there may be more in it.
    pub(super) is_cut: bool,
    /// What was searched: a part of what was to be, perhaps.
    pub(super) range: Range<f64>,
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

    /// Whether it lasts and one of its ends is beyond what is known.
    fn is_open(&self) -> bool {
        match self {
            Happening::Event(Event { what, .. }) => match what {
                What::Aspect { within: Some(ends), .. } => ends.contains(&None),
                What::OutOfBounds { end_jd_tt, .. }
                | What::Cazimi { end_jd_tt, .. }
                | What::Combustion { end_jd_tt, .. } => end_jd_tt.is_none(),
                _ => false,
            },
            Happening::Eclipse(_) => false,
        }
    }
}

impl Window {
    fn asked(&self) -> Asked<'_> {
        let named = self.query.span.whens().next();
        Asked { sky: &self.query.sky, instant: named.map_or("start", |(name, _)| name) }
    }

    fn has_eclipses(&self) -> bool {
        self.query.types.contains(&EventType::Eclipse)
    }

    /// Searches it in the tables, which know of so much.
    pub(super) fn by_tables(&self, tabulated: &Range<f64>) -> Result<Found, NoTable> {
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
        if !self.is_open_told && happenings.iter().any(Happening::is_open) {
            return Err(NoTable::Unknown("a period lasts beyond the tables".into()));
        }
        self.tell(happenings, |jd_tt| dated_by_tables(&self.generation, jd_tt), false)
            .map_err(NoTable::Refused)
    }

    /// Searches it in the live source, whose files reach over `known`, until it has taken too long.
    pub(super) fn live(
        &self,
        session: &mut Session,
        known: &Range<f64>,
        until: Clock,
    ) -> Result<Found, Problem> {
        let asked = self.asked();
        let mut sky = FromFiles { session: &mut *session, asked, known: known.clone(), until };
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
    fn find<'e, E: Ephemeris>(&self, ephemeris: &'e E, known: &Range<f64>) -> Merged<'e, Event, E::Error> {
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
