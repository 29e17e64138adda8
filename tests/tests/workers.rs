//! Hazard: a service of several processes that loses requests when one of them dies, is replaced or is stopped, that serves
//! tables nobody has verified, or that leaves processes behind. Real processes are killed here while clients count.
#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use orrery_format::manifest::{MANIFEST_FILE, Source};
use orrery_format::{Body, Manifest};
use orrery_tests::clients::{Clients, Judge};
use orrery_tests::http::{Client, Connection, Reply};
use orrery_tests::processes::{children, signal};
use orrery_tests::{programs, tables, workspace};
use serde_json::Value;

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

const SUN: &str = "/v1/positions?jd_tt=2440000.5&bodies=sun";

/// A service with what it prints and logs.
struct Service {
    child: Child,
    address: SocketAddr,
    logged: Arc<Mutex<String>>,
    printed: JoinHandle<String>,
}

impl Service {
    fn start(datasets: &Path, arguments: &[&str]) -> Service {
        let mut command = programs::command("orrery-server");
        command.args(["--listen", "127.0.0.1:0", "--watch-ms", "20", "--datasets"]).arg(datasets);
        command.arg("--ephe").arg(workspace::ephemeris_path()).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut err = child.stderr.take().unwrap();
        let logged = Arc::new(Mutex::new(String::new()));
        let log = Arc::clone(&logged);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = err.read(&mut bytes) {
                log.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        let mut greeting = String::new();
        out.read_line(&mut greeting).unwrap();
        let address = greeting.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.unwrap_or_else(|| panic!("{greeting:?}, {}", logged.lock().unwrap()));
        let address = address.parse().unwrap();
        let printed = std::thread::spawn(move || {
            let mut rest = String::new();
            out.read_to_string(&mut rest).unwrap();
            greeting + &rest
        });
        Service { child, address, logged, printed }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn workers(&self) -> Vec<u32> {
        children(self.pid())
    }

    fn client(&self) -> Client {
        Client::new(self.address)
    }

    fn status(&self) -> Value {
        self.client().get("/status").json()
    }

    fn logged(&self) -> String {
        self.logged.lock().unwrap().clone()
    }

    fn wait_for_log(&self, text: &str) {
        wait_until(&format!("{text:?} in the log"), || self.logged().contains(text));
    }

    /// Waits for these many workers that accept connections and are none of those.
    fn wait_for_workers(&self, count: usize, gone: &[u32]) -> Vec<u32> {
        wait_until(&format!("{count} workers other than {gone:?}"), || {
            let workers = self.workers();
            workers.len() == count && workers.iter().all(|worker| !gone.contains(worker))
        });
        wait_until("all of them serving", || {
            let status = self.status();
            let workers = status["workers"].as_array().unwrap();
            workers.len() == count && workers.iter().all(|worker| worker["state"] == "serving")
        });
        self.workers()
    }

    /// Waits for the end: exit code, and everything that was printed.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let printed = std::mem::replace(&mut self.printed, std::thread::spawn(String::new));
        (code, printed.join().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("log:\n{}", self.logged());
        }
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Clients at work whose replies must be 200 and from one of these generations.
fn clients(count: usize, address: SocketAddr, generations: &[&str]) -> Clients {
    let generations: Vec<String> = generations.iter().map(|&name| name.to_owned()).collect();
    let judge: Arc<Judge> = Arc::new(move |_, _, reply| {
        let from = reply.header("x-dataset").unwrap_or_default();
        if reply.status == 200 && generations.iter().any(|name| name == from) {
            Ok(())
        } else {
            Err(format!("{reply:?}"))
        }
    });
    Clients::start(count, address, &[SUN.to_owned()], &judge)
}

/// A small dataset whose generations differ in whether the mean apogee has a table.
struct Generations {
    dir: tempfile::TempDir,
    with: Manifest,
    without: Manifest,
}

impl Generations {
    fn build() -> Generations {
        let dir = workspace::scratch();
        let build = |bodies: &[Body]| {
            tables::build_small(dir.path(), (1950, 1990), bodies);
            Manifest::read(dir.path()).unwrap()
        };
        let without = build(&[Body::Sun]);
        let with = build(&[Body::Sun, Body::MeanApogee]);
        Generations { dir, with, without }
    }

    fn publish(&self, manifest: &Manifest) {
        let new = self.dir.path().join("manifest.new");
        std::fs::write(&new, manifest.to_bytes()).unwrap();
        std::fs::rename(new, self.dir.path().join(MANIFEST_FILE)).unwrap();
    }

    /// Files of blocks that only the larger generation has.
    fn own_files(&self) -> Vec<&str> {
        let is_own = |file: &str| self.without.blocks.iter().all(|block| block.file != file);
        self.with.blocks.iter().map(|block| block.file.as_str()).filter(|file| is_own(file)).collect()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(orrery_format::manifest::BLOCKS_DIR).join(file)
    }
}

/// Whether a process maps any of these files.
fn maps_any(pid: u32, files: &[&str]) -> bool {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    maps.lines().any(|line| files.iter().any(|file| line.contains(file)))
}

#[test]
fn what_each_worker_counts_any_of_them_tells() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2"]);
    let client = service.client();
    let mut sent = 0;
    let mut get = |target: &str, fields: &[(&str, &str)]| -> Reply {
        sent += 1;
        client.send("GET", target, fields)
    };
    // Connections are spread by their ports: with so many, no worker is left out.
    for _ in 0..60 {
        assert_eq!(get("/v1/positions?jd_tt=2451545&bodies=sun,moon", &[]).status, 200);
    }
    let etag = get(SUN, &[]).header("etag").unwrap().to_owned();
    for _ in 0..5 {
        assert_eq!(get(SUN, &[("if-none-match", &etag)]).status, 304);
    }
    for (target, status) in [
        ("/v1/positions?jd_tt=2451545&bodies=sun&source=live", 200),
        ("/v1/positions?jd_tt=2451545&bodies=sun,cupido", 200),
        ("/v1/positions?jd_tt=2451545&bodies=nobody", 422),
        ("/nowhere", 404),
        ("/health/live", 200),
    ] {
        assert_eq!(get(target, &[]).status, status, "{target}");
    }
    let status = service.status();
    let totals = &status["totals"];
    assert_eq!(totals["requests"], sent, "{status:#}");
    assert_eq!(totals["not_modified"], 5);
    // Every worker has told of its open connections, but the one that this was asked on is open still.
    assert_eq!(totals["connections"]["accepted"], sent + 1, "{status:#}");
    let positions =
        totals["resources"].as_array().unwrap().iter().find(|it| it["path"] == "/v1/positions").unwrap();
    assert_eq!(positions["requests"], 69);
    for (class, count) in [("2xx", 63), ("3xx", 5), ("4xx", 1), ("5xx", 0)] {
        assert_eq!(positions["statuses"][class], count, "{class}: {positions:#}");
    }
    assert_eq!(totals["unrouted"]["statuses"]["4xx"], 1);
    for (source, count) in [("table", 61), ("live", 1), ("mixed", 1)] {
        assert_eq!(totals["sources"][source], count, "{source}: {totals:#}");
    }
    let latency = |name: &str| positions["latency"][name].as_f64().unwrap();
    assert!(0.0 < latency("p50") && latency("p50") <= latency("p99"), "{positions:#}");
    assert!(latency("mean") > 0.0);
    let workers = status["workers"].as_array().unwrap();
    assert_eq!(workers.len(), 2);
    let mut pids: Vec<u64> = workers.iter().map(|worker| worker["pid"].as_u64().unwrap()).collect();
    pids.sort_unstable();
    assert_eq!(pids, service.workers().into_iter().map(u64::from).collect::<Vec<_>>());
    for worker in workers {
        assert_eq!(worker["generation"], status["generation"]);
        assert!(worker["requests"].as_u64().unwrap() > 0, "a worker was left out: {status:#}");
    }
    let by_workers: u64 = workers.iter().map(|worker| worker["requests"].as_u64().unwrap()).sum();
    assert_eq!(by_workers, sent);
    println!("{sent} requests counted by two workers");
}

/// Local ports of the clients whose connections a process holds, from the server's side of `/proc/net/tcp`.
fn clients_of(pid: u32, address: SocketAddr) -> HashSet<u16> {
    let held: HashSet<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let port = |field: &str| u16::from_str_radix(field.split(':').nth(1)?, 16).ok();
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|fields| port(fields[1]) == Some(address.port()) && held.contains(fields[9]))
        .filter_map(|fields| port(fields[2]))
        .collect()
}

/// Asks without end, on one connection or on one each, and notes the local port of each request that was lost.
fn ask_and_note(address: SocketAddr, keeps: bool, stop: &AtomicBool, answered: &AtomicU64) -> Vec<u16> {
    let mut lost = Vec::new();
    let mut kept: Option<TcpStream> = None;
    let close = if keeps { "" } else { "connection: close\r\n" };
    let request = format!("GET {SUN} HTTP/1.1\r\nhost: x\r\n{close}\r\n");
    while !stop.load(Ordering::Relaxed) {
        // A connection must always be had: the socket outlives its worker.
        let mut stream = kept.take().unwrap_or_else(|| TcpStream::connect(address).unwrap());
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let port = stream.local_addr().unwrap().port();
        let mut reply = Vec::new();
        let mut bytes = [0; 4096];
        let asked = stream.write_all(request.as_bytes()).and_then(|()| {
            loop {
                let length = stream.read(&mut bytes)?;
                reply.extend_from_slice(&bytes[..length]);
                let text = String::from_utf8_lossy(&reply);
                if length == 0 || text.contains("\r\n\r\n") && text.trim_end().ends_with('}') {
                    return Ok(text.starts_with("HTTP/1.1 200"));
                }
            }
        });
        if matches!(asked, Ok(true)) {
            answered.fetch_add(1, Ordering::Relaxed);
            kept = keeps.then_some(stream);
        } else {
            lost.push(port);
        }
        std::thread::sleep(Duration::from_micros(300));
    }
    lost
}

#[test]
fn a_killed_worker_takes_nothing_with_it_but_its_open_sockets() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2", "--log-level", "warn"]);
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let asking: Vec<JoinHandle<Vec<u16>>> = (0..16)
        .map(|nth| {
            let (address, stop, answered) = (service.address, Arc::clone(&stop), Arc::clone(&answered));
            std::thread::spawn(move || ask_and_note(address, nth % 2 == 0, &stop, &answered))
        })
        .collect();
    let mut open = HashSet::new();
    for round in 0..8 {
        let before = answered.load(Ordering::Relaxed);
        wait_until("some answers", || answered.load(Ordering::Relaxed) > before + 300);
        let workers = service.workers();
        let killed = workers[round % workers.len()];
        // Standing still it accepts no more: what it holds now is all that it takes with it.
        signal(killed, "STOP");
        wait_until("a worker that stands still", || {
            std::fs::read_to_string(format!("/proc/{killed}/stat")).is_ok_and(|stat| stat.contains(") T "))
        });
        open.extend(clients_of(killed, service.address));
        signal(killed, "KILL");
        service.wait_for_workers(2, &[killed]);
    }
    stop.store(true, Ordering::Relaxed);
    let lost: Vec<u16> = asking.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    let strangers: Vec<&u16> = lost.iter().filter(|port| !open.contains(*port)).collect();
    assert!(strangers.is_empty(), "lost on connections that no killed worker held: {strangers:?}");
    assert!(!lost.is_empty(), "no request was under way: nothing was tried");
    assert_eq!(service.status()["restarts"], 8);
    assert!(service.logged().contains("SIGKILL"), "{}", service.logged());
    println!(
        "8 workers killed under load: {} requests answered, {} lost, all on sockets that the killed held",
        answered.load(Ordering::Relaxed),
        lost.len()
    );
}

