//! The header fields of replies that HTTP's own registry does not name, in one list, and what every reply's header has.

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderName};
use http::{HeaderMap, HeaderValue};

/// Whether tables or what is kept answered, so that nothing was computed live.
pub(crate) const X_CACHE_STATUS: HeaderName = HeaderName::from_static("x-cache-status");

/// The generation of tables.
pub(crate) const X_DATASET: HeaderName = HeaderName::from_static("x-dataset");

/// Where positions come from.
pub(crate) const X_EPHEMERIS_SOURCE: HeaderName = HeaderName::from_static("x-ephemeris-source");

/// A request's id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long what took.
pub(crate) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The fields of a header that programs in browsers may read, beyond those that they always may.
pub(crate) const EXPOSED: &str =
    "etag, retry-after, server-timing, x-cache-status, x-dataset, x-ephemeris-source, x-request-id";

/// Anyone may ask: there is nothing here that a cookie opens.
const ANYONE: HeaderValue = HeaderValue::from_static("*");

/// What a field holds in a template until a reply has a value for it.
pub(crate) const BLANK: HeaderValue = HeaderValue::from_static("");

/// Room for the fields of a reply's header.
pub(crate) const FIELDS: usize = 12;

/// What `Cache-Control` says of a reply: one that is true of this moment alone is not kept, one to a query that tells where
/// somebody was is kept by its client alone.
pub(crate) const fn kept(is_now: bool, is_personal: bool) -> &'static str {
    match (is_now, is_personal) {
        (true, _) => "no-store",
        (false, true) => "private, max-age=3600",
        (false, false) => "public, max-age=3600",
    }
}

/// Gives a header the fields that every reply has; those that differ from one to another are [blank](BLANK), for
/// [`Reply::stamp`](crate::wire::reply::Reply::stamp).
pub(crate) fn prepare(header: &mut HeaderMap) {
    header.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYONE);
    header.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    header.insert(SERVER_TIMING, BLANK);
    header.insert(X_REQUEST_ID, BLANK);
}

/// Gives a field of a template its value: quicker than to insert it. A field that the template has not is left out, as
/// it was of the template on purpose.
pub(crate) fn set(header: &mut HeaderMap, name: &HeaderName, value: HeaderValue) {
    if let Some(field) = header.get_mut(name) {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_our_own_may_be_read_by_programs_in_browsers() {
        for name in [X_CACHE_STATUS, X_DATASET, X_EPHEMERIS_SOURCE, X_REQUEST_ID, SERVER_TIMING] {
            assert!(EXPOSED.split(", ").any(|exposed| exposed == name), "{name}");
        }
        let mut sorted: Vec<_> = EXPOSED.split(", ").collect();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.join(", "), EXPOSED);
    }

    #[test]
    fn a_field_is_set_where_the_template_has_it_and_nowhere_else() {
        let mut header = HeaderMap::new();
        prepare(&mut header);
        let fields = header.len();
        set(&mut header, &X_REQUEST_ID, HeaderValue::from_static("an-id"));
        set(&mut header, &X_DATASET, HeaderValue::from_static("a-generation"));
        assert_eq!((header.len(), &header[X_REQUEST_ID]), (fields, &HeaderValue::from_static("an-id")));
    }
}
