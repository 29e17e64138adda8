//! Charts over HTTP: one after the other, and many in one request, with what these keep in memory.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;
use orrery_tests::random::Random;

use crate::figure::figure;
use crate::http::load::Load;
use crate::http::served::{Processors, round, start};
use crate::http::throughput::median;
use crate::settings::Settings;

/// Charts in one request.
const CHARTS: usize = 85_000;

/// How often they are asked for; the middle counts.
const TURNS: usize = 3;

/// What is told of each: ten bodies, twelve houses, the aspects with when they are exact.
const PARTS: &str = "include=positions,houses,aspects";

/// Julian days that instants are drawn from: the births of those who live, from 1920 to 2025.
const DAYS: (f64, f64) = (2_422_324.5, 2_460_676.5);

/// What stands in the line of a chart that there is none of.
const REFUSED: &[u8] = b"\"error\":";

/// Connections of the load by single charts, how long it lasts, and how often.
const CONNECTIONS: usize = 32;
const TURN: Duration = Duration::from_secs(3);

/// Pause between two looks at memory.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) fn run(settings: &Settings) -> Result<()> {
    singles(settings)?;
    // One worker, on all processors: many charts are told beside the thread that serves.
    let server = start(settings, 1, None)?;
    let worker = *processes::children(server.pid()).first().context("no worker")?;
    let body = lines()?;
    // Once for nothing, so that no page is touched for the first time; and to see that it is charts that come.
    let is_refused = |piece: &[u8]| piece.windows(REFUSED.len()).any(|bytes| bytes == REFUSED);
    told(server.address, PARTS, &body, |piece| {
        ensure!(!is_refused(piece), "a chart was refused: {}", String::from_utf8_lossy(piece));
        Ok(())
    })?;
    let own = || -> Result<f64> { Ok(Memory::of(worker)?.anonymous_kib as f64 / 1024.0) };
    let before = own()?;
    let mut figures = Vec::new();
    for query in [PARTS, &format!("{PARTS}&perfection=false"), ""] {
        let (mut turns, mut peak) = (Vec::new(), own()?);
        for _ in 0..TURNS {
            turns.push(thread::scope(|scope| -> Result<Turn> {
                let asking = scope.spawn(|| cost(&server, query, &body));
                while !asking.is_finished() {
                    peak = peak.max(own()?);
                    thread::sleep(LOOK);
                }
                asking.join().map_err(|_| anyhow::anyhow!("the client failed"))?
            })?);
        }
        let middle = median(turns.iter().map(|turn| turn.wall_s).collect());
        println!(
            "{CHARTS} charts in one request ({}): {middle:.2} s, {:.2} s of the server's processors, {:.0} bytes each, \
             {peak:.1} MiB that are no file's at most",
            if query.is_empty() { "all usual parts" } else { query },
            median(turns.iter().map(|turn| turn.cpu_s).collect()),
            turns.first().map_or(0.0, |turn| turn.bytes as f64 / CHARTS as f64),
        );
        figures.push((middle, peak));
    }
    println!("memory that is no file's, before: {before:.1} MiB");
    let (seconds, peak) = *figures.first().context("nothing was asked for")?;
    figure("charts_85000_seconds", seconds, "s");
    figure("charts_85000_peak_mib", peak, "MiB");
    Ok(())
}

/// Single charts, as many as are answered.
fn singles(settings: &Settings) -> Result<()> {
    let processors = Processors::find()?;
    let server = start(settings, 1, Some(processors.server))?;
    let target = format!("/v1/chart?date=DATE&lat=52.52&lon=13.4&{PARTS}");
    let load = Load { processor: Some(processors.load), ..Load::of(&target, CONNECTIONS, TURN) };
    load.put_on(server.address)?;
    let rounds =
        (0..TURNS).map(|_| round(&load, server.pid(), server.address)).collect::<Result<Vec<_>>>()?;
    let per_second = median(rounds.iter().map(|round| round.per_second).collect());
    let cpu_us = median(rounds.iter().map(|round| round.cpu_us).collect());
    println!("single charts: {per_second:.0} a second, {cpu_us:.1} µs of the server's processor each");
    figure("charts_per_second_http", per_second, "charts/s");
    Ok(())
}

/// The charts, a line each.
fn lines() -> Result<Vec<u8>> {
    let mut random = Random(17);
    let mut lines = String::new();
    for id in 0..CHARTS {
        let jd = random.between(DAYS.0, DAYS.1);
        let (lat, lon) = (random.between(-60.0, 60.0), random.between(-180.0, 180.0));
        writeln!(lines, "{{\"id\":{id},\"jd\":{jd:.5},\"lat\":{lat:.4},\"lon\":{lon:.4}}}")?;
    }
    Ok(lines.into_bytes())
}

/// What one request cost.
struct Turn {
    cpu_s: f64,
    wall_s: f64,
    bytes: u64,
}

fn cost(server: &Server, query: &str, body: &[u8]) -> Result<Turn> {
    let (before, began) = (processes::cpu_time(server.pid())?, Instant::now());
    let bytes = told(server.address, query, body, |_| Ok(()))?;
    let wall_s = began.elapsed().as_secs_f64();
    Ok(Turn { cpu_s: processes::cpu_time(server.pid())?.saturating_sub(before).as_secs_f64(), wall_s, bytes })
}

/// Sends the charts and reads what is told of them at the same time, piece by piece; how many bytes that is.
fn told(
    address: SocketAddr,
    query: &str,
    body: &[u8],
    mut look: impl FnMut(&[u8]) -> Result<()>,
) -> Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    // Replies of HTTP/1.0 end with the connection, and have no chunks.
    write!(
        stream,
        "POST /v1/charts?{query} HTTP/1.0\r\nhost: bench\r\ncontent-type: application/x-ndjson\r\ncontent-length: \
         {}\r\n\r\n",
        body.len()
    )?;
    let mut sender = stream.try_clone()?;
    thread::scope(|scope| {
        let sending = scope.spawn(move || sender.write_all(body));
        let (mut bytes, mut lines, mut buffer) = (0, 0, vec![0; 1 << 20]);
        let mut head = None;
        loop {
            let read = stream.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            if head.is_none() {
                let text = String::from_utf8_lossy(&buffer[..read]);
                ensure!(text.starts_with("HTTP/1.0 200 ") || text.starts_with("HTTP/1.1 200 "), "{text}");
                let end = text.find("\r\n\r\n").context("a head in pieces")?;
                head = Some(text[..end + 2].lines().count());
            }
            look(&buffer[..read])?;
            bytes += read as u64;
            lines += buffer[..read].split(|byte| *byte == b'\n').count() - 1;
        }
        sending.join().map_err(|_| anyhow::anyhow!("the sender failed"))??;
        let told = lines - head.unwrap_or_default() - 1;
        ensure!(told == CHARTS, "{told} of {CHARTS} charts came");
        Ok(bytes)
    })
}
