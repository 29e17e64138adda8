//! Making a block: polynomials to records, records to the bytes of a file.
//!
//! The pipeline decides what to write; how it stands in the file is decided here, beside the code that reads it. The
//! same content gives the same bytes.

use rkyv::rancor;
use rkyv::util::AlignedVec;
use zerocopy::IntoBytes;

use crate::block::check_grid;
use crate::body::Product;
use crate::error::FormatError;
use crate::grid::Grid;
use crate::header::padded;
use crate::kernel::{self, Components, Shape};
use crate::lanes::Plain;
use crate::layout::{
    ArchivedLine, BlockArchive, BlockFields, Bounds, COMPONENTS, GROUP, HEADER_BYTES, Head, Header,
    LINE_BYTES, Line, MAX_GROUPS, SegmentError, record_bytes,
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
    /// Place of an instant in a segment, exactly as a reader computes it: −1 ≤ x < 1.
    #[must_use]
    pub fn place(start_jd: f64, end_jd: f64, jd: f64) -> f64 {
        (jd - start_jd) * per_half(start_jd, end_jd) - 1.0
    }

    /// Value of the components at an instant, in doubles, before anything is rounded to a record.
    #[must_use]
    pub fn value(&self, jd: f64) -> [f64; COMPONENTS] {
        let x = Polynomial::place(self.start_jd, self.end_jd, jd);
        std::array::from_fn(|c| {
            self.coefficients[c].iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
        })
    }
}

impl Polynomial {
    /// Derivatives of the components at an instant, per day.
    #[must_use]
    pub fn rate(&self, jd: f64) -> [f64; COMPONENTS] {
        let x = Polynomial::place(self.start_jd, self.end_jd, jd);
        let slope = |coefficients: &[f64]| {
            let terms = coefficients.iter().enumerate().skip(1).rev();
            terms.fold(0.0, |sum, (k, coefficient)| sum * x + k as f64 * coefficient)
        };
        std::array::from_fn(|c| slope(&self.coefficients[c]) * per_half(self.start_jd, self.end_jd))
    }
}

/// One over half a segment's length, as its record holds it: rounded so that the segment's end lies at x ≥ 1, where it
/// is no longer the segment's, and the last double before it at x < 1.
fn per_half(start_jd: f64, end_jd: f64) -> f64 {
    let days = end_jd - start_jd;
    let rounded = 2.0 / days;
    if days * rounded < 2.0 { rounded.next_up() } else { rounded }
}

