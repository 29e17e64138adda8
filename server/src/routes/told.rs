//! What replies about one instant say in their headers, out of the [template](crate::answer::prepared) that they share.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::answer::mix::Mix;
use crate::query::{SkyQuery, TimeQuery};
use crate::remainder::Told;
use crate::wire::content::Content;
use crate::wire::header::{X_CACHE_STATUS, X_EPHEMERIS_SOURCE, kept, set};
use crate::wire::reply::{Reply, Shares};
use crate::wire::request::Request;

/// The reply to who has it already.
pub(crate) fn not_modified(mut header: HeaderMap) -> Reply {
    header.remove(CONTENT_TYPE);
    let mut response = Response::new(Content::default());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.headers_mut() = header;
    Reply { response, source: None, shares: Shares::default(), prepared: true }
}

/// Says in the header where the places come from, if that is known; it says that of tables unasked.
pub(crate) fn tell_source(header: &mut HeaderMap, mix: Option<Mix>) {
    match mix {
        Some(Mix::Table) => {}
        Some(mix) => {
            set(header, &X_EPHEMERIS_SOURCE, HeaderValue::from_static(mix.name()));
            set(header, &X_CACHE_STATUS, HeaderValue::from_static(mix.cache_status()));
        }
        None => {
            header.remove(X_EPHEMERIS_SOURCE);
            header.remove(X_CACHE_STATUS);
        }
    }
}

/// The reply with an answer that had to be computed, or would have had to be if it had not been kept.
pub(crate) fn told_reply(request: &Request, mut header: HeaderMap, told: &Told) -> Reply {
    tell_source(&mut header, Some(told.answer.mix));
    set(&mut header, &X_CACHE_STATUS, told.cache_status());
    if request.has_any() {
        return not_modified(header);
    }
    let mut response = Response::new(Content::Whole(told.answer.content.clone()));
    *response.headers_mut() = header;
    Reply { response, source: Some(told.source()), shares: told.shares(), prepared: true }
}

/// What the header says of a reply that is not for everybody to keep: `now` is never the same twice, and a query that
/// tells where somebody was is theirs, as one with a local time does and one from a place.
pub(crate) fn cache_control(time: &TimeQuery, sky: &SkyQuery) -> Option<HeaderValue> {
    let is_personal = time.local.is_some() || sky.view.observer.site().is_some();
    (time.is_now() || is_personal).then(|| HeaderValue::from_static(kept(time.is_now(), is_personal)))
}
