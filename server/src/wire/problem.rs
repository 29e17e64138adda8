//! What a client is told when it gets no answer: RFC 9457 problem documents with stable codes.
//!
//! Each code has one status and one title, stated in the table of [`Code`]. `detail` says what was wrong with this
//! request, `hint` what to send instead, `parameter` where.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_VERSION};
use http::{HeaderValue, Response, StatusCode};
use orrery_almanac::Calendar;
pub(crate) use orrery_almanac::suggest::nearest;
use serde::Serialize;

/// Media type of a problem document.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// The version of WebSocket that is spoken, the only one there is.
pub(crate) const WEBSOCKET_VERSION: &str = "13";

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:ident, $title:literal;)*) => {
        /// The kinds of refusal and failure, by the names that clients may rely on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable name.
            #[must_use]
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The status that the code always comes with.
            #[must_use]
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Code::$variant => StatusCode::$status,)* }
            }

            /// What the code means, whatever the request.
            #[must_use]
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }
        }
    };
}

codes! {
    /// The bytes on the wire are no HTTP request.
    MalformedRequest = "malformed_request", BAD_REQUEST, "The request is not HTTP";
    /// The query string is not percent-encoded UTF-8.
    MalformedQuery = "malformed_query", BAD_REQUEST, "The query string cannot be read";
    /// A parameter that this route does not take.
    UnknownParameter = "unknown_parameter", BAD_REQUEST, "Unknown parameter";
    /// A parameter that came twice, perhaps by an alias.
    RepeatedParameter = "repeated_parameter", BAD_REQUEST, "Repeated parameter";
    /// A parameter without a value.
    EmptyParameter = "empty_parameter", BAD_REQUEST, "Empty parameter";
    /// A parameter that the route cannot do without.
    MissingParameter = "missing_parameter", UNPROCESSABLE_ENTITY, "A parameter is missing";
    /// A value that is no number, no truth value or no date.
    InvalidValue = "invalid_value", BAD_REQUEST, "The value cannot be read";
    /// A body where the method takes none.
    UnexpectedBody = "unexpected_body", BAD_REQUEST, "The request has a body";
    /// A body that is cut short, or no whole stream of its coding.
    MalformedBody = "malformed_body", BAD_REQUEST, "The body cannot be read";
    /// A body longer than the limit.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// A handshake of WebSocket that is none, or one of another version.
    MalformedHandshake = "malformed_handshake", BAD_REQUEST, "The WebSocket handshake cannot be read";
    /// No resource at this path.
    NotFound = "not_found", NOT_FOUND, "No such resource";
    /// The resource does not take this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The resource does not take this method";
    /// None of the formats that the client takes is offered.
    NotAcceptable = "not_acceptable", NOT_ACCEPTABLE, "No format that you accept is offered here";
    /// The request did not arrive in time.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long to arrive";
    /// Only live computing can answer, and `source=table` forbids it.
    TableOnly = "table_only", CONFLICT, "The tables cannot answer this";
    /// Only live computing can answer, and the server has no ephemeris files to compute from.
    LiveUnavailable = "live_unavailable", CONFLICT, "Live computing is not available here";
    /// The server has no catalogue of fixed stars.
    CatalogueUnavailable = "catalogue_unavailable", CONFLICT, "There is no star catalogue here";
    /// The request target is longer than the limit.
    TargetTooLong = "target_too_long", URI_TOO_LONG, "The request target is too long";
    /// A body of another media type than the resource takes.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body has a type that is not taken";
    /// A body with a content coding that is not undone here.
    UnsupportedCoding = "unsupported_coding", UNSUPPORTED_MEDIA_TYPE, "The body has a coding that is not taken";
    /// The header fields are longer or more than the limit.
    HeadersTooLarge = "headers_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, "The header fields are too large";
    /// A name that is no value of this parameter.
    UnknownValue = "unknown_value", UNPROCESSABLE_ENTITY, "Unknown value";
    /// A name that is no body.
    UnknownBody = "unknown_body", UNPROCESSABLE_ENTITY, "Unknown body";
    /// A body that was named twice.
    RepeatedBody = "repeated_body", UNPROCESSABLE_ENTITY, "Repeated body";
    /// A name that is no eclipse's.
    UnknownEclipse = "unknown_eclipse", NOT_FOUND, "Unknown eclipse";
    /// An id that is no job's.
    UnknownJob = "unknown_job", NOT_FOUND, "Unknown job";
    /// A job whose result is kept no longer.
    JobExpired = "job_expired", NOT_FOUND, "The job's result has expired";
    /// The server takes no jobs.
    JobsDisabled = "jobs_disabled", NOT_FOUND, "This server takes no jobs";
    /// A job of whose result nothing is there yet.
    JobUnfinished = "job_unfinished", CONFLICT, "The job has no result yet";
    /// A job that its client has cancelled.
    JobCancelled = "job_cancelled", CONFLICT, "The job was cancelled";
    /// A job whose every attempt was interrupted.
    JobInterrupted = "job_interrupted", INTERNAL_SERVER_ERROR, "The job was interrupted too often";
    /// There are as many jobs as there may be.
    TooManyJobs = "too_many_jobs", SERVICE_UNAVAILABLE, "There are too many jobs";
    /// Jobs and their results take as much room as they may.
    JobsDiskFull = "jobs_disk_full", SERVICE_UNAVAILABLE, "There is no room for results";
    /// A name that is no star of the catalogue.
    UnknownStar = "unknown_star", UNPROCESSABLE_ENTITY, "Unknown star";
    /// A star that was named twice.
    RepeatedStar = "repeated_star", UNPROCESSABLE_ENTITY, "Repeated star";
    /// A name that is no lot.
    UnknownLot = "unknown_lot", UNPROCESSABLE_ENTITY, "Unknown lot";
    /// A lot of the caller's own whose formula is none, or whose name is taken.
    InvalidFormula = "invalid_formula", UNPROCESSABLE_ENTITY, "The formula of a lot cannot be used";
    /// A lot that cannot be reckoned for this chart.
    NoLot = "no_lot", UNPROCESSABLE_ENTITY, "The lot cannot be reckoned";
    /// A latitude at which a house system does not divide the sky.
    NoHouses = "no_houses", UNPROCESSABLE_ENTITY, "The house system fails there";
    /// A field that was named twice.
    RepeatedField = "repeated_field", UNPROCESSABLE_ENTITY, "Repeated field";
    /// An event that was chosen twice.
    RepeatedEvent = "repeated_event", UNPROCESSABLE_ENTITY, "Repeated event";
    /// A name that is no time zone.
    UnknownZone = "unknown_zone", UNPROCESSABLE_ENTITY, "Unknown time zone";
    /// A time of day without zone or offset.
    ZoneMissing = "zone_missing", UNPROCESSABLE_ENTITY, "The time of day has no zone";
    /// A date that its calendar does not have.
    NoSuchDate = "no_such_date", UNPROCESSABLE_ENTITY, "The date does not exist";
    /// A local time that the clocks skipped.
    LocalTimeGap = "local_time_gap", UNPROCESSABLE_ENTITY, "The local time does not exist";
    /// A local time that the clocks showed twice.
    LocalTimeFold = "local_time_fold", UNPROCESSABLE_ENTITY, "The local time exists twice";
    /// A number outside the range that can be answered.
    OutOfRange = "out_of_range", UNPROCESSABLE_ENTITY, "The value is out of range";
    /// Parameters that exclude or lack one another.
    Contradiction = "contradiction", UNPROCESSABLE_ENTITY, "The parameters contradict one another";
    /// A combination that means nothing, such as the Earth seen from itself.
    Meaningless = "meaningless", UNPROCESSABLE_ENTITY, "The combination has no meaning";
    /// An instant or a body beyond the ephemeris files.
    OutsideEphemeris = "outside_ephemeris", UNPROCESSABLE_ENTITY, "No ephemeris file reaches there";
    /// A handler failed in a way that it should not.
    Internal = "internal", INTERNAL_SERVER_ERROR, "The server failed";
    /// More live work is queued than can be done soon.
    Busy = "busy", SERVICE_UNAVAILABLE, "The server is busy";
    /// Live computing took longer than a request may.
    TimeLimit = "time_limit", SERVICE_UNAVAILABLE, "Computing took too long";
    /// There are neither tables nor ephemeris files yet.
    NothingToServe = "nothing_to_serve", SERVICE_UNAVAILABLE, "There is nothing to answer from yet";
    /// The process has more memory to itself than it may.
    MemoryShort = "memory_short", SERVICE_UNAVAILABLE, "The server is short of memory";
    /// The server is shutting down.
    Draining = "draining", SERVICE_UNAVAILABLE, "The server is shutting down";
}

