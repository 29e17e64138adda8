//! The Orrery HTTP server.
//!
//! It answers positions from the tables of a dataset and turns to the live Swiss Ephemeris for what they cannot answer.
//! A query's way is one module a step, and no step calls one before it:
//!
//! ```text
//! wire (accept ▸ guard ▸ service ▸ route) ▸ routes ▸ query (text ▸ typed) ▸ answer (plan ▸ evaluate ▸ render)
//! ```
//!
//! The program is several processes ([`process`]): a supervisor that owns the sockets and vouches for the tables, and
//! workers that answer, each on one thread, from tables that they map and share. What a worker does is [`serve`], and
//! any program can: it takes a bound listener, so that whoever owns the socket decides where it listens.
//!
//! ```no_run
//! use orrery_server::{App, Settings, serve};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings::default();
//! let app = App::open(&settings)?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! println!("http://{}", listener.local_addr()?);
//! serve(listener, app, std::future::pending()).await;
//! # Ok(())
//! # }
//! ```
//!
//! `unsafe` has one room here, the counters that all workers share; the workspace's lints deny it to all else.

mod answer;
mod app;
mod brief;
mod broadcast;
pub mod config;
mod jobs;
pub mod logs;
mod map;
mod memory;
mod picture;
pub mod process;
mod query;
mod remainder;
pub mod report;
mod routes;
mod stars;
mod svg;
mod table;
#[cfg(test)]
#[path = "../tests/harness/tables.rs"]
mod tables;
mod text;
mod wire;

pub use app::{App, Generation, StartError};
pub use brief::words::WordsError;
pub use config::{Limits, Settings};
pub use wire::{serve, serve_with};
