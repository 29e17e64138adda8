//! The supervisor: binds sockets, keeps a worker on each, has new generations and new settings taken up, and ends it all.

use std::future::Future;
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use orrery_format::FormatError;
use socket2::Socket;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinError, JoinSet, spawn_blocking};
use tracing::{debug, error, info, warn};

use crate::app::{StartError, warn_of_no_ephemeris};
use crate::config::Settings;
use crate::process::child::Program;
use crate::process::conductor::{Conductor, Reload};
use crate::process::counters::Counters;
use crate::process::descriptors;
use crate::process::ephemeris::Ephemeris;
use crate::process::first::{First, Published};
use crate::process::job_keeper::JobKeeper;
use crate::process::manager;
use crate::process::monitor::Monitor;
use crate::process::notice::Notice;
use crate::process::refused::Refused;
use crate::process::schedule::Scheduler;
use crate::process::slot::{Event, Plan, Service, Slot};
use crate::process::sockets::{self, Address};
use crate::process::verifier::Verifier;

/// How often each slot may fail to get a worker while the service starts, before it is given up.
const TRIES: usize = 3;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuperviseError {
    /// A step of the start has failed.
    #[error("the start has failed at {step}: {source}")]
    Start {
        /// Which step.
        step: &'static str,
        /// Why.
        source: Box<SuperviseError>,
    },
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
    /// No worker comes to serve.
    #[error("no worker can start: {reason}")]
    Worker {
        /// What the last one said, or what became of it.
        reason: String,
    },
    /// A setting cannot be told to a worker.
    #[error("the settings cannot be handed to a worker: {source}; give paths that are UTF-8")]
    Settings {
        /// What is wrong with them.
        source: serde_json::Error,
    },
    /// The system refuses what every service needs.
    #[error(transparent)]
    System(#[from] Refused),
    /// A part of the supervisor has failed.
    #[error(
        "{part} has failed ({reason}), which it never should; the service has been ended: start it again"
    )]
    Panicked {
        /// Which part.
        part: &'static str,
        /// What the runtime says.
        reason: String,
    },
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
        .map_err(Refused::asked_for("a runtime"))?;
    let ended = runtime.block_on(run(settings, Box::new(reload)));
    runtime.shutdown_background();
    ended
}

/// Takes a step of the start, which is named in the log, and in the error where it fails.
async fn step<T>(
    step: &'static str,
    taken: impl Future<Output = Result<T, SuperviseError>>,
) -> Result<T, SuperviseError> {
    debug!(step, "starting");
    taken.await.map_err(|source| SuperviseError::Start { step, source: Box::new(source) })
}

async fn run(settings: Settings, reload: Reload) -> Result<ExitCode, SuperviseError> {
    // Signals first: one that comes while the dataset is read must not end the process half way.
    let listening = async { Ok(Signals::listen().map_err(Refused::asked_for("to listen for signals"))?) };
    let mut signals = step("listening for signals", listening).await?;
    let reading = async { Ok(Published::read(&settings)?) };
    let published = step("reading the dataset's manifest", reading).await?;
    let (address, sockets) = step("taking the address", async { listen(&settings) }).await?;
    // Every byte of it is read beside what follows, and before anything is served.
    let verifying = spawn_blocking(move || published.verify());
    let ephemeris = Ephemeris::default();
    let hashing = async { Ok(ephemeris.identity(&settings.ephe).await?) };
    if step("reading the ephemeris files", hashing).await?.is_none() {
        warn_of_no_ephemeris(&settings.ephe);
    }
    descriptors::warn_of_few(&settings);
    let writing =
        async { serde_json::to_string(&settings).map_err(|source| SuperviseError::Settings { source }) };
    step("writing the settings down for workers", writing).await?;
    let sharing = async {
        let made = Counters::create(settings.worker_count());
        Ok(made.map_err(Refused::asked_for("memory for the counters"))?)
    };
    let (counters, file) = step("sharing memory for the counters", sharing).await?;
    let verified = async { Ok(verifying.await.map_err(|panic| failed("reading the dataset", Err(panic)))??) };
    let First { verifier, manifest, refused } = tokio::select! {
        biased;
        () = signals.stop.next() => {
            info!("stopping");
            manager::stopping();
            return Ok(ExitCode::SUCCESS);
        }
        first = step("verifying the dataset", verified) => first?,
    };
    if let Some(reason) = refused {
        let served = &manifest.generation;
        error!(
            %reason,
            served, "the published generation is refused, and what was sound before is served until it has been mended"
        );
        counters.refused();
    }
    let (stop, stopping) = watch::channel(false);
    let (events, told) = mpsc::unbounded_channel();
    let service = Arc::new(Service {
        program: Program::this(file).map_err(Refused::asked_for("the path of this program"))?,
        address,
        slots: sockets.len(),
        counters,
        ephemeris,
        freed: Notify::new(),
        plan: Mutex::new(Plan { settings, manifest: Arc::new(manifest) }),
        replanned: Notify::new(),
        stopping,
        events,
        notice: watch::channel(Notice::default()).0,
        jobs: Notify::new(),
    });
    let mut slots = JoinSet::new();
    let mut tasks = Vec::with_capacity(sockets.len());
    for (number, socket) in sockets.into_iter().enumerate() {
        let (sender, receiver) = mpsc::channel(1);
        tasks.push(sender);
        slots.spawn(Slot::new(number, socket, Arc::clone(&service), receiver).run());
    }
    slots.spawn(JobKeeper::new(Arc::clone(&service)).run());
    let conductor = Arc::new(Conductor::new(Arc::clone(&service), tasks, reload));
    let worked = work(&service, &conductor, &mut signals, &mut slots, verifier, told).await;
    info!("stopping");
    manager::stopping();
    // Slots hear of it, unless they have ended.
    let _ = stop.send(true);
    tokio::select! {
        biased;
        // Those who are not waited for are killed as they are let go of.
        () = signals.stop.next() => return worked.and(Ok(ExitCode::FAILURE)),
        () = async { while slots.join_next().await.is_some() {} } => {}
    }
    worked.map(|()| ExitCode::SUCCESS)
}

