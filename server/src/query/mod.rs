//! From text to a typed query: every name, alias and unit is resolved here, once.

mod air;
mod astrocartography;
mod ayanamsas;
mod body;
mod brief;
mod bulk;
mod cast;
mod chart;
mod composite;
mod days;
mod drawing;
mod echo;
mod eclipse;
mod events;
mod field;
mod fields;
mod houses;
mod instants;
mod lots;
mod moon_calendar;
mod natal;
mod pair;
mod parameter;
mod params;
mod parans;
mod refused;
mod rise_set;
mod rising;
mod span;
mod stars;
mod stream;
mod table;
mod time;
mod view;
mod word;

use std::borrow::Cow;
use std::time::SystemTime;

use orrery_almanac::{WireBody, bodies};

pub(crate) use air::Air;
pub(crate) use astrocartography::{AstrocartographyQuery, MOST_BODIES, MOST_DISTANCE_KM};
pub(crate) use ayanamsas::AyanamsasQuery;
pub(crate) use body::{LISTS_PER_BODY, Posted, read as read_body};
pub(crate) use brief::{BriefQuery, Stretch};
pub(crate) use bulk::{Beside, Bulk, Ordered};
pub(crate) use cast::{CastQuery, Division, MOST_CHART_BODIES, Placed, Seen};
pub(crate) use chart::{ASPECTED, AspectRules, ChartQuery, Part, Parts};
pub(crate) use composite::{CompatibilityQuery, CompositeQuery, Made, Method};
pub(crate) use days::{Day, DayClock, MOST_DAYS};
pub(crate) use drawing::{DRAWN, Drawing, Looks, MOST_TITLE, Picture};
pub(crate) use eclipse::{DEFAULT_STEP_MIN, EclipseId, EclipseQuery, MOST_STEP_MIN};
pub(crate) use events::{Eclipsed, EventsQuery, MOST_POINTS, ORBS_DEG, SUN_ORBS_DEG, Shape};
pub(crate) use field::{ALL as ALL_FIELDS, Field, SIGNS, Unit};
pub(crate) use fields::{Fields, STAR_NAMES, TABLE_NAMES, TimeFields, of_stars};
pub(crate) use houses::HousesQuery;
pub(crate) use instants::End;
pub(crate) use lots::{Lots, TRADITIONAL_LOTS, USUAL_LOTS, with_pluses};
pub(crate) use moon_calendar::MoonCalendarQuery;
pub(crate) use natal::{
    InTime, LIMITS, MOST_PARTS, MOST_RETURNS, MOST_YEARS, NATAL, ProgressionsQuery, ReturnsQuery,
    TransitsQuery, USUAL_ORB_DEG,
};
pub(crate) use pair::{CHARTS, PairQuery, Together};
pub(crate) use parameter::{Parameter, Takes};
pub(crate) use params::Params;
pub(crate) use parans::{MOST_ORB_DEG, MOST_PAIRS, ParansQuery, Where};
pub(crate) use rise_set::{Disc, Refraction, RiseSetQuery, SKYLINES_DEG, Skyline};
pub(crate) use rising::{EVENTS, Level, SETS};
pub(crate) use span::{Cursor, MOST as MOST_EVENTS, Reach, Span, USUAL_LIMIT, YEARS, foreign_cursor};
#[cfg(test)]
pub(crate) use stars::USUAL_MAGNITUDE;
pub(crate) use stars::{Choice, MAGNITUDES, StarsQuery};
pub(crate) use stream::{INTERVALS_S, Interval, MOST_TICKS, StreamQuery};
pub(crate) use table::TableQuery;
use time::TIME_PARAMETERS;
pub(crate) use time::{Clock, Given, Local, TimeQuery, When};
#[cfg(test)]
pub(crate) use view::Zodiac;
pub(crate) use view::{ALTITUDE_M, Coordinates, Equinox, Frame, Light, Observer, Origin, View, ZodiacKind};
pub(crate) use word::Word;
use word::words;

use crate::wire::problem::{Code, Problem, shown};

/// Most decimals that `precision=` takes: what a double can hold of an angle.
pub(crate) const MOST_DECIMALS: u8 = 15;

