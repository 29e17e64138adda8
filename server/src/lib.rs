//! The Orrery HTTP server.
//!
//! One process answers positions from the tables of a dataset and turns to the live Swiss Ephemeris for what they
//! cannot answer. A query's way is one module a step, and no step looks back:
//!
//! ```text
//! wire (accept ▸ guard ▸ service ▸ route) ▸ routes ▸ query (text ▸ typed) ▸ answer (plan ▸ evaluate ▸ render)
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

mod answer;
mod app;
pub mod config;
mod query;
mod routes;
mod wire;

pub use app::{App, StartError};
pub use config::{Limits, Settings};
pub use wire::serve;
