//! How long one waits: for an answer among many clients, and for a server that was just started.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use orrery_tests::processes;

use crate::figure::figure;
use crate::http::load::{Load, POSITIONS};
use crate::http::served::start;
use crate::http::throughput::median;
use crate::settings::Settings;

/// Workers of the server.
const WORKERS: usize = 2;

/// How long the load lasts that waits are measured under, and how long one goes before it that is not counted.
const LASTING: Duration = Duration::from_secs(6);
const WARM_UP: Duration = Duration::from_secs(1);

/// Starts of which the middle one counts.
const STARTS: usize = 9;

pub(crate) fn run(settings: &Settings) -> Result<()> {
    let server = start(settings, WORKERS, None)?;
    for connections in [100, 1000] {
        Load::of(POSITIONS, connections, WARM_UP).put_on(server.address)?;
        let answered = Load::of(POSITIONS, connections, LASTING).put_on(server.address)?;
        println!(
            "{connections} connections: {:.0} requests/s, half within {:.2} ms, 99 of 100 within {:.2} ms",
            answered.per_second(),
            answered.p50_ms,
            answered.p99_ms
        );
        figure(&format!("p99_ms_{connections}"), answered.p99_ms, "ms");
    }
    drop(server);
    let starts: Vec<f64> = (0..STARTS).map(|_| milliseconds_to_ready(settings)).collect::<Result<_>>()?;
    println!("ready after {}", starts.iter().map(|ms| format!("{ms:.1}")).collect::<Vec<_>>().join(", "));
    figure("ready_ms", median(starts), "ms");
    Ok(())
}

/// From the start of the program to the first good answer about itself after it has said that it serves, which it says
/// when the last of its workers does.
fn milliseconds_to_ready(settings: &Settings) -> Result<f64> {
    let begun = Instant::now();
    let server = start(settings, WORKERS, None)?;
    let reply = server.client().get("/health/ready");
    let elapsed = begun.elapsed();
    ensure!(reply.status == 200, "the server says that it serves, and is not ready: {reply:?}");
    let workers = processes::children(server.pid()).len();
    ensure!(workers == WORKERS, "{workers} workers are there in place of {WORKERS}");
    Ok(elapsed.as_secs_f64() * 1e3)
}
