//! Arrow: an IPC stream of record batches, in full doubles, with units and provenance in its schema.
//!
//! The columns of a batch go into the stream as they are. Words and bodies are keys of dictionaries that are sent once,
//! before the first batch.

use std::sync::Arc;

use arrow_array::types::{
    ArrowDictionaryKeyType, Float64Type, Int8Type, Int16Type, Int32Type, TimestampMillisecondType, UInt8Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, DictionaryArray, PrimitiveArray, RecordBatch,
    StringArray,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Metadata, Schema, SchemaRef, TimeUnit};
use orrery_almanac::{DayNumber, Utc};

use super::batch::{Batch, Cells};
use super::layout::{Holds, Layout, NOTHING};
use super::{Head, TableError};
use crate::text::chunk::Chunk;

/// As many rows as a batch should have. What a batch costs beside its columns, here and in readers, is that of some
/// hundred rows; with the ten bodies and six quantities of most tables it has a quarter of a mebibyte, which a processor's
/// cache holds twice.
pub(super) const ROWS_PER_BATCH: usize = 4096;

/// The time zone of instants.
const UTC: &str = "UTC";

const ABOUT_UTC: &str = "Coordinated Universal Time; days are of the Gregorian calendar at all times, and a leap second \
                         has the numbers of the second after it";

/// A stream of record batches.
pub(super) struct Stream {
    layout: Arc<Layout>,
    schema: SchemaRef,
    writer: Option<StreamWriter<Chunk>>,
    /// The bodies of as many rows as any batch had, from which those of fewer are cut.
    bodies: ArrayRef,
    /// The words that each column chooses from, where it does.
    words: Vec<Option<Arc<StringArray>>>,
    spread: Spread,
}

/// What a row tells of its instant.
#[derive(Debug, Default)]
struct Spread {
    utc: Vec<i64>,
    jd_ut: Vec<f64>,
    jd_tt: Vec<f64>,
}

impl Stream {
    pub(super) fn new(layout: Arc<Layout>, head: &Head) -> Stream {
        let words = layout.columns.iter().map(|column| match column.holds {
            Holds::Word(words) => Some(Arc::new(StringArray::from_iter_values(words))),
            _ => None,
        });
        Stream {
            words: words.collect(),
            schema: Arc::new(schema(&layout, head)),
            writer: None,
            bodies: bodies(&layout, 0),
            spread: Spread::default(),
            layout,
        }
    }

    /// Writes the schema.
    pub(super) fn begin(&mut self, out: &mut Chunk) -> Result<(), TableError> {
        let chunk = std::mem::replace(out, Chunk::EMPTY);
        let writer = self.writer.insert(StreamWriter::try_new(chunk, &self.schema)?);
        std::mem::swap(writer.get_mut(), out);
        Ok(())
    }

    /// Writes the rows of a batch that fits the layout. Takes its columns into the stream and gives their memory back.
    pub(super) fn write(&mut self, batch: &mut Batch, out: &mut Chunk) -> Result<(), TableError> {
        let rows = batch.instants() * self.layout.bodies.len();
        if self.bodies.len() < rows {
            self.bodies = bodies(&self.layout, rows);
        }
        self.spread.fill(batch, self.layout.bodies.len());
        let (time, mut lent) = (self.layout.time, Vec::new());
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        if time.utc {
            let utc = lend::<TimestampMillisecondType>(&mut self.spread.utc, None, &mut lent);
            columns.push(Arc::new(utc.with_timezone(UTC)));
        }
        if time.jd_ut {
            columns.push(Arc::new(lend::<Float64Type>(&mut self.spread.jd_ut, None, &mut lent)));
        }
        columns.push(Arc::new(lend::<Float64Type>(&mut self.spread.jd_tt, None, &mut lent)));
        columns.push(self.bodies.slice(0, rows));
        for (cells, words) in batch.cells.iter_mut().zip(&self.words) {
            columns.push(column(cells, words.as_ref(), &mut lent)?);
        }
        let record = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        self.with_writer(out, |writer| writer.write(&record))?;
        drop(record);

        let mut lent = lent.into_iter();
        if time.utc {
            take_back(&mut self.spread.utc, lent.next());
        }
        if time.jd_ut {
            take_back(&mut self.spread.jd_ut, lent.next());
        }
        take_back(&mut self.spread.jd_tt, lent.next());
        for cells in &mut batch.cells {
            match cells {
                Cells::Numbers(numbers) => take_back(numbers, lent.next()),
                Cells::Words(bytes) | Cells::Counts(bytes) => take_back(bytes, lent.next()),
                // Truths are copied: there they take a byte, in the stream a bit.
                Cells::Truths(_) => {}
            }
        }
        batch.clear();
        Ok(())
    }

