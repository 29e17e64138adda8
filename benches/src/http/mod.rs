//! The server over HTTP: how much a reply costs, how long one waits, what a worker keeps, and what reloading loses.

mod amounts;
mod charts;
pub(crate) mod constant;
pub(crate) mod load;
mod memory;
pub(crate) mod peer;
mod reload;
pub(crate) mod served;
pub(crate) mod throughput;
mod waits;

use anyhow::Result;

use crate::http::peer::Installed;
use crate::settings::Settings;

/// What can be measured by itself.
pub(crate) const PARTS: [&str; 6] = ["throughput", "waits", "memory", "reload", "amounts", "charts"];

/// Measures these parts, or all of it if none is named.
pub(crate) fn run(settings: &Settings, parts: &[String]) -> Result<()> {
    settings.current_dataset()?;
    load::check()?;
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let mut without_peer = None;
    if wanted("throughput") {
        // Without the peer everything else can be measured, and is, before the bench fails for its sake.
        let peer = Installed::install();
        throughput::run(settings, peer.as_ref().ok())?;
        without_peer = peer.err();
    }
    if wanted("waits") {
        waits::run(settings)?;
    }
    if wanted("memory") {
        memory::run(settings)?;
    }
    if wanted("reload") {
        reload::run()?;
    }
    if wanted("amounts") {
        amounts::run(settings)?;
    }
    if wanted("charts") {
        charts::run(settings)?;
    }
    without_peer.map_or(Ok(()), |error| Err(error.context("there is no peer to compare with")))
}
