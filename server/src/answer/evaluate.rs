//! Computing what the plan says: tables at once, the rest in one job of the live pool.

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use orrery_almanac::ayanamsa::{SiderealDate, Zodiac};
use orrery_almanac::{Ayanamsa, Equator, Equatorial, Instant, Topocentre, Varying, WireBody, frames};
use orrery_format::{Body, Nutation, State, TtDay, UtDay};
use orrery_swisseph::{EphemerisModel, LiveError, Session};
use smallvec::SmallVec;

use crate::answer::aid::sees_sun_live;
use crate::answer::live::{self, LiveTime};
use crate::answer::plan::{DeltaT, Origin, Origins, Plan, Resolved, live_unavailable, only_live};
use crate::answer::quantities::{Quantities, Values};
use crate::answer::reference::{self, Place, Reference};
use crate::answer::surroundings::Surroundings;
use crate::app::{App, Generation};
use crate::query::{Asked, Charted, PositionsQuery, SkyQuery, SourceChoice, When};
use crate::wire::problem::{Cause, Code, Problem};

/// What was computed.
#[derive(Debug, Default)]
pub(crate) struct Sky {
    /// In the order of the query's bodies.
    pub(crate) places: SmallVec<[Place; 10]>,
    /// What is told of each beside its place; empty where the query chooses nothing of the kind.
    pub(crate) values: Vec<Values>,
    /// What is told besides where a chart is made of them.
    pub(crate) charted: Option<Box<ChartedSky>>,
    /// What answered each of them live, `None` where a table did; empty where tables answered all.
    pub(crate) models: Vec<Option<EphemerisModel>>,
}

/// What a chart is made of beside places.
#[derive(Debug)]
pub(crate) struct ChartedSky {
    /// How the bodies stand to the true equator of date.
    pub(crate) equatorial: Vec<Equatorial>,
    pub(crate) nutation: Nutation,
    /// Greenwich apparent sidereal time, degrees, with its change a day; `None` where no place was named.
    pub(crate) sidereal_time: Option<Varying>,
    /// The zodiac, where it is a sidereal one.
    pub(crate) sidereal: Option<SiderealDate>,
}

impl Sky {
    /// What answered a body live; `None` where a table did.
    pub(crate) fn model(&self, body: usize) -> Option<EphemerisModel> {
        self.models.get(body).copied().flatten()
    }
}

/// A query with what became of it on a live thread.
#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) query: PositionsQuery,
    pub(crate) generation: Arc<Generation>,
    pub(crate) resolved: Resolved,
    pub(crate) sky: Sky,
    /// Time spent in tables.
    pub(crate) table: Duration,
    /// Time spent computing live, and waiting for a thread that could.
    pub(crate) live: Duration,
}

/// What has to be known of an instant before its bodies are told.
pub(super) struct Stage {
    pub(super) reference: Reference,
    /// Where the observer stands, if what tables hold has to be brought there.
    pub(super) here: Option<Topocentre>,
    pub(super) quantities: Option<Quantities>,
    /// What a chart needs, where one is made.
    charted: Option<Backdrop>,
}

/// What a chart needs to know of an instant.
struct Backdrop {
    equator: Equator,
    nutation: Nutation,
    sidereal_time: Option<Varying>,
    sidereal: Option<SiderealDate>,
}

impl Backdrop {
    fn new(
        charted: Charted,
        around: &Surroundings,
        sidereal: Option<&SiderealDate>,
    ) -> Result<Option<Backdrop>, Problem> {
        let sidereal_time = match charted {
            Charted::No => return Ok(None),
            Charted::Sky => None,
            Charted::Place => Some(around.apparent_sidereal_time()?),
        };
        let nutation = around.nutation()?;
        let equator = Equator::true_of_date(&nutation);
        Ok(Some(Backdrop { equator, nutation, sidereal_time, sidereal: sidereal.copied() }))
    }

    /// Room for what will be told of bodies.
    fn prepare(&self, bodies: usize) -> Box<ChartedSky> {
        let Backdrop { nutation, sidereal_time, sidereal, .. } = *self;
        let equatorial = vec![Equatorial::default(); bodies];
        Box::new(ChartedSky { equatorial, nutation, sidereal_time, sidereal })
    }
}

