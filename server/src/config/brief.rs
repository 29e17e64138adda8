//! Texts in a few sentences.

use std::path::PathBuf;

use super::error::ConfigError;
use super::keys::settings;
use crate::brief::words::{Languages, WordsError};

settings! {
    /// Briefs: what a day, a week or a month brings, in a few sentences.
    pub struct Brief in "brief" {
        /// Directory of words files for languages beside English and German, such as `fr.toml`; one of a language that is there
        /// already takes its place. data/README.md tells what they are made of. Empty for none.
        words_dir: PathBuf = PathBuf::new();
    }
}

impl Brief {
    /// What briefs are written in.
    pub(crate) fn languages(&self) -> Result<Languages, WordsError> {
        Languages::open(Some(&*self.words_dir).filter(|dir| !dir.as_os_str().is_empty()))
    }

    /// What no single value shows.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.languages().map(drop).map_err(|error| Box::new(error).into())
    }
}
