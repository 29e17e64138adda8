//! Hazards: a kept answer that differs from the one that would be computed, in a byte or a header field; a crowd that has
//! the same computed for each of its members; a queue that grows until nobody in it is answered in time; a worker that grows
//! until the system ends it; and `/status` that does not tell of any of it.

mod answers;
mod crowds;
mod memory;

use orrery_tests::http::Reply;
use orrery_tests::programs::Server;
use serde_json::Value;

/// What `/status` has counted under a name.
fn counted(server: &Server, table: &str) -> Value {
    server.client().get("/status").json()[table].clone()
}

/// A number of it.
#[track_caller]
fn number(counted: &Value, name: &str) -> u64 {
    counted[name].as_u64().unwrap_or_else(|| panic!("no {name}: {counted}"))
}

/// Everything of a reply that depends on what was asked alone.
fn lasting(reply: &Reply) -> (u16, Vec<(String, String)>, &str) {
    let passing = ["date", "server-timing", "x-request-id", "x-cache-status"];
    let mut headers = reply.headers.clone();
    headers.retain(|(name, _)| !passing.contains(&name.as_str()));
    (reply.status, headers, &reply.body)
}