/// One of the two instants that a local time may have meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Candidate {
    /// The instant in UTC, ISO 8601, as replies write instants.
    pub(crate) utc: String,
    /// Julian day in UT1; left out where the server knows no ΔT at the instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jd_ut: Option<f64>,
    /// Julian day in TT, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jd_tt: Option<f64>,
    /// The offset that reads the local time as this instant, seconds east of UTC.
    pub(crate) utc_offset_s: i64,
}

/// What a local time may have meant, before there is a ΔT to tell instants with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Readings {
    /// The two readings, earlier first.
    pub(crate) pair: [orrery_almanac::Candidate; 2],
    /// The calendar that the client named, in which dates are written.
    pub(crate) calendar: Option<Calendar>,
}

/// Why there is no answer. Boxed: it is rare, and every step of a query's way can end in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem(Box<Parts>);

/// The parts of a [`Problem`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parts {
    /// What kind, and with it status and title.
    pub(crate) code: Code,
    /// What was wrong with this request.
    pub(crate) detail: Cow<'static, str>,
    /// The parameter that it was about.
    pub(crate) parameter: Option<Cow<'static, str>>,
    /// What to send instead.
    pub(crate) hint: Option<Cow<'static, str>>,
    /// The instants that an ambiguous local time may have meant.
    pub(crate) candidates: Vec<Candidate>,
    /// The same before they are instants.
    pub(crate) readings: Option<Readings>,
    /// The methods that the resource takes, for 405.
    pub(crate) allow: Option<&'static str>,
    /// When to try again, seconds, for 503.
    pub(crate) retry_after_s: Option<u32>,
    /// What the log is told beyond the document, and no client.
    pub(crate) cause: Option<Cause>,
}

