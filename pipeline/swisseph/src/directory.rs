//! A checked directory of ephemeris files.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::era::Era;
use crate::error::LiveError;
use crate::seams::{EphemerisFile, FileKind};

/// Bytes that hold any header: 512 checked ones and twenty bodies with the longest reference ellipse.
const HEADER_BYTES: u64 = 16 * 1024;

/// The longest path that `swe_set_ephe_path` accepts (`AS_MAXCH - 1 - 13`); a longer one it silently replaces.
const MAX_PATH_BYTES: usize = 256 - 1 - 13;

/// Text files of ΔT and leap seconds that the C library reads once a thread where they exist.
const TIME_TABLES: [&str; 3] = ["swe_deltat.txt", "sedeltat.txt", "seleapsec.txt"];
/// Other text files that it reads: orbital elements of hypothetical bodies, and stars.
const OTHER_TEXTS: [&str; 2] = ["seorbel.txt", "sefstars.txt"];

/// A file that the C library may read from the directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedFile {
    /// Path within the directory, with `/`: `sepl_18.se1`, `ast0/se00433s.se1`.
    pub name: String,
    /// Length in bytes.
    pub size_bytes: u64,
}

/// The three main files of one 600-year block.
#[derive(Debug)]
pub(crate) struct EraFiles {
    pub(crate) era: Era,
    planets: EphemerisFile,
    moon: EphemerisFile,
    main_asteroids: EphemerisFile,
}

impl EraFiles {
    pub(crate) fn get(&self, kind: FileKind) -> Option<&EphemerisFile> {
        match kind {
            FileKind::Planets => Some(&self.planets),
            FileKind::Moon => Some(&self.moon),
            FileKind::MainAsteroids => Some(&self.main_asteroids),
            FileKind::Asteroid(_) => None,
        }
    }

    /// Dates of the block for which all files of the given kinds can be used, Julian days TT, both included.
    pub(crate) fn usable(&self, kinds: &[FileKind]) -> (f64, f64) {
        let span = (self.era.start_jd(), self.era.end_jd().next_down());
        kinds
            .iter()
            .filter_map(|kind| self.get(*kind))
            .fold(span, |(start, end), file| (start.max(file.start_jd), end.min(file.end_jd)))
    }

    fn all(&self) -> [&EphemerisFile; 3] {
        [&self.planets, &self.moon, &self.main_asteroids]
    }
}

/// A time table's name and contents.
pub(crate) type TimeTable = (String, Vec<u8>);

#[derive(Debug)]
struct Checked {
    path: PathBuf,
    c_path: String,
    files: Vec<ListedFile>,
    eras: Vec<EraFiles>,
    time_tables: Vec<TimeTable>,
}

/// A directory of `.se1` files whose headers, lengths and checksums are sound. Cheap to clone.
///
/// The files are trusted not to change while sessions use them: put new ones into a new directory.
#[derive(Clone, Debug)]
pub struct EphemerisDir(Arc<Checked>);

impl EphemerisDir {
    /// Opens and checks a directory: every main file (`sepl…`, `semo…`, `seas…`) in it must be whole, the three of a block
    /// must be there together, and there must be one block at least.
    ///
    /// # Errors
    /// The directory cannot be read or its path not be passed to C; files are missing, damaged, cut short, or made from
    /// different JPL ephemerides. Messages name the files and `scripts/fetch-data`.
    pub fn open(path: &Path) -> Result<EphemerisDir, LiveError> {
        let path = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
        let c_path = path_for_c(&path)?;
        let mut names = names_in(&path)?;
        names.sort_unstable();

        let mut main_files: Vec<(Era, EphemerisFile)> = Vec::new();
        let mut files = Vec::new();
        for name in &names {
            if let Some((_, era)) = FileKind::of_main_file(name) {
                let file = read_header(&path, name)?;
                files.push(ListedFile { name: name.clone(), size_bytes: file.size_bytes });
                main_files.push((era, file));
            } else if is_readable_text(name) || is_asteroid_file(name) {
                files.push(list(&path, name)?);
            } else if is_asteroid_folder(name) && path.join(name).is_dir() {
                let mut inner = names_in(&path.join(name))?;
                inner.retain(|inner| is_asteroid_file(inner));
                inner.sort_unstable();
                for file in inner {
                    files.push(list(&path, &format!("{name}/{file}"))?);
                }
            }
        }
        let eras = complete_eras(&path, main_files)?;
        let mut time_tables = Vec::new();
        for name in TIME_TABLES {
            if names.iter().any(|present| present == name) {
                let table = path.join(name);
                let contents = fs::read(&table).map_err(|error| unreadable(&table, &error))?;
                time_tables.push((name.to_owned(), contents));
            }
        }
        Ok(EphemerisDir(Arc::new(Checked { path, c_path, files, eras, time_tables })))
    }

