//! A table, a kept answer and one computed anew beside a GET of the same answer from Redis; and a herd that asks for one
//! answer at the same moment.

pub(crate) mod client;
mod herd;
mod redis;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use orrery_tests::processes;
use orrery_tests::programs::Server;

use crate::figure::figure;
use crate::http::served::{Processors, start_keeping};
use crate::http::throughput::median;
use crate::remainder::client::{Connection, Protocol};
use crate::remainder::redis::Redis;
use crate::settings::Settings;

/// Answers that are asked for in turn.
const ANSWERS: usize = 1000;

/// Rounds in which each takes its turn, and requests of a turn.
const ROUNDS: usize = 7;
const REQUESTS: usize = 4000;

/// Connections of a crowd, and how often each asks in a turn.
const CROWD: usize = 32;
const CROWD_REQUESTS: usize = 400;

/// One that takes turns.
struct Contestant {
    name: &'static str,
    pid: u32,
    address: std::net::SocketAddr,
    protocol: Protocol,
    requests: Vec<Vec<u8>>,
    /// The request that is next.
    nth: usize,
    /// Microseconds of a round trip, the middle one of each round.
    round_trips: Vec<f64>,
    /// Of these, what the server says that it took, from the request's head to the reply.
    within: Vec<f64>,
    /// Requests a second of a crowd, and microseconds of the server's processor on each.
    rates: Vec<f64>,
    cpu_us: Vec<f64>,
}

impl Contestant {
    fn new(name: &'static str, pid: u32, address: std::net::SocketAddr, protocol: Protocol) -> Contestant {
        Contestant {
            name,
            pid,
            address,
            protocol,
            requests: Vec::new(),
            nth: 0,
            round_trips: Vec::new(),
            within: Vec::new(),
            rates: Vec::new(),
            cpu_us: Vec::new(),
        }
    }

    fn of_server(name: &'static str, server: &Server, targets: impl Iterator<Item = String>) -> Contestant {
        let requests = targets.map(|target| request(&target)).collect();
        Contestant { requests, ..Contestant::new(name, server.pid(), server.address, Protocol::Http) }
    }

    /// Sets aside what was measured so far.
    fn forget(&mut self) {
        for measured in [&mut self.round_trips, &mut self.within, &mut self.rates, &mut self.cpu_us] {
            measured.clear();
        }
    }

    /// One request after the other on one connection.
    fn one_by_one(&mut self, count: usize) -> Result<()> {
        let mut connection = Connection::open(self.address, self.protocol)?;
        let (mut trips, mut within) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let request = &self.requests[self.nth % self.requests.len()];
            self.nth += 1;
            let begun = Instant::now();
            connection.send(request)?;
            let reply = connection.reply()?;
            trips.push(begun.elapsed().as_secs_f64() * 1e6);
            within.extend(total_us(reply.head));
        }
        self.round_trips.push(median(trips));
        self.within.push(median(within));
        Ok(())
    }

    /// Many connections, each of which asks again as soon as all are answered.
    fn crowd(&mut self) -> Result<()> {
        let connections = (0..CROWD).map(|_| Connection::open(self.address, self.protocol));
        let mut connections = connections.collect::<Result<Vec<_>>>()?;
        let before = processes::cpu_time(self.pid)?;
        let begun = Instant::now();
        for _ in 0..CROWD_REQUESTS {
            for connection in &mut connections {
                connection.send(&self.requests[self.nth % self.requests.len()])?;
                self.nth += 1;
            }
            for connection in &mut connections {
                connection.reply()?;
            }
        }
        let asked = (CROWD * CROWD_REQUESTS) as f64;
        self.rates.push(asked / begun.elapsed().as_secs_f64());
        let spent: Duration = processes::cpu_time(self.pid)?.saturating_sub(before);
        self.cpu_us.push(spent.as_secs_f64() * 1e6 / asked);
        Ok(())
    }
}

