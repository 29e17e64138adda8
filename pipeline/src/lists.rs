//! Lists: what follows from a dataset's tables, each a function from tables to entries.
//!
//! A list is planned as a block is: its recipe names everything that its bytes depend on, the blocks that it is derived from
//! above all, and the ephemeris files that it looks into for what was before them; and a list that is there under the
//! recipe's hash is reused. Whoever adds a list implements [`Derivation`] for it and names it in [`plan`].

use orrery_almanac::CivilDate;
use orrery_format::layout::LAYOUT_VERSION;
use orrery_format::list::{Entry, encode};
use orrery_format::manifest::BlockEntry;
use orrery_format::{Dataset, ListName, Product};
use orrery_swisseph::seams::FileKind;
use serde::Serialize;

use crate::error::PipelineError;
use crate::inputs::{InputFile, Inputs};
use crate::live::Live;

pub mod almanac;
pub mod eclipses;
pub mod window;

pub use almanac::Almanac;
pub use eclipses::{Lunar, Solar};

/// How a list comes out of tables.
pub trait Derivation {
    /// What it is a list of.
    type Entry: Entry;

    /// Raised whenever the same tables would give other entries: whenever the searches of `orrery-almanac` find something
    /// else than before, or find it elsewhere.
    const METHOD_VERSION: u32;

    /// Days before and after the list's span that the search may look into.
    const REACH_DAYS: f64;

    /// Days at either end of the tables that it does not cover, since what happens there depends on what is beyond.
    const MARGIN_DAYS: f64;

    /// Ephemeris files from which the live source tells what was before the list's span; none where it is not asked. Where no
    /// such file reaches, it tells by formulae, which have the version of the source.
    const FILES_BEFORE: &'static [FileKind] = &[];

    /// The products that it is derived from. Without one of them there is no list.
    fn products() -> Vec<Product>;

    /// What it covers on a day, wherever the tables reach, Julian days of TT; `None` for all of the tables.
    ///
    /// # Errors
    /// When the day is beyond what calendars know.
    fn window(today: CivilDate) -> Result<Option<(f64, f64)>, PipelineError>;

    /// What is looked for, for the recipe.
    fn parameters() -> serde_json::Value;

    /// The entries of a span, in order of time, from tables that are known from one instant to another, and from the live source
    /// what was before them.
    ///
    /// # Errors
    /// When the tables have no answer, since a segment of them is left to the live source, or when that has none.
    fn entries(
        dataset: &Dataset,
        live: &mut Live,
        known: (f64, f64),
        span: (f64, f64),
    ) -> Result<Vec<Self::Entry>, PipelineError>;
}

/// One list to be had.
#[derive(Clone, Debug)]
pub struct ListPlan {
    /// Which list.
    pub name: ListName,
    /// First instant that it covers and first instant after, Julian days of TT.
    pub span: (f64, f64),
    /// First instant that the search may look at and first after, Julian days of TT.
    pub known: (f64, f64),
    /// Its recipe, JSON.
    pub recipe: String,
    /// BLAKE3 of the recipe.
    pub recipe_hash: [u8; 32],
    derive: fn(&ListPlan, &Dataset, &mut Live) -> Result<Vec<u8>, PipelineError>,
}

/// Everything that a list's bytes depend on.
#[derive(Serialize)]
struct Recipe<'a> {
    layout_version: u32,
    method_version: u32,
    list: &'static str,
    source: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files_before: Vec<&'a InputFile>,
    start_jd_tt: f64,
    end_jd_tt: f64,
    parameters: serde_json::Value,
    blocks: Vec<RecipeBlock<'a>>,
}

/// A block that a list is derived from.
#[derive(Serialize)]
struct RecipeBlock<'a> {
    product: &'a str,
    start_jd: f64,
    blake3: &'a str,
}

impl ListPlan {
    /// The bytes of the list's file, from the tables that it was planned for.
    ///
    /// # Errors
    /// As [`Derivation::entries`].
    pub fn derive(&self, dataset: &Dataset, live: &mut Live) -> Result<Vec<u8>, PipelineError> {
        (self.derive)(self, dataset, live)
    }

