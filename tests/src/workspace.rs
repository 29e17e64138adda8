//! Where things are in the checkout.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use orrery_swisseph::{EphemerisDir, Session};

/// The workspace's root.
#[must_use]
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", root.display()))
}

/// The directory that cargo builds into, found from where this test program lies: `<target>/<profile>/deps/<program>`.
#[must_use]
pub fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program
        .ancestors()
        .nth(3)
        .unwrap_or_else(|| panic!("{} is in no target directory", program.display()))
        .to_owned()
}

/// The directory of ephemeris files, which must be there.
#[must_use]
pub fn ephemeris_path() -> PathBuf {
    let path = root().join("data/ephe");
    assert!(
        path.join("sepl_18.se1").is_file(),
        "no ephemeris files in {}: run scripts/fetch-data, then the tests again",
        path.display()
    );
    path
}

/// States what tests rely on that know where the ephemeris files end: that they are those which `scripts/fetch-data`
/// brings without `--wide`, for 1200 to 2999, and that there are none of single minor planets.
///
/// # Panics
/// When others lie beside them, naming them.
pub fn require_narrow_files() {
    let of_the_span =
        |name: &str| ["12", "18", "24"].iter().any(|century| name.ends_with(&format!("_{century}.se1")));
    let mut others: Vec<String> = ephemeris().files().iter().map(|file| file.name.clone()).collect();
    others.retain(|name| Path::new(name).extension().is_some_and(|kind| kind == "se1") && !of_the_span(name));
    assert!(
        others.is_empty(),
        "this test knows where the ephemeris files end that scripts/fetch-data brings without --wide, and {} holds others: \
         move these elsewhere to run it: {others:?}",
        ephemeris_path().display()
    );
}

/// The checked directory of ephemeris files.
#[must_use]
pub fn ephemeris() -> EphemerisDir {
    EphemerisDir::open(&ephemeris_path()).unwrap_or_else(|error| panic!("{error}"))
}

/// A live session on this thread.
#[must_use]
pub fn session() -> Session {
    Session::open(&ephemeris()).unwrap_or_else(|error| panic!("{error}"))
}

/// A committed fixture, such as `good/one.orrery`.
#[must_use]
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A new directory that goes when it is dropped.
#[must_use]
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary directory: {error}"))
}

/// Every file below a directory and its bytes, but for the lock of a dataset.
#[must_use]
pub fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != ".lock") {
                all.insert(path.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// The names of two directories' files that differ.
#[must_use]
pub fn differences(a: &Path, b: &Path) -> Vec<PathBuf> {
    let (a, b) = (contents(a), contents(b));
    let names = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
    names.filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}
