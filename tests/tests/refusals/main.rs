//! Hazard: a refusal that leaves its reader guessing, or that changes without anybody noticing. Every refusal of the
//! interface is provoked over a real socket, and its problem document compared to the last member.
//!
//! Not here: 500, which no client can bring about; what is refused of stars and ayanamsas alone, which
//! `stars_over_http` asks for; of charts alone, which `charts_over_http` does; and of jobs, which `jobs` posts.

mod days;
mod effort;
mod happenings;
mod negotiation;
mod posted;
mod queries;
mod ranges;
mod views;
mod wire;

use std::cell::RefCell;
use std::collections::BTreeSet;

use orrery_tests::http::Reply;
use orrery_tests::interface::Interface;
use orrery_tests::programs::Server;
use serde_json::{Value, json};

/// Of each code the status and the title that it always comes with.
const CODES: &[(&str, u16, &str)] = &[
    ("malformed_request", 400, "The request is not HTTP"),
    ("malformed_query", 400, "The query string cannot be read"),
    ("unknown_parameter", 400, "Unknown parameter"),
    ("repeated_parameter", 400, "Repeated parameter"),
    ("empty_parameter", 400, "Empty parameter"),
    ("invalid_value", 400, "The value cannot be read"),
    ("unexpected_body", 400, "The request has a body"),
    ("malformed_body", 400, "The body cannot be read"),
    ("malformed_handshake", 400, "The WebSocket handshake cannot be read"),
    ("not_found", 404, "No such resource"),
    ("unknown_eclipse", 404, "Unknown eclipse"),
    ("unknown_job", 404, "Unknown job"),
    ("job_expired", 404, "The job's result has expired"),
    ("jobs_disabled", 404, "This server takes no jobs"),
    ("method_not_allowed", 405, "The resource does not take this method"),
    ("not_acceptable", 406, "No format that you accept is offered here"),
    ("request_timeout", 408, "The request took too long to arrive"),
    ("table_only", 409, "The tables cannot answer this"),
    ("live_unavailable", 409, "Live computing is not available here"),
    ("catalogue_unavailable", 409, "There is no star catalogue here"),
    ("job_unfinished", 409, "The job has no result yet"),
    ("job_cancelled", 409, "The job was cancelled"),
    ("body_too_large", 413, "The body is too large"),
    ("target_too_long", 414, "The request target is too long"),
    ("unsupported_media_type", 415, "The body has a type that is not taken"),
    ("unsupported_coding", 415, "The body has a coding that is not taken"),
    ("missing_parameter", 422, "A parameter is missing"),
    ("unknown_value", 422, "Unknown value"),
    ("unknown_body", 422, "Unknown body"),
    ("repeated_body", 422, "Repeated body"),
    ("unknown_star", 422, "Unknown star"),
    ("repeated_star", 422, "Repeated star"),
    ("unknown_lot", 422, "Unknown lot"),
    ("invalid_formula", 422, "The formula of a lot cannot be used"),
    ("no_lot", 422, "The lot cannot be reckoned"),
    ("no_houses", 422, "The house system fails there"),
    ("repeated_field", 422, "Repeated field"),
    ("repeated_event", 422, "Repeated event"),
    ("unknown_zone", 422, "Unknown time zone"),
    ("zone_missing", 422, "The time of day has no zone"),
    ("no_such_date", 422, "The date does not exist"),
    ("local_time_gap", 422, "The local time does not exist"),
    ("local_time_fold", 422, "The local time exists twice"),
    ("out_of_range", 422, "The value is out of range"),
    ("contradiction", 422, "The parameters contradict one another"),
    ("meaningless", 422, "The combination has no meaning"),
    ("outside_ephemeris", 422, "No ephemeris file reaches there"),
    ("headers_too_large", 431, "The header fields are too large"),
    ("job_interrupted", 500, "The job was interrupted too often"),
    ("busy", 503, "The server is busy"),
    ("too_many_jobs", 503, "There are too many jobs"),
    ("jobs_disk_full", 503, "There is no room for results"),
    ("time_limit", 503, "Computing took too long"),
    ("nothing_to_serve", 503, "There is nothing to answer from yet"),
    ("memory_short", 503, "The server is short of memory"),
    ("draining", 503, "The server is shutting down"),
];

