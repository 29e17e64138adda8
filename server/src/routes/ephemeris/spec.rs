//! What `/v1/ephemeris` takes and gives.

use utoipa::openapi::Schema;

use super::super::table;
use super::reply;
use crate::query::Parameter;
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &parameters::of_bodies(
    [parameters::START, parameters::STOP, parameters::STEP],
    parameters::TABLE_FIELDS,
    parameters::TABLE_FORMAT,
);

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getEphemeris",
    tag: Tag::Sky,
    summary: "Where bodies stand, step by step",
    about: "The positions of bodies from one instant to another in equal steps, both ends included where a step ends there. \
            A row of the table is one body at one instant; rows come instant by instant. JSON has a list for each column \
            of each body, and 100,000 rows at most; NDJSON, CSV and Arrow are streamed, any number of rows, as fast as they \
            are read, and compressed where the client takes that. Everything but the rows is in the metadata of Arrow's \
            schema: units, the query as it was understood, and where the rows come from.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "A week of the Sun and the Moon, in columns",
            query: "start=2026-03-01&stop=2026-03-07&step=1d&bodies=sun,moon",
        },
        Example {
            about: "A year of the planets, every six hours, as CSV",
            query: "start=2026-01-01&stop=2027-01-01&step=6h&bodies=planets&format=csv",
        },
        Example {
            about: "Mars over three centuries, monthly, as lines of JSON",
            query: "start=1800-01-01&stop=2100-01-01&step=1mo&bodies=mars&fields=utc,longitude,retrograde&format=ndjson",
        },
        Example {
            about: "Local noons of Berlin over the change of the clocks",
            query: "start=2026-03-27T12:00&stop=2026-03-31T12:00&step=1d&tz=Europe/Berlin&bodies=sun",
        },
        Example {
            about: "A thousand intervals between two Julian days",
            query: "start=jd_tt:2451545&stop=jd_tt:2451546&step=1000&bodies=moon&fields=longitude,distance",
        },
    ],
    body: None,
    formats: table::FORMATS,
    reply: "Table",
    reply_about: "The table, in the format that was asked for.",
    fields: header::OF_STREAMED,
    refusals: OF_THE_SKY,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    reply::schemas()
}
