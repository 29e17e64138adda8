//! Hazard: a long reply that costs memory when its client is slow, goes on when it is gone, looks whole when it is not, or
//! keeps others waiting.

use super::*;

/// Bytes that may have been made for a client that takes nothing: what hyper and both systems keep.
const KEPT_BYTES: usize = 1024 * 1024;

#[tokio::test]
async fn a_stream_arrives_whole_on_every_version_of_http1() {
    let server = Server::start(Limits::default()).await;
    let chunked = server.get("/stream/short?whole", "").await;
    assert_eq!((chunked.status(), chunked.field("transfer-encoding")), (200, Some("chunked")));
    assert_eq!(chunked.field("content-length"), None);
    assert!(chunked.is_whole && chunked.body == all_chunks());
    // HTTP/1.0 knows no chunks: there the end of the connection is that of the reply.
    let old = server.exchange(b"GET /stream/short?old HTTP/1.0\r\n\r\n").await;
    assert_eq!((old.field("transfer-encoding"), old.field("content-length")), (None, None));
    assert!(old.status() == 200 && old.body == all_chunks());
    assert_eq!(server.broken_off(), 0);
    // Nothing is made to tell what its head would be, and the connection goes on.
    let mut stream = server.connect().await;
    let head = b"HEAD /stream/short?head HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(&[head.as_slice(), b"GET /small HTTP/1.0\r\n\r\n"].concat()).await.unwrap();
    let mut bytes = String::new();
    stream.read_to_string(&mut bytes).await.unwrap();
    let (first, second) = bytes.split_once("\r\n\r\n").unwrap();
    assert!(first.starts_with("HTTP/1.1 200 ") && !first.contains("content-length"), "{first}");
    assert!(second.starts_with("HTTP/1.1 200 ") || second.starts_with("HTTP/1.0 200 "), "{second}");
    assert!(second.ends_with("small"), "{second}");
    let tally = tally("head");
    assert_eq!((tally.begun.load(Relaxed), tally.made.load(Relaxed), tally.dropped.load(Relaxed)), (1, 0, 1));
}

