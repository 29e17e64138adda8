//! The metrics of the service itself: what was asked and answered, by whom, and how it is.

use std::fmt::Error;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Unit;

use super::Told;
use super::pen::Pen;
use crate::jobs::State;
use crate::process::counters::{Counted, Source};
use crate::process::monitor::state::{Name, Severity};
use crate::process::schedule::state::TaskState;
use crate::routes::ROUTES_OF_THE_SKY;

/// Classes of statuses, in the order in which they are counted.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// What the requests are called that no route took.
const UNROUTED: &str = "unrouted";

/// Where replies are not computed, but left to who works at jobs.
const LATER: &str = "/v1/jobs";

const MS_PER_S: f64 = 1000.0;

impl Collector for Told {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut pen = Pen::new(encoder);
        self.requests(&mut pen)?;
        self.remainder(&mut pen)?;
        self.processes(&mut pen)?;
        self.generations(&mut pen)?;
        self.schedule(&mut pen)?;
        self.jobs(&mut pen)?;
        self.alerts(&mut pen)?;
        self.machine(&mut pen)
    }
}

impl Told {
    /// Every resource by its path, and what no route took.
    fn resources(&self) -> impl Iterator<Item = (&'static str, &Counted)> {
        let routed = self.snapshot.resources.iter().map(|(path, counted)| (*path, counted));
        routed.chain([(UNROUTED, &self.snapshot.unrouted)])
    }

    fn requests(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let classes = self.resources().flat_map(|(resource, counted)| {
            let labelled = move |(class, count)| ([("resource", resource), ("class", class)], count);
            CLASSES.into_iter().zip(counted.classes).map(labelled)
        });
        pen.counters("requests", "Requests answered, by resource and class of status.", classes)?;
        let times = self.resources().map(|(resource, counted)| {
            let times = counted.times();
            ([("resource", resource)], times.micros as f64 / 1e6, times.histogram().to_vec())
        });
        let about = "From a request's head to its reply, or to the head of one that is streamed.";
        pen.histograms("request_duration", about, times)?;
        let is_computed = |path: &str| path.starts_with(ROUTES_OF_THE_SKY) && !path.starts_with(LATER);
        let computed = || self.resources().filter(move |(path, _)| is_computed(path));
        let answers = computed().flat_map(|(resource, counted)| {
            let labelled = move |(source, count)| ([("resource", resource), ("source", source)], count);
            Source::NAMES.into_iter().zip(counted.sources()).map(labelled)
        });
        pen.counters(
            "answers",
            "Answers that had to be computed, by resource and by who gave them: the cache did what had been computed before.",
            answers,
        )?;
        // Of the many pairs of a resource and a source most never occur.
        let times = computed().flat_map(|(resource, counted)| {
            let occurring =
                Source::NAMES.into_iter().zip(counted.by_source()).filter(|(_, times)| times.replies() > 0);
            occurring.map(move |(source, times)| {
                let labels = [("resource", resource), ("source", source)];
                (labels, times.micros as f64 / 1e6, times.histogram().to_vec())
            })
        });
        pen.histograms("answer_duration", "The same of answers, by resource and by who gave them.", times)?;
        let snapshot = &self.snapshot;
        pen.counter("not_modified", "Requests answered with 304.", snapshot.not_modified)?;
        let about = "Long replies that failed when part of them had been sent.";
        pen.counter("replies_broken_off", about, snapshot.broken_off)?;
        pen.counter("connections", "Connections accepted.", snapshot.connections_accepted)?;
        pen.gauge("connections_open", "Connections open.", None, Some(snapshot.connections_open as f64))
    }

    fn processes(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let snapshot = &self.snapshot;
        let version = [([("version", env!("CARGO_PKG_VERSION"))], 1.0)];
        pen.gauges("build_info", "The program; always 1.", None, version)?;
        let uptime = snapshot.uptime_ms as f64 / MS_PER_S;
        pen.gauge("uptime", "Since the service started.", Some(&Unit::Seconds), Some(uptime))?;
        pen.gauge(
            "workers_wanted",
            "Worker processes that there are to be.",
            None,
            Some(snapshot.slots as f64),
        )?;
        let states = ["serving", "starting", "draining"].map(|state| {
            let count = snapshot.workers.iter().filter(|worker| worker.state() == state).count();
            ([("state", state)], count as f64)
        });
        pen.gauges("workers", "Worker processes, by what they do.", None, states)?;
        let slots: Vec<String> = (0..snapshot.slots).map(|slot| slot.to_string()).collect();
        let crashes = slots.iter().zip(&snapshot.crashes_by_slot);
        let crashes = crashes.map(|(slot, count)| ([("slot", slot.as_str())], *count));
        pen.counters("worker_crashes", "Workers that ended without having been told to.", crashes)?;
        let about = "How healthy the service is: 100, less what /status deducts.";
        pen.gauge("health_score", about, None, Some(self.health_score as f64))
    }

