//! From text to a typed query: every name, alias and unit is resolved here, once.

mod echo;
mod fields;
mod parameter;
mod params;
mod refused;
mod time;

use std::borrow::Cow;
use std::time::SystemTime;

use orrery_almanac::{WireBody, bodies};
use orrery_format::Center;

pub(crate) use fields::{ALL as ALL_FIELDS, Field, Fields};
pub(crate) use parameter::{Parameter, Takes};
pub(crate) use params::Params;
use time::TIME_PARAMETERS;
pub(crate) use time::{Given, Local, TimeQuery, When};

use crate::wire::problem::{Code, Problem, shown};

/// Most decimals that `precision=` takes: what a double can hold of an angle.
pub(crate) const MOST_DECIMALS: u8 = 15;

/// Which plane the angles are measured along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Frame {
    #[default]
    Ecliptic,
    Equatorial,
}

impl Frame {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Frame::Ecliptic => "ecliptic",
            Frame::Equatorial => "equatorial",
        }
    }
}

/// Where the angles are counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Equinox {
    /// The true equinox of date: precession and nutation.
    #[default]
    Date,
    /// The mean equinox of date: precession alone.
    Mean,
}

impl Equinox {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Equinox::Date => "date",
            Equinox::Mean => "mean",
        }
    }
}

/// Who may answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SourceChoice {
    /// Tables where they can, live where they cannot.
    #[default]
    Auto,
    /// Tables or nothing.
    Table,
    /// Live, whatever the tables hold.
    Live,
}

impl SourceChoice {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            SourceChoice::Auto => "auto",
            SourceChoice::Table => "table",
            SourceChoice::Live => "live",
        }
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

/// Everything that `/v1/positions` was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PositionsQuery {
    pub(crate) time: TimeQuery,
    pub(crate) bodies: Cow<'static, [WireBody]>,
    pub(crate) frame: Frame,
    pub(crate) equinox: Equinox,
    pub(crate) source: SourceChoice,
    pub(crate) allow_moshier: bool,
    pub(crate) precision: Precision,
    pub(crate) fields: Fields,
}

impl PositionsQuery {
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
                time: TimeQuery::parse(params, now)?,
                bodies: Cow::Borrowed(&bodies::DEFAULT),
                frame: Frame::default(),
                equinox: Equinox::default(),
                source: SourceChoice::default(),
                allow_moshier: false,
                precision: Precision::default(),
                fields: Fields::all(Frame::default()),
            });
        }
        only_json(params)?;
        only_geocentric_tropical(params)?;
        let frame = params.choice(
            "frame",
            &[("ecliptic", Frame::Ecliptic), ("equatorial", Frame::Equatorial)],
            &[],
        )?;
        let frame = frame.unwrap_or_default();
        let equinox = params.choice(
            "equinox",
            &[("date", Equinox::Date), ("mean", Equinox::Mean)],
            &["j2000", "icrs"],
        )?;
        let source = params.choice(
            "source",
            &[("auto", SourceChoice::Auto), ("table", SourceChoice::Table), ("live", SourceChoice::Live)],
            &[],
        )?;
        let source = source.unwrap_or_default();
        let allow_moshier = params.truth("allow_moshier")?.unwrap_or_default();
        if allow_moshier && source == SourceChoice::Table {
            return Err(Problem::new(
                Code::Contradiction,
                "allow_moshier concerns live answers, and source=table forbids them",
            )
            .parameter("allow_moshier")
            .hint("leave one of them out"));
        }
        Ok(PositionsQuery {
            time: TimeQuery::parse(params, now)?,
            bodies: body_list(params.get("bodies"))?,
            frame,
            equinox: equinox.unwrap_or_default(),
            source,
            allow_moshier,
            precision: precision(params.get("precision"))?,
            fields: Fields::parse(params.get("fields"), frame)?,
        })
    }
}

/// Refuses other formats than JSON.
pub(crate) fn only_json(params: &Params<'_>) -> Result<(), Problem> {
    match params.choice(
        "format",
        &[("json", ())],
        &["ndjson", "csv", "arrow", "svg", "geojson", "ics", "text"],
    ) {
        Err(problem) if problem.code == Code::Unsupported => {
            Err(Problem::not_acceptable().parameter("format"))
        }
        other => other.map(|_| ()),
    }
}

