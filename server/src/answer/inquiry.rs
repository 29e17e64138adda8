//! What is asked of one instant beside the places of bodies: fixed stars, ayanamsas.
//!
//! Each kind says what it needs of the instant and tells its own; who answers, entity tags and the proof are found here,
//! in the steps that positions take: an inquiry is planned, then told from tables, or else on a live thread.

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use orrery_swisseph::Session;

use crate::answer::aid::Needs;
use crate::answer::evaluate;
use crate::answer::mix::Mix;
use crate::answer::plan::{DeltaT, Origins, Resolved, Timed, inquiry_tag, live_unavailable};
use crate::answer::render::{Proof, write_time};
use crate::answer::surroundings::Surroundings;
use crate::answer::tag::Tag;
use crate::app::{App, Generation};
use crate::query::{Asked, SkyQuery, SourceChoice, TimeQuery};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// A kind of thing that is asked for.
pub(crate) trait Inquiry: Send + 'static {
    /// What is told of one of them.
    type Told: Send + 'static;

    /// How far what is computed from tables may be off beside what their audits found, arcseconds. Tests hold replies to it.
    const BESIDE_ARCSEC: f64;

    /// The remedy where live computing takes too long.
    const LESS: &'static str;

    /// When.
    fn time(&self) -> &TimeQuery;

    /// What is asked of the sky, without bodies.
    fn sky(&self) -> &SkyQuery;

    /// What it needs to know of the instant.
    fn needs(&self) -> Needs;

    /// Whether what tables can answer may still turn out to be for the live source.
    fn may_turn_live(&self) -> bool;

    /// What the reply depends on that neither tables nor the live source hold.
    fn beside(&self) -> &[u8];

    /// Writes the `query` of the reply: all that is asked, as it was understood.
    fn echo(&self, json: &mut Json);

    /// Tells all that is asked for, in the order of the reply. `None` where a session has to be asked and there is none.
    fn tell(
        &self,
        around: &Surroundings,
        origins: &mut Origins,
        session: Option<&mut Session>,
    ) -> Result<Option<Vec<Self::Told>>, Problem>;

    /// Whether it was computed live.
    fn is_live(told: &Self::Told) -> bool;

    /// Writes what is told, as a member of the reply.
    fn write(&self, json: &mut Json, told: &[Self::Told]);

    /// What is asked, for refusals to name.
    fn asked(&self) -> Asked<'_> {
        Asked { sky: self.sky(), instant: self.time().parameter() }
    }
}

/// An inquiry with who answers it.
pub(crate) struct Planned<I> {
    inquiry: I,
    generation: Arc<Generation>,
    /// `None` where the instant's ΔT is itself to be computed live.
    resolved: Option<Resolved>,
}

/// An inquiry with its answer.
pub(crate) struct Answered<I: Inquiry> {
    inquiry: I,
    generation: Arc<Generation>,
    resolved: Resolved,
    told: Vec<I::Told>,
    /// Time that it took, waiting for a live thread included.
    pub(crate) time: Duration,
}

/// How far it comes without a session.
pub(crate) enum FromTables<I: Inquiry> {
    Told(Answered<I>),
    /// Something is to be computed live.
    Left(Planned<I>),
}

impl<I: Inquiry> Planned<I> {
    /// Finds who answers, and the strong tag of the reply. `live` is the identity of the live source, if there is one.
    pub(crate) fn new(
        inquiry: I,
        generation: Arc<Generation>,
        live: Option<&[u8; 32]>,
    ) -> Result<(Planned<I>, Tag), Problem> {
        let source = inquiry.sky().source;
        let timed = Timed::of(&generation, inquiry.time().when, source)?;
        let resolved = timed.map(|timed| timed.resolved(&generation.dataset, source, inquiry.needs()));
        let planned = Planned { resolved: resolved.transpose()?, inquiry, generation };
        let is_live = planned.is_live();
        if is_live && live.is_none() {
            return Err(live_unavailable());
        }
        let Planned { inquiry, generation, resolved } = &planned;
        let mut written = Json::new();
        inquiry.echo(&mut written);
        let live = live.filter(|_| is_live || inquiry.may_turn_live());
        let when = inquiry.time().when;
        let tag =
            inquiry_tag(generation, &written.into_bytes(), inquiry.beside(), when, resolved.as_ref(), live);
        Ok((planned, tag))
    }

