//! What is told of a batch of charts, on its way to the client: kept while what stands before it is sent, and within bounds.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use crate::wire::problem::{Cause, Code, Problem};

/// Bytes that are kept of a batch before its telling waits: all of it, unless its charts are uncommonly long.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// A chunk, with the room that it takes until it is sent.
type Kept = (Bytes, OwnedSemaphorePermit);

/// A batch being told.
pub(super) struct Told {
    chunks: UnboundedReceiver<Kept>,
    task: JoinHandle<Result<(), Problem>>,
}

/// Where what is told goes.
pub(super) struct Outlet {
    chunks: UnboundedSender<Kept>,
    room: Arc<Semaphore>,
}

impl Outlet {
    /// Hands on a chunk once there is room for it.
    pub(super) async fn send(&self, chunk: Bytes) {
        let room = Arc::clone(&self.room).acquire_many_owned(chunk.len().min(KEPT_BYTES) as u32);
        if let Ok(room) = room.await {
            // Where nobody takes it any more, the task is about to end.
            let _ = self.chunks.send((chunk, room));
        }
    }
}

impl Told {
    /// Begins to tell.
    pub(super) fn begin<F>(tell: impl FnOnce(Outlet) -> F) -> Told
    where
        F: Future<Output = Result<(), Problem>> + Send + 'static,
    {
        let (sender, chunks) = unbounded_channel();
        let outlet = Outlet { chunks: sender, room: Arc::new(Semaphore::new(KEPT_BYTES)) };
        Told { chunks, task: tokio::spawn(tell(outlet)) }
    }

    /// The next chunk; `None` after the last. Who waits for it may give up, and ask again.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        if let Some((chunk, _)) = self.chunks.recv().await {
            return Ok(Some(chunk));
        }
        let ended = (&mut self.task).await.unwrap_or_else(|error| {
            Err(Problem::new(Code::Internal, "the charts failed; the reason has been logged")
                .cause(Cause::Query(error.to_string())))
        });
        ended.map(|()| None)
    }
}

/// What nobody waits for any more is not told to its end.
impl Drop for Told {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;

    #[tokio::test]
    async fn no_more_is_told_than_is_kept_until_it_is_taken() {
        const CHUNK: usize = KEPT_BYTES / 4;
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let mut told = Told::begin(move |outlet| async move {
            for nth in 0..10 {
                counted.store(nth + 1, Relaxed);
                outlet.send(Bytes::from(vec![0; CHUNK])).await;
            }
            // What is longer than all that is kept is sent all the same.
            outlet.send(Bytes::from(vec![0; 2 * KEPT_BYTES])).await;
            Ok(())
        });
        for taken in 0..=4 {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(begun.load(Relaxed), taken + 5);
            assert_eq!(told.next().await.unwrap().unwrap().len(), CHUNK);
        }
        let mut rest = Vec::new();
        while let Some(chunk) = told.next().await.unwrap() {
            rest.push(chunk.len());
        }
        assert_eq!(rest, [CHUNK, CHUNK, CHUNK, CHUNK, CHUNK, 2 * KEPT_BYTES]);
    }

    #[tokio::test]
    async fn what_fails_is_told_after_what_came_before() {
        let mut told = Told::begin(|outlet| async move {
            outlet.send(Bytes::from_static(b"x")).await;
            Err(Problem::new(Code::Busy, "no more"))
        });
        assert_eq!(told.next().await.unwrap().unwrap(), "x");
        assert_eq!(told.next().await.unwrap_err().code, Code::Busy);
        let mut told = Told::begin(|_| async move { panic!("it panics") });
        assert_eq!(told.next().await.unwrap_err().code, Code::Internal);
    }
}
