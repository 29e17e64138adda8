//! From sockets to requests and back: connections with limits, one router, problem documents.

mod accept;
pub(crate) mod aside;
pub(crate) mod coding;
pub(crate) mod content;
mod guard;
pub(crate) mod header;
mod host;
pub(crate) mod media;
mod outgoing;
mod preference;
pub(crate) mod problem;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod room;
pub(crate) mod route;
mod running;
mod service;
pub(crate) mod sse;
mod upgrade;
pub(crate) mod upload;
pub(crate) mod websocket;

#[cfg(test)]
mod tests;

pub use accept::{serve, serve_with};
