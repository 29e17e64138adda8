//! What all workers count, in memory that they share: so any of them can tell of all.
//!
//! The supervisor makes the memory and hands it to each worker by its descriptor; a process without a supervisor has
//! the same in memory of its own. Each process writes to a seat that no other process writes to, so that counting never
//! waits for another processor. A slot has two seats, since a worker that drains and the one that has taken its place
//! live side by side for a while. What is counted is never set back, and outlives the worker that counted it.
//!
//! All the crate's `unsafe` is here: a mapping seen as what it holds.
#![allow(unsafe_code)]

mod latency;
mod remainder;
mod snapshot;

use std::fs::File;
use std::hint::black_box;
use std::io;
use std::mem::{align_of, size_of};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use memmap2::{MmapOptions, MmapRaw};
use rustix::time::{ClockId, clock_gettime};

use crate::answer::mix::Mix;
use crate::process::counters::latency::{BUCKETS, bucket};
use crate::process::counters::remainder::{CacheTally, LiveTally, MemoryTally};
use crate::routes::Resource;

pub(crate) use latency::{Latency, NO_LATENCY, quantile_micros};
pub(crate) use remainder::{CacheEvent, Cached, LiveWork, MemoryUse};
pub(crate) use snapshot::{Counted, Snapshot, Worker};

/// Places to count resources in.
const RESOURCES: usize = 64;

/// The place of requests that no route took.
const UNROUTED: usize = RESOURCES - 1;

/// Status classes: 2xx, 3xx, 4xx, 5xx.
const CLASSES: usize = 4;

/// Who answers: tables, the live source, both, the cache.
pub(crate) const SOURCES: usize = 4;

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It was computed.
    Computed(Mix),
    /// It was computed before, and kept.
    Kept,
}

impl Source {
    /// What each is called, in the order in which they are counted.
    pub(crate) const NAMES: [&'static str; SOURCES] = ["table", "live", "mixed", "cache"];

    /// Its place among them.
    pub(crate) const fn place(self) -> usize {
        match self {
            Source::Computed(Mix::Table) => 0,
            Source::Computed(Mix::Live) => 1,
            Source::Computed(Mix::Mixed) => 2,
            Source::Kept => 3,
        }
    }
}

/// Seats of a slot.
const SEATS: usize = 2;

/// A reply, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    /// What was asked for; `None` where no route was found.
    pub(crate) resource: Option<Resource>,
    /// Status code.
    pub(crate) status: u16,
    /// Who computed it, if anything was computed.
    pub(crate) source: Option<Source>,
    /// From the request's head to the whole reply, microseconds.
    pub(crate) micros: u64,
}

/// What is counted of one resource in one process. Lines of a cache are not shared between resources.
#[repr(C, align(64))]
#[derive(Debug)]
struct Tally {
    classes: [AtomicU64; CLASSES],
    /// How long replies took, by who gave the answer; behind them those that had none to give.
    times: [Times; SOURCES + 1],
}

/// How long some replies took.
#[derive(Debug)]
struct Times {
    micros: AtomicU64,
    latency: [AtomicU64; BUCKETS],
}

/// What one process counts.
#[repr(C, align(64))]
#[derive(Debug)]
struct Seat {
    /// Zero while nobody sits here.
    pid: AtomicU64,
    started_ms: AtomicU64,
    /// Requests that were answered from here before this process came.
    earlier: AtomicU64,
    /// Name of the generation served, its 16 digits as a number; zero before the first.
    generation: AtomicU64,
    draining: AtomicU64,
    /// Goes up for as long as the process attends to what it is to do.
    beats: AtomicU64,
    connections_accepted: AtomicU64,
    connections_open: AtomicU64,
    not_modified: AtomicU64,
    /// Replies that failed when part of them had been sent.
    broken_off: AtomicU64,
    cache: CacheTally,
    live: LiveTally,
    memory: MemoryTally,
    tallies: [Tally; RESOURCES],
}

impl Seat {
    /// Requests answered from here, by whichever process.
    fn requests(&self) -> u64 {
        self.tallies.iter().flat_map(|tally| &tally.classes).map(|class| class.load(Relaxed)).sum()
    }
}

/// What belongs to one worker slot.
#[repr(C, align(64))]
#[derive(Debug)]
struct Slot {
    /// Times that a worker of this slot ended without having been told to.
    crashes: AtomicU64,
    /// When the last one did, milliseconds of [`now_ms`].
    crashed_ms: AtomicU64,
    seats: [Seat; SEATS],
}

/// What belongs to the whole service.
#[repr(C, align(64))]
#[derive(Debug)]
struct Head {
    started_ms: AtomicU64,
    /// The process that made the memory.
    pid: AtomicU64,
    /// When the generation that is served was taken up, milliseconds of [`now_ms`].
    accepted_ms: AtomicU64,
    /// Times that a published generation was refused.
    refusals: AtomicU64,
    /// Whether the generation that is published now was.
    is_refused: AtomicU64,
}

