//! What `/v1/events` takes and gives.

use utoipa::openapi::Schema;

use crate::query::Parameter;
use crate::routes::listing::parameters::{
    AFTER, ASPECTS, BEFORE, CAZIMI_ORB, COMBUSTION_ORB, COUNT, CURSOR, FORMAT, LIMIT, LON, MINUS,
    NAKSHATRA_AYANAMSA, ORB, POINTS, QUANTITY, START, STOP, TYPES, TZ, VALUE, WITH,
};
use crate::routes::listing::{FORMATS, schemas};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, object};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters::{AYANAMSA, BODIES, CALENDAR, PRECISION, SOURCE, ZODIAC};

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    START,
    STOP,
    AFTER,
    BEFORE,
    COUNT,
    TYPES,
    BODIES,
    WITH,
    POINTS,
    ASPECTS,
    ORB,
    CAZIMI_ORB,
    COMBUSTION_ORB,
    QUANTITY,
    VALUE,
    MINUS,
    ZODIAC,
    AYANAMSA,
    NAKSHATRA_AYANAMSA,
    LIMIT,
    CURSOR,
    CALENDAR,
    TZ,
    LON,
    SOURCE,
    PRECISION,
    FORMAT,
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getEvents",
    tag: Tag::Sky,
    summary: "What happens in the sky, in the order of time",
    about: "Every ingress, station, aspect, phase, apsis, eclipse and whatever else `types` names, between two instants, or so \
            many after or before one. The list is complete by construction: it follows from the polynomials of the tables, \
            not from steps, so that what only touches a value is there and nothing is there twice. Events are apparent and \
            geocentric, longitudes of the true equinox of date or of a sidereal zodiac. What lasts is told when it begins. \
            Where tables do not reach, the live source is searched in the same way, and each event says which of them gave it.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "The next ten things of note", query: "" },
        Example {
            about: "Retrograde Mercury in 2026",
            query: "start=2026-01-01&stop=2027-01-01&types=station&bodies=mercury",
        },
        Example {
            about: "The last full moons and eclipses before a day, as a calendar",
            query: "before=2026-11-21&count=5&types=lunation,eclipse&format=ics",
        },
        Example {
            about: "When Saturn squares a degree, and how long it is within one degree of it",
            query: "start=2026-01-01&stop=2030-01-01&types=aspect&bodies=saturn&points=95.25&aspects=square&orb=1",
        },
        Example {
            about: "A year of ingresses into the sidereal signs, in Kolkata's time",
            query: "start=2026-01-01&stop=2027-01-01&types=ingress&bodies=sun,mars,jupiter,saturn,rahu&zodiac=sidereal&\
                    ayanamsa=lahiri&tz=Asia/Kolkata",
        },
        Example {
            about: "Six centuries of transits of Venus, as CSV",
            query: "start=1801-01-01&stop=2399-01-01&types=transit&bodies=venus&format=csv",
        },
        Example {
            about: "When the Moon's declination passes 28 degrees",
            query: "after=2025-01-01&count=4&types=crossing&bodies=moon&quantity=declination&value=28",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "Events",
    reply_about: "The events, in the format that was asked for.",
    fields: header::OF_STREAMED,
    refusals: OF_THE_SKY,
    schemas: reply_schemas,
};

fn reply_schemas() -> Vec<(&'static str, Schema)> {
    let document = object(
        "Events in the order of time.",
        [
            ("query", named("EventsQuery")),
            ("events", list("The events.", named("Event"))),
            ("next_cursor", schemas::next_cursor()),
            ("provenance", named("Provenance")),
        ],
        [],
    );
    let mut all = schemas::shared();
    all.extend([("Events", document), ("EventsQuery", schemas::query(PARAMETERS, &["zodiac", "types"]))]);
    all
}
