//! `/health/live` and `/health/ready`: what an orchestrator asks.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::app::App;
use crate::query::Params;
use crate::routes::document::of_this_moment;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{SHORT_HASH, object, text_like, truth, words};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::Request;

/// The documentation of `/health/live`.
pub(crate) const LIVE: Spec = Spec {
    id: "getLiveness",
    tag: Tag::Server,
    summary: "Whether the process answers at all",
    about: "For orchestrators: a process that does not answer this should be restarted.",
    parameters: &[],
    examples: &[Example { about: "Is it alive?", query: "" }],
    body: None,
    formats: &[Format::Json],
    reply: "Liveness",
    reply_about: "It answers.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[],
    schemas: || {
        vec![("Liveness", object("That it answers.", [("status", words("Always so.", ["live"]))], []))]
    },
};

/// The documentation of `/health/ready`.
pub(crate) const READY: Spec = Spec {
    id: "getReadiness",
    tag: Tag::Server,
    summary: "Whether to send it requests",
    about: "For load balancers: ready is a server that has tables, or can compute live until it has, and is not about to \
            stop. While it stops, it refuses this with 503 and still answers what comes.",
    parameters: &[],
    examples: &[Example { about: "Is it ready?", query: "" }],
    body: None,
    formats: &[Format::Json],
    reply: "Readiness",
    reply_about: "It is ready.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[StatusCode::SERVICE_UNAVAILABLE],
    schemas: || {
        let readiness = object(
            "That it is ready.",
            [
                ("status", words("Always so.", ["ready"])),
                (
                    "dataset",
                    text_like(
                        SHORT_HASH,
                        "The generation of tables that it answers from.",
                        "7feb1dd3706c693e",
                    ),
                ),
                ("live", truth("Whether it can compute what tables do not hold.")),
            ],
            [],
        );
        vec![("Readiness", readiness)]
    },
};

/// Whether the process answers at all.
pub(crate) fn live(request: &Request) -> Result<Response<Bytes>, Problem> {
    Params::parse(request.query(), &[])?;
    Ok(of_this_moment(&json!({"status": "live"})))
}

/// Whether the process should be sent requests: it has something to answer from, and is not about to stop.
pub(crate) fn ready(app: &App, request: &Request) -> Result<Response<Bytes>, Problem> {
    Params::parse(request.query(), &[])?;
    if app.is_draining() {
        return Err(Problem::new(
            Code::Draining,
            "open requests are still answered, new ones belong elsewhere",
        )
        .hint("ask again in a moment: whoever has taken its place answers")
        .retry_after(1));
    }
    let (generation, is_live) = (app.generation(), app.live().is_some());
    if generation.dataset.manifest().is_nothing() && !is_live {
        let problem = Problem::new(Code::NothingToServe, "there are no tables yet, and no ephemeris files");
        return Err(problem
            .hint("wait until tables have been made or fetched: /status tells of it")
            .retry_after(5));
    }
    Ok(of_this_moment(&json!({"status": "ready", "dataset": generation.name(), "live": is_live})))
}
