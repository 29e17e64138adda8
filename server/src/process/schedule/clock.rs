//! What is due by the clock.
//!
//! Times are those of the machine's clock, which may be set; pauses are those of one that goes on whatever is done to the other.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tracing::warn;
use uuid::Uuid;

use super::state::{Task, Times};
use crate::config::Schedule;

/// Pause between two looks at whether the machine's clock has been set.
const LOOK: Duration = Duration::from_secs(30);

/// What it may be off by against one that is never set, before it counts as having been: more than is made up for unnoticed.
const MOST_DRIFT: Duration = Duration::from_mins(1);

/// Says of each task that it is due, when it is.
pub(super) struct Clock {
    bell: Arc<Bell>,
    /// One for as long as this lives: what the crate starts for each of them outlives it.
    jobs: Option<JobScheduler>,
    set: Vec<(Task, Uuid)>,
    pauses: Vec<Pause>,
    steps: Steps,
    next_look: Instant,
}

/// A task that is due again and again after the same pause, which no clock that is set lengthens, or has made up for.
struct Pause {
    task: Task,
    every: Duration,
    next: Instant,
}

/// What has become due and has not been taken.
#[derive(Default)]
struct Bell {
    due: [AtomicBool; Task::ALL.len()],
    rung: Notify,
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

impl Bell {
    fn ring(&self, task: Task) {
        self.due[task as usize].store(true, Ordering::Release);
        self.rung.notify_one();
    }

    fn take(&self) -> Vec<Task> {
        Task::ALL.into_iter().filter(|task| self.due[*task as usize].swap(false, Ordering::AcqRel)).collect()
    }
}

impl Clock {
    pub(super) fn new() -> Clock {
        Clock {
            bell: Arc::default(),
            jobs: None,
            set: Vec::new(),
            pauses: Vec::new(),
            steps: Steps::begin(Utc::now(), Instant::now()),
            next_look: Instant::now() + LOOK,
        }
    }

    /// Goes by these times from now on, and by what the machine's clock says now; what was due before is forgotten.
    pub(super) async fn set(&mut self, schedule: &Schedule) -> Result<(), JobSchedulerError> {
        self.steps = Steps::begin(Utc::now(), Instant::now());
        self.pauses.clear();
        if let Some(jobs) = &self.jobs {
            while let Some((_, id)) = self.set.pop() {
                jobs.remove(&id).await?;
            }
        }
        self.bell.take();
        for task in Task::ALL.into_iter().filter(|task| task.is_wanted(schedule)) {
            match task.times(schedule) {
                Times::At(times) if !times.is_empty() => {
                    let bell = Arc::clone(&self.bell);
                    let ring = move |_, _| {
                        bell.ring(task);
                        Box::pin(async {}) as Pin<Box<dyn Future<Output = ()> + Send>>
                    };
                    let id = self.jobs().await?.add(Job::new_async_tz(times, Utc, ring)?).await?;
                    self.set.push((task, id));
                }
                Times::Every(seconds) => {
                    let every = Duration::from_secs(seconds);
                    self.pauses.push(Pause { task, every, next: Instant::now() + every });
                }
                Times::Never | Times::At(_) => {}
            }
        }
        Ok(())
    }

    async fn jobs(&mut self) -> Result<&JobScheduler, JobSchedulerError> {
        let jobs = if let Some(jobs) = self.jobs.take() {
            jobs
        } else {
            let jobs = JobScheduler::new().await?;
            jobs.start().await?;
            jobs
        };
        Ok(self.jobs.insert(jobs))
    }

    /// Waits until something becomes due by the machine's clock.
    pub(super) async fn rings(&self) {
        self.bell.rung.notified().await;
    }

    /// When to look again at the latest.
    pub(super) fn next_look(&self) -> Instant {
        self.pauses.iter().map(|pause| pause.next).fold(self.next_look, Instant::min)
    }

    /// Takes what has become due, each task once however often it has.
    pub(super) fn take(&mut self, now: Instant) -> Vec<Task> {
        for pause in self.pauses.iter_mut().filter(|pause| pause.next <= now) {
            pause.next = now + pause.every;
            self.bell.ring(pause.task);
        }
        self.bell.take()
    }

