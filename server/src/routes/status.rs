//! `GET /status`: what all workers have counted, told by any of them, and how healthy the service is.

use bytes::Bytes;
use http::Response;
use serde::Serialize;

use crate::app::App;
use crate::process::counters::{self, Counted, Snapshot};
use crate::process::monitor::state::{self, Deliveries, Memory, Recently};
use crate::process::notice::Notice;
use crate::process::schedule::state::ScheduleState;
use crate::query::Params;
use crate::routes::document::of_this_moment;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

pub(crate) mod condition;
mod jobs;
mod remainder;
mod spec;

use condition::{Condition, Health};
pub(crate) use spec::SPEC;

#[derive(Serialize)]
struct Service<'a> {
    status: &'static str,
    generation: &'a str,
    health: Health,
    uptime_s: f64,
    refused_generations: u64,
    restarts: u64,
    alerts: Vec<Alert<'a>>,
    recent: &'a Recently,
    machine: Option<&'a Memory>,
    webhook: Deliveries,
    schedule: &'a ScheduleState,
    remainder: remainder::Remainder,
    live: remainder::Live,
    memory: remainder::Memory,
    jobs: jobs::Jobs<'a>,
    workers: Vec<Worker>,
    totals: Totals,
}

/// An alert, and what to do about it.
#[derive(Serialize)]
struct Alert<'a> {
    #[serde(flatten)]
    found: &'a state::Alert,
    remedy: &'static str,
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
    broken_off: u64,
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
    cache: u64,
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
    p95: Option<f64>,
    p99: Option<f64>,
    p999: Option<f64>,
}

/// The state of the service at this moment.
pub(crate) fn get(app: &App, request: &Request) -> Result<Response<Bytes>, Problem> {
    Params::parse(request.query(), &[])?;
    let generation = app.generation();
    let snapshot = app.counters().snapshot();
    let notice = app.notice();
    let health = Health::of(&Condition::of(app, &snapshot, &notice));
    Ok(of_this_moment(&Service::of(&snapshot, app.is_draining(), generation.name(), &notice, health)))
}

impl Service<'_> {
    fn of<'a>(
        snapshot: &Snapshot,
        is_draining: bool,
        generation: &'a str,
        notice: &'a Notice,
        health: Health,
    ) -> Service<'a> {
        let [table, live, mixed, cache] = snapshot.sources();
        let watch = &notice.watch;
        Service {
            status: if is_draining { "draining" } else { "serving" },
            generation,
            health,
            uptime_s: seconds(snapshot.uptime_ms),
            refused_generations: snapshot.refusals,
            restarts: snapshot.crashes,
            alerts: watch.alerts.iter().map(|found| Alert { found, remedy: found.name.remedy() }).collect(),
            recent: &watch.recent,
            machine: watch.memory.as_ref(),
            webhook: watch.webhook,
            schedule: &notice.schedule,
            remainder: remainder::Remainder::of(snapshot),
            live: remainder::Live::of(snapshot),
            memory: remainder::Memory::of(snapshot),
            jobs: jobs::Jobs::of(snapshot, notice),
            workers: snapshot.workers.iter().map(Worker::of).collect(),
            totals: Totals {
                requests: snapshot.replies(),
                not_modified: snapshot.not_modified,
                broken_off: snapshot.broken_off,
                connections: Connections {
                    accepted: snapshot.connections_accepted,
                    open: snapshot.connections_open,
                },
                sources: Sources { table, live, mixed, cache },
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
            state: worker.state(),
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
        let (requests, times) = (counted.replies(), counted.times());
        Answered {
            requests,
            statuses: Statuses { answered, elsewhere, refused, failed },
            latency: Latency {
                mean: (requests > 0).then(|| times.micros as f64 / requests as f64),
                p50: times.quantile_micros(0.5),
                p90: times.quantile_micros(0.9),
                p95: times.quantile_micros(0.95),
                p99: times.quantile_micros(0.99),
                p999: times.quantile_micros(0.999),
            },
        }
    }
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
