//! What charts stand on: tables, and the live source beside them where there is a session to ask.
//!
//! A chart may need instants that follow from what was found, and searches in time. So it is not planned: whoever tells one
//! asks the ground for what comes next. Without a session, tables answer alone, on the spot; the first thing that they
//! cannot answer ends the telling with [`Beyond::Tables`], and it begins anew on a live thread, with a session.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Instant as Clock;

use orrery_almanac::Instant;
use orrery_almanac::aspect::perfection::LookedUp;
use orrery_swisseph::{EphemerisModel, Session};

use crate::answer::evaluate::{self, ChartedSky, Sky, no_number};
use crate::answer::mix::Mix;
use crate::answer::plan::{DeltaT, Origins, Resolved, Timed};
use crate::answer::quantities::Values;
use crate::answer::reference::Place;
use crate::answer::render::ERROR_DECIMALS;
use crate::answer::tables::Extent;
use crate::app::Generation;
use crate::query::{Asked, When};
use crate::text::json::Json;
use crate::wire::problem::{Code, Problem};

mod limited;
mod search;
mod stars;

pub(crate) use search::Search;

/// Why a chart is not told.
#[derive(Debug)]
pub(crate) enum Beyond {
    /// Tables do not know all of it, and there is no session.
    Tables,
    Refused(Problem),
}

impl Beyond {
    /// What is refused of a part of a body, by the names that its parameters have in the whole.
    pub(crate) fn within(self, part: &'static str) -> Beyond {
        match self {
            Beyond::Refused(problem) => Beyond::Refused(problem.within(part)),
            Beyond::Tables => Beyond::Tables,
        }
    }
}

impl From<Problem> for Beyond {
    fn from(problem: Problem) -> Beyond {
        Beyond::Refused(problem)
    }
}

impl From<orrery_almanac::Error> for Beyond {
    fn from(error: orrery_almanac::Error) -> Beyond {
        Beyond::Refused(error.into())
    }
}

/// See [the module](self).
pub(crate) struct Ground<'a> {
    pub(crate) generation: &'a Generation,
    live: Option<Live<'a>>,
    /// Whether the server has no live source, so that what tables know is all that there is to know.
    is_alone: bool,
    /// Until when it answers, if that is limited: what takes longer is broken off.
    until: Option<Clock>,
    used: Used,
    /// What was looked up in the tables for other charts, for whoever tells many.
    pub(super) looked_up: LookedUp,
}

/// The live source.
struct Live<'a> {
    session: &'a mut Session,
    /// What can be searched in its files, Julian days of TT.
    known: Range<f64>,
}

/// What those are called who answer live.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) files: Box<str>,
    pub(crate) moshier: Box<str>,
}

/// What was answered from, all together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Used {
    blocks: BTreeSet<u32>,
    /// The worst audited error among what tables answered, arcseconds.
    max_error_arcsec: f64,
    has_tables: bool,
    /// What answered live, where anything did, be it ΔT alone.
    live: Option<Models>,
}

/// Which models of the live source told of bodies.
#[derive(Clone, Copy, Debug, Default)]
struct Models {
    has_files: bool,
    has_moshier: bool,
}

/// The sky at an instant, as a query's observer sees it.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) instant: Instant,
    /// In the order of the query's bodies.
    pub(crate) bodies: Vec<Seen>,
    pub(crate) charted: ChartedSky,
}

/// A body of a scene.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// In the query's zodiac.
    pub(crate) place: Place,
    /// What is told of it beside its place.
    pub(crate) values: Values,
    /// What answered live; `None` where a table did.
    pub(crate) model: Option<EphemerisModel>,
}

impl<'a> Ground<'a> {
    /// Tables, and nobody beside them: `is_alone` where the server has no live source, and else for as long as they know all of it.
    pub(crate) fn of_tables(generation: &'a Generation, is_alone: bool) -> Ground<'a> {
        Ground {
            generation,
            live: None,
            is_alone,
            until: None,
            used: Used::default(),
            looked_up: LookedUp::default(),
        }
    }

    /// The same until an instant.
    pub(crate) fn until(mut self, until: Clock) -> Ground<'a> {
        self.until = Some(until);
        self
    }

