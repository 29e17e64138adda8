//! Charts while they are sent and read: at once, in parallel, as fast as they are read, and no longer than somebody reads them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;
use orrery_tests::{tables, workspace};
use serde_json::{Value, json};

use super::{NDJSON, Told, random_lines, request};

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is quickly told, of which many are asked for.
const FEW: &str = "include=houses&bodies=sun";

fn alone() -> Server {
    Server::start_with(tables::shared_dir(), &workspace::ephemeris_path(), &["--workers", "1"])
}

/// The time that the server's workers have spent.
fn spent(server: &Server) -> Duration {
    processes::children(server.pid()).into_iter().map(|pid| processes::cpu_time(pid).unwrap()).sum()
}

/// Waits until the workers do nothing any more.
fn wait_until_idle(server: &Server) {
    let begun = Instant::now();
    loop {
        let before = spent(server);
        std::thread::sleep(Duration::from_millis(500));
        if spent(server).saturating_sub(before) <= Duration::from_millis(30) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it computes what nobody reads");
    }
}

/// Begins a request whose body comes in chunks.
fn open(server: &Server, fields: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "POST /v1/charts?include=houses HTTP/1.1\r\nhost: x\r\ncontent-type: {NDJSON}\r\n{fields}transfer-encoding: \
         chunked\r\n\r\n"
    )
    .unwrap();
    stream
}

fn send_chunk(stream: &mut TcpStream, text: &str) {
    write!(stream, "{:x}\r\n{text}\r\n", text.len()).unwrap();
}

/// The next line of a reply that is JSON, of those between its chunks' lengths.
fn next_document(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Value {
    let line = lines.map(Result::unwrap).find(|line| line.starts_with('{')).expect("a line");
    serde_json::from_str(&line).unwrap()
}

#[test]
fn who_waits_for_each_answer_gets_it() {
    let server = Server::shared();
    let mut stream = open(&server, "");
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    for nth in 0..20 {
        let line = format!("{{\"id\": {nth}, \"jd\": {}, \"lat\": 50, \"lon\": 10}}\n", 2_451_545 + nth);
        // Half a line is none.
        let (first, second) = line.split_at(12);
        send_chunk(&mut stream, first);
        send_chunk(&mut stream, second);
        let told = next_document(&mut answers);
        assert_eq!((&told["line"], &told["id"]), (&json!(nth + 1), &json!(nth)), "{told}");
    }
    send_chunk(&mut stream, "{}");
    write!(stream, "0\r\n\r\n").unwrap();
    assert_eq!(next_document(&mut answers)["error"]["code"], "missing_parameter");
    // The connection is good for another request.
    write!(stream, "GET /v1/positions?jd=2451545 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let rest: Vec<_> = answers.map(Result::unwrap).collect();
    assert!(rest.iter().any(|line| line.starts_with("HTTP/1.1 200 ")), "{rest:?}");
}

#[test]
fn who_waits_for_each_answer_gets_it_compressed_too() {
    let server = Server::shared();
    let mut stream = open(&server, "content-encoding: gzip\r\naccept-encoding: gzip\r\n");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
    for nth in 0..10 {
        writeln!(encoder, "{{\"jd\": {}, \"lat\": 50, \"lon\": 10}}", 2_451_545 + nth).unwrap();
        encoder.flush().unwrap();
        let bytes = std::mem::take(encoder.get_mut());
        write!(stream, "{:x}\r\n", bytes.len()).unwrap();
        stream.write_all(&bytes).unwrap();
        stream.write_all(b"\r\n").unwrap();
        // That something comes is what counts: what it is, others look at.
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "closed after {nth}");
        received.extend_from_slice(&buffer[..read]);
    }
    assert!(received.starts_with(b"HTTP/1.1 200 "));
}

#[test]
fn who_sends_everything_before_reading_anything_is_answered() {
    let server = Server::start_with(tables::shared_dir(), &workspace::ephemeris_path(), &["--workers", "2"]);
    let lines = random_lines(5, 20_000);
    let mut connection = server.client().connect();
    connection.send(&request(FEW, NDJSON, "", lines.len()));
    connection.send(lines.as_bytes());
    // All of it is gone, and nothing of the reply is read.
    let told = Told::rest_of(&mut connection).each();
    assert_eq!(told.len(), 20_000);
    for (nth, chart) in told.iter().enumerate() {
        assert_eq!((&chart["line"], &chart["id"]), (&json!(nth + 1), &json!(nth)));
        assert_eq!(chart["houses"]["cusps"].as_array().unwrap().len(), 12);
    }
    // What was told in parallel is what is told alone.
    for nth in (0..20_000).step_by(997) {
        let line = lines.lines().nth(nth).unwrap();
        let alone = &Told::lines(&server, FEW, line)[0];
        let mut chart = told[nth].clone();
        chart["line"] = json!(1);
        assert_eq!(chart, *alone);
    }
}

#[test]
fn memory_does_not_grow_with_what_is_sent() {
    // So much may be held of it, however slow this machine is at reading; and twenty times as much is sent.
    let server = Server::with_settings("[limits]\nbody_bytes = 4194304\n");
    let worker = processes::children(server.pid())[0];
    let own = || Memory::of(worker).unwrap().anonymous_kib;
    // Once for nothing, so that what every thread keeps is there.
    assert_eq!(Told::lines(&server, "include=houses", &random_lines(6, 500)).len(), 500);
    let before = own();
    let stream = open(&server, "");
    let mut writer = stream.try_clone().unwrap();
    let wide = |line: &str| format!("{}{line}\n", " ".repeat(40_000));
    let block: String = random_lines(7, 20).lines().map(wide).collect();
    let sending = std::thread::spawn(move || {
        for _ in 0..100 {
            send_chunk(&mut writer, &block);
        }
        write!(writer, "0\r\n\r\n").unwrap();
    });
    let (mut peak, mut told) = (before, 0);
    for line in BufReader::new(stream.try_clone().unwrap()).split(b'\n') {
        let line = line.unwrap();
        if line.starts_with(b"{\"line\"") {
            told += 1;
            if told % 50 == 0 {
                peak = peak.max(own());
            }
        } else if line == b"0\r" {
            break;
        }
    }
    stream.shutdown(std::net::Shutdown::Both).unwrap();
    sending.join().unwrap();
    assert_eq!(told, 2000);
    assert!(peak - before < 16 * 1024, "{before} KiB became {peak}");
}

#[test]
fn who_does_not_read_has_nothing_computed_and_little_kept() {
    let server = alone();
    let worker = processes::children(server.pid())[0];
    let lines = random_lines(8, 20_000);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&request(FEW, NDJSON, "", lines.len())).unwrap();
    stream.write_all(lines.as_bytes()).unwrap();
    wait_until_idle(&server);
    // What was sent is held, and little of what is told.
    let memory = Memory::of(worker).unwrap();
    assert!(memory.private_kib < 32 * 1024, "{memory:?}");
    // Who reads late reads all.
    let mut told = Vec::new();
    stream.read_to_end(&mut told).unwrap();
    let end = told.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(told[end..].split(|byte| *byte == b'\n').count(), 20_001);
}

