//! The targets of the service beside what it does, each as a client sees it: over HTTP on a connection that stays open, two
//! workers, and a load on the same machine where there is one.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;
use orrery_tests::random::Random;
use orrery_tests::workspace;

use crate::figure::figure;
use crate::http::load::{Load, POSITIONS};
use crate::http::served::start_keeping;
use crate::http::throughput::median;
use crate::remainder::client::{Connection, Protocol};
use crate::settings::Settings;

/// Workers, and bytes of answers that each keeps, as by default.
const WORKERS: usize = 2;
const KEEP_BYTES: u64 = 32 * 1024 * 1024;

/// How often each is asked for; the middle counts.
const TURNS: usize = 500;

/// What is asked of one instant: ten bodies; a chart with all usual parts; the aspects of twelve bodies, each with when it is exact,
/// and their matrix; the sixteen lots of tradition.
const SINGLES: [(&str, &str); 4] = [
    ("target_positions_ms", "/v1/positions?"),
    ("target_chart_ms", "/v1/chart?lat=52.52&lon=13.4&"),
    (
        "target_matrix_ms",
        "/v1/aspects?bodies=sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto,true_node,chiron&",
    ),
    ("target_lots_ms", "/v1/lots?lat=52.52&lon=13.4&lots=traditional&"),
];

/// Users at once, and for how long.
const USERS: usize = 100;
const LASTING: Duration = Duration::from_secs(30);

/// Dates of the mixed load, of each kind.
const DATES: &str = "2000";

/// Years that are drawn from.
const YEARS: [f64; 2] = [1801.0, 2398.0];

pub(super) fn run(settings: &Settings) -> Result<()> {
    let server = start_keeping(settings, WORKERS, None, KEEP_BYTES)?;
    let mut random = Random::of("targets of the service");
    for (name, path) in SINGLES {
        figure(name, asked(&server, || get(&format!("{path}date={}", date(&mut random))))?, "ms");
    }
    for size in [10, 100] {
        let batch = || {
            let dates: Vec<String> = (0..size).map(|_| format!("{:?}", date(&mut random))).collect();
            post("/v1/positions", &format!("{{\"dates\":[{}]}}", dates.join(",")))
        };
        figure(&format!("target_batch_{size}_ms"), asked(&server, batch)?, "ms");
    }
    let year = || {
        let year = random.between(YEARS[0], YEARS[1]) as i32;
        get(&format!("/v1/eclipses?start={year}-01-01&stop={}-01-01", year + 1))
    };
    figure("target_eclipse_year_ms", asked(&server, year)?, "ms");
    figure("target_calculation_mib", calculation_mib(&server)?, "MiB");
    mixed(&server)
}

/// The middle time from a request to the last byte of its answer, milliseconds.
fn asked(server: &Server, mut request: impl FnMut() -> Vec<u8>) -> Result<f64> {
    let mut connection = Connection::open(server.address, Protocol::Http)?;
    let mut times = Vec::with_capacity(TURNS);
    for _ in 0..TURNS {
        let request = request();
        let begun = Instant::now();
        connection.send(&request)?;
        connection.reply()?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}

/// What the workers take of memory for each of a hundred answers that are computed at once.
fn calculation_mib(server: &Server) -> Result<f64> {
    let workers = processes::children(server.pid());
    let own_mib = || -> Result<f64> {
        let kib = workers.iter().map(|pid| Ok(Memory::of(*pid)?.private_kib)).sum::<Result<u64>>()?;
        Ok(kib as f64 / 1024.0)
    };
    let before = own_mib()?;
    let load = Load::of(POSITIONS, USERS, Duration::from_secs(5));
    let address = server.address;
    let loading = thread::spawn(move || load.put_on(address));
    let mut most = before;
    while !loading.is_finished() {
        most = most.max(own_mib()?);
        thread::sleep(Duration::from_millis(20));
    }
    loading.join().map_err(|_| anyhow!("the load has panicked"))??;
    Ok((most - before) / USERS as f64)
}

/// A hundred users who never rest and ask for everything: how long they wait, and how much of it nothing live was needed for.
fn mixed(server: &Server) -> Result<()> {
    let before = answers(server)?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--timeout", "10s", "--latency"])
        .args(["--connections", &USERS.to_string(), "--duration", &format!("{}s", LASTING.as_secs())])
        .arg("--script")
        .arg(workspace::root().join("benches/load/mixed.lua"))
        .args([&format!("http://{}", server.address), "--", DATES])
        .stdin(Stdio::null())
        .output()
        .context("starting wrk")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("MIXED "));
    let line = line.with_context(|| format!("wrk did not say what was answered: {said}"))?;
    let of = |name: &str| -> Result<f64> {
        let mut pairs = line.split(' ').filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|pair| pair.0 == name).with_context(|| format!("no {name} in {line:?}"))?.1;
        value.parse().with_context(|| format!("{name} in {line:?}"))
    };
    ensure!(of("failed")? == 0.0, "requests failed: {line}");
    println!("{USERS} users: {line}");
    figure("target_mixed_per_second", of("replies")? / LASTING.as_secs_f64(), "requests/s");
    for name in ["p50", "p95", "p99"] {
        figure(&format!("target_mixed_{name}_ms"), of(name)? / 1e3, "ms");
    }
    let after = answers(server)?;
    let [table, live, mixed, cache] = [0, 1, 2, 3].map(|nth| after[nth] - before[nth]);
    println!("answers from tables {table}, live {live}, from both {mixed}, kept {cache}");
    figure("target_hit_percent", 100.0 * (table + cache) as f64 / (table + live + mixed + cache) as f64, "%");
    Ok(())
}

/// Answers so far, by who gave them.
fn answers(server: &Server) -> Result<[u64; 4]> {
    let sources = server.client().get("/status").json()["totals"]["sources"].clone();
    let of = |name: &str| sources[name].as_u64().with_context(|| format!("no {name} in {sources}"));
    Ok([of("table")?, of("live")?, of("mixed")?, of("cache")?])
}

/// A minute of some day of the tables.
fn date(random: &mut Random) -> String {
    let within = |random: &mut Random, least: f64, end: f64| random.between(least, end) as u32;
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:00Z",
        within(random, YEARS[0], YEARS[1]),
        within(random, 1.0, 13.0),
        within(random, 1.0, 29.0),
        within(random, 0.0, 24.0),
        within(random, 0.0, 60.0)
    )
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes()
}

fn post(target: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
