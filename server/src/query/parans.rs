//! What `/v1/parans` is asked: on which day, of which bodies and stars, at which latitude or at all.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::Site;
use orrery_almanac::parans::ORB_DEG;

use super::days::{Day, Days};
use super::params::Params;
use super::stars::{Columns, choice};
use super::view::{latitude, longitude, within};
use super::{
    Air, Asked, Charted, Fields, Frame, Moshier, Precision, SkyQuery, StarsQuery, TimeQuery, View, When,
};
use crate::stars::Stars;
use crate::wire::problem::{Code, Problem};

/// The widest orb, degrees that the sky turns by: forty minutes of time.
pub(crate) const MOST_ORB_DEG: f64 = 10.0;

/// Most pairs of a body with another or with a star.
pub(crate) const MOST_PAIRS: usize = 2_500;

/// Everything that `/v1/parans` was asked.
#[derive(Clone, Debug)]
pub(crate) struct ParansQuery {
    /// The first moment of the day, and how it was given.
    pub(crate) time: TimeQuery,
    pub(crate) day: Day,
    pub(crate) sky: Arc<SkyQuery>,
    /// The stars that are paired with the bodies, at no instant yet.
    pub(crate) stars: Option<StarsQuery>,
    pub(crate) at: Where,
    /// The longitude of the meridian, degrees, if it is not that of Greenwich.
    pub(crate) longitude_deg: Option<f64>,
}

/// Where parans are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Where {
    /// At a latitude, so far from exact.
    Latitude { latitude_deg: f64, orb_deg: f64 },
    /// At whatever latitude they are exact.
    Anywhere,
}

impl ParansQuery {
    /// Reads the parameters; `now` is what they mean without a date. The catalogue is asked for where stars are.
    pub(crate) fn new<'c>(
        params: &Params<'_>,
        catalogue: impl FnOnce() -> Result<&'c Arc<Stars>, Problem>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<ParansQuery, Problem> {
        let at = Where::parse(params)?;
        let longitude_deg = longitude(params)?;
        let site = longitude_deg.map(|longitude_deg| Site {
            latitude_deg: at.latitude_deg().unwrap_or_default(),
            longitude_deg,
            altitude_m: 0.0,
        });
        let Days { time, each, .. } = Days::parse(params, site, now)?;
        let day = each.into_iter().next().ok_or_else(|| {
            Problem::new(Code::Internal, "a date was read that is no day; the failure has been logged")
        })?;
        let sky = SkyQuery::with(params, View::default(), Fields::NONE, Air::default())?;
        let stars = if params.get("stars").is_some() || params.get("magnitude").is_some() {
            Some(stars(params, catalogue()?, &time, &sky)?)
        } else {
            None
        };
        let (bodies, fixed) = (sky.bodies.len(), stars.as_ref().map_or(0, |stars| stars.stars().len()));
        let pairs = bodies * bodies.saturating_sub(1) / 2 + bodies * fixed;
        if pairs > MOST_PAIRS {
            let detail = format!("{bodies} bodies and {fixed} stars make {pairs} pairs");
            let name = if fixed == 0 {
                "bodies"
            } else if params.get("stars").is_some() {
                "stars"
            } else {
                "magnitude"
            };
            return Err(Problem::new(Code::OutOfRange, detail)
                .parameter(name)
                .hint(format!("ask for fewer bodies or stars: {MOST_PAIRS} pairs at most")));
        }
        let sky = Arc::new(SkyQuery { charted: Charted::Place, ..sky });
        Ok(ParansQuery { time, day, sky, stars, at, longitude_deg })
    }

    /// What is asked on the query's day.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.sky, instant: self.time.parameter() }
    }

    /// The beginning and the end of the day.
    pub(crate) fn ends(&self) -> [When; 2] {
        [self.day.start, self.day.end]
    }
}

impl Where {
    /// Reads `global`, `lat` and `orb`.
    fn parse(params: &Params<'_>) -> Result<Where, Problem> {
        let (latitude, orb) = (latitude(params)?, within(params, "orb", (0.0, MOST_ORB_DEG), "degrees")?);
        match (params.truth("global")?.unwrap_or_default(), latitude) {
            (false, Some(latitude_deg)) => {
                Ok(Where::Latitude { latitude_deg, orb_deg: orb.unwrap_or(ORB_DEG) })
            }
            (false, None) => Err(Problem::new(
                Code::MissingParameter,
                "lat is missing: which bodies are on the angles at once depends on the latitude",
            )
            .parameter("lat")
            .hint("give lat in degrees, north positive; or global=true for the latitudes of all parans")),
            (true, None) if orb.is_none() => Ok(Where::Anywhere),
            (true, latitude) => {
                let (name, why) = match latitude {
                    Some(_) => ("lat", "global=true looks for parans at all latitudes"),
                    None => ("orb", "with global=true parans are exact"),
                };
                Err(Problem::new(Code::Contradiction, format!("{name} is given, and {why}"))
                    .parameter(name)
                    .hint(format!("leave out {name} or global")))
            }
        }
    }

    fn latitude_deg(self) -> Option<f64> {
        match self {
            Where::Latitude { latitude_deg, .. } => Some(latitude_deg),
            Where::Anywhere => None,
        }
    }
}

/// The stars, on the true equator of date.
fn stars(
    params: &Params<'_>,
    catalogue: &Arc<Stars>,
    time: &TimeQuery,
    sky: &SkyQuery,
) -> Result<StarsQuery, Problem> {
    Ok(StarsQuery {
        time: time.clone(),
        sky: SkyQuery {
            bodies: Cow::Borrowed(&[]),
            view: View { frame: Frame::Equatorial, ..View::default() },
            // The model has no stars.
            moshier: Moshier::Absent,
            precision: Precision::Full,
            ..sky.clone()
        },
        choice: choice(params, catalogue)?,
        columns: Columns { designation: false, names: false, magnitude: false },
        catalogue: Arc::clone(catalogue),
    })
}
