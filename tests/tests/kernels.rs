//! Hazard: a reply that depends on the processor, on which other instants were asked for with it, or on whether its place
//! in the tables was looked up beforehand. Every kernel, the batch path and the path in two steps must agree with the plain
//! single path to the last bit.

use std::path::Path;

use orrery_format::kernel::Kernel;
use orrery_format::{Body, Center, Check, Columns, Dataset, Miss, Missed, Nutation, Product, State, TtDay};
use orrery_swisseph::EphemerisDir;
use orrery_tests::hostile::{around, seams, segment_edges};
use orrery_tests::random::Random;
use orrery_tests::{synthetic, tables, workspace};

/// A dataset opened once for each kernel of this processor; the first is the plain one.
fn by_kernel(dir: &Path) -> Vec<Dataset> {
    Kernel::available()
        .into_iter()
        .map(|kernel| Dataset::open_with(dir, Check::Structure).unwrap().with_kernel(kernel))
        .collect()
}

fn synthetic_dir() -> tempfile::TempDir {
    let dir = workspace::scratch();
    let products = [
        (Product::Nutation, [2, 1, 0]),
        (Product::Place(Center::Geo, Body::Sun), [4, 4, 4]),
        (Product::Place(Center::Geo, Body::Moon), [8, 8, 8]),
        (Product::Place(Center::Geo, Body::Mars), [0, 0, 0]),
        (Product::Place(Center::Geo, Body::Pluto), [1, 0, 3]),
        (Product::Place(Center::Bary, Body::Earth), [0, 7, 2]),
    ];
    synthetic::publish(dir.path(), &products);
    dir
}

fn state_bits(state: &State) -> [u64; 6] {
    let State { longitude_deg, latitude_deg, distance_au, longitude_speed, latitude_speed, distance_speed } =
        *state;
    [longitude_deg, latitude_deg, distance_au, longitude_speed, latitude_speed, distance_speed]
        .map(f64::to_bits)
}

fn nutation_bits(nutation: &Nutation) -> [u64; 6] {
    let Nutation { dpsi_deg, deps_deg, mean_obliquity_deg, dpsi_speed, deps_speed, mean_obliquity_speed } =
        *nutation;
    [dpsi_deg, deps_deg, mean_obliquity_deg, dpsi_speed, deps_speed, mean_obliquity_speed].map(f64::to_bits)
}

/// What the single path answers, bit for bit: values and rates, or why not.
fn single(dataset: &Dataset, product: Product, jd: f64) -> Result<[u64; 6], Miss> {
    match product {
        Product::Place(center, body) => {
            dataset.state(body, center, TtDay(jd)).map(|answer| state_bits(&answer.value))
        }
        Product::Nutation => dataset.nutation(TtDay(jd)).map(|answer| nutation_bits(&answer.value)),
        Product::EarthRotation => dataset.components_at(product, jd).map(|components| {
            let ([a, b, c], [d, e, f]) = (components.value, components.rate);
            [a, b, c, d, e, f].map(f64::to_bits)
        }),
    }
}

/// What the batch path answers, in the same form.
fn batch(dataset: &Dataset, product: Product, jds: &[f64]) -> Vec<Result<[u64; 6], Miss>> {
    let mut columns = vec![vec![f64::MAX; jds.len()]; 6];
    let mut missed: Vec<Missed> = Vec::new();
    let [a, b, c, d, e, f] = columns.as_mut_slice() else { unreachable!("six columns") };
    dataset.fill(product, jds, &mut Columns { values: [a, b, c], rates: [d, e, f] }, &mut missed);
    assert!(missed.windows(2).all(|pair| pair[0].index < pair[1].index), "misses out of order");
    let mut answers: Vec<Result<[u64; 6], Miss>> =
        (0..jds.len()).map(|i| Ok(std::array::from_fn(|c| columns[c][i].to_bits()))).collect();
    for Missed { index, miss } in missed {
        assert!(columns.iter().all(|column| column[index].is_nan()), "a miss at {index} left a number");
        answers[index] = Err(miss);
    }
    answers
}

/// What the path in two steps answers, all instants at once, in the same form: where each lies, then what is there. Of
/// the Earth's rotation it knows the place alone.
fn in_two_steps(dataset: &Dataset, product: Product, jds: &[f64]) -> Vec<Result<[u64; 6], Miss>> {
    for &jd in jds {
        // Is allowed to be of no use, and nothing else.
        dataset.prefetch(product, jd);
    }
    let spots: Vec<_> = jds.iter().map(|&jd| dataset.spot(product, jd)).collect();
    for (&jd, spot) in jds.iter().zip(&spots) {
        let Ok(spot) = spot else { continue };
        let (block, segment) = dataset.locate(product, jd).unwrap();
        assert_eq!(
            (spot.block(), dataset.error_arcsec(*spot)),
            (block, segment.error_arcsec),
            "{product} at {jd:?}"
        );
    }
    let mut answers: Vec<Result<[u64; 6], Miss>> = spots.iter().map(|spot| spot.map(|_| [0; 6])).collect();
    match product {
        Product::Place(..) => {
            let found =
                spots.iter().zip(&mut answers).filter_map(|(spot, answer)| Some((spot.ok()?, answer)));
            dataset.states_at(found, |answer, state| *answer = Ok(state_bits(&state)));
        }
        Product::Nutation => {
            for (spot, answer) in spots.iter().zip(&mut answers) {
                *answer = spot.map(|spot| nutation_bits(&dataset.nutation_at(spot)));
            }
        }
        Product::EarthRotation => {
            for (&jd, answer) in jds.iter().zip(&mut answers) {
                *answer = answer.and_then(|_| single(dataset, product, jd));
            }
        }
    }
    answers
}

