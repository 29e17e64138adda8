//! The generation that a service begins with: the published one. Where that is damaged, or of another layout version, and the
//! scheduler can make it good again, it is the one before, if that is sound, or none: a service that does not start mends
//! nothing.

use orrery_format::{FormatError, Manifest};

use crate::config::Settings;
use crate::process::schedule;
use crate::process::verifier::Verifier;

/// What is published, as it reads.
#[derive(Debug)]
pub(crate) struct Published {
    verifier: Verifier,
    read: Result<Manifest, FormatError>,
    /// Whether the scheduler makes it good again, should it not be.
    is_mended: bool,
}

/// What is served at first.
#[derive(Debug)]
pub(crate) struct First {
    /// Who has read every byte of it.
    pub(crate) verifier: Verifier,
    pub(crate) manifest: Manifest,
    /// Why what is published is not served.
    pub(crate) refused: Option<FormatError>,
}

impl Published {
    /// Reads the manifest.
    ///
    /// # Errors
    /// It cannot be used, or there is none, and nobody will change that.
    pub(crate) fn read(settings: &Settings) -> Result<Published, FormatError> {
        let mut verifier = Verifier::new(&settings.datasets);
        let is_mended = schedule::mends(settings);
        let read = match verifier.read() {
            // What computes live serves until there are tables, and so does waiting for those that others make.
            Err(FormatError::NoDataset { .. })
                if settings.ephe.is_dir() || !settings.schedule.follow.is_empty() =>
            {
                Ok(Manifest::nothing())
            }
            Err(error) if !is_mended => return Err(error),
            read => read,
        };
        Ok(Published { verifier, read, is_mended })
    }

    /// Reads every byte of it, and of the one before where that has to take its place.
    ///
    /// # Errors
    /// A file is damaged, or not there, and nobody will change that.
    pub(crate) fn verify(self) -> Result<First, FormatError> {
        let Published { mut verifier, read, is_mended } = self;
        let verified = read.and_then(|manifest| verifier.verify(&manifest).map(|_| manifest));
        match verified {
            Ok(manifest) => Ok(First { verifier, manifest, refused: None }),
            Err(error) if is_mended => {
                let manifest = verifier.previous().unwrap_or_else(Manifest::nothing);
                Ok(First { verifier, manifest, refused: Some(error) })
            }
            Err(error) => Err(error),
        }
    }
}
