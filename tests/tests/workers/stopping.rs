//! How a service ends, and what it says at either end.

use std::io::{Read, Write};
use std::net::TcpStream;

use orrery_tests::http::Connection;
use orrery_tests::processes::{is_alive, signal};
use orrery_tests::{programs, tables};

use crate::{PATIENCE, Service, halt, settings, wait_until};

/// A request for much that is computed live.
fn slow_request() -> String {
    let bodies = "sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto,true_node,osculating_apogee,chiron,ceres";
    format!("GET /v1/positions?jd_tt=2451545.25&bodies={bodies}&source=live HTTP/1.1\r\nhost: x\r\n\r\n")
}

#[test]
fn sigterm_lets_slow_requests_come_to_their_end() {
    let (_scratch, config) = settings(
        "workers = 1\n[live]\nqueue = 1000\n[limits]\ndrain_s = 60\nhang_s = 60\nheader_timeout_s = 60",
    );
    let service = Service::start(tables::shared_dir(), &config.each_ref().map(String::as_str));
    let worker = service.workers()[0];
    let mut waiting: Vec<Connection> = (0..200).map(|_| service.client().connect()).collect();
    let mut half = service.client().connect();
    half.send(b"GET /health/live HTTP/1.1\r\nhos");
    wait_until("all connections", || {
        service.status()["totals"]["connections"]["open"].as_u64() > Some(waiting.len() as u64)
    });
    // The requests and the signal reach a worker that stands still: it finds them all at once, however fast it is.
    halt(worker);
    for connection in &mut waiting {
        connection.send(slow_request().as_bytes());
    }
    signal(service.pid(), "TERM");
    service.wait_for_log("stopping");
    signal(worker, "CONT");
    wait_until("a closed door", || TcpStream::connect(service.address).is_err());
    half.send(b"t: x\r\n\r\n");
    assert_eq!(half.reply().unwrap().status, 200, "what had begun is answered");
    let mut after = 0;
    for connection in &mut waiting {
        let reply = connection.reply().unwrap();
        assert_eq!((reply.status, reply.header("x-ephemeris-source")), (200, Some("live")));
        after += usize::from(reply.header("connection") == Some("close"));
    }
    assert!(after > 0, "all were answered before the signal came: nothing was tried");
    let (code, _) = service.end();
    assert_eq!(code, Some(0));
    println!("{after} of {} live requests were answered while draining", waiting.len());
}

#[test]
fn a_client_of_http2_in_the_middle_of_its_preface_is_told_to_go_once_it_is_through() {
    let (_scratch, config) =
        settings("workers = 1\n[limits]\ndrain_s = 600\nheader_timeout_s = 600\nidle_timeout_s = 600");
    let service = Service::start(tables::shared_dir(), &config.each_ref().map(String::as_str));
    let idle = service.client().connect();
    let mut half = TcpStream::connect(service.address).unwrap();
    half.set_read_timeout(Some(PATIENCE)).unwrap();
    half.write_all(b"PRI * HTTP/2.0\r\n").unwrap();
    wait_until("the connections", || service.status()["totals"]["connections"]["open"].as_u64() >= Some(3));
    signal(service.pid(), "TERM");
    // It is closed when all are told to go; the other one is no client of HTTP/2 yet.
    wait_until("the end of the idle one", || idle.is_over());
    // The rest, and settings, of which there are none.
    half.write_all(b"\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    // Frames until GOAWAY, each with its length, its kind, and six more bytes ahead of it.
    loop {
        let mut head = [0; 9];
        half.read_exact(&mut head).unwrap();
        let [high, middle, low, kind, ..] = head;
        if kind == 7 {
            break;
        }
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        half.read_exact(&mut vec![0; length]).unwrap();
    }
    drop(half);
    assert_eq!(service.end().0, Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (_scratch, config) = settings("workers = 2\n[limits]\ndrain_s = 600\nheader_timeout_s = 600");
    let service = Service::start(tables::shared_dir(), &config.each_ref().map(String::as_str));
    let workers = service.workers();
    // A head that does not end keeps its worker from ending.
    let mut half = service.client().connect();
    half.send(b"GET /health/live HTTP/1.1\r\nhos");
    wait_until("the connection", || service.status()["totals"]["connections"]["open"].as_u64() >= Some(2));
    signal(service.pid(), "TERM");
    // The other worker has nothing to wait for.
    wait_until("the end of one worker", || service.workers().len() == 1);
    signal(service.pid(), "INT");
    // Long before limits.drain_s.
    let (code, _) = service.end();
    assert_eq!(code, Some(1));
    wait_until("the end of all workers", || workers.iter().all(|&worker| !is_alive(worker)));
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
    assert!(ended.out.contains("--workers <VALUE>") && !ended.out.contains("\n  worker "), "{ended:?}");

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