#[test]
fn sighup_replaces_every_worker_and_no_client_notices() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2", "--log-level", "warn"]);
    let generation = service.status()["generation"].as_str().unwrap().to_owned();
    let clients = clients(16, service.address, &[&generation]);
    let mut replaced = 0;
    for _ in 0..6 {
        let old = service.workers();
        signal(service.pid(), "HUP");
        replaced += service.wait_for_workers(2, &old).len();
        assert!(old.iter().all(|&worker| !is_alive(worker)));
    }
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{} of {} lost: {:?}", tally.lost.len(), tally.sent, tally.lost.first());
    assert_eq!(service.status()["restarts"], 0, "what is replaced has not crashed");
    println!("{replaced} workers replaced at SIGHUP, {} requests, none lost", tally.sent);
}

#[test]
fn a_worker_that_is_told_to_drain_is_replaced_and_no_client_notices() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2"]);
    let generation = service.status()["generation"].as_str().unwrap().to_owned();
    let clients = clients(16, service.address, &[&generation]);
    let mut replaced = 0;
    for round in 0..4 {
        let workers = service.workers();
        let told = workers[round % 2];
        signal(told, "TERM");
        service.wait_for_workers(2, &[told]);
        replaced += 1;
    }
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{} of {} lost: {:?}", tally.lost.len(), tally.sent, tally.lost.first());
    assert!(service.logged().contains("a worker was told to drain"), "{}", service.logged());
    println!("{replaced} workers told to drain, {} requests, none lost", tally.sent);
}

