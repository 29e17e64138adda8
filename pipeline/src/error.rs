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
    /// A location, or an object at it, cannot be read or written.
    #[error("{object}: {action} failed: {what}{remedy}")]
    Remote {
        /// URL of the location or the object.
        object: String,
        /// What was tried.
        action: &'static str,
        /// What the store or the system said.
        what: String,
        /// What to do about it, as the end of the message.
        remedy: String,
    },
    /// A location has no dataset.
    #[error(
        "{location}: nothing is published there (manifest.json is missing); correct the URL, or publish with \
         `orrery-pipeline publish DIR --to {location}`"
    )]
    Unpublished {
        /// URL of the location.
        location: String,
    },
    /// An object is not there that should be.
    #[error(
        "{object}: it is not there, though generation {generation} names it, and nothing is published here; publish that \
         generation there again: what is missing is uploaded"
    )]
    ObjectMissing {
        /// URL of the object.
        object: String,
        /// The generation that is published.
        generation: String,
    },
    /// An object is not what it should be.
    #[error(
        "{object}: {what}; nothing of it is published here. Remove it there and publish again: what is missing is uploaded"
    )]
    ObjectDamaged {
        /// URL of the object.
        object: String,
        /// Expected and found.
        what: String,
    },
    /// Somebody else has published at the location.
    #[error(
        "{location}: generation {theirs} was published there meanwhile, and is not overwritten; run the same command again if \
         {ours} is to take its place"
    )]
    Overtaken {
        /// URL of the location.
        location: String,
        /// The generation that is published there.
        theirs: String,
        /// The one that is not.
        ours: String,
    },
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
