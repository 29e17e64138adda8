//! What is taken for out of order, and from when to when.

use super::history::{History, LATELY_S, Window};
use super::state::{Alert, Memory, Name, Severity};
use crate::config::Alerts;

/// How far from what raised it to the best that can be something must have come, that it is not raised and cleared by turns.
const BETTER: f64 = 0.1;

/// Bytes in a megabyte.
const MB: f64 = 1e6;

/// Microseconds in a millisecond.
const MICROS: f64 = 1000.0;

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) name: Name,
    /// What was found; `None` where too little is known to say.
    pub(super) value: Option<f64>,
    warn: f64,
    critical: f64,
    /// Whether it is what is lower that is worse.
    is_share: bool,
}

/// What was found has become an alert, another one, or none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) event: Event,
    pub(super) alert: Alert,
}

/// What has become of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Raised,
    /// It is of another severity now.
    Changed,
    Cleared,
}

impl Event {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Event::Raised => "raised",
            Event::Changed => "changed",
            Event::Cleared => "cleared",
        }
    }
}

/// What the history and the memory of the service look like by the settings.
pub(super) fn readings(
    history: &History,
    memory: Option<&Memory>,
    has_tables: bool,
    settings: &Alerts,
) -> [Reading; 6] {
    let least = settings.least_requests;
    let enough = |requests: u64| requests >= least;
    let window = history.over(settings.window_s as f64);
    let asked = window.as_ref().filter(|it| enough(it.requests));
    // Without tables everything is live, which is known, and told where tables are told of.
    let computed = window.as_ref().filter(|it| has_tables && enough(it.computed()));
    let limited = memory.filter(|memory| memory.limit_bytes > 0);
    [
        Reading {
            name: Name::Latency,
            value: asked.and_then(|it| it.quantile_micros(0.95)).map(|micros| micros / MICROS),
            warn: settings.latency_warn_ms,
            critical: settings.latency_critical_ms,
            is_share: false,
        },
        Reading {
            name: Name::HitShare,
            value: computed.and_then(Window::hit_share),
            warn: settings.hit_share_warn,
            critical: settings.hit_share_critical,
            is_share: true,
        },
        Reading {
            name: Name::Errors,
            value: asked.and_then(Window::error_share).map(|share| share * 100.0),
            warn: settings.errors_warn_percent,
            critical: settings.errors_critical_percent,
            is_share: false,
        },
        Reading {
            name: Name::Memory,
            value: limited.map(|memory| memory.own_bytes as f64 / memory.limit_bytes as f64 * 100.0),
            warn: settings.memory_warn_percent,
            critical: settings.memory_critical_percent,
            is_share: false,
        },
        Reading {
            name: Name::MemoryGrowth,
            value: memory.and_then(|memory| memory.grown_bytes).map(|bytes| bytes / MB),
            warn: settings.growth_warn_mb,
            critical: settings.growth_critical_mb,
            is_share: false,
        },
        Reading {
            name: Name::Slowdown,
            value: slowdown(history, least, settings.slowdown_least_ms),
            warn: settings.slowdown_warn,
            critical: settings.slowdown_critical,
            is_share: false,
        },
    ]
}

/// How many times as long as usual replies take; once where they are quick all the same.
fn slowdown(history: &History, least_requests: u64, least_ms: f64) -> Option<f64> {
    let lately = history.over(LATELY_S).filter(|it| it.requests >= least_requests)?;
    let (now, usual) = (lately.quantile_micros(0.95)?, history.usual_p95_micros(least_requests)?);
    if now < least_ms * MICROS {
        return Some(1.0);
    }
    // A usual of nothing at all is one of less than a microsecond.
    Some(now / usual.max(1.0))
}

impl Reading {
    /// How much it matters, where it was taken for that severe so far.
    fn severity(&self, so_far: Option<Severity>) -> Option<Severity> {
        let value = self.value?;
        let reaches = |severity: Severity| {
            // What was reached is left behind a little later than it was reached.
            let ease = if so_far >= Some(severity) { BETTER } else { 0.0 };
            let threshold = self.threshold(severity);
            let bound = threshold + ease * (self.name.best() - threshold);
            // That something is nought of a bound of nought says nothing.
            if self.is_share { value < bound } else { value > bound }
        };
        Severity::ALL.into_iter().rev().find(|severity| reaches(*severity))
    }

    fn threshold(&self, severity: Severity) -> f64 {
        match severity {
            Severity::Warning => self.warn,
            Severity::Critical => self.critical,
        }
    }

