//! The layout of a block file, said once: a fixed header, then one rkyv archive whose root stands at the end.
//!
//! `SPEC.md` is this module in prose. Every offset in the header is absolute, every number little-endian.

#[cfg(target_endian = "big")]
compile_error!("orrery-format reads its files in place, which needs a little-endian machine");

use std::mem::offset_of;

use rkyv::{Archive, Serialize};
use zerocopy::little_endian::{F64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::header::Fields;

/// Version of everything in this module, of [`crate::list::layout`] and of the order of operations in [`crate::kernel`].
pub const LAYOUT_VERSION: u32 = 2;

/// Size of a [`Header`](crate::header::Header) in bytes; the archive starts right behind it.
pub const HEADER_BYTES: usize = 256;

/// Alignment of the archive and of each record, a cache line.
pub const LINE_BYTES: usize = 64;

/// Components of a product: longitude, latitude, distance; or what [`crate::Product`] says.
pub const COMPONENTS: usize = 3;

/// Tail coefficients in one group, the lanes of one vector.
pub const GROUP: usize = 4;

/// Most groups that one component may have: terms up to the order 2 + 4 × 8 − 1 = 33.
pub const MAX_GROUPS: usize = 8;

/// Bytes of the header that its check covers.
pub const CHECKED_BYTES: usize = HEADER_BYTES - 16;

/// What a block says of itself in its header.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct BlockFields {
    /// Where the coefficient records start, a multiple of 64 inside the archive.
    pub records_offset: U64,
    /// How many records there are.
    pub record_count: U64,
    /// How many of them, the first, are cells of the grid; the others are segments of split cells.
    pub cell_count: U64,
    /// Length of one record, a multiple of 64.
    pub record_bytes: U32,
    /// Groups of four tail coefficients, by component.
    pub groups: [u8; COMPONENTS],
    /// Zero.
    pub reserved: u8,
    /// First instant, a Julian day in the product's time scale.
    pub span_start_jd: F64,
    /// First instant after the block.
    pub span_end_jd: F64,
    /// Value of one unit of a tail coefficient, by component: a power of two.
    pub quanta: [F64; COMPONENTS],
    /// Origin of the grid of cells, a Julian day.
    pub grid_jd: F64,
    /// Cells of the grid in a day.
    pub cells_per_day: F64,
    /// Name of the product, padded with zeros.
    pub product: [u8; 32],
}

impl Fields for BlockFields {
    const MAGIC: [u8; 8] = *b"ORRERY\r\n";
    const KIND: &str = "block";
}

/// The first 256 bytes of a block.
pub type Header = crate::header::Header<BlockFields>;

const _: () = assert!(size_of::<Header>() == HEADER_BYTES);
const _: () = assert!(HEADER_BYTES.is_multiple_of(LINE_BYTES));
const _: () = assert!(offset_of!(Header, own.records_offset) == 40);
const _: () = assert!(offset_of!(Header, own.record_bytes) == 64);
const _: () = assert!(offset_of!(Header, own.span_start_jd) == 72);
const _: () = assert!(offset_of!(Header, own.quanta) == 88);
const _: () = assert!(offset_of!(Header, own.product) == 128);

/// One cache line of coefficient records.
///
/// A record is a [`Head`] in its first line, then its tail: groups of four `i32`, the first component's groups first,
/// then the second's and third's, zero to the end of the last line.
#[derive(Archive, Serialize, Clone, Copy)]
#[rkyv(attr(repr(align(64))), derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout))]
#[repr(C, align(64))]
pub struct Line(pub [u8; LINE_BYTES]);

const _: () = assert!(size_of::<ArchivedLine>() == LINE_BYTES && align_of::<ArchivedLine>() == LINE_BYTES);

/// The first line of a record.
///
/// A record stands for a segment, with x = (t − `start_jd`) × `per_half` − 1. Two kinds of record hold no polynomial and
/// have NaN for `per_half`: a cell that is split, whose `terms[0]` are the index of its first segment and their number,
/// and whose tail lists the starts of the segments after the first, as f64, as far as there is room; and a segment that
/// the audit refused, where that number is zero. `terms[1][0]` is then the end of the record.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Head {
    /// First instant of the segment, a Julian day.
    pub start_jd: f64,
    /// One over half the segment's length in days, rounded so that x reaches 1 where the segment ends; or NaN.
    pub per_half: f64,
    /// Constant and linear coefficient of each component, in its unit.
    pub terms: [[f64; 2]; COMPONENTS],
}

const _: () = assert!(size_of::<Head>() == LINE_BYTES);

/// First instant of a record and first instant after it.
#[derive(Archive, Serialize, Clone, Copy, Debug, PartialEq)]
#[rkyv(derive(Clone, Copy, Debug))]
pub struct Bounds {
    /// First instant, a Julian day.
    pub start_jd: f64,
    /// First instant after it.
    pub end_jd: f64,
}

/// What the audit measured of one record; zeros for a split cell.
#[derive(Archive, Serialize, Clone, Copy, Debug, PartialEq)]
#[rkyv(derive(Clone, Copy, Debug))]
pub struct SegmentError {
    /// Largest deviation in longitude or latitude, arcseconds (of the first two components, for other products).
    pub arcsec: f32,
    /// Largest relative deviation of the third component: the distance, or the mean obliquity.
    pub distance: f32,
}

/// The root of the archive.
#[derive(Archive, Serialize)]
pub struct BlockArchive {
    /// Coefficient records, `record_bytes` each. They stand first, and so at the start of the archive: rkyv writes
    /// fields in order and pads by 32 bytes at most, which would not align them later.
    pub records: Vec<Line>,
    /// How the block was made: JSON, the recipe whose BLAKE3 the header carries.
    pub recipe: String,
    /// The promise in arcseconds that segments were audited against.
    pub promise_arcsec: f64,
    /// Bounds of the records, one each.
    pub bounds: Vec<Bounds>,
    /// Audited errors, one a record.
    pub errors: Vec<SegmentError>,
}

/// Length in bytes of a record with these groups by component.
#[must_use]
pub const fn record_bytes(groups: [u8; COMPONENTS]) -> usize {
    let tail = 4 * GROUP * (groups[0] as usize + groups[1] as usize + groups[2] as usize);
    LINE_BYTES + tail.next_multiple_of(LINE_BYTES)
}
