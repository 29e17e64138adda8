//! Hazard: a service of several processes that loses requests when one of them dies, is replaced or is stopped, that serves
//! tables nobody has verified, or that leaves processes behind. Real processes are killed here while clients count.
#![cfg(target_os = "linux")]

mod counting;
mod deaths;
mod generations;
mod replacing;
mod stopping;

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use orrery_tests::clients::{Clients, Judge};
use orrery_tests::http::Client;
use orrery_tests::processes::{children, signal};
use orrery_tests::{programs, workspace};
use serde_json::Value;

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

const SUN: &str = "/v1/positions?jd_tt=2440000.5&bodies=sun";

/// A service with what it prints and logs.
struct Service {
    child: Child,
    address: SocketAddr,
    /// The log, while it is open and nobody reads it.
    unread: Option<ChildStderr>,
    logged: Arc<Mutex<String>>,
    printed: JoinHandle<String>,
}

/// What becomes of a service's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Log {
    Read,
    /// It is a pipe that nobody reads, or ever will.
    Closed,
    /// It is a pipe that nobody reads for now.
    Unread,
}

impl Service {
    fn start(datasets: &Path, arguments: &[&str]) -> Service {
        Service::run(&mut Service::command(datasets, arguments), Log::Read)
    }

    fn command(datasets: &Path, arguments: &[&str]) -> Command {
        let mut command = programs::command("orrery-server");
        command.args(["--listen", "127.0.0.1:0", "--watch-ms", "20", "--datasets"]).arg(datasets);
        command.arg("--ephe").arg(workspace::ephemeris_path()).args(arguments);
        command
    }

    /// Runs a command, and waits until it serves.
    fn run(command: &mut Command, log: Log) -> Service {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut unread = child.stderr.take();
        let logged = Arc::new(Mutex::new(String::new()));
        match log {
            Log::Read => read(unread.take(), &logged),
            Log::Closed => drop(unread.take()),
            Log::Unread => {}
        }
        let mut greeting = String::new();
        out.read_line(&mut greeting).unwrap();
        let address = greeting.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.unwrap_or_else(|| panic!("{greeting:?}, {}", logged.lock().unwrap()));
        let address = address.parse().unwrap();
        let printed = std::thread::spawn(move || {
            let mut rest = String::new();
            out.read_to_string(&mut rest).unwrap();
            greeting + &rest
        });
        Service { child, address, unread, logged, printed }
    }

    /// Reads from here on the log that nobody has read so far.
    fn read_log(&mut self) {
        read(self.unread.take(), &self.logged);
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn workers(&self) -> Vec<u32> {
        children(self.pid())
    }

    fn client(&self) -> Client {
        Client::new(self.address)
    }

    fn status(&self) -> Value {
        self.client().get("/status").json()
    }

    fn logged(&self) -> String {
        self.logged.lock().unwrap().clone()
    }

    fn wait_for_log(&self, text: &str) {
        wait_until(&format!("{text:?} in the log"), || self.logged().contains(text));
    }

    /// Waits for these many workers that accept connections and are none of those.
    fn wait_for_workers(&self, count: usize, gone: &[u32]) -> Vec<u32> {
        wait_until(&format!("{count} workers other than {gone:?}"), || {
            let workers = self.workers();
            workers.len() == count && workers.iter().all(|worker| !gone.contains(worker))
        });
        wait_until("all of them serving", || {
            let status = self.status();
            let workers = status["workers"].as_array().unwrap();
            workers.len() == count && workers.iter().all(|worker| worker["state"] == "serving")
        });
        self.workers()
    }

    /// Waits for the end: exit code, and everything that was printed.
    fn end(mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        let printed = std::mem::replace(&mut self.printed, std::thread::spawn(String::new));
        (code, printed.join().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("log:\n{}", self.logged());
        }
    }
}

/// Reads a log to its end, beside everything else.
fn read(log: Option<ChildStderr>, logged: &Arc<Mutex<String>>) {
    let (mut log, logged) = (log.unwrap(), Arc::clone(logged));
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = log.read(&mut bytes) {
            logged.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
    });
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Has a process stand still, and waits until it does.
fn halt(pid: u32) {
    signal(pid, "STOP");
    wait_until("a process that stands still", || {
        std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") T "))
    });
}

/// A settings file, and the arguments that name it.
fn settings(text: &str) -> (tempfile::TempDir, [String; 2]) {
    let scratch = workspace::scratch();
    let path = scratch.path().join("orrery.toml");
    std::fs::write(&path, text).unwrap();
    (scratch, ["--config".to_owned(), path.to_str().unwrap().to_owned()])
}

/// Clients at work whose replies must be 200 and from one of these generations.
fn clients(count: usize, address: SocketAddr, generations: &[&str]) -> Clients {
    let generations: Vec<String> = generations.iter().map(|&name| name.to_owned()).collect();
    let judge: Arc<Judge> = Arc::new(move |_, _, reply| {
        let from = reply.header("x-dataset").unwrap_or_default();
        if reply.status == 200 && generations.iter().any(|name| name == from) {
            Ok(())
        } else {
            Err(format!("{reply:?}"))
        }
    });
    Clients::start(count, address, &[SUN.to_owned()], &judge)
}
