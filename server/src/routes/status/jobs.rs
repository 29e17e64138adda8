//! What `/status` tells of jobs.

use serde::Serialize;

use super::seconds;
use crate::jobs::Survey;
use crate::process::counters::Snapshot;
use crate::process::notice::Notice;

/// The jobs, and who works at them.
#[derive(Serialize)]
pub(super) struct Jobs<'a> {
    kept: Option<&'a Survey>,
    runner: Runner,
}

#[derive(Serialize)]
struct Runner {
    state: &'static str,
    pid: Option<u64>,
    uptime_s: Option<f64>,
    restarts: u64,
}

impl Jobs<'_> {
    pub(super) fn of<'a>(snapshot: &Snapshot, notice: &'a Notice) -> Jobs<'a> {
        let runner = snapshot.runner.as_ref();
        Jobs {
            kept: notice.jobs.as_ref(),
            runner: Runner {
                state: runner.map_or("absent", |runner| match runner.state() {
                    "serving" => "working",
                    other => other,
                }),
                pid: runner.map(|runner| runner.pid),
                uptime_s: runner.map(|runner| seconds(runner.uptime_ms)),
                restarts: snapshot.runner_crashes,
            },
        }
    }
}
