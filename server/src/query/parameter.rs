//! A parameter of a route, stated once: what it is called, what it takes, what it is for. The parser resolves names by
//! it, and the documentation is written from it.

use serde_json::Value;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Required, Schema, SchemaFormat};

/// A parameter that a route takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// The canonical name.
    pub(crate) name: &'static str,
    /// Other names that are understood.
    pub(crate) aliases: &'static [&'static str],
    /// Whether it is a part of the path and not of the query string.
    pub(crate) is_in_path: bool,
    /// Whether nothing is answered without it.
    pub(crate) is_needed: bool,
    /// What it takes.
    pub(crate) takes: Takes,
    /// What its value in a query string stands for, where something is lost on the way there.
    pub(crate) undone: Option<fn(&str) -> String>,
    /// What it is for, for the documentation.
    pub(crate) about: &'static str,
    /// What the documentation adds to that out of the lists that the parser reads by.
    pub(crate) more: Option<fn() -> String>,
    /// What it is taken for where it is left out, as a query would say it, where that can be said.
    pub(crate) default: Option<&'static str>,
    /// Values for the documentation, as a query holds them once it is decoded.
    pub(crate) examples: &'static [&'static str],
}

/// What a parameter or a header field takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Takes {
    /// One of these words.
    Words(&'static [&'static str]),
    /// `true` or `false`.
    Truth,
    /// A number in a closed range, in this unit.
    Number { unit: &'static str, least: f64, most: f64 },
    /// A whole number in a closed range.
    Count { least: u16, most: u16 },
    /// A whole number from 0 to `most`, or a word.
    CountOr { most: u8, word: &'static str },
    /// Text of this form, a regular expression of ECMA-262; an empty one is any text.
    Text(&'static str),
    /// What a client knows something by, a text or a whole number, in the body alone.
    Id,
    /// A list of numbers, in the body alone.
    Numbers,
    /// A list of dates of this form, in the body alone.
    Dates(&'static str),
    /// Names separated by commas, none of them twice, each of this schema.
    Names(fn() -> RefOr<Schema>),
    /// Names with a number each, `name:number`, separated by commas; in a body, an object too. The form is that of one of them.
    Pairs(&'static str),
}

impl Parameter {
    /// A parameter without aliases that takes any text.
    pub(crate) const fn new(name: &'static str, about: &'static str) -> Parameter {
        Parameter {
            name,
            aliases: &[],
            is_in_path: false,
            is_needed: false,
            takes: Takes::Text(""),
            undone: None,
            about,
            more: None,
            default: None,
            examples: &[],
        }
    }

    /// The same with what it takes.
    pub(crate) const fn taking(mut self, takes: Takes) -> Parameter {
        self.takes = takes;
        self
    }

    /// The same as a part of the path, which is never left out.
    pub(crate) const fn in_path(mut self) -> Parameter {
        (self.is_in_path, self.is_needed) = (true, true);
        self
    }

    /// The same where nothing is answered without it.
    pub(crate) const fn needed(mut self) -> Parameter {
        self.is_needed = true;
        self
    }

    /// The same, understood by other names too.
    pub(crate) const fn or_called(mut self, aliases: &'static [&'static str]) -> Parameter {
        self.aliases = aliases;
        self
    }

    /// The same with more to say of it, which is written out of lists.
    pub(crate) const fn explained_by(mut self, more: fn() -> String) -> Parameter {
        self.more = Some(more);
        self
    }

    /// The same where a query string has less of a value than was meant: this undoes it.
    pub(crate) const fn undone_by(mut self, undo: fn(&str) -> String) -> Parameter {
        self.undone = Some(undo);
        self
    }

    /// The same with what leaving it out means.
    pub(crate) const fn by_default(mut self, value: &'static str) -> Parameter {
        self.default = Some(value);
        self
    }

    /// The same with examples.
    pub(crate) const fn such_as(mut self, examples: &'static [&'static str]) -> Parameter {
        self.examples = examples;
        self
    }

    /// The documentation of it in a request's target.
    pub(crate) fn document(&self) -> utoipa::openapi::path::Parameter {
        let takes = self.takes;
        let mut about = self.about.to_owned();
        if let Some(more) = self.more {
            about = format!("{about} {}", more());
        }
        if let Takes::Number { unit, .. } = takes {
            about = format!("{about} Unit: {unit}.");
        }
        if !self.aliases.is_empty() {
            let aliases: Vec<_> = self.aliases.iter().map(|alias| format!("`{alias}`")).collect();
            about = format!("{about} Also called {}.", aliases.join(" and "));
        }
        let parameter = ParameterBuilder::new()
            .name(self.name)
            .parameter_in(if self.is_in_path { ParameterIn::Path } else { ParameterIn::Query })
            .required(if self.is_needed { Required::True } else { Required::False })
            .description(Some(about))
            .schema(Some(takes.schema(self.default, self.examples)));
        match takes {
            Takes::Names(_) | Takes::Pairs(_) => {
                parameter.style(Some(ParameterStyle::Form)).explode(Some(false)).build()
            }
            _ => parameter.build(),
        }
    }
}

impl Takes {
    /// The schema of what is taken.
    pub(crate) fn schema(&self, default: Option<&str>, examples: &[&str]) -> RefOr<Schema> {
        let default = default.map(|text| self.value(text));
        let examples: Vec<Value> = examples.iter().map(|text| self.value(text)).collect();
        let object = |kind: Type| {
            ObjectBuilder::new().schema_type(kind).default(default.clone()).examples(examples.clone())
        };
        match *self {
            Takes::Words(words) => object(Type::String).enum_values(Some(words.iter().copied())).into(),
            Takes::Truth => object(Type::Boolean).into(),
            Takes::Number { least, most, .. } => object(Type::Number)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
                .minimum(Some(least))
                .maximum(Some(most))
                .into(),
            Takes::Count { least, most } => {
                object(Type::Integer).minimum(Some(least)).maximum(Some(most)).into()
            }
            Takes::CountOr { most, word } => AnyOfBuilder::new()
                .schema_type(SchemaType::AnyValue)
                .item(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(most)))
                .item(ObjectBuilder::new().schema_type(Type::String).enum_values(Some([word])))
                .default(default)
                .examples(examples)
                .into(),
            Takes::Text(pattern) => {
                object(Type::String).pattern(Some(pattern).filter(|pattern| !pattern.is_empty())).into()
            }
            Takes::Id => AnyOfBuilder::new()
                .schema_type(SchemaType::AnyValue)
                .item(ObjectBuilder::new().schema_type(Type::String))
                .item(ObjectBuilder::new().schema_type(Type::Integer))
                .examples(examples)
                .into(),
            Takes::Numbers => ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::Number))
                .min_items(Some(1))
                .into(),
            Takes::Dates(form) => ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::String).pattern(Some(form)))
                .min_items(Some(1))
                .into(),
            Takes::Names(one) => ArrayBuilder::new()
                .items(one())
                .min_items(Some(1))
                .unique_items(true)
                .default(default)
                .examples(examples)
                .into(),
            Takes::Pairs(form) => ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::String).pattern(Some(form)))
                .min_items(Some(1))
                .unique_items(true)
                .default(default)
                .examples(examples)
                .into(),
        }
    }

    /// A value that a query writes as this text.
    fn value(&self, text: &str) -> Value {
        match self {
            Takes::Truth | Takes::Number { .. } => text.parse().unwrap_or_else(|_| text.into()),
            Takes::Count { .. } | Takes::CountOr { .. } => {
                text.parse::<u16>().map_or_else(|_| text.into(), Value::from)
            }
            Takes::Names(_) | Takes::Pairs(_) | Takes::Numbers | Takes::Dates(_) => text.split(',').collect(),
            Takes::Id => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
            Takes::Words(_) | Takes::Text(_) => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn documented(parameter: Parameter) -> Value {
        serde_json::to_value(parameter.document()).unwrap()
    }

    #[test]
    fn what_is_documented_is_what_is_stated() {
        let lon = Parameter::new("lon", "Where.")
            .taking(Takes::Number { unit: "degrees", least: -180.0, most: 180.0 })
            .or_called(&["lng", "longitude"])
            .explained_by(|| "East is positive.".to_owned())
            .such_as(&["13.4"]);
        assert_eq!(
            documented(lon),
            json!({
                "name": "lon", "in": "query", "required": false,
                "description": "Where. East is positive. Unit: degrees. Also called `lng` and `longitude`.",
                "schema": {
                    "type": "number", "format": "double", "minimum": -180, "maximum": 180, "examples": [13.4],
                },
            })
        );
    }

    #[test]
    fn every_kind_has_its_schema() {
        let schema = |takes, default, examples: &[&str]| {
            serde_json::to_value(Takes::schema(&takes, default, examples)).unwrap()
        };
        assert_eq!(
            schema(Takes::Words(&["a", "b"]), Some("a"), &[]),
            json!({"type": "string", "enum": ["a", "b"], "default": "a"})
        );
        assert_eq!(schema(Takes::Truth, Some("false"), &[]), json!({"type": "boolean", "default": false}));
        assert_eq!(
            schema(Takes::CountOr { most: 15, word: "full" }, None, &["3", "full"]),
            json!({
                "anyOf": [
                    {"type": "integer", "minimum": 0, "maximum": 15}, {"type": "string", "enum": ["full"]},
                ],
                "examples": [3, "full"],
            })
        );
        assert_eq!(schema(Takes::Text("^x$"), None, &[]), json!({"type": "string", "pattern": "^x$"}));
        assert_eq!(schema(Takes::Text(""), None, &[]), json!({"type": "string"}));
    }

    #[test]
    fn lists_are_written_with_commas() {
        let one = || ObjectBuilder::new().schema_type(Type::String).into();
        let names = Parameter::new("names", "Who.").taking(Takes::Names(one)).such_as(&["sun,moon"]);
        let names = documented(names);
        assert_eq!((&names["style"], &names["explode"]), (&json!("form"), &json!(false)));
        assert_eq!(
            names["schema"],
            json!({
                "type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true,
                "examples": [["sun", "moon"]],
            })
        );
    }
}
