//! JSON: one document with a list for each column of each body.
//!
//! Rows come instant by instant and are written body by body, so all are there before the first is written. They are
//! written piece by piece, so that the reply is never there as a whole.

use std::ops::Range;
use std::sync::Arc;

use super::Head;
use super::batch::{Batch, Cells};
use super::layout::Layout;
use super::lines;
use super::memory;
use super::spelling::{self, JSON, Spelling};
use crate::text::chunk::Chunk;

/// As many rows as a batch should have. What is written does not depend on it; that many numbers of a column are in the
/// processor's cache when they are computed.
pub(super) const ROWS_PER_BATCH: usize = 4096;

/// As long as a piece of the document should be, bytes: for the same reasons as a batch of lines.
const PIECE_BYTES: usize = 128 * 1024;

/// How many elements of a list are written before the length of the piece is looked at.
const STRIDE: usize = 1024;

/// How many elements are written without asking for room.
const STEP: usize = 64;

/// A document of columns.
#[derive(Debug)]
pub(super) struct Columns {
    layout: Arc<Layout>,
    head: Head,
    rows: Batch,
    /// One a column, with the comma before each element.
    cells: Vec<Spelling>,
    next: Part,
}

/// What is written next.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// The query.
    Opening,
    /// The list of all instants told one way, from one of them on.
    Instants { told: Told, instant: usize },
    /// The beginning of a body, or the end of them all.
    Body(usize),
    /// The list of a column of a body, from an instant on, or the end of the body.
    Cells { body: usize, column: usize, instant: usize },
    /// The provenance.
    Closing,
    /// All is written.
    Nothing,
}

/// A way of telling an instant.
#[derive(Clone, Copy, Debug)]
enum Told {
    Utc,
    JdUt,
    JdTt,
}

impl Columns {
    pub(super) fn new(layout: Arc<Layout>, head: Head) -> Columns {
        let cells = layout.columns.iter().map(|column| Spelling::new(column, ",", JSON)).collect();
        let mut rows = Batch::new(&layout);
        rows.numbers_mut().for_each(|numbers| *numbers = memory::take());
        Columns { rows, layout, head, cells, next: Part::Opening }
    }

    /// Takes the rows of a batch that fits the layout.
    pub(super) fn collect(&mut self, batch: &mut Batch) {
        if self.rows.instants() == 0 {
            std::mem::swap(&mut self.rows, batch);
        } else {
            self.rows.append(batch);
        }
    }

    /// Writes the next piece of the document; says whether there is more.
    pub(super) fn write(&mut self, out: &mut Chunk) -> bool {
        let end = out.len() + PIECE_BYTES;
        while out.len() < end && !matches!(self.next, Part::Nothing) {
            self.next = match self.next {
                Part::Opening => self.opening(out),
                Part::Instants { told, instant } => self.instants(told, instant, out),
                Part::Body(body) => self.body(body, out),
                Part::Cells { body, column, instant } => self.cells(body, column, instant, out),
                Part::Closing | Part::Nothing => self.closing(out),
            };
        }
        !matches!(self.next, Part::Nothing)
    }

    fn opening(&self, out: &mut Chunk) -> Part {
        out.verbatim(b"{\"query\":");
        out.verbatim(self.head.query.as_bytes());
        Part::Instants { told: Told::Utc, instant: 0 }
    }

    fn instants(&self, told: Told, instant: usize, out: &mut Chunk) -> Part {
        let (time, rows) = (&self.layout.time, &self.rows);
        let (asked, name, next) = match told {
            Told::Utc => (time.utc, "utc", Part::Instants { told: Told::JdUt, instant: 0 }),
            Told::JdUt => (time.jd_ut, "jd_ut", Part::Instants { told: Told::JdTt, instant: 0 }),
            Told::JdTt => (true, "jd_tt", Part::Body(0)),
        };
        if !asked {
            return next;
        }
        if instant == 0 {
            out.push(b',');
            key(name, out);
        }
        let end = list(rows.instants(), instant, out, |range, out| {
            let days = match told {
                Told::Utc => {
                    for utc in &rows.utc[range] {
                        out.verbatim(b",\"");
                        lines::utc(out, *utc, &self.layout);
                        out.push(b'"');
                    }
                    return;
                }
                Told::JdUt => &rows.jd_ut,
                Told::JdTt => &rows.jd_tt,
            };
            for jd in &days[range] {
                out.push(b',');
                lines::julian_day(out, *jd);
            }
        });
        end.map_or(next, |instant| Part::Instants { told, instant })
    }

