//! A request as handlers see it, and its identity in logs.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::header::{ACCEPT, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri, Version};
use hyper::body::{Body, Incoming};

use crate::wire::guard::Watch;
use crate::wire::header::X_REQUEST_ID;
use crate::wire::media::Format;
use crate::wire::upgrade::Upgrade;
use crate::wire::upload::{Sent, Upload};

/// Longest id that is taken from a client.
const LONGEST_ID: usize = 64;

/// What a client asked, with its body as long as nobody has read it.
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
    /// The least number of bytes that its body can have; `None` where it has none.
    body_bytes: Option<u64>,
    sent: Mutex<Option<Sent>>,
    /// Where the client asks for another protocol than HTTP.
    upgrade: Mutex<Option<Upgrade>>,
    started: Instant,
    /// How often it was asked for already, of one that is asked again by the server itself.
    renews: Option<u32>,
    /// Whether nothing is to be computed for it: only whether it could be.
    is_trial: bool,
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
    pub(crate) fn new(mut head: Parts, body: Incoming) -> Request {
        let length = body_bytes(&body);
        let sent = length.map(|_| Sent::Upload(Upload::new(body, head.extensions.remove::<Arc<Watch>>())));
        Request::with(head, length, sent)
    }

    fn with(mut head: Parts, body_bytes: Option<u64>, sent: Option<Sent>) -> Request {
        let started = Instant::now();
        let upgrade = Mutex::new(head.extensions.remove::<Upgrade>());
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
        let sent = Mutex::new(sent);
        let (renews, is_trial) = (None, false);
        Request {
            method,
            uri,
            version,
            headers,
            id,
            accepts,
            conditional,
            body_bytes,
            sent,
            upgrade,
            started,
            renews,
            is_trial,
        }
    }

    /// A GET that nobody sends: of a target that was asked for so many times, in a format.
    pub(crate) fn again(target: &str, format: Format, times: u32) -> Option<Request> {
        let request = http::Request::get(target).header(ACCEPT, format.media_type());
        let (head, ()) = request.body(()).ok()?.into_parts();
        Some(Request { renews: Some(times), ..Request::with(head, None, None) })
    }

    /// One that no connection brings, with a body that is there.
    pub(crate) fn own(
        method: Method,
        target: Uri,
        accept: Option<HeaderValue>,
        body: Option<Bytes>,
    ) -> Request {
        let (mut head, ()) = http::Request::new(()).into_parts();
        // In which no host need be named.
        (head.method, head.uri, head.version) = (method, target, Version::HTTP_2);
        head.headers.extend(accept.map(|accept| (ACCEPT, accept)));
        let body = body.filter(|body| !body.is_empty());
        Request::with(head, body.as_ref().map(|body| body.len() as u64), body.map(Sent::Whole))
    }

    /// The same, of which only whether it can be understood is to be found out.
    pub(crate) fn into_trial(mut self) -> Request {
        self.is_trial = true;
        self
    }

    /// Whether nothing is to be computed for it: what understands it replies with
    /// [`Reply::understood`](crate::wire::reply::Reply::understood).
    pub(crate) fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// How often it was asked for already, of one that is asked again by the server itself.
    pub(crate) fn renews(&self) -> Option<u32> {
        self.renews
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

    /// Path and query as they came.
    pub(crate) fn target(&self) -> &str {
        self.uri.path_and_query().map_or("", |target| target.as_str())
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

    /// The least number of bytes that its body can have; `None` where it has none.
    pub(crate) fn body_bytes(&self) -> Option<u64> {
        self.body_bytes
    }

    /// The body, for the first who asks.
    pub(super) fn sent(&self) -> Option<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The way to another protocol, for the first who asks, where the client asks for one.
    pub(super) fn upgrade(&self) -> Option<Upgrade> {
        self.upgrade.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// When its head had arrived.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Length of the request target in bytes.
    pub(crate) fn target_bytes(&self) -> usize {
        self.target().len()
    }

    /// Whether the client says which formats it takes.
    pub(super) fn has_accept(&self) -> bool {
        self.accepts
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
}

fn body_bytes(body: &impl Body) -> Option<u64> {
    (!body.is_end_stream()).then(|| body.size_hint().lower())
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
        let (head, ()) = builder.body(()).unwrap().into_parts();
        Request::with(head, None, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
