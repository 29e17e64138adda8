//! The sky over a place with its time, from tables and from the live source.

use orrery_almanac::rise_set::{Sight, Sky, TabulatedSky, Unseen};
use orrery_almanac::{Instant, Site, WireBody};
use orrery_format::{TtDay, UtDay};
use orrery_swisseph::{EphemerisModel, Session};

use crate::answer::live::{self, refused};
use crate::query::Asked;
use crate::wire::problem::Problem;

/// A sky that knows the time.
pub(super) trait Timed: Sky {
    /// The instant of a moment, with its ΔT.
    fn instant(&mut self, ut: UtDay) -> Result<Instant, Self::Error>;
}

impl Timed for TabulatedSky<'_> {
    fn instant(&mut self, ut: UtDay) -> Result<Instant, Unseen> {
        TabulatedSky::instant(self, ut)
    }
}

/// A body over the place of a query, from the live source.
pub(in crate::answer) struct FromFiles<'s> {
    pub(in crate::answer) session: &'s mut Session,
    /// Who sees from the place.
    pub(in crate::answer) asked: Asked<'s>,
    pub(in crate::answer) body: WireBody,
    pub(in crate::answer) site: Site,
    /// What answered: the poorer of those that did.
    pub(in crate::answer) model: EphemerisModel,
}

impl Timed for FromFiles<'_> {
    fn instant(&mut self, ut: UtDay) -> Result<Instant, Problem> {
        let delta_t_s = self.session.delta_t_s(ut.jd()).map_err(|error| refused(error, self.asked))?;
        Ok(Instant { ut, tt: TtDay(ut.jd() + delta_t_s / 86_400.0), delta_t_s })
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
        Ok(Sight::of(self.body, &self.site, &seen, &nutation, sidereal_time.value))
    }
}
