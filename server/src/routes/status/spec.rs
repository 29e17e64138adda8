//! What `/status` gives, for the documentation.

use utoipa::openapi::Schema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::routes::openapi::header;
use crate::routes::openapi::schema::{
    SHORT_HASH, count, list, named, nullable, number, number_or_null, object, text, text_like, words,
};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::wire::media::Format;

mod jobs;
mod remainder;
mod schedule;
mod watch;

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getStatus",
    tag: Tag::Server,
    summary: "What the whole service is doing",
    about: "Told by whichever worker is asked, of all of them: who they are, what each serves, and what has been counted \
            since the service started; and how healthy it is: from 100, points are taken off for each thing that is not as \
            it should be, with the reason and what to do about it. What an ended worker had counted stays counted. \
            Nothing here tells of queries.",
    parameters: &[],
    examples: &[Example { about: "How is it doing?", query: "" }],
    body: None,
    formats: &[Format::Json],
    reply: "Status",
    reply_about: "The state of the service.",
    fields: &[header::CACHE_CONTROL],
    refusals: &[],
    schemas: || {
        vec![
            ("Status", status()),
            ("Health", health()),
            ("Deduction", deduction()),
            ("Alert", watch::alert()),
            ("Recently", watch::recently()),
            ("Recent", watch::recent()),
            ("Machine", watch::machine()),
            ("Deliveries", watch::deliveries()),
            ("Schedule", schedule::schedule()),
            ("ScheduledTask", schedule::task()),
            ("Remainder", remainder::remainder()),
            ("LiveWork", remainder::live()),
            ("Memory", remainder::memory()),
            ("Jobs", jobs::jobs()),
            ("JobCounts", jobs::counts()),
            ("JobRunner", jobs::runner()),
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
            ("health", named("Health")),
            ("uptime_s", number("Since the service started, seconds.", 86_400.25)),
            (
                "refused_generations",
                count(
                    "How often a published generation was refused: it was damaged, or a worker could not serve it. Each time that it was tried counts.",
                    0,
                ),
            ),
            ("restarts", count("How often a worker had to be started again, because it had ended.", 0)),
            (
                "alerts",
                list(
                    "What is out of order, by the settings `[alerts]`; nothing, if all is well.",
                    named("Alert"),
                ),
            ),
            ("recent", named("Recently")),
            (
                "machine",
                nullable(
                    named("Machine"),
                    "What all processes need for themselves; null before the first look, and where there is no supervisor.",
                ),
            ),
            ("webhook", named("Deliveries")),
            ("schedule", named("Schedule")),
            ("remainder", named("Remainder")),
            ("live", named("LiveWork")),
            ("memory", named("Memory")),
            ("jobs", named("Jobs")),
            ("workers", list("The worker processes, by slot.", named("Worker"))),
            ("totals", named("Totals")),
        ],
        [],
    )
}

fn health() -> Schema {
    object(
        "How healthy the service is.",
        [
            (
                "score",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .description(Some("100, less the points of the deductions, and not less than 0."))
                    .minimum(Some(0))
                    .maximum(Some(100))
                    .examples([90])
                    .into(),
            ),
            ("deductions", list("What is not as it should be; nothing, if all is well.", named("Deduction"))),
        ],
        [],
    )
}

fn deduction() -> Schema {
    object(
        "Something that is not as it should be.",
        [
            ("points", count("What it counts for.", 10)),
            ("reason", text("What it is.", "there are no ephemeris files: nothing can be computed live")),
            ("remedy", text("What to do about it.", "run scripts/fetch-data and restart the service")),
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
            ("broken_off", count("Long replies among them that failed when part of them had been sent.", 0)),
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
        "Answers that had to be computed, by who gave them.",
        [
            ("table", count("From tables alone.", 740_000)),
            ("live", count("By the live source alone.", 4000)),
            ("mixed", count("By both.", 6000)),
            ("cache", count("Computed before, and kept.", 3000)),
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
            ("p95", quantile("All but five in a hundred took no longer.")),
            ("p99", quantile("All but one in a hundred took no longer.")),
            ("p999", quantile("All but one in a thousand took no longer.")),
        ],
        [],
    )
}
