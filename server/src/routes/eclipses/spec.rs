//! What the resources of eclipses take and give.

use http::StatusCode;
use orrery_format::eclipse::{LunarKind, SolarKind};
use utoipa::openapi::Schema;

use crate::query::{Parameter, Takes};
use crate::routes::listing::parameters::{
    AFTER, BEFORE, COUNT, CURSOR, FORMAT, LIMIT, LON, MONTH, START, STOP, TZ, YEAR,
};
use crate::routes::listing::{FORMATS, schemas};
use crate::routes::openapi::header::{self, Field};
use crate::routes::openapi::schema::{
    Member, count, list, named, number, number_from, number_or_null, object, text_like, words,
};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::routes::parameters::{CALENDAR, PRECISION, SOURCE};

/// The name of an eclipse.
const ID: &str = "^(solar|lunar)-[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}$";

const KIND: Parameter = Parameter::new("kind", "Which: of the Sun or of the Moon. Left out, both.")
    .taking(Takes::Words(&["solar", "lunar"]));

/// The parameters of `/v1/eclipses`.
pub(super) const LIST_PARAMETERS: &[Parameter] = &[
    KIND, START, STOP, YEAR, MONTH, AFTER, BEFORE, COUNT, LIMIT, CURSOR, CALENDAR, TZ, LON, SOURCE,
    PRECISION, FORMAT,
];

const LIST_FIELDS: &[Field] = &[
    header::CACHE_CONTROL,
    header::ETAG,
    header::VARY,
    header::X_CACHE_STATUS.of_streams(),
    header::X_DATASET,
    header::X_EPHEMERIS_SOURCE.of_streams(),
];

const REFUSALS: &[StatusCode] = &[
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// The documentation of `/v1/eclipses`.
pub(crate) const LIST: Spec = Spec {
    id: "getEclipses",
    tag: Tag::Sky,
    summary: "Eclipses of the Sun and of the Moon",
    about: "Every eclipse between two instants, or so many after or before one, by its greatest phase: type, gamma, magnitudes, \
            saros, contacts, and where it is greatest. Definitions are those of NASA's canons: k = 0.272488 for the penumbra and \
            0.272281 for the umbra of solar eclipses, Danjon's shadow for lunar ones.",
    parameters: LIST_PARAMETERS,
    examples: &[
        Example { about: "The next five", query: "count=5" },
        Example {
            about: "Eclipses of the Sun in this decade",
            query: "kind=solar&start=2020-01-01&stop=2030-01-01",
        },
        Example {
            about: "A year's eclipses for a calendar program, in Sydney's time",
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
    fields: LIST_FIELDS,
    refusals: REFUSALS,
    schemas: list_schemas,
};

fn list_schemas() -> Vec<(&'static str, Schema)> {
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
    let instant = |about: &str| schemas::nullable(named("EventInstant"), about);
    let contacts = object(
        "Contacts; null where there are none.",
        [
            ("p1", instant("The penumbra first touches the Earth, or the Moon the penumbra.")),
            ("u1", instant("The umbra first touches the Earth, or the Moon the umbra.")),
            ("u2", instant("The umbra is first all on the Earth, or the Moon all in the umbra.")),
            ("u3", instant("The last moment of that.")),
            ("u4", instant("The umbra leaves the Earth, or the Moon the umbra.")),
            ("p4", instant("The penumbra leaves the Earth, or the Moon the penumbra.")),
        ],
        [
            ("p2", instant("Solar: the penumbra is first all on the Earth.")),
            ("c1", instant("Solar: the axis of the shadow enters the Earth.")),
            ("c2", instant("Solar: it leaves the Earth.")),
            ("p3", instant("Solar: the last moment at which the penumbra is all on the Earth.")),
        ],
    );
    let types = SolarKind::ALL.map(SolarKind::name).into_iter().chain([LunarKind::Penumbral.name()]);
    let eclipse = object(
        "An eclipse.",
        [
            ("maximum", named("EventInstant")),
            (
                "id",
                text_like(
                    ID,
                    "Its name: what is eclipsed, and the date of the greatest phase in TT.",
                    "solar-2026-08-12",
                ),
            ),
            ("kind", words("What is eclipsed.", ["solar", "lunar"])),
            ("type", words("Its type.", types)),
            ("gamma", schemas::member("gamma")),
            ("saros", schemas::member("saros")),
            (
                "saros_member",
                number_or_null(
                    "Its place in the saros, which begins with 1; null where only the tables' list would know.",
                    48.0,
                ),
            ),
            (
                "duration_s",
                number_or_null(
                    "How long the phase lasts that the type is named for, seconds: of the Sun at the place of greatest eclipse, null where it is partial.",
                    138.2,
                ),
            ),
            ("lat", schemas::member("lat")),
            ("lon", schemas::member("lon")),
            ("contacts", named("EclipseContacts")),
            ("delta_t", number("ΔT = TT − UT1 that longitudes and times of day follow from, seconds.", 69.1)),
            ("source", schemas::source()),
        ],
        [
            (
                "magnitude",
                number(
                    "Solar, at the place of greatest eclipse: the part of the Sun's diameter that is covered; where the eclipse is central, the ratio of the diameters.",
                    1.038_6,
                ),
            ),
            (
                "umbral_magnitude",
                number(
                    "Lunar: the part of the Moon's diameter in the umbra; negative where it stays outside.",
                    0.93,
                ),
            ),
            ("penumbral_magnitude", number("Lunar: the same of the penumbra.", 1.96)),
            ("obscuration", number_from(0.0, 1.0, "Solar: the part of the Sun's disc that is covered.", 1.0)),
            (
                "sun_altitude",
                number_from(
                    -90.0,
                    90.0,
                    "Solar: altitude of the Sun at the place of greatest eclipse, degrees.",
                    25.8,
                ),
            ),
            ("sun_azimuth", number_from(0.0, 360.0, "Solar: its azimuth there, degrees.", 248.4)),
            (
                "path_width_km",
                number_or_null(
                    "Solar: width of the path there, km; null where it has not two limits.",
                    294.0,
                ),
            ),
        ],
    );
    vec![
        ("Eclipses", document),
        ("EclipsesQuery", list_query()),
        ("Eclipse", eclipse),
        ("EclipseContacts", contacts),
    ]
}

/// What the reply repeats of a query.
fn list_query() -> Schema {
    let always = ["source", "format"];
    let written = LIST_PARAMETERS.iter().filter(|parameter| !["year", "month"].contains(&parameter.name));
    let (required, optional): (Vec<Member>, Vec<Member>) = written
        .map(|parameter| match parameter.name {
            "count" | "limit" => (parameter.name, count("How many.", 10)),
            name => (name, parameter.takes.schema(None, &[])),
        })
        .partition(|(name, _)| always.contains(name));
    object("The query as it was understood, with every default and alias resolved.", required, optional)
}
