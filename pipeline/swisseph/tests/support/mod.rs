//! Where the tests find the ephemeris files, and small tools that several of them use.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};

use orrery_swisseph::{EphemerisDir, LiveBody, LiveCenter, LiveError, LiveView, Session};

/// The ephemeris directory: `ORRERY_EPHE`, or `data/ephe` of the workspace.
pub(crate) fn ephemeris_path() -> PathBuf {
    let path = std::env::var_os("ORRERY_EPHE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/ephe"), PathBuf::from);
    assert!(
        path.join("sepl_18.se1").is_file(),
        "no ephemeris files in {}: run scripts/fetch-data, or set ORRERY_EPHE",
        path.display()
    );
    path
}

pub(crate) fn ephemeris() -> EphemerisDir {
    EphemerisDir::open(&ephemeris_path()).unwrap()
}

/// Runs on a thread of its own, where no session has read any time table yet.
pub(crate) fn on_new_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

/// A directory with copies of some of the ephemeris files.
pub(crate) fn directory_of(names: &[&str]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in names {
        std::fs::copy(ephemeris_path().join(name), directory.path().join(name)).unwrap();
    }
    directory
}

/// The files for 1200 to 2999 alone, for tests that ask beyond their ends, whatever else has been fetched.
pub(crate) const NINE_FILES: [&str; 9] = [
    "sepl_12.se1",
    "semo_12.se1",
    "seas_12.se1",
    "sepl_18.se1",
    "semo_18.se1",
    "seas_18.se1",
    "sepl_24.se1",
    "semo_24.se1",
    "seas_24.se1",
];

pub(crate) const CENTERS: [LiveCenter; 3] = [LiveCenter::Geo, LiveCenter::Helio, LiveCenter::Bary];

/// Every body from every centre from which it has a place.
pub(crate) fn all_pairs() -> Vec<(LiveBody, LiveCenter)> {
    let pairs = LiveBody::NAMED.into_iter().flat_map(|body| CENTERS.map(|center| (body, center)));
    pairs.filter(|(body, center)| body.has_place_from(*center)).collect()
}

/// Splitmix64: the same sequence on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// What a session answers that was opened for this question alone.
pub(crate) fn fresh_answer(
    files: &EphemerisDir,
    body: LiveBody,
    view: impl Into<LiveView>,
    jd_tt: f64,
) -> Result<[f64; 3], LiveError> {
    Session::open(files).unwrap().position(body, view, jd_tt)
}

pub(crate) fn bits(place: &Result<[f64; 3], LiveError>) -> Result<[u64; 3], String> {
    place.as_ref().map(|place| place.map(f64::to_bits)).map_err(ToString::to_string)
}