    /// The directory's path, absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Every file that the C library may read from here, sorted by name within its folder.
    #[must_use]
    pub fn files(&self) -> &[ListedFile] {
        &self.0.files
    }

    /// The headers of the main files, block by block: planets, Moon, main asteroids.
    pub fn ephemeris_files(&self) -> impl Iterator<Item = &EphemerisFile> {
        self.0.eras.iter().flat_map(EraFiles::all)
    }

    /// The main file of a kind that the library opens for a date (Julian day, TT), if it is here.
    #[must_use]
    pub fn file_at(&self, kind: FileKind, jd_tt: f64) -> Option<&EphemerisFile> {
        self.files_of(Era::containing(jd_tt)?)?.get(kind)
    }

    /// First and last date that the main files can answer for all their bodies, Julian days TT. Light must have
    /// set out within it too, so that the first hours serve the Moon but not yet Pluto.
    #[must_use]
    pub fn span(&self) -> (f64, f64) {
        self.reach(&FileKind::MAIN)
    }

    /// Checks that the main files of every block from `start_jd` to `end_jd` (Julian days, TT) are here, and that of the
    /// block in which light received at `start_jd` set out.
    ///
    /// # Errors
    /// [`LiveError::MissingFiles`] with the names of what is missing.
    pub fn require_span(&self, start_jd: f64, end_jd: f64) -> Result<(), LiveError> {
        let first = Era::containing(start_jd - 1.0).ok_or(LiveError::NotFinite { value: start_jd })?;
        let last = Era::containing(end_jd).ok_or(LiveError::NotFinite { value: end_jd })?;
        let mut missing = Vec::new();
        let mut era = first;
        while era <= last {
            if self.files_of(era).is_none() {
                missing.extend(FileKind::MAIN.iter().filter_map(|kind| era.file_name(*kind)));
            }
            era = era.next();
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(LiveError::MissingFiles { directory: self.path().to_owned(), missing })
        }
    }

    pub(crate) fn c_path(&self) -> &str {
        &self.0.c_path
    }

    pub(crate) fn time_tables(&self) -> &[TimeTable] {
        &self.0.time_tables
    }

    pub(crate) fn eras(&self) -> &[EraFiles] {
        &self.0.eras
    }

    pub(crate) fn files_of(&self, era: Era) -> Option<&EraFiles> {
        self.era_index(era).and_then(|index| self.0.eras.get(index))
    }

    pub(crate) fn era_index(&self, era: Era) -> Option<usize> {
        self.0.eras.binary_search_by_key(&era, |files| files.era).ok()
    }

    /// First and last date for which files of the given kinds are here, Julian days TT.
    pub(crate) fn reach(&self, kinds: &[FileKind]) -> (f64, f64) {
        let spans = self.0.eras.iter().map(|files| files.usable(kinds));
        spans.fold((f64::INFINITY, f64::NEG_INFINITY), |(start, end), span| {
            (start.min(span.0), end.max(span.1))
        })
    }

    /// Header of the file that the library would open for a numbered asteroid, tried in its order (`sweph` in `sweph.c`).
    pub(crate) fn asteroid_file(&self, number: u32) -> Result<EphemerisFile, LiveError> {
        let stem = if number > 99_999 { format!("s{number:06}") } else { format!("se{number:05}") };
        let folder = format!("ast{}", number / 1000);
        let long = format!("{stem}.se1");
        let short = format!("{stem}s.se1");
        for (folder, name) in [(folder.as_str(), &long), (folder.as_str(), &short), ("", &long)] {
            let place = self.path().join(folder);
            if place.join(name).is_file() {
                let file = read_header(&place, name)?;
                return if file.kind == FileKind::Asteroid(number) {
                    Ok(file)
                } else {
                    Err(self.no_asteroid_file(number, folder, &short))
                };
            }
        }
        Err(self.no_asteroid_file(number, &folder, &short))
    }

