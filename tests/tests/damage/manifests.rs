//! A manifest that is none, or that does not fit its files.

use std::path::Path;

use orrery_format::layout::LAYOUT_VERSION;
use orrery_format::manifest::{BlockEntry, LISTS_DIR, ListEntry, MANIFEST_FILE};
use orrery_format::{Check, Dataset, FormatError, Manifest};
use orrery_tests::{synthetic, workspace};

use crate::files::Victim;

/// Publishes a manifest that matches its own name.
fn publish(dir: &Path, blocks: Vec<BlockEntry>) -> String {
    let manifest = synthetic::manifest(blocks);
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
    let error = Dataset::open(dir).expect_err("a manifest that is none").to_string();
    assert!(Dataset::open_with(dir, Check::Structure).is_err());
    error
}

#[test]
fn a_manifest_that_is_none() {
    let victim = Victim::new();
    let dir = victim.dir.path();
    let path = dir.join(MANIFEST_FILE);
    let good = std::fs::read(&path).unwrap();
    for length in 0..good.len() {
        std::fs::write(&path, &good[..length]).unwrap();
        let error = Dataset::open(dir).expect_err("cut").to_string();
        assert!(
            error.contains(MANIFEST_FILE) && error.contains("orrery-pipeline build"),
            "{length}: {error}"
        );
    }
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(Dataset::open(dir).is_err(), "byte {at} of the manifest changed, and it was opened");
    }
    for garbage in [&b"garbage"[..], b"{}", b"[]", b"null", b"\xff\xfe\x00", &b"[".repeat(100_000)] {
        std::fs::write(&path, garbage).unwrap();
        let error = Dataset::open(dir).expect_err("garbage").to_string();
        assert!(error.contains(MANIFEST_FILE), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
    let error = Dataset::open(dir).unwrap_err();
    assert!(
        matches!(error, FormatError::NoDataset { .. }) && error.to_string().contains("orrery-pipeline build"),
        "{error}"
    );
    std::fs::create_dir(&path).unwrap();
    assert!(Dataset::open(dir).is_err());
}

#[test]
fn a_manifest_of_another_layout_names_both_versions() {
    let victim = Victim::new();
    let path = victim.dir.path().join(MANIFEST_FILE);
    let good = std::fs::read_to_string(&path).unwrap();
    let line = format!("\"layout_version\": {LAYOUT_VERSION}");
    assert!(good.contains(&line));
    std::fs::write(&path, good.replace(&line, "\"layout_version\": 77")).unwrap();
    let error = Dataset::open(victim.dir.path()).unwrap_err().to_string();
    assert!(error.contains("version 77") && error.contains(&format!("version {LAYOUT_VERSION}")), "{error}");
}

#[test]
fn a_manifest_that_does_not_fit_its_blocks() {
    let victim = Victim::new();
    let dir = victim.dir.path();
    let entry = Manifest::read(dir).unwrap().blocks.remove(0);
    let with = |change: &dyn Fn(&mut BlockEntry)| {
        let mut changed = entry.clone();
        change(&mut changed);
        publish(dir, vec![changed])
    };
    let missing = with(&|entry| entry.file = "geo-venus.orrery".into());
    assert!(missing.contains("geo-venus.orrery"), "{missing}");
    // Out of the folder of blocks, by every road there is.
    let outside = workspace::scratch();
    let elsewhere = outside.path().join("geo-mars.orrery");
    std::fs::copy(&victim.path, &elsewhere).unwrap();
    std::fs::copy(&victim.path, dir.join("geo-mars.orrery")).unwrap();
    let absolute = elsewhere.to_str().unwrap().to_owned();
    let above = format!("../../{}/geo-mars.orrery", outside.path().file_name().unwrap().to_str().unwrap());
    let names: [&str; 9] = [
        &absolute,
        &above,
        "../geo-mars.orrery",
        "./geo-mars.orrery",
        "..",
        ".",
        "",
        "geo-mars.orrery/",
        "geo-mars.orrery\0",
    ];
    for name in names {
        let refused = with(&|entry| entry.file = name.to_owned());
        assert!(refused.contains("no file name"), "{name:?}: {refused}");
    }
    assert!(with(&|entry| entry.product = "geo/venus".into()).contains("another block"));
    assert!(with(&|entry| entry.start_jd += 36_525.0).contains("another block"));
    assert!(with(&|entry| entry.end_jd -= 1.0).contains("another block"));
    assert!(publish(dir, vec![entry.clone(), entry.clone()]).contains("do not follow each other"));
    // The hash is of every byte, so it is met when every byte is read.
    let mut other = entry.clone();
    other.blake3 = blake3::hash(b"another file").to_hex().to_string();
    std::fs::write(dir.join(MANIFEST_FILE), synthetic::manifest(vec![other]).to_bytes()).unwrap();
    let error = Dataset::open(dir).unwrap_err().to_string();
    assert!(error.contains("geo-mars.orrery"), "{error}");
}

#[test]
fn a_manifest_that_does_not_fit_its_lists() {
    let victim = Victim::new();
    let dir = victim.dir.path();
    let good = synthetic::publish_lists(dir);
    assert_eq!(Dataset::open(dir).unwrap().lists().len(), 3);
    let publish = |lists: Vec<ListEntry>| {
        let manifest = Manifest::new(good.source.clone(), good.blocks.clone(), lists);
        std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
        (Dataset::open(dir), Dataset::open_with(dir, Check::Structure))
    };
    let refused = |lists: Vec<ListEntry>| {
        let (every_byte, structure) = publish(lists);
        let error = every_byte.expect_err("lists that are not listed so").to_string();
        assert!(structure.is_err(), "{error}");
        error
    };
    let with = |change: &dyn Fn(&mut ListEntry)| {
        let mut lists = good.lists.clone();
        change(&mut lists[2]);
        refused(lists)
    };
    assert!(with(&|list| list.name = "solar_eclipses".into()).contains("another list"));
    assert!(with(&|list| list.start_jd_tt += 1.0).contains("another list"));
    assert!(with(&|list| list.end_jd_tt -= 1.0).contains("another list"));
    assert!(with(&|list| list.entries += 1).contains("another list"));
    assert!(with(&|list| list.bytes += 1).contains("another list"));
    assert!(with(&|list| list.recipe = "0".repeat(64)).contains("another list"));
    assert!(with(&|list| list.file = "nowhere.orrery".into()).contains("nowhere.orrery"));
    for name in ["../blocks/geo-mars.orrery", "", ".", "/almanac.orrery"] {
        assert!(with(&|list| list.file = name.into()).contains("no file name"), "{name:?}");
    }
    // A block is no list.
    std::fs::copy(&victim.path, dir.join(LISTS_DIR).join("geo-mars.orrery")).unwrap();
    assert!(with(&|list| list.file = "geo-mars.orrery".into()).contains("no Orrery list"));
    let [solar, lunar, almanac] = <[ListEntry; 3]>::try_from(good.lists.clone()).unwrap();
    assert!(refused(vec![almanac.clone(), almanac.clone()]).contains("twice"));
    assert!(refused(vec![lunar.clone(), solar.clone()]).contains("out of order"));
    // The hash is of every byte, so it is met when every byte is read.
    let mut other = almanac.clone();
    other.blake3 = blake3::hash(b"another file").to_hex().to_string();
    assert!(publish(vec![other]).0.unwrap_err().to_string().contains("almanac.orrery"));
    // Any of them may be missing.
    for lists in [vec![], vec![solar.clone()], vec![lunar.clone()], vec![solar, almanac]] {
        let (every_byte, structure) = publish(lists.clone());
        let (dataset, _) = (every_byte.unwrap(), structure.unwrap());
        let has = |name: &str| lists.iter().any(|list| list.name == name);
        assert_eq!(dataset.solar_eclipses().is_some(), has("solar_eclipses"));
        assert_eq!(dataset.lunar_eclipses().is_some(), has("lunar_eclipses"));
        assert_eq!(dataset.almanac().is_some(), has("almanac"));
    }
}
