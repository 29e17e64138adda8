//! Clients that send more than they should, or slower, and clients that ask for more than they take.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use orrery_tests::http::Connection;
use orrery_tests::programs::Server;
use rustix::net::sockopt::set_socket_recv_buffer_size;

use crate::{PATIENCE, ask, kept_kib, sockets, wait_until};

/// A table that nobody reads to its end.
const ENDLESS: &[u8] =
    b"GET /v1/ephemeris?start=1801-01-01&stop=2399-01-01&step=1m&format=ndjson HTTP/1.1\r\nhost: x\r\n\r\n";

fn post_head(fields: &str) -> Vec<u8> {
    format!("POST /v1/positions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n").into_bytes()
}

/// Posts a body, and reads what comes of it. Whoever is refused may be cut off before all is sent.
fn post(server: &Server, fields: &str, body: &[u8]) -> String {
    let mut connection = server.client().connect();
    connection.send(&post_head(&format!("content-length: {}\r\n{fields}", body.len())));
    let _ = connection.try_send(body);
    String::from_utf8(connection.rest()).unwrap()
}

/// 512 MiB of spaces, in as little as a coding makes of them.
fn bomb(coding: &str) -> Vec<u8> {
    let mut spaces = std::io::repeat(b' ').take(512 << 20);
    let mut bomb = Vec::new();
    match coding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(&mut bomb, flate2::Compression::best());
            std::io::copy(&mut spaces, &mut encoder).unwrap();
            encoder.finish().unwrap();
        }
        "br" => {
            let mut encoder = brotli::CompressorWriter::new(&mut bomb, 4096, 5, 22);
            std::io::copy(&mut spaces, &mut encoder).unwrap();
            encoder.flush().unwrap();
        }
        _ => zstd::stream::copy_encode(spaces, &mut bomb, 3).unwrap(),
    }
    bomb
}

#[test]
fn bombs_are_refused_and_nothing_is_left_of_them() {
    let server = Server::with_settings("");
    assert!(post(&server, "", br#"{"jd": [2451545], "bodies": ["sun"]}"#).starts_with("HTTP/1.1 200 "));
    let bombs = ["gzip", "br", "zstd"].map(|coding| (coding, bomb(coding)));
    let refuse_all = |times: usize| {
        for (coding, bomb) in &bombs {
            let begun = Instant::now();
            for _ in 0..times {
                let said = post(&server, &format!("content-encoding: {coding}\r\n"), bomb);
                assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("once it is decoded"), "{said}");
            }
            println!("{coding}: {times} bombs of {} KiB took {:?}", bomb.len() / 1024, begun.elapsed());
        }
    };
    // What the first ones took for good, such as room to decode in, is there for the next.
    refuse_all(1);
    let before = kept_kib(&server);
    refuse_all(4);
    let grown = || kept_kib(&server).saturating_sub(before);
    wait_until("what was refused is let go of", || grown() < 8 * 1024);
    ask(&server.client());
}

#[test]
fn bodies_that_trickle_or_end_halfway_hold_nothing() {
    let server = Server::with_settings("[limits]\nbody_timeout_s = 2");
    let others = sockets(&server);
    let mut trickling: Vec<Connection> = (0..40)
        .map(|nth| {
            let mut connection = server.client().connect();
            connection.send(&post_head(if nth % 2 == 0 {
                "content-length: 100000\r\n"
            } else {
                "transfer-encoding: chunked\r\n"
            }));
            connection
        })
        .collect();
    let begun = Instant::now();
    while !trickling.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "{} are still waited for", trickling.len());
        trickling
            .retain_mut(|connection| !connection.is_over() && connection.try_send(b"1\r\n[\r\n").is_ok());
        ask(&server.client());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(begun.elapsed() >= Duration::from_millis(1900), "{:?}", begun.elapsed());
    for _ in 0..100 {
        let mut connection = server.client().connect();
        connection.send(&[&post_head("content-length: 1000\r\n")[..], b"{\"jd\": [2451545,"].concat());
    }
    wait_until("their sockets are given back", || sockets(&server) <= others + 2);
    ask(&server.client());
}

#[test]
fn what_is_held_of_bodies_has_an_end() {
    let server =
        Server::with_settings("[limits]\nbody_bytes = 4194304\nbodies_bytes = 8388608\nbody_timeout_s = 3");
    let before = kept_kib(&server);
    let almost = vec![b' '; 4_000_000];
    let mut held: Vec<Connection> = (0..8)
        .map(|_| {
            let mut connection = server.client().connect();
            connection.send(&post_head("content-length: 4194304\r\n"));
            // Those for whom there is no room are cut off.
            let _ = connection.try_send(&almost);
            connection
        })
        .collect();
    let refused = held.iter_mut().map(|connection| String::from_utf8(connection.rest()).unwrap());
    let statuses: Vec<_> = refused.map(|said| said.get(9..12).unwrap_or_default().to_owned()).collect();
    // What was refused may have been lost with the rest of what was sent.
    assert!(statuses.iter().all(|status| ["503", "408", ""].contains(&status.as_str())), "{statuses:?}");
    let waited_for = statuses.iter().filter(|status| *status == "408").count();
    assert!((1..=2).contains(&waited_for), "{statuses:?}");
    let grown = kept_kib(&server).saturating_sub(before);
    assert!(grown < 6 * 1024, "{grown} KiB are kept for bodies that are gone");
    assert!(post(&server, "", br#"{"jd": [2451545]}"#).starts_with("HTTP/1.1 200 "));
}

#[test]
fn those_who_ask_for_everything_and_read_nothing_cost_little_and_are_cut() {
    let server = Server::with_settings("[limits]\nidle_timeout_s = 3");
    let client = server.client();
    ask(&client);
    let (others, before) = (sockets(&server), kept_kib(&server));
    let mut greedy: Vec<Connection> = (0..50)
        .map(|_| {
            let connection = client.connect();
            set_socket_recv_buffer_size(&connection, 16 * 1024).unwrap();
            connection
        })
        .collect();
    for connection in &mut greedy {
        connection.send(ENDLESS);
    }
    let mut slowest = Duration::ZERO;
    let mut most = 0;
    for _ in 0..20 {
        slowest = slowest.max(ask(&client));
        most = most.max(kept_kib(&server).saturating_sub(before));
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("{} KiB for each of them; others are answered within {slowest:?}", most / 50);
    assert!(most / 50 < 1024, "{} KiB for a client that reads nothing", most / 50);
    wait_until("they are cut", || sockets(&server) <= others + 2);
    drop(greedy);
    ask(&client);
}
