//! Replies that are there as a whole: documents that are true of one moment, and what is kept under a tag.

use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::wire::coding::{Coding, LEAST_BYTES};
use crate::wire::media;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

/// A JSON document that nobody is to keep, since the next moment may make it untrue. It must be one that JSON can hold:
/// numbers, text and lists under names that are text.
pub(crate) fn of_this_moment(document: &impl Serialize) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(serde_json::to_vec(document).unwrap_or_default()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media::JSON));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What is kept under a strong tag. A client is to ask each time, since another program or another generation may have
/// something else here.
#[derive(Debug)]
pub(crate) struct Kept {
    media_type: &'static str,
    content: Bytes,
    /// Of the content, computed when it is first asked for.
    tag: OnceLock<String>,
    /// The content in each of [`Coding::CODED`], made when it is first asked for; `None` where that is no shorter.
    coded: [OnceLock<Option<Bytes>>; 3],
}

impl Kept {
    /// Content that is part of the program.
    pub(crate) const fn of(media_type: &'static str, content: &'static [u8]) -> Kept {
        Kept::new(media_type, Bytes::from_static(content))
    }

    pub(crate) const fn new(media_type: &'static str, content: Bytes) -> Kept {
        Kept { media_type, content, tag: OnceLock::new(), coded: [const { OnceLock::new() }; 3] }
    }

    fn tag(&self) -> &str {
        self.tag.get_or_init(|| tag(&self.content))
    }

    /// The content in a coding, or as it is.
    fn coded(&self, coding: Coding) -> (Coding, &Bytes) {
        let nth = Coding::CODED.iter().position(|known| *known == coding);
        let coded = nth.and_then(|nth| {
            let made = || coding.whole(&self.content).ok().filter(|coded| coded.len() < self.content.len());
            self.coded[nth].get_or_init(made).as_ref()
        });
        coded.map_or((Coding::Identity, &self.content), |coded| (coding, coded))
    }

    /// The content, in a coding that the client takes where that is worth it, or word that the client has it already.
    ///
    /// # Errors
    /// 406 where the client takes no coding that there is.
    pub(crate) fn reply(&self, request: &Request) -> Result<Response<Bytes>, Problem> {
        let is_coded = self.content.len() >= LEAST_BYTES;
        let coding = if is_coded { request.coding()? } else { Coding::Identity };
        let (coding, content) = self.coded(coding);
        let known = if request.is_conditional() { request.has_any_coding_of(self.tag()) } else { None };
        let is_known = known.is_some() || request.has_any();
        let mut response = Response::new(Bytes::new());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if is_coded {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        // What the client has is called as the client has it. Hexadecimal digits between quotes make a header value, with the
        // name of a coding behind them too.
        if let Ok(tag) = HeaderValue::try_from(known.unwrap_or_else(|| coding.tag(self.tag()))) {
            headers.insert(ETAG, tag);
        }
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
            headers.extend(coding.field().map(|field| (CONTENT_ENCODING, field)));
            *response.body_mut() = content.clone();
        }
        Ok(response)
    }
}

#[cfg(test)]
impl Kept {
    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }
}

/// The strong tag of content.
fn tag(content: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(content).to_hex()[..32])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::problem::Code;

    static NOTE: Kept = Kept::of("text/plain", b"a note");

    fn asked(kept: &Kept, fields: &[(&'static str, &str)]) -> Response<Bytes> {
        kept.reply(&Request::to("/note", fields)).unwrap()
    }

    fn field<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn what_is_tagged_comes_whole_or_not_at_all() {
        let whole = asked(&NOTE, &[]);
        assert_eq!((whole.status(), whole.body()), (StatusCode::OK, &Bytes::from_static(b"a note")));
        assert_eq!(whole.headers()[CONTENT_TYPE], "text/plain");
        let tag = whole.headers()[ETAG].to_str().unwrap();
        assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
        for has in [tag, "*"] {
            let unchanged = asked(&NOTE, &[("if-none-match", has)]);
            assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
            assert!(unchanged.body().is_empty() && !unchanged.headers().contains_key(CONTENT_TYPE));
            for name in [ETAG, CACHE_CONTROL] {
                assert_eq!(unchanged.headers()[&name], whole.headers()[&name], "{name}");
            }
        }
        assert_eq!(asked(&NOTE, &[("if-none-match", "\"another\"")]).status(), StatusCode::OK);
        assert_ne!(super::tag(b"another note"), tag);
    }

    #[test]
    fn what_is_long_is_coded_as_the_client_takes_it_and_known_again_in_every_coding() {
        let long = Kept::new("text/plain", Bytes::from("a long note, ".repeat(1000)));
        let plain = asked(&long, &[]);
        assert_eq!(
            (field(&plain, "content-encoding"), field(&plain, "vary")),
            (None, Some("accept-encoding"))
        );
        let mut tags = vec![field(&plain, "etag").unwrap().to_owned()];
        for coding in Coding::CODED {
            let coded = asked(&long, &[("accept-encoding", coding.name())]);
            assert_eq!(field(&coded, "content-encoding"), Some(coding.name()));
            assert_eq!((field(&coded, "vary"), coded.body().len() < 500), (Some("accept-encoding"), true));
            assert_eq!(coded.body(), &coding.whole(&long.content).unwrap());
            // It is not made twice.
            let again = asked(&long, &[("accept-encoding", coding.name())]);
            assert_eq!(coded.body().as_ptr(), again.body().as_ptr());
            tags.push(field(&coded, "etag").unwrap().to_owned());
        }
        assert_eq!(tags.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{tags:?}");
        for tag in &tags {
            let fields = [("accept-encoding", "br"), ("if-none-match", tag.as_str())];
            let unchanged = asked(&long, &fields);
            assert_eq!(
                (unchanged.status(), field(&unchanged, "etag")),
                (StatusCode::NOT_MODIFIED, Some(&**tag))
            );
            assert_eq!(field(&unchanged, "vary"), Some("accept-encoding"));
        }
        let refused = long.reply(&Request::to("/note", &[("accept-encoding", "identity;q=0")]));
        assert_eq!(refused.unwrap_err().code, Code::NotAcceptable);
    }

    #[test]
    fn what_is_short_or_would_not_be_shorter_is_sent_as_it_is() {
        let every = [("accept-encoding", "zstd, br, gzip")];
        let noise: Vec<u8> =
            (0..1000).flat_map(|nth: u32| *blake3::hash(&nth.to_le_bytes()).as_bytes()).collect();
        let noise = Kept::new("application/octet-stream", noise.into());
        for kept in [&NOTE, &noise] {
            let sent = asked(kept, &every);
            assert_eq!((field(&sent, "content-encoding"), sent.body()), (None, &kept.content));
            assert_eq!(field(&sent, "etag"), field(&asked(kept, &[]), "etag"));
        }
        assert_eq!(
            (field(&asked(&NOTE, &every), "vary"), field(&asked(&noise, &every), "vary")),
            (None, Some("accept-encoding"))
        );
    }

    #[test]
    fn what_is_true_of_this_moment_is_not_kept() {
        let reply = of_this_moment(&[1, 2]);
        assert_eq!(reply.body(), "[1,2]");
        assert_eq!(reply.headers()[CONTENT_TYPE], media::JSON);
        assert_eq!(reply.headers()[CACHE_CONTROL], "no-store");
    }
}
