//! Computing what the plan says: tables at once, the rest in one job of the live pool.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use orrery_almanac::{Derivation, Equator, WireBody, frames};
use orrery_format::{Nutation, Spot, State, TtDay, UtDay};
use orrery_swisseph::{EphemerisModel, LiveBody, LiveCenter, LiveError, Session};
use smallvec::SmallVec;

use crate::answer::plan::{DeltaT, Origin, Origins, Plan, Resolved, live_unavailable};
use crate::app::{App, Generation};
use crate::query::{Equinox, Frame, PositionsQuery};
use crate::wire::problem::{Cause, Code, Problem};

/// Half the step of the differences that give nutation's change from live values, days. Nutation's shortest terms are
/// days long, so what the difference leaves out is below 1e-10 degrees a day.
const NUTATION_STEP_DAYS: f64 = 0.005;

/// Instants that the Moshier model answers, a day off its ends: `MOSHLUEPH_START` and `_END` in `sweph.h`, Julian days TT.
const MOSHIER_JD: RangeInclusive<f64> = 625_001.5..=2_817_999.5;

/// Instants that the files of `scripts/fetch-data --wide` answer, years −5400 to 5400, Julian days TT.
const WIDE_JD: RangeInclusive<f64> = -251_290.5..=3_693_368.5;

/// What was computed.
#[derive(Debug, Default)]
pub(crate) struct Sky {
    /// In the order of the query's bodies.
    pub(crate) places: SmallVec<[Place; 10]>,
    /// What answered each of them live, `None` where a table did; empty where tables answered all.
    pub(crate) models: Vec<Option<EphemerisModel>>,
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

/// A position in the frame that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    /// Longitude or right ascension, degrees in [0, 360).
    pub(crate) along_deg: f64,
    /// Latitude or declination, degrees.
    pub(crate) across_deg: f64,
    pub(crate) distance_au: f64,
    /// Degrees a day.
    pub(crate) along_speed: f64,
    /// Degrees a day.
    pub(crate) across_speed: f64,
    /// Astronomical units a day.
    pub(crate) distance_speed: f64,
}

/// Computes a query whose plan has no live parts, into a sky that is still empty: it is too large to be handed about.
pub(crate) fn from_tables(
    query: &PositionsQuery,
    generation: &Generation,
    resolved: &Resolved,
    sky: &mut Sky,
) -> Result<(), Problem> {
    let Resolved { instant, origins } = resolved;
    let nutation = match origins.nutation {
        Some(Origin::Table(spot)) => Some(generation.dataset.nutation_at(spot)),
        Some(Origin::Live) => return Err(without_session()),
        None => None,
    };
    let reference = Reference::new(query, nutation);
    generation.dataset.states_at(
        by_table(query, origins, std::iter::repeat(())),
        |(derivation, ()), state| {
            sky.places.push(reference.place(&derivation.apply(state)));
        },
    );
    if sky.places.len() != query.bodies.len() {
        return Err(without_session());
    }
    if is_finite(&sky.places) { Ok(()) } else { Err(no_number(instant.tt)) }
}

/// Computes a query whose plan has live parts, in one job of the live pool.
pub(crate) async fn with_live(app: &App, query: PositionsQuery, plan: Plan) -> Result<Computed, Problem> {
    let live = app.live().ok_or_else(live_unavailable)?;
    let asked = Clock::now();
    let job = live.pool.run(move |session| compute(session, query, plan));
    let limit = app.limits().compute();
    let Ok(done) = tokio::time::timeout(limit, job).await else {
        return Err(Problem::new(
            Code::TimeLimit,
            format!("live computing took more than {} s", limit.as_secs()),
        )
        .hint("ask for fewer bodies that the tables do not hold, or try again")
        .retry_after(1));
    };
    let mut computed = done.map_err(pool_failed)??;
    computed.live = asked.elapsed().saturating_sub(computed.table);
    Ok(computed)
}

