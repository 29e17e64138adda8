//! The media types of replies, in one list, and which of them a client gets. That of refusals is
//! [with them](crate::wire::problem::MEDIA_TYPE).

use std::cmp::Reverse;

use http::header::ACCEPT;

use crate::wire::preference::{Preference, preferences};
use crate::wire::problem::{Code, Problem, nearest, shown};
use crate::wire::request::Request;

pub(crate) const JSON: &str = "application/json";

pub(crate) const HTML: &str = "text/html; charset=utf-8";

pub(crate) const CSS: &str = "text/css; charset=utf-8";

pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) const SVG: &str = "image/svg+xml";

/// A format of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// A JSON document on each line.
    Ndjson,
    Csv,
    /// A stream of Arrow's inter-process format.
    Arrow,
    /// A calendar.
    Ics,
    /// Shapes on the ground.
    Geojson,
    /// A picture.
    Svg,
    /// What is measured, as Prometheus reads it.
    Prometheus,
    /// The same as the standard has it that came of it.
    OpenMetrics,
    /// Server-sent events, which hold data of another format.
    Sse,
    /// Sentences.
    Text,
}

impl Format {
    /// Those that `format=` names.
    pub(crate) const ALL: [Format; 10] = [
        Format::Json,
        Format::Ndjson,
        Format::Csv,
        Format::Arrow,
        Format::Ics,
        Format::Geojson,
        Format::Svg,
        Format::Text,
        Format::Prometheus,
        Format::OpenMetrics,
    ];

    /// As `format=` names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
            Format::Arrow => "arrow",
            Format::Ics => "ics",
            Format::Geojson => "geojson",
            Format::Svg => "svg",
            Format::Prometheus => "prometheus",
            Format::OpenMetrics => "openmetrics",
            Format::Sse => "sse",
            Format::Text => "text",
        }
    }

    /// The media types that it is asked for by, and the first of which it is sent as.
    const fn media_types(self) -> &'static [&'static str] {
        match self {
            Format::Json => &[JSON],
            Format::Ndjson => &["application/x-ndjson", "application/ndjson", "application/jsonl"],
            Format::Csv => &["text/csv"],
            Format::Arrow => &["application/vnd.apache.arrow.stream"],
            Format::Ics => &["text/calendar"],
            // It is JSON, and who takes any JSON takes it.
            Format::Geojson => &["application/geo+json", JSON],
            Format::Svg => &[SVG],
            Format::Prometheus | Format::Text => &["text/plain"],
            Format::OpenMetrics => &["application/openmetrics-text"],
            Format::Sse => &["text/event-stream"],
        }
    }

    /// The value of `Content-Type`.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            // A reader that is not told takes it for ASCII (RFC 7111); no name in it is beyond that, but that may change.
            Format::Csv => "text/csv; charset=utf-8",
            Format::Text => "text/plain; charset=utf-8",
            Format::Ics => "text/calendar; charset=utf-8",
            Format::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            format => format.media_types()[0],
        }
    }

    /// Whether a media type, without its parameters, is one that it is called by.
    pub(crate) fn is_called(self, media_type: &str) -> bool {
        self.media_types().iter().any(|known| known.eq_ignore_ascii_case(media_type))
    }

    /// How closely a media range names it, if it does: a type more closely than `type/*`, and that more than `*/*`.
    fn closeness(self, range: &str) -> Option<u8> {
        if self.is_called(range) {
            return Some(2);
        }
        match range.split_once('/') {
            Some(("*", "*")) => Some(0),
            Some((kind, "*")) => {
                let own = self.media_types()[0].split_once('/').map(|(kind, _)| kind);
                own.is_some_and(|own| own.eq_ignore_ascii_case(kind)).then_some(1)
            }
            _ => None,
        }
    }

    /// How gladly a client takes it: the weight of what names it most closely, and how closely that does.
    fn appeal(self, ranges: &[Preference<'_>]) -> Option<(u16, u8)> {
        let naming = ranges.iter().filter_map(|range| Some((self.closeness(range.name)?, range.weight)));
        naming.max().filter(|(_, weight)| *weight > 0).map(|(closeness, weight)| (weight, closeness))
    }
}

