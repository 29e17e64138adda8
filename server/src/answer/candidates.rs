//! The instants that an ambiguous local time may have meant: told once there is a ΔT to tell them with.

use std::sync::Arc;
use std::time::Instant as Clock;

use orrery_almanac::{Error, Instant, LeapSeconds, Subsecond};
use orrery_format::{Miss, UtDay};
use orrery_swisseph::{LiveError, Session};

use crate::app::{App, Generation};
use crate::wire::problem::{Candidate, Problem, Readings};

/// Why a reading became no instant. Which of the two it was does not matter: its Julian days are left out.
struct NoInstant;

impl From<Error> for NoInstant {
    fn from(_: Error) -> NoInstant {
        NoInstant
    }
}

impl From<Miss> for NoInstant {
    fn from(_: Miss) -> NoInstant {
        NoInstant
    }
}

impl From<LiveError> for NoInstant {
    fn from(_: LiveError) -> NoInstant {
        NoInstant
    }
}

/// Turns the readings that a problem carries into candidates: ΔT from the tables where they reach, else live.
pub(crate) async fn complete(app: &App, mut problem: Problem) -> Problem {
    let generation = app.generation();
    if complete_by_tables(&generation, &mut problem) {
        return problem;
    }
    let Some(readings) = problem.readings.take() else { return problem };
    let instants = match app.live() {
        None => None,
        Some(live) => {
            let (generation, readings) = (Arc::clone(&generation), readings.clone());
            let limit = app.limits().compute();
            let job =
                live.run(Clock::now() + limit, move |session| by_session(&generation, session, &readings));
            // A pool that is too busy costs the refusal its Julian days and nothing else.
            tokio::time::timeout(limit, job).await.ok().and_then(Result::ok).flatten()
        }
    };
    problem.candidates = candidates(&generation, &readings, instants);
    problem
}

/// The same by tables alone; whether there are no readings left that they do not know the instants of.
pub(crate) fn complete_by_tables(generation: &Generation, problem: &mut Problem) -> bool {
    let Some(readings) = &problem.readings else { return true };
    let by_table = instants(readings, &generation.leaps, |ut| Ok(generation.dataset.delta_t_s(ut)?));
    let Ok(instants) = by_table else { return false };
    problem.candidates = candidates(generation, readings, Some(instants));
    problem.readings = None;
    true
}

/// The same for who has a session.
pub(crate) fn complete_live(generation: &Generation, session: &mut Session, problem: &mut Problem) {
    let Some(readings) = problem.readings.take() else { return };
    let instants = by_session(generation, session, &readings);
    problem.candidates = candidates(generation, &readings, instants);
}

/// The same where nobody can say: candidates without Julian days.
pub(crate) fn complete_without(generation: &Generation, problem: &mut Problem) {
    let Some(readings) = problem.readings.take() else { return };
    problem.candidates = candidates(generation, &readings, None);
}

fn by_session(generation: &Generation, session: &mut Session, readings: &Readings) -> Option<[Instant; 2]> {
    instants(readings, &generation.leaps, |ut| Ok(session.delta_t_s(ut.jd())?)).ok()
}

fn candidates(
    generation: &Generation,
    readings: &Readings,
    instants: Option<[Instant; 2]>,
) -> Vec<Candidate> {
    (0..readings.pair.len())
        .map(|index| {
            let (reading, instant) = (&readings.pair[index], instants.map(|instants| instants[index]));
            Candidate {
                utc: reading.utc.to_iso(Subsecond::Millisecond, readings.calendar, &generation.leaps),
                jd_ut: instant.map(|instant| instant.ut.jd()),
                jd_tt: instant.map(|instant| instant.tt.jd()),
                utc_offset_s: reading.offset.seconds_east() as i64,
            }
        })
        .collect()
}

fn instants(
    readings: &Readings,
    leaps: &LeapSeconds,
    mut delta_t_s: impl FnMut(UtDay) -> Result<f64, NoInstant>,
) -> Result<[Instant; 2], NoInstant> {
    let [first, second] = &readings.pair;
    Ok([
        Instant::from_utc(first.utc, leaps, &mut delta_t_s)?,
        Instant::from_utc(second.utc, leaps, &mut delta_t_s)?,
    ])
}
