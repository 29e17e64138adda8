//! What the monitor has found, as `/status` and `/metrics` tell of it.

use serde::{Deserialize, Serialize};

/// What the monitor has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Watch {
    pub(crate) recent: Recently,
    /// What is out of order.
    pub(crate) alerts: Vec<Alert>,
    /// `None` before the first look, and where there is no supervisor to take one.
    pub(crate) memory: Option<Memory>,
    pub(crate) webhook: Deliveries,
}

/// What was answered under `/v1` in the recent past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recently {
    pub(crate) minute: Recent,
    pub(crate) five_minutes: Recent,
    pub(crate) hour: Recent,
}

/// What was answered in a stretch of time, which is shorter than it should be while the service is young.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recent {
    pub(crate) seconds: f64,
    pub(crate) requests: u64,
    pub(crate) requests_per_s: f64,
    /// Microseconds within which so many of a hundred replies were made; `None` where there were none.
    pub(crate) p50: Option<f64>,
    pub(crate) p95: Option<f64>,
    pub(crate) p99: Option<f64>,
    /// Share of the replies that are of the classes 500 to 599.
    pub(crate) error_share: Option<f64>,
    /// Shares of the replies that were computed, by who computed them; `None` where none was.
    pub(crate) table_share: Option<f64>,
    pub(crate) live_share: Option<f64>,
    pub(crate) mixed_share: Option<f64>,
    pub(crate) cache_share: Option<f64>,
}

/// What all processes need for themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::struct_field_names, reason = "units stand in names")]
pub(crate) struct Memory {
    pub(crate) own_bytes: u64,
    /// What they may have.
    pub(crate) limit_bytes: u64,
    /// What those that have lived for ten minutes have grown by meanwhile; `None` in the first ten.
    pub(crate) grown_bytes: Option<f64>,
}

/// What became of what was posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    pub(crate) delivered: u64,
    /// Given up, for nobody took it.
    pub(crate) dropped: u64,
}

/// Something that is out of order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alert {
    pub(crate) name: Name,
    pub(crate) severity: Severity,
    /// Since when, whatever the severity was; UTC.
    pub(crate) since: String,
    /// What was found last, in the unit of the setting.
    pub(crate) value: f64,
    /// What raised it.
    pub(crate) threshold: f64,
    /// Both in words.
    pub(crate) reason: String,
}

/// What may be out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Name {
    /// Replies take long.
    Latency,
    /// Much is computed live.
    HitShare,
    /// Replies fail.
    Errors,
    /// There is little memory left.
    Memory,
    /// Processes need more and more of it.
    MemoryGrowth,
    /// Replies take much longer than they used to.
    Slowdown,
}

/// How much it matters; the last matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    Warning,
    Critical,
}

impl Name {
    pub(crate) const ALL: [Name; 6] =
        [Name::Latency, Name::HitShare, Name::Errors, Name::Memory, Name::MemoryGrowth, Name::Slowdown];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Name::Latency => "latency",
            Name::HitShare => "hit_share",
            Name::Errors => "errors",
            Name::Memory => "memory",
            Name::MemoryGrowth => "memory_growth",
            Name::Slowdown => "slowdown",
        }
    }

    /// The best that it can be.
    pub(super) const fn best(self) -> f64 {
        match self {
            // A share is at most all, and what is as quick as usual is no slower.
            Name::HitShare | Name::Slowdown => 1.0,
            _ => 0.0,
        }
    }

    /// What to do about it.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Name::Latency => {
                "look in totals for the resource that takes long, and in recent for how much is live: fewer live requests, \
                 more live.threads, more workers or another machine beside this one help"
            }
            Name::HitShare => {
                "build tables of what is asked for, if they do not reach there (schedule.years, schedule.bodies); if all of it \
                 is beyond any table, set alerts.hit_share_warn lower"
            }
            Name::Errors => {
                "look into the log for the ids of what failed; 503 is live work that has no room: more live.threads, or a \
                 longer live.queue, make some"
            }
            Name::Memory => {
                "start fewer workers, lower limits.connections and limits.bodies_bytes, or give the service more memory"
            }
            Name::MemoryGrowth => {
                "see in /metrics which process grows; kill -HUP replaces all workers one by one, without a lost request: if \
                 it comes back without more load, report it"
            }
            Name::Slowdown => {
                "look what else the machine has been doing since, and in recent whether more is computed live than before"
            }
        }
    }
}

impl Severity {
    pub(crate) const ALL: [Severity; 2] = [Severity::Warning, Severity::Critical];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_are_told() {
        for name in Name::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.word());
            assert!(name.remedy().len() > 40);
        }
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.word());
        }
        assert!(Severity::Warning < Severity::Critical);
    }
}
