//! `/v1/composite`: the one chart that two are made into.

use std::sync::Arc;

use bytes::Bytes;
use orrery_almanac::LeapSeconds;
use orrery_almanac::composite::Meridian;
use orrery_almanac::davison::HalfWay;
use utoipa::openapi::Schema;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::app::App;
use crate::query::{CompositeQuery, Method, Parameter, SourceChoice, Takes, Word};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, number_from, object};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::telling::{self, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{parameters, schemas};

const METHOD: Parameter = Parameter::new(
    "method",
    "How one chart is made of two: each of its places half way between theirs, by the shorter way (`midpoint`); or cast half way between \
     them in time, over the place half way between theirs (`davison`).",
)
.taking(Takes::Words(Method::WORDS))
.by_default(Method::WORDS[0]);

const MERIDIAN: Parameter = Parameter::new(
    "meridian",
    "With `method=midpoint`: which of two opposite points is the midheaven, that on the shorter way between the two (`midpoint`), or that \
     above the composite horizon (`above`).",
)
.taking(Takes::Words(&[Meridian::Midpoint.name(), Meridian::Above.name()]))
.by_default(Meridian::Midpoint.name());

const REFERENCE_LAT: Parameter = Parameter::new(
    "reference_lat",
    "With `method=midpoint`: the latitude of a place at which houses are divided by the midpoint of the two midheavens. Left out, cusps \
     are midpoints of cusps.",
)
.taking(Takes::Number { unit: "degrees", least: -90.0, most: 90.0 })
.such_as(&["52.52"]);

const HALF_WAY: Parameter = Parameter::new(
    "half_way",
    "With `method=davison`: what is half way between two places, the means of latitudes and of longitudes, these by the shorter way round \
     (`coordinates`), or the middle of the shortest way over the globe (`great_circle`).",
)
.taking(Takes::Words(&[HalfWay::Coordinates.name(), HalfWay::GreatCircle.name()]))
.by_default(HalfWay::Coordinates.name());

/// What is asked of both charts, in the body or in the query string.
pub(crate) const PARAMETERS: &[Parameter] = &[
    METHOD,
    MERIDIAN,
    REFERENCE_LAT,
    HALF_WAY,
    listed::ASPECTS,
    parameters::ORBS,
    parameters::ORB_BY,
    parameters::ANGLES,
    general::PRECISION,
    general::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json];

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Composite, PARAMETERS, FORMATS, |_, body, params, _| {
        CompositeQuery::read(parameters::posted(body, PARAMETERS, params))
    })
}

impl Telling for CompositeQuery {
    const LESS: &'static str = "ask for fewer bodies that the tables do not hold, or try again";

    fn source(&self) -> SourceChoice {
        self.pair.source
    }

    fn is_now(&self) -> bool {
        self.pair.is_now()
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        self.pair.check(leaps)
    }

    fn bodies(&self) -> usize {
        self.pair.bodies() + self.bodies.len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        chart::write_composite(ground, self, format.name(), names)
    }
}

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postComposite",
    tag: Tag::Charts,
    summary: "The one chart that two are made into: of midpoints, or Davison's",
    about: "The composite chart, whose bodies and cusps are half way between those of two charts; or Davison's, which is that of a real \
            instant and place. Of bodies it has those that both charts have. Houses take both charts' places.",
    parameters: &[],
    examples: &[
        Example {
            about: "The composite of two births",
            query: r#"{"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "second": {"date": "1933-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69}}"#,
        },
        Example {
            about: "With houses at a latitude where both live",
            query: r#"{"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "second": {"date": "1933-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69}, "reference_lat": 40.71}"#,
        },
        Example {
            about: "Davison's, over the middle of the way over the globe, which is beyond the polar circle",
            query: r#"{"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98, "fallback": "porphyry"}, "second": {"date": "1933-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69}, "method": "davison", "half_way": "great_circle"}"#,
        },
    ],
    body: Some(BodySpec { about: "The two charts, and what is made of them.", schema: "CompositeRequest" }),
    formats: FORMATS,
    reply: "Composite",
    reply_about: "Both charts, and the one that they make.",
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("CompositeRequest", schemas::pair_request("The two charts, and what is made of them.", PARAMETERS)),
        ("CompositeQuery", schemas::echoed(PARAMETERS, &["method", "format"], Vec::new(), schemas::rules())),
        ("Composite", composite()),
        ("HalfWayPlace", place()),
    ]
}

fn composite() -> Schema {
    object(
        "One chart of two. Houses are there where both have some.",
        [
            ("query", named("CompositeQuery")),
            ("first", named("CastChart")),
            ("second", named("CastChart")),
            ("positions", list("The bodies of both charts, as the first has them.", named("ChartPosition"))),
            ("aspects", list("In the order of the first point, then of the second.", named("ChartAspect"))),
            ("provenance", named("Provenance")),
        ],
        [("houses", named("Houses")), ("time", named("Time")), ("place", named("HalfWayPlace"))],
    )
}

fn place() -> Schema {
    object(
        "Where Davison's chart is cast.",
        [
            ("lat", number_from(-90.0, 90.0, "Geographic latitude, degrees, north positive.", 44.5)),
            ("lon", number_from(-180.0, 180.0, "Geographic longitude, degrees, east positive.", 68.4)),
            ("alt", number_from(-500.0, 60_000.0, "Height above the ellipsoid, metres.", 0.0)),
        ],
        [],
    )
}
