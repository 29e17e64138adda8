//! A file that is part of the program and served as it is: the page, and whatever else a browser shows.

use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::wire::request::Request;

/// Everything from this server, nothing inline, and nobody may frame it: the page runs no script but its own.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A file in the program.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: &'static [u8],
    policy: &'static str,
    /// Strong, of the content, computed when it is first asked for.
    etag: OnceLock<String>,
}

impl Asset {
    pub(crate) const fn new(media_type: &'static str, bytes: &'static [u8]) -> Asset {
        Asset { media_type, bytes, policy: POLICY, etag: OnceLock::new() }
    }

    /// The same under another content security policy.
    pub(crate) const fn under(mut self, policy: &'static str) -> Asset {
        self.policy = policy;
        self
    }

    fn etag(&self) -> &str {
        self.etag.get_or_init(|| format!("\"{}\"", &blake3::hash(self.bytes).to_hex()[..32]))
    }

    /// The file, or word that the client has it already.
    pub(crate) fn reply(&self, request: &Request) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        self.insert_headers(response.headers_mut());
        if request.has(self.etag()) || request.has_any() {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            *response.body_mut() = Bytes::from_static(self.bytes);
        }
        response
    }

    fn insert_headers(&self, headers: &mut HeaderMap) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        // A new program may be another page: a browser asks each time, and is told 304 in a few bytes.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        // Hexadecimal digits between quotes make a header value.
        if let Ok(tag) = HeaderValue::from_str(self.etag()) {
            headers.insert(ETAG, tag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NOTE: Asset = Asset::new("text/plain; charset=utf-8", b"a note");

    fn asked(tag: Option<&str>) -> Response<Bytes> {
        let fields: Vec<_> = tag.into_iter().map(|tag| ("if-none-match", tag)).collect();
        NOTE.reply(&Request::to("/note", &fields))
    }

    #[test]
    fn a_file_comes_whole_with_what_a_browser_needs_to_know() {
        let response = asked(None);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.body(), "a note");
        let headers = response.headers();
        assert_eq!(headers[CONTENT_TYPE], "text/plain; charset=utf-8");
        assert_eq!(headers[CACHE_CONTROL], "no-cache");
        assert!(headers[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'self';"));
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
    }

    #[test]
    fn the_tag_is_strong_and_of_the_content() {
        let tag = asked(None).headers()[ETAG].to_str().unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
        for has in [tag.as_str(), "*"] {
            let unchanged = asked(Some(has));
            assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
            assert!(unchanged.body().is_empty());
            assert_eq!(unchanged.headers()[ETAG].to_str().unwrap(), tag);
        }
        assert_eq!(asked(Some("\"another\"")).status(), StatusCode::OK);
        let another = Asset::new("text/plain", b"another note");
        assert_ne!(another.etag(), tag);
    }
}
