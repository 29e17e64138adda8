//! Rolling a dataset to another day: windows move, what has come into them is built, and what is left over goes. Where there
//! is no dataset yet one is built, so that the same command will do on every day, the first one too.

use std::path::{Path, PathBuf};

use orrery_almanac::CivilDate;
use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{FormatError, Manifest};

use crate::build::{self, Outcome, Sources};
use crate::error::PipelineError;
use crate::progress::Mode;
use crate::scope::{Scope, Wish};
use crate::store::{Pruned, Store};

/// What to roll, and to when.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub out: PathBuf,
    /// The directory of ephemeris files.
    pub ephe: PathBuf,
    /// What the dataset is to have from now on; of the rest, what it was to have before.
    pub wish: Wish,
    /// Threads, if blocks have to be computed; `None` for one a core.
    pub jobs: Option<usize>,
    /// How to tell of progress.
    pub progress: Mode,
    /// The day that the windows are to be around.
    pub today: CivilDate,
}

/// What rolling came to.
#[derive(Debug)]
pub struct Rolled {
    /// What was published, or was already.
    pub outcome: Outcome,
    /// What was removed, before and then; or why not all was that should.
    pub pruned: Result<Pruned, PipelineError>,
}

/// Publishes the generation of the day, and removes blocks and lists that neither it nor the one before it names.
///
/// Blocks that are none of its own, nor of the published one or the one before that, go before anything is computed: where the
/// disk is full it is they that may have filled it.
///
/// It is of the scope that the published generation tells of, whether that has all of it or not, changed as is wished; of
/// [`Scope::full`] where nothing is published. What another layout version has published tells its scope, and is built again.
/// Blocks are reused as a build reuses them: those whose files are gone or damaged, or whose ephemeris files have changed,
/// are computed again.
///
/// # Errors
/// As [`build::build`]; and when what is published is damaged, or is what no build made. That nothing could be removed is no
/// error: what is published is right all the same.
pub fn roll(options: &Options) -> Result<Rolled, PipelineError> {
    let Options { out, ephe, wish, jobs, progress, today } = options.clone();
    let published = published(&out)?;
    let told = told_scope(&out)?;
    let kept = match (&told, &published) {
        (Some(scope), _) => scope.clone(),
        (None, Some(published)) => Scope::of_blocks(published).ok_or_else(|| foreign(&out))?,
        (None, None) => Scope::full(),
    };
    let is_guessed = told.is_none() && wish == Wish::default();
    let options = build::Options { out, ephe, scope: kept.with(wish), jobs, progress, today };
    let sources = Sources::open(&options)?;
    if let Some(published) = published.as_ref().filter(|_| is_guessed) {
        let planned = sources.plans().iter().map(|plan| (plan.product.to_string(), plan.span));
        let has =
            published.blocks.iter().map(|block| (block.product.clone(), (block.start_jd, block.end_jd)));
        if !planned.eq(has) {
            return Err(foreign(&options.out));
        }
    }
    let store = Store::lock(&options.out)?;
    if self::published(&options.out)? != published {
        // Another pipeline was at work meanwhile, and has perhaps published another scope.
        return Err(PipelineError::Locked { dir: options.out });
    }
    let planned = sources.plans().iter().map(|plan| plan.recipe_hash).collect();
    // Why it could not will be met again below, and told.
    let before = store.prune_unwanted(&planned).unwrap_or_default();
    let outcome = sources.publish(&options, &store)?;
    Ok(Rolled { outcome, pruned: store.prune().map(|then| before + then) })
}

/// The generation that is published; `None` where there is none that this program reads.
fn published(dir: &Path) -> Result<Option<Manifest>, PipelineError> {
    match Manifest::read(dir) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(FormatError::NoDataset { .. } | FormatError::Version { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What a directory's manifest says that the dataset is to have, whatever its layout version; `None` where it says nothing.
fn told_scope(dir: &Path) -> Result<Option<Scope>, PipelineError> {
    let Some(entry) = Manifest::read_scope(dir) else { return Ok(None) };
    let unknown =
        |body| unusable(dir, format!("its scope names {body:?}, of which this program has no tables"));
    Scope::of_entry(&entry).map(Some).map_err(unknown)
}

fn foreign(dir: &Path) -> PipelineError {
    unusable(dir, "its blocks are not those of any years and bodies".to_owned())
}

fn unusable(dir: &Path, what: String) -> PipelineError {
    PipelineError::Format(FormatError::Manifest { path: dir.join(MANIFEST_FILE), what })
}
