//! Who looks after the jobs in the supervisor: has a runner there while there are any, and sweeps away what is kept no longer.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::{sleep, sleep_until};
use tracing::{error, info, warn};

use crate::config::{Jobs, Settings};
use crate::jobs::{Archive, Survey, now_us};
use crate::process::child::{Child, Failure};
use crate::process::control::{Order, Report, line};
use crate::process::slot::{FIRST_PAUSE, LONGEST_PAUSE, Plan, STEADY, Service, TakenUp, is_true};

/// Pause between two looks at the jobs at the longest, and while there is something to do.
const LONGEST: Duration = Duration::from_mins(1);
const BUSY: Duration = Duration::from_secs(1);

/// How many times as long as a look has taken the pause before the next is at least: where there are very many jobs, looks
/// are rare.
const SHARE: u32 = 50;

/// See [the module](self).
#[derive(Debug)]
pub(crate) struct JobKeeper {
    service: Arc<Service>,
    /// Pause between two looks while there is something to do.
    busy: Duration,
}

/// Why a runner is attended to no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parted {
    /// It has ended, without having been told to.
    Ended,
    /// It has nothing to do, or is to be replaced.
    Dismissed,
    /// Everything is to end.
    Stopped,
}

/// A runner, and what it was started with and told.
struct Runner {
    child: Child,
    generation: String,
    settings: Settings,
    /// How often it was told to look.
    looks: u64,
    /// Since when it has nothing to do.
    resting: Option<tokio::time::Instant>,
}

impl JobKeeper {
    pub(crate) fn new(service: Arc<Service>) -> JobKeeper {
        JobKeeper { service, busy: BUSY }
    }

