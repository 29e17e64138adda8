//! How the requests of one connection stand: shared between the wrapper below hyper and the service above it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// What is known of a connection's requests.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Requests that have come to the service.
    entered: AtomicUsize,
    /// Those of them whose reply has begun.
    replied: AtomicUsize,
    /// Those of them whose reply is out of the service's hands.
    left: AtomicUsize,
    /// Replies that have begun and whose next piece is being made.
    making: AtomicUsize,
    /// Pieces of replies that were taken and were not the last of theirs.
    given: AtomicUsize,
    leaves_unread: AtomicBool,
    http2: AtomicBool,
    closes_when_idle: AtomicBool,
}

impl Watch {
    /// Marks a request as being answered until the token is dropped; no clock runs meanwhile but that of writing.
    pub(crate) fn enter(self: &Arc<Watch>) -> InService {
        self.entered.fetch_add(1, Ordering::Relaxed);
        InService { watch: Arc::clone(self), step: Step::Begun }
    }

    /// Requests that have come to the service so far.
    pub(super) fn entered(&self) -> usize {
        self.entered.load(Ordering::Relaxed)
    }

    pub(super) fn is_serving(&self) -> bool {
        self.entered() != self.left.load(Ordering::Relaxed)
    }

    /// Whether the service has something to do, rather than to wait for a client that takes what there is.
    fn is_working(&self) -> bool {
        self.entered() != self.replied.load(Ordering::Relaxed) || self.making.load(Ordering::Relaxed) > 0
    }

    /// How much has come of this connection so far: another pair each time that a client asks, or takes a piece of a reply.
    fn progress(&self) -> (usize, usize) {
        (self.entered(), self.given.load(Ordering::Relaxed))
    }

    /// Notes that a request came with a body, which nobody has read so far.
    pub(crate) fn leave_unread(&self) {
        self.leaves_unread.store(true, Ordering::Relaxed);
    }

    /// Notes that the body was read to its end.
    pub(crate) fn has_read(&self) {
        self.leaves_unread.store(false, Ordering::Relaxed);
    }

    pub(super) fn leaves_unread(&self) -> bool {
        self.leaves_unread.load(Ordering::Relaxed)
    }

    /// Has the connection closed as soon as no request is under way, if it is one of HTTP/1. Its task must be polled
    /// afterwards.
    pub(crate) fn close_when_idle(&self) {
        self.closes_when_idle.store(true, Ordering::Relaxed);
    }

    pub(super) fn closes_when_idle(&self) -> bool {
        self.closes_when_idle.load(Ordering::Relaxed)
    }

    /// Whether the client has sent the preface of HTTP/2.
    fn speaks_http2(&self) -> bool {
        self.http2.load(Ordering::Relaxed)
    }

    pub(super) fn note_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
    }

    /// Ends when the client has sent the preface of HTTP/2; on HTTP/1 never. Must be polled with the connection that it is
    /// about, and after it.
    pub(crate) async fn turns_to_http2(&self) {
        poll_fn(|_| if self.speaks_http2() { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// Ends when a client of HTTP/2 has asked for nothing, and taken nothing of a long reply, for so long or up to twice as
    /// long: it may well answer pings all the while, and the guard cannot tell these from requests. Must be polled with the connection that it is about; one
    /// of HTTP/1 costs it no timer.
    pub(crate) async fn silence_on_http2(&self, timeout: Duration) {
        self.turns_to_http2().await;
        let mut progress = self.progress();
        let mut timer = pin!(sleep_until(Instant::now() + timeout));
        poll_fn(|cx| {
            loop {
                ready!(timer.as_mut().poll(cx));
                if !self.is_working() && self.progress() == progress {
                    return Poll::Ready(());
                }
                progress = self.progress();
                timer.as_mut().reset(Instant::now() + timeout);
            }
        })
        .await;
    }
}

/// A request being answered.
#[derive(Debug)]
pub(crate) struct InService {
    watch: Arc<Watch>,
    step: Step,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// There is no reply so far.
    Begun,
    /// A piece of it is being made, for which the client waits.
    Making,
    /// What there is of it waits for the client.
    Waiting,
}

impl InService {
    /// Notes that the reply begins.
    pub(crate) fn replied(&mut self) {
        if self.step == Step::Begun {
            self.step = Step::Waiting;
            self.watch.replied.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that a piece of the reply is asked for and is not there yet.
    pub(crate) fn makes(&mut self) {
        if self.step == Step::Waiting {
            self.step = Step::Making;
            self.watch.making.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that a piece of the reply was taken, after which others come.
    pub(crate) fn gave(&mut self) {
        self.watch.given.fetch_add(1, Ordering::Relaxed);
        self.rest();
    }

    fn rest(&mut self) {
        if self.step == Step::Making {
            self.step = Step::Waiting;
            self.watch.making.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for InService {
    fn drop(&mut self) {
        self.replied();
        self.rest();
        self.watch.left.fetch_add(1, Ordering::Relaxed);
    }
}
