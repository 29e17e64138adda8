//! Pictures of charts: what is where in the zodiac, drawn as SVG documents that need nothing else.
//!
//! ```text
//!              ┌─▶ wheel (dial, spread, zodiac, houses, bodies, lines) ─┐
//! Figure ──────┼─▶ table ───────────────────────────────────────────────┼─▶ sheet ─▶ document (style, words, glyph)
//!              └─▶ grid ────────────────────────────────────────────────┘
//! ```
//!
//! A [`Figure`] is plain data: nothing here computes a position, reads a table or knows a language but the words that describe a
//! figure to those who cannot see it. The same figure gives the same bytes.

mod dial;
mod figure;
mod glyph;
mod grid;
mod sheet;
mod spread;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod wheel;
mod words;

pub(crate) use self::figure::{Connection, Division, Figure, Point};
pub(crate) use self::glyph::Glyph;
pub(crate) use self::sheet::Layout;
