//! Tables made by hand, for tests from outside and from inside.

use std::path::Path;

use orrery_format::grid::Grid;
use orrery_format::kernel::Shape;
use orrery_format::manifest::{BLOCKS_DIR, BlockEntry, MANIFEST_FILE, Source};
use orrery_format::time::JULIAN_CENTURY_DAYS;
use orrery_format::write::{Content, Polynomial, Record, Segment, encode};
use orrery_format::{Body, Center, Manifest, Product};

/// First instant of the tables, in 1999; they last a Julian century.
const START_JD: f64 = 2_451_200.5;
/// J2000.0, at which the tables hold round numbers.
const EPOCH_JD: f64 = 2_451_545.0;

/// How the blocks were made.
const RECIPE: &str = r#"{"by":"hand","files":[]}"#;

/// A table that is linear in time: value at the epoch and change a day, by component.
fn block(dir: &Path, product: Product, at_epoch: [f64; 3], per_day: [f64; 3]) -> BlockEntry {
    let end_jd = START_JD + JULIAN_CENTURY_DAYS;
    let half = JULIAN_CENTURY_DAYS / 2.0;
    let mid = START_JD + half;
    let coefficients =
        std::array::from_fn(|c| vec![at_epoch[c] + per_day[c] * (mid - EPOCH_JD), per_day[c] * half]);
    let polynomial = Polynomial { start_jd: START_JD, end_jd, coefficients };
    let shape = Shape::fitting([0, 0, 0], [&polynomial]);
    let segment = Segment {
        start_jd: START_JD,
        end_jd,
        record: Record::round(&shape, &polynomial),
        error_arcsec: 0.000_25,
        error_distance: 0.0,
    };
    let bytes = encode(&Content {
        product,
        grid: Grid { origin_jd: START_JD, cells_per_day: 1.0 / JULIAN_CENTURY_DAYS },
        cells: vec![vec![segment]],
        shape,
        recipe: RECIPE.into(),
        promise_arcsec: 0.001,
    })
    .unwrap();
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let file = format!("{hash}.orrery");
    std::fs::write(dir.join(BLOCKS_DIR).join(&file), &bytes).unwrap();
    BlockEntry {
        product: product.to_string(),
        start_jd: START_JD,
        end_jd,
        time_scale: product.time_scale().into(),
        file,
        bytes: bytes.len() as u64,
        blake3: hash,
        recipe: blake3::hash(RECIPE.as_bytes()).to_hex().to_string(),
        segments: 1,
        promise_arcsec: 0.001,
        max_error_arcsec: 0.000_25,
        max_error_distance: 0.0,
        live_share_percent: 0.0,
    }
}

/// What a table holds: its components at the epoch, and their change a day.
pub(crate) type Line = (Product, [f64; 3], [f64; 3]);

const fn place(body: Body) -> Product {
    Product::Place(Center::Geo, body)
}

/// Sun, Moon and true node from the Earth, and the Earth from the barycentre. The Sun stands at 29.5°, the Moon at 350° and the node at 100°, all moving slowly, since
/// longitudes in a table are unwrapped and readers bring them back by one turn at most; nutation is 0.5° and the
/// obliquity 23°, and ΔT is 64 s, for good.
pub(crate) const LINES: [Line; 6] = [
    (Product::Place(Center::Bary, Body::Earth), [209.5, 0.0, 1.0], [0.001, 0.0, 0.0]),
    (place(Body::Sun), [29.5, 0.25, 1.0], [0.001, 0.0, 0.001]),
    (place(Body::Moon), [350.0, 0.25, 1.0], [0.000_2, 0.0, 0.001]),
    (place(Body::TrueNode), [100.0, 0.25, 1.0], [-0.001, 0.0, 0.001]),
    (Product::Nutation, [0.5, 0.0, 23.0], [0.0; 3]),
    (Product::EarthRotation, [64.0, 0.0, 0.0], [0.0; 3]),
];

/// What the tables say they are from.
pub(crate) const EPHEMERIS: &str = "Handmade 1";

/// Writes tables, and the manifest that names them.
pub(crate) fn publish(dir: &Path, lines: &[Line], ephemeris: &str) {
    std::fs::create_dir_all(dir.join(BLOCKS_DIR)).unwrap();
    let mut blocks: Vec<_> =
        lines.iter().map(|(product, at_epoch, per_day)| block(dir, *product, *at_epoch, *per_day)).collect();
    blocks.sort_by(|a, b| a.product.cmp(&b.product));
    let source = Source { ephemeris: ephemeris.into(), pipeline: "test".into(), files: Vec::new() };
    let manifest = Manifest::new(source, blocks, Vec::new());
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
}
