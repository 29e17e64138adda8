//! From a fresh clone to the first answer: how long somebody waits who has just found the project.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::figure::figure;

/// What is asked, and what the answer must hold: that it comes from a table.
const TARGET: &str = "/v1/positions?date=2026-03-20T14:46:00Z&bodies=sun";
const EXPECTED: &str = "\"source\":\"table\"";

/// How long to wait for it at most.
const PATIENCE: Duration = Duration::from_mins(30);

/// How long a server that was told to end may take.
const ENDING: Duration = Duration::from_secs(20);

/// Clones the repository that this runs in, its last commit, and runs `scripts/start` there. Nothing of this build is
/// used but the registry's packages that were downloaded before.
pub(crate) fn run() -> Result<()> {
    let top = Command::new("git").args(["rev-parse", "--show-toplevel"]).output().context("starting git")?;
    ensure!(
        top.status.success(),
        "this is no clone of the repository: {}",
        String::from_utf8_lossy(&top.stderr)
    );
    let repository = String::from_utf8(top.stdout)?;
    // Not under the repository: cargo would take the outer workspace and its target directory for the clone's.
    let work = tempfile::Builder::new().prefix("orrery-clone-").tempdir()?;
    let clone = work.path().join("orrery");
    let address = free_address()?;

    let begun = Instant::now();
    let cloned =
        Command::new("git").args(["clone", "--quiet", repository.trim_end()]).arg(&clone).status()?;
    ensure!(cloned.success(), "cloning failed: {cloned}");
    let mut started = Started::start(&clone, address)?;
    loop {
        if answers(address) {
            break;
        }
        if let Some(status) = started.0.try_wait()? {
            bail!("scripts/start ended before it answered: {status}");
        }
        ensure!(begun.elapsed() < PATIENCE, "no answer after {} minutes", PATIENCE.as_secs() / 60);
        std::thread::sleep(Duration::from_millis(50));
    }
    figure("clone_to_first_answer_seconds", begun.elapsed().as_secs_f64(), "s");
    Ok(())
}

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Whether the question is answered from a table.
fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {TARGET} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        Ok(reply)
    };
    ask().is_ok_and(|reply| reply.starts_with("HTTP/1.1 200 ") && reply.contains(EXPECTED))
}

/// `scripts/start` at work, with whatever it started; ended when dropped.
struct Started(Child);

impl Started {
    fn start(clone: &Path, address: SocketAddr) -> Result<Started> {
        let mut command = Command::new("scripts/start");
        command.current_dir(clone).process_group(0);
        // Settings for this run are none for the clone's.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ORRERY_") || name == "CARGO_TARGET_DIR" {
                command.env_remove(name);
            }
        }
        command.env("ORRERY_LISTEN", address.to_string());
        Ok(Started(
            command.spawn().with_context(|| format!("starting scripts/start in {}", clone.display()))?,
        ))
    }

    /// Sends a signal to the process group that the script leads.
    fn signal(&self, name: &str) {
        // There is nothing left to do about a signal that cannot be sent: the group has ended.
        let _ = Command::new("kill").args([name, "--", &format!("-{}", self.0.id())]).status();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        self.signal("-TERM");
        let told = Instant::now();
        while told.elapsed() < ENDING {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.signal("-KILL");
        // It cannot outlive that signal; waiting only clears it away.
        let _ = self.0.wait();
    }
}
