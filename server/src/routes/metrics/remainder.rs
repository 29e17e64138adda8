//! The metrics of what tables do not answer: the cache, live computing, and the memory that both have to do with.

use std::fmt::Error;

use prometheus_client::registry::Unit;

use super::Told;
use super::pen::Pen;

impl Told {
    pub(super) fn remainder(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let cache = &self.snapshot.cache;
        pen.counters(
            "cache_lookups",
            "Questions to the cache: it had the answer, it had not, or somebody else's was waited for.",
            [("hit", cache.hits), ("miss", cache.misses), ("coalesced", cache.coalesced)]
                .map(|(outcome, count)| ([("outcome", outcome)], count)),
        )?;
        pen.counters(
            "cache_changes",
            "What became of answers in the cache.",
            [
                ("inserted", cache.inserted),
                ("evicted", cache.evicted),
                ("expired", cache.expired),
                ("rejected", cache.rejected),
                ("superseded", cache.superseded),
                ("renewed", cache.renewed),
            ]
            .map(|(change, count)| ([("change", change)], count)),
        )?;
        pen.counter("cache_emptied", "Times that a cache was emptied, as memory was short.", cache.emptied)?;
        pen.gauge("cache_entries", "Answers that are kept.", None, Some(cache.entries as f64))?;
        let about = "What these take, with what is known of them.";
        pen.gauge("cache", about, Some(&Unit::Bytes), Some(cache.bytes as f64))?;

        let live = &self.snapshot.live;
        pen.gauge("live_queued", "Live jobs that wait for a thread.", None, Some(live.queued as f64))?;
        pen.gauge("live_running", "Live jobs at work.", None, Some(live.running as f64))?;
        pen.counter("live_refused", "Live jobs refused for want of room or of time.", live.refused)?;
        let about = "Live jobs that nobody waited for any more when there was a thread.";
        pen.counter("live_abandoned", about, live.abandoned)?;
        let times = [([], live.micros as f64 / 1e6, live.histogram().to_vec())];
        pen.histograms("live_duration", "How long live jobs took, without their wait.", times)?;

        let memory = &self.snapshot.memory;
        pen.counters(
            "memory_limit_crossings",
            "Times that a worker had more memory to itself than a limit.",
            [("soft", memory.soft_crossings), ("hard", memory.hard_crossings)]
                .map(|(limit, count)| ([("limit", limit)], count)),
        )?;
        pen.counter("memory_refused", "Requests refused for want of memory.", memory.refused)
    }
}
