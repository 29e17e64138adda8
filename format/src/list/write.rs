//! Making a list: entries to the bytes of a file. The same content gives the same bytes.

use rkyv::rancor;
use rkyv::util::AlignedVec;

use super::layout::ListFields;
use super::{ArchivedListArchive, Entry, Header, ListArchive, disorder};
use crate::error::FormatError;
use crate::header::padded;
use crate::layout::{HEADER_BYTES, LINE_BYTES};

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
    let archive = ListArchive { entries, recipe };
    let payload = rkyv::api::high::to_bytes_in::<_, rancor::Error>(&archive, AlignedVec::<LINE_BYTES>::new())
        .map_err(|error| unwritable(error.to_string()))?;
    let root = rkyv::access::<ArchivedListArchive<T>, rancor::Error>(&payload)
        .map_err(|error| unwritable(error.to_string()))?;
    if let Some((nth, what)) = disorder::<T>(&root.entries, (start_jd_tt, end_jd_tt)) {
        return Err(unwritable(format!("entry {nth} {what}")));
    }
    let entries_at = root.entries.as_ptr() as usize - payload.as_ptr() as usize;
    let own = ListFields {
        entries_offset: ((HEADER_BYTES + entries_at) as u64).into(),
        entry_count: (root.entries.len() as u64).into(),
        entry_bytes: (size_of::<T::Archived>() as u32).into(),
        reserved_a: 0.into(),
        start_jd_tt: start_jd_tt.into(),
        end_jd_tt: end_jd_tt.into(),
        name: padded(T::LIST.name()).ok_or_else(|| unwritable("the name is longer than 32 bytes".into()))?,
        reserved_b: [0; 48],
    };
    Ok(Header::seal(own, &root.recipe, &payload))
}
