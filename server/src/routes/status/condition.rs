//! How healthy the service is: 100, less what is not as it should be.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use crate::app::App;
use crate::process::counters::Snapshot;
use crate::process::monitor::state::{Alert, Severity};
use crate::process::notice::Notice;
use crate::process::schedule::state::Task;

/// For how long it counts that a worker ended which nobody had told to.
const LATELY: Duration = Duration::from_mins(10);

/// Points that all workers together stand for.
const ALL_WORKERS: usize = 60;

/// What decides on the service's health.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// Whether the worker that was asked is about to stop.
    is_draining: bool,
    /// How many workers there are to be, and how many of those accept requests.
    slots: usize,
    serving: usize,
    /// How many generations of tables these answer from.
    generations: usize,
    /// How long ago a worker ended that nobody had told to.
    crashed_ago: Option<Duration>,
    /// How long ago the runner of jobs ended that nobody had told to, and how often it has.
    runner_crashed: Option<(Duration, u64)>,
    /// Whether the generation that is published was refused.
    is_refused: bool,
    /// Whether the schedule keeps the dataset, and so makes it good again.
    is_kept: bool,
    /// What there is to answer from.
    sources: Sources,
    /// What the pipeline fails to do: how often in a row, and why.
    failing: Vec<(Task, u64, String)>,
    /// What it is to do and cannot be run for, and why.
    idle: Vec<(Task, String)>,
    /// What the monitor has found out of order.
    alerts: Vec<Alert>,
}

/// What there is to answer from.
#[derive(Clone, Copy, Debug)]
struct Sources {
    /// Whether there are any tables.
    tables: bool,
    /// Whether anything can be computed live.
    live: bool,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Deduction {
    points: usize,
    reason: String,
    remedy: &'static str,
}

/// How healthy the service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Health {
    score: usize,
    deductions: Vec<Deduction>,
}

impl Condition {
    pub(crate) fn of(app: &App, snapshot: &Snapshot, notice: &Notice) -> Condition {
        let serving =
            snapshot.workers.iter().filter(|worker| worker.generation.is_some() && !worker.draining);
        let generations: BTreeSet<Option<u64>> = serving.clone().map(|worker| worker.generation).collect();
        let serving: BTreeSet<usize> = serving.map(|worker| worker.slot).collect();
        Condition {
            is_draining: app.is_draining(),
            slots: snapshot.slots,
            serving: serving.len(),
            generations: generations.len(),
            crashed_ago: snapshot.crashed_ms_ago.map(Duration::from_millis),
            runner_crashed: snapshot
                .runner_crashed_ms_ago
                .map(|ago| (Duration::from_millis(ago), snapshot.runner_crashes)),
            is_refused: snapshot.is_refused,
            is_kept: !notice.schedule.tasks.is_empty() && notice.schedule.idle_because.is_none(),
            sources: Sources {
                tables: !app.generation().dataset.manifest().is_nothing(),
                live: app.live().is_some(),
            },
            failing: notice
                .schedule
                .tasks
                .iter()
                .filter(|it| it.failures_in_a_row > 0)
                .filter_map(|it| Some((it.task, it.failures_in_a_row, it.last_error.clone()?)))
                .collect(),
            idle: notice
                .schedule
                .tasks
                .iter()
                .filter_map(|it| Some((it.task, it.idle_because.clone()?)))
                .collect(),
            alerts: notice.watch.alerts.clone(),
        }
    }