impl Shape {
    /// The finest shape that holds all these polynomials with so many groups by component.
    #[must_use]
    pub fn fitting<'a>(
        groups: [u8; COMPONENTS],
        polynomials: impl IntoIterator<Item = &'a Polynomial>,
    ) -> Shape {
        let mut largest = [0.0_f64; COMPONENTS];
        for polynomial in polynomials {
            for (largest, coefficients) in largest.iter_mut().zip(&polynomial.coefficients) {
                *largest =
                    coefficients.iter().skip(2).fold(*largest, |largest, value| largest.max(value.abs()));
            }
        }
        // The next power of two above the largest, spread over 31 bits and a sign; 2⁻⁷⁰ where there is no tail.
        let quanta = largest.map(|largest| {
            let exponent = if largest > 0.0 { largest.log2().floor() as i32 + 1 - 31 } else { -70 };
            let quantum = 2.0_f64.powi(exponent.max(-70));
            // Just below a power of two it would round up to 2³¹, which an i32 does not hold.
            if (largest / quantum).round() > f64::from(i32::MAX) { 2.0 * quantum } else { quantum }
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
            start_jd: *start_jd,
            per_half: per_half(*start_jd, *end_jd),
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
        Some(Record::of(shape, head, tail.as_bytes()))
    }

    /// The record of a segment that no polynomial answers well enough: the live source is asked instead.
    fn refused(shape: &Shape, bounds: Bounds) -> Record {
        Record::of(
            shape,
            Head { start_jd: bounds.start_jd, per_half: f64::NAN, terms: without(0, 0, bounds) },
            &[],
        )
    }

    /// The record of a cell that is split: its segments stand from `first`, and as many of their starts as have room, the
    /// first one's aside, stand in its tail.
    fn split(shape: &Shape, bounds: Bounds, first: usize, segments: &[Segment]) -> Record {
        let room = (record_bytes(shape.groups) - LINE_BYTES) / size_of::<f64>();
        let starts: Vec<f64> = segments.iter().skip(1).take(room).map(|segment| segment.start_jd).collect();
        let terms = without(first, segments.len(), bounds);
        Record::of(shape, Head { start_jd: bounds.start_jd, per_half: f64::NAN, terms }, starts.as_bytes())
    }

    fn of(shape: &Shape, head: Head, tail: &[u8]) -> Record {
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend_from_slice(tail);
        bytes.resize(record_bytes(shape.groups), 0);
        Record(bytes.as_chunks::<LINE_BYTES>().0.iter().map(|&line| ArchivedLine(line)).collect())
    }

    /// Evaluates the record, exactly as a reader of the file will.
    #[must_use]
    pub fn evaluate(&self, shape: &Shape, jd: f64) -> Components {
        match kernel::open(&self.0, jd) {
            Some((head, rest, x)) => kernel::evaluate(Plain, shape, head, rest, x),
            None => Components::default(),
        }
    }
}

/// Terms of a record without a polynomial: its segments, and its end.
fn without(first: usize, count: usize, bounds: Bounds) -> [[f64; 2]; COMPONENTS] {
    [[first as f64, count as f64], [bounds.end_jd, 0.0], [0.0; 2]]
}

/// One segment of a block to be written.
#[derive(Clone, Debug)]
pub struct Segment {
    /// First instant, a Julian day.
    pub start_jd: f64,
    /// First instant after it.
    pub end_jd: f64,
    /// Its record; `None` where the audit refused it.
    pub record: Option<Record>,
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
    /// Its grid.
    pub grid: Grid,
    /// Cells in order without gaps, each as its segments in order without gaps. One segment is the rule.
    pub cells: Vec<Vec<Segment>>,
    /// Shape of every record.
    pub shape: Shape,
    /// How the block was made, JSON.
    pub recipe: String,
    /// The promise in arcseconds that the segments were audited against.
    pub promise_arcsec: f64,
}

/// Records, bounds and errors in the order of the file: the cells, then the segments of split cells.
#[derive(Default)]
struct Columns {
    records: Vec<Line>,
    bounds: Vec<Bounds>,
    errors: Vec<SegmentError>,
}

impl Columns {
    fn push(&mut self, record: &Record, bounds: Bounds, error: SegmentError) {
        self.records.extend(record.0.iter().map(|line| Line(line.0)));
        self.bounds.push(bounds);
        self.errors.push(error);
    }

    fn push_segment(&mut self, shape: &Shape, segment: &Segment) {
        let bounds = Bounds { start_jd: segment.start_jd, end_jd: segment.end_jd };
        self.push(
            &segment.record.clone().unwrap_or_else(|| Record::refused(shape, bounds)),
            bounds,
            SegmentError { arcsec: segment.error_arcsec, distance: segment.error_distance },
        );
    }
}

/// The bytes of a block file.
///
/// # Errors
/// When the content contradicts itself: no cells, an empty cell, gaps, records of another shape, a grid that the cells do
/// not follow.
pub fn encode(content: &Content) -> Result<Vec<u8>, FormatError> {
    let unwritable = |what: String| FormatError::Unwritable { product: content.product.to_string(), what };
    let record_bytes = record_bytes(content.shape.groups);
    let lines = record_bytes / LINE_BYTES;
    let segments = || content.cells.iter().flatten();
    if content.cells.is_empty() || content.cells.iter().any(Vec::is_empty) {
        return Err(unwritable("no cells, or a cell without segments".into()));
    }
    if segments().any(|segment| segment.record.as_ref().is_some_and(|record| record.0.len() != lines)) {
        return Err(unwritable("records of another shape".into()));
    }
    if segments().zip(segments().skip(1)).any(|(a, b)| a.end_jd != b.start_jd) {
        return Err(unwritable("a gap between segments".into()));
    }
    if content.shape.groups.iter().any(|&groups| usize::from(groups) > MAX_GROUPS) {
        return Err(unwritable(format!("more than {MAX_GROUPS} groups of coefficients")));
    }
    let mut columns = Columns::default();
    let mut next = content.cells.len();
    for cell in &content.cells {
        if let [segment] = &cell[..] {
            columns.push_segment(&content.shape, segment);
        } else {
            let bounds = Bounds { start_jd: cell[0].start_jd, end_jd: cell[cell.len() - 1].end_jd };
            let split = Record::split(&content.shape, bounds, next, cell);
            columns.push(&split, bounds, SegmentError { arcsec: 0.0, distance: 0.0 });
            next += cell.len();
        }
    }
    for segment in content.cells.iter().filter(|cell| cell.len() > 1).flatten() {
        columns.push_segment(&content.shape, segment);
    }
    let (span_start, span_end) = (columns.bounds[0].start_jd, columns.bounds[content.cells.len() - 1].end_jd);
    check_grid(&columns.bounds[..content.cells.len()], &content.grid).map_err(unwritable)?;
    let Columns { records, bounds, errors } = columns;
    let record_count = bounds.len();
    let archive = BlockArchive {
        recipe: content.recipe.clone(),
        promise_arcsec: content.promise_arcsec,
        records,
        bounds,
        errors,
    };
    let payload = rkyv::api::high::to_bytes_in::<_, rancor::Error>(&archive, AlignedVec::<LINE_BYTES>::new())
        .map_err(|error| unwritable(error.to_string()))?;
    let root = rkyv::access::<crate::layout::ArchivedBlockArchive, rancor::Error>(&payload)
        .map_err(|error| unwritable(error.to_string()))?;
    let place = |pointer: *const u8| (HEADER_BYTES + pointer as usize - payload.as_ptr() as usize) as u64;

    let own = BlockFields {
        records_offset: place(root.records.as_ptr().cast()).into(),
        record_count: (record_count as u64).into(),
        cell_count: (content.cells.len() as u64).into(),
        record_bytes: (record_bytes as u32).into(),
        groups: content.shape.groups,
        reserved: 0,
        span_start_jd: span_start.into(),
        span_end_jd: span_end.into(),
        quanta: content.shape.quanta.map(Into::into),
        grid_jd: content.grid.origin_jd.into(),
        cells_per_day: content.grid.cells_per_day.into(),
        product: padded(&content.product.to_string())
            .ok_or_else(|| unwritable("the name is longer than 32 bytes".into()))?,
    };
    Ok(Header::seal(own, &content.recipe, &payload))
}