words! {
    /// Who may answer.
    SourceChoice for "source" {
        /// Tables where they can, live where they cannot.
        Auto = "auto",
        /// Tables or nothing.
        Table = "table",
        /// Live, whatever the tables hold.
        Live = "live",
    }
}

/// How numbers are rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Precision {
    /// 1e-9 degrees and 1e-12 au.
    #[default]
    Default,
    /// So many decimals of every quantity.
    Decimals(u8),
    /// As computed.
    Full,
}

/// Whether the library's analytical model may answer where its files end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moshier {
    /// With `allow_moshier=true`.
    Allowed,
    /// It is not, and a refusal may offer it.
    Offered,
    /// It is not, and there is no parameter by which it could be.
    Absent,
}

impl Moshier {
    pub(crate) const fn is_allowed(self) -> bool {
        matches!(self, Moshier::Allowed)
    }
}

/// Whether a chart is made of what is asked for, and what that takes beside the places of bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Charted {
    #[default]
    No,
    /// How bodies stand to the true equator of date.
    Sky,
    /// How far the Earth has turned as well, for the houses of a place.
    Place,
}

/// What is asked of the sky, whatever the instant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SkyQuery {
    pub(crate) bodies: Cow<'static, [WireBody]>,
    pub(crate) view: View,
    pub(crate) source: SourceChoice,
    pub(crate) moshier: Moshier,
    pub(crate) precision: Precision,
    pub(crate) fields: Fields,
    /// The air that apparent altitudes are seen through, as far as the query says.
    pub(crate) air: Air,
    pub(crate) charted: Charted,
}

impl Default for SkyQuery {
    fn default() -> SkyQuery {
        SkyQuery {
            bodies: Cow::Borrowed(&bodies::DEFAULT),
            view: View::default(),
            source: SourceChoice::default(),
            moshier: Moshier::Offered,
            precision: Precision::default(),
            fields: Fields::USUAL,
            air: Air::default(),
            charted: Charted::No,
        }
    }
}

impl SkyQuery {
    /// Reads what is not of the instant.
    pub(crate) fn parse(params: &Params<'_>) -> Result<SkyQuery, Problem> {
        let view = View::parse(params)?;
        let fields = Fields::parse(params.get("fields"), &view)?;
        let air = Air::parse(params, fields.has(Field::ApparentAltitude))?;
        SkyQuery::with(params, view, fields, air)
    }

    /// As [`SkyQuery::parse`], for a table.
    pub(crate) fn parse_table(params: &Params<'_>) -> Result<(SkyQuery, TimeFields), Problem> {
        let view = View::parse(params)?;
        let (fields, time) = Fields::parse_table(params.get("fields"), &view)?;
        let air = Air::parse(params, fields.has(Field::ApparentAltitude))?;
        Ok((SkyQuery::with(params, view, fields, air)?, time))
    }

    fn with(params: &Params<'_>, view: View, fields: Fields, air: Air) -> Result<SkyQuery, Problem> {
        let source = params.word()?;
        let moshier = match params.truth("allow_moshier")? {
            Some(true) => Moshier::Allowed,
            _ if params.takes("allow_moshier") => Moshier::Offered,
            _ => Moshier::Absent,
        };
        if moshier.is_allowed() && source == SourceChoice::Table {
            return Err(Problem::new(
                Code::Contradiction,
                "allow_moshier concerns live answers, and source=table forbids them",
            )
            .parameter("allow_moshier")
            .hint("leave one of them out"));
        }
        Ok(SkyQuery {
            bodies: body_list(params, view.observer)?,
            view,
            source,
            moshier,
            precision: precision(params.get("precision"))?,
            fields,
            air,
            charted: Charted::No,
        })
    }
}

/// What is asked, and what the client calls the instant at which it is: for refusals to name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) sky: &'a SkyQuery,
    pub(crate) instant: &'static str,
}

/// Everything that `/v1/positions` was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PositionsQuery {
    pub(crate) time: TimeQuery,
    pub(crate) sky: SkyQuery,
}

