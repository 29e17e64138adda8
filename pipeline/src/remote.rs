//! Datasets past one machine: published at a location that many machines reach, and pulled from it.
//!
//! ```text
//! URL/blocks/<name>-<hash>.orrery
//! URL/lists/<name>-<hash>.orrery
//! URL/generations/<generation>.json    every manifest that was published here, until it is cleaned away
//! URL/manifest.json                    the published generation
//! ```
//!
//! It is what a dataset directory is, with a rename's part played by one conditional write: blocks and lists are named by
//! their content and never change, and `manifest.json` is replaced last, when all that it names is there, on condition that
//! it is the one that the publisher has seen. Of two publishers at once the second is told, and has overwritten nothing.
//! A generation of before is had back by copying its manifest from `generations/` over `manifest.json`.
//!
//! Whoever pulls believes nothing: each file is hashed against the manifest, and its structure checked, before it gets the
//! name that readers know.

use std::collections::HashSet;
use std::future::Future;
use std::path::{Path, PathBuf};

use orrery_format::manifest::{BLOCKS_DIR, BlockEntry, LISTS_DIR, ListEntry};
use orrery_format::{AnyList, Block, Check, FormatError, Manifest};

use crate::error::PipelineError;

mod cleaning;
mod fetch;
mod location;
mod progress;
pub mod publish;
pub mod pull;
mod refusal;

/// How many files are on their way at once.
const AT_ONCE: usize = 8;

/// Name of the folder of manifests at a location.
const GENERATIONS_DIR: &str = "generations";

/// Runs to its end what waits for a network.
fn run<T>(work: impl Future<Output = Result<T, PipelineError>>) -> Result<T, PipelineError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(PipelineError::io(Path::new("the network"), "preparing to use it"))?.block_on(work)
}

/// A file that a manifest names.
#[derive(Clone, Copy, Debug)]
struct Named<'a> {
    entry: Entry<'a>,
    /// BLAKE3 of its content.
    hash: blake3::Hash,
}

#[derive(Clone, Copy, Debug)]
enum Entry<'a> {
    Block(&'a BlockEntry),
    List(&'a ListEntry),
}

impl<'a> Named<'a> {
    /// Every file of a manifest, blocks first; or what is wrong with the name of one. A file is called by its content's hash,
    /// and by nothing else may a stranger's manifest call it: it could stand for another one that is there already.
    fn all(manifest: &'a Manifest) -> Result<Vec<Named<'a>>, String> {
        let blocks = manifest.blocks.iter().map(|entry| (Entry::Block(entry), &entry.file, &entry.blake3));
        let lists = manifest.lists.iter().map(|entry| (Entry::List(entry), &entry.file, &entry.blake3));
        let mut seen = HashSet::new();
        let named = blocks.chain(lists).map(|(entry, file, hex)| {
            let hash = blake3::Hash::from_hex(hex).ok().filter(|hash| hash.to_hex().as_str() == hex);
            let hash = hash.filter(|_| file.ends_with(&format!("-{}.orrery", &hex[..16])));
            let hash =
                hash.ok_or_else(|| format!("names {file:?}, which is not called by its content's hash"))?;
            if seen.insert(file) { Ok(Named { entry, hash }) } else { Err(format!("names {file:?} twice")) }
        });
        named.collect()
    }

    fn file(&self) -> &'a str {
        match self.entry {
            Entry::Block(entry) => &entry.file,
            Entry::List(entry) => &entry.file,
        }
    }

    fn bytes(&self) -> u64 {
        match self.entry {
            Entry::Block(entry) => entry.bytes,
            Entry::List(entry) => entry.bytes,
        }
    }

    fn folder(&self) -> &'static str {
        match self.entry {
            Entry::Block(_) => BLOCKS_DIR,
            Entry::List(_) => LISTS_DIR,
        }
    }

    /// Its name at a location.
    fn key(&self) -> String {
        format!("{}/{}", self.folder(), self.file())
    }

    /// Its path in a dataset directory.
    fn path(&self, dir: &Path) -> PathBuf {
        dir.join(self.folder()).join(self.file())
    }

    /// Whether a file of the name and the length is in a dataset directory.
    fn is_there(&self, dir: &Path) -> bool {
        self.path(dir).metadata().is_ok_and(|meta| meta.is_file() && meta.len() == self.bytes())
    }

    /// Reads every byte of a file and holds it against what the manifest says, whatever it is called yet.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&self, path: &Path) -> Result<(), FormatError> {
        let is_listed = match self.entry {
            Entry::Block(entry) => {
                BlockEntry::of(&entry.file, &Block::open(path, Check::EveryByte)?) == *entry
            }
            Entry::List(entry) => {
                ListEntry::of(&entry.file, AnyList::open(path, Check::EveryByte)?.about()) == *entry
            }
        };
        if is_listed {
            return Ok(());
        }
        let what = "it is not what the manifest says of it".to_owned();
        Err(FormatError::Manifest { path: path.to_owned(), what })
    }
}

/// What is wrong with something that was read from a location, without the place where it lies here and the remedies of
/// files that were made here.
fn fault(error: FormatError) -> String {
    match error {
        FormatError::Damaged { offset, what, .. } => format!("at byte {offset}: {what}"),
        FormatError::Manifest { what, .. } => what,
        FormatError::Version { found, expected, .. } => format!(
            "it is of layout version {found}, and this program reads version {expected}: who publishes and who pulls need \
             the same version of Orrery"
        ),
        other => other.to_string(),
    }
}
