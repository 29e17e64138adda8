//! Whether a file may have changed since it was read.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What a file's name stood for: another file, or the same one written to, has another stamp. The time of modification
/// can be set back by whoever writes; that of the last change of anything about the file cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified_s: i64,
    modified_ns: i64,
    changed_s: i64,
    changed_ns: i64,
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
            changed_s: data.ctime(),
            changed_ns: data.ctime_nsec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_file_written_in_place_is_another_even_if_length_and_time_are_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("block");
        std::fs::write(&path, "before").unwrap();
        let (stamp, modified) = (Stamp::of(&path), std::fs::metadata(&path).unwrap().modified().unwrap());
        assert_eq!(Stamp::of(&path), stamp);
        let begun = Instant::now();
        loop {
            std::fs::write(&path, "behind").unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), modified);
            if Stamp::of(&path) != stamp {
                return;
            }
            // The clock that files go by takes steps of some milliseconds.
            assert!(begun.elapsed() < Duration::from_secs(30), "taken for the same");
        }
    }
}