    fn of<D: Derivation>(
        inputs: &Inputs,
        blocks: &[BlockEntry],
        today: CivilDate,
    ) -> Result<Option<ListPlan>, PipelineError> {
        let window = D::window(today)?;
        let Some(reached) = reached(blocks, &D::products()) else { return Ok(None) };
        let within = |(start, end): (f64, f64), outer: (f64, f64)| (start.max(outer.0), end.min(outer.1));
        let covered = (reached.0 + D::MARGIN_DAYS, reached.1 - D::MARGIN_DAYS);
        let span = window.map_or(covered, |window| within(window, covered));
        if span.0 >= span.1 {
            return Ok(None);
        }
        let known = within((span.0 - D::REACH_DAYS, span.1 + D::REACH_DAYS), reached);
        let products: Vec<String> = D::products().iter().map(ToString::to_string).collect();
        let is_read = |block: &&BlockEntry| {
            products.contains(&block.product) && block.start_jd < known.1 && known.0 < block.end_jd
        };
        let is_before = |file: &&InputFile| {
            file.ephemeris.is_some_and(|(kind, start, _)| D::FILES_BEFORE.contains(&kind) && start <= span.0)
        };
        let recipe = Recipe {
            layout_version: LAYOUT_VERSION,
            method_version: D::METHOD_VERSION,
            list: D::Entry::LIST.name(),
            source: &inputs.ephemeris_name(),
            files_before: inputs.files.iter().filter(is_before).collect(),
            start_jd_tt: span.0,
            end_jd_tt: span.1,
            parameters: D::parameters(),
            blocks: blocks
                .iter()
                .filter(is_read)
                .map(|BlockEntry { product, start_jd, blake3, .. }| RecipeBlock {
                    product,
                    start_jd: *start_jd,
                    blake3,
                })
                .collect(),
        };
        // Numbers, strings and lists always serialise.
        let recipe = serde_json::to_string(&recipe).unwrap_or_default();
        let recipe_hash = *blake3::hash(recipe.as_bytes()).as_bytes();
        let derive = |plan: &ListPlan, dataset: &Dataset, live: &mut Live| {
            let entries = D::entries(dataset, live, plan.known, plan.span)?;
            Ok(encode(plan.span, entries, plan.recipe.clone())?)
        };
        Ok(Some(ListPlan { name: D::Entry::LIST, span, known, recipe, recipe_hash, derive }))
    }
}

/// The lists that can be derived from the blocks of a source on a day, in the order of the manifest.
///
/// # Errors
/// When the day is beyond what calendars know.
pub fn plan(
    inputs: &Inputs,
    blocks: &[BlockEntry],
    today: CivilDate,
) -> Result<Vec<ListPlan>, PipelineError> {
    let plans = [
        ListPlan::of::<Solar>(inputs, blocks, today)?,
        ListPlan::of::<Lunar>(inputs, blocks, today)?,
        ListPlan::of::<Almanac>(inputs, blocks, today)?,
    ];
    Ok(plans.into_iter().flatten().collect())
}

