//! CSV: a header, then a line a row; nothing is an empty field.
//!
//! As RFC 4180 has it but for the ends of lines, which are line feeds alone. Spreadsheets and libraries read both; what
//! reads lines without knowing of CSV (`cut`, `awk`, a shell's `read`) takes a carriage return for part of the last field.
//! No field holds what would have to be quoted: they are numbers, instants, and names of letters, digits, underscores and
//! colons.

use std::sync::Arc;

use super::layout::Layout;
use super::lines::Lines;
use super::spelling::{Marks, Spelling};
use crate::text::chunk::Chunk;
use crate::text::label::Label;

const MARKS: Marks = Marks { quote: "", nothing: "" };

/// `2026-03-20T14:33:00.000Z,2461120.107,sun,359.98,…`
pub(super) fn lines(layout: Arc<Layout>) -> Lines {
    let comma = || Label::new(",");
    let time = layout.time;
    let utc = time.utc.then(|| [Label::new(""), comma()]);
    // The day of TT always follows that of UT1.
    let jd_ut = time.jd_ut.then(|| Label::new(""));
    let jd_tt = Label::new(if time.jd_ut { "," } else { "" });
    let bodies = layout.bodies.iter().map(|body| Label::new(&format!(",{body}"))).collect();
    let cells = layout.columns.iter().map(|column| Spelling::new(column, ",", MARKS)).collect();
    Lines { utc, jd_ut, jd_tt, bodies, cells, end: Label::new("\n"), layout }
}

/// Writes the names of the columns.
pub(super) fn header(layout: &Layout, out: &mut Chunk) {
    let time = [(layout.time.utc, "utc,"), (layout.time.jd_ut, "jd_ut,"), (true, "jd_tt,body")];
    for (_, name) in time.into_iter().filter(|(told, _)| *told) {
        out.verbatim(name.as_bytes());
    }
    for column in &layout.columns {
        out.push(b',');
        out.verbatim(column.name.as_bytes());
    }
    out.push(b'\n');
}
