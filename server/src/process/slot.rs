//! One slot: its socket, the worker that accepts on it, and those that still finish what they accepted before.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orrery_format::Manifest;
use socket2::Socket;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::config::Settings;
use crate::process::child::{Child, Failure, Program};
use crate::process::counters::Counters;
use crate::process::ephemeris::Ephemeris;
use crate::process::notice::Notice;
use crate::process::refused::Refused;
use crate::process::sockets::{self, Address};

/// Pauses before a worker that ended is started again: the first, and the longest after doublings.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(100);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// When nobody accepts on the slot's socket for longer than this it is closed, so that clients go to other workers: for a
/// shorter time they had better wait.
const HELD_PAUSE: Duration = Duration::from_secs(1);

/// A worker that has been up for so long did not end because of how it was started.
pub(super) const STEADY: Duration = Duration::from_mins(1);

/// What all slots share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) program: Program,
    pub(crate) address: Address,
    pub(crate) slots: usize,
    pub(crate) counters: Counters,
    pub(crate) ephemeris: Ephemeris,
    /// Told each time that a worker of any slot has left its seat.
    pub(crate) freed: Notify,
    pub(crate) plan: Mutex<Plan>,
    /// Told each time that the plan has other settings.
    pub(crate) replanned: Notify,
    /// True once all is to end.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) events: mpsc::UnboundedSender<Event>,
    /// What workers are to tell of that they cannot know.
    pub(crate) notice: watch::Sender<Notice>,
    /// Told each time that there may be something new for who works at jobs.
    pub(crate) jobs: Notify,
}

/// What a worker is started with.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) manifest: Arc<Manifest>,
}