    /// The same with what was looked up in these tables before.
    pub(crate) fn knowing(mut self, looked_up: LookedUp) -> Ground<'a> {
        self.looked_up = looked_up;
        self
    }

    /// What was looked up in the tables, for another chart.
    pub(crate) fn into_looked_up(self) -> LookedUp {
        self.looked_up
    }

    /// With a session beside them, whose files can be searched so far, and until then.
    pub(crate) fn with_session(
        generation: &'a Generation,
        session: &'a mut Session,
        known: Range<f64>,
        until: Clock,
    ) -> Ground<'a> {
        let live = Some(Live { session, known });
        let until = Some(until);
        let (used, looked_up) = (Used::default(), LookedUp::default());
        Ground { generation, live, is_alone: false, until, used, looked_up }
    }

    /// Refuses to go on once it has taken too long.
    fn check_time(&self) -> Result<(), Problem> {
        if self.until.is_some_and(|until| Clock::now() > until) { Err(too_long()) } else { Ok(()) }
    }

    /// What was answered from so far.
    pub(crate) fn used(&self) -> &Used {
        &self.used
    }

    /// The instant that a query means.
    pub(crate) fn instant(&mut self, asked: Asked<'_>, when: When) -> Result<Instant, Beyond> {
        self.timed(asked, when).map(|(instant, _)| instant)
    }

    fn timed(&mut self, asked: Asked<'_>, when: When) -> Result<(Instant, DeltaT), Beyond> {
        self.check_time()?;
        if let Some(Timed { instant, delta_t }) = Timed::of(self.generation, when, asked.sky.source)? {
            return Ok((instant, delta_t));
        }
        let Some(live) = &mut self.live else { return Err(Beyond::Tables) };
        let instant = evaluate::instant(live.session, asked, when, self.generation)?;
        self.used.live.get_or_insert_default();
        Ok((instant, DeltaT::Live))
    }

    /// The sky at an instant.
    pub(crate) fn scene(&mut self, asked: Asked<'_>, when: When) -> Result<Scene, Beyond> {
        let (instant, delta_t) = self.timed(asked, when)?;
        let mut origins = Origins::none(delta_t);
        origins.find(&self.generation.dataset, asked.sky, &instant)?;
        let mut resolved = Resolved { instant, origins };
        let sky = match &mut self.live {
            None if resolved.origins.any_live() => return Err(Beyond::Tables),
            None => {
                let mut sky = Sky::default();
                if !evaluate::told_by_tables(asked, self.generation, &mut resolved, &mut sky)? {
                    return Err(Beyond::Tables);
                }
                sky
            }
            Some(live) => evaluate::with_session(live.session, asked, self.generation, &mut resolved)?.0,
        };
        self.used.add(self.generation, &resolved.origins, &sky);
        let Sky { places, values, models, charted } = sky;
        let Some(charted) = charted else { return Err(no_number(instant.tt).into()) };
        let mut values = values.into_iter();
        let bodies = places.into_iter().enumerate().map(|(nth, place)| Seen {
            place,
            values: values.next().unwrap_or_default(),
            model: models.get(nth).copied().flatten(),
        });
        Ok(Scene { instant, bodies: bodies.collect(), charted: *charted })
    }
}

/// The refusal of what takes too long to be told.
fn too_long() -> Problem {
    Problem::new(Code::TimeLimit, "what was asked for takes too long to find")
        .hint("ask for a shorter time, for less, or for fewer bodies")
        .retry_after(1)
}

impl Used {
    fn add(&mut self, generation: &Generation, origins: &Origins, sky: &Sky) {
        origins.each_block(|block| {
            self.blocks.insert(block);
        });
        let mix = origins.mix();
        self.has_tables |= mix != Mix::Live;
        if mix != Mix::Table {
            let models = self.live.get_or_insert_default();
            models.has_files |= sky.models.contains(&Some(EphemerisModel::Swiss));
            models.has_moshier |= sky.models.contains(&Some(EphemerisModel::Moshier));
        }
        self.max_error_arcsec = self.max_error_arcsec.max(origins.max_error_arcsec(&generation.dataset));
    }

    /// Adds what a search may have read.
    fn add_extent(&mut self, extent: &Extent) {
        self.blocks.extend(extent.blocks());
        self.has_tables = true;
        self.max_error_arcsec = self.max_error_arcsec.max(extent.max_error_arcsec());
    }

    /// Adds what the files of the live source answered.
    fn add_files(&mut self) {
        self.live.get_or_insert_default().has_files = true;
    }

    /// In one word where the answer comes from.
    pub(crate) fn mix(&self) -> Mix {
        match (self.has_tables, self.live.is_some()) {
            (true, false) => Mix::Table,
            (false, _) => Mix::Live,
            (true, true) => Mix::Mixed,
        }
    }
}

impl Ground<'_> {
    /// Writes the `provenance` of a reply.
    pub(crate) fn write_provenance(&self, json: &mut Json, names: &Names) {
        let Used { blocks, max_error_arcsec, has_tables, live } = &self.used;
        let Models { has_files, has_moshier } = live.unwrap_or_default();
        // What is live without a body, such as ΔT, is the library's that reads the files.
        let has_files = has_files || (live.is_some() && !has_moshier);
        let prepared = &self.generation.prepared;
        let tables = &*self.generation.dataset.manifest().source.ephemeris;
        let mut ephemerides: Vec<&str> = Vec::new();
        for (is_used, name) in
            [(*has_tables, tables), (has_files, &*names.files), (has_moshier, &*names.moshier)]
        {
            if is_used && !ephemerides.contains(&name) {
                ephemerides.push(name);
            }
        }
        json.key("provenance").open(b'{');
        json.key("source").string(self.used.mix().name());
        json.key("ephemeris").string(&ephemerides.join("; "));
        json.key("blocks");
        let list = json.len();
        for block in blocks {
            json.piece(&prepared.names[*block as usize]);
        }
        json.end_list(list);
        json.key("max_error_arcsec");
        match self.used.mix() {
            Mix::Table => json.rounded(*max_error_arcsec, ERROR_DECIMALS),
            _ => json.null(),
        }
        json.close(b'}');
    }
}
