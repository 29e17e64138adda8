//! What `/v1/dataset` takes and gives, for the parser and for the documentation.

use http::StatusCode;
use orrery_format::ListName;
use utoipa::openapi::Schema;

use crate::query::{Parameter, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{
    HASH, SHORT_HASH, anything, count, list, map, named, number, number_from, object, text, text_like, truth,
    words,
};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::wire::media::Format;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[Parameter::new("format", "The format of the reply.")
    .taking(Takes::Words(&["json"]))
    .by_default("json")];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getDataset",
    tag: Tag::Server,
    summary: "What is loaded, how good it is, and how it was made",
    about: "The generation of tables that this server answers from: each block with its span, its hashes and the error \
            that its audit found, the lists of events that were derived from them, the ephemeris files that they were made from, how each product was made, and what can \
            be computed live. A new generation may be published at any time; `X-Dataset` names it on every reply \
            that was made from it.",
    parameters: PARAMETERS,
    examples: &[Example { about: "What is loaded", query: "" }],
    body: None,
    formats: &[Format::Json],
    reply: "Dataset",
    reply_about: "The dataset.",
    fields: &[header::CACHE_CONTROL, header::ETAG, header::VARY, header::X_DATASET],
    refusals: &[StatusCode::NOT_ACCEPTABLE, StatusCode::UNPROCESSABLE_ENTITY],
    schemas: || {
        vec![
            ("Dataset", dataset()),
            ("Source", source()),
            ("SourceFile", source_file()),
            ("Block", block()),
            ("EventList", event_list()),
            ("Live", live()),
            ("LiveFile", live_file()),
        ]
    },
};

fn dataset() -> Schema {
    object(
        "A generation of tables, and what can be computed live beside it.",
        [
            ("layout_version", count("Version of the files' layout.", 2)),
            ("generation", text_like(SHORT_HASH, "The generation's name.", "7feb1dd3706c693e")),
            ("source", named("Source")),
            ("blocks", list("Every block, ordered by product and time.", named("Block"))),
            ("lists", list("Every list of events, each once.", named("EventList"))),
            (
                "methods",
                map(
                    "How each product and each list was made, by its name: how a product's span was cut, what was aimed \
                     at, what a list has, and the versions of method and library.",
                    anything("The recipe."),
                ),
            ),
            ("live", named("Live")),
        ],
        [(
            "scope",
            anything(
                "What the dataset is to have, though it may be on its way there: its `span`, `years` from one to another or a `window` of \
                 years before and after today; and its `bodies`, where these are not all. Left out where nobody said.",
            )
            .into(),
        )],
    )
}

fn source() -> Schema {
    object(
        "What all blocks were made from.",
        [
            ("ephemeris", text("What answered when the tables were made.", "Swiss Ephemeris 2.10.03, DE431")),
            ("pipeline", text("The program that built them, with its version.", "orrery-pipeline 0.1.0")),
            ("files", list("The ephemeris files read.", named("SourceFile"))),
        ],
        [],
    )
}

fn source_file() -> Schema {
    object(
        "An ephemeris file that the tables were made from.",
        [
            ("name", text("Its name.", "sepl_18.se1")),
            ("bytes", count("Its length in bytes.", 484_055)),
            ("blake3", text_like(HASH, "BLAKE3 of its content.", &"9d".repeat(32))),
        ],
        [],
    )
}

fn block() -> Schema {
    object(
        "One product over one span: a file that never changes.",
        [
            (
                "product",
                text(
                    "What it holds: centre and body, `nutation`, or `earth_rotation` for ΔT and sidereal time.",
                    "geo/moon",
                ),
            ),
            ("start_jd", number("First instant, a Julian day in `time_scale`.", 2_451_545.0)),
            ("end_jd", number("First instant after it.", 2_488_070.0)),
            ("time_scale", words("The scale of its argument.", ["tt", "ut1"])),
            ("file", text("Its file's name.", "nutation-2-6281fb6c886d4ea5.orrery")),
            ("bytes", count("Its length in bytes.", 361_592)),
            ("blake3", text_like(HASH, "BLAKE3 of the file.", &"62".repeat(32))),
            ("recipe", text_like(HASH, "BLAKE3 of how it was made.", &"a5".repeat(32))),
            ("segments", count("Number of its segments, each with an audited error of its own.", 1512)),
            ("promise_arcsec", number("What each segment was audited against, arcseconds.", 0.001)),
            ("max_error_arcsec", number("Largest error that the audit found, arcseconds.", 0.000_5)),
            ("max_error_distance", number("Largest relative error of the distance that it found.", 5e-9)),
            (
                "live_share_percent",
                number_from(
                    0.0,
                    100.0,
                    "Share of the span whose segments the audit refused, and which is answered live, percent.",
                    0.0,
                ),
            ),
        ],
        [],
    )
}

fn event_list() -> Schema {
    object(
        "Things that happen, in order of time: a file that never changes, derived from the blocks.",
        [
            ("name", words("Which list it is.", ListName::ALL.map(ListName::name))),
            ("start_jd_tt", number("First instant that it covers, a Julian day in TT.", 2_460_949.5)),
            ("end_jd_tt", number("First instant after it.", 2_461_771.5)),
            ("file", text("Its file's name.", "almanac-6281fb6c886d4ea5.orrery")),
            ("bytes", count("Its length in bytes.", 67_704)),
            ("blake3", text_like(HASH, "BLAKE3 of the file.", &"62".repeat(32))),
            ("recipe", text_like(HASH, "BLAKE3 of how it was made.", &"a5".repeat(32))),
            ("entries", count("Number of its entries.", 2054)),
        ],
        [],
    )
}

fn live() -> Schema {
    object(
        "What can be computed live; without ephemeris files, nothing.",
        [("available", truth("Whether anything can."))],
        [
            ("ephemeris", text("What answers.", "Swiss Ephemeris 2.10.03, DE431")),
            (
                "start_jd_tt",
                number("First instant that the main files reach, a Julian day in TT.", 2_159_357.5),
            ),
            ("end_jd_tt", number("First instant after it.", 2_816_787.5)),
            ("files", list("The ephemeris files.", named("LiveFile"))),
        ],
    )
}

fn live_file() -> Schema {
    object(
        "An ephemeris file for live computing.",
        [("name", text("Its name.", "sepl_18.se1")), ("bytes", count("Its length in bytes.", 484_055))],
        [],
    )
}
