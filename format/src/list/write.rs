//! Making a list: entries to the bytes of a file. The same content gives the same bytes.

use rkyv::rancor;
use rkyv::util::AlignedVec;
use zerocopy::IntoBytes;

use super::{ArchivedListArchive, Entry, Header, ListArchive, MAGIC, disorder};
use crate::block::header_check;
use crate::error::FormatError;
use crate::layout::{CHECKED_BYTES, HEADER_BYTES, LAYOUT_VERSION, LINE_BYTES};

/// The bytes of a list file that covers a span, from one Julian day of TT to another, which is excluded.
///
/// # Errors
/// When the span is none, or the entries are not sorted, not finite, outside the span, or have a fault of their own.
pub fn encode<T: Entry>(
    (start_jd_tt, end_jd_tt): (f64, f64),
    entries: Vec<T>,
    recipe: String,
) -> Result<Vec<u8>, FormatError> {
    let unwritable = |what: String| FormatError::UnwritableList { list: T::LIST.name(), what };
    if !(start_jd_tt.is_finite() && end_jd_tt.is_finite() && start_jd_tt < end_jd_tt) {
        return Err(unwritable(format!("{start_jd_tt} to {end_jd_tt} is no span")));
    }
    let recipe_hash = *blake3::hash(recipe.as_bytes()).as_bytes();
    let archive = ListArchive { entries, recipe };
    let payload = rkyv::api::high::to_bytes_in::<_, rancor::Error>(&archive, AlignedVec::<LINE_BYTES>::new())
        .map_err(|error| unwritable(error.to_string()))?;
    let root = rkyv::access::<ArchivedListArchive<T>, rancor::Error>(&payload)
        .map_err(|error| unwritable(error.to_string()))?;
    if let Some((nth, what)) = disorder::<T>(&root.entries, (start_jd_tt, end_jd_tt)) {
        return Err(unwritable(format!("entry {nth} {what}")));
    }
    let entries_at = root.entries.as_ptr() as usize - payload.as_ptr() as usize;
    let mut name = [0; 32];
    for (byte, own) in name.iter_mut().zip(T::LIST.name().bytes()) {
        *byte = own;
    }
    let mut header = Header {
        magic: MAGIC,
        layout_version: LAYOUT_VERSION.into(),
        header_bytes: (HEADER_BYTES as u32).into(),
        file_bytes: ((HEADER_BYTES + payload.len()) as u64).into(),
        archive_offset: (HEADER_BYTES as u64).into(),
        archive_bytes: (payload.len() as u64).into(),
        entries_offset: ((HEADER_BYTES + entries_at) as u64).into(),
        entry_count: (root.entries.len() as u64).into(),
        entry_bytes: (size_of::<T::Archived>() as u32).into(),
        reserved_a: 0.into(),
        start_jd_tt: start_jd_tt.into(),
        end_jd_tt: end_jd_tt.into(),
        name,
        reserved_b: [0; 48],
        recipe: recipe_hash,
        payload: *blake3::hash(&payload).as_bytes(),
        reserved_c: [0; 16],
        check: [0; 16],
    };
    header.check = header_check(&header.as_bytes()[..CHECKED_BYTES]);
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&payload);
    Ok(bytes)
}
