//! `/v1/compatibility`: how two charts go together, and how two signs do.

use std::sync::Arc;

use bytes::Bytes;
use http::header::VARY;
use http::{HeaderValue, Response, StatusCode};
use orrery_almanac::LeapSeconds;
use orrery_almanac::compatibility::signs::SignMatch;
use orrery_almanac::zodiac::{Mode, Sign};
use utoipa::openapi::Schema;

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::app::App;
use crate::query::{CompatibilityQuery, Parameter, Params, SIGNS, SourceChoice, Takes};
use crate::routes::document::Kept;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{Member, count_from, list, named, number_from, object, words};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::telling::{self, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::text::json::Json;
use crate::wire::media::{self, Format};
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::{parameters, schemas};

const FIRST: Parameter = Parameter::new("first", "A sign; left out, it is every one.")
    .taking(Takes::Words(&SIGNS))
    .such_as(&["aries"]);

const SECOND: Parameter = Parameter::new("second", "Another sign, or the same; left out, it is every one.")
    .taking(Takes::Words(&SIGNS))
    .such_as(&["leo"]);

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[FIRST, SECOND, general::FORMAT];

/// What is asked of both charts, in the body or in the query string.
pub(crate) const POSTED_PARAMETERS: &[Parameter] = &[general::PRECISION, general::FORMAT];

const FORMATS: &[Format] = &[Format::Json];

/// How signs go together, which no instant changes.
pub(crate) fn get(request: &Request) -> Result<Response<Bytes>, Problem> {
    let params = Params::parse(request.query(), PARAMETERS)?;
    let format = request.format(params.get("format"), FORMATS)?;
    let signs = Sign::ALL.map(|sign| (sign.name(), sign));
    let [first, second] = [params.choice("first", &signs)?, params.choice("second", &signs)?];
    let mut response = Kept::new(media::JSON, written(first, second, format)).reply(request)?;
    let headers = response.headers_mut();
    let vary = if headers.contains_key(VARY) { "accept, accept-encoding" } else { "accept" };
    headers.insert(VARY, HeaderValue::from_static(vary));
    Ok(response)
}

fn written(first: Option<Sign>, second: Option<Sign>, format: Format) -> Bytes {
    let each = |chosen: Option<Sign>| chosen.map_or_else(|| Sign::ALL.to_vec(), |sign| vec![sign]);
    let (rows, columns) = (each(first), each(second));
    let mut json = Json::new();
    json.open(b'{');
    json.key("query").open(b'{');
    for (name, chosen) in [("first", first), ("second", second)] {
        if let Some(sign) = chosen {
            json.key(name).string(sign.name());
        }
    }
    json.key("format").string(format.name());
    json.close(b'}');
    json.key("matrix").open(b'{');
    for (name, signs) in [("first", &rows), ("second", &columns)] {
        json.key(name).open(b'[');
        for sign in signs {
            json.string(sign.name());
        }
        json.close(b']');
    }
    json.key("scores").open(b'[');
    for row in &rows {
        json.open(b'[');
        for column in &columns {
            json.integer(SignMatch::of(*row, *column).total().into());
        }
        json.close(b']');
    }
    json.close(b']');
    json.close(b'}');
    json.key("matches").open(b'[');
    for row in &rows {
        for column in &columns {
            chart::write_match(&mut json, *row, *column);
        }
    }
    json.close(b']');
    json.close(b'}');
    json.into_bytes()
}

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::post(app, request, Resource::Compatibility, POSTED_PARAMETERS, FORMATS, |_, body, params, _| {
        CompatibilityQuery::read(parameters::posted(body, POSTED_PARAMETERS, params))
    })
}

impl Telling for CompatibilityQuery {
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
        self.pair.bodies()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        chart::write_compatibility(ground, self, format.name(), names)
    }
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getCompatibility",
    tag: Tag::Charts,
    summary: "How signs go together",
    about: "Of every sign with every other, or of two: points for elements, modes, the angle between them and the friendship of their \
            rulers, 0 to 100 together. The weights are the project's own.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "Every sign with every other", query: "" },
        Example { about: "Aries and Leo", query: "first=aries&second=leo" },
    ],
    body: None,
    formats: FORMATS,
    reply: "SignCompatibility",
    reply_about: "The matrix, and of each two signs what their score is made of.",
    fields: &[header::CACHE_CONTROL, header::ETAG, header::VARY],
    refusals: &[StatusCode::NOT_ACCEPTABLE, StatusCode::UNPROCESSABLE_ENTITY],
    schemas: of_signs,
};

