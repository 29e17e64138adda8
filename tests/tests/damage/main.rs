//! Hazard: bytes that are not what was written, by a failing disk, a broken transfer or ill will. Everything outside the
//! records is changed bit by bit and cut at every length, the records at samples and with the worst numbers there are:
//! with every byte checked each is refused; with the structure alone checked each is refused or harmless.

mod files;
mod lists;
mod manifests;
mod verification;

use std::path::Path;

use orrery_pipeline::verify::{Options, verify};
use orrery_tests::programs::{self, Ended};
use orrery_tests::workspace;

/// Faults that a verification finds.
fn faults(dir: &Path, samples: u32) -> Vec<String> {
    let (dir, ephe) = (dir.to_owned(), workspace::ephemeris_path());
    let options = Options { dir, ephe, samples, sample_blocks: None, seed: 1 };
    verify(&options).unwrap_or_else(|error| panic!("{error}")).faults
}

/// The same by the program.
fn verified(dir: &Path) -> Ended {
    let ephe = workspace::ephemeris_path();
    programs::pipeline(["verify".as_ref(), dir.as_os_str(), "--ephe".as_ref(), ephe.as_os_str()])
}

/// The same as an object.
fn told(dir: &Path) -> (Option<i32>, serde_json::Value) {
    let mut command = programs::command("orrery-pipeline");
    command.arg("verify").arg(dir).arg("--ephe").arg(workspace::ephemeris_path());
    let ended = Ended::from(command.args(["--report", "json", "--samples", "20"]).output().unwrap());
    let object = serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    (ended.code, object)
}
