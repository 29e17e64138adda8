//! The ephemeris files that blocks are made from, and their identity.

use orrery_swisseph::EphemerisDir;
use orrery_swisseph::seams::FileKind;
use serde::Serialize;

use crate::error::PipelineError;

/// One file that the source reads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputFile {
    /// Path inside the directory.
    pub name: String,
    /// BLAKE3 of its content, hexadecimal.
    pub blake3: String,
    /// Length.
    #[serde(skip)]
    pub bytes: u64,
    /// For an ephemeris file: which bodies it holds, and its first and last Julian day.
    #[serde(skip)]
    pub ephemeris: Option<(FileKind, f64, f64)>,
}

/// All files of a directory that the source reads, hashed.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Version of the C library.
    pub swiss_ephemeris: String,
    /// Numbers of the JPL ephemerides that the files were made from, usually one.
    pub de_numbers: Vec<i32>,
    /// The files, by name.
    pub files: Vec<InputFile>,
}

impl Inputs {
    /// Reads and hashes every file.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(dir: &EphemerisDir) -> Result<Inputs, PipelineError> {
        let mut files = Vec::new();
        for listed in dir.files() {
            let path = dir.path().join(&listed.name);
            let content = std::fs::read(&path).map_err(PipelineError::io(&path, "reading"))?;
            let ephemeris = dir.ephemeris_files().find(|file| file.name == listed.name);
            files.push(InputFile {
                name: listed.name.clone(),
                blake3: blake3::hash(&content).to_hex().to_string(),
                bytes: content.len() as u64,
                ephemeris: ephemeris.map(|file| (file.kind, file.start_jd, file.end_jd)),
            });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let mut de_numbers: Vec<i32> = dir.ephemeris_files().map(|file| file.de_number).collect();
        de_numbers.sort_unstable();
        de_numbers.dedup();
        Ok(Inputs { swiss_ephemeris: orrery_swisseph::version(), de_numbers, files })
    }

    /// What answers, as replies name it: `Swiss Ephemeris 2.10.03, DE431`.
    #[must_use]
    pub fn ephemeris_name(&self) -> String {
        let numbers: Vec<String> = self.de_numbers.iter().map(|number| format!("DE{number}")).collect();
        format!("Swiss Ephemeris {}, {}", self.swiss_ephemeris, numbers.join(" and "))
    }
}
