//! The dataset directory: its lock, its blocks and lists, and the one rename that publishes.
//!
//! ```text
//! DIR/manifest.json            the published generation
//! DIR/previous.json            a copy of the manifest that was published before
//! DIR/blocks/<name>-<hash>.orrery
//! DIR/lists/<name>-<hash>.orrery
//! DIR/shard.json               of a directory of one share of a build: which ([`crate::shard`])
//! DIR/.lock                    held by the pipeline at work
//! DIR/.pulled.json             what was pulled last, and from where
//! DIR/blocks/.part-<hash>      what has been fetched so far of a file whose content has the hash
//! ```
//!
//! A file comes into being under a temporary name, is synced, and is renamed to its final one, so that a name always
//! stands for a whole file. Whoever is killed leaves at most a temporary file, which the next run removes, and blocks
//! and lists that no manifest names yet, which the next run reuses.
//!
//! Files that neither manifest names may be pruned. Those of the generation before are kept, since a server may hold to it,
//! because the new one costs it a worker, say, and starts workers that open its files.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::ops::Add;
use std::path::{Path, PathBuf};

use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, MANIFEST_FILE, PREVIOUS_MANIFEST_FILE};
use orrery_format::{AnyList, Block, Check, ListName, Manifest};

use crate::error::PipelineError;

const LOCK_FILE: &str = ".lock";
const TEMPORARY: &str = ".tmp-";
const EXTENSION: &str = "orrery";

/// A dataset directory, locked for writing.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    /// Closing it gives the lock back, also when the process is killed.
    _lock: File,
}

