//! How long one waits: for an answer among many clients, and for a server that was just started.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use orrery_tests::http::Connection;

use crate::figure::figure;
use crate::first_answer::free_address;
use crate::http::load::{Load, POSITIONS};
use crate::http::served::{command, start};
use crate::http::throughput::median;
use crate::settings::Settings;

/// Workers of the server.
const WORKERS: usize = 2;

/// How long the load lasts that waits are measured under, and how long one goes before it that is not counted.
const LASTING: Duration = Duration::from_secs(6);
const WARM_UP: Duration = Duration::from_secs(1);

/// Starts of which the middle one counts.
const STARTS: usize = 9;

/// How long a start may take at most.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// From the start of the program to its first good answer about itself.
fn milliseconds_to_ready(settings: &Settings) -> Result<f64> {
    let address = free_address()?;
    let mut command = command(settings, WORKERS, None)?;
    command.args(["--listen", &address.to_string()]).stdout(Stdio::null());
    let begun = Instant::now();
    let mut server = Started(command.spawn()?);
    while !is_ready(address) {
        ensure!(server.0.try_wait()?.is_none(), "the server ended before it was ready");
        ensure!(begun.elapsed() < PATIENCE, "the server is not ready after {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || {
        let mut connection = Connection::open(address)?;
        connection.try_send(format!("GET /health/ready HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())?;
        connection.reply()
    };
    ask().is_ok_and(|reply| reply.status == 200)
}

/// A server that ends when it is dropped.
struct Started(std::process::Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
