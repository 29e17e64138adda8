//! What `/v1/jobs…` takes and gives, for the documentation.

use http::StatusCode;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::events;
use crate::jobs::{FORM, State};
use crate::query::{Parameter, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{
    UTC, anything, count, named, nullable, number_from, object, text, text_like, text_or_null, words,
};
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::wire::media::Format;

/// An id as an example has it.
const SOME_ID: &str = "5f0c6a8e2b9d4713a1e0c7d25b8f9634";

const ID: Parameter = Parameter::new(
    "id",
    "Which job: the id that the reply to `POST /v1/jobs` told. Whoever knows it may read and end the job.",
)
.taking(Takes::Text(FORM))
.in_path()
.such_as(&[SOME_ID]);

/// The parameters of all that is told of one job.
pub(crate) const PARAMETERS: &[Parameter] = &[ID];

/// Path and query as RFC 3986 has them.
const TARGET: &str = "^/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*([?][A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$";

/// A command where there is nothing but an id to give.
const ASKED: &[Example] = &[Example { about: "A job", query: SOME_ID }];

/// The documentation of what is posted.
pub(crate) const POSTED: Spec = Spec {
    id: "postJob",
    tag: Tag::Jobs,
    summary: "Have a request answered later",
    about: "Takes a request that takes long: a table of many rows, events of centuries, risings of years, transits of \
            a life. It is any request of this \
            interface that is computed and comes to an end, and is checked at once as far as that is possible without computing: \
            what is wrong with it is refused as its own route would, with `parameter` named by where it stands (`path.bodies`, \
            `body.jd`). It is answered by a process of its own, one job after the other, without the limit of computing that \
            requests have; a `now` in it is the moment at which it is begun. Its result is kept on disk for a set time after its \
            end, a day unless the operator says otherwise, and survives a restart. The id is the only key to a job: it is of 128 \
            random bits, nobody can list them, and who is given it may read and end the job.",
    parameters: &[],
    examples: &[
        Example {
            about: "The Moon every hour of a century",
            query: r#"{"path": "/v1/ephemeris?start=1900-01-01&stop=2000-01-01&step=1h&bodies=moon&format=csv"}"#,
        },
        Example {
            about: "Positions at instants that are listed",
            query: r#"{"method": "POST", "path": "/v1/positions", "body": {"jd": [2461120.5, 2461121.5]}, "accept": "application/x-ndjson"}"#,
        },
        Example {
            about: "All that goes over a chart in forty years",
            query: r#"{"method": "POST", "path": "/v1/transits", "body": {"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "start": "1940-10-09", "stop": "1980-12-09", "limit": 10000}}"#,
        },
    ],
    body: Some(BodySpec { about: "The request that is to be answered later.", schema: "JobRequest" }),
    formats: &[Format::Json],
    reply: "Job",
    reply_about: "The job, which waits for its turn. `Location` is where it is told of.",
    fields: &[header::CACHE_CONTROL, header::LOCATION],
    refusals: &[
        StatusCode::NOT_FOUND,
        StatusCode::NOT_ACCEPTABLE,
        StatusCode::CONFLICT,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ],
    schemas: || {
        vec![
            ("Job", job()),
            ("JobProgress", progress()),
            ("JobOutcome", outcome()),
            ("JobRequest", request()),
            ("JobResult", anything("What the request of the job is answered with; see its own route.")),
        ]
    },
};

/// The documentation of one job.
pub(crate) const ONE: Spec = Spec {
    id: "getJob",
    tag: Tag::Jobs,
    summary: "How a job stands",
    about: "Whether a job waits, runs or has ended, how far it has come, and what has come of it. Any worker tells of any job.",
    parameters: PARAMETERS,
    examples: ASKED,
    body: None,
    formats: &[Format::Json],
    reply: "Job",
    reply_about: "The job.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[StatusCode::NOT_FOUND],
    schemas: Vec::new,
};

/// The documentation of ending one.
pub(crate) const ENDED: Spec = Spec {
    id: "endJob",
    tag: Tag::Jobs,
    summary: "Cancel a job, or remove what has come of it",
    about: "Cancels a job that waits or runs, and tells how it stands then; to cancel it once more changes nothing. Of a job that \
            is done, has failed or has expired everything is removed, and what is told is how it stood last.",
    parameters: PARAMETERS,
    examples: &[],
    body: None,
    formats: &[Format::Json],
    reply: "Job",
    reply_about: "The job as it stands now, or stood last.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[StatusCode::NOT_FOUND],
    schemas: Vec::new,
};

/// The documentation of a job's events.
pub(crate) const EVENTS: Spec = Spec {
    id: "getJobEvents",
    tag: Tag::Jobs,
    summary: "How a job stands, as it changes",
    about: "Server-sent events until the job has ended, then the end of the stream. Each is called `job` and has the job's \
            document as its data: first how the job stands now, whatever `Last-Event-ID` says, then each change, several times a \
            second at most. A comment comes where there is nothing to tell for a quarter of a minute. A server that is about \
            to stop ends the stream; clients ask again after `retry`, and are told the rest by who has taken its place.",
    parameters: PARAMETERS,
    examples: ASKED,
    body: None,
    formats: events::FORMATS,
    reply: "",
    reply_about: "The events.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[StatusCode::NOT_FOUND, StatusCode::NOT_ACCEPTABLE, StatusCode::SERVICE_UNAVAILABLE],
    schemas: Vec::new,
};

/// The documentation of a job's result.
pub(crate) const RESULT: Spec = Spec {
    id: "getJobResult",
    tag: Tag::Jobs,
    summary: "The result of a job",
    about: "What the request of the job is answered with, in the format that it asked for, from the beginning: of a job that is \
            done all of it, of one that runs what is there, and the rest as it comes. Where the job is begun anew meanwhile, or \
            ends otherwise, the stream is broken off, so that no two attempts are mixed. Of a job that has failed it is the \
            problem that its request had, with its status. It is sent compressed where the client takes that.",
    parameters: PARAMETERS,
    examples: ASKED,
    body: None,
    formats: &[
        Format::Json,
        Format::Ndjson,
        Format::Csv,
        Format::Arrow,
        Format::Ics,
        Format::Geojson,
        Format::Svg,
    ],
    reply: "JobResult",
    reply_about: "The result, as far as it has come.",
    fields: &[
        header::CACHE_CONTROL,
        header::VARY,
        header::X_DATASET,
        header::X_EPHEMERIS_SOURCE.of_streams(),
        header::X_CACHE_STATUS.of_streams(),
    ],
    refusals: &[
        StatusCode::NOT_FOUND,
        StatusCode::NOT_ACCEPTABLE,
        StatusCode::CONFLICT,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ],
    schemas: Vec::new,
};

fn moment_or_null(about: &str, example: &str) -> RefOr<Schema> {
    nullable(text_like(UTC, about, example), about)
}

fn job() -> Schema {
    object(
        "A job.",
        [
            ("id", text_like(FORM, "What it is known by, and the only key to it.", SOME_ID)),
            (
                "state",
                words(
                    "Whether it waits, is worked at, or has ended, and how; `expired` is one whose result was kept for its time.",
                    State::ALL.map(State::word),
                ),
            ),
            ("created", text_like(UTC, "When it was posted.", "2026-11-22T10:00:00.000Z")),
            ("started", moment_or_null("When it was last begun; null before.", "2026-11-22T10:00:00.120Z")),
            ("ended", moment_or_null("When it ended; null before.", "2026-11-22T10:00:42.007Z")),
            (
                "expires",
                moment_or_null(
                    "Until when its result is kept; null before its end.",
                    "2026-11-23T10:00:42.007Z",
                ),
            ),
            (
                "attempt",
                count("How often it was begun by a process that ended over it, or is at work on it.", 1),
            ),
            ("progress", named("JobProgress")),
            (
                "result",
                nullable(
                    named("JobOutcome"),
                    "What has come of it; null where nothing has, or nothing is left.",
                ),
            ),
            ("problem", nullable(named("Problem"), "Why it has failed; null where it has not.")),
        ],
        [],
    )
}

fn progress() -> Schema {
    let rows = |about| nullable(count(about, 876_601), about);
    object(
        "How far a job has come.",
        [
            ("bytes", count("Bytes of its result that are written.", 41_000_000)),
            ("rows", rows("Rows that are written, where they are lines: of NDJSON and CSV; otherwise null.")),
            (
                "expected_rows",
                rows("How many there will be, where that was known when it was posted; otherwise null."),
            ),
            (
                "share",
                nullable(
                    number_from(0.0, 1.0, "How much of it is done, from 0 to 1.", 0.25),
                    "How much of it is done; null while that cannot be told.",
                ),
            ),
        ],
        [],
    )
}

fn outcome() -> Schema {
    object(
        "What has come of a job.",
        [
            ("status", count("The status of the reply to its request.", 200)),
            ("media_type", text("The type of the result.", "text/csv; charset=utf-8")),
            (
                "bytes",
                nullable(count("Its length.", 164_000_000), "Its length in bytes; null while it grows."),
            ),
            (
                "etag",
                text_or_null(
                    "The strong tag that the direct reply has, if it has one.",
                    "\"7f694dbd015bf7a92c0d89d8c0f9261e\"",
                ),
            ),
        ],
        [],
    )
}

fn request() -> Schema {
    let asked = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Array]))
        .description(Some(
            "What is to be posted, with POST: an object, or a list of charts; see its own route.",
        ))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    object(
        "A request that is to be answered later.",
        [(
            "path",
            text_like(
                TARGET,
                "Path and query, as a request line has them.",
                "/v1/ephemeris?start=1900-01-01&stop=2000-01-01&step=1h&format=csv",
            ),
        )],
        [
            ("method", words("How to ask; GET unless it is given.", ["GET", "POST"])),
            ("body", asked.into()),
            ("accept", text_like("^[ -~]*$", "What `Accept` would say.", "text/csv")),
        ],
    )
}
