//! What a dataset consists of: blocks on the fixed grid, each with the recipe that identifies it.
//!
//! The grid is Julian centuries from J2000.0, so that a block means the same whatever span was asked for, and a wider
//! dataset reuses a narrower one's blocks. From 1800 to 2400 it is six blocks, 1799-12-30T12:00 to 2400-01-04T12:00 TT.

use orrery_almanac::CivilDate;
use orrery_format::time::{J2000_JD, JULIAN_CENTURY_DAYS};
use orrery_format::{Body, Product};
use orrery_swisseph::seams::FileKind;

use crate::error::PipelineError;
use crate::inputs::{InputFile, Inputs};
use crate::recipe::{Cut, Recipe};
use crate::scope::Scope;

/// One block to be had.
#[derive(Clone, Debug)]
pub struct BlockPlan {
    /// What it is a table of.
    pub product: Product,
    /// First instant and first instant after it, Julian days in the product's time scale.
    pub span: (f64, f64),
    /// How it is cut.
    pub cut: Cut,
    /// Its recipe, JSON.
    pub recipe: String,
    /// BLAKE3 of the recipe.
    pub recipe_hash: [u8; 32],
}

impl BlockPlan {
    /// How often the source will be asked for the block, splits aside.
    #[must_use]
    pub fn expected_calls(&self) -> u64 {
        let segments = (self.span.1 - self.span.0) / self.cut.cell_days;
        (segments * (2 * self.cut.nodes + 1) as f64) as u64
    }

    /// What the block will cost, in calls of the usual cost.
    #[must_use]
    pub fn expected_cost(&self) -> u64 {
        // For each call the source looks for the lunar theory's nearest apsis anew.
        let is_searched =
            matches!(self.product, Product::Place(_, Body::InterpolatedApogee | Body::InterpolatedPerigee));
        self.expected_calls() * if is_searched { 7 } else { 1 }
    }
}

/// Plans the blocks that a scope has on a day, ordered by product and time.
///
/// # Errors
/// When the scope has no span on that day.
pub fn plan(scope: &Scope, today: CivilDate, inputs: &Inputs) -> Result<Vec<BlockPlan>, PipelineError> {
    let grid = scope.grid(today)?;
    let mut blocks = Vec::new();
    for product in scope.products() {
        for block in grid.clone() {
            let start = J2000_JD + block as f64 * JULIAN_CENTURY_DAYS;
            let span = (start, start + JULIAN_CENTURY_DAYS);
            let cut = Cut::of(product);
            let files = files_of(product, span, inputs);
            let recipe = Recipe::new(product, span, &inputs.swiss_ephemeris, files, cut).to_json();
            let recipe_hash = *blake3::hash(recipe.as_bytes()).as_bytes();
            blocks.push(BlockPlan { product, span, cut, recipe, recipe_hash });
        }
    }
    Ok(blocks)
}

/// The files that a block of a product reads.
fn files_of(product: Product, span: (f64, f64), inputs: &Inputs) -> Vec<&InputFile> {
    let kinds: &[FileKind] = match product {
        // Precession, nutation and the mean points are formulas.
        Product::Nutation
        | Product::Place(
            _,
            Body::MeanNode | Body::MeanApogee | Body::InterpolatedApogee | Body::InterpolatedPerigee,
        ) => &[],
        // ΔT follows the tidal acceleration of the Moon's file.
        Product::EarthRotation => &[FileKind::Moon],
        Product::Place(
            _,
            Body::Chiron | Body::Pholus | Body::Ceres | Body::Pallas | Body::Juno | Body::Vesta,
        ) => &[FileKind::Planets, FileKind::Moon, FileKind::MainAsteroids],
        Product::Place(..) => &[FileKind::Planets, FileKind::Moon],
    };
    // Light that arrives on the first day left half a day before.
    let reach = (span.0 - 1.0, span.1);
    let read = |file: &&InputFile| {
        file.ephemeris
            .is_some_and(|(kind, start, end)| kinds.contains(&kind) && start <= reach.1 && reach.0 <= end)
            || (product == Product::EarthRotation && file.name.ends_with("deltat.txt"))
    };
    inputs.files.iter().filter(read).collect()
}
