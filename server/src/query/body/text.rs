//! A member's value as the text that a query string would have.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::super::parameter::Takes;
use super::list::{List, One};
use super::{MOST_TEXT_BYTES, Refused};
use crate::wire::problem::{Code, Problem};

/// A value as a query string would have it.
pub(super) struct Text<'a> {
    pub(super) name: &'static str,
    pub(super) takes: Option<Takes>,
    pub(super) refused: &'a Refused,
}

impl Text<'_> {
    /// Whether it may be a list.
    fn is_names(&self) -> bool {
        matches!(self.takes, Some(Takes::Names(_) | Takes::Pairs(_)))
    }

    /// Whether it may be an object of numbers.
    fn is_pairs(&self) -> bool {
        matches!(self.takes, Some(Takes::Pairs(_)))
    }

    /// Whether it is kept as JSON, so that a text is told from a number.
    fn is_id(&self) -> bool {
        matches!(self.takes, Some(Takes::Id))
    }

    /// Refuses what is longer than a query string may be, before it is copied: a body may be far longer.
    fn check_length<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        if bytes <= MOST_TEXT_BYTES {
            return Ok(());
        }
        let detail = format!("{} is longer than {MOST_TEXT_BYTES} bytes", self.name);
        let problem = Problem::new(Code::OutOfRange, detail).parameter(self.name);
        let remedy =
            if self.is_names() { "name fewer, in several requests" } else { "give less, or leave it out" };
        self.refused.end(problem.hint(remedy))
    }

    /// Adds another part to what commas separate.
    fn join<E: serde::de::Error>(&self, joined: &mut Option<String>, part: &str) -> Result<(), E> {
        match joined {
            None => {
                self.check_length(part.len())?;
                *joined = Some(part.to_owned());
            }
            Some(joined) => {
                self.check_length(joined.len() + 1 + part.len())?;
                joined.extend([",", part]);
            }
        }
        Ok(())
    }

    fn refuse<T, E: serde::de::Error>(&self, what: &str) -> Result<T, E> {
        let takes = if self.is_id() {
            "a text, or a whole number from -2^63 to 2^64-1"
        } else if self.is_pairs() {
            "an object of numbers, or a text such as name:number,name:number"
        } else if self.is_names() {
            "a list of texts, or a text with commas"
        } else {
            "a number, a truth or a text"
        };
        let problem = Problem::new(Code::InvalidValue, format!("{} is {what}", self.name))
            .parameter(self.name)
            .hint(format!("give {takes}, or leave it out"));
        self.refused.end(problem)
    }
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<String, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a parameter")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<String, E> {
        if self.is_id() { self.refuse("a truth value") } else { Ok(value.to_string()) }
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<String, E> {
        if self.is_id() {
            self.refuse("a number that is no whole one of 64 bits")
        } else {
            Ok(value.to_string())
        }
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<String, E> {
        self.check_length(value.len())?;
        Ok(if self.is_id() { Value::from(value).to_string() } else { value.to_owned() })
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<String, E> {
        self.refuse("null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<String, A::Error> {
        if !self.is_names() {
            return self.refuse("a list");
        }
        let mut names = None;
        List::<String>::of(self.name, self.refused).each(values, |name| self.join(&mut names, &name))?;
        Ok(names.unwrap_or_default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<String, A::Error> {
        if !self.is_pairs() {
            return self.refuse("an object");
        }
        let mut pairs = None;
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            match members.next_value::<One<f64>>()? {
                One::Fits(number) => self.join(&mut pairs, &format!("{name}:{number}"))?,
                One::Other(what) => {
                    let problem = Problem::new(Code::InvalidValue, format!("{}.{name} is {what}", self.name))
                        .parameter(self.name)
                        .hint(format!("give {} numbers alone", self.name));
                    return self.refused.end(problem);
                }
            }
        }
        Ok(pairs.unwrap_or_default())
    }
}