pub(crate) fn run(settings: &Settings) -> Result<()> {
    settings.current_dataset()?;
    let processors = Processors::find()?;
    let keeping = start_keeping(settings, 1, Some(processors.server), KEEP_BYTES)?;
    let forgetting = start_keeping(settings, 1, Some(processors.server), 0)?;
    let redis = Redis::start(processors.server)?;
    pin_to(processors.load)?;

    let table = |nth: usize| format!("/v1/positions?date={}", date(nth));
    let live = |nth: usize| format!("{}&source=live", table(nth));
    let mut contestants = [
        Contestant::of_server("table", &keeping, (0..ANSWERS).map(table)),
        Contestant::of_server("cached", &keeping, (0..ANSWERS).map(live)),
        Contestant::of_server("recomputed", &forgetting, (0..ANSWERS).map(live)),
        Contestant::new("redis_get", redis.pid(), redis.address, Protocol::Redis),
    ];
    fill(&keeping, &redis, &mut contestants[3], live)?;
    for contestant in &mut contestants {
        contestant.one_by_one(ANSWERS)?;
        contestant.crowd()?;
        contestant.forget();
    }
    for _ in 0..ROUNDS {
        for contestant in &mut contestants {
            contestant.one_by_one(REQUESTS)?;
            contestant.crowd()?;
        }
    }
    let kept = keeping.client().get("/status").json();
    ensure!(
        kept["remainder"]["misses"] == ANSWERS as u64,
        "the cache forgot what it is measured by: {}",
        kept["remainder"]
    );
    print(&contestants);
    let [table, cached, recomputed, get] = &contestants;
    let redis_us = median(get.round_trips.clone());
    for (name, contestant) in [("table", table), ("cached", cached), ("recompute", recomputed)] {
        figure(&format!("{name}_vs_redis_get"), redis_us / median(contestant.within.clone()), "ratio");
    }
    figure("redis_get_round_trip_us", redis_us, "us");
    for (name, contestant) in [("table", table), ("cached", cached), ("recompute", recomputed)] {
        figure(&format!("{name}_within_us"), median(contestant.within.clone()), "us");
        figure(&format!("{name}_round_trip_us"), median(contestant.round_trips.clone()), "us");
    }
    herd::run(settings, processors)
}

/// Room for all answers that are measured.
const KEEP_BYTES: u64 = 64 * 1024 * 1024;

/// The nth instant: minutes that nobody would ask for twice.
fn date(nth: usize) -> String {
    let (day, minute) = (nth / 60 % 28 + 1, nth % 60);
    format!("{:04}-{:02}-{day:02}T07:{minute:02}:00Z", 1950 + nth % 90, nth % 12 + 1)
}

fn request(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes()
}

/// What the server says in `Server-Timing` that a reply took in all, microseconds.
fn total_us(head: &str) -> Option<f64> {
    let line = head.lines().find_map(|line| line.strip_prefix("server-timing: "))?;
    let total = line.split("total;dur=").nth(1)?;
    total.trim().parse::<f64>().ok().map(|ms| ms * 1e3)
}

/// Has each answer computed and kept, and gives Redis the same bytes.
fn fill(keeping: &Server, redis: &Redis, get: &mut Contestant, live: impl Fn(usize) -> String) -> Result<()> {
    let mut server = Connection::open(keeping.address, Protocol::Http)?;
    let mut store = Connection::open(redis.address, Protocol::Redis)?;
    let mut bytes = 0;
    for nth in 0..ANSWERS {
        let target = live(nth);
        server.send(&request(&target))?;
        let body = server.reply()?.body.to_vec();
        bytes += body.len();
        Redis::set(&mut store, &target, &body)?;
        store.send(&Redis::get(&target))?;
        ensure!(store.reply()?.body == body, "Redis gives back something else");
        get.requests.push(Redis::get(&target));
    }
    println!("{ANSWERS} answers of {} bytes on average", bytes / ANSWERS);
    Ok(())
}

/// Keeps this process, which is the client, off the processor of the servers.
fn pin_to(processor: usize) -> Result<()> {
    let pid = std::process::id().to_string();
    let pinned = std::process::Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", &processor.to_string(), &pid])
        .output()
        .context("taskset cannot be started: run scripts/bench, which installs it")?;
    ensure!(pinned.status.success(), "taskset: {}", String::from_utf8_lossy(&pinned.stderr));
    Ok(())
}

fn print(contestants: &[Contestant]) {
    println!(
        "{:<12} {:>14} {:>14} {:>12} {:>9}   (medians of {ROUNDS} rounds)",
        "", "round trip µs", "within µs", "requests/s", "CPU µs"
    );
    for contestant in contestants {
        let [trips, within, rates, cpu] =
            [&contestant.round_trips, &contestant.within, &contestant.rates, &contestant.cpu_us]
                .map(|values| median(values.clone()));
        // Redis does not say.
        let within = if within.is_nan() { "-".to_owned() } else { format!("{within:.1}") };
        println!("{:<12} {trips:>14.1} {within:>14} {rates:>12.0} {cpu:>9.1}", contestant.name);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_answer_is_another() {
        let dates: BTreeSet<String> = (0..ANSWERS).map(date).collect();
        assert_eq!(dates.len(), ANSWERS);
    }

    #[test]
    fn what_a_reply_took_is_read_from_its_head() {
        let head =
            "HTTP/1.1 200 OK\r\nserver-timing: table;desc=\"10/10\";dur=0.0021, total;dur=0.0123\r\n\r\n";
        assert!((total_us(head).unwrap() - 12.3).abs() < 1e-9);
        assert_eq!(total_us("$5\r\n"), None);
    }
}
