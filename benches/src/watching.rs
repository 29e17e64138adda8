//! What it costs that the service is watched: counting, a scrape of `/metrics` each second, and the looks of a service that nobody
//! asks anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use orrery_server::process::time_counting;
use orrery_tests::http::Client;
use orrery_tests::processes;
use orrery_tests::programs::Server;

use crate::figure::figure;
use crate::http::load::{self, Load, POSITIONS};
use crate::http::served::{Processors, Round, round, start, start_unattended};
use crate::http::throughput::median;
use crate::settings::Settings;

/// Rounds with and without scrapes, by turns.
const ROUNDS: usize = 8;

/// Length of a turn.
const TURN: Duration = Duration::from_secs(4);

/// Load before anything counts.
const WARM_UP: Duration = Duration::from_secs(2);

/// Connections of the load.
const CONNECTIONS: usize = 32;

/// Replies counted at a time, and how often.
const REPLIES: u64 = 10_000_000;
const TIMES: usize = 5;

/// Scrapes of a server that does nothing else.
const SCRAPES: u32 = 50;

/// Scrapes a second. What one a second costs is a tenth of what these do; by itself it is less than rounds differ by.
const SCRAPES_A_SECOND: u32 = 10;

/// How long nothing is asked, once what a start brings with it is over.
const SETTLED: Duration = Duration::from_secs(15);
const IDLE: Duration = Duration::from_mins(1);

/// Runs all measurements.
pub(crate) fn run(settings: &Settings) -> Result<()> {
    settings.current_dataset()?;
    load::check()?;
    idle(settings)?;
    overhead(settings)
}

/// What a service of two workers that nobody asks anything takes of a processor.
fn idle(settings: &Settings) -> Result<()> {
    let server = start_unattended(settings, 2)?;
    thread::sleep(SETTLED);
    let (before, begun) = (processes::cpu_time(server.pid())?, Instant::now());
    thread::sleep(IDLE);
    let spent = processes::cpu_time(server.pid())?.saturating_sub(before);
    figure("idle_cpu_percent", spent.as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0, "percent");
    Ok(())
}

/// What counting and scraping add to what a request costs.
fn overhead(settings: &Settings) -> Result<()> {
    let processors = Processors::find()?;
    let server = start(settings, 1, Some(processors.server))?;
    let load = Load { processor: Some(processors.load), ..Load::of(POSITIONS, CONNECTIONS, TURN) };
    Load { lasting: WARM_UP, ..load.clone() }.put_on(server.address)?;
    let (mut alone, mut scraped) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(round(&load, server.pid(), server.address)?);
        scraped.push(while_scraped(&server, || round(&load, server.pid(), server.address))?);
    }
    let cpu = |rounds: &[Round]| median(rounds.iter().map(|round| round.cpu_us).collect());
    let rate = |rounds: &[Round]| median(rounds.iter().map(|round| round.per_second).collect());
    println!(
        "alone {:.0} requests/s, {:.2} us each; scraped {SCRAPES_A_SECOND} times a second {:.0} requests/s, {:.2} us each",
        rate(&alone),
        cpu(&alone),
        rate(&scraped),
        cpu(&scraped)
    );
    let counting_ns = counting_ns()?;
    figure("metrics_count_ns", counting_ns, "ns");
    figure("metrics_scrape_ms", scrape_ms(&server)?, "ms");
    let (with, without) = (cpu(&scraped), cpu(&alone));
    let scraping_us = (with - without) / f64::from(SCRAPES_A_SECOND);
    let percent = (scraping_us + counting_ns / 1000.0) / without * 100.0;
    figure("metrics_overhead_percent", percent, "percent");
    Ok(())
}

/// The quickest of several: what disturbs a run only makes it longer.
fn counting_ns() -> Result<f64> {
    let mut quickest = f64::INFINITY;
    for _ in 0..TIMES {
        quickest = quickest.min(time_counting(REPLIES)?.as_secs_f64() * 1e9 / REPLIES as f64);
    }
    Ok(quickest)
}

/// Does something while a server is scraped.
fn while_scraped<T>(server: &Server, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (stop, scrapes) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let scraping = {
        let (client, stop, scrapes) = (server.client(), Arc::clone(&stop), Arc::clone(&scrapes));
        thread::spawn(move || {
            while !stop.load(Relaxed) {
                scrape(&client)?;
                scrapes.fetch_add(1, Relaxed);
                thread::park_timeout(Duration::from_secs(1) / SCRAPES_A_SECOND);
            }
            Ok::<_, anyhow::Error>(())
        })
    };
    let done = work();
    stop.store(true, Relaxed);
    scraping.thread().unpark();
    scraping.join().map_err(|_| anyhow!("the scraping thread has panicked"))??;
    let (done_scrapes, wanted) = (scrapes.load(Relaxed), TURN.as_secs() * u64::from(SCRAPES_A_SECOND));
    ensure!(done_scrapes >= wanted * 8 / 10, "only {done_scrapes} scrapes of {wanted}");
    done
}

fn scrape(client: &Client) -> Result<()> {
    let reply = client.get("/metrics");
    ensure!(reply.status == 200 && reply.body.contains("orrery_requests_total"), "no metrics: {reply:?}");
    Ok(())
}

/// What a scrape costs the server's processes.
fn scrape_ms(server: &Server) -> Result<f64> {
    let before = processes::cpu_time(server.pid())?;
    for _ in 0..SCRAPES {
        scrape(&server.client())?;
    }
    let spent = processes::cpu_time(server.pid())?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1000.0 / f64::from(SCRAPES))
}
