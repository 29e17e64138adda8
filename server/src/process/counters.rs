//! What all workers count, in memory that they share: so any of them can tell of all.
//!
//! The supervisor makes the memory and hands it to each worker by its descriptor; a process without a supervisor has
//! the same in memory of its own. Each process writes to a seat that no other process writes to, so that counting never
//! waits for another processor. A slot has two seats, since a worker that drains and the one that has taken its place
//! live side by side for a while. What is counted is never set back, and outlives the worker that counted it.
//!
//! All the crate's `unsafe` is here: a mapping seen as what it holds.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::mem::{align_of, size_of};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use memmap2::{MmapOptions, MmapRaw};
use rustix::time::{ClockId, clock_gettime};

use crate::answer::render::Mix;
use crate::routes::{ROUTES, Resource};

/// Places to count resources in.
const RESOURCES: usize = 32;

/// The place of requests that no route took.
const UNROUTED: usize = RESOURCES - 1;

/// Status classes: 2xx, 3xx, 4xx, 5xx.
pub(crate) const CLASSES: usize = 4;

/// Buckets of a latency histogram: four to each doubling, the last of them open, which begins at half a minute.
const BUCKETS: usize = 96;

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
    pub(crate) source: Option<Mix>,
    /// From the request's head to the whole reply, microseconds.
    pub(crate) micros: u64,
}

/// What is counted of one resource in one process. Lines of a cache are not shared between resources.
#[repr(C, align(64))]
#[derive(Debug)]
struct Tally {
    classes: [AtomicU64; CLASSES],
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
    connections_accepted: AtomicU64,
    connections_open: AtomicU64,
    not_modified: AtomicU64,
    sources: [AtomicU64; 3],
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
    seats: [Seat; SEATS],
}

/// What belongs to the whole service.
#[repr(C, align(64))]
#[derive(Debug)]
struct Head {
    started_ms: AtomicU64,
    /// Times that a published generation was refused.
    refusals: AtomicU64,
}

// Each part follows the one before without a gap that could leave it unaligned, and an array of zero bytes is one of
// zero counters.
const _: () = assert!(size_of::<Head>().is_multiple_of(align_of::<Slot>()) && align_of::<Slot>() <= 4096);

/// The counters of all workers, with the seat that this process counts in.
#[derive(Debug)]
pub(crate) struct Counters {
    memory: MmapRaw,
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
        counters.head().started_ms.store(now_ms(), Relaxed);
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
        counters.head().started_ms.store(now_ms(), Relaxed);
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
        if file.metadata()?.len() != expected as u64 || slot >= slots || seat >= SEATS {
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

    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins on a page")]
    fn slots(&self) -> &[Slot] {
        // SAFETY: every constructor maps `bytes(self.slots)` bytes: a `Head` and behind it `self.slots` times a `Slot`,
        // whose sizes keep the alignment that the start, being that of a page, has (asserted above). The mapping is
        // readable and writable and lives as long as `self`. What it maps cannot become shorter: it is anonymous, or
        // sealed (Linux), or a file without a name (elsewhere), which only this program's own processes hold, and none
        // of them resizes it. Zeroes are valid, and so is every other content: there is nothing in it but `AtomicU64`. Other
        // processes change it while it is borrowed, through the same atomics and in no other way.
        unsafe {
            let first = self.memory.as_mut_ptr().add(size_of::<Head>()).cast::<Slot>();
            std::slice::from_raw_parts(first, self.slots)
        }
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
        tally.micros.fetch_add(reply.micros, Relaxed);
        tally.latency[bucket(reply.micros)].fetch_add(1, Relaxed);
        if let Some(source) = reply.source {
            let nth = match source {
                Mix::Table => 0,
                Mix::Live => 1,
                Mix::Mixed => 2,
            };
            seat.sources[nth].fetch_add(1, Relaxed);
        }
        if reply.status == 304 {
            seat.not_modified.fetch_add(1, Relaxed);
        }
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
        seat.earlier.store(seat.requests(), Relaxed);
        seat.started_ms.store(now_ms(), Relaxed);
        seat.pid.store(u64::from(pid), Relaxed);
    }

    /// Notes that the process there has ended.
    pub(crate) fn leave_seat(&self, slot: usize, seat: usize) {
        let seat = &self.slots()[slot].seats[seat];
        seat.pid.store(0, Relaxed);
        seat.connections_open.store(0, Relaxed);
    }

    /// Notes that a worker ended without having been told to.
    pub(crate) fn crashed(&self, slot: usize) {
        self.slots()[slot].crashes.fetch_add(1, Relaxed);
    }

    /// Notes that a published generation was refused.
    pub(crate) fn refused(&self) {
        self.head().refusals.fetch_add(1, Relaxed);
    }

    /// Everything that was counted so far. Workers count on meanwhile, so that sums may differ by what is on its way.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let now = now_ms();
        let since = |then: &AtomicU64| now.saturating_sub(then.load(Relaxed));
        let mut snapshot = Snapshot::nothing();
        snapshot.uptime_ms = since(&self.head().started_ms);
        snapshot.refusals = self.head().refusals.load(Relaxed);
        for (slot, held) in self.slots().iter().enumerate() {
            for seat in &held.seats {
                snapshot.add(seat);
                if seat.pid.load(Relaxed) != 0 {
                    snapshot.connections_open += seat.connections_open.load(Relaxed);
                    let generation = seat.generation.load(Relaxed);
                    snapshot.workers.push(Worker {
                        slot,
                        pid: seat.pid.load(Relaxed),
                        generation: (generation != 0).then_some(generation),
                        draining: seat.draining.load(Relaxed) != 0,
                        uptime_ms: since(&seat.started_ms),
                        crashes: held.crashes.load(Relaxed),
                        connections: seat.connections_open.load(Relaxed),
                        requests: seat.requests().saturating_sub(seat.earlier.load(Relaxed)),
                    });
                }
            }
            snapshot.crashes += held.crashes.load(Relaxed);
        }
        snapshot
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connected(Arc<Counters>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.own().connections_open.fetch_sub(1, Relaxed);
    }
}

/// What was counted by all processes together.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Since the service started.
    pub(crate) uptime_ms: u64,
    /// Times that a published generation was refused.
    pub(crate) refusals: u64,
    /// Times that a worker ended without having been told to.
    pub(crate) crashes: u64,
    /// The processes that live, by slot.
    pub(crate) workers: Vec<Worker>,
    pub(crate) connections_accepted: u64,
    pub(crate) connections_open: u64,
    pub(crate) not_modified: u64,
    /// Replies computed from tables, live, and from both.
    pub(crate) sources: [u64; 3],
    /// By resource, with its path: the first, where it has several.
    pub(crate) resources: Vec<(&'static str, Counted)>,
    /// What no route took.
    pub(crate) unrouted: Counted,
}

/// One worker process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worker {
    pub(crate) slot: usize,
    pub(crate) pid: u64,
    /// Name of the generation that it answers from, as a number; `None` before the first.
    pub(crate) generation: Option<u64>,
    pub(crate) draining: bool,
    pub(crate) uptime_ms: u64,
    /// Times that a worker of its slot ended without having been told to.
    pub(crate) crashes: u64,
    pub(crate) connections: u64,
    /// Requests that it has answered.
    pub(crate) requests: u64,
}

