//! What stands between a socket and hyper: silence, slow heads, and refusals that say why.
//!
//! hyper closes on a slow client without a word, does not watch one that never sends a first byte, and answers bytes
//! that are no request with a bare status line. This wrapper keeps both clocks and gives each refusal its problem
//! document:
//!
//! - between requests a connection may be silent for the idle time-out; then it is closed;
//! - a request's head must be there within the header time-out of its first byte; else 408 and closed. What comes while
//!   a reply is made or on its way out starts no such clock, and nothing cuts into that reply. A head that has come in
//!   part by then, or together with the request before it, has the idle time-out to go on, and the header time-out from
//!   the first byte that comes after the reply: what hyper has already read cannot be told from the request before;
//! - when the server is about to stop, a connection is closed between two requests, after a look whether the next one is
//!   there already;
//! - a client that does not read its replies may stop taking bytes for the idle time-out; then the connection is cut;
//! - hyper's own 400, 414 and 431 get a body, and what the client still sends is read for a moment, since closing a
//!   socket with unread bytes would destroy the reply on its way.
//!
//! HTTP/2 connections are told by their preface, complete, and from there on left to hyper's pings and limits; of the
//! clocks here only that of writing goes on, and beside the connection runs one of requests ([`Watch`]).

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::config::Limits;
use crate::wire::header::{EXPOSED, X_REQUEST_ID};
use crate::wire::problem::{Code, MEDIA_TYPE, Problem};
use crate::wire::request::new_id;

mod watch;

pub(crate) use watch::{InService, Watch};

/// How long what a refused client still sends is read.
const LINGER: Duration = Duration::from_secs(1);

/// How HTTP/2 begins. Only all of it makes hyper speak HTTP/2: what departs from it is a request of HTTP/1, and a bad one.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No byte of the next request has come.
    Idle,
    /// Its first byte has come and its end has not.
    Head,
    /// The service has got a request, or something was written, since the clock was last set.
    Answered,
    /// The preface of HTTP/2 was seen, or the connection was refused: no clock runs.
    Unwatched,
    /// The clock ran out: to hyper the client has closed.
    Closed,
}

/// A stream that can be looked into past what the runtime knows of it.
pub(crate) trait Peek {
    /// Whether bytes have come, whatever the runtime has heard of so far.
    fn has_bytes(&self) -> bool;
}

impl Peek for TcpStream {
    fn has_bytes(&self) -> bool {
        recv(self, &mut [0], RecvFlags::PEEK | RecvFlags::DONTWAIT).is_ok_and(|(_, length)| length > 0)
    }
}

/// A watched stream.
#[derive(Debug)]
pub(crate) struct Guard<S> {
    stream: S,
    watch: Arc<Watch>,
    phase: Phase,
    /// Requests that had come to the service when this was looked at last.
    entered: usize,
    /// How many bytes agree with HTTP/2's preface so far; `None` once one does not.
    preface: Option<usize>,
    /// Whether the end of the current request's first line has come.
    line_ended: bool,
    deadline: Instant,
    /// Wakes the task at the deadline or before it; then it is set anew.
    timer: Pin<Box<Sleep>>,
    /// Whether the timer knows whom to wake.
    is_armed: bool,
    /// Runs while the client takes none of the bytes that are there for it.
    stalled: Option<Pin<Box<Sleep>>>,
    idle_timeout: Duration,
    header_timeout: Duration,
    target_bytes: usize,
    header_bytes: usize,
    /// What is sent instead of hyper's bare refusal, and how much of it is out.
    refusal: Option<(Vec<u8>, usize)>,
    /// Until when what a refused client sends is read.
    linger_until: Option<Instant>,
    /// Whether the client has said all that it had to say.
    is_ended: bool,
}

impl<S> Guard<S> {
    pub(crate) fn new(stream: S, watch: Arc<Watch>, limits: &Limits) -> Guard<S> {
        let deadline = Instant::now() + limits.idle_timeout();
        Guard {
            stream,
            watch,
            phase: Phase::Idle,
            entered: 0,
            preface: Some(0),
            line_ended: false,
            deadline,
            timer: Box::pin(sleep_until(deadline)),
            is_armed: false,
            stalled: None,
            idle_timeout: limits.idle_timeout(),
            header_timeout: limits.header_timeout(),
            target_bytes: limits.target_bytes,
            header_bytes: limits.header_bytes,
            refusal: None,
            linger_until: None,
            is_ended: false,
        }
    }