    /// Writes the mark that ends a stream.
    pub(super) fn end(&mut self, out: &mut Chunk) -> Result<(), TableError> {
        self.with_writer(out, StreamWriter::finish)
    }

    /// Has something written into a chunk.
    fn with_writer(
        &mut self,
        out: &mut Chunk,
        write: impl FnOnce(&mut StreamWriter<Chunk>) -> Result<(), ArrowError>,
    ) -> Result<(), TableError> {
        if self.writer.is_none() {
            self.begin(out)?;
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        std::mem::swap(writer.get_mut(), out);
        let written = write(writer);
        std::mem::swap(writer.get_mut(), out);
        Ok(written?)
    }
}

impl Spread {
    /// Tells each instant as often as it has bodies.
    fn fill(&mut self, batch: &Batch, bodies: usize) {
        spread(&mut self.utc, batch.utc.iter().map(|utc| unix_milliseconds(*utc)), bodies);
        spread(&mut self.jd_ut, batch.jd_ut.iter().copied(), bodies);
        spread(&mut self.jd_tt, batch.jd_tt.iter().copied(), bodies);
    }
}

/// Each value so many times.
fn spread<T: Copy>(rows: &mut Vec<T>, values: impl ExactSizeIterator<Item = T>, times: usize) {
    rows.clear();
    rows.reserve(values.len() * times);
    for value in values {
        rows.resize(rows.len() + times, value);
    }
}

/// Milliseconds from 1970-01-01 on, all days being of 86,400 s: a leap second has the numbers of the second after it.
fn unix_milliseconds(utc: Utc) -> i64 {
    let time = utc.time();
    let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
    let seconds = minutes * 60 + i64::from(time.second());
    ((utc.day().0 - DayNumber::UNIX_EPOCH.0) * 86_400 + seconds) * 1000
        + i64::from(time.nanosecond() / 1_000_000)
}

/// The bodies of so many rows.
fn bodies(layout: &Layout, rows: usize) -> ArrayRef {
    fn keys<T: ArrowDictionaryKeyType>(
        layout: &Layout,
        rows: usize,
        key: impl Fn(usize) -> T::Native,
    ) -> ArrayRef {
        let bodies = layout.bodies.len().max(1);
        let keys: PrimitiveArray<T> = (0..rows).map(|row| Some(key(row % bodies))).collect();
        let names = StringArray::from_iter_values(&layout.bodies);
        // A key is the number of one of the names.
        Arc::new(DictionaryArray::new(keys, Arc::new(names)))
    }
    if has_short_keys(layout) {
        keys::<Int16Type>(layout, rows, |body| body as i16)
    } else {
        keys::<Int32Type>(layout, rows, |body| body as i32)
    }
}

/// Whether two bytes tell the bodies apart.
fn has_short_keys(layout: &Layout) -> bool {
    i16::try_from(layout.bodies.len()).is_ok()
}

/// The cells of a column, taken out of the batch but for truths.
fn column(
    cells: &mut Cells,
    words: Option<&Arc<StringArray>>,
    lent: &mut Vec<Buffer>,
) -> Result<ArrayRef, TableError> {
    let is_something = |cell: &u8| *cell != NOTHING;
    Ok(match cells {
        Cells::Numbers(numbers) => {
            let nulls = nulls(numbers, |number| number.is_finite());
            Arc::new(lend::<Float64Type>(numbers, nulls, lent))
        }
        Cells::Words(bytes) => {
            let (rows, nulls) = (bytes.len(), nulls(bytes, is_something));
            if nulls.is_some() {
                // There are readers that look words up where there is none.
                bytes.iter_mut().filter(|cell| **cell == NOTHING).for_each(|cell| *cell = 0);
            }
            let buffer = Buffer::from_vec(std::mem::take(bytes));
            lent.push(buffer.clone());
            let keys = ScalarBuffer::<i8>::new(buffer, 0, rows);
            let words = words.map_or_else(|| Arc::new(StringArray::from_iter_values([""; 0])), Arc::clone);
            Arc::new(DictionaryArray::<Int8Type>::try_new(PrimitiveArray::new(keys, nulls), words)?)
        }
        Cells::Truths(bytes) => {
            let truths = BooleanBuffer::collect_bool(bytes.len(), |row| bytes[row] == 1);
            Arc::new(BooleanArray::new(truths, nulls(bytes, is_something)))
        }
        Cells::Counts(bytes) => {
            let nulls = nulls(bytes, is_something);
            Arc::new(lend::<UInt8Type>(bytes, nulls, lent))
        }
    })
}

/// Which cells are something, unless all are.
fn nulls<T>(cells: &[T], is_something: impl Fn(&T) -> bool) -> Option<NullBuffer> {
    // Without a way out, so that many are looked at at a time.
    let all = cells.iter().fold(true, |all, cell| all & is_something(cell));
    (!all).then(|| BooleanBuffer::collect_bool(cells.len(), |row| is_something(&cells[row])).into())
}

/// A column that takes its cells out of a vector, to be [taken back](take_back).
fn lend<T: ArrowPrimitiveType>(
    cells: &mut Vec<T::Native>,
    nulls: Option<NullBuffer>,
    lent: &mut Vec<Buffer>,
) -> PrimitiveArray<T> {
    let rows = cells.len();
    let buffer = Buffer::from_vec(std::mem::take(cells));
    lent.push(buffer.clone());
    // There are as many nulls as cells.
    PrimitiveArray::new(ScalarBuffer::new(buffer, 0, rows), nulls)
}

/// Takes back the memory of cells that were lent. What the stream keeps, as it does of the first keys of a dictionary,
/// is not there to be taken.
fn take_back<T: ArrowNativeType>(cells: &mut Vec<T>, lent: Option<Buffer>) {
    if let Some(Ok(memory)) = lent.map(Buffer::into_vec) {
        *cells = memory;
    }
    cells.clear();
}

/// The columns with their units, and where all comes from.
fn schema(layout: &Layout, head: &Head) -> Schema {
    let days =
        |name, scale, about| described(Field::new(name, DataType::Float64, false), "d", about, Some(scale));
    let mut fields = Vec::new();
    if layout.time.utc {
        let milliseconds = DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into()));
        fields.push(described(Field::new("utc", milliseconds, false), "ms", ABOUT_UTC, Some("UTC")));
    }
    if layout.time.jd_ut {
        fields.push(days("jd_ut", "UT1", "Julian day of Universal Time"));
    }
    fields.push(days("jd_tt", "TT", "Julian day of Terrestrial Time"));
    let key = if has_short_keys(layout) { DataType::Int16 } else { DataType::Int32 };
    fields.push(described(Field::new("body", words_by(key), false), "1", "the body's name", None));
    for column in &layout.columns {
        let (kind, unit) = match column.holds {
            Holds::Number { unit, .. } => (DataType::Float64, unit),
            Holds::Word(_) => (words_by(DataType::Int8), "1"),
            Holds::Truth => (DataType::Boolean, "1"),
            Holds::Count => (DataType::UInt8, "1"),
        };
        fields.push(described(Field::new(column.name, kind, column.optional), unit, column.about, None));
    }
    let Head { query, provenance, generation } = head;
    Schema::new(fields).with_metadata([
        ("orrery.generation", generation),
        ("orrery.provenance", provenance),
        ("orrery.query", query),
    ])
}

/// The type of words that such keys choose from a dictionary.
fn words_by(key: DataType) -> DataType {
    DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8))
}

/// A field that says what it is.
fn described(field: Field, unit: &str, about: &str, scale: Option<&str>) -> Field {
    let texts = [("description", about), ("unit", unit)].into_iter();
    field.with_metadata(texts.chain(scale.map(|scale| ("time_scale", scale))).collect::<Metadata>())
}
