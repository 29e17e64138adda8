//! `GET /v1/positions`: places of bodies at one instant.

use std::fmt::Write;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, VARY};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::answer::candidates;
use crate::answer::evaluate::{Sky, Work, evaluate};
use crate::answer::plan::Plan;
use crate::answer::render::{self, LiveNames, Mix};
use crate::app::App;
use crate::query::{Params, PositionsQuery};
use crate::wire::problem::Problem;
use crate::wire::request::Request;

mod reply;
mod spec;

pub(crate) use spec::{PARAMETERS, SPEC};

const X_CACHE_STATUS: HeaderName = HeaderName::from_static("x-cache-status");
const X_DATASET: HeaderName = HeaderName::from_static("x-dataset");
const X_EPHEMERIS_SOURCE: HeaderName = HeaderName::from_static("x-ephemeris-source");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

pub(crate) async fn get(app: &App, request: &Request) -> Result<Response<Bytes>, Problem> {
    let params = Params::parse(&request.query, PARAMETERS)?;
    request.accepts_json(params.get("format"))?;
    let query = match PositionsQuery::new(&params, SystemTime::now()) {
        Ok(query) => query,
        Err(problem) => return Err(candidates::complete(app, problem).await),
    };
    let plan = Plan::new(app, &query)?;
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control(&query)));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    insert(headers, ETAG, &plan.etag);
    insert(headers, X_DATASET, plan.generation.name());
    if let Some(mix) = plan.mix(&query) {
        headers_of_mix(headers, mix);
    }
    // A tag was given out for an answer that was computed. That there is one for whoever has any is sure of tables alone.
    if request.has(&plan.etag) || (request.has_any() && !plan.is_live()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let (work, sky) = evaluate(app, Work { query, plan }).await?;
    let names = app.live().map(|live| LiveNames { files: &live.ephemeris, moshier: &live.moshier });
    let mix = Mix::of(&sky.origins);
    headers_of_mix(response.headers_mut(), mix);
    if request.has_any() {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    headers_of_answer(response.headers_mut(), mix, &sky);
    response.extensions_mut().insert(mix);
    *response.body_mut() = Bytes::from(render::positions(&work, &sky, names));
    Ok(response)
}

fn headers_of_mix(headers: &mut HeaderMap, mix: Mix) {
    headers.insert(X_EPHEMERIS_SOURCE, HeaderValue::from_static(mix.name()));
    headers.insert(X_CACHE_STATUS, HeaderValue::from_static(mix.cache_status()));
}

fn headers_of_answer(headers: &mut HeaderMap, mix: Mix, sky: &Sky) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // The header counts in milliseconds.
    let mut timing = String::with_capacity(48);
    let mut milliseconds = |name, duration: std::time::Duration| {
        let separator = if timing.is_empty() { "" } else { ", " };
        // Writing into memory does not fail.
        let _ = write!(timing, "{separator}{name};dur={:.3}", duration.as_secs_f64() * 1e3);
    };
    if mix != Mix::Live {
        milliseconds("table", sky.table);
    }
    if mix != Mix::Table {
        milliseconds("live", sky.live);
    }
    insert(headers, SERVER_TIMING, &timing);
}

/// `now` is never the same twice. A query that tells where somebody was is theirs; other skies are everybody's.
fn cache_control(query: &PositionsQuery) -> &'static str {
    if query.time.is_now() {
        "no-store"
    } else if query.time.zone.is_some() {
        "private, max-age=3600"
    } else {
        "public, max-age=3600"
    }
}

/// Sets a header to a text of ours, which is plain ASCII.
fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
