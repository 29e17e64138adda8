//! From a typed query to an answer: who answers what, computing it, writing it.

mod aid;
pub(crate) mod astrocartography;
mod ayanamsas;
pub(crate) mod candidates;
pub(crate) mod chart;
pub(crate) mod eclipse;
pub(crate) mod evaluate;
pub(crate) mod events;
pub(crate) mod ground;
#[cfg(test)]
pub(crate) mod handmade;
pub(crate) mod inquiry;
pub(crate) mod live;
pub(crate) mod mix;
pub(crate) mod parans;
pub(crate) mod plan;
pub(crate) mod prepared;
pub(crate) mod quantities;
mod reference;
pub(crate) mod render;
pub(crate) mod rise_set;
pub(crate) mod rows;
mod stars;
mod surroundings;
pub(crate) mod tables;
mod tag;
