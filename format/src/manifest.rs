//! The manifest: one generation of a dataset, which blocks and lists make it up and how each was made.
//!
//! A generation is its manifest. The file is replaced by one atomic rename, blocks and lists are named by their content and
//! never change, so a reader sees the old generation or the new one and nothing between.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::error::FormatError;
use crate::list::About;

/// Name of the manifest in a dataset directory.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Name of the copy of the manifest that was published before, in a dataset directory.
pub const PREVIOUS_MANIFEST_FILE: &str = "previous.json";

/// Name of the folder of blocks in a dataset directory.
pub const BLOCKS_DIR: &str = "blocks";

/// Name of the folder of lists in a dataset directory.
pub const LISTS_DIR: &str = "lists";

/// One generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout version of all its blocks and lists.
    pub layout_version: u32,
    /// Name of the generation: BLAKE3 of the manifest without this field, 16 hexadecimal digits.
    pub generation: String,
    /// What all blocks were made from.
    pub source: Source,
    /// What the dataset is to have; `None` in manifests of those who did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeEntry>,
    /// Every block, ordered by product and time.
    pub blocks: Vec<BlockEntry>,
    /// Every list that there is, in the order of [`ListName::ALL`](crate::ListName::ALL).
    pub lists: Vec<ListEntry>,
}

/// Where a generation comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What answered, as replies name it: `Swiss Ephemeris 2.10.03, DE431`.
    pub ephemeris: String,
    /// Version of the program that built it.
    pub pipeline: String,
    /// The ephemeris files read.
    pub files: Vec<SourceFile>,
}

/// One ephemeris file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// File name.
    pub name: String,
    /// Length.
    pub bytes: u64,
    /// BLAKE3 of its content, hexadecimal.
    pub blake3: String,
}

/// What a dataset is to have. A generation may have less: one that is published on the way to the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeEntry {
    /// Which times.
    pub span: SpanEntry,
    /// Names of the bodies; `None` for all that there are tables of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bodies: Option<Vec<String>>,
}

/// The times of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SpanEntry {
    /// From the first of January of one year to that of another.
    Years {
        /// First year.
        from: i32,
        /// Year after the last.
        to: i32,
    },
    /// So many years before and after whichever day it is.
    Window {
        /// Years before the day.
        before: u32,
        /// Years after it.
        after: u32,
    },
}

/// One block of a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockEntry {
    /// Product name, such as `geo/moon`.
    pub product: String,
    /// First instant, a Julian day in `time_scale`.
    pub start_jd: f64,
    /// First instant after it.
    pub end_jd: f64,
    /// `tt` or `ut1`.
    pub time_scale: String,
    /// File name inside the folder of blocks.
    pub file: String,
    /// Length.
    pub bytes: u64,
    /// BLAKE3 of the file, hexadecimal.
    pub blake3: String,
    /// BLAKE3 of the recipe, hexadecimal.
    pub recipe: String,
    /// Number of segments.
    pub segments: u64,
    /// Promise that the segments were audited against, arcseconds.
    pub promise_arcsec: f64,
    /// Largest audited error of the accepted segments, arcseconds.
    pub max_error_arcsec: f64,
    /// Largest audited relative error of the distance of the accepted segments.
    pub max_error_distance: f64,
    /// Share of the span whose segments the audit refused, which is answered live, percent.
    pub live_share_percent: f64,
}

/// One list of a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    /// Its name, such as `almanac`.
    pub name: String,
    /// First instant that it covers, a Julian day of TT.
    pub start_jd_tt: f64,
    /// First instant after it.
    pub end_jd_tt: f64,
    /// File name inside the folder of lists.
    pub file: String,
    /// Length.
    pub bytes: u64,
    /// BLAKE3 of the file, hexadecimal.
    pub blake3: String,
    /// BLAKE3 of the recipe, hexadecimal.
    pub recipe: String,
    /// Number of entries.
    pub entries: u64,
}

impl ListEntry {
    /// What a manifest says of a list file of this name.
    #[must_use]
    pub fn of(file: &str, list: &About) -> ListEntry {
        ListEntry {
            name: list.name().name().to_owned(),
            start_jd_tt: list.start_jd_tt(),
            end_jd_tt: list.end_jd_tt(),
            file: file.to_owned(),
            bytes: list.file_bytes() as u64,
            blake3: hex(list.content_hash()),
            recipe: hex(list.recipe_hash()),
            entries: list.entries() as u64,
        }
    }
}

