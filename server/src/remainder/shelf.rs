//! Where answers are kept: so many bytes of them, those that are asked for rather than others, and none too long.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

use moka::notification::RemovalCause;
use moka::sync::Cache as Moka;
use tokio::time::Instant;

use super::answer::Answer;
use super::question::{Key, Question};
use crate::config::Cache;
use crate::process::counters::{CacheEvent, Counters};
use crate::routes::Resource;
use crate::wire::media::Format;

/// What an answer takes beside its content and its target: itself, its place among the others with its links and counts,
/// and what allocating all that costs.
const BESIDE_BYTES: usize = 640;

/// No answer takes more than this part of the room.
const LARGEST_PART: u64 = 8;

/// See [the module](self).
pub(super) struct Shelf {
    /// `None` where nothing is to be kept.
    entries: Option<Moka<Key, Arc<Entry>>>,
    settings: Cache,
    keeps: AtomicBool,
    /// Goes up with each generation of tables.
    era: AtomicU64,
    counters: Arc<Counters>,
}

/// A kept answer.
struct Entry {
    answer: Arc<Answer>,
    resource: Resource,
    target: Box<str>,
    format: Format,
    until: Instant,
    bytes: u32,
    /// How often it was asked for.
    times: AtomicU32,
    /// The era in which it was asked for last.
    era: AtomicU64,
}

/// A kept answer as it can be asked for again.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) resource: Resource,
    pub(super) target: Box<str>,
    pub(super) format: Format,
    pub(super) times: u32,
}

impl fmt::Debug for Shelf {
    /// Without what is kept, which tells what was asked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Shelf {
    pub(super) fn new(settings: &Cache, counters: &Arc<Counters>) -> Shelf {
        let told = Arc::clone(counters);
        let entries = (settings.bytes > 0).then(|| {
            Moka::builder()
                .max_capacity(settings.bytes)
                .weigher(|_: &Key, entry: &Arc<Entry>| entry.bytes)
                .eviction_listener(move |_, _, cause| {
                    if cause == RemovalCause::Size {
                        told.cache(CacheEvent::Evicted);
                    }
                })
                .build()
        });
        Shelf {
            entries,
            settings: settings.clone(),
            keeps: AtomicBool::new(true),
            era: AtomicU64::new(0),
            counters: Arc::clone(counters),
        }
    }

    /// The answer to a question, if it is there and not too old.
    pub(super) fn get(&self, question: &Question) -> Option<Arc<Answer>> {
        let entries = self.entries.as_ref()?;
        let entry = entries.get(question.key())?;
        if entry.until <= Instant::now() {
            entries.invalidate(question.key());
            self.counters.cache(CacheEvent::Expired);
            self.tell();
            return None;
        }
        if question.is_client() {
            entry.times.fetch_add(1, Relaxed);
        }
        entry.era.store(self.era.load(Relaxed), Relaxed);
        Some(Arc::clone(&entry.answer))
    }

    /// Keeps the answer to a question, if there is room and it is worth it.
    pub(super) fn keep(&self, question: Question, answer: &Arc<Answer>) {
        let Some(entries) = &self.entries else { return };
        let lasting = question.lasting(&self.settings);
        if lasting.is_zero() {
            return;
        }
        let (key, times) = (*question.key(), question.times_asked());
        let (resource, format, target) = (question.resource(), question.format(), question.into_target());
        let bytes = answer.content.len() + target.len() + BESIDE_BYTES;
        let bytes = u32::try_from(bytes).ok().filter(|bytes| {
            u64::from(*bytes) <= self.settings.bytes / LARGEST_PART && self.keeps.load(Relaxed)
        });
        let Some(bytes) = bytes else {
            self.counters.cache(CacheEvent::Rejected);
            return;
        };
        // What was written into has room behind it, which is not kept.
        let content = bytes::Bytes::copy_from_slice(&answer.content);
        let entry = Entry {
            answer: Arc::new(Answer { content, ..**answer }),
            resource,
            target,
            format,
            until: Instant::now() + lasting,
            bytes,
            times: AtomicU32::new(times),
            era: AtomicU64::new(self.era.load(Relaxed)),
        };
        entries.insert(key, Arc::new(entry));
        self.counters.cache(CacheEvent::Inserted);
        // It would be put off until there is more to do; what was computed took much longer than that does, and so there is
        // never more than there may be.
        self.tell();
    }

    /// Lets go what has no room, and tells how much is there.
    fn tell(&self) {
        if let Some(entries) = &self.entries {
            entries.run_pending_tasks();
            self.counters.cache_holds(entries.entry_count(), entries.weighted_size());
        }
    }

    pub(super) fn keeps(&self, keeps: bool) {
        self.keeps.store(keeps, Relaxed);
    }

    pub(super) fn clear(&self) {
        self.counters.cache(CacheEvent::Emptied);
        self.drop_where(None, |_| true);
    }

    /// Lets go what is too old, whether anybody asks for it or not.
    pub(super) fn sweep(&self) {
        let now = Instant::now();
        self.drop_where(Some(CacheEvent::Expired), |entry| entry.until <= now);
    }

    /// From now on tables of another generation are answered from.
    pub(super) fn begin_era(&self) {
        self.era.fetch_add(1, Relaxed);
    }

    pub(super) fn era(&self) -> u64 {
        self.era.load(Relaxed)
    }

    /// Lets go what nobody has asked for in this era: most of it nobody could, as other blocks have taken part since.
    pub(super) fn drop_superseded(&self) {
        let era = self.era();
        self.drop_where(Some(CacheEvent::Superseded), |entry| entry.era.load(Relaxed) < era);
    }

    fn drop_where(&self, counted: Option<CacheEvent>, goes: impl Fn(&Entry) -> bool) {
        let Some(entries) = &self.entries else { return };
        let mut gone = 0;
        for (key, entry) in entries {
            if goes(&entry) {
                entries.invalidate(&*key);
                gone += 1;
            }
        }
        if let Some(event) = counted {
            self.counters.cache_by(event, gone);
        }
        self.tell();
    }

    /// What was asked for most, that first.
    pub(super) fn most_wanted(&self) -> Vec<Wanted> {
        let now = Instant::now();
        let all = self.entries.iter().flatten().filter(|(_, entry)| entry.until > now);
        let mut wanted: Vec<(u32, Arc<Entry>)> =
            all.map(|(_, entry)| (entry.times.load(Relaxed), entry)).collect();
        wanted.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
        wanted.truncate(self.settings.recomputed);
        let told = wanted.into_iter().map(|(times, entry)| Wanted {
            resource: entry.resource,
            target: entry.target.clone(),
            format: entry.format,
            times,
        });
        told.collect()
    }
}
