//! The sky over a place, from tables.

use orrery_almanac::horizon::{Horizon, SIDEREAL_DEG_PER_DAY, apparent_sidereal_time};
use orrery_almanac::rise_set::{Sight, Sky};
use orrery_almanac::{Earth, Equator, Site, Topocentre, Varying, frames};
use orrery_format::{Body, Center, Dataset, Miss, TtDay, UtDay};

/// Metres of an astronomical unit.
const AU_M: f64 = 149_597_870_700.0;

/// A body's radius, au, as the Swiss Ephemeris has it (`pla_diam`); 0 for one that is a point here.
pub fn radius_au(body: Body) -> f64 {
    let diameter_m = match body {
        Body::Sun => 1_392_000_000.0,
        Body::Moon => 3_475_000.0,
        Body::Mercury => 2_439_400.0 * 2.0,
        Body::Venus => 6_051_800.0 * 2.0,
        Body::Mars => 3_389_500.0 * 2.0,
        Body::Jupiter => 69_911_000.0 * 2.0,
        Body::Saturn => 58_232_000.0 * 2.0,
        Body::Uranus => 25_362_000.0 * 2.0,
        Body::Neptune => 24_622_000.0 * 2.0,
        Body::Pluto => 1_188_300.0 * 2.0,
        Body::Ceres => 939_400.0,
        Body::Vesta => 525_400.0,
        Body::Chiron => 271_370.0,
        _ => 0.0,
    };
    diameter_m / 2.0 / AU_M
}

/// A body over a site, from tables.
#[derive(Clone, Copy, Debug)]
pub struct TableSky<'d> {
    /// The tables.
    pub dataset: &'d Dataset,
    /// The body.
    pub body: Body,
    /// The site.
    pub site: Site,
}

impl Sky for TableSky<'_> {
    type Error = Miss;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Miss> {
        let dataset = self.dataset;
        let tt = TtDay(ut.jd() + dataset.delta_t_s(ut)? / 86_400.0);
        let state = |body, center| dataset.state(body, center, tt).map(|answer| answer.value);
        let nutation = dataset.nutation(tt)?.value;
        let earth = Earth::new(&state(Body::Earth, Center::Bary)?, &state(Body::Sun, Center::Geo)?);
        let sidereal_deg = dataset.mean_sidereal_time_deg(ut)?;
        let turning = Varying::new(sidereal_deg, SIDEREAL_DEG_PER_DAY);
        let topocentre = Topocentre::new(&self.site, turning, &nutation, earth);
        let from_centre = state(self.body, Center::Geo)?;
        let place = topocentre
            .place(self.body, &from_centre)
            // Before or behind the Sun: as if its light came straight, two arcseconds from where it does.
            .or_else(|| topocentre.place(Body::Moon, &from_centre))
            .unwrap_or(from_centre);
        let equatorial =
            Equator::true_of_date(&nutation).equatorial(&frames::true_equinox(&place, &nutation));
        let apparent = apparent_sidereal_time(sidereal_deg, &nutation);
        let horizon = Horizon::new(self.site.latitude_deg, self.site.longitude_deg, apparent);
        Ok(Sight::new(&horizon, &equatorial, radius_au(self.body)))
    }
}
