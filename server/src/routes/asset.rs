//! A file that is part of the program and served as it is: the page, and whatever else a browser shows.

use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response};

use crate::routes::document;
use crate::wire::problem::{Code, Problem};
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
        self.etag.get_or_init(|| document::tag(self.bytes))
    }

    /// The file, or word that the client has it already.
    pub(crate) fn reply(&self, request: &Request) -> Response<Bytes> {
        let body = Bytes::from_static(self.bytes);
        let mut response = document::tagged(request, self.etag(), self.media_type, &body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

/// The reply of the file that belongs to a path. A path that is routed has one, or the program was put together wrongly,
/// which is no fault of the path's.
pub(crate) fn reply(request: &Request, asset: Option<&Asset>) -> Result<Response<Bytes>, Problem> {
    asset.map(|asset| asset.reply(request)).ok_or_else(|| {
        Problem::new(Code::Internal, "this program was built without the file; the failure has been logged")
            .hint("report it, with the version of the program, which /openapi.json tells")
    })
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use http::header::{CACHE_CONTROL, CONTENT_TYPE};

    use super::*;

    static NOTE: Asset = Asset::new("text/plain; charset=utf-8", b"a note");

    #[test]
    fn a_file_comes_whole_with_what_a_browser_needs_to_know() {
        let response = NOTE.reply(&Request::to("/note", &[]));
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
    fn a_file_that_is_not_there_is_the_programs_fault() {
        let request = Request::to("/note", &[]);
        assert_eq!(reply(&request, None).unwrap_err().code, Code::Internal);
        assert_eq!(reply(&request, Some(&NOTE)).unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn what_protects_a_page_comes_with_word_that_it_is_unchanged_too() {
        let response = NOTE.reply(&Request::to("/note", &[("if-none-match", NOTE.etag())]));
        assert_eq!((response.status(), response.body().len()), (StatusCode::NOT_MODIFIED, 0));
        assert!(response.headers().contains_key(CONTENT_SECURITY_POLICY));
    }
}