impl Stage {
    /// `None` where only the live source knows where the query's zodiac begins.
    pub(super) fn from_tables(
        asked: Asked<'_>,
        zodiac: Option<&Zodiac>,
        around: &Surroundings,
    ) -> Result<Option<Stage>, Problem> {
        let sidereal = match zodiac {
            None => None,
            Some(zodiac) => match reference::sidereal(zodiac, &asked.sky.view, around)? {
                None => return Ok(None),
                found => found,
            },
        };
        Stage::with(asked, around, sidereal).map(Some)
    }

    /// The same where there is a session to ask.
    pub(super) fn with_session(
        session: &mut Session,
        asked: Asked<'_>,
        around: &Surroundings,
        origins: &mut Origins,
    ) -> Result<Stage, Problem> {
        let zodiac = asked.sky.view.ayanamsa().map(Ayanamsa::zodiac);
        if let Some(stage) = Stage::from_tables(asked, zodiac.as_ref(), around)? {
            return Ok(stage);
        }
        origins.live_ayanamsa = true;
        Stage::with(asked, around, Some(live::sidereal(session, around.instant.tt, asked)?))
    }

    fn with(
        asked: Asked<'_>,
        around: &Surroundings,
        sidereal: Option<SiderealDate>,
    ) -> Result<Stage, Problem> {
        let charted = Backdrop::new(asked.sky.charted, around, sidereal.as_ref())?;
        let reference = Reference::new(&asked.sky.view, around, sidereal)?;
        let here = around.topocentre(asked)?;
        // The Sun is not bent by itself, so that it is seen from everywhere.
        let stepped = || {
            around.sun().map(|sun| match &here {
                Some(here) => here.place(Body::Sun, &sun).unwrap_or(sun),
                None => sun,
            })
        };
        let sun = around.seen_sun().or_else(stepped);
        let quantities = Quantities::new(asked, around, sun.as_ref())?;
        Ok(Stage { reference, here, quantities, charted })
    }

    /// What a table holds of a body, as the observer sees it; `None` where only the live source knows.
    #[inline]
    pub(super) fn seen(&self, body: Body, state: &State) -> Option<State> {
        match &self.here {
            None => Some(*state),
            Some(here) => here.place(body, state),
        }
    }
}

impl Sky {
    /// Room for what will be told.
    fn prepare(&mut self, bodies: usize, stage: &Stage) {
        self.places.resize(bodies, Place::default());
        if stage.quantities.is_some() {
            self.values.resize(bodies, Values::new());
        }
        self.charted = stage.charted.as_ref().map(|backdrop| backdrop.prepare(bodies));
    }

    /// Tells a body by its states on the mean ecliptic of date: as the observer sees it, and from the Earth's centre.
    #[inline]
    fn tell(&mut self, nth: usize, body: WireBody, stage: &Stage, seen: &State, geocentric: &State) {
        self.places[nth] = stage.reference.place(seen);
        if let Some(quantities) = &stage.quantities {
            self.values[nth] = quantities.of(body, seen, geocentric);
        }
        if let (Some(Backdrop { equator, nutation, .. }), Some(charted)) = (&stage.charted, &mut self.charted)
        {
            charted.equatorial[nth] = equator.equatorial(&frames::true_equinox(seen, nutation));
        }
    }
}

/// Computes a query by tables alone, into a sky that is still empty: it is too large to be handed about. `false` where the
/// plan has live parts, or turns out to have some; then nothing of the sky is of use.
pub(crate) fn from_tables(query: &PositionsQuery, plan: &mut Plan, sky: &mut Sky) -> Result<bool, Problem> {
    let Plan { generation, resolved } = plan;
    let Some(resolved) = resolved.as_mut().filter(|resolved| !resolved.origins.any_live()) else {
        return Ok(false);
    };
    told_by_tables(query.asked(), generation, resolved, sky)
}

