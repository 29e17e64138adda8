//! The monitor: looks at what was counted, tells what the recent past was like, and says so when something is out of order.
//!
//! It is a task of the supervisor. What it finds goes to the workers with everything else that they cannot know
//! ([`notice`](super::notice)), into the log, and to whoever `alerts.webhook` names.

mod history;
mod rules;
pub(crate) mod state;
mod webhook;

use std::sync::Arc;

use chrono::{SecondsFormat, Utc};
use serde_json::json;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::config::Settings;
use crate::process::counters::Snapshot;
use crate::process::manager;
use crate::process::slot::Service;
use crate::process::usage::Usage;
use history::{History, Sample};
use rules::{Change, Event, judge, readings};
use state::{Memory, Recent, Recently, Severity, Watch};
use webhook::{Patience, Target, Webhook};

/// Watches a service.
pub(crate) struct Monitor {
    service: Arc<Service>,
    history: History,
    found: Watch,
    webhook: Webhook,
    /// What the service manager was told last.
    said: String,
}

impl Monitor {
    /// Must be called on a runtime, which posts what is to be posted.
    pub(crate) fn new(service: Arc<Service>) -> Monitor {
        Monitor {
            service,
            history: History::default(),
            found: Watch::default(),
            webhook: Webhook::start(Patience::USUAL),
            said: String::new(),
        }
    }

    /// Looks again and again, for good.
    pub(crate) async fn run(mut self) {
        loop {
            let settings = self.service.plan().settings.clone();
            self.look(&settings).await;
            sleep(settings.alerts.every()).await;
        }
    }

    /// Takes a look, and tells what it finds.
    async fn look(&mut self, settings: &Settings) {
        let snapshot = self.service.counters.snapshot();
        let datasets = settings.datasets.clone();
        let looked = spawn_blocking(move || {
            let usage = Usage::of(&snapshot, &datasets);
            (snapshot, usage)
        });
        let (snapshot, usage) = match looked.await {
            Ok(looked) => looked,
            Err(failure) => {
                warn!(%failure, "what the service takes of the machine cannot be found out");
                return;
            }
        };
        self.history.take(Sample::of(&snapshot, &usage));
        let told = |seconds: f64| self.history.over(seconds).map_or_else(Recent::default, |it| it.told());
        self.found.recent = Recently { minute: told(60.0), five_minutes: told(300.0), hour: told(3600.0) };
        self.found.memory = Some(Memory {
            own_bytes: usage.own_bytes(),
            limit_bytes: usage.memory_limit_bytes,
            grown_bytes: self.history.grown_bytes(),
        });
        let has_tables = !self.service.plan().manifest.is_nothing();
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let alerts = &settings.alerts;
        let changes = if alerts.enabled {
            let found = readings(&self.history, self.found.memory.as_ref(), has_tables, alerts);
            judge(&mut self.found.alerts, &found, &now)
        } else {
            // Whoever was told of an alert is told that nobody looks after it any more.
            let raised = std::mem::take(&mut self.found.alerts);
            raised.into_iter().map(|alert| Change { event: Event::Cleared, alert }).collect()
        };
        for change in &changes {
            log(change);
            if let Some(target) = Target::of(alerts) {
                self.webhook.post(target, self.message(change, &now));
            }
        }
        self.found.webhook = self.webhook.deliveries();
        self.service.notice.send_if_modified(|notice| {
            let has_changed = notice.watch != self.found;
            if has_changed {
                notice.watch = self.found.clone();
            }
            has_changed
        });
        let summary = self.summary(&snapshot);
        if summary != self.said {
            manager::status(&summary);
            self.said = summary;
        }
    }

    /// What is posted of a change.
    fn message(&self, change: &Change, now: &str) -> String {
        let alert = &change.alert;
        json!({
            "event": change.event.word(),
            "at": now,
            "service": "orrery",
            "version": env!("CARGO_PKG_VERSION"),
            "address": self.service.address.get().to_string(),
            "generation": self.service.plan().manifest.generation,
            "alert": {
                "name": alert.name.word(),
                "severity": alert.severity.word(),
                "since": alert.since,
                "value": alert.value,
                "threshold": alert.threshold,
                "reason": alert.reason,
                "remedy": alert.name.remedy(),
            },
        })
        .to_string()
    }

    /// The service in a line, for who lists services.
    fn summary(&self, snapshot: &Snapshot) -> String {
        let serving = snapshot.workers.iter().filter(|it| it.generation.is_some() && !it.draining).count();
        let generation = self.service.plan().manifest.generation.clone();
        let mut line = format!("{serving} of {} workers serve generation {generation}", snapshot.slots);
        for alert in &self.found.alerts {
            line.push_str("; ");
            line.push_str(&alert.reason);
        }
        line
    }
}

/// Tells the log of a change, once.
fn log(Change { event, alert }: &Change) {
    let (name, severity) = (alert.name.word(), alert.severity.word());
    let (value, threshold, reason, remedy) =
        (alert.value, alert.threshold, &alert.reason, alert.name.remedy());
    match (event, alert.severity) {
        (Event::Cleared, _) => info!(alert = name, value, since = alert.since, "an alert is cleared"),
        (_, Severity::Warning) => {
            warn!(alert = name, severity, value, threshold, reason, remedy, "an alert is {}", event.word());
        }
        (_, Severity::Critical) => {
            error!(alert = name, severity, value, threshold, reason, remedy, "an alert is {}", event.word());
        }
    }
}