impl Store {
    /// Locks a directory, which is made if need be.
    ///
    /// # Errors
    /// When another pipeline holds it, or it cannot be written.
    pub fn lock(dir: &Path) -> Result<Store, PipelineError> {
        for folder in [BLOCKS_DIR, LISTS_DIR].map(|folder| dir.join(folder)) {
            std::fs::create_dir_all(&folder).map_err(PipelineError::io(&folder, "creating the directory"))?;
        }
        let path = dir.join(LOCK_FILE);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(PipelineError::io(&path, "opening the lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(PipelineError::Locked { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(PipelineError::io(&path, "locking")(error)),
        }
        let store = Store { dir: dir.to_owned(), _lock: lock };
        for folder in [dir.to_owned(), store.blocks_dir(), store.lists_dir()] {
            for path in list(&folder)? {
                if file_name(&path).starts_with(TEMPORARY) {
                    std::fs::remove_file(&path).map_err(PipelineError::io(&path, "removing a leftover"))?;
                }
            }
        }
        Ok(store)
    }

    fn blocks_dir(&self) -> PathBuf {
        self.dir.join(BLOCKS_DIR)
    }

    fn lists_dir(&self) -> PathBuf {
        self.dir.join(LISTS_DIR)
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whole blocks that are there of the recipes wanted. One that is damaged is as good as not there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn blocks(
        &self,
        wanted: &HashSet<[u8; 32]>,
    ) -> Result<HashMap<[u8; 32], (String, Block)>, PipelineError> {
        blocks_in(&self.dir, wanted)
    }

    /// Puts a block under the name of its content, once it has been read back as a reader will, and gives name and block.
    ///
    /// # Errors
    /// When it cannot be written, or reads back otherwise; nothing is left of it then.
    pub fn put_block(&self, name: &str, bytes: &[u8]) -> Result<(String, Block), PipelineError> {
        let hash = blake3::hash(bytes).to_hex();
        let file = format!("{name}-{}.{EXTENSION}", &hash[..16]);
        let block = put(&self.blocks_dir(), &file, bytes, |path| Ok(Block::open(path, Check::EveryByte)?))?;
        Ok((file, block))
    }

    /// Whole lists that are there of the recipes wanted. One that is damaged is as good as not there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn lists(
        &self,
        wanted: &HashSet<[u8; 32]>,
    ) -> Result<HashMap<[u8; 32], (String, AnyList)>, PipelineError> {
        let mut found = HashMap::new();
        for path in list(&self.lists_dir())?.into_iter().filter(|path| is_whole(path)) {
            if AnyList::open(&path, Check::Structure)
                .is_ok_and(|it| wanted.contains(&it.about().recipe_hash()))
                && let Ok(it) = AnyList::open(&path, Check::EveryByte)
            {
                found.insert(it.about().recipe_hash(), (file_name(&path), it));
            }
        }
        Ok(found)
    }

    /// Puts a list under the name of its content, once it has been read back as a reader will, and gives name and list.
    ///
    /// # Errors
    /// When it cannot be written, or reads back otherwise; nothing is left of it then.
    pub fn put_list(&self, name: ListName, bytes: &[u8]) -> Result<(String, AnyList), PipelineError> {
        let hash = blake3::hash(bytes).to_hex();
        let file = format!("{}-{}.{EXTENSION}", name.name().replace('_', "-"), &hash[..16]);
        let it = put(&self.lists_dir(), &file, bytes, |path| Ok(AnyList::open(path, Check::EveryByte)?))?;
        Ok((file, it))
    }

    /// Puts a file that is no part of the dataset beside the manifest.
    ///
    /// # Errors
    /// When it cannot be written; what was there under its name stays then.
    pub(crate) fn put_beside(&self, name: &str, bytes: &[u8]) -> Result<(), PipelineError> {
        put(&self.dir, name, bytes, |_| Ok(()))?;
        sync_dir(&self.dir)
    }

    /// Publishes a generation: from here on readers see it, and before they did not. A copy of the manifest that was there
    /// is kept beside it.
    ///
    /// # Errors
    /// When it cannot be written; the generation before stays published then.
    pub fn publish(&self, manifest: &Manifest) -> Result<(), PipelineError> {
        self.keep_published()?;
        self.publish_further(manifest)
    }

    /// Publishes a generation over one that was published a moment ago on the way to it, and has no file that this one has not:
    /// the copy of the manifest that was there before both stays.
    ///
    /// # Errors
    /// As [`Store::publish`].
    pub fn publish_further(&self, manifest: &Manifest) -> Result<(), PipelineError> {
        // The names of blocks and lists, and the folders' own, must be on disk before the manifest that names them.
        sync_dir(&self.blocks_dir())?;
        sync_dir(&self.lists_dir())?;
        sync_dir(&self.dir)?;
        put(&self.dir, MANIFEST_FILE, &manifest.to_bytes(), |_| Ok(()))?;
        sync_dir(&self.dir)
    }

    /// Copies the manifest that is published, if there is one.
    fn keep_published(&self) -> Result<(), PipelineError> {
        let path = self.dir.join(MANIFEST_FILE);
        match std::fs::read(&path) {
            Ok(before) => put(&self.dir, PREVIOUS_MANIFEST_FILE, &before, |_| Ok(())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(PipelineError::io(&path, "reading")(error)),
        }
    }

    /// Removes blocks and lists that neither the published manifest nor the one before it names.
    ///
    /// If one of the two cannot be read, nothing is known of what it names, and nothing is removed.
    ///
    /// # Errors
    /// When there is no published manifest, one of the two cannot be read, or a file cannot be removed.
    pub fn prune(&self) -> Result<Pruned, PipelineError> {
        let named = self.named()?;
        let blocks = remove_from(&self.blocks_dir(), |path| !named.contains(&file_name(path)))?;
        let lists = remove_from(&self.lists_dir(), |path| !named.contains(&file_name(path)))?;
        Ok(blocks + lists)
    }

    /// Removes those blocks alone, without the ones of the recipes wanted, which are on their way into a generation. It makes
    /// room for what is still to come; lists, which are small, stay until it is there.
    ///
    /// # Errors
    /// As [`Store::prune`].
    pub fn prune_unwanted(&self, wanted: &HashSet<[u8; 32]>) -> Result<Pruned, PipelineError> {
        let named = self.named()?;
        remove_from(&self.blocks_dir(), |path| {
            let is_wanted = |block: Block| wanted.contains(&block.recipe_hash());
            !named.contains(&file_name(path)) && !Block::open(path, Check::Structure).is_ok_and(is_wanted)
        })
    }

    /// Names of the files of the published generation and of the one before it.
    fn named(&self) -> Result<HashSet<String>, PipelineError> {
        let published = Manifest::read(&self.dir)?;
        let previous = Manifest::read_previous(&self.dir)?;
        let mut named = HashSet::new();
        for manifest in std::iter::once(published).chain(previous) {
            named.extend(manifest.blocks.into_iter().map(|block| block.file));
            named.extend(manifest.lists.into_iter().map(|list| list.file));
        }
        Ok(named)
    }
}

/// Whole blocks of the recipes wanted in a dataset directory, which somebody else may be writing to. One that is damaged is as
/// good as not there.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn blocks_in(
    dir: &Path,
    wanted: &HashSet<[u8; 32]>,
) -> Result<HashMap<[u8; 32], (String, Block)>, PipelineError> {
    let mut found = HashMap::new();
    for path in list(&dir.join(BLOCKS_DIR))? {
        // Blocks of other recipes pile up until they are pruned; only their headers are read.
        if is_whole(&path)
            && Block::open(&path, Check::Structure).is_ok_and(|block| wanted.contains(&block.recipe_hash()))
            && let Ok(block) = Block::open(&path, Check::EveryByte)
        {
            found.insert(block.recipe_hash(), (file_name(&path), block));
        }
    }
    Ok(found)
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Blocks and lists.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl Add for Pruned {
    type Output = Pruned;

    fn add(self, other: Pruned) -> Pruned {
        Pruned { files: self.files + other.files, bytes: self.bytes + other.bytes }
    }
}

/// Removes such blocks or lists from their folder.
fn remove_from(folder: &Path, is_left_over: impl Fn(&Path) -> bool) -> Result<Pruned, PipelineError> {
    let mut pruned = Pruned::default();
    for path in list(folder)?.into_iter().filter(|path| is_whole(path) && is_left_over(path)) {
        let bytes = path.metadata().map_err(PipelineError::io(&path, "looking at"))?.len();
        std::fs::remove_file(&path).map_err(PipelineError::io(&path, "removing"))?;
        pruned = pruned + Pruned { files: 1, bytes };
    }
    sync_dir(folder)?;
    Ok(pruned)
}

/// Whether a file is called as blocks and lists are, and not as one that is being written.
fn is_whole(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
        && !file_name(path).starts_with(TEMPORARY)
}

/// Writes a file under a temporary name, syncs it, has it checked, and renames it to its own.
fn put<T>(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    check: impl FnOnce(&Path) -> Result<T, PipelineError>,
) -> Result<T, PipelineError> {
    let temporary = folder.join(format!("{TEMPORARY}{name}"));
    let path = folder.join(name);
    let written = File::create(&temporary)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(PipelineError::io(&path, "writing"))
        .and_then(|()| check(&temporary))
        .and_then(|checked| {
            std::fs::rename(&temporary, &path).map_err(PipelineError::io(&path, "renaming"))?;
            Ok(checked)
        });
    if written.is_err() {
        // The fault to tell of is the first one; what is left is removed by the next run at the latest.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, PipelineError> {
    let entries = std::fs::read_dir(folder).map_err(PipelineError::io(folder, "listing"))?;
    let mut paths: Vec<PathBuf> = entries
        .collect::<Result<Vec<_>, _>>()
        .map_err(PipelineError::io(folder, "listing"))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn sync_dir(path: &Path) -> Result<(), PipelineError> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(PipelineError::io(path, "syncing"))
}
