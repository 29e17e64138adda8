//! What was counted at each look, as far back as it is needed, and what happened between two looks.

use std::collections::VecDeque;

use super::state::Recent;
use crate::answer::mix::Mix;
use crate::process::counters::{Latency, NO_LATENCY, SOURCES, Snapshot, Source, quantile_micros};
use crate::process::usage::Usage;
use crate::routes::ROUTES_OF_THE_SKY;

/// How long every look is kept, seconds.
const FINE_S: f64 = 600.0;

/// Of older ones one in so many seconds is kept, for so long.
const COARSE_STEP_S: f64 = 300.0;
const COARSE_S: f64 = 86_400.0;

/// The stretch that is compared with the usual, and the one before it that says what is usual, seconds.
pub(super) const LATELY_S: f64 = 300.0;
const USUAL_S: f64 = 3600.0;

/// Stretches of the usual that must be known.
const LEAST_STRETCHES: usize = 3;

/// What had been counted at a look.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    /// Since the service began.
    pub(super) at_s: f64,
    pub(super) requests: u64,
    pub(super) errors: u64,
    pub(super) sources: [u64; SOURCES],
    pub(super) latency: Latency,
    /// What each process needs for itself, by its number.
    pub(super) own_bytes: Vec<(u32, u64)>,
}

impl Sample {
    pub(super) fn of(snapshot: &Snapshot, usage: &Usage) -> Sample {
        let own_bytes = usage.processes.iter().map(|process| (process.pid, process.own_bytes)).collect();
        let mut sample = Sample { at_s: snapshot.uptime_ms as f64 / 1000.0, own_bytes, ..Sample::nothing() };
        for (_, counted) in snapshot.resources.iter().filter(|(path, _)| path.starts_with(ROUTES_OF_THE_SKY))
        {
            sample.requests += counted.replies();
            sample.errors += counted.classes[3];
            add(&mut sample.sources, &counted.sources());
            add(&mut sample.latency, counted.times().latency());
        }
        sample
    }

    /// What was counted when nothing was.
    pub(super) fn nothing() -> Sample {
        Sample {
            at_s: 0.0,
            requests: 0,
            errors: 0,
            sources: [0; SOURCES],
            latency: NO_LATENCY,
            own_bytes: Vec::new(),
        }
    }
}

fn add<const N: usize>(sums: &mut [u64; N], counts: &[u64; N]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}

/// What happened between two looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) seconds: f64,
    pub(super) requests: u64,
    pub(super) errors: u64,
    pub(super) sources: [u64; SOURCES],
    latency: Latency,
}

impl Window {
    fn between(first: &Sample, last: &Sample) -> Window {
        let (mut sources, mut latency) = (last.sources, last.latency);
        for (count, before) in
            sources.iter_mut().zip(&first.sources).chain(latency.iter_mut().zip(&first.latency))
        {
            *count = count.saturating_sub(*before);
        }
        Window {
            seconds: last.at_s - first.at_s,
            requests: last.requests.saturating_sub(first.requests),
            errors: last.errors.saturating_sub(first.errors),
            sources,
            latency,
        }
    }

    /// Microseconds within which this share of the replies was made; `None` where there were none.
    pub(super) fn quantile_micros(&self, share: f64) -> Option<f64> {
        quantile_micros(&self.latency, share)
    }

    /// Share of the replies that failed.
    pub(super) fn error_share(&self) -> Option<f64> {
        share(self.errors, self.requests)
    }

    /// How many answers were computed, or had been before.
    pub(super) fn computed(&self) -> u64 {
        self.sources.iter().sum()
    }

    /// Share of these that nothing live was needed for: they were from tables alone, or kept.
    pub(super) fn hit_share(&self) -> Option<f64> {
        let hits = [Source::Computed(Mix::Table), Source::Kept].map(|source| self.sources[source.place()]);
        share(hits.iter().sum(), self.computed())
    }