    /// What is found, in words.
    fn reason(&self, value: f64, threshold: f64) -> String {
        match self.name {
            Name::Latency => format!("95 of 100 replies take up to {value:.3} ms, more than {threshold} ms"),
            Name::HitShare => format!(
                "only {:.1} % of the answers take nothing live, less than {} %",
                value * 100.0,
                threshold * 100.0
            ),
            Name::Errors => format!("{value:.1} % of the replies fail, more than {threshold} %"),
            Name::Memory => {
                format!("the service has {value:.1} % of its memory for itself, more than {threshold} %")
            }
            Name::MemoryGrowth => {
                format!("the processes have grown by {value:.0} MB in ten minutes, more than {threshold} MB")
            }
            Name::Slowdown => format!(
                "95 of 100 replies take {value:.1} times as long as in the hour before, more than {threshold} times"
            ),
        }
    }
}

/// Holds readings against the alerts that there are, and tells what has changed.
pub(super) fn judge(alerts: &mut Vec<Alert>, readings: &[Reading], now: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    for reading in readings {
        let known = alerts.iter().position(|alert| alert.name == reading.name);
        let so_far = known.map(|at| alerts[at].severity);
        match (reading.severity(so_far), reading.value, known) {
            (Some(severity), Some(value), known) => {
                let threshold = reading.threshold(severity);
                let since = known.map_or_else(|| now.to_owned(), |at| alerts[at].since.clone());
                let reason = reading.reason(value, threshold);
                let alert = Alert { name: reading.name, severity, since, value, threshold, reason };
                let event = if known.is_none() { Event::Raised } else { Event::Changed };
                if so_far != Some(severity) {
                    changes.push(Change { event, alert: alert.clone() });
                }
                match known {
                    Some(at) => alerts[at] = alert,
                    None => alerts.push(alert),
                }
            }
            (_, value, Some(at)) => {
                let mut alert = alerts.remove(at);
                // Where nothing is known any more, nothing is out of order that anybody could see.
                alert.value = value.unwrap_or(alert.value);
                changes.push(Change { event: Event::Cleared, alert });
            }
            _ => {}
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::history::Sample;
    use super::*;

    fn reading(name: Name, value: Option<f64>) -> Reading {
        let (warn, critical, is_share) =
            if name == Name::HitShare { (0.6, 0.4, true) } else { (100.0, 200.0, false) };
        Reading { name, value, warn, critical, is_share }
    }

    /// What each value in its turn makes of an alert, and what is told of it.
    fn course(name: Name, values: &[Option<f64>]) -> Vec<(Option<Severity>, Vec<Event>)> {
        let mut alerts = Vec::new();
        let mut at = |value: &Option<f64>| {
            let changes = judge(&mut alerts, &[reading(name, *value)], "2026-11-22T00:00:00Z");
            assert!(alerts.len() <= 1);
            let events = changes.iter().map(|change| change.event).collect();
            (alerts.first().map(|alert| alert.severity), events)
        };
        values.iter().map(&mut at).collect()
    }

    #[test]
    fn an_alert_is_told_once_and_cleared_when_it_is_a_tenth_better() {
        use Event::{Changed, Cleared, Raised};
        use Severity::{Critical, Warning};
        let quiet = (None, Vec::new());
        let course = course(
            Name::Latency,
            &[
                None,
                Some(100.0),
                Some(101.0),
                Some(95.0),
                Some(201.0),
                Some(190.0),
                Some(170.0),
                Some(91.0),
                Some(89.0),
                Some(99.0),
            ],
        );
        let expected = [
            quiet.clone(),
            quiet.clone(),
            (Some(Warning), vec![Raised]),
            (Some(Warning), vec![]),
            (Some(Critical), vec![Changed]),
            (Some(Critical), vec![]),
            (Some(Warning), vec![Changed]),
            (Some(Warning), vec![]),
            (None, vec![Cleared]),
            quiet,
        ];
        assert_eq!(course, expected);
    }

    #[test]
    fn a_share_is_out_of_order_where_it_is_low_and_what_is_unknown_is_in_order() {
        use Event::{Changed, Cleared, Raised};
        use Severity::{Critical, Warning};
        let course = course(Name::HitShare, &[Some(0.6), Some(0.5), Some(0.63), Some(0.3), Some(0.43), None]);
        let expected = [
            (None, vec![]),
            (Some(Warning), vec![Raised]),
            (Some(Warning), vec![]),
            (Some(Critical), vec![Changed]),
            (Some(Critical), vec![]),
            (None, vec![Cleared]),
        ];
        assert_eq!(course, expected);
        assert!(self::course(Name::Errors, &[Some(f64::NAN)])[0].0.is_none(), "what is no number is nothing");
    }

    #[test]
    fn what_is_as_good_as_can_be_is_no_alert_however_narrow_the_bounds() {
        for (name, bound, bad) in
            [(Name::HitShare, 1.0, 0.99), (Name::HitShare, 0.95, 0.9), (Name::Slowdown, 1.05, 1.2)]
        {
            let at =
                |value| Reading { warn: bound, critical: bound, value: Some(value), ..reading(name, None) };
            let raised = at(bad).severity(None);
            assert_eq!(raised, Some(Severity::Critical), "{name:?}");
            assert_eq!(at(name.best()).severity(raised), None, "{name:?}");
        }
    }

    proptest! {
        /// Whatever is found, no alert is told of twice in a row, and its severity is that of some recent value.
        #[test]
        fn events_follow_each_other(values in prop::collection::vec(prop::option::of(0.0..300.0), 1..60)) {
            let mut was_raised = false;
            for ((severity, events), value) in course(Name::Memory, &values).into_iter().zip(&values) {
                prop_assert!(events.len() <= 1);
                match events.first() {
                    Some(Event::Raised) => prop_assert!(!std::mem::replace(&mut was_raised, true)),
                    Some(Event::Cleared) => prop_assert!(std::mem::replace(&mut was_raised, false)),
                    Some(Event::Changed) => prop_assert!(was_raised),
                    None => {}
                }
                prop_assert_eq!(severity.is_some(), was_raised);
                if value.is_some_and(|value| value > 200.0) {
                    prop_assert_eq!(severity, Some(Severity::Critical));
                }
                if value.is_none_or(|value| value <= 90.0) {
                    prop_assert_eq!(severity, None);
                }
            }
        }
    }

    /// Two looks at a service between which this happened.
    fn readings_of(change: impl FnOnce(&mut Sample), settings: &Alerts) -> [Reading; 6] {
        let mut history = History::default();
        history.take(Sample::nothing());
        let mut sample = Sample { at_s: 10.0, ..Sample::nothing() };
        change(&mut sample);
        history.take(sample);
        readings(&history, None, true, settings)
    }

    fn value(readings: &[Reading], name: Name) -> Option<f64> {
        readings.iter().find(|reading| reading.name == name).unwrap().value
    }

    #[test]
    fn readings_are_of_what_happened_and_need_enough_of_it() {
        let settings = Alerts::default();
        let busy = |sample: &mut Sample| {
            (sample.requests, sample.errors, sample.sources) = (200, 20, [50, 30, 10, 10]);
            sample.latency[10] = 200;
        };
        let found = readings_of(busy, &settings);
        assert_eq!(value(&found, Name::HitShare), Some(0.6));
        assert_eq!(value(&found, Name::Errors), Some(10.0));
        assert!(value(&found, Name::Latency) < Some(1.0) && value(&found, Name::Latency) > Some(0.0));
        for name in [Name::Memory, Name::MemoryGrowth, Name::Slowdown] {
            assert_eq!(value(&found, name), None, "{name:?}");
        }
        let few = Alerts { least_requests: 201, ..settings.clone() };
        assert!(readings_of(busy, &few).iter().all(|reading| reading.value.is_none()));
        // With enough requests, and too few of them computed, nothing is said of who computed them.
        let spared = readings_of(
            |sample| {
                busy(sample);
                sample.sources = [0, 99, 0, 0];
            },
            &settings,
        );
        assert_eq!((value(&spared, Name::HitShare), value(&spared, Name::Errors)), (None, Some(10.0)));
    }

    #[test]
    fn memory_is_a_share_of_what_there_may_be() {
        let memory = Memory { own_bytes: 950, limit_bytes: 1000, grown_bytes: Some(150e6) };
        let found = readings(&History::default(), Some(&memory), true, &Alerts::default());
        assert_eq!(
            (value(&found, Name::Memory), value(&found, Name::MemoryGrowth)),
            (Some(95.0), Some(150.0))
        );
        let mut alerts = Vec::new();
        let changes = judge(&mut alerts, &found, "now");
        let told: Vec<_> = changes.iter().map(|it| (it.alert.name, it.alert.severity)).collect();
        assert_eq!(told, [(Name::Memory, Severity::Warning), (Name::MemoryGrowth, Severity::Warning)]);
        assert!(alerts[0].reason.contains("95.0 %") && alerts[1].reason.contains("150 MB"), "{alerts:?}");
        let unlimited = Memory { limit_bytes: 0, ..memory };
        let found = readings(&History::default(), Some(&unlimited), true, &Alerts::default());
        assert_eq!(value(&found, Name::Memory), None);
    }

    #[test]
    fn what_is_slow_is_slow_beside_the_hour_before() {
        let mut history = History::default();
        let mut sample = Sample::nothing();
        for at in (0..=7200).step_by(10) {
            sample.at_s = f64::from(at);
            sample.requests += 100;
            // About 11 ms, and about 59 ms in the last five minutes.
            sample.latency[if at <= 6900 { 50 } else { 60 }] += 100;
            history.take(sample.clone());
        }
        let found = readings(&history, None, true, &Alerts::default());
        let times = value(&found, Name::Slowdown).unwrap();
        assert!((3.5..7.5).contains(&times), "{times}");
        let patient = Alerts { slowdown_least_ms: 1000.0, ..Alerts::default() };
        assert_eq!(value(&readings(&history, None, true, &patient), Name::Slowdown), Some(1.0));
    }
}
