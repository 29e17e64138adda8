//! More clients than a server was meant for.

use std::time::{Duration, Instant};

use orrery_tests::http::Connection;
use orrery_tests::programs::Server;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{LIVE, PATIENCE, ask, kept_kib, sockets, wait_so_long, wait_until};

/// Idle connections that a server is to bear.
const CROWD: usize = 10_000;

/// Descriptors that a process has for other things.
const OTHER_FILES: u64 = 500;

/// Connections that show how fast this machine opens them.
const SAMPLE: usize = 500;

/// Opens connections, half of which have asked something and wait for nothing more; how long that took.
fn open(server: &Server, count: usize) -> (Vec<Connection>, Duration) {
    let begun = Instant::now();
    let open = |nth| {
        let mut connection = Connection::open(server.address).unwrap();
        if nth % 2 == 0 {
            connection.send(LIVE);
            assert_eq!(connection.reply().unwrap().status, 200);
        }
        connection
    };
    ((0..count).map(open).collect(), begun.elapsed())
}

#[test]
fn ten_thousand_idle_connections_keep_nobody_waiting() {
    // This process holds one end of each connection and the server the other; it inherits the limit.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let room = limit.maximum.map_or(CROWD, |most| most.saturating_sub(OTHER_FILES) as usize);
    let crowd = room.min(CROWD);
    assert!(crowd > 1000, "the hard limit of open files leaves room for {crowd} connections");

    // All are to be open at once before the first is closed for its silence, and nobody is to wait longer than need be.
    let pace = open(&Server::with_settings(""), SAMPLE).1 / SAMPLE as u32;
    let idle_timeout = (pace * crowd as u32 * 3).max(Duration::from_secs(10));
    let server = Server::with_settings(&format!(
        "[limits]\nconnections = {}\nidle_timeout_s = {}",
        CROWD + 100,
        idle_timeout.as_secs()
    ));
    let client = server.client();
    ask(&client);
    let (others, memory) = (sockets(&server), kept_kib(&server));
    let (idle, opened) = open(&server, crowd);
    wait_until("all are accepted", || sockets(&server) >= crowd);
    let kept = idle.iter().filter(|connection| !connection.is_over()).count();
    let each = (kept_kib(&server).saturating_sub(memory)) as f64 / crowd as f64;

    let mut waits: Vec<Duration> = (0..200).map(|_| ask(&client)).collect();
    waits.sort_unstable();
    println!(
        "{crowd} idle connections opened in {opened:?}, {kept} of them open, {each:.1} KiB each; others are answered \
         within {:?} (99 of 100: {:?})",
        waits[100], waits[198]
    );
    assert!(kept * 10 >= crowd * 9, "{kept} of {crowd} are open");
    assert!(each < 32.0, "{each} KiB for an idle connection");

    let patience = idle_timeout * 2 + PATIENCE;
    let taken = wait_so_long(patience, "the idle are closed", || idle.iter().all(Connection::is_over));
    println!("all closed {taken:?} later");
    wait_until("their sockets are given back", || sockets(&server) <= others + 2);
    ask(&client);
}

#[test]
fn beyond_the_limit_clients_wait_and_are_served_in_turn() {
    let server = Server::with_settings("[limits]\nconnections = 4");
    let mut inside: Vec<Connection> = (0..4).map(|_| server.client().connect()).collect();
    for connection in &mut inside {
        connection.send(LIVE);
        assert_eq!(connection.reply().unwrap().status, 200);
    }
    let mut outside: Vec<Connection> = (0..8).map(|_| server.client().connect()).collect();
    for connection in &mut outside {
        connection.send(LIVE);
        connection.set_patience(Duration::from_millis(50));
    }
    assert!(outside.iter_mut().all(|connection| connection.reply().is_err()), "answered beyond the limit");
    // Those inside are served as ever.
    for connection in &mut inside {
        connection.send(LIVE);
        assert_eq!(connection.reply().unwrap().status, 200);
    }
    // As one goes another comes in, in the order in which they came.
    for mut connection in outside {
        drop(inside.remove(0));
        connection.set_patience(PATIENCE);
        assert_eq!(connection.reply().unwrap().status, 200);
        inside.push(connection);
    }
}

#[test]
fn the_silent_give_way_to_those_who_ask() {
    let server = Server::with_settings("[limits]\nconnections = 4\nidle_timeout_s = 1\nheader_timeout_s = 1");
    let silent: Vec<Connection> = (0..12).map(|_| server.client().connect()).collect();
    let taken = ask(&server.client());
    assert!(taken < Duration::from_secs(20), "{taken:?} behind {} silent connections", silent.len());
}
