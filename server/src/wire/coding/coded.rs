//! A reply that is coded while it is made.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;

use super::{Coding, Effort, Encoder};
use crate::wire::content::{Chunks, Content};
use crate::wire::problem::{Cause, Code, Problem};

/// How much is to be there before it is handed on.
const ENOUGH_BYTES: usize = 8 * 1024;

/// After how many chunks it is handed on however little it is.
const MOST_CHUNKS: usize = 8;

/// Chunks in a coding. The first comes out as soon as it is in, so that a client sees it at once; later ones when the encoder
/// has enough of them.
///
/// # Errors
/// The encoder cannot be had.
pub(crate) fn coded(chunks: Chunks, coding: Coding) -> Result<Content, Problem> {
    within(chunks, coding, MOST_CHUNKS)
}

/// The same where each chunk comes out as soon as it is in: its client may wait for it before it asks for more.
///
/// # Errors
/// The encoder cannot be had.
pub(crate) fn coded_at_once(chunks: Chunks, coding: Coding) -> Result<Content, Problem> {
    within(chunks, coding, 1)
}

fn within(chunks: Chunks, coding: Coding, most: usize) -> Result<Content, Problem> {
    if coding == Coding::Identity {
        return Ok(Content::Stream(chunks));
    }
    let encoder = Encoder::new(coding, Effort::Sent).map_err(|error| failed(&error))?;
    Ok(Content::stream(Coded { chunks, encoder: Some(encoder), most, waiting: most - 1 }))
}

struct Coded {
    chunks: Chunks,
    /// After how many chunks what is in is handed on, however little it is.
    most: usize,
    /// `None` once all is coded.
    encoder: Option<Encoder>,
    /// Chunks that have gone in since something came out; one less than the most at the beginning.
    waiting: usize,
}

impl Stream for Coded {
    type Item = Result<Bytes, Problem>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Problem>>> {
        let this = self.get_mut();
        while let Some(encoder) = &mut this.encoder {
            let chunk = match ready!(this.chunks.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => chunk,
                Some(Err(problem)) => return Poll::Ready(Some(Err(problem))),
                None => break,
            };
            this.waiting += 1;
            let is_due = this.waiting >= this.most;
            let added =
                encoder.write_all(&chunk).and_then(|()| if is_due { encoder.flush() } else { Ok(()) });
            if let Err(error) = added {
                return Poll::Ready(Some(Err(failed(&error))));
            }
            if is_due || encoder.written().len() >= ENOUGH_BYTES {
                this.waiting = 0;
                return Poll::Ready(Some(Ok(encoder.take())));
            }
        }
        let rest = this.encoder.take().map(|encoder| encoder.finish().map(Bytes::from));
        Poll::Ready(rest.map(|rest| rest.map_err(|error| failed(&error))))
    }
}

/// Memory takes all that is written to it, so that this is a fault of the program, or of the encoder's memory.
fn failed(error: &io::Error) -> Problem {
    Problem::new(Code::Internal, "the reply cannot be compressed; the failure has been logged")
        .hint("ask again without Accept-Encoding")
        .cause(Cause::Server(error.to_string()))
}
