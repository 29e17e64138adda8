//! The head of a reply that is made in pieces, and may be compressed on its way.

use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::answer::mix::Mix;
use crate::app::Generation;
use crate::process::counters::Source;
use crate::remainder::Told;
use crate::wire::coding::{Coding, LEAST_BYTES, coded};
use crate::wire::content::{CHUNK_BYTES, Content};
use crate::wire::header::{X_CACHE_STATUS, X_DATASET, X_EPHEMERIS_SOURCE, set};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::reply::Reply;
use crate::wire::request::Request;

/// What is known of a reply before any of it is computed.
pub(crate) struct ReplyHead {
    headers: HeaderMap,
    /// The strong tag of the content as it is without a coding.
    tag: Option<String>,
}

impl ReplyHead {
    /// Of a reply from a generation, which may be kept as `kept` says.
    pub(crate) fn new(generation: &Generation, kept: &'static str) -> ReplyHead {
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
        // Hexadecimal digits make a header value.
        if let Ok(name) = HeaderValue::from_str(generation.name()) {
            headers.insert(X_DATASET, name);
        }
        ReplyHead { headers, tag: None }
    }

    /// The same of content in a language, by its tag.
    pub(crate) fn in_language(mut self, tag: &str) -> ReplyHead {
        // Letters, digits and hyphens make a header value.
        self.headers.extend(HeaderValue::from_str(tag).ok().map(|tag| (CONTENT_LANGUAGE, tag)));
        self
    }

    /// The same of content under a tag.
    pub(crate) fn tagged(mut self, tag: &[u8]) -> ReplyHead {
        self.tag = Some(String::from_utf8_lossy(tag).into_owned());
        self
    }

    /// The reply to who has the content already, in whatever coding.
    pub(crate) fn known(&self, request: &Request) -> Option<Reply> {
        let known = request.has_any_coding_of(self.tag.as_deref()?)?;
        Some(self.not_modified(&known))
    }

    /// The reply to who has any, once it is known that there is one.
    pub(crate) fn known_as_any(&self, request: &Request, coding: Coding) -> Option<Reply> {
        let tag = self.tag.as_deref().filter(|_| request.has_any())?;
        Some(self.not_modified(&coding.tag(tag)))
    }

    fn not_modified(&self, tag: &str) -> Reply {
        let mut response = Response::new(Content::default());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = self.headers.clone();
        if let Ok(tag) = HeaderValue::from_str(tag) {
            response.headers_mut().insert(ETAG, tag);
        }
        Reply::from(response)
    }

    /// The reply with an answer that is there as a whole, to be coded. Whether it says where the answer is from is the
    /// resource's to know: a calendar does not.
    pub(crate) fn whole(
        self,
        format: Format,
        coding: Coding,
        says_source: bool,
        told: &Told,
    ) -> Result<Reply, Problem> {
        let source = says_source.then_some(told.answer.mix);
        let mut reply = self.coded(format, coding, source, told.answer.content.clone())?;
        set(reply.response.headers_mut(), &X_CACHE_STATUS, told.cache_status());
        if says_source {
            reply.source = Some(told.source());
        }
        Ok(reply)
    }

    fn coded(
        self,
        format: Format,
        coding: Coding,
        source: Option<Mix>,
        content: Bytes,
    ) -> Result<Reply, Problem> {
        let coding = if content.len() < LEAST_BYTES { Coding::Identity } else { coding };
        let content = match coding {
            Coding::Identity => Content::Whole(content),
            coding => {
                let starts = (0..content.len()).step_by(CHUNK_BYTES);
                let chunk = move |at: usize| content.slice(at..content.len().min(at + CHUNK_BYTES));
                coded(Box::pin(stream::iter(starts.map(chunk).map(Ok::<Bytes, Problem>))), coding)?
            }
        };
        Ok(self.reply(format, coding, source, content))
    }

    /// The reply with its content, which is coded already. `source` is where all of it is from, where that is known before
    /// it is sent.
    pub(crate) fn reply(
        mut self,
        format: Format,
        coding: Coding,
        source: Option<Mix>,
        content: Content,
    ) -> Reply {
        let headers = &mut self.headers;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.extend(coding.field().map(|field| (CONTENT_ENCODING, field)));
        // Hexadecimal digits between quotes make a header value, with the name of a coding behind them too.
        let tag = self.tag.and_then(|tag| HeaderValue::try_from(coding.tag(&tag)).ok());
        headers.extend(tag.map(|tag| (ETAG, tag)));
        if let Some(mix) = source {
            headers.insert(X_EPHEMERIS_SOURCE, HeaderValue::from_static(mix.name()));
            headers.insert(X_CACHE_STATUS, HeaderValue::from_static(mix.cache_status()));
        }
        let mut response = Response::new(content);
        *response.headers_mut() = self.headers;
        Reply { source: source.map(Source::Computed), ..Reply::from(response) }
    }
}
