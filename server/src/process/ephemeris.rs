//! The identity of the live source, which all workers put into entity tags: hashed once, and again when files change.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use orrery_swisseph::EphemerisDir;

use crate::app::{StartError, live_identity};
use crate::process::stamp::Stamp;

/// What the ephemeris files were when they were hashed.
#[derive(Debug, Default)]
pub(crate) struct Ephemeris {
    hashed: Mutex<Option<Hashed>>,
}

#[derive(Debug, PartialEq)]
struct Hashed {
    stamps: Vec<(String, Option<Stamp>)>,
    identity: [u8; 32],
}

impl Ephemeris {
    /// The identity of the files in a directory; `None` where there is no directory.
    ///
    /// # Errors
    /// Files are missing, damaged or cannot be read.
    pub(crate) fn identity(&self, directory: &Path) -> Result<Option<[u8; 32]>, StartError> {
        if !directory.is_dir() {
            return Ok(None);
        }
        let files = EphemerisDir::open(directory)?;
        let stamps: Vec<_> = files
            .files()
            .iter()
            .map(|file| (file.name.clone(), Stamp::of(&files.path().join(&file.name))))
            .collect();
        // What a panic could have left is whole: it is set in one piece.
        let mut hashed = self.hashed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hashed) = &*hashed
            && hashed.stamps == stamps
        {
            return Ok(Some(hashed.identity));
        }
        let identity = live_identity(&files)?;
        *hashed = Some(Hashed { stamps, identity });
        Ok(Some(identity))
    }
}