/// The same of an instant of which no part is known to be live.
#[inline]
pub(super) fn told_by_tables(
    asked: Asked<'_>,
    generation: &Generation,
    resolved: &mut Resolved,
    sky: &mut Sky,
) -> Result<bool, Problem> {
    let around = Surroundings::new(asked, &generation.dataset, resolved, None)?;
    let zodiac = asked.sky.view.ayanamsa().map(Ayanamsa::zodiac);
    let Some(stage) = Stage::from_tables(asked, zodiac.as_ref(), &around)? else {
        if asked.sky.source == SourceChoice::Table {
            return Err(only_live("the ayanamsa: the Sun hides what it holds fast"));
        }
        return Ok(false);
    };
    tell_tabulated(asked.sky, generation, &mut resolved.origins, &stage, sky)?;
    if resolved.origins.any_live() {
        return Ok(false);
    }
    if is_finite(&sky.places) { Ok(true) } else { Err(no_number(resolved.instant.tt)) }
}

/// Tells the bodies that tables hold. Those that turn out to be for the live source become its own.
fn tell_tabulated(
    query: &SkyQuery,
    generation: &Generation,
    origins: &mut Origins,
    stage: &Stage,
    sky: &mut Sky,
) -> Result<(), Problem> {
    sky.prepare(query.bodies.len(), stage);
    let mut left: SmallVec<[usize; 4]> = SmallVec::new();
    let bodies = query.bodies.iter().zip(&origins.bodies).enumerate();
    let tabulated = bodies.filter_map(|(nth, (body, origin))| match (origin, body.tabulated()) {
        (Origin::Table(spot), Some((base, derivation))) => Some((*spot, (nth, base, derivation))),
        _ => None,
    });
    generation.dataset.states_at(tabulated, |(nth, base, derivation), state| {
        match stage.seen(base, &state) {
            Some(seen) => {
                let (seen, geocentric) = (derivation.apply(seen), derivation.apply(state));
                sky.tell(nth, query.bodies[nth], stage, &seen, &geocentric);
            }
            None => left.push(nth),
        }
    });
    for nth in left {
        if query.source == SourceChoice::Table {
            let body = query.bodies[nth];
            return Err(only_live(&format!("{body}: it stands before or behind the Sun's disc")));
        }
        origins.bodies[nth] = Origin::Live;
    }
    Ok(())
}

/// Computes a query whose plan has live parts, in one job of the live pool.
pub(crate) async fn with_live(app: &App, query: PositionsQuery, plan: Plan) -> Result<Computed, Problem> {
    let asked = Clock::now();
    let job = move |session: &mut Session| compute(session, query, plan);
    let less = "ask for fewer bodies that the tables do not hold, or try again";
    let mut computed = on_live_thread(app, asked + app.limits().compute(), job, less).await?;
    computed.live = asked.elapsed().saturating_sub(computed.table);
    Ok(computed)
}

/// Does a job on a live thread, `until` the time is over that a request has. `less` is the remedy where that is too little.
pub(crate) async fn on_live_thread<T: Send + 'static>(
    app: &App,
    until: Clock,
    job: impl FnOnce(&mut Session) -> Result<T, Problem> + Send + 'static,
    less: &'static str,
) -> Result<T, Problem> {
    let live = app.live().ok_or_else(live_unavailable)?;
    let job = live.run(until, job);
    match tokio::time::timeout_at(until.into(), job).await {
        // Whichever of the two clocks is the first to say so.
        Err(_) | Ok(Err(LiveError::Lapsed)) => {
            let limit_s = app.limits().compute_s;
            Err(Problem::new(Code::TimeLimit, format!("with live computing it took more than {limit_s} s"))
                .hint(less)
                .retry_after(live.retry_after_s()))
        }
        Ok(done) => done.map_err(|error| live.refusal(error))?,
    }
}

/// How long work in many pieces waits for a place in the queue of the live threads before it asks again, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

/// Does one piece of long work on a live thread: it can wait for its turn, where a short query is better off elsewhere; but a
/// piece that has no turn within the time that a request has is not begun any more. `job`
/// makes the job, as often as it has to be asked for.
pub(crate) async fn in_turn<T: Send + 'static, J>(app: &App, job: impl Fn() -> J) -> Result<T, Problem>
where
    J: FnOnce(&mut Session) -> Result<T, Problem> + Send + 'static,
{
    let live = app.live().ok_or_else(live_unavailable)?;
    let (mut wait, mut busy) = (PATIENCE.0, Duration::ZERO);
    loop {
        match live.run(Clock::now() + app.limits().compute(), job()).await {
            Ok(done) => return done,
            Err(LiveError::Busy { .. }) if busy < app.limits().compute() => {
                tokio::time::sleep(wait).await;
                (wait, busy) = ((wait * 2).min(PATIENCE.1), busy + wait);
            }
            Err(error) => return Err(live.refusal(error)),
        }
    }
}

