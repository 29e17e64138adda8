//! From a typed query to an answer: who answers what, computing it, writing it.
#![allow(
    clippy::inline_always,
    reason = "digits and pieces are written by the hundred: called, each would cost more than the work"
)]

mod buffer;
pub(crate) mod candidates;
pub(crate) mod clock;
pub(crate) mod decimal;
pub(crate) mod evaluate;
pub(crate) mod json;
mod piece;
pub(crate) mod plan;
pub(crate) mod prepared;
pub(crate) mod render;
mod tag;
