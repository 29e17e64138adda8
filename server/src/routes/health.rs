//! `/health/live` and `/health/ready`: what an orchestrator asks.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde_json::json;

use crate::app::App;
use crate::query::Params;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::Request;

/// Whether the process answers at all.
pub(crate) fn live(request: &Request) -> Result<Response<Bytes>, Problem> {
    Params::parse(&request.query, &[])?;
    Ok(reply(&json!({"status": "live"})))
}

/// Whether the process should be sent requests: it has tables, and is not about to stop.
pub(crate) fn ready(app: &App, request: &Request) -> Result<Response<Bytes>, Problem> {
    Params::parse(&request.query, &[])?;
    if app.is_draining() {
        return Err(Problem::new(
            Code::Draining,
            "open requests are still answered, new ones belong elsewhere",
        )
        .retry_after(1));
    }
    Ok(reply(&json!({
        "status": "ready",
        "dataset": app.generation().name(),
        "live": app.live().is_some(),
    })))
}

fn reply(document: &serde_json::Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(document.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
