//! The sky over a place, by tables and by the live source.

use std::fmt;

use orrery_almanac::horizon::{Horizon, SIDEREAL_DEG_PER_DAY, apparent_sidereal_time};
use orrery_almanac::rise_set::{Sight, Sky};
use orrery_almanac::{Earth, Equator, Instant, Site, Topocentre, Varying, WireBody, frames, phenomena};
use orrery_format::{Body, Center, Dataset, Miss, Nutation, State, TtDay, UtDay};
use orrery_swisseph::{EphemerisModel, Session};

use crate::answer::live::{self, refused};
use crate::query::Asked;
use crate::wire::problem::Problem;

/// A sky that knows the time.
pub(super) trait Timed: Sky {
    /// The instant of a moment, with its ΔT.
    fn instant(&mut self, ut: UtDay) -> Result<Instant, Self::Error>;
}

/// A body over a place, from tables.
pub(super) struct FromTables<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) body: WireBody,
    pub(super) site: Site,
}

/// Why tables do not show a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unseen {
    Miss(Miss),
    /// Its light is bent in a way that only the live source knows.
    BesideSun,
}

impl From<Miss> for Unseen {
    fn from(miss: Miss) -> Unseen {
        Unseen::Miss(miss)
    }
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unseen::Miss(miss) => miss.fmt(f),
            Unseen::BesideSun => f.write_str("it stands before or behind the Sun's disc"),
        }
    }
}

impl Timed for FromTables<'_> {
    fn instant(&mut self, ut: UtDay) -> Result<Instant, Unseen> {
        Ok(instant(ut, self.dataset.delta_t_s(ut)?))
    }
}

impl Sky for FromTables<'_> {
    type Error = Unseen;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Unseen> {
        let Instant { tt, .. } = self.instant(ut)?;
        let state = |body, center| self.dataset.state(body, center, tt).map(|answer| answer.value);
        let (base, derivation) = self.body.tabulated().ok_or(Miss::NotTabulated)?;
        let from_centre = state(base, Center::Geo)?;
        let nutation = self.dataset.nutation(tt)?.value;
        let sun = if base == Body::Sun { from_centre } else { state(Body::Sun, Center::Geo)? };
        let earth = Earth::new(&state(Body::Earth, Center::Bary)?, &sun);
        let sidereal_deg = self.dataset.mean_sidereal_time_deg(ut)?;
        let turning = Varying::new(sidereal_deg, SIDEREAL_DEG_PER_DAY);
        let here = Topocentre::new(&self.site, turning, &nutation, earth);
        let seen = derivation.apply(here.place(base, &from_centre).ok_or(Unseen::BesideSun)?);
        Ok(sight(self.body, &self.site, &seen, &nutation, sidereal_deg))
    }
}

/// A body over the place of a query, from the live source.
pub(super) struct FromFiles<'s> {
    pub(super) session: &'s mut Session,
    /// Who sees from the place.
    pub(super) asked: Asked<'s>,
    pub(super) body: WireBody,
    pub(super) site: Site,
    /// What answered: the poorer of those that did.
    pub(super) model: EphemerisModel,
}

impl Timed for FromFiles<'_> {
    fn instant(&mut self, ut: UtDay) -> Result<Instant, Problem> {
        let delta_t_s = self.session.delta_t_s(ut.jd()).map_err(|error| refused(error, self.asked))?;
        Ok(instant(ut, delta_t_s))
    }
}

impl Sky for FromFiles<'_> {
    type Error = Problem;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Problem> {
        let Instant { tt, .. } = self.instant(ut)?;
        let (seen, model) = live::state(self.session, self.body, tt, self.asked)?;
        if model == EphemerisModel::Moshier {
            self.model = model;
        }
        let nutation = live::nutation(self.session, tt, self.asked)?;
        let sidereal_time = live::sidereal_time(self.session, ut, self.asked)?;
        Ok(sight(self.body, &self.site, &seen, &nutation, sidereal_time.value))
    }
}

fn instant(ut: UtDay, delta_t_s: f64) -> Instant {
    Instant { ut, tt: TtDay(ut.jd() + delta_t_s / 86_400.0), delta_t_s }
}

/// Where a body stands that is seen from a site, on the mean ecliptic and equinox of date.
fn sight(body: WireBody, site: &Site, seen: &State, nutation: &Nutation, sidereal_deg: f64) -> Sight {
    let place = Equator::true_of_date(nutation).equatorial(&frames::true_equinox(seen, nutation));
    let turned = apparent_sidereal_time(sidereal_deg, nutation);
    let horizon = Horizon::new(site.latitude_deg, site.longitude_deg, turned);
    Sight::new(&horizon, &place, phenomena::radius_au(body))
}