/// Computes a query on a live thread.
fn compute(session: &mut Session, query: PositionsQuery, plan: Plan) -> Result<Computed, Problem> {
    let generation = plan.generation;
    let asked = query.asked();
    let mut resolved = match plan.resolved {
        Some(resolved) => resolved,
        None => resolve(session, asked, query.time.when, &generation)?,
    };
    let (sky, table) = with_session(session, asked, &generation, &mut resolved)?;
    Ok(Computed { query, generation, resolved, sky, table, live: Duration::ZERO })
}

/// Computes an instant on a live thread: what tables hold from them, and the rest. With it the time spent in tables.
pub(super) fn with_session(
    session: &mut Session,
    asked: Asked<'_>,
    generation: &Generation,
    resolved: &mut Resolved,
) -> Result<(Sky, Duration), Problem> {
    let mut around = Surroundings::new(asked, &generation.dataset, resolved, Some(&mut *session))?;
    let tt = resolved.instant.tt;
    if sees_sun_live(asked.sky, resolved.origins.bodies_by_table() > 0) {
        let (sun, _) = live::state(session, WireBody::SUN, tt, asked)?;
        around.see_sun(sun);
    }
    let stage = Stage::with_session(session, asked, &around, &mut resolved.origins)?;
    let mut sky = Sky::default();
    let began = Clock::now();
    tell_tabulated(asked.sky, generation, &mut resolved.origins, &stage, &mut sky)?;
    let table = began.elapsed();
    sky.models.resize(asked.sky.bodies.len(), None);
    for (nth, origin) in resolved.origins.bodies.iter().enumerate() {
        if *origin == Origin::Live {
            let body = asked.sky.bodies[nth];
            let (seen, model) = live::state(session, body, tt, asked)?;
            let lit = stage.quantities.as_ref().is_some_and(Quantities::needs_geocentric);
            let geocentric = if lit { live::geocentric(session, body, tt, asked)? } else { seen };
            sky.tell(nth, body, &stage, &seen, &geocentric);
            sky.models[nth] = Some(model);
        }
    }
    if is_finite(&sky.places) { Ok((sky, table)) } else { Err(no_number(tt)) }
}

/// An instant with ΔT from live, and who answers at it.
pub(super) fn resolve(
    session: &mut Session,
    asked: Asked<'_>,
    when: When,
    generation: &Generation,
) -> Result<Resolved, Problem> {
    let instant = instant(session, asked, when, generation)?;
    let mut origins = Origins::none(DeltaT::Live);
    origins.find(&generation.dataset, asked.sky, &instant)?;
    Ok(Resolved { instant, origins })
}

/// An instant with ΔT from live.
pub(super) fn instant(
    session: &mut Session,
    asked: Asked<'_>,
    when: When,
    generation: &Generation,
) -> Result<Instant, Problem> {
    let delta_t_s = |ut: UtDay| Ok::<_, LiveTime>(session.delta_t_s(ut.jd())?);
    when.instant(&generation.leaps, delta_t_s).map_err(|error| error.problem(asked))
}

/// Whether all numbers are numbers.
pub(super) fn is_finite(places: &[Place]) -> bool {
    // Nothing times a finite number is nothing, and nothing else is: six sums, and one question for all.
    let mut sums = [0.0; 6];
    for Place { at, speed } in places {
        for (sum, value) in sums.iter_mut().zip(at.iter().chain(speed)) {
            *sum += value * 0.0;
        }
    }
    sums == [0.0; 6]
}

/// No reply could say it.
pub(super) fn no_number(tt: TtDay) -> Problem {
    Problem::new(Code::Internal, "a position came out as no number; the failure has been logged")
        .cause(Cause::Query(format!("a position came out as no number at {tt}")))
}
