//! The supervisor: binds sockets, keeps a worker on each, has new generations and new settings taken up, and ends it all.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orrery_format::{FormatError, Manifest};
use rustix::process::{Pid, Signal as Kill, kill_process};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tracing::{error, info, warn};

use crate::app::{StartError, warn_of_no_ephemeris};
use crate::config::Settings;
use crate::process::child::Program;
use crate::process::control::{Order, line};
use crate::process::counters::Counters;
use crate::process::descriptors;
use crate::process::ephemeris::Ephemeris;
use crate::process::slot::{Event, Plan, Service, Slot, TakenUp, Task};
use crate::process::sockets::{self, Address};
use crate::process::verifier::Verifier;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuperviseError {
    /// There is no usable dataset.
    #[error(transparent)]
    Dataset(#[from] FormatError),
    /// The ephemeris files are there and not usable.
    #[error(transparent)]
    Ephemeris(#[from] StartError),
    /// Nobody can listen there.
    #[error(
        "{address}: cannot listen there: {source}; give --listen another address, or end who listens there"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A worker says that it cannot start.
    #[error("no worker can start: {reason}")]
    Worker {
        /// What it said.
        reason: String,
    },
    /// A setting cannot be told to a worker.
    #[error("the settings cannot be handed to a worker: {source}; give paths that are UTF-8")]
    Settings {
        /// What is wrong with them.
        source: serde_json::Error,
    },
    /// The system refuses what every service needs.
    #[error("the system refuses {what}: {source}")]
    System {
        /// What it refuses.
        what: &'static str,
        /// What it said.
        source: io::Error,
    },
}

impl SuperviseError {
    fn system(what: &'static str) -> impl FnOnce(io::Error) -> SuperviseError {
        move |source| SuperviseError::System { what, source }
    }
}

/// Serves until SIGTERM or SIGINT, with as many worker processes as the settings say, and prints where once all of them
/// are ready. SIGHUP has the settings read again, by `reload`, and every worker replaced.
///
/// This program must call [`work`](crate::process::work) when its first argument is
/// [`WORKER_ARGUMENT`](crate::process::WORKER_ARGUMENT).
///
/// # Errors
/// The service cannot start; the message names the remedy.
pub fn supervise(
    settings: Settings,
    reload: impl Fn() -> Result<Settings, String> + Send + Sync + 'static,
) -> Result<ExitCode, SuperviseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SuperviseError::system("a runtime"))?;
    let ended = runtime.block_on(run(settings, Box::new(reload)));
    runtime.shutdown_background();
    ended
}

/// Reads the settings again.
type Reload = Box<dyn Fn() -> Result<Settings, String> + Send + Sync>;

