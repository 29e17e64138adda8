//! Tables and lists made of nothing but arithmetic: small, the same on every machine, and independent of any ephemeris.

use std::path::Path;

use orrery_format::eclipse::{Elements, LunarEclipse, SolarEclipse};
use orrery_format::event::{EventRecord, NO_BODY};
use orrery_format::grid::Grid;
use orrery_format::kernel::Shape;
use orrery_format::layout::COMPONENTS;
use orrery_format::list::encode as encode_list;
use orrery_format::manifest::{
    BLOCKS_DIR, BlockEntry, LISTS_DIR, ListEntry, MANIFEST_FILE, Source, SourceFile,
};
use orrery_format::time::{J2000_JD, JULIAN_CENTURY_DAYS};
use orrery_format::write::{Content, Polynomial, Record, Segment, encode};
use orrery_format::{AnyList, Block, Check, FormatError, Manifest, Product};

use crate::random::Random;

/// Span of the synthetic blocks: the century that begins with J2000.0, Julian days.
pub const SPAN: (f64, f64) = (J2000_JD, J2000_JD + JULIAN_CENTURY_DAYS);

/// Cells of the grid in the block; they are a little more than a thousand days long.
const CELLS: usize = 35;

/// What `encode` is asked to write: cells that drift against their grid by up to a tenth, a few of them split, one into
/// thirty segments, every ninth segment refused.
///
/// Coefficients are multiples of powers of two made by integer arithmetic, so that they are the same everywhere.
#[must_use]
pub fn content(product: Product, groups: [u8; COMPONENTS]) -> Content {
    let mut random = Random::of(&format!("synthetic {product}"));
    let cell_days = JULIAN_CENTURY_DAYS / CELLS as f64;
    let mut edges = vec![SPAN.0];
    // Quarters of days, all of them doubles.
    edges.extend(
        (1..CELLS).map(|i| (SPAN.0 + cell_days * i as f64).floor() + random.below(800) as f64 / 4.0 - 100.0),
    );
    edges.push(SPAN.1);
    let cells: Vec<Vec<Polynomial>> = edges
        .windows(2)
        .enumerate()
        .map(|(nth, edge)| {
            let parts = match nth {
                11 => 30,
                _ if nth % 8 == 3 => 2 + random.below(3),
                _ => 1,
            };
            let part = |i: usize| {
                if i == parts {
                    edge[1]
                } else {
                    edge[0] + ((edge[1] - edge[0]) / parts as f64 * i as f64).floor()
                }
            };
            (0..parts)
                .map(|i| Polynomial {
                    start_jd: part(i),
                    end_jd: part(i + 1),
                    coefficients: std::array::from_fn(|c| coefficients(&mut random, c, groups[c])),
                })
                .collect()
        })
        .collect();
    let shape = Shape::fitting(groups, cells.iter().flatten());
    let mut nth = 0;
    let mut segment = |polynomial: &Polynomial| {
        nth += 1;
        let record = Record::round(&shape, polynomial)
            .unwrap_or_else(|| panic!("segment {nth} does not fit its shape"));
        Segment {
            start_jd: polynomial.start_jd,
            end_jd: polynomial.end_jd,
            record: Some(record).filter(|_| nth % 9 != 7),
            error_arcsec: nth as f32 / 65_536.0,
            error_distance: nth as f32 / 1_073_741_824.0,
        }
    };
    let cells = cells.iter().map(|cell| cell.iter().map(&mut segment).collect()).collect();
    Content {
        product,
        grid: Grid { origin_jd: SPAN.0, cells_per_day: CELLS as f64 / JULIAN_CENTURY_DAYS },
        cells,
        shape,
        recipe: format!("{{\"synthetic\":\"{product}\"}}"),
        promise_arcsec: 1.0 / 1024.0,
    }
}

