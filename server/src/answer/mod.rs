//! From a typed query to an answer: who answers what, computing it, writing it.

pub(crate) mod candidates;
pub(crate) mod evaluate;
#[cfg(test)]
pub(crate) mod handmade;
pub(crate) mod mix;
pub(crate) mod plan;
pub(crate) mod prepared;
pub(crate) mod render;
mod tag;
