//! Tables over HTTP: how much of a processor a state costs in each format, and what a stream keeps in memory.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use orrery_almanac::{Series, iso, zone};
use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;
use orrery_tests::random::Random;

use crate::figure::figure;
use crate::http::served::{Processors, start};
use crate::http::throughput::median;
use crate::settings::Settings;

/// Bodies of each instant: Sun to Pluto, which is what no `bodies` means.
const BODIES: u64 = 10;

/// The ordered range: five centuries every two hours, more than twenty million states.
const RANGE: Range = Range { start: "1850-01-01", stop: "2350-01-01", step: "2h" };

/// How often each is asked for; the middle counts.
const TURNS: usize = 5;

/// Listed instants: as many as make a body of some megabytes.
const LISTED: usize = 100_000;

/// Instants of a batch of JSON, whose rows are the most that one may have.
const BATCH: usize = 10_000;

/// A range of more than ten million states.
const MILLIONS: Range = Range { start: "1810-01-01", stop: "2390-01-01", step: "5h" };

/// A range of instants.
#[derive(Clone, Copy, Debug)]
struct Range {
    start: &'static str,
    stop: &'static str,
    step: &'static str,
}

impl Range {
    /// Rows of its table.
    fn states(&self) -> Result<u64> {
        let utc = |text: &str| Ok::<_, anyhow::Error>(zone::resolve(&iso::parse(text)?, None, None)?.utc);
        let series = Series::new(utc(self.start)?, utc(self.stop)?, self.step.parse()?, None, None)?;
        Ok(series.length() * BODIES)
    }

    fn request(&self, format: &str) -> Vec<u8> {
        let Range { start, stop, step } = self;
        get(&format!("/v1/ephemeris?start={start}&stop={stop}&step={step}&format={format}"))
    }
}

pub(crate) fn run(settings: &Settings) -> Result<()> {
    let processors = Processors::find()?;
    let server = start(settings, 1, Some(processors.server))?;
    let worker = *processes::children(server.pid()).first().context("no worker")?;
    let ask = |request: &[u8]| received(server.address, request);

    for (format, figure_name) in [
        ("arrow", "arrow_states_per_cpu_second"),
        ("ndjson", "ndjson_rows_per_second"),
        ("csv", "csv_rows_per_second"),
    ] {
        let (request, states) = (RANGE.request(format), RANGE.states()?);
        let turns = (0..TURNS).map(|_| cost(&server, || ask(&request))).collect::<Result<Vec<_>>>()?;
        let per_cpu_second = median(turns.iter().map(|turn| states as f64 / turn.cpu_s).collect());
        let per_second = median(turns.iter().map(|turn| states as f64 / turn.wall_s).collect());
        let bytes = turns.first().map_or(0, |turn| turn.bytes);
        println!(
            "{format:<7} {states} states in order, {:.1} bytes each: {:.2} million a second, {:.2} million a CPU second",
            bytes as f64 / states as f64,
            per_second / 1e6,
            per_cpu_second / 1e6,
        );
        let value = if format == "arrow" { per_cpu_second } else { per_second };
        figure(figure_name, value, if format == "arrow" { "states/s" } else { "rows/s" });
    }
    for format in ["arrow", "ndjson", "csv"] {
        let request = listed(LISTED, format);
        let turns = (0..TURNS).map(|_| cost(&server, || ask(&request))).collect::<Result<Vec<_>>>()?;
        let states = LISTED as u64 * BODIES;
        let value = median(turns.iter().map(|turn| states as f64 / turn.cpu_s).collect());
        println!("{format:<7} {states} states at random: {:.2} million a CPU second", value / 1e6);
        if format == "arrow" {
            figure("arrow_random_states_per_cpu_second", value, "states/s");
        }
    }
    batch_and_singles(&server)?;
    stream_peak(&server, worker)
}

/// What one reply cost.
struct Turn {
    cpu_s: f64,
    wall_s: f64,
    bytes: u64,
}

/// Asks for something and says what it cost the server's processes.
fn cost(server: &Server, ask: impl FnOnce() -> Result<u64>) -> Result<Turn> {
    let pids: Vec<u32> = std::iter::once(server.pid()).chain(processes::children(server.pid())).collect();
    let spent = || pids.iter().map(|pid| processes::cpu_time(*pid)).sum::<std::io::Result<Duration>>();
    let (before, began) = (spent()?, Instant::now());
    let bytes = ask()?;
    let wall_s = began.elapsed().as_secs_f64();
    // The processor's time is told in hundredths of a second.
    let cpu_s = spent()?.saturating_sub(before).as_secs_f64().max(0.005);
    Ok(Turn { cpu_s, wall_s, bytes })
}

