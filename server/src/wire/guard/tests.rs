//! The guard over a stream in memory, with the clock standing still but for waits.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

impl Peek for tokio::io::DuplexStream {
    fn has_bytes(&self) -> bool {
        // Unlike a socket it holds nothing that reading would not find.
        false
    }
}

fn guarded(limits: &Limits) -> (Guard<tokio::io::DuplexStream>, tokio::io::DuplexStream, Arc<Watch>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let watch = Arc::new(Watch::default());
    (Guard::new(ours, Arc::clone(&watch), limits), theirs, watch)
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_closed_after_the_idle_timeout_without_a_word() {
    let limits = Limits { idle_timeout_s: 3, ..Limits::default() };
    let (mut guard, mut client, _) = guarded(&limits);
    let started = Instant::now();
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 0);
    assert_eq!(started.elapsed().as_secs(), 3);
    drop(guard);
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert_eq!(reply, "");
}

#[tokio::test(start_paused = true)]
async fn a_slow_head_is_answered_with_408() {
    let limits = Limits { header_timeout_s: 2, ..Limits::default() };
    let (mut guard, mut client, _) = guarded(&limits);
    client.write_all(b"GET /v1").await.unwrap();
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 7);
    let started = Instant::now();
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 0);
    assert_eq!(started.elapsed().as_secs(), 2);
    drop(guard);
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{reply}");
    assert!(reply.contains("\"code\":\"request_timeout\""), "{reply}");
    assert!(reply.contains("\r\nx-request-id: "), "{reply}");
}

#[tokio::test(start_paused = true)]
async fn no_clock_runs_while_a_request_is_answered_and_the_next_idle_time_is_whole() {
    let limits = Limits { header_timeout_s: 2, idle_timeout_s: 5, ..Limits::default() };
    let (mut guard, mut client, watch) = guarded(&limits);
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(guard.read(&mut [0; 64]).await.unwrap(), 18);
    let serving = watch.enter();
    let waited = tokio::time::timeout(Duration::from_mins(1), guard.read(&mut [0; 16])).await;
    assert!(waited.is_err(), "closed while a request was being answered");
    drop(serving);
    guard.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let started = Instant::now();
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 0);
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn bare_refusals_get_a_document_and_other_replies_do_not() {
    let (mut guard, mut client, _) = guarded(&Limits::default());
    guard.received(b"GET /\r\nhost: x\r\n");
    let ours = b"HTTP/1.1 400 Bad Request\r\nx-request-id: 1\r\n\r\n";
    assert_eq!(guard.refusal_for(ours), None);
    assert_eq!(guard.refusal_for(b"HTTP/1.1 200 OK\r\n\r\n"), None);
    let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\ndate: then\r\n\r\n";
    guard.write_all(bare).await.unwrap();
    drop(guard);
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 431 ") && head.contains("\r\ndate: then"), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert!(body.contains("headers_too_large"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn the_preface_of_http2_is_recognised_in_pieces() {
    let (mut guard, _client, _) = guarded(&Limits::default());
    for piece in [b"P".as_slice(), b"RI * HT", b"TP/2.0\r\n\r\nSM\r\n\r\n"] {
        assert_ne!(guard.phase, Phase::Unwatched);
        guard.received(piece);
    }
    assert_eq!(guard.phase, Phase::Unwatched);
    let (mut guard, _client, _) = guarded(&Limits::default());
    guard.received(b"PRINT / HTTP/1.1\r\n");
    assert_eq!(guard.phase, Phase::Head);
}

#[tokio::test(start_paused = true)]
async fn a_buffer_full_of_target_is_a_long_target() {
    let (mut guard, _client, _) = guarded(&Limits::default());
    guard.received(b"GET /aaaaaaaaaaaaaa");
    let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";
    let reply = String::from_utf8(guard.refusal_for(bare).unwrap()).unwrap();
    assert!(reply.starts_with("HTTP/1.1 414 URI Too Long\r\n"), "{reply}");
}