    /// Whether the machine's clock has been set since its times were: then what the crate has computed from it is to be
    /// computed anew. It compares the clock with the next time of each job, and computes that only when it has come: set back
    /// by years, nothing would be due for years.
    pub(super) fn has_been_set(&mut self, now: Instant) -> bool {
        if now < self.next_look {
            return false;
        }
        self.next_look = now + LOOK;
        let step_s = self.steps.step_s(Utc::now(), now);
        if step_s.is_some() {
            warn!(step_s, "the machine's clock has been set, or the machine has slept");
        }
        step_s.is_some()
    }

    /// When a task is due next.
    pub(super) async fn next(&mut self, task: Task) -> Option<DateTime<Utc>> {
        if let Some(pause) = self.pauses.iter().find(|pause| pause.task == task) {
            return Some(Utc::now() + pause.next.saturating_duration_since(Instant::now()));
        }
        let (_, id) = self.set.iter().find(|(own, _)| *own == task)?;
        self.jobs.as_mut()?.next_tick_for_job(*id).await.ok()?
    }
}

/// What two clocks said at the same moment, of which one may be set and the other may not.
#[derive(Clone, Copy, Debug)]
struct Steps {
    wall: DateTime<Utc>,
    steady: Instant,
}

impl Steps {
    fn begin(wall: DateTime<Utc>, steady: Instant) -> Steps {
        Steps { wall, steady }
    }

    /// By how many seconds the one that may be set has been since then; `None` where it goes with the other.
    fn step_s(&self, wall: DateTime<Utc>, steady: Instant) -> Option<i64> {
        let passed =
            i64::try_from(steady.saturating_duration_since(self.steady).as_millis()).unwrap_or(i64::MAX);
        let step_ms = (wall - self.wall).num_milliseconds().saturating_sub(passed);
        (u128::from(step_ms.unsigned_abs()) > MOST_DRIFT.as_millis()).then_some(step_ms / 1000)
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

    #[tokio::test]
    async fn a_clock_that_is_set_is_told_from_one_that_goes() {
        let (wall, steady) = (Utc::now(), Instant::now());
        let steps = Steps::begin(wall, steady);
        let after = |wall_s: i64, steady_s: u64| {
            steps.step_s(wall + chrono::Duration::seconds(wall_s), steady + Duration::from_secs(steady_s))
        };
        for (wall_s, steady_s) in [(0, 0), (86_400, 86_400), (60, 0), (30, 90), (86_450, 86_400)] {
            assert_eq!(after(wall_s, steady_s), None, "{wall_s} against {steady_s}");
        }
        // A machine that begins in 2030, as its battery is flat, and is told that it is 2026.
        assert_eq!(after(-126_230_370, 30), Some(-126_230_400));
        assert_eq!(after(604_830, 30), Some(604_800));
        assert_eq!(after(61, 0), Some(61));
    }

    #[tokio::test]
    async fn each_task_is_due_once_however_often_it_has_become_so() {
        let mut clock = Clock::new();
        let follow = Schedule { follow: "file:///tables".to_owned(), follow_s: 60, ..Schedule::default() };
        clock.set(&follow).await.unwrap();
        let begun = Instant::now();
        assert_eq!(clock.take(begun), []);
        for task in Task::ALL {
            clock.bell.ring(task);
            clock.bell.ring(task);
        }
        clock.rings().await;
        assert_eq!(clock.take(begun), Task::ALL);
        // What a week of standing still has missed is made up for by one.
        let later = begun + Duration::from_hours(168);
        assert_eq!(clock.take(later), [Task::Pull]);
        assert_eq!((clock.take(later), clock.pauses[0].next), (Vec::new(), later + Duration::from_mins(1)));
        // What was due by old times is not by new ones.
        clock.bell.ring(Task::Pull);
        clock.set(&Schedule { enabled: false, ..follow }).await.unwrap();
        assert_eq!((clock.take(later), clock.next(Task::Audit).await), (Vec::new(), None));
    }

    #[tokio::test]
    async fn setting_it_again_and_again_leaves_nothing_behind() {
        let mut clock = Clock::new();
        clock.set(&Schedule::default()).await.unwrap();
        let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let before = alive();
        for nth in 0..50 {
            let schedule = Schedule { roll: format!("{nth} 5 0 * * *"), ..Schedule::default() };
            clock.set(&schedule).await.unwrap();
            let next = clock.next(Task::Roll).await.unwrap();
            assert!(next > Utc::now() && next.timestamp() % 60 == nth, "{next}");
        }
        // What it does on the way has ended once others have had their turn.
        while alive() > before {
            tokio::task::yield_now().await;
        }
        assert_eq!(clock.set.len(), 2);
    }
}
