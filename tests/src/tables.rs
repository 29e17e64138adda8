//! Tables from the ephemeris: the one dataset that all tests read, and small ones to be mistreated.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use orrery_format::{Body, Dataset, Product};
use orrery_pipeline::PipelineError;
use orrery_pipeline::build::{Options, Outcome, build};
use orrery_pipeline::plan::Scope;
use orrery_pipeline::progress::Mode;

use crate::workspace;

/// How long to wait for another test program that is building the shared tables.
const PATIENCE: Duration = Duration::from_mins(20);

/// The directory of the shared dataset, 1800 to 2400 and all bodies: built at first, reused while nothing it depends on
/// changes. Several test programs may ask at once; the store's lock lets one build and the others wait.
pub fn shared_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let out = workspace::target().join("test-dataset");
        let begun = Instant::now();
        let options = options(&out, Scope::full());
        let outcome = loop {
            match build(&options) {
                Err(PipelineError::Locked { .. }) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                other => {
                    break other.unwrap_or_else(|error| panic!("building the tables for the tests: {error}"));
                }
            }
        };
        if outcome.computed > 0 {
            eprintln!("shared dataset: {} blocks computed in {:.0} s", outcome.computed, outcome.seconds);
        }
        out
    })
}

/// The shared dataset, opened.
#[must_use]
pub fn shared() -> Dataset {
    Dataset::open(shared_dir()).unwrap_or_else(|error| panic!("{error}"))
}

/// How to build a scope into a directory, silently, on every core.
#[must_use]
pub fn options(out: &Path, scope: Scope) -> Options {
    Options {
        out: out.to_owned(),
        ephe: workspace::ephemeris_path(),
        scope,
        jobs: None,
        progress: Mode::None,
    }
}

/// Builds a few bodies over some years.
pub fn build_small(out: &Path, years: (i32, i32), bodies: &[Body]) -> Outcome {
    let scope = Scope { from_year: years.0, to_year: years.1, bodies: Some(bodies.to_vec()) };
    build(&options(out, scope)).unwrap_or_else(|error| panic!("{error}"))
}

/// Every product that a dataset holds, in its order.
#[must_use]
pub fn products(dataset: &Dataset) -> Vec<Product> {
    let mut products: Vec<Product> = dataset.blocks().iter().map(orrery_format::Block::product).collect();
    products.dedup();
    products
}
