//! One block: a product over one span, checked, mapped, and ready to be asked.

use std::path::Path;

use rkyv::rancor;
use zerocopy::FromBytes;

use crate::body::Product;
use crate::error::FormatError;
use crate::kernel::{self, Components, Shape};
use crate::layout::{
    ArchivedBin, ArchivedBlockArchive, ArchivedLine, ArchivedSegmentError, CHECKED_BYTES, COMPONENTS, HEADER_BYTES,
    Header, LAYOUT_VERSION, LINE_BYTES, MAGIC, MAX_GROUPS, record_bytes,
};
use crate::mapping::{Mapping, View};

/// How much of a file to read before trusting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Header, structure and look-up: a few pages. For files whose bytes were hashed before, by whom one trusts.
    Structure,
    /// Every byte against the header's hash as well.
    EveryByte,
}

/// A block file, mapped.
///
/// What the hot path reads stands first and together.
#[derive(Debug)]
pub struct Block {
    start_jd: f64,
    end_jd: f64,
    bins_per_day: f64,
    shape: Shape,
    lines_per_record: usize,
    directory: View<ArchivedBin>,
    lines: View<ArchivedLine>,
    starts: View<rkyv::rend::f64_le>,
    errors: View<ArchivedSegmentError>,
    product: Product,
    promise_arcsec: f64,
    recipe: String,
    recipe_hash: [u8; 32],
    mapping: Mapping,
}

/// Which segment holds an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment(pub(crate) usize);

impl Block {
    /// Maps and checks a file.
    ///
    /// The checks, in order: length, magic, layout version, the header's own hash, the lengths and places that the
    /// header names, with [`Check::EveryByte`] the archive's hash, the archive's structure (bytecheck), agreement of
    /// header and archive, order of the segments, and the look-up directory entry by entry. After them no read can
    /// leave the mapping, whatever the records hold.
    ///
    /// # Errors
    /// With the byte offset of the first fault met.
    pub fn open(path: &Path, check: Check) -> Result<Block, FormatError> {
        let mapping = Mapping::open(path)?;
        let bytes = mapping.bytes();
        let fault = |offset: usize, what: String| Err(FormatError::damaged(path, offset, what));
        let Ok((header, _)) = Header::read_from_prefix(bytes) else {
            return fault(bytes.len(), format!("the file ends inside its header of {HEADER_BYTES} bytes"));
        };
        if header.magic != MAGIC {
            return fault(0, "this is no Orrery block".into());
        }
        if header.layout_version.get() != LAYOUT_VERSION {
            return Err(FormatError::Version {
                path: path.to_owned(),
                found: header.layout_version.get(),
                expected: LAYOUT_VERSION,
            });
        }
        if header.check != header_check(&bytes[..CHECKED_BYTES]) {
            return fault(CHECKED_BYTES, "the header does not match its own hash".into());
        }
        if header.file_bytes.get() != bytes.len() as u64 {
            return fault(bytes.len(), format!("{} bytes expected, {} found", header.file_bytes, bytes.len()));
        }
        let archive_at = header.archive_offset.get() as usize;
        let archive = bytes.get(archive_at..).unwrap_or_default();
        if archive_at != HEADER_BYTES || archive.len() as u64 != header.archive_bytes.get() {
            return fault(24, "the archive is not where it should be".into());
        }
        if check == Check::EveryByte && *blake3::hash(archive).as_bytes() != header.payload {
            return fault(archive_at, "the archive does not match its hash".into());
        }
        let root = rkyv::access::<ArchivedBlockArchive, rancor::Error>(archive)
            .map_err(|error| FormatError::damaged(path, archive_at, format!("the archive's structure is broken: {error}")))?;
        let product = std::str::from_utf8(&header.product)
            .ok()
            .and_then(|name| Product::from_name(name.trim_end_matches('\0')))
            .ok_or_else(|| FormatError::damaged(path, 120, "unknown product"))?;
        let shape = Shape { groups: header.groups, quanta: header.quanta.map(zerocopy::F64::get) };
        let count = header.record_count.get() as usize;
        agree(path, &header, root, bytes)?;
        let view = |what: &'static str| move || FormatError::damaged(path, archive_at, what);
        let block = Block {
            start_jd: header.span_start_jd.get(),
            end_jd: header.span_end_jd.get(),
            bins_per_day: 1.0 / header.bin_days.get(),
            shape,
            lines_per_record: header.record_bytes.get() as usize / LINE_BYTES,
            directory: mapping.view(&root.directory).ok_or_else(view("directory outside the file"))?,
            lines: mapping.view(&root.records).ok_or_else(view("records outside the file"))?,
            starts: mapping.view(&root.starts_jd).ok_or_else(view("starts outside the file"))?,
            errors: mapping.view(&root.errors).ok_or_else(view("errors outside the file"))?,
            product,
            promise_arcsec: root.promise_arcsec.to_native(),
            recipe: root.recipe.as_str().to_owned(),
            recipe_hash: header.recipe,
            mapping: mapping.clone(),
        };
        block.check_lookup(path, count)?;
        Ok(block)
    }

