//! Three datasets of ten bodies that differ in their almanacs, and what there is to compare.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use orrery_almanac::CivilDate;
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, MANIFEST_FILE};
use orrery_format::{Dataset, Manifest};
use orrery_tests::{tables, workspace};
use tempfile::TempDir;

/// Of three months, in their order: 31 blocks that are the same, and three lists, of which the almanac is another each time.
pub(crate) fn of_month(nth: usize) -> &'static Path {
    static MADE: [OnceLock<TempDir>; 3] = [const { OnceLock::new() }; 3];
    let made = MADE[nth].get_or_init(|| {
        let dir = workspace::scratch();
        // Lists of eclipses are derived once.
        if nth > 0 {
            copy_into(of_month(0), dir.path());
        }
        let month = [11, 12, 10][nth];
        tables::build_with_almanac(dir.path(), CivilDate { year: 2026, month, day: 21 });
        // A dataset is its published files alone here.
        let own = files(dir.path());
        let manifest = fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
        let clean = workspace::scratch();
        write(clean.path(), &own, &manifest);
        clean
    });
    made.path()
}

/// Blocks and lists of each.
pub(crate) const FILES: usize = 34;

/// A copy, to be mistreated.
pub(crate) fn copy(dir: &Path) -> TempDir {
    let made = workspace::scratch();
    copy_into(dir, made.path());
    made
}

fn copy_into(dir: &Path, out: &Path) {
    write(out, &files(dir), &fs::read(dir.join(MANIFEST_FILE)).unwrap());
}

fn write(out: &Path, files: &BTreeMap<String, Vec<u8>>, manifest: &[u8]) {
    for folder in [BLOCKS_DIR, LISTS_DIR] {
        fs::create_dir_all(out.join(folder)).unwrap();
    }
    for (key, content) in files {
        fs::write(out.join(key), content).unwrap();
    }
    fs::write(out.join(MANIFEST_FILE), manifest).unwrap();
}

/// What the manifest of a directory names, by its name at a location.
pub(crate) fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    keys(&manifest(dir)).map(|key| (key.clone(), fs::read(dir.join(&key)).unwrap())).collect()
}

/// The manifest of a directory.
pub(crate) fn manifest(dir: &Path) -> Manifest {
    Manifest::read(dir).unwrap_or_else(|error| panic!("{error}"))
}

/// The name of the generation of a directory.
pub(crate) fn generation(dir: &Path) -> String {
    manifest(dir).generation
}

/// Names at a location of all files of a manifest.
pub(crate) fn keys(manifest: &Manifest) -> impl Iterator<Item = String> {
    let blocks = manifest.blocks.iter().map(|block| format!("{BLOCKS_DIR}/{}", block.file));
    let lists = manifest.lists.iter().map(|list| format!("{LISTS_DIR}/{}", list.file));
    blocks.chain(lists).collect::<Vec<_>>().into_iter()
}

/// The largest file, the Moon's, by its name at a location.
pub(crate) fn moon(dir: &Path) -> String {
    let block = manifest(dir).blocks.into_iter().find(|block| block.product == "geo/moon").unwrap();
    format!("{BLOCKS_DIR}/{}", block.file)
}

/// The almanac, by its name at a location.
pub(crate) fn almanac(dir: &Path) -> String {
    let list = manifest(dir).lists.into_iter().find(|list| list.name == "almanac").unwrap();
    format!("{LISTS_DIR}/{}", list.file)
}

/// Where what has come of a file lies while it is not whole.
pub(crate) fn partial(out: &Path, dir: &Path, key: &str) -> PathBuf {
    let hash = blake3::hash(&fs::read(dir.join(key)).unwrap());
    out.join(key).with_file_name(format!(".part-{hash}"))
}

/// Partial files of a dataset directory.
pub(crate) fn partials(out: &Path) -> Vec<PathBuf> {
    let listed = [BLOCKS_DIR, LISTS_DIR].into_iter().filter_map(|folder| fs::read_dir(out.join(folder)).ok());
    let paths = listed.flatten().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with('.')).collect()
}

/// States that a directory has what another one has published, to the last byte, and that it opens.
pub(crate) fn assert_has(out: &Path, dir: &Path) {
    let text = |dir: &Path| fs::read_to_string(dir.join(MANIFEST_FILE)).unwrap();
    assert_eq!(text(out), text(dir));
    assert!(
        files(out) == files(dir),
        "the files of {} are others than those of {}",
        out.display(),
        dir.display()
    );
    let dataset = Dataset::open(out).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(dataset.generation(), generation(dir));
    assert!(partials(out).is_empty(), "{:?}", partials(out));
}
