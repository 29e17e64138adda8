//! `/v1/returns`: when something comes back to where it was in a chart.

use std::sync::Arc;

use bytes::Bytes;
use orrery_almanac::LeapSeconds;
use utoipa::openapi::Schema;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::app::App;
use crate::query::{Parameter, ReturnsQuery, SourceChoice};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, number_from, object, turn};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::telling::{self, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{natal, parameters, schemas};

/// What is asked of the chart, in the body or in the query string.
pub(crate) const PARAMETERS: &[Parameter] = &[
    natal::BODY,
    natal::MINUS,
    listed::START,
    listed::STOP,
    listed::AFTER,
    listed::BEFORE,
    natal::COUNT,
    natal::PRECESSION_CORRECTED,
    natal::PARTS,
    natal::CHARTS,
    natal::RETURN_LAT,
    natal::RETURN_LON,
    natal::RETURN_ALT,
    natal::RETURN_HOUSE_SYSTEM,
    natal::RETURN_FALLBACK,
    listed::ASPECTS,
    parameters::ORBS,
    parameters::ORB_BY,
    natal::ANGLES,
    general::CALENDAR,
    listed::TZ,
    general::PRECISION,
    general::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json];

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Returns, PARAMETERS, FORMATS, |_, body, params, _| {
        ReturnsQuery::read(parameters::posted(body, PARAMETERS, params))
    })
}

impl Telling for ReturnsQuery {
    const LESS: &'static str = "ask for fewer returns, or for a shorter time";

    fn source(&self) -> SourceChoice {
        self.natal.sky.source
    }

    fn is_now(&self) -> bool {
        ReturnsQuery::is_now(self)
    }

    fn is_long(&self) -> bool {
        true
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        ReturnsQuery::check(self, leaps)
    }

    fn bodies(&self) -> usize {
        self.natal.sky.bodies.len() + 1
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        chart::write_returns(ground, self, format.name(), names)
    }
}

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postReturns",
    tag: Tag::Charts,
    summary: "When something comes back to where it was in a chart",
    about: "When a body comes back to its longitude in a chart, or to how far it was ahead of another: between two instants, or so many \
            after or before one, the next or the last unless more are asked for; of a circle in parts, half and quarter returns too. Each return has its own chart, over \
            the place of birth or another, with houses and aspects. What comes back is seen from the Earth's centre, as the chart is to be. Beyond the \
            tables, ten years are looked at: the reply says where to go on. A body that turns \
            back may come three times and more: such passes are numbered.",
    parameters: &[],
    examples: &[
        Example {
            about: "The next solar return of a birth, over New York",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "body": "sun", "after": "2026-01-01", "lat": 40.71, "lon": -74.01, "alt": 10, "tz": "America/New_York"}"#,
        },
        Example {
            about: "A year of lunar returns among the stars, without charts",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London"}, "body": "moon", "start": "2026-01-01", "stop": "2027-01-01", "precession_corrected": true, "charts": false}"#,
        },
        Example {
            about: "When the Moon last had the phase of a birth, or the opposite one",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London"}, "body": "moon", "minus": "sun", "before": "2026-01-01", "count": 2, "parts": 2, "charts": false}"#,
        },
        Example {
            about: "A solar return over Tromsø, where Placidus may fail, of a birth whose time is not known",
            query: r#"{"natal": {"date": "1940-10-09", "tz": "Europe/London", "time_known": false}, "after": "2026-01-01", "count": 1, "lat": 69.65, "lon": 18.96, "fallback": "porphyry"}"#,
        },
    ],
    body: Some(BodySpec { about: "The chart, and what comes back to it.", schema: "ReturnsRequest" }),
    formats: FORMATS,
    reply: "Returns",
    reply_about: "The chart, and the returns in the order of time.",
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas: reply_schemas,
};

fn reply_schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("ReturnsRequest", natal::request("The chart, and what comes back to it.", PARAMETERS, &[])),
        ("ReturnsQuery", query()),
        ("Returns", returns()),
        ("Return", one()),
        ("ReturnChart", chart_of_return()),
    ]
}

fn query() -> Schema {
    schemas::echoed(PARAMETERS, &["body", "parts", "charts", "format"], Vec::new(), schemas::rules())
}

fn returns() -> Schema {
    let [next_start, next_before] = natal::next_returns();
    object(
        "Returns of what was somewhere in a chart.",
        [
            ("query", named("ReturnsQuery")),
            ("natal", named("CastChart")),
            (
                "returns_to",
                turn(
                    "Where it comes back to, degrees: the longitude in the zodiac of the chart, with `precession_corrected` that from the mean \
                     equinox of birth, with `minus` how far it is ahead.",
                    196.3,
                ),
            ),
            ("returns", list("In the order of time.", named("Return"))),
            ("provenance", named("Provenance")),
        ],
        [("next_start", next_start), ("next_before", next_before)],
    )
}

fn one() -> Schema {
    object(
        "A return, whole or in part.",
        [
            ("at", named("EventInstant")),
            (
                "beyond",
                number_from(
                    0.0,
                    360.0,
                    "How far it has gone beyond a whole return, degrees: 180 for a half.",
                    0.0,
                ),
            ),
            ("motion", natal::motion()),
            ("pass", natal::passes("Which pass of those that belong together.")),
            ("passes", natal::passes("How many belong together.")),
        ],
        [
            ("longitude", turn("Where the body is, counted as `returns_to` is, degrees.", 196.3)),
            ("ahead", turn("With `minus`: how far it is ahead, degrees.", 40.3)),
            ("chart", named("ReturnChart")),
        ],
    )
}

fn chart_of_return() -> Schema {
    object(
        "The chart of a return, cast as the natal one is.",
        [
            ("positions", list("One for each body, in the order asked for.", named("ChartPosition"))),
            ("aspects", list("In the order of the first point, then of the second.", named("ChartAspect"))),
        ],
        [("houses", named("Houses"))],
    )
}
