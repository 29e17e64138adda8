//! Publishing a dataset at a location: what is not there is uploaded, then `manifest.json` is replaced.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, MANIFEST_FILE};
use orrery_format::{Check, Dataset, FormatError, Manifest};
use serde::Serialize;

pub use super::cleaning::Removed;
use super::cleaning::{self, Names};
use super::location::{Keeper, Location, Pointer};
use super::progress::Progress;
use super::{AT_ONCE, GENERATIONS_DIR, Named, run};
use crate::error::PipelineError;

/// What to publish, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub dir: PathBuf,
    /// URL of the location.
    pub to: String,
    /// How many times a request that the network lost is repeated.
    pub retries: usize,
    /// What to leave of generations that were published there before; `None` for all of them.
    pub keep: Option<Keep>,
}

/// What is not cleaned away at a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// So many generations, the published one and those before it.
    pub generations: usize,
    /// And what has been there for less than this: another publisher may be uploading it, or a server pulling it.
    pub younger_than: Duration,
}

/// What publishing came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Name of the generation.
    pub generation: String,
    /// Whether it was the published one before already.
    pub unchanged: bool,
    /// Blocks and lists uploaded now.
    pub uploaded: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Blocks and lists found there.
    pub present: usize,
    /// What was cleaned away.
    #[serde(flatten)]
    pub removed: Removed,
    /// Why not all was cleaned away that should be.
    pub not_removed: Option<String>,
    /// Wall time, seconds.
    pub seconds: f64,
}

/// Publishes the generation of a dataset directory.
///
/// What another publisher wrote in the meantime is not overwritten. That something could not be cleaned away is no error:
/// what is published is right all the same.
///
/// # Errors
/// When the dataset is not whole, the location cannot be read or written, has something else for a `manifest.json`, or was
/// published at meanwhile. What was uploaded by then is found there by the next run.
pub fn publish(options: &Options) -> Result<Outcome, PipelineError> {
    let begun = Instant::now();
    let location = Location::open(&options.to, options.retries)?;
    if *location.keeper() == Keeper::Web {
        let what = "a web server is read from alone; publish to s3://, gs://, az:// or file://, where it has its files from";
        return Err(PipelineError::Usage(format!("{}: {what}", location.url())));
    }
    let manifest = Manifest::read(&options.dir)?;
    run(async {
        let mut outcome = upload(options, &location, &manifest).await?;
        if let Some(keep) = options.keep {
            let (removed, not_removed) = cleaning::clean(&location, keep).await;
            outcome.removed = removed;
            outcome.not_removed = not_removed.map(|error| error.to_string());
        }
        outcome.seconds = begun.elapsed().as_secs_f64();
        Ok(outcome)
    })
}

async fn upload(
    options: &Options,
    location: &Location,
    manifest: &Manifest,
) -> Result<Outcome, PipelineError> {
    // A generation that is not whole here would be nowhere.
    Dataset::of(&options.dir, manifest.clone(), Check::Structure)?;
    let files = Named::all(manifest).map_err(|what| {
        PipelineError::Format(FormatError::Manifest { path: options.dir.join(MANIFEST_FILE), what })
    })?;
    let found = location.pointer().await?;
    if let Some(found) = &found {
        refuse_foreign(location, found)?;
    }
    let uploaded = complete(&options.dir, location, &files).await?;

    let text = manifest.to_bytes();
    let unchanged = found.as_ref().is_some_and(|found| found.text == text);
    let mut again = Uploaded::default();
    if !unchanged {
        // Written anew where it is there from before: generations are kept in the order in which they were published.
        location.put(&format!("{GENERATIONS_DIR}/{}.json", manifest.generation), text.clone()).await?;
        // What was there, and named by nothing, may have been cleaned away until then; from now on it is named, and stays.
        again = complete(&options.dir, location, &files).await?;
        if !location.replace_pointer(found.as_ref(), &text).await? {
            let theirs = location.pointer().await?.and_then(|theirs| location.manifest(&theirs).ok());
            return Err(PipelineError::Overtaken {
                location: location.url().to_owned(),
                theirs: theirs.map_or_else(|| "another".to_owned(), |theirs| theirs.generation),
                ours: manifest.generation.clone(),
            });
        }
    }
    Ok(Outcome {
        generation: manifest.generation.clone(),
        unchanged,
        uploaded: uploaded.files + again.files,
        bytes: uploaded.bytes + again.bytes,
        present: files.len().saturating_sub(uploaded.files + again.files),
        removed: Removed::default(),
        not_removed: None,
        seconds: 0.0,
    })
}

/// What was uploaded at one go.
#[derive(Clone, Copy, Debug, Default)]
struct Uploaded {
    files: usize,
    bytes: u64,
}

/// Uploads those of some files of a dataset directory that are not at a location, by name and length.
async fn complete(dir: &Path, location: &Location, files: &[Named<'_>]) -> Result<Uploaded, PipelineError> {
    let mut present: HashMap<String, u64> = HashMap::new();
    for folder in [BLOCKS_DIR, LISTS_DIR] {
        let listed = location.list(folder).await?;
        present.extend(listed.into_iter().map(|(name, meta)| (format!("{folder}/{name}"), meta.size)));
    }
    let missing: Vec<&Named> =
        files.iter().filter(|file| present.get(&file.key()) != Some(&file.bytes())).collect();
    let progress = Progress::start("uploaded", missing.iter().map(|file| file.bytes()).sum());
    let uploads = missing.iter().map(|file| {
        let progress = &progress;
        async move {
            let path = file.path(dir);
            // What is damaged here is not spread.
            file.check(&path)?;
            let content = std::fs::read(&path).map_err(PipelineError::io(&path, "reading"))?;
            location.put(&file.key(), content).await?;
            progress.advance(file.bytes());
            Ok::<(), PipelineError>(())
        }
    });
    stream::iter(uploads).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    Ok(Uploaded { files: missing.len(), bytes: progress.done() })
}

/// A `manifest.json` that is no dataset's, of whatever version, is somebody else's.
fn refuse_foreign(location: &Location, found: &Pointer) -> Result<(), PipelineError> {
    Names::of(&found.text).map(|_| ()).map_err(|what| {
        let object = location.object(MANIFEST_FILE);
        PipelineError::Usage(format!("{object}: {what} and is not overwritten; choose another location"))
    })
}
