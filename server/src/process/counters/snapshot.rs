//! All that was counted, at one moment, added up.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::latency::{self, BOUNDS, Latency, NO_LATENCY};
use super::remainder::{Cached, LiveWork, MemoryUse};
use super::{CLASSES, Counters, SOURCES, Seat, Slot, UNROUTED, now_ms, place};
use crate::routes::ROUTES;

impl Counters {
    /// Everything that was counted so far. Workers count on meanwhile, so that sums may differ by what is on its way.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let now = now_ms();
        let since = |then: &AtomicU64| now.saturating_sub(then.load(Relaxed));
        let mut snapshot = Snapshot::nothing();
        snapshot.uptime_ms = since(&self.head().started_ms);
        snapshot.supervisor = self.head().pid.load(Relaxed);
        snapshot.adopted_ms_ago = since(&self.head().accepted_ms);
        snapshot.refusals = self.head().refusals.load(Relaxed);
        snapshot.is_refused = self.head().is_refused.load(Relaxed) != 0;
        snapshot.slots = self.slots;
        let told = |slot: usize, held: &Slot, seat: &Seat| {
            let generation = seat.generation.load(Relaxed);
            Worker {
                slot,
                pid: seat.pid.load(Relaxed),
                generation: (generation != 0).then_some(generation),
                draining: seat.draining.load(Relaxed) != 0,
                uptime_ms: since(&seat.started_ms),
                crashes: held.crashes.load(Relaxed),
                connections: seat.connections_open.load(Relaxed),
                requests: seat.requests().saturating_sub(seat.earlier.load(Relaxed)),
            }
        };
        let (workers, runner) = self.slots().split_at(self.slots);
        // What jobs ask for is nobody's request: it is counted with the jobs.
        for held in runner {
            let seated = held.seats.iter().filter(|seat| seat.pid.load(Relaxed) != 0);
            snapshot.runner = seated.map(|seat| told(self.slots, held, seat)).next_back();
            snapshot.runner_crashes = held.crashes.load(Relaxed);
            snapshot.runner_crashed_ms_ago = (snapshot.runner_crashes > 0).then(|| since(&held.crashed_ms));
        }
        for (slot, held) in workers.iter().enumerate() {
            for seat in &held.seats {
                snapshot.add(seat);
                if seat.pid.load(Relaxed) != 0 {
                    snapshot.connections_open += seat.connections_open.load(Relaxed);
                    snapshot.workers.push(told(slot, held, seat));
                }
            }
            let crashes = held.crashes.load(Relaxed);
            if crashes > 0 {
                let ago = since(&held.crashed_ms);
                snapshot.crashed_ms_ago = Some(snapshot.crashed_ms_ago.map_or(ago, |least| least.min(ago)));
            }
            snapshot.crashes += crashes;
            snapshot.crashes_by_slot.push(crashes);
        }
        snapshot
    }
}

/// What was counted by all processes together.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Since the service started.
    pub(crate) uptime_ms: u64,
    /// The process that started the workers; that of the one worker where nobody has.
    pub(crate) supervisor: u64,
    /// How long ago the generation that is served was taken up, milliseconds.
    pub(crate) adopted_ms_ago: u64,
    /// Times that a published generation was refused.
    pub(crate) refusals: u64,
    /// Whether the generation that is published now was refused.
    pub(crate) is_refused: bool,
    /// Times that a worker ended without having been told to.
    pub(crate) crashes: u64,
    pub(crate) crashes_by_slot: Vec<u64>,
    /// How long ago the last one did, milliseconds.
    pub(crate) crashed_ms_ago: Option<u64>,
    /// How many workers there are to be.
    pub(crate) slots: usize,
    /// The processes that live, by slot.
    pub(crate) workers: Vec<Worker>,
    /// The process that works at jobs, while there is one.
    pub(crate) runner: Option<Worker>,
    /// Times that one ended without having been told to, and how long ago the last one did, milliseconds.
    pub(crate) runner_crashes: u64,
    pub(crate) runner_crashed_ms_ago: Option<u64>,
    pub(crate) connections_accepted: u64,
    pub(crate) connections_open: u64,
    pub(crate) not_modified: u64,
    /// Replies that failed when part of them had been sent.
    pub(crate) broken_off: u64,
    /// What tables do not answer: what was kept of it, and what was computed.
    pub(crate) cache: Cached,
    pub(crate) live: LiveWork,
    pub(crate) memory: MemoryUse,
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