    /// As it is told.
    pub(super) fn told(&self) -> Recent {
        let [table, live, mixed, cache] = self.sources.map(|count| share(count, self.computed()));
        Recent {
            seconds: (self.seconds * 10.0).round() / 10.0,
            requests: self.requests,
            requests_per_s: if self.seconds > 0.0 { self.requests as f64 / self.seconds } else { 0.0 },
            p50: self.quantile_micros(0.5),
            p95: self.quantile_micros(0.95),
            p99: self.quantile_micros(0.99),
            error_share: self.error_share(),
            table_share: table,
            live_share: live,
            mixed_share: mixed,
            cache_share: cache,
        }
    }
}

fn share(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

/// The looks of the recent past: every one of some minutes, a few of a day.
#[derive(Debug, Default)]
pub(super) struct History {
    fine: VecDeque<Sample>,
    coarse: VecDeque<Sample>,
}

impl History {
    pub(super) fn take(&mut self, sample: Sample) {
        let now = sample.at_s;
        if self.coarse.back().is_none_or(|last| now - last.at_s >= COARSE_STEP_S) {
            self.coarse.push_back(sample.clone());
            forget(&mut self.coarse, now - COARSE_S);
        }
        self.fine.push_back(sample);
        forget(&mut self.fine, now - FINE_S);
    }

    /// What happened in this many seconds before the last look; in fewer, where there are not so many.
    pub(super) fn over(&self, seconds: f64) -> Option<Window> {
        let last = self.fine.back()?;
        let all = || self.coarse.iter().chain(&self.fine);
        let before = all().filter(|sample| sample.at_s <= last.at_s - seconds);
        let first = before.max_by(|one, other| one.at_s.total_cmp(&other.at_s)).or_else(|| all().next())?;
        (first.at_s < last.at_s).then(|| Window::between(first, last))
    }

    /// What of the latency was usual before it was what it is: of the stretches of an hour that have that many requests, the one
    /// in the middle. `None` where there are too few of them.
    pub(super) fn usual_p95_micros(&self, least_requests: u64) -> Option<f64> {
        let end = self.fine.back()?.at_s - LATELY_S;
        let old = self.coarse.iter().filter(|it| (end - USUAL_S..=end).contains(&it.at_s));
        let stretches = old.clone().zip(old.skip(1)).map(|(first, last)| Window::between(first, last));
        let mut usual: Vec<f64> = stretches
            .filter(|stretch| stretch.requests >= least_requests)
            .filter_map(|stretch| stretch.quantile_micros(0.95))
            .collect();
        usual.sort_by(f64::total_cmp);
        (usual.len() >= LEAST_STRETCHES).then(|| usual[usual.len() / 2])
    }

    /// What the processes that have been there for ten minutes have grown by meanwhile, all together; `None` in the first ten.
    pub(super) fn grown_bytes(&self) -> Option<f64> {
        let (first, last) = (self.fine.front()?, self.fine.back()?);
        if last.at_s - first.at_s < FINE_S {
            return None;
        }
        let grown = last.own_bytes.iter().filter_map(|(pid, now)| {
            let (_, then) = first.own_bytes.iter().find(|(known, _)| known == pid)?;
            Some(*now as f64 - *then as f64)
        });
        Some(grown.sum())
    }
}

/// Lets go of what is older than that, but for the last of it, from which on the rest is counted.
fn forget(samples: &mut VecDeque<Sample>, oldest_s: f64) {
    while samples.get(1).is_some_and(|next| next.at_s <= oldest_s) {
        samples.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A look at a service that has answered so many requests a second, each within a millisecond or so, a tenth live.
    fn steady(at_s: f64, per_s: f64) -> Sample {
        let requests = (at_s * per_s) as u64;
        let mut sample = Sample { at_s, requests, errors: requests / 100, ..Sample::nothing() };
        sample.sources = [requests - requests / 10, requests / 10, 0, 0];
        sample.latency[40] = requests;
        sample
    }

    fn history(seconds: u32, step: usize) -> History {
        let mut history = History::default();
        (0..=seconds).step_by(step).for_each(|at| history.take(steady(f64::from(at), 10.0)));
        history
    }

    #[test]
    fn a_stretch_is_as_long_as_it_is_asked_for_or_as_there_is() {
        let history = history(7200, 10);
        for (asked, found) in
            [(60.0, 60.0), (55.0, 60.0), (300.0, 300.0), (600.0, 600.0), (3600.0, 3600.0), (1e6, 7200.0)]
        {
            let window = history.over(asked).unwrap();
            assert_eq!((window.seconds, window.requests), (found, (found * 10.0) as u64), "{asked}");
            assert!(
                (window.hit_share().unwrap() - 0.9).abs() < 0.01
                    && (window.error_share().unwrap() - 0.01).abs() < 0.01
            );
        }
        // Of what is older there are fewer looks.
        assert_eq!(history.over(3700.0).unwrap().seconds, 3900.0);
    }

    #[test]
    fn what_is_kept_is_bounded_and_looks_may_be_late() {
        let days = history(3 * 86_400, 10);
        assert!(
            days.fine.len() <= 61 && days.coarse.len() <= 290,
            "{} {}",
            days.fine.len(),
            days.coarse.len()
        );
        assert_eq!(days.over(1e9).unwrap().seconds, 86_400.0);
        let mut history = History::default();
        assert_eq!((history.over(60.0), history.grown_bytes()), (None, None));
        history.take(steady(5.0, 10.0));
        assert_eq!(history.over(60.0), None, "one look is no stretch");
        // The machine slept.
        history.take(steady(90_000.0, 10.0));
        assert_eq!(history.over(60.0).unwrap().seconds, 89_995.0);
    }

    #[test]
    fn nothing_asked_is_no_share_of_anything() {
        let mut history = History::default();
        for at_s in [0.0, 10.0] {
            history.take(Sample { at_s, ..Sample::nothing() });
        }
        let told = history.over(60.0).unwrap().told();
        let nothing = Recent { seconds: 10.0, ..Recent::default() };
        assert_eq!(told, nothing);
    }

    #[test]
    fn the_usual_is_what_was_before_and_needs_some_past() {
        assert_eq!(history(900, 10).usual_p95_micros(1), None, "too young");
        assert!(history(7200, 10).usual_p95_micros(1).is_some());
        assert_eq!(history(7200, 10).usual_p95_micros(10_000), None, "too few requests");
        // What is slow now is not what is usual.
        let mut slow = history(7200, 10);
        let usual = slow.usual_p95_micros(1);
        for at in (7210..=7500).step_by(10) {
            let mut sample = steady(f64::from(at), 10.0);
            sample.latency[80] = sample.requests - 72_000;
            sample.latency[40] = 72_000;
            slow.take(sample);
        }
        assert_eq!(slow.usual_p95_micros(1), usual);
        assert!(slow.over(LATELY_S).unwrap().quantile_micros(0.95) > usual.map(|micros| micros * 3.0));
    }

    #[test]
    fn growth_is_that_of_who_was_there_all_the_time() {
        let mut history = History::default();
        for at in 0..=60_u64 {
            let mut own_bytes = vec![(1, 1_000_000 + at * 10_000)];
            // One has been replaced meanwhile.
            own_bytes.push(if at < 30 { (2, 5_000_000) } else { (3, 9_000_000) });
            history.take(Sample { at_s: at as f64 * 10.0, own_bytes, ..Sample::nothing() });
            assert_eq!(history.grown_bytes().is_some(), at == 60);
        }
        assert_eq!(history.grown_bytes(), Some(600_000.0));
    }

    #[test]
    fn what_is_asked_of_the_server_itself_does_not_count() {
        let counters = crate::process::counters::Counters::private().unwrap();
        for resource in [crate::routes::Resource::Positions, crate::routes::Resource::Status] {
            counters.replied(crate::process::counters::Reply {
                resource: Some(resource),
                status: 503,
                source: None,
                micros: 7,
            });
        }
        let sample = Sample::of(&counters.snapshot(), &Usage::default());
        assert_eq!((sample.requests, sample.errors, sample.latency.iter().sum::<u64>()), (1, 1, 1));
    }
}
