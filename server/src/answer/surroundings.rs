//! What an instant has for all bodies: nutation, the Earth's motion, the Sun, how far the Earth has turned.

use orrery_almanac::{Earth, Instant, Topocentre, Varying, WireBody, horizon};
use orrery_format::{Body, Dataset, Nutation, State};
use orrery_swisseph::Session;

use crate::answer::aid::Aid;
use crate::answer::live;
use crate::answer::plan::{Origin, Resolved};
use crate::query::Asked;
use crate::wire::problem::{Code, Problem};

/// See [the module](self). What a query does not need is not there.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) instant: Instant,
    nutation: Option<Nutation>,
    earth: Option<Earth>,
    /// The apparent Sun from the Earth's centre.
    sun: Option<State>,
    /// The Sun as the query's observer sees it, in the light of the query, where it had to be asked for.
    seen_sun: Option<State>,
    /// The apparent Moon from the Earth's centre.
    moon: Option<State>,
    /// Greenwich mean sidereal time, degrees, with its change a day.
    sidereal_time: Option<Varying>,
}

/// What tables or the live source say of an instant.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) nutation: Option<Nutation>,
    /// The Earth from the barycentre.
    pub(crate) earth: Option<State>,
    /// The Sun and the Moon from the Earth's centre.
    pub(crate) sun: Option<State>,
    pub(crate) moon: Option<State>,
    /// Greenwich mean sidereal time, degrees, with its change a day.
    pub(crate) sidereal_time: Option<Varying>,
}

impl Surroundings {
    /// Collects what a query needs at its instant: from tables on the spot, the rest from a session, which must be there
    /// if anything is to be live.
    pub(crate) fn new(
        asked: Asked<'_>,
        dataset: &Dataset,
        resolved: &Resolved,
        session: Option<&mut Session>,
    ) -> Result<Surroundings, Problem> {
        let Resolved { instant, origins } = resolved;
        let mut source = Source { asked, dataset, instant, session };
        let nutation = origins.aid(Aid::Nutation).map(|origin| source.nutation(origin)).transpose()?;
        let sun = origins.aid(Aid::Sun).map(|origin| source.geocentric(Body::Sun, origin)).transpose()?;
        let moon = origins.aid(Aid::Moon).map(|origin| source.geocentric(Body::Moon, origin)).transpose()?;
        let earth = origins.aid(Aid::Earth).map(|origin| source.earth(origin)).transpose()?;
        let sidereal_time =
            origins.aid(Aid::Rotation).map(|origin| source.sidereal_time(origin)).transpose()?;
        Ok(Surroundings::of(*instant, &Found { nutation, earth, sun, moon, sidereal_time }))
    }

    /// Of what was found.
    pub(crate) fn of(instant: Instant, found: &Found) -> Surroundings {
        let Found { nutation, earth, sun, moon, sidereal_time } = *found;
        let earth = earth.zip(sun.as_ref()).map(|(earth, sun)| Earth::new(&earth, sun));
        Surroundings { instant, nutation, earth, sun, seen_sun: None, moon, sidereal_time }
    }

    pub(crate) fn nutation(&self) -> Result<Nutation, Problem> {
        self.nutation.ok_or_else(|| not_planned(Aid::Nutation))
    }

    pub(crate) fn earth(&self) -> Result<Earth, Problem> {
        self.earth.ok_or_else(|| not_planned(Aid::Earth))
    }

    /// The apparent Sun from the Earth's centre, if the query needs it.
    pub(crate) fn sun(&self) -> Option<State> {
        self.sun
    }

    /// The Sun as the query's observer sees it, if it had to be asked for.
    pub(crate) fn seen_sun(&self) -> Option<State> {
        self.seen_sun
    }

    /// Takes the Sun as the query's observer sees it.
    pub(crate) fn see_sun(&mut self, sun: State) {
        self.seen_sun = Some(sun);
    }

    /// The same with the Sun as it is seen from there.
    pub(crate) fn with_sun(&self, sun: State) -> Surroundings {
        Surroundings { seen_sun: Some(sun), ..*self }
    }

    pub(crate) fn moon(&self) -> Result<State, Problem> {
        self.moon.ok_or_else(|| not_planned(Aid::Moon))
    }

    /// The mean obliquity of the ecliptic of date, degrees, and its change a day.
    pub(crate) fn mean_obliquity(&self) -> Result<Varying, Problem> {
        let nutation = self.nutation()?;
        Ok(Varying::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed))
    }

    /// Greenwich apparent sidereal time, degrees, and its change a day.
    pub(crate) fn apparent_sidereal_time(&self) -> Result<Varying, Problem> {
        let mean = self.sidereal_time.ok_or_else(|| not_planned(Aid::Rotation))?;
        Ok(horizon::apparent_sidereal_time(mean.value, &self.nutation()?))
    }

    /// The observer of a query, to whose place what tables hold is to be brought; `None` where the tables' own centre is
    /// the observer's, or tables hold nothing.
    pub(crate) fn topocentre(&self, asked: Asked<'_>) -> Result<Option<Topocentre>, Problem> {
        match (asked.sky.view.observer.site(), self.earth, self.sidereal_time) {
            (Some(site), Some(earth), Some(sidereal_time)) => {
                Ok(Some(Topocentre::new(&site, sidereal_time, &self.nutation()?, earth)))
            }
            _ => Ok(None),
        }
    }
}

/// Where values come from.
struct Source<'a> {
    asked: Asked<'a>,
    dataset: &'a Dataset,
    instant: &'a Instant,
    session: Option<&'a mut Session>,
}

impl Source<'_> {
    /// Asks the live source.
    fn live<T>(
        &mut self,
        ask: impl FnOnce(&mut Session, Instant, Asked<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        match self.session.as_deref_mut() {
            Some(session) => ask(session, *self.instant, self.asked),
            // The plan said that all is in tables, and something is not.
            None => Err(Problem::new(
                Code::Internal,
                "live work was planned as table work; the failure has been logged",
            )),
        }
    }

    fn nutation(&mut self, origin: Origin) -> Result<Nutation, Problem> {
        match origin {
            Origin::Table(spot) => Ok(self.dataset.nutation_at(spot)),
            Origin::Live => self.live(|session, at, asked| live::nutation(session, at.tt, asked)),
        }
    }

    fn earth(&mut self, origin: Origin) -> Result<State, Problem> {
        match origin {
            Origin::Table(spot) => Ok(self.dataset.state_at(spot)),
            Origin::Live => self.live(|session, at, asked| live::earth(session, at.tt, asked)),
        }
    }

    fn geocentric(&mut self, body: Body, origin: Origin) -> Result<State, Problem> {
        match origin {
            Origin::Table(spot) => Ok(self.dataset.state_at(spot)),
            Origin::Live => {
                let body = WireBody::Tabulated(body);
                self.live(|session, at, asked| live::geocentric(session, body, at.tt, asked))
            }
        }
    }

    fn sidereal_time(&mut self, origin: Origin) -> Result<Varying, Problem> {
        match origin {
            Origin::Table(spot) => {
                let (value, rate) = self.dataset.mean_sidereal_time_at(spot, self.instant.ut);
                Ok(Varying::new(value, rate))
            }
            Origin::Live => self.live(|session, at, asked| live::sidereal_time(session, at.ut, asked)),
        }
    }
}

/// Something is needed that the plan did not see coming.
fn not_planned(aid: Aid) -> Problem {
    Problem::new(Code::Internal, format!("{} was not planned; the failure has been logged", aid.name()))
}
