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
use crate::process::child::Failure;
use crate::process::control::{Order, line};
use crate::process::descriptors;
use crate::process::slot::{Plan, Replaced, Service, TakenUp, Task};
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

/// What came of offering a generation to the workers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Offered {
    /// Workers answer from it, but for those of these slots, which could not and go on with what they have.
    Adopted { behind: Vec<usize> },
    /// The first that tried it could not answer from it.
    Refused,
    /// The first that tried it has ended over it, and its connections with it.
    Lost,
}

/// What came of replacing every worker.
#[derive(Default)]
struct Replacements {
    replaced: usize,
    /// Those that could not be, and go on.
    failed: usize,
}

impl Conductor {
    pub(crate) fn new(service: Arc<Service>, tasks: Vec<mpsc::Sender<Task>>, reload: Reload) -> Conductor {
        Conductor { service, tasks, turn: Mutex::new(()), reload }
    }

    /// Looks for new generations for good.
    pub(crate) async fn watch(self: Arc<Self>, mut verifier: Verifier) {
        // Slots that could not take up what is served.
        let mut behind = Vec::new();
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
            let manifest = match found {
                Ok(manifest) => manifest,
                Err(reason) => {
                    self.refuse(&reason);
                    continue;
                }
            };
            let served = self.service.plan().manifest.generation.clone();
            let offered = if manifest.generation != served {
                self.offer(manifest).await
            } else if behind.is_empty() {
                self.service.counters.accepted();
                info!(generation = served, "the published generation is the one that is served");
                continue;
            } else {
                self.offer_again(&manifest, &behind).await
            };
            match offered {
                Offered::Adopted { behind: slots } => {
                    behind = slots;
                    if !behind.is_empty() {
                        verifier.try_again_later();
                    }
                }
                Offered::Refused => verifier.try_again_later(),
                Offered::Lost => {
                    if !verifier.has_cost_a_worker() {
                        warn!(
                            "no worker is risked any more for what is published: build and publish another generation"
                        );
                    }
                }
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

    /// Has every worker answer from a verified generation. The first that tries it decides: if it refuses or does not live
    /// through it, no other is asked. Where no worker is there to try it, one is started with it.
    async fn offer(&self, manifest: Manifest) -> Offered {
        let _turn = self.turn.lock().await;
        let generation = manifest.generation.clone();
        info!(generation, "offering a new generation to the workers");
        let order = match line(&Order::TakeUp(manifest.clone())) {
            Ok(order) => Arc::from(order),
            Err(error) => {
                self.refuse(&error.to_string());
                return Offered::Refused;
            }
        };
        let plan = Plan { manifest: Arc::new(manifest), ..self.service.plan().clone() };
        let mut first = None;
        for slot in 0..self.tasks.len() {
            match self.take_up(slot, &order, &generation).await {
                TakenUp::Serving => {
                    first = Some(slot);
                    break;
                }
                TakenUp::Refused(reason) => {
                    self.refuse(&reason);
                    return Offered::Refused;
                }
                TakenUp::Lost(reason) => {
                    self.refuse(&format!("a worker was lost as it took it up: {reason}"));
                    return Offered::Lost;
                }
                TakenUp::Absent => {}
            }
        }
        let first = match first {
            Some(slot) => slot,
            None => match self.replace(0, &plan).await {
                Ok(()) => 0,
                Err(reason) => {
                    self.refuse(&format!("no worker was there, and none can start with it: {reason}"));
                    return Offered::Refused;
                }
            },
        };
        // From here on whoever starts is to start with it.
        self.service.plan().manifest = Arc::clone(&plan.manifest);
        self.service.counters.adopted();
        self.service.jobs.notify_one();
        let others: Vec<usize> = (0..self.tasks.len()).filter(|&slot| slot != first).collect();
        let behind = self.bring_along(&others, &order, &plan).await;
        info!(generation, behind = behind.len(), "the new generation is taken up");
        Offered::Adopted { behind }
    }

    /// Has those slots try once more that could not take up what all others serve.
    async fn offer_again(&self, manifest: &Manifest, behind: &[usize]) -> Offered {
        let _turn = self.turn.lock().await;
        let Ok(order) = line(&Order::TakeUp(manifest.clone())) else { return Offered::Refused };
        let plan = self.service.plan().clone();
        let behind = self.bring_along(behind, &Arc::from(order), &plan).await;
        info!(generation = manifest.generation, behind = behind.len(), "offered to workers left behind");
        Offered::Adopted { behind }
    }

    /// Has slots take up the generation of a plan, with which others answer and with which every worker starts by now;
    /// which of them go on with another.
    async fn bring_along(&self, slots: &[usize], order: &Arc<[u8]>, plan: &Plan) -> Vec<usize> {
        let mut behind = Vec::new();
        for &slot in slots {
            match self.take_up(slot, order, &plan.manifest.generation).await {
                TakenUp::Serving | TakenUp::Absent => {}
                TakenUp::Lost(reason) => {
                    warn!(
                        slot,
                        reason,
                        "the worker is lost over what others could take up; the next one starts with it"
                    );
                }
                TakenUp::Refused(reason) => {
                    warn!(
                        slot,
                        reason, "the worker cannot take the generation up as others could: replacing it"
                    );
                    if let Err(reason) = self.replace(slot, plan).await {
                        error!(
                            slot,
                            reason,
                            "the worker cannot be replaced, and goes on with the old generation for now"
                        );
                        behind.push(slot);
                    }
                }
            }
        }
        behind
    }

    async fn take_up(&self, slot: usize, order: &Arc<[u8]>, generation: &str) -> TakenUp {
        let (done, answer) = oneshot::channel();
        let (order, generation) = (Arc::clone(order), generation.to_owned());
        self.ask(slot, Task::TakeUp { order, generation, done }, answer).await.unwrap_or(TakenUp::Absent)
    }

    async fn replace(&self, slot: usize, plan: &Plan) -> Replaced {
        let (done, answer) = oneshot::channel();
        let replaced = self.ask(slot, Task::Replace { plan: Box::new(plan.clone()), done }, answer).await;
        replaced.unwrap_or_else(|| Err(Failure::Stopped.to_string()))
    }

    /// What a slot answers; `None` as everything ends.
    async fn ask<T>(&self, slot: usize, task: Task, answer: oneshot::Receiver<T>) -> Option<T> {
        self.tasks[slot].send(task).await.ok()?;
        answer.await.ok()
    }

    /// Reads the settings again, and replaces every worker by one that has them. The first decides: if none can be started
    /// with them in its place, the old ones stay.
    pub(crate) async fn reload(self: Arc<Self>) {
        let _turn = self.turn.lock().await;
        let old = self.service.plan().clone();
        let settings = match self.read(&old.settings).await {
            Ok(settings) => settings,
            Err(reason) => {
                error!(reason, "the settings cannot be used, and the old ones stay");
                return;
            }
        };
        descriptors::warn_of_few(&settings);
        let plan = Plan { settings, ..old };
        match self.replace_all(&plan, || self.bring_in(&plan.settings)).await {
            Ok(Replacements { replaced, failed: 0 }) => {
                info!(replaced, "the settings are in use: every worker has been replaced");
            }
            Ok(Replacements { replaced, failed }) => warn!(
                replaced,
                failed,
                "the settings are in use, but some workers could not be replaced and go on with the old ones"
            ),
            Err(reason) => {
                error!(reason, "no worker can be started with the settings, and the old ones stay");
            }
        }
    }

    /// Replaces every worker by one that opens the same files anew, since they have changed. The first decides, as ever.
    ///
    /// # Errors
    /// Why some, or all, go on with what they have open.
    pub(crate) async fn reopen(self: Arc<Self>) -> Result<(), String> {
        let _turn = self.turn.lock().await;
        let plan = self.service.plan().clone();
        self.check_ephemeris(&plan.settings).await?;
        let Replacements { replaced, failed } = self.replace_all(&plan, || ()).await?;
        if failed > 0 {
            return Err(format!("{failed} of {} workers could not be replaced", replaced + failed));
        }
        info!(replaced, "every worker has opened the files anew");
        Ok(())
    }

    /// Replaces one worker after the other by those of a plan, with which whoever starts is to start once the first one has.
    ///
    /// # Errors
    /// Why that one could not be, and so no other was.
    async fn replace_all(&self, plan: &Plan, has_begun: impl FnOnce()) -> Result<Replacements, String> {
        let mut has_begun = Some(has_begun);
        let mut count = Replacements::default();
        for slot in 0..self.tasks.len() {
            match self.replace(slot, plan).await {
                Ok(()) => {
                    if let Some(has_begun) = has_begun.take() {
                        has_begun();
                    }
                    count.replaced += 1;
                }
                Err(reason) if count.replaced == 0 => return Err(reason),
                Err(reason) => {
                    error!(slot, reason, "the worker cannot be replaced");
                    count.failed += 1;
                }
            }
        }
        Ok(count)
    }

    /// The settings as they are to be now.
    async fn read(&self, old: &Settings) -> Result<Settings, String> {
        let settings = keep_what_needs_a_restart((self.reload)()?, old);
        self.check_ephemeris(&settings).await?;
        Ok(settings)
    }

    /// Whether the ephemeris files can be used, if there are any.
    async fn check_ephemeris(&self, settings: &Settings) -> Result<(), String> {
        let identity = self.service.ephemeris.identity(&settings.ephe).await;
        if identity.map_err(|error| error.to_string())?.is_none() {
            warn_of_no_ephemeris(&settings.ephe);
        }
        Ok(())
    }

    /// Whoever starts from here on starts by these settings.
    fn bring_in(&self, settings: &Settings) {
        logs::change(settings);
        self.service.plan().settings.clone_from(settings);
        self.service.replanned.notify_one();
        self.service.jobs.notify_one();
    }
}

/// New settings, but for those that only a restart can change, which are named.
fn keep_what_needs_a_restart(mut settings: Settings, old: &Settings) -> Settings {
    let changed = [
        ("listen", settings.listen != old.listen),
        ("workers", settings.worker_count() != old.worker_count()),
        ("datasets", settings.datasets != old.datasets),
        ("log_format", settings.log_format != old.log_format),
        ("jobs.dir", settings.jobs.dir != old.jobs.dir),
    ];
    for (name, _) in changed.iter().filter(|(_, has_changed)| *has_changed) {
        warn!("{name} has changed, which only a restart can bring into effect; the old value stays");
    }
    settings.listen = old.listen;
    settings.workers = old.workers;
    settings.datasets.clone_from(&old.datasets);
    settings.log_format = old.log_format;
    settings.jobs.dir.clone_from(&old.jobs.dir);
    settings
}

#[cfg(test)]
mod tests;