/// Coefficients that fall off by halves; longitudes near any angle, latitudes near 0, distances near 1.
fn coefficients(random: &mut Random, component: usize, groups: u8) -> Vec<f64> {
    let mut unit =
        |scale: f64| (random.below(1 << 20) as f64 - f64::from(1 << 19)) / f64::from(1 << 19) * scale;
    let (constant, scale) = match component {
        0 => (180.0 + unit(170.0), 8.0),
        1 => (unit(2.0), 2.0),
        _ => (1.0 + unit(0.25), 0.125),
    };
    let mut all = vec![constant];
    all.extend((1..2 + 4 * i32::from(groups)).map(|k| unit(scale * 0.5_f64.powi(k))));
    all
}

/// The recipe of the synthetic lists.
pub const LIST_RECIPE: &str = "{\"synthetic\":\"list\"}";

/// Numbers that stand for hours, ratios and angles: multiples of a power of two, below 4 in size.
fn numbers<const N: usize>(random: &mut Random) -> [f64; N] {
    std::array::from_fn(|_| (random.below(1 << 16) as f64 - f64::from(1 << 15)) / 8192.0)
}

/// Instants of a list over [`SPAN`], the first at its beginning, some of them equal.
fn instants(random: &mut Random, count: usize) -> Vec<f64> {
    let mut quarters: Vec<usize> = (1..count).map(|_| random.below(36_525 * 4)).collect();
    quarters.extend([0, quarters[0]]);
    quarters.sort_unstable();
    quarters.into_iter().map(|quarter| SPAN.0 + quarter as f64 / 4.0).collect()
}

/// Events that are none, but for their form.
#[must_use]
pub fn events() -> Vec<EventRecord> {
    let mut random = Random::of("synthetic almanac");
    let instants = instants(&mut random, 60);
    let event = |jd_tt: f64| {
        let [value] = numbers(&mut random);
        EventRecord {
            jd_tt,
            end_jd_tt: if random.below(3) == 0 { jd_tt + value.abs() } else { f64::NAN },
            value: if random.below(4) == 0 { f64::NAN } else { value },
            kind: random.below(23) as u16,
            body: random.below(23) as u16,
            partner: if random.below(2) == 0 { NO_BODY } else { random.below(23) as u16 },
            detail: random.below(1 << 16) as u16,
        }
    };
    instants.into_iter().map(event).collect()
}

/// Eclipses of the Sun that are none, some without an umbra.
#[must_use]
pub fn solar_eclipses() -> Vec<SolarEclipse> {
    let mut random = Random::of("synthetic solar eclipses");
    let instants = instants(&mut random, 12);
    let eclipse = |greatest_jd_tt: f64| {
        let [gamma, magnitude, obscuration, latitude_deg, ephemeris_longitude_deg] = numbers(&mut random);
        let [sun_altitude_deg, sun_azimuth_deg, central_duration_s, path_width_km] = numbers(&mut random);
        let is_partial = random.below(3) == 0;
        let elements = Elements {
            t0_jd_tt: greatest_jd_tt.round(),
            reach_h: 4.0,
            x: numbers(&mut random),
            y: numbers(&mut random),
            d_deg: numbers(&mut random),
            mu_deg: numbers(&mut random),
            l1: numbers(&mut random),
            l2: numbers(&mut random),
            tan_f1: numbers(&mut random),
            tan_f2: numbers(&mut random),
        };
        SolarEclipse {
            greatest_jd_tt,
            gamma,
            magnitude,
            obscuration,
            latitude_deg,
            ephemeris_longitude_deg,
            sun_altitude_deg,
            sun_azimuth_deg,
            central_duration_s: if is_partial { f64::NAN } else { central_duration_s },
            path_width_km: if is_partial { f64::NAN } else { path_width_km },
            penumbra_jd_tt: numbers(&mut random).map(|apart: f64| greatest_jd_tt + apart),
            umbra_jd_tt: if is_partial { [f64::NAN; 4] } else { [greatest_jd_tt; 4] },
            axis_jd_tt: if is_partial { [f64::NAN; 2] } else { [greatest_jd_tt; 2] },
            elements,
            saros: random.below(180) as i16 - 90,
            saros_member: random.below(80) as u16,
            kind: random.below(4) as u8,
        }
    };
    instants.into_iter().map(eclipse).collect()
}