#[tokio::test]
async fn what_a_client_does_not_read_is_not_made_and_what_it_left_is_dropped() {
    let server = Server::start(Limits::default()).await;
    for coding in ["identity", "gzip", "br", "zstd"] {
        let name = format!("slow-{coding}");
        let tally = tally(&name);
        let mut stream = server.connect_narrow().await;
        let request =
            format!("GET /stream/endless?{name} HTTP/1.1\r\nhost: x\r\naccept-encoding: {coding}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let made = until_still(&tally).await;
        // Digits are coded with less than half as many bytes.
        let most = if coding == "identity" { KEPT_BYTES } else { 3 * KEPT_BYTES };
        assert!(made <= most, "{coding}: {made} bytes were made for a client that reads nothing");
        // It goes on where it stopped when the client does, for as long as it does.
        let mut taken = vec![0; 2 * most];
        stream.read_exact(&mut taken).await.unwrap();
        let more = until_still(&tally).await;
        assert!(more > made && more <= 4 * taken.len() + most, "{coding}: {more} bytes were made");
        assert_eq!(tally.dropped.load(Relaxed), 0);
        drop(stream);
        until("a stream whose client is gone is dropped", || tally.dropped.load(Relaxed) == 1).await;
        assert!(tally.made.load(Relaxed) * CHUNK_BYTES <= more + most, "{coding}");
    }
    // That a client has had enough is nobody's failure.
    assert_eq!(server.broken_off(), 0);
}

#[tokio::test]
async fn rows_arrive_at_once_however_they_are_coded() {
    let server = Server::start(Limits::default()).await;
    for coding in ["identity", "gzip", "br", "zstd"] {
        let mut stream = server.connect().await;
        let request =
            format!("GET /stream/paced?at-once HTTP/1.1\r\nhost: x\r\naccept-encoding: {coding}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let begun = Instant::now();
        let (mut bytes, mut first) = (Vec::new(), None);
        while !bytes.ends_with(b"\r\n0\r\n\r\n") {
            assert!(stream.read_buf(&mut bytes).await.unwrap() > 0);
            // The head alone is some hundred bytes.
            first = first.or_else(|| (bytes.len() > 4096).then(|| begun.elapsed()));
        }
        let (first, last) = (first.unwrap(), begun.elapsed());
        assert!(first * 4 < last, "{coding}: the first rows came after {first:?}, the last after {last:?}");
    }
}

#[tokio::test]
async fn a_reply_that_fails_is_seen_to_have_failed() {
    let server = Server::start(Limits::default()).await;
    for (nth, kind) in ["broken", "panicking"].into_iter().enumerate() {
        for coding in ["identity", "gzip"] {
            let answer = server
                .get(&format!("/stream/{kind}?failing"), &format!("accept-encoding: {coding}\r\n"))
                .await;
            assert_eq!(answer.status(), 200, "{answer:?}");
            assert!(!answer.is_whole, "{kind} with {coding} looks whole");
        }
        until("it is counted", || server.broken_off() == 2 * (nth as u64 + 1)).await;
    }
    assert_eq!(tally("failing").begun.load(Relaxed), tally("failing").dropped.load(Relaxed));
    assert_eq!(server.get("/small", "").await.body, b"small");
}

#[tokio::test]
async fn one_that_reads_slowly_is_served_and_one_that_does_not_read_is_cut() {
    let limits = Limits { idle_timeout_s: 1, ..Limits::default() };
    let server = Server::start(limits).await;
    let (slow, silent) = (tally("reads-slowly"), tally("reads-nothing"));
    let mut reader = server.connect_narrow().await;
    reader.write_all(b"GET /stream/endless?reads-slowly HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut other = server.connect_narrow().await;
    other.write_all(b"GET /stream/endless?reads-nothing HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut bytes = vec![0; 96 * 1024];
    for _ in 0..16 {
        reader.read_exact(&mut bytes).await.unwrap();
        sleep(Duration::from_millis(250)).await;
    }
    assert_eq!((slow.dropped.load(Relaxed), silent.dropped.load(Relaxed)), (0, 1));
    drop((reader, other));
}

#[tokio::test]
async fn a_server_that_stops_waits_for_a_stream_to_come_to_its_end() {
    let mut server = Server::start(Limits::default()).await;
    let mut stream = server.connect().await;
    let mut idle = server.connect().await;
    stream.write_all(b"GET /stream/paced?draining HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    until("it has begun", || tally("draining").made.load(Relaxed) > 2).await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(idle.read(&mut [0; 16]).await.unwrap(), 0);
    assert!(tally("draining").made.load(Relaxed) < 40, "the stream was over before the server stopped");
    let answer = Answer::rest_of(&mut stream).await;
    assert!(answer.is_whole && answer.body == all_chunks());
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_without_end_is_cut_at_the_end_of_the_time_for_stopping() {
    let mut server = Server::start(Limits { drain_s: 1, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /stream/endless?endless HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut bytes = vec![0; 64 * 1024];
    stream.read_exact(&mut bytes).await.unwrap();
    let begun = Instant::now();
    server.stop.take().unwrap().send(()).unwrap();
    let reading =
        tokio::spawn(async move { while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {} });
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    reading.abort();
}

#[tokio::test]
async fn others_are_answered_while_a_fast_reader_takes_all_there_is() {
    let server = Server::start(Limits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /stream/endless?greedy HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let greedy = tokio::spawn(async move {
        let mut bytes = vec![0; 256 * 1024];
        while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
    });
    let tally = tally("greedy");
    until("it has begun", || tally.made.load(Relaxed) > 0).await;
    // Each answer costs a connection, that is a few turns of the greedy one's, and not hundreds.
    let before = tally.made.load(Relaxed);
    for _ in 0..20 {
        assert_eq!(server.get("/small", "").await.body, b"small");
    }
    let made = tally.made.load(Relaxed) - before;
    assert!(made < 20 * 200, "{made} chunks were made before twenty others were answered");
    greedy.abort();
}