/// What was counted of one resource.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// Where it is counted.
    place: usize,
    /// Replies by status class: 2xx, 3xx, 4xx, 5xx.
    pub(crate) classes: [u64; CLASSES],
    pub(crate) micros: u64,
    latency: [u64; BUCKETS],
}

impl Snapshot {
    /// Nothing, of every resource that there is.
    fn nothing() -> Snapshot {
        let mut resources: Vec<(&'static str, Counted)> = Vec::with_capacity(ROUTES.len());
        for route in ROUTES {
            let place = place(route.resource);
            if resources.iter().all(|(_, known)| known.place != place) {
                resources.push((route.path, Counted::nothing(place)));
            }
        }
        Snapshot {
            uptime_ms: 0,
            refusals: 0,
            crashes: 0,
            workers: Vec::new(),
            connections_accepted: 0,
            connections_open: 0,
            not_modified: 0,
            sources: [0; 3],
            resources,
            unrouted: Counted::nothing(UNROUTED),
        }
    }

    /// Adds what is counted in a seat.
    fn add(&mut self, seat: &Seat) {
        self.connections_accepted += seat.connections_accepted.load(Relaxed);
        self.not_modified += seat.not_modified.load(Relaxed);
        for (sum, source) in self.sources.iter_mut().zip(&seat.sources) {
            *sum += source.load(Relaxed);
        }
        for (_, counted) in &mut self.resources {
            counted.add(seat);
        }
        self.unrouted.add(seat);
    }

    /// Number of all replies.
    pub(crate) fn replies(&self) -> u64 {
        self.resources.iter().map(|(_, counted)| counted.replies()).sum::<u64>() + self.unrouted.replies()
    }
}

impl Counted {
    fn nothing(place: usize) -> Counted {
        Counted { place, classes: [0; CLASSES], micros: 0, latency: [0; BUCKETS] }
    }

    fn add(&mut self, seat: &Seat) {
        let tally = &seat.tallies[self.place];
        for (sum, class) in self.classes.iter_mut().zip(&tally.classes) {
            *sum += class.load(Relaxed);
        }
        self.micros += tally.micros.load(Relaxed);
        for (sum, bucket) in self.latency.iter_mut().zip(&tally.latency) {
            *sum += bucket.load(Relaxed);
        }
    }