async fn run(settings: Settings, reload: Reload) -> Result<ExitCode, SuperviseError> {
    // Signals first: one that comes while the dataset is read must not end the process half way.
    let refused = || SuperviseError::system("to listen for signals");
    let mut signals = StopSignals::listen().map_err(refused())?;
    let mut hangup = signal(SignalKind::hangup()).map_err(refused())?;
    let mut verifier = Verifier::new(&settings.datasets);
    let manifest = Arc::new(verifier.read()?);
    let listen = |source| SuperviseError::Listen { address: settings.listen, source };
    let address = Address::take(settings.listen).map_err(listen)?;
    let mut sockets = Vec::with_capacity(settings.workers);
    for _ in 0..settings.workers {
        let socket = address.bind().map_err(listen)?;
        sockets::listen(&socket).map_err(listen)?;
        sockets.push(socket);
    }
    let ephemeris = Ephemeris::default();
    if ephemeris.identity(&settings.ephe)?.is_none() {
        warn_of_no_ephemeris(&settings.ephe);
    }
    warn_of_few_descriptors(&settings);
    serde_json::to_string(&settings).map_err(|source| SuperviseError::Settings { source })?;

    let (counters, file) =
        Counters::create(settings.workers).map_err(SuperviseError::system("memory for the counters"))?;
    let (verified, verified_seen) = watch::channel(false);
    let (stopping, stopping_seen) = watch::channel(false);
    let (events, mut told) = mpsc::unbounded_channel();
    let service = Arc::new(Service {
        program: Program::this(file).map_err(SuperviseError::system("the path of this program"))?,
        address,
        slots: sockets.len(),
        counters,
        ephemeris,
        plan: Mutex::new(Plan { settings, manifest: Arc::clone(&manifest) }),
        verified: verified_seen,
        stopping: stopping_seen,
        events,
    });
    let mut slots = JoinSet::new();
    let mut tasks = Vec::with_capacity(sockets.len());
    for (number, socket) in sockets.into_iter().enumerate() {
        let (sender, receiver) = mpsc::channel(1);
        tasks.push(sender);
        slots.spawn(Slot::new(number, socket, Arc::clone(&service), receiver).run());
    }

    // Workers open the generation while every byte of it is read here; none serves before that is done.
    let reading = spawn_blocking(move || {
        let read = verifier.verify(&manifest);
        if read.is_ok() {
            // Slots hear of it, unless all is to end already.
            let _ = verified.send(true);
        }
        // Unmapping takes time that no worker has to wait for.
        (verifier, read.map(drop))
    });
    let conductor =
        Conductor { service: Arc::clone(&service), tasks, turn: tokio::sync::Mutex::new(()), reload };
    let started = tokio::select! {
        biased;
        () = signals.stop() => None,
        started = start(&service, reading, &mut told) => Some(started?),
    };
    drop(told);
    if let Some(verifier) = started {
        greet(&service);
        let conductor = Arc::new(conductor);
        let mut conducted = JoinSet::new();
        conducted.spawn(Arc::clone(&conductor).watch(verifier));
        loop {
            tokio::select! {
                biased;
                () = signals.stop() => break,
                _ = hangup.recv() => {
                    conducted.spawn(Arc::clone(&conductor).reload());
                }
                // Those who are done are forgotten.
                Some(_) = conducted.join_next() => {}
            }
        }
    }
    info!("stopping");
    // Slots hear of it, unless they have ended.
    let _ = stopping.send(true);
    tokio::select! {
        biased;
        () = signals.stop() => {
            kill(&service.counters);
            return Ok(ExitCode::FAILURE);
        }
        () = async { while slots.join_next().await.is_some() {} } => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Waits until everything is verified and every slot serves.
async fn start(
    service: &Service,
    reading: tokio::task::JoinHandle<(Verifier, Result<(), FormatError>)>,
    told: &mut mpsc::UnboundedReceiver<Event>,
) -> Result<Verifier, SuperviseError> {
    let (verifier, read) =
        reading.await.map_err(|panic| SuperviseError::system("to read")(io::Error::other(panic)))?;
    read?;
    let mut serving = vec![false; service.slots];
    while serving.contains(&false) {
        match told.recv().await {
            Some(Event::Serving { slot }) => serving[slot] = true,
            Some(Event::CannotStart { reason }) => return Err(SuperviseError::Worker { reason }),
            None => break,
        }
    }
    Ok(verifier)
}

/// Says where the service is, and how to ask it.
fn greet(service: &Service) {
    let address = service.address.get();
    let generation = service.plan().manifest.generation.clone();
    // Nobody may be there to read it.
    let _ = writeln!(
        io::stdout(),
        "Serving dataset {generation} on http://{address} — try: curl \
         'http://{address}/v1/positions?date=2026-03-20T14:46:00Z'"
    );
}

/// Says once what would otherwise be met under load.
fn warn_of_few_descriptors(settings: &Settings) {
    let wanted = settings.limits.connections;
    let room = descriptors::make_room(wanted);
    if room < wanted {
        warn!(
            "limits.connections = {wanted}, and the limit of open files leaves room for {room} in each worker; raise \
             it (ulimit -n, LimitNOFILE=), or lower limits.connections"
        );
    }
}

/// Ends every worker at once.
fn kill(counters: &Counters) {
    for worker in counters.snapshot().workers {
        // A seat is left when its process has been waited for, so the number is nobody else's.
        if let Some(pid) = i32::try_from(worker.pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Kill::KILL);
        }
    }
}

/// Has all slots do something, one after the other, and one thing at a time.
struct Conductor {
    service: Arc<Service>,
    tasks: Vec<mpsc::Sender<Task>>,
    turn: tokio::sync::Mutex<()>,
    reload: Reload,
}

impl Conductor {
    /// Looks for new generations for good.
    async fn watch(self: Arc<Self>, mut verifier: Verifier) {
        loop {
            let pause = self.service.plan().settings.watch_ms;
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
                    found
                }
                Err(panic) => {
                    error!(%panic, "new generations are looked for no more");
                    return;
                }
            };
            let served = self.service.plan().manifest.generation.clone();
            match found {
                Ok(manifest) if manifest.generation == served => {
                    info!(generation = served, "the published generation is the one that is served");
                }
                Ok(manifest) => self.offer(manifest).await,
                Err(reason) => self.refuse(&reason.to_string()),
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

    /// Has every worker answer from a verified generation.
    async fn offer(&self, manifest: Manifest) {
        let _turn = self.turn.lock().await;
        let generation = manifest.generation.clone();
        let manifest = Arc::new(manifest);
        let order = match line(&Order::TakeUp((*manifest).clone())) {
            Ok(order) => Arc::from(order),
            Err(error) => return self.refuse(&error.to_string()),
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
                TakenUp::Refused(reason) => return self.refuse(&reason),
                TakenUp::Absent => absent.push(slot),
            }
        }
        self.service.plan().manifest = manifest;
        // One that was starting anew when it was asked may have started with the old one.
        for slot in absent {
            if let TakenUp::Refused(reason) = self.take_up(slot, &order, &generation).await {
                self.replace_after(slot, &reason).await;
            }
        }
        info!(generation, "every worker has taken up the new generation");
    }

    async fn take_up(&self, slot: usize, order: &Arc<[u8]>, generation: &str) -> TakenUp {
        let (done, answer) = oneshot::channel();
        let (order, generation) = (Arc::clone(order), generation.to_owned());
        self.ask(slot, Task::TakeUp { order, generation, done }, answer).await.unwrap_or(TakenUp::Absent)
    }

    /// Replaces a worker that cannot do what others can.
    async fn replace_after(&self, slot: usize, reason: &str) {
        warn!(slot, reason, "the worker cannot take the generation up as others could: replacing it");
        if let Err(reason) = self.replace(slot).await {
            error!(slot, reason, "the worker cannot be replaced");
        }
    }

    async fn replace(&self, slot: usize) -> Result<(), String> {
        let (done, answer) = oneshot::channel();
        self.ask(slot, Task::Replace { done }, answer).await.unwrap_or(Ok(()))
    }

    /// What a slot answers; `None` as everything ends.
    async fn ask<T>(&self, slot: usize, task: Task, answer: oneshot::Receiver<T>) -> Option<T> {
        self.tasks[slot].send(task).await.ok()?;
        answer.await.ok()
    }

    /// Reads the settings again, and replaces every worker by one that has them.
    async fn reload(self: Arc<Self>) {
        let _turn = self.turn.lock().await;
        let old = self.service.plan().settings.clone();
        let settings = match (self.reload)() {
            Ok(settings) => settings,
            Err(reason) => {
                error!(reason, "the settings cannot be used, and the old ones stay");
                return;
            }
        };
        let settings = keep_what_needs_a_restart(settings, &old);
        match self.service.ephemeris.identity(&settings.ephe) {
            Ok(Some(_)) => {}
            Ok(None) => warn_of_no_ephemeris(&settings.ephe),
            Err(reason) => {
                error!(%reason, "the settings cannot be used, and the old ones stay");
                return;
            }
        }
        warn_of_few_descriptors(&settings);
        self.service.plan().settings = settings;
        for slot in 0..self.tasks.len() {
            if let Err(reason) = self.replace(slot).await {
                error!(slot, reason, "the worker cannot be replaced, and the old one stays");
                if slot == 0 {
                    self.service.plan().settings = old;
                    return;
                }
            }
        }
        info!(workers = self.tasks.len(), "every worker has been replaced");
    }
}

/// New settings, but for those that only a restart can change, which are named.
fn keep_what_needs_a_restart(mut settings: Settings, old: &Settings) -> Settings {
    let changed = [
        ("listen", settings.listen != old.listen),
        ("workers", settings.workers != old.workers),
        ("datasets", settings.datasets != old.datasets),
    ];
    for (name, _) in changed.iter().filter(|(_, has_changed)| *has_changed) {
        warn!("{name} has changed, which only a restart can bring into effect; the old value stays");
    }
    settings.listen = old.listen;
    settings.workers = old.workers;
    settings.datasets.clone_from(&old.datasets);
    settings
}

/// The signals that stop a service.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> io::Result<StopSignals> {
        Ok(StopSignals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The next one.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
