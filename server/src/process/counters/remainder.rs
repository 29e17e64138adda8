//! What is counted of what tables do not answer: the cache, live computing, and the memory of a process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use super::latency::{self, BOUNDS, BUCKETS, bucket};
use super::{Counters, Seat};

/// What one process has counted of its cache.
#[repr(C, align(64))]
#[derive(Debug)]
pub(super) struct CacheTally {
    hits: AtomicU64,
    misses: AtomicU64,
    coalesced: AtomicU64,
    inserted: AtomicU64,
    evicted: AtomicU64,
    expired: AtomicU64,
    rejected: AtomicU64,
    superseded: AtomicU64,
    renewed: AtomicU64,
    emptied: AtomicU64,
    /// What is there now.
    entries: AtomicU64,
    bytes: AtomicU64,
}

/// What one process has counted of its live threads.
#[repr(C, align(64))]
#[derive(Debug)]
pub(super) struct LiveTally {
    /// Jobs that wait, and jobs at work, now.
    queued: AtomicU64,
    running: AtomicU64,
    refused: AtomicU64,
    abandoned: AtomicU64,
    micros: AtomicU64,
    latency: [AtomicU64; BUCKETS],
}

/// What one process has told of its memory.
#[repr(C, align(64))]
#[derive(Debug)]
pub(super) struct MemoryTally {
    private_bytes: AtomicU64,
    /// 0, 1 above the soft limit, 2 above the hard one.
    level: AtomicU64,
    soft_crossings: AtomicU64,
    hard_crossings: AtomicU64,
    refused: AtomicU64,
}

/// Something that happens to the cache, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheEvent {
    /// An answer was there.
    Hit,
    /// It was not, and is computed.
    Miss,
    /// It was not, and somebody else's is waited for.
    Coalesced,
    Inserted,
    /// Made way for others.
    Evicted,
    /// Was older than such answers are kept.
    Expired,
    /// Was too large, or came when memory was short.
    Rejected,
    /// Nobody asked for it any more after a swap of generations.
    Superseded,
    /// Was computed anew after a swap, ahead of who will ask for it.
    Renewed,
    /// Everything was dropped, since memory was short.
    Emptied,
}

impl CacheTally {
    fn of(&self, event: CacheEvent) -> &AtomicU64 {
        match event {
            CacheEvent::Hit => &self.hits,
            CacheEvent::Miss => &self.misses,
            CacheEvent::Coalesced => &self.coalesced,
            CacheEvent::Inserted => &self.inserted,
            CacheEvent::Evicted => &self.evicted,
            CacheEvent::Expired => &self.expired,
            CacheEvent::Rejected => &self.rejected,
            CacheEvent::Superseded => &self.superseded,
            CacheEvent::Renewed => &self.renewed,
            CacheEvent::Emptied => &self.emptied,
        }
    }
}

impl Seat {
    /// Sets back what is only true of a process that lives.
    pub(super) fn forget_present(&self) {
        let present = [
            &self.cache.entries,
            &self.cache.bytes,
            &self.live.queued,
            &self.live.running,
            &self.memory.private_bytes,
            &self.memory.level,
        ];
        for gauge in present {
            gauge.store(0, Relaxed);
        }
    }
}

impl Counters {
    /// Counts what happens to the cache.
    pub(crate) fn cache(&self, event: CacheEvent) {
        self.cache_by(event, 1);
    }

    /// The same of several at once.
    pub(crate) fn cache_by(&self, event: CacheEvent, times: u64) {
        self.own().cache.of(event).fetch_add(times, Relaxed);
    }

    /// Notes how much the cache holds.
    pub(crate) fn cache_holds(&self, entries: u64, bytes: u64) {
        self.own().cache.entries.store(entries, Relaxed);
        self.own().cache.bytes.store(bytes, Relaxed);
    }

    /// Counts a live job until it is done or dropped, and whether whoever waits for it does so to the end.
    pub(crate) fn live_job(self: &Arc<Counters>) -> (LiveJob, LiveWait) {
        self.own().live.queued.fetch_add(1, Relaxed);
        let has_begun = Arc::new(AtomicBool::new(false));
        let wait =
            LiveWait { counters: Arc::clone(self), has_begun: Arc::clone(&has_begun), is_queued: true };
        (LiveJob { counters: Arc::clone(self), began: None, has_begun }, wait)
    }

    /// Counts work that was refused to a client for want of a live thread.
    pub(crate) fn live_refused(&self) {
        self.own().live.refused.fetch_add(1, Relaxed);
    }