/// From when to when there are blocks of all these products; `None` where one of them has none, or they have no instant in
/// common.
fn reached(blocks: &[BlockEntry], products: &[Product]) -> Option<(f64, f64)> {
    let mut common = (f64::NEG_INFINITY, f64::INFINITY);
    for product in products {
        let name = product.to_string();
        let own = || blocks.iter().filter(|block| block.product == name);
        // The blocks of a product stand together and follow each other.
        let (first, last) = (own().next()?, own().next_back()?);
        common = (common.0.max(first.start_jd), common.1.min(last.end_jd));
    }
    (common.0 < common.1).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of these centuries from J2000.0, of all that the almanac needs.
    fn blocks(centuries: std::ops::Range<i32>) -> Vec<BlockEntry> {
        let century = |product: &Product, nth: i32| BlockEntry {
            product: product.to_string(),
            start_jd: 2_451_545.0 + 36_525.0 * f64::from(nth),
            end_jd: 2_451_545.0 + 36_525.0 * f64::from(nth + 1),
            time_scale: "tt".into(),
            file: format!("{nth}"),
            bytes: 1,
            blake3: format!("{product} {nth}"),
            recipe: String::new(),
            segments: 1,
            promise_arcsec: 0.001,
            max_error_arcsec: 0.0,
            max_error_distance: 0.0,
            live_share_percent: 0.0,
        };
        let all = Almanac::products();
        all.iter().flat_map(|product| centuries.clone().map(move |nth| century(product, nth))).collect()
    }

    /// A source of two files of the Moon, one before 2000 and one after, and one of asteroids.
    fn inputs() -> Inputs {
        let file = |name: &str, kind, centuries: std::ops::Range<f64>| InputFile {
            name: name.into(),
            blake3: format!("hash of {name}"),
            bytes: 1,
            ephemeris: Some((
                kind,
                2_451_545.0 + 36_525.0 * centuries.start,
                2_451_545.0 + 36_525.0 * centuries.end,
            )),
        };
        let files = vec![
            file("seas_12.se1", FileKind::MainAsteroids, -8.0..-2.0),
            file("semo_12.se1", FileKind::Moon, -8.0..-2.0),
            file("semo_18.se1", FileKind::Moon, -2.0..4.0),
            file("semo_24.se1", FileKind::Moon, 4.0..10.0),
        ];
        Inputs { swiss_ephemeris: "2".into(), de_numbers: vec![431], files }
    }

    fn planned(centuries: std::ops::Range<i32>, year: i32, month: u8) -> Option<ListPlan> {
        let plans = plan(&inputs(), &blocks(centuries), CivilDate { year, month, day: 15 }).unwrap();
        plans.into_iter().find(|plan| plan.name == ListName::Almanac)
    }

    #[test]
    fn the_almanac_covers_what_the_tables_reach_of_its_window() {
        let whole = planned(-2..4, 2026, 11).unwrap();
        assert_eq!(whole.span, (2_460_949.5, 2_461_771.5), "2025-10-01 to 2028-01-01");
        // The tables end on 2100-01-01 at noon and begin on 2000-01-01 at noon.
        let end = planned(0..1, 2099, 6).unwrap();
        assert_eq!((end.span.1, end.known.1), (2_488_067.0, 2_488_070.0));
        let begin = planned(0..1, 1999, 6).unwrap();
        assert_eq!((begin.span.0, begin.known.0), (2_451_548.0, 2_451_545.0));
        assert!(begin.span.1 < 2_451_800.0);
        for (year, month) in [(1998, 11), (2101, 2), (1500, 1)] {
            assert!(planned(0..1, year, month).is_none(), "{year}-{month}");
        }
        assert!(planned(0..1, 1998, 12).is_some() && planned(0..1, 2101, 1).is_some());
    }

    #[test]
    fn a_missing_table_leaves_no_list() {
        let today = CivilDate { year: 2026, month: 11, day: 21 };
        for product in Almanac::products() {
            let mut blocks = blocks(0..1);
            blocks.retain(|block| block.product != product.to_string());
            let plans = plan(&inputs(), &blocks, today).unwrap();
            assert!(plans.iter().all(|plan| plan.name != ListName::Almanac), "{product}");
        }
        assert!(plan(&inputs(), &[], today).unwrap().is_empty());
    }

    #[test]
    fn a_recipe_names_what_the_list_depends_on_and_nothing_else() {
        let recipe = |centuries, month| planned(centuries, 2026, month).unwrap().recipe_hash;
        let usual = recipe(0..1, 11);
        // Tables of other centuries do not matter, another month does.
        assert_eq!(recipe(-2..4, 11), usual);
        assert_ne!(recipe(0..1, 12), usual);
        let today = CivilDate { year: 2026, month: 11, day: 1 };
        let almanac = |blocks: &[BlockEntry]| {
            let plans = plan(&inputs(), blocks, today).unwrap();
            plans.into_iter().find(|plan| plan.name == ListName::Almanac).unwrap()
        };
        let mut changed = blocks(0..1);
        for nth in 0..changed.len() {
            let before = std::mem::replace(&mut changed[nth].blake3, "another".into());
            let plan = almanac(&changed);
            assert_ne!(plan.recipe_hash, usual, "{}", changed[nth].product);
            assert!(plan.recipe.contains("another"));
            changed[nth].blake3 = before;
        }
        assert_eq!(almanac(&changed).recipe_hash, usual, "the day of the month matters");
        // How the saros began is told by the Moon's files, as far as they are of times before.
        let eclipses = |inputs: &Inputs| {
            let plans = plan(inputs, &blocks(0..1), today).unwrap();
            plans.into_iter().find(|plan| plan.name == ListName::SolarEclipses).unwrap().recipe_hash
        };
        for (nth, matters) in [(0, false), (1, true), (2, true), (3, false)] {
            let mut other = inputs();
            other.files[nth].blake3 = "another".into();
            assert_eq!(eclipses(&other) != eclipses(&inputs()), matters, "{}", other.files[nth].name);
            let almanac =
                plan(&other, &blocks(0..1), CivilDate { year: 2026, month: 11, day: 15 }).unwrap().pop();
            assert_eq!(almanac.unwrap().recipe_hash, usual);
        }
        // Close to an end of a century the neighbour is looked into.
        let near = planned(-1..1, 2001, 3).unwrap();
        assert!(near.recipe.contains("geo/moon -1") && near.recipe.contains("geo/moon 0"));
    }
}