/// Compares the answers of all kernels on all ways with the plain kernel's single answers.
fn agree(datasets: &[Dataset], product: Product, jds: &[f64]) -> usize {
    let expected: Vec<_> = jds.iter().map(|&jd| single(&datasets[0], product, jd)).collect();
    for (kernel, dataset) in datasets.iter().enumerate() {
        for (&jd, expected) in jds.iter().zip(&expected) {
            let found = single(dataset, product, jd);
            assert!(found == *expected, "{product} at {jd:?}, kernel {kernel}: {found:x?} for {expected:x?}");
        }
        for (way, answers) in
            [("batch", batch(dataset, product, jds)), ("two steps", in_two_steps(dataset, product, jds))]
        {
            for (i, (found, expected)) in answers.iter().zip(&expected).enumerate() {
                assert!(
                    found == expected,
                    "{product} at {:?}, {way}, {} instants, kernel {kernel}: {found:x?} for {expected:x?}",
                    jds[i],
                    jds.len()
                );
            }
        }
    }
    jds.len()
}

/// Instants of a product as callers send them: ordered, in no order, across edges, with misses between.
fn sequences(dataset: &Dataset, product: Product) -> Vec<Vec<f64>> {
    let mut random = Random::of(&format!("kernels {product}"));
    let (start, end) = dataset.span_jd(product).unwrap();
    let mut all = Vec::new();
    // Every length, so that each remainder of the lanes is met, inside one segment and across edges.
    for length in 1..=40 {
        let first = random.between(start, end - 100.0);
        all.push((0..length).map(|i| first + f64::from(i) * 1e-3).collect());
        let step = random.between(0.1, 400.0);
        all.push((0..length).map(|i| first + f64::from(i) * step).collect());
        all.push((0..length).rev().map(|i| first + f64::from(i) * 0.7).collect());
    }
    all.push((0..500).map(|_| random.between(start, end)).collect());
    // Dates before, in and after the tables, and no dates at all, in every mixture.
    let wild = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, start.next_down(), end, 0.0, 1e300, -1e300];
    let mixed = |random: &mut Random| match random.below(4) {
        0 => *random.pick(&wild),
        1 => random.between(start - 1_000.0, end + 1_000.0),
        _ => random.between(start, start + 3.0),
    };
    all.push((0..500).map(|_| mixed(&mut random)).collect());
    // Runs that step over an edge, bit by bit.
    let blocks: Vec<_> = dataset.blocks().iter().filter(|block| block.product() == product).collect();
    let edges = segment_edges(dataset, product, 200);
    for _ in 0..20 {
        let edge = *random.pick(&edges);
        let mut below = edge;
        let mut run = Vec::new();
        for _ in 0..12 {
            below = below.next_down();
            run.push(below);
        }
        run.reverse();
        run.extend(around(edge));
        run.extend((0..12).map(|i| edge + f64::from(i) * 1e-9));
        all.push(run);
    }
    all.push(blocks.iter().flat_map(|block| around(block.end_jd())).collect());
    all.push(edges.into_iter().flat_map(around).collect());
    all.push(Vec::new());
    all
}

#[test]
fn all_kernels_and_ways_agree_on_synthetic_tables_of_every_shape() {
    let dir = synthetic_dir();
    let datasets = by_kernel(dir.path());
    let mut compared = 0;
    for product in tables::products(&datasets[0]) {
        for jds in sequences(&datasets[0], product) {
            compared += agree(&datasets, product, &jds);
        }
        // Segments that the audit refused are among them.
        let answers = batch(&datasets[0], product, &sequences(&datasets[0], product)[120]);
        assert!(answers.iter().any(|answer| matches!(answer, Err(Miss::NotGoodEnough { .. }))));
    }
    println!("{compared} instants, {} kernels", datasets.len());
}

#[test]
fn all_kernels_and_ways_agree_on_the_tables() {
    let datasets = by_kernel(tables::shared_dir());
    let files = EphemerisDir::open(&workspace::ephemeris_path()).unwrap();
    let mut compared = 0;
    for product in tables::products(&datasets[0]) {
        for jds in sequences(&datasets[0], product) {
            compared += agree(&datasets, product, &jds);
        }
        if let Product::Place(center, body) = product {
            let seams = seams(&datasets[0], &files, center, body, 50);
            compared += agree(&datasets, product, &seams.into_iter().flat_map(around).collect::<Vec<_>>());
        }
    }
    println!("{compared} instants, {} kernels", datasets.len());
}

#[test]
fn a_product_without_tables_is_a_miss_in_a_batch_too() {
    let dir = synthetic_dir();
    for dataset in by_kernel(dir.path()) {
        let answers = batch(&dataset, Product::Place(Center::Geo, Body::Venus), &[2_460_000.5, 0.0]);
        assert_eq!(answers, [Err(Miss::NotTabulated), Err(Miss::NotTabulated)]);
    }
}
