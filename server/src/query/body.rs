//! Parameters in a JSON document: the same as in a query string, and lists of instants.
//!
//! A member's value is what its text would be in a query string: a number, a truth or a text is itself, and a list of
//! texts is what commas would separate. Lists of instants are read straight into numbers, however long.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::parameter::{Parameter, Takes};
use super::params::Params;
use crate::wire::problem::{Code, Problem, shown};

/// How long a member may be that lists no instants: as long as a query string may be.
const MOST_TEXT_BYTES: usize = 64 * 1024;

/// What the lists of a body may take when they are read, in lengths of the body: numbers of one digit take four times as
/// much as with their commas, and dates less.
pub(crate) const LISTS_PER_BODY: usize = 4;

/// Members that list instants.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Lists {
    pub(crate) jd: Option<Vec<f64>>,
    pub(crate) jd_tt: Option<Vec<f64>>,
    pub(crate) dates: Option<Vec<String>>,
}

/// Reads a document's members: lists of instants to themselves, all others beside the parameters that there are.
pub(crate) fn read(
    body: &[u8],
    known: &'static [Parameter],
    params: &mut Params<'_>,
) -> Result<Lists, Problem> {
    let refused = Refused::default();
    if body.is_empty() {
        return Err(Problem::new(Code::MalformedBody, "the body is empty").hint(EXAMPLE));
    }
    let mut reading = Reading { known, params, lists: Lists::default(), refused: &refused };
    let mut document = serde_json::Deserializer::from_slice(body);
    let outcome = DeserializeSeed::deserialize(&mut reading, &mut document).and_then(|()| document.end());
    match (outcome, refused.0.take()) {
        (_, Some(problem)) => Err(problem),
        (Ok(()), None) => Ok(reading.lists),
        (Err(error), None) => Err(not_json(&error)),
    }
}

/// What was refused of a document, and why: the reader's own errors cannot say as much.
#[derive(Default)]
struct Refused(RefCell<Option<Problem>>);

impl Refused {
    /// Takes note of it, and ends the reading.
    fn end<T, E: serde::de::Error>(&self, problem: Problem) -> Result<T, E> {
        self.0.replace(Some(problem));
        Err(E::custom("refused"))
    }
}

const EXAMPLE: &str = r#"send an object such as {"jd": [2461120.5, 2461121.5], "bodies": ["sun", "moon"]}"#;

fn not_json(error: &serde_json::Error) -> Problem {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "the body ends in the middle of its JSON",
        serde_json::error::Category::Data => "the body is no JSON object",
        // The one thing that JSON allows and a double does not.
        _ if error.to_string().starts_with("number out of range") => "a number is too large",
        _ => "the body is not JSON",
    };
    Problem::new(Code::MalformedBody, format!("{what}: line {}, column {}", error.line(), error.column()))
        .hint(EXAMPLE)
}

/// A document being read.
struct Reading<'a, 'p> {
    known: &'static [Parameter],
    params: &'a mut Params<'p>,
    lists: Lists,
    refused: &'a Refused,
}

impl<'de> DeserializeSeed<'de> for &mut Reading<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Reading<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            self.member(&name, &mut members)?;
        }
        Ok(())
    }
}

impl Reading<'_, '_> {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        let refused = self.refused;
        let canonical = match Params::canonical(name, self.known) {
            Ok(canonical) => canonical,
            Err(problem) => return refused.end(problem),
        };
        let is_taken = match canonical {
            "jd" => self.lists.jd.is_some(),
            "jd_tt" => self.lists.jd_tt.is_some(),
            "dates" => self.lists.dates.is_some(),
            _ => self.params.get(canonical).is_some(),
        };
        if is_taken {
            return refused.end(Params::repeated(name, canonical));
        }
        match canonical {
            "jd" => self.lists.jd = Some(members.next_value_seed(List::of(canonical, refused))?),
            "jd_tt" => self.lists.jd_tt = Some(members.next_value_seed(List::of(canonical, refused))?),
            "dates" => self.lists.dates = Some(members.next_value_seed(List::of(canonical, refused))?),
            _ => {
                let parameter = self.known.iter().find(|known| known.name == canonical);
                let is_names = parameter.is_some_and(|known| matches!(known.takes, Takes::Names(_)));
                let text = members.next_value_seed(Text { name: canonical, is_names, refused })?;
                if text.is_empty() {
                    return refused.end(Params::empty(canonical));
                }
                if text.len() > MOST_TEXT_BYTES {
                    let detail = format!("{canonical} is longer than {MOST_TEXT_BYTES} bytes");
                    let problem = Problem::new(Code::OutOfRange, detail).parameter(canonical);
                    return refused.end(problem.hint("name fewer, in several requests"));
                }
                self.params.add(canonical, text);
            }
        }
        Ok(())
    }
}

/// A value as a query string would have it.
struct Text<'a> {
    name: &'static str,
    /// Whether it may be a list.
    is_names: bool,
    refused: &'a Refused,
}

