//! Replies that are there as a whole: documents that are true of one moment, and what is kept under a tag.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::wire::media;
use crate::wire::request::Request;

/// A JSON document that nobody is to keep, since the next moment may make it untrue. It must be one that JSON can hold:
/// numbers, text and lists under names that are text.
pub(crate) fn of_this_moment(document: &impl Serialize) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(serde_json::to_vec(document).unwrap_or_default()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media::JSON));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What is kept under a strong tag, or word that the client has it already. A client is to ask each time, since another
/// program or another generation may have something else here.
pub(crate) fn tagged(
    request: &Request,
    etag: &str,
    media_type: &'static str,
    body: &Bytes,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Hexadecimal digits between quotes make a header value.
    if let Ok(tag) = HeaderValue::from_str(etag) {
        headers.insert(ETAG, tag);
    }
    if request.has(etag) || request.has_any() {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        *response.body_mut() = body.clone();
    }
    response
}

/// The strong tag of content.
pub(crate) fn tag(content: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(content).to_hex()[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(tag: Option<&str>) -> Response<Bytes> {
        let fields: Vec<_> = tag.into_iter().map(|tag| ("if-none-match", tag)).collect();
        let note = Bytes::from_static(b"a note");
        tagged(&Request::to("/note", &fields), &super::tag(&note), "text/plain", &note)
    }

    #[test]
    fn what_is_tagged_comes_whole_or_not_at_all() {
        let whole = asked(None);
        assert_eq!((whole.status(), whole.body()), (StatusCode::OK, &Bytes::from_static(b"a note")));
        assert_eq!(whole.headers()[CONTENT_TYPE], "text/plain");
        let tag = whole.headers()[ETAG].to_str().unwrap();
        assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
        for has in [tag, "*"] {
            let unchanged = asked(Some(has));
            assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
            assert!(unchanged.body().is_empty() && !unchanged.headers().contains_key(CONTENT_TYPE));
            for name in [ETAG, CACHE_CONTROL] {
                assert_eq!(unchanged.headers()[&name], whole.headers()[&name], "{name}");
            }
        }
        assert_eq!(asked(Some("\"another\"")).status(), StatusCode::OK);
        assert_ne!(super::tag(b"another note"), tag);
    }

    #[test]
    fn what_is_true_of_this_moment_is_not_kept() {
        let reply = of_this_moment(&[1, 2]);
        assert_eq!(reply.body(), "[1,2]");
        assert_eq!(reply.headers()[CONTENT_TYPE], media::JSON);
        assert_eq!(reply.headers()[CACHE_CONTROL], "no-store");
    }
}
