//! Charts, and what is made of them.

pub(crate) mod aspects;
pub(crate) mod astrocartography;
pub(crate) mod bulk;
pub(crate) mod chart;
pub(crate) mod compatibility;
pub(crate) mod composite;
pub(crate) mod houses;
pub(crate) mod lots;
mod natal;
mod parameters;
pub(crate) mod parans;
pub(crate) mod progressions;
pub(crate) mod returns;
mod schemas;
pub(crate) mod synastry;
mod tradition;
pub(crate) mod transits;
