//! Tables as they are sent: at once, as fast as they are read, and no longer than somebody reads them.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use orrery_tests::processes::{self, Memory};
use orrery_tests::programs::Server;
use orrery_tests::{tables, workspace};

use super::Table;

/// A table of some thousand million rows.
const ENDLESS: &str = "start=1801-01-01&stop=2399-01-01&step=1m&format=csv";

fn open(server: &Server, query: &str) -> TcpStream {
    use std::io::Write;
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "GET /v1/ephemeris?{query} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    stream
}

/// The time that the server's workers have spent.
fn spent(server: &Server) -> Duration {
    processes::children(server.pid()).into_iter().map(|pid| processes::cpu_time(pid).unwrap()).sum()
}

#[test]
fn a_thousand_million_rows_begin_at_once_and_end_with_their_reader() {
    let server = Server::start_with(tables::shared_dir(), &workspace::ephemeris_path(), &["--workers", "1"]);
    let stream = open(&server, ENDLESS);
    let lines = BufReader::with_capacity(4096, &stream).lines();
    let text = lines.take(30).map(Result::unwrap).collect::<Vec<_>>().join("\n");
    assert!(text.starts_with("HTTP/1.1 200 ") && text.contains(",pluto,"), "{text}");
    // Somebody who does not read on costs nothing.
    std::thread::sleep(Duration::from_millis(500));
    let before = spent(&server);
    std::thread::sleep(Duration::from_secs(1));
    assert!(
        spent(&server).saturating_sub(before) <= Duration::from_millis(50),
        "it computes what nobody reads"
    );
    let worker = processes::children(server.pid())[0];
    let memory = Memory::of(worker).unwrap();
    assert!(memory.private_kib < 32 * 1024, "{memory:?}");
    drop(stream);
    // Nor does somebody who has gone, and others are answered.
    std::thread::sleep(Duration::from_millis(300));
    let before = spent(&server);
    std::thread::sleep(Duration::from_secs(1));
    assert!(spent(&server).saturating_sub(before) <= Duration::from_millis(50), "it computes for nobody");
    assert_eq!(server.client().get("/v1/positions?jd=2451545").status, 200);
}

#[test]
fn others_are_answered_while_a_table_is_read_as_fast_as_it_comes() {
    let server = Server::start_with(tables::shared_dir(), &workspace::ephemeris_path(), &["--workers", "1"]);
    let mut stream = open(&server, ENDLESS);
    let reader = std::thread::spawn(move || {
        let (mut buffer, mut read, began) = (vec![0; 1 << 20], 0, Instant::now());
        while began.elapsed() < Duration::from_secs(3) {
            read += stream.read(&mut buffer).unwrap();
        }
        read
    });
    let mut answered = 0;
    while !reader.is_finished() {
        assert_eq!(server.client().get("/v1/positions?jd=2451545&bodies=sun").status, 200);
        answered += 1;
    }
    let read = reader.join().unwrap();
    assert!(answered > 20 && read > 1 << 20, "{answered} answers beside {read} bytes");
}

#[test]
fn a_range_is_known_again_by_its_tag_and_a_list_is_nobody_elses() {
    let server = Server::shared();
    let query = "start=2026-01-01&stop=2026-02-01&step=1d&bodies=sun";
    let table = Table::get(&server, query);
    let tag = table.field("etag").unwrap();
    let target = format!("/v1/ephemeris?{query}");
    let again = server.client().send("GET", &target, &[("if-none-match", tag)]);
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    for other in
        ["&bodies=moon", "&bodies=sun&format=csv", "&bodies=sun&source=live", "&bodies=sun&equinox=mean"]
    {
        let query = format!("start=2026-01-01&stop=2026-02-01&step=1d{other}");
        assert_ne!(Table::get(&server, &query).field("etag"), Some(tag), "{other}");
    }
    let posted = Table::post(&server, r#"{"jd": [2451545], "bodies": ["sun"]}"#);
    assert_eq!((posted.field("etag"), posted.field("cache-control")), (None, Some("private, max-age=3600")));
    let head = server.client().send("HEAD", &target, &[]);
    assert_eq!((head.status, head.header("etag"), head.body.as_str()), (200, Some(tag), ""));
    assert_eq!(
        Table::get(&server, "start=now&stop=2390-01-01&step=1&bodies=sun&format=csv").field("cache-control"),
        Some("no-store")
    );
}

#[test]
fn who_answered_is_told_of_the_whole_and_of_each_row() {
    let server = Server::shared();
    let table = Table::get(&server, "start=1799-12-01&stop=1800-02-01&step=1d&bodies=sun");
    assert_eq!(table.field("x-ephemeris-source"), Some("mixed"));
    let json = table.json();
    let sources = json["bodies"]["sun"]["source"].as_array().unwrap();
    assert!(sources.contains(&"live".into()) && sources.contains(&"table".into()));
    assert_eq!(json["provenance"]["source"], "mixed");
    assert!(json["provenance"]["max_error_arcsec"].is_null());
    let modelled = "start=0500-01-01&stop=0500-01-03&step=1d&bodies=sun&allow_moshier=true";
    let json = Table::get(&server, modelled).json();
    assert_eq!(json["bodies"]["sun"]["source"][0], "moshier");
}
