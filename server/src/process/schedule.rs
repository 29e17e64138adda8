//! The scheduler: has the pipeline run when it is time, one task after the other, and tells what became of it.
//!
//! A task is due when the service starts, by the clock, when the files that it reads have changed, and again some time
//! after it failed. It is always the same command, which does what there is to do and no more; so a run too many costs
//! a moment, and one that was missed is made up for by the next. What it publishes is taken up as whatever is
//! published there ([`conductor`](super::conductor)).

mod clock;
mod errand;
pub(crate) mod state;
mod watched;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::{error, info};

use crate::config::Settings;
use crate::process::conductor::Conductor;
use crate::process::slot::Service;
use clock::Clock;
use state::{ScheduleState, Task, TaskState};
use watched::Watched;

pub(crate) use clock::check;

/// The longest pause before what failed is tried again.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Runs the pipeline for a service.
pub(crate) struct Scheduler {
    service: Arc<Service>,
    conductor: Arc<Conductor>,
    /// What the clock says is due.
    due: mpsc::Receiver<Task>,
    clock: Clock,
    /// What is to be run, and why.
    waiting: BTreeMap<Task, &'static str>,
    /// When what failed is tried again.
    again: BTreeMap<Task, Instant>,
    watched: Watched,
    next_look: Instant,
    /// What is gone by at the moment.
    settings: Settings,
}

impl Scheduler {
    pub(crate) fn new(service: Arc<Service>, conductor: Arc<Conductor>) -> Scheduler {
        let settings = service.plan().settings.clone();
        let (sender, due) = mpsc::channel(Task::ALL.len());
        Scheduler {
            service,
            conductor,
            due,
            clock: Clock::new(sender),
            waiting: BTreeMap::new(),
            again: BTreeMap::new(),
            watched: Watched::new(&settings.ephe),
            next_look: Instant::now(),
            settings,
        }
    }

    /// Runs what is due, for good. What runs as this is given up is ended, and loses nothing.
    pub(crate) async fn run(mut self) {
        self.begin("the service has started").await;
        loop {
            if let Some((task, reason)) = self.waiting.pop_first() {
                self.perform(task, reason).await;
                continue;
            }
            let again = self.again.iter().min_by_key(|(_, at)| **at).map(|(task, at)| (*task, *at));
            tokio::select! {
                biased;
                () = self.service.replanned.notified() => self.follow_settings().await,
                Some(task) = self.due.recv() => drop(self.waiting.insert(task, "it is time")),
                task = retried(again) => {
                    self.again.remove(&task);
                    self.waiting.insert(task, "it failed before");
                }
                () = sleep_until(self.next_look) => self.look_at_files().await,
            }
        }
    }

    /// Sets everything by the settings, and has the dataset looked after at once.
    async fn begin(&mut self, reason: &'static str) {
        let schedule = &self.settings.schedule;
        self.next_look = Instant::now() + Duration::from_secs(schedule.watch_s);
        self.again.clear();
        self.waiting.clear();
        if let Err(error) = self.clock.set(schedule).await {
            // The times were checked with the settings.
            error!(%error, "the clock of the scheduler cannot be set, and nothing is run by it");
        }
        let tasks = Task::ALL.map(|task| TaskState::new(task, &task.times(schedule)));
        let rehearsed_day = (!schedule.today.is_empty()).then(|| schedule.today.clone());
        self.service.notice.send_modify(|notice| {
            let state = &mut notice.schedule;
            let known = std::mem::take(&mut state.tasks);
            let carried = |mut new: TaskState| match known.iter().find(|old| old.task == new.task) {
                // What was done is not forgotten.
                Some(old) => TaskState { times: std::mem::take(&mut new.times), ..old.clone() },
                None => new,
            };
            state.tasks = tasks.map(carried).into();
            state.rehearsed_day = rehearsed_day;
        });
        self.foresee().await;
        self.waiting.insert(Task::of_the_day(&self.settings.schedule), reason);
    }

