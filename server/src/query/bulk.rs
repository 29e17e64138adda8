//! Many charts in one request: each a document of JSON, with what the query string says for all of them.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::LeapSeconds;
use orrery_almanac::lots::Book;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::body::read_parts;
use super::cast::{CastQuery, Placed};
use super::chart::{AspectRules, ChartQuery, Part, Parts, RULES};
use super::lots::{LOTS, Lots, USUAL_LOTS};
use super::parameter::Parameter;
use super::params::Params;
use crate::wire::problem::{Code, Problem, shown};

mod idle;

use idle::idle;

/// The member by which a client knows its chart.
const ID: &str = "id";

/// What to send instead of what is no chart.
const EXAMPLE: &str =
    r#"send a chart such as {"id": 7, "date": "1879-03-14T11:30", "tz": "lmt", "lat": 48.4, "lon": 10}"#;

/// What is told of a chart beside its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// How it was understood.
    pub(crate) query: bool,
    /// What it was answered from; without it, whether from tables.
    pub(crate) provenance: bool,
}

/// What is asked for all charts.
#[derive(Debug)]
pub(crate) struct Bulk {
    /// What is meant where a chart does not say.
    defaults: Params<'static>,
    /// What a chart may have for members.
    known: &'static [Parameter],
    /// The lots that can be named.
    book: Arc<Book>,
    /// What is said for all, made of it once: the rules of aspects and the lots, where it is of charts that have houses.
    usual: Option<(AspectRules, Option<Lots>)>,
}

/// What is said for all, as far as a chart says nothing else.
#[derive(Clone, Copy, Default)]
struct Usual<'a> {
    rules: Option<&'a AspectRules>,
    lots: Option<&'a Lots>,
}

/// One of the charts.
#[derive(Debug)]
pub(crate) struct Ordered {
    pub(crate) chart: ChartQuery,
    pub(crate) beside: Beside,
}

impl Ordered {
    /// Refuses what no chart can be cast for: see [`When::check`](super::When::check).
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        self.chart.cast.check(leaps)
    }
}

impl Beside {
    /// Everything, as of a single chart.
    pub(crate) const ALL: Beside = Beside { query: true, provenance: true };

    /// How `include` calls what it is.
    pub(crate) const NAMES: [&str; 2] = ["query", "provenance"];

    /// Reads `include`, which names parts as well.
    fn parse(list: Option<&str>) -> Result<(Parts, Beside), Problem> {
        let Some(list) = list else { return Ok((Parts::parse(None)?, Beside::default())) };
        let mut beside = Beside::default();
        let mut parts = Vec::new();
        for name in list.split(',') {
            let told = match name.trim() {
                "query" => &mut beside.query,
                "provenance" => &mut beside.provenance,
                _ => {
                    parts.push(name);
                    continue;
                }
            };
            if std::mem::replace(told, true) {
                return Err(Problem::new(Code::RepeatedField, format!("{} is named twice", shown(name)))
                    .parameter("include")
                    .hint("name each part once"));
            }
        }
        let parts = if parts.is_empty() { Parts::of([]) } else { Parts::parse(Some(&parts.join(",")))? };
        Ok((parts, beside))
    }
}

impl Bulk {
    /// With what the query string says, which must do for a chart that is told in all its parts; of a chart `known` can be members.
    pub(crate) fn new(
        defaults: Params<'static>,
        known: &'static [Parameter],
        book: Arc<Book>,
        leaps: &LeapSeconds,
    ) -> Result<Bulk, Problem> {
        let mut bulk = Bulk { defaults, known, book, usual: None };
        // What no chart could be cast with is refused before any is read.
        Beside::parse(bulk.defaults.get("include"))?;
        let mut params = Params::knowing(known);
        params.add("include", "all".to_owned());
        for name in ["lat", "lon"].into_iter().filter(|name| bulk.defaults.get(name).is_none()) {
            params.add(name, "0".to_owned());
        }
        params.take_from(&bulk.defaults, &[]);
        let ordered = bulk.cast(&params, None, SystemTime::now)?;
        drop(params);
        ordered.check(leaps)?;
        let ChartQuery { cast, rules, lots, .. } = ordered.chart;
        bulk.usual = cast.division.map(|_| (rules, lots));
        Ok(bulk)
    }

