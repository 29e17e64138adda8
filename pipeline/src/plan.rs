//! What a dataset consists of: blocks on the fixed grid, each with the recipe that identifies it.
//!
//! The grid is Julian centuries from J2000.0, so that a block means the same whatever span was asked for, and a wider
//! dataset reuses a narrower one's blocks. From 1800 to 2400 it is six blocks, 1799-12-30T12:00 to 2400-01-04T12:00 TT.

use orrery_almanac::calendar::{CivilDate, DayNumber};
use orrery_format::time::{J2000_JD, JULIAN_CENTURY_DAYS};
use orrery_format::{Body, Center, Manifest, Product};
use orrery_swisseph::seams::FileKind;

use crate::error::PipelineError;
use crate::inputs::{InputFile, Inputs};
use crate::recipe::{Cut, Recipe};

/// What to build.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// First year, inclusive.
    pub from_year: i32,
    /// Last year, exclusive: 2400 means up to 2400-01-01.
    pub to_year: i32,
    /// Bodies; `None` for all. Nutation and the Earth's rotation are always there.
    pub bodies: Option<Vec<Body>>,
}

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

impl Scope {
    /// Every body, 1800 to 2400.
    #[must_use]
    pub fn full() -> Scope {
        Scope { from_year: 1800, to_year: 2400, bodies: None }
    }

    /// Products in the order of the manifest.
    fn products(&self) -> Vec<Product> {
        let wanted = |body: Body| self.bodies.as_ref().is_none_or(|bodies| bodies.contains(&body));
        let mut products = vec![Product::Nutation, Product::EarthRotation];
        for center in Center::ALL {
            products.extend(
                Body::ALL
                    .into_iter()
                    .filter(|&body| wanted(body))
                    .map(|body| Product::Place(center, body))
                    .filter(|p| p.exists()),
            );
        }
        products
    }

    /// Blocks of the grid that the years touch: first and one past the last, counted from J2000.0.
    fn grid(&self) -> Result<std::ops::Range<i64>, PipelineError> {
        if self.from_year >= self.to_year {
            return Err(PipelineError::Usage(format!(
                "--from {} must be before --to {}",
                self.from_year, self.to_year
            )));
        }
        let first_of_january = |year| {
            CivilDate { year, month: 1, day: 1 }
                .day_number(None)
                .map(DayNumber::midnight_jd)
                .map_err(|error| PipelineError::Usage(format!("year {year}: {error}")))
        };
        let centuries = |jd: f64| (jd - J2000_JD) / JULIAN_CENTURY_DAYS;
        let first = centuries(first_of_january(self.from_year)?).floor() as i64;
        let end = centuries(first_of_january(self.to_year)?).ceil() as i64;
        Ok(first..end)
    }
}

impl Scope {
    /// The scope of a generation: the bodies that it has tables of, and years whose blocks are its blocks. `None` where it has
    /// no blocks.
    ///
    /// A generation that no build made may have other blocks than a build of this scope.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Option<Scope> {
        let products = || manifest.blocks.iter().filter_map(|block| Product::from_name(&block.product));
        let has = |body: Body| products().any(|it| matches!(it, Product::Place(_, own) if own == body));
        let start_jd = manifest.blocks.iter().map(|block| block.start_jd).reduce(f64::min)?;
        let end_jd = manifest.blocks.iter().map(|block| block.end_jd).reduce(f64::max)?;
        // The first of January behind the first instant, and the one before the last: both lie in the blocks at the ends.
        let year = |jd: f64| DayNumber((jd + 0.5).floor() as i64).civil(None).year;
        Some(Scope {
            from_year: year(start_jd) + 1,
            to_year: year(end_jd),
            bodies: Some(Body::ALL.into_iter().filter(|&body| has(body)).collect()),
        })
    }

    /// First instant of the blocks and first instant after them, Julian days.
    ///
    /// # Errors
    /// When the years are no span.
    pub fn span_jd(&self) -> Result<(f64, f64), PipelineError> {
        let grid = self.grid()?;
        let jd = |block: i64| J2000_JD + block as f64 * JULIAN_CENTURY_DAYS;
        Ok((jd(grid.start), jd(grid.end)))
    }
}

/// Plans the blocks of a scope, ordered by product and time.
///
/// # Errors
/// When the years are no span.
pub fn plan(scope: &Scope, inputs: &Inputs) -> Result<Vec<BlockPlan>, PipelineError> {
    let grid = scope.grid()?;
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
