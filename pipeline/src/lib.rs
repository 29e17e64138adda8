//! Builds the Orrery tables and lists: plan, sample, fit, audit, derive, publish.
#![forbid(unsafe_code)]
pub mod audit;
pub mod breaks;
pub mod build;
pub mod cells;
pub mod config;
pub mod delta_t;
pub mod error;
pub mod fit;
pub mod grid;
pub mod inputs;
pub mod inspect;
pub mod lists;
pub mod live;
pub mod merge;
pub mod plan;
pub mod progress;
pub mod recipe;
pub mod remote;
pub mod roll;
pub mod sample;
pub mod scope;
pub mod shard;
mod stage;
pub mod store;
pub mod verify;
mod workshop;

pub use error::PipelineError;
