//! Processes: one supervisor, its workers, and what passes between them.
//!
//! ```text
//!   supervisor ── binds a socket a slot and keeps it; hashes generations; starts, replaces and stops workers
//!    │ │  stdin: orders (settings, generations, drain), one line of JSON each       its end is an order too: drain
//!    │ │  stdout: reports (ready, serving, refused); a beat in shared memory: one that has none is replaced
//!    │ └─ worker 0: accepts on the socket of slot 0, answers from the generation that it was told of
//!    ├─── worker 1: …
//!    └─── runner: works at jobs, for as long as there are any; told and watched as workers are, without a socket
//! ```
//!
//! A worker that dies takes its open connections with it and nothing else: its socket, with the clients that wait in
//! its queue, stays with the supervisor until the next worker of the slot takes it. What one has counted stays in memory
//! that all share (`counters`).

mod child;
mod conductor;
mod control;
mod control_group;
pub(crate) mod counters;
pub(crate) mod descriptors;
mod ephemeris;
mod first;
mod job_keeper;
mod manager;
pub(crate) mod monitor;
pub(crate) mod notice;
mod refused;
mod runner;
pub(crate) mod schedule;
mod slot;
mod sockets;
mod stamp;
mod supervisor;
#[cfg(test)]
mod trial;
pub(crate) mod usage;
mod verifier;
mod worker;

pub use counters::time_counting;
pub use refused::Refused;
pub use runner::run_jobs;
pub(crate) use schedule::check as check_times;
pub use supervisor::{SuperviseError, supervise};
pub use worker::work;

/// The argument that makes a process a worker.
pub const WORKER_ARGUMENT: &str = "worker";

/// The argument that makes a process the one that works at jobs.
pub const RUNNER_ARGUMENT: &str = "runner";

/// Where a worker finds its socket: the first descriptor behind the standard ones, as `LISTEN_FDS` has it.
const SOCKET_DESCRIPTOR: i32 = 3;

/// Where a worker finds the counters.
const COUNTERS_DESCRIPTOR: i32 = 4;
