//! `/v1/synastry`: two charts beside each other.

use std::sync::Arc;

use bytes::Bytes;
use orrery_almanac::LeapSeconds;
use utoipa::openapi::Schema;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::app::App;
use crate::query::{Drawing, PairQuery, Parameter, Picture, SourceChoice, Together};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{count_from, list, named, object};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::telling::{self, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{parameters, schemas};

/// What is asked of both charts, in the body or in the query string.
pub(crate) const PARAMETERS: &[Parameter] = &[
    listed::ASPECTS,
    parameters::ORBS,
    parameters::ORB_BY,
    parameters::ANGLES,
    general::PRECISION,
    parameters::PICTURE,
    parameters::THEME,
    parameters::LAYOUT,
    parameters::TITLE,
    parameters::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json, Format::Svg];

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Synastry, PARAMETERS, FORMATS, |_, body, params, wanted| {
        let pair = PairQuery::read(&mut parameters::posted(body, PARAMETERS, params), Together::Beside)?;
        pair.drawn(Drawing::read(params, wanted.format(params)?, Picture::Sheet)?)
    })
}

impl Telling for PairQuery {
    const LESS: &'static str = "ask for fewer bodies that the tables do not hold, or try again";

    fn source(&self) -> SourceChoice {
        self.source
    }

    fn is_now(&self) -> bool {
        self.casts.iter().any(|cast| cast.time.is_now())
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        PairQuery::check(self, leaps)
    }

    fn bodies(&self) -> usize {
        self.casts.iter().map(|cast| cast.sky.bodies.len()).sum()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        match &self.drawing {
            Some(drawing) => chart::draw_synastry(ground, self, drawing),
            None => chart::write_synastry(ground, self, format.name(), names),
        }
    }
}

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postSynastry",
    tag: Tag::Charts,
    summary: "Two charts beside each other",
    about: "The aspects that bodies and angles of the first chart make to those of the second, and in which of the other's houses the \
            bodies of each are. A chart without a place has no houses, and takes part without angles. As a picture, `format=svg`, the second \
            is drawn about the first, and its bodies are told in the houses of that.",
    parameters: &[],
    examples: &[
        Example {
            about: "Two births, by close aspects",
            query: r#"{"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "second": {"date": "1933-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69}, "orbs": {"conjunction": 5, "opposition": 5, "trine": 4, "square": 4, "sextile": 3}}"#,
        },
        Example {
            about: "One about the other, on a sheet",
            query: r#"{"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "second": {"date": "1933-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69}, "format": "svg", "picture": "sheet", "theme": "light", "layout": "portrait", "title": "John and Yoko"}"#,
        },
    ],
    body: Some(BodySpec {
        about: "The two charts, and which aspects are looked for.",
        schema: "PairRequest",
    }),
    formats: FORMATS,
    reply: "Synastry",
    reply_about: "Both charts, and what is between them; or a picture of both.",
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        (
            "PairRequest",
            schemas::pair_request("The two charts, and which aspects are looked for.", PARAMETERS),
        ),
        ("CastRequest", schemas::request("What a chart is cast of.", parameters::CAST)),
        ("CastQuery", schemas::cast_query()),
        ("CastChart", schemas::cast_chart()),
        ("SynastryQuery", query()),
        ("Synastry", synastry()),
        ("Overlays", overlays()),
        ("Overlay", overlay()),
    ]
}

fn query() -> Schema {
    schemas::echoed(PARAMETERS, &["format"], Vec::new(), schemas::rules())
}

fn synastry() -> Schema {
    object(
        "Two charts beside each other.",
        [
            ("query", named("SynastryQuery")),
            ("first", named("CastChart")),
            ("second", named("CastChart")),
            (
                "aspects",
                list("Of points of the first, `a`, to points of the second, `b`.", named("ChartAspect")),
            ),
            ("overlays", named("Overlays")),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

fn overlays() -> Schema {
    object(
        "Bodies in the other chart's houses, where that has some.",
        [],
        [
            ("first_in_second", list("The bodies of the first.", named("Overlay"))),
            ("second_in_first", list("The bodies of the second.", named("Overlay"))),
        ],
    )
}

fn overlay() -> Schema {
    object(
        "A body in a house of the other chart.",
        [("body", named("Body")), ("house", count_from(1, 36, "The house that its longitude is in."))],
        [],
    )
}
