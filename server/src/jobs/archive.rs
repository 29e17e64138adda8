//! The directory of all jobs: where they are put, found, counted and removed.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tracing::warn;

use super::folder::{Folder, if_there, make_dir, own_file};
use super::id::JobId;
use super::record::{Job, Record, State, now_us};
use super::wanted::Posted;
use crate::config::{Jobs, Settings};

/// Where jobs lie if the settings do not say: beside the dataset's directory.
const BESIDE: &str = "jobs";

/// Whoever makes a job holds this lock, and whoever works at jobs that one.
const MAKING: &str = ".making";
const WORKING: &str = ".working";

/// What the folders of jobs begin with that are being made, and removed.
const NEW: &str = ".new-";
const GONE: &str = ".gone-";

/// See [the module](self).
#[derive(Debug)]
pub(crate) struct Archive {
    dir: PathBuf,
    settings: Jobs,
    posted: Notify,
}

/// Why a job is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("there are {most} jobs already")]
    TooMany { most: usize },
    #[error("jobs and their results take {disk_bytes} bytes already")]
    DiskFull { disk_bytes: u64 },
    #[error("{dir}: {source}")]
    Disk { dir: PathBuf, source: io::Error },
}

/// All jobs, counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Survey {
    pub(crate) queued: u64,
    pub(crate) running: u64,
    pub(crate) done: u64,
    pub(crate) failed: u64,
    pub(crate) cancelled: u64,
    pub(crate) expired: u64,
    /// What they take on disk.
    pub(crate) bytes: u64,
}

impl Survey {
    /// How many stand so.
    pub(crate) fn of(&self, state: State) -> u64 {
        match state {
            State::Queued => self.queued,
            State::Running => self.running,
            State::Done => self.done,
            State::Failed => self.failed,
            State::Cancelled => self.cancelled,
            State::Expired => self.expired,
        }
    }

    fn count(&mut self, state: State) {
        *match state {
            State::Queued => &mut self.queued,
            State::Running => &mut self.running,
            State::Done => &mut self.done,
            State::Failed => &mut self.failed,
            State::Cancelled => &mut self.cancelled,
            State::Expired => &mut self.expired,
        } += 1;
    }

    /// Whether somebody is to work at them.
    pub(crate) fn has_work(&self) -> bool {
        self.queued + self.running > 0
    }
}

impl Archive {
    /// That of these settings; `None` where no jobs are taken.
    pub(crate) fn of(settings: &Settings) -> Option<Archive> {
        let dir = &settings.jobs.dir;
        let dir =
            if dir.as_os_str().is_empty() { settings.datasets.with_file_name(BESIDE) } else { dir.clone() };
        let archive = || Archive { dir, settings: settings.jobs.clone(), posted: Notify::new() };
        settings.jobs.enabled.then(archive)
    }

    pub(crate) fn settings(&self) -> &Jobs {
        &self.settings
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Tells who waits for it in this process that there is something to look at.
    pub(crate) fn announce(&self) {
        self.posted.notify_one();
    }

    /// Waits until there is.
    pub(crate) async fn announced(&self) {
        self.posted.notified().await;
    }

    pub(super) fn folder(&self, id: JobId) -> Folder {
        Folder::at(self.dir.join(id.to_string()))
    }

    /// How long what has ended is kept, microseconds.
    pub(super) fn keep_us(&self) -> i64 {
        i64::try_from(self.settings.keep_s).unwrap_or(i64::MAX).saturating_mul(1_000_000)
    }

    /// Takes a job, whose result will have so many rows, if that is known. Then it is there, whatever happens.
    pub(crate) fn post(&self, posted: &Posted, expected_rows: Option<u64>) -> Result<Job, Refused> {
        let failed = |source| Refused::Disk { dir: self.dir.clone(), source };
        make_dir(&self.dir).map_err(failed)?;
        // One at a time, of all workers: so that none is taken that another has left no room for.
        let making = own_file(&self.dir.join(MAKING)).map_err(failed)?;
        making.lock().map_err(failed)?;
        let (most, disk_bytes) = (self.settings.most, self.settings.disk_bytes);
        let (jobs, bytes) = self.measure().map_err(failed)?;
        if jobs >= most {
            return Err(Refused::TooMany { most });
        }
        let body = posted.body.as_deref();
        let own = (posted.wanted.path.len() + body.map_or(0, <[u8]>::len)) as u64;
        if bytes.saturating_add(own) >= disk_bytes {
            return Err(Refused::DiskFull { disk_bytes });
        }
        let id = JobId::new().map_err(failed)?;
        let record = Record::new(now_us(), expected_rows);
        let new = Folder::at(self.dir.join(format!("{NEW}{id}")));
        new.write(&posted.wanted, body, &record).map_err(failed)?;
        fs::rename(new.path(), self.folder(id).path()).map_err(failed)?;
        File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(failed)?;
        Ok(Job { id, record, cancelled: None })
    }

    /// A job; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn find(&self, id: JobId) -> io::Result<Option<Job>> {
        let folder = self.folder(id);
        let Some(record) = folder.record()? else { return Ok(None) };
        let keep = |us: i64| (us, us.saturating_add(self.keep_us()));
        Ok(Some(Job { id, record, cancelled: folder.cancelled_us()?.map(keep) }))
    }

    /// The result of a job's nth run, as far as it has come.
    ///
    /// # Errors
    /// It is not there.
    pub(crate) fn result(&self, id: JobId, run: u64) -> io::Result<File> {
        self.folder(id).result(run)
    }