#[test]
fn without_its_supervisor_no_worker_stays() {
    let mut service = Service::start(tables::shared_dir(), &["--workers", "3"]);
    let workers = service.workers();
    assert_eq!(workers.len(), 3);
    let mut idle = service.client().connect();
    idle.send(format!("GET {SUN} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
    assert_eq!(idle.reply().unwrap().status, 200);
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    wait_until("the end of all workers", || workers.iter().all(|&worker| !is_alive(worker)));
    assert!(TcpStream::connect(service.address).is_err(), "somebody listens still");
    assert!(idle.is_over());
}

/// A request for much that is computed live.
fn slow_request() -> String {
    let bodies = "sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto,true_node,osculating_apogee,chiron,ceres";
    format!("GET /v1/positions?jd_tt=2451545.25&bodies={bodies}&source=live HTTP/1.1\r\nhost: x\r\n\r\n")
}

#[test]
fn sigterm_lets_slow_requests_come_to_their_end() {
    let service = Service::start(tables::shared_dir(), &["--workers", "1", "--live-queue", "1000"]);
    // One live thread works them off one after the other.
    let mut waiting: Vec<Connection> = (0..800).map(|_| service.client().connect()).collect();
    for connection in &mut waiting {
        connection.send(slow_request().as_bytes());
    }
    let mut half = service.client().connect();
    half.send(b"GET /health/live HTTP/1.1\r\nhos");
    // Answered on the way to the signal at the latest, so that all of them have been accepted.
    wait_until("all connections", || {
        service.status()["totals"]["connections"]["open"].as_u64() > Some(waiting.len() as u64)
    });
    let told = Instant::now();
    signal(service.pid(), "TERM");
    wait_until("a closed door", || TcpStream::connect(service.address).is_err());
    half.send(b"t: x\r\n\r\n");
    assert_eq!(half.reply().unwrap().status, 200, "what had begun is answered");
    let mut after = 0;
    for connection in &mut waiting {
        let reply = connection.reply().unwrap();
        assert_eq!((reply.status, reply.header("x-ephemeris-source")), (200, Some("live")));
        after += usize::from(reply.header("connection") == Some("close"));
    }
    let took = told.elapsed();
    assert!(after > 0, "all were answered before the signal came: nothing was tried");
    let (code, _) = service.end();
    assert_eq!(code, Some(0));
    println!("{after} of {} live requests were answered while draining, within {took:?}", waiting.len());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2"]);
    let workers = service.workers();
    // A head that does not end keeps its worker from ending.
    let mut half = service.client().connect();
    half.send(b"GET /health/live HTTP/1.1\r\nhos");
    wait_until("the connection", || service.status()["totals"]["connections"]["open"].as_u64() >= Some(2));
    signal(service.pid(), "TERM");
    std::thread::sleep(Duration::from_millis(500));
    assert!(workers.iter().any(|&worker| is_alive(worker)), "nothing was to be waited for");
    let told = Instant::now();
    signal(service.pid(), "INT");
    let (code, _) = service.end();
    assert_eq!(code, Some(1));
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    wait_until("the end of all workers", || workers.iter().all(|&worker| !is_alive(worker)));
}

#[test]
fn a_new_generation_is_taken_up_and_the_old_mapping_goes() {
    let generations = Generations::build();
    let (with, without) = (&generations.with, &generations.without);
    let service = Service::start(generations.dir.path(), &["--workers", "2", "--log-level", "warn"]);
    let own = generations.own_files();
    let workers = service.workers();
    assert!(!own.is_empty() && workers.iter().all(|&worker| maps_any(worker, &own)));
    let clients = clients(12, service.address, &[&with.generation, &without.generation]);
    let apogee = || service.client().get("/v1/positions?jd_tt=2440000.5&bodies=mean_apogee");
    let mut swaps = 0;
    for _ in 0..10 {
        for (manifest, source) in [(without, "mixed"), (with, "table")] {
            generations.publish(manifest);
            wait_until("both workers with the new generation", || {
                let status = service.status();
                let served = status["workers"].as_array().unwrap();
                served.iter().all(|worker| worker["generation"] == manifest.generation.as_str())
            });
            for _ in 0..8 {
                let reply = apogee();
                assert_eq!(reply.header("x-dataset"), Some(manifest.generation.as_str()));
                assert_eq!(reply.header("x-ephemeris-source"), Some(source));
            }
            // What only the old generation has is unmapped once its last request is done.
            wait_until("mappings of this generation alone", || {
                workers.iter().all(|&worker| maps_any(worker, &own) == (source == "table"))
            });
            swaps += 1;
        }
    }
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{} of {} lost: {:?}", tally.lost.len(), tally.sent, tally.lost.first());
    assert_eq!(service.workers(), workers, "no worker had to go for it");
    println!("{swaps} generations taken up by two workers, {} requests, none lost", tally.sent);
}

#[test]
fn a_damaged_generation_is_refused_and_the_old_one_served_even_by_new_workers() {
    let generations = Generations::build();
    let (with, without) = (&generations.with, &generations.without);
    generations.publish(without);
    let service = Service::start(generations.dir.path(), &["--workers", "2"]);
    let served = without.generation.as_str();
    let dataset = || service.client().get(SUN).header("x-dataset").map(str::to_owned);
    let clients = clients(8, service.address, &[served]);

    // A block of the new generation has lost a bit on its way: it is there under a name of its own.
    let own = generations.own_files()[0];
    let damaged_file = format!("damaged-{own}");
    let mut manifest = with.clone();
    manifest.blocks.iter_mut().find(|block| block.file == own).unwrap().file.clone_from(&damaged_file);
    let source = Source { pipeline: "damaged".into(), ..manifest.source.clone() };
    let manifest = Manifest::new(source, manifest.blocks);
    let good = std::fs::read(generations.path(own)).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(generations.path(&damaged_file), bytes).unwrap();
    generations.publish(&manifest);
    wait_until("the refusal", || service.status()["refused_generations"] == 1);
    let log = service.logged();
    assert!(log.contains(&damaged_file) && log.contains("rebuild it with `orrery-pipeline build`"), "{log}");
    assert_eq!(dataset().as_deref(), Some(served));
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{:?}", tally.lost.first());

    // Workers that start now start with what is served, not with what is published.
    let old = service.workers();
    signal(old[0], "KILL");
    service.wait_for_workers(2, &old[..1]);
    signal(service.pid(), "HUP");
    service.wait_for_workers(2, &old);
    assert_eq!(dataset().as_deref(), Some(served));
    assert_eq!(service.status()["refused_generations"], 1, "tried again, though nothing has changed");

    // No manifest, and one that is none.
    std::fs::write(generations.dir.path().join("half"), &manifest.to_bytes()[..1000]).unwrap();
    std::fs::rename(generations.dir.path().join("half"), generations.dir.path().join(MANIFEST_FILE)).unwrap();
    wait_until("another refusal", || service.status()["refused_generations"] == 2);
    std::fs::remove_file(generations.dir.path().join(MANIFEST_FILE)).unwrap();
    wait_until("a third refusal", || service.status()["refused_generations"] == 3);
    generations.publish(&manifest);
    wait_until("a fourth refusal", || service.status()["refused_generations"] == 4);
    assert_eq!(dataset().as_deref(), Some(served));

    // The block is put right, under the manifest that is there.
    std::fs::write(generations.path("mended"), good).unwrap();
    std::fs::rename(generations.path("mended"), generations.path(&damaged_file)).unwrap();
    wait_until("the generation, now that it is whole", || {
        let status = service.status();
        let served = status["workers"].as_array().unwrap();
        served.iter().all(|worker| worker["generation"] == manifest.generation.as_str())
    });
    println!("refused 4 times, {} requests from the old generation meanwhile, none lost", tally.sent);
}

#[test]
fn a_worker_that_cannot_start_is_tried_again_after_longer_and_longer() {
    let generations = Generations::build();
    let service = Service::start(generations.dir.path(), &["--workers", "2"]);
    let workers = service.workers();
    let block = generations.path(generations.own_files()[0]);
    let aside = generations.dir.path().join("aside");
    std::fs::rename(&block, &aside).unwrap();
    signal(workers[0], "KILL");
    service.wait_for_log("pause_ms=1600");
    let log = service.logged();
    for pause in ["pause_ms=100", "pause_ms=200", "pause_ms=400", "pause_ms=800"] {
        assert!(log.contains(pause), "{log}");
    }
    assert!(log.contains("a worker cannot start") && log.contains("opening failed"), "{log}");
    // With so long a pause the other worker gets all clients.
    let begun = Instant::now();
    for _ in 0..40 {
        assert_eq!(service.client().get(SUN).status, 200);
    }
    assert!(begun.elapsed() < Duration::from_millis(1500), "clients waited: {:?}", begun.elapsed());
    assert_eq!(service.workers(), workers[1..]);
    std::fs::rename(&aside, &block).unwrap();
    service.wait_for_workers(2, &workers[..1]);
    // It gets its share of the connections again.
    wait_until("requests for the new worker", || {
        let status = service.status();
        status["workers"].as_array().unwrap().iter().all(|worker| worker["requests"].as_u64() > Some(0))
    });
    let restarts = service.status()["restarts"].as_u64().unwrap();
    assert!((5..10).contains(&restarts), "{restarts}");
}

#[test]
fn sighup_reads_the_settings_again_and_keeps_the_old_ones_if_they_are_bad() {
    let scratch = workspace::scratch();
    let path = scratch.path().join("orrery.toml");
    let write = |text: &str| std::fs::write(&path, text).unwrap();
    write("workers = 2\n[limits]\ntarget_bytes = 1000");
    let service = Service::start(tables::shared_dir(), &["--config", path.to_str().unwrap()]);
    let long = format!("/health/live?{}", "x".repeat(600));
    let status = || service.client().get(&long).status;
    assert_eq!(status(), 400);
    let old = service.workers();

    write("workers = 2\n[limits]\ntarget_bytes = 'many'");
    signal(service.pid(), "HUP");
    service.wait_for_log("the settings cannot be used, and the old ones stay");
    assert!(service.logged().contains("target_bytes"), "{}", service.logged());
    assert_eq!((status(), service.workers()), (400, old.clone()));

    write("workers = 2\nephe = '/nowhere/at/all'\nlive_queue = 0");
    signal(service.pid(), "HUP");
    service.wait_for_log("live_queue = 0: give 1 to 1000000 requests");

    write("workers = 3\nlisten = '127.0.0.1:1'\n[limits]\ntarget_bytes = 500");
    signal(service.pid(), "HUP");
    service.wait_for_workers(2, &old);
    assert_eq!(status(), 414);
    assert!(service.logged().contains("workers has changed, which only a restart"), "{}", service.logged());
    // Flags win over the file, at a reload too.
    assert!(!service.logged().contains("listen has changed"), "{}", service.logged());
}

#[test]
fn it_greets_once_and_ends_as_it_should() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2"]);
    let address = service.address.to_string();
    // Another one does not share the port.
    let mut command = programs::command("orrery-server");
    command.args(["--listen", &address, "--datasets"]).arg(tables::shared_dir());
    let ended = programs::Ended::from(command.output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains(&address) && ended.err.contains("give --listen another address"), "{ended:?}");
    // Nobody starts a worker by hand.
    let ended = programs::Ended::from(programs::command("orrery-server").arg("worker").output().unwrap());
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("without the argument `worker`"), "{ended:?}");
    let ended = programs::Ended::from(programs::command("orrery-server").arg("--help").output().unwrap());
    assert!(ended.out.contains("--workers <N>") && !ended.out.contains("COMMAND"), "{ended:?}");

    let old = service.workers();
    signal(service.pid(), "HUP");
    let workers = service.wait_for_workers(2, &old);
    signal(service.pid(), "INT");
    let (code, printed) = service.end();
    assert_eq!(code, Some(0));
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(printed.starts_with("Serving dataset ") && printed.contains(&address), "{printed}");
    assert!(workers.iter().all(|&worker| !is_alive(worker)));
}

#[test]
fn a_damaged_dataset_is_not_served_at_all() {
    let generations = Generations::build();
    let path = generations.path(generations.own_files()[0]);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let mut command = programs::command("orrery-server");
    command.args(["--listen", "127.0.0.1:0", "--workers", "2", "--datasets"]).arg(generations.dir.path());
    let ended = programs::Ended::from(command.output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains(path.file_name().unwrap().to_str().unwrap()), "{ended:?}");
}
