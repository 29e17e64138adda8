//! `GET /status`: what all workers have counted, told by any of them.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde::Serialize;
use utoipa::openapi::Schema;

use crate::app::App;
use crate::process::counters::{self, Counted, Snapshot};
use crate::query::Params;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{
    SHORT_HASH, count, list, named, number, number_or_null, object, text, text_like, words,
};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::wire::problem::Problem;
use crate::wire::request::Request;

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getStatus",
    tag: Tag::Server,
    summary: "What the whole service is doing",
    about: "Told by whichever worker is asked, of all of them: who they are, what each serves, and what has been counted \
            since the service started. What an ended worker had counted stays counted. Nothing here tells of queries.",
    parameters: &[],
    examples: &[Example { about: "How is it doing?", query: "" }],
    reply: "Status",
    reply_about: "The state of the service.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[],
    schemas: || {
        vec![
            ("Status", status()),
            ("Worker", worker()),
            ("Totals", totals()),
            ("Connections", connections()),
            ("Sources", sources()),
            ("ResourceTotals", resource_totals()),
            ("RequestTotals", request_totals()),
            ("Statuses", statuses()),
            ("Latency", latency()),
        ]
    },
};

fn status() -> Schema {
    object(
        "The state of the service.",
        [
            ("status", words("Whether the worker that was asked is about to stop.", ["serving", "draining"])),
            (
                "generation",
                text_like(SHORT_HASH, "The generation of tables that it answers from.", "7feb1dd3706c693e"),
            ),
            ("uptime_s", number("Since the service started, seconds.", 86_400.25)),
            (
                "refused_generations",
                count("How often a published generation was refused, because it was damaged.", 0),
            ),
            ("restarts", count("How often a worker had to be started again, because it had ended.", 0)),
            ("workers", list("The worker processes, by slot.", named("Worker"))),
            ("totals", named("Totals")),
        ],
        [],
    )
}

fn worker() -> Schema {
    object(
        "A worker process. While one is replaced, its slot has two.",
        [
            ("slot", count("Which of the workers it is, from 0.", 0)),
            ("pid", count("Its process.", 4711)),
            (
                "state",
                words(
                    "Whether it still opens its tables, accepts connections, or finishes what it accepted before.",
                    ["starting", "serving", "draining"],
                ),
            ),
            (
                "generation",
                text_like(
                    "^([0-9a-f]{16})?$",
                    "The generation that it answers from; empty before the first.",
                    "7feb1dd3706c693e",
                ),
            ),
            ("uptime_s", number("Since it was started, seconds.", 86_400.0)),
            ("restarts", count("How often a worker of its slot had to be started again.", 0)),
            ("connections", count("Open connections.", 12)),
            ("requests", count("Requests that it has answered.", 1_000_000)),
        ],
        [],
    )
}

fn totals() -> Schema {
    object(
        "What all workers have counted since the service started.",
        [
            ("requests", count("Requests answered.", 1_000_000)),
            ("not_modified", count("Those of them answered with 304.", 250_000)),
            ("connections", named("Connections")),
            ("sources", named("Sources")),
            ("resources", list("By resource.", named("ResourceTotals"))),
            ("unrouted", named("RequestTotals")),
        ],
        [],
    )
}

fn connections() -> Schema {
    object(
        "Connections of all workers.",
        [("accepted", count("Since the service started.", 5000)), ("open", count("Open now.", 24))],
        [],
    )
}

fn sources() -> Schema {
    object(
        "Replies that were computed, by who computed them.",
        [
            ("table", count("From tables alone.", 740_000)),
            ("live", count("By the live source alone.", 4000)),
            ("mixed", count("By both.", 6000)),
        ],
        [],
    )
}

/// The members that tell of requests, whichever they are.
fn request_members() -> [(&'static str, utoipa::openapi::RefOr<Schema>); 3] {
    [
        ("requests", count("Requests answered.", 1_000_000)),
        ("statuses", named("Statuses")),
        ("latency", named("Latency")),
    ]
}

fn request_totals() -> Schema {
    object("Requests that no route took.", request_members(), [])
}

fn resource_totals() -> Schema {
    let path = ("path", text("Its path; the first, where it has several.", "/v1/positions"));
    object("Requests for one resource.", [path].into_iter().chain(request_members()), [])
}

fn statuses() -> Schema {
    object(
        "Replies by class of status.",
        [
            ("2xx", count("Answered.", 740_000)),
            ("3xx", count("Not modified, or elsewhere.", 250_000)),
            ("4xx", count("Refused for what was asked.", 9000)),
            ("5xx", count("Failed, or refused for lack of room.", 0)),
        ],
        [],
    )
}

fn latency() -> Schema {
    let quantile = |about| number_or_null(about, 41.0);
    object(
        "Microseconds from a request's head to its whole reply, right to an eighth; null where there were none.",
        [
            ("mean", quantile("On average; exact.")),
            ("p50", quantile("Half of the replies took no longer.")),
            ("p90", quantile("Nine in ten took no longer.")),
            ("p99", quantile("All but one in a hundred took no longer.")),
            ("p999", quantile("All but one in a thousand took no longer.")),
        ],
        [],
    )
}

#[derive(Serialize)]
struct Service<'a> {
    status: &'static str,
    generation: &'a str,
    uptime_s: f64,
    refused_generations: u64,
    restarts: u64,
    workers: Vec<Worker>,
    totals: Totals,
}

