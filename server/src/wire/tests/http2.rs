//! The same on HTTP/2, where a client that reads every byte may still take nothing of a reply.

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

type Body = http_body_util::combinators::BoxBody<Bytes, std::convert::Infallible>;

/// A client whose windows are small.
async fn connect(server: &Server) -> SendRequest<Body> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(32 * 1024).initial_connection_window_size(1 << 20);
    let (sender, connection) = builder.handshake(TokioIo::new(server.connect().await)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn get(sender: &mut SendRequest<Body>, target: &str) -> Response<Incoming> {
    let request = http::Request::get(format!("http://x{target}")).body(Empty::new().boxed()).unwrap();
    sender.send_request(request).await.unwrap()
}

#[tokio::test]
async fn a_stream_is_whole_or_reset_and_its_neighbours_go_on() {
    let server = Server::start(Limits::default()).await;
    let mut sender = connect(&server).await;
    let whole = get(&mut sender, "/stream/short?two").await;
    assert!(!whole.headers().contains_key("content-length"));
    assert_eq!(whole.into_body().collect().await.unwrap().to_bytes(), all_chunks());
    let mut going_on = get(&mut sender, "/stream/paced?two").await.into_body();
    for kind in ["broken", "panicking"] {
        let broken = get(&mut sender, &format!("/stream/{kind}?two")).await;
        assert_eq!(broken.status(), 200);
        assert!(broken.into_body().collect().await.is_err(), "{kind} looks whole");
    }
    assert_eq!(server.broken_off(), 2);
    let mut bytes = Vec::new();
    while let Some(frame) = going_on.frame().await {
        bytes.extend_from_slice(frame.unwrap().data_ref().unwrap());
    }
    assert_eq!(bytes, all_chunks());
}

#[tokio::test]
async fn what_a_client_has_no_room_for_is_not_made_and_what_it_gives_up_is_dropped() {
    let server = Server::start(Limits::default()).await;
    let mut sender = connect(&server).await;
    let (mut replies, name) = (Vec::new(), "two-slow");
    for _ in 0..10 {
        replies.push(get(&mut sender, &format!("/stream/endless?{name}")).await);
    }
    let made = until_still(&tally(name)).await;
    assert!(made <= 10 * 256 * 1024, "{made} bytes were made for ten replies that nobody reads");
    drop(replies);
    until("what was given up is dropped", || tally(name).dropped.load(Relaxed) == 10).await;
    // The connection is none the worse for it.
    let small = get(&mut sender, "/small").await;
    assert_eq!(small.into_body().collect().await.unwrap().to_bytes(), "small");
}

#[tokio::test]
async fn one_that_takes_slowly_is_served_and_one_that_takes_nothing_is_closed() {
    let server = Server::start(Limits { idle_timeout_s: 1, ..Limits::default() }).await;
    let (mut slow, mut silent) = (connect(&server).await, connect(&server).await);
    let mut taken = get(&mut slow, "/stream/endless?two-taken").await.into_body();
    let left = get(&mut silent, "/stream/endless?two-left").await;
    for _ in 0..24 {
        // A chunk of the server's at least.
        let mut bytes = 0;
        while bytes < 2 * CHUNK_BYTES {
            bytes += taken.frame().await.unwrap().unwrap().data_ref().map_or(0, Bytes::len);
        }
        sleep(Duration::from_millis(250)).await;
    }
    assert_eq!((tally("two-taken").dropped.load(Relaxed), tally("two-left").dropped.load(Relaxed)), (0, 1));
    assert!(silent.is_closed() && !slow.is_closed());
    drop(left);
}

#[tokio::test]
async fn bodies_are_read_there_too() {
    let server = Server::start(Limits { body_bytes: 100_000, body_timeout_s: 1, ..Limits::default() }).await;
    let mut sender = connect(&server).await;
    for (length, status) in [(3, 200), (100_000, 200), (100_001, 413)] {
        let body = Full::new(Bytes::from(vec![b'7'; length])).boxed();
        let request = http::Request::post("http://x/upload").body(body).unwrap();
        assert_eq!(sender.send_request(request).await.unwrap().status(), status, "{length}");
    }
    // One that never ends is not waited for, and takes nobody else with it.
    let endless = http_body_util::StreamBody::new(futures_util::stream::pending()).boxed();
    let request = http::Request::post("http://x/upload").body(endless).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 408);
    assert_eq!(get(&mut sender, "/small").await.status(), 200);
}
