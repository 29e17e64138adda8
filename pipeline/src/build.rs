//! A build from beginning to end: plan, reuse what is there, compute the rest in parallel, publish.
//!
//! A build that is killed continues where it was, and the published generation changes only by the last step; where nothing
//! is published yet, by one of the few steps on the way (`stage`).

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use orrery_almanac::CivilDate;
use orrery_format::manifest::{BlockEntry, ListEntry, Source, SourceFile};
use orrery_format::{Check, Dataset, Manifest};
use orrery_swisseph::{EphemerisDir, Session};
use serde::Serialize;

use crate::error::PipelineError;
use crate::inputs::Inputs;
use crate::lists;
use crate::live::Live;
use crate::plan::{BlockPlan, plan};
use crate::progress::Mode;
use crate::scope::{Scope, midnight_jd};
use crate::stage::{Stage, is_step};
use crate::store::Store;
use crate::workshop::Workshop;

/// What to build, from what, to where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub out: PathBuf,
    /// The directory of ephemeris files.
    pub ephe: PathBuf,
    /// Times and bodies.
    pub scope: Scope,
    /// Threads; `None` for one a core.
    pub jobs: Option<usize>,
    /// How to tell of progress.
    pub progress: Mode,
    /// The day that the windows are around.
    pub today: CivilDate,
}

/// What a build came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Name of the published generation.
    pub generation: String,
    /// Blocks computed now.
    pub computed: usize,
    /// Blocks found there.
    pub reused: usize,
    /// Lists derived now.
    pub lists_derived: usize,
    /// Lists found there.
    pub lists_reused: usize,
    /// Bytes of all blocks and lists of the generation.
    pub bytes: u64,
    /// Whether the generation was published before already.
    pub unchanged: bool,
    /// Products of the generation published before that are not in this one.
    pub dropped: Vec<String>,
    /// Wall time, seconds.
    pub seconds: f64,
}

/// Builds and publishes.
///
/// # Errors
/// When the ephemeris files do not suffice, the directory is locked or cannot be written. Blocks done by then are
/// kept, and the generation that was published stays.
pub fn build(options: &Options) -> Result<Outcome, PipelineError> {
    let sources = Sources::open(options)?;
    let store = Store::lock(&options.out)?;
    sources.publish(options, &store)
}

/// What a generation is made from, checked and hashed.
#[derive(Debug)]
pub(crate) struct Sources {
    begun: Instant,
    dir: EphemerisDir,
    inputs: Inputs,
    plans: Vec<BlockPlan>,
}

/// Blocks that are there, by their recipes.
pub(crate) type AtHand = HashMap<[u8; 32], BlockEntry>;

impl Sources {
    /// Reads the ephemeris files and plans the blocks.
    pub(crate) fn open(options: &Options) -> Result<Sources, PipelineError> {
        let begun = Instant::now();
        let dir =
            EphemerisDir::open(&options.ephe).map_err(PipelineError::live("reading the ephemeris files"))?;
        let inputs = Inputs::read(&dir)?;
        // A day that no list can be made around is told before anything is computed.
        lists::plan(&inputs, &[], options.today)?;
        let (first, end) = options.scope.span_jd(options.today)?;
        dir.require_span(first, end).map_err(PipelineError::live("the years asked for"))?;
        let plans = plan(&options.scope, options.today, &inputs)?;
        Ok(Sources { begun, dir, inputs, plans })
    }

    /// The blocks that are planned.
    pub(crate) fn plans(&self) -> &[BlockPlan] {
        &self.plans
    }

    /// Seconds since the work began.
    pub(crate) fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// The planned blocks that a store has.
    pub(crate) fn at_hand(&self, store: &Store) -> Result<AtHand, PipelineError> {
        let present = store.blocks(&self.plans.iter().map(|plan| plan.recipe_hash).collect())?;
        Ok(present
            .into_iter()
            .map(|(recipe, (file, block))| (recipe, BlockEntry::of(&file, &block)))
            .collect())
    }

