//! What the scheduler has done, does, and will do, as `/status` tells of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Schedule;

/// What is done about the dataset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScheduleState {
    /// Why the dataset is not kept up to date; `None` where everything is in order.
    pub(crate) idle_because: Option<String>,
    /// The day that the dataset is made for where it is not the clock's.
    pub(crate) rehearsed_day: Option<String>,
    /// By task; none where there is no supervisor.
    pub(crate) tasks: Vec<TaskState>,
}

/// What became of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaskState {
    pub(crate) task: Task,
    /// When it is due, as the settings have it; empty for never by the clock.
    pub(crate) times: String,
    /// What keeps it from being run, though it is to be.
    pub(crate) idle_because: Option<String>,
    /// When it is run next, by these or because it failed; UTC.
    pub(crate) next: Option<String>,
    /// Since when it runs; UTC.
    pub(crate) running_since: Option<String>,
    /// What it said last while it runs.
    pub(crate) progress: Option<String>,
    /// Runs that came to their end.
    pub(crate) runs: u64,
    /// Runs that failed, in all and since one did not.
    pub(crate) failures: u64,
    pub(crate) failures_in_a_row: u64,
    /// When the last one began; UTC.
    pub(crate) last_began: Option<String>,
    /// When the last one that did not fail came to its end; UTC.
    pub(crate) last_succeeded: Option<String>,
    /// Why it was run.
    pub(crate) last_reason: Option<String>,
    pub(crate) last_seconds: Option<f64>,
    /// What the pipeline reported of it; `None` if it failed before it could, and of an audit that found faults these.
    pub(crate) last_report: Option<Value>,
    /// Why it failed; `None` if it did not.
    pub(crate) last_error: Option<String>,
}

/// What the pipeline is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// The dataset is fetched from where others publish it.
    Pull,
    /// The dataset is moved to today, or made.
    Roll,
    /// A sample of the dataset is compared with the source.
    Audit,
}

impl Task {
    pub(crate) const ALL: [Task; 3] = [Task::Pull, Task::Roll, Task::Audit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Task::Pull => "pull",
            Task::Roll => "roll",
            Task::Audit => "audit",
        }
    }

    /// What keeps a dataset of the day there, from where the settings say.
    pub(crate) fn of_the_day(schedule: &Schedule) -> Task {
        if schedule.follow.is_empty() { Task::Roll } else { Task::Pull }
    }

    /// Whether it is run at all.
    pub(crate) fn is_wanted(self, schedule: &Schedule) -> bool {
        schedule.enabled
            && match self {
                Task::Audit => !schedule.audit.is_empty(),
                Task::Pull | Task::Roll => self == Task::of_the_day(schedule),
            }
    }

    /// When it is due.
    pub(crate) fn times(self, schedule: &Schedule) -> Times {
        match self {
            Task::Audit => Times::At(schedule.audit.clone()),
            _ if self != Task::of_the_day(schedule) => Times::Never,
            Task::Roll => Times::At(schedule.roll.clone()),
            Task::Pull => Times::Every(schedule.follow_s),
        }
    }
}

/// When a task is due.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Times {
    Never,
    /// Second, minute, hour, day of the month, month, day of the week; empty for never.
    At(String),
    /// Every so many seconds.
    Every(u64),
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Times::Never => Ok(()),
            Times::At(times) => f.write_str(times),
            Times::Every(seconds) => write!(f, "every {seconds} s"),
        }
    }
}

impl TaskState {
    pub(crate) fn new(task: Task, times: &Times) -> TaskState {
        TaskState {
            task,
            times: times.to_string(),
            idle_because: None,
            next: None,
            running_since: None,
            progress: None,
            runs: 0,
            failures: 0,
            failures_in_a_row: 0,
            last_began: None,
            last_succeeded: None,
            last_reason: None,
            last_seconds: None,
            last_report: None,
            last_error: None,
        }
    }

    /// Notes that a run has begun.
    pub(crate) fn begins(&mut self, now: String, reason: &str) {
        self.running_since = Some(now.clone());
        self.last_began = Some(now);
        self.last_reason = Some(reason.to_owned());
        self.last_seconds = None;
    }

    /// Notes that it was ended before it came to its end, which tells nothing of it.
    pub(crate) fn stops(&mut self) {
        self.running_since = None;
        self.progress = None;
    }

    /// Notes how it ended.
    pub(crate) fn ends(&mut self, now: String, seconds: f64, ended: Result<Value, Failure>) {
        self.stops();
        self.runs += 1;
        self.last_seconds = Some(seconds);
        (self.last_report, self.last_error) = match ended {
            Ok(report) => {
                self.failures_in_a_row = 0;
                self.last_succeeded = Some(now);
                (Some(report), None)
            }
            Err(Failure { error, report }) => {
                self.failures += 1;
                self.failures_in_a_row += 1;
                (report, Some(error))
            }
        };
    }
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// In a line.
    pub(crate) error: String,
    /// What the pipeline reported all the same, as it does of a dataset that it finds faults in.
    pub(crate) report: Option<Value>,
}
