//! A reply that is made while it is sent, watched over: it gives way to other requests, and where it fails it is broken off
//! and the failure is logged and counted.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderValue;
use tracing::warn;

use crate::app::App;
use crate::wire::content::Chunks;
use crate::wire::problem::Problem;
use crate::wire::route::{cause, panicked, unpanicked};

/// How long a reply may be made at a stretch, while others wait for the one thread. hyper asks twice in a row.
const TURN: Duration = Duration::from_micros(500);

/// A reply on its way, as it is handed to warp.
pub(crate) struct Running {
    /// `None` once it has come to its end, or to an error. Nobody but its owner asks for it, and there is no waiting: it is
    /// locked away because warp wants what can be shared between threads.
    chunks: Mutex<Option<Chunks>>,
    app: Arc<App>,
    /// What is told of it in the log.
    id: HeaderValue,
    path: &'static str,
    /// Time that it has taken since it has last given way.
    taken: Duration,
    /// Whether it has failed, and hyper has yet to be told.
    is_broken: bool,
}

/// What hyper is told of a reply that is broken off; it closes the connection then, or resets the stream.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the reply was broken off")]
pub(crate) struct BrokenOff;

impl Running {
    pub(crate) fn new(chunks: Chunks, app: &Arc<App>, id: HeaderValue, path: &'static str) -> Running {
        Running {
            chunks: Mutex::new(Some(chunks)),
            app: Arc::clone(app),
            id,
            path,
            taken: Duration::ZERO,
            is_broken: false,
        }
    }

    /// Waits until other tasks have had their turn, and sockets have been looked at.
    fn give_way(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        self.taken = Duration::ZERO;
        // Asked once, it sees to it that this task is asked again.
        let _ = pin!(tokio::task::yield_now()).poll(cx);
        Poll::Pending
    }

    fn log(&self, problem: &Problem) {
        self.app.counters().broke_off();
        let id = self.id.to_str().unwrap_or_default();
        // What a client would have been told may repeat what it asked; what its kind is called does not.
        let cause = cause(&self.app, problem).unwrap_or(problem.code.title());
        warn!(id, path = self.path, code = problem.code.name(), cause, "broke off within the reply");
    }
}

impl Stream for Running {
    type Item = Result<Bytes, BrokenOff>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.is_broken) {
            return Poll::Ready(Some(Err(BrokenOff)));
        }
        if this.taken >= TURN {
            return this.give_way(cx);
        }
        // A panic ends the reply, so that there is no poisoned one to come back to.
        let slot = this.chunks.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(chunks) = slot else { return Poll::Ready(None) };
        let begun = Instant::now();
        let polled = unpanicked(|| chunks.as_mut().poll_next(cx));
        this.taken += begun.elapsed();
        let failed = match polled {
            Ok(Poll::Pending) => {
                this.taken = Duration::ZERO;
                return Poll::Pending;
            }
            Ok(Poll::Ready(Some(Ok(chunk)))) => return Poll::Ready(Some(Ok(chunk))),
            Ok(Poll::Ready(None)) => None,
            Ok(Poll::Ready(Some(Err(problem)))) => Some(problem),
            Err(panic) => Some(panicked(&panic)),
        };
        *slot = None;
        let Some(problem) = failed else { return Poll::Ready(None) };
        this.log(&problem);
        // What there is goes out first, the head above all.
        this.is_broken = true;
        this.give_way(cx)
    }
}