// Each part follows the one before without a gap that could leave it unaligned, and an array of zero bytes is one of
// zero counters.
const _: () = assert!(size_of::<Head>().is_multiple_of(align_of::<Slot>()) && align_of::<Slot>() <= 4096);

/// The counters of all workers, with the seat that this process counts in.
#[derive(Debug)]
pub(crate) struct Counters {
    memory: MmapRaw,
    /// Those of workers; behind them there is one for the runner of jobs.
    slots: usize,
    slot: usize,
    seat: usize,
}

impl Counters {
    /// Counters of a process without a supervisor.
    ///
    /// # Errors
    /// The system has no memory left.
    pub(crate) fn private() -> io::Result<Counters> {
        let memory = MmapOptions::new().len(bytes(1)).map_anon()?;
        let counters = Counters { memory: memory.into(), slots: 1, slot: 0, seat: 0 };
        counters.begin();
        counters.take_seat(0, 0, std::process::id());
        Ok(counters)
    }

    /// Zeroed counters for this many slots, in memory that can be handed to other processes.
    ///
    /// # Errors
    /// The system refuses the memory.
    pub(crate) fn create(slots: usize) -> io::Result<(Counters, File)> {
        let file = shared_memory(bytes(slots) as u64)?;
        let counters = Counters::map(&file, slots, 0, 0)?;
        counters.begin();
        Ok((counters, file))
    }

    /// The counters that a supervisor made, opened where its descriptor is listed, with a seat to count in.
    ///
    /// # Errors
    /// There is no such memory, or it is not as large as it must be.
    pub(crate) fn open(path: &Path, slots: usize, slot: usize, seat: usize) -> io::Result<Counters> {
        Counters::map(&File::options().read(true).write(true).open(path)?, slots, slot, seat)
    }

