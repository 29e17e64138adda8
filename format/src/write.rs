//! Making a block: polynomials to records, records to the bytes of a file.
//!
//! The pipeline decides what to write; how it stands in the file is decided here, beside the code that reads it. The
//! same content gives the same bytes.

use rkyv::rancor;
use rkyv::util::AlignedVec;
use zerocopy::IntoBytes;

use crate::block::{directory, header_check};
use crate::body::Product;
use crate::error::FormatError;
use crate::kernel::{self, Components, Shape};
use crate::layout::{
    ArchivedLine, BlockArchive, CHECKED_BYTES, COMPONENTS, GROUP, HEADER_BYTES, Head, Header, LAYOUT_VERSION, LINE_BYTES,
    Line, MAGIC, MAX_GROUPS, SegmentError, record_bytes,
};

/// A polynomial in x = (t − middle) / half by component: coefficients from the constant upwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    /// First instant, a Julian day.
    pub start_jd: f64,
    /// First instant after it.
    pub end_jd: f64,
    /// Coefficients of 1, x, x² … in the component's unit; at most 2 + 4 × [`MAX_GROUPS`] of them.
    pub coefficients: [Vec<f64>; COMPONENTS],
}

impl Polynomial {
    /// Middle of a segment, as its record will hold it.
    #[must_use]
    pub fn mid_jd(start_jd: f64, end_jd: f64) -> f64 {
        start_jd + (end_jd - start_jd) / 2.0
    }

    /// One over half a segment's length, as its record will hold it.
    #[must_use]
    pub fn per_half(start_jd: f64, end_jd: f64) -> f64 {
        2.0 / (end_jd - start_jd)
    }
}

impl Shape {
    /// The finest shape that holds all these polynomials with so many groups by component.
    #[must_use]
    pub fn fitting<'a>(groups: [u8; COMPONENTS], polynomials: impl Iterator<Item = &'a Polynomial> + Clone) -> Shape {
        let quanta = std::array::from_fn(|c| {
            let largest = polynomials
                .clone()
                .flat_map(|polynomial| polynomial.coefficients[c].iter().skip(2))
                .fold(0.0_f64, |largest, coefficient| largest.max(coefficient.abs()));
            // The next power of two of the largest, spread over 30 bits and a sign; 2⁻⁷⁰ where there is no tail.
            let exponent = if largest > 0.0 { largest.log2().floor() as i32 + 1 - 31 } else { -70 };
            2.0_f64.powi(exponent.max(-70))
        });
        Shape { groups, quanta }
    }
}

/// One segment's coefficients as the file holds them.
#[derive(Clone, Debug)]
pub struct Record(Vec<ArchivedLine>);

impl Record {
    /// Rounds a polynomial to the shape. `None` where a coefficient is not finite, too large for the shape, or beyond
    /// its terms.
    #[must_use]
    pub fn round(shape: &Shape, polynomial: &Polynomial) -> Option<Record> {
        let Polynomial { start_jd, end_jd, coefficients } = polynomial;
        let term = |c: usize, k: usize| coefficients[c].get(k).copied().unwrap_or(0.0);
        let head = Head {
            mid_jd: Polynomial::mid_jd(*start_jd, *end_jd),
            per_half: Polynomial::per_half(*start_jd, *end_jd),
            terms: std::array::from_fn(|c| [term(c, 0), term(c, 1)]),
        };
        let mut tail: Vec<[i32; GROUP]> = Vec::new();
        for (c, &groups) in shape.groups.iter().enumerate() {
            let terms = 2 + GROUP * usize::from(groups);
            if coefficients[c].len() > terms || coefficients[c].iter().any(|value| !value.is_finite()) {
                return None;
            }
            for group in 0..usize::from(groups) {
                let mut rounded = [0; GROUP];
                for (lane, rounded) in rounded.iter_mut().enumerate() {
                    let units = (term(c, 2 + GROUP * group + lane) / shape.quanta[c]).round();
                    if units.abs() > f64::from(i32::MAX) {
                        return None;
                    }
                    *rounded = units as i32;
                }
                tail.push(rounded);
            }
        }
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend_from_slice(tail.as_bytes());
        bytes.resize(record_bytes(shape.groups), 0);
        Some(Record(bytes.as_chunks::<LINE_BYTES>().0.iter().map(|&line| ArchivedLine(line)).collect()))
    }

    /// The record of a segment that no polynomial answers well enough: the live source is asked instead.
    #[must_use]
    pub fn refused(shape: &Shape, start_jd: f64, end_jd: f64) -> Record {
        let head = Head {
            mid_jd: Polynomial::mid_jd(start_jd, end_jd),
            per_half: 0.0,
            terms: [[0.0; 2]; COMPONENTS],
        };
        let mut bytes = head.as_bytes().to_vec();
        bytes.resize(record_bytes(shape.groups), 0);
        Record(bytes.as_chunks::<LINE_BYTES>().0.iter().map(|&line| ArchivedLine(line)).collect())
    }

