//! What concerns all slots: new generations and new settings, taken round one slot after the other.

use std::sync::Arc;
use std::time::Duration;

use orrery_format::Manifest;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tracing::{error, info, warn};

use crate::app::warn_of_no_ephemeris;
use crate::config::Settings;
use crate::logs;
use crate::process::control::{Order, line};
use crate::process::descriptors;
use crate::process::slot::{Replaced, Service, TakenUp, Task};
use crate::process::verifier::Verifier;

/// Reads the settings again.
pub(crate) type Reload = Box<dyn Fn() -> Result<Settings, String> + Send + Sync>;

/// Has all slots do something, one after the other, and one thing at a time.
pub(crate) struct Conductor {
    service: Arc<Service>,
    tasks: Vec<mpsc::Sender<Task>>,
    turn: Mutex<()>,
    reload: Reload,
}

/// What came of replacing every worker: how many slots have a new one, and which have none.
#[derive(Debug, Default)]
struct Round {
    replaced: usize,
    /// They keep the worker that they had.
    failed: usize,
    /// They had no worker, and are about to start one by the plan.
    absent: Vec<usize>,
}

impl Conductor {
    pub(crate) fn new(service: Arc<Service>, tasks: Vec<mpsc::Sender<Task>>, reload: Reload) -> Conductor {
        Conductor { service, tasks, turn: Mutex::new(()), reload }
    }

    /// Looks for new generations for good.
    pub(crate) async fn watch(self: Arc<Self>, mut verifier: Verifier) {
        loop {
            let (pause, dir) = {
                let plan = self.service.plan();
                (plan.settings.watch_ms, plan.settings.datasets.clone())
            };
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if !verifier.has_news() {
                continue;
            }
            let looked = spawn_blocking(move || {
                let found = verifier.look();
                (verifier, found)
            });
            let found = match looked.await {
                Ok((back, found)) => {
                    verifier = back;
                    found.map_err(|error| error.to_string())
                }
                Err(panic) => {
                    // It has taken with it what it knew. The next one looks at the same thing anew, but not at once.
                    verifier = Verifier::new(&dir);
                    verifier.try_again_later();
                    Err(format!("verifying it failed: {panic}"))
                }
            };
            let served = self.service.plan().manifest.generation.clone();
            match found {
                Ok(manifest) if manifest.generation == served => {
                    self.service.counters.accepted();
                    info!(generation = served, "the published generation is the one that is served");
                }
                Ok(manifest) => {
                    if !self.offer(manifest).await {
                        verifier.try_again_later();
                    }
                }
                Err(reason) => self.refuse(&reason),
            }
        }
    }

    fn refuse(&self, reason: &str) {
        let served = &self.service.plan().manifest.generation;
        error!(
            served,
            reason, "the published generation is refused, and the one before goes on being served"
        );
        self.service.counters.refused();
    }

    /// Has every worker answer from a verified generation; whether they do. The first that tries it decides: if it refuses
    /// or does not live through it, no other is asked.
    async fn offer(&self, manifest: Manifest) -> bool {
        let _turn = self.turn.lock().await;
        let generation = manifest.generation.clone();
        info!(generation, "offering a new generation to the workers");
        let manifest = Arc::new(manifest);
        let order = match line(&Order::TakeUp((*manifest).clone())) {
            Ok(order) => Arc::from(order),
            Err(error) => {
                self.refuse(&error.to_string());
                return false;
            }
        };
        let mut absent = Vec::new();
        let mut is_adopted = false;
        for slot in 0..self.tasks.len() {
            match self.take_up(slot, &order, &generation).await {
                TakenUp::Serving => {
                    is_adopted = true;
                    // From here on whoever starts is to start with it.
                    self.service.plan().manifest = Arc::clone(&manifest);
                }
                TakenUp::Refused(reason) if is_adopted => self.replace_after(slot, &reason).await,
                TakenUp::Lost(reason) if is_adopted => {
                    warn!(slot, reason, "the worker is lost over what others could take up");
                }
                TakenUp::Refused(reason) => {
                    self.refuse(&reason);
                    return false;
                }
                TakenUp::Lost(reason) => {
                    self.refuse(&format!("a worker was lost as it took it up: {reason}"));
                    return false;
                }
                TakenUp::Absent => absent.push(slot),
            }
        }
        self.service.plan().manifest = manifest;
        self.service.counters.accepted();
        // One that was starting anew when it was asked may have started with the old one.
        for slot in absent {
            if let TakenUp::Refused(reason) = self.take_up(slot, &order, &generation).await {
                self.replace_after(slot, &reason).await;
            }
        }
        info!(generation, "the new generation is taken up");
        true
    }