    pub(crate) fn inquiry(&self) -> &I {
        &self.inquiry
    }

    fn is_live(&self) -> bool {
        self.resolved.as_ref().is_none_or(|resolved| resolved.origins.any_live())
    }

    /// Where the answer is to come from, where that is known already.
    pub(crate) fn mix(&self) -> Option<Mix> {
        match &self.resolved {
            _ if self.inquiry.sky().source == SourceChoice::Live => Some(Mix::Live),
            Some(resolved) if !resolved.origins.any_live() && !self.inquiry.may_turn_live() => {
                Some(Mix::Table)
            }
            _ => None,
        }
    }

    /// Answers by tables alone, as far as they can.
    pub(crate) fn by_tables(self) -> Result<FromTables<I>, Problem> {
        let Planned { inquiry, generation, resolved } = self;
        let mut resolved = match resolved {
            Some(resolved) if !resolved.origins.any_live() => resolved,
            resolved => return Ok(FromTables::Left(Planned { inquiry, generation, resolved })),
        };
        let began = Clock::now();
        let around = Surroundings::new(inquiry.asked(), &generation.dataset, &resolved, None)?;
        Ok(match inquiry.tell(&around, &mut resolved.origins, None)? {
            Some(told) => {
                FromTables::Told(Answered { inquiry, generation, resolved, told, time: began.elapsed() })
            }
            None => FromTables::Left(Planned { inquiry, generation, resolved: Some(resolved) }),
        })
    }

    /// Answers in one job of the live pool.
    pub(crate) async fn with_live(self, app: &App) -> Result<Answered<I>, Problem> {
        let began = Clock::now();
        let until = began + app.limits().compute();
        let job = move |session: &mut Session| self.compute(session);
        let mut answered = evaluate::on_live_thread(app, until, job, I::LESS).await?;
        answered.time = began.elapsed();
        Ok(answered)
    }

    fn compute(self, session: &mut Session) -> Result<Answered<I>, Problem> {
        let Planned { inquiry, generation, resolved } = self;
        let asked = inquiry.asked();
        let mut resolved = if let Some(resolved) = resolved {
            resolved
        } else {
            let instant = evaluate::instant(session, asked, inquiry.time().when, &generation)?;
            let mut origins = Origins::none(DeltaT::Live);
            origins.find_aids(&generation.dataset, asked.sky.source, inquiry.needs(), &instant)?;
            Resolved { instant, origins }
        };
        let around = Surroundings::new(asked, &generation.dataset, &resolved, Some(&mut *session))?;
        let told = inquiry.tell(&around, &mut resolved.origins, Some(session))?;
        // Who has a session is left nothing to ask.
        let told = told.unwrap_or_default();
        Ok(Answered { inquiry, generation, resolved, told, time: Duration::ZERO })
    }
}

impl<I: Inquiry> Answered<I> {
    /// How many there are, and how many of them tables answered.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let live = self.told.iter().filter(|told| I::is_live(told)).count();
        (self.told.len(), self.told.len() - live)
    }

    /// In one word where the answer comes from.
    pub(crate) fn mix(&self) -> Mix {
        let (all, by_table) = self.counts();
        match self.resolved.origins.mix() {
            Mix::Table if by_table == all => Mix::Table,
            Mix::Live if by_table == 0 => Mix::Live,
            _ => Mix::Mixed,
        }
    }

    /// Writes the whole reply. `live` is the name of what computes live, if there is such a thing.
    pub(crate) fn write(&self, json: &mut Json, live: Option<&str>) {
        let Answered { inquiry, generation, resolved, told, .. } = self;
        json.verbatim(b"{\"query\":");
        inquiry.echo(json);
        write_time(json, inquiry.time(), &resolved.instant, &generation.leaps);
        inquiry.write(json, told);
        let mix = self.mix();
        let proof = Proof { generation, origins: &resolved.origins, mix, beside_arcsec: I::BESIDE_ARCSEC };
        proof.write(json, || {
            let tables = &*generation.dataset.manifest().source.ephemeris;
            let mut names: Vec<&str> = (mix != Mix::Live).then_some(tables).into_iter().chain(live).collect();
            names.dedup();
            names.join("; ")
        });
        json.close(b'}');
    }
}
