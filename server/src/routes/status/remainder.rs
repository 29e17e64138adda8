//! What `/status` tells of what tables do not answer: the cache, live computing, and memory.

use serde::Serialize;

use super::Latency;
use crate::process::counters::{Cached, LiveWork, MemoryUse, Snapshot};

/// What is kept of answers, of all workers.
#[derive(Serialize)]
pub(super) struct Remainder {
    hits: u64,
    misses: u64,
    coalesced: u64,
    inserted: u64,
    evicted: u64,
    expired: u64,
    rejected: u64,
    superseded: u64,
    recomputed: u64,
    emptied: u64,
    entries: u64,
    bytes: u64,
}

/// Jobs of live threads, of all workers.
#[derive(Serialize)]
pub(super) struct Live {
    queued: u64,
    running: u64,
    done: u64,
    refused: u64,
    abandoned: u64,
    latency: Latency,
}

/// Memory of all workers.
#[derive(Serialize)]
pub(super) struct Memory {
    private_bytes: u64,
    largest_worker_bytes: u64,
    workers_above_soft: u64,
    workers_above_hard: u64,
    soft_crossings: u64,
    hard_crossings: u64,
    refused: u64,
}

impl Remainder {
    pub(super) fn of(snapshot: &Snapshot) -> Remainder {
        let Cached {
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
        } = snapshot.cache;
        Remainder {
            hits,
            misses,
            coalesced,
            inserted,
            evicted,
            expired,
            rejected,
            superseded,
            recomputed: renewed,
            emptied,
            entries,
            bytes,
        }
    }
}

impl Live {
    pub(super) fn of(snapshot: &Snapshot) -> Live {
        let live = &snapshot.live;
        let LiveWork { queued, running, refused, abandoned, micros, latency: _ } = *live;
        let done = live.done();
        Live {
            queued,
            running,
            done,
            refused,
            abandoned,
            latency: Latency {
                mean: (done > 0).then(|| micros as f64 / done as f64),
                p50: live.quantile_micros(0.5),
                p90: live.quantile_micros(0.9),
                p95: live.quantile_micros(0.95),
                p99: live.quantile_micros(0.99),
                p999: live.quantile_micros(0.999),
            },
        }
    }
}

impl Memory {
    pub(super) fn of(snapshot: &Snapshot) -> Memory {
        let MemoryUse {
            private_bytes,
            largest_bytes,
            above_soft,
            above_hard,
            soft_crossings,
            hard_crossings,
            refused,
        } = snapshot.memory;
        Memory {
            private_bytes,
            largest_worker_bytes: largest_bytes,
            workers_above_soft: above_soft,
            workers_above_hard: above_hard,
            soft_crossings,
            hard_crossings,
            refused,
        }
    }
}