fn hex(hash: [u8; 32]) -> String {
    blake3::Hash::from(hash).to_hex().to_string()
}

impl BlockEntry {
    /// What a manifest says of a block file of this name.
    #[must_use]
    pub fn of(file: &str, block: &Block) -> BlockEntry {
        let (max_error_arcsec, max_error_distance) = block.max_error();
        BlockEntry {
            product: block.product().to_string(),
            start_jd: block.start_jd(),
            end_jd: block.end_jd(),
            time_scale: block.product().time_scale().to_owned(),
            file: file.to_owned(),
            bytes: block.file_bytes() as u64,
            blake3: hex(block.content_hash()),
            recipe: hex(block.recipe_hash()),
            segments: block.segments().count() as u64,
            promise_arcsec: block.promise_arcsec(),
            max_error_arcsec: f64::from(max_error_arcsec),
            max_error_distance: f64::from(max_error_distance),
            live_share_percent: 100.0 * block.refused_days() / (block.end_jd() - block.start_jd()),
        }
    }
}

impl Manifest {
    /// A manifest of these blocks and lists, with the name that follows from them.
    #[must_use]
    pub fn new(source: Source, blocks: Vec<BlockEntry>, lists: Vec<ListEntry>) -> Manifest {
        let layout_version = crate::layout::LAYOUT_VERSION;
        let generation = String::new();
        Manifest { layout_version, generation, source, scope: None, blocks, lists }.named()
    }

    /// The same, said to be of a dataset that is to have so much: another name, since it says more.
    #[must_use]
    pub fn with_scope(self, scope: ScopeEntry) -> Manifest {
        Manifest { scope: Some(scope), ..self }.named()
    }

    /// The same tables with lists that were derived from them: another name again.
    #[must_use]
    pub fn with_lists(self, lists: Vec<ListEntry>) -> Manifest {
        Manifest { lists, ..self }.named()
    }

    fn named(mut self) -> Manifest {
        self.generation = self.name();
        self
    }

    /// The generation of a directory in which nothing is published yet: no blocks, no lists.
    #[must_use]
    pub fn nothing() -> Manifest {
        let source = Source { ephemeris: "none".into(), pipeline: "none".into(), files: Vec::new() };
        Manifest::new(source, Vec::new(), Vec::new())
    }

    /// Whether there is neither a block nor a list in it.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.blocks.is_empty() && self.lists.is_empty()
    }

    /// The name that belongs to the content.
    fn name(&self) -> String {
        let nameless = Manifest { generation: String::new(), ..self.clone() };
        blake3::hash(&nameless.to_bytes()).to_hex()[..16].to_owned()
    }

    /// Reads the manifest of a dataset directory.
    ///
    /// # Errors
    /// When there is none, or it is not one, or of another layout version.
    pub fn read(dir: &Path) -> Result<Manifest, FormatError> {
        Manifest::read_file(&dir.join(MANIFEST_FILE))?
            .ok_or_else(|| FormatError::NoDataset { dir: dir.to_owned() })
    }

    /// Reads the manifest that was published before the one of a dataset directory; `None` where none was.
    ///
    /// # Errors
    /// When the pipeline's copy of it is none, or of another layout version.
    pub fn read_previous(dir: &Path) -> Result<Option<Manifest>, FormatError> {
        Manifest::read_file(&dir.join(PREVIOUS_MANIFEST_FILE))
    }

    /// What the dataset of a directory is to have, whatever the layout version of its manifest; `None` where that does not say.
    #[must_use]
    pub fn read_scope(dir: &Path) -> Option<ScopeEntry> {
        let text = std::fs::read(dir.join(MANIFEST_FILE)).ok()?;
        serde_json::from_slice::<Scoped>(&text).ok()?.scope
    }

    /// Reads a manifest; `None` where there is no such file.
    fn read_file(path: &Path) -> Result<Option<Manifest>, FormatError> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FormatError::io(path, "reading")(error)),
        };
        Manifest::parse(path, &text).map(Some)
    }

    /// Reads a manifest from the bytes of its file, wherever they are from; faults are told of the path.
    ///
    /// # Errors
    /// When it is none, or of another layout version.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Manifest, FormatError> {
        // The version first: another one may have other fields.
        let version = serde_json::from_slice::<Version>(text)
            .map_or(crate::layout::LAYOUT_VERSION, |it| it.layout_version);
        if version != crate::layout::LAYOUT_VERSION {
            let expected = crate::layout::LAYOUT_VERSION;
            return Err(FormatError::Version { path: path.to_owned(), found: version, expected });
        }
        let manifest: Manifest = serde_json::from_slice(text)
            .map_err(|error| FormatError::manifest(path, format!("not a manifest: {error}")))?;
        if manifest.generation != manifest.name() {
            return Err(FormatError::manifest(path, "the generation's name does not match its content"));
        }
        if manifest.to_bytes() != text {
            return Err(FormatError::manifest(path, "the text is not as it was written"));
        }
        if let Some(file) = manifest.files().find(|file| !is_plain_file_name(file)) {
            return Err(FormatError::manifest(path, format!("{file:?} is no file name")));
        }
        Ok(manifest)
    }

    /// The manifest as the bytes of its file. The same generation gives the same bytes: there is no date in it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and lists always serialise.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The names of the files of its blocks, and then of its lists.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let blocks = self.blocks.iter().map(|block| block.file.as_str());
        blocks.chain(self.lists.iter().map(|list| list.file.as_str()))
    }

    /// Path of a list of this generation.
    #[must_use]
    pub fn list_path(dir: &Path, list: &ListEntry) -> PathBuf {
        dir.join(LISTS_DIR).join(&list.file)
    }

    /// Path of a block of this generation.
    #[must_use]
    pub fn block_path(dir: &Path, block: &BlockEntry) -> PathBuf {
        dir.join(BLOCKS_DIR).join(&block.file)
    }
}

