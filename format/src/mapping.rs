//! Files mapped read-only, and views into them that keep the mapping alive.
//!
//! All the crate's `unsafe` is here. Views rest on one condition that no program can check: **nobody changes a mapped
//! file in place.** Orrery only ever renames whole files into place and removes names; a mapping outlives both. A
//! file cut short under a mapping ends the process with SIGBUS on Unix, as it does for every program that maps files,
//! so dataset directories must be writable only by programs that rename. (Asking memory ahead rests on nothing: the
//! instruction for it reads nothing that a program could see.)
#![allow(unsafe_code)]

use std::fs::File;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use memmap2::Mmap;

use crate::error::FormatError;

/// A whole file, mapped read-only. Clones share the mapping, which goes with the last of them.
#[derive(Clone, Debug)]
pub struct Mapping(Arc<Mmap>);

impl Mapping {
    /// Maps a file.
    ///
    /// # Errors
    /// When the file cannot be opened or mapped; an empty file cannot.
    pub fn open(path: &Path) -> Result<Mapping, FormatError> {
        let file = File::open(path).map_err(FormatError::io(path, "opening"))?;
        // SAFETY: the mapping is read-only and private to readers; that nobody writes to the file in place is the
        // contract of the module, stated above and in SPEC.md.
        let map = unsafe { Mmap::map(&file) }.map_err(FormatError::io(path, "mapping"))?;
        Ok(Mapping(Arc::new(map)))
    }

    /// The bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A view of a slice that lies inside this mapping; it may outlive the borrow, since it holds the mapping.
    ///
    /// Returns `None` when the slice lies elsewhere.
    #[must_use]
    pub fn view<T: Sync + 'static>(&self, slice: &[T]) -> Option<View<T>> {
        let bytes = self.bytes().as_ptr_range();
        let inner = slice.as_ptr_range();
        let inside = inner.start.cast::<u8>() >= bytes.start && inner.end.cast::<u8>() <= bytes.end;
        inside.then(|| View { data: NonNull::from(slice), _mapping: self.clone(), _slice: PhantomData })
    }
}

/// A slice inside a [`Mapping`], with the mapping held.
#[derive(Debug)]
pub struct View<T: 'static> {
    data: NonNull<[T]>,
    _mapping: Mapping,
    _slice: PhantomData<&'static [T]>,
}

impl<T> View<T> {
    /// Asks memory for what stands from an element on, `BYTES` bytes of it, before it is needed. It need not be there.
    #[inline(always)]
    pub(crate) fn prefetch<const BYTES: usize>(&self, element: usize) {
        #[cfg(target_arch = "x86_64")]
        for at in (0..BYTES).step_by(64) {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let from = self.data.cast::<T>().as_ptr().wrapping_add(element).cast::<i8>();
            // SAFETY: the instruction reads nothing that the program could see and never faults, whatever the address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(from.wrapping_add(at)) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = element;
    }
}

impl<T> Deref for View<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `data` was made in `Mapping::view` from a valid shared slice that lies inside the mapping. The map
        // is never moved, remapped or written to, and `_mapping` keeps it until after the last use of `data`, so that
        // the slice stays valid for as long as `self` is borrowed.
        unsafe { self.data.as_ref() }
    }
}

// SAFETY: a `View` gives nothing but shared access to `[T]` in read-only memory, so it may go and be used wherever
// `&[T]` may, which is what `T: Sync` allows.
unsafe impl<T: Sync> Send for View<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for View<T> {}
