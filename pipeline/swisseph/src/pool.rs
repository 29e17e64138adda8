//! Dedicated live threads behind a bounded queue.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use crate::directory::EphemerisDir;
use crate::error::LiveError;
use crate::session::Session;

/// A job as the threads see it: it answers to its caller by itself.
type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// Threads that each own a [`Session`], fed from one bounded queue.
///
/// The C library blocks and keeps its state per thread, so it has no place on async tasks. Jobs are sent with
/// [`LivePool::run`], whose future needs no particular runtime. Dropping the pool waits for the jobs at work, drops those that
/// wait (their callers get [`LiveError::Closed`]) and ends the threads.
#[derive(Debug)]
pub struct LivePool {
    /// `None` only while dropping: without senders the threads end.
    queue: Option<Sender<Job>>,
    closing: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl LivePool {
    /// Starts `threads` threads with a session each, and a queue in which `queue` jobs may wait.
    ///
    /// # Errors
    /// No threads were asked for or the system refuses one, or a session cannot be opened.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a pool takes its directory over; a clone of it is cheap"
    )]
    pub fn start(dir: EphemerisDir, threads: usize, queue: usize) -> Result<LivePool, LiveError> {
        if threads == 0 {
            return Err(LiveError::NoThreads);
        }
        let (sender, receiver) = bounded::<Job>(queue);
        let (opened, openings) = bounded(threads);
        let mut pool = LivePool { queue: Some(sender), closing: Arc::default(), threads: Vec::new() };
        for index in 0..threads {
            let (dir, receiver, opened) = (dir.clone(), receiver.clone(), opened.clone());
            let closing = Arc::clone(&pool.closing);
            let handle = thread::Builder::new()
                .name(format!("live-{index}"))
                .spawn(move || match Session::open(&dir) {
                    Ok(session) => {
                        // The starter may have given up on another thread's error; then the queue is closed too.
                        let _ = opened.send(Ok(()));
                        drop(opened);
                        serve(session, &receiver, &closing);
                    }
                    Err(error) => drop(opened.send(Err(error))),
                })
                .map_err(|error| LiveError::Thread { reason: error.to_string() })?;
            pool.threads.push(handle);
        }
        drop(opened);
        for _ in 0..threads {
            // A thread that ended without a word has panicked, which `Session::open` does not.
            openings.recv().map_err(|_| LiveError::Closed)??;
        }
        Ok(pool)
    }

    /// Runs a job on a live thread and gives its result. The job is queued when the future is first polled; if the future is
    /// dropped before the job has begun, the job never runs.
    ///
    /// # Errors
    /// [`LiveError::Busy`] at once if the queue is full, [`LiveError::JobPanicked`] if the job panicked (its thread goes on),
    /// [`LiveError::Closed`] if the pool was dropped.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, LiveError> {
        let (reply, answer) = oneshot::channel();
        let boxed: Job = Box::new(move |session| {
            if reply.is_closed() {
                return;
            }
            // What a panic leaves of the session is replaced below; the job's own captures die with it.
            let result = catch_unwind(AssertUnwindSafe(|| job(session)));
            if result.is_err() {
                session.start_afresh();
            }
            // Nobody may be waiting any more: then the result is of no use.
            let _ = reply
                .send(result.map_err(|panic| LiveError::JobPanicked { message: panic_text(panic.as_ref()) }));
        });
        let queue = self.queue.as_ref().ok_or(LiveError::Closed)?;
        queue.try_send(boxed).map_err(|error| match error {
            TrySendError::Full(_) => LiveError::Busy,
            TrySendError::Disconnected(_) => LiveError::Closed,
        })?;
        answer.await.map_err(|_| LiveError::Closed)?
    }
}

impl Drop for LivePool {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Release);
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A job may hold the last reference to its own pool: a thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                // A panic outside of a job would be a fault here; there is nobody left to tell.
                let _ = thread.join();
            }
        }
    }
}

fn serve(mut session: Session, jobs: &Receiver<Job>, closing: &AtomicBool) {
    for job in jobs {
        if closing.load(Ordering::Acquire) {
            continue;
        }
        job(&mut session);
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "it gave no reason".to_owned()
    }
}