/// Computes a query on a live thread.
fn compute(session: &mut Session, query: PositionsQuery, plan: Plan) -> Result<Computed, Problem> {
    let generation = plan.generation;
    let resolved = match plan.resolved {
        Some(resolved) => resolved,
        None => resolve(session, &query, &generation)?,
    };
    let Resolved { instant, origins } = &resolved;

    let mut places = SmallVec::from_elem(Place::default(), query.bodies.len());
    let mut models = vec![None; places.len()];
    let mut table = Duration::ZERO;
    let nutation = match origins.nutation {
        Some(Origin::Table(spot)) => {
            let began = Clock::now();
            let nutation = generation.dataset.nutation_at(spot);
            table = began.elapsed();
            Some(nutation)
        }
        Some(Origin::Live) => {
            Some(live_nutation(session, instant.tt).map_err(|error| refused(error, &query))?)
        }
        None => None,
    };
    let reference = Reference::new(&query, nutation);
    let began = Clock::now();
    let spots = by_table(&query, origins, &mut places);
    generation.dataset.states_at(spots, |(derivation, place): (Derivation, &mut Place), state| {
        *place = reference.place(&derivation.apply(state));
    });
    table += began.elapsed();
    for ((body, origin), (place, model)) in
        query.bodies.iter().zip(&origins.bodies).zip(places.iter_mut().zip(&mut models))
    {
        if *origin == Origin::Live {
            let (state, by) = live_state(session, *body, instant.tt, &query)?;
            (*place, *model) = (reference.place(&state), Some(by));
        }
    }
    if !is_finite(&places) {
        return Err(no_number(instant.tt));
    }
    let sky = Sky { places, models };
    Ok(Computed { query, generation, resolved, sky, table, live: Duration::ZERO })
}

/// The instant with ΔT from live, and who answers at it.
fn resolve(
    session: &mut Session,
    query: &PositionsQuery,
    generation: &Generation,
) -> Result<Resolved, Problem> {
    let delta_t_s = |ut: UtDay| Ok::<_, LiveTime>(session.delta_t_s(ut.jd())?);
    let instant = query.time.instant(&generation.leaps, delta_t_s).map_err(|error| error.problem(query))?;
    let mut origins = Origins::none(DeltaT::Live);
    origins.find(&generation.dataset, query, instant.tt)?;
    Ok(Resolved { instant, origins })
}

/// Where tables answer, with what is to be done to their state, and with whatever goes with each body.
fn by_table<'a, T: 'a>(
    query: &'a PositionsQuery,
    origins: &'a Origins,
    with: impl IntoIterator<Item = T> + 'a,
) -> impl Iterator<Item = (Spot, (Derivation, T))> + 'a {
    let bodies = query.bodies.iter().zip(&origins.bodies).zip(with);
    bodies.filter_map(|((body, origin), with)| match origin {
        Origin::Table(spot) => Some((*spot, (body.base().1, with))),
        Origin::Live => None,
    })
}

/// Whether all numbers are numbers.
fn is_finite(places: &[Place]) -> bool {
    // Nothing times a finite number is nothing, and nothing else is: six sums, and one question for all.
    let mut sums = [0.0; 6];
    for place in places {
        let Place { along_deg, across_deg, distance_au, along_speed, across_speed, distance_speed } = *place;
        let values = [along_deg, across_deg, distance_au, along_speed, across_speed, distance_speed];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value * 0.0;
        }
    }
    sums == [0.0; 6]
}

/// No reply could say it.
fn no_number(tt: TtDay) -> Problem {
    Problem::new(Code::Internal, "a position came out as no number; the failure has been logged")
        .cause(Cause::Query(format!("a position came out as no number at {tt}")))
}

/// The equinox and frame of a query at its instant. Live states are of the same kind as the tables', so that both take
/// the same way from here.
struct Reference {
    /// `None` for the mean equinox.
    nutation: Option<Nutation>,
    /// `None` for the ecliptic.
    equator: Option<Equator>,
}

impl Reference {
    fn new(query: &PositionsQuery, nutation: Option<Nutation>) -> Reference {
        let equator = nutation.as_ref().filter(|_| query.frame == Frame::Equatorial);
        let equator = equator.map(|nutation| match query.equinox {
            Equinox::Date => Equator::true_of_date(nutation),
            Equinox::Mean => Equator::mean(nutation),
        });
        Reference { nutation: nutation.filter(|_| query.equinox == Equinox::Date), equator }
    }