    /// Evaluates the record, exactly as a reader of the file will.
    #[must_use]
    pub fn evaluate(&self, shape: &Shape, jd: f64) -> Components {
        kernel::evaluate(shape, &self.0, jd)
    }
}

/// One segment of a block to be written.
#[derive(Clone, Debug)]
pub struct Segment {
    /// First instant, a Julian day; the segment ends where the next starts.
    pub start_jd: f64,
    /// Its record.
    pub record: Record,
    /// Audited error in arcseconds.
    pub error_arcsec: f32,
    /// Audited relative error of the distance.
    pub error_distance: f32,
}

/// All that a block file holds.
#[derive(Clone, Debug)]
pub struct Content {
    /// What the block is a table of.
    pub product: Product,
    /// First instant after the block; the first segment's start is its first instant.
    pub end_jd: f64,
    /// Shape of every record.
    pub shape: Shape,
    /// Segments in order.
    pub segments: Vec<Segment>,
    /// How the block was made, JSON.
    pub recipe: String,
    /// The promise in arcseconds that the segments were audited against.
    pub promise_arcsec: f64,
    /// Length of a directory bin: a power of two of days.
    pub bin_days: f64,
}

/// The bytes of a block file.
///
/// # Errors
/// When the content contradicts itself: no segments, records of another shape.
pub fn encode(content: &Content) -> Result<Vec<u8>, FormatError> {
    let unwritable = |what: String| FormatError::Unwritable { product: content.product.to_string(), what };
    let record_bytes = record_bytes(content.shape.groups);
    let lines = record_bytes / LINE_BYTES;
    if content.segments.is_empty() || content.segments.iter().any(|segment| segment.record.0.len() != lines) {
        return Err(unwritable("no segments, or records of another shape".into()));
    }
    if content.shape.groups.iter().any(|&groups| usize::from(groups) > MAX_GROUPS) {
        return Err(unwritable(format!("more than {MAX_GROUPS} groups of coefficients")));
    }
    let mut starts_jd: Vec<f64> = content.segments.iter().map(|segment| segment.start_jd).collect();
    starts_jd.push(content.end_jd);
    let archive = BlockArchive {
        recipe: content.recipe.clone(),
        promise_arcsec: content.promise_arcsec,
        errors: content
            .segments
            .iter()
            .map(|segment| SegmentError { arcsec: segment.error_arcsec, distance: segment.error_distance })
            .collect(),
        directory: directory(&starts_jd, content.bin_days),
        records: content.segments.iter().flat_map(|segment| segment.record.0.iter().map(|line| Line(line.0))).collect(),
        starts_jd,
    };
    let payload = rkyv::api::high::to_bytes_in::<_, rancor::Error>(&archive, AlignedVec::<LINE_BYTES>::new())
        .map_err(|error| unwritable(error.to_string()))?;
    let root = rkyv::access::<crate::layout::ArchivedBlockArchive, rancor::Error>(&payload)
        .map_err(|error| unwritable(error.to_string()))?;
    let place = |pointer: *const u8| (HEADER_BYTES + pointer as usize - payload.as_ptr() as usize) as u64;

    let mut product = [0; 32];
    let name = content.product.to_string();
    product
        .get_mut(..name.len())
        .ok_or_else(|| unwritable("the name is longer than 32 bytes".into()))?
        .copy_from_slice(name.as_bytes());
    let mut header = Header {
        magic: MAGIC,
        layout_version: LAYOUT_VERSION.into(),
        header_bytes: (HEADER_BYTES as u32).into(),
        file_bytes: ((HEADER_BYTES + payload.len()) as u64).into(),
        archive_offset: (HEADER_BYTES as u64).into(),
        archive_bytes: (payload.len() as u64).into(),
        records_offset: place(root.records.as_ptr().cast()).into(),
        record_count: (content.segments.len() as u64).into(),
        starts_offset: place(root.starts_jd.as_ptr().cast()).into(),
        record_bytes: (record_bytes as u32).into(),
        groups: content.shape.groups,
        reserved_a: 0,
        span_start_jd: content.segments[0].start_jd.into(),
        span_end_jd: content.end_jd.into(),
        quanta: content.shape.quanta.map(Into::into),
        bin_days: content.bin_days.into(),
        product,
        recipe: *blake3::hash(content.recipe.as_bytes()).as_bytes(),
        payload: *blake3::hash(&payload).as_bytes(),
        reserved_b: [0; 24],
        check: [0; 16],
    };
    header.check = header_check(&header.as_bytes()[..CHECKED_BYTES]);
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&payload);
    Ok(bytes)
}
