//! Whether the files that the pipeline reads have changed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::process::stamp::Stamp;

/// What lies in a directory.
type Seen = Vec<(OsString, Option<Stamp>)>;

/// The files of a directory, as they were when what depends on them was made.
#[derive(Debug)]
pub(super) struct Watched {
    dir: PathBuf,
    known: Seen,
    /// What was there at the last look, where that was something else.
    last: Option<Seen>,
}

impl Watched {
    pub(super) fn new(dir: &Path) -> Watched {
        Watched { dir: dir.to_owned(), known: look(dir), last: None }
    }

    /// Whether they have changed, and not again since the look before: whoever replaces many files has come to an end then.
    pub(super) fn have_changed(&mut self) -> bool {
        let seen = look(&self.dir);
        if seen == self.known {
            self.last = None;
            return false;
        }
        let is_settled = self.last.as_ref() == Some(&seen);
        if is_settled {
            self.known = seen;
            self.last = None;
        } else {
            self.last = Some(seen);
        }
        is_settled
    }
}

fn look(dir: &Path) -> Seen {
    // A directory that is not there, or cannot be read, is an empty one: that it is so now is a change as well.
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut seen: Seen = entries.map(|entry| (entry.file_name(), Stamp::of(&entry.path()))).collect();
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_changed_once_they_change_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("seleapsec.txt", "20170101");
        let mut watched = Watched::new(dir.path());
        assert!(!watched.have_changed());
        write("seleapsec.txt", "20170101\n20300101");
        assert!(!watched.have_changed(), "it may be written to at this moment");
        write("swe_deltat.txt", "2026 69.1");
        assert!(!watched.have_changed(), "another one has changed");
        assert!(watched.have_changed() && !watched.have_changed());
        std::fs::remove_file(dir.path().join("swe_deltat.txt")).unwrap();
        assert!(!watched.have_changed());
        write("swe_deltat.txt", "2026 69.1");
        assert!(!watched.have_changed(), "another file, though of the same name and content");
        assert!(watched.have_changed());
    }
}
