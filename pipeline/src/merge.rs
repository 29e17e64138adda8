//! Making one dataset of the shares of a build, wherever they were computed.
//!
//! Blocks are taken as any build reuses them, by recipe and hash, and the rest is what any build does when it has all blocks:
//! so what is published is, to the last byte, what one machine would have published.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use orrery_almanac::CivilDate;
use orrery_format::manifest::BlockEntry;

use crate::build::{self, Outcome, Sources, missing};
use crate::error::PipelineError;
use crate::plan::BlockPlan;
use crate::progress::Mode;
use crate::scope::{Scope, Span};
use crate::shard::{Note, SHARD_FILE, Shard, identity};
use crate::store::{Store, blocks_in};
use crate::workshop::block_name;

/// What to merge, and into what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub out: PathBuf,
    /// The directory of ephemeris files that the shares were computed from.
    pub ephe: PathBuf,
    /// Directories of the shares, in any order.
    pub shards: Vec<PathBuf>,
    /// The day that the windows are around.
    pub today: CivilDate,
}

/// What merging came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// What was published, or was already.
    pub outcome: Outcome,
    /// Blocks taken from the shares.
    pub taken: usize,
}

/// Takes the blocks of all shares in, derives the lists, and publishes.
///
/// # Errors
/// When shares are missing, unfinished or of different builds, with the commands that put it right; and as [`build::build`].
/// Blocks taken by then are kept, and the generation that was published stays.
pub fn merge(options: &Options) -> Result<Merged, PipelineError> {
    let shares = Shares::read(options)?;
    let build = build::Options {
        out: options.out.clone(),
        ephe: options.ephe.clone(),
        scope: shares.scope.clone(),
        jobs: None,
        progress: Mode::None,
        today: options.today,
    };
    let sources = Sources::open(&build)?;
    shares.check_plan(sources.plans())?;
    let store = Store::lock(&build.out)?;
    let mut at_hand = sources.at_hand(&store)?;
    let mut taken = 0;
    for dir in &options.shards {
        let wanted = missing(sources.plans(), &at_hand);
        for (recipe, (_, block)) in blocks_in(dir, &wanted.iter().map(|plan| plan.recipe_hash).collect())? {
            let name = block_name(block.product(), block.start_jd());
            let (file, block) = store.put_block(&name, block.mapping().bytes())?;
            at_hand.insert(recipe, BlockEntry::of(&file, &block));
            taken += 1;
        }
    }
    let lacking = missing(sources.plans(), &at_hand);
    if !lacking.is_empty() {
        return Err(shares.unfinished(sources.plans(), &lacking));
    }
    Ok(Merged { outcome: sources.publish(&build, &store)?, taken })
}

/// What the directories of the shares say that they are of.
struct Shares<'a> {
    options: &'a Options,
    notes: Vec<Note>,
    of: u16,
    scope: Scope,
}

impl Shares<'_> {
    /// Reads what the directories say, which has to be of one division of one scope.
    fn read(options: &Options) -> Result<Shares<'_>, PipelineError> {
        let notes = options.shards.iter().map(|dir| Note::read(dir)).collect::<Result<Vec<_>, _>>()?;
        let (Some(first), Some(dir)) = (notes.first(), options.shards.first()) else {
            return Err(PipelineError::Usage("no directory of a share is named".into()));
        };
        let scope = |note: &Note, dir: &Path| {
            Scope::of_entry(&note.scope).map_err(|body| {
                let path = dir.join(SHARD_FILE);
                let what = format!("this program has no tables of {body:?}; build the shares with it");
                PipelineError::Shards(format!("{}: {what}", path.display()))
            })
        };
        let (of, whole) = (first.shard.of, scope(first, dir)?);
        for (note, other) in notes.iter().zip(&options.shards) {
            if note.shard.of != of || note.scope != first.scope {
                return Err(PipelineError::Shards(format!(
                    "{} has share {} of {whole}, {} has share {} of {}: merge shares of one division",
                    dir.display(),
                    first.shard,
                    other.display(),
                    note.shard,
                    scope(note, other)?,
                )));
            }
        }
        Ok(Shares { options, of, scope: whole, notes })
    }

    /// Whether all are of this plan, and not from other files or by another program.
    fn check_plan(&self, plans: &[BlockPlan]) -> Result<(), PipelineError> {
        let plan = identity(plans);
        match self.notes.iter().zip(&self.options.shards).find(|(note, _)| note.plan != plan) {
            None => Ok(()),
            Some((note, dir)) => Err(PipelineError::Shards(format!(
                "{}: share {} is of other ephemeris files than those of --ephe, by another version of this program, or of \
                 another day's window; merge it with what it was built with, or build it again: {}",
                dir.display(),
                note.shard,
                self.command(note.shard)
            ))),
        }
    }

    /// What to say where blocks are lacking: whose they are, and how they are made.
    fn unfinished(&self, plans: &[BlockPlan], lacking: &[&BlockPlan]) -> PipelineError {
        let lacking: HashSet<[u8; 32]> = lacking.iter().map(|plan| plan.recipe_hash).collect();
        let mut text = "the shares do not make a whole yet".to_owned();
        for shard in Shard::all(self.of) {
            let own = shard.of(plans);
            let lacks = own.iter().filter(|plan| lacking.contains(&plan.recipe_hash)).count();
            if lacks > 0 {
                // Writing to a string does not fail.
                let _ = write!(
                    text,
                    "\nshare {shard} lacks {lacks} of {} blocks: {}",
                    own.len(),
                    self.command(shard)
                );
            }
        }
        PipelineError::Shards(text)
    }

    /// The command that makes or completes a share, where it is if it is anywhere.
    fn command(&self, shard: Shard) -> String {
        let mut places = self.notes.iter().zip(&self.options.shards);
        let place = places.find(|(note, _)| note.shard == shard).map(|(_, dir)| dir.display().to_string());
        let today = match self.scope.span {
            Span::Window(_) => format!(" --today {}", self.options.today),
            Span::Years { .. } => String::new(),
        };
        format!(
            "orrery-pipeline build --shard {shard} {}{today} --out {}",
            self.scope.arguments(),
            place.as_deref().unwrap_or("DIR")
        )
    }
}