    fn generations(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let snapshot = &self.snapshot;
        let generation = [([("generation", self.generation.as_str())], 1.0)];
        pen.gauges(
            "generation_info",
            "The generation of tables that is served; always 1.",
            None,
            generation,
        )?;
        let age = snapshot.adopted_ms_ago as f64 / MS_PER_S;
        let about = "Since this service took up the generation that it serves.";
        pen.gauge("generation_age", about, Some(&Unit::Seconds), Some(age))?;
        let published = self.published.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let about = "When the published dataset was published; seconds since 1970.";
        let seconds = Some(&Unit::Seconds);
        pen.gauge("dataset_published_timestamp", about, seconds, published.map(|at| at.as_secs_f64()))?;
        pen.counter(
            "generations_refused",
            "Times that a published generation was refused.",
            snapshot.refusals,
        )?;
        let about = "Whether the generation that is published now was refused.";
        pen.gauge("generation_refused", about, None, Some(f64::from(u8::from(snapshot.is_refused))))
    }

    fn schedule(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let tasks = &self.notice.schedule.tasks;
        let counts = |of: fn(&TaskState) -> u64| {
            tasks.iter().map(move |task| ([("task", task.task.name())], of(task)))
        };
        let values = |of: fn(&TaskState) -> Option<f64>| {
            tasks.iter().filter_map(move |task| Some(([("task", task.task.name())], of(task)?)))
        };
        let seconds = Some(&Unit::Seconds);
        pen.counters(
            "schedule_runs",
            "Runs of the pipeline that came to their end.",
            counts(|task| task.runs),
        )?;
        pen.counters("schedule_failures", "Those of them that failed.", counts(|task| task.failures))?;
        let about = "Runs that have failed since one did not.";
        pen.gauges(
            "schedule_failures_in_a_row",
            about,
            None,
            values(|task| Some(task.failures_in_a_row as f64)),
        )?;
        let running = values(|task| Some(f64::from(u8::from(task.running_since.is_some()))));
        pen.gauges("schedule_running", "Whether it runs.", None, running)?;
        let about = "When it last succeeded; seconds since 1970.";
        let succeeded = values(|task| timestamp(task.last_succeeded.as_deref()));
        pen.gauges("schedule_last_success_timestamp", about, seconds, succeeded)?;
        let began = values(|task| timestamp(task.last_began.as_deref()));
        pen.gauges("schedule_last_run_timestamp", "When it last began; seconds since 1970.", seconds, began)?;
        pen.gauges(
            "schedule_last_duration",
            "How long the last run took.",
            seconds,
            values(|task| task.last_seconds),
        )?;
        let next = values(|task| timestamp(task.next.as_deref()));
        pen.gauges("schedule_next_run_timestamp", "When it runs next; seconds since 1970.", seconds, next)
    }

    fn jobs(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let snapshot = &self.snapshot;
        if let Some(survey) = &self.notice.jobs {
            let counts = State::ALL.map(|state| ([("state", state.word())], survey.of(state) as f64));
            pen.gauges("jobs", "Requests that are answered later, by how they stand.", None, counts)?;
            let about = "What jobs and their results take on disk.";
            pen.gauge("jobs_disk", about, Some(&Unit::Bytes), Some(survey.bytes as f64))?;
        }
        let runners = f64::from(u8::from(snapshot.runner.is_some()));
        let about = "Whether the process is there that works at jobs.";
        pen.gauge("job_runner", about, None, Some(runners))?;
        let about = "Times that the process that works at jobs ended without having been told to.";
        pen.counter("job_runner_crashes", about, snapshot.runner_crashes)
    }

    fn alerts(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let watch = &self.notice.watch;
        let levels = Name::ALL.map(|name| {
            let alert = watch.alerts.iter().find(|alert| alert.name == name);
            let level = alert.map_or(0.0, |alert| match alert.severity {
                Severity::Warning => 1.0,
                Severity::Critical => 2.0,
            });
            ([("alert", name.word())], level)
        });
        pen.gauges(
            "alert",
            "What the service itself finds: 0 in order, 1 a warning, 2 critical.",
            None,
            levels,
        )?;
        let webhook = watch.webhook;
        let posted =
            [([("outcome", "delivered")], webhook.delivered), ([("outcome", "dropped")], webhook.dropped)];
        pen.counters("webhook_messages", "What was posted to alerts.webhook, and what was given up.", posted)
    }
}

/// A time as the scheduler writes it, seconds since 1970.
fn timestamp(time: Option<&str>) -> Option<f64> {
    let time = chrono::DateTime::parse_from_rfc3339(time?).ok()?;
    Some(time.timestamp_millis() as f64 / MS_PER_S)
}