    /// The place of a state on the mean ecliptic and equinox of date.
    fn place(&self, mean: &State) -> Place {
        let state = self.nutation.as_ref().map_or(*mean, |nutation| frames::true_equinox(mean, nutation));
        let Some(equator) = &self.equator else { return Place::from(state) };
        let turned = equator.equatorial(&state);
        Place {
            along_deg: turned.right_ascension_deg,
            across_deg: turned.declination_deg,
            distance_au: turned.distance_au,
            along_speed: turned.right_ascension_speed,
            across_speed: turned.declination_speed,
            distance_speed: turned.distance_speed,
        }
    }
}

fn live_state(
    session: &mut Session,
    body: WireBody,
    tt: TtDay,
    query: &PositionsQuery,
) -> Result<(State, EphemerisModel), Problem> {
    let (base, derivation) = body.base();
    let name = base.name();
    // Both crates take the same names, except for minor planets whose number no file name can hold.
    let live = LiveBody::from_name(&name).ok_or_else(|| no_file(&name))?;
    let (state, model) = session
        .state(live, LiveCenter::Geo, tt.jd(), query.allow_moshier)
        .map_err(|error| refused(error, query))?;
    let state = State {
        longitude_deg: state.longitude_deg,
        latitude_deg: state.latitude_deg,
        distance_au: state.distance_au,
        longitude_speed: state.longitude_speed,
        latitude_speed: state.latitude_speed,
        distance_speed: state.distance_speed,
    };
    Ok((derivation.apply(state), model))
}

/// Nutation with its change: live gives the values alone.
fn live_nutation(session: &mut Session, tt: TtDay) -> Result<Nutation, LiveError> {
    let (earlier, later) = (tt.jd() - NUTATION_STEP_DAYS, tt.jd() + NUTATION_STEP_DAYS);
    let [dpsi_deg, deps_deg, mean_obliquity_deg] = session.nutation(tt.jd())?;
    let before = session.nutation(earlier)?;
    let after = session.nutation(later)?;
    // By the days that are, after rounding, between the two.
    let speed = |index: usize| (after[index] - before[index]) / (later - earlier);
    Ok(Nutation {
        dpsi_deg,
        deps_deg,
        mean_obliquity_deg,
        dpsi_speed: speed(0),
        deps_speed: speed(1),
        mean_obliquity_speed: speed(2),
    })
}

impl From<State> for Place {
    fn from(state: State) -> Place {
        Place {
            along_deg: state.longitude_deg,
            across_deg: state.latitude_deg,
            distance_au: state.distance_au,
            along_speed: state.longitude_speed,
            across_speed: state.latitude_speed,
            distance_speed: state.distance_speed,
        }
    }
}

/// What can go wrong where an instant's ΔT is computed live.
enum LiveTime {
    Refused(orrery_almanac::Error),
    Live(LiveError),
}

impl From<orrery_almanac::Error> for LiveTime {
    fn from(error: orrery_almanac::Error) -> LiveTime {
        LiveTime::Refused(error)
    }
}

impl From<LiveError> for LiveTime {
    fn from(error: LiveError) -> LiveTime {
        LiveTime::Live(error)
    }
}

impl LiveTime {
    fn problem(self, query: &PositionsQuery) -> Problem {
        match self {
            LiveTime::Refused(error) => error.into(),
            LiveTime::Live(error) => refused(error, query),
        }
    }
}