    fn body(&self, body: usize, out: &mut Chunk) -> Part {
        if body == 0 {
            out.verbatim(b",\"bodies\":{");
        }
        let Some(name) = self.layout.bodies.get(body) else {
            out.push(b'}');
            return Part::Closing;
        };
        if body > 0 {
            out.push(b',');
        }
        key(name, out);
        out.push(b'{');
        Part::Cells { body, column: 0, instant: 0 }
    }

    fn cells(&self, body: usize, column: usize, instant: usize, out: &mut Chunk) -> Part {
        let Some(layout) = self.layout.columns.get(column) else {
            out.push(b'}');
            return Part::Body(body + 1);
        };
        if instant == 0 {
            if column > 0 {
                out.push(b',');
            }
            key(layout.name, out);
        }
        let (cells, spelling) = (&self.rows.cells[column], &self.cells[column]);
        let bodies = self.layout.bodies.len();
        let end = list(self.rows.instants(), instant, out, |range, out| {
            let (rows, room) = (range.start * bodies..range.end * bodies, STEP * spelling.room());
            match (cells, spelling) {
                (Cells::Numbers(numbers), Spelling::Numbers { before, quantity, nothing }) => {
                    for rows in numbers[rows].chunks(STEP * bodies) {
                        let values = rows.chunks_exact(bodies).map(|row| row[body]);
                        out.pen(room, |pen| spelling::numbers(pen, before, *quantity, nothing, values));
                    }
                }
                (
                    Cells::Words(bytes) | Cells::Truths(bytes) | Cells::Counts(bytes),
                    Spelling::Choices(choices),
                ) => {
                    for rows in bytes[rows].chunks(STEP * bodies) {
                        out.pen(room, |pen| {
                            for row in rows.chunks_exact(bodies) {
                                spelling::choice(pen, choices, row[body]);
                            }
                        });
                    }
                }
                // A batch that fits has in each column what the layout says.
                _ => {}
            }
        });
        end.map_or(Part::Cells { body, column: column + 1, instant: 0 }, |instant| Part::Cells {
            body,
            column,
            instant,
        })
    }

    fn closing(&self, out: &mut Chunk) -> Part {
        out.verbatim(b",\"provenance\":");
        out.verbatim(self.head.provenance.as_bytes());
        out.push(b'}');
        Part::Nothing
    }
}

/// The memory of its columns serves for the next document.
impl Drop for Columns {
    fn drop(&mut self) {
        self.rows.numbers_mut().for_each(|numbers| memory::keep(std::mem::take(numbers)));
    }
}

/// Writes a key. Names of columns and bodies are letters, digits, underscores and colons.
fn key(name: &str, out: &mut Chunk) {
    out.push(b'"');
    out.verbatim(name.as_bytes());
    out.verbatim(b"\":");
}

/// Writes some elements of a list, each with a comma before it, and the brackets where it begins and ends. Returns where
/// to go on; nothing where it has ended.
fn list(
    elements: usize,
    from: usize,
    out: &mut Chunk,
    write: impl FnOnce(Range<usize>, &mut Chunk),
) -> Option<usize> {
    let (start, to) = (out.len(), elements.min(from + STRIDE));
    write(from..to, out);
    if elements == 0 {
        out.push(b'[');
    } else if from == 0 {
        // In the place of the first comma.
        out.replace(start, b'[');
    }
    if to < elements {
        return Some(to);
    }
    out.push(b']');
    None
}
