//! One block: a product over one span, checked, mapped, and ready to be asked.

use std::mem::offset_of;
use std::path::Path;

use rkyv::rancor;

use crate::body::Product;
use crate::error::FormatError;
use crate::grid::Grid;
use crate::header::{Check, unpadded};
use crate::kernel::{self, Components, Shape};
use crate::lanes::Quad;
use crate::layout::{
    ArchivedBlockArchive, ArchivedBounds, ArchivedLine, ArchivedSegmentError, Bounds, HEADER_BYTES, Head,
    Header, LINE_BYTES, MAX_GROUPS, record_bytes,
};
use crate::manifest::{BlockEntry, Manifest};
use crate::mapping::{Mapping, View};
use crate::state::Miss;

/// A block file, mapped.
#[derive(Debug)]
pub struct Block {
    start_jd: f64,
    end_jd: f64,
    grid: Grid,
    shape: Shape,
    lines_per_record: usize,
    lines: View<ArchivedLine>,
    errors: View<ArchivedSegmentError>,
    bounds: View<ArchivedBounds>,
    cells: usize,
    product: Product,
    promise_arcsec: f64,
    recipe: String,
    recipe_hash: [u8; 32],
    mapping: Mapping,
}

/// Length of a record whose components have a line of tail each, as nearly all have: what is asked of memory at a time.
const RECORD_BYTES: usize = 4 * LINE_BYTES;

/// Index of a record that holds a polynomial, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Index(pub(crate) usize);

/// A stretch of time with one polynomial, or left to the live source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// First instant, a Julian day.
    pub start_jd: f64,
    /// First instant after it.
    pub end_jd: f64,
    /// Whether the audit accepted it; otherwise it is answered live.
    pub accepted: bool,
    /// Largest deviation that the audit met, arcseconds.
    pub error_arcsec: f32,
    /// Largest relative deviation of the distance that it met.
    pub error_distance: f32,
}

impl Block {
    /// Maps and checks a file.
    ///
    /// The checks, in order: length, magic, layout version, the header's own hash, the lengths and places that the
    /// header names, with [`Check::EveryByte`] the archive's hash, the archive's structure (bytecheck), agreement of
    /// header and archive, and with [`Check::EveryByte`] the order of cells and segments. After them no read can leave
    /// the mapping, whatever the records hold.
    ///
    /// # Errors
    /// With the byte offset of the first fault met.
    pub fn open(path: &Path, check: Check) -> Result<Block, FormatError> {
        let block = Block::of(path, &Mapping::open(path)?, check)?;
        if check == Check::EveryByte {
            block.check_order(path)?;
        }
        Ok(block)
    }

    /// Maps and checks a block of a generation.
    ///
    /// As [`Block::open`], and it must be the block that the manifest lists. With [`Check::EveryByte`] the whole file is
    /// hashed against the manifest, which takes the place of the archive's own hash.
    ///
    /// # Errors
    /// As [`Block::open`]; and when it is another block than listed.
    pub fn open_listed(dir: &Path, entry: &BlockEntry, check: Check) -> Result<Block, FormatError> {
        let path = &Manifest::block_path(dir, entry);
        let mapping = Mapping::open(path)?;
        let matches =
            check == Check::Structure || blake3::hash(mapping.bytes()).to_hex().as_str() == entry.blake3;
        // Of a file that is not the one, its own hashes may tell where it is damaged.
        let own = if matches { Check::Structure } else { Check::EveryByte };
        let block = Block::of(path, &mapping, own)?;
        if !matches {
            return Err(FormatError::damaged(path, 0, "the file is not the one that the manifest names"));
        }
        if check == Check::EveryByte {
            block.check_order(path)?;
        }
        if block.product().to_string() != entry.product
            || block.start_jd() != entry.start_jd
            || block.end_jd() != entry.end_jd
            || block.file_bytes() as u64 != entry.bytes
            || blake3::Hash::from(block.recipe_hash()).to_hex().as_str() != entry.recipe
        {
            let manifest = dir.join(crate::manifest::MANIFEST_FILE);
            return Err(FormatError::manifest(
                &manifest,
                format!("{} is another block than listed", entry.file),
            ));
        }
        Ok(block)
    }