    async fn take_up(&self, slot: usize, order: &Arc<[u8]>, generation: &str) -> TakenUp {
        let (done, answer) = oneshot::channel();
        let (order, generation) = (Arc::clone(order), generation.to_owned());
        self.ask(slot, Task::TakeUp { order, generation, done }, answer).await.unwrap_or(TakenUp::Absent)
    }

    /// Replaces a worker that cannot do what others can.
    async fn replace_after(&self, slot: usize, reason: &str) {
        warn!(slot, reason, "the worker cannot take the generation up as others could: replacing it");
        if let Replaced::Failed(reason) = self.replace(slot).await {
            error!(slot, reason, "the worker cannot be replaced");
        }
    }

    async fn replace(&self, slot: usize) -> Replaced {
        let (done, answer) = oneshot::channel();
        self.ask(slot, Task::Replace { done }, answer).await.unwrap_or(Replaced::Absent)
    }

    /// What a slot answers; `None` as everything ends.
    async fn ask<T>(&self, slot: usize, task: Task, answer: oneshot::Receiver<T>) -> Option<T> {
        self.tasks[slot].send(task).await.ok()?;
        answer.await.ok()
    }

    /// Reads the settings again, and replaces every worker by one that has them.
    pub(crate) async fn reload(self: Arc<Self>) {
        let _turn = self.turn.lock().await;
        let old = self.service.plan().settings.clone();
        let settings = match self.read(&old) {
            Ok(settings) => settings,
            Err(reason) => {
                error!(reason, "the settings cannot be used, and the old ones stay");
                return;
            }
        };
        descriptors::warn_of_few(&settings);
        self.bring_in(settings);
        match self.replace_all().await {
            Ok(round) if round.failed == 0 => info!(
                replaced = round.replaced,
                absent = round.absent.len(),
                "the settings are in use: every worker has been replaced, or starts by them"
            ),
            Ok(round) => warn!(
                replaced = round.replaced,
                failed = round.failed,
                absent = round.absent.len(),
                "the settings are in use, but some workers could not be replaced and go on with the old ones"
            ),
            Err(round) => {
                self.bring_in(old);
                // Those that had no worker may have begun one by the settings that are no good.
                let mut back = 0;
                for slot in round.absent {
                    back += usize::from(self.replace(slot).await == Replaced::Done);
                }
                error!(back, "no worker could be started with the settings, and the old ones are back");
            }
        }
    }

    /// The settings as they are to be now.
    fn read(&self, old: &Settings) -> Result<Settings, String> {
        let settings = keep_what_needs_a_restart((self.reload)()?, old);
        if self.service.ephemeris.identity(&settings.ephe).map_err(|error| error.to_string())?.is_none() {
            warn_of_no_ephemeris(&settings.ephe);
        }
        Ok(settings)
    }

    /// Whoever starts from here on starts by these settings.
    fn bring_in(&self, settings: Settings) {
        logs::change(&settings);
        self.service.plan().settings = settings;
    }

    /// Replaces every worker by one by the plan, as long as the first one that is tried can be.
    ///
    /// # Errors
    /// It cannot.
    async fn replace_all(&self) -> Result<Round, Round> {
        let mut round = Round::default();
        for slot in 0..self.tasks.len() {
            match self.replace(slot).await {
                Replaced::Done => round.replaced += 1,
                Replaced::Absent => round.absent.push(slot),
                Replaced::Failed(reason) => {
                    error!(slot, reason, "the worker cannot be replaced");
                    round.failed += 1;
                    if round.replaced == 0 {
                        return Err(round);
                    }
                }
            }
        }
        Ok(round)
    }
}

/// New settings, but for those that only a restart can change, which are named.
fn keep_what_needs_a_restart(mut settings: Settings, old: &Settings) -> Settings {
    let changed = [
        ("listen", settings.listen != old.listen),
        ("workers", settings.workers != old.workers),
        ("datasets", settings.datasets != old.datasets),
        ("log_format", settings.log_format != old.log_format),
    ];
    for (name, _) in changed.iter().filter(|(_, has_changed)| *has_changed) {
        warn!("{name} has changed, which only a restart can bring into effect; the old value stays");
    }
    settings.listen = old.listen;
    settings.workers = old.workers;
    settings.datasets.clone_from(&old.datasets);
    settings.log_format = old.log_format;
    settings
}
