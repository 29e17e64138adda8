//! The scheduler: has the pipeline run when it is time, one task after the other, and tells what became of it.
//!
//! A task is due when the service starts, by the clock, when the files that it reads have changed, when what is published was
//! refused, and again some time after it failed. It is always the same command, which does what there is to do and no more;
//! so a run too many costs a moment, and one that was missed is made up for by the next. What it publishes is taken up as
//! whatever is published there ([`conductor`](super::conductor)).
//!
//! One loop waits for everything, a run among the rest, and whatever it was that woke it, takes all that has come: nothing waits
//! behind a run that hangs, or behind what comes more often. Each round ends by telling when what is run next.

mod clock;
mod errand;
pub(crate) mod state;
mod watched;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};
use tracing::{debug, error, info, warn};

use crate::config::{Schedule, Settings};
use crate::process::conductor::Conductor;
use crate::process::slot::Service;
use clock::Clock;
use errand::{Ended, Errand, Extra};
use state::{Failure, ScheduleState, Task, TaskState};
use watched::Watched;

pub(crate) use clock::check;

/// The longest pause before what failed is tried again.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// The longest before a pull is, in pauses between two of them: a location that can be reached again is not left alone for an
/// hour by who asks it each minute.
const LONGEST_PAUSE_OF_PULLS: u32 = 10;

/// Why what keeps a dataset of the day there is run beyond its times.
const STARTED: &str = "the service has started";
const SET_ANEW: &str = "the settings have changed";
const CLOCK_SET: &str = "the machine's clock has been set";
const FILES_CHANGED: &str = "ephemeris files have changed";
const REFUSED: &str = "the published generation was refused";
const FAULTS_FOUND: &str = "the audit has found faults";

/// Runs the pipeline for a service.
pub(crate) struct Scheduler {
    service: Arc<Service>,
    conductor: Arc<Conductor>,
    clock: Clock,
    /// What is to be run, and why, in this order.
    waiting: Vec<(Task, &'static str)>,
    /// When what failed is tried again. Until then the clock does not have it run.
    again: BTreeMap<Task, Instant>,
    run: Option<Run>,
    /// Whether workers are to open the files anew, and where that is being done.
    is_to_reopen: bool,
    reopening: Option<Pending<Result<(), String>>>,
    watched: Watched,
    next_look: Instant,
    /// What the last audit found out of order, until the same sample is found in order.
    finding: Option<Finding>,
    /// Whether what is published was refused when that was looked at last.
    was_refused: bool,
    /// Whether the files that are here may not be what they are called: the next pull is to read them.
    is_doubtful: bool,
    /// What is gone by at the moment.
    settings: Settings,
}

/// What is under way.
type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A run that has not ended.
struct Run {
    task: Task,
    begun: Instant,
    errand: Errand,
    extra: Extra,
    ends: Pending<Ended>,
    /// Has it ended before its time; `None` once that is on its way.
    stop: Option<oneshot::Sender<()>>,
}

/// A sample that an audit has found faults in.
struct Finding {
    /// What it follows from.
    seed: u64,
    /// The generation that was served then.
    generation: String,
}

/// Whether a task of these settings makes the dataset good again by itself, once a run of it comes to its end.
pub(crate) fn mends(settings: &Settings) -> bool {
    settings.schedule.enabled
        && errand::of(Task::of_the_day(&settings.schedule), settings, Extra::default()).is_ok()
}

impl Scheduler {
    pub(crate) fn new(service: Arc<Service>, conductor: Arc<Conductor>) -> Scheduler {
        let settings = service.plan().settings.clone();
        Scheduler {
            was_refused: service.counters.snapshot().is_refused,
            is_doubtful: service.counters.snapshot().is_refused,
            service,
            conductor,
            clock: Clock::new(),
            waiting: Vec::new(),
            again: BTreeMap::new(),
            run: None,
            is_to_reopen: false,
            reopening: None,
            watched: Watched::new(&settings.ephe),
            next_look: Instant::now(),
            finding: None,
            settings,
        }
    }

    /// Runs what is due, for good. What runs as this is given up is ended, and loses nothing.
    pub(crate) async fn run(mut self) {
        self.begin(STARTED).await;
        loop {
            self.start_next();
            self.foresee().await;
            let retries = self.again.values().copied();
            let at_the_latest = retries.chain([self.clock.next_look()]).fold(self.next_look, Instant::min);
            let (mut ended, mut reopened) = (None, None);
            tokio::select! {
                how = pending(self.run.as_mut().map(|run| &mut run.ends)) => ended = Some(how),
                how = pending(self.reopening.as_mut()) => reopened = Some(how),
                () = self.service.replanned.notified() => {}
                () = self.clock.rings() => {}
                () = sleep_until(at_the_latest) => {}
            }
            if let Some(ended) = ended {
                self.conclude(ended);
            }
            if let Some(reopened) = reopened {
                self.note_reopened(reopened);
            }
            self.follow_settings().await;
            self.follow_clock().await;
            self.take_what_is_due();
            self.look();
        }
    }

