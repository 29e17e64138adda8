//! Those who work at jobs: so many at once, in the order in which they were posted.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::archive::Archive;
use super::id::JobId;
use super::record::{Job, State, now_us};
use super::work::{Ended, Spent, Work};
use crate::app::App;
use crate::wire::problem::{Code, Problem};
use crate::wire::route::Site;

/// Why a job is worked at no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody wants it any more.
    Cancelled,
    /// It is to wait for another process.
    PutBack,
}

/// See [the module](self).
#[derive(Debug)]
pub(crate) struct Crew {
    app: Arc<App>,
    site: Arc<Site>,
    archive: Arc<Archive>,
    spent: Arc<Spent>,
    at_work: HashMap<JobId, watch::Sender<Option<Stop>>>,
    tasks: JoinSet<(JobId, Ended)>,
    /// Whether there are jobs that nobody has begun.
    has_waiting: bool,
    /// As long as it is held nobody else is at work.
    _lock: File,
}

impl Crew {
    /// Begins to work at the jobs of an app; `None` while somebody else does. What somebody else left unfinished is begun
    /// again, or has failed if it was begun often enough.
    ///
    /// # Errors
    /// The directory of jobs cannot be made or read.
    pub(crate) fn begin(app: &Arc<App>, archive: &Arc<Archive>) -> io::Result<Option<Crew>> {
        let Some(lock) = archive.lock()? else { return Ok(None) };
        for job in archive.all()? {
            if job.record.state == State::Running {
                take_up_again(archive, job)?;
            }
        }
        let spent = Arc::new(Spent::new(archive)?);
        Ok(Some(Crew {
            app: Arc::clone(app),
            site: Arc::new(Site::new(app)),
            archive: Arc::clone(archive),
            spent,
            at_work: HashMap::new(),
            tasks: JoinSet::new(),
            has_waiting: true,
            _lock: lock,
        }))
    }

    /// Whether there is nothing to do.
    pub(crate) fn rests(&self) -> bool {
        self.at_work.is_empty() && !self.has_waiting
    }

    /// Whether jobs wait that could be begun now, or could not when it was tried last.
    pub(crate) fn has_waiting(&self) -> bool {
        self.has_waiting && self.at_work.len() < self.archive.settings().parallel
    }

    /// Looks which jobs are there, ends those that nobody wants any more, and begins others.
    pub(crate) fn look(&mut self) {
        let jobs = match self.archive.all() {
            Ok(jobs) => jobs,
            Err(error) => {
                // It is tried again at the next look.
                warn!(dir = %self.archive.dir().display(), %error, "the jobs cannot be read");
                return;
            }
        };
        self.has_waiting = false;
        for job in jobs {
            if let Some(stop) = self.at_work.get(&job.id) {
                if job.cancelled.is_some() {
                    // Whoever worked at it may have come to its end.
                    let _ = stop.send(Some(Stop::Cancelled));
                }
            } else if job.record.state == State::Running {
                // How it stood when it ended could not be written.
                self.has_waiting = true;
                if let Err(error) = take_up_again(&self.archive, job) {
                    warn!(%error, "how a job stands cannot be written; is there room on the disk?");
                }
            } else if job.state(now_us()) == State::Queued {
                // Where memory is scarce, nothing large is begun.
                if self.at_work.len() >= self.archive.settings().parallel
                    || self.app.memory().refuses_streams()
                {
                    self.has_waiting = true;
                } else {
                    self.start(job);
                }
            }
        }
    }

    fn start(&mut self, job: Job) {
        let (stop, stopped) = watch::channel(None);
        let (id, attempt) = (job.id, job.record.attempt + 1);
        info!(job = ?id, attempt, "a job is begun");
        let work = Work::new(&self.site, &self.archive, &self.spent, job);
        self.at_work.insert(id, stop);
        self.tasks.spawn(async move { (id, work.run(stopped).await) });
    }

    /// Waits until a job is worked at no longer; for good where none is. A call that is given up loses nothing.
    pub(crate) async fn ended(&mut self) {
        let Some(ended) = self.tasks.join_next().await else { return std::future::pending().await };
        match ended {
            Ok((id, ended)) => {
                info!(job = ?id, ended = ended.word(), "a job is worked at no longer");
                self.at_work.remove(&id);
            }
            // What panics within a job is caught there. Who it was is not known: the next look finds nobody at work on it.
            Err(panic) => error!(%panic, "working at a job has failed, which it never should"),
        }
    }

    /// Stops at once: what is being worked at waits for another process, which begins it anew.
    pub(crate) async fn stop(mut self) {
        for stop in self.at_work.values() {
            let _ = stop.send(Some(Stop::PutBack));
        }
        while let Some(ended) = self.tasks.join_next().await {
            if let Ok((id, ended)) = ended {
                info!(job = ?id, ended = ended.word(), "a job is worked at no longer");
            }
        }
    }
}

/// Puts back a job that another process was at work on when it ended, unless it was begun often enough.
fn take_up_again(archive: &Archive, job: Job) -> io::Result<()> {
    let (folder, Job { id, mut record, cancelled }) = (archive.folder(job.id), job);
    let (attempt, most) = (record.attempt, archive.settings().attempts);
    let started_us = record.started_us;
    record.put_back();
    if cancelled.is_some() {
        record.started_us = started_us;
        record.end(State::Cancelled, now_us(), archive.keep_us());
    } else if attempt >= most {
        error!(job = ?id, attempt, "a job has failed, as each process has ended that worked at it");
        let detail =
            format!("the job was begun {attempt} times, and each time the process ended that worked at it");
        let problem = Problem::new(Code::JobInterrupted, detail)
            .hint("ask for less at a time, and tell the operator: the log says how the processes ended");
        record.problem = serde_json::from_slice(&problem.body()).ok();
        record.started_us = started_us;
        record.end(State::Failed, now_us(), archive.keep_us());
    } else {
        warn!(job = ?id, attempt, "a job is begun again, as the process has ended that worked at it");
    }
    folder.put(&record, true)?;
    folder.remove_results()
}

#[cfg(test)]
mod tests;