    /// Whether a reply is being made, or is on its way out. The head of a request that the service has got is done with,
    /// however far its reply has come.
    fn is_replying(&mut self) -> bool {
        let entered = self.watch.entered();
        if entered != self.entered {
            self.entered = entered;
            if self.phase == Phase::Head {
                self.phase = Phase::Answered;
                self.deadline = Instant::now() + self.idle_timeout;
            }
        }
        self.watch.is_serving() || self.stalled.is_some()
    }

    /// Takes notice of bytes that came.
    fn received(&mut self, bytes: &[u8]) {
        if let Some(agreed) = self.preface {
            let wanted = &PREFACE[agreed..];
            let compared = wanted.len().min(bytes.len());
            self.preface = (bytes[..compared] == wanted[..compared]).then_some(agreed + compared);
            if self.preface == Some(PREFACE.len()) {
                self.preface = None;
                self.phase = Phase::Unwatched;
                self.watch.note_http2();
            }
        }
        if matches!(self.phase, Phase::Idle | Phase::Answered) && !self.is_replying() {
            self.phase = Phase::Head;
            self.line_ended = false;
            self.deadline = Instant::now() + self.header_timeout;
        }
        if self.phase == Phase::Head && !self.line_ended {
            self.line_ended = bytes.contains(&b'\n');
        }
    }

    /// Whether the clock has run out while nothing comes.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        if matches!(self.phase, Phase::Unwatched | Phase::Closed) || self.is_replying() {
            return false;
        }
        if self.phase == Phase::Answered {
            self.phase = Phase::Idle;
        }
        if self.timer.deadline() > self.deadline {
            self.timer.as_mut().reset(self.deadline);
        }
        self.is_armed = true;
        while self.timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= self.deadline {
                return true;
            }
            self.timer.as_mut().reset(self.deadline);
        }
        false
    }

    /// Whether the server is about to stop and no request is under way, neither here nor in the socket.
    fn is_to_close(&mut self) -> bool
    where
        S: Peek,
    {
        self.watch.closes_when_idle()
            && !self.is_replying()
            && matches!(self.phase, Phase::Idle | Phase::Answered)
            && !self.stream.has_bytes()
    }

    /// hyper's bare refusal with a problem document, if `head` is one.
    fn refusal_for(&self, head: &[u8]) -> Option<Vec<u8>> {
        if self.phase == Phase::Unwatched
            || !(head.starts_with(b"HTTP/1.1 4") || head.starts_with(b"HTTP/1.0 4"))
        {
            return None;
        }
        let head = std::str::from_utf8(head).ok()?.strip_suffix("\r\n\r\n")?;
        // Every reply of ours carries an id; hyper's own do not.
        if head.contains("x-request-id") {
            return None;
        }
        let code = match head.get(9..12)? {
            "400" => Code::MalformedRequest,
            "414" => Code::TargetTooLong,
            // The buffer filled up before the first line ended.
            "431" if !self.line_ended => Code::TargetTooLong,
            "431" => Code::HeadersTooLarge,
            _ => return None,
        };
        let (detail, hint) = match code {
            Code::TargetTooLong => (
                // Whichever limit is met first: the target is a part of the header.
                format!(
                    "the request target is longer than {} bytes",
                    self.target_bytes.min(self.header_bytes)
                ),
                "split the query into several requests",
            ),
            Code::HeadersTooLarge => (
                format!(
                    "the request's header is longer than {} bytes, or has too many fields",
                    self.header_bytes
                ),
                "send fewer or shorter header fields",
            ),
            _ => (
                "what was sent is no HTTP/1.1 request, and no HTTP/2 preface".to_owned(),
                "check the request line and the header fields",
            ),
        };
        let date = head.split("\r\n").find(|line| line.starts_with("date: "));
        Some(document(&Problem::new(code, detail).hint(hint), date))
    }
}

