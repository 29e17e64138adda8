//! What the service is to reach, whoever runs it.

use serde::Serialize;
use serde_json::Value;

/// Something that is to be reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// What it is about, for people.
    #[serde(skip)]
    pub(super) about: &'static str,
    pub(super) unit: &'static str,
    /// What it is to stay within, or to be above.
    pub(super) bound: f64,
    /// What the last hour was like; `None` where nothing was asked.
    pub(super) measured: Option<f64>,
    pub(super) is_met: Option<bool>,
}

/// What is wanted of a figure.
enum Wanted {
    AtMost(f64),
    MoreThan(f64),
}

/// Each target, and where `/status` tells of it, in how many to the unit.
pub(super) fn targets(status: &Value) -> Vec<Target> {
    const MICROS_PER_MS: f64 = 1000.0;
    let quantile = |name, about, member, most| {
        (name, about, "ms", vec![member], 1.0 / MICROS_PER_MS, Wanted::AtMost(most))
    };
    let hour = &status["recent"]["hour"];
    let of = |(name, about, unit, members, factor, wanted): (_, _, _, Vec<&str>, f64, Wanted)| {
        // Of several, the sum.
        let sum: Option<f64> = members.iter().map(|member| hour[*member].as_f64()).sum();
        let measured = sum.map(|sum| sum * factor);
        let (bound, is_met) = match wanted {
            Wanted::AtMost(most) => (most, measured.map(|value| value <= most)),
            Wanted::MoreThan(least) => (least, measured.map(|value| value > least)),
        };
        Target { name, about, unit, bound, measured, is_met }
    };
    [
        quantile("p50", "half of the replies within", "p50", 30.0),
        quantile("p95", "95 of 100 replies within", "p95", 120.0),
        quantile("p99", "99 of 100 replies within", "p99", 200.0),
        (
            "hit_share",
            "from tables alone, or from the cache, more than",
            "%",
            vec!["table_share", "cache_share"],
            100.0,
            Wanted::MoreThan(70.0),
        ),
    ]
    .into_iter()
    .map(of)
    .collect()
}
