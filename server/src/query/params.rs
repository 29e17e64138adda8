//! The query string, taken apart: every parameter known, given once, with a value.

use std::borrow::Cow;
use std::iter;

use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

use super::parameter::Parameter;
use super::word::Word;
use crate::wire::problem::{Code, Problem, nearest, shown};

/// The parameters of a request by their canonical names. As many as most requests have need no memory of their own.
#[derive(Debug, Default)]
pub(crate) struct Params<'a> {
    given: SmallVec<[(&'static str, Cow<'a, str>); 3]>,
    /// What the resource takes.
    known: &'static [Parameter],
}

impl<'a> Params<'a> {
    /// Takes a query string apart.
    pub(crate) fn parse(query: &'a str, known: &'static [Parameter]) -> Result<Params<'a>, Problem> {
        let mut params = SmallVec::new();
        if query.is_empty() {
            return Ok(Params { given: params, known });
        }
        // Seen in one look: whether there is anything to be taken apart or to be decoded.
        let [mut many, mut encoded] = [false; 2];
        for byte in query.bytes() {
            many |= byte == b'&';
            encoded |= byte == b'%';
            encoded |= byte == b'+';
        }
        let mut rest = Some(query);
        while let Some(pairs) = rest {
            let (pair, others) = if many { split(pairs, b'&') } else { (pairs, None) };
            rest = others;
            let (name, value) = split(pair, b'=');
            let value = value.unwrap_or_default();
            let (name, value) = if encoded {
                (decode(name)?, decode(value)?)
            } else {
                (Cow::Borrowed(name), Cow::Borrowed(value))
            };
            if name.is_empty() {
                return Err(Problem::new(Code::MalformedQuery, "the query string has a part without a name")
                    .hint("separate parameters by single ampersands: date=2026-03-20&bodies=sun"));
            }
            let Parameter { name: canonical, undone, .. } = *parameter(&name, known, iter::empty())?;
            if value.is_empty() {
                return Err(Params::empty(canonical));
            }
            let value = match undone {
                Some(undo) => Cow::Owned(undo(&value)),
                None => value,
            };
            if params.iter().any(|(earlier, _): &(&str, Cow<str>)| *earlier == canonical) {
                return Err(Params::repeated(&name, canonical));
            }
            params.push((canonical, value));
        }
        Ok(Params { given: params, known })
    }

    /// None, of those that a resource takes.
    pub(super) fn knowing(known: &'static [Parameter]) -> Params<'a> {
        Params { given: SmallVec::new(), known }
    }

    /// The same with a part of the path as the parameter that it is.
    pub(crate) fn parse_in(
        query: &'a str,
        (name, part): (&'static str, &'a str),
        known: &'static [Parameter],
    ) -> Result<Params<'a>, Problem> {
        let mut params = Params::parse(query, known)?;
        params.given.push((name, undone(part)?));
        Ok(params)
    }

    /// The same, borrowed from nobody.
    pub(crate) fn into_owned(self) -> Params<'static> {
        let given = self.given.into_iter().map(|(name, value)| (name, Cow::Owned(value.into_owned())));
        Params { given: given.collect(), known: self.known }
    }

    /// Takes what is not given from others, but for those names.
    pub(super) fn take_from(&mut self, others: &'a Params<'_>, but_for: &[&str]) {
        for (name, value) in &others.given {
            if self.get(name).is_none() && !but_for.contains(name) {
                self.given.push((name, Cow::Borrowed(value.as_ref())));
            }
        }
    }

    /// Adds a parameter that is not there yet.
    pub(super) fn add(&mut self, name: &'static str, value: String) {
        self.given.push((name, Cow::Owned(value)));
    }

    /// The refusal of a parameter that is there twice, now by this name.
    pub(super) fn repeated(name: &str, canonical: &'static str) -> Problem {
        let detail = if name == canonical {
            format!("{canonical} is given twice")
        } else {
            format!("{} is another name of {canonical}, which is given already", shown(name))
        };
        Problem::new(Code::RepeatedParameter, detail)
            .parameter(canonical)
            .hint("give each parameter once; lists are separated by commas")
    }

    /// The refusal of a parameter without a value.
    pub(super) fn empty(canonical: &'static str) -> Problem {
        Problem::new(Code::EmptyParameter, format!("{canonical} has no value"))
            .parameter(canonical)
            .hint("give it a value, or leave it out")
    }

    /// The value of a parameter.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// Whether the resource takes a parameter: for hints, which shall not name what is refused next.
    pub(crate) fn takes(&self, name: &str) -> bool {
        self.known.iter().any(|known| known.name == name)
    }

    /// Whether others were given than these.
    pub(crate) fn has_others_than(&self, names: &[&str]) -> bool {
        self.given.iter().any(|(name, _)| !names.contains(name))
    }

    /// A number that is neither infinite nor none.
    #[inline]
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<f64>, Problem> {
        match self.get(name) {
            Some(text) => Params::read_number(name, text).map(Some),
            None => Ok(None),
        }
    }

    fn read_number(name: &'static str, text: &str) -> Result<f64, Problem> {
        // A plus that was not percent-encoded arrives as a space, before a number or its exponent.
        let spaced = text.bytes().any(|byte| byte == b' ');
        let read = if spaced { text.replace(' ', "+").parse::<f64>() } else { text.parse() };
        match read {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(Problem::new(
                Code::InvalidValue,
                format!("{name} is {}, which is no finite number", shown(text)),
            )
            .parameter(name)
            .hint(format!(
                "give a decimal number, such as {name}={}",
                if name.starts_with("jd") { "2461120.5" } else { "13.4" }
            ))),
        }
    }

    /// A whole number in a closed range.
    pub(crate) fn count(&self, name: &'static str, least: u32, most: u32) -> Result<Option<u32>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let problem = match text.parse::<u64>() {
            Ok(number) if is_whole && (u64::from(least)..=u64::from(most)).contains(&number) => {
                return Ok(Some(number as u32));
            }
            // Whole numbers that no machine holds are out of range as well.
            _ if is_whole => Problem::new(Code::OutOfRange, format!("{name} is {}", shown(text))),
            _ => Problem::new(
                Code::InvalidValue,
                format!("{name} is {}, which is no whole number", shown(text)),
            ),
        };
        Err(problem.parameter(name).hint(format!("give {name} from {least} to {most}")))
    }

    /// `true` or `false`.
    pub(crate) fn truth(&self, name: &'static str) -> Result<Option<bool>, Problem> {
        self.choice(name, &[("true", true), ("false", false)])
    }

    /// One of the words of a choice; the default where none is given.
    #[inline]
    pub(crate) fn word<W: Word + Default>(&self) -> Result<W, Problem> {
        Ok(self.choice(W::PARAMETER, W::ALL)?.unwrap_or_default())
    }

    /// One of several words.
    #[inline]
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, Problem> {
        let Some(given) = self.get(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == given) {
            Some((_, value)) => Ok(Some(*value)),
            None => Err(no_choice(name, given, words.iter().map(|(word, _)| *word))),
        }
    }
}