    fn schedule(&self) -> &Schedule {
        &self.settings.schedule
    }

    /// Has a task run as soon as it can be, if it is run at all and does not wait for that already.
    fn want(&mut self, task: Task, reason: &'static str) {
        if task.is_wanted(self.schedule()) && self.waiting.iter().all(|(waiting, _)| *waiting != task) {
            self.waiting.push((task, reason));
        }
    }

    /// Has the dataset looked after.
    fn want_the_day(&mut self, reason: &'static str) {
        self.want(Task::of_the_day(self.schedule()), reason);
    }

    /// Sets everything by the settings, and has the dataset looked after at once.
    async fn begin(&mut self, reason: &'static str) {
        self.set_clock().await;
        let schedule = &self.settings.schedule;
        self.next_look = Instant::now() + Duration::from_secs(schedule.watch_s);
        self.waiting.clear();
        self.again.retain(|task, _| task.is_wanted(schedule));
        if !Task::Audit.is_wanted(schedule) {
            self.finding = None;
        }
        let tasks = Task::ALL.map(|task| TaskState::new(task, &task.times(schedule)));
        let rehearsed_day = (!schedule.today.is_empty()).then(|| schedule.today.clone());
        let of_nobody = |task: Task| !task.is_wanted(schedule);
        self.service.notice.send_modify(|notice| {
            let state = &mut notice.schedule;
            let known = std::mem::take(&mut state.tasks);
            let carried = |mut new: TaskState| match known.iter().find(|old| old.task == new.task) {
                // What was done is not forgotten, but for failures at what is not to be done any more.
                Some(old) => TaskState {
                    times: std::mem::take(&mut new.times),
                    failures_in_a_row: if of_nobody(new.task) { 0 } else { old.failures_in_a_row },
                    ..old.clone()
                },
                None => new,
            };
            state.tasks = tasks.map(carried).into();
            state.rehearsed_day = rehearsed_day;
        });
        self.note_obstacles();
        self.want_the_day(reason);
    }

    async fn set_clock(&mut self) {
        if let Err(error) = self.clock.set(&self.settings.schedule).await {
            // The times were checked with the settings.
            error!(%error, "the clock of the scheduler cannot be set, and nothing is run by it");
        }
    }

    /// Goes by the settings as they have been read again, if they say anything else of this; a run by others is ended.
    async fn follow_settings(&mut self) {
        let settings = {
            let plan = self.service.plan();
            let concerns = |it: &Settings| (it.schedule.clone(), it.ephe.clone(), it.datasets.clone());
            if concerns(&plan.settings) == concerns(&self.settings) {
                return;
            }
            plan.settings.clone()
        };
        if settings.ephe != self.settings.ephe {
            self.watched = Watched::new(&settings.ephe);
        }
        self.settings = settings;
        self.begin(SET_ANEW).await;
        let Some(run) = &mut self.run else { return };
        let task = run.task;
        let is_as_wanted = task.is_wanted(&self.settings.schedule)
            && errand::of(task, &self.settings, run.extra).is_ok_and(|errand| errand == run.errand);
        if is_as_wanted {
            // It does what would be begun.
            self.waiting.retain(|(waiting, _)| *waiting != task);
        } else if let Some(stop) = run.stop.take() {
            info!(task = task.name(), "the settings have changed: what runs by the old ones is ended");
            // It may have ended by itself.
            let _ = stop.send(());
            self.want(task, SET_ANEW);
        }
    }

    /// Goes by what the machine's clock says once it has been set.
    async fn follow_clock(&mut self) {
        if self.clock.has_been_set(Instant::now()) {
            self.set_clock().await;
            self.want_the_day(CLOCK_SET);
        }
    }

    fn take_what_is_due(&mut self) {
        let now = Instant::now();
        for task in self.clock.take(now) {
            if !self.again.contains_key(&task) {
                self.want(task, "it is time");
            }
        }
        for task in Task::ALL {
            if self.again.get(&task).is_some_and(|at| *at <= now) {
                self.again.remove(&task);
                self.want(task, "it failed before");
            }
        }
        let is_refused = self.service.counters.snapshot().is_refused;
        if is_refused && !self.was_refused {
            self.is_doubtful = true;
            self.want_the_day(REFUSED);
        }
        self.was_refused = is_refused;
        let served = self.service.plan().manifest.generation.clone();
        if let Some(finding) = &mut self.finding
            && finding.generation != served
        {
            finding.generation = served;
            self.want(Task::Audit, "another generation is served than the one that it found faults in");
        }
    }