    /// Checks a mapped file, but for the order of cells and segments.
    fn of(path: &Path, mapping: &Mapping, check: Check) -> Result<Block, FormatError> {
        let bytes = mapping.bytes();
        let (header, archive) = Header::checked(path, bytes, check)?;
        let root = rkyv::access::<ArchivedBlockArchive, rancor::Error>(archive).map_err(|error| {
            FormatError::damaged(path, HEADER_BYTES, format!("the archive's structure is broken: {error}"))
        })?;
        let product = unpadded(&header.own.product)
            .and_then(Product::from_name)
            .ok_or_else(|| FormatError::damaged(path, offset_of!(Header, own.product), "unknown product"))?;
        agree(path, &header, root, bytes)?;
        let outside = |what: &'static str| move || FormatError::damaged(path, HEADER_BYTES, what);
        let own = &header.own;
        Ok(Block {
            start_jd: own.span_start_jd.get(),
            end_jd: own.span_end_jd.get(),
            grid: Grid { origin_jd: own.grid_jd.get(), cells_per_day: own.cells_per_day.get() },
            shape: Shape { groups: own.groups, quanta: own.quanta.map(zerocopy::F64::get) },
            lines_per_record: own.record_bytes.get() as usize / LINE_BYTES,
            lines: mapping.view(&root.records).ok_or_else(outside("records outside the file"))?,
            errors: mapping.view(&root.errors).ok_or_else(outside("errors outside the file"))?,
            bounds: mapping.view(&root.bounds).ok_or_else(outside("bounds outside the file"))?,
            cells: own.cell_count.get() as usize,
            product,
            promise_arcsec: root.promise_arcsec.to_native(),
            recipe: root.recipe.as_str().to_owned(),
            recipe_hash: header.recipe,
            mapping: mapping.clone(),
        })
    }

    /// Cells that follow each other and the grid, split cells that their segments fill, heads that match their bounds.
    fn check_order(&self, path: &Path) -> Result<(), FormatError> {
        self.order().map_err(|what| FormatError::damaged(path, HEADER_BYTES, what))
    }

    fn order(&self) -> Result<(), String> {
        let bounds: Vec<Bounds> = (0..self.bounds.len()).map(|record| self.record_bounds(record)).collect();
        let (cells, segments) = bounds.split_at(self.cells);
        if cells.first().map(|cell| cell.start_jd) != Some(self.start_jd)
            || cells.last().map(|cell| cell.end_jd) != Some(self.end_jd)
        {
            return Err("the cells do not cover the span".into());
        }
        check_grid(cells, &self.grid)?;
        let mut next = self.cells;
        for (record, bound) in bounds.iter().enumerate() {
            let head = self.head(Index(record)).ok_or("a record is missing")?;
            let finite = head.terms.iter().flatten().all(|term| term.is_finite());
            if head.start_jd != bound.start_jd || head.per_half <= 0.0 || !finite {
                return Err(format!("record {record} does not match its bounds"));
            }
            if let Some((first, count)) = split_of(head) {
                let parts = (first == next && record < self.cells && count <= bounds.len())
                    .then(|| segments.get(first - self.cells..first - self.cells + count))
                    .flatten()
                    .ok_or_else(|| format!("cell {record} has no segments"))?;
                let covers = parts.first().map(|part| part.start_jd) == Some(bound.start_jd)
                    && parts.last().map(|part| part.end_jd) == Some(bound.end_jd);
                if !covers || parts.windows(2).any(|pair| pair[0].end_jd != pair[1].start_jd) {
                    return Err(format!("the segments of cell {record} do not fill it"));
                }
                let listed = kernel::open(self.record(Index(record)).unwrap_or_default(), 0.0)
                    .map_or(&[][..], |(_, rest, _)| kernel::starts(rest));
                if !parts
                    .iter()
                    .skip(1)
                    .map(|part| part.start_jd)
                    .zip(listed)
                    .all(|(start, &listed)| start == listed)
                {
                    return Err(format!("the list of segments in cell {record} is not theirs"));
                }
                next += count;
            }
            let ends = if head.per_half.is_nan() {
                head.terms[1][0] == bound.end_jd
            } else {
                // Beside Julian day 0 the last double before the end may be as far from the start as the end.
                let last_jd = bound.end_jd.next_down();
                let apart = last_jd - bound.start_jd < bound.end_jd - bound.start_jd;
                kernel::place(head, bound.end_jd) >= 1.0 && (!apart || kernel::place(head, last_jd) < 1.0)
            };
            if !ends {
                return Err(format!("record {record} does not end where its bounds say"));
            }
        }
        if next == bounds.len() { Ok(()) } else { Err("segments that belong to no cell".into()) }
    }

