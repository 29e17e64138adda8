//! The programs, built once, run as their users run them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use crate::http::Client;
use crate::workspace;

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

/// Path of a program of the workspace, built in the profile of the tests.
pub fn path(name: &str) -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    let dir = DIR.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(workspace::root()).args(["build", "--quiet", "--package", "orrery-pipeline"]);
        command.args(["--package", "orrery-server"]).arg("--target-dir").arg(workspace::target());
        let program = std::env::current_exe().unwrap();
        let dir = program.ancestors().nth(2).unwrap().to_owned();
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

/// A program with the environment's settings taken away, in a directory of its own choosing.
#[must_use]
pub fn command(name: &str) -> Command {
    let mut command = Command::new(path(name));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ORRERY_") {
            command.env_remove(name);
        }
    }
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
}

impl Server {
    /// Starts it on a free port over a dataset and a directory of ephemeris files.
    #[must_use]
    pub fn start(datasets: &Path, ephe: &Path) -> Server {
        let mut child = command("orrery-server")
            .args(["--listen", "127.0.0.1:0", "--log-level", "warn", "--datasets"])
            .arg(datasets)
            .arg("--ephe")
            .arg(ephe)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.unwrap_or_else(|| panic!("no address in {greeting:?}")).parse().unwrap();
        Server { child, address, greeting }
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