#[tokio::test(start_paused = true)]
async fn what_only_begins_like_http2_stays_under_the_clock() {
    let limits = Limits { header_timeout_s: 2, ..Limits::default() };
    let (mut guard, mut client, _) = guarded(&limits);
    client.write_all(b"PRI * HTTP/2.0").await.unwrap();
    assert_eq!(guard.read(&mut [0; 24]).await.unwrap(), 14);
    let started = Instant::now();
    assert_eq!(guard.read(&mut [0; 24]).await.unwrap(), 0);
    assert_eq!(started.elapsed().as_secs(), 2);
    let (mut guard, _client, _) = guarded(&limits);
    guard.received(b"PRI * HTTP/2.0\r\nfoo: bar\r\n\r\n");
    assert_eq!(guard.phase, Phase::Head);
    assert!(guard.refusal_for(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_cut_after_the_idle_timeout() {
    let limits = Limits { idle_timeout_s: 3, ..Limits::default() };
    for preface in [b"GET / HTTP/1.1\r\n\r\n".as_slice(), PREFACE] {
        let (mut guard, mut client, _) = guarded(&limits);
        guard.received(preface);
        let started = Instant::now();
        let error = guard.write_all(&vec![b'x'; 65 * 1024]).await.unwrap_err();
        assert_eq!((error.kind(), started.elapsed().as_secs()), (io::ErrorKind::TimedOut, 3));
        // One that takes a little now and then is slow, not gone.
        let (mut guard, mut reader, _) = guarded(&limits);
        guard.received(preface);
        let writing = tokio::spawn(async move { guard.write_all(&vec![b'x'; 68 * 1024]).await });
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            reader.read_exact(&mut [0; 1024]).await.unwrap();
        }
        assert!(writing.await.unwrap().is_ok());
        client.shutdown().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_closed_between_requests_when_the_server_stops() {
    let (mut guard, mut client, watch) = guarded(&Limits::default());
    client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    assert_eq!(guard.read(&mut [0; 64]).await.unwrap(), 16);
    watch.close_when_idle();
    // Not within a head, nor while it is answered.
    let waited = tokio::time::timeout(Duration::from_secs(1), guard.read(&mut [0; 16])).await;
    assert!(waited.is_err(), "closed within a head");
    client.write_all(b"\r\n").await.unwrap();
    assert_eq!(guard.read(&mut [0; 64]).await.unwrap(), 2);
    let serving = watch.enter();
    let waited = tokio::time::timeout(Duration::from_secs(1), guard.read(&mut [0; 16])).await;
    assert!(waited.is_err(), "closed while a request was being answered");
    drop(serving);
    guard.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 0);
}

/// hyper does not ask again for what it has asked for while a request was being answered: it must be woken.
#[tokio::test(start_paused = true)]
async fn the_idle_time_runs_from_the_reply_even_if_nothing_is_read_in_between() {
    let limits = Limits { idle_timeout_s: 5, ..Limits::default() };
    let (mut guard, mut client, watch) = guarded(&limits);
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(guard.read(&mut [0; 64]).await.unwrap(), 18);
    let serving = watch.enter();
    tokio::time::sleep(Duration::from_secs(7)).await;
    drop(serving);
    let replied = Instant::now();
    let mut polls = 0;
    // Polled a second time only if something wakes it, and there is nothing but the guard that could.
    std::future::poll_fn(|cx| {
        polls += 1;
        if polls > 1 {
            return Poll::Ready(());
        }
        assert!(Pin::new(&mut guard).poll_write(cx, b"HTTP/1.1 200 OK\r\n\r\n").is_ready());
        Poll::Pending
    })
    .await;
    assert_eq!(replied.elapsed().as_secs(), 5);
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 0);
    assert_eq!(replied.elapsed().as_secs(), 5);
}

/// The head is over when the service has the request: what becomes of its reply is no matter of the head's time.
#[tokio::test(start_paused = true)]
async fn a_reply_that_waits_for_its_reader_is_not_cut_by_the_time_for_heads() {
    let limits = Limits { header_timeout_s: 2, idle_timeout_s: 30, ..Limits::default() };
    let (mut guard, mut client, watch) = guarded(&limits);
    // What was sent before fills all the room that there is.
    guard.write_all(&vec![b'1'; 64 * 1024]).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(guard.read(&mut [0; 64]).await.unwrap(), 18);
    drop(watch.enter());
    let reader = tokio::spawn(async move {
        // Half of the next request, which nobody reads to its end before the reply is out.
        client.write_all(b"GET / HT").await.unwrap();
        let mut taken = vec![0; 64 * 1024 + 70 * 1024];
        let (some, rest) = taken.split_at_mut(1024);
        // Longer than a head may take, twice, with a little taken in between.
        for little in some.chunks_mut(512) {
            tokio::time::sleep(Duration::from_secs(5)).await;
            client.read_exact(little).await.unwrap();
        }
        client.read_exact(rest).await.unwrap();
        assert!(taken.iter().all(|byte| matches!(byte, b'1' | b'2')), "something was put into the reply");
        // From then on it is silent, and is closed for that, without a word about its half a head.
        let begun = Instant::now();
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        begun.elapsed()
    });
    let reply = vec![b'2'; 70 * 1024];
    let (mut reading, mut writing) = tokio::io::split(guard);
    let read = async {
        let mut bytes = [0; 64];
        (reading.read(&mut bytes).await.unwrap(), reading.read(&mut bytes).await.unwrap())
    };
    let (written, read) = tokio::join!(writing.write_all(&reply), read);
    assert!(written.is_ok());
    assert_eq!(read, (8, 0));
    drop((reading, writing));
    assert_eq!(reader.await.unwrap().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_waits_for_a_reply_on_its_way_out() {
    let (mut guard, mut client, watch) = guarded(&Limits::default());
    guard.received(b"GET / HTTP/1.1\r\n\r\n");
    drop(watch.enter());
    // Until the room is full: the reply has begun, and is stalled.
    std::future::poll_fn(|cx| {
        while Pin::new(&mut guard).poll_write(cx, &[b'x'; 4096]).is_ready() {}
        Poll::Ready(())
    })
    .await;
    watch.close_when_idle();
    let waited = tokio::time::timeout(Duration::from_secs(1), guard.read(&mut [0; 16])).await;
    assert!(waited.is_err(), "closed in the middle of a reply");
    client.read_exact(&mut [0; 8192]).await.unwrap();
    guard.write_all(b"the end").await.unwrap();
    assert_eq!(guard.read(&mut [0; 16]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_limit_that_a_target_met_first_is_named() {
    for (target_bytes, header_bytes) in [(65_000, 8192), (300, 8192)] {
        let limits = Limits { target_bytes, header_bytes, ..Limits::default() };
        let (mut guard, _client, _) = guarded(&limits);
        guard.received(b"GET /aaaaaaaaaaaaaa");
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";
        let reply = String::from_utf8(guard.refusal_for(bare).unwrap()).unwrap();
        let first = target_bytes.min(header_bytes);
        assert!(reply.contains(&format!("longer than {first} bytes")), "{reply}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_on_http2_is_silence_of_requests() {
    let watch = Arc::new(Watch::default());
    let silence = |watch: &Arc<Watch>| {
        let watch = Arc::clone(watch);
        async move { watch.silence_on_http2(Duration::from_secs(10)).await }
    };
    // Of HTTP/1 it says nothing.
    assert!(tokio::time::timeout(Duration::from_mins(5), silence(&watch)).await.is_err());
    watch.note_http2();
    let begun = Instant::now();
    silence(&watch).await;
    assert_eq!(begun.elapsed().as_secs(), 10);
    // A request that is being answered, and one that was within the time.
    let serving = watch.enter();
    let begun = Instant::now();
    let waiting = tokio::spawn(silence(&watch));
    tokio::time::sleep(Duration::from_secs(35)).await;
    drop(serving);
    drop(watch.enter());
    waiting.await.unwrap();
    assert!((45..=60).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}
