//! A request as handlers see it, and its identity in logs.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::header::{ACCEPT, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method};

use crate::wire::problem::{Code, Problem};

/// Name of the header that carries a request's id.
pub(crate) const X_REQUEST_ID: &str = "x-request-id";

/// Longest id that is taken from a client.
const LONGEST_ID: usize = 64;

/// What a client asked, without its body.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The query string as it came, without its question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) id: HeaderValue,
}

impl Request {
    pub(crate) fn new(method: Method, path: String, query: String, headers: HeaderMap) -> Request {
        let id = headers.get(X_REQUEST_ID).filter(|id| is_plain(id)).cloned().unwrap_or_else(new_id);
        Request { method, path, query, headers, id }
    }

    /// Length of the request target in bytes.
    pub(crate) fn target_bytes(&self) -> usize {
        self.path.len() + self.query.len() + usize::from(!self.query.is_empty())
    }

    /// Whether the client already has what this strong tag names.
    pub(crate) fn has(&self, etag: &str) -> bool {
        // If-None-Match compares weakly: a proxy that compresses may have weakened our tag.
        self.tags().any(|tag| tag.strip_prefix("W/").unwrap_or(tag) == etag)
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
        let mut ranges =
            self.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
        if format.is_some() || ranges.peek().is_none() {
            return Ok(());
        }
        // The most specific range that matches decides; of equals the kindest.
        let matching = ranges.flat_map(|value| value.split(',')).filter_map(json_range);
        match matching.max() {
            Some((_, true)) => Ok(()),
            _ => Err(not_acceptable()),
        }
    }
}

/// The refusal of every other format.
pub(crate) fn not_acceptable() -> Problem {
    Problem::new(Code::NotAcceptable, "this resource is offered as application/json alone")
        .hint("send `Accept: application/json`, or leave it out, and format=json")
}

/// What one media range, such as `application/*;q=0.8`, says of JSON, if anything: how specific it is, and whether it
/// takes it.
fn json_range(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let known = ["*/*", "application/*", "application/json"];
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

/// A new id: one random part a process, and a count.
pub(crate) fn new_id() -> HeaderValue {
    static PROCESS: LazyLock<u32> = LazyLock::new(|| RandomState::new().build_hasher().finish() as u32);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let text = format!("{:08x}-{count:x}", *PROCESS);
    // Hexadecimal digits and a dash make a header value; an empty one would stand for the impossible.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &'static str)]) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        Request::new(Method::GET, "/".into(), String::new(), map)
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
    fn ids_come_from_the_client_if_they_are_plain() {
        assert_eq!(request(&[("x-request-id", "a-1_B.2")]).id, "a-1_B.2");
        for strange in ["a b", "a:b", "a\tb", "", "%0a"] {
            assert_ne!(request(&[("x-request-id", strange)]).id, strange);
        }
        assert_ne!(request(&[]).id, request(&[]).id);
    }
}
