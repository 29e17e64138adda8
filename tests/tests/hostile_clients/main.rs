//! Hazard: clients that are slow, silent, greedy, many, or not clients at all, and take the server from those that ask it
//! something. What such a client is told stands in `refusals`; here it is what becomes of the server.
#![cfg(target_os = "linux")]

mod amounts;
mod crowds;
mod http1;
mod http2;

use std::time::{Duration, Instant};

use orrery_tests::http::Client;
use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;

/// A request for something small, and the same as the last one on its connection.
const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
const LAST: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// How long to wait for what ought to happen within a second or two.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks a server something that it has to compute; how long that took.
fn ask(client: &Client) -> Duration {
    let begun = Instant::now();
    assert_eq!(client.get("/v1/positions?jd=2461120&bodies=sun").status, 200);
    begun.elapsed()
}

/// What the processes of a server keep, KiB, but for tables, whose pages come and go with who else reads them.
fn kept_kib(server: &Server) -> u64 {
    let processes = std::iter::once(server.pid()).chain(processes::children(server.pid()));
    processes.map(|pid| Memory::of(pid).unwrap().anonymous_kib).sum()
}

/// Sockets of a server's processes.
fn sockets(server: &Server) -> usize {
    let processes = std::iter::once(server.pid()).chain(processes::children(server.pid()));
    let files = processes.flat_map(|pid| std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap());
    // One that was closed meanwhile is none.
    let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

/// Waits until something is so; how long that took.
#[track_caller]
fn wait_until(what: &str, is_so: impl FnMut() -> bool) -> Duration {
    wait_so_long(PATIENCE, what, is_so)
}

/// The same of what may take longer.
#[track_caller]
fn wait_so_long(patience: Duration, what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < patience, "{what}: not after {patience:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    begun.elapsed()
}
