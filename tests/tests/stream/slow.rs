//! Clients that read slowly, or not at all for a while.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use orrery_tests::programs::Server;

use crate::{Event, SKY, first_event};

/// Much at each tick, so that what systems keep for a client is soon full.
const QUERY: &str = "interval=0.1&bodies=all&center=topo&lat=52.52&lon=13.4&fields=all&precision=full";

/// A connection for which the client's system keeps little, by HTTP/1.0: there are no chunks between events.
fn connect(server: SocketAddr) -> TcpStream {
    let mut stream = socket(server);
    write!(stream, "GET {SKY}?{QUERY} HTTP/1.0\r\nhost: x\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(crate::PATIENCE)).unwrap();
    stream
}

fn socket(server: SocketAddr) -> TcpStream {
    use rustix::net::sockopt::set_socket_recv_buffer_size;
    use rustix::net::{AddressFamily, SocketType, connect, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    set_socket_recv_buffer_size(&socket, 16 * 1024).unwrap();
    connect(&socket, &server).unwrap();
    TcpStream::from(socket)
}

/// Milliseconds since 1970.
fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[test]
fn who_does_not_read_for_a_while_misses_ticks_and_gets_no_more_than_is_on_its_way() {
    let server = Server::with_settings("[limits]\nheader_bytes = 8192");
    let mut slow = connect(server.address);
    // Long enough for some hundred ticks, of which there is room for a few dozen.
    std::thread::sleep(Duration::from_secs(10));
    let woken = now_ms();
    let (mut text, mut events) = (String::new(), VecDeque::<Event>::new());
    let mut bytes = [0; 16 * 1024];
    while events.back().is_none_or(|event| event.millis() < woken + 1000) {
        let read = slow.read(&mut bytes).unwrap();
        assert!(read > 0, "the stream ended");
        text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        if events.is_empty() && text.starts_with("HTTP") {
            let Some((_, rest)) = text.split_once("\r\n\r\n") else { continue };
            text = rest.to_owned();
        }
        while let Some((event, length)) = first_event(&text) {
            events.extend(event);
            text.drain(..length);
        }
    }
    let millis: Vec<_> = events.iter().map(Event::millis).collect();
    assert!(millis.windows(2).all(|two| two[0] < two[1] && two[1].is_multiple_of(100)), "{millis:?}");
    // What was kept is from before, and then comes what is now: nothing between the two was queued.
    let kept = millis.iter().filter(|at| **at < woken).count();
    let longest = millis.windows(2).map(|two| two[1] - two[0]).max().unwrap();
    assert!(kept > 0 && longest > 1000, "{kept} events were kept, and none was missed: {millis:?}");
    println!("{kept} of about 100 events of {} bytes were on their way", events[0].data.len());
    // The others were not waited for by anyone.
    assert_eq!(server.client().get("/health/live").status, 200);
}
