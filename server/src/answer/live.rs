//! What is asked of the live source, and what a client is told where it has no answer.

use std::ops::RangeInclusive;
use std::time::Duration;

use orrery_almanac::ayanamsa::SiderealDate;
use orrery_almanac::{Ayanamsa, Varying, WireBody};
use orrery_format::{Body, Nutation, State, TtDay, UtDay};
use orrery_swisseph::{
    EphemerisModel, LiveAyanamsa, LiveBody, LiveCenter, LiveError, LiveFrame, LivePlace, LivePlane,
    LiveReference, LiveSite, LiveStar, LiveState, LiveView, Session,
};

use crate::answer::aid::{Aid, Needs};
use crate::query::{Asked, Light, Moshier, Observer, SkyQuery, View};
use crate::wire::problem::{Cause, Code, Problem};

/// Half the step of the differences that give nutation's change from live values, days. Nutation's shortest terms are
/// days long, so what the difference leaves out is below 1e-10 degrees a day.
const NUTATION_STEP_DAYS: f64 = 0.005;

/// Half the step of the difference that gives how fast an ayanamsa changes behind the Sun's disc, days.
const AYANAMSA_STEP_DAYS: f64 = 0.01;

/// Half the step of the difference that gives how fast the Earth turns, days: what is not linear in it takes centuries.
const ROTATION_STEP_DAYS: f64 = 0.5;

/// Instants that the Moshier model answers, a day off its ends: `MOSHLUEPH_START` and `_END` in `sweph.h`, Julian days TT.
const MOSHIER_JD: RangeInclusive<f64> = 625_001.5..=2_817_999.5;

/// Instants that the files of `scripts/fetch-data --wide` answer, years −5400 to 5400, Julian days TT.
const WIDE_JD: RangeInclusive<f64> = -251_290.5..=3_693_368.5;

/// Distance between the samples that give a star's speed from live places, days: from a site aberration turns with the day,
/// and behind the Sun's disc deflection changes within hours. Five samples leave out less than 1e-5″ a day of the former.
const STAR_STEP_DAYS: f64 = 1.0 / 64.0;

/// The longest that a client is asked to wait before it tries again, seconds.
const LONGEST_RETRY_S: u32 = 60;

/// How a query sees.
fn view(view: &View) -> LiveView {
    let center = match view.observer {
        Observer::Geo => LiveCenter::Geo,
        Observer::Helio => LiveCenter::Helio,
        Observer::Bary => LiveCenter::Bary,
        Observer::Topo(site) => LiveCenter::Topo(LiveSite {
            latitude_deg: site.latitude_deg,
            longitude_deg: site.longitude_deg,
            altitude_m: site.altitude_m,
        }),
    };
    let place = match view.light {
        Light::Apparent => LivePlace::Apparent,
        Light::Astrometric => LivePlace::Astrometric,
        Light::True => LivePlace::True,
    };
    LiveView { center, place }
}

/// A body as the query's observer sees it, on the mean ecliptic and equinox of date, and the model that answered.
pub(super) fn state(
    session: &mut Session,
    body: WireBody,
    tt: TtDay,
    asked: Asked<'_>,
) -> Result<(State, EphemerisModel), Problem> {
    state_by(session, body, view(&asked.sky.view), tt, asked)
}

/// A star as the library is asked for it.
pub(super) struct LibraryStar<'a> {
    pub(super) designation: &'a str,
    /// What it may be found by.
    pub(super) names: Vec<String>,
}

