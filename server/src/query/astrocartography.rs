//! What `/v1/astrocartography` is asked: at which instant the lines of which bodies are, and how far from them a place is.

use std::f64::consts::PI;
use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::Site;
use orrery_almanac::astrocartography::{EARTH_RADIUS_KM, Projection};

use super::drawing::Looks;
use super::params::Params;
use super::view::{site, within};
use super::{Air, Asked, Charted, Fields, SkyQuery, TimeQuery, View};
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};

/// Most bodies whose lines are on one map: any two of them cross six times.
pub(crate) const MOST_BODIES: usize = 50;

/// Half of the way round the Earth, km, a little more: no line is farther from anywhere.
pub(crate) const MOST_DISTANCE_KM: f64 = 20_016.0;

const _: () = assert!(MOST_DISTANCE_KM > PI * EARTH_RADIUS_KM);

/// Everything that `/v1/astrocartography` was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AstrocartographyQuery {
    pub(crate) time: TimeQuery,
    pub(crate) sky: Arc<SkyQuery>,
    pub(crate) projection: Projection,
    /// The place whose distances are told.
    pub(crate) site: Option<Site>,
    /// How far lines may be from it to be told, km.
    pub(crate) most_km: Option<f64>,
    /// How it is drawn, if it is.
    pub(crate) looks: Option<Looks>,
}

impl AstrocartographyQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        format: Format,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<AstrocartographyQuery, Problem> {
        let site = if params.get("lat").is_some() { Some(site(params)?) } else { None };
        let time = TimeQuery::parse(params, site, now)?;
        let sky = SkyQuery::with(params, View::default(), Fields::NONE, Air::default())?;
        if sky.bodies.len() > MOST_BODIES {
            return Err(Problem::new(Code::OutOfRange, format!("these are {} bodies", sky.bodies.len()))
                .parameter("bodies")
                .hint(format!("ask for {MOST_BODIES} at most")));
        }
        let most_km = within(params, "max_distance", (0.0, MOST_DISTANCE_KM), "km")?;
        if site.is_none() && most_km.is_some() {
            return Err(Problem::new(
                Code::Contradiction,
                "max_distance is that of a place from the lines, and there is no place",
            )
            .parameter("max_distance")
            .hint("add lat and lon, or leave it out"));
        }
        let projection = params.choice("projection", &Projection::ALL.map(|it| (it.name(), it)))?;
        Ok(AstrocartographyQuery {
            time,
            sky: Arc::new(SkyQuery { charted: Charted::Place, ..sky }),
            projection: projection.unwrap_or_default(),
            site,
            most_km,
            looks: Looks::of_map(params, format)?,
        })
    }

    /// What is asked at the query's instant.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.sky, instant: self.time.parameter() }
    }
}
