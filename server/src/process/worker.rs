//! A worker: accepts on its slot's socket and answers, on one thread, from the generation that it was told of.

use std::future::Future;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use listenfd::ListenFd;
use orrery_format::{Check, Dataset, Manifest};
use orrery_swisseph::EphemerisDir;
use tokio::net::TcpListener;
use tokio::net::unix::pipe;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::{debug, error, error_span, info};

use crate::app::{App, Generation, StartError};
use crate::logs;
use crate::process::COUNTERS_DESCRIPTOR;
use crate::process::control::{Messages, Order, Report, Start, line};
use crate::process::counters::Counters;
use crate::process::refused::Refused;
use crate::remainder::renewal;
use crate::wire::aside::THREADS;
use crate::wire::serve;

/// Stack of the threads that open generations.
const STACK_BYTES: usize = 512 * 1024;

/// Pause between two looks whether the last request from an old generation is done.
const REAP_PAUSE: Duration = Duration::from_millis(50);

/// Pause between two signs of life.
pub(super) const BEAT: Duration = Duration::from_millis(500);

/// Pause between two looks at memory, and how many of these are between two at what is kept for too long.
pub(super) const LOOK: Duration = Duration::from_secs(1);
const SWEEP_LOOKS: u32 = 60;

/// Why a worker ends before it has begun.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkerError {
    #[error(
        "there is no supervisor: start orrery-server without the argument `worker`, which is for its own use"
    )]
    NoSupervisor,
    #[error("the supervisor cannot be heard: {0}")]
    Orders(io::Error),
    #[error(transparent)]
    System(#[from] Refused),
    #[error(transparent)]
    Start(#[from] StartError),
}

/// The whole life of a worker process: what `main` does when the supervisor has started it.
#[must_use]
pub fn work() -> ExitCode {
    let listener = ListenFd::from_env().take_tcp_listener(0).ok().flatten();
    let Some(listener) = listener else {
        eprintln!("orrery-server: {}", WorkerError::NoSupervisor);
        return ExitCode::from(2);
    };
    name_process();
    ended(run(listener))
}

/// Does all that a process is there for, on one thread and some beside it, and tells the supervisor if it cannot.
pub(super) fn ended(work: impl Future<Output = Result<(), WorkerError>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(THREADS)
        .thread_stack_size(STACK_BYTES)
        .thread_name("aside")
        .build();
    let worked = runtime.map_err(|error| Refused::asked_for("a runtime")(error).into()).and_then(|runtime| {
        let worked = runtime.block_on(work);
        // What still runs has had its time.
        runtime.shutdown_background();
        worked
    });
    match worked {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&Report::CannotStart { reason: error.to_string() });
            ExitCode::FAILURE
        }
    }
}

/// Has tools that list processes name this one after the program, not after the link that it was started by.
pub(super) fn name_process() {
    #[cfg(target_os = "linux")]
    // Only a name: if it cannot be set, another one is listed.
    let _ = rustix::thread::set_name(c"orrery-server");
}

/// Tells the supervisor. If it is gone, its end of the other pipe says so too.
pub(super) fn report(report: &Report) {
    if let Ok(line) = line(report) {
        let _ = io::stdout().lock().write_all(&line);
    }
}

async fn run(listener: std::net::TcpListener) -> Result<(), WorkerError> {
    let mut signals = Signals::listen().map_err(Refused::asked_for("to listen for signals"))?;
    let mut orders = orders().map_err(WorkerError::Orders)?;
    let Some(start) = told_to_start(&mut orders).await? else { return Ok(()) };
    let _logs = logs::start(&start.settings);
    // Every line that this thread logs says who it is from; what does not log pays nothing for it.
    let span = error_span!("worker", slot = start.slot, pid = std::process::id());
    let _entered = span.enter();
    let app = open(start)?;
    if !told_to_serve(&mut orders, &mut signals).await? {
        return Ok(());
    }

    // Not before: until then the socket may not be listening.
    let listener = TcpListener::from_std(listener).map_err(Refused::asked_for("the socket"))?;
    let (stop, stopped) = oneshot::channel::<()>();
    let mut stop = Some(stop);
    // Told to stop, or nobody is left who could tell.
    let mut serving = pin!(serve(listener, Arc::clone(&app), async { drop(stopped.await) }));
    report(&Report::Serving { generation: app.generation().name().to_owned() });
    // On the one thread that does everything here: it beats as long as that gets round.
    let (mut beat, mut look) = (each(BEAT), each(LOOK));
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            () = &mut serving => return Ok(()),
            _ = beat.tick() => app.counters().beat(),
            _ = look.tick() => {
                app.look_at_memory();
                looks = looks.wrapping_add(1);
                if looks.is_multiple_of(SWEEP_LOOKS) {
                    app.remainder().sweep();
                }
            }
            order = orders.next(), if stop.is_some() => match order {
                Ok(Some(Order::TakeUp(manifest))) => {
                    tokio::spawn(take_up(Arc::clone(&app), manifest));
                }
                Ok(Some(Order::Notice(notice))) => app.take_notice(*notice),
                Ok(Some(Order::Drain)) => stop = None,
                Ok(None) => {
                    info!("the supervisor is gone");
                    stop = None;
                }
                Ok(Some(Order::Start(_) | Order::Serve | Order::Look { .. })) => debug!("an order that comes once came twice"),
                Err(error) => {
                    error!(%error, "the supervisor cannot be heard");
                    stop = None;
                }
            },
            () = posted(&app) => report(&Report::Posted),
            () = signals.stop(), if stop.is_some() => {
                report(&Report::Draining);
                stop = None;
            }
        }
    }
}

