//! From sockets to requests and back: connections with limits, one router, problem documents.

mod accept;
mod guard;
pub(crate) mod header;
mod host;
pub(crate) mod media;
pub(crate) mod problem;
pub(crate) mod reply;
pub(crate) mod request;
mod route;
mod service;

pub use accept::{serve, serve_with};