/// The same instants as one batch and one after another, by one client on one connection.
fn batch_and_singles(server: &Server) -> Result<()> {
    let mut random = Random(7);
    let jds: Vec<f64> = (0..BATCH).map(|_| jd(&mut random)).collect();
    let body = format!("{{\"jd\":{jds:?}}}");
    let batch = post(&body, "json");
    // Once for nothing, so that no page is touched for the first time.
    let alone = "longitude,latitude,distance,longitude_speed,latitude_speed,distance_speed,source";
    let single = |jd: &f64| format!("/v1/positions?jd={jd}&fields={alone}");
    let batches =
        (0..TURNS).map(|_| cost(server, || received(server.address, &batch))).collect::<Result<Vec<_>>>()?;
    let mut singles = Vec::new();
    for _ in 0..TURNS {
        singles.push(cost(server, || {
            let mut connection = Connection::open(server.address)?;
            let mut bytes = 0;
            for jd in &jds {
                bytes += connection.ask(&single(jd))?;
            }
            Ok(bytes)
        })?);
    }
    let of = |turns: &[Turn], what: fn(&Turn) -> f64| median(turns.iter().map(what).collect());
    let wall = of(&singles, |turn| turn.wall_s) / of(&batches, |turn| turn.wall_s);
    let cpu = of(&singles, |turn| turn.cpu_s) / of(&batches, |turn| turn.cpu_s);
    println!(
        "{BATCH} instants of ten bodies: {:.1} ms as one batch of JSON, {:.0} ms one by one; of the server's processor \
         {:.0} ms and {:.0} ms",
        of(&batches, |turn| turn.wall_s) * 1e3,
        of(&singles, |turn| turn.wall_s) * 1e3,
        of(&batches, |turn| turn.cpu_s) * 1e3,
        of(&singles, |turn| turn.cpu_s) * 1e3,
    );
    figure("json_batch_speedup_vs_singles", wall, "ratio");
    figure("json_batch_cpu_speedup_vs_singles", cpu, "ratio");
    Ok(())
}

/// What a worker keeps for itself at most while it streams more than ten million states, to a client that reads and to one
/// that is slow: beyond what it keeps anyway.
fn stream_peak(server: &Server, worker: u32) -> Result<()> {
    // A single worker is the only one that maps the tables, which are nobody's own for that.
    let own = || -> Result<f64> { Ok(Memory::of(worker)?.anonymous_kib as f64 / 1024.0) };
    let before = own()?;
    let address = server.address;
    let reader = thread::spawn(move || received(address, &MILLIONS.request("arrow")));
    let mut slow = TcpStream::connect(address)?;
    slow.write_all(&MILLIONS.request("arrow"))?;
    let mut peak = before;
    let mut first = [0; 4096];
    while !reader.is_finished() {
        peak = peak.max(own()?);
        // A sip now and then.
        let _ = slow.read(&mut first)?;
        thread::sleep(Duration::from_millis(20));
    }
    let bytes = reader.join().map_err(|_| anyhow::anyhow!("the reader failed"))??;
    drop(slow);
    let states = MILLIONS.states()?;
    println!(
        "{states} states as Arrow, {:.0} MB; memory that is no file's {before:.1} MiB before, {peak:.1} MiB at most",
        bytes as f64 / 1e6
    );
    ensure!(states > 10_000_000 && bytes > states * 56, "these are fewer than ten million states");
    figure("stream_peak_mib", peak, "MiB");
    figure("stream_growth_mib", peak - before, "MiB");
    Ok(())
}

fn jd(random: &mut Random) -> f64 {
    random.between(2_396_758.5, 2_579_258.5)
}

fn listed(instants: usize, format: &str) -> Vec<u8> {
    let mut random = Random(11);
    let jds: Vec<f64> = (0..instants).map(|_| jd(&mut random)).collect();
    post(&format!("{{\"jd\":{jds:?}}}"), format)
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").into_bytes()
}

fn post(body: &str, format: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /v1/positions?format={format} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// What a reply in chunks ends with, if it is whole.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// Sends a request on a connection of its own, reads all that comes as fast as it comes, and says how much that was.
fn received(address: SocketAddr, request: &[u8]) -> Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request)?;
    let mut buffer = vec![0; 1 << 20];
    let head = stream.read(&mut buffer)?;
    ensure!(buffer[..head].starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&buffer[..head]));
    let is_chunked = String::from_utf8_lossy(&buffer[..head]).contains("transfer-encoding: chunked");
    let mut bytes = head as u64;
    let mut end = buffer[head.saturating_sub(LAST_CHUNK.len())..head].to_vec();
    loop {
        match stream.read(&mut buffer)? {
            0 => break,
            more => {
                bytes += more as u64;
                end.extend_from_slice(&buffer[more.saturating_sub(LAST_CHUNK.len())..more]);
                end.drain(..end.len().saturating_sub(LAST_CHUNK.len()));
            }
        }
    }
    ensure!(!is_chunked || end == LAST_CHUNK, "the reply broke off after {bytes} bytes");
    Ok(bytes)
}

/// A connection for one request after another, whose replies say how long they are.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: vec![0; 1 << 16] })
    }

    /// Asks, and reads the reply; says how long it was.
    fn ask(&mut self, target: &str) -> Result<u64> {
        self.stream.write_all(format!("GET {target} HTTP/1.1\r\nhost: bench\r\n\r\n").as_bytes())?;
        let mut filled = 0;
        loop {
            let more = self.stream.read(&mut self.buffer[filled..])?;
            ensure!(more > 0, "the connection ended in the middle of a reply");
            filled += more;
            let text = &self.buffer[..filled];
            let Some(head) = text.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let fields = String::from_utf8_lossy(&text[..head]);
            let length = fields.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("a reply that does not say how long it is")?.parse()?;
            ensure!(fields.starts_with("HTTP/1.1 200 "), "{fields}");
            if filled >= head + 4 + length {
                return Ok(filled as u64);
            }
        }
    }
}
