//! Every byte of a generation, once: what a supervisor reads before its workers may answer from it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{AnyList, Block, Check, Dataset, FormatError, Manifest};
use rayon::prelude::*;

use crate::process::stamp::Stamp;

/// Pauses before what workers did not take up is looked at again: the first, and the longest after doublings.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// So many workers may be lost over what is published before it is left alone: each takes its clients' connections with it.
const MOST_LOSSES: u32 = 3;

/// Verifies the generations of a directory, each block and each list once.
#[derive(Debug)]
pub(crate) struct Verifier {
    dir: PathBuf,
    /// Of each file of a block or a list that was hashed: the hash, and what the file was then.
    hashed: HashMap<String, (String, Stamp)>,
    /// The manifest, as it was when it was read last.
    read: Option<Stamp>,
    /// What the last generation was refused for, and what was there then.
    at_fault: Option<(PathBuf, Option<Stamp>)>,
    /// When to look at the same generation again, whose own fault it may not have been.
    again: Option<Instant>,
    /// How long to wait before that the next time.
    pause: Duration,
    /// Workers that were lost over what is published now.
    losses: u32,
}

impl Verifier {
    pub(crate) fn new(dir: &Path) -> Verifier {
        Verifier {
            dir: dir.to_owned(),
            hashed: HashMap::new(),
            read: None,
            at_fault: None,
            again: None,
            pause: FIRST_PAUSE,
            losses: 0,
        }
    }

    fn manifest_path(&self) -> PathBuf {
        self.dir.join(MANIFEST_FILE)
    }

    /// Reads the manifest that is published now.
    ///
    /// # Errors
    /// There is none, or it is none.
    pub(crate) fn read(&mut self) -> Result<Manifest, FormatError> {
        // The stamp first: what is published between the two is news then.
        let stamp = Stamp::of(&self.manifest_path());
        if stamp != self.read {
            self.pause = FIRST_PAUSE;
            self.losses = 0;
        }
        self.read = stamp;
        self.again = None;
        self.at_fault = None;
        Manifest::read(&self.dir).inspect_err(|error| self.blame(error))
    }

    /// Whether there may be another generation than the one read last, or what it was refused for may have been mended.
    pub(crate) fn has_news(&self) -> bool {
        Stamp::of(&self.manifest_path()) != self.read
            || self.at_fault.as_ref().is_some_and(|(path, stamp)| Stamp::of(path) != *stamp)
            || self.again.is_some_and(|again| Instant::now() >= again)
    }

