//! Dedicated live threads behind a bounded queue.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

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
/// [`LivePool::run`], whose future needs no particular runtime. One that can be foreseen to begin too late is refused while
/// there is time to ask elsewhere, and one whose time is over is not begun. Dropping the pool waits for the jobs at work, drops those that
/// wait (their callers get [`LiveError::Closed`]) and ends the threads.
#[derive(Debug)]
pub struct LivePool {
    /// `None` only while dropping: without senders the threads end.
    queue: Option<Sender<Job>>,
    closing: Arc<AtomicBool>,
    load: Arc<Load>,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads are doing, and for how long they lately did.
#[derive(Debug, Default)]
struct Load {
    /// Jobs that wait, and that somebody waits for.
    waiting: AtomicUsize,
    /// Jobs at work.
    running: AtomicUsize,
    /// What a job took lately, nanoseconds; zero before the first.
    mean_ns: AtomicU64,
}

/// One part in so many of the mean is the last job's.
const MEMORY: u64 = 16;

impl Load {
    /// Takes a job's time into the mean. Two that end at once may lose one of them.
    fn took(&self, time: Duration) {
        let last = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / MEMORY).clamp(1, u64::MAX / MEMORY);
        let mean = match self.mean_ns.load(Ordering::Relaxed) {
            0 => last,
            mean => (mean * (MEMORY - 1) + last) / MEMORY,
        };
        self.mean_ns.store(mean.min(u64::MAX / MEMORY), Ordering::Relaxed);
    }
}

/// A job's place in the queue, until it begins or its caller leaves, whichever comes first.
#[derive(Debug)]
struct Place {
    load: Arc<Load>,
    is_left: AtomicBool,
}

impl Place {
    fn take(load: &Arc<Load>) -> Arc<Place> {
        load.waiting.fetch_add(1, Ordering::Relaxed);
        Arc::new(Place { load: Arc::clone(load), is_left: AtomicBool::new(false) })
    }

    fn leave(&self) {
        if !self.is_left.swap(true, Ordering::Relaxed) {
            self.load.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Leaves a place when it is dropped.
struct Leaving(Arc<Place>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A job at work, until it is dropped.
struct Working<'a>(&'a Load);

impl<'a> Working<'a> {
    fn new(load: &'a Load) -> Working<'a> {
        load.running.fetch_add(1, Ordering::Relaxed);
        Working(load)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
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
        let mut pool = LivePool {
            queue: Some(sender),
            closing: Arc::default(),
            load: Arc::default(),
            threads: Vec::new(),
        };
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

    /// How long a job that comes now would wait for a thread, by what jobs took lately: nothing while a thread is free.
    #[must_use]
    pub fn expected_wait(&self) -> Duration {
        let threads = self.threads.len().max(1);
        let Load { waiting, running, .. } = &*self.load;
        let ahead = waiting.load(Ordering::Relaxed) + running.load(Ordering::Relaxed);
        if ahead < threads {
            return Duration::ZERO;
        }
        let mean = Duration::from_nanos(self.load.mean_ns.load(Ordering::Relaxed));
        // So many jobs, a queue's length, fit into 32 bits.
        mean.saturating_mul(ahead as u32) / threads as u32
    }

    /// Whether a thread is free, and nobody waits for one.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let Load { waiting, running, .. } = &*self.load;
        waiting.load(Ordering::Relaxed) == 0 && running.load(Ordering::Relaxed) < self.threads.len()
    }

    /// Runs a job on a live thread and gives its result, however long that takes. The job is queued when the future is first
    /// polled; if the future is dropped before the job has begun, the job never runs.
    ///
    /// # Errors
    /// [`LiveError::Busy`] at once if the queue is full, [`LiveError::JobPanicked`] if the job panicked (its thread goes on),
    /// [`LiveError::Closed`] if the pool was dropped.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, LiveError> {
        self.queued(None, job).await
    }

    /// The same for a caller who waits until a moment for the job to begin.
    ///
    /// # Errors
    /// As [`LivePool::run`]; [`LiveError::Busy`] at once, too, if the job is expected to begin later than that, and
    /// [`LiveError::Lapsed`] if no thread was free until then.
    pub async fn run_until<T: Send + 'static>(
        &self,
        until: Instant,
        job: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, LiveError> {
        let wait = self.expected_wait();
        if wait > until.saturating_duration_since(Instant::now()) {
            return Err(LiveError::Busy { wait });
        }
        self.queued(Some(until), job).await
    }

    async fn queued<T: Send + 'static>(
        &self,
        until: Option<Instant>,
        job: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, LiveError> {
        let (reply, answer) = oneshot::channel();
        let load = Arc::clone(&self.load);
        let place = Place::take(&load);
        // Dropped with this future, or with what it answers.
        let _leaving = Leaving(Arc::clone(&place));
        let boxed: Job = Box::new(move |session| {
            place.leave();
            if reply.is_closed() {
                return;
            }
            let began = Instant::now();
            if until.is_some_and(|until| began > until) {
                let _ = reply.send(Err(LiveError::Lapsed));
                return;
            }
            let result = {
                let _working = Working::new(&load);
                // What a panic leaves of the session is replaced below; the job's own captures die with it.
                catch_unwind(AssertUnwindSafe(|| job(session)))
            };
            load.took(began.elapsed());
            if result.is_err() {
                session.start_afresh();
            }
            // Nobody may be waiting any more: then the result is of no use.
            let _ = reply
                .send(result.map_err(|panic| LiveError::JobPanicked { message: panic_text(panic.as_ref()) }));
        });
        let queue = self.queue.as_ref().ok_or(LiveError::Closed)?;
        queue.try_send(boxed).map_err(|error| match error {
            TrySendError::Full(_) => LiveError::Busy { wait: self.expected_wait() },
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