    /// First instant of the block, in the product's time scale.
    #[must_use]
    pub fn start_jd(&self) -> f64 {
        self.start_jd
    }

    /// First instant after the block.
    #[must_use]
    pub fn end_jd(&self) -> f64 {
        self.end_jd
    }

    /// Whether an instant lies in the block.
    #[inline(always)]
    pub(crate) fn covers(&self, jd: f64) -> bool {
        jd >= self.start_jd && jd < self.end_jd
    }

    /// What the block holds.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// The recipe it was made by, as JSON.
    #[must_use]
    pub fn recipe(&self) -> &str {
        &self.recipe
    }

    /// BLAKE3 of the recipe.
    #[must_use]
    pub fn recipe_hash(&self) -> [u8; 32] {
        self.recipe_hash
    }

    /// The promise that the audit held its segments to, arcseconds.
    #[must_use]
    pub fn promise_arcsec(&self) -> f64 {
        self.promise_arcsec
    }

    /// The segments, in time order and without gaps.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        (0..self.cells).flat_map(|cell| {
            let parts = self.head(Index(cell)).and_then(split_of);
            let (first, count) = parts.unwrap_or((cell, 1));
            let end = first.saturating_add(count).min(self.bounds.len());
            (first..end).map(|record| self.segment(Index(record)))
        })
    }

    /// The segment that holds an instant; `None` outside the block.
    #[must_use]
    pub fn segment_at(&self, jd: f64) -> Option<Segment> {
        self.covers(jd).then(|| self.segment(self.index_at(jd)))
    }

    pub(crate) fn segment(&self, index: Index) -> Segment {
        let Bounds { start_jd, end_jd } = self.record_bounds(index.0);
        let error = self.errors.get(index.0);
        Segment {
            start_jd,
            end_jd,
            accepted: self.head(index).is_some_and(|head| head.per_half > 0.0),
            error_arcsec: self.error_arcsec(index),
            error_distance: error.map_or(f32::INFINITY, |error| error.distance.to_native()),
        }
    }

    /// Largest audited errors of the accepted segments: arcseconds, and relative distance.
    #[must_use]
    pub fn max_error(&self) -> (f32, f32) {
        self.segments().filter(|segment| segment.accepted).fold((0.0, 0.0), |worst, segment| {
            (worst.0.max(segment.error_arcsec), worst.1.max(segment.error_distance))
        })
    }

    /// Days in segments that the audit refused, which are answered live.
    #[must_use]
    pub fn refused_days(&self) -> f64 {
        let refused = self.segments().filter(|segment| !segment.accepted);
        refused.fold(0.0, |days, segment| days + (segment.end_jd - segment.start_jd))
    }

    /// Length of the file in bytes.
    #[must_use]
    pub fn file_bytes(&self) -> usize {
        self.mapping.bytes().len()
    }

    /// BLAKE3 of the whole file.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 32] {
        *blake3::hash(self.mapping.bytes()).as_bytes()
    }

    /// The coefficient records, as they lie in the mapping.
    #[must_use]
    pub fn records(&self) -> &[ArchivedLine] {
        &self.lines
    }

    /// The mapping, for those who check where pointers point.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    fn record_bounds(&self, record: usize) -> Bounds {
        let nowhere = Bounds { start_jd: f64::NAN, end_jd: f64::NAN };
        self.bounds.get(record).map_or(nowhere, |bounds| Bounds {
            start_jd: bounds.start_jd.to_native(),
            end_jd: bounds.end_jd.to_native(),
        })
    }

    /// The record of an index; nothing for one that is not there.
    // An option, not an empty slice: a branch, which is foretold, in place of a selection, which the address waits for.
    #[inline(always)]
    pub(crate) fn record(&self, index: Index) -> Option<&[ArchivedLine]> {
        // An index from a damaged file may be anything; where the product wraps, it is some other record.
        let from = index.0.wrapping_mul(self.lines_per_record);
        self.lines.get(from..)?.get(..self.lines_per_record)
    }

    #[inline(always)]
    fn head(&self, index: Index) -> Option<&Head> {
        self.record(index)?.first().map(kernel::head)
    }

    /// The record for an instant inside the block, its lines, and the place of the instant in its segment.
    ///
    /// Nearly always it is the cell that the grid names, which its head confirms: x lies in [−1, 1), whose rounding is
    /// far below what a double resolves of an instant. Beside a drifting seam it is a neighbour's, and in a split cell
    /// a segment is looked for. NaN for x means that the audit refused the segment.
    #[inline(always)]
    fn find(&self, jd: f64) -> (Index, &Head, &[ArchivedLine], f64) {
        let cell = Index(self.grid.cell(jd));
        if let Some(record) = self.record(cell)
            && let Some((head, rest, x)) = kernel::open(record, jd)
            && (-1.0..1.0).contains(&x)
        {
            return (cell, head, rest, x);
        }
        let index = self.index_beside(cell, jd);
        match kernel::open(self.record(index).unwrap_or_default(), jd) {
            Some((head, rest, x)) => (index, head, rest, x),
            // A record that is not there cannot be found by a checked block; it is as good as refused.
            None => (index, &NO_HEAD, &[], f64::NAN),
        }
    }

    /// Asks memory for the cell that the grid names for an instant: all of it, since a split one lists its segments there;
    /// and for what the audit measured of it.
    #[inline(always)]
    pub(crate) fn prefetch(&self, jd: f64) {
        let cell = self.grid.cell(jd);
        self.lines.prefetch::<RECORD_BYTES>(cell.wrapping_mul(self.lines_per_record));
        self.errors.prefetch::<1>(cell);
    }

    /// The record for an instant inside the block, and the place of the instant in its segment; nothing where the audit
    /// refused the segment.
    #[inline(always)]
    pub(crate) fn spot_at(&self, jd: f64) -> Option<(Index, f64)> {
        let (index, _, _, x) = self.find(jd);
        if x.is_nan() { None } else { Some((index, x)) }
    }

    /// Largest deviation that the audit met in a record's segment, arcseconds.
    #[inline]
    pub(crate) fn error_arcsec(&self, index: Index) -> f32 {
        self.errors.get(index.0).map_or(f32::INFINITY, |error| error.arcsec.to_native())
    }

    /// The record for an instant inside the block.
    pub(crate) fn index_at(&self, jd: f64) -> Index {
        self.find(jd).0
    }

    /// The segment of an instant for which the cell that the grid names has no polynomial. Out of line: it is rare.
    #[inline(never)]
    fn index_beside(&self, named: Index, jd: f64) -> Index {
        let last = self.cells.saturating_sub(1);
        let mut cell = named.0.min(last);
        // One step is enough: that cells lie within one of where the grid has them was checked.
        if let Some((head, _, x)) = kernel::open(self.record(Index(cell)).unwrap_or_default(), jd) {
            let end_jd = head.terms[1][0];
            if jd < head.start_jd {
                cell = cell.saturating_sub(1);
            } else if x >= 1.0 || (x.is_nan() && jd >= end_jd) {
                cell = (cell + 1).min(last);
            }
        }
        let Some((head, rest, _)) = kernel::open(self.record(Index(cell)).unwrap_or_default(), jd) else {
            return Index(cell);
        };
        let Some((first, count)) = split_of(head) else { return Index(cell) };
        let nth = if let Some(later) = kernel::starts(rest).get(..count - 1) {
            later.iter().filter(|&&start_jd| start_jd <= jd).count()
        } else {
            let parts = self.bounds.get(first..first.saturating_add(count)).unwrap_or_default();
            parts.partition_point(|part| part.start_jd.to_native() <= jd).saturating_sub(1)
        };
        Index(first.saturating_add(nth))
    }

    /// Evaluates at an instant inside the block; nothing where the audit refused the segment.
    // No closures on the way to the kernel: they would be compiled apart from it, without its instruction set.
    #[inline(always)]
    pub(crate) fn evaluate<Q: Quad>(&self, quad: Q, jd: f64) -> Option<Components> {
        let (_, head, rest, x) = self.find(jd);
        if x.is_nan() {
            return None;
        }
        Some(kernel::evaluate(quad, &self.shape, head, rest, x))
    }

    /// As [`Block::evaluate`], for the first component alone.
    #[inline(always)]
    pub(crate) fn evaluate_first<Q: Quad>(&self, quad: Q, jd: f64) -> Option<(f64, f64)> {
        let (_, head, rest, x) = self.find(jd);
        if x.is_nan() {
            return None;
        }
        Some(kernel::evaluate_first(quad, &self.shape, head, rest, x))
    }

    /// Why an instant inside the block is not answered.
    #[cold]
    pub(crate) fn refusal(&self, jd: f64) -> Miss {
        Miss::NotGoodEnough { audited_arcsec: self.segment(self.index_at(jd)).error_arcsec }
    }
}