    /// Segments in order, and every directory entry what the starts make of it.
    fn check_lookup(&self, path: &Path, count: usize) -> Result<(), FormatError> {
        let fault = |what: String| Err(FormatError::damaged(path, HEADER_BYTES, what));
        let starts = || self.starts.iter().map(|start| start.to_native());
        if !starts().zip(starts().skip(1)).all(|(a, b)| a < b) {
            return fault("segments are not in order".into());
        }
        if starts().next() != Some(self.start_jd) || starts().next_back() != Some(self.end_jd) {
            return fault("the segments do not cover the span".into());
        }
        let expected = directory(&starts().collect::<Vec<_>>(), 1.0 / self.bins_per_day);
        let found = self.directory.iter().map(|bin| (bin.split_jd.to_native(), bin.first.to_native(), bin.starting.to_native()));
        if expected.len() != self.directory.len()
            || !expected.iter().map(|bin| (bin.split_jd, bin.first, bin.starting)).eq(found)
        {
            return fault("the directory does not match the segments".into());
        }
        debug_assert_eq!(count * self.lines_per_record, self.lines.len());
        Ok(())
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

    /// Number of segments.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.errors.len()
    }

    /// Bounds of a segment: first instant, and first instant after it.
    #[must_use]
    pub fn segment_bounds(&self, segment: usize) -> Option<(f64, f64)> {
        Some((self.starts.get(segment)?.to_native(), self.starts.get(segment + 1)?.to_native()))
    }

    /// What the audit measured of a segment: arcseconds, and relative distance.
    #[must_use]
    pub fn segment_error(&self, segment: usize) -> Option<(f32, f32)> {
        self.errors.get(segment).map(|error| (error.arcsec.to_native(), error.distance.to_native()))
    }

    /// Whether the audit accepted a segment; one that it did not is answered live.
    #[must_use]
    pub fn segment_accepted(&self, segment: usize) -> bool {
        self.record(Segment(segment)).first().is_some_and(|line| kernel::head(line).per_half != 0.0)
    }

    /// Largest audited errors of the accepted segments: arcseconds, and relative distance.
    #[must_use]
    pub fn max_error(&self) -> (f32, f32) {
        (0..self.segments())
            .filter(|&segment| self.segment_accepted(segment))
            .filter_map(|segment| self.segment_error(segment))
            .fold((0.0, 0.0), |worst, error| (worst.0.max(error.0), worst.1.max(error.1)))
    }

