//! The server as it is measured: the program that users run, and what its processes cost.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use orrery_tests::processes;
use orrery_tests::programs::{self, Server};

use crate::building::program;
use crate::http::load::{Answered, Load};
use crate::settings::Settings;

/// The two processors that servers and load are kept apart on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Processors {
    pub(crate) server: usize,
    pub(crate) load: usize,
}

impl Processors {
    /// The first and the last that this process may run on.
    pub(crate) fn find() -> Result<Processors> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let list =
            status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
        // Such as `0-3,8`.
        let numbers: Vec<usize> =
            list.trim().split([',', '-']).filter_map(|number| number.parse().ok()).collect();
        match numbers.as_slice() {
            [server, .., load] if server != load => Ok(Processors { server: *server, load: *load }),
            _ => anyhow::bail!("the server and its load need two processors, and there is {list:?}"),
        }
    }
}

/// `orrery-server` over the dataset, to be started.
fn command(settings: &Settings, workers: usize, processor: Option<usize>) -> Result<Command> {
    let server = program("orrery-server")?;
    let mut command = match processor {
        None => programs::command_at(&server),
        Some(processor) => {
            let mut command = programs::command_at("taskset".as_ref());
            command.args(["--cpu-list", &processor.to_string()]).arg(&server);
            command
        }
    };
    command.args(["--log-level", "warn", "--workers", &workers.to_string(), "--datasets"]);
    command.arg(&settings.datasets).arg("--ephe").arg(&settings.ephe);
    Ok(command)
}

/// The same at work on a port of its own. It keeps no answers: what is measured as live is to be computed each time.
pub(crate) fn start(settings: &Settings, workers: usize, processor: Option<usize>) -> Result<Server> {
    start_keeping(settings, workers, processor, 0)
}

/// The same with so many bytes of answers kept.
pub(crate) fn start_keeping(
    settings: &Settings,
    workers: usize,
    processor: Option<usize>,
    bytes: u64,
) -> Result<Server> {
    let mut command = command(settings, workers, processor)?;
    Ok(Server::run(command.args(["--listen", "127.0.0.1:0", "--cache-bytes", &bytes.to_string()])))
}

/// The same with everything that a service does by itself, of which only the first look at the dataset is due soon.
pub(crate) fn start_unattended(settings: &Settings, workers: usize) -> Result<Server> {
    let mut command = command(settings, workers, None)?;
    Ok(Server::run(command.args(["--listen", "127.0.0.1:0", "--schedule-enabled", "true"])))
}

/// One round of a load, and the time that the server's processes spent on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) per_second: f64,
    pub(crate) cpu_us: f64,
    /// How much of a processor that is, as a share of the round.
    pub(crate) busy: f64,
}

/// Puts a load on a server's process and watches what it costs.
pub(crate) fn round(load: &Load, pid: u32, address: std::net::SocketAddr) -> Result<Round> {
    let before = processes::cpu_time(pid)?;
    let answered: Answered = load.put_on(address)?;
    let spent: Duration = processes::cpu_time(pid)?.saturating_sub(before);
    ensure!(answered.requests > 0, "nothing was answered at {address}");
    Ok(Round {
        per_second: answered.per_second(),
        cpu_us: spent.as_secs_f64() * 1e6 / answered.requests as f64,
        busy: spent.as_secs_f64() / answered.seconds,
    })
}
