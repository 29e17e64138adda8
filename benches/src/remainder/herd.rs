//! A thundering herd: a thousand clients that ask at one moment for one answer that nobody has computed yet.

use anyhow::{Result, ensure};
use orrery_tests::programs::Server;

use super::client::{Connection, Protocol};
use super::request;
use crate::figure::figure;
use crate::http::served::{Processors, start_keeping};
use crate::settings::Settings;

/// Clients, and how often they come, each time for another answer.
const CLIENTS: usize = 1000;
const TIMES: usize = 20;

/// What `/status` has counted of answers that took live computing.
#[derive(Clone, Copy, Debug)]
struct Counted {
    hits: u64,
    misses: u64,
    coalesced: u64,
    computed: u64,
}

impl Counted {
    fn of(server: &Server) -> Counted {
        let status = server.client().get("/status").json();
        let of = |table: &str, name: &str| status[table][name].as_u64().unwrap_or_default();
        Counted {
            hits: of("remainder", "hits"),
            misses: of("remainder", "misses"),
            coalesced: of("remainder", "coalesced"),
            computed: of("live", "done"),
        }
    }
}

/// Lets the herd come to a server that keeps answers, and to one that keeps none: there, who comes when it is computed already
/// has it computed again.
pub(super) fn run(settings: &Settings, processors: Processors) -> Result<()> {
    for (bytes, name) in [(super::KEEP_BYTES, "coalesced_percent"), (0, "coalesced_without_cache_percent")] {
        let server = start_keeping(settings, 1, Some(processors.server), bytes)?;
        let connections = (0..CLIENTS).map(|_| Connection::open(server.address, Protocol::Http));
        let mut connections = connections.collect::<Result<Vec<_>>>()?;
        let before = Counted::of(&server);
        for time in 0..TIMES {
            // All bodies at once, which takes some milliseconds.
            let target = format!("/v1/positions?source=live&bodies=all&jd_tt={}", 2_400_000 + time * 1000);
            let asked = request(&target);
            for connection in &mut connections {
                connection.send(&asked)?;
            }
            let first = connections[0].reply()?.body.to_vec();
            for connection in &mut connections[1..] {
                ensure!(connection.reply()?.body == first, "two of the herd were told different things");
            }
        }
        let after = Counted::of(&server);
        let of = |count: fn(&Counted) -> u64| count(&after) - count(&before);
        let asked = (CLIENTS * TIMES) as f64;
        let (hits, misses, coalesced) = (of(|it| it.hits), of(|it| it.misses), of(|it| it.coalesced));
        ensure!(hits + misses + coalesced == asked as u64, "{hits} + {misses} + {coalesced} are not {asked}");
        println!(
            "a herd of {CLIENTS}, {TIMES} times, with {bytes} bytes of cache: {misses} computed ({} live jobs), {coalesced} \
             waited with them, {hits} found it kept",
            of(|it| it.computed)
        );
        figure(name, 100.0 * (asked - misses as f64) / asked, "%");
    }
    Ok(())
}