/// What a client is told of a live failure. Paths of the server stay in its log.
fn refused(error: LiveError, query: &PositionsQuery) -> Problem {
    let instant = query.time.parameter();
    match error {
        LiveError::OutsideFiles { body, jd_tt, start_jd, end_jd } => {
            let (name, start, end) = (body.name(), date(start_jd), date(end_jd));
            let detail =
                format!("{name} lies outside the ephemeris files, which reach from {start} to {end}");
            Problem::new(Code::OutsideEphemeris, detail)
                .parameter(instant)
                .hint(beyond_files(body, jd_tt, query))
        }
        LiveError::OutsideTheory { what, start_jd, end_jd, .. } => {
            let (start, end) = (date(start_jd), date(end_jd));
            let detail = format!("{what} lies outside its theory, which reaches from {start} to {end}");
            Problem::new(Code::OutsideEphemeris, detail)
                .parameter(instant)
                .hint("give an instant within that range")
        }
        LiveError::FellToMoshier { body, jd_tt } => {
            let detail = format!("{} is in no ephemeris file at that instant", body.name());
            Problem::new(Code::OutsideEphemeris, detail)
                .parameter(instant)
                .hint(beyond_files(body, jd_tt, query))
        }
        LiveError::NotFinite { value } => {
            Problem::new(Code::OutOfRange, format!("{value} is no Julian day that can be answered"))
                .parameter(instant)
                .hint("give an instant between the years -13000 and 17000")
        }
        LiveError::NoMeaning { body, .. } => {
            Problem::new(Code::Meaningless, format!("{} cannot be seen from center=geo", body.name()))
                .parameter("bodies")
                .hint("leave it out of bodies")
        }
        LiveError::NoAsteroidFile { number, expected, .. } => no_file(&format!("asteroid:{number}")).hint(
            format!("leave it out of bodies; the operator can put {expected} into the ephemeris directory"),
        ),
        LiveError::Refused { call, reason } => {
            let detail = "the Swiss Ephemeris has no answer to this; the reason has been logged";
            Problem::new(Code::OutsideEphemeris, detail)
                .hint("ask for another instant or other bodies")
                .cause(Cause::Query(format!("{call}: {reason}")))
        }
        other => failed(&other),
    }
}

/// What may help where no file reaches: nothing is offered that would be refused again.
fn beyond_files(body: LiveBody, jd_tt: f64, query: &PositionsQuery) -> String {
    let modelled = |body: &WireBody| LiveBody::from_name(&body.base().0.name()).is_some_and(has_moshier);
    let mut remedies = Vec::new();
    if MOSHIER_JD.contains(&jd_tt) && !query.allow_moshier && query.bodies.iter().all(modelled) {
        remedies.push("allow_moshier=true admits the analytical model");
    } else {
        remedies.push("give an instant within that range");
    }
    if WIDE_JD.contains(&jd_tt) && !matches!(body, LiveBody::Chiron | LiveBody::Asteroid(_)) {
        remedies.push("the operator can fetch more files with scripts/fetch-data --wide");
    }
    remedies.join("; ")
}

/// Whether the Moshier model has a body: all but the minor planets, which have files alone.
fn has_moshier(body: LiveBody) -> bool {
    use LiveBody::{Asteroid, Ceres, Chiron, Juno, Pallas, Pholus, Vesta};
    !matches!(body, Asteroid(_) | Ceres | Chiron | Juno | Pallas | Pholus | Vesta)
}

/// What a client is told where the pool did not do the job.
fn pool_failed(error: LiveError) -> Problem {
    match error {
        LiveError::Busy => Problem::new(Code::Busy, "all live threads are at work and their queue is full")
            .hint("try again shortly, or ask for what the tables hold with source=table")
            .retry_after(1),
        LiveError::Closed => Problem::new(Code::Draining, "the live threads are shutting down")
            .hint("try again")
            .retry_after(1),
        other => failed(&other),
    }
}

/// A failure that is not the client's.
fn failed(error: &LiveError) -> Problem {
    let cause = match error {
        // A panic's message may hold anything.
        LiveError::JobPanicked { .. } => Cause::Query(error.to_string()),
        _ => Cause::Server(error.to_string()),
    };
    Problem::new(Code::Internal, "live computing failed; the reason has been logged")
        .hint("ask for what the tables hold with source=table")
        .cause(cause)
}

/// A Julian day as a date for reading.
fn date(jd: f64) -> String {
    let day = orrery_almanac::DayNumber((jd + 0.5).floor() as i64);
    format!("{} (JD {jd})", day.civil(None))
}

fn no_file(body: &str) -> Problem {
    Problem::new(Code::OutsideEphemeris, format!("{body} has no ephemeris file on this server"))
        .parameter("bodies")
        .hint("leave it out of bodies")
}

/// The plan said that all is in tables, and something is not.
fn without_session() -> Problem {
    Problem::new(Code::Internal, "live work was planned as table work; the failure has been logged")
}

#[cfg(test)]
mod tests;
