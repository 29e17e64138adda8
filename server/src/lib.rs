//! The Orrery HTTP server.
//!
//! One process answers positions from the tables of a dataset and turns to the live Swiss Ephemeris for what they
//! cannot answer. A query's way is one module a step, and no step looks back:
//!
//! ```text
//! accept ▸ guard ▸ route ▸ query (text ▸ typed) ▸ plan (tables or live, ETag) ▸ evaluate ▸ render
//! ```
//!
//! [`serve`] takes a bound listener, so that whoever owns the socket (a supervisor, a test) decides where it listens:
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
#![forbid(unsafe_code)]

mod accept;
mod candidates;
pub mod config;
mod dataset;
mod evaluate;
mod guard;
mod health;
mod json;
mod plan;
mod positions;
pub mod problem;
mod query;
mod render;
mod request;
mod route;
mod state;

pub use accept::serve;
pub use config::{Limits, Settings};
pub use state::{App, StartError};
