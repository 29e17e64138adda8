//! Server-sent events, as the HTML standard has them: lines of fields with an empty line behind each event, and a comment now
//! and then, so that whoever is between sees that there is somebody.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::wire::content::Chunks;
use crate::wire::problem::Problem;

/// After how long a silence a comment is sent: whoever is between gives up a silent stream after half a minute or later.
const BEAT: Duration = Duration::from_secs(15);

/// A comment, which clients pass over.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// An event. Neither its name nor its id may have a line break. The id is what a client that was cut off sends in
/// `Last-Event-ID` when it asks again.
pub(crate) fn event(name: &str, id: &str, data: &[u8]) -> Bytes {
    let mut event = format!("event: {name}\nid: {id}\n").into_bytes();
    for line in data.split(|byte| *byte == b'\n') {
        event.extend_from_slice(b"data: ");
        event.extend_from_slice(line);
        event.push(b'\n');
    }
    event.push(b'\n');
    event.into()
}

/// How long a client is to wait before it asks again, once the stream has ended.
pub(crate) fn retry(pause: Duration) -> String {
    format!("retry: {}\n\n", pause.as_millis())
}

/// A stream with a comment wherever nothing else has come for long.
pub(crate) fn with_beats(
    chunks: impl Stream<Item = Result<Bytes, Problem>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, Problem>> + Send + 'static {
    let mut silence = interval_at(Instant::now() + BEAT, BEAT);
    silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Beating { chunks: Box::pin(chunks), silence }
}

struct Beating {
    chunks: Chunks,
    silence: Interval,
}

impl Stream for Beating {
    type Item = Result<Bytes, Problem>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Problem>>> {
        let this = self.get_mut();
        if let Poll::Ready(next) = this.chunks.as_mut().poll_next(cx) {
            this.silence.reset();
            return Poll::Ready(next);
        }
        this.silence.poll_tick(cx).map(|_| Some(Ok(COMMENT)))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};
    use tokio::time::sleep;

    use super::*;

    #[test]
    fn events_are_written_as_the_standard_has_them() {
        assert_eq!(
            event("sky", "2026-03-20T14:46:00Z", b"{}"),
            "event: sky\nid: 2026-03-20T14:46:00Z\ndata: {}\n\n"
        );
        // What has several lines arrives as several.
        assert_eq!(event("a", "1", b"x\n\ny"), "event: a\nid: 1\ndata: x\ndata: \ndata: y\n\n");
        assert_eq!(retry(Duration::from_secs(2)), "retry: 2000\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silence_is_broken_by_comments() {
        let chunks = stream::once(async {
            sleep(Duration::from_secs(40)).await;
            Ok(Bytes::from_static(b"at last"))
        });
        let all: Vec<_> = with_beats(chunks).map(Result::unwrap).collect().await;
        assert_eq!(all, [COMMENT, COMMENT, Bytes::from_static(b"at last")]);
    }
}
