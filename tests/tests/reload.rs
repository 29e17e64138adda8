//! Hazard: requests lost, or answered from the wrong tables, while a generation is published or workers are replaced.
//! `scripts/bench http` is the same at length.
#![cfg(target_os = "linux")]

use orrery_tests::programs;
use orrery_tests::reloading::Trial;

#[test]
fn new_generations_and_new_workers_lose_nothing() {
    let trial = Trial { workers: 2, clients: 6, swaps: 5, replacements: 3 };
    let outcome = trial.run(&mut programs::command("orrery-server"));
    assert!(outcome.swaps == 5 && outcome.replacements >= 3, "{outcome:?}");
    let (sent, lost) = (outcome.tally.sent, outcome.tally.lost);
    assert!(sent > 100, "{sent} requests are no load");
    assert!(lost.is_empty(), "{} of {sent} were lost, such as {:?}", lost.len(), &lost[..lost.len().min(5)]);
}
