//! A line of text a row: what NDJSON and CSV have in common.

use std::sync::Arc;

use orrery_almanac::Utc;

use super::batch::{Batch, Cells};
use super::layout::Layout;
use super::spelling::{self, Spelling};
use crate::text::chunk::{Chunk, Pen};
use crate::text::civil::{self, UTC_BYTES};
use crate::text::decimal::{self, NUMBER_BYTES};
use crate::text::label::Label;

/// As long as a batch of lines should be, about, bytes: long enough for what a batch, a chunk and a write to a socket
/// cost to be lost in it, short enough to be in the processor's cache still when it is sent.
const BATCH_BYTES: usize = 128 * 1024;

/// What stands around the cells of a line.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) layout: Arc<Layout>,
    /// Before and behind the time of a clock, where that is told.
    pub(super) utc: Option<[Label; 2]>,
    /// Before the Julian day of UT1, where that is told.
    pub(super) jd_ut: Option<Label>,
    /// Before the Julian day of TT.
    pub(super) jd_tt: Label,
    /// Each body, with what stands before it.
    pub(super) bodies: Vec<Label>,
    pub(super) cells: Vec<Spelling>,
    pub(super) end: Label,
}

impl Lines {
    /// How many rows a batch should have.
    pub(super) fn rows_per_batch(&self) -> usize {
        let body = self.bodies.iter().map(Label::len).max().unwrap_or(0);
        let utc = self.utc.as_ref().map_or(0, |[before, behind]| before.len() + 24 + behind.len());
        // `2461120.10625` is a Julian day as most are.
        let jd_ut = self.jd_ut.as_ref().map_or(0, |before| before.len() + 16);
        let cells: usize = self.cells.iter().map(Spelling::usual_bytes).sum();
        BATCH_BYTES / (utc + jd_ut + self.jd_tt.len() + 16 + body + cells + self.end.len())
    }

    /// Writes the rows of a batch that fits the layout.
    pub(super) fn write(&self, batch: &Batch, out: &mut Chunk) {
        let mut row = 0;
        let room = self.cells.iter().map(Spelling::room).sum::<usize>() + self.end.room();
        // Without bodies an instant has no rows.
        let instants = if self.bodies.is_empty() { 0 } else { batch.instants() };
        for instant in 0..instants {
            let start = out.len();
            self.write_instant(batch, instant, out);
            let length = out.len() - start;
            for (nth, body) in self.bodies.iter().enumerate() {
                if nth > 0 {
                    out.again(start, length);
                }
                out.pen(body.room() + room, |pen| {
                    pen.label(body);
                    self.write_cells(batch, row, pen);
                });
                row += 1;
            }
        }
    }

    /// Writes what the lines of an instant begin with.
    fn write_instant(&self, batch: &Batch, instant: usize, out: &mut Chunk) {
        if let (Some([before, behind]), Some(utc)) = (&self.utc, batch.utc.get(instant)) {
            out.label(before);
            self::utc(out, *utc, &self.layout);
            out.label(behind);
        }
        if let (Some(before), Some(jd)) = (&self.jd_ut, batch.jd_ut.get(instant)) {
            out.label(before);
            julian_day(out, *jd);
        }
        out.label(&self.jd_tt);
        julian_day(out, batch.jd_tt[instant]);
    }

    #[inline(always)]
    fn write_cells(&self, batch: &Batch, row: usize, pen: &mut Pen<'_>) {
        for (cells, spelling) in batch.cells.iter().zip(&self.cells) {
            match (cells, spelling) {
                (Cells::Numbers(numbers), Spelling::Numbers { before, quantity, nothing }) => {
                    let write = |value, room: &mut _| quantity.write(value, room);
                    spelling::number(pen, before, nothing, numbers[row], write);
                }
                (
                    Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes),
                    Spelling::Choices(choices),
                ) => spelling::choice(pen, choices, bytes[row]),
                // A batch that fits has in each column what the layout says.
                _ => {}
            }
        }
        pen.label(&self.end);
    }
}

/// Writes an instant as a clock in Greenwich shows it.
pub(super) fn utc(out: &mut Chunk, utc: Utc, layout: &Layout) {
    out.pen(UTC_BYTES, |pen| pen.within(|room| civil::utc(utc, layout.time.calendar, room)));
}

/// Writes a Julian day in full.
pub(super) fn julian_day(out: &mut Chunk, jd: f64) {
    out.pen(NUMBER_BYTES, |pen| pen.within::<NUMBER_BYTES>(|room| decimal::full(jd, room)));
}
