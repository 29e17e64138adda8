//! Pulling what a location has published: what is not here is fetched and checked, then published here as a build does.
//!
//! With nothing new that is one small request: the store is asked for `manifest.json` unless it is as it was, which a file
//! in the dataset directory remembers. What is here is taken for what it was when it came, by names and lengths; who does not
//! trust the disk has every byte of it read again.

use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};
use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{Check, Dataset, Manifest};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fetch::{self, Fetched};
use super::location::{Answer, Location, Pointer};
use super::progress::Progress;
use super::{AT_ONCE, Named, run};
use crate::error::PipelineError;
use crate::store::{Pruned, Store};

/// What remembers which state of a location a dataset directory has.
const PULLED_FILE: &str = ".pulled.json";

/// What to pull, and to where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub out: PathBuf,
    /// URL of the location.
    pub from: String,
    /// How many times a request that the network lost is repeated.
    pub retries: usize,
    /// Whether every byte of what is here is read, and what is damaged fetched anew, when there is nothing new as well.
    pub check: bool,
}

/// What pulling came to.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Name of the generation that the location has published, and so has the directory.
    pub generation: String,
    /// Whether the directory had it before.
    pub unchanged: bool,
    /// Blocks and lists fetched now.
    pub fetched: usize,
    /// Their bytes, as far as they came now.
    pub bytes: u64,
    /// And as far as an earlier run had left them.
    pub resumed_bytes: u64,
    /// Blocks and lists that were here.
    pub reused: usize,
    /// Whether every byte of these was read.
    pub checked: bool,
    /// What was removed then, as rolling does; or why nothing was.
    #[serde(skip)]
    pub pruned: Result<Pruned, PipelineError>,
    /// Wall time, seconds.
    pub seconds: f64,
}

/// Gets the published generation of a location, publishes it in the dataset directory, and removes blocks and lists that
/// neither it nor the one before it names.
///
/// # Errors
/// When the location cannot be read or has nothing published, something there is missing, damaged or not what the manifest
/// says, or the directory is locked or cannot be written. The generation that was published here stays then, and what has
/// been fetched is used by the next run.
pub fn pull(options: &Options) -> Result<Outcome, PipelineError> {
    let begun = Instant::now();
    let location = Location::open(&options.from, options.retries)?;
    run(async {
        let mut outcome = follow(options, &location).await?;
        outcome.seconds = begun.elapsed().as_secs_f64();
        Ok(outcome)
    })
}

async fn follow(options: &Options, location: &Location) -> Result<Outcome, PipelineError> {
    let Options { out, check, .. } = options;
    // Without a look at the bytes nothing is known of what is here.
    let here = Manifest::read(out).ok().filter(|here| !check && has_all(out, here));
    let known = here.as_ref().and_then(|here| Pulled::read(out, location, here));
    let mut pointer = match (location.pointer_unless(known).await?, here) {
        (Answer::Found(pointer), _) => pointer,
        (Answer::AsKnown, Some(here)) => return Ok(Outcome::nothing_new(&here)),
        (Answer::AsKnown | Answer::Nothing, _) => {
            return Err(PipelineError::Unpublished { location: location.url().to_owned() });
        }
    };
    loop {
        match take(out, location, &pointer, *check).await {
            Err(missing @ PipelineError::ObjectMissing { .. }) => {
                // Files go when newer generations have come: then it is the newest that is wanted.
                match location.pointer().await? {
                    Some(newer) if newer.text != pointer.text => pointer = newer,
                    _ => return Err(missing),
                }
            }
            taken => return taken,
        }
    }
}