impl Service {
    /// What the next worker is started with, for a moment.
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
    /// Put a new worker, started by this plan, in the place of the one that is there, or of none.
    Replace { plan: Box<Plan>, done: oneshot::Sender<Replaced> },
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

/// What came of putting a new worker in the place of another: it serves, or it did not come to serve, for this reason,
/// and who was there stays.
pub(crate) type Replaced = Result<(), String>;

/// Waits until what is watched is true, or nobody is left who could set it.
pub(super) async fn is_true(watched: &mut watch::Receiver<bool>) {
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

/// Waits until nobody has accepted on a socket for longer than clients had better wait there; for good, if somebody goes
/// on accepting.
async fn is_abandoned(mut accepting: watch::Receiver<bool>) {
    if accepting.wait_for(|accepting| !accepting).await.is_err() {
        std::future::pending::<()>().await;
    }
    sleep(HELD_PAUSE).await;
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
        let mut wanted = None;
        loop {
            let begun = Instant::now();
            let (plan, done): (Option<Plan>, Option<oneshot::Sender<Replaced>>) = wanted.take().unzip();
            // Nobody accepts until this one does.
            let started = self.start(plan, watch::channel(false).1).await;
            if let Some(done) = done {
                let replaced = started.as_ref().map(|_| ()).map_err(Failure::to_string);
                // Whoever asked may have gone meanwhile, as everything ends.
                let _ = done.send(replaced);
            }
            match started {
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
            wanted = self.rest(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        // Who connects from now on is to be turned away, not to wait for an answer that nobody will give.
        drop(self.socket);
        while self.retired.join_next().await.is_some() {}
    }

    /// Starts a worker, by this plan or by the one that there is then, and waits until it accepts connections. Meanwhile
    /// somebody else may be `accepting` on the socket. If everything is to end before that, so does this: a worker that
    /// may have clients is retired then, and not let go of.
    async fn start(
        &mut self,
        plan: Option<Plan>,
        accepting: watch::Receiver<bool>,
    ) -> Result<Child, Failure> {
        let mut stopping = self.service.stopping.clone();
        let mut worker = tokio::select! {
            biased;
            () = is_true(&mut stopping) => return Err(Failure::Stopped),
            prepared = self.prepare(plan, accepting) => prepared?,
        };
        let served = tokio::select! {
            biased;
            () = is_true(&mut stopping) => Err(Failure::Stopped),
            served = worker.serve() => served,
        };
        if let Err(failure) = served {
            // Unless it has ended, it may have got the order, and accepted somebody, before it came to this.
            if !matches!(failure, Failure::Ended { .. }) {
                self.retire(worker);
            }
            return Err(failure);
        }
        // Nobody listens any more once the service has started.
        let _ = self.service.events.send(Event::Serving { slot: self.number });
        Ok(worker)
    }

    /// Starts a worker, and waits until it and its socket are ready.
    async fn prepare(
        &mut self,
        plan: Option<Plan>,
        accepting: watch::Receiver<bool>,
    ) -> Result<Child, Failure> {
        let seat = self.free_seat(accepting).await;
        // Those who are done are forgotten.
        while self.retired.try_join_next().is_some() {}
        let plan = plan.unwrap_or_else(|| self.service.plan().clone());
        let is_new = self.socket.is_none();
        let socket = match &self.socket {
            Some(held) => held.try_clone(),
            None => self.service.address.bind(),
        };
        let socket = socket.map_err(Refused::asked_for("a socket"))?;
        let mut worker =
            Child::start(&self.service, self.number, seat, Some(&socket), &plan.settings.limits)?;
        worker.becomes_ready(plan).await?;
        if is_new {
            sockets::listen(&socket).map_err(Refused::asked_for("a socket"))?;
            self.socket = Some(socket);
        }
        Ok(worker)
    }

    /// A seat for another worker. Two may be there already: then one has to end first, which it does in time or is killed.
    async fn free_seat(&mut self, accepting: watch::Receiver<bool>) -> usize {
        let mut is_abandoned = pin!(is_abandoned(accepting));
        loop {
            let freed = self.service.freed.notified();
            if let Some(seat) = self.service.counters.free_seat(self.number) {
                return seat;
            }
            tokio::select! {
                () = freed => {}
                () = &mut is_abandoned, if self.socket.is_some() => {
                    warn!(slot = self.number, "two workers are draining: until one has ended nobody listens here");
                    self.socket = None;
                }
            }
        }
    }

    /// Stays with a worker until it parts, doing what the slot is asked to do meanwhile.
    async fn attend(&mut self, worker: &mut Child) -> Parted {
        let mut stopping = self.service.stopping.clone();
        let mut notices = self.service.notice.subscribe();
        loop {
            if worker.drains() {
                info!(slot = self.number, pid = worker.pid(), "a worker was told to drain: replacing it");
                return Parted::Drains;
            }
            let notice = notices.borrow_and_update().clone();
            if !worker.knows(&notice) {
                tokio::select! {
                    biased;
                    () = is_true(&mut stopping) => return Parted::Stopped,
                    () = worker.notice(notice) => continue,
                }
            }
            let task = tokio::select! {
                biased;
                () = is_true(&mut stopping) => return Parted::Stopped,
                report = worker.report() => {
                    // That it drains, or an answer to what it was asked long ago.
                    if report.is_some() {
                        continue;
                    }
                    let ended = tokio::select! {
                        biased;
                        () = is_true(&mut stopping) => return Parted::Stopped,
                        ended = worker.end() => ended,
                    };
                    error!(slot = self.number, pid = worker.pid(), ended, "a worker has ended");
                    return Parted::Ended;
                }
                // There is always one who could change them: the service keeps it.
                _ = notices.changed() => continue,
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
                Some(Task::Replace { plan, done }) => {
                    let (replaced, parted) = self.replace(worker, *plan).await;
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
    async fn replace(&mut self, worker: &mut Child, plan: Plan) -> (Replaced, Option<Parted>) {
        let (number, mut has_ended) = (self.number, false);
        let started = {
            let (accepts, accepting) = watch::channel(true);
            let old_ends = async {
                while worker.report().await.is_some() {
                    // Somebody else may have told it to drain.
                    let _ = accepts.send(!worker.drains());
                }
                let ended = worker.end().await;
                error!(slot = number, pid = worker.pid(), ended, "a worker has ended while it was replaced");
            };
            let mut started = pin!(self.start(Some(plan), accepting));
            let mut old_ends = pin!(old_ends);
            loop {
                tokio::select! {
                    biased;
                    started = &mut started => break started,
                    () = &mut old_ends, if !has_ended => has_ended = true,
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
                (Ok(()), None)
            }
            Err(failure) => {
                let parted = match failure {
                    _ if has_ended => Some(Parted::Ended),
                    Failure::Stopped => Some(Parted::Stopped),
                    _ => None,
                };
                (Err(failure.to_string()), parted)
            }
        }
    }

    /// Waits before the next start, unless there is a reason not to: everything is to end, or a worker is wanted by another
    /// plan, perhaps a better one, which is given back then with who asked for it.
    async fn rest(&mut self, pause: Duration) -> Option<(Plan, oneshot::Sender<Replaced>)> {
        let mut stopping = self.service.stopping.clone();
        if pause > HELD_PAUSE {
            self.socket = None;
        }
        let mut pause = pin!(sleep(pause));
        loop {
            tokio::select! {
                biased;
                () = is_true(&mut stopping) => return None,
                () = &mut pause => return None,
                task = self.tasks.recv() => match task? {
                    Task::TakeUp { done, .. } => drop(done.send(TakenUp::Absent)),
                    Task::Replace { plan, done } => return Some((*plan, done)),
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