impl PositionsQuery {
    /// What is asked at the query's instant.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.sky, instant: self.time.parameter() }
    }

    /// Reads a query string.
    #[cfg(test)]
    pub(crate) fn parse(query: &str, now: SystemTime) -> Result<PositionsQuery, Problem> {
        PositionsQuery::new(&Params::parse(query, crate::routes::positions::PARAMETERS)?, || now)
    }

    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<PositionsQuery, Problem> {
        // Most ask for an instant and nothing else.
        if !params.has_others_than(&TIME_PARAMETERS) {
            return Ok(PositionsQuery {
                time: TimeQuery::parse(params, None, now)?,
                sky: SkyQuery::default(),
            });
        }
        let sky = SkyQuery::parse(params)?;
        Ok(PositionsQuery { time: TimeQuery::parse(params, sky.view.observer.site(), now)?, sky })
    }
}

fn body_list(params: &Params<'_>, observer: Observer) -> Result<Cow<'static, [WireBody]>, Problem> {
    // What is asked for unasked is what there is: the Sun has no place from itself.
    let seen = |body: &WireBody| body.exists_from(observer.center());
    let Some(names) = params.get("bodies") else {
        return Ok(if bodies::DEFAULT.iter().all(seen) {
            Cow::Borrowed(&bodies::DEFAULT)
        } else {
            Cow::Owned(bodies::DEFAULT.into_iter().filter(seen).collect())
        });
    };
    let bodies = bodies::parse_list(names)?;
    match bodies.iter().find(|body| !seen(body)) {
        Some(body) => {
            let (from, remedy) = if params.takes("center") {
                (
                    format!("center={}", observer.origin().name()),
                    "leave it out of bodies, or choose another center",
                )
            } else {
                ("there".to_owned(), "leave it out of bodies")
            };
            Err(Problem::new(Code::Meaningless, format!("{body} has no place from {from}"))
                .parameter("bodies")
                .hint(remedy))
        }
        None => Ok(Cow::Owned(bodies)),
    }
}

fn precision(text: Option<&str>) -> Result<Precision, Problem> {
    match text {
        None => Ok(Precision::default()),
        Some("full") => Ok(Precision::Full),
        Some(text) => match text.parse::<u8>() {
            Ok(decimals) if decimals <= MOST_DECIMALS && !text.starts_with('+') => {
                Ok(Precision::Decimals(decimals))
            }
            _ => Err(Problem::new(Code::InvalidValue, format!("{} is no number of decimals", shown(text)))
                .parameter("precision")
                .hint(format!("give precision=0 to precision={MOST_DECIMALS}, or precision=full"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<PositionsQuery, Problem> {
        PositionsQuery::parse(query, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn defaults_are_those_of_the_interface() {
        let query = parse("").unwrap();
        assert_eq!(query.sky, SkyQuery::default());
        assert_eq!(*query.sky.bodies, bodies::DEFAULT);
        let spelt_out = parse(
            "bodies=luminaries,planets&center=geo&frame=ecliptic&equinox=date&zodiac=tropical&place=apparent&\
             coordinates=spherical&source=auto&allow_moshier=false&fields=default&format=json",
        );
        assert_eq!(spelt_out.unwrap(), query);
    }

    #[test]
    fn names_are_resolved() {
        let query = parse("bodies=lilith,north_node&frame=equatorial&equinox=mean&source=live&precision=3")
            .unwrap()
            .sky;
        let names: Vec<_> = query.bodies.iter().map(|body| body.name()).collect();
        assert_eq!(names, ["mean_apogee", "true_node"]);
        assert_eq!(
            (query.view.frame, query.view.equinox, query.source),
            (Frame::Equatorial, Equinox::Mean, SourceChoice::Live)
        );
        assert_eq!(query.precision, Precision::Decimals(3));
        assert_eq!(parse("precision=full").unwrap().sky.precision, Precision::Full);
    }

    #[test]
    fn a_view_is_what_its_parameters_say() {
        let view = |query| parse(query).unwrap().sky.view;
        let berlin = view("center=topo&latitude=52.5&lng=13.4&alt=34").observer;
        let site = berlin.site().unwrap();
        assert_eq!((site.latitude_deg, site.longitude_deg, site.altitude_m), (52.5, 13.4, 34.0));
        assert_eq!(view("center=topo&lat=0&lon=0").observer.site().unwrap().altitude_m, 0.0);
        let sidereal = |query| view(query).zodiac.ayanamsa().unwrap();
        assert_eq!(sidereal("zodiac=sidereal&ayanamsa=lahiri"), sidereal("zodiac=sidereal&ayanamsa=1"));
        let other = view("place=astrometric&coordinates=rectangular&equinox=icrs&center=bary");
        assert_eq!((other.light, other.coordinates), (Light::Astrometric, Coordinates::Rectangular));
        assert_eq!((other.equinox, other.observer), (Equinox::Icrs, Observer::Bary));
        // The zodiac does not touch the equator, so that its equinox is no contradiction.
        assert!(view("zodiac=sidereal&ayanamsa=1&frame=equatorial&equinox=j2000").ayanamsa().is_none());
    }

    #[test]
    fn who_asks_for_nobody_gets_whom_there_is() {
        let names = |query| {
            let sky = parse(query).unwrap().sky;
            sky.bodies.iter().map(|body| body.name().into_owned()).collect::<Vec<_>>()
        };
        assert!(!names("center=helio").contains(&"sun".to_owned()));
        assert_eq!(names("center=helio").len(), 9);
        assert_eq!(names("center=bary").len(), 10);
        assert_eq!(names("center=helio&bodies=earth,mars"), ["earth", "mars"]);
    }

    #[test]
    fn refusals_say_what_kind() {
        for (query, code, parameter) in [
            ("bodies=plutto", Code::UnknownBody, "bodies"),
            ("bodies=sun,,moon", Code::EmptyParameter, "bodies"),
            ("bodies=sun,sun", Code::RepeatedBody, "bodies"),
            ("bodies=earth", Code::Meaningless, "bodies"),
            ("bodies=sun&center=helio", Code::Meaningless, "bodies"),
            ("bodies=true_node&center=helio", Code::Meaningless, "bodies"),
            ("bodies=nodes&center=bary", Code::Meaningless, "bodies"),
            ("bodies=asteroid:0", Code::UnknownBody, "bodies"),
            ("center=centre", Code::UnknownValue, "center"),
            ("center=topo", Code::Contradiction, "lat"),
            ("center=topo&lat=50", Code::Contradiction, "lon"),
            ("center=topo&lat=91&lon=0", Code::OutOfRange, "lat"),
            ("center=topo&lat=50&lon=181", Code::OutOfRange, "lon"),
            ("center=topo&lat=50&lon=0&alt=-501", Code::OutOfRange, "alt"),
            ("lat=50", Code::Contradiction, "lat"),
            ("latitude=50", Code::Contradiction, "lat"),
            ("lon=50", Code::Contradiction, "lon"),
            ("center=helio&alt=50", Code::Contradiction, "alt"),
            ("equinox=j2001", Code::UnknownValue, "equinox"),
            ("zodiac=sidereal", Code::Contradiction, "ayanamsa"),
            ("ayanamsa=lahiri", Code::Contradiction, "ayanamsa"),
            ("zodiac=tropical&ayanamsa=lahiri", Code::Contradiction, "ayanamsa"),
            ("zodiac=sidereal&ayanamsa=lahiry", Code::UnknownValue, "ayanamsa"),
            ("zodiac=sidereal&ayanamsa=lahiri&equinox=j2000", Code::Contradiction, "equinox"),
            ("frame=equatoriall", Code::UnknownValue, "frame"),
            ("fields=azimuth", Code::Contradiction, "fields"),
            ("fields=nakshatra", Code::Contradiction, "fields"),
            ("pressure=1000", Code::Contradiction, "pressure"),
            (
                "center=topo&lat=0&lon=0&fields=apparent_altitude&temperature=99",
                Code::OutOfRange,
                "temperature",
            ),
            ("source=table&allow_moshier=true", Code::Contradiction, "allow_moshier"),
            ("allow_moshier=yes", Code::UnknownValue, "allow_moshier"),
            ("precision=16", Code::InvalidValue, "precision"),
            ("precision=-1", Code::InvalidValue, "precision"),
            ("precision=%2B1", Code::InvalidValue, "precision"),
            ("house_system=placidus", Code::UnknownParameter, "house_system"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
        assert_eq!(parse("bodies=plutto").unwrap_err().hint.as_deref(), Some("did you mean pluto?"));
    }
}