    /// Everything that takes points off, and what it takes.
    fn deductions(&self) -> Vec<Deduction> {
        let missing = self.slots.saturating_sub(self.serving);
        let crashed = self.crashed_ago.filter(|ago| *ago < LATELY);
        let runner_crashed = self.runner_crashed.filter(|(ago, _)| *ago < LATELY);
        let deductions = [
            self.is_draining.then(|| Deduction {
                points: 100,
                reason: "the worker that was asked is about to stop".to_owned(),
                remedy: "ask again in a moment: whoever has taken its place answers, unless all of the service stops",
            }),
            (missing > 0).then(|| Deduction {
                points: (ALL_WORKERS * missing).div_ceil(self.slots),
                reason: format!("{missing} of {} workers accept no requests", self.slots),
                remedy: "wait a few seconds, in which they are started again; if they stay away, the log says why",
            }),
            self.is_refused.then(|| Deduction {
                points: 20,
                reason: "the published generation of tables was refused, and what was sound before is served".to_owned(),
                remedy: if self.is_kept {
                    "wait until the schedule has mended it, which tells how that goes; the log names the fault"
                } else {
                    "publish a sound one with orrery-pipeline roll, or build; the log names the fault"
                },
            }),
            (self.generations > 1).then(|| Deduction {
                points: 20,
                reason: format!("workers answer from {} different generations of tables", self.generations),
                remedy: "wait a moment, as a new one may be on its way round; if it stays so, the log says which worker \
                         cannot take it up and why: it is tried again later, and at SIGHUP",
            }),
            crashed.map(|ago| Deduction {
                points: 15,
                reason: format!("a worker ended unexpectedly {} s ago", ago.as_secs()),
                remedy: "look into the log for why; it is forgotten after ten minutes without another",
            }),
            runner_crashed.map(|(ago, times)| Deduction {
                points: if times > 1 { 15 } else { 5 },
                reason: format!(
                    "the process that works at jobs ended unexpectedly {} s ago, and {times} times since the start",
                    ago.as_secs()
                ),
                remedy: "look into the log for why; a job that costs a process each time fails after jobs.attempts; it is \
                         forgotten after ten minutes without another",
            }),
            (!self.sources.live).then(|| Deduction {
                points: 10,
                reason: "there are no ephemeris files: nothing can be computed live".to_owned(),
                remedy: "run scripts/fetch-data and restart the service, or name the directory with --ephe",
            }),
            (!self.sources.tables).then(|| Deduction {
                points: 30,
                reason: "there are no tables yet: everything is computed live".to_owned(),
                remedy: "wait until the pipeline has made the first ones, which schedule tells of; where it does not run, \
                         run orrery-pipeline build",
            }),
        ];
        let failing = self.failing.iter().map(|(task, failures, error)| Deduction {
            points: if *failures > 1 { 20 } else { 10 },
            reason: match failures {
                1 => format!("{} has failed: {error}", task.name()),
                _ => format!("{} has failed {failures} times in a row: {error}", task.name()),
            },
            remedy: "the log has all that the pipeline said; what is published is served, and it is tried again at the time \
                     that schedule tells",
        });
        let idle = self.idle.iter().map(|(task, reason)| Deduction {
            points: if *task == Task::Audit { 10 } else { 20 },
            reason: format!("{} is not run: {reason}", task.name()),
            remedy: "do as it says, and it is run within schedule.watch_s; or, if it is not to be, set schedule.enabled to false, \
                     or schedule.audit to nothing",
        });
        let alerts = self.alerts.iter().map(|alert| Deduction {
            points: match alert.severity {
                Severity::Warning => 10,
                Severity::Critical => 25,
            },
            reason: alert.reason.clone(),
            remedy: alert.name.remedy(),
        });
        deductions.into_iter().flatten().chain(failing).chain(idle).chain(alerts).collect()
    }
}

impl Health {
    pub(crate) fn of(condition: &Condition) -> Health {
        let deductions = condition.deductions();
        let points: usize = deductions.iter().map(|deduction| deduction.points).sum();
        Health { score: 100_usize.saturating_sub(points), deductions }
    }