impl Request {
    /// The format to answer in, of those that a resource offers. What `format=` names goes before `Accept`, which a browser
    /// sends unasked. Of `Accept` the format of the greatest weight is taken, of several the one that is named most
    /// closely, and of these the first that is offered.
    ///
    /// # Errors
    /// 422 where `format=` names no format, 406 where it, or all that is accepted, is not offered.
    pub(crate) fn format(&self, given: Option<&str>, offered: &'static [Format]) -> Result<Format, Problem> {
        if let Some(given) = given {
            return named(given, offered);
        }
        let first = offered.first().copied().unwrap_or(Format::Json);
        if !self.has_accept() {
            return Ok(first);
        }
        let Some(ranges) = preferences(self.headers(), ACCEPT) else { return Ok(first) };
        let appeals = offered
            .iter()
            .enumerate()
            .filter_map(|(nth, format)| format.appeal(&ranges).map(|appeal| (appeal, Reverse(nth), *format)));
        let best = appeals.max_by_key(|(appeal, nth, _)| (*appeal, *nth));
        best.map(|(.., format)| format).ok_or_else(|| not_offered(offered))
    }
}

/// The format of a name.
fn named(name: &str, offered: &'static [Format]) -> Result<Format, Problem> {
    let Some(format) = offered.iter().find(|format| format.name() == name) else {
        let known = || Format::ALL.map(Format::name).into_iter();
        if known().any(|known| known == name) {
            return Err(not_offered(offered).parameter("format"));
        }
        let problem = Problem::new(Code::UnknownValue, format!("{} is no value of format", shown(name)))
            .parameter("format");
        return Err(match nearest(name, known()) {
            Some(meant) => problem.hint(format!("did you mean format={meant}?")),
            None => problem.hint(format!("give format={}", names(offered))),
        });
    };
    Ok(*format)
}

/// 406, with what is offered.
fn not_offered(offered: &'static [Format]) -> Problem {
    let media_types: Vec<_> = offered.iter().map(|format| format.media_types()[0]).collect();
    let detail = match media_types.as_slice() {
        [alone] => format!("this resource is offered as {alone} alone"),
        several => format!("this resource is offered as {}", listed(several, "and")),
    };
    let hint = format!(
        "send `Accept: {}`, or leave it out, and format={}",
        media_types.first().copied().unwrap_or(JSON),
        names(offered)
    );
    Problem::new(Code::NotAcceptable, detail).hint(hint)
}

fn names(offered: &[Format]) -> String {
    listed(&offered.iter().map(|format| format.name()).collect::<Vec<_>>(), "or")
}

