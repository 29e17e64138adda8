//! The schemas of a table in JSON: what `crate::table` and `query::echo` write.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::super::parameters;
use crate::answer::rows::SOURCES;
use crate::query::{ALL_FIELDS, Field};
use crate::routes::openapi::schema::{
    self, Member, list, map, named, number, object, text, text_like, words,
};

/// Every schema of the reply.
pub(super) fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("Table", table()),
        ("TableQuery", query()),
        ("TableColumns", columns()),
        ("TableField", words("A column of a table, or what stands for several.", field_names()).into()),
    ]
}

fn table() -> Schema {
    object(
        "Positions of bodies at many instants. Every list has one element for each instant.",
        [
            ("query", named("TableQuery")),
            (
                "jd_tt",
                list("The instants as Julian days in Terrestrial Time.", number("An instant.", 2_461_120.5)),
            ),
            ("bodies", map("The columns of each body, by its name.", named("TableColumns"))),
            ("provenance", named("Provenance")),
        ],
        [
            (
                "utc",
                list(
                    "The instants in UTC.",
                    text_like(schema::UTC, "An instant.", "2026-03-20T00:00:00.000Z"),
                ),
            ),
            ("jd_ut", list("The instants as Julian days in UT1.", number("An instant.", 2_461_120.5))),
        ],
    )
}

/// Each column, in whatever view it is.
fn columns() -> Schema {
    let mut members: Vec<Member> = Vec::new();
    for field in ALL_FIELDS {
        for (name, frame, coordinates) in field.names() {
            if members.iter().all(|(known, _)| *known != name) {
                members.push((name, column(field, field.about(frame, coordinates))));
            }
        }
    }
    object("The columns of a body; `fields` chooses them.", [], members)
}

fn column(field: Field, about: &str) -> RefOr<Schema> {
    let cell: RefOr<Schema> = match field {
        Field::Sign | Field::Nakshatra => ObjectBuilder::new().schema_type(Type::String).into(),
        Field::Source => ObjectBuilder::new().schema_type(Type::String).enum_values(Some(SOURCES)).into(),
        Field::Decan | Field::Pada => ObjectBuilder::new().schema_type(Type::Integer).into(),
        Field::Retrograde | Field::OutOfBounds => ObjectBuilder::new().schema_type(Type::Boolean).into(),
        _ if field.is_optional() => {
            ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Number, Type::Null])).into()
        }
        _ => ObjectBuilder::new().schema_type(Type::Number).into(),
    };
    ArrayBuilder::new().description(Some(about)).items(cell).into()
}

/// What `fields` takes.
fn field_names() -> Vec<&'static str> {
    let mut names = crate::query::TABLE_NAMES.to_vec();
    for (name, ..) in ALL_FIELDS.into_iter().flat_map(Field::names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.extend(["default", "all"]);
    names
}

fn query() -> Schema {
    let echoed = |parameter: crate::query::Parameter| (parameter.name, parameter.takes.schema(None, &[]));
    let always = [
        parameters::CENTER,
        parameters::FRAME,
        parameters::EQUINOX,
        parameters::ZODIAC,
        parameters::PLACE,
        parameters::COORDINATES,
        parameters::SOURCE,
        parameters::ALLOW_MOSHIER,
        parameters::TABLE_FORMAT,
    ];
    let sometimes = [
        parameters::TZ,
        parameters::LAT,
        parameters::LON,
        parameters::ALT,
        parameters::CALENDAR,
        parameters::AYANAMSA,
        parameters::PRESSURE,
        parameters::TEMPERATURE,
        parameters::PRECISION,
    ];
    let ends = ["start", "stop", "step"];
    object(
        "The query as it was understood, with every default and alias resolved. Instants that were listed are not repeated.",
        always.map(echoed).into_iter().chain([
            ("bodies", list("The bodies, sets resolved.", named("Body"))),
            ("fields", list("The columns that were chosen.", named("TableField"))),
        ]),
        sometimes.map(echoed).into_iter().chain(ends.map(|name| (name, text("Of a range.", "2026-01-01")))),
    )
}
