//! A request as handlers see it, and its identity in logs.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http::header::{ACCEPT, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri, Version};
use hyper::body::Body;

use crate::wire::header::X_REQUEST_ID;
use crate::wire::media;
use crate::wire::problem::Problem;

/// Longest body of a request.
pub(crate) const BODY_BYTES: u64 = 32 * 1024 * 1024;

/// Longest id that is taken from a client.
const LONGEST_ID: usize = 64;

/// What a client asked, without its body.
#[derive(Debug)]
pub(crate) struct Request {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    id: Id,
    /// Whether there is an `Accept` among the headers.
    accepts: bool,
    /// Whether there is an `If-None-Match` among them.
    conditional: bool,
    unread: Unread,
    started: Instant,
}

/// The body, which nobody has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    Nothing,
    Something,
    /// More than [`BODY_BYTES`].
    TooMuch,
}

impl Unread {
    fn of(body: &impl Body) -> Unread {
        if body.is_end_stream() {
            Unread::Nothing
        } else if body.size_hint().lower() <= BODY_BYTES {
            Unread::Something
        } else {
            Unread::TooMuch
        }
    }
}

/// What a request is known by in logs and to the client.
#[derive(Debug)]
enum Id {
    /// The client's own.
    Given(HeaderValue),
    /// The count of those of this process.
    New(u64),
}

impl Request {
    /// The request of a head that has just arrived, and of the body behind it.
    pub(crate) fn new(head: Parts, body: &impl Body) -> Request {
        let started = Instant::now();
        let Parts { method, uri, version, headers, .. } = head;
        let (mut given, mut accepts, mut conditional) = (None, false, false);
        for (name, value) in &headers {
            match *name {
                ACCEPT => accepts = true,
                IF_NONE_MATCH => conditional = true,
                _ if name == X_REQUEST_ID => given = given.or(Some(value)),
                _ => {}
            }
        }
        let id = match given.filter(|id| is_plain(id)) {
            Some(id) => Id::Given(id.clone()),
            None => Id::New(next_id()),
        };
        Request { method, uri, version, headers, id, accepts, conditional, unread: Unread::of(body), started }
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query string as it came, without its question mark; empty where there is none.
    pub(crate) fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// Whether the target is a path, as it is of all that can be answered.
    pub(crate) fn has_path(&self) -> bool {
        self.uri.path_and_query().is_some()
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the request is known by, as a header value.
    pub(crate) fn id(&self) -> HeaderValue {
        match &self.id {
            Id::Given(id) => id.clone(),
            Id::New(count) => id_value(*count),
        }
    }

    pub(crate) fn unread(&self) -> Unread {
        self.unread
    }

    /// When its head had arrived.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Length of the request target in bytes.
    pub(crate) fn target_bytes(&self) -> usize {
        self.uri.path_and_query().map_or(0, |target| target.as_str().len())
    }

    /// Whether the client has anything already that it may be told to keep.
    pub(crate) fn is_conditional(&self) -> bool {
        self.conditional
    }

    /// Whether the client already has what this strong tag names.
    pub(crate) fn has(&self, etag: impl AsRef<[u8]>) -> bool {
        // If-None-Match compares weakly: a proxy that compresses may have weakened our tag.
        self.tags().any(|tag| tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_ref())
    }

    /// Whether the client has any representation at all and wants none: `If-None-Match: *`. It is true of what there
    /// is alone, so that whoever asks this must know that the query has an answer.
    pub(crate) fn has_any(&self) -> bool {
        self.tags().any(|tag| tag == "*")
    }

    fn tags(&self) -> impl Iterator<Item = &str> {
        let values = self.headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(str::trim)
    }

    /// Refuses a client that takes no JSON. What `format=` names wins over `Accept`, which a browser sends unasked.
    pub(crate) fn accepts_json(&self, format: Option<&str>) -> Result<(), Problem> {
        if format.is_some() || !self.accepts {
            return Ok(());
        }
        let mut ranges =
            self.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
        if ranges.peek().is_none() {
            return Ok(());
        }
        // The most specific range that matches decides; of equals the kindest.
        let matching = ranges.flat_map(|value| value.split(',')).filter_map(json_range);
        match matching.max() {
            Some((_, true)) => Ok(()),
            _ => Err(Problem::not_acceptable()),
        }
    }
}

/// What one media range, such as `application/*;q=0.8`, says of JSON, if anything: how specific it is, and whether it
/// takes it.
fn json_range(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let known = ["*/*", "application/*", media::JSON];
    let specific = known.iter().position(|json| media.eq_ignore_ascii_case(json))?;
    let refused = parts
        .filter_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight == 0.0));
    Some((specific as u8, !refused))
}

