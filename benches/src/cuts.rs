//! Which segment lengths and terms make the smallest tables: how the cuts in `orrery_pipeline::recipe` were found.
//!
//! Builds ten years of a product with every cut of a grid and prints bytes a century, the smallest first.

use anyhow::Result;
use orrery_format::layout::{GROUP, record_bytes};
use orrery_format::{Body, Center, Product};
use orrery_pipeline::recipe::Cut;
use orrery_pipeline::sample::Sampler;
use orrery_pipeline::{breaks, cells, grid};
use orrery_swisseph::{EphemerisDir, Session};
use rayon::prelude::*;

/// Ten Julian years from 1900, Julian days.
const SPAN: (f64, f64) = (2_415_020.0, 2_415_020.0 + 3_652.5);

const GROUPS: [[u8; 3]; 12] = [
    [3, 2, 3],
    [4, 2, 2],
    [3, 3, 2],
    [4, 0, 4],
    [4, 4, 4],
    [5, 3, 4],
    [4, 3, 5],
    [6, 0, 6],
    [6, 5, 5],
    [6, 4, 6],
    [8, 0, 8],
    [7, 6, 7],
];

/// Prints a ranking for each product named, or for all bodies from the Earth.
pub(crate) fn run(names: &[String]) -> Result<()> {
    let dir = EphemerisDir::open("data/ephe".as_ref())?;
    let products: Vec<Product> = if names.is_empty() {
        Body::ALL
            .into_iter()
            .map(|body| Product::Place(Center::Geo, body))
            .filter(|product| product.exists())
            .collect()
    } else {
        names.iter().filter_map(|name| Product::from_name(name)).collect()
    };
    for product in products {
        let standard = Cut::of(product);
        let cuts: Vec<Cut> = GROUPS
            .into_iter()
            .flat_map(|groups| {
                (-2..=4).map(move |step| Cut {
                    groups,
                    cell_days: standard.cell_days * 2.0_f64.powf(f64::from(step) / 3.0),
                    nodes: 5 + GROUP * usize::from(groups.into_iter().max().unwrap_or(0)),
                    ..standard
                })
            })
            .chain([standard])
            .collect();
        let mut results = cuts
            .par_iter()
            .map(|cut| {
                let mut session = Session::open(&dir)?;
                let mut sampler = Sampler::new(&mut session, product);
                let breaks = breaks::find(&mut sampler, &dir, SPAN)?;
                let grid = grid::along_seams(product, &dir, SPAN, cut.cell_days);
                let content = cells::build(&mut sampler, cut, grid, SPAN, &breaks, String::new())?;
                let split: usize = content.cells.iter().map(Vec::len).filter(|&segments| segments > 1).sum();
                let records = content.cells.len() + split;
                Ok((records * (record_bytes(cut.groups) + 24) * 10, records * 10, *cut))
            })
            .collect::<Result<Vec<_>>>()?;
        results.sort_by_key(|result| result.0);
        println!("{product}");
        let shown = results.iter().enumerate().filter(|(rank, result)| *rank < 6 || result.2 == standard);
        for (rank, (bytes, records, cut)) in shown {
            println!(
                "  {rank:>3} {bytes:>9} bytes {records:>6} records  {:>7.2} d {:?}",
                cut.cell_days, cut.groups
            );
        }
    }
    Ok(())
}