    /// Looks, each time that a while has passed, for what keeps tasks from being run, and for changed ephemeris files: what
    /// depends on these is made anew then, and workers open them anew.
    fn look(&mut self) {
        if Instant::now() < self.next_look {
            return;
        }
        self.next_look = Instant::now() + Duration::from_secs(self.schedule().watch_s);
        self.note_obstacles();
        if self.watched.have_changed() {
            info!("ephemeris, ΔT or leap-second files have changed");
            self.is_to_reopen = true;
            self.want_the_day(FILES_CHANGED);
        }
        self.reopen();
    }

    /// Has workers open the files anew, if they are to and do not do so already.
    fn reopen(&mut self) {
        if self.is_to_reopen && self.reopening.is_none() {
            // Files that change meanwhile are opened once more.
            self.is_to_reopen = false;
            self.reopening = Some(Box::pin(Arc::clone(&self.conductor).reopen()));
        }
    }

    fn note_reopened(&mut self, reopened: Result<(), String>) {
        self.reopening = None;
        if let Err(reason) = reopened {
            self.is_to_reopen = true;
            error!(
                reason,
                "workers go on with the files that they have open; it is tried again at the next look"
            );
        }
    }

    /// Notes what keeps each task from being run, and says so where that has changed.
    fn note_obstacles(&mut self) {
        let obstacle = |task: Task| errand::of(task, &self.settings, Extra::default()).err();
        let found = Task::ALL.map(|task| {
            let obstacle = if task.is_wanted(self.schedule()) { obstacle(task) } else { None };
            let known = self.told_of(task, |state| state.idle_because.clone()).flatten();
            match &obstacle {
                Some(reason) if obstacle != known => {
                    warn!(task = task.name(), reason, "the pipeline cannot be run; it is looked at again");
                }
                None if known.is_some() => {
                    info!(task = task.name(), "what kept the pipeline from being run has gone");
                }
                _ => {}
            }
            (task, obstacle)
        });
        let of_the_day = found.iter().find(|(task, _)| *task == Task::of_the_day(self.schedule()));
        let idle_because = if self.schedule().enabled {
            of_the_day.and_then(|(_, obstacle)| obstacle.clone())
        } else {
            Some("schedule.enabled is false".to_owned())
        };
        self.tell(|state| state.idle_because = idle_because);
        for (task, obstacle) in found {
            self.tell_of(task, |state| state.idle_because = obstacle);
        }
    }

    /// Begins what waits, unless something runs: the first that nothing keeps from being run. What something keeps goes on
    /// waiting.
    fn start_next(&mut self) {
        if self.run.is_some() {
            return;
        }
        if self.service.plan().manifest.blocks.is_empty() {
            // There is nothing to be audited.
            self.waiting.retain(|(task, _)| *task != Task::Audit);
        }
        let ready = self.waiting.iter().enumerate().find_map(|(index, (task, _))| {
            let extra =
                Extra { seed: self.finding.as_ref().map(|finding| finding.seed), is_check: self.is_doubtful };
            Some((index, extra, errand::of(*task, &self.settings, extra).ok()?))
        });
        let Some((index, extra, errand)) = ready else { return };
        let (task, reason) = self.waiting.remove(index);
        self.again.remove(&task);
        if task == Task::Pull {
            // There is one each minute.
            debug!(task = task.name(), reason, "running the pipeline");
        } else {
            info!(task = task.name(), reason, "running the pipeline");
        }
        self.tell_of(task, |state| {
            state.idle_because = None;
            state.begins(now(), reason);
        });
        let (stop, stopped) = oneshot::channel();
        let (service, run) = (Arc::clone(&self.service), errand.clone());
        let ends = Box::pin(async move {
            let tell = |line: &str| {
                let progress = Some(line.to_owned());
                service
                    .notice
                    .send_modify(|notice| change(&mut notice.schedule, task, |it| it.progress = progress));
            };
            run.run(stopped, tell).await
        });
        self.run = Some(Run { task, begun: Instant::now(), errand, extra, ends, stop: Some(stop) });
    }

