//! What processes keep in memory, while they share the tables.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use orrery_format::Manifest;
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, MANIFEST_FILE};
use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;

use crate::building::program;
use crate::figure::figure;
use crate::http::load::{Load, POSITIONS};
use crate::http::served::start;
use crate::settings::Settings;

/// Requests that each worker has answered when its own memory is read.
const REQUESTS: f64 = 1e6;

/// Connections of the load: so many that the workers get about as many each, and not so many that what connections take
/// counts for much.
const CONNECTIONS: usize = 64;

/// How long the load lasts at a time.
const STRETCH: Duration = Duration::from_secs(4);

/// How long a million requests may take.
const PATIENCE: Duration = Duration::from_mins(10);

const KIB_PER_MIB: f64 = 1024.0;

pub(crate) fn run(settings: &Settings) -> Result<()> {
    let server = program("orrery-server")?;
    let target = server.parent().context("the program lies in no directory")?;
    // Beside the programs, so that it is on a disk, as datasets are.
    let dir = tempfile::Builder::new().prefix("bench-memory-").tempdir_in(target)?;
    copy(&settings.datasets, dir.path())?;
    let settings = &Settings { datasets: dir.path().to_owned(), ..settings.clone() };
    for workers in [1, 2, 4] {
        let server = start(settings, workers, None)?;
        let load = Load::of(POSITIONS, CONNECTIONS, STRETCH);
        load.put_on(server.address)?;
        figure(&format!("pss_mib_{workers}"), pss_mib(&server)?, "MiB");
        if workers == 2 {
            // Two, so that the tables' pages are shared: they are nobody's own.
            figure("worker_private_mib", private_mib_after_a_million(&server, &load)?, "MiB");
        }
    }
    Ok(())
}

/// Copies a dataset. Pages of the files themselves may be mapped by other servers on this machine, which would take their
/// share of them.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let manifest = Manifest::read(from)?;
    std::fs::create_dir(to.join(BLOCKS_DIR))?;
    std::fs::create_dir(to.join(LISTS_DIR))?;
    for block in &manifest.blocks {
        std::fs::copy(Manifest::block_path(from, block), Manifest::block_path(to, block))?;
    }
    for list in &manifest.lists {
        std::fs::copy(Manifest::list_path(from, list), Manifest::list_path(to, list))?;
    }
    Ok(std::fs::write(to.join(MANIFEST_FILE), manifest.to_bytes())?)
}

/// What the server's processes keep together, a shared page counted once.
fn pss_mib(server: &Server) -> Result<f64> {
    let processes = std::iter::once(server.pid()).chain(processes::children(server.pid()));
    let memory: Vec<Memory> = processes.map(Memory::of).collect::<std::io::Result<_>>()?;
    for (nth, memory) in memory.iter().enumerate() {
        println!("{} {memory:?}", if nth == 0 { "supervisor" } else { "worker    " });
    }
    Ok(memory.iter().map(|memory| memory.pss_kib as f64).sum::<f64>() / KIB_PER_MIB)
}

/// The most that a worker keeps for itself, once each has answered a million requests.
fn private_mib_after_a_million(server: &Server, load: &Load) -> Result<f64> {
    let workers = processes::children(server.pid());
    ensure!(workers.len() == 2, "{} workers are there in place of two", workers.len());
    let begun = Instant::now();
    let mut answered = vec![0.0; workers.len()];
    while answered.iter().any(|answered| *answered < REQUESTS) {
        ensure!(begun.elapsed() < PATIENCE, "a million requests take more than {} s", PATIENCE.as_secs());
        // Which worker answered how many is told by the time that each spent.
        let times =
            || workers.iter().map(|&worker| processes::cpu_time(worker)).collect::<std::io::Result<Vec<_>>>();
        let before = times()?;
        let requests = load.put_on(server.address)?.requests as f64;
        let spent: Vec<f64> = times()?
            .iter()
            .zip(&before)
            .map(|(after, before)| after.saturating_sub(*before).as_secs_f64())
            .collect();
        let all: f64 = spent.iter().sum();
        answered.iter_mut().zip(&spent).for_each(|(answered, spent)| *answered += requests * spent / all);
    }
    let memory: Vec<Memory> =
        workers.iter().map(|&worker| Memory::of(worker)).collect::<std::io::Result<_>>()?;
    for (memory, answered) in memory.iter().zip(&answered) {
        println!("after {answered:.0} requests: {memory:?}");
    }
    let most = memory.iter().map(|memory| memory.private_kib).max().context("no worker")?;
    Ok(most as f64 / KIB_PER_MIB)
}
