//! How much memory this process has to itself, and what it does without where that is too much.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use crate::config::MemoryLimits;
use crate::wire::problem::{Code, Problem};

/// How far below a limit memory must be for it to be kept again: by this part of it. What was crossed once would be crossed
/// at every look otherwise, up and down.
const BACK_BY: u64 = 8;

/// After how many seconds to ask again, where memory is short.
const RETRY_S: u32 = 5;

/// Bodies of requests up to here are taken however short memory is.
const SMALL_BODY_BYTES: u64 = 16 * 1024;

/// How short memory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// It is not.
    #[default]
    Well,
    /// The soft limit is crossed: nothing is kept.
    Short,
    /// The hard one is: nothing large is answered.
    Scarce,
}

impl Level {
    /// By how many limits memory is too much.
    pub(crate) const fn limits(self) -> u8 {
        self as u8
    }

    fn of(limits: u8) -> Level {
        match limits {
            0 => Level::Well,
            1 => Level::Short,
            _ => Level::Scarce,
        }
    }
}

/// See [the module](self).
#[derive(Debug)]
pub(crate) struct Memory {
    limits: MemoryLimits,
    level: AtomicU8,
    /// Looks since it became as short as it is.
    looks: AtomicU32,
}

impl Memory {
    pub(crate) fn new(limits: MemoryLimits) -> Memory {
        Memory { limits, level: AtomicU8::new(0), looks: AtomicU32::new(0) }
    }

    /// How short it is, by the last look.
    pub(crate) fn level(&self) -> Level {
        Level::of(self.level.load(Ordering::Relaxed))
    }

    /// Takes note of how much there is, and tells how short memory was before, and how short it is.
    pub(crate) fn note(&self, private_bytes: u64) -> (Level, Level) {
        let before = self.level();
        let MemoryLimits { soft_bytes, hard_bytes } = self.limits;
        let is_above = |limit: u64, level: Level| {
            let back = if before >= level { limit - limit / BACK_BY } else { limit };
            limit > 0 && private_bytes > back
        };
        let now = if is_above(hard_bytes, Level::Scarce) {
            Level::Scarce
        } else if is_above(soft_bytes, Level::Short) {
            Level::Short
        } else {
            Level::Well
        };
        self.level.store(now.limits(), Ordering::Relaxed);
        let looks = if before == now { self.looks.load(Ordering::Relaxed).saturating_add(1) } else { 0 };
        self.looks.store(looks, Ordering::Relaxed);
        (before, now)
    }

    /// Whether what was let go, and is free by now, should be given back to the system, which would stay with this process otherwise. It
    /// takes as long as there is much, which is in vain where the memory is in use: so it is done after 1, 2, 4, 8 … looks.
    pub(crate) fn is_to_be_given_back(&self) -> bool {
        self.is_short() && self.looks.load(Ordering::Relaxed).is_power_of_two()
    }

    /// Whether nothing is to be kept that is not needed.
    pub(crate) fn is_short(&self) -> bool {
        self.level() >= Level::Short
    }

    /// Whether streams, and whatever else grows with what is asked, are refused.
    pub(crate) fn refuses_streams(&self) -> bool {
        self.level() >= Level::Scarce
    }

    /// Refuses a reply that is made while it is sent.
    ///
    /// # Errors
    /// 503 where memory is scarce.
    pub(crate) fn check_stream(&self) -> Result<(), Problem> {
        if self.refuses_streams() { Err(scarce("no long replies are begun")) } else { Ok(()) }
    }

    /// Refuses a request's body of so many bytes, as far as that is known, unless it is small.
    ///
    /// # Errors
    /// 503 where memory is scarce.
    pub(crate) fn check_body(&self, bytes: Option<u64>) -> Result<(), Problem> {
        let is_small = bytes.is_some_and(|bytes| bytes <= SMALL_BODY_BYTES);
        if self.refuses_streams() && !is_small { Err(scarce("no bodies are read")) } else { Ok(()) }
    }
}