    /// The id of a chart, as JSON, where it has one that can be read.
    ///
    /// # Errors
    /// The document is no object of JSON; `is_line` says whether it is a line by itself.
    pub(crate) fn id(document: &[u8], is_line: bool) -> Result<Option<String>, Problem> {
        let Identified(id) = serde_json::from_slice(document).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => "no JSON object",
                serde_json::error::Category::Eof if is_line => {
                    "the beginning of a JSON object, and ends in it"
                }
                _ => "not JSON",
            };
            let detail = if is_line {
                format!("the line is {what}: column {}", error.column())
            } else {
                format!("the element is {what}")
            };
            Problem::new(Code::MalformedBody, detail).hint(EXAMPLE)
        })?;
        Ok(id.filter(|id| id.is_string() || id.is_i64() || id.is_u64()).map(|id| id.to_string()))
    }

    /// A chart of what it says itself, and what is said for all. `id` becomes its id, as JSON, where it has one that can be read;
    /// `is_line` says whether the document is a line by itself.
    pub(crate) fn read(
        &self,
        document: &[u8],
        is_line: bool,
        id: &mut Option<String>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<Ordered, Problem> {
        let mut params = Params::knowing(self.known);
        if let Err(problem) = read_parts(document, self.known, &mut params, &mut [], EXAMPLE) {
            // It may stand behind what is refused.
            *id = Bulk::id(document, is_line)?;
            return Err(problem);
        }
        *id = params.get(ID).map(str::to_owned);
        let idle = idle(&params, &self.defaults)?;
        let says = |names: &[&str]| names.iter().any(|name| params.get(name).is_some());
        let usual = self.usual.as_ref().map(|(rules, lots)| Usual {
            rules: Some(rules).filter(|_| !says(&RULES)),
            lots: lots.as_ref().filter(|_| !says(&LOTS)),
        });
        params.take_from(&self.defaults, &idle);
        self.cast(&params, usual, now)
    }

    /// What is cast of parameters, with what of it is made already.
    fn cast(
        &self,
        params: &Params<'_>,
        usual: Option<Usual<'_>>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<Ordered, Problem> {
        let (parts, beside) = Beside::parse(params.get("include"))?;
        parts.check(params)?;
        let cast = CastQuery::new(params, Placed::Needed, now)?;
        // Without houses there are neither angles nor lots.
        let Usual { rules, lots } = usual.filter(|_| cast.division.is_some()).unwrap_or_default();
        let rules = match rules {
            Some(rules) => rules.clone(),
            None => AspectRules::new(params, cast.division.is_some())?,
        };
        let mut chart = ChartQuery::ruled(params, parts, cast, rules)?;
        match lots.filter(|_| parts.has(Part::Lots)) {
            Some(lots) => {
                lots.ask(&mut chart.cast);
                chart.lots = Some(lots.clone());
            }
            None => chart = chart.with_lots(params, &self.book, USUAL_LOTS)?,
        }
        Ok(Ordered { chart, beside })
    }
}

/// The id of a document whose other members are passed over.
struct Identified(Option<Value>);

