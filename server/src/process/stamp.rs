//! Whether a file may have changed since it was read.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What a file's name stood for: another file, or the same one written to, has another stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified_s: i64,
    modified_ns: i64,
}

impl Stamp {
    /// Of what is there now; `None` where nothing is, or nothing that may be looked at.
    pub(crate) fn of(path: &Path) -> Option<Stamp> {
        let data = std::fs::metadata(path).ok()?;
        Some(Stamp {
            device: data.dev(),
            inode: data.ino(),
            size: data.size(),
            modified_s: data.mtime(),
            modified_ns: data.mtime_nsec(),
        })
    }
}