/// A refusal: its code, and of its document what the code does not tell.
#[derive(Clone, Copy, Debug)]
struct Refusal<'a> {
    code: &'a str,
    parameter: Option<&'a str>,
    detail: &'a str,
    hint: &'a str,
}

/// One that names no parameter.
const fn refusal<'a>(code: &'a str, detail: &'a str, hint: &'a str) -> Refusal<'a> {
    Refusal { code, parameter: None, detail, hint }
}

/// One about a parameter.
const fn about<'a>(parameter: &'a str, code: &'a str, detail: &'a str, hint: &'a str) -> Refusal<'a> {
    Refusal { parameter: Some(parameter), ..refusal(code, detail, hint) }
}

impl Refusal<'_> {
    fn status(&self) -> u16 {
        self.known().1
    }

    fn known(&self) -> (&'static str, u16, &'static str) {
        *CODES
            .iter()
            .find(|known| known.0 == self.code)
            .unwrap_or_else(|| panic!("no such code: {}", self.code))
    }

    /// The whole document.
    fn document(&self) -> Value {
        let (code, status, title) = self.known();
        let mut document = json!({
            "type": format!("urn:orrery:problem:{code}"),
            "title": title,
            "status": status,
            "detail": self.detail,
            "code": code,
            "hint": self.hint,
        });
        if let Some(parameter) = self.parameter {
            document["parameter"] = parameter.into();
        }
        document
    }

    /// The same of a reply to a request for a path of the interface, whose operation must say that it may be refused so.
    #[track_caller]
    fn is_at(&self, path: &str, reply: &Reply) {
        self.is_of("get", path, reply);
    }

    /// The same of what was posted.
    #[track_caller]
    fn is_posted_at(&self, path: &str, reply: &Reply) {
        self.is_of("post", path, reply);
    }

    #[track_caller]
    fn is_of(&self, method: &str, path: &str, reply: &Reply) {
        self.is(reply);
        let is_listed = INTERFACE.with_borrow(|interface| {
            let replies = &interface.document["paths"][path][method]["responses"];
            replies.get(self.status().to_string()).is_some()
        });
        assert!(is_listed, "{path} says of itself that {} is no status of its: {reply:?}", self.status());
    }

    /// Compares a reply with it, to the last member, and with what the interface says of its status.
    #[track_caller]
    fn is(&self, reply: &Reply) {
        assert_eq!(reply.problem(self.status(), self.code), self.document(), "{reply:?}");
        // When to try again is told of what may pass, and of nothing else.
        let retry_after: Option<u32> = reply.header("retry-after").map(|seconds| seconds.parse().unwrap());
        assert_eq!(retry_after.is_some(), self.status() == 503, "{reply:?}");
        assert!(retry_after.is_none_or(|seconds| (1..=60).contains(&seconds)), "{reply:?}");
        INTERFACE.with_borrow_mut(|interface| interface.assert_refusal(reply, self.code));
    }
}

thread_local! {
    /// What the server says of itself.
    static INTERFACE: RefCell<Interface> = RefCell::new(Interface::fetch());
}

#[test]
fn no_code_of_the_interface_is_missing_here() {
    let interface = Server::shared().client().get("/openapi.json").json();
    let codes = &interface["components"]["schemas"]["Problem"]["properties"]["code"]["enum"];
    let documented: BTreeSet<&str> = codes.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let known: BTreeSet<&str> = CODES.iter().map(|known| known.0).chain(["internal"]).collect();
    assert_eq!(documented, known);
}
