//! From a typed query to an answer: who answers what, computing it, writing it.

pub(crate) mod candidates;
pub(crate) mod evaluate;
pub(crate) mod json;
pub(crate) mod plan;
pub(crate) mod render;