/// A whole reply on the wire, after which the connection is closed.
fn document(problem: &Problem, date: Option<&str>) -> Vec<u8> {
    let (status, body) = (problem.code.status(), problem.body());
    let reason = status.canonical_reason().unwrap_or_default();
    let mut reply = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: {MEDIA_TYPE}\r\ncache-control: no-store\r\nconnection: close\r\n\
         access-control-allow-origin: *\r\naccess-control-expose-headers: {EXPOSED}\r\ncontent-length: {}\r\n\
         {X_REQUEST_ID}: ",
        status.as_u16(),
        body.len()
    )
    .into_bytes();
    reply.extend_from_slice(new_id().as_bytes());
    reply.extend_from_slice(b"\r\n");
    if let Some(date) = date {
        reply.extend_from_slice(date.as_bytes());
        reply.extend_from_slice(b"\r\n");
    }
    reply.extend_from_slice(b"\r\n");
    reply.extend_from_slice(&body);
    reply
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    /// What comes of a write: with progress its clock is cleared, and without any it runs.
    fn poll_written(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let Poll::Ready(written) = written else { return self.poll_stalled(cx) };
        let written = written?;
        self.stalled = None;
        if !matches!(self.phase, Phase::Unwatched | Phase::Closed) {
            self.phase = Phase::Answered;
            self.deadline = Instant::now() + self.idle_timeout;
            self.arm(cx);
        }
        Poll::Ready(Ok(written))
    }

    /// Sees to it that reading is tried again in time. hyper does not by itself: it has tried while the request was being
    /// answered, found nothing, and waits to be woken.
    fn arm(&mut self, cx: &mut Context<'_>) {
        if self.watch.closes_when_idle() {
            cx.waker().wake_by_ref();
        }
        if !self.is_armed || self.timer.is_elapsed() {
            self.timer.as_mut().reset(self.deadline);
            self.is_armed = self.timer.as_mut().poll(cx).is_pending();
        }
    }

    /// Waits for a client that takes nothing, and fails when it has not for the idle time-out.
    fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let idle_timeout = self.idle_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(idle_timeout)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Sends what is left of the refusal, and then reports `length` bytes of hyper's own as sent.
    fn poll_refuse(&mut self, cx: &mut Context<'_>, length: usize) -> Poll<io::Result<usize>> {
        while let Some((reply, sent)) = &mut self.refusal {
            let rest = &reply[*sent..];
            if rest.is_empty() {
                self.refusal = None;
                break;
            }
            match Pin::new(&mut self.stream).poll_write(cx, rest)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(written) => {
                    *sent += written;
                    self.stalled = None;
                }
                Poll::Pending => return self.poll_stalled(cx),
            }
        }
        self.phase = Phase::Unwatched;
        self.linger_until = Some(Instant::now() + LINGER);
        Poll::Ready(Ok(length))
    }
}

impl<S: AsyncRead + AsyncWrite + Peek + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.phase == Phase::Closed {
            return Poll::Ready(Ok(()));
        }
        let (before, has_room) = (buf.filled().len(), buf.remaining() > 0);
        if let Poll::Ready(result) = Pin::new(&mut this.stream).poll_read(cx, buf) {
            result?;
            if buf.filled().len() > before {
                this.received(&buf.filled()[before..]);
            } else if has_room && !this.is_ended {
                // To hyper a client that has ended is gone. What can be answered at once is, before it hears of that.
                this.is_ended = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Ok(()));
        }
        if !this.is_late(cx) && !this.is_to_close() {
            return Poll::Pending;
        }
        if this.phase == Phase::Head {
            let seconds = this.header_timeout.as_secs();
            let problem = Problem::new(
                Code::RequestTimeout,
                format!("the request's header was not complete within {seconds} s of its first byte"),
            )
            .hint("send the request line and the header fields without a pause");
            // The send buffer is empty, or the client is not reading either: one try is enough.
            let _ = Pin::new(&mut this.stream).poll_write(cx, &document(&problem, None));
        }
        this.phase = Phase::Closed;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.phase == Phase::Closed {
            // What was to be said has been said; hyper would add its own refusal of half a request.
            return Poll::Ready(Ok(buf.len()));
        }
        if this.refusal.is_none() {
            this.refusal = this.refusal_for(buf).map(|reply| (reply, 0));
        }
        if this.refusal.is_some() {
            return this.poll_refuse(cx, buf.len());
        }
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.poll_written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.phase == Phase::Closed {
            return Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()));
        }
        if this.refusal.is_none() {
            // A refusal is a head alone, in one piece.
            this.refusal = bufs.first().and_then(|head| this.refusal_for(head)).map(|reply| (reply, 0));
        }
        if this.refusal.is_some() {
            return this.poll_refuse(cx, bufs.iter().map(|buf| buf.len()).sum());
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.poll_written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        if this.linger_until.is_none() && this.watch.leaves_unread() {
            this.linger_until = Some(Instant::now() + LINGER);
        }
        let Some(until) = this.linger_until else { return Poll::Ready(Ok(())) };
        let mut scratch = [0; 4096];
        loop {
            if Instant::now() >= until {
                return Poll::Ready(Ok(()));
            }
            let mut unread = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(cx, &mut unread) {
                Poll::Ready(Ok(())) if !unread.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    this.timer.as_mut().reset(until);
                    // Already past `until`: there will be no wake-up, and none is needed.
                    if this.timer.as_mut().poll(cx).is_ready() {
                        return Poll::Ready(Ok(()));
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
