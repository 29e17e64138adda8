//! What is due by the clock.

use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use uuid::Uuid;

use super::state::{Task, Times};
use crate::config::Schedule;

/// Says of each task that it is due, when it is.
pub(super) struct Clock {
    due: mpsc::Sender<Task>,
    set: Option<(JobScheduler, Vec<(Task, Uuid)>)>,
}

/// Whether these are times; if not, why.
pub(crate) fn check(times: &str) -> Result<(), String> {
    let remedy = "give six fields such as \"0 5 0 * * *\": second, minute, hour, day of the month, month, day of the week; or \
                  nothing at all for never";
    if times.is_empty() || Job::new_async_tz(times, Utc, |_, _| Box::pin(async {})).is_ok() {
        Ok(())
    } else {
        Err(remedy.to_owned())
    }
}

impl Clock {
    pub(super) fn new(due: mpsc::Sender<Task>) -> Clock {
        Clock { due, set: None }
    }

    /// Goes by these times from now on.
    pub(super) async fn set(&mut self, schedule: &Schedule) -> Result<(), JobSchedulerError> {
        if let Some((mut before, _)) = self.set.take() {
            before.shutdown().await?;
        }
        if !schedule.enabled {
            return Ok(());
        }
        let jobs = JobScheduler::new().await?;
        let mut ids = Vec::new();
        for task in Task::ALL {
            let due = self.due.clone();
            let tell = move |_, _| {
                // Where there is no room, it is known to be due already.
                let _ = due.try_send(task);
                Box::pin(async {}) as Pin<Box<dyn Future<Output = ()> + Send>>
            };
            let job = match task.times(schedule) {
                Times::At(times) if !times.is_empty() => Job::new_async_tz(times, Utc, tell)?,
                Times::Every(seconds) => Job::new_repeated_async(Duration::from_secs(seconds), tell)?,
                Times::Never | Times::At(_) => continue,
            };
            ids.push((task, jobs.add(job).await?));
        }
        jobs.start().await?;
        self.set = Some((jobs, ids));
        Ok(())
    }

    /// When a task is due next.
    pub(super) async fn next(&mut self, task: Task) -> Option<DateTime<Utc>> {
        let (jobs, ids) = self.set.as_mut()?;
        let (_, id) = ids.iter().find(|(own, _)| *own == task)?;
        jobs.next_tick_for_job(*id).await.ok()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_are_none_are_refused_with_the_remedy() {
        for times in ["", "0 5 0 * * *", "*/1 * * * * *", "0 0 3 * * MON"] {
            assert_eq!(check(times), Ok(()), "{times:?}");
        }
        for times in ["0 5 0 * *", "61 * * * * *", "daily", " "] {
            assert!(check(times).unwrap_err().contains("six fields"), "{times:?}");
        }
    }
}
