//! What a position tells beside its coordinates: how the body is lit, how it stands to horizon and equator.

use orrery_almanac::horizon::{Atmosphere, Horizon};
use orrery_almanac::phenomena::{self, Sight};
use orrery_almanac::{Earth, Equator, Equatorial, Instant, WireBody, frames};
use orrery_format::{Nutation, State};
use smallvec::SmallVec;

use crate::answer::surroundings::Surroundings;
use crate::query::{Asked, Field, Fields, Light};
use crate::wire::problem::Problem;

/// The fields that are told here, in the order of a reply.
pub(crate) const TOLD: [Field; 10] = [
    Field::OutOfBounds,
    Field::Azimuth,
    Field::Altitude,
    Field::ApparentAltitude,
    Field::Elongation,
    Field::PhaseAngle,
    Field::IlluminatedFraction,
    Field::ApparentDiameter,
    Field::Magnitude,
    Field::LightTime,
];

/// Those among them that depend on how the Sun's light falls.
pub(crate) const LIT: [Field; 3] = [Field::PhaseAngle, Field::IlluminatedFraction, Field::Magnitude];

/// Those among them that depend on where the horizon is.
pub(crate) const HORIZONTAL: [Field; 3] = [Field::Azimuth, Field::Altitude, Field::ApparentAltitude];

/// The values of those of [`TOLD`] that a query chooses, in their order. What has no meaning for the body is not a number;
/// what is true is 1, and what is not is 0.
pub(crate) type Values = SmallVec<[f64; 4]>;

/// What has to be known of an instant to tell them.
pub(crate) struct Quantities {
    fields: Fields,
    instant: Instant,
    /// The Sun as the observer sees it.
    sun: Option<Sight>,
    /// How the Earth moves, where light takes its time from the Sun to a body and on to the observer.
    earth: Option<Earth>,
    equator: Option<(Nutation, Equator)>,
    horizon: Option<Sky>,
}

/// The sky over a place.
struct Sky {
    horizon: Horizon,
    air: Atmosphere,
    altitude_m: f64,
}

/// How what is seen stands to the true equator of date and to the horizon, as far as the query needs to know.
struct Stand<'a> {
    equatorial: Option<(&'a Nutation, Equatorial)>,
    /// Azimuth and altitude, degrees.
    horizontal: Option<(&'a Sky, f64, f64)>,
}

impl Quantities {
    /// `None` where the query chooses none. `sun` is the Sun as the observer sees it, if the query needs it.
    pub(crate) fn new(
        asked: Asked<'_>,
        around: &Surroundings,
        sun: Option<&State>,
    ) -> Result<Option<Quantities>, Problem> {
        let fields = asked.sky.fields;
        if !fields.has_any(&TOLD) {
            return Ok(None);
        }
        let horizon = match asked.sky.view.observer.site() {
            Some(site) if fields.has_any(&HORIZONTAL) => {
                let sidereal_time = around.apparent_sidereal_time()?;
                let horizon = Horizon::new(site.latitude_deg, site.longitude_deg, sidereal_time);
                Some(Sky { horizon, air: asked.sky.air.at(&site), altitude_m: site.altitude_m })
            }
            _ => None,
        };
        let equator = if horizon.is_some() || fields.has(Field::OutOfBounds) {
            let nutation = around.nutation()?;
            Some((nutation, Equator::true_of_date(&nutation)))
        } else {
            None
        };
        let is_late = asked.sky.view.light != Light::True;
        let earth = if fields.has_any(&LIT) && is_late { Some(around.earth()?) } else { None };
        let sun = sun.map(|sun| Sight::new(WireBody::SUN, sun));
        Ok(Some(Quantities { fields, instant: around.instant, sun, earth, equator, horizon }))
    }

    /// Whether what is told of a body depends on where it is seen from the Earth's centre.
    pub(crate) fn needs_geocentric(&self) -> bool {
        self.earth.is_some()
    }

    /// The values for a body as the observer sees it, and as it is seen from the Earth's centre.
    pub(crate) fn of(&self, body: WireBody, seen: &State, geocentric: &State) -> Values {
        let sight = Sight::new(body, seen);
        let sunlit = match (&self.earth, &self.sun) {
            (Some(earth), _) => sight.sunlit(geocentric, earth),
            (None, Some(sun)) => sight.sunlit_at_once(sun),
            (None, None) => None,
        };
        let stand = self.stand(seen);
        self.each(|field| match field {
            Field::OutOfBounds => stand.equatorial.as_ref().map(|(nutation, place)| {
                let beyond = phenomena::out_of_bounds(place.declination_deg, nutation.true_obliquity_deg());
                f64::from(u8::from(beyond))
            }),
            Field::Elongation => self.sun.as_ref().map(|sun| sight.elongation_deg(sun)),
            Field::PhaseAngle => sunlit.as_ref().map(|lit| lit.phase.angle_deg),
            Field::IlluminatedFraction => sunlit.as_ref().map(|lit| lit.phase.illuminated_fraction),
            Field::ApparentDiameter => sight.apparent_diameter_deg(),
            Field::Magnitude => sight.magnitude(sunlit.as_ref(), self.instant.tt),
            Field::LightTime => sight.light_time_s(),
            _ => Quantities::above_horizon(field, &stand),
        })
    }

    /// The values for a star as the observer sees it.
    pub(crate) fn of_star(&self, seen: &State) -> Values {
        let stand = self.stand(seen);
        self.each(|field| match field {
            Field::Elongation => self.sun.as_ref().map(|sun| sun.elongation_of_star_deg(seen)),
            _ => Quantities::above_horizon(field, &stand),
        })
    }

    /// The values of the fields that the query chooses.
    #[inline]
    fn each(&self, value: impl Fn(Field) -> Option<f64>) -> Values {
        let chosen = TOLD.into_iter().filter(|field| self.fields.has(*field));
        chosen.map(|field| value(field).unwrap_or(f64::NAN)).collect()
    }

    #[inline]
    fn stand(&self, seen: &State) -> Stand<'_> {
        let equatorial = self
            .equator
            .as_ref()
            .map(|(nutation, equator)| (nutation, equator.equatorial(&frames::true_equinox(seen, nutation))));
        let sky = self.horizon.as_ref().zip(equatorial.as_ref());
        let horizontal = sky.map(|(sky, (_, place))| {
            let horizontal = sky.horizon.horizontal(place);
            (sky, horizontal.azimuth_deg.value, horizontal.altitude_deg.value)
        });
        Stand { equatorial, horizontal }
    }

    /// One of [`HORIZONTAL`].
    fn above_horizon(field: Field, stand: &Stand<'_>) -> Option<f64> {
        let (sky, azimuth_deg, altitude_deg) = stand.horizontal?;
        match field {
            Field::Azimuth => Some(azimuth_deg),
            Field::Altitude => Some(altitude_deg),
            Field::ApparentAltitude => Some(sky.air.apparent(altitude_deg, sky.altitude_m).altitude_deg),
            _ => None,
        }
    }
}