/// What lies behind a problem, for the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cause {
    /// Concerns the server alone.
    Server(String),
    /// May repeat what the client asked, which is logged on request only.
    Query(String),
}

impl Deref for Problem {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

impl Problem {
    /// A problem with what was wrong, to be completed by the methods below.
    #[must_use]
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem(Box::new(Parts {
            code,
            detail: detail.into(),
            parameter: None,
            hint: None,
            candidates: Vec::new(),
            readings: None,
            allow: None,
            retry_after_s: None,
            cause: None,
        }))
    }

    /// Names the parameter.
    #[must_use]
    pub(crate) fn parameter(mut self, name: impl Into<Cow<'static, str>>) -> Problem {
        self.parameter = Some(name.into());
        self
    }

    /// Says in which part of a document the parameter stands.
    #[must_use]
    pub(crate) fn within(mut self, part: &'static str) -> Problem {
        let name = self.parameter.take().map_or_else(|| part.into(), |name| format!("{part}.{name}").into());
        self.parameter = Some(name);
        self
    }

    /// Says what to send instead.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u32) -> Problem {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Tells the log what lies behind.
    #[must_use]
    pub(crate) fn cause(mut self, cause: Cause) -> Problem {
        self.cause = Some(cause);
        self
    }

    /// The document.
    #[must_use]
    pub(crate) fn body(&self) -> Bytes {
        #[derive(Serialize)]
        struct Document<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            detail: &'a str,
            code: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameter: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            hint: Option<&'a str>,
            #[serde(skip_serializing_if = "<[Candidate]>::is_empty")]
            candidates: &'a [Candidate],
        }
        let document = Document {
            r#type: format!("urn:orrery:problem:{}", self.code.name()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            code: self.code.name(),
            parameter: self.parameter.as_deref(),
            hint: self.hint.as_deref(),
            candidates: &self.candidates,
        };
        // Strings and small numbers alone: there is nothing in it that JSON could not hold.
        Bytes::from(serde_json::to_vec(&document).unwrap_or_default())
    }

    /// The reply: status, headers, document.
    #[must_use]
    pub(crate) fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body());
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.code == Code::MalformedHandshake {
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(WEBSOCKET_VERSION));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A client's text as a problem may repeat it: short, on one line, without control characters.
#[must_use]
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut out: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_are_errors() {
        let mut names = HashSet::new();
        for code in Code::ALL {
            assert!(names.insert(code.name()), "{}", code.name());
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        }
    }

    #[test]
    fn the_document_holds_every_member_that_is_known() {
        let mut problem =
            Problem::new(Code::LocalTimeFold, "happened twice").parameter("date").hint("give an offset");
        problem.candidates = vec![Candidate {
            utc: "2026-10-25T00:30:00.000Z".into(),
            jd_ut: Some(2_461_338.5),
            jd_tt: None,
            utc_offset_s: 7200,
        }];
        let value: serde_json::Value = serde_json::from_slice(&problem.body()).unwrap();
        assert_eq!(
            value,
            serde_json::json!({
                "type": "urn:orrery:problem:local_time_fold",
                "title": "The local time exists twice",
                "status": 422,
                "detail": "happened twice",
                "code": "local_time_fold",
                "parameter": "date",
                "hint": "give an offset",
                "candidates": [{"utc": "2026-10-25T00:30:00.000Z", "jd_ut": 2_461_338.5, "utc_offset_s": 7200}],
            })
        );
    }

    #[test]
    fn the_document_leaves_out_what_is_not_known() {
        let value: serde_json::Value =
            serde_json::from_slice(&Problem::new(Code::Internal, "failed").body()).unwrap();
        assert_eq!(
            value.as_object().unwrap().keys().map(String::as_str).collect::<HashSet<_>>(),
            HashSet::from(["type", "title", "status", "detail", "code"])
        );
    }

    #[test]
    fn headers_say_what_the_status_needs() {
        let mut problem = Problem::new(Code::MethodNotAllowed, "no");
        problem.allow = Some("GET, HEAD");
        let response = problem.response();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[ALLOW], "GET, HEAD");
        assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
        let response = Problem::new(Code::Busy, "busy").retry_after(1).response();
        assert_eq!(response.headers()[RETRY_AFTER], "1");
    }
}