/// Eclipses of the Moon that are none.
#[must_use]
pub fn lunar_eclipses() -> Vec<LunarEclipse> {
    let mut random = Random::of("synthetic lunar eclipses");
    let instants = instants(&mut random, 12);
    let eclipse = |greatest_jd_tt: f64| {
        let [gamma, umbral_magnitude, penumbral_magnitude, latitude_deg, ephemeris_longitude_deg] =
            numbers(&mut random);
        LunarEclipse {
            greatest_jd_tt,
            gamma,
            umbral_magnitude,
            penumbral_magnitude,
            latitude_deg,
            ephemeris_longitude_deg,
            penumbra_jd_tt: numbers(&mut random).map(|apart: f64| greatest_jd_tt + apart),
            umbra_jd_tt: [greatest_jd_tt, f64::NAN, f64::NAN, greatest_jd_tt],
            saros: random.below(180) as i16 - 90,
            saros_member: random.below(80) as u16,
            kind: random.below(3) as u8,
        }
    };
    instants.into_iter().map(eclipse).collect()
}

/// The files of all three lists, in the order of the manifest, by the names that they are put down under.
#[must_use]
pub fn lists() -> [(&'static str, Vec<u8>); 3] {
    let written = |bytes: Result<Vec<u8>, FormatError>| bytes.unwrap_or_else(|error| panic!("{error}"));
    [
        ("solar-eclipses.orrery", written(encode_list(SPAN, solar_eclipses(), LIST_RECIPE.into()))),
        ("lunar-eclipses.orrery", written(encode_list(SPAN, lunar_eclipses(), LIST_RECIPE.into()))),
        ("almanac.orrery", written(encode_list(SPAN, events(), LIST_RECIPE.into()))),
    ]
}

/// Writes the lists, and a manifest that names them beside the blocks of the one that is there.
pub fn publish_lists(dir: &Path) -> Manifest {
    std::fs::create_dir_all(dir.join(LISTS_DIR)).unwrap();
    let entries = lists().into_iter().map(|(file, bytes)| {
        let path = dir.join(LISTS_DIR).join(file);
        std::fs::write(&path, &bytes).unwrap();
        let list = AnyList::open(&path, Check::EveryByte).unwrap_or_else(|error| panic!("{error}"));
        ListEntry::of(file, list.about())
    });
    let before = Manifest::read(dir).unwrap_or_else(|error| panic!("{error}"));
    let manifest = Manifest::new(before.source, before.blocks, entries.collect());
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
    manifest
}

/// Writes blocks and a manifest that names them; the blocks must be in the manifest's order.
pub fn publish(dir: &Path, blocks: &[(Product, [u8; COMPONENTS])]) -> Manifest {
    std::fs::create_dir_all(dir.join(BLOCKS_DIR)).unwrap();
    let entries = blocks
        .iter()
        .map(|&(product, groups)| {
            let content = content(product, groups);
            let bytes = encode(&content).unwrap_or_else(|error| panic!("{error}"));
            let file = format!("{}.orrery", product.to_string().replace('/', "-"));
            let path = dir.join(BLOCKS_DIR).join(&file);
            std::fs::write(&path, &bytes).unwrap();
            BlockEntry::of(
                &file,
                &Block::open(&path, Check::EveryByte).unwrap_or_else(|error| panic!("{error}")),
            )
        })
        .collect();
    let manifest = manifest(entries);
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
    manifest
}

/// A manifest of blocks that no ephemeris had a part in.
#[must_use]
pub fn manifest(blocks: Vec<BlockEntry>) -> Manifest {
    let files =
        vec![SourceFile { name: "none".into(), bytes: 0, blake3: blake3::hash(b"").to_hex().to_string() }];
    let source = Source { ephemeris: "Synthetic 1".into(), pipeline: "orrery-tests".into(), files };
    Manifest::new(source, blocks, Vec::new())
}
