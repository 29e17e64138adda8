//! A build from beginning to end: plan, reuse what is there, compute the rest in parallel, publish.
//!
//! Each block is computed by one thread in a session of its own, from its recipe alone, so that its bytes do not depend
//! on how many threads there are or what they did before. Each is written as soon as it is done: a build that is
//! killed continues where it was, and the published generation changes only by the last step.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use orrery_almanac::CivilDate;
use orrery_format::manifest::{BlockEntry, ListEntry, Source, SourceFile};
use orrery_format::{Check, Dataset, Manifest, Product, write};
use orrery_swisseph::{EphemerisDir, Session};
use rayon::prelude::*;

use crate::error::PipelineError;
use crate::inputs::Inputs;
use crate::lists;
use crate::live::Live;
use crate::plan::{BlockPlan, Scope, plan};
use crate::progress::{Mode, Progress};
use crate::sample::Sampler;
use crate::store::Store;
use crate::{breaks, cells, grid};

/// What to build, from what, to where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The dataset directory.
    pub out: PathBuf,
    /// The directory of ephemeris files.
    pub ephe: PathBuf,
    /// Years and bodies.
    pub scope: Scope,
    /// Threads; `None` for one a core.
    pub jobs: Option<usize>,
    /// How to tell of progress.
    pub progress: Mode,
    /// The day that the almanac's window is around.
    pub today: CivilDate,
}

/// What a build came to.
#[derive(Clone, Debug, PartialEq)]
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

impl Sources {
    /// Reads the ephemeris files and plans the blocks.
    pub(crate) fn open(options: &Options) -> Result<Sources, PipelineError> {
        let begun = Instant::now();
        let dir =
            EphemerisDir::open(&options.ephe).map_err(PipelineError::live("reading the ephemeris files"))?;
        let inputs = Inputs::read(&dir)?;
        // A day that no list can be made around is told before anything is computed.
        lists::plan(&inputs, &[], options.today)?;
        let (first, end) = options.scope.span_jd()?;
        dir.require_span(first, end).map_err(PipelineError::live("the years asked for"))?;
        let plans = plan(&options.scope, &inputs)?;
        Ok(Sources { begun, dir, inputs, plans })
    }

    /// The blocks that are planned.
    pub(crate) fn plans(&self) -> &[BlockPlan] {
        &self.plans
    }

    /// Computes what is missing, derives the lists, and publishes.
    pub(crate) fn publish(&self, options: &Options, store: &Store) -> Result<Outcome, PipelineError> {
        let Sources { begun, dir, inputs, plans } = self;
        let mut present = store.blocks(&plans.iter().map(|plan| plan.recipe_hash).collect())?;

        let missing: Vec<&BlockPlan> =
            plans.iter().filter(|plan| !present.contains_key(&plan.recipe_hash)).collect();
        let computed = missing.len();
        let fresh = compute(options, dir, store, missing)?;

        let mut blocks = Vec::with_capacity(plans.len());
        for plan in plans {
            let entry = match fresh.get(&plan.recipe_hash) {
                Some(entry) => entry.clone(),
                None => match present.remove(&plan.recipe_hash) {
                    Some((file, block)) => BlockEntry::of(&file, &block),
                    // Every plan is either present or was computed; two equal recipes would be one product twice.
                    None => return Err(PipelineError::Usage(format!("{} is planned twice", plan.product))),
                },
            };
            blocks.push(entry);
        }
        let tables = Manifest::new(source(inputs), blocks, Vec::new());
        let (lists, lists_derived) = derive(&tables, inputs, options.today, dir, store)?;
        let lists_reused = lists.len() - lists_derived;
        let manifest = Manifest::new(tables.source, tables.blocks, lists);
        let blocks = manifest.blocks.iter().map(|block| block.bytes);
        let bytes = blocks.chain(manifest.lists.iter().map(|list| list.bytes)).sum();
        let published = Manifest::read(store.dir()).ok();
        let unchanged = published.as_ref() == Some(&manifest);
        let dropped = published.map_or_else(Vec::new, |published| products_missing(&published, &manifest));
        if !unchanged {
            store.publish(&manifest)?;
        }
        Ok(Outcome {
            generation: manifest.generation,
            computed,
            reused: plans.len() - computed,
            lists_derived,
            lists_reused,
            bytes,
            unchanged,
            dropped,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }
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

/// Computes and stores blocks, the costliest first so that no thread is left with a long one at the end.
fn compute(
    options: &Options,
    dir: &EphemerisDir,
    store: &Store,
    mut plans: Vec<&BlockPlan>,
) -> Result<HashMap<[u8; 32], BlockEntry>, PipelineError> {
    if plans.is_empty() {
        return Ok(HashMap::new());
    }
    plans.sort_by_key(|plan| std::cmp::Reverse(expected_calls(plan)));
    let progress = Progress::start(options.progress, plans.iter().map(|plan| expected_calls(plan)).sum());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs.unwrap_or(0))
        .build()
        .map_err(|error| PipelineError::Usage(format!("--jobs: {error}")))?;
    let entries = pool.install(|| {
        plans
            .par_iter()
            .with_max_len(1)
            .map(|plan| {
                let entry = compute_block(dir, store, plan)?;
                progress.advance(expected_calls(plan), &entry.file);
                Ok((plan.recipe_hash, entry))
            })
            .collect()
    });
    progress.finish();
    entries
}

/// How often the source will be asked for a block, splits aside: its cost.
fn expected_calls(plan: &BlockPlan) -> u64 {
    let segments = (plan.span.1 - plan.span.0) / plan.cut.cell_days;
    (segments * (2 * plan.cut.nodes + 1) as f64) as u64
}

fn compute_block(dir: &EphemerisDir, store: &Store, plan: &BlockPlan) -> Result<BlockEntry, PipelineError> {
    let what = || format!("{} from JD {} to {}", plan.product, plan.span.0, plan.span.1);
    let live = |error| PipelineError::live(what())(error);
    let mut session = Session::open(dir).map_err(live)?;
    let mut sampler = Sampler::new(&mut session, plan.product);
    let breaks = breaks::find(&mut sampler, dir, plan.span).map_err(live)?;
    let grid = grid::along_seams(plan.product, dir, plan.span, plan.cut.cell_days);
    let content =
        cells::build(&mut sampler, &plan.cut, grid, plan.span, &breaks, plan.recipe.clone()).map_err(live)?;
    let bytes = write::encode(&content)?;
    let (file, block) = store.put_block(&block_name(plan.product, plan.span), &bytes)?;
    // What the manifest says of a block comes from the block as it reads.
    Ok(BlockEntry::of(&file, &block))
}

/// `geo-moon+1`: the product and the number of its century from J2000.0.
fn block_name(product: Product, span: (f64, f64)) -> String {
    let century = (span.0 - orrery_format::time::J2000_JD) / orrery_format::time::JULIAN_CENTURY_DAYS;
    format!("{}{:+}", product.to_string().replace('/', "-"), century)
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