/// Whether an id can be put into logs and headers as it is.
fn is_plain(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (1..=LONGEST_ID).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// The count of a request that brings no id.
fn next_id() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// An id of our own: a random part that all of this process have, and a count; hexadecimal.
fn id_value(count: u64) -> HeaderValue {
    static PROCESS: LazyLock<[u8; 9]> = LazyLock::new(|| {
        let random = RandomState::new().build_hasher().finish();
        std::array::from_fn(|nth| if nth < 8 { DIGITS[(random >> (4 * nth)) as usize & 15] } else { b'-' })
    });
    let mut text = [0; 9 + 16];
    text[..9].copy_from_slice(&*PROCESS);
    let length = 16 - (count.leading_zeros() / 4).min(15) as usize;
    for (nth, digit) in text[9..9 + length].iter_mut().rev().enumerate() {
        *digit = DIGITS[(count >> (4 * nth)) as usize & 15];
    }
    // Hexadecimal digits and a dash make a header value; an empty one would stand for the impossible.
    HeaderValue::from_bytes(&text[..9 + length]).unwrap_or_else(|_| HeaderValue::from_static(""))
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A new id.
pub(crate) fn new_id() -> HeaderValue {
    id_value(next_id())
}

#[cfg(test)]
impl Request {
    /// A GET of a target, with these header fields.
    pub(crate) fn to(target: &str, headers: &[(&'static str, &str)]) -> Request {
        let builder = http::Request::get(target);
        let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        let (head, body) = builder.body(String::new()).unwrap().into_parts();
        Request::new(head, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::problem::Code;

    fn request(headers: &[(&'static str, &str)]) -> Request {
        Request::to("/", headers)
    }

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let tag = "\"abc\"";
        assert!(request(&[("if-none-match", "\"abc\"")]).has(tag));
        assert!(request(&[("if-none-match", "\"x\", W/\"abc\"")]).has(tag));
        assert!(request(&[("if-none-match", "\"x\""), ("if-none-match", "\"abc\"")]).has(tag));
        assert!(request(&[("if-none-match", "*")]).has_any() && !request(&[("if-none-match", "*")]).has(tag));
        assert!(!request(&[("if-none-match", "\"*\"")]).has_any());
        assert!(!request(&[("if-none-match", "\"abcd\"")]).has(tag));
        assert!(!request(&[]).has(tag));
    }

    #[test]
    fn accept_is_read() {
        for accept in [
            "application/json",
            "*/*",
            "text/html,application/xml;q=0.9,*/*;q=0.8",
            "Application/JSON; q=0.1",
            "application/json, */*;q=0",
        ] {
            assert!(request(&[("accept", accept)]).accepts_json(None).is_ok(), "{accept}");
        }
        for accept in [
            "text/csv",
            "application/json;q=0",
            "application/xml, text/*",
            "application/json;q=0, */*",
            "*/*, application/*;q=0.0",
        ] {
            let problem = request(&[("accept", accept)]).accepts_json(None).unwrap_err();
            assert_eq!(problem.code, Code::NotAcceptable, "{accept}");
            assert!(request(&[("accept", accept)]).accepts_json(Some("json")).is_ok(), "{accept}");
        }
        assert!(request(&[]).accepts_json(None).is_ok());
    }

    #[test]
    fn an_own_id_is_eight_digits_and_a_count() {
        for (count, digits) in
            [(0, "0"), (1, "1"), (0xabc, "abc"), (0x10, "10"), (u64::MAX, "ffffffffffffffff")]
        {
            let id = id_value(count);
            let (process, counted) = id.to_str().unwrap().split_once('-').unwrap();
            assert_eq!((process.len(), counted), (8, digits));
            assert_eq!(id_value(0).as_bytes()[..8], *process.as_bytes());
        }
    }

    #[test]
    fn ids_come_from_the_client_if_they_are_plain() {
        assert_eq!(request(&[("x-request-id", "a-1_B.2")]).id(), "a-1_B.2");
        for strange in ["a b", "a:b", "a\tb", "", "%0a"] {
            assert_ne!(request(&[("x-request-id", strange)]).id(), strange);
        }
        assert_ne!(request(&[]).id(), request(&[]).id());
        let own = request(&[]);
        assert_eq!(own.id(), own.id());
    }
}