    fn no_asteroid_file(&self, number: u32, folder: &str, name: &str) -> LiveError {
        LiveError::NoAsteroidFile {
            number,
            expected: format!("{folder}/{name}"),
            directory: self.path().to_owned(),
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> LiveError {
    LiveError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}

fn path_for_c(path: &Path) -> Result<String, LiveError> {
    let fault = |fault| LiveError::UnusablePath { path: path.to_owned(), fault };
    let text = path.to_str().ok_or_else(|| fault("is not UTF-8"))?;
    if text.contains('\0') {
        return Err(fault("holds a NUL character"));
    }
    // Both separate several directories in what `swe_set_ephe_path` takes.
    if text.contains([':', ';']) {
        return Err(fault("holds a colon or semicolon"));
    }
    if text.len() > MAX_PATH_BYTES {
        return Err(fault("is longer than the C library's 242 bytes"));
    }
    Ok(text.to_owned())
}

fn names_in(directory: &Path) -> Result<Vec<String>, LiveError> {
    let fail = |error| unreadable(directory, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        // Names that are not UTF-8 are none that the library asks for.
        if let Ok(name) = entry.map_err(fail)?.file_name().into_string() {
            names.push(name);
        }
    }
    Ok(names)
}

fn list(directory: &Path, name: &str) -> Result<ListedFile, LiveError> {
    let path = directory.join(name);
    let metadata = fs::metadata(&path).map_err(|error| unreadable(&path, &error))?;
    Ok(ListedFile { name: name.to_owned(), size_bytes: metadata.len() })
}

fn is_readable_text(name: &str) -> bool {
    TIME_TABLES.contains(&name) || OTHER_TEXTS.contains(&name)
}

fn is_asteroid_file(name: &str) -> bool {
    crate::header::kind_of(name).is_some_and(|kind| matches!(kind, FileKind::Asteroid(_)))
}

fn is_asteroid_folder(name: &str) -> bool {
    name.strip_prefix("ast")
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn read_header(directory: &Path, name: &str) -> Result<EphemerisFile, LiveError> {
    let path = directory.join(name);
    let fail = |error| unreadable(&path, &error);
    let file = fs::File::open(&path).map_err(fail)?;
    let size_bytes = file.metadata().map_err(fail)?.len();
    let mut bytes = Vec::new();
    file.take(HEADER_BYTES).read_to_end(&mut bytes).map_err(fail)?;
    EphemerisFile::parse(name, &bytes, size_bytes).map_err(|fault| LiveError::BadFile { path, fault })
}

/// Sorts the main files into blocks of three; a block that lacks one is an error, for where the Moon's file is missing the
/// library would derive the Earth from another lunar theory, without a word.
fn complete_eras(directory: &Path, mut found: Vec<(Era, EphemerisFile)>) -> Result<Vec<EraFiles>, LiveError> {
    if let [(_, first), rest @ ..] = found.as_slice()
        && let Some((_, other)) = rest.iter().find(|(_, file)| file.de_number != first.de_number)
    {
        return Err(LiveError::MixedSources {
            directory: directory.to_owned(),
            first: first.de_number,
            second: other.de_number,
        });
    }
    let mut wanted: Vec<Era> = found.iter().map(|(era, _)| *era).collect();
    if wanted.is_empty() {
        // What is fetched first: the block of today.
        wanted.extend(Era::containing(2_451_545.0));
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut take = |era: Era, kind: FileKind| {
        let index = found.iter().position(|(of, file)| *of == era && file.kind == kind)?;
        Some(found.swap_remove(index).1)
    };
    let mut eras = Vec::new();
    let mut missing = Vec::new();
    for era in wanted {
        let files = FileKind::MAIN.map(|kind| {
            let file = take(era, kind);
            if file.is_none() {
                missing.extend(era.file_name(kind));
            }
            file
        });
        if let [Some(planets), Some(moon), Some(main_asteroids)] = files {
            eras.push(EraFiles { era, planets, moon, main_asteroids });
        }
    }
    if missing.is_empty() {
        Ok(eras)
    } else {
        Err(LiveError::MissingFiles { directory: directory.to_owned(), missing })
    }
}