    fn map(file: &File, slots: usize, slot: usize, seat: usize) -> io::Result<Counters> {
        let expected = bytes(slots);
        if file.metadata()?.len() != expected as u64 || slot > slots || seat >= SEATS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the shared counters are not those of this service",
            ));
        }
        let memory = MmapOptions::new().len(expected).map_raw(file)?;
        Ok(Counters { memory, slots, slot, seat })
    }

    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins on a page")]
    fn head(&self) -> &Head {
        // SAFETY: see `slots`; the head is what the memory begins with.
        unsafe { &*self.memory.as_mut_ptr().cast::<Head>() }
    }

    /// The slots of workers, and behind them that of the runner.
    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins on a page")]
    fn slots(&self) -> &[Slot] {
        // SAFETY: every constructor maps `bytes(self.slots)` bytes: a `Head` and behind it `self.slots + 1` times a `Slot`,
        // whose sizes keep the alignment that the start, being that of a page, has (asserted above). The mapping is
        // readable and writable and lives as long as `self`. What it maps cannot become shorter: it is anonymous, or
        // sealed (Linux), or a file without a name (elsewhere), which only this program's own processes hold, and none
        // of them resizes it. Zeroes are valid, and so is every other content: there is nothing in it but `AtomicU64`. Other
        // processes change it while it is borrowed, through the same atomics and in no other way.
        unsafe {
            let first = self.memory.as_mut_ptr().add(size_of::<Head>()).cast::<Slot>();
            std::slice::from_raw_parts(first, self.slots + 1)
        }
    }

    /// Notes whose memory it is, and since when.
    fn begin(&self) {
        let (head, now) = (self.head(), now_ms());
        head.started_ms.store(now, Relaxed);
        head.accepted_ms.store(now, Relaxed);
        head.pid.store(u64::from(std::process::id()), Relaxed);
    }

    fn own(&self) -> &Seat {
        &self.slots()[self.slot].seats[self.seat]
    }

    /// Counts a reply.
    #[inline]
    pub(crate) fn replied(&self, reply: Reply) {
        let seat = self.own();
        let tally = &seat.tallies[reply.resource.map_or(UNROUTED, place)];
        let class = (usize::from(reply.status) / 100).clamp(2, 5) - 2;
        tally.classes[class].fetch_add(1, Relaxed);
        let times = &tally.times[reply.source.map_or(SOURCES, Source::place)];
        times.micros.fetch_add(reply.micros, Relaxed);
        times.latency[bucket(reply.micros)].fetch_add(1, Relaxed);
        if reply.status == 304 {
            seat.not_modified.fetch_add(1, Relaxed);
        }
    }

    /// Counts a reply, counted before by its status, that failed later.
    pub(crate) fn broke_off(&self) {
        self.own().broken_off.fetch_add(1, Relaxed);
    }

    /// Counts a connection until the token is dropped.
    pub(crate) fn connected(self: &Arc<Counters>) -> Connected {
        let seat = self.own();
        seat.connections_accepted.fetch_add(1, Relaxed);
        seat.connections_open.fetch_add(1, Relaxed);
        Connected(Arc::clone(self))
    }

    /// Notes which generation this process answers from.
    pub(crate) fn serves(&self, generation: &str) {
        self.own().generation.store(u64::from_str_radix(generation, 16).unwrap_or_default(), Relaxed);
    }

    /// Notes that this process takes no new connections.
    pub(crate) fn drains(&self) {
        self.own().draining.store(1, Relaxed);
    }

    /// Shows that this process attends to what it is to do.
    pub(crate) fn beat(&self) {
        self.own().beats.fetch_add(1, Relaxed);
    }

    /// What the process there has shown so far: another number each time that it has.
    pub(crate) fn beats(&self, slot: usize, seat: usize) -> u64 {
        self.slots()[slot].seats[seat].beats.load(Relaxed)
    }

    /// A seat of a slot where nobody sits.
    pub(crate) fn free_seat(&self, slot: usize) -> Option<usize> {
        self.slots()[slot].seats.iter().position(|seat| seat.pid.load(Relaxed) == 0)
    }

    /// Notes that a process sits there from now on.
    pub(crate) fn take_seat(&self, slot: usize, seat: usize, pid: u32) {
        let seat = &self.slots()[slot].seats[seat];
        for cleared in [&seat.generation, &seat.draining, &seat.connections_open] {
            cleared.store(0, Relaxed);
        }
        seat.forget_present();
        seat.earlier.store(seat.requests(), Relaxed);
        seat.started_ms.store(now_ms(), Relaxed);
        seat.pid.store(u64::from(pid), Relaxed);
    }

    /// Notes that the process there has ended.
    pub(crate) fn leave_seat(&self, slot: usize, seat: usize) {
        let seat = &self.slots()[slot].seats[seat];
        seat.pid.store(0, Relaxed);
        seat.connections_open.store(0, Relaxed);
        seat.forget_present();
    }

    /// Notes that a worker ended without having been told to.
    pub(crate) fn crashed(&self, slot: usize) {
        let slot = &self.slots()[slot];
        // The moment first: whoever sees the count is to see when, too.
        slot.crashed_ms.store(now_ms(), Relaxed);
        slot.crashes.fetch_add(1, Relaxed);
    }

    /// Notes that a published generation was refused.
    pub(crate) fn refused(&self) {
        self.head().is_refused.store(1, Relaxed);
        self.head().refusals.fetch_add(1, Relaxed);
    }

    /// Notes that the published generation is the one that is served.
    pub(crate) fn accepted(&self) {
        self.head().is_refused.store(0, Relaxed);
    }

    /// Notes that another generation than before is served from now on.
    pub(crate) fn adopted(&self) {
        self.accepted();
        self.head().accepted_ms.store(now_ms(), Relaxed);
    }
}

/// How long it takes to count so many replies, for who measures what watching costs.
///
/// # Errors
/// The system has no memory left.
pub fn time_counting(replies: u64) -> io::Result<Duration> {
    let counters = Counters::private()?;
    let begun = Instant::now();
    for nth in 0..replies {
        // Of times that differ as those of replies do, so that no bucket is counted in alone.
        let micros = 30 + nth * 7 % 64;
        let reply = Reply {
            resource: Some(Resource::Positions),
            status: 200,
            source: Some(Source::Computed(Mix::Table)),
            micros,
        };
        black_box(&counters).replied(black_box(reply));
    }
    Ok(begun.elapsed())
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connected(Arc<Counters>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.own().connections_open.fetch_sub(1, Relaxed);
    }
}

/// Where a resource is counted.
#[inline]
fn place(resource: Resource) -> usize {
    (resource as usize).min(UNROUTED)
}

fn bytes(slots: usize) -> usize {
    size_of::<Head>() + (slots + 1) * size_of::<Slot>()
}

/// Milliseconds on a clock that all processes of a machine share and nobody sets.
fn now_ms() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1000 + now.tv_nsec as u64 / 1_000_000
}

/// Memory with a descriptor, of a length that nobody can change any more.
#[cfg(target_os = "linux")]
fn shared_memory(bytes: u64) -> io::Result<File> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let file = File::from(memfd_create("orrery-counters", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    file.set_len(bytes)?;
    fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(file)
}

/// A file without a name.
#[cfg(not(target_os = "linux"))]
fn shared_memory(bytes: u64) -> io::Result<File> {
    let file = tempfile::tempfile()?;
    file.set_len(bytes)?;
    Ok(file)
}

#[cfg(test)]
mod tests;
