//! Hazard: a body that is too long, too slow, broken, or a small one that becomes a large one; and many of them at once.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::wire::coding::Coding;

const SPLIT: &str = "split it into several requests";

fn limits() -> Limits {
    Limits { body_bytes: 256 * 1024, bodies_bytes: 64 * 1024 * 1024, ..Limits::default() }
}

fn json_body(bytes: usize) -> Vec<u8> {
    let mut body = b"[".to_vec();
    body.extend(b"7,".iter().cycle().take(bytes.saturating_sub(3)));
    body.extend_from_slice(b"7]");
    body
}

#[track_caller]
fn is_read(answer: &Answer, body: &[u8]) {
    assert_eq!(answer.status(), 200, "{answer:?}");
    let hash = blake3::hash(body).to_hex().to_string();
    assert_eq!(answer.json(), json!({"bytes": body.len(), "hash": hash}));
}

#[tokio::test]
async fn bodies_are_read_however_they_come() {
    let server = Server::start(limits()).await;
    for length in [0, 1, 40_000, 256 * 1024] {
        let body = &json_body(length.max(3))[..length];
        is_read(&server.post("", body).await, body);
        // In chunks, of which some are small.
        let mut request = post_head("/upload", "transfer-encoding: chunked\r\n");
        for piece in body.chunks(9999) {
            request.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            request.extend_from_slice(piece);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"0\r\n\r\n");
        is_read(&server.exchange(&request).await, body);
        for coding in Coding::CODED {
            let coded = coding.whole(body).unwrap();
            is_read(&server.post(&format!("content-encoding: {}\r\n", coding.name()), &coded).await, body);
        }
    }
    // Two gzip members are one stream, as RFC 1952 has it; and other names of what is there.
    let twice = [Coding::Gzip.whole(b"[1,").unwrap(), Coding::Gzip.whole(b"2]").unwrap()].concat();
    is_read(&server.post("content-encoding: X-GZip\r\n", &twice).await, b"[1,2]");
    for fields in [
        "content-type: application/json\r\n",
        "content-type: Application/JSON; charset=UTF-8\r\n",
        "content-type: application/json;charset=\"utf-8\"\r\n",
        "content-encoding: identity\r\n",
        "content-encoding:\r\n",
    ] {
        is_read(&server.post(fields, b"[1]").await, b"[1]");
    }
}

