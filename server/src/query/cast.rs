//! What a chart is cast of: an instant, a place, and what is asked of the sky over it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::{HouseSystem, LeapSeconds, Site, WireBody};

use super::days::{Day, Days};
use super::params::Params;
use super::view::{Zodiac, site};
use super::word::words;
use super::{Air, Asked, Charted, Field, Fields, Observer, Precision, SkyQuery, TimeQuery, View, When};
use crate::wire::problem::{Code, Problem};

/// Most bodies that a chart has: any two of them may make an aspect.
pub(crate) const MOST_CHART_BODIES: usize = 50;

words! {
    /// Where the bodies of a chart are seen from.
    Seen for "center" {
        /// The Earth's centre.
        Geo = "geo",
        /// The place of the chart.
        Topo = "topo",
    }
}

/// Everything that a chart is cast of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CastQuery {
    /// The instant; of a time of day that is not known, the day's first moment.
    pub(crate) time: TimeQuery,
    /// The day, where the time of day is not known.
    pub(crate) day: Option<Day>,
    /// The place, which a chart without houses need not have.
    pub(crate) site: Option<Site>,
    /// Its bodies are those that were asked for, and behind them those that something is made of.
    pub(crate) sky: Arc<SkyQuery>,
    /// How many bodies were asked for.
    pub(crate) told: usize,
    /// How the sky over the place is divided; `None` where it is not.
    pub(crate) division: Option<Division>,
}

/// How the sky over a place is divided into houses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Division {
    pub(crate) system: HouseSystem,
    /// What divides it at latitudes where that system fails.
    pub(crate) fallback: Option<HouseSystem>,
}

/// The parameters that say so.
pub(super) const DIVIDING: [&str; 2] = ["house_system", "fallback"];

/// Whether a chart can do without a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    /// Its houses are what is asked for, or a part of it that is not left out unasked.
    Needed,
    /// Without one, what depends on houses is left out.
    IfGiven,
}

impl CastQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        placed: Placed,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<CastQuery, Problem> {
        let is_timed = params.truth("time_known")?.unwrap_or(true);
        let is_placed = ["lat", "alt"].into_iter().any(|name| params.get(name).is_some());
        let site = if is_placed { Some(site(params)?) } else { None };
        if site.is_none() && placed == Placed::Needed && is_timed {
            return Err(no_place(params));
        }
        let division = match site.filter(|_| is_timed) {
            Some(_) => Some(Division::parse(params)?),
            None => Division::refuse(params, is_timed)?,
        };
        let (time, day) = if is_timed {
            (TimeQuery::parse(params, site, now)?, None)
        } else {
            let (time, day) = day(params, site, now)?;
            (time, Some(day))
        };
        let sky = Arc::new(sky(params, site, division.is_some())?);
        let told = sky.bodies.len();
        if told > MOST_CHART_BODIES {
            return Err(Problem::new(Code::OutOfRange, format!("there are {told} bodies"))
                .parameter("bodies")
                .hint(format!("ask for {MOST_CHART_BODIES} at most")));
        }
        let mut query = CastQuery { time, day, site, sky, told, division };
        if division.is_some_and(Division::needs_sun) {
            query.also(&[WireBody::SUN]);
        }
        Ok(query)
    }

    /// The instants that it names.
    pub(crate) fn whens(&self) -> Vec<When> {
        self.day.as_ref().map_or_else(|| vec![self.time.when], |day| vec![day.start, day.end])
    }

    /// Refuses an instant that is none: see [`When::check`].
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        self.whens().into_iter().try_for_each(|when| Ok(when.check(leaps)?))
    }

    /// The bodies that were asked for.
    pub(crate) fn bodies(&self) -> &[WireBody] {
        &self.sky.bodies[..self.told]
    }

    /// Asks for bodies beside those that are told, that something is made of.
    pub(crate) fn also(&mut self, needed: &[WireBody]) {
        let missing: Vec<_> = needed.iter().copied().filter(|body| !self.sky.bodies.contains(body)).collect();
        if !missing.is_empty() {
            Arc::make_mut(&mut self.sky).bodies.to_mut().extend(missing);
        }
    }

    /// Asks for none of the bodies that would be told unasked, but for what something is made of.
    pub(crate) fn without_bodies(&mut self) {
        // Sunshine houses are the Sun's, which is among those that would be told unasked.
        let sun = self.division.is_some_and(Division::needs_sun).then_some(WireBody::SUN);
        let others = self.sky.bodies.iter().skip(self.told).copied();
        let needed: Vec<_> = sun.into_iter().chain(others).collect();
        Arc::make_mut(&mut self.sky).bodies = Cow::Owned(needed);
        self.told = 0;
    }

    /// The same, rounded as the reply is that it is told in.
    pub(crate) fn rounded(mut self, precision: Precision) -> CastQuery {
        if self.sky.precision != precision {
            Arc::make_mut(&mut self.sky).precision = precision;
        }
        self
    }

    /// What is asked at the query's instant.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.sky, instant: self.time.parameter() }
    }
}

