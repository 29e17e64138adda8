//! What the Moon's lists take and give.

use http::StatusCode;
use utoipa::openapi::Schema;

use crate::query::Parameter;
use crate::routes::listing::parameters::{
    AFTER, ASPECTS, BEFORE, COUNT, CURSOR, FORMAT, LIMIT, LON, MONTH, START, STOP, TZ, YEAR,
};
use crate::routes::listing::{FORMATS, schemas};
use crate::routes::openapi::header::{self, Field};
use crate::routes::openapi::schema::{Member, count, list, named, object};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::routes::parameters::{AYANAMSA, BODIES, CALENDAR, PRECISION, SOURCE, ZODIAC};

/// The parameters of `/v1/moon/phases`.
pub(super) const PHASE_PARAMETERS: &[Parameter] = &[
    START, STOP, YEAR, MONTH, AFTER, BEFORE, COUNT, ZODIAC, AYANAMSA, LIMIT, CURSOR, CALENDAR, TZ, LON,
    SOURCE, PRECISION, FORMAT,
];

/// The parameters of `/v1/moon/void-of-course`.
pub(super) const VOID_PARAMETERS: &[Parameter] = &[
    START,
    STOP,
    YEAR,
    MONTH,
    AFTER,
    BEFORE,
    COUNT,
    VOID_BODIES,
    ASPECTS,
    ZODIAC,
    AYANAMSA,
    LIMIT,
    CURSOR,
    CALENDAR,
    TZ,
    LON,
    SOURCE,
    PRECISION,
    FORMAT,
];

/// Whose aspects count.
const VOID_BODIES: Parameter =
    Parameter { about: "With which bodies an aspect of the Moon counts; itself aside.", ..BODIES };

const FIELDS: &[Field] = &[
    header::CACHE_CONTROL,
    header::ETAG,
    header::VARY,
    header::X_CACHE_STATUS.of_content(),
    header::X_DATASET,
    header::X_EPHEMERIS_SOURCE.of_content(),
];

const REFUSALS: &[StatusCode] = &[
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// The documentation of `/v1/moon/phases`.
pub(crate) const PHASES: Spec = Spec {
    id: "getMoonPhases",
    tag: Tag::Sky,
    summary: "New and full moons and the quarters",
    about: "When the Moon is 0°, 90°, 180° and 270° ahead of the Sun in apparent ecliptic longitude: of a month or a year, \
            between two instants, or so many after or before one.",
    parameters: PHASE_PARAMETERS,
    examples: &[
        Example {
            about: "The phases of a month in New York",
            query: "year=2026&month=3&tz=America/New_York",
        },
        Example { about: "The next four", query: "count=4" },
        Example { about: "Those of a year, for a calendar program", query: "year=2027&format=ics" },
    ],
    body: None,
    formats: FORMATS,
    reply: "MoonPhases",
    reply_about: "The phases, in the order of time.",
    fields: FIELDS,
    refusals: REFUSALS,
    schemas: phases,
};

/// The documentation of `/v1/moon/void-of-course`.
pub(crate) const VOID: Spec = Spec {
    id: "getMoonVoidOfCourse",
    tag: Tag::Sky,
    summary: "When the Moon is void of course",
    about: "From the last exact aspect that the Moon makes in a sign, or from its entry if it makes none, until it enters the next. \
            Unless `bodies` and `aspects` say otherwise, the five aspects of Ptolemy with Sun to Pluto count. A period belongs to \
            the range that it begins in.",
    parameters: VOID_PARAMETERS,
    examples: &[
        Example { about: "The periods of a month in London", query: "year=2026&month=3&tz=Europe/London" },
        Example {
            about: "As it was reckoned before Uranus was known",
            query: "after=2026-01-01&count=5&bodies=sun,mercury,venus,mars,jupiter,saturn",
        },
        Example { about: "A year's, for a calendar program", query: "year=2027&format=ics" },
    ],
    body: None,
    formats: FORMATS,
    reply: "MoonVoids",
    reply_about: "The periods, in the order of time.",
    fields: FIELDS,
    refusals: REFUSALS,
    schemas: voids,
};

fn phases() -> Vec<(&'static str, Schema)> {
    let phase = object(
        "A phase of the Moon.",
        [
            ("phase", named("Phase")),
            ("at", named("EventInstant")),
            ("longitude", schemas::member("longitude")),
            ("source", schemas::source()),
        ],
        [],
    );
    vec![
        ("MoonPhases", document("Phases of the Moon.", "MoonPhasesQuery", "phases", "MoonPhase")),
        ("MoonPhasesQuery", query(PHASE_PARAMETERS)),
        ("MoonPhase", phase),
    ]
}

fn voids() -> Vec<(&'static str, Schema)> {
    let period = object(
        "A period in which the Moon is void of course.",
        [
            ("begin", named("EventInstant")),
            ("end", named("EventInstant")),
            ("last_aspect", schemas::member("last_aspect")),
            ("sign", named("Sign")),
            ("next_sign", named("Sign")),
            ("source", schemas::source()),
        ],
        [],
    );
    vec![
        (
            "MoonVoids",
            document("Periods in which the Moon is void of course.", "MoonVoidsQuery", "periods", "MoonVoid"),
        ),
        ("MoonVoidsQuery", query(VOID_PARAMETERS)),
        ("MoonVoid", period),
    ]
}

fn document(about: &str, query: &str, name: &'static str, item: &str) -> Schema {
    object(
        about,
        [
            ("query", named(query)),
            (name, list("In the order of time.", named(item))),
            ("next_cursor", schemas::next_cursor()),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

/// What the reply repeats of a query: a year or a month as its ends.
fn query(parameters: &'static [Parameter]) -> Schema {
    let always = ["zodiac", "source", "format"];
    let written = parameters.iter().filter(|parameter| !["year", "month"].contains(&parameter.name));
    let (required, optional): (Vec<Member>, Vec<Member>) = written
        .map(|parameter| match parameter.name {
            "count" | "limit" => (parameter.name, count("How many.", 10)),
            "bodies" => (parameter.name, list("The bodies, sets resolved.", named("Body"))),
            "aspects" => (parameter.name, list("The aspects, sets resolved.", named("Aspect"))),
            name => (name, parameter.takes.schema(None, &[])),
        })
        .partition(|(name, _)| always.contains(name));
    object("The query as it was understood, with every default and alias resolved.", required, optional)
}