#[tokio::test]
async fn connections_go_on_behind_bodies() {
    let server = Server::start(limits()).await;
    let mut stream = server.connect().await;
    let mut both = b"POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n[1]".to_vec();
    both.extend_from_slice(&post_head("/upload", "content-length: 3\r\n"));
    both.extend_from_slice(b"[2]");
    let begun = Instant::now();
    stream.write_all(&both).await.unwrap();
    let mut bytes = String::new();
    stream.read_to_string(&mut bytes).await.unwrap();
    assert_eq!(bytes.matches("HTTP/1.1 200 OK").count(), 2, "{bytes}");
    // Nor is anything waited for when all has been read.
    assert!(begun.elapsed() < Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_client_that_asks_whether_to_send_is_told_so() {
    let server = Server::start(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(&post_head("/upload", "expect: 100-continue\r\ncontent-length: 3\r\n")).await.unwrap();
    let mut bytes = [0; 25];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"[1]").await.unwrap();
    is_read(&Answer::rest_of(&mut stream).await, b"[1]");
    // One whose body would be refused is told that instead.
    let refused =
        server.exchange(&post_head("/upload", "expect: 100-continue\r\ncontent-length: 300000\r\n")).await;
    assert_eq!(refused.status(), 413, "{refused:?}");
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_it_is_read_where_it_says_so() {
    let server = Server::start(limits()).await;
    let detail = "the body is longer than 262144 bytes";
    for length in ["262145", "10000000000"] {
        let head = post_head("/upload", &format!("content-length: {length}\r\n"));
        server.exchange(&head).await.is_refusal(Code::BodyTooLarge, None, detail, SPLIT);
    }
    // Chunks tell nothing of those behind them.
    let mut request = post_head("/upload", "transfer-encoding: chunked\r\n");
    for _ in 0..17 {
        request.extend_from_slice(b"4000\r\n");
        request.resize(request.len() + 0x4000, b'7');
        request.extend_from_slice(b"\r\n");
    }
    server.exchange(&request).await.is_refusal(Code::BodyTooLarge, None, detail, SPLIT);
}

#[tokio::test]
async fn what_becomes_too_long_is_not_decoded_to_its_end() {
    let server = Server::start(limits()).await;
    let (detail, bomb) = ("the body is longer than 262144 bytes once it is decoded", vec![b' '; 200 << 20]);
    for coding in Coding::CODED {
        let coded = coding.whole(&bomb).unwrap();
        assert!(coded.len() <= 256 * 1024, "{coding:?}: {} bytes are refused as they are", coded.len());
        let begun = Instant::now();
        let answer = server.post(&format!("content-encoding: {}\r\n", coding.name()), &coded).await;
        answer.is_refusal(Code::BodyTooLarge, None, detail, SPLIT);
        assert!(begun.elapsed() < Duration::from_secs(5), "{coding:?}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn what_is_broken_is_refused_by_the_name_of_its_coding() {
    let server = Server::start(limits()).await;
    let body = json_body(100_000);
    for coding in Coding::CODED {
        let whole = coding.whole(&body).unwrap();
        let fields = format!("content-encoding: {}\r\n", coding.name());
        let (mut flipped, half) = (whole.to_vec(), &whole[..whole.len() / 2]);
        let middle = flipped.len() / 2;
        flipped[..middle].iter_mut().for_each(|byte| *byte ^= 0x55);
        let behind = [&whole[..], b"and more"].concat();
        for broken in [half, &flipped[..], &behind[..], b"[1,2]", &whole[..whole.len() - 1]] {
            server.post(&fields, broken).await.is_refusal(
                Code::MalformedBody,
                Some("content-encoding"),
                &format!("the body is not one whole {} stream", coding.name()),
                "compress it anew, or send it without a coding",
            );
        }
    }
    // A checksum that is wrong.
    let mut wrong = GzEncoder::new(Vec::new(), Compression::fast());
    wrong.write_all(b"[1,2]").unwrap();
    let mut wrong = wrong.finish().unwrap();
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    assert_eq!(server.post("content-encoding: gzip\r\n", &wrong).await.status(), 400);
}

#[tokio::test]
async fn a_window_beyond_what_may_be_sent_is_not_kept() {
    let server = Server::start(limits()).await;
    // zstd: a frame that wants 128 MiB; br: the mark of a large window, here of 30 bits.
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.include_contentsize(false).unwrap();
    encoder.write_all(&[b'7'; 1000]).unwrap();
    encoder.flush().unwrap();
    let wide = encoder.finish().unwrap();
    assert_eq!(server.post("content-encoding: zstd\r\n", &wide).await.status(), 400);
    let mut parameters = brotli::enc::BrotliEncoderParams { lgwin: 30, ..Default::default() };
    parameters.large_window = true;
    let mut wide = Vec::new();
    brotli::BrotliCompress(&mut &[b'7'; 1000][..], &mut wide, &parameters).unwrap();
    assert_eq!(server.post("content-encoding: br\r\n", &wide).await.status(), 400);
}

#[tokio::test]
async fn types_and_codings_that_are_not_taken_bring_those_that_are() {
    let server = Server::start(limits()).await;
    let hint = "send the body as JSON, with `Content-Type: application/json`";
    for (given, detail) in [
        ("text/csv", "the body is text/csv, and application/json alone is taken"),
        (
            "application/x-www-form-urlencoded",
            "the body is application/x-www-form-urlencoded, and application/json alone is taken",
        ),
        ("application/json; charset=latin1", "the body's charset is latin1, and JSON is UTF-8"),
    ] {
        let fields = format!("content-type: {given}\r\n");
        let answer = server.post(&fields, b"[1]").await;
        answer.is_refusal(Code::UnsupportedMediaType, Some("content-type"), detail, hint);
    }
    let hint = "send it with one of gzip, br and zstd, or without a coding";
    for given in ["deflate", "compress", "gzip, br", "gzip\r\ncontent-encoding: gzip"] {
        let answer = server.post(&format!("content-encoding: {given}\r\n"), b"[1]").await;
        let listed = given.replace("\r\ncontent-encoding: ", ",");
        let detail = format!("the body's content coding is {listed}");
        answer.is_refusal(Code::UnsupportedCoding, Some("content-encoding"), &detail, hint);
    }
}

#[tokio::test]
async fn half_a_body_ends_its_connection() {
    let server = Server::start(limits()).await;
    for (fields, part) in
        [("content-length: 10\r\n", "[1,2"), ("transfer-encoding: chunked\r\n", "5\r\n[1,2")]
    {
        let mut stream = server.connect().await;
        stream.write_all(&[&post_head("/upload", fields)[..], part.as_bytes()].concat()).await.unwrap();
        // It may still listen.
        stream.shutdown().await.unwrap();
        let mut bytes = Vec::new();
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
        if !bytes.is_empty() {
            Answer::of(&bytes).is_refusal(
                Code::MalformedBody,
                None,
                "the body ended before it was complete, or its chunks cannot be read",
                "send as many bytes as Content-Length says, or whole chunks and an empty one at their end",
            );
        }
    }
    let chunks = b"nonsense\r\n[1]\r\n0\r\n\r\n";
    let head = post_head("/upload", "transfer-encoding: chunked\r\n");
    let mut stream = server.connect().await;
    stream.write_all(&[&head[..], chunks].concat()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
    assert!(bytes.is_empty() || Answer::of(&bytes).status() == 400, "{:?}", String::from_utf8_lossy(&bytes));
    assert_eq!(server.get("/small", "").await.body, b"small");
}

#[tokio::test]
async fn a_body_that_trickles_is_not_waited_for() {
    let server = Server::start(Limits { body_timeout_s: 1, ..limits() }).await;
    let mut stream = server.connect().await;
    stream.write_all(&post_head("/upload", "content-length: 1000\r\n")).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let trickling = tokio::spawn(async move {
        while writing.write_all(b"7").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    let begun = Instant::now();
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, reading.read_to_end(&mut bytes)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(900));
    Answer::of(&bytes).is_refusal(
        Code::RequestTimeout,
        None,
        "the body was not complete within 1 s of the request's header",
        "send it without pauses, compressed, or in several requests",
    );
    drop(reading);
    trickling.abort();
}

#[tokio::test]
async fn beyond_the_room_for_all_bodies_one_is_asked_to_come_again() {
    let server = Server::start(Limits { bodies_bytes: 300_000, ..limits() }).await;
    let body = json_body(200_000);
    let mut holding = server.connect().await;
    let mut request = post_head("/upload?hold=1500", "content-length: 200000\r\n");
    request.extend_from_slice(&body);
    holding.write_all(&request).await.unwrap();
    until("it is held", || server.app.bodies().take(101_000).is_err()).await;
    // The same again has no room as long as the first is held, and has some afterwards.
    server.post("", &body).await.is_refusal(
        Code::Busy,
        None,
        "with this body there would be more than 300000 bytes of bodies here at once",
        "send it again in a moment, or in several requests",
    );
    is_read(&Answer::rest_of(&mut holding).await, &body);
    is_read(&server.post("", &body).await, &body);
}

#[tokio::test]
async fn bodies_are_refused_where_none_is_taken() {
    let server = Server::start(limits()).await;
    let get = |target: &str, body: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    for target in ["/small", "/upload"] {
        server.exchange(get(target, "[1]").as_bytes()).await.is_refusal(
            Code::UnexpectedBody,
            None,
            "GET takes no body",
            "put parameters into the query string, and leave the body out",
        );
    }
    let posted = server.exchange(&[&post_head("/small", "content-length: 3\r\n")[..], b"[1]"].concat()).await;
    assert_eq!((posted.status(), posted.field("allow")), (405, Some("GET, HEAD, OPTIONS")));
    let put = server.exchange(b"PUT /upload HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert_eq!((put.status(), put.field("allow")), (405, Some("GET, HEAD, POST, OPTIONS")));
    let asked = server
        .exchange(
            b"OPTIONS /upload HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: http://a\r\n\
              access-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n\r\n",
        )
        .await;
    assert_eq!((asked.status(), asked.field("allow")), (204, Some("GET, HEAD, POST, OPTIONS")));
    assert_eq!(asked.field("access-control-allow-methods"), Some("GET, HEAD, POST, OPTIONS"));
    let allowed: Vec<_> = asked.field("access-control-allow-headers").unwrap().split(", ").collect();
    assert!(allowed.contains(&"content-type") && allowed.contains(&"content-encoding"), "{allowed:?}");
}
