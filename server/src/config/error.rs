//! What is wrong with settings.

use std::path::PathBuf;

use crate::brief::words::WordsError;

/// What is wrong with the settings, with the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}; give --config another file, or leave it out")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path}: {message}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and what, as the TOML reader says it.
        message: String,
    },
    /// A words file is of no use.
    #[error("{0}")]
    Words(#[from] Box<WordsError>),
    /// A key that is no setting.
    #[error("{path}: unknown key `{key}`{}", .suggestion.as_ref().map_or_else(
        || format!("; known are {}", .known.join(", ")),
        |name| format!("; did you mean `{name}`?"),
    ))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key, with its table.
        key: String,
        /// The nearest known key.
        suggestion: Option<String>,
        /// Every key that may stand there.
        known: Vec<String>,
    },
    /// A value of the wrong type, or one that makes no sense.
    #[error("{setting} = {value}: {remedy}")]
    Value {
        /// The setting, as it was given: `orrery.toml: limits.compute_s`, `--workers`, `ORRERY_WORKERS`.
        setting: String,
        /// What was given.
        value: String,
        /// What to give instead.
        remedy: String,
    },
}