impl Text<'_> {
    fn refuse<T, E: serde::de::Error>(&self, what: &str) -> Result<T, E> {
        let takes = if self.is_names {
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

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_str<E>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<String, E> {
        self.refuse("null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<String, A::Error> {
        if self.is_names {
            Ok(List::<String>::of(self.name, self.refused).visit_seq(values)?.join(","))
        } else {
            self.refuse("a list")
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<String, A::Error> {
        self.refuse("an object")
    }
}

/// A list of values of one kind.
struct List<'a, T> {
    name: &'static str,
    refused: &'a Refused,
    kind: PhantomData<T>,
}

impl<'a, T: Element> List<'a, T> {
    const fn of(name: &'static str, refused: &'a Refused) -> List<'a, T> {
        List { name, refused, kind: PhantomData }
    }

    fn refuse<V, E: serde::de::Error>(&self, parameter: String, what: &str) -> Result<V, E> {
        let problem = Problem::new(Code::InvalidValue, format!("{parameter} is {what}"))
            .parameter(parameter)
            .hint(format!("give a list of {} alone as {}", T::KIND, self.name));
        self.refused.end(problem)
    }
}

/// What a list can hold.
trait Element: Sized {
    /// What many of it are called.
    const KIND: &'static str;

    /// The element that a number is, or a text.
    fn of(value: Scalar<'_>) -> Option<Self>;
}

/// What a list may have in it.
enum Scalar<'a> {
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element::<One<T>>()? {
            match value {
                One::Fits(value) => list.push(value),
                One::Other(what) => return self.refuse(format!("{}[{}]", self.name, list.len()), &what),
            }
        }
        list.shrink_to_fit();
        if list.is_empty() { self.refused.end(Params::empty(self.name)) } else { Ok(list) }
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
enum One<T> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::positions::POSTED;

    fn read_one(body: &str) -> Result<(Lists, Vec<(String, String)>), Problem> {
        let mut params = Params::default();
        let lists = read(body.as_bytes(), POSTED, &mut params)?;
        let members = ["bodies", "center", "lat", "allow_moshier", "precision"];
        let given =
            members.into_iter().filter_map(|name| Some((name.to_owned(), params.get(name)?.to_owned())));
        Ok((lists, given.collect()))
    }

    #[test]
    fn members_are_parameters_and_lists() {
        let (lists, given) = read_one(
            r#"{"jd": [2451545, 2451545.5], "bodies": ["sun", "moon"], "center": "topo", "latitude": -33.25,
                "allow_moshier": true, "precision": 6}"#,
        )
        .unwrap();
        assert_eq!(lists, Lists { jd: Some(vec![2_451_545.0, 2_451_545.5]), ..Lists::default() });
        let given: Vec<_> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
        let wanted = [
            ("bodies", "sun,moon"),
            ("center", "topo"),
            ("lat", "-33.25"),
            ("allow_moshier", "true"),
            ("precision", "6"),
        ];
        assert_eq!(given, wanted);
        let (lists, given) =
            read_one(r#"{"dates": ["2026-01-01", "2026-01-02T12:00Z"], "bodies": "all"}"#).unwrap();
        assert_eq!(lists.dates.unwrap().len(), 2);
        assert_eq!(given, [("bodies".to_owned(), "all".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_named_where_it_stands() {
        for (body, code, parameter) in [
            ("", Code::MalformedBody, None),
            ("[]", Code::MalformedBody, None),
            (r#"{"jd": [1"#, Code::MalformedBody, None),
            (r#"{"jd": [1]} {}"#, Code::MalformedBody, None),
            (r#"{"jd": [1e999]}"#, Code::MalformedBody, None),
            (r#"{"jd": [NaN]}"#, Code::MalformedBody, None),
            (r#"{"jd": []}"#, Code::EmptyParameter, Some("jd")),
            (r#"{"jd": 1}"#, Code::InvalidValue, Some("jd")),
            (r#"{"jd": null}"#, Code::InvalidValue, Some("jd")),
            (r#"{"jd": {"a": 1}}"#, Code::InvalidValue, Some("jd")),
            (r#"{"jd": [1, 2, "3"]}"#, Code::InvalidValue, Some("jd[2]")),
            (r#"{"jd": [[1], 2]}"#, Code::InvalidValue, Some("jd[0]")),
            (r#"{"jd_tt": [1, null]}"#, Code::InvalidValue, Some("jd_tt[1]")),
            (r#"{"dates": ["2026-01-01", {"a": []}]}"#, Code::InvalidValue, Some("dates[1]")),
            (r#"{"bodies": ["sun", true]}"#, Code::InvalidValue, Some("bodies[1]")),
            (r#"{"bodies": ["sun", 433]}"#, Code::InvalidValue, Some("bodies[1]")),
            (r#"{"bodies": []}"#, Code::EmptyParameter, Some("bodies")),
            (r#"{"center": ["geo"]}"#, Code::InvalidValue, Some("center")),
            (r#"{"center": {}}"#, Code::InvalidValue, Some("center")),
            (r#"{"center": null}"#, Code::InvalidValue, Some("center")),
            (r#"{"center": ""}"#, Code::EmptyParameter, Some("center")),
            (r#"{"centre": "geo"}"#, Code::UnknownParameter, Some("centre")),
            (r#"{"lat": 1, "latitude": 2}"#, Code::RepeatedParameter, Some("lat")),
            (r#"{"jd": [1], "jd_ut": [2]}"#, Code::RepeatedParameter, Some("jd")),
        ] {
            let problem = read_one(body).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, parameter), "{body}");
            assert!(problem.hint.is_some(), "{body}");
        }
    }
}
