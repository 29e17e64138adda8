//! What can be wrong with a table file, said with the place and the remedy.

use std::path::{Path, PathBuf};

/// A file or dataset that cannot be used.
///
/// Corruption names the byte offset at which it was noticed. The remedy for a damaged or foreign block is the same
/// everywhere: `orrery-pipeline build` computes it again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The operating system refused something.
    #[error("{path}: {action} failed: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no dataset here.
    #[error(
        "{dir}: no dataset here (manifest.json is missing); build one with `orrery-pipeline build --out {dir}`"
    )]
    NoDataset {
        /// The directory looked into.
        dir: PathBuf,
    },
    /// The file was written in a layout that this program does not read.
    #[error(
        "{path}: layout version {found}, this program reads version {expected}; rebuild with `orrery-pipeline build`"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Version in the file.
        found: u32,
        /// Version of this program.
        expected: u32,
    },
    /// The bytes are not what they should be.
    #[error("{path}: at byte {offset}: {what}; the file is damaged, rebuild it with `orrery-pipeline build`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Byte offset at which the fault was noticed.
        offset: u64,
        /// Expected and found.
        what: String,
    },
    /// The manifest cannot be read or contradicts itself or a block.
    #[error("{path}: {what}; rebuild it with `orrery-pipeline build`")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Content that no file can be written from.
    #[error("block {product}: {what}")]
    Unwritable {
        /// The product.
        product: String,
        /// What is wrong.
        what: String,
    },
    /// Entries that no list can be written from.
    #[error("list {list}: {what}")]
    UnwritableList {
        /// The list.
        list: &'static str,
        /// What is wrong.
        what: String,
    },
}

impl FormatError {
    /// The file or directory that is at fault; `None` where it is no file's fault.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            FormatError::Io { path, .. }
            | FormatError::Version { path, .. }
            | FormatError::Damaged { path, .. }
            | FormatError::Manifest { path, .. }
            | FormatError::NoDataset { dir: path } => Some(path),
            FormatError::Unwritable { .. } | FormatError::UnwritableList { .. } => None,
        }
    }

    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> FormatError {
        let path = path.to_owned();
        move |source| FormatError::Io { path, action, source }
    }

    pub(crate) fn damaged(path: &Path, offset: usize, what: impl Into<String>) -> FormatError {
        FormatError::Damaged { path: path.to_owned(), offset: offset as u64, what: what.into() }
    }

    pub(crate) fn manifest(path: &Path, what: impl Into<String>) -> FormatError {
        FormatError::Manifest { path: path.to_owned(), what: what.into() }
    }
}
