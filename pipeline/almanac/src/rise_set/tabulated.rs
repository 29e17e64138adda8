//! The sky over a place, from tables.

use orrery_format::{Body, Center, Dataset, Miss, Nutation, State, TtDay, UtDay};

use super::{Sight, Sky};
use crate::bodies::WireBody;
use crate::earth::Earth;
use crate::frames::{self, Equator};
use crate::horizon::{Horizon, SIDEREAL_DEG_PER_DAY, apparent_sidereal_time};
use crate::instant::Instant;
use crate::phenomena;
use crate::topocentric::{Site, Topocentre};
use crate::vector::Varying;

/// A body over a site, from tables.
#[derive(Clone, Copy, Debug)]
pub struct TabulatedSky<'d> {
    /// The tables: of the body, the Sun and the Earth, of nutation, and of the Earth's rotation.
    pub dataset: &'d Dataset,
    /// The body.
    pub body: WireBody,
    /// The site.
    pub site: Site,
}

/// Why tables do not show a body.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unseen {
    /// A table does not hold the moment.
    #[error(transparent)]
    Miss(#[from] Miss),
    /// The Sun bends its light in a way that only the live source knows.
    #[error("it stands before or behind the Sun's disc")]
    BesideSun,
}

impl TabulatedSky<'_> {
    /// The instant of a moment.
    ///
    /// # Errors
    /// Where no table has ΔT for it.
    pub fn instant(&self, ut: UtDay) -> Result<Instant, Unseen> {
        let delta_t_s = self.dataset.delta_t_s(ut)?;
        Ok(Instant { ut, tt: TtDay(ut.jd() + delta_t_s / 86_400.0), delta_t_s })
    }
}

impl Sky for TabulatedSky<'_> {
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
        let seen = here.place(base, &from_centre).ok_or(Unseen::BesideSun)?;
        Ok(Sight::of(self.body, &self.site, &derivation.apply(seen), &nutation, sidereal_deg))
    }
}

impl Sight {
    /// Of a body's apparent place from a site, on the mean ecliptic and equinox of date, when the mean sidereal time at
    /// Greenwich is so many degrees.
    #[must_use]
    pub fn of(body: WireBody, site: &Site, seen: &State, nutation: &Nutation, sidereal_deg: f64) -> Sight {
        let place = Equator::true_of_date(nutation).equatorial(&frames::true_equinox(seen, nutation));
        let turned = apparent_sidereal_time(sidereal_deg, nutation);
        let horizon = Horizon::new(site.latitude_deg, site.longitude_deg, turned);
        Sight::new(&horizon, &place, phenomena::radius_au(body))
    }
}