impl Worker {
    /// What it does, in a word.
    pub(crate) fn state(&self) -> &'static str {
        match (self.draining, self.generation) {
            (true, _) => "draining",
            (false, None) => "starting",
            (false, Some(_)) => "serving",
        }
    }
}

/// What was counted of one resource.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// Where it is counted.
    place: usize,
    /// Replies by status class: 2xx, 3xx, 4xx, 5xx.
    pub(crate) classes: [u64; CLASSES],
    /// How long they took, by who gave the answer; behind them those that had none to give.
    times: [Times; SOURCES + 1],
}

/// How long some replies took.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    pub(crate) micros: u64,
    latency: Latency,
}

impl Times {
    const NOTHING: Times = Times { micros: 0, latency: NO_LATENCY };

    /// How many there were.
    pub(crate) fn replies(&self) -> u64 {
        self.latency.iter().sum()
    }

    /// How long they took, as it is told to those who keep it: seconds up to which, and how many since the bound before.
    pub(crate) fn histogram(&self) -> [(f64, u64); BOUNDS] {
        latency::merged(&self.latency)
    }

    /// How long they took, as it is counted.
    pub(crate) fn latency(&self) -> &Latency {
        &self.latency
    }

    /// The time within which this share of them was made, microseconds: right to an eighth. `None` where there were none.
    pub(crate) fn quantile_micros(&self, share: f64) -> Option<f64> {
        latency::quantile_micros(&self.latency, share)
    }
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
            supervisor: 0,
            adopted_ms_ago: 0,
            refusals: 0,
            is_refused: false,
            crashes: 0,
            crashes_by_slot: Vec::new(),
            crashed_ms_ago: None,
            slots: 0,
            workers: Vec::new(),
            runner: None,
            runner_crashes: 0,
            runner_crashed_ms_ago: None,
            connections_accepted: 0,
            connections_open: 0,
            not_modified: 0,
            broken_off: 0,
            cache: Cached::default(),
            live: LiveWork::default(),
            memory: MemoryUse::default(),
            resources,
            unrouted: Counted::nothing(UNROUTED),
        }
    }

    /// Adds what is counted in a seat.
    fn add(&mut self, seat: &Seat) {
        self.connections_accepted += seat.connections_accepted.load(Relaxed);
        self.not_modified += seat.not_modified.load(Relaxed);
        self.broken_off += seat.broken_off.load(Relaxed);
        self.cache.add(seat);
        self.live.add(seat);
        self.memory.add(seat);
        for (_, counted) in &mut self.resources {
            counted.add(seat);
        }
        self.unrouted.add(seat);
    }

    /// Number of all replies.
    pub(crate) fn replies(&self) -> u64 {
        self.resources.iter().map(|(_, counted)| counted.replies()).sum::<u64>() + self.unrouted.replies()
    }

    /// Answers by [who gave them](super::Source::NAMES), whatever was asked for.
    pub(crate) fn sources(&self) -> [u64; SOURCES] {
        let mut sums = [0; SOURCES];
        for (_, counted) in &self.resources {
            add(&mut sums, &counted.sources());
        }
        sums
    }
}

impl Counted {
    fn nothing(place: usize) -> Counted {
        Counted { place, classes: [0; CLASSES], times: [Times::NOTHING; SOURCES + 1] }
    }

    fn add(&mut self, seat: &Seat) {
        let tally = &seat.tallies[self.place];
        for (sum, class) in self.classes.iter_mut().zip(&tally.classes) {
            *sum += class.load(Relaxed);
        }
        for (sum, times) in self.times.iter_mut().zip(&tally.times) {
            sum.micros += times.micros.load(Relaxed);
            for (sum, bucket) in sum.latency.iter_mut().zip(&times.latency) {
                *sum += bucket.load(Relaxed);
            }
        }
    }

    /// Number of replies.
    pub(crate) fn replies(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// How long answers took, by [who gave them](super::Source::NAMES).
    pub(crate) fn by_source(&self) -> &[Times] {
        &self.times[..SOURCES]
    }

    /// Answers by who gave them.
    pub(crate) fn sources(&self) -> [u64; SOURCES] {
        std::array::from_fn(|nth| self.times[nth].replies())
    }

    /// How long all of them took.
    pub(crate) fn times(&self) -> Times {
        let mut all = Times::NOTHING;
        for times in &self.times {
            all.micros += times.micros;
            add(&mut all.latency, &times.latency);
        }
        all
    }
}

fn add<const N: usize>(sums: &mut [u64; N], counts: &[u64; N]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}