/// Stars of the library's catalogue as the query's observer sees them, on the mean ecliptic and equinox of date. `None` for
/// those that it knows by none of their names.
pub(super) fn stars(
    session: &mut Session,
    asked_for: &[LibraryStar<'_>],
    tt: TtDay,
    asked: Asked<'_>,
) -> Result<Vec<Option<State>>, Problem> {
    let every: Vec<&str> = asked_for.iter().flat_map(|star| &star.names).map(String::as_str).collect();
    let frame = LiveFrame {
        reference: LiveReference::MeanOfDate,
        plane: LivePlane::Ecliptic,
        ..LiveFrame::default()
    };
    let view = view(&asked.sky.view);
    let mut at = |jd: f64| {
        let stars = session.fixed_stars(&every, view, frame, jd).map_err(|error| refused(error, asked))?;
        let mut stars = stars.into_iter();
        let mut first_of = |star: &LibraryStar<'_>| {
            let by_its_names: Vec<_> = stars.by_ref().take(star.names.len()).collect();
            let packed = |designation: &str| designation.replace(' ', "");
            let is_it = |found: &LiveStar| packed(&found.designation) == packed(star.designation);
            let found = by_its_names.into_iter().filter_map(Result::ok).find(is_it)?;
            Some([found.values[0], found.values[1], found.values[2]])
        };
        Ok::<Vec<_>, Problem>(asked_for.iter().map(&mut first_of).collect())
    };
    let here = at(tt.jd())?;
    let mut speeds = vec![[0.0; 3]; here.len()];
    // The derivative of the parabola of fourth degree through five places.
    for (steps, weight) in [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)] {
        let weight = weight / (12.0 * STAR_STEP_DAYS);
        let there = at(tt.jd() + steps * STAR_STEP_DAYS)?;
        for (speed, places) in speeds.iter_mut().zip(here.iter().zip(&there)) {
            let (Some(here), Some(there)) = places else { continue };
            // The weights add up to nothing, so that differences from the place itself may stand for places.
            let along = (there[0] - here[0] + 180.0).rem_euclid(360.0) - 180.0;
            for (sum, apart) in speed.iter_mut().zip([along, there[1] - here[1], there[2] - here[2]]) {
                *sum += weight * apart;
            }
        }
    }
    let states = here.into_iter().zip(speeds).map(|(here, speed)| {
        here.map(|[longitude_deg, latitude_deg, distance_au]| State {
            longitude_deg,
            latitude_deg,
            distance_au,
            longitude_speed: speed[0],
            latitude_speed: speed[1],
            distance_speed: speed[2],
        })
    });
    Ok(states.collect())
}

/// The apparent place of a body from the Earth's centre.
pub(super) fn geocentric(
    session: &mut Session,
    body: WireBody,
    tt: TtDay,
    asked: Asked<'_>,
) -> Result<State, Problem> {
    state_by(session, body, LiveView::apparent(LiveCenter::Geo), tt, asked).map(|(state, _)| state)
}

/// The Earth from the barycentre.
pub(super) fn earth(session: &mut Session, tt: TtDay, asked: Asked<'_>) -> Result<State, Problem> {
    let earth = WireBody::Tabulated(Body::Earth);
    state_by(session, earth, LiveView::apparent(LiveCenter::Bary), tt, asked).map(|(state, _)| state)
}

fn state_by(
    session: &mut Session,
    body: WireBody,
    view: LiveView,
    tt: TtDay,
    asked: Asked<'_>,
) -> Result<(State, EphemerisModel), Problem> {
    let (base, derivation) = body.base();
    let name = base.name();
    // Both crates take the same names, except for minor planets whose number no file name can hold.
    let live = LiveBody::from_name(&name).ok_or_else(|| no_file(&name))?;
    let (state, model) = session
        .state(live, view, tt.jd(), asked.sky.moshier.is_allowed())
        .map_err(|error| refused(error, asked))?;
    Ok((derivation.apply(state_of(state)), model))
}

fn state_of(state: LiveState) -> State {
    State {
        longitude_deg: state.longitude_deg,
        latitude_deg: state.latitude_deg,
        distance_au: state.distance_au,
        longitude_speed: state.longitude_speed,
        latitude_speed: state.latitude_speed,
        distance_speed: state.distance_speed,
    }
}

