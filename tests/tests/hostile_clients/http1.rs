//! Clients of HTTP/1.1 that do not do as they should.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use orrery_tests::http::Connection;
use orrery_tests::programs::Server;
use rustix::net::sockopt::set_socket_recv_buffer_size;

use crate::{LAST, LIVE, PATIENCE, ask, kept_kib, sockets, wait_until};

/// A server that waits a second or two for everything.
fn impatient() -> Server {
    Server::with_settings("[limits]\nheader_timeout_s = 2\nidle_timeout_s = 1")
}

#[test]
fn a_byte_now_and_then_holds_no_connection() {
    let server = impatient();
    let mut connection = server.client().connect();
    let begun = Instant::now();
    // A whole request, a byte at a time, that would take eight seconds.
    for byte in LIVE {
        if connection.try_send(&[*byte]).is_err() || connection.is_over() {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(5), "held for {taken:?}");
    ask(&server.client());
    // One that gets done within the time is slow and no more.
    let mut connection = server.client().connect();
    for piece in LAST.chunks(10) {
        connection.send(piece);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(connection.reply().unwrap().status, 200);
}

#[test]
fn silence_ends_a_connection_without_a_word() {
    let server = impatient();
    let mut connection = server.client().connect();
    let begun = Instant::now();
    assert_eq!(connection.rest(), b"");
    let taken = begun.elapsed();
    assert!((Duration::from_millis(900)..PATIENCE).contains(&taken), "{taken:?}");
    // Behind a reply as before any; and each request begins the time anew.
    let server = Server::with_settings("[limits]\nidle_timeout_s = 3");
    let mut connection = server.client().connect();
    for _ in 0..5 {
        connection.send(LIVE);
        assert_eq!(connection.reply().unwrap().status, 200);
        std::thread::sleep(Duration::from_millis(800));
    }
    assert_eq!(connection.rest(), b"");
}

#[test]
fn half_a_request_and_its_end_end_the_connection() {
    let server = Server::shared();
    for half in ["G", "GET /v1/positions", "GET /health/live HTTP/1.1\r\nhost: x\r\n", "\r\n\r\n", ""] {
        let mut connection = server.client().connect();
        connection.send(half.as_bytes());
        connection.finish();
        let begun = Instant::now();
        let said = String::from_utf8(connection.rest()).unwrap();
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 400 "), "{half:?}: {said}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{half:?}");
    }
    // A whole request whose sender has said all it had to say is answered.
    let mut connection = server.client().connect();
    connection.send(LIVE);
    connection.finish();
    assert_eq!(connection.reply().unwrap().status, 200);
}

#[test]
fn a_header_without_end_is_cut_and_costs_little() {
    let server = Server::with_settings("[limits]\nheader_timeout_s = 2");
    let before = kept_kib(&server);
    // One field without end, and fields without end, as fast as they are taken.
    for piece in [vec![b'y'; 4096], b"x: y\r\n".repeat(600)] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\nx: ").unwrap();
        let (begun, mut sent) = (Instant::now(), 0);
        while stream.write_all(&piece).is_ok() {
            sent += piece.len();
            assert!(begun.elapsed() < PATIENCE, "still taken after {sent} bytes");
        }
    }
    // And slowly, a field at a time: the clock runs from the first byte, whatever comes.
    let mut connection = server.client().connect();
    connection.send(b"GET /health/live HTTP/1.1\r\nhost: x\r\n");
    let begun = Instant::now();
    while !connection.is_over() && connection.try_send(b"x: y\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(100));
        assert!(begun.elapsed() < PATIENCE, "never cut");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let grown = kept_kib(&server).saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB were kept for headers");
    ask(&server.client());
}

#[test]
fn a_body_without_end_is_not_read_to_its_end() {
    let server = Server::shared();
    for head in ["content-length: 33554432", "content-length: 10000000000", "transfer-encoding: chunked"] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
            .write_all(format!("GET /health/live HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n").as_bytes())
            .unwrap();
        let chunk = if head.contains("chunked") {
            format!("1000\r\n{}\r\n", "z".repeat(4096)).into_bytes()
        } else {
            vec![b'z'; 4096]
        };
        let (begun, mut sent) = (Instant::now(), 0_u64);
        while stream.write_all(&chunk).is_ok() {
            sent += chunk.len() as u64;
            assert!(begun.elapsed() < Duration::from_secs(10), "{head}: {sent} bytes were taken");
        }
    }
    ask(&server.client());
}

#[test]
fn what_follows_a_refused_body_is_not_taken_for_a_request() {
    let server = Server::shared();
    // Whose length two parties could see differently; and a plain one, whose text is itself a request.
    for head in [
        "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 44\r\n\r\n0\r\n\r\n",
        "content-length: 65\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    ] {
        let mut connection = server.client().connect();
        connection.send(format!("GET /v1/dataset HTTP/1.1\r\nhost: x\r\n{head}").as_bytes());
        // The server may have closed already.
        let _ = connection.try_send(LAST);
        let said = String::from_utf8(connection.rest()).unwrap();
        assert!(said.starts_with("HTTP/1.1 400 "), "{head:?}: {said}");
        assert_eq!(said.matches("content-length: ").count(), 1, "{head:?}: {said}");
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let server = Server::shared();
    let mut connection = server.client().connect();
    let jds: Vec<f64> = (0..300).map(|nth| 2_400_000.5 + f64::from(nth) * 17.25).collect();
    let request = |jd: f64, close: &str| {
        // Every third one is for the live source, so that the quick could pass the slow.
        let source = if jd % 3.0 < 1.0 { "live" } else { "table" };
        format!(
            "GET /v1/positions?jd_tt={jd:?}&bodies=sun&source={source} HTTP/1.1\r\nhost: x\r\n{close}\r\n"
        )
    };
    let (last, others) = jds.split_last().unwrap();
    let all: String = others.iter().map(|&jd| request(jd, "")).collect();
    connection.send(all.as_bytes());
    let last = request(*last, "connection: close\r\n");
    // The last one in two pieces.
    connection.send(&last.as_bytes()[..20]);
    std::thread::sleep(Duration::from_millis(20));
    connection.send(&last.as_bytes()[20..]);
    for jd in jds {
        let reply = connection.reply().unwrap();
        assert_eq!((reply.status, reply.json()["time"]["jd_tt"].as_f64()), (200, Some(jd)));
    }
    assert_eq!(connection.rest(), b"");
}

/// Replies that a client is slow to take are no reason to tell it that its requests are slow.
#[test]
fn one_that_pipelines_and_reads_slowly_gets_every_reply() {
    let server = Server::with_settings("[limits]\nheader_timeout_s = 1\nidle_timeout_s = 60");
    let count = 12_000_u32;
    let mut connection = server.client().connect();
    // Replies are to wait at the server: the system would keep many megabytes of them here.
    set_socket_recv_buffer_size(&connection, 256 * 1024).unwrap();
    let mut writer = connection.another();
    let writing = std::thread::spawn(move || {
        for nth in 0..count {
            let jd = 2_400_000.5 + f64::from(nth);
            let request = format!("GET /v1/positions?jd_tt={jd:?} HTTP/1.1\r\nhost: x\r\n\r\n");
            writer.send(request.as_bytes());
        }
    });
    // Until neither side takes any more, and then for longer than a head may take.
    let counted = || server.client().get("/status").json()["totals"]["requests"].as_u64().unwrap();
    let (mut before, mut still) = (0, 0);
    wait_until("the replies wait for their reader", || {
        std::thread::sleep(Duration::from_millis(100));
        // The look itself is one.
        let now = counted();
        still = if now == before + 1 { still + 1 } else { 0 };
        before = now;
        still == 25
    });
    assert!(before < u64::from(count), "all were answered into buffers: nothing was tried");
    for nth in 0..count {
        let reply = connection.reply().unwrap();
        let jd = 2_400_000.5 + f64::from(nth);
        assert_eq!((reply.status, reply.json()["time"]["jd_tt"].as_f64()), (200, Some(jd)), "{nth}");
    }
    writing.join().unwrap();
    // It is still good for another.
    connection.send(LAST);
    assert_eq!(connection.reply().unwrap().status, 200);
}

#[test]
fn one_that_never_reads_is_cut_and_costs_little() {
    let server = impatient();
    let before = kept_kib(&server);
    let mut streams: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    let request = b"GET /v1/positions?jd=2461120 HTTP/1.1\r\nhost: x\r\n\r\n".repeat(64);
    for stream in &mut streams {
        stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
        // Until neither side takes any more.
        while stream.write_all(&request).is_ok() {}
    }
    let grown = kept_kib(&server).saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB are kept for replies that nobody reads");
    ask(&server.client());
    for stream in &mut streams {
        wait_until("it is cut", || {
            stream.set_nonblocking(true).unwrap();
            // What is sent to a connection that was reset comes back as an error.
            matches!(stream.write(b"G"), Err(error) if error.kind() != ErrorKind::WouldBlock)
        });
    }
}

#[test]
fn those_that_leave_in_the_middle_leave_nothing_behind() {
    let server = Server::with_settings("[live]\nthreads = 1");
    ask(&server.client());
    let before = sockets(&server);
    for nth in 0..200 {
        let mut connection = Connection::open(server.address).unwrap();
        let jd = 2_400_000.5 + f64::from(nth);
        connection.send(
            format!("GET /v1/positions?jd={jd:?}&bodies=all&source=live HTTP/1.1\r\nhost: x\r\n\r\n")
                .as_bytes(),
        );
        // Gone before the reply.
    }
    wait_until("connections are gone", || sockets(&server) <= before + 2);
    ask(&server.client());
}

#[test]
fn unusual_and_good_requests_are_answered() {
    let server = Server::shared();
    let client = server.client();
    let path = "/v1/positions?jd=2461120&bodies=sun";
    let plain = client.get(path);
    for request in [
        // A proxy's form of the target, whose authority goes before the field.
        format!("GET http://orrery.example{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        format!("GET HTTP://ORRERY.EXAMPLE:80{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        // Empty lines ahead, as old clients send them; spaces and tabs around values.
        format!("\r\n\r\nGET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        format!("GET {path} HTTP/1.1\r\nHOST:\t x \t\r\nConnection:close\r\n\r\n"),
        format!("GET {path} HTTP/1.0\r\n\r\n"),
    ] {
        let reply = client.raw(request.as_bytes());
        assert_eq!((reply.status, &reply.body), (200, &plain.body), "{request:?}: {reply:?}");
    }
    // Whoever asks for leave to send a body it does not have is answered as if it had not.
    let reply = client.send("GET", path, &[("expect", "100-continue")]);
    assert_eq!(reply.status, 200);
}
