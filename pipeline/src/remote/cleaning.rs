//! What goes from a location: generations beyond those that are kept, and blocks and lists that no kept one names.
//!
//! Manifests go before the files that they name, so that whoever is killed in between leaves no generation that lacks
//! something, but files that the next cleaning finds. Nothing is removed that the published manifest names, nor what has been
//! there for a short time only.
//!
//! Others may publish meanwhile, and name what nothing named before. No store removes on condition of what another object says;
//! so it is looked anew before each removal, and a publisher, once its manifest is to be seen, looks whether all that it names
//! is still there.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::SystemTime;

use object_store::ObjectMeta;
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, MANIFEST_FILE};
use serde::{Deserialize, Serialize};

use super::GENERATIONS_DIR;
use super::location::{Answer, Location, Pointer};
use super::publish::Keep;
use crate::error::PipelineError;

/// What was removed at a location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Blocks and lists.
    #[serde(rename = "removed_files")]
    pub files: usize,
    /// Their bytes.
    #[serde(rename = "removed_bytes")]
    pub bytes: u64,
    /// Generations.
    #[serde(rename = "removed_generations")]
    pub generations: usize,
}

/// What every version of a manifest says of itself and its files.
#[derive(Debug, Deserialize)]
pub(super) struct Names {
    generation: String,
    blocks: Vec<Name>,
    lists: Vec<Name>,
}

#[derive(Debug, Deserialize)]
struct Name {
    file: String,
}

impl Names {
    /// Those of a manifest at a location.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn of(text: &[u8]) -> Result<Names, String> {
        serde_json::from_slice(text).map_err(|error| format!("it is no manifest of a dataset ({error})"))
    }

    fn keys(self) -> impl Iterator<Item = String> {
        let blocks = self.blocks.into_iter().map(|name| format!("{BLOCKS_DIR}/{}", name.file));
        blocks.chain(self.lists.into_iter().map(|name| format!("{LISTS_DIR}/{}", name.file)))
    }
}

/// Whether a file is called as those of a kind are.
fn is_called(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == extension)
}

/// Removes what need not be kept; gives what went, and why not all did that should.
pub(super) async fn clean(location: &Location, keep: Keep) -> (Removed, Option<PipelineError>) {
    let mut removed = Removed::default();
    let ended = clean_counting(location, keep, &mut removed).await;
    (removed, ended.err())
}

async fn clean_counting(location: &Location, keep: Keep, removed: &mut Removed) -> Result<(), PipelineError> {
    let Some(pointer) = location.pointer().await? else { return Ok(()) };
    let mut kept = Kept::new(location, keep, pointer)?;
    for key in kept.look().await? {
        // One that is published anew in between stays.
        if kept.look().await?.contains(&key) {
            location.remove(&key).await?;
            removed.generations += 1;
        }
    }
    for folder in [BLOCKS_DIR, LISTS_DIR] {
        for (name, meta) in location.list(folder).await? {
            let key = format!("{folder}/{name}");
            // What is called otherwise is nobody's to remove.
            if !is_called(&name, "orrery") || kept.named.contains(&key) || kept.is_young(&meta) {
                continue;
            }
            // A publisher may have found it there, and named it since.
            kept.look().await?;
            if !kept.named.contains(&key) {
                location.remove(&key).await?;
                removed.files += 1;
                removed.bytes += meta.size;
            }
        }
    }
    Ok(())
}

/// What is to stay at a location.
#[derive(Debug)]
struct Kept<'a> {
    location: &'a Location,
    keep: Keep,
    /// When cleaning began.
    now: SystemTime,
    /// `manifest.json` as it was found last, and the file in `generations/` of what it publishes.
    pointer: Pointer,
    own: String,
    /// Manifests in `generations/` that have been read, by their names, in the state that they had.
    read: HashMap<String, ObjectMeta>,
    /// Files that are named by a manifest which was to stay at any look.
    named: HashSet<String>,
}

impl<'a> Kept<'a> {
    fn new(location: &'a Location, keep: Keep, pointer: Pointer) -> Result<Kept<'a>, PipelineError> {
        let (now, own) = (SystemTime::now(), String::new());
        let (read, named) = (HashMap::new(), HashSet::new());
        let mut kept = Kept { location, keep, now, pointer, own, read, named };
        kept.take_pointer()?;
        Ok(kept)
    }

    /// Whoever published last, it is the published one that has to stay.
    fn take_pointer(&mut self) -> Result<(), PipelineError> {
        let published = Names::of(&self.pointer.text);
        let published = published.map_err(|what| self.location.damaged(MANIFEST_FILE, what))?;
        self.own = format!("{}.json", published.generation);
        self.named.extend(published.keys());
        Ok(())
    }

    fn is_young(&self, meta: &ObjectMeta) -> bool {
        // What is of the future by this clock is of now by the store's.
        let age = self.now.duration_since(meta.last_modified.into());
        age.map_or(true, |age| age < self.keep.younger_than)
    }

    /// Reads what manifests that stay name, as far as it is not known; gives those that need not stay.
    ///
    /// # Errors
    /// When a manifest that stays cannot be read, or is none: what it names has to be known, or nothing can go.
    async fn look(&mut self) -> Result<Vec<String>, PipelineError> {
        let known = self.pointer.version.e_tag.clone();
        if let Answer::Found(pointer) = self.location.pointer_unless(known).await? {
            self.pointer = pointer;
            self.take_pointer()?;
        }
        let mut others = self.location.list(GENERATIONS_DIR).await?;
        others.retain(|(name, _)| *name != self.own && is_called(name, "json"));
        others.sort_by_key(|(_, meta)| Reverse(meta.last_modified));
        let mut leaving = Vec::new();
        for (nth, (name, meta)) in others.into_iter().enumerate() {
            let key = format!("{GENERATIONS_DIR}/{name}");
            if nth + 1 >= self.keep.generations && !self.is_young(&meta) {
                leaving.push(key);
            } else if self.read.get(&name) != Some(&meta) {
                let text = self.location.read(&key).await?;
                let names = Names::of(&text).map_err(|what| self.location.damaged(&key, what))?;
                self.named.extend(names.keys());
                self.read.insert(name, meta);
            }
        }
        Ok(leaving)
    }
}
