//! The folder of a job: its files, which nobody else may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::Record;
use super::wanted::Wanted;

const REQUEST: &str = "request.json";
const BODY: &str = "body";
const JOB: &str = "job.json";
const RESULT: &str = "result.";
const CANCELLED: &str = "cancelled";

/// Who may do what with files, and with folders: their owner everything, and nobody else anything.
const FILE_MODE: u32 = 0o600;
const DIR_MODE: u32 = 0o700;

/// See [the module](self).
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// Makes a directory, and those above it, that nobody else is let into.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIR_MODE).create(path)
}

/// Opens a file for writing that nobody else may read, and empties it.
pub(super) fn own_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(path)
}

/// `None` where there is no such thing.
pub(super) fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Folder {
    pub(super) fn at(path: PathBuf) -> Folder {
        Folder(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes down a new job, so that it is there whatever happens next.
    pub(super) fn write(&self, wanted: &Wanted, body: Option<&[u8]>, record: &Record) -> io::Result<()> {
        make_dir(&self.0)?;
        self.keep(REQUEST, &json(wanted)?)?;
        if let Some(body) = body {
            self.keep(BODY, body)?;
        }
        self.keep(JOB, &json(record)?)?;
        File::open(&self.0)?.sync_all()
    }

    fn keep(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = own_file(&self.file(name))?;
        file.write_all(content)?;
        file.sync_all()
    }

    /// How the job stands; `None` where there is none.
    pub(super) fn record(&self) -> io::Result<Option<Record>> {
        self.read(JOB)
    }

    /// What was asked.
    pub(super) fn wanted(&self) -> io::Result<Option<Wanted>> {
        self.read(REQUEST)
    }

    /// What was to be posted.
    pub(super) fn body(&self) -> io::Result<Option<Vec<u8>>> {
        if_there(fs::read(self.file(BODY)))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let read = if_there(fs::read(self.file(name)))?;
        Ok(read.map(|read| serde_json::from_slice(&read)).transpose()?)
    }

    /// Puts in place how the job stands, at once for whoever reads; what is `kept` is there even if the machine stops.
    pub(super) fn put(&self, record: &Record, kept: bool) -> io::Result<()> {
        let (next, content) = (self.file("job.next"), json(record)?);
        let mut file = own_file(&next)?;
        file.write_all(&content)?;
        if kept {
            file.sync_all()?;
        }
        fs::rename(&next, self.file(JOB))
    }

    /// When its client said that it is wanted no more.
    pub(super) fn cancelled_us(&self) -> io::Result<Option<i64>> {
        let Some(marked) = if_there(fs::metadata(self.file(CANCELLED)))? else { return Ok(None) };
        let since = marked.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Some(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.file(CANCELLED).exists()
    }

    /// Says that it is wanted no more; to say it again changes nothing.
    pub(super) fn cancel(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(FILE_MODE).open(self.file(CANCELLED)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            made => made.map(drop),
        }
    }

    /// The file of a result, empty.
    pub(super) fn begin_result(&self, run: u64) -> io::Result<File> {
        own_file(&self.file(&format!("{RESULT}{run}")))
    }

    /// The file of a result, for reading.
    pub(super) fn result(&self, run: u64) -> io::Result<File> {
        File::open(self.file(&format!("{RESULT}{run}")))
    }

    /// Removes every result: what is being read of one can be read to its end.
    pub(super) fn remove_results(&self) -> io::Result<()> {
        for name in self.names()? {
            if name.starts_with(RESULT) {
                if_there(fs::remove_file(self.file(&name)))?;
            }
        }
        Ok(())
    }

    /// Removes all but how the job stood.
    pub(super) fn remove_contents(&self) -> io::Result<()> {
        self.remove_results()?;
        for name in [BODY, REQUEST] {
            if_there(fs::remove_file(self.file(name)))?;
        }
        Ok(())
    }

    /// Whether there is anything that is removed when it expires.
    pub(super) fn has_contents(&self) -> bool {
        self.file(REQUEST).exists()
    }

    /// Bytes of all its files.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        let mut bytes = 0;
        for name in self.names()? {
            bytes += if_there(fs::metadata(self.file(&name)))?.map_or(0, |found| found.len());
        }
        Ok(bytes)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let Some(entries) = if_there(fs::read_dir(&self.0))? else { return Ok(Vec::new()) };
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect()
    }
}

fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}
