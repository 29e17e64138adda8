//! What `orrery-pipeline verify` says of damaged files, whoever wrote them.

use std::path::{Path, PathBuf};

use orrery_format::layout::HEADER_BYTES;
use orrery_format::manifest::{BLOCKS_DIR, MANIFEST_FILE};
use orrery_format::{Body, Dataset, ListName, Manifest};
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

use crate::{faults, told, verified};

/// A dataset from the ephemeris, small: nutation, the Earth's rotation and the mean node over a century.
fn one_body() -> tempfile::TempDir {
    let dir = workspace::scratch();
    tables::build_small(dir.path(), (1900, 2000), &[Body::MeanNode]);
    dir
}

fn files_of(dir: &Path) -> Vec<PathBuf> {
    let mut files = vec![dir.join(MANIFEST_FILE)];
    files.extend(std::fs::read_dir(dir.join(BLOCKS_DIR)).unwrap().map(|entry| entry.unwrap().path()));
    files.sort();
    files
}

#[test]
fn verify_passes_on_the_tables() {
    let ended = verified(tables::shared_dir());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("sound") && !ended.out.contains("NOT"), "{ended:?}");
    assert_eq!(ended.err, "");
    print!("{}", ended.out);
}

#[test]
fn verify_names_the_file_after_any_byte_is_changed() {
    let dir = one_body();
    let check = || faults(dir.path(), 20);
    assert_eq!(check(), Vec::<String>::new());
    let mut random = Random(11);
    let mut changes = 0;
    for path in files_of(dir.path()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let good = std::fs::read(&path).unwrap();
        let mut places: Vec<usize> = (0..60).map(|_| random.below(good.len())).collect();
        places.extend([0, 1, good.len() / 2, good.len() - 2, good.len() - 1]);
        places.extend((0..good.len().min(HEADER_BYTES)).step_by(9));
        for at in places {
            let mut bytes = good.clone();
            bytes[at] = bytes[at].wrapping_add(1 + random.below(255) as u8);
            std::fs::write(&path, bytes).unwrap();
            let faults = check();
            assert!(faults.iter().any(|fault| fault.contains(name)), "byte {at} of {name}: {faults:?}");
            changes += 1;
        }
        // The program says the same, and ends with 1.
        let mut bytes = good.clone();
        let at = random.below(good.len());
        bytes[at] ^= 0x10;
        std::fs::write(&path, bytes).unwrap();
        let ended = verified(dir.path());
        assert_eq!(ended.code, Some(1), "byte {at} of {name}: {ended:?}");
        assert!(
            ended.err.contains(name) && ended.out.contains("NOT sound"),
            "byte {at} of {name}: {ended:?}"
        );
        std::fs::write(&path, good).unwrap();
    }
    assert_eq!(check(), Vec::<String>::new());
    println!("{changes} changes, each with its file named");
}

#[test]
fn verify_names_what_is_missing_or_swapped() {
    let dir = one_body();
    let run = || verified(dir.path());
    let blocks: Vec<PathBuf> = files_of(dir.path())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "orrery"))
        .collect();
    let aside = dir.path().join("aside");
    // One block gone.
    std::fs::rename(&blocks[0], &aside).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(blocks[0].file_name().unwrap().to_str().unwrap()), "{ended:?}");
    // Another whole block in its place.
    std::fs::copy(&blocks[1], &blocks[0]).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(blocks[0].file_name().unwrap().to_str().unwrap()), "{ended:?}");
    std::fs::rename(&aside, &blocks[0]).unwrap();
    assert_eq!(run().code, Some(0));
    // No dataset at all.
    std::fs::remove_file(dir.path().join(MANIFEST_FILE)).unwrap();
    let ended = run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("orrery-pipeline build"), "{ended:?}");
}

#[test]
fn a_damaged_block_is_built_again() {
    let dir = one_body();
    let manifest = Manifest::read(dir.path()).unwrap();
    let path = Manifest::block_path(dir.path(), &manifest.blocks[2]);
    let good = std::fs::read(&path).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(Dataset::open(dir.path()).is_err());
    let outcome = tables::build_small(dir.path(), (1900, 2000), &[Body::MeanNode]);
    assert_eq!((outcome.computed, outcome.reused), (1, 2));
    assert_eq!(std::fs::read(&path).unwrap(), good);
    assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
    Dataset::open(dir.path()).unwrap();
}

#[test]
fn verify_names_a_list_after_any_byte_is_changed() {
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    assert_eq!(faults(dir.path(), 50), Vec::<String>::new());
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(manifest.lists.len(), ListName::ALL.len());
    // The program says the same, and ends with 1.
    let verified = || verified(dir.path());
    let mut random = Random(13);
    for list in &manifest.lists {
        let path = Manifest::list_path(dir.path(), list);
        let name = list.file.as_str();
        let good = std::fs::read(&path).unwrap();
        let mut places: Vec<usize> = (0..40).map(|_| random.below(good.len())).collect();
        places.extend([0, 1, good.len() / 2, good.len() - 2, good.len() - 1]);
        places.extend((0..HEADER_BYTES).step_by(9));
        for at in places {
            let mut bytes = good.clone();
            bytes[at] = bytes[at].wrapping_add(1 + random.below(255) as u8);
            std::fs::write(&path, bytes).unwrap();
            let found = faults(dir.path(), 1);
            assert!(found.iter().any(|fault| fault.contains(name)), "byte {at} of {name}: {found:?}");
            assert!(Dataset::open(dir.path()).unwrap_err().to_string().contains(name), "byte {at} of {name}");
        }
        let ended = verified();
        assert!(
            ended.code == Some(1) && ended.err.contains(name) && ended.out.contains("NOT sound"),
            "{ended:?}"
        );
        let (code, audit) = told(dir.path());
        assert_eq!((code, &audit["sound"], &audit["almanac"]), (Some(1), &false.into(), &().into()));
        assert!(audit["faults"][0].as_str().unwrap().contains(name), "{audit}");
        std::fs::write(&path, &good[..good.len() - 8]).unwrap();
        assert!(verified().err.contains(name));
        std::fs::remove_file(&path).unwrap();
        assert!(verified().err.contains(name));
        std::fs::write(&path, &good).unwrap();
    }
    let ended = verified();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for line in ["3 lists", "solar_eclipses: ", "lunar_eclipses: ", "almanac: 200 events compared"] {
        assert!(ended.out.contains(line), "no {line:?}: {ended:?}");
    }
    let (code, audit) = told(dir.path());
    assert_eq!((code, &audit["sound"], &audit["lists"]), (Some(0), &true.into(), &3.into()));
    assert_eq!(audit["almanac"]["compared"], 20);
    assert!(audit["almanac"]["worst_arcsec"].as_object().is_some_and(|worst| !worst.is_empty()), "{audit}");
    for list in ["solar_eclipses", "lunar_eclipses"] {
        let found = &audit["eclipses"][list];
        assert!(found["derived"].as_u64().is_some_and(|derived| derived > 0), "{list}: {audit}");
        assert!(found["worst_s"].as_f64().is_some_and(|worst_s| worst_s < 1.0), "{list}: {audit}");
    }
}