    /// Days in segments that the audit refused, which are answered live.
    #[must_use]
    pub fn refused_days(&self) -> f64 {
        (0..self.segments())
            .filter(|&segment| !self.segment_accepted(segment))
            .filter_map(|segment| self.segment_bounds(segment))
            .map(|(start, end)| end - start)
            .fold(0.0, |sum, days| sum + days)
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

    /// The segment that holds an instant, for instants inside the block.
    ///
    /// Bins are powers of two of days long and the start is a multiple of half a day, so that the bin's number is
    /// exact and no instant is looked for in its neighbour.
    #[inline(always)]
    pub(crate) fn segment_at(&self, jd: f64) -> Segment {
        let bin = ((jd - self.start_jd) * self.bins_per_day) as usize;
        let Some(bin) = self.directory.get(bin) else { return Segment(0) };
        let first = bin.first.to_native() as usize;
        if bin.starting.to_native() <= 1 {
            return Segment(first + usize::from(jd >= bin.split_jd.to_native()));
        }
        self.segment_among(first, bin.starting.to_native() as usize, jd)
    }

    /// Binary search in a bin with many segments, as beside the Sun. Out of line: it is rare.
    #[cold]
    fn segment_among(&self, first: usize, starting: usize, jd: f64) -> Segment {
        let later = self.starts.get(first + 1..=first + starting).unwrap_or_default();
        Segment(first + later.partition_point(|start| start.to_native() <= jd))
    }

    /// The record of a segment; empty for a segment that is not there.
    #[inline(always)]
    pub(crate) fn record(&self, segment: Segment) -> &[ArchivedLine] {
        let from = segment.0 * self.lines_per_record;
        self.lines.get(from..from + self.lines_per_record).unwrap_or_default()
    }

    /// Evaluates at an instant inside the block, or tells that the audit refused the segment.
    #[inline(always)]
    pub(crate) fn evaluate(&self, jd: f64) -> (Segment, Option<Components>) {
        let segment = self.segment_at(jd);
        let record = self.record(segment);
        let accepted = record.first().is_some_and(|line| kernel::head(line).per_half != 0.0);
        (segment, accepted.then(|| kernel::evaluate(&self.shape, record, jd)))
    }

    /// The audited error of a segment in arcseconds.
    #[inline(always)]
    pub(crate) fn error_arcsec(&self, segment: Segment) -> f32 {
        self.errors.get(segment.0).map_or(f32::INFINITY, |error| error.arcsec.to_native())
    }
}

/// First 16 bytes of the BLAKE3 of the header's first bytes.
pub(crate) fn header_check(bytes: &[u8]) -> [u8; 16] {
    let mut check = [0; 16];
    check.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    check
}

/// The directory that belongs to these segment starts (with the end as last).
pub(crate) fn directory(starts_jd: &[f64], bin_days: f64) -> Vec<crate::layout::Bin> {
    let (Some(&start), Some(&end)) = (starts_jd.first(), starts_jd.last()) else { return Vec::new() };
    let bins = ((end - start) / bin_days).ceil() as usize;
    let segments = &starts_jd[..starts_jd.len() - 1];
    (0..bins)
        .map(|bin| {
            let from = start + bin as f64 * bin_days;
            let first = segments.partition_point(|&jd| jd <= from) - 1;
            let after = segments.partition_point(|&jd| jd < from + bin_days) - 1;
            let split_jd = if after > first { segments[first + 1] } else { f64::INFINITY };
            crate::layout::Bin { split_jd, first: first as u32, starting: (after - first) as u32 }
        })
        .collect()
}

/// Whether header and archive tell the same story.
fn agree(path: &Path, header: &Header, root: &ArchivedBlockArchive, bytes: &[u8]) -> Result<(), FormatError> {
    let fault = |offset: usize, what: &str| Err(FormatError::damaged(path, offset, what));
    let place = |pointer: *const u8| pointer as usize - bytes.as_ptr() as usize;
    let count = header.record_count.get() as usize;
    let record = header.record_bytes.get() as usize;
    let (start, end) = (header.span_start_jd.get(), header.span_end_jd.get());
    if header.groups.iter().any(|&groups| usize::from(groups) > MAX_GROUPS) {
        return fault(68, "more coefficients than this layout allows");
    }
    if record != record_bytes(header.groups) {
        return fault(64, "the length of a record does not fit its coefficients");
    }
    if !(start.is_finite() && end.is_finite() && start < end && (start * 2.0).fract() == 0.0) {
        return fault(72, "the span is not one");
    }
    if !header.quanta.iter().all(|quantum| is_power_of_two(quantum.get())) {
        return fault(88, "a quantum is no power of two");
    }
    let bin = header.bin_days.get();
    if !(is_power_of_two(bin) && (end - start) / bin < 1e7) {
        return fault(112, "the length of a bin is no power of two");
    }
    if count == 0 || root.errors.len() != count || root.starts_jd.len() != count + 1 {
        return fault(48, "the numbers of segments differ");
    }
    if root.records.len() as u64 * LINE_BYTES as u64 != count as u64 * record as u64 {
        return fault(48, "the number of records differs from that of segments");
    }
    if place(root.records.as_ptr().cast()) != header.records_offset.get() as usize {
        return fault(40, "the records are not where the header says");
    }
    if place(root.starts_jd.as_ptr().cast()) != header.starts_offset.get() as usize {
        return fault(56, "the segments' starts are not where the header says");
    }
    if *blake3::hash(root.recipe.as_bytes()).as_bytes() != header.recipe {
        return fault(152, "the recipe does not match its hash");
    }
    Ok(())
}

fn is_power_of_two(value: f64) -> bool {
    value.is_normal() && value > 0.0 && value.to_bits().trailing_zeros() >= 52
}

/// Components must not outnumber what the tail can name.
const _: () = assert!(COMPONENTS == 3);