/// The refusal of a word that is none of those answered.
fn no_choice(name: &'static str, given: &str, words: impl Iterator<Item = &'static str> + Clone) -> Problem {
    let works = words.clone().collect::<Vec<_>>().join(" or ");
    let problem =
        Problem::new(Code::UnknownValue, format!("{} is no value of {name}", shown(given))).parameter(name);
    match nearest(given, words) {
        Some(word) => problem.hint(format!("did you mean {name}={word}?")),
        None => problem.hint(format!("give {name}={works}")),
    }
}

impl Params<'_> {
    /// The canonical name of a parameter, of a document that has parts of these names beside.
    pub(super) fn canonical(
        name: &str,
        known: &'static [Parameter],
        parts: impl Iterator<Item = &'static str> + Clone,
    ) -> Result<&'static str, Problem> {
        parameter(name, known, parts).map(|known| known.name)
    }
}

/// The parameter of a name or an alias. `parts` can be named beside, elsewhere than here.
fn parameter(
    name: &str,
    known: &'static [Parameter],
    parts: impl Iterator<Item = &'static str> + Clone,
) -> Result<&'static Parameter, Problem> {
    let asked = || known.iter().filter(|known| !known.is_in_path);
    let found = asked().find(|known| known.name == name || known.aliases.contains(&name));
    if let Some(known) = found {
        return Ok(known);
    }
    let problem =
        Problem::new(Code::UnknownParameter, format!("{} is no parameter of this resource", shown(name)))
            .parameter(shown(name));
    let every = asked().flat_map(|known| iter::once(known.name).chain(known.aliases.iter().copied()));
    let names: Vec<_> = parts.clone().chain(asked().map(|known| known.name)).collect();
    Err(match nearest(name, parts.chain(every)) {
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None if names.is_empty() => problem.hint("this resource takes no parameters"),
        None => problem.hint(format!("known are {}", names.join(", "))),
    })
}

/// What stands before the first such byte, and what behind it. Pairs are short: to look for the byte where it stands
/// costs less than to set out for a search.
#[inline]
fn split(text: &str, byte: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|other| other == byte).and_then(|at| text.split_at_checked(at)) {
        Some((before, behind)) => (before, behind.get(1..)),
        None => (text, None),
    }
}

