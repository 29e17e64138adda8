//! The identity of the live source, which all workers put into entity tags: hashed once, and again when files change.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use orrery_swisseph::EphemerisDir;
use tokio::task::spawn_blocking;

use crate::app::{StartError, live_identity};
use crate::process::stamp::Stamp;

/// What the ephemeris files were when they were hashed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ephemeris {
    hashed: Arc<Mutex<Option<Hashed>>>,
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
    pub(crate) async fn identity(&self, directory: &Path) -> Result<Option<[u8; 32]>, StartError> {
        let (known, directory) = (self.clone(), directory.to_owned());
        // Files may be many, and their disk slow; whoever waits for this has signals to hear meanwhile.
        match spawn_blocking(move || known.hash(&directory)).await {
            Ok(identity) => identity,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // It was given up, as the runtime ends, and this with it.
                Err(_) => std::future::pending().await,
            },
        }
    }

    fn hash(&self, directory: &Path) -> Result<Option<[u8; 32]>, StartError> {
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
