//! What can stop a build, with the remedy.

use std::path::{Path, PathBuf};

use orrery_format::FormatError;
use orrery_swisseph::LiveError;

/// Why a command of the pipeline failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The operating system refused something.
    #[error("{path}: {action} failed: {source}{}", full_disk(.source))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another pipeline works in the directory.
    #[error("{dir}: another orrery-pipeline is working here; wait for it to end, or choose another --out")]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// The live source failed.
    #[error("{what}: {source}")]
    Live {
        /// What was being computed.
        what: String,
        /// What the source said.
        source: LiveError,
    },
    /// A file of the dataset is not as it should be.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The tables have no answer that a list needs.
    #[error("the list {list} cannot be derived: {what}")]
    Underivable {
        /// The list.
        list: &'static str,
        /// What is missing.
        what: String,
    },
    /// The shares of a build make no whole, or what should be one is none.
    #[error("{0}")]
    Shards(String),
    /// The request cannot be met.
    #[error("{0}")]
    Usage(String),
}

impl PipelineError {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> PipelineError {
        let path = path.to_owned();
        move |source| PipelineError::Io { path, action, source }
    }

    pub(crate) fn live(what: impl Into<String>) -> impl FnOnce(LiveError) -> PipelineError {
        let what = what.into();
        move |source| PipelineError::Live { what, source }
    }
}

/// What to do about a full disk, as the end of a message.
fn full_disk(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "; free some space and run the same command again, it continues where it was"
        }
        _ => "",
    }
}
