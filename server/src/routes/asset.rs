//! A file that is part of the program and served as it is: the page, and whatever else a browser shows.

use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response};

use crate::routes::document::Kept;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::Request;

/// Everything from this server, nothing inline, and nobody may frame it: the page runs no script but its own.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A file in the program.
#[derive(Debug)]
pub(crate) struct Asset {
    file: Kept,
    policy: &'static str,
}

impl Asset {
    pub(crate) const fn new(media_type: &'static str, bytes: &'static [u8]) -> Asset {
        Asset { file: Kept::of(media_type, bytes), policy: POLICY }
    }

    /// The same under another content security policy.
    pub(crate) const fn under(mut self, policy: &'static str) -> Asset {
        self.policy = policy;
        self
    }

    /// The file, or word that the client has it already.
    pub(crate) fn reply(&self, request: &Request) -> Result<Response<Bytes>, Problem> {
        let mut response = self.file.reply(request)?;
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        Ok(response)
    }
}

#[cfg(test)]
impl Asset {
    /// What is in the file.
    pub(crate) fn content(&self) -> &[u8] {
        self.file.content()
    }
}

/// The reply of the file that belongs to a path. A path that is routed has one, or the program was put together wrongly,
/// which is no fault of the path's.
pub(crate) fn reply(request: &Request, asset: Option<&Asset>) -> Result<Response<Bytes>, Problem> {
    let missing = || {
        Problem::new(Code::Internal, "this program was built without the file; the failure has been logged")
            .hint("report it, with the version of the program, which /openapi.json tells")
    };
    asset.ok_or_else(missing)?.reply(request)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use http::header::{CACHE_CONTROL, CONTENT_TYPE};

    use super::*;

    static NOTE: Asset = Asset::new("text/plain; charset=utf-8", b"a note");

    #[test]
    fn a_file_comes_whole_with_what_a_browser_needs_to_know() {
        let response = NOTE.reply(&Request::to("/note", &[])).unwrap();
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
        let response = NOTE.reply(&Request::to("/note", &[("if-none-match", "*")])).unwrap();
        assert_eq!((response.status(), response.body().len()), (StatusCode::NOT_MODIFIED, 0));
        assert!(response.headers().contains_key(CONTENT_SECURITY_POLICY));
    }
}