/// Refuses what the interface names beyond geocentric tropical apparent places.
fn only_geocentric_tropical(params: &Params<'_>) -> Result<(), Problem> {
    params.choice("center", &[("geo", ())], &["topo", "helio", "bary"])?;
    params.choice("zodiac", &[("tropical", ())], &["sidereal"])?;
    params.choice("place", &[("apparent", ())], &["astrometric", "true"])?;
    params.choice("coordinates", &[("spherical", ())], &["rectangular"])?;
    if params.get("ayanamsa").is_some() {
        return Err(Problem::new(
            Code::Unsupported,
            "ayanamsa belongs to zodiac=sidereal, which this server does not answer",
        )
        .parameter("ayanamsa")
        .hint("leave it out for zodiac=tropical"));
    }
    for name in ["lat", "alt"] {
        if params.get(name).is_some() {
            return Err(Problem::new(
                Code::Contradiction,
                format!("{name} places an observer, and center=geo has none"),
            )
            .parameter(name)
            .hint("leave it out"));
        }
    }
    Ok(())
}

fn body_list(names: Option<&str>) -> Result<Cow<'static, [WireBody]>, Problem> {
    let Some(names) = names else { return Ok(Cow::Borrowed(&bodies::DEFAULT)) };
    let bodies = bodies::parse_list(names)?;
    match bodies.iter().find(|body| !body.exists_from(Center::Geo)) {
        Some(body) => Err(Problem::new(Code::Meaningless, format!("{body} cannot be seen from center=geo"))
            .parameter("bodies")
            .hint("leave it out of bodies")),
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
        assert_eq!(*query.bodies, bodies::DEFAULT);
        assert_eq!(
            (query.frame, query.equinox, query.source),
            (Frame::Ecliptic, Equinox::Date, SourceChoice::Auto)
        );
        assert_eq!((query.allow_moshier, query.precision), (false, Precision::Default));
        let spelt_out = parse(
            "bodies=luminaries,planets&center=geo&frame=ecliptic&equinox=date&zodiac=tropical&place=apparent&\
             coordinates=spherical&source=auto&allow_moshier=false&format=json",
        );
        assert_eq!(spelt_out.unwrap(), query);
    }

    #[test]
    fn names_are_resolved() {
        let query =
            parse("bodies=lilith,north_node&frame=equatorial&equinox=mean&source=live&precision=3").unwrap();
        let names: Vec<_> = query.bodies.iter().map(|body| body.name()).collect();
        assert_eq!(names, ["mean_apogee", "true_node"]);
        assert_eq!(
            (query.frame, query.equinox, query.source),
            (Frame::Equatorial, Equinox::Mean, SourceChoice::Live)
        );
        assert_eq!(query.precision, Precision::Decimals(3));
        assert_eq!(parse("precision=full").unwrap().precision, Precision::Full);
    }

    #[test]
    fn refusals_say_what_kind() {
        for (query, code, parameter) in [
            ("bodies=plutto", Code::UnknownBody, "bodies"),
            ("bodies=sun,,moon", Code::EmptyParameter, "bodies"),
            ("bodies=sun,sun", Code::RepeatedBody, "bodies"),
            ("bodies=earth", Code::Meaningless, "bodies"),
            ("bodies=asteroid:0", Code::UnknownBody, "bodies"),
            ("center=helio", Code::Unsupported, "center"),
            ("center=centre", Code::UnknownValue, "center"),
            ("equinox=j2000", Code::Unsupported, "equinox"),
            ("zodiac=sidereal", Code::Unsupported, "zodiac"),
            ("ayanamsa=lahiri", Code::Unsupported, "ayanamsa"),
            ("place=true", Code::Unsupported, "place"),
            ("coordinates=rectangular", Code::Unsupported, "coordinates"),
            ("frame=equatoriall", Code::UnknownValue, "frame"),
            ("format=csv", Code::NotAcceptable, "format"),
            ("format=jsn", Code::UnknownValue, "format"),
            ("lat=50", Code::Contradiction, "lat"),
            ("latitude=50", Code::Contradiction, "lat"),
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