/// What every version of a manifest has.
#[derive(Deserialize)]
struct Version {
    layout_version: u32,
}

/// What a manifest of any version may have.
#[derive(Deserialize)]
struct Scoped {
    scope: Option<ScopeEntry>,
}

/// A manifest names files of its own folders only.
fn is_plain_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let source = Source { ephemeris: "none".into(), pipeline: "none".into(), files: Vec::new() };
        Manifest::new(source, Vec::new(), Vec::new())
    }

    fn written(bytes: &[u8]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(MANIFEST_FILE), bytes).unwrap();
        dir
    }

    #[test]
    fn a_manifest_without_a_scope_is_what_it_was_before_there_were_any() {
        let Manifest { layout_version, generation, .. } = manifest();
        let expected = format!(
            r#"{{
  "layout_version": {layout_version},
  "generation": "{generation}",
  "source": {{
    "ephemeris": "none",
    "pipeline": "none",
    "files": []
  }},
  "blocks": [],
  "lists": []
}}
"#
        );
        let bytes = manifest().to_bytes();
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
        let dir = written(&bytes);
        let read = Manifest::read(dir.path()).unwrap();
        assert_eq!((read.to_bytes(), read.scope), (bytes, None));
        assert_eq!(Manifest::read_scope(dir.path()), None);
    }

    #[test]
    fn a_scope_is_part_of_what_a_generation_is_named_by() {
        let years = SpanEntry::Years { from: -44, to: 2400 };
        let window = SpanEntry::Window { before: 120, after: 80 };
        let scopes = [
            ScopeEntry { span: years, bodies: None },
            ScopeEntry { span: window, bodies: None },
            ScopeEntry { span: window, bodies: Some(vec!["sun".into()]) },
        ];
        let mut names = vec![manifest().generation];
        for scope in scopes {
            let manifest = manifest().with_scope(scope.clone());
            let dir = written(&manifest.to_bytes());
            assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
            assert_eq!(Manifest::read_scope(dir.path()), Some(scope));
            names.push(manifest.generation);
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 4);
    }

    #[test]
    fn the_scope_is_known_of_other_versions_too() {
        let dir = written(
            br#"{"layout_version": 99, "blocks": 7, "scope": {"span": {"window": {"before": 1, "after": 2}}}}"#,
        );
        assert!(matches!(Manifest::read(dir.path()), Err(FormatError::Version { found: 99, .. })));
        let span = SpanEntry::Window { before: 1, after: 2 };
        assert_eq!(Manifest::read_scope(dir.path()), Some(ScopeEntry { span, bodies: None }));
        for other in [&b"{}"[..], b"", br#"{"scope": 3}"#, br#"{"scope": {"span": {"years": {"from": 1}}}}"#]
        {
            assert_eq!(Manifest::read_scope(written(other).path()), None);
        }
        assert_eq!(Manifest::read_scope(&dir.path().join("nowhere")), None);
    }
}
