//! What is asked of the one chart that two are made into, and of how two go together.

use std::sync::Arc;

use orrery_almanac::composite::Meridian;
use orrery_almanac::davison::HalfWay;
use orrery_almanac::{Error, Site, WireBody};
use orrery_format::Body;

use super::body::Posted;
use super::cast::{CastQuery, Division};
use super::pair::{CHARTS, PairQuery, Together};
use super::params::Params;
use super::{Observer, TimeQuery, words};
use crate::wire::problem::{Code, Problem};

words! {
    /// How one chart is made of two.
    Method for "method" {
        /// Each of its places is half way between theirs.
        Midpoint = "midpoint",
        /// It is cast half way between them in time, over the place half way between theirs.
        Davison = "davison",
    }
}

/// Everything that `/v1/composite` was asked.
#[derive(Clone, Debug)]
pub(crate) struct CompositeQuery {
    pub(crate) pair: PairQuery,
    pub(crate) made: Made,
    /// The bodies that both charts have, in the order of the first.
    pub(crate) bodies: Vec<WireBody>,
}

/// How one chart is made of two, with what only that way asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Made {
    Midpoint {
        meridian: Meridian,
        /// Where on the Earth houses are divided by the composite midheaven, degrees; `None` where they are midpoints themselves.
        reference_lat_deg: Option<f64>,
    },
    Davison {
        half_way: HalfWay,
    },
}

impl CompositeQuery {
    /// Reads a body: two charts, and what is made of them.
    pub(crate) fn read(mut posted: Posted<'_, '_>) -> Result<CompositeQuery, Problem> {
        let pair = PairQuery::read(&mut posted, Together::AsOne)?;
        let made = Made::parse(posted.params, &pair)?;
        let [first, second] = &pair.casts;
        if let (Some(one), Some(other)) = (first.division, second.division)
            && one.system != other.system
        {
            let error = Error::HouseSystemsDiffer { first: one.system, second: other.system };
            return Err(Problem::from(error).within(CHARTS[1]));
        }
        let bodies: Vec<_> =
            first.bodies().iter().copied().filter(|body| second.bodies().contains(body)).collect();
        if bodies.is_empty() {
            return Err(Problem::new(Code::Contradiction, "the two charts have no body in common")
                .parameter("second.bodies")
                .hint("name the same bodies in both, or leave bodies out"));
        }
        Ok(CompositeQuery { pair, made, bodies })
    }
}

impl Made {
    fn parse(params: &Params<'_>, pair: &PairQuery) -> Result<Made, Problem> {
        let meridian = params.choice("meridian", &Meridian::ALL.map(|it| (it.name(), it)))?;
        let half_way = params.choice("half_way", &HalfWay::ALL.map(|it| (it.name(), it)))?;
        let reference_lat_deg = params.number("reference_lat")?;
        let idle = |name: &'static str, of: &str, remedy: &str| {
            let detail = format!("{name} is of {of}");
            Err(Problem::new(Code::Contradiction, detail)
                .parameter(name)
                .hint(format!("leave it out, or {remedy}")))
        };
        if params.word::<Method>()? == Method::Davison {
            let charts = "the chart of midpoints, and this is Davison's";
            if meridian.is_some() {
                return idle("meridian", charts, "give method=midpoint");
            }
            if reference_lat_deg.is_some() {
                return idle("reference_lat", charts, "give method=midpoint");
            }
            for (name, cast) in CHARTS.into_iter().zip(&pair.casts) {
                cast.check_davison().map_err(|problem| problem.within(name))?;
            }
            return Ok(Made::Davison { half_way: half_way.unwrap_or_default() });
        }
        if half_way.is_some() {
            return idle("half_way", "Davison's chart, and this is one of midpoints", "give method=davison");
        }
        if let Some(latitude_deg) = reference_lat_deg {
            if !(-90.0..=90.0).contains(&latitude_deg) {
                let detail = format!("reference_lat is {latitude_deg}, which is no latitude");
                return Err(Problem::new(Code::OutOfRange, detail)
                    .parameter("reference_lat")
                    .hint("give degrees from -90 to 90, north positive"));
            }
            if pair.casts.iter().any(|cast| cast.division.is_none()) {
                let detail = "reference_lat divides houses by both midheavens, and one chart has none";
                return Err(Problem::new(Code::Contradiction, detail)
                    .parameter("reference_lat")
                    .hint("give both charts lat, lon and the time of day, or leave it out"));
            }
            if pair.casts[0].sky.view.ayanamsa().is_some() {
                return idle("reference_lat", "the tropical zodiac", "give zodiac=tropical");
            }
            let needs_sun = |cast: &CastQuery| cast.division.is_some_and(Division::needs_sun);
            if pair.casts.iter().any(needs_sun) {
                let detail = "sunshine houses are made from where the Sun is, and a latitude of reference has no Sun of its own";
                return Err(Problem::new(Code::Contradiction, detail)
                    .parameter("reference_lat")
                    .hint("leave it out, or give both charts another house_system and fallback"));
            }
            if meridian.is_some() {
                let houses = "houses that are midpoints, and reference_lat divides its own";
                return idle("meridian", houses, "leave reference_lat out");
            }
        }
        Ok(Made::Midpoint { meridian: meridian.unwrap_or_default(), reference_lat_deg })
    }

    pub(crate) const fn method(self) -> Method {
        match self {
            Made::Midpoint { .. } => Method::Midpoint,
            Made::Davison { .. } => Method::Davison,
        }
    }
}

impl CastQuery {
    /// Refuses what has no instant or no place to take the middle of.
    fn check_davison(&self) -> Result<(), Problem> {
        if self.day.is_some() {
            let detail =
                "Davison's chart is half way between two instants, and this time of day is not known";
            return Err(Problem::new(Code::Contradiction, detail)
                .parameter("time_known")
                .hint("give the time of day, or method=midpoint"));
        }
        if self.site.is_none() {
            let detail = "lat is missing: Davison's chart is half way between two places";
            return Err(Problem::new(Code::MissingParameter, detail).parameter("lat").hint(
                "give the place: lat and lon in degrees, north and east positive; or method=midpoint",
            ));
        }
        Ok(())
    }

    /// The same sky at another instant and place, with certain bodies.
    pub(crate) fn moved(&self, time: TimeQuery, site: Site, bodies: &[WireBody]) -> CastQuery {
        let mut sky = (*self.sky).clone();
        sky.bodies = bodies.to_vec().into();
        if let Observer::Topo(_) = sky.view.observer {
            sky.view.observer = Observer::Topo(site);
        }
        let division = self.division;
        let mut moved =
            CastQuery { time, day: None, site: Some(site), sky: Arc::new(sky), told: bodies.len(), division };
        if division.is_some_and(Division::needs_sun) {
            moved.also(&[WireBody::SUN]);
        }
        moved
    }
}

/// What is posted to `/v1/compatibility`.
#[derive(Clone, Debug)]
pub(crate) struct CompatibilityQuery {
    pub(crate) pair: PairQuery,
}

impl CompatibilityQuery {
    /// Reads a body: two charts.
    pub(crate) fn read(mut posted: Posted<'_, '_>) -> Result<CompatibilityQuery, Problem> {
        let mut pair = PairQuery::read(&mut posted, Together::AsOne)?;
        for cast in &mut pair.casts {
            cast.also(&[
                WireBody::SUN,
                WireBody::MOON,
                WireBody::Tabulated(Body::Venus),
                WireBody::Tabulated(Body::Mars),
            ]);
        }
        Ok(CompatibilityQuery { pair })
    }
}