/// What stands for the head of a record that is not there: refused.
const NO_HEAD: Head = Head { start_jd: f64::NAN, per_half: f64::NAN, terms: [[0.0; 2]; 3] };

/// For the head of a split cell, the index of its first segment and their number.
fn split_of(head: &Head) -> Option<(usize, usize)> {
    let [first, count] = head.terms[0];
    (head.per_half.is_nan() && count >= 1.0).then_some((first as usize, count as usize))
}

/// Whether cells follow each other, and each first and last instant is named by the grid to within one cell.
pub(crate) fn check_grid(cells: &[Bounds], grid: &Grid) -> Result<(), String> {
    for (nth, cell) in cells.iter().enumerate() {
        if nth > 0 && cells[nth - 1].end_jd != cell.start_jd {
            return Err(format!("cell {nth} does not start where the one before ends"));
        }
        // Written so that NaN fails it.
        let near = |jd: f64| grid.cell(jd).min(cells.len() - 1).abs_diff(nth) <= 1;
        if !(cell.start_jd < cell.end_jd && near(cell.start_jd) && near(cell.end_jd.next_down())) {
            return Err(format!("cell {nth} is not where the grid has it"));
        }
    }
    Ok(())
}

/// Whether header and archive tell the same story.
fn agree(path: &Path, header: &Header, root: &ArchivedBlockArchive, bytes: &[u8]) -> Result<(), FormatError> {
    let fault = |offset: usize, what: &str| Err(FormatError::damaged(path, offset, what));
    let own = &header.own;
    let count = own.record_count.get() as usize;
    let record = own.record_bytes.get() as usize;
    let (start, end) = (own.span_start_jd.get(), own.span_end_jd.get());
    if own.groups.iter().any(|&groups| usize::from(groups) > MAX_GROUPS) {
        return fault(offset_of!(Header, own.groups), "more coefficients than this layout allows");
    }
    if record != record_bytes(own.groups) {
        let at = offset_of!(Header, own.record_bytes);
        return fault(at, "the length of a record does not fit its coefficients");
    }
    if !(start.is_finite() && end.is_finite() && start < end) {
        return fault(offset_of!(Header, own.span_start_jd), "the span is not one");
    }
    if !own.quanta.iter().all(|quantum| is_power_of_two(quantum.get())) {
        return fault(offset_of!(Header, own.quanta), "a quantum is no power of two");
    }
    let cells_per_day = own.cells_per_day.get();
    if !(own.grid_jd.get().is_finite() && cells_per_day.is_finite() && cells_per_day > 0.0) {
        return fault(offset_of!(Header, own.grid_jd), "the grid is not one");
    }
    let cells = own.cell_count.get() as usize;
    if cells == 0 || cells > count || root.errors.len() != count || root.bounds.len() != count {
        return fault(offset_of!(Header, own.record_count), "the numbers of records differ");
    }
    if root.records.len() as u128 * LINE_BYTES as u128 != count as u128 * record as u128 {
        let at = offset_of!(Header, own.record_count);
        return fault(at, "the length of the records differs from their number");
    }
    let records_at = root.records.as_ptr() as usize - bytes.as_ptr() as usize;
    if records_at as u64 != own.records_offset.get() {
        let at = offset_of!(Header, own.records_offset);
        return fault(at, "the records are not where the header says");
    }
    header.check_recipe(path, &root.recipe)
}

fn is_power_of_two(value: f64) -> bool {
    value.is_normal() && value > 0.0 && value.to_bits().trailing_zeros() >= 52
}