/// Percent-encoding undone; a plus is a space, as forms send it.
fn decode(text: &str) -> Result<Cow<'_, str>, Problem> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return undone(&spaced).map(|text| Cow::Owned(text.into_owned()));
    }
    undone(text)
}

/// A text as it was before it was percent-encoded.
fn undone(text: &str) -> Result<Cow<'_, str>, Problem> {
    let bytes = text.as_bytes();
    let broken = bytes.iter().enumerate().any(|(at, byte)| {
        *byte == b'%' && !bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    if broken {
        return Err(Problem::new(
            Code::MalformedQuery,
            format!("{} has a % that no two hexadecimal digits follow", shown(text)),
        )
        .hint("write a percent sign as %25"));
    }
    percent_decode_str(text).decode_utf8().map_err(|_| {
        Problem::new(Code::MalformedQuery, format!("{} is not UTF-8 once decoded", shown(text)))
            .hint("percent-encode the bytes of UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Parameter] = &[
        Parameter::new("date", ""),
        Parameter::new("bodies", ""),
        Parameter::new("lon", "").or_called(&["lng"]),
    ];

    fn refused(query: &str) -> Problem {
        Params::parse(query, KNOWN).unwrap_err()
    }

    #[test]
    fn values_are_decoded_and_aliases_resolved() {
        let params =
            Params::parse("date=2026-03-20T01%3A00+02:00&lng=13.4&bodies=sun%2Cmoon", KNOWN).unwrap();
        assert_eq!(params.get("date"), Some("2026-03-20T01:00 02:00"));
        assert_eq!(params.number("lon").unwrap(), Some(13.4));
        assert_eq!(params.get("bodies"), Some("sun,moon"));
        assert_eq!(params.get("jd"), None);
    }

    #[test]
    fn unknown_repeated_and_empty_ones_are_refused_by_name() {
        let problem = refused("bodis=sun");
        assert_eq!((problem.code, problem.parameter.as_deref()), (Code::UnknownParameter, Some("bodis")));
        assert_eq!(problem.hint.as_deref(), Some("did you mean bodies?"));
        assert_eq!(refused("colour=red").hint.as_deref(), Some("known are date, bodies, lon"));
        assert_eq!(refused("date=now&date=now").code, Code::RepeatedParameter);
        assert_eq!(refused("lon=1&lng=1").code, Code::RepeatedParameter);
        assert_eq!(refused("date=").code, Code::EmptyParameter);
        assert_eq!(refused("date").code, Code::EmptyParameter);
        assert_eq!(refused("date=now&&lon=1").code, Code::MalformedQuery);
        assert_eq!(refused("=now").code, Code::MalformedQuery);
        assert_eq!(
            Params::parse("a=1", &[]).unwrap_err().hint.as_deref(),
            Some("this resource takes no parameters")
        );
    }

    #[test]
    fn broken_encodings_are_refused() {
        for query in ["date=%", "date=%2", "date=%zz", "date=%ff", "%=1", "date=+%"] {
            assert_eq!(refused(query).code, Code::MalformedQuery, "{query}");
        }
    }

    #[test]
    fn numbers_are_finite() {
        for value in ["nan", "NaN", "inf", "-infinity", "1e999", "one", "1,5", "0x10", "1 0", "  1", "1 "] {
            let query = format!("lon={}", value.replace(' ', "+"));
            let problem = Params::parse(&query, KNOWN).unwrap().number("lon").unwrap_err();
            assert_eq!(
                (problem.code, problem.parameter.as_deref()),
                (Code::InvalidValue, Some("lon")),
                "{value}"
            );
        }
        for (value, number) in [("+1", 1.0), ("2.5e+1", 25.0), ("2.5E%2B1", 25.0), ("-2.5e-1", -0.25)] {
            let query = format!("lon={value}");
            assert_eq!(Params::parse(&query, KNOWN).unwrap().number("lon").unwrap(), Some(number));
        }
    }

    #[test]
    fn choices_name_what_works() {
        const CENTER: &[Parameter] = &[Parameter::new("center", "")];
        let choose = |query: &'static str| {
            Params::parse(query, CENTER)
                .unwrap()
                .choice("center", &[("geo", ()), ("helio", ())])
                .map_err(|p| (p.code, p.hint.clone().unwrap()))
        };
        assert_eq!(choose("center=geo").unwrap(), Some(()));
        assert_eq!(choose("").unwrap(), None);
        assert_eq!(
            choose("center=hello").unwrap_err(),
            (Code::UnknownValue, "did you mean center=helio?".into())
        );
        assert_eq!(
            choose("center=mars").unwrap_err(),
            (Code::UnknownValue, "give center=geo or helio".into())
        );
    }
}