/// Waits until a client has posted or ended a job; for good, where no jobs are taken.
async fn posted(app: &App) {
    match app.jobs() {
        Some(jobs) => jobs.announced().await,
        None => std::future::pending().await,
    }
}

/// The first order, with what to start from; `None` where there is nobody any more to give one.
pub(super) async fn told_to_start(orders: &mut Orders) -> Result<Option<Start>, WorkerError> {
    match orders.next().await.map_err(WorkerError::Orders)? {
        Some(Order::Start(start)) => Ok(Some(*start)),
        Some(_) => Err(WorkerError::NoSupervisor),
        None => Ok(None),
    }
}

/// Reports that everything is open, and waits for the order to serve; whether that was it.
pub(super) async fn told_to_serve(orders: &mut Orders, signals: &mut Signals) -> Result<bool, WorkerError> {
    report(&Report::Ready);
    tokio::select! {
        order = orders.next() => Ok(matches!(order.map_err(WorkerError::Orders)?, Some(Order::Serve))),
        () = signals.stop() => Ok(false),
    }
}

/// Ticks with this pause, of which none is made up for that was missed.
pub(super) fn each(pause: Duration) -> Interval {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}

/// Orders as they come.
pub(super) type Orders = Messages<pipe::Receiver>;

/// What the supervisor sends.
pub(super) fn orders() -> io::Result<Orders> {
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(Messages::new(pipe::Receiver::from_owned_fd(stdin)?))
}

pub(super) fn open(start: Start) -> Result<Arc<App>, WorkerError> {
    let Start { settings, manifest, live_identity, notice, slots, slot, seat } = start;
    let counters = format!("/dev/fd/{COUNTERS_DESCRIPTOR}");
    let counters = Counters::open(Path::new(&counters), slots, slot, seat)
        .map_err(Refused::asked_for("the shared counters"))?;
    let ephemeris = live_identity
        .map(|identity| EphemerisDir::open(&settings.ephe).map(|files| (files, identity)))
        .transpose()
        .map_err(StartError::from)?;
    let dataset = Dataset::of(&settings.datasets, manifest, Check::Structure).map_err(StartError::from)?;
    let app = App::assemble(&settings, dataset, ephemeris, counters)?;
    app.take_notice(notice);
    Ok(app)
}

/// Answers from another generation, once it is open, and has the old one closed after its last request.
pub(super) async fn take_up(app: Arc<App>, manifest: Manifest) {
    let generation = manifest.generation.clone();
    let dir = app.generation().dataset.dir().to_owned();
    let opening = Arc::clone(&app);
    // Opening takes milliseconds, in which others are answered.
    let taken_up = tokio::task::spawn_blocking(move || {
        Dataset::of(&dir, manifest, Check::Structure).map(|dataset| opening.take_up(dataset))
    });
    let reason = match taken_up.await {
        Ok(Ok(old)) => {
            info!(generation, "took up");
            report(&Report::Serving { generation });
            tokio::spawn(renewal::renew(app));
            return close(old).await;
        }
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic.to_string(),
    };
    report(&Report::CannotTakeUp { generation, reason });
}

/// Closes a generation when nobody answers from it any more: not by the last request, which would have to wait for it.
async fn close(old: Arc<Generation>) {
    while Arc::strong_count(&old) > 1 {
        tokio::time::sleep(REAP_PAUSE).await;
    }
    // Nobody can have got hold of it again: it is nowhere to be got from.
    drop(tokio::task::spawn_blocking(move || drop(old)).await);
}

/// The signals that mean something to a worker.
pub(super) struct Signals {
    terminate: Signal,
}

impl Signals {
    /// From here on SIGTERM is heard, and what a terminal sends to all its processes (SIGINT, SIGHUP) is not: the
    /// supervisor gets it too, and says what is to be done.
    pub(super) fn listen() -> io::Result<Signals> {
        // Having been listened for once is enough for a signal to do nothing else any more.
        for ignored in [SignalKind::interrupt(), SignalKind::hangup()] {
            drop(signal(ignored)?);
        }
        Ok(Signals { terminate: signal(SignalKind::terminate())? })
    }

    pub(super) async fn stop(&mut self) {
        self.terminate.recv().await;
    }
}