    /// Goes by the settings as they have been read again, if they say anything else of this.
    async fn follow_settings(&mut self) {
        let settings = self.service.plan().settings.clone();
        let concerns = |it: &Settings| (it.schedule.clone(), it.ephe.clone(), it.datasets.clone());
        if concerns(&settings) != concerns(&self.settings) {
            if settings.ephe != self.settings.ephe {
                self.watched = Watched::new(&settings.ephe);
            }
            self.settings = settings;
            self.begin("the settings have changed").await;
        }
    }

    /// Has what depends on the ephemeris files made anew, and workers open them anew, once they have changed.
    async fn look_at_files(&mut self) {
        self.next_look = Instant::now() + Duration::from_secs(self.settings.schedule.watch_s);
        if self.watched.have_changed() {
            info!("ephemeris, ΔT or leap-second files have changed");
            Arc::clone(&self.conductor).reload().await;
            self.waiting.insert(Task::of_the_day(&self.settings.schedule), "ephemeris files have changed");
        }
    }

    /// What keeps the pipeline from being run.
    fn obstacle(&self, task: Task) -> Result<PathBuf, String> {
        let Settings { schedule, ephe, .. } = &self.settings;
        if !schedule.enabled {
            return Err("schedule.enabled is false".to_owned());
        }
        if task != Task::Pull && !ephe.is_dir() {
            return Err(format!(
                "there are no ephemeris files in {}: run scripts/fetch-data",
                ephe.display()
            ));
        }
        errand::program(&self.settings).ok_or_else(|| {
            "there is no orrery-pipeline beside this program: name it with schedule.pipeline".to_owned()
        })
    }

    /// Runs a task to its end.
    async fn perform(&mut self, task: Task, reason: &str) {
        let program = match self.obstacle(task) {
            Ok(program) => program,
            Err(obstacle) => {
                self.tell(|state| state.idle_because = Some(obstacle));
                return;
            }
        };
        self.tell(|state| state.idle_because = None);
        if task == Task::Audit && self.service.plan().manifest.blocks.is_empty() {
            return;
        }
        let begun = Instant::now();
        info!(task = task.name(), reason, "running the pipeline");
        self.tell_of(task, |state| state.begins(now(), reason));
        let arguments = errand::arguments(task, &self.settings);
        let tell = |line: &str| self.tell_of(task, |state| state.progress = Some(line.to_owned()));
        let ended = errand::run(&program, &arguments, tell).await;
        let seconds = begun.elapsed().as_secs_f64();
        let has_failed = ended.is_err();
        match &ended {
            Ok(report) => info!(task = task.name(), seconds, %report, "the pipeline has done it"),
            Err(error) => error!(
                task = task.name(),
                seconds, error, "the pipeline has failed; what is published stays, and it is tried again"
            ),
        }
        let mut failures = 0;
        self.tell_of(task, |state| {
            state.ends(now(), seconds, ended);
            failures = state.failures_in_a_row;
        });
        if has_failed {
            let pause = Duration::from_secs(self.settings.schedule.retry_s);
            let pause = pause.saturating_mul(1 << (failures.clamp(1, 20) - 1)).min(LONGEST_PAUSE);
            self.again.insert(task, Instant::now() + pause);
        } else {
            self.again.remove(&task);
        }
        self.foresee().await;
    }

    /// Tells when each task is run next.
    async fn foresee(&mut self) {
        for task in Task::ALL {
            let by_the_clock = self.clock.next(task).await;
            let again =
                self.again.get(&task).map(|at| Utc::now() + at.saturating_duration_since(Instant::now()));
            let next = [by_the_clock, again].into_iter().flatten().min().map(written);
            self.tell_of(task, |state| state.next = next);
        }
    }

    fn tell(&self, change: impl FnOnce(&mut ScheduleState)) {
        self.service.notice.send_modify(|notice| change(&mut notice.schedule));
    }

    fn tell_of(&self, task: Task, change: impl FnOnce(&mut TaskState)) {
        self.tell(|state| {
            if let Some(state) = state.tasks.iter_mut().find(|state| state.task == task) {
                change(state);
            }
        });
    }
}

/// Waits until it is time to try a task again; for good, if there is none.
async fn retried(again: Option<(Task, Instant)>) -> Task {
    match again {
        Some((task, at)) => {
            sleep_until(at).await;
            task
        }
        None => std::future::pending().await,
    }
}

fn now() -> String {
    written(Utc::now())
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