    /// Looks after the jobs until everything is to end.
    pub(crate) async fn run(mut self) {
        let (mut stopping, mut pause) = (self.service.stopping.clone(), FIRST_PAUSE);
        loop {
            let (survey, next) = self.survey().await;
            if !survey.has_work() {
                tokio::select! {
                    biased;
                    () = is_true(&mut stopping) => return,
                    () = self.service.jobs.notified() => {}
                    () = sleep(next) => {}
                }
                continue;
            }
            let begun = Instant::now();
            let parted = match self.start().await {
                Ok(mut runner) => match self.attend(&mut runner).await {
                    Parted::Ended => Parted::Ended,
                    parted => {
                        retire(runner.child).await;
                        parted
                    }
                },
                Err(Failure::Stopped) => Parted::Stopped,
                Err(failure) => {
                    error!(%failure, "who works at jobs cannot start");
                    Parted::Ended
                }
            };
            match parted {
                Parted::Stopped => return,
                Parted::Dismissed => continue,
                Parted::Ended => {}
            }
            self.service.counters.crashed(self.service.slots);
            if begun.elapsed() >= STEADY {
                pause = FIRST_PAUSE;
            }
            warn!(pause_ms = pause.as_millis() as u64, "starting another one to work at jobs after a pause");
            tokio::select! {
                biased;
                () = is_true(&mut stopping) => return,
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Sweeps, counts the jobs, tells the workers of them, and after which time to look again at the latest.
    async fn survey(&mut self) -> (Survey, Duration) {
        let begun = Instant::now();
        let archive = Archive::of(&self.service.plan().settings);
        let is_enabled = archive.is_some();
        let swept = spawn_blocking(move || archive.map(|archive| archive.sweep()).transpose());
        let (survey, next_us) = match swept.await {
            Ok(Ok(swept)) => swept.unwrap_or_default(),
            Ok(Err(error)) => {
                warn!(%error, "the directory of jobs cannot be read; make jobs.dir readable and writable");
                (Survey::default(), None)
            }
            Err(panic) => {
                error!(%panic, "sweeping the jobs has failed");
                (Survey::default(), None)
            }
        };
        self.busy = BUSY.max(begun.elapsed() * SHARE).min(LONGEST);
        let told = is_enabled.then(|| survey.clone());
        self.service.notice.send_if_modified(|notice| {
            let has_changed = notice.jobs != told;
            notice.jobs = told;
            has_changed
        });
        let next = next_us.map(|us| Duration::from_micros(us.saturating_sub(now_us()).max(0) as u64));
        // A moment later than the moment itself: the next look is to find it past.
        let next = next.map_or(LONGEST, |next| (next + Duration::from_millis(10)).min(LONGEST));
        (survey, next)
    }

    /// Starts a runner, and waits until it works.
    async fn start(&self) -> Result<Runner, Failure> {
        let service = &self.service;
        let mut stopping = service.stopping.clone();
        let plan = service.plan().clone();
        let starting = async {
            let seat = loop {
                let freed = service.freed.notified();
                match service.counters.free_seat(service.slots) {
                    Some(seat) => break seat,
                    None => freed.await,
                }
            };
            let mut child = Child::start(service, service.slots, seat, None, &plan.settings.limits)?;
            let Plan { settings, manifest } = plan.clone();
            child.becomes_ready(plan).await?;
            child.serve().await?;
            let generation = manifest.generation.clone();
            Ok(Runner { child, generation, settings, looks: 0, resting: None })
        };
        tokio::select! {
            biased;
            () = is_true(&mut stopping) => Err(Failure::Stopped),
            started = starting => started,
        }
    }

    /// Stays with a runner until it parts.
    async fn attend(&mut self, runner: &mut Runner) -> Parted {
        let mut stopping = self.service.stopping.clone();
        info!(pid = runner.child.pid(), "jobs are worked at");
        loop {
            if runner.child.drains() {
                return Parted::Dismissed;
            }
            let Plan { settings, manifest } = self.service.plan().clone();
            if runner.resting.is_some() && runner.settings != settings {
                return Parted::Dismissed;
            }
            if manifest.generation != runner.generation {
                let taken_up = tokio::select! {
                    biased;
                    () = is_true(&mut stopping) => return Parted::Stopped,
                    taken_up = take_up(&mut runner.child, &manifest) => taken_up,
                };
                match taken_up {
                    TakenUp::Serving => runner.generation.clone_from(&manifest.generation),
                    TakenUp::Lost(ended) => {
                        error!(pid = runner.child.pid(), ended, "who works at jobs has ended");
                        return Parted::Ended;
                    }
                    TakenUp::Refused(reason) => {
                        warn!(reason, "who works at jobs cannot take the generation up, and is replaced");
                        return Parted::Dismissed;
                    }
                    TakenUp::Absent => return Parted::Dismissed,
                }
                // What it said meanwhile was not listened to.
                if self.look(runner, &mut stopping).await {
                    return Parted::Stopped;
                }
            }
            let Jobs { rest_s, .. } = settings.jobs;
            let rest_ends = runner.resting.map(|since| since + Duration::from_secs(rest_s));
            let mut busy = pin!(sleep(if runner.resting.is_some() { LONGEST } else { self.busy }));
            tokio::select! {
                biased;
                () = is_true(&mut stopping) => return Parted::Stopped,
                report = runner.child.report() => match report {
                    Some(Report::Resting { nth }) if nth == runner.looks => {
                        runner.resting.get_or_insert_with(tokio::time::Instant::now);
                        let (survey, _) = self.survey().await;
                        if survey.has_work() {
                            // Something that it could not do, which it is not to try all the time.
                            tokio::select! {
                                biased;
                                () = is_true(&mut stopping) => return Parted::Stopped,
                                () = sleep(BUSY) => {}
                            }
                            if self.look(runner, &mut stopping).await {
                                return Parted::Stopped;
                            }
                        }
                    }
                    Some(_) => {}
                    None => {
                        let ended = tokio::select! {
                            biased;
                            () = is_true(&mut stopping) => return Parted::Stopped,
                            ended = runner.child.end() => ended,
                        };
                        error!(pid = runner.child.pid(), ended, "who works at jobs has ended");
                        return Parted::Ended;
                    }
                },
                () = self.service.jobs.notified() => {
                    if self.look(runner, &mut stopping).await {
                        return Parted::Stopped;
                    }
                }
                () = at(rest_ends) => {
                    let (survey, _) = self.survey().await;
                    if !survey.has_work() {
                        return Parted::Dismissed;
                    }
                    if self.look(runner, &mut stopping).await {
                        return Parted::Stopped;
                    }
                }
                () = &mut busy => {
                    self.survey().await;
                }
            }
        }
    }

    /// Has a runner look at the jobs; whether everything is to end meanwhile.
    async fn look(&self, runner: &mut Runner, stopping: &mut tokio::sync::watch::Receiver<bool>) -> bool {
        runner.looks += 1;
        runner.resting = None;
        tokio::select! {
            biased;
            () = is_true(stopping) => true,
            () = runner.child.look(runner.looks) => false,
        }
    }
}

async fn take_up(child: &mut Child, manifest: &orrery_format::Manifest) -> TakenUp {
    match line(&Order::TakeUp(manifest.clone())) {
        Ok(order) => child.take_up(&order, &manifest.generation).await,
        Err(error) => TakenUp::Refused(error.to_string()),
    }
}

/// Waits until an instant; for good, if there is none.
async fn at(instant: Option<tokio::time::Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Has a runner put back what it is at, and waits for its end.
async fn retire(child: Child) {
    let pid = child.pid();
    match child.retire().await {
        Some(ended) if ended.success() => info!(pid, "who works at jobs has finished"),
        Some(ended) => error!(pid, %ended, "who works at jobs has ended while it drained"),
        None => warn!(pid, "who works at jobs was killed, as it had not ended by limits.drain_s"),
    }
}
