//! What the tests share: where things are, tables built once, programs to run, and instants that hurt.
//!
//! Each file in `tests/` covers one topic and says which hazard; whatever two of them need is here.
#![forbid(unsafe_code)]
#![allow(clippy::must_use_candidate, reason = "some builders are called for what they leave behind")]
#![allow(clippy::missing_panics_doc, reason = "a panic is how a test fails, and every function here may")]

pub mod clients;
pub mod hostile;
pub mod http;
pub mod interface;
pub mod locations;
pub mod measure;
pub mod metrics;
pub mod posted;
pub mod processes;
pub mod programs;
pub mod published;
pub mod random;
pub mod reloading;
pub mod synthetic;
pub mod tables;
pub mod views;
pub mod wire;
pub mod workspace;
