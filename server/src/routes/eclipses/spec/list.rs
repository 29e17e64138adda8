//! What `/v1/eclipses` takes and gives.

use utoipa::openapi::Schema;

use super::eclipse;
use crate::query::{Parameter, Takes};
use crate::routes::listing::parameters::{
    AFTER, BEFORE, COUNT, CURSOR, FORMAT, LIMIT, LON, MONTH, START, STOP, TZ, YEAR,
};
use crate::routes::listing::{FORMATS, schemas};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, object};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters::{CALENDAR, PRECISION, SOURCE};

const KIND: Parameter = Parameter::new("kind", "Which: of the Sun or of the Moon. Left out, both.")
    .taking(Takes::Words(&["solar", "lunar"]));

/// The parameters of `/v1/eclipses`.
pub(crate) const PARAMETERS: &[Parameter] = &[
    KIND, START, STOP, YEAR, MONTH, AFTER, BEFORE, COUNT, LIMIT, CURSOR, CALENDAR, TZ, LON, SOURCE,
    PRECISION, FORMAT,
];

/// The documentation of `/v1/eclipses`.
pub(crate) const LIST: Spec = Spec {
    id: "getEclipses",
    tag: Tag::Sky,
    summary: "Eclipses of the Sun and of the Moon",
    about: "Every eclipse between two instants, or so many after or before one, by its greatest phase: type, gamma, magnitudes, \
            saros, contacts, and where it is greatest. Definitions are those of NASA's canons: k = 0.272488 for the penumbra and \
            0.272281 for the umbra of solar eclipses, Danjon's shadow for lunar ones.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "The next five", query: "count=5" },
        Example {
            about: "Eclipses of the Sun in this decade",
            query: "kind=solar&start=2020-01-01&stop=2030-01-01",
        },
        Example {
            about: "The eclipses of a year by Sydney's clock, for a calendar program",
            query: "year=2028&tz=Australia/Sydney&format=ics",
        },
        Example {
            about: "Five centuries of eclipses of the Moon, as CSV",
            query: "kind=lunar&start=1801-01-01&stop=2301-01-01&format=csv",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "Eclipses",
    reply_about: "The eclipses, in the order of time.",
    fields: header::OF_STREAMED,
    refusals: OF_THE_SKY,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    let document = object(
        "Eclipses in the order of time.",
        [
            ("query", named("EclipsesQuery")),
            ("eclipses", list("The eclipses.", named("Eclipse"))),
            ("next_cursor", schemas::next_cursor()),
            ("provenance", named("Provenance")),
        ],
        [],
    );
    vec![
        ("Eclipses", document),
        ("EclipsesQuery", schemas::query(PARAMETERS, &[])),
        ("Eclipse", eclipse::eclipse()),
        ("EclipseContacts", eclipse::contacts()),
    ]
}
