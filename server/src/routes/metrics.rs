//! `GET /metrics`: what all workers have counted and what the service takes of the machine, as Prometheus reads it.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use orrery_format::manifest::MANIFEST_FILE;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::process::counters::Snapshot;
use crate::process::notice::Notice;
use crate::process::usage::Usage;
use crate::query::Params;
use crate::routes::Asked;
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::routes::status::condition::{Condition, Health};
use crate::wire::aside;
use crate::wire::media::Format;
use crate::wire::problem::{Cause, Code, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;

mod families;
mod machine;
mod pen;
mod plain;
mod remainder;

/// What it can be had as; the first is for who does not say.
const FORMATS: &[Format] = &[Format::Prometheus, Format::OpenMetrics];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getMetrics",
    tag: Tag::Server,
    summary: "What is counted and measured, for Prometheus",
    about: "Told by whichever worker is asked, of all of them: requests by resource and class of status, how long they took, who \
            computed them, connections, workers, generations, the pipeline's runs, alerts, and what the processes take of the \
            machine. What an ended worker had counted stays counted. In Prometheus' text format 0.0.4, or in OpenMetrics 1.0 \
            for who asks for it in `Accept`. No label holds anything of a query.",
    parameters: &[],
    examples: &[Example { about: "What is there to watch?", query: "" }],
    body: None,
    formats: FORMATS,
    reply: "",
    reply_about: "Metrics, each with what it is.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[],
    schemas: Vec::new,
};

/// All that is told of.
#[derive(Debug)]
struct Told {
    snapshot: Snapshot,
    notice: Arc<Notice>,
    usage: Usage,
    /// Name of the generation that the worker answers from that was asked.
    generation: String,
    /// When the dataset that lies there was published.
    published: Option<SystemTime>,
    health_score: usize,
}

/// Everything that is counted and measured at this moment.
pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        Params::parse(request.query(), &[])?;
        // Who takes neither format is a person with a browser, or with a mistake in a configuration: both are helped more by text
        // than by a refusal.
        let format = request.format(None, FORMATS).unwrap_or(Format::Prometheus);
        // The system takes its time to tell what processes take.
        let text = aside::done(move || {
            written(format, &app).map_err(|error| {
                Problem::new(Code::Internal, "the metrics cannot be written")
                    .cause(Cause::Server(error.to_string()))
            })
        });
        let mut response = Response::new(Bytes::from(text.await?));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(Reply::from(response))
    }))
}

fn written(format: Format, app: &App) -> Result<String, std::fmt::Error> {
    let (snapshot, notice, generation) = (app.counters().snapshot(), app.notice(), app.generation());
    let dir = generation.dataset.dir();
    let told = Told {
        usage: Usage::of(&snapshot, dir),
        health_score: Health::of(&Condition::of(app, &snapshot, &notice)).score(),
        published: std::fs::metadata(dir.join(MANIFEST_FILE)).and_then(|file| file.modified()).ok(),
        generation: generation.name().to_owned(),
        snapshot,
        notice,
    };
    let mut registry = Registry::with_prefix("orrery");
    registry.register_collector(Box::new(told));
    let mut text = String::with_capacity(64 * 1024);
    encode(&mut text, &registry)?;
    Ok(if format == Format::OpenMetrics { text } else { plain::of(&text) })
}

#[cfg(test)]
mod tests;
