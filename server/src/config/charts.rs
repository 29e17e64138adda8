//! What charts are told by.

use std::path::PathBuf;
use std::sync::Arc;

use orrery_almanac::lots::Book;

use super::error::ConfigError;
use super::keys::settings;

/// The lots that are part of the program, and what messages call their file.
const BUILT_IN: (&str, &str) = ("data/lots.toml", include_str!("../../../data/lots.toml"));

settings! {
    /// What charts are told by.
    pub struct Charts in "charts" {
        /// File of lots beside those that are built in, in the form of `data/lots.toml`; it may use those, but not their names.
        /// It is read when the server starts. Empty for none.
        lots: PathBuf = PathBuf::new();
    }
}

impl Charts {
    /// The lots that charts may be asked for.
    ///
    /// # Errors
    /// The file of lots cannot be read, or something in it is no lot.
    pub fn book(&self) -> Result<Arc<Book>, ConfigError> {
        let refused = |remedy: String| ConfigError::Value {
            setting: "charts.lots".to_owned(),
            value: format!("{:?}", self.lots.display().to_string()),
            remedy,
        };
        let name = self.lots.display().to_string();
        let own = if self.lots.as_os_str().is_empty() {
            None
        } else {
            let text = std::fs::read_to_string(&self.lots);
            Some(text.map_err(|error| {
                refused(format!("cannot be read: {error}; give a file of lots, or nothing at all"))
            })?)
        };
        let files = [Some(BUILT_IN), own.as_deref().map(|text| (&*name, text))];
        let files: Vec<_> = files.into_iter().flatten().collect();
        Book::read(&files).map(Arc::new).map_err(|error| refused(error.to_string()))
    }

    /// What no single value shows.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        // What is built in is right.
        if self.lots.as_os_str().is_empty() { Ok(()) } else { self.book().map(drop) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_can_be_read() {
        let book = Charts::default().book().unwrap();
        assert_eq!(book.select("traditional").unwrap().lots().len(), 16);
    }

    #[test]
    fn a_file_of_lots_is_read_or_refused_by_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("own.toml");
        let charts = Charts { lots: path.clone() };
        let error = charts.check().unwrap_err().to_string();
        assert!(error.starts_with("charts.lots = ") && error.contains("cannot be read"), "{error}");
        std::fs::write(&path, "[[lot]]\nname = \"garden\"\nday = \"fortune + 30\"\n").unwrap();
        assert!(charts.book().unwrap().lot("garden").is_some());
        std::fs::write(&path, "[[lot]]\nname = \"garden\"\nday = \"fortun + 30\"\n").unwrap();
        let error = charts.check().unwrap_err().to_string();
        let told = "own.toml, line 3, column 8: lot `garden`: `fortun` is unknown: did you mean `fortune`?";
        assert!(error.contains(told), "{error}");
    }
}
