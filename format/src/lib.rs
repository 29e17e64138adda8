//! The Orrery files, tables and lists: layout, mapping, verification and evaluation.
//!
//! A [`Dataset`] is a directory of immutable files, blocks and lists, and a manifest. It is mapped read-only, so that any number of
//! processes share its pages, and answers an instant by evaluating one polynomial:
//!
//! ```no_run
//! use orrery_format::{Body, Center, Dataset, TtDay};
//!
//! let dataset = Dataset::open("datasets".as_ref())?;
//! let mars = dataset.true_state(Body::Mars, Center::Geo, TtDay(2_461_120.116)).expect("2026 is in the tables");
//! println!("{:.6}° {:+.6}°/d", mars.value.longitude_deg, mars.value.longitude_speed);
//! # Ok::<(), orrery_format::FormatError>(())
//! ```
//!
//! What a table holds is said in [`Product`], how it stands in a file in [`layout`], how it is evaluated to the last bit
//! in [`kernel`]; a [`List`] holds what happens, in order of time, and is searched in place; `SPEC.md` says all of it for other languages. No C, no async, no clock.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined into a kernel is compiled without its instruction set: twice the time"
)]

pub mod batch;
pub mod block;
pub mod body;
pub mod dataset;
pub mod eclipse;
pub mod error;
pub mod event;
pub mod grid;
pub mod header;
pub mod kernel;
mod lanes;
pub mod layout;
pub mod list;
pub mod manifest;
pub mod mapping;
pub mod piece;
pub mod rotation;
pub mod spot;
pub mod state;
pub mod time;
pub mod write;
pub use batch::{Columns, Missed};
pub use block::Block;
pub use body::{Body, Center, Product};
pub use dataset::Dataset;
pub use error::FormatError;
pub use header::Check;
pub use list::{AnyList, List, ListName};
pub use manifest::Manifest;
pub use piece::Piece;
pub use spot::Spot;
pub use state::{Answer, Miss, Nutation, State};
pub use time::{TtDay, UtDay};
