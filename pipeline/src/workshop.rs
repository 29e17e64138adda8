//! Where blocks are made: threads, and a session for each block.
//!
//! Each block is computed by one thread in a session of its own, from its recipe alone, so that its bytes do not depend
//! on how many threads there are or what they did before. Each is written as soon as it is done.

use orrery_format::manifest::BlockEntry;
use orrery_format::time::{J2000_JD, JULIAN_CENTURY_DAYS};
use orrery_format::{Product, write};
use orrery_swisseph::{EphemerisDir, Session};
use rayon::prelude::*;

use crate::error::PipelineError;
use crate::plan::BlockPlan;
use crate::progress::{Mode, Progress};
use crate::sample::Sampler;
use crate::store::Store;
use crate::{breaks, cells, grid};

/// Threads that make blocks from ephemeris files, put them into a store, and tell how far they are.
#[derive(Debug)]
pub(crate) struct Workshop<'a> {
    dir: &'a EphemerisDir,
    store: &'a Store,
    pool: rayon::ThreadPool,
    progress: Progress,
}

impl<'a> Workshop<'a> {
    /// One for these blocks, with so many threads; `None` for one a core.
    pub(crate) fn open(
        dir: &'a EphemerisDir,
        store: &'a Store,
        jobs: Option<usize>,
        mode: Mode,
        work: &[&BlockPlan],
    ) -> Result<Workshop<'a>, PipelineError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.unwrap_or(0))
            .build()
            .map_err(|error| PipelineError::Usage(format!("--jobs: {error}")))?;
        let progress = Progress::start(mode, work.iter().map(|plan| plan.expected_calls()).sum());
        Ok(Workshop { dir, store, pool, progress })
    }

    /// Computes and stores blocks, the costliest first so that no thread is left with a long one at the end.
    pub(crate) fn compute(
        &self,
        mut plans: Vec<&BlockPlan>,
    ) -> Result<Vec<([u8; 32], BlockEntry)>, PipelineError> {
        plans.sort_by_key(|plan| std::cmp::Reverse(plan.expected_cost()));
        self.pool.install(|| {
            plans
                .par_iter()
                .with_max_len(1)
                .map(|plan| {
                    let entry = self.compute_block(plan)?;
                    self.progress.advance(plan.expected_calls(), &entry.file);
                    Ok((plan.recipe_hash, entry))
                })
                .collect()
        })
    }

    /// Says something between two steps of the work.
    pub(crate) fn tell(&self, line: &str) {
        self.progress.tell(line);
    }

    fn compute_block(&self, plan: &BlockPlan) -> Result<BlockEntry, PipelineError> {
        let what = || format!("{} from JD {} to {}", plan.product, plan.span.0, plan.span.1);
        let live = |error| PipelineError::live(what())(error);
        let mut session = Session::open(self.dir).map_err(live)?;
        let mut sampler = Sampler::new(&mut session, plan.product);
        let breaks = breaks::find(&mut sampler, self.dir, plan.span).map_err(live)?;
        let grid = grid::along_seams(plan.product, self.dir, plan.span, plan.cut.cell_days);
        let content = cells::build(&mut sampler, &plan.cut, grid, plan.span, &breaks, plan.recipe.clone())
            .map_err(live)?;
        let bytes = write::encode(&content)?;
        let (file, block) = self.store.put_block(&block_name(plan.product, plan.span.0), &bytes)?;
        // What the manifest says of a block comes from the block as it reads.
        Ok(BlockEntry::of(&file, &block))
    }
}

/// `geo-moon+1`: the product and the number of its century from J2000.0.
pub(crate) fn block_name(product: Product, start_jd: f64) -> String {
    let century = (start_jd - J2000_JD) / JULIAN_CENTURY_DAYS;
    format!("{}{:+}", product.to_string().replace('/', "-"), century)
}