/// Brings the directory to what a pointer says; what is here already is believed by its names and lengths, unless it is to be
/// checked.
async fn take(
    out: &Path,
    location: &Location,
    pointer: &Pointer,
    check: bool,
) -> Result<Outcome, PipelineError> {
    let manifest = location.manifest(pointer)?;
    let files =
        Named::all(&manifest).map_err(|what| location.damaged(MANIFEST_FILE, format!("it {what}")))?;
    let unchanged = std::fs::read(out.join(MANIFEST_FILE)).is_ok_and(|here| here == pointer.text);
    if unchanged && !check && has_all(out, &manifest) {
        // That this could not be remembered costs no more than asking again.
        if let Ok(store) = Store::lock(out) {
            let _ = Pulled::write(&store, location, pointer, &manifest);
        }
        return Ok(Outcome::nothing_new(&manifest));
    }
    let store = Store::lock(out)?;
    fetch::remove_others(out, &files)?;
    // Names alone are not believed, neither there nor here.
    let is_sound = |file: &&Named| file.is_there(out) && file.check(&file.path(out)).is_ok();
    let missing: Vec<&Named> = files.par_iter().filter(|file| !is_sound(file)).collect();
    // What a stranger's manifest says may be anything.
    let bytes = missing.iter().fold(0_u64, |bytes, file| bytes.saturating_add(file.bytes()));
    let progress = Progress::start("fetched", bytes);
    let fetches =
        missing.iter().map(|file| fetch::fetch(location, &manifest.generation, file, out, &progress));
    let fetched: Vec<Fetched> = stream::iter(fetches).buffer_unordered(AT_ONCE).try_collect().await?;

    // Each is what the manifest says; together they have to be a dataset.
    Dataset::of(out, manifest.clone(), Check::Structure)
        .map_err(|error| location.damaged(MANIFEST_FILE, super::fault(error)))?;
    if !unchanged {
        store.publish(&manifest)?;
    }
    let _ = Pulled::write(&store, location, pointer, &manifest);
    Ok(Outcome {
        fetched: fetched.len(),
        bytes: fetched.iter().map(|it| it.bytes).sum(),
        resumed_bytes: fetched.iter().map(|it| it.resumed).sum(),
        reused: files.len() - fetched.len(),
        checked: true,
        unchanged,
        pruned: store.prune(),
        ..Outcome::nothing_new(&manifest)
    })
}

/// Whether all files of a manifest are there, by name and length.
fn has_all(out: &Path, manifest: &Manifest) -> bool {
    Named::all(manifest).is_ok_and(|files| files.iter().all(|file| file.is_there(out)))
}

impl Outcome {
    /// Of a generation that is here.
    fn nothing_new(manifest: &Manifest) -> Outcome {
        Outcome {
            generation: manifest.generation.clone(),
            unchanged: true,
            fetched: 0,
            bytes: 0,
            resumed_bytes: 0,
            reused: manifest.files().count(),
            checked: false,
            pruned: Ok(Pruned::default()),
            seconds: 0.0,
        }
    }
}

/// What was pulled last.
#[derive(Debug, Serialize, Deserialize)]
struct Pulled {
    /// URL of the location.
    from: String,
    /// What its store called `manifest.json` in the state that it had.
    e_tag: String,
    /// The generation of that.
    generation: String,
}

impl Pulled {
    /// What the store called the manifest that is here, if it was pulled from there.
    fn read(out: &Path, location: &Location, here: &Manifest) -> Option<String> {
        let pulled: Pulled = serde_json::from_slice(&std::fs::read(out.join(PULLED_FILE)).ok()?).ok()?;
        let is_of_it = pulled.from == location.url() && pulled.generation == here.generation;
        is_of_it.then_some(pulled.e_tag)
    }

    fn write(
        store: &Store,
        location: &Location,
        pointer: &Pointer,
        manifest: &Manifest,
    ) -> Result<(), PipelineError> {
        let Some(e_tag) = pointer.version.e_tag.clone() else { return Ok(()) };
        let from = location.url().to_owned();
        let pulled = Pulled { from, e_tag, generation: manifest.generation.clone() };
        // Strings always serialise.
        store.put_beside(PULLED_FILE, &serde_json::to_vec(&pulled).unwrap_or_default())
    }
}