    /// Ends a job: one that waits or runs is cancelled, what has come of one that has ended is removed. As it stands then.
    ///
    /// # Errors
    /// It cannot be read or changed.
    pub(crate) fn end(&self, id: JobId) -> io::Result<Option<Job>> {
        let Some(job) = self.find(id)? else { return Ok(None) };
        match job.state(now_us()) {
            State::Queued | State::Running => self.folder(id).cancel()?,
            State::Cancelled => return Ok(Some(job)),
            State::Done | State::Failed | State::Expired => {
                self.remove(id)?;
                return Ok(Some(job));
            }
        }
        self.find(id)
    }

    /// Removes a job, at once for whoever looks for it.
    pub(super) fn remove(&self, id: JobId) -> io::Result<()> {
        let gone = self.dir.join(format!("{GONE}{id}"));
        match if_there(fs::rename(self.folder(id).path(), &gone))? {
            // Whoever sweeps may be quicker.
            Some(()) => if_there(fs::remove_dir_all(gone)).map(drop),
            None => Ok(()),
        }
    }

    /// Whoever holds it works at jobs, and nobody else; `None` while somebody else does.
    ///
    /// # Errors
    /// There can be none.
    pub(super) fn lock(&self) -> io::Result<Option<File>> {
        make_dir(&self.dir)?;
        let lock = own_file(&self.dir.join(WORKING))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// The ids of all jobs, and what else lies there.
    fn names(&self) -> io::Result<(Vec<JobId>, Vec<String>)> {
        let (mut ids, mut others) = (Vec::new(), Vec::new());
        let Some(entries) = if_there(fs::read_dir(&self.dir))? else { return Ok((ids, others)) };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            match JobId::parse(&name) {
                Some(id) => ids.push(id),
                None => others.push(name),
            }
        }
        Ok((ids, others))
    }

    /// All jobs, in the order in which they were posted. One that cannot be read is left out, with a word in the log.
    pub(super) fn all(&self) -> io::Result<Vec<Job>> {
        let mut jobs = Vec::new();
        for id in self.names()?.0 {
            match self.find(id) {
                Ok(job) => jobs.extend(job),
                Err(error) => warn!(job = ?id, %error, "a job cannot be read, and is left where it is"),
            }
        }
        jobs.sort_by_key(|job| (job.record.created_us, job.id));
        Ok(jobs)
    }

    /// How many jobs are kept, and what all of them take on disk.
    fn measure(&self) -> io::Result<(usize, u64)> {
        let (mut kept, mut bytes) = (0, 0);
        for id in self.names()?.0 {
            let folder = self.folder(id);
            kept += usize::from(folder.has_contents());
            bytes += folder.bytes()?;
        }
        Ok((kept, bytes))
    }

    /// What all jobs take on disk.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        self.measure().map(|(_, bytes)| bytes)
    }

    /// Removes what is kept no longer, counts the rest, and tells when it is to be looked at again at the latest, if ever.
    /// Of what has expired is told for as long again as it was kept.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub(crate) fn sweep(&self) -> io::Result<(Survey, Option<i64>)> {
        let (now_us, mut survey, mut next_us) = (now_us(), Survey::default(), None);
        let mut at = |us: i64| next_us = Some(next_us.map_or(us, |next: i64| next.min(us)));
        for job in self.all()? {
            let (folder, state) = (self.folder(job.id), job.state(now_us));
            if let Some((ended_us, expires_us)) = job.ended() {
                let forgotten_us = expires_us.saturating_add(expires_us.saturating_sub(ended_us));
                let swept = match state {
                    State::Expired if now_us >= forgotten_us => {
                        self.noted(job.id, self.remove(job.id));
                        continue;
                    }
                    State::Expired => {
                        at(forgotten_us);
                        folder.remove_contents()
                    }
                    _ => {
                        at(expires_us);
                        Ok(())
                    }
                };
                self.noted(job.id, swept);
            }
            survey.count(state);
            survey.bytes += folder.bytes().unwrap_or_default();
        }
        self.clear_away()?;
        Ok((survey, next_us))
    }

    fn noted(&self, id: JobId, swept: io::Result<()>) {
        if let Err(error) = swept {
            warn!(job = ?id, dir = %self.dir.display(), %error, "a job that has expired cannot be removed");
        }
    }

    /// Removes what somebody left who was killed as he made or removed a job.
    fn clear_away(&self) -> io::Result<()> {
        let others = self.names()?.1;
        let begin_with =
            |start: &str| others.iter().filter(|name| name.starts_with(start)).collect::<Vec<_>>();
        for name in begin_with(GONE) {
            if_there(fs::remove_dir_all(self.dir.join(name)))?;
        }
        let new = begin_with(NEW);
        if !new.is_empty() {
            let making = own_file(&self.dir.join(MAKING))?;
            // Somebody is at it: he may be making this very one.
            if making.try_lock().is_ok() {
                for name in new {
                    if_there(fs::remove_dir_all(self.dir.join(name)))?;
                }
            }
        }
        Ok(())
    }

    /// What is asked of a job, and what is to be posted with it; `None` where it has gone.
    pub(super) fn request(&self, id: JobId) -> io::Result<Option<Posted>> {
        let folder = self.folder(id);
        let Some(wanted) = folder.wanted()? else { return Ok(None) };
        Ok(Some(Posted { wanted, body: folder.body()?.map(Into::into) }))
    }
}

impl Refused {
    /// What the system said, where it was that.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Refused::Disk { source, .. } if source.kind() == ErrorKind::StorageFull)
    }
}

#[cfg(test)]
mod tests;
