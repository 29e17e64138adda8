//! Rolling a dataset to another day: the windows of its lists move, its tables stay, and what is left over goes.

use std::path::PathBuf;

use orrery_almanac::CivilDate;
use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{FormatError, Manifest};

use crate::build::{self, Outcome, Sources};
use crate::error::PipelineError;
use crate::plan::Scope;
use crate::progress::Mode;
use crate::store::{Pruned, Store};

/// What to roll, and to when.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub out: PathBuf,
    /// The directory of ephemeris files.
    pub ephe: PathBuf,
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
    /// What was removed then; or why nothing was.
    pub pruned: Result<Pruned, PipelineError>,
}

/// Publishes the generation of the day, of the years and bodies that the published one has, and removes blocks and lists
/// that neither it nor the one before it names.
///
/// Blocks are reused as a build reuses them: those whose files are gone or damaged, or whose ephemeris files have changed,
/// are computed again.
///
/// # Errors
/// As [`build::build`]; and when nothing is published there, or what no build made. That nothing could be removed is no
/// error: what is published is right all the same.
pub fn roll(options: &Options) -> Result<Rolled, PipelineError> {
    // Where there is no dataset, nothing is made either.
    Manifest::read(&options.out)?;
    let store = Store::lock(&options.out)?;
    let published = Manifest::read(&options.out)?;
    let foreign = || {
        let path = options.out.join(MANIFEST_FILE);
        let what = "its blocks are not those of any years and bodies".to_owned();
        PipelineError::Format(FormatError::Manifest { path, what })
    };
    let scope = Scope::of(&published).ok_or_else(foreign)?;
    let options = build::Options {
        out: options.out.clone(),
        ephe: options.ephe.clone(),
        scope,
        jobs: options.jobs,
        progress: options.progress,
        today: options.today,
    };
    let sources = Sources::open(&options)?;
    let planned = sources.plans().iter().map(|plan| (plan.product.to_string(), plan.span));
    let has = published.blocks.iter().map(|block| (block.product.clone(), (block.start_jd, block.end_jd)));
    if !planned.eq(has) {
        return Err(foreign());
    }
    let outcome = sources.publish(&options, &store)?;
    Ok(Rolled { outcome, pruned: store.prune() })
}