fn scarce(what: &str) -> Problem {
    Problem::new(Code::MemoryShort, format!("the server is short of memory: {what} for now"))
        .hint("try again shortly, or ask for less at a time, as JSON")
        .retry_after(RETRY_S)
}

/// Bytes that this process has to itself: resident, and neither of a file nor shared. `None` where the system does not tell.
pub(crate) fn private_bytes() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let told = std::fs::read_to_string("/proc/self/statm").ok()?;
        private_pages(&told).map(|pages| pages * rustix::param::page_size() as u64)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Of `/proc/PID/statm`: its size, what of it is resident, and what of that is of files or shared, in pages.
#[cfg(any(target_os = "linux", test))]
fn private_pages(statm: &str) -> Option<u64> {
    let mut pages = statm.split_whitespace().skip(1).map(|pages| pages.parse::<u64>().ok());
    let (resident, shared) = (pages.next()??, pages.next()??);
    Some(resident.saturating_sub(shared))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(soft_bytes: u64, hard_bytes: u64) -> Memory {
        Memory::new(MemoryLimits { soft_bytes, hard_bytes })
    }

    #[test]
    fn a_limit_is_crossed_above_it_and_left_an_eighth_below() {
        use Level::{Scarce, Short, Well};
        let memory = memory(800, 1600);
        let mut before = Well;
        for (bytes, level) in [
            (0, Well),
            (800, Well),
            (801, Short),
            (701, Short),
            (700, Well),
            (800, Well),
            (1601, Scarce),
            (1401, Scarce),
            (1400, Short),
            (1600, Short),
            (1601, Scarce),
            (700, Well),
        ] {
            assert_eq!(memory.note(bytes), (before, level), "{bytes}");
            assert_eq!((memory.is_short(), memory.refuses_streams()), (level >= Short, level == Scarce));
            before = level;
        }
    }

    #[test]
    fn a_limit_of_nothing_is_none() {
        let unlimited = memory(0, 0);
        assert_eq!(unlimited.note(u64::MAX), (Level::Well, Level::Well));
        let hard_alone = memory(0, 10);
        assert_eq!(hard_alone.note(11), (Level::Well, Level::Scarce));
        let soft_alone = memory(10, 0);
        assert_eq!(soft_alone.note(u64::MAX), (Level::Well, Level::Short));
    }

    #[test]
    fn where_memory_is_scarce_only_what_is_large_is_refused() {
        let memory = memory(1, 1);
        assert!(memory.check_stream().is_ok() && memory.check_body(None).is_ok());
        memory.note(2);
        let problem = memory.check_stream().unwrap_err();
        assert_eq!((problem.code, problem.retry_after_s), (Code::MemoryShort, Some(RETRY_S)));
        assert!(memory.check_body(Some(SMALL_BODY_BYTES)).is_ok());
        for bytes in [None, Some(SMALL_BODY_BYTES + 1)] {
            assert_eq!(memory.check_body(bytes).unwrap_err().code, Code::MemoryShort);
        }
    }

    #[test]
    fn what_the_system_tells_is_read() {
        assert_eq!(private_pages("5000 1200 300 40 0 900 0\n"), Some(900));
        assert_eq!(private_pages("5000 200 300"), Some(0));
        for broken in ["", "5000", "5000 1200", "5000 many 300"] {
            assert_eq!(private_pages(broken), None, "{broken:?}");
        }
        #[cfg(target_os = "linux")]
        assert!(private_bytes().is_some_and(|bytes| bytes > 100_000));
    }

    #[test]
    fn what_is_free_is_given_back_ever_more_rarely_and_only_where_memory_is_short() {
        let memory = memory(100, 200);
        let looks = |bytes: u64, count: usize| -> Vec<bool> {
            let look = |_| {
                memory.note(bytes);
                memory.is_to_be_given_back()
            };
            (0..count).map(look).collect()
        };
        assert_eq!(looks(50, 4), [false; 4]);
        // The crossing itself, and then the first look, the second, the fourth.
        assert_eq!(looks(150, 6), [false, true, true, false, true, false]);
        assert_eq!(looks(250, 3), [false, true, true]);
        assert_eq!(looks(50, 3), [false; 3]);
    }
}