    /// A workshop for these blocks.
    pub(crate) fn workshop<'a>(
        &'a self,
        options: &Options,
        store: &'a Store,
        work: &[&BlockPlan],
    ) -> Result<Workshop<'a>, PipelineError> {
        Workshop::open(&self.dir, store, options.jobs, options.progress, work)
    }

    /// Computes what is missing, derives the lists, and publishes.
    pub(crate) fn publish(&self, options: &Options, store: &Store) -> Result<Outcome, PipelineError> {
        let mut at_hand = self.at_hand(store)?;
        let reused = at_hand.len();
        let before = Manifest::read(store.dir()).ok();
        let is_staged = self.compute(options, store, &mut at_hand, before.clone())?;
        let tables = self.tables(options, &self.plans, &at_hand)?;
        let (lists, lists_derived) = derive(&tables, &self.inputs, options.today, &self.dir, store)?;
        let lists_reused = lists.len() - lists_derived;
        let manifest = tables.with_lists(lists);
        let blocks = manifest.blocks.iter().map(|block| block.bytes);
        let bytes = blocks.chain(manifest.lists.iter().map(|list| list.bytes)).sum();
        let unchanged = before.as_ref() == Some(&manifest);
        let dropped = before.map_or_else(Vec::new, |before| products_missing(&before, &manifest));
        if is_staged {
            store.publish_further(&manifest)?;
        } else if !unchanged {
            store.publish(&manifest)?;
        }
        Ok(Outcome {
            generation: manifest.generation,
            computed: self.plans.len() - reused,
            reused,
            lists_derived,
            lists_reused,
            bytes,
            unchanged,
            dropped,
            seconds: self.seconds(),
        })
    }

    /// Computes the blocks that are missing, and on the way publishes the stages that are steps forward from what is published.
    /// Whether there were any.
    fn compute(
        &self,
        options: &Options,
        store: &Store,
        at_hand: &mut AtHand,
        mut published: Option<Manifest>,
    ) -> Result<bool, PipelineError> {
        let work = missing(&self.plans, at_hand);
        if work.is_empty() {
            return Ok(false);
        }
        let workshop = self.workshop(options, store, &work)?;
        let midnight_jd = midnight_jd(options.today).map_err(PipelineError::Usage)?;
        let mut is_staged = false;
        for stage in Stage::ALL {
            let plans = stage.of(&self.plans, midnight_jd);
            if !is_step(&plans, &self.plans, at_hand, published.as_ref()) {
                continue;
            }
            at_hand.extend(workshop.compute(missing(plans.iter().copied(), at_hand))?);
            let tables = self.tables(options, plans.iter().copied(), at_hand)?;
            if published.as_ref() == Some(&tables) {
                continue;
            }
            if is_staged {
                store.publish_further(&tables)?;
            } else {
                store.publish(&tables)?;
            }
            is_staged = true;
            let (name, what, all) = (&tables.generation, stage.what(), self.plans.len());
            workshop.tell(&format!("published generation {name}: {what}, {} blocks of {all}", plans.len()));
            published = Some(tables);
        }
        at_hand.extend(workshop.compute(missing(&self.plans, at_hand))?);
        Ok(is_staged)
    }

    /// A generation of planned blocks that are at hand, without lists.
    fn tables<'b>(
        &self,
        options: &Options,
        plans: impl IntoIterator<Item = &'b BlockPlan>,
        at_hand: &AtHand,
    ) -> Result<Manifest, PipelineError> {
        let entry = |plan: &BlockPlan| {
            // Every plan was found or computed; two of one recipe would be one product twice.
            let planned_twice = || PipelineError::Usage(format!("{} is planned twice", plan.product));
            at_hand.get(&plan.recipe_hash).cloned().ok_or_else(planned_twice)
        };
        let blocks = plans.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Manifest::new(source(&self.inputs), blocks, Vec::new()).with_scope(options.scope.to_entry()))
    }
}

/// Those of some planned blocks that are not at hand.
pub(crate) fn missing<'b>(
    plans: impl IntoIterator<Item = &'b BlockPlan>,
    at_hand: &AtHand,
) -> Vec<&'b BlockPlan> {
    plans.into_iter().filter(|plan| !at_hand.contains_key(&plan.recipe_hash)).collect()
}

/// The lists of tables, and how many of them had to be derived.
fn derive(
    tables: &Manifest,
    inputs: &Inputs,
    today: CivilDate,
    dir: &EphemerisDir,
    store: &Store,
) -> Result<(Vec<ListEntry>, usize), PipelineError> {
    let plans = lists::plan(inputs, &tables.blocks, today)?;
    let mut present = store.lists(&plans.iter().map(|plan| plan.recipe_hash).collect())?;
    let derived = plans.iter().filter(|plan| !present.contains_key(&plan.recipe_hash)).count();
    // The blocks were read back, or hashed, a moment ago.
    let mut sources = if derived > 0 {
        let session = Session::open(dir).map_err(PipelineError::live("deriving the lists"))?;
        Some((Dataset::of(store.dir(), tables.clone(), Check::Structure)?, Live::new(session)))
    } else {
        None
    };
    let mut entries = Vec::with_capacity(plans.len());
    for plan in &plans {
        let (file, list) = match (present.remove(&plan.recipe_hash), &mut sources) {
            (Some(found), _) => found,
            (None, Some((dataset, live))) => store.put_list(plan.name, &plan.derive(dataset, live)?)?,
            (None, None) => {
                return Err(PipelineError::Usage(format!("{} is planned twice", plan.name.name())));
            }
        };
        // What the manifest says of a list comes from the list as it reads.
        entries.push(ListEntry::of(&file, list.about()));
    }
    Ok((entries, derived))
}

/// Products that one generation has and the next has not.
fn products_missing(before: &Manifest, after: &Manifest) -> Vec<String> {
    let mut products: Vec<String> = before.blocks.iter().map(|block| block.product.clone()).collect();
    products.dedup();
    products.retain(|product| after.blocks.iter().all(|block| block.product != *product));
    products
}

fn source(inputs: &Inputs) -> Source {
    Source {
        ephemeris: inputs.ephemeris_name(),
        pipeline: format!("orrery-pipeline {}", env!("CARGO_PKG_VERSION")),
        files: inputs
            .files
            .iter()
            .map(|file| SourceFile {
                name: file.name.clone(),
                bytes: file.bytes,
                blake3: file.blake3.clone(),
            })
            .collect(),
    }
}
