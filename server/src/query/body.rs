//! Parameters in a JSON document: the same as in a query string, and lists of instants.
//!
//! A member's value is what its text would be in a query string: a number, a truth or a text is itself, a list of
//! texts is what commas would separate, and an object of numbers is such a list with a colon between name and number. Lists of
//! instants are read straight into numbers, however long. A member may be a document itself, such as a chart among two.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::time::SystemTime;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::parameter::{Parameter, Takes};
use super::params::Params;
use crate::wire::problem::{Code, Problem};

mod list;
mod text;

#[cfg(test)]
mod tests;

use list::List;
use text::Text;

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

/// A member that is a document itself.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// What it may have for members.
    pub(crate) known: &'static [Parameter],
    /// Its members; `None` where it is not there.
    pub(crate) params: Option<Params<'static>>,
}

/// What is posted of a chart or two, to be read.
pub(crate) struct Posted<'a, 'p> {
    pub(crate) document: &'a [u8],
    /// What a chart may have for members.
    pub(crate) chart: &'static [Parameter],
    /// What is asked of the charts, beside them.
    pub(crate) own: &'static [Parameter],
    /// What of that the query string says; what the document says comes to it.
    pub(crate) params: &'a mut Params<'p>,
    /// What charts mean that say nothing of when.
    pub(crate) now: SystemTime,
}

impl Posted<'_, '_> {
    /// Reads what is asked, and the charts of these names; of one that is not there, `None`. `example` is what to send instead of what
    /// is no document.
    pub(super) fn charts<const N: usize>(
        &mut self,
        names: [&'static str; N],
        example: &'static str,
    ) -> Result<[Option<Params<'static>>; N], Problem> {
        let mut parts = names.map(|name| Part { name, known: self.chart, params: None });
        read_parts(self.document, self.own, self.params, &mut parts, example)?;
        Ok(parts.map(|part| part.params))
    }
}

/// Reads a document's members: lists of instants to themselves, all others beside the parameters that there are.
pub(crate) fn read(
    body: &[u8],
    known: &'static [Parameter],
    params: &mut Params<'_>,
) -> Result<Lists, Problem> {
    read_parts(body, known, params, &mut [], EXAMPLE)
}

/// The same of a document some of whose members are documents. `example` is what to send instead of what is none.
pub(crate) fn read_parts(
    body: &[u8],
    known: &'static [Parameter],
    params: &mut Params<'_>,
    parts: &mut [Part],
    example: &'static str,
) -> Result<Lists, Problem> {
    let refused = Refused::default();
    if body.is_empty() {
        return Err(Problem::new(Code::MalformedBody, "the body is empty").hint(example));
    }
    let mut reading = Reading { known, params, lists: Lists::default(), parts, refused: &refused };
    let mut document = serde_json::Deserializer::from_slice(body);
    let outcome = DeserializeSeed::deserialize(&mut reading, &mut document).and_then(|()| document.end());
    match (outcome, refused.0.take()) {
        (_, Some(problem)) => Err(problem),
        (Ok(()), None) => Ok(reading.lists),
        (Err(error), None) => Err(not_json(&error, example)),
    }
}

/// What was refused of a document, and why: the reader's own errors cannot say as much.
#[derive(Default)]
struct Refused(RefCell<Option<Problem>>);

impl Refused {
    /// Says in which part of the document it was.
    fn within(&self, part: &'static str) {
        let mut refused = self.0.borrow_mut();
        *refused = refused.take().map(|problem| problem.within(part));
    }

    /// Takes note of it, and ends the reading.
    fn end<T, E: serde::de::Error>(&self, problem: Problem) -> Result<T, E> {
        self.0.replace(Some(problem));
        Err(E::custom("refused"))
    }
}

const EXAMPLE: &str = r#"send an object such as {"jd": [2461120.5, 2461121.5], "bodies": ["sun", "moon"]}"#;

fn not_json(error: &serde_json::Error, example: &'static str) -> Problem {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "the body ends in the middle of its JSON",
        serde_json::error::Category::Data => "the body is no JSON object",
        // The one thing that JSON allows and a double does not.
        _ if error.to_string().starts_with("number out of range") => "a number is too large",
        _ => "the body is not JSON",
    };
    Problem::new(Code::MalformedBody, format!("{what}: line {}, column {}", error.line(), error.column()))
        .hint(example)
}

/// A document being read.
struct Reading<'a, 'p> {
    known: &'static [Parameter],
    params: &'a mut Params<'p>,
    lists: Lists,
    parts: &'a mut [Part],
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
        if let Some(part) = self.parts.iter_mut().find(|part| part.name == name) {
            if part.params.is_some() {
                return refused.end(Params::repeated(name, part.name));
            }
            let read = members.next_value_seed(Within { part: &mut *part, refused });
            return read.inspect_err(|_| refused.within(part.name));
        }
        let parts = self.parts.iter().map(|part| part.name);
        let canonical = match Params::canonical(name, self.known, parts) {
            Ok(canonical) => canonical,
            Err(problem) => return refused.end(problem),
        };
        let parameter = self.known.iter().find(|known| known.name == canonical);
        let takes = parameter.map(|known| known.takes);
        let is_list = matches!(takes, Some(Takes::Numbers | Takes::Dates(_)));
        let is_taken = match canonical {
            "jd" if is_list => self.lists.jd.is_some(),
            "jd_tt" if is_list => self.lists.jd_tt.is_some(),
            "dates" if is_list => self.lists.dates.is_some(),
            _ => self.params.get(canonical).is_some(),
        };
        if is_taken {
            return refused.end(Params::repeated(name, canonical));
        }
        match canonical {
            "jd" if is_list => {
                self.lists.jd = Some(members.next_value_seed(List::of(canonical, refused))?);
            }
            "jd_tt" if is_list => {
                self.lists.jd_tt = Some(members.next_value_seed(List::of(canonical, refused))?);
            }
            "dates" if is_list => {
                self.lists.dates = Some(members.next_value_seed(List::of(canonical, refused))?);
            }
            _ => {
                let text = members.next_value_seed(Text { name: canonical, takes, refused })?;
                if text.is_empty() {
                    return refused.end(Params::empty(canonical));
                }
                self.params.add(canonical, text);
            }
        }
        Ok(())
    }
}

/// A document within a document.
struct Within<'a> {
    part: &'a mut Part,
    refused: &'a Refused,
}

impl Within<'_> {
    fn refuse<T, E: serde::de::Error>(&self, what: &str) -> Result<T, E> {
        let name = self.part.name;
        let problem = Problem::new(Code::InvalidValue, format!("{name} is {what}"));
        self.refused.end(problem.hint(format!("give {name} as an object, such as {{\"date\": …}}")))
    }
}

impl<'de> DeserializeSeed<'de> for Within<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let Within { part, refused } = self;
        let params = part.params.insert(Params::knowing(part.known));
        let mut reading =
            Reading { known: part.known, params, lists: Lists::default(), parts: &mut [], refused };
        (&mut reading).visit_map(members)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.refuse("a truth value")
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.refuse("a number")
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.refuse("a number")
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.refuse("a number")
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.refuse("a text")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.refuse("null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.refuse("a list")
    }
}