impl<'de> Deserialize<'de> for Identified {
    fn deserialize<D: Deserializer<'de>>(document: D) -> Result<Identified, D::Error> {
        document.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Identified;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Identified, A::Error> {
        let mut id = None;
        while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == ID && id.is_none() {
                id = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Identified(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::charts::bulk::{LINE, QUERIED};

    #[test]
    fn many_charts_are_not_drawn() {
        for name in crate::query::DRAWN {
            assert!(LINE.iter().chain(QUERIED).all(|parameter| parameter.name != name), "{name}");
        }
    }

    fn book() -> Arc<Book> {
        crate::config::Charts::default().book().unwrap()
    }

    fn bulk(query: &str) -> Result<Bulk, Problem> {
        Bulk::new(Params::parse(query, QUERIED)?.into_owned(), LINE, book(), &LeapSeconds::built_in())
    }

    fn echo(query: &str, line: &str) -> Result<Value, Problem> {
        let ordered = bulk(query)?.read(line.as_bytes(), true, &mut None, SystemTime::now)?;
        Ok(serde_json::from_str(&ordered.chart.written("ndjson")).unwrap())
    }

    const PLACED: &str = r#"{"date": "2000-01-01T12:00", "lat": 50, "lon": 10"#;

    #[test]
    fn a_chart_says_more_of_itself_than_the_query_string() {
        let query = "house_system=koch&tz=Europe/Berlin&orbs=sun:3&bodies=sun,moon&include=positions";
        let said = echo(query, &format!("{PLACED}, \"id\": 1}}")).unwrap();
        assert_eq!((&said["house_system"], &said["tz"]), (&"koch".into(), &"Europe/Berlin".into()));
        let said = echo(query, &format!("{PLACED}, \"system\": \"W\", \"bodies\": \"mars\"}}")).unwrap();
        assert_eq!(said["house_system"], "whole_sign");
        assert_eq!(said["bodies"], serde_json::json!(["mars"]));
    }

    #[test]
    fn what_is_idle_of_a_chart_is_left_out_of_it() {
        let query =
            "house_system=koch&fallback=porphyry&angles=vertex&tz=Europe/Berlin&date=1999-01-01T00:00";
        let said = echo(query, r#"{"jd": 2451545.0, "lat": 50, "lon": 10}"#).unwrap();
        assert_eq!((said.get("tz"), said.get("date"), &said["jd"]), (None, None, &2_451_545.0.into()));
        let said = echo(query, r#"{"date": "2000-01-01T12:00Z", "lat": 50, "lon": 10}"#).unwrap();
        assert_eq!(said.get("tz"), None);
        let said = echo(query, r#"{"date": "2000-01-01", "time_known": false}"#).unwrap();
        assert_eq!((said.get("house_system"), &said["tz"]), (None, &"Europe/Berlin".into()));
        let said = echo(query, r#"{"lat": 50, "lon": 10}"#).unwrap();
        assert_eq!(said["date"], "1999-01-01T00:00:00");
    }

    #[test]
    fn an_id_is_told_as_it_was_given() {
        for (line, id) in [
            (r#"{"id": "ä\"1"}"#, Some(r#""ä\"1""#)),
            (r#"{"lat": 1e999, "id": 7, "x": {"id": 8}}"#, Some("7")),
            (r#"{"id": 18446744073709551615}"#, Some("18446744073709551615")),
            (r#"{"id": -9223372036854775808}"#, Some("-9223372036854775808")),
            (r#"{"id": 18446744073709551616}"#, None),
            (r#"{"id": 7.5}"#, None),
            (r#"{"id": true}"#, None),
            (r#"{"id": null}"#, None),
            (r#"{"id": [1]}"#, None),
            ("{}", None),
        ] {
            assert_eq!(Bulk::id(line.as_bytes(), true).unwrap().as_deref(), id, "{line}");
        }
        for line in ["", "[]", "7", "{", "{\"id\": 7}}", "nonsense", "{\"id\": 7,}"] {
            let problem = Bulk::id(line.as_bytes(), true).unwrap_err();
            assert!(problem.code == Code::MalformedBody && problem.hint.is_some(), "{line}");
        }
    }

    #[test]
    fn an_id_is_read_with_its_chart_or_refused() {
        let read = |id: &str| {
            let line = format!("{PLACED}, \"id\": {id}}}");
            let mut read = None;
            let bulk = bulk("tz=Europe/Berlin").unwrap();
            bulk.read(line.as_bytes(), true, &mut read, SystemTime::now).map(|_| read)
        };
        for id in [r#""ä\"1""#, "\"7\"", "7", "-7", "18446744073709551615", "-9223372036854775808"] {
            assert_eq!(read(id).unwrap().as_deref(), Some(id));
        }
        for id in ["18446744073709551616", "-9223372036854775809", "7.5", "1e2", "true", "null", "[7]", "{}"]
        {
            let problem = read(id).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (Code::InvalidValue, Some(ID)), "{id}");
            assert!(problem.hint.as_deref().unwrap().contains("whole number"), "{id}");
        }
        // It stands behind what is refused.
        let (mut id, line) = (None, br#"{"lom": 1, "id": "late"}"#);
        assert!(bulk("").unwrap().read(line, true, &mut id, SystemTime::now).is_err());
        assert_eq!(id.as_deref(), Some("\"late\""));
    }

    #[test]
    fn what_has_no_ground_on_a_line_costs_it_nothing() {
        let everything = "lat=50&lon=10&alt=100&center=topo&zodiac=sidereal&ayanamsa=lahiri&house_system=koch&\
                          fallback=porphyry&aspects=all&orbs=sun:3&orb_by=body&angles=vertex&perfection=false&lots=eros&\
                          formula=mine:sun&rulers=modern&triplicities=lilly&terms=lilly&fields=all&pressure=990&\
                          temperature=5&include=all&allow_moshier=true&tz=Europe/Berlin&date=1999-01-01T00:00";
        for (query, line, gone) in [
            (everything, r#"{"jd": 2451545}"#, &["tz", "date"][..]),
            (
                everything,
                r#"{"date": "2000-01-01", "time_known": false}"#,
                &["house_system", "fallback", "lots", "formula"],
            ),
            (everything, r#"{"zodiac": "tropical"}"#, &["ayanamsa"]),
            (everything, r#"{"fields": "longitude"}"#, &["pressure", "temperature"]),
            (everything, r#"{"center": "geo", "fields": "default"}"#, &["pressure", "temperature"]),
            (everything, r#"{"include": "positions"}"#, &["aspects", "orbs", "lots", "rulers", "perfection"]),
            (
                "alt=100&center=topo&pressure=990&fields=all&lat=0&lon=0",
                r#"{"date": "2000-01-01", "time_known": false, "fields": "default"}"#,
                &["pressure"],
            ),
            (
                "alt=100&lon=10&center=topo&tz=Europe/Berlin",
                r#"{"date": "2000-01-01", "time_known": false}"#,
                &["alt", "lon"],
            ),
        ] {
            let said = echo(query, line).unwrap_or_else(|problem| panic!("{query} {line}: {problem:?}"));
            for name in gone {
                assert_eq!(said.get(name), None, "{query} {line}");
            }
        }
        // What a line says itself is refused there, and a typing error in what is said for all at once.
        for (line, parameter) in [
            (r#"{"include": "positions", "lots": "eros", "jd": 2451545}"#, "lots"),
            (r#"{"include": "default", "terms": "lilly", "jd": 2451545}"#, "terms"),
            (r#"{"zodiac": "tropical", "ayanamsa": "lahiri", "jd": 2451545}"#, "ayanamsa"),
        ] {
            let problem = echo("lat=1&lon=1", line).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (Code::Contradiction, Some(parameter)));
        }
        assert_eq!(bulk("terms=lily").unwrap_err().parameter.as_deref(), Some("terms"));
        assert!(bulk("terms=lilly&lots=eros&include=positions").is_ok());
    }

    #[test]
    fn what_no_chart_could_be_cast_with_is_refused_at_once() {
        for (query, parameter) in [
            ("house_system=nonsense", "house_system"),
            ("include=query,query", "include"),
            ("include=nonsense,query", "include"),
            ("bodies=nobody", "bodies"),
            ("lat=91&lon=0", "lat"),
            ("date=2023-02-30", "date"),
            ("jd_tt=-5600001", "jd_tt"),
            ("date=2016-12-30T23:59:60Z", "date"),
            ("id=7", "id"),
        ] {
            let problem = bulk(query).unwrap_err();
            assert_eq!(problem.parameter.as_deref(), Some(parameter), "{query}");
        }
        assert!(bulk("lat=10&tz=lmt").is_ok());
    }
}
