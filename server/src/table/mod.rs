//! A table of states in four formats: one body at one instant a row, instant by instant, any number of rows.
//!
//! What the rows hold is a [`Layout`]; rows come in [batches](Batch), and an [`Encoder`] makes a reply of them, piece by
//! piece, in memory that does not grow with the table. Only JSON has all rows before it writes the first, since it writes
//! them body by body.
//!
//! It knows nothing of queries or of who computes: `answer::rows` fills batches, and `routes` sends what is written.
#![allow(
    clippy::inline_always,
    reason = "cells are written by the million: called, each would cost more than the work"
)]

mod arrow;
mod batch;
mod csv;
mod json;
mod layout;
mod lines;
mod memory;
mod ndjson;
mod spelling;

use std::sync::Arc;

use arrow_schema::ArrowError;

pub(crate) use self::batch::{Batch, Cells};
pub(crate) use self::layout::{Column, Holds, Layout, NOTHING, TimeColumns};
use self::lines::Lines;
use crate::text::chunk::Chunk;
use crate::wire::media::Format;

/// What a table tells beside its rows. CSV and NDJSON have no place for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The query as it was understood, a JSON document.
    pub(crate) query: String,
    /// Who answered, a JSON document.
    pub(crate) provenance: String,
    /// The name of the generation of tables.
    pub(crate) generation: String,
}

/// Rows that cannot be written: a fault of whoever made them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// A column of another length.
    #[error("column {column} has {cells} cells where the table has {rows}")]
    Misfit { column: &'static str, cells: usize, rows: usize },
    /// More or fewer columns.
    #[error("a batch has {columns} columns where the table has {layout}")]
    Columns { columns: usize, layout: usize },
    /// Cells of another kind, or words that the column does not have.
    #[error("column {column} has cells that are none of its own")]
    Stranger { column: &'static str },
    /// What Arrow does not take: nothing, in a column that is not optional.
    #[error("a batch does not fit its Arrow schema: {0}")]
    Arrow(#[from] ArrowError),
}

/// Writes a table. Each chunk that it is given gets what is written; what was in it before stays.
pub(crate) struct Encoder {
    layout: Arc<Layout>,
    way: Way,
}

/// What the formats keep.
enum Way {
    Json(json::Columns),
    Ndjson(Lines),
    Csv(Lines),
    Arrow(arrow::Stream),
}

impl Encoder {
    pub(crate) fn new(format: Format, layout: impl Into<Arc<Layout>>, head: Head) -> Encoder {
        let layout = layout.into();
        let shared = Arc::clone(&layout);
        let way = match format {
            Format::Ndjson => Way::Ndjson(ndjson::lines(shared)),
            Format::Csv => Way::Csv(csv::lines(shared)),
            Format::Arrow => Way::Arrow(arrow::Stream::new(shared, &head)),
            // Tables are offered as nothing else.
            _ => Way::Json(json::Columns::new(shared, head)),
        };
        Encoder { layout, way }
    }

    /// How many instants a batch should have, so that a chunk is neither a trifle nor a burden; at least one.
    pub(crate) fn instants_per_batch(&self) -> usize {
        let rows = match &self.way {
            Way::Json(_) => json::ROWS_PER_BATCH,
            Way::Ndjson(lines) | Way::Csv(lines) => lines.rows_per_batch(),
            Way::Arrow(_) => arrow::ROWS_PER_BATCH,
        };
        (rows / self.layout.bodies.len().max(1)).max(1)
    }

    /// Writes what stands before the rows.
    pub(crate) fn begin(&mut self, out: &mut Chunk) -> Result<(), TableError> {
        match &mut self.way {
            Way::Json(_) | Way::Ndjson(_) => Ok(()),
            Way::Csv(_) => {
                csv::header(&self.layout, out);
                Ok(())
            }
            Way::Arrow(stream) => stream.begin(out),
        }
    }

    /// Writes the rows of a batch, or keeps them for [`Encoder::end`]. The batch has none afterwards, and most of its
    /// memory still.
    pub(crate) fn batch(&mut self, batch: &mut Batch, out: &mut Chunk) -> Result<(), TableError> {
        batch.check(&self.layout)?;
        match &mut self.way {
            Way::Json(columns) => columns.collect(batch),
            Way::Ndjson(lines) | Way::Csv(lines) => {
                lines.write(batch, out);
                batch.clear();
            }
            Way::Arrow(stream) => stream.write(batch, out)?,
        }
        Ok(())
    }

    /// Writes what stands behind the rows, or the next piece of it; says whether there is more, to be asked for with
    /// another chunk.
    pub(crate) fn end(&mut self, out: &mut Chunk) -> Result<bool, TableError> {
        match &mut self.way {
            Way::Json(columns) => Ok(columns.write(out)),
            Way::Ndjson(_) | Way::Csv(_) => Ok(false),
            Way::Arrow(stream) => stream.end(out).map(|()| false),
        }
    }
}

#[cfg(test)]
mod tests;
