//! Places from the live source, for events to be looked for in.

use std::ops::Range;
use std::time::Instant as Clock;

use orrery_almanac::eclipses::{Luminaries, SunAndMoon};
use orrery_almanac::motion::Places;
use orrery_almanac::{Ayanamsa, WireBody};
use orrery_format::{Body, Center, Nutation, State, TtDay};
use orrery_swisseph::{LiveBody, LiveCenter, LiveError, Session};

use crate::answer::live::{self, no_file, refused};
use crate::query::Asked;
use crate::wire::problem::{Code, Problem};

/// The live source, asked for places.
pub(in crate::answer) struct FromFiles<'s> {
    pub(in crate::answer) session: &'s mut Session,
    pub(in crate::answer) asked: Asked<'s>,
    /// What can be searched in them: Julian days of TT.
    pub(in crate::answer) known: Range<f64>,
    /// Until when it answers: a search that takes longer is broken off.
    pub(in crate::answer) until: Clock,
}

impl FromFiles<'_> {
    fn refused(&self, error: LiveError) -> Problem {
        let problem = refused(error, self.asked);
        // The model is no choice here.
        if problem.code == Code::OutsideEphemeris {
            return problem.hint("ask for instants within that range, or for other bodies");
        }
        problem
    }
}

impl Places for FromFiles<'_> {
    type Error = Problem;

    fn known(&self, _: Center, _: WireBody) -> (f64, f64) {
        (self.known.start, self.known.end)
    }

    fn place(&mut self, center: Center, body: WireBody, jd_tt: f64) -> Result<[f64; 3], Problem> {
        if Clock::now() > self.until {
            return Err(Problem::new(Code::TimeLimit, "what was asked for takes too long to find live")
                .hint("ask for a shorter time, for fewer types or bodies, or for what the tables know with source=table")
                .retry_after(1));
        }
        let (base, derivation) = body.base();
        let name = base.name();
        let live = LiveBody::from_name(&name).ok_or_else(|| no_file(&name))?;
        let center = match center {
            Center::Geo => LiveCenter::Geo,
            Center::Helio => LiveCenter::Helio,
            Center::Bary => LiveCenter::Bary,
        };
        let place = self.session.position(live, center, jd_tt).map_err(|error| self.refused(error))?;
        let state = derivation.apply(state_of(place));
        Ok([state.longitude_deg, state.latitude_deg, state.distance_au])
    }

    fn nutation(&mut self, jd_tt: f64) -> Result<[f64; 3], Problem> {
        self.session.nutation(jd_tt).map_err(|error| self.refused(error))
    }

    fn ayanamsa_deg(&mut self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<f64, Problem> {
        Ok(live::ayanamsa(self.session, ayanamsa, TtDay(jd_tt), self.asked)?.value)
    }
}

impl Luminaries for FromFiles<'_> {
    type Error = Problem;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, Problem> {
        let mut place = |body| self.place(Center::Geo, WireBody::Tabulated(body), tt.jd()).map(state_of);
        let (sun, moon) = (place(Body::Sun)?, place(Body::Moon)?);
        let [dpsi_deg, deps_deg, mean_obliquity_deg] = self.nutation(tt.jd())?;
        let nutation = Nutation { dpsi_deg, deps_deg, mean_obliquity_deg, ..Nutation::default() };
        Ok(SunAndMoon::new(tt, &sun, &moon, &nutation))
    }
}

/// A place that does not tell how it changes.
fn state_of([longitude_deg, latitude_deg, distance_au]: [f64; 3]) -> State {
    State { longitude_deg, latitude_deg, distance_au, ..State::default() }
}