#[test]
fn who_leaves_has_nothing_computed_any_more() {
    let server = alone();
    let lines = random_lines(9, 20_000);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&request("", NDJSON, "", lines.len())).unwrap();
    stream.write_all(lines.as_bytes()).unwrap();
    let mut first = [0; 4096];
    assert!(stream.read(&mut first).unwrap() > 0);
    drop(stream);
    std::thread::sleep(Duration::from_millis(500));
    let before = spent(&server);
    std::thread::sleep(Duration::from_secs(1));
    assert!(spent(&server).saturating_sub(before) <= Duration::from_millis(50), "it computes for nobody");
    assert_eq!(Told::lines(&server, "include=houses", &random_lines(10, 3)).len(), 3);
    // Nor is anything left of who leaves in the middle of sending.
    let mut stream = open(&server, "");
    send_chunk(&mut stream, &random_lines(11, 50));
    assert!(stream.read(&mut first).unwrap() > 0);
    drop(stream);
    wait_until_idle(&server);
    assert_eq!(server.client().get("/v1/positions?jd=2451545").status, 200);
}

#[test]
fn who_sends_nothing_more_is_told_so() {
    let server = Server::with_settings("[limits]\nbody_timeout_s = 1\n");
    let mut stream = open(&server, "");
    send_chunk(&mut stream, &random_lines(12, 2));
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    for line in 1..=2 {
        assert_eq!(next_document(&mut answers)["line"], line);
    }
    let told = next_document(&mut answers);
    assert_eq!((&told["line"], &told["error"]["code"]), (&json!(3), &json!("request_timeout")), "{told}");
    // Who has sent nothing at all is refused.
    let mut silent = open(&server, "");
    let mut reply = String::new();
    let _ = silent.read_to_string(&mut reply);
    assert!(reply.starts_with("HTTP/1.1 408 "), "{reply}");
}

#[test]
fn others_are_answered_meanwhile() {
    let server = alone();
    let lines = random_lines(13, 3000);
    let address = server.address;
    let reader = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&request("", NDJSON, "", lines.len())).unwrap();
        stream.write_all(lines.as_bytes()).unwrap();
        let mut told = Vec::new();
        stream.read_to_end(&mut told).unwrap();
        told.len()
    });
    let mut answered = 0;
    while !reader.is_finished() {
        assert_eq!(server.client().get("/v1/positions?jd=2451545&bodies=sun").status, 200);
        answered += 1;
    }
    let read = reader.join().unwrap();
    assert!(answered > 5 && read > 1 << 20, "{answered} answers beside {read} bytes");
}

#[test]
fn a_list_may_be_a_job() {
    let server = Server::shared();
    let lines = random_lines(14, 30);
    let list: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let job = json!({"method": "POST", "path": "/v1/charts?include=houses&format=ndjson", "body": list});
    let posted = job.to_string();
    let mut connection = server.client().connect();
    let head = format!(
        "POST /v1/jobs HTTP/1.0\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        posted.len()
    );
    connection.send(head.as_bytes());
    connection.send(posted.as_bytes());
    let told = Told::rest_of(&mut connection);
    assert_eq!(told.status, 202, "{}", told.text());
    let id = told.document()["id"].as_str().unwrap().to_owned();
    let begun = Instant::now();
    let ended = loop {
        let job = server.ask(&format!("/v1/jobs/{id}"));
        if job["state"] == "done" {
            break job;
        }
        assert!(begun.elapsed() < PATIENCE, "{job}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended["progress"]["expected_rows"], 30, "{ended}");
    let result = server.text(&format!("/v1/jobs/{id}/result"));
    assert_eq!(result.lines().count(), 30);
    let wrong = json!({"method": "POST", "path": "/v1/charts", "body": {"jd": 1}}).to_string();
    let mut connection = server.client().connect();
    connection.send(
        format!("POST /v1/jobs HTTP/1.0\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{wrong}", wrong.len())
            .as_bytes(),
    );
    assert_eq!(Told::rest_of(&mut connection).code().0, 400);
}
