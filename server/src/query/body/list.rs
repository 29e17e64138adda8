//! Lists of instants, which are read straight into numbers or texts.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::params::Params;
use super::Refused;
use crate::wire::problem::{Code, Problem, shown};

/// A list of values of one kind.
pub(super) struct List<'a, T> {
    name: &'static str,
    refused: &'a Refused,
    kind: PhantomData<T>,
}

impl<'a, T: Element> List<'a, T> {
    pub(super) const fn of(name: &'static str, refused: &'a Refused) -> List<'a, T> {
        List { name, refused, kind: PhantomData }
    }

    /// Hands on one element after the other, and refuses a list of none.
    pub(super) fn each<'de, A: SeqAccess<'de>>(
        self,
        mut values: A,
        mut take: impl FnMut(T) -> Result<(), A::Error>,
    ) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(value) = values.next_element::<One<T>>()? {
            match value {
                One::Fits(value) => take(value)?,
                One::Other(what) => return self.refuse(format!("{}[{count}]", self.name), &what),
            }
            count += 1;
        }
        if count == 0 { self.refused.end(Params::empty(self.name)) } else { Ok(()) }
    }

    fn refuse<V, E: serde::de::Error>(&self, parameter: String, what: &str) -> Result<V, E> {
        let problem = Problem::new(Code::InvalidValue, format!("{parameter} is {what}"))
            .parameter(parameter)
            .hint(format!("give a list of {} alone as {}", T::KIND, self.name));
        self.refused.end(problem)
    }
}

/// What a list can hold.
pub(super) trait Element: Sized {
    /// What many of it are called.
    const KIND: &'static str;

    /// The element that a number is, or a text.
    fn of(value: Scalar<'_>) -> Option<Self>;
}

/// What a list may have in it.
pub(super) enum Scalar<'a> {
    Number(f64),
    Text(&'a str),
}

impl Element for f64 {
    const KIND: &'static str = "numbers";

    fn of(value: Scalar<'_>) -> Option<f64> {
        if let Scalar::Number(number) = value { Some(number) } else { None }
    }
}

impl Element for String {
    const KIND: &'static str = "texts";

    fn of(value: Scalar<'_>) -> Option<String> {
        if let Scalar::Text(text) = value { Some(text.to_owned()) } else { None }
    }
}

impl<'de, T: Element> DeserializeSeed<'de> for List<'_, T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Vec<T>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, T: Element> Visitor<'de> for List<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", T::KIND)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        self.each(values, |value| {
            list.push(value);
            Ok(())
        })?;
        list.shrink_to_fit();
        Ok(list)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Vec<T>, E> {
        self.refuse(self.name.to_owned(), "a truth value")
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Vec<T>, E> {
        self.refuse(self.name.to_owned(), "one number")
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Vec<T>, E> {
        self.refuse(self.name.to_owned(), "one number")
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Vec<T>, E> {
        self.refuse(self.name.to_owned(), "one number")
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Vec<T>, E> {
        self.refuse(self.name.to_owned(), "one text")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Vec<T>, E> {
        self.refuse(self.name.to_owned(), "null")
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Vec<T>, A::Error> {
        self.refuse(self.name.to_owned(), "an object")
    }
}

/// An element of a list, or what stands in its place.
pub(super) enum One<T> {
    Fits(T),
    Other(String),
}

impl<'de, T: Element> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<One<T>, D::Error> {
        value.deserialize_any(OneOf(PhantomData))
    }
}

struct OneOf<T>(PhantomData<T>);

impl<T: Element> OneOf<T> {
    fn number(number: f64) -> One<T> {
        T::of(Scalar::Number(number)).map_or_else(|| One::Other(format!("the number {number}")), One::Fits)
    }
}

impl<'de, T: Element> Visitor<'de> for OneOf<T> {
    type Value = One<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an element of a list")
    }

    fn visit_f64<E>(self, value: f64) -> Result<One<T>, E> {
        Ok(OneOf::number(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<One<T>, E> {
        Ok(OneOf::number(value as f64))
    }

    fn visit_i64<E>(self, value: i64) -> Result<One<T>, E> {
        Ok(OneOf::number(value as f64))
    }

    fn visit_str<E>(self, value: &str) -> Result<One<T>, E> {
        let other = || One::Other(format!("the text {}", shown(value)));
        Ok(T::of(Scalar::Text(value)).map_or_else(other, One::Fits))
    }

    fn visit_bool<E>(self, value: bool) -> Result<One<T>, E> {
        Ok(One::Other(format!("the truth value {value}")))
    }

    fn visit_unit<E>(self) -> Result<One<T>, E> {
        Ok(One::Other("null".to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<One<T>, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(One::Other("a list".to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<One<T>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(One::Other("an object".to_owned()))
    }
}
