//! Hazard: a field of the template that no reply gives its value, which [`set`] would pass over in silence.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderName, StatusCode};

use super::*;
use crate::answer::handmade;
use crate::wire::header::{SERVER_TIMING, X_CACHE_STATUS, X_DATASET, X_EPHEMERIS_SOURCE, X_REQUEST_ID};

/// The reply to a query, as it is sent.
fn reply(app: &Arc<App>, query: &str, headers: &[(&'static str, &str)]) -> Response<Content> {
    let request = Arc::new(Request::to(&format!("/v1/positions?{query}"), headers));
    let mut reply = match get(app, &request) {
        Asked::Now(Ok(reply)) => reply,
        Asked::Now(Err(problem)) => panic!("{problem:?}"),
        Asked::Later(_) => panic!("tables can answer {query}"),
    };
    reply.stamp(HeaderValue::from_static("an-id"), Duration::from_millis(1));
    reply.response
}

fn value(response: &Response<Content>, name: &HeaderName) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

#[test]
fn every_field_of_the_template_has_its_value_in_every_reply() {
    let app = handmade::app();
    let template = &app.generation().prepared.header;
    for query in ["jd=2451545&bodies=sun", "bodies=sun", "date=2026-03-20T14:33&tz=Europe/Berlin&bodies=moon"]
    {
        let sent = reply(&app, query, &[]);
        assert_eq!(sent.headers().len(), template.len(), "{sent:?}");
        for name in template.keys() {
            assert!(!sent.headers()[name].is_empty(), "{query}: {name} has no value");
        }
        if query == "bodies=sun" {
            // Perhaps it is another moment already.
            continue;
        }
        let known = reply(&app, query, &[("if-none-match", &value(&sent, &ETAG))]);
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        for name in template.keys() {
            if name == CONTENT_TYPE {
                assert!(!known.headers().contains_key(name));
            } else if name == SERVER_TIMING {
                assert_eq!(known.headers()[name], "total;dur=1.0000");
            } else {
                assert_eq!(known.headers()[name], sent.headers()[name], "{name}");
            }
        }
    }
}

#[test]
fn the_values_are_those_of_the_reply() {
    let app = handmade::app();
    let sun = reply(&app, "jd=2451545&bodies=sun", &[]);
    assert_eq!(value(&sun, &X_DATASET), app.generation().name());
    assert_eq!(value(&sun, &X_REQUEST_ID), "an-id");
    assert!(value(&sun, &SERVER_TIMING).starts_with("table;desc=\"1/1\";dur="));
    assert_eq!([&X_EPHEMERIS_SOURCE, &X_CACHE_STATUS].map(|name| value(&sun, name)), ["table", "HIT"]);
    assert_ne!(value(&sun, &ETAG), value(&reply(&app, "jd=2451545&bodies=moon", &[]), &ETAG));
    for (query, kept) in [
        ("jd=2451545", "public, max-age=3600"),
        ("date=2026-03-20T14:33Z", "public, max-age=3600"),
        ("date=2026-03-20T14:33&tz=Europe/Berlin", "private, max-age=3600"),
        ("date=now", "no-store"),
        ("tz=Europe/Berlin", "no-store"),
    ] {
        assert_eq!(value(&reply(&app, &format!("{query}&bodies=sun"), &[]), &CACHE_CONTROL), kept, "{query}");
    }
}

#[test]
fn the_template_has_what_the_source_is_told_in() {
    let app = handmade::app();
    let template = &app.generation().prepared.header;
    for mix in [Mix::Table, Mix::Live, Mix::Mixed] {
        let mut header = template.clone();
        tell_source(&mut header, Some(mix));
        assert_eq!(
            (&header[X_EPHEMERIS_SOURCE], &header[X_CACHE_STATUS]),
            (&HeaderValue::from_static(mix.name()), &HeaderValue::from_static(mix.cache_status()))
        );
        assert_eq!(header.len(), template.len());
    }
    let mut header = template.clone();
    tell_source(&mut header, None);
    assert!(!header.contains_key(X_EPHEMERIS_SOURCE) && !header.contains_key(X_CACHE_STATUS));
    assert_eq!(header.len(), template.len() - 2);
}
