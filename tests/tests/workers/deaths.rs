//! Workers that die, hang, or cannot be started.

use std::collections::HashSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use orrery_tests::processes::{is_alive, signal};
use orrery_tests::{programs, tables};

use crate::generations::Generations;
use crate::{Log, PATIENCE, SUN, Service, halt, settings, wait_until};

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
        let mut stream = match kept.take().map_or_else(|| TcpStream::connect(address), Ok) {
            Ok(stream) => stream,
            // This machine has no port left for the moment; no server could have answered.
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => continue,
            Err(error) => panic!("no connection: {error}"),
        };
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
        halt(killed);
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
    service.wait_for_log("SIGKILL");
    println!(
        "8 workers killed under load: {} requests answered, {} lost, all on sockets that the killed held",
        answered.load(Ordering::Relaxed),
        lost.len()
    );
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

#[test]
fn a_worker_that_cannot_start_is_tried_again_after_longer_and_longer() {
    let generations = Generations::build();
    let service = Service::start(generations.dir.path(), &["--workers", "2"]);
    let workers = service.workers();
    let block = generations.path(generations.own_files()[0]);
    let aside = generations.dir.path().join("aside");
    std::fs::rename(&block, &aside).unwrap();
    signal(workers[0], "KILL");
    // From 1600 on the slot has no socket, and one pause later it has been closed for certain.
    service.wait_for_log("pause_ms=3200");
    let log = service.logged();
    for pause in ["pause_ms=100", "pause_ms=200", "pause_ms=400", "pause_ms=800", "pause_ms=1600"] {
        assert!(log.contains(pause), "{log}");
    }
    assert!(log.contains("a worker cannot start") && log.contains("opening failed"), "{log}");
    // With so long a pause the other worker gets all clients: nobody would answer one that had to wait for this one.
    for _ in 0..40 {
        assert_eq!(service.client().get(SUN).status, 200);
    }
    let status = service.status();
    let serving = status["workers"].as_array().unwrap().iter().filter(|worker| worker["state"] == "serving");
    assert_eq!(serving.map(|worker| worker["pid"].as_u64()).collect::<Vec<_>>(), [Some(workers[1].into())]);
    std::fs::rename(&aside, &block).unwrap();
    service.wait_for_workers(2, &workers[..1]);
    // It gets its share of the connections again; each look is a request.
    wait_until("requests for the new worker", || {
        let status = service.status();
        status["workers"].as_array().unwrap().iter().all(|worker| worker["requests"].as_u64() > Some(0))
    });
    assert!(service.status()["restarts"].as_u64() >= Some(6), "{}", service.status());
}

#[test]
fn a_worker_that_hangs_is_noticed_and_replaced() {
    let (_scratch, config) = settings("workers = 2\n[limits]\nhang_s = 8");
    let service = Service::start(tables::shared_dir(), &config.each_ref().map(String::as_str));
    let hung = service.workers()[0];
    halt(hung);
    let workers = service.wait_for_workers(2, &[hung]);
    service.wait_for_log("it has hung for 8 seconds (limits.hang_s)");
    assert!(!is_alive(hung));
    // Those who waited in its queue meanwhile, this one among them perhaps, are answered by the next.
    assert_eq!(service.client().get(SUN).status, 200);
    assert_eq!(service.status()["restarts"], 1);
    assert_eq!(service.workers(), workers, "one that does not hang was taken for one that does");
}

/// Has so many requests answered by one worker, each with a line in the log of about 150 bytes.
fn log_much(service: &Service, requests: usize) {
    let request = format!("GET {SUN} HTTP/1.1\r\nhost: x\r\n\r\n");
    let mut connection = service.client().connect();
    for _ in 0..requests / 20 {
        connection.send(request.repeat(20).as_bytes());
        for _ in 0..20 {
            assert_eq!(connection.reply().unwrap().status, 200);
        }
    }
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    for log in [Log::Closed, Log::Unread] {
        let arguments = ["--workers", "2", "--log-level", "debug"];
        let service = Service::run(&mut Service::command(tables::shared_dir(), &arguments), log);
        // A pipe holds 64 KiB.
        log_much(&service, 1000);
        let old = service.workers();
        signal(old[0], "KILL");
        let next = service.wait_for_workers(2, &old[..1]);
        signal(service.pid(), "HUP");
        service.wait_for_workers(2, &next);
        log_much(&service, 1000);
        signal(service.pid(), "TERM");
        let (code, printed) = service.end();
        assert_eq!((code, printed.lines().count()), (Some(0), 1), "{log:?}: {printed}");
    }
}

#[test]
fn lines_that_were_dropped_while_nobody_read_are_told_of() {
    let arguments = ["--workers", "1", "--log-level", "debug"];
    let command = &mut Service::command(tables::shared_dir(), &arguments);
    let mut service = Service::run(command, Log::Unread);
    // What fits into the pipe, and what may wait behind it, is a few thousand.
    log_much(&service, 10_000);
    service.read_log();
    service.wait_for_log("lines of the log were dropped");
    signal(service.pid(), "TERM");
    // And what is logged last gets out.
    service.wait_for_log("a worker has finished");
    assert_eq!(service.end().0, Some(0));
}

/// With few files to be open at once one thing after the other fails, and at some point workers do.
#[test]
fn a_service_that_gets_no_worker_says_why_and_ends() {
    let mut reasons = HashSet::new();
    for files in 6..40 {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]);
        command.arg(programs::path("orrery-server")).args(["--listen", "127.0.0.1:0", "--workers", "1"]);
        command.arg("--datasets").arg(tables::shared_dir()).args([
            "--ephe",
            "/nowhere",
            "--log-level",
            "off",
        ]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It ends by itself, or says that it serves.
        let mut said = [0; 7];
        let serves = child.stdout.take().unwrap().read_exact(&mut said).is_ok();
        if serves {
            assert_eq!(said, *b"Serving");
            signal(child.id(), "TERM");
        }
        let ended = programs::Ended::from(child.wait_with_output().unwrap());
        if ended.code == Some(101) && reasons.is_empty() {
            // With as few as that the runtime itself panics, before anything has begun.
            continue;
        }
        assert_eq!(ended.code, Some(i32::from(!serves)), "with {files} files: {ended:?}");
        if serves {
            assert_eq!(ended.err, "", "with {files} files");
            assert!(reasons.contains("no worker can start"), "workers were never what failed: {reasons:?}");
            return;
        }
        assert!(ended.err.starts_with("orrery-server: "), "with {files} files: {ended:?}");
        for reason in ["no worker can start", "ulimit"] {
            reasons.extend(ended.err.contains(reason).then_some(reason));
        }
    }
    panic!("never served: {reasons:?}");
}