/// Nutation with its change: live gives the values alone.
pub(super) fn nutation(session: &mut Session, tt: TtDay, asked: Asked<'_>) -> Result<Nutation, Problem> {
    let (earlier, later) = (tt.jd() - NUTATION_STEP_DAYS, tt.jd() + NUTATION_STEP_DAYS);
    let mut at = |jd: f64| session.nutation(jd).map_err(|error| refused(error, asked));
    let [dpsi_deg, deps_deg, mean_obliquity_deg] = at(tt.jd())?;
    let (before, after) = (at(earlier)?, at(later)?);
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

/// The sidereal zodiac of a query.
pub(super) fn sidereal(session: &mut Session, tt: TtDay, asked: Asked<'_>) -> Result<SiderealDate, Problem> {
    let chosen = asked.sky.view.ayanamsa();
    let ayanamsa = chosen.ok_or_else(|| {
        Problem::new(
            Code::Internal,
            "a zodiac was looked for that nobody asked for; the failure has been logged",
        )
    })?;
    self::ayanamsa(session, ayanamsa, tt, asked).map(SiderealDate::from_ayanamsa)
}

/// An ayanamsa without nutation, degrees, with its change a day.
pub(super) fn ayanamsa(
    session: &mut Session,
    ayanamsa: Ayanamsa,
    tt: TtDay,
    asked: Asked<'_>,
) -> Result<Varying, Problem> {
    let live = match (ayanamsa.at_epoch(), ayanamsa.number()) {
        (Some((TtDay(t0_jd_tt), ayanamsa_t0_deg)), _) => LiveAyanamsa::User { t0_jd_tt, ayanamsa_t0_deg },
        // What has no epoch has a number.
        (None, number) => LiveAyanamsa::Mode(number.unwrap_or_default()),
    };
    let (earlier, later) = (tt.jd() - AYANAMSA_STEP_DAYS, tt.jd() + AYANAMSA_STEP_DAYS);
    let mut at = |jd: f64| session.ayanamsa_deg(live, jd).map_err(|error| refused(error, asked));
    let (now, before, after) = (at(tt.jd())?, at(earlier)?, at(later)?);
    let change = (after - before + 180.0).rem_euclid(360.0) - 180.0;
    Ok(Varying::new(now, change / (later - earlier)))
}

/// Greenwich mean sidereal time, degrees, with its change a day.
pub(super) fn sidereal_time(session: &mut Session, ut: UtDay, asked: Asked<'_>) -> Result<Varying, Problem> {
    let (earlier, later) = (ut.jd() - ROTATION_STEP_DAYS, ut.jd() + ROTATION_STEP_DAYS);
    let mut at = |jd: f64| session.mean_sidereal_time_deg(jd).map_err(|error| refused(error, asked));
    let (now, before, after) = (at(ut.jd())?, at(earlier)?, at(later)?);
    // Between the two the Earth has turned once and a little more.
    let beyond = (after - before).rem_euclid(360.0);
    Ok(Varying::new(now, (beyond + 360.0) / (later - earlier)))
}

/// What can go wrong where an instant's ΔT is computed live.
pub(super) enum LiveTime {
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
    pub(super) fn problem(self, asked: Asked<'_>) -> Problem {
        match self {
            LiveTime::Refused(error) => error.into(),
            LiveTime::Live(error) => refused(error, asked),
        }
    }
}

/// What a client is told of a live failure. Paths of the server stay in its log.
pub(crate) fn refused(error: LiveError, asked: Asked<'_>) -> Problem {
    let instant = asked.instant;
    match error {
        LiveError::OutsideFiles { body, jd_tt, start_jd, end_jd } => {
            let (name, start, end) = (body.name(), date(start_jd), date(end_jd));
            let detail =
                format!("{name} lies outside the ephemeris files, which reach from {start} to {end}");
            Problem::new(Code::OutsideEphemeris, detail)
                .parameter(instant)
                .hint(beyond_files(body, jd_tt, asked.sky))
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
                .hint(beyond_files(body, jd_tt, asked.sky))
        }
        LiveError::NotFinite { value } => {
            Problem::new(Code::OutOfRange, format!("{value} is no Julian day that can be answered"))
                .parameter(instant)
                .hint("give an instant between the years -13000 and 17000")
        }
        LiveError::NoMeaning { body, .. } => {
            Problem::new(Code::Meaningless, format!("{} has no place from there", body.name()))
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
fn beyond_files(body: LiveBody, jd_tt: f64, query: &SkyQuery) -> String {
    let modelled = |body: &WireBody| LiveBody::from_name(&body.base().0.name()).is_some_and(has_moshier);
    let mut remedies = Vec::new();
    // The model knows no barycentre, from which how the Earth moves is told.
    let needs_barycentre = query.view.observer == Observer::Bary || Needs::of(query, false).has(Aid::Earth);
    let may_be_modelled = query.bodies.iter().all(modelled) && !needs_barycentre;
    if MOSHIER_JD.contains(&jd_tt) && query.moshier == Moshier::Offered && may_be_modelled {
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

/// After how many seconds to ask again where one that comes now would have to wait so long.
pub(crate) fn retry_after_s(wait: Duration) -> u32 {
    (wait.as_secs_f64().ceil() as u32).clamp(1, LONGEST_RETRY_S)
}

/// What a client is told where the pool did not do the job.
pub(crate) fn pool_failed(error: LiveError) -> Problem {
    match error {
        LiveError::Busy { wait } => {
            Problem::new(Code::Busy, "all live threads are at work, and too much waits for them")
                .hint("try again later, or ask for what the tables hold with source=table")
                .retry_after(retry_after_s(wait))
        }
        LiveError::Lapsed => Problem::new(Code::TimeLimit, "no live thread was free in time")
            .hint("try again later, or ask for what the tables hold with source=table")
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

pub(super) fn no_file(body: &str) -> Problem {
    Problem::new(Code::OutsideEphemeris, format!("{body} has no ephemeris file on this server"))
        .parameter("bodies")
        .hint("leave it out of bodies")
}

#[cfg(test)]
mod tests;