/// Takes the address, and a listening socket there for each worker.
fn listen(settings: &Settings) -> Result<(Address, Vec<Socket>), SuperviseError> {
    let refused = |source: io::Error| match source.kind() {
        ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable | ErrorKind::PermissionDenied => {
            SuperviseError::Listen { address: settings.listen, source }
        }
        _ => Refused::asked_for("a socket")(source).into(),
    };
    let address = Address::take(settings.listen).map_err(refused)?;
    let bind = |_| {
        let socket = address.bind()?;
        sockets::listen(&socket)?;
        Ok(socket)
    };
    let sockets = (0..settings.worker_count()).map(bind).collect::<io::Result<_>>().map_err(refused)?;
    Ok((address, sockets))
}

/// All that is done between the start of the slots and the end that they are told of: at a signal, or because the service
/// cannot go on.
async fn work(
    service: &Arc<Service>,
    conductor: &Arc<Conductor>,
    signals: &mut Signals,
    slots: &mut JoinSet<()>,
    verifier: Verifier,
    mut told: mpsc::UnboundedReceiver<Event>,
) -> Result<(), SuperviseError> {
    tokio::select! {
        biased;
        () = signals.stop.next() => return Ok(()),
        Some(ended) = slots.join_next() => return Err(failed("a slot", ended)),
        started = step("having workers serve", have_workers(service, &mut told)) => started?,
    }
    greet(service);
    manager::ready();
    let mut conducted = JoinSet::new();
    conducted.spawn(manager::show_life());
    conducted.spawn(Arc::clone(conductor).watch(verifier));
    conducted.spawn(Monitor::new(Arc::clone(service)).run());
    conducted.spawn(Scheduler::new(Arc::clone(service), Arc::clone(conductor)).run());
    loop {
        tokio::select! {
            biased;
            () = signals.stop.next() => return Ok(()),
            // A slot ends when it is told to, and that has not been.
            Some(ended) = slots.join_next() => return Err(failed("a slot", ended)),
            _ = signals.hangup.recv() => {
                manager::reloading();
                let conductor = Arc::clone(conductor);
                conducted.spawn(async {
                    conductor.reload().await;
                    manager::ready();
                });
            }
            // Reloads that are done are forgotten.
            Some(ended) = conducted.join_next() => if ended.is_err() {
                return Err(failed("what looks after generations, settings, the schedule and alerts", ended));
            }
        }
    }
}

fn failed(part: &'static str, ended: Result<(), JoinError>) -> SuperviseError {
    let reason = ended.err().map_or_else(|| "it ended early".to_owned(), |panic| panic.to_string());
    SuperviseError::Panicked { part, reason }
}

/// Waits until every slot serves, or has been given up while another serves. It goes on trying.
async fn have_workers(
    service: &Service,
    told: &mut mpsc::UnboundedReceiver<Event>,
) -> Result<(), SuperviseError> {
    let mut serving = vec![false; service.slots];
    let mut failures = vec![0; service.slots];
    let mut last = String::new();
    while (0..service.slots).any(|slot| !serving[slot] && failures[slot] < TRIES) {
        match told.recv().await {
            Some(Event::Serving { slot }) => serving[slot] = true,
            Some(Event::CannotStart { reason, is_certain: true, .. }) => {
                return Err(SuperviseError::Worker { reason });
            }
            Some(Event::CannotStart { slot, reason, is_certain: false }) => {
                failures[slot] += 1;
                last = reason;
            }
            None => break,
        }
    }
    let up = serving.iter().filter(|serves| **serves).count();
    if up == 0 {
        return Err(SuperviseError::Worker { reason: last });
    }
    if up < service.slots {
        warn!(serving = up, wanted = service.slots, reason = last, "not every worker could be started");
    }
    Ok(())
}

/// Says where the service is, and how to ask it.
fn greet(service: &Service) {
    let address = service.address.get();
    let what = match &*service.plan().manifest {
        manifest if manifest.is_nothing() && service.counters.snapshot().is_refused => {
            "live, until its tables have been mended,".to_owned()
        }
        manifest if manifest.is_nothing() => "live, as there are no tables yet,".to_owned(),
        manifest => format!("dataset {}", manifest.generation),
    };
    // Nobody may be there to read it.
    let _ = writeln!(
        io::stdout(),
        "Serving {what} on http://{address} — try: curl \
         'http://{address}/v1/positions?date=2026-03-20T14:46:00Z'"
    );
}

/// The signals that mean something to a service.
struct Signals {
    stop: Stop,
    hangup: Signal,
}

/// Those that end it.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Signals> {
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Signals { stop: Stop { terminate, interrupt }, hangup: signal(SignalKind::hangup())? })
    }
}

impl Stop {
    /// The next one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
