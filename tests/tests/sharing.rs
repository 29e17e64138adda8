//! Hazard: a copy where there should be a mapping, a mapping that goes while somebody reads it, and two processes on the
//! same files that disagree.

use std::process::{Command, Stdio};

use orrery_format::manifest::BLOCKS_DIR;
use orrery_format::{Block, Body, Center, Check, Dataset, Manifest, Product, TtDay};
use orrery_tests::random::Random;
use orrery_tests::{synthetic, tables, workspace};

/// Set for a process that is to answer as a second one.
const SECOND_PROCESS: &str = "ORRERY_TESTS_SECOND_PROCESS";

/// BLAKE3 over the bits of twenty thousand answers of every product, misses included.
fn answers(dataset: &Dataset) -> String {
    let mut hasher = blake3::Hasher::new();
    for product in tables::products(dataset) {
        let (start, end) = dataset.span_jd(product).unwrap();
        let mut random = Random::of(&product.to_string());
        for _ in 0..20_000 {
            let jd = random.between(start - 10.0, end + 10.0);
            match dataset.components_at(product, jd) {
                Ok(components) => {
                    for x in components.value.iter().chain(&components.rate) {
                        hasher.update(&x.to_bits().to_le_bytes());
                    }
                }
                Err(miss) => {
                    hasher.update(miss.to_string().as_bytes());
                }
            }
        }
    }
    hasher.finalize().to_hex().to_string()
}

#[test]
fn second_process() {
    if std::env::var_os(SECOND_PROCESS).is_some() {
        println!("answers={}", answers(&Dataset::open(tables::shared_dir()).unwrap()));
    }
}

#[test]
fn two_processes_on_the_same_files_give_the_same_bits() {
    let dataset = tables::shared();
    let children: Vec<_> = (0..2)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "second_process", "--nocapture"])
                .env(SECOND_PROCESS, "1")
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let expected = format!("answers={}", answers(&dataset));
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains(&expected), "{text}");
    }
}

#[test]
fn records_lie_inside_the_mapping_on_their_lines() {
    for block in tables::shared().blocks() {
        let mapping = block.mapping().bytes().as_ptr_range();
        let records = block.records().as_ptr_range();
        assert!(
            mapping.start <= records.start.cast::<u8>() && records.end.cast::<u8>() <= mapping.end,
            "{}",
            block.product()
        );
        assert_eq!(records.start as usize % 64, 0, "{}", block.product());
        assert!(block.records().len() >= block.segments().count());
        assert_eq!(block.mapping().bytes().len(), block.file_bytes());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn blocks_are_mapped_from_their_files_and_not_read_into_memory() {
    let dataset = tables::shared();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    for entry in &dataset.manifest().blocks {
        let line = maps.lines().find(|line| line.ends_with(&entry.file));
        let line = line.unwrap_or_else(|| panic!("{} is not mapped", entry.file));
        assert!(line.contains(" r--"), "{line}");
    }
}

#[test]
fn answers_go_on_after_files_are_gone_and_another_generation_is_published() {
    let dir = workspace::scratch();
    let mars = Product::Place(Center::Geo, Body::Mars);
    let old = synthetic::publish(dir.path(), &[(mars, [2, 1, 1])]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let path = Manifest::block_path(dir.path(), &old.blocks[0]);
    let block = Block::open(&path, Check::EveryByte).unwrap();
    let before = answers(&dataset);
    let hash = block.content_hash();

    std::fs::remove_dir_all(dir.path().join(BLOCKS_DIR)).unwrap();
    std::fs::remove_file(dir.path().join("manifest.json")).unwrap();
    assert_eq!(answers(&dataset), before);

    let new = synthetic::publish(
        dir.path(),
        &[(mars, [4, 4, 4]), (Product::Place(Center::Geo, Body::Pluto), [1, 1, 1])],
    );
    assert_ne!(new.generation, old.generation);
    assert_eq!(answers(&dataset), before);
    assert_eq!(dataset.generation(), old.generation);
    assert!(dataset.state(Body::Pluto, Center::Geo, TtDay(2_460_000.5)).is_err());
    assert_eq!(block.content_hash(), hash);

    let reopened = Dataset::open(dir.path()).unwrap();
    assert_eq!(reopened.generation(), new.generation);
    assert_ne!(answers(&reopened), before);
}

#[test]
fn many_threads_share_one_dataset() {
    let dataset = tables::shared();
    let one = |seed: u64| {
        let mut random = Random(seed);
        let mut sum = 0_u64;
        for _ in 0..50_000 {
            let body = *random.pick(&Body::ALL);
            if let Ok(answer) =
                dataset.true_state(body, Center::Geo, TtDay(random.between(2_378_500.0, 2_597_600.0)))
            {
                sum = sum.wrapping_add(answer.value.longitude_deg.to_bits());
            }
        }
        sum
    };
    let alone: Vec<u64> = (0..4).map(one).collect();
    let together: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|seed| scope.spawn(move || one(seed))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(alone, together);
}
