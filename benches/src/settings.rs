//! Which tables and which ephemeris files are measured.

use std::path::PathBuf;

use anyhow::Result;
use orrery_format::Dataset;
use orrery_pipeline::build::{self, build};
use orrery_pipeline::lists::window;
use orrery_pipeline::progress::Mode;
use orrery_pipeline::scope::Scope;

/// Directories, from the environment.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The dataset: `ORRERY_DATASETS`, or `datasets`.
    pub(crate) datasets: PathBuf,
    /// The ephemeris files: `ORRERY_EPHE`, or `data/ephe`.
    pub(crate) ephe: PathBuf,
}

impl Settings {
    pub(crate) fn from_environment() -> Settings {
        let directory = |name, usual: &str| std::env::var_os(name).unwrap_or_else(|| usual.into()).into();
        Settings {
            datasets: directory("ORRERY_DATASETS", "datasets"),
            ephe: directory("ORRERY_EPHE", "data/ephe"),
        }
    }

    /// The dataset, after building what of it is missing or out of date.
    pub(crate) fn current_dataset(&self) -> Result<Dataset> {
        let outcome = build(&build::Options {
            out: self.datasets.clone(),
            ephe: self.ephe.clone(),
            scope: Scope::full(),
            jobs: None,
            progress: Mode::Auto,
            today: window::today(),
        })?;
        println!("dataset {}, {} blocks of it built now", outcome.generation, outcome.computed);
        Ok(Dataset::open(&self.datasets)?)
    }
}
