//! What a transfer tells on stderr while it runs: how far it has come, every few seconds. Of one that is done sooner it tells
//! nothing.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// Time between two lines.
const INTERVAL: Duration = Duration::from_secs(5);

/// How far a transfer of files has come.
#[derive(Debug)]
pub(super) struct Progress {
    verb: &'static str,
    bytes: u64,
    done: Cell<u64>,
    told: Cell<Instant>,
}

impl Progress {
    /// Of so many bytes that are being `fetched` or `uploaded`.
    pub(super) fn start(verb: &'static str, bytes: u64) -> Progress {
        Progress { verb, bytes, done: Cell::new(0), told: Cell::new(Instant::now()) }
    }

    /// Bytes have been moved.
    pub(super) fn advance(&self, bytes: u64) {
        self.done.set(self.done.get() + bytes);
        if self.told.get().elapsed() >= INTERVAL {
            self.told.set(Instant::now());
            eprintln!(
                "{:.1} of {:.1} MB {}",
                self.done.get() as f64 / 1e6,
                self.bytes as f64 / 1e6,
                self.verb
            );
        }
    }

    /// How many bytes have been moved.
    pub(super) fn done(&self) -> u64 {
        self.done.get()
    }
}
