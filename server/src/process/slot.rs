//! One slot: its socket, the worker that accepts on it, and those that still finish what they accepted before.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orrery_format::Manifest;
use socket2::Socket;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::config::Settings;
use crate::process::child::{Child, Failure, Program};
use crate::process::counters::Counters;
use crate::process::ephemeris::Ephemeris;
use crate::process::refused::Refused;
use crate::process::sockets::{self, Address};

/// Pauses before a worker that ended is started again: the first, and the longest after doublings.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// With a longer pause than this the slot's socket is closed for its time, so that clients go to other workers: for a
/// shorter one they had better wait.
const HELD_PAUSE: Duration = Duration::from_secs(1);

/// A worker that has been up for so long did not end because of how it was started.
const STEADY: Duration = Duration::from_mins(1);

/// What all slots share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) program: Program,
    pub(crate) address: Address,
    pub(crate) slots: usize,
    pub(crate) counters: Counters,
    pub(crate) ephemeris: Ephemeris,
    pub(crate) plan: Mutex<Plan>,
    /// True once every byte of the plan's generation has been verified.
    pub(crate) verified: watch::Receiver<bool>,
    /// True once all is to end.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) events: mpsc::UnboundedSender<Event>,
}

/// What the next worker is started with.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) manifest: Arc<Manifest>,
}

impl Service {
    /// The plan, for a moment.
    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        // What a panic could have left is whole: its parts are set one by one, and each is right by itself.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a slot has to tell while the service starts.
#[derive(Debug)]
pub(crate) enum Event {
    /// A worker accepts connections.
    Serving { slot: usize },
    /// A worker has not come to serve.
    CannotStart {
        slot: usize,
        reason: String,
        /// Whether the worker itself said so: then the next one will say the same.
        is_certain: bool,
    },
}

/// What a slot is asked to do.
#[derive(Debug)]
pub(crate) enum Task {
    /// Have the worker answer from another generation.
    TakeUp { order: Arc<[u8]>, generation: String, done: oneshot::Sender<TakenUp> },
    /// Put a new worker, started by the plan, in the place of the one that is there.
    Replace { done: oneshot::Sender<Replaced> },
}

/// What came of a new generation in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TakenUp {
    /// The worker answers from it.
    Serving,
    /// The worker goes on with the old one, for this reason.
    Refused(String),
    /// The worker has ended over it, in this way. The next one will be started by the plan that there is then.
    Lost(String),
    /// There is no worker at the moment; the next one will be started by the plan that there is then.
    Absent,
}

/// What came of putting a new worker in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// The new one serves.
    Done,
    /// It did not come to serve, for this reason, and the old one stays.
    Failed(String),
    /// There was none to be replaced; the next one will be started by the plan that there is then.
    Absent,
}

/// Waits until what is watched is true, or nobody is left who could set it.
async fn is_true(watched: &mut watch::Receiver<bool>) {
    drop(watched.wait_for(|value| *value).await);
}

/// A slot.
#[derive(Debug)]
pub(crate) struct Slot {
    number: usize,
    /// `None` while there has been no worker for long.
    socket: Option<Socket>,
    service: Arc<Service>,
    tasks: mpsc::Receiver<Task>,
    /// Workers that finish what they have accepted.
    retired: JoinSet<()>,
}

/// Why a worker is attended to no more.
enum Parted {
    /// It has ended, without having been told to.
    Ended,
    /// It drains, having been told to by somebody else.
    Drains,
    /// Everything is to end.
    Stopped,
}

impl Slot {
    pub(crate) fn new(
        number: usize,
        socket: Socket,
        service: Arc<Service>,
        tasks: mpsc::Receiver<Task>,
    ) -> Slot {
        Slot { number, socket: Some(socket), service, tasks, retired: JoinSet::new() }
    }

    /// Keeps a worker on the socket until everything is to end, and its last worker has ended.
    pub(crate) async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let begun = Instant::now();
            match self.start().await {
                Ok(mut worker) => match self.attend(&mut worker).await {
                    Parted::Stopped => {
                        self.retire(worker);
                        break;
                    }
                    Parted::Drains => {
                        self.retire(worker);
                        continue;
                    }
                    Parted::Ended => {}
                },
                Err(Failure::Stopped) => break,
                Err(failure) => self.tell(&failure),
            }
            self.service.counters.crashed(self.number);
            if begun.elapsed() >= STEADY {
                pause = FIRST_PAUSE;
            }
            warn!(
                slot = self.number,
                pause_ms = pause.as_millis() as u64,
                "starting another worker after a pause"
            );
            self.rest(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        // Who connects from now on is to be turned away, not to wait for an answer that nobody will give.
        drop(self.socket);
        while self.retired.join_next().await.is_some() {}
    }

    /// Starts a worker by the plan, and waits until it accepts connections. If everything is to end meanwhile, so does
    /// this: a worker that may have clients is retired then, and not let go of.
    async fn start(&mut self) -> Result<Child, Failure> {
        let mut stopping = self.service.stopping.clone();
        let mut worker = tokio::select! {
            biased;
            () = is_true(&mut stopping) => return Err(Failure::Stopped),
            prepared = self.prepare() => prepared?,
        };
        let served = tokio::select! {
            biased;
            () = is_true(&mut stopping) => Err(Failure::Stopped),
            served = worker.serve() => served,
        };
        if let Err(failure) = served {
            // It may have got the order, and accepted somebody, before it came to this.
            self.retire(worker);
            return Err(failure);
        }
        // Nobody listens any more once the service has started.
        let _ = self.service.events.send(Event::Serving { slot: self.number });
        Ok(worker)
    }