    /// Number of replies.
    pub(crate) fn replies(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// The time within which this share of the replies was made, microseconds: right to an eighth. `None` where there were
    /// none.
    pub(crate) fn quantile_micros(&self, share: f64) -> Option<f64> {
        let all: u64 = self.latency.iter().sum();
        let wanted = share * all as f64;
        let mut below = 0;
        for (nth, &count) in self.latency.iter().enumerate().filter(|(_, count)| **count > 0) {
            if (below + count) as f64 >= wanted {
                let (from, to) = (floor_micros(nth) as f64, floor_micros(nth + 1) as f64);
                return Some(from + (to - from) * ((wanted - below as f64) / count as f64).clamp(0.0, 1.0));
            }
            below += count;
        }
        None
    }
}

/// Where a resource is counted.
#[inline]
fn place(resource: Resource) -> usize {
    (resource as usize).min(UNROUTED)
}

fn bytes(slots: usize) -> usize {
    size_of::<Head>() + slots * size_of::<Slot>()
}

/// The bucket of a time: exact below 4 µs, then by the two bits behind the leading one.
#[inline]
fn bucket(micros: u64) -> usize {
    if micros < 4 {
        return micros as usize;
    }
    let exponent = micros.ilog2() as usize;
    let quarter = (micros >> (exponent - 2)) as usize & 3;
    (4 * (exponent - 1) + quarter).min(BUCKETS - 1)
}

/// The least time of a bucket.
fn floor_micros(bucket: usize) -> u64 {
    if bucket < 4 {
        return bucket as u64;
    }
    let (exponent, quarter) = (bucket / 4 + 1, bucket % 4);
    (4 + quarter as u64) << (exponent - 2)
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
mod tests {
    use super::*;

    #[test]
    fn every_resource_has_a_place_of_its_own() {
        for route in ROUTES {
            assert!((route.resource as usize) < UNROUTED, "{route:?}: raise RESOURCES");
        }
    }

    #[test]
    fn buckets_follow_each_other_and_hold_what_they_say() {
        for nth in 0..BUCKETS - 1 {
            let (floor, next) = (floor_micros(nth), floor_micros(nth + 1));
            assert_eq!((bucket(floor), bucket(next - 1), bucket(next)), (nth, nth, nth + 1));
            assert!(nth < 4 || (next - floor) * 4 <= floor, "{nth}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn two_processes_count_into_one_memory_and_any_tells_of_both() {
        let (made, file) = Counters::create(2).unwrap();
        let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
        assert!(Counters::open(Path::new(&path), 3, 0, 0).is_err(), "memory of another length");
        assert!(Counters::open(Path::new(&path), 2, 2, 0).is_err(), "a slot that is not there");
        made.take_seat(0, 0, 11);
        made.take_seat(1, 1, 12);
        assert_eq!((made.free_seat(0), made.free_seat(1)), (Some(1), Some(0)));
        let first = Arc::new(Counters::open(Path::new(&path), 2, 0, 0).unwrap());
        let second = Counters::open(Path::new(&path), 2, 1, 1).unwrap();
        let reply = |resource, status, source, micros| Reply { resource, status, source, micros };
        first.replied(reply(Some(Resource::Positions), 200, Some(Mix::Table), 30));
        first.replied(reply(Some(Resource::Positions), 304, None, 10));
        second.replied(reply(Some(Resource::Positions), 200, Some(Mix::Live), 50));
        second.replied(reply(None, 404, None, 2));
        second.serves("00ff00ff00ff00ff");
        let open = first.connected();
        drop(first.connected());
        made.crashed(0);
        made.refused();

        let told = second.snapshot();
        let (_, positions) = told.resources.iter().find(|(path, _)| *path == "/v1/positions").unwrap();
        assert_eq!((positions.classes, positions.micros, positions.replies()), ([2, 1, 0, 0], 90, 3));
        assert_eq!((told.unrouted.classes, told.replies()), ([0, 0, 1, 0], 4));
        assert_eq!((told.not_modified, told.sources), (1, [1, 1, 0]));
        assert_eq!((told.connections_accepted, told.connections_open), (2, 1));
        assert_eq!((told.crashes, told.refusals), (1, 1));
        let seen: Vec<_> =
            told.workers.iter().map(|it| (it.slot, it.pid, it.connections, it.requests)).collect();
        assert_eq!(seen, [(0, 11, 1, 2), (1, 12, 0, 2)]);
        assert_eq!(told.workers[0].generation, None);
        assert_eq!(told.workers[1].generation, Some(0x00ff_00ff_00ff_00ff));

        drop(open);
        made.leave_seat(1, 1);
        let told = made.snapshot();
        assert_eq!((told.connections_open, told.workers.len()), (0, 1));
        assert_eq!(told.sources, [1, 1, 0], "what an ended worker counted stays");
        made.take_seat(1, 1, 13);
        assert_eq!(made.snapshot().workers[1].requests, 0, "and is not the next one's");
    }

    #[test]
    fn quantiles_are_right_to_an_eighth() {
        let counters = Counters::private().unwrap();
        for micros in 1..=10_000 {
            let reply = Reply { resource: Some(Resource::Positions), status: 200, source: None, micros };
            counters.replied(reply);
        }
        let told = counters.snapshot();
        for share in [0.5, 0.9, 0.99, 0.999] {
            let quantile = told.resources[0].1.quantile_micros(share).unwrap();
            assert!((quantile / (share * 10_000.0) - 1.0).abs() < 0.125, "{share}: {quantile}");
        }
        assert_eq!(told.resources[1].1.quantile_micros(0.5), None);
    }
}
