//! What is lost while generations are published and workers replaced under load: nothing, or the bench fails.

use anyhow::{Result, ensure};
use orrery_tests::programs;
use orrery_tests::reloading::Trial;

use crate::building::program;
use crate::figure::figure;

const TRIAL: Trial = Trial { workers: 2, clients: 8, swaps: 100, replacements: 40 };

pub(crate) fn run() -> Result<()> {
    let outcome = TRIAL.run(&mut programs::command_at(&program("orrery-server")?));
    let (sent, lost) = (outcome.tally.sent, &outcome.tally.lost);
    println!(
        "{} generations and {} replaced workers in {:.1} s: {sent} requests, {} lost, half answered within {:.2} ms, 99 of \
         100 within {:.2} ms, connecting included",
        outcome.swaps,
        outcome.replacements,
        outcome.elapsed.as_secs_f64(),
        lost.len(),
        f64::from(outcome.tally.percentile_micros(50)) / 1e3,
        f64::from(outcome.tally.percentile_micros(99)) / 1e3,
    );
    figure("reload_requests", sent as f64, "requests");
    figure("reload_p99_ms", f64::from(outcome.tally.percentile_micros(99)) / 1e3, "ms");
    figure("generation_swap_lost_requests", lost.len() as f64, "requests");
    ensure!(lost.is_empty(), "requests were lost, such as: {}", lost[..lost.len().min(5)].join("; "));
    Ok(())
}