#[derive(Serialize)]
struct Worker {
    slot: usize,
    pid: u64,
    state: &'static str,
    generation: String,
    uptime_s: f64,
    restarts: u64,
    connections: u64,
    requests: u64,
}

#[derive(Serialize)]
struct Totals {
    requests: u64,
    not_modified: u64,
    connections: Connections,
    sources: Sources,
    resources: Vec<Resource>,
    unrouted: Answered,
}

#[derive(Serialize)]
struct Connections {
    accepted: u64,
    open: u64,
}

#[derive(Serialize)]
struct Sources {
    table: u64,
    live: u64,
    mixed: u64,
}

#[derive(Serialize)]
struct Resource {
    path: &'static str,
    #[serde(flatten)]
    requests: Answered,
}

#[derive(Serialize)]
struct Answered {
    requests: u64,
    statuses: Statuses,
    latency: Latency,
}

#[derive(Serialize)]
struct Statuses {
    #[serde(rename = "2xx")]
    answered: u64,
    #[serde(rename = "3xx")]
    elsewhere: u64,
    #[serde(rename = "4xx")]
    refused: u64,
    #[serde(rename = "5xx")]
    failed: u64,
}

#[derive(Serialize)]
struct Latency {
    mean: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p99: Option<f64>,
    p999: Option<f64>,
}

/// The state of the service at this moment.
pub(crate) fn get(app: &App, request: &Request) -> Result<Response<Bytes>, Problem> {
    Params::parse(request.query(), &[])?;
    let generation = app.generation();
    let status = Service::of(&app.counters().snapshot(), app.is_draining(), generation.name());
    // Numbers and text under names that are text: there is nothing in it that JSON could not hold.
    let body = serde_json::to_vec(&status).unwrap_or_default();
    let mut response = Response::new(Bytes::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl Service<'_> {
    fn of<'a>(snapshot: &Snapshot, is_draining: bool, generation: &'a str) -> Service<'a> {
        let [table, live, mixed] = snapshot.sources;
        Service {
            status: if is_draining { "draining" } else { "serving" },
            generation,
            uptime_s: seconds(snapshot.uptime_ms),
            refused_generations: snapshot.refusals,
            restarts: snapshot.crashes,
            workers: snapshot.workers.iter().map(Worker::of).collect(),
            totals: Totals {
                requests: snapshot.replies(),
                not_modified: snapshot.not_modified,
                connections: Connections {
                    accepted: snapshot.connections_accepted,
                    open: snapshot.connections_open,
                },
                sources: Sources { table, live, mixed },
                resources: snapshot
                    .resources
                    .iter()
                    .map(|(path, counted)| Resource { path, requests: Answered::of(counted) })
                    .collect(),
                unrouted: Answered::of(&snapshot.unrouted),
            },
        }
    }
}

impl Worker {
    fn of(worker: &counters::Worker) -> Worker {
        Worker {
            slot: worker.slot,
            pid: worker.pid,
            state: match (worker.draining, worker.generation) {
                (true, _) => "draining",
                (false, None) => "starting",
                (false, Some(_)) => "serving",
            },
            generation: worker.generation.map_or_else(String::new, |name| format!("{name:016x}")),
            uptime_s: seconds(worker.uptime_ms),
            restarts: worker.crashes,
            connections: worker.connections,
            requests: worker.requests,
        }
    }
}

impl Answered {
    fn of(counted: &Counted) -> Answered {
        let [answered, elsewhere, refused, failed] = counted.classes;
        let requests = counted.replies();
        Answered {
            requests,
            statuses: Statuses { answered, elsewhere, refused, failed },
            latency: Latency {
                mean: (requests > 0).then(|| counted.micros as f64 / requests as f64),
                p50: counted.quantile_micros(0.5),
                p90: counted.quantile_micros(0.9),
                p99: counted.quantile_micros(0.99),
                p999: counted.quantile_micros(0.999),
            },
        }
    }
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
