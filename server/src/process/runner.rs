//! The runner: works at jobs, on one thread as workers answer, from the generation that it was told of. Each job is answered
//! by what answers any request; nobody waits for it, so that it steps back for those who answer somebody.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tracing::{debug, error, error_span, info, warn};

use crate::app::App;
use crate::config::Settings;
use crate::jobs::{Archive, Crew};
use crate::logs;
use crate::process::control::{Order, Report};
use crate::process::worker::{
    BEAT, LOOK, Signals, WorkerError, each, ended, name_process, open, orders, report, take_up,
    told_to_serve, told_to_start,
};

/// Pause between two looks whether another process still works at the jobs.
const LOCKED_PAUSE: Duration = Duration::from_millis(100);

/// Pause before it is tried again to read jobs that cannot be read.
const FAILED_PAUSE: Duration = Duration::from_secs(5);

/// The whole life of the process that works at jobs: what `main` does when the supervisor has started it.
#[must_use]
pub fn run_jobs() -> ExitCode {
    name_process();
    ended(run())
}

async fn run() -> Result<(), WorkerError> {
    let mut signals = Signals::listen().map_err(super::Refused::asked_for("to listen for signals"))?;
    let mut orders = orders().map_err(WorkerError::Orders)?;
    let Some(mut start) = told_to_start(&mut orders).await? else { return Ok(()) };
    // Before any other thread is there: each has the niceness of who starts it.
    let stepped = step_back(start.settings.jobs.niceness);
    let _logs = logs::start(&start.settings);
    let span = error_span!("runner", pid = std::process::id());
    let _entered = span.enter();
    if let Err(error) = stepped {
        warn!(%error, "the system does not let this process step back for others (jobs.niceness)");
    }
    own_limits(&mut start.settings);
    let app = open(start)?;
    let Some(archive) = app.jobs().map(Arc::clone) else { return Ok(()) };
    if !told_to_serve(&mut orders, &mut signals).await? {
        return Ok(());
    }
    app.counters().serves(app.generation().name());
    report(&Report::Serving { generation: app.generation().name().to_owned() });
    let (mut beat, mut look) = (each(BEAT), each(LOOK));
    let (mut crew, mut looks) = (None, 0);
    let mut beginning = pin!(begin(&app, &archive));
    loop {
        tokio::select! {
            _ = beat.tick() => app.counters().beat(),
            _ = look.tick() => {
                app.look_at_memory();
                if let Some(crew) = crew.as_mut().filter(|crew: &&mut Crew| crew.has_waiting()) {
                    crew.look();
                }
            }
            begun = &mut beginning, if crew.is_none() => {
                crew = Some(begun);
                attend(crew.as_mut(), looks);
            }
            () = job_ends(crew.as_mut()) => attend(crew.as_mut(), looks),
            order = orders.next() => match order {
                Ok(Some(Order::Look { nth })) => {
                    looks = nth;
                    attend(crew.as_mut(), looks);
                }
                Ok(Some(Order::TakeUp(manifest))) => {
                    tokio::spawn(take_up(Arc::clone(&app), manifest));
                }
                Ok(Some(Order::Notice(notice))) => app.take_notice(*notice),
                Ok(Some(Order::Drain)) => break,
                Ok(None) => {
                    info!("the supervisor is gone");
                    break;
                }
                Ok(Some(Order::Start(_) | Order::Serve)) => debug!("an order that comes once came twice"),
                Err(error) => {
                    error!(%error, "the supervisor cannot be heard");
                    break;
                }
            },
            () = signals.stop() => {
                report(&Report::Draining);
                break;
            }
        }
    }
    app.start_draining();
    app.counters().drains();
    if let Some(crew) = crew {
        crew.stop().await;
    }
    Ok(())
}

/// Lets others go first.
fn step_back(niceness: u64) -> rustix::io::Result<()> {
    let niceness = i32::try_from(niceness).unwrap_or(i32::MAX);
    if rustix::process::getpriority_process(None)? < niceness {
        rustix::process::setpriority_process(None, niceness)?;
    }
    Ok(())
}

/// What a job may take that no request may; and that nothing is kept of what nobody asks for twice.
fn own_limits(settings: &mut Settings) {
    settings.limits.compute_s = settings.jobs.compute_s;
    settings.cache.bytes = 0;
}

/// Waits until nobody else works at the jobs, and begins to.
async fn begin(app: &Arc<App>, archive: &Arc<Archive>) -> Crew {
    let mut has_told = false;
    loop {
        let pause = match Crew::begin(app, archive) {
            Ok(Some(crew)) => return crew,
            Ok(None) => {
                if !std::mem::replace(&mut has_told, true) {
                    info!("another process still works at the jobs");
                }
                LOCKED_PAUSE
            }
            Err(error) => {
                error!(dir = %archive.dir().display(), %error, "the jobs cannot be read; make jobs.dir readable and writable");
                FAILED_PAUSE
            }
        };
        sleep(pause).await;
    }
}

/// Waits until a job has ended; for good, where nobody works at any.
async fn job_ends(crew: Option<&mut Crew>) {
    match crew {
        Some(crew) => crew.ended().await,
        None => std::future::pending().await,
    }
}

/// Looks at the jobs, and tells the supervisor if there is nothing to do.
fn attend(crew: Option<&mut Crew>, looks: u64) {
    let Some(crew) = crew else { return };
    crew.look();
    if crew.rests() {
        report(&Report::Resting { nth: looks });
    }
}
