//! Text, byte by byte: JSON, decimal fractions, dates, and the buffers that they are written into.
//!
//! What the steps of a query's way share and none of them owns: the query repeats itself in a reply, the wire tells times
//! in a header, the answer is nearly all digits. It knows none of them, nor what it writes for.
#![allow(
    clippy::inline_always,
    reason = "digits and pieces are written by the hundred: called, each would cost more than the work"
)]

mod buffer;
pub(crate) mod chunk;
pub(crate) mod civil;
pub(crate) mod coordinates;
pub(crate) mod decimal;
pub(crate) mod heading;
pub(crate) mod json;
pub(crate) mod label;
pub(crate) mod piece;
pub(crate) mod quantity;