/// What is asked of the sky.
fn sky(params: &Params<'_>, site: Option<Site>, has_houses: bool) -> Result<SkyQuery, Problem> {
    let observer = match (params.word::<Seen>()?, site) {
        (Seen::Geo, _) => Observer::Geo,
        (Seen::Topo, Some(site)) => Observer::Topo(site),
        (Seen::Topo, None) => {
            return Err(Problem::new(
                Code::Contradiction,
                "center=topo sees from the place, and there is none",
            )
            .parameter("center")
            .hint("add lat and lon, or leave center out"));
        }
    };
    let zodiac = Zodiac::parse(params)?;
    let view = View { observer, light: params.word()?, zodiac, ..View::default() };
    let fields = Fields::parse(params.get("fields"), &view)?;
    let air = Air::parse(params, fields.has(Field::ApparentAltitude))?;
    let charted = if has_houses { Charted::Place } else { Charted::Sky };
    Ok(SkyQuery { charted, ..SkyQuery::with(params, view, fields, air)? })
}

fn no_place(params: &Params<'_>) -> Problem {
    let name = if params.get("lon").is_none() { "lon" } else { "lat" };
    let remedy = if params.takes("time_known") {
        "give the place: lat and lon in degrees, north and east positive; or time_known=false for a chart without houses"
    } else {
        "give the place: lat and lon in degrees, north and east positive"
    };
    Problem::new(Code::MissingParameter, format!("{name} is missing: houses are those of a place"))
        .parameter(name)
        .hint(remedy)
}

/// The day of a time of day that is not known.
fn day(
    params: &Params<'_>,
    site: Option<Site>,
    now: impl FnOnce() -> SystemTime,
) -> Result<(TimeQuery, Day), Problem> {
    if let Some(name) = ["jd", "jd_tt"].into_iter().find(|name| params.get(name).is_some()) {
        let detail =
            format!("{name} is an instant, and time_known=false says that the time of day is not known");
        return Err(Problem::new(Code::Contradiction, detail)
            .parameter(name)
            .hint("give the day as date, with tz for the clock that it is of, or leave time_known out"));
    }
    let Days { time, each, .. } = Days::parse(params, site, now)?;
    let day = each.into_iter().next().ok_or_else(|| {
        Problem::new(Code::Internal, "a date was read that is no day; the failure has been logged")
    })?;
    Ok((time, day))
}

impl Division {
    fn parse(params: &Params<'_>) -> Result<Division, Problem> {
        Division::parse_over(params, Division::default())
    }

    /// Reads `house_system` and `fallback`; what is not given is as in another.
    pub(super) fn parse_over(params: &Params<'_>, usual: Division) -> Result<Division, Problem> {
        let read = |name: &'static str| {
            let system = params.get(name).map(str::parse::<HouseSystem>).transpose();
            system.map_err(|error| Problem::from(error).parameter(name))
        };
        Ok(Division {
            system: read("house_system")?.unwrap_or(usual.system),
            fallback: read("fallback")?.or(usual.fallback),
        })
    }

    /// Whether the Sun's declination is needed.
    pub(crate) fn needs_sun(self) -> bool {
        self.system.needs_sun() || self.fallback.is_some_and(HouseSystem::needs_sun)
    }

    /// Refuses what divides a sky where none is divided.
    fn refuse(params: &Params<'_>, is_timed: bool) -> Result<Option<Division>, Problem> {
        let Some(name) = DIVIDING.into_iter().find(|name| params.get(name).is_some()) else {
            return Ok(None);
        };
        let (why, remedy) = if is_timed {
            ("there is no place", "add lat and lon, or leave it out")
        } else {
            ("at an unknown time of day nobody knows them", "leave it out, or time_known")
        };
        Err(Problem::new(Code::Contradiction, format!("{name} is of houses, and {why}"))
            .parameter(name)
            .hint(remedy))
    }
}
