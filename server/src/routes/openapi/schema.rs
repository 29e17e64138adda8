//! The words that replies' schemas are written in.
//!
//! Every object refuses members that it does not name, so that a reply with an undocumented member fails the tests.

use serde_json::Value;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type,
};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema, SchemaFormat};

/// Sixteen hexadecimal digits: the name of a generation, or of a block in a reply.
pub(crate) const SHORT_HASH: &str = "^[0-9a-f]{16}$";

/// A BLAKE3 hash.
pub(crate) const HASH: &str = "^[0-9a-f]{64}$";

/// An instant as replies write it.
pub(crate) const UTC: &str = "^[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$";

/// A member of an object: its name and its schema.
pub(crate) type Member = (&'static str, RefOr<Schema>);

/// A schema of the components, by its name.
pub(crate) fn named(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}

/// An object with exactly these members.
pub(crate) fn object(
    about: &str,
    required: impl IntoIterator<Item = Member>,
    optional: impl IntoIterator<Item = Member>,
) -> Schema {
    let mut object = ObjectBuilder::new()
        .description(Some(about))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for (name, schema) in required {
        object = object.property(name, schema).required(name);
    }
    for (name, schema) in optional {
        object = object.property(name, schema);
    }
    object.into()
}

/// An object with any names, and values of one schema.
pub(crate) fn map(about: &str, values: impl Into<RefOr<Schema>>) -> RefOr<Schema> {
    ObjectBuilder::new().description(Some(about)).additional_properties(Some(values.into())).into()
}

/// An object of whatever members.
pub(crate) fn anything(about: &str) -> Schema {
    ObjectBuilder::new()
        .description(Some(about))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .into()
}

/// A list of one kind of thing.
pub(crate) fn list(about: &str, items: impl Into<RefOr<Schema>>) -> RefOr<Schema> {
    ArrayBuilder::new().description(Some(about)).items(items.into()).into()
}

fn of(kind: impl Into<SchemaType>, about: &str, example: impl Into<Value>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind.into()).description(Some(about)).examples([example.into()])
}

/// A number, which JSON writes with a point.
pub(crate) fn number(about: &str, example: f64) -> RefOr<Schema> {
    of(Type::Number, about, example).format(Some(SchemaFormat::KnownFormat(KnownFormat::Double))).into()
}

/// A number within a closed range.
pub(crate) fn number_from(least: f64, most: f64, about: &str, example: f64) -> RefOr<Schema> {
    of(Type::Number, about, example)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
        .minimum(Some(least))
        .maximum(Some(most))
        .into()
}

/// An angle within a turn, degrees.
pub(crate) fn turn(about: &str, example: f64) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .description(Some(about))
        .minimum(Some(0))
        .exclusive_maximum(Some(360))
        .examples([example])
        .into()
}

/// A number, or null.
pub(crate) fn number_or_null(about: &str, example: f64) -> RefOr<Schema> {
    of(SchemaType::from_iter([Type::Number, Type::Null]), about, example)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
        .into()
}

/// Something, or null.
pub(crate) fn nullable(schema: RefOr<Schema>, about: &str) -> RefOr<Schema> {
    AnyOfBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some(about))
        .item(schema)
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .into()
}

/// A count, which is not negative.
pub(crate) fn count(about: &str, example: u64) -> RefOr<Schema> {
    of(Type::Integer, about, example)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .into()
}

/// A whole number of either sign.
pub(crate) fn whole(about: &str, example: i16) -> RefOr<Schema> {
    of(Type::Integer, about, example).into()
}

/// A whole number within a closed range.
pub(crate) fn count_from(least: u8, most: u8, about: &str) -> RefOr<Schema> {
    of(Type::Integer, about, least).minimum(Some(least)).maximum(Some(most)).into()
}

/// Any text.
pub(crate) fn text(about: &str, example: &str) -> RefOr<Schema> {
    of(Type::String, about, example).into()
}

/// Any text, or null.
pub(crate) fn text_or_null(about: &str, example: &str) -> RefOr<Schema> {
    of(SchemaType::from_iter([Type::String, Type::Null]), about, example).into()
}

/// Text of a form, a regular expression of ECMA-262.
pub(crate) fn text_like(pattern: &str, about: &str, example: &str) -> RefOr<Schema> {
    of(Type::String, about, example).pattern(Some(pattern)).into()
}

/// One of these words.
pub(crate) fn words(about: &str, words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about)).enum_values(Some(words)).into()
}

/// True or false.
pub(crate) fn truth(about: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Boolean).description(Some(about)).into()
}

/// An object's schema with a whole one to show, as JSON. A sample that is none is left out, and fails the tests.
pub(crate) fn with_sample(schema: Schema, sample: &str) -> Schema {
    match schema {
        Schema::Object(mut object) => {
            object.examples.extend(serde_json::from_str(sample).ok());
            Schema::Object(object)
        }
        other => other,
    }
}
