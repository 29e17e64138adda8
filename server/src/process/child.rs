//! A worker, as its supervisor has it: a child process with two pipes.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use socket2::Socket;
use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::error;

use crate::app::StartError;
use crate::config::Limits;
use crate::process::control::{Messages, Order, Report, Start, line};
use crate::process::notice::Notice;
use crate::process::refused::Refused;
use crate::process::slot::{Plan, Service, TakenUp};
use crate::process::{COUNTERS_DESCRIPTOR, RUNNER_ARGUMENT, SOCKET_DESCRIPTOR, WORKER_ARGUMENT};

/// How long a worker may take to open everything, and to take up a generation.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a worker may take longer than `limits.drain_s` before it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// What lists of processes show in place of the path that the program was started by.
const PROGRAM_NAME: &str = "orrery-server";

/// What a service manager may have said to this process, which is not meant for its children.
pub(crate) const OF_SERVICE_MANAGERS: [&str; 6] =
    ["LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_FDS_FIRST_FD", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"];

/// Pause between two looks at whether a worker has shown a sign of life.
const LOOK: Duration = Duration::from_secs(1);

/// Why a worker does not come to serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{reason}")]
    Told { reason: String },
    #[error(
        "it ended while it started ({ended}); the lines before this one, or the system's own log, may say why: often \
         memory runs out"
    )]
    Ended { ended: String },
    #[error(
        "it was not ready within {} seconds; look what keeps the machine or the disk of the dataset so busy",
        PATIENCE.as_secs()
    )]
    Late,
    #[error("everything is to end")]
    Stopped,
    #[error(transparent)]
    System(#[from] Refused),
}

/// What all workers are started from.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
    /// What the counters are in.
    counters: File,
}

impl Program {
    /// This program.
    ///
    /// # Errors
    /// The system does not tell where it lies.
    pub(crate) fn this(counters: File) -> io::Result<Program> {
        // On Linux this names the very file that runs, even if an upgrade has put another one in its place: supervisor
        // and workers always understand each other.
        let running = PathBuf::from("/proc/self/exe");
        let path = if running.exists() { running } else { std::env::current_exe()? };
        Ok(Program { path, counters })
    }

    /// The command of a worker, to which no descriptor of this process is passed but a slot's socket and the counters; or,
    /// without a socket, of who works at jobs.
    fn command(&self, socket: Option<&Socket>) -> io::Result<Command> {
        let mapping = |parent_fd: OwnedFd, child_fd| FdMapping { parent_fd, child_fd };
        let mut command = std::process::Command::new(&self.path);
        let role = if socket.is_some() { WORKER_ARGUMENT } else { RUNNER_ARGUMENT };
        command.arg0(PROGRAM_NAME).arg(role).stdin(Stdio::piped()).stdout(Stdio::piped());
        for name in OF_SERVICE_MANAGERS {
            command.env_remove(name);
        }
        let mut mappings = vec![mapping(self.counters.try_clone()?.into(), COUNTERS_DESCRIPTOR)];
        if let Some(socket) = socket {
            command.env("LISTEN_FDS", "1");
            mappings.push(mapping(socket.try_clone()?.into(), SOCKET_DESCRIPTOR));
        }
        command.fd_mappings(mappings).map_err(io::Error::other)?;
        let mut command = Command::from(command);
        // Wherever it is let go of without having been waited for.
        command.kill_on_drop(true);
        Ok(command)
    }
}

/// Signs of life of a worker, as its supervisor sees them: a count that goes up as long as its one thread gets round.
#[derive(Debug)]
struct Pulse {
    beats: u64,
    /// Looks since the count went up. Looks are counted and not seconds: if all processes stood still for a while,
    /// as in a machine that was put to sleep, nobody has hung.
    missed: u64,
    /// As many as that and the worker hangs.
    most: u64,
    next_look: Instant,
}

impl Pulse {
    fn new(most: u64) -> Pulse {
        Pulse { beats: 0, missed: 0, most, next_look: Instant::now() + LOOK }
    }

    /// Takes a look; whether the worker hangs.
    fn has_stopped(&mut self, beats: u64) -> bool {
        self.missed = if beats == self.beats { self.missed + 1 } else { 0 };
        self.beats = beats;
        self.next_look = Instant::now() + LOOK;
        self.missed >= self.most
    }
}