    /// Notes how a run has ended, and what follows from it.
    fn conclude(&mut self, ended: Ended) {
        let Some(Run { task, begun, extra, stop, .. }) = self.run.take() else { return };
        let seconds = begun.elapsed().as_secs_f64();
        match ended {
            // However it has come to its end, once it was to be ended that says nothing.
            _ if stop.is_none() => self.tell_of(task, TaskState::stops),
            Ended::Stopped => self.tell_of(task, TaskState::stops),
            Ended::Done(report) => {
                if task == Task::Pull && is_nothing_new(&report) {
                    debug!(task = task.name(), seconds, %report, "the pipeline has done it");
                } else {
                    info!(task = task.name(), seconds, %report, "the pipeline has done it");
                }
                if task == Task::Audit {
                    self.finding = None;
                } else {
                    // A roll reads every byte anyway.
                    self.is_doubtful &= task == Task::Pull && !extra.is_check;
                    if is_mended(&report) {
                        // Workers still have what was there before.
                        self.is_to_reopen = true;
                        self.reopen();
                        if self.finding.is_some() {
                            self.want(Task::Audit, "what it found may have been mended");
                        }
                    }
                }
                self.tell_of(task, |state| state.ends(now(), seconds, Ok(report)));
            }
            Ended::Failed(failure) => self.note_failure(task, seconds, failure),
        }
    }

    fn note_failure(&mut self, task: Task, seconds: f64, failure: Failure) {
        error!(
            task = task.name(),
            seconds,
            error = failure.error,
            "the pipeline has failed; what is published stays, and it is tried again"
        );
        let reported = |name: &str| failure.report.as_ref()?.get(name)?.as_u64();
        if task == Task::Audit
            && let Some(seed) = reported("seed")
        {
            // Another sample might miss it. Bytes that have changed are mended by the day's task; once, as it does not mend what
            // is wrong otherwise.
            let generation = self.service.plan().manifest.generation.clone();
            if self.finding.replace(Finding { seed, generation }).is_none() {
                self.is_doubtful = true;
                self.want_the_day(FAULTS_FOUND);
            }
        }
        let mut failures = 0;
        self.tell_of(task, |state| {
            state.ends(now(), seconds, Err(failure));
            failures = state.failures_in_a_row;
        });
        self.again.insert(task, Instant::now() + pause(task, failures, self.schedule()));
    }

    /// Tells when each task is run next.
    async fn foresee(&mut self) {
        for task in Task::ALL {
            let next = match self.again.get(&task) {
                Some(at) => Some(Utc::now() + at.saturating_duration_since(Instant::now())),
                None => self.clock.next(task).await,
            };
            let next = next.map(written);
            if self.told_of(task, |state| state.next != next) == Some(true) {
                self.tell_of(task, |state| state.next = next);
            }
        }
    }

    fn tell(&self, change: impl FnOnce(&mut ScheduleState)) {
        self.service.notice.send_modify(|notice| change(&mut notice.schedule));
    }

    fn tell_of(&self, task: Task, changed: impl FnOnce(&mut TaskState)) {
        self.tell(|state| change(state, task, changed));
    }

    fn told_of<T>(&self, task: Task, read: impl FnOnce(&TaskState) -> T) -> Option<T> {
        let notice = self.service.notice.borrow();
        notice.schedule.tasks.iter().find(|state| state.task == task).map(read)
    }
}

fn change(state: &mut ScheduleState, task: Task, change: impl FnOnce(&mut TaskState)) {
    if let Some(state) = state.tasks.iter_mut().find(|state| state.task == task) {
        change(state);
    }
}

/// Waits until what is under way has come to its end; for good, if nothing is.
async fn pending<T>(ends: Option<&mut Pending<T>>) -> T {
    match ends {
        Some(ends) => ends.await,
        None => std::future::pending().await,
    }
}

/// How long to wait before what failed, so many times in a row, is tried again.
fn pause(task: Task, failures: u64, schedule: &Schedule) -> Duration {
    let longest = match task {
        Task::Pull => Duration::from_secs(schedule.follow_s) * LONGEST_PAUSE_OF_PULLS,
        Task::Roll | Task::Audit => LONGEST_PAUSE,
    };
    let first = Duration::from_secs(schedule.retry_s);
    first.saturating_mul(1 << (failures.clamp(1, 20) - 1)).min(longest.max(first)).min(LONGEST_PAUSE)
}

/// Whether a report is of a generation that was there, with all its files.
fn is_nothing_new(report: &Value) -> bool {
    report["unchanged"] == true && !is_mended(report)
}

/// Whether a report is of a generation that was there, and some of whose files were not, or not as they should be.
fn is_mended(report: &Value) -> bool {
    let some = |name: &str| report[name].as_u64().is_some_and(|count| count > 0);
    report["unchanged"] == true && ["computed", "lists_derived", "fetched"].into_iter().any(some)
}

fn now() -> String {
    written(Utc::now())
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