    pub(crate) fn score(&self) -> usize {
        self.score
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::monitor::state::Name;

    fn alert(name: Name, severity: Severity) -> Alert {
        let (since, reason) = ("2026-11-22T00:05:00Z".to_owned(), format!("{} is high", name.word()));
        Alert { name, severity, since, value: 2.0, threshold: 1.0, reason }
    }

    const WELL: Condition = Condition {
        is_draining: false,
        slots: 4,
        serving: 4,
        generations: 1,
        crashed_ago: None,
        runner_crashed: None,
        is_refused: false,
        is_kept: true,
        sources: Sources { tables: true, live: true },
        failing: Vec::new(),
        idle: Vec::new(),
        alerts: Vec::new(),
    };

    #[test]
    fn nothing_is_taken_off_where_all_is_well() {
        let long_ago = Condition { crashed_ago: Some(LATELY), runner_crashed: Some((LATELY, 9)), ..WELL };
        for condition in [WELL, long_ago] {
            assert_eq!(Health::of(&condition), Health { score: 100, deductions: Vec::new() });
        }
    }

    #[test]
    fn each_fault_takes_its_points_off_and_says_what_to_do() {
        let now = Some(Duration::ZERO);
        for (condition, score, reason) in [
            (Condition { is_draining: true, ..WELL }, 0, "about to stop"),
            (Condition { serving: 3, ..WELL }, 85, "1 of 4 workers"),
            (Condition { serving: 0, ..WELL }, 40, "4 of 4 workers"),
            (Condition { slots: 256, serving: 255, ..WELL }, 99, "1 of 256 workers"),
            (Condition { is_refused: true, ..WELL }, 80, "refused"),
            (Condition { generations: 2, ..WELL }, 80, "2 different generations"),
            (Condition { crashed_ago: now, ..WELL }, 85, "ended unexpectedly"),
            (Condition { runner_crashed: Some((Duration::ZERO, 1)), ..WELL }, 95, "works at jobs ended"),
            (Condition { runner_crashed: Some((Duration::ZERO, 2)), ..WELL }, 85, "2 times"),
            (Condition { sources: Sources { live: false, tables: true }, ..WELL }, 90, "no ephemeris files"),
            (Condition { sources: Sources { tables: false, live: true }, ..WELL }, 70, "no tables yet"),
            (
                Condition { failing: vec![(Task::Roll, 1, "no room".into())], ..WELL },
                90,
                "roll has failed: no room",
            ),
            (
                Condition { failing: vec![(Task::Audit, 2, "faults".into())], ..WELL },
                80,
                "audit has failed 2 times in a row: faults",
            ),
            (
                Condition { idle: vec![(Task::Roll, "there is no orrery-pipeline".into())], ..WELL },
                80,
                "roll is not run: there is no orrery-pipeline",
            ),
            (
                Condition { idle: vec![(Task::Audit, "no files".into())], ..WELL },
                90,
                "audit is not run: no files",
            ),
            (
                Condition { alerts: vec![alert(Name::Errors, Severity::Warning)], ..WELL },
                90,
                "errors is high",
            ),
            (
                Condition { alerts: vec![alert(Name::Memory, Severity::Critical)], ..WELL },
                75,
                "memory is high",
            ),
        ] {
            let health = Health::of(&condition);
            let [deduction] = health.deductions.as_slice() else { panic!("{health:?}") };
            assert_eq!((health.score, deduction.points), (score, 100 - score), "{condition:?}");
            assert!(deduction.reason.contains(reason) && deduction.remedy.len() > 20, "{deduction:?}");
        }
    }

    #[test]
    fn all_at_once_is_not_less_than_nothing() {
        let lost = Condition {
            is_draining: true,
            slots: 1,
            serving: 0,
            generations: 2,
            crashed_ago: Some(Duration::ZERO),
            runner_crashed: Some((Duration::ZERO, 9)),
            is_refused: true,
            is_kept: false,
            sources: Sources { tables: false, live: false },
            failing: vec![(Task::Roll, 9, "no luck".to_owned())],
            idle: vec![(Task::Audit, "no files".to_owned())],
            alerts: Name::ALL.map(|name| alert(name, Severity::Critical)).into(),
        };
        let health = Health::of(&lost);
        assert_eq!((health.score, health.deductions.len()), (0, 16));
    }
}