/// A worker process. Letting go of it kills it: one that may have clients is to be retired.
#[derive(Debug)]
pub(crate) struct Child {
    process: tokio::process::Child,
    orders: ChildStdin,
    reports: Messages<ChildStdout>,
    pid: u32,
    /// Whether it has said that somebody else told it to drain.
    drains: bool,
    /// What it was told last of what it cannot know.
    told: Notice,
    /// Since it has begun to serve.
    pulse: Option<Pulse>,
    /// Why it was killed, if it was.
    fault: Option<String>,
    /// From the order to drain to the end.
    drain: Duration,
    /// Looks without a sign of life after which it is killed.
    most_missed: u64,
    service: Arc<Service>,
    slot: usize,
    seat: usize,
    /// Whether the seat is somebody else's, or nobody's, since the process has ended.
    has_left: bool,
}

impl Drop for Child {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Child {
    /// Starts a worker that is to open everything by these settings; without a socket, who works at jobs.
    pub(crate) fn start(
        service: &Arc<Service>,
        slot: usize,
        seat: usize,
        socket: Option<&Socket>,
        limits: &Limits,
    ) -> Result<Child, Failure> {
        let mut process = service
            .program
            .command(socket)
            .and_then(|mut command| command.spawn())
            .map_err(Refused::asked_for("another process"))?;
        let piped = process.stdin.take().zip(process.stdout.take()).zip(process.id());
        let Some(((orders, reports), pid)) = piped else {
            return Err(Failure::Ended { ended: "at once".to_owned() });
        };
        service.counters.take_seat(slot, seat, pid);
        Ok(Child {
            process,
            orders,
            reports: Messages::new(reports),
            pid,
            drains: false,
            told: service.notice.borrow().clone(),
            pulse: None,
            fault: None,
            drain: limits.drain() + GRACE,
            most_missed: limits.hang().as_secs() / LOOK.as_secs(),
            service: Arc::clone(service),
            slot,
            seat,
            has_left: false,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it drains without having been told to by its supervisor.
    pub(crate) fn drains(&self) -> bool {
        self.drains
    }

    /// Has it open everything by a plan, and waits until it has.
    pub(crate) async fn becomes_ready(&mut self, plan: Plan) -> Result<(), Failure> {
        let told = |error: StartError| Failure::Told { reason: error.to_string() };
        let live_identity = self.service.ephemeris.identity(&plan.settings.ephe).await.map_err(told)?;
        let start = Order::Start(Box::new(Start {
            settings: plan.settings,
            manifest: (*plan.manifest).clone(),
            live_identity,
            notice: self.told.clone(),
            slots: self.service.slots,
            slot: self.slot,
            seat: self.seat,
        }));
        let order = line(&start).map_err(|error| Failure::Told { reason: error.to_string() })?;
        self.within_patience(&order, |report| matches!(report, Report::Ready)).await
    }

    /// Has it accept connections, and waits until it does. Even where this fails it may have clients by then.
    pub(crate) async fn serve(&mut self) -> Result<(), Failure> {
        let order = line(&Order::Serve).map_err(|error| Failure::Told { reason: error.to_string() })?;
        self.within_patience(&order, |report| matches!(report, Report::Serving { .. })).await?;
        self.pulse = Some(Pulse::new(self.most_missed));
        Ok(())
    }

    /// Whether this is what it was told last.
    pub(crate) fn knows(&self, notice: &Notice) -> bool {
        self.told == *notice
    }

    /// Has it tell of what the supervisor knows.
    pub(crate) async fn notice(&mut self, notice: Notice) {
        self.told = notice.clone();
        self.tell(&Order::Notice(Box::new(notice))).await;
    }

    /// Has it look at the jobs.
    pub(crate) async fn look(&mut self, nth: u64) {
        self.tell(&Order::Look { nth }).await;
    }

    async fn tell(&mut self, order: &Order) {
        let Ok(order) = line(order) else { return };
        if timeout(PATIENCE, self.orders.write_all(&order)).await.is_err() {
            self.kill(format!("it has read nothing for {} seconds, and was killed", PATIENCE.as_secs()));
        }
    }

    async fn within_patience(
        &mut self,
        order: &[u8],
        is_done: impl Fn(&Report) -> bool,
    ) -> Result<(), Failure> {
        let done = async {
            // If it cannot be told it has ended, or is about to: its reports end too.
            let _ = self.orders.write_all(order).await;
            loop {
                match self.report().await {
                    Some(report) if is_done(&report) => return Ok(()),
                    Some(Report::CannotStart { reason }) => return Err(Failure::Told { reason }),
                    Some(_) => {}
                    None => return Err(Failure::Ended { ended: self.end().await }),
                }
            }
        };
        timeout(PATIENCE, done).await.unwrap_or(Err(Failure::Late))
    }

    /// Has it answer from another generation.
    pub(crate) async fn take_up(&mut self, order: &[u8], wanted: &str) -> TakenUp {
        let taken_up = async {
            let _ = self.orders.write_all(order).await;
            loop {
                match self.report().await {
                    Some(Report::Serving { generation }) if generation == wanted => return TakenUp::Serving,
                    Some(Report::CannotTakeUp { generation, reason }) if generation == wanted => {
                        return TakenUp::Refused(reason);
                    }
                    Some(Report::Draining) => return TakenUp::Absent,
                    Some(_) => {}
                    None => return TakenUp::Lost(self.end().await),
                }
            }
        };
        if let Ok(taken_up) = timeout(PATIENCE, taken_up).await {
            return taken_up;
        }
        self.kill(format!("it did not answer within {} seconds, and was killed", PATIENCE.as_secs()));
        TakenUp::Lost(self.end().await)
    }

    /// The next that it says; `None` once it says nothing more. One that hangs is killed.
    pub(crate) async fn report(&mut self) -> Option<Report> {
        loop {
            let look = self.pulse.as_ref().map(|pulse| pulse.next_look);
            let read = tokio::select! {
                biased;
                read = self.reports.next() => read,
                () = at(look) => {
                    let beats = self.service.counters.beats(self.slot, self.seat);
                    if self.pulse.as_mut().is_some_and(|pulse| pulse.has_stopped(beats)) {
                        self.kill(format!(
                            "it has hung for {} seconds (limits.hang_s), and was killed",
                            self.most_missed
                        ));
                        return None;
                    }
                    continue;
                }
            };
            match read {
                Ok(report) => {
                    self.drains |= matches!(report, Some(Report::Draining));
                    if matches!(report, Some(Report::Posted)) {
                        self.service.jobs.notify_one();
                    }
                    return report;
                }
                Err(error) => {
                    self.kill(format!("it cannot be understood, and was killed: {error}"));
                    return None;
                }
            }
        }
    }

    fn kill(&mut self, fault: String) {
        // It may have ended by itself.
        let _ = self.process.start_kill();
        error!(slot = self.slot, pid = self.pid, fault, "a worker is killed");
        self.fault.get_or_insert(fault);
    }

    /// Leaves the seat to whoever comes next, once.
    fn leave(&mut self) {
        if !std::mem::replace(&mut self.has_left, true) {
            self.service.counters.leave_seat(self.slot, self.seat);
            self.service.freed.notify_waiters();
            // It may have had no time to say that a job was posted.
            self.service.jobs.notify_one();
        }
    }

    /// How it ended, once it has. A call that is given up loses nothing.
    pub(crate) async fn end(&mut self) -> String {
        let ended = self.process.wait().await;
        self.leave();
        match (self.fault.take(), ended) {
            (Some(fault), _) => fault,
            (None, Ok(status)) => status.to_string(),
            (None, Err(error)) => error.to_string(),
        }
    }

    /// Has it finish what it has begun, and waits for its end; `None` if it had to be killed.
    pub(crate) async fn retire(mut self) -> Option<ExitStatus> {
        let order = line(&Order::Drain).unwrap_or_default();
        let ended = async {
            // It may drain already, or have ended; the end of the pipe tells it as well.
            let _ = self.orders.write_all(&order).await;
            self.process.wait().await.ok()
        };
        let ended = timeout(self.drain, ended).await.ok().flatten();
        if ended.is_none() {
            let _ = self.process.start_kill();
            // One that the system does not let die even so, as it waits for a disk, keeps nobody else.
            let _ = timeout(GRACE, self.process.wait()).await;
        }
        ended
    }
}

/// Waits for an instant; for good, if there is none.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
impl Program {
    /// Another program that plays a worker.
    pub(crate) fn at(path: PathBuf, counters: File) -> Program {
        Program { path, counters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pulse_stops_after_so_many_looks_without_a_beat() {
        let mut pulse = Pulse::new(2);
        assert!(!pulse.has_stopped(5));
        assert!(!pulse.has_stopped(5));
        assert!(!pulse.has_stopped(6), "it had gone on");
        assert!(!pulse.has_stopped(6));
        assert!(pulse.has_stopped(6));
    }
}