    /// Starts a worker, and waits until it and its socket are ready.
    async fn prepare(&mut self) -> Result<Child, Failure> {
        let seat = loop {
            if let Some(seat) = self.service.counters.free_seat(self.number) {
                break seat;
            }
            // Two are there already: one has to end first, which it does in time or is killed.
            self.retired.join_next().await.ok_or(Failure::Crowded)?.ok();
        };
        // Those who are done are forgotten.
        while self.retired.try_join_next().is_some() {}
        let is_new = self.socket.is_none();
        let socket = match &self.socket {
            Some(held) => held.try_clone(),
            None => self.service.address.bind(),
        };
        let socket = socket.map_err(Refused::asked_for("a socket"))?;
        let mut worker = Child::start(&self.service, self.number, seat, &socket)?;
        worker.becomes_ready().await?;
        // A verification that failed ends the service. Until it does nothing unverified is served.
        if self.service.verified.clone().wait_for(|verified| *verified).await.is_err() {
            std::future::pending::<()>().await;
        }
        if is_new {
            sockets::listen(&socket).map_err(Refused::asked_for("a socket"))?;
            self.socket = Some(socket);
        }
        Ok(worker)
    }

    /// Stays with a worker until it parts, doing what the slot is asked to do meanwhile.
    async fn attend(&mut self, worker: &mut Child) -> Parted {
        let mut stopping = self.service.stopping.clone();
        loop {
            if worker.drains() {
                info!(slot = self.number, pid = worker.pid(), "a worker was told to drain: replacing it");
                return Parted::Drains;
            }
            let task = tokio::select! {
                biased;
                () = is_true(&mut stopping) => return Parted::Stopped,
                report = worker.report() => {
                    // That it drains, or an answer to what it was asked long ago.
                    if report.is_some() {
                        continue;
                    }
                    let ended = worker.end().await;
                    error!(slot = self.number, pid = worker.pid(), ended, "a worker has ended");
                    return Parted::Ended;
                }
                task = self.tasks.recv() => task,
            };
            match task {
                Some(Task::TakeUp { order, generation, done }) => {
                    let taken_up = tokio::select! {
                        biased;
                        () = is_true(&mut stopping) => return Parted::Stopped,
                        taken_up = worker.take_up(&order, &generation) => taken_up,
                    };
                    let is_lost = if let TakenUp::Lost(ended) = &taken_up {
                        error!(slot = self.number, pid = worker.pid(), ended, "a worker has ended");
                        true
                    } else {
                        false
                    };
                    // Whoever asked may have gone meanwhile, as everything ends.
                    let _ = done.send(taken_up);
                    if is_lost {
                        return Parted::Ended;
                    }
                }
                Some(Task::Replace { done }) => {
                    let (replaced, parted) = self.replace(worker).await;
                    let _ = done.send(replaced);
                    if let Some(parted) = parted {
                        return parted;
                    }
                }
                None => return Parted::Stopped,
            }
        }
    }

    /// Puts a new worker in the place of one that is attended to until then, and tells what became of it if there is none
    /// to go on with.
    async fn replace(&mut self, worker: &mut Child) -> (Replaced, Option<Parted>) {
        let (number, mut has_ended) = (self.number, false);
        let started = {
            let mut started = pin!(self.start());
            loop {
                tokio::select! {
                    biased;
                    started = &mut started => break started,
                    report = worker.report(), if !has_ended => if report.is_none() {
                        let ended = worker.end().await;
                        error!(slot = number, pid = worker.pid(), ended, "a worker has ended while it was replaced");
                        has_ended = true;
                    }
                }
            }
        };
        match started {
            Ok(new) => {
                let old = std::mem::replace(worker, new);
                if has_ended {
                    self.service.counters.crashed(number);
                } else {
                    self.retire(old);
                }
                (Replaced::Done, None)
            }
            Err(failure) => {
                let parted = match failure {
                    _ if has_ended => Some(Parted::Ended),
                    Failure::Stopped => Some(Parted::Stopped),
                    _ => None,
                };
                (Replaced::Failed(failure.to_string()), parted)
            }
        }
    }

    /// Waits before the next start, unless there is a reason not to.
    async fn rest(&mut self, pause: Duration) {
        let mut stopping = self.service.stopping.clone();
        if pause > HELD_PAUSE {
            self.socket = None;
        }
        let mut pause = pin!(sleep(pause));
        loop {
            tokio::select! {
                biased;
                () = is_true(&mut stopping) => return,
                () = &mut pause => return,
                task = self.tasks.recv() => match task {
                    Some(Task::TakeUp { done, .. }) => drop(done.send(TakenUp::Absent)),
                    // Settings have changed, perhaps for the better.
                    Some(Task::Replace { done }) => {
                        let _ = done.send(Replaced::Absent);
                        return;
                    }
                    None => return,
                },
            }
        }
    }

    /// Has a worker finish what it has begun, beside whatever comes next.
    fn retire(&mut self, worker: Child) {
        let slot = self.number;
        self.retired.spawn(async move {
            let pid = worker.pid();
            match worker.retire().await {
                Some(ended) if ended.success() => info!(slot, pid, "a worker has finished"),
                Some(ended) => error!(slot, pid, %ended, "a worker has ended while it drained"),
                None => warn!(slot, pid, "a worker was killed, as it had not ended by limits.drain_s"),
            }
        });
    }

    fn tell(&self, failure: &Failure) {
        error!(slot = self.number, %failure, "a worker cannot start");
        let is_certain = matches!(failure, Failure::Told { .. });
        let reason = failure.to_string();
        let _ = self.service.events.send(Event::CannotStart { slot: self.number, reason, is_certain });
    }
}

#[cfg(test)]
mod tests;