    /// Notes how much memory this process has to itself, and by how many limits that is too much.
    pub(crate) fn memory_is(&self, private_bytes: u64, level: u64) {
        let memory = &self.own().memory;
        memory.private_bytes.store(private_bytes, Relaxed);
        let before = memory.level.swap(level, Relaxed);
        for (nth, crossings) in [(1, &memory.soft_crossings), (2, &memory.hard_crossings)] {
            if before < nth && nth <= level {
                crossings.fetch_add(1, Relaxed);
            }
        }
    }

    /// Counts a request that was refused for want of memory.
    pub(crate) fn memory_refused(&self) {
        self.own().memory.refused.fetch_add(1, Relaxed);
    }
}

/// A live job, which waits for its thread until it [begins](LiveJob::begins).
#[derive(Debug)]
pub(crate) struct LiveJob {
    counters: Arc<Counters>,
    began: Option<Instant>,
    has_begun: Arc<AtomicBool>,
}

/// Who waits for a live job. One that had not begun when nobody waited any more never will: it is abandoned.
#[derive(Debug)]
pub(crate) struct LiveWait {
    counters: Arc<Counters>,
    has_begun: Arc<AtomicBool>,
    is_queued: bool,
}

impl LiveWait {
    /// The job found no place in the queue, so that nobody has waited.
    pub(crate) fn was_in_vain(mut self) {
        self.is_queued = false;
    }
}

impl Drop for LiveWait {
    fn drop(&mut self) {
        if self.is_queued && !self.has_begun.load(Relaxed) {
            self.counters.own().live.abandoned.fetch_add(1, Relaxed);
        }
    }
}

impl LiveJob {
    /// It has its thread.
    pub(crate) fn begins(&mut self) {
        let live = &self.counters.own().live;
        live.queued.fetch_sub(1, Relaxed);
        live.running.fetch_add(1, Relaxed);
        self.began = Some(Instant::now());
        self.has_begun.store(true, Relaxed);
    }
}

impl Drop for LiveJob {
    fn drop(&mut self) {
        let live = &self.counters.own().live;
        let Some(began) = self.began else {
            live.queued.fetch_sub(1, Relaxed);
            return;
        };
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        live.running.fetch_sub(1, Relaxed);
        live.micros.fetch_add(micros, Relaxed);
        live.latency[bucket(micros)].fetch_add(1, Relaxed);
    }
}

/// What all processes have counted of their caches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cached {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) coalesced: u64,
    pub(crate) inserted: u64,
    pub(crate) evicted: u64,
    pub(crate) expired: u64,
    pub(crate) rejected: u64,
    pub(crate) superseded: u64,
    pub(crate) renewed: u64,
    pub(crate) emptied: u64,
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
}

impl Cached {
    pub(super) fn add(&mut self, seat: &Seat) {
        let CacheTally {
            hits,
            misses,
            coalesced,
            inserted,
            evicted,
            expired,
            rejected,
            superseded,
            renewed,
            emptied,
            entries,
            bytes,
        } = &seat.cache;
        for (sum, counter) in [
            (&mut self.hits, hits),
            (&mut self.misses, misses),
            (&mut self.coalesced, coalesced),
            (&mut self.inserted, inserted),
            (&mut self.evicted, evicted),
            (&mut self.expired, expired),
            (&mut self.rejected, rejected),
            (&mut self.superseded, superseded),
            (&mut self.renewed, renewed),
            (&mut self.emptied, emptied),
            (&mut self.entries, entries),
            (&mut self.bytes, bytes),
        ] {
            *sum += counter.load(Relaxed);
        }
    }
}

/// What all processes have counted of their live threads.
#[derive(Clone, Debug)]
pub(crate) struct LiveWork {
    /// Jobs that wait, and jobs at work, now.
    pub(crate) queued: u64,
    pub(crate) running: u64,
    /// Jobs that were refused, for want of room or of time.
    pub(crate) refused: u64,
    /// Jobs whose callers' time was over, or that were alone in waiting and left, before there was a thread.
    pub(crate) abandoned: u64,
    /// Time that jobs took, without their wait.
    pub(crate) micros: u64,
    pub(crate) latency: [u64; BUCKETS],
}

impl LiveWork {
    /// How many jobs took how long, by upper bounds in seconds.
    pub(crate) fn histogram(&self) -> [(f64, u64); BOUNDS] {
        latency::merged(&self.latency)
    }
}

impl Default for LiveWork {
    fn default() -> LiveWork {
        LiveWork { queued: 0, running: 0, refused: 0, abandoned: 0, micros: 0, latency: [0; BUCKETS] }
    }
}

