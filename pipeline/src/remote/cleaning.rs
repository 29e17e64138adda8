//! What goes from a location: generations beyond those that are kept, and blocks and lists that no kept one names.
//!
//! Manifests go before the files that they name, so that whoever is killed in between leaves no generation that lacks
//! something, but files that the next cleaning finds. Nothing is removed that the published manifest names, nor what has been
//! there for a short time only.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::Path;
use std::time::SystemTime;

use object_store::ObjectMeta;
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, MANIFEST_FILE};
use serde::{Deserialize, Serialize};

use super::GENERATIONS_DIR;
use super::location::Location;
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
    // Whoever published last, it is the published one that has to stay.
    let Some(pointer) = location.pointer().await? else { return Ok(()) };
    let published = Names::of(&pointer.text).map_err(|what| location.damaged(MANIFEST_FILE, what))?;
    let own = format!("{}.json", published.generation);
    let mut named: HashSet<String> = published.keys().collect();

    let now = SystemTime::now();
    let is_young = |meta: &ObjectMeta| {
        // What is of the future by this clock is of now by the store's.
        now.duration_since(meta.last_modified.into()).map_or(true, |age| age < keep.younger_than)
    };
    let mut others = location.list(GENERATIONS_DIR).await?;
    others.retain(|(name, _)| *name != own && is_called(name, "json"));
    others.sort_by_key(|(_, meta)| Reverse(meta.last_modified));
    let mut leaving = Vec::new();
    for (nth, (name, meta)) in others.into_iter().enumerate() {
        let key = format!("{GENERATIONS_DIR}/{name}");
        if nth + 1 >= keep.generations && !is_young(&meta) {
            leaving.push(key);
            continue;
        }
        // What a kept generation names has to be known, or nothing can go.
        let text = location.read(&key).await?;
        named.extend(Names::of(&text).map_err(|what| location.damaged(&key, what))?.keys());
    }
    for key in leaving {
        location.remove(&key).await?;
        removed.generations += 1;
    }
    for folder in [BLOCKS_DIR, LISTS_DIR] {
        for (name, meta) in location.list(folder).await? {
            let key = format!("{folder}/{name}");
            // What is called otherwise is nobody's to remove.
            if is_called(&name, "orrery") && !named.contains(&key) && !is_young(&meta) {
                location.remove(&key).await?;
                removed.files += 1;
                removed.bytes += meta.size;
            }
        }
    }
    Ok(())
}
