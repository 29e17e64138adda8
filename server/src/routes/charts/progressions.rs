//! `/v1/progressions`: a chart that is moved on by a symbolic time.

use std::sync::Arc;

use bytes::Bytes;
use orrery_almanac::LeapSeconds;
use orrery_almanac::aspect::MOST_ORB_DEG;
use utoipa::openapi::Schema;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::app::App;
use crate::query::{Parameter, ProgressionsQuery, SourceChoice};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, number, number_from, object, truth, turn, words};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::telling::{self, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{natal, parameters, schemas};

/// What is asked of the chart, in the body or in the query string.
pub(crate) const PARAMETERS: &[Parameter] = &[
    general::DATE,
    general::JD,
    general::JD_TT,
    general::CALENDAR,
    general::TZ,
    listed::LON,
    natal::PROGRESSED_START,
    natal::PROGRESSED_STOP,
    natal::LIMIT,
    natal::METHOD,
    natal::CONVERSE,
    natal::YEAR,
    natal::ANGLE_METHOD,
    natal::ARC,
    listed::ASPECTS,
    natal::ANGLES,
    natal::PROGRESSED_ORB,
    natal::ORBS,
    general::PRECISION,
    general::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json];

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Progressions, PARAMETERS, FORMATS, |_, body, params, _| {
        ProgressionsQuery::read(parameters::posted(body, PARAMETERS, params))
    })
}

impl Telling for ProgressionsQuery {
    const LESS: &'static str = "ask for fewer bodies that the tables do not hold, or try again";

    fn source(&self) -> SourceChoice {
        self.natal.sky.source
    }

    fn is_now(&self) -> bool {
        ProgressionsQuery::is_now(self)
    }

    fn is_long(&self) -> bool {
        self.in_time.is_some()
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        ProgressionsQuery::check(self, leaps)
    }

    fn bodies(&self) -> usize {
        2 * self.natal.sky.bodies.len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        chart::write_progressions(ground, self, format.name(), names)
    }
}

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postProgressions",
    tag: Tag::Charts,
    summary: "A chart moved on by a symbolic time",
    about: "Where bodies and houses of a chart have come to by an instant of life, at a day for a year or by other measures, forwards or \
            converse; and where all its points are when they are directed by one arc. With the aspects that progressed and directed \
            points, `a`, make to those of the chart, `b`. Speeds are of the progressed sky, a progressed day. With `start` and `stop` it is \
            told when in life progressed bodies and directed points come to such aspects, as `/v1/transits` tells it.",
    parameters: &[],
    examples: &[
        Example {
            about: "Secondary progressions and solar arcs of a birth at the beginning of 2026",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "date": "2026-01-01"}"#,
        },
        Example {
            about: "And when they are exact, in ten years of life",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "date": "2026-01-01", "start": "2026-01-01", "stop": "2036-01-01"}"#,
        },
        Example {
            about: "Converse tertiary ones, with the angles of the progressed day",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "date": "1980-12-08", "method": "tertiary", "converse": true, "angle_method": "true_quotidian", "arc": "naibod"}"#,
        },
    ],
    body: Some(BodySpec {
        about: "The chart, the instant of life, and how it is moved on.",
        schema: "ProgressionsRequest",
    }),
    formats: FORMATS,
    reply: "Progressions",
    reply_about: "The chart, and where it has come to.",
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas: reply_schemas,
};

fn reply_schemas() -> Vec<(&'static str, Schema)> {
    vec![
        (
            "ProgressionsRequest",
            natal::request("The chart, the instant of life, and how it is moved on.", PARAMETERS, &[]),
        ),
        ("ProgressionsQuery", query()),
        ("Progressions", progressions()),
        ("Progressed", progressed()),
        ("Directed", directed()),
        ("DirectedPoint", directed_point()),
        ("MovedAspect", moved_aspect()),
    ]
}

fn query() -> Schema {
    schemas::echoed(
        PARAMETERS,
        &["method", "converse", "year", "angle_method", "arc", "orb", "format"],
        Vec::new(),
        schemas::rules(),
    )
}

fn progressions() -> Schema {
    object(
        "A chart that is moved on. `time` is the instant of life.",
        [
            ("query", named("ProgressionsQuery")),
            ("time", named("Time")),
            ("natal", named("CastChart")),
            ("progressed", named("Progressed")),
            ("directed", named("Directed")),
            ("provenance", named("Provenance")),
        ],
        [
            (
                "aspects_in_time",
                list(
                    "With `start` and `stop`: when progressed bodies and directed points are at aspects to the points of the chart, in the \
                     order of time; what every chart begins with is no direction.",
                    named("MovedAspect"),
                ),
            ),
            ("next_start", natal::next_start()),
        ],
    )
}

fn progressed() -> Schema {
    object(
        "The progressed chart.",
        [
            ("at", named("EventInstant")),
            ("years", number("Years of life, of the length that `year` names.", 85.2)),
            ("positions", list("One for each body, in the order asked for.", named("ChartPosition"))),
            ("aspects", list("Of progressed points, `a`, to those of the chart, `b`.", named("ChartAspect"))),
        ],
        [("houses", named("Houses"))],
    )
}

fn directed() -> Schema {
    object(
        "All points of the chart, moved on by one arc.",
        [
            ("arc", number("The arc, degrees; below nothing where it goes back.", 85.9)),
            ("points", list("Bodies in the order asked for, then angles.", named("DirectedPoint"))),
            (
                "aspects",
                list(
                    "Of directed points, `a`, to those of the chart, `b`; without those that every chart begins with, as a point's \
                     conjunction with itself and the opposition of ascendant and descendant.",
                    named("ChartAspect"),
                ),
            ),
        ],
        [],
    )
}

fn moved_aspect() -> Schema {
    object(
        "A progressed body or a directed point at an aspect to a point of the chart, or near it.",
        [
            ("at", named("EventInstant")),
            ("by", words("How `a` is moved on.", ["progressed", "directed"])),
            ("a", named("BodyOrAngle")),
            ("aspect", named("Aspect")),
            ("b", named("BodyOrAngle")),
            ("longitude", turn("Where `a` is then, degrees.", 282.2)),
            ("contact", natal::contact()),
            ("motion", natal::motion()),
            ("retrograde", truth("Whether it goes backwards in life, or turns so.")),
            ("orb", number_from(0.0, MOST_ORB_DEG, "How far from exact, degrees.", 0.0)),
        ],
        natal::passage(),
    )
}

fn directed_point() -> Schema {
    object(
        "A point of the chart, moved on.",
        [("point", named("BodyOrAngle")), ("longitude", turn("Where it has come to, degrees.", 282.2))],
        [],
    )
}