impl LiveWork {
    pub(super) fn add(&mut self, seat: &Seat) {
        let LiveTally { queued, running, refused, abandoned, micros, latency } = &seat.live;
        self.queued += queued.load(Relaxed);
        self.running += running.load(Relaxed);
        self.refused += refused.load(Relaxed);
        self.abandoned += abandoned.load(Relaxed);
        self.micros += micros.load(Relaxed);
        for (sum, bucket) in self.latency.iter_mut().zip(latency) {
            *sum += bucket.load(Relaxed);
        }
    }

    /// Jobs that were done.
    pub(crate) fn done(&self) -> u64 {
        self.latency.iter().sum()
    }

    /// The time within which this share of the jobs was done, microseconds: right to an eighth. `None` where there were none.
    pub(crate) fn quantile_micros(&self, share: f64) -> Option<f64> {
        latency::quantile_micros(&self.latency, share)
    }
}

/// What all processes have told of their memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MemoryUse {
    /// Of all that live, and of the largest of them.
    pub(crate) private_bytes: u64,
    pub(crate) largest_bytes: u64,
    /// How many of them are above their soft limit, and above the hard one as well.
    pub(crate) above_soft: u64,
    pub(crate) above_hard: u64,
    pub(crate) soft_crossings: u64,
    pub(crate) hard_crossings: u64,
    /// Requests that were refused.
    pub(crate) refused: u64,
}

impl MemoryUse {
    pub(super) fn add(&mut self, seat: &Seat) {
        let MemoryTally { private_bytes, level, soft_crossings, hard_crossings, refused } = &seat.memory;
        let (bytes, level) = (private_bytes.load(Relaxed), level.load(Relaxed));
        self.private_bytes += bytes;
        self.largest_bytes = self.largest_bytes.max(bytes);
        self.above_soft += u64::from(level >= 1);
        self.above_hard += u64::from(level >= 2);
        self.soft_crossings += soft_crossings.load(Relaxed);
        self.hard_crossings += hard_crossings.load(Relaxed);
        self.refused += refused.load(Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_true_of_now_ends_with_its_process_and_what_was_counted_stays() {
        let counters = Arc::new(Counters::private().unwrap());
        for event in [CacheEvent::Hit, CacheEvent::Miss, CacheEvent::Coalesced, CacheEvent::Inserted] {
            counters.cache(event);
        }
        counters.cache_by(CacheEvent::Superseded, 3);
        counters.cache_holds(1, 900);
        let told = counters.snapshot().cache;
        let counted =
            Cached { hits: 1, misses: 1, coalesced: 1, inserted: 1, superseded: 3, ..Cached::default() };
        assert_eq!(told, Cached { entries: 1, bytes: 900, ..counted });
        counters.leave_seat(0, 0);
        assert_eq!(counters.snapshot().cache, counted);
    }

    #[test]
    fn a_live_job_is_counted_where_it_is() {
        let counters = Arc::new(Counters::private().unwrap());
        let told = |counters: &Counters| {
            let live = counters.snapshot().live;
            (live.queued, live.running, live.done(), live.refused, live.abandoned)
        };
        let [(mut one, waits), (other, leaves), (refused, in_vain)] = [(); 3].map(|()| counters.live_job());
        assert_eq!(told(&counters), (3, 0, 0, 0, 0));
        one.begins();
        drop(refused);
        in_vain.was_in_vain();
        counters.live_refused();
        assert_eq!(told(&counters), (1, 1, 0, 1, 0));
        // Whoever leaves takes his job with him, unless it has begun.
        drop(leaves);
        assert_eq!(told(&counters), (1, 1, 0, 1, 1));
        drop((one, waits, other));
        assert_eq!(told(&counters), (0, 0, 1, 1, 1));
        assert!(counters.snapshot().live.quantile_micros(0.5).is_some());
    }

    #[test]
    fn each_crossing_of_a_limit_is_counted_once() {
        let counters = Counters::private().unwrap();
        for (bytes, level) in [(10, 0), (20, 1), (21, 1), (40, 2), (20, 1), (40, 2), (10, 0), (50, 2)] {
            counters.memory_is(bytes, level);
        }
        counters.memory_refused();
        let told = counters.snapshot().memory;
        assert_eq!(
            (told.private_bytes, told.largest_bytes, told.above_soft, told.above_hard),
            (50, 50, 1, 1)
        );
        assert_eq!((told.soft_crossings, told.hard_crossings, told.refused), (2, 3, 1));
    }
}
