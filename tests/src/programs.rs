//! The programs, built once, run as their users run them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use serde_json::Value;

use crate::http::{Client, Reply};
use crate::{tables, workspace};

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Exit code; `None` for one that a signal ended.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it printed on stderr.
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Set by who has built the programs a moment ago: `cargo test` for the whole workspace does, before it runs anything. To build
/// them alone is to build what they depend on once more, without what tests want of it.
const BUILT: &str = "PROGRAMS_BUILT";

/// Path of a program of the workspace, built in the profile of the tests.
pub fn path(name: &str) -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    let dir = DIR.get_or_init(|| {
        let program = std::env::current_exe().unwrap();
        let dir = program.ancestors().nth(2).unwrap().to_owned();
        if std::env::var_os(BUILT).is_some() {
            return dir;
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(workspace::root()).args(["build", "--quiet", "--package", "orrery-pipeline"]);
        command.args(["--package", "orrery-server"]).arg("--target-dir").arg(workspace::target());
        if dir.ends_with("release") {
            command.arg("--release");
        }
        let built =
            Ended::from(command.output().unwrap_or_else(|error| panic!("cargo cannot be run: {error}")));
        assert_eq!(built.code, Some(0), "cargo build failed: {}", built.err);
        dir
    });
    dir.join(name)
}

/// A program with the environment's settings taken away, in a directory of its own choosing. A server leaves its tables as they
/// are, unless a flag says otherwise.
#[must_use]
pub fn command(name: &str) -> Command {
    command_at(&path(name))
}

/// The same of a program that lies elsewhere.
#[must_use]
pub fn command_at(path: &Path) -> Command {
    let mut command = Command::new(path);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ORRERY_") {
            command.env_remove(name);
        }
    }
    command.env("ORRERY_SCHEDULE_ENABLED", "false");
    // What one test posts is not another's to work at. Nothing is made there before a job is posted.
    command.env("ORRERY_JOBS_DIR", workspace::target().join("test-jobs-of-nobody"));
    command.current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// `orrery-pipeline` with these arguments, run to its end.
pub fn pipeline<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ended {
    command("orrery-pipeline").args(arguments).output().unwrap().into()
}

/// `orrery-server`, serving until it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// The line it printed when it was ready.
    pub greeting: String,
    /// Where its settings are, if it has some of its own.
    settings: Option<tempfile::TempDir>,
    /// Where its jobs are, if nobody else knows.
    jobs: Option<tempfile::TempDir>,
}

impl Server {
    /// One over the shared tables and the ephemeris files, that the tests of a program share: each holds it, and the last to
    /// end stops it.
    #[must_use]
    pub fn shared() -> Arc<Server> {
        static RUNNING: OnceLock<Mutex<Weak<Server>>> = OnceLock::new();
        let running = RUNNING.get_or_init(|| Mutex::new(Weak::new()));
        // A test that failed has poisoned nothing: the server is another process.
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Server::start(tables::shared_dir(), &workspace::ephemeris_path()));
            *running = Arc::downgrade(&server);
            server
        })
    }

    /// Starts it on a free port over a dataset and a directory of ephemeris files.
    #[must_use]
    pub fn start(datasets: &Path, ephe: &Path) -> Server {
        Server::start_with(datasets, ephe, &[])
    }

    /// The same with further arguments.
    #[must_use]
    pub fn start_with(datasets: &Path, ephe: &Path, arguments: &[&str]) -> Server {
        let mut command = command("orrery-server");
        // Two workers unless a test wants another number: what is said of one is to be true of several.
        command.env("ORRERY_WORKERS", "2");
        command.args(["--listen", "127.0.0.1:0", "--log-level", "warn", "--datasets"]).arg(datasets);
        let jobs = workspace::scratch();
        command.env("ORRERY_JOBS_DIR", jobs.path());
        let mut server = Server::run(command.arg("--ephe").arg(ephe).args(arguments));
        server.jobs = Some(jobs);
        server
    }

    /// One worker over the shared tables and the ephemeris files, with a settings file of this text.
    #[must_use]
    pub fn with_settings(text: &str) -> Server {
        let scratch = workspace::scratch();
        let path = scratch.path().join("orrery.toml");
        std::fs::write(&path, text).unwrap();
        let arguments = ["--workers", "1", "--config", path.to_str().unwrap()];
        let mut server = Server::start_with(tables::shared_dir(), &workspace::ephemeris_path(), &arguments);
        server.settings = Some(scratch);
        server
    }

    /// Starts a command that prints where it listens as the server does, and waits for that line.
    #[must_use]
    pub fn run(command: &mut Command) -> Server {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.unwrap_or_else(|| panic!("no address in {greeting:?}")).parse().unwrap();
        Server { child, address, greeting, settings: None, jobs: None }
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has ended by itself: its exit code, or `None` where a signal ended it.
    #[must_use]
    pub fn end(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// The document of a target, which it has to answer.
    #[must_use]
    pub fn ask(&self, target: &str) -> Value {
        self.answered(target).json()
    }

    /// The text of a target, which it has to answer: lines, a calendar, a map.
    #[must_use]
    pub fn text(&self, target: &str) -> String {
        self.answered(target).body
    }

    fn answered(&self, target: &str) -> Reply {
        let reply = self.client().get(target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