/// The same for what is posted.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postCompatibility",
    summary: "How two charts go together",
    about: "The score of Ciro Discepolo: points for what Sun, Moon, Venus, Mars and ascendant of one chart have to do with those of the \
            other, with the aspects that give them. The charts may do without a place, and then their ascendants do not count.",
    parameters: &[],
    examples: &[Example {
        about: "Two births",
        query: r#"{"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "second": {"date": "1933-02-18T20:30", "tz": "Asia/Tokyo", "lat": 35.68, "lon": 139.69}}"#,
    }],
    body: Some(BodySpec { about: "The two charts.", schema: "CompatibilityRequest" }),
    reply: "Compatibility",
    reply_about: "The score with its parts, and how the signs of both Suns go together.",
    fields: header::OF_POSTED,
    refusals: telling::POSTED_REFUSALS,
    schemas: of_charts,
    ..SPEC
};

fn of_signs() -> Vec<(&'static str, Schema)> {
    vec![
        ("SignCompatibility", signs()),
        ("SignCompatibilityQuery", schemas::echoed(PARAMETERS, &["format"], Vec::new(), Vec::new())),
        ("SignMatrix", matrix()),
        ("SignMatch", sign_match()),
    ]
}

fn of_charts() -> Vec<(&'static str, Schema)> {
    vec![
        ("CompatibilityRequest", schemas::pair_request("The two charts.", POSTED_PARAMETERS)),
        ("CompatibilityQuery", schemas::echoed(POSTED_PARAMETERS, &["format"], Vec::new(), Vec::new())),
        ("Compatibility", compatibility()),
        ("CompatibilityPart", part()),
    ]
}

fn signs() -> Schema {
    object(
        "How signs go together.",
        [
            ("query", named("SignCompatibilityQuery")),
            ("matrix", named("SignMatrix")),
            ("matches", list("Row by row.", named("SignMatch"))),
        ],
        [],
    )
}

fn matrix() -> Schema {
    let score = count_from(0, 100, "How well two signs go together.");
    object(
        "Scores of signs: a row for each of the first, a column for each of the second.",
        [
            ("first", list("The signs of the rows.", words("A sign.", SIGNS))),
            ("second", list("The signs of the columns.", words("A sign.", SIGNS))),
            ("scores", list("The rows.", list("A row.", score))),
        ],
        [],
    )
}

fn sign_match() -> Schema {
    object(
        "How two signs go together, by its parts.",
        [
            ("first", words("The one.", SIGNS)),
            ("second", words("The other.", SIGNS)),
            ("score", count_from(0, 100, "The sum of its parts.")),
            ("element", count_from(10, 40, "For their elements.")),
            ("mode", count_from(5, 15, "For their modes.")),
            ("angle", count_from(5, 25, "For how far they are from each other.")),
            ("rulers", count_from(0, 20, "For the friendship of their rulers.")),
        ],
        [],
    )
}

fn compatibility() -> Schema {
    object(
        "How two charts go together.",
        [
            ("query", named("CompatibilityQuery")),
            ("first", named("CastChart")),
            ("second", named("CastChart")),
            ("score", count_from(0, 255, "The sum of the points of its parts.")),
            (
                "description",
                words(
                    "What Discepolo calls a bond of so many points.",
                    ["minimal", "medium", "important", "very_important", "exceptional", "rare_exceptional"],
                ),
            ),
            ("parts", list("What adds up to it.", named("CompatibilityPart"))),
            ("signs", named("SignMatch")),
            ("provenance", named("Provenance")),
        ],
        [("shared_mode", words("The mode that the signs of both Suns share.", Mode::ALL.map(Mode::name)))],
    )
}

fn part() -> Schema {
    let role = |about: &str| -> Member {
        let name = if about.contains("first") { "first" } else { "second" };
        (name, words(about, ["sun", "moon", "venus", "mars", "ascendant"]))
    };
    object(
        "A part of the score. Which points, and which aspect between them, all have but signs of one mode.",
        [
            (
                "rule",
                words(
                    "What it is for.",
                    [
                        "same_mode",
                        "sun_sun_major",
                        "sun_sun_minor",
                        "sun_moon_conjunction",
                        "sun_moon_other",
                        "sun_ascendant",
                        "moon_ascendant",
                        "venus_mars",
                    ],
                ),
            ),
            ("points", count_from(4, 11, "Its points.")),
        ],
        [
            role("What of the first chart."),
            role("What of the second chart."),
            ("aspect", named("Aspect")),
            ("orb", number_from(0.0, 10.0, "How far it is from exact, degrees.", 1.5)),
        ],
    )
}
