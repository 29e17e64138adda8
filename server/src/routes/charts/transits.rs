//! `/v1/transits`: when bodies make aspects to the points of a chart.

use std::sync::Arc;

use bytes::Bytes;
use orrery_almanac::LeapSeconds;
use orrery_almanac::aspect::MOST_ORB_DEG;
use utoipa::openapi::Schema;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::app::App;
use crate::query::{Parameter, SourceChoice, TransitsQuery};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{count_from, list, named, number_from, object, truth, turn};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::telling::{self, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{natal, parameters, schemas};

/// What is asked of the chart, in the body or in the query string.
pub(crate) const PARAMETERS: &[Parameter] = &[
    listed::START,
    listed::STOP,
    natal::TRANSITING,
    listed::ASPECTS,
    natal::ANGLES,
    natal::TRANSIT_ORB,
    natal::ORBS,
    natal::INCLUDE_HOUSES,
    natal::LIMIT,
    general::CALENDAR,
    listed::TZ,
    listed::LON,
    general::PRECISION,
    general::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json];

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Transits, PARAMETERS, FORMATS, |_, body, params, _| {
        TransitsQuery::read(parameters::posted(body, PARAMETERS, params))
    })
}

impl Telling for TransitsQuery {
    const LESS: &'static str = "ask for a shorter time, or for fewer bodies";

    fn source(&self) -> SourceChoice {
        self.natal.sky.source
    }

    fn is_now(&self) -> bool {
        TransitsQuery::is_now(self)
    }

    fn is_long(&self) -> bool {
        true
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        TransitsQuery::check(self, leaps)
    }

    fn bodies(&self) -> usize {
        self.natal.sky.bodies.len() + self.bodies.len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        chart::write_transits(ground, self, format.name(), names)
    }
}

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postTransits",
    tag: Tag::Charts,
    summary: "When bodies make aspects to the points of a chart",
    about: "Every time that bodies are at an aspect to the bodies and angles of a chart, which stay where they are, between two instants \
            at most 200 years apart and in the order of time; since when and until when they are near it, and where they turn within the orb \
            without being there. Passes over one place are numbered: three where a planet turns back over it and comes \
            again. The list is complete by construction, as that of `/v1/events` is. Bodies are apparent and geocentric, in the zodiac \
            of the chart; `source` of the chart says who answers. Beyond the tables, ten years are looked at.",
    parameters: &[],
    examples: &[
        Example {
            about: "A year of outer planets over a birth, within two degrees of conjunctions and one of others, and into its houses",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "start": "2026-01-01", "stop": "2027-01-01", "bodies": ["jupiter", "saturn", "uranus", "neptune", "pluto"], "orb": 1, "orbs": {"conjunction": 2}, "include_houses": true}"#,
        },
        Example {
            about: "When Saturn comes over a sidereal Moon",
            query: r#"{"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "bodies": ["moon"], "zodiac": "sidereal", "ayanamsa": "lahiri"}, "start": "2020-01-01", "stop": "2030-01-01", "bodies": ["saturn"], "aspects": ["conjunction"]}"#,
        },
    ],
    body: Some(BodySpec { about: "The chart, and what goes over it when.", schema: "TransitsRequest" }),
    formats: FORMATS,
    reply: "Transits",
    reply_about: "The chart, and what goes over it in the order of time.",
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas: reply_schemas,
};

fn reply_schemas() -> Vec<(&'static str, Schema)> {
    vec![
        (
            "TransitsRequest",
            natal::request("The chart, and what goes over it when.", PARAMETERS, &["start", "stop"]),
        ),
        ("TransitsQuery", query()),
        ("Transits", transits()),
        ("Transit", transit()),
        ("HouseIngress", house_ingress()),
    ]
}

fn query() -> Schema {
    schemas::echoed(
        PARAMETERS,
        &["start", "stop", "orb", "include_houses", "limit", "format"],
        vec![("bodies", list("The bodies that go over the chart, sets resolved.", named("Body")))],
        schemas::rules(),
    )
}

fn transits() -> Schema {
    object(
        "Transits over a chart.",
        [
            ("query", named("TransitsQuery")),
            ("natal", named("CastChart")),
            ("transits", list("In the order of time.", named("Transit"))),
            ("next_start", natal::next_start()),
            ("provenance", named("Provenance")),
        ],
        [(
            "house_ingresses",
            list("With `include_houses`: when bodies go from house to house.", named("HouseIngress")),
        )],
    )
}

fn transit() -> Schema {
    object(
        "A body at an aspect to a point of the chart, or near it.",
        [
            ("at", named("EventInstant")),
            ("body", named("Body")),
            ("aspect", named("Aspect")),
            ("point", named("BodyOrAngle")),
            ("point_longitude", turn("Where the point is in the zodiac, degrees.", 123.4)),
            ("longitude", turn("Where the body is then, degrees.", 33.4)),
            ("contact", natal::contact()),
            ("motion", natal::motion()),
            ("retrograde", truth("Whether the body goes backwards, or turns so.")),
            ("orb", number_from(0.0, MOST_ORB_DEG, "How far from exact, degrees.", 0.0)),
        ],
        natal::passage(),
    )
}

fn house_ingress() -> Schema {
    object(
        "A body that crosses a cusp of the chart.",
        [
            ("at", named("EventInstant")),
            ("body", named("Body")),
            ("house", count_from(1, 36, "The house that it enters.")),
            ("from_house", count_from(1, 36, "The house that it leaves.")),
            ("retrograde", truth("Whether it goes backwards.")),
        ],
        [],
    )
}