/// Words as a sentence lists them.
pub(super) fn listed(words: &[&str], joint: &str) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} {joint} {last}", first.join(", ")),
        words => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Format] = &[Format::Json, Format::Ndjson, Format::Csv, Format::Arrow];

    fn accepted(accept: &str, offered: &'static [Format]) -> Result<Format, Problem> {
        Request::to("/", &[("accept", accept)]).format(None, offered)
    }

    #[test]
    fn the_weightiest_and_closest_of_what_is_accepted_is_taken() {
        for (accept, format) in [
            ("*/*", Format::Json),
            ("text/html,application/xml;q=0.9,*/*;q=0.8", Format::Json),
            ("text/csv", Format::Csv),
            ("Text/CSV; header=present", Format::Csv),
            ("text/*", Format::Csv),
            ("application/x-ndjson", Format::Ndjson),
            ("application/jsonl", Format::Ndjson),
            ("application/ndjson;q=0.1", Format::Ndjson),
            ("application/vnd.apache.arrow.stream", Format::Arrow),
            ("application/*", Format::Json),
            // The greater weight first, then the closer name, then the order of what is offered.
            ("application/json;q=0.5, text/csv;q=0.6", Format::Csv),
            ("text/csv, */*", Format::Csv),
            ("application/json, text/csv", Format::Json),
            ("text/csv, application/json", Format::Json),
            // The closest range decides of each, whatever the wider ones say.
            ("application/json;q=0, */*", Format::Ndjson),
            ("application/*;q=0, */*;q=0.1", Format::Csv),
            ("application/json, */*;q=0", Format::Json),
            ("text/csv;q=0, text/csv;q=0.5", Format::Csv),
        ] {
            assert_eq!(accepted(accept, TABLE), Ok(format), "{accept}");
        }
        for accept in ["application/xml, image/*", "text/csv;q=0", "*/*;q=0", "*", "json"] {
            let problem = accepted(accept, TABLE).unwrap_err();
            assert_eq!(problem.code, Code::NotAcceptable, "{accept}");
            assert_eq!(
                problem.detail,
                "this resource is offered as application/json, application/x-ndjson, text/csv and \
                 application/vnd.apache.arrow.stream"
            );
            assert_eq!(
                problem.hint.as_deref(),
                Some(
                    "send `Accept: application/json`, or leave it out, and format=json, ndjson, csv or arrow"
                )
            );
        }
        let nothing = Request::to("/", &[]);
        assert_eq!(nothing.format(None, TABLE), Ok(Format::Json));
        assert_eq!(nothing.format(None, &[Format::Csv]), Ok(Format::Csv));
    }

    #[test]
    fn where_json_alone_is_offered_it_is_taken_or_nothing() {
        const ALONE: &[Format] = &[Format::Json];
        for accept in [
            "application/json",
            "*/*",
            "text/html,application/xml;q=0.9,*/*;q=0.8",
            "Application/JSON; q=0.1",
            "application/json, */*;q=0",
        ] {
            assert_eq!(accepted(accept, ALONE), Ok(Format::Json), "{accept}");
        }
        for accept in [
            "text/csv",
            "application/json;q=0",
            "application/xml, text/*",
            "application/json;q=0, */*",
            "*/*, application/*;q=0.0",
        ] {
            let problem = accepted(accept, ALONE).unwrap_err();
            assert_eq!(problem.code, Code::NotAcceptable, "{accept}");
            assert_eq!(problem.detail, "this resource is offered as application/json alone");
            let named = Request::to("/", &[("accept", accept)]).format(Some("json"), ALONE);
            assert_eq!(named, Ok(Format::Json), "{accept}");
        }
    }

    #[test]
    fn each_format_is_sent_as_a_type_that_it_is_asked_for_by() {
        const CALENDAR: &[Format] = &[Format::Json, Format::Ics];
        const MAP: &[Format] = &[Format::Geojson, Format::Svg];
        const METRICS: &[Format] = &[Format::Prometheus, Format::OpenMetrics];
        const SENTENCES: &[Format] = &[Format::Text, Format::Json];
        for format in Format::ALL {
            let mut offered = [TABLE, CALENDAR, MAP, METRICS, SENTENCES].into_iter();
            let offered = offered.find(|offered| offered.contains(&format)).unwrap();
            assert_eq!(accepted(format.media_type(), offered), Ok(format));
        }
        assert_eq!(accepted("application/json", MAP), Ok(Format::Geojson));
        let prometheus =
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(accepted(prometheus, METRICS), Ok(Format::OpenMetrics));
        assert_eq!(accepted("*/*", METRICS), Ok(Format::Prometheus));
        assert_eq!(accepted("text/*", SENTENCES), Ok(Format::Text));
    }

    #[test]
    fn a_name_goes_before_the_header() {
        let request = Request::to("/", &[("accept", "application/json")]);
        let asked = |name, offered| request.format(Some(name), offered);
        for format in TABLE {
            assert_eq!(asked(format.name(), TABLE), Ok(*format));
        }
        for name in ["svg", "geojson", "ics", "text"] {
            let problem = asked(name, TABLE).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (Code::NotAcceptable, Some("format")));
        }
        let problem = asked("csv", &[Format::Json]).unwrap_err();
        assert_eq!((problem.code, problem.parameter.as_deref()), (Code::NotAcceptable, Some("format")));
        for (name, hint) in [
            ("jsn", "did you mean format=json?"),
            ("excel", "give format=json, ndjson, csv or arrow"),
            ("JSON", "did you mean format=json?"),
        ] {
            let problem = asked(name, TABLE).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (Code::UnknownValue, Some("format")));
            assert_eq!(problem.hint.as_deref(), Some(hint));
        }
    }
}