    /// Has what is published now be news again after a while, and after a longer one each time: it is sound, as far as can
    /// be seen here, and yet could not be taken up.
    pub(crate) fn try_again_later(&mut self) {
        // One that has read nothing yet has seen no news either.
        self.read = self.read.or_else(|| Stamp::of(&self.manifest_path()));
        self.again = Some(Instant::now() + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// As [`Verifier::try_again_later`], where a worker was lost over it; but false, and no news until another manifest is
    /// published, if that has happened too often.
    pub(crate) fn has_cost_a_worker(&mut self) -> bool {
        self.losses += 1;
        let is_tried_again = self.losses < MOST_LOSSES;
        if is_tried_again {
            self.try_again_later();
        }
        is_tried_again
    }

    /// How much of a file to read, and what it is now: every byte, unless it was hashed before and has not been touched since.
    fn check_of(&self, path: &Path, file: &str, blake3: &str) -> (Check, Option<Stamp>) {
        // The stamp first, for the same reason.
        let stamp = Stamp::of(path);
        let known = self.hashed.get(file).is_some_and(|(hash, then)| hash == blake3 && Some(*then) == stamp);
        (if known { Check::Structure } else { Check::EveryByte }, stamp)
    }

    /// Remembers a file that was hashed.
    fn remember(&mut self, file: &str, blake3: &str, stamp: Option<Stamp>) {
        if let Some(stamp) = stamp {
            self.hashed.insert(file.to_owned(), (blake3.to_owned(), stamp));
        }
    }

    /// Checks everything that a manifest names: every byte of a block or a list, but for those that were hashed before and
    /// have not been touched since. What is given back is mapped, and of no further use.
    ///
    /// # Errors
    /// A block or a list is missing, damaged or another one than listed.
    pub(crate) fn verify(&mut self, manifest: &Manifest) -> Result<Dataset, FormatError> {
        let verified: Vec<_> = manifest
            .blocks
            .par_iter()
            .map(|entry| {
                let path = Manifest::block_path(&self.dir, entry);
                let (check, stamp) = self.check_of(&path, &entry.file, &entry.blake3);
                Block::open_listed(&self.dir, entry, check).map(|block| (block, stamp))
            })
            .collect();
        let mut blocks = Vec::with_capacity(verified.len());
        for (entry, verified) in manifest.blocks.iter().zip(verified) {
            let (block, stamp) = verified.inspect_err(|error| self.blame(error))?;
            self.remember(&entry.file, &entry.blake3, stamp);
            blocks.push(block);
        }
        let mut lists = Vec::with_capacity(manifest.lists.len());
        for entry in &manifest.lists {
            let path = Manifest::list_path(&self.dir, entry);
            let (check, stamp) = self.check_of(&path, &entry.file, &entry.blake3);
            let list =
                AnyList::open_listed(&self.dir, entry, check).inspect_err(|error| self.blame(error))?;
            self.remember(&entry.file, &entry.blake3, stamp);
            lists.push(list);
        }
        let dataset = Dataset::assemble(&self.dir, manifest.clone(), blocks, lists);
        let dataset = dataset.inspect_err(|error| self.blame(error))?;
        self.hashed.retain(|file, _| manifest.files().any(|named| named == file));
        Ok(dataset)
    }

    /// The generation that was published before, if every byte of it is as it should be. What the published one was refused for
    /// stays known.
    pub(crate) fn previous(&mut self) -> Option<Manifest> {
        let at_fault = self.at_fault.take();
        let previous = Manifest::read_previous(&self.dir).ok().flatten();
        let sound = previous.filter(|previous| self.verify(previous).is_ok());
        self.at_fault = at_fault;
        sound
    }

    /// Reads and verifies what is published now.
    ///
    /// # Errors
    /// As [`Verifier::read`] and [`Verifier::verify`].
    pub(crate) fn look(&mut self) -> Result<Manifest, FormatError> {
        let manifest = self.read()?;
        match self.verify(&manifest) {
            Ok(_) => Ok(manifest),
            // While this one was read it was replaced: then it is of no interest what was wrong with it.
            Err(_) if Stamp::of(&self.manifest_path()) != self.read => {
                let manifest = self.read()?;
                self.verify(&manifest)?;
                Ok(manifest)
            }
            Err(error) => Err(error),
        }
    }

    fn blame(&mut self, error: &FormatError) {
        // That nothing is published is mended by a manifest, which is looked for anyway.
        let is_missing = matches!(error, FormatError::NoDataset { .. });
        self.at_fault = error.path().filter(|_| !is_missing).map(|path| (path.to_owned(), Stamp::of(path)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_taken_up_is_news_again_later_and_later() {
        let dir = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(dir.path().join(MANIFEST_FILE), text).unwrap();
        write("one");
        let mut verifier = Verifier::new(dir.path());
        assert!(verifier.has_news());
        // It is no manifest, which does not matter here.
        assert!(verifier.read().is_err() && !verifier.has_news());
        verifier.try_again_later();
        assert!(!verifier.has_news(), "news at once");
        let first = verifier.again.unwrap();
        verifier.try_again_later();
        assert!(verifier.again.unwrap() > first + FIRST_PAUSE / 2, "the pause does not grow");
        verifier.again = Some(Instant::now());
        assert!(verifier.has_news());
        assert!(verifier.read().is_err());
        assert!(!verifier.has_news() && verifier.pause > FIRST_PAUSE);
        write("another");
        assert!(verifier.has_news() && verifier.read().is_err());
        assert_eq!(verifier.pause, FIRST_PAUSE, "what is new is tried soon");
        // What costs one worker after the other is left alone until there is something else.
        for nth in 1..=MOST_LOSSES {
            assert_eq!(verifier.has_cost_a_worker(), nth < MOST_LOSSES, "{nth}");
            assert_eq!(verifier.again.is_some(), nth < MOST_LOSSES, "{nth}");
            verifier.again = verifier.again.map(|_| Instant::now());
            assert_eq!(verifier.has_news(), nth < MOST_LOSSES, "{nth}");
            if verifier.has_news() {
                assert!(verifier.read().is_err());
            }
        }
        write("a third one");
        assert!(verifier.has_news() && verifier.read().is_err());
        assert!(verifier.has_cost_a_worker());
        // One that knows nothing yet, since its forerunner failed over this, waits as well.
        let mut verifier = Verifier::new(dir.path());
        verifier.try_again_later();
        assert!(!verifier.has_news());
    }
}
