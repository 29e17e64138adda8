//! Streams of the sky over real sockets: HTTP/1.1, HTTP/2 and WebSocket, their silence and their end.

use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::*;

const OFTEN: &str = "/v1/stream/sky?bodies=sun&interval=0.1";
const SELDOM: &str = "/v1/stream/sky?bodies=sun&interval=3600";

async fn start(limits: Limits) -> Server {
    Server::start_with(limits, crate::wire::serve).await
}

async fn socket(server: &Server, target: &str) -> WebSocketStream<TcpStream> {
    let (socket, reply) = client_async(format!("ws://x{target}"), server.connect().await).await.unwrap();
    assert_eq!(reply.status(), 101);
    assert_eq!(reply.headers()["connection"], "upgrade");
    assert!(reply.headers().contains_key("x-request-id"), "{reply:?}");
    socket
}

async fn text(socket: &mut WebSocketStream<TcpStream>) -> Value {
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// How a connection is closed by the server: the code, and whether it ends then.
async fn goodbye(socket: &mut WebSocketStream<TcpStream>) -> CloseCode {
    let mut code = None;
    while let Some(message) = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap() {
        match message {
            Ok(Message::Close(frame)) => code = frame.map(|frame| frame.code),
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
    code.unwrap()
}

#[tokio::test]
async fn events_come_in_chunks_and_end_with_the_last() {
    let server = start(Limits::default()).await;
    let answer = server.get(&format!("{OFTEN}&count=3"), "").await;
    assert_eq!((answer.status(), answer.field("content-type")), (200, Some("text/event-stream")));
    assert_eq!((answer.field("cache-control"), answer.field("vary")), (Some("no-store"), Some("accept")));
    assert!(answer.is_whole, "{answer:?}");
    let body = String::from_utf8(answer.body).unwrap();
    assert_eq!(body.matches("event: sky\nid: ").count(), 3, "{body}");
    assert!(body.ends_with("}\n\n") && body.lines().count() == 12, "{body}");
    // What it would be, without any of it.
    let head = format!("HEAD {OFTEN} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let head = server.exchange(head.as_bytes()).await;
    assert_eq!((head.status(), head.body.len()), (200, 0));
    assert_eq!((server.broken_off(), server.requests()), (0, 2));
}

#[tokio::test]
async fn http2_has_many_streams_on_one_connection() {
    let server = start(Limits::default()).await;
    let stream = TokioIo::new(server.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let mut open: Vec<Incoming> = Vec::new();
    for nth in 0..20 {
        let uri = format!("http://x{OFTEN}&count={}", nth % 3 + 1);
        let request = http::Request::get(uri).body(Empty::<Bytes>::new()).unwrap();
        let reply = sender.send_request(request).await.unwrap();
        assert_eq!(reply.headers()["content-type"], "text/event-stream");
        open.push(reply.into_body());
    }
    for (nth, body) in open.into_iter().enumerate() {
        let body = body.collect().await.unwrap().to_bytes();
        let events = String::from_utf8_lossy(&body).matches("event: sky\n").count();
        assert_eq!(events, nth % 3 + 1);
    }
}

#[tokio::test]
async fn a_websocket_has_the_same_as_messages() {
    let server = start(Limits::default()).await;
    let mut socket = socket(&server, &format!("{OFTEN}&count=3")).await;
    let mut last = String::new();
    for _ in 0..3 {
        let told = text(&mut socket).await;
        // Without the letter, which is greater than the point of a fraction.
        let date = told["query"]["date"].as_str().unwrap().trim_end_matches('Z').to_owned();
        assert!(date > last && told["positions"][0]["body"] == "sun", "{told}");
        last = date;
    }
    assert_eq!(goodbye(&mut socket).await, CloseCode::Normal);
    until("its place is free", || server.open_connections() == 0).await;
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_websocket_is_closed_as_its_client_wants_and_when_it_says_what_nobody_asked_for() {
    let server = start(Limits::default()).await;
    let mut leaving = socket(&server, OFTEN).await;
    text(&mut leaving).await;
    leaving.close(None).await.unwrap();
    while let Some(Ok(_)) = leaving.next().await {}
    for message in [Message::text("hello"), Message::binary(vec![0; 100])] {
        let mut talking = socket(&server, SELDOM).await;
        text(&mut talking).await;
        talking.send(message).await.unwrap();
        assert_eq!(goodbye(&mut talking).await, CloseCode::Unsupported);
    }
    // One that is larger than any could be, and bytes that are no frame.
    let mut large = socket(&server, SELDOM).await;
    large.send(Message::binary(vec![0; 100_000])).await.unwrap();
    while let Some(Ok(_)) = large.next().await {}
    let mut broken = socket(&server, SELDOM).await;
    broken.get_mut().write_all(&[0xff; 64]).await.unwrap();
    while let Some(Ok(_)) = broken.next().await {}
    // One that goes without a word.
    drop(socket(&server, OFTEN).await);
    until("their places are free", || server.open_connections() == 0).await;
}

#[tokio::test]
async fn what_is_silent_stays_open_and_who_answers_no_ping_does_not() {
    let server = start(Limits { idle_timeout_s: 1, header_timeout_s: 1, ..Limits::default() }).await;
    let mut answering = socket(&server, SELDOM).await;
    let mut events = server.connect().await;
    events.write_all(format!("GET {SELDOM} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut deaf = socket(&server, SELDOM).await;
    text(&mut answering).await;
    text(&mut deaf).await;
    // Whoever is asked for messages answers pings: this one is not, until it is too late.
    let mut pings = 0;
    let begun = Instant::now();
    while server.open_connections() == 3 {
        assert!(begun.elapsed() < PATIENCE, "one that answers no pings is open");
        if let Ok(message) = tokio::time::timeout(Duration::from_millis(100), answering.next()).await {
            assert!(matches!(message, Some(Ok(Message::Ping(_)))), "{message:?}");
            pings += 1;
        }
    }
    assert!(pings > 1, "{pings}");
    // It is the deaf one that was closed, and without a goodbye: nobody was there.
    let end = loop {
        match deaf.next().await {
            Some(Ok(Message::Ping(_))) => {}
            end => break end,
        }
    };
    assert!(matches!(end, None | Some(Err(Error::Protocol(_) | Error::Io(_)))), "{end:?}");
    // The others are as they were, long after every clock of HTTP.
    let mut bytes = vec![0; 64 * 1024];
    let read = events.read(&mut bytes).await.unwrap();
    assert!(String::from_utf8_lossy(&bytes[..read]).starts_with("HTTP/1.1 200 "));
    let open = tokio::time::timeout(Duration::from_millis(10), events.read(&mut bytes)).await;
    assert!(open.is_err() || open.unwrap().unwrap() > 0, "the silent stream of events was closed");
    assert_eq!(server.open_connections(), 2);
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye_to_every_stream() {
    let mut server = start(Limits::default()).await;
    let (mut often, mut seldom) = (socket(&server, OFTEN).await, socket(&server, SELDOM).await);
    text(&mut often).await;
    text(&mut seldom).await;
    let mut events = Vec::new();
    for target in [OFTEN, SELDOM] {
        let mut stream = server.connect().await;
        stream.write_all(format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        events.push(stream);
    }
    let begun = Instant::now();
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(goodbye(&mut often).await, CloseCode::Away);
    assert_eq!(goodbye(&mut seldom).await, CloseCode::Away);
    for mut stream in events {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.ends_with(b"\r\n0\r\n\r\n"), "{}", String::from_utf8_lossy(&rest));
    }
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    let most = Duration::from_secs(Limits::default().drain_s);
    assert!(begun.elapsed() < most, "streams were waited for until they were cut");
}

#[tokio::test]
async fn a_handshake_that_is_none_is_refused_and_one_elsewhere_is_passed_over() {
    let server = start(Limits::default()).await;
    let fields =
        "upgrade: websocket\r\nsec-websocket-version: 8\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let request = format!("GET {OFTEN} HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\n{fields}\r\n");
    let refused = server.exchange(request.as_bytes()).await;
    assert_eq!((refused.status(), refused.json()["code"].as_str()), (400, Some("malformed_handshake")));
    assert_eq!(refused.field("sec-websocket-version"), Some("13"));
    let sound = fields.replace(": 8", ": 13");
    let request =
        format!("GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\n{sound}\r\n");
    assert_eq!(server.exchange(request.as_bytes()).await.status(), 200);
    // A refusal for another reason is one over HTTP, and the connection goes on.
    let mut stream = server.connect().await;
    let bad = format!("GET {OFTEN}&count=0 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n{sound}\r\n");
    stream.write_all(bad.as_bytes()).await.unwrap();
    let good = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(good).await.unwrap();
    let mut replies = String::new();
    stream.read_to_string(&mut replies).await.unwrap();
    assert!(replies.starts_with("HTTP/1.1 422 ") && replies.contains("HTTP/1.1 200 "), "{replies}");
    // HTTP/1.0 cannot ask.
    let old = format!("GET {OFTEN}&count=1 HTTP/1.0\r\nhost: x\r\nconnection: upgrade\r\n{sound}\r\n");
    let old = server.exchange(old.as_bytes()).await;
    assert_eq!((old.status(), old.field("content-type")), (200, Some("text/event-stream")));
}
