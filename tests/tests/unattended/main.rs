//! Hazard: a dataset that nobody looks after: taken for whole before it is, smaller while it is being made than it was, without
//! a century on the day that needs it; and a program that whoever started it cannot make out.

mod child;
mod following;
mod stages;
mod windows;

use std::path::Path;
use std::process::Command;

use orrery_tests::programs::{self, Ended};
use orrery_tests::workspace;

/// The day that tables are made around.
const TODAY: &str = "2026-11-21";

/// `orrery-pipeline` at a command in a directory, around a day.
fn pipeline(command: &str, out: &Path, today: &str, arguments: &[&str]) -> Command {
    let mut program = programs::command("orrery-pipeline");
    program.args([command, "--today", today, "--out"]).arg(out);
    program.arg("--ephe").arg(workspace::ephemeris_path()).args(arguments);
    program
}

fn run(command: &str, out: &Path, today: &str, arguments: &[&str]) -> Ended {
    pipeline(command, out, today, arguments).output().unwrap().into()
}

/// What `orrery-pipeline verify` says.
fn verified(dir: &Path, arguments: &[&str]) -> Ended {
    let mut program = programs::command("orrery-pipeline");
    program.arg("verify").arg(dir).arg("--ephe").arg(workspace::ephemeris_path()).args(arguments);
    program.output().unwrap().into()
}
