//! What every file begins with, whatever it holds: a header that names and checks what follows it, and behind it one archive.

use std::mem::offset_of;
use std::path::Path;

use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::error::FormatError;
use crate::layout::{CHECKED_BYTES, HEADER_BYTES, LAYOUT_VERSION};

/// How much of a file to read before trusting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Header and structure: a few pages. For files whose bytes were hashed before, by whom one trusts.
    Structure,
    /// Every byte against the header's hash as well, and the order of what the file holds.
    EveryByte,
}

/// What a kind of file says of itself in the middle of its header, 120 bytes.
pub trait Fields: Copy + FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned {
    /// First bytes of every such file; the line ending shows a transfer in text mode.
    const MAGIC: [u8; 8];

    /// What such a file is called.
    const KIND: &str;
}

/// The first 256 bytes of a file.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Header<T> {
    /// [`Fields::MAGIC`].
    pub magic: [u8; 8],
    /// [`LAYOUT_VERSION`].
    pub layout_version: U32,
    /// [`HEADER_BYTES`].
    pub header_bytes: U32,
    /// Length of the whole file.
    pub file_bytes: U64,
    /// Where the archive starts, a multiple of 64.
    pub archive_offset: U64,
    /// Length of the archive; it ends the file.
    pub archive_bytes: U64,
    /// What the kind of file says of itself.
    pub own: T,
    /// BLAKE3 of the recipe that the file was made by.
    pub recipe: [u8; 32],
    /// BLAKE3 of the archive's bytes.
    pub payload: [u8; 32],
    /// Zero.
    pub reserved: [u8; 16],
    /// First 16 bytes of the BLAKE3 of all header bytes before.
    pub check: [u8; 16],
}

const _: () = assert!(size_of::<Header<[u8; 120]>>() == HEADER_BYTES);
const _: () = assert!(offset_of!(Header<[u8; 120]>, archive_offset) == 24);
const _: () = assert!(offset_of!(Header<[u8; 120]>, own) == 40);
const _: () = assert!(offset_of!(Header<[u8; 120]>, recipe) == 160);
const _: () = assert!(offset_of!(Header<[u8; 120]>, payload) == 192);
const _: () = assert!(offset_of!(Header<[u8; 120]>, check) == CHECKED_BYTES);

impl<T: Fields> Header<T> {
    /// The header of a file, which agrees with itself and with the file's length, and the archive behind it; with
    /// [`Check::EveryByte`] the archive is hashed.
    pub(crate) fn checked<'a>(
        path: &Path,
        bytes: &'a [u8],
        check: Check,
    ) -> Result<(Header<T>, &'a [u8]), FormatError> {
        let fault = |offset: usize, what: String| Err(FormatError::damaged(path, offset, what));
        let Ok((header, archive)) = Header::<T>::read_from_prefix(bytes) else {
            return fault(bytes.len(), format!("the file ends inside its header of {HEADER_BYTES} bytes"));
        };
        if header.magic != T::MAGIC {
            return fault(0, format!("this is no Orrery {}", T::KIND));
        }
        if header.layout_version.get() != LAYOUT_VERSION {
            return Err(FormatError::Version {
                path: path.to_owned(),
                found: header.layout_version.get(),
                expected: LAYOUT_VERSION,
            });
        }
        if header.check != header.own_check() {
            return fault(CHECKED_BYTES, "the header does not match its own hash".into());
        }
        if header.file_bytes.get() != bytes.len() as u64 {
            let what = format!("{} bytes expected, {} found", header.file_bytes, bytes.len());
            return fault(bytes.len(), what);
        }
        if header.archive_offset.get() != HEADER_BYTES as u64
            || header.archive_bytes.get() != archive.len() as u64
        {
            let at = offset_of!(Header<T>, archive_offset);
            return fault(at, "the archive is not where it should be".into());
        }
        if check == Check::EveryByte && *blake3::hash(archive).as_bytes() != header.payload {
            return fault(HEADER_BYTES, "the archive does not match its hash".into());
        }
        Ok((header, archive))
    }

    /// Whether a recipe is the one that the header names.
    pub(crate) fn check_recipe(&self, path: &Path, recipe: &str) -> Result<(), FormatError> {
        if *blake3::hash(recipe.as_bytes()).as_bytes() == self.recipe {
            return Ok(());
        }
        let at = offset_of!(Header<T>, recipe);
        Err(FormatError::damaged(path, at, "the recipe does not match its hash"))
    }

    /// The bytes of a file: a header, and the archive that it seals.
    pub(crate) fn seal(own: T, recipe: &str, archive: &[u8]) -> Vec<u8> {
        let mut header = Header {
            magic: T::MAGIC,
            layout_version: LAYOUT_VERSION.into(),
            header_bytes: (HEADER_BYTES as u32).into(),
            file_bytes: ((HEADER_BYTES + archive.len()) as u64).into(),
            archive_offset: (HEADER_BYTES as u64).into(),
            archive_bytes: (archive.len() as u64).into(),
            own,
            recipe: *blake3::hash(recipe.as_bytes()).as_bytes(),
            payload: *blake3::hash(archive).as_bytes(),
            reserved: [0; 16],
            check: [0; 16],
        };
        header.check = header.own_check();
        [header.as_bytes(), archive].concat()
    }

    /// First 16 bytes of the BLAKE3 of the header's bytes before its check.
    fn own_check(&self) -> [u8; 16] {
        let checked = self.as_bytes().get(..CHECKED_BYTES).unwrap_or_default();
        let mut check = [0; 16];
        check.copy_from_slice(&blake3::hash(checked).as_bytes()[..16]);
        check
    }
}

/// A name as a header holds it, padded with zeros; `None` where it is too long.
pub(crate) fn padded(name: &str) -> Option<[u8; 32]> {
    let mut padded = [0; 32];
    padded.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
    Some(padded)
}

/// A name that a header holds; `None` where it is no text.
pub(crate) fn unpadded(padded: &[u8; 32]) -> Option<&str> {
    Some(std::str::from_utf8(padded).ok()?.trim_end_matches('\0'))
}
