//! What a supervisor and a worker say to each other: one line of JSON each.

use std::io;

use orrery_format::Manifest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use crate::config::Settings;
use crate::process::notice::Notice;

/// What a worker is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// The first order: open everything, and say when it is done.
    Start(Box<Start>),
    /// Accept connections: every byte of the generation has been verified.
    Serve,
    /// Answer from this generation from now on, which has been verified.
    TakeUp(Manifest),
    /// What to tell of from now on that only the supervisor knows.
    Notice(Box<Notice>),
    /// There is something to look at among the jobs; the nth time that this is said. Only of who works at them.
    Look { nth: u64 },
    /// Accept no more connections, finish what has begun, and end.
    Drain,
}

/// All that a worker needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) settings: Settings,
    /// The generation to answer from, whatever is published when the worker gets to it.
    pub(crate) manifest: Manifest,
    /// Identity of the ephemeris files; `None` where there are none.
    pub(crate) live_identity: Option<[u8; 32]>,
    /// What the supervisor knows by now.
    pub(crate) notice: Notice,
    /// Number of slots.
    pub(crate) slots: usize,
    /// The worker's own slot.
    pub(crate) slot: usize,
    /// The worker's own seat in the counters of its slot.
    pub(crate) seat: usize,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// Everything is open.
    Ready,
    /// It never will be, for this reason.
    CannotStart { reason: String },
    /// It answers from this generation from now on.
    Serving { generation: String },
    /// It goes on with the generation that it had.
    CannotTakeUp { generation: String, reason: String },
    /// Somebody else than the supervisor has told it to drain.
    Draining,
    /// A client has posted or ended a job.
    Posted,
    /// There is nothing to do for who works at jobs, as it has found at the nth look.
    Resting { nth: u64 },
}

/// A message as it is sent.
///
/// # Errors
/// It holds a path that is not UTF-8.
pub(crate) fn line(message: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// Messages as they come.
#[derive(Debug)]
pub(crate) struct Messages<R>(tokio::io::Lines<BufReader<R>>);

impl<R: AsyncRead + Unpin> Messages<R> {
    pub(crate) fn new(reader: R) -> Messages<R> {
        Messages(BufReader::new(reader).lines())
    }

    /// The next one; `None` when the other side is gone. A call that is given up loses nothing.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub(crate) async fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        match self.0.next_line().await? {
            Some(line) => Ok(Some(serde_json::from_str(&line)?)),
            None => Ok(None),
        }
    }
}
