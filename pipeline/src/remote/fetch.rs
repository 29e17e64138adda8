//! Fetching one file: into a partial file that outlives whoever fetches it, hashed as it comes, checked, and only then
//! renamed to its name.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use object_store::{Error, GetOptions, GetRange, GetResult};
use orrery_format::FormatError;
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR};

use super::Named;
use super::location::Location;
use super::progress::Progress;
use crate::error::PipelineError;

/// How names of partial files begin; then comes the whole hash of what they are parts of.
const PARTIAL: &str = ".part-";

/// What of a file came from where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    /// Bytes that came from the location now.
    pub(super) bytes: u64,
    /// Bytes that an earlier run had left.
    pub(super) resumed: u64,
}

/// Gets a file of a location into a dataset directory. It is in its place then, whole, as the manifest of a generation says.
///
/// # Errors
/// When it is not there, is another one, cannot be read, or cannot be written here. What has come of it is kept for the next
/// run, unless it is wrong.
pub(super) async fn fetch(
    location: &Location,
    generation: &str,
    file: &Named<'_>,
    dir: &Path,
    progress: &Progress,
) -> Result<Fetched, PipelineError> {
    let key = file.key();
    let missing =
        || PipelineError::ObjectMissing { object: location.object(&key), generation: generation.to_owned() };
    let mut partial = Partial::open(file, dir)?;
    let kept = partial.length;
    if kept > 0 {
        progress.advance(kept);
        if kept < file.bytes() {
            let range = Some(GetRange::Bounded(kept..file.bytes()));
            match location.get(&key, GetOptions { range, ..GetOptions::default() }).await {
                Ok(rest) if rest.meta.size == file.bytes() => {
                    partial.fill(location, &key, rest, progress).await?;
                }
                Err(Error::NotFound { .. }) => return Err(missing()),
                // The server has another file there, or sends none in parts: then the whole is asked for. If it is out of
                // reach, that will be told of the next request.
                Ok(_) | Err(_) => {}
            }
        }
        if partial.is_whole() {
            partial.settle(location, file, dir)?;
            return Ok(Fetched { bytes: file.bytes() - kept, resumed: kept });
        }
    }
    let whole = match location.get(&key, GetOptions::default()).await {
        Ok(whole) => whole,
        Err(Error::NotFound { .. }) => return Err(missing()),
        Err(error) => return Err(location.refused(&key, "reading", &error)),
    };
    if whole.meta.size != file.bytes() {
        let what = format!("it has {} bytes, the manifest says {}", whole.meta.size, file.bytes());
        return Err(location.damaged(&key, what));
    }
    partial.clear()?;
    partial.fill(location, &key, whole, progress).await?;
    if !partial.is_whole() {
        partial.remove();
        let what = format!("its bytes are not those of generation {generation}, by their BLAKE3 hash");
        return Err(location.damaged(&key, what));
    }
    partial.settle(location, file, dir)?;
    Ok(Fetched { bytes: file.bytes(), resumed: 0 })
}

/// Removes partial files of a dataset directory that are parts of none of these.
///
/// # Errors
/// When a folder cannot be listed, or one cannot be removed.
pub(super) fn remove_others(dir: &Path, files: &[Named]) -> Result<(), PipelineError> {
    for folder in [BLOCKS_DIR, LISTS_DIR].map(|folder| dir.join(folder)) {
        let listing = |error| PipelineError::io(&folder, "listing")(error);
        for entry in std::fs::read_dir(&folder).map_err(listing)? {
            let path = entry.map_err(listing)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_partial = name.starts_with(PARTIAL);
            if is_partial && files.iter().all(|file| Partial::path(file, dir) != path) {
                std::fs::remove_file(&path).map_err(PipelineError::io(&path, "removing a leftover"))?;
            }
        }
    }
    Ok(())
}

/// What there is of a file so far.
#[derive(Debug)]
struct Partial {
    path: PathBuf,
    file: File,
    length: u64,
    hasher: blake3::Hasher,
    /// Those of the whole.
    bytes: u64,
    hash: blake3::Hash,
}

impl Partial {
    fn path(file: &Named, dir: &Path) -> PathBuf {
        dir.join(file.folder()).join(format!("{PARTIAL}{}", file.hash.to_hex()))
    }

    /// Begins one, or goes on with what is there.
    fn open(file: &Named, dir: &Path) -> Result<Partial, PipelineError> {
        let path = Partial::path(file, dir);
        let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut partial = Partial {
            file: opened.map_err(PipelineError::io(&path, "opening"))?,
            path,
            length: 0,
            hasher: blake3::Hasher::new(),
            bytes: file.bytes(),
            hash: file.hash,
        };
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = partial.file.read(&mut buffer).map_err(PipelineError::io(&partial.path, "reading"))?;
            if read == 0 {
                break;
            }
            partial.hasher.update(&buffer[..read]);
            partial.length += read as u64;
        }
        if partial.length > partial.bytes {
            partial.clear()?;
        }
        Ok(partial)
    }

    /// Whether it is all of the file, and nothing else.
    fn is_whole(&self) -> bool {
        self.length == self.bytes && self.hasher.finalize() == self.hash
    }

    /// Begins again.
    fn clear(&mut self) -> Result<(), PipelineError> {
        let cleared = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        cleared.map_err(PipelineError::io(&self.path, "emptying"))?;
        self.length = 0;
        self.hasher.reset();
        Ok(())
    }

    /// Appends what a location sends.
    async fn fill(
        &mut self,
        location: &Location,
        key: &str,
        sent: GetResult,
        progress: &Progress,
    ) -> Result<(), PipelineError> {
        let mut stream = sent.into_stream();
        while let Some(chunk) =
            stream.try_next().await.map_err(|error| location.refused(key, "reading", &error))?
        {
            // More than was announced is not kept: the hash will tell.
            let room = usize::try_from(self.bytes - self.length).unwrap_or(usize::MAX);
            let chunk = &chunk[..chunk.len().min(room)];
            self.file.write_all(chunk).map_err(PipelineError::io(&self.path, "writing"))?;
            self.hasher.update(chunk);
            self.length += chunk.len() as u64;
            progress.advance(chunk.len() as u64);
        }
        Ok(())
    }

    /// Checks it as a reader will, and gives it its name.
    fn settle(self, location: &Location, file: &Named, dir: &Path) -> Result<(), PipelineError> {
        self.file.sync_all().map_err(PipelineError::io(&self.path, "syncing"))?;
        match file.check(&self.path) {
            Ok(()) => {}
            Err(FormatError::Io { path, action, source }) => {
                return Err(PipelineError::Io { path, action, source });
            }
            Err(error) => {
                self.remove();
                return Err(location.damaged(&file.key(), super::fault(error)));
            }
        }
        let path = file.path(dir);
        std::fs::rename(&self.path, &path).map_err(PipelineError::io(&path, "renaming"))
    }

    fn remove(self) {
        // It is wrong, which is the fault to tell of; the next run finds that out again if it is still there.
        let _ = std::fs::remove_file(&self.path);
    }
}
