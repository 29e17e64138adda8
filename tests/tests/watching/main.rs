//! Hazard: a service of which nobody sees that it is out of order: metrics that no Prometheus reads, boards and rules over metrics
//! that nobody exports, alerts that are not raised, not cleared or not heard of, counts that a crash takes with it.
#![cfg(target_os = "linux")]

mod alerts;
mod manager;
mod metrics;
mod report;
mod rules;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use orrery_tests::programs::Ended;
use orrery_tests::workspace;

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_mins(1);

/// A request that tables answer, and one that they cannot.
const SUN: &str = "/v1/positions?jd_tt=2440000.5&bodies=sun";
const LIVE: &str = "/v1/positions?jd_tt=2440000.5&bodies=sun&source=live";

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Prometheus' own checker.
fn promtool() -> Command {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let script = workspace::root().join("scripts/promtool");
        let mut command = Command::new(script);
        command.env("CARGO_TARGET_DIR", workspace::target());
        let found = Ended::from(command.output().unwrap());
        assert_eq!(found.code, Some(0), "there is no promtool: {}", found.err);
        PathBuf::from(found.out.trim())
    });
    Command::new(path)
}
