//! Hazard: many charts of which one is told in another's place, or is another than the single one; a bad one that costs others
//! their answer; a server that keeps what nobody reads, or waits for a client that waits for it.
#![cfg(target_os = "linux")]

mod bodies;
mod lines;
mod streams;

use std::fmt::Write;

use orrery_tests::http::Connection;
use orrery_tests::programs::Server;
use orrery_tests::random::Random;
use serde_json::Value;

const NDJSON: &str = "application/x-ndjson";

/// What is told, whatever its framing: status, header, and content.
struct Told {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Told {
    /// Posts a body by HTTP/1.0, whose replies end with the connection and have no chunks.
    fn ask(server: &Server, query: &str, media_type: &str, fields: &str, body: &[u8]) -> Told {
        let mut connection = server.client().connect();
        connection.send(&request(query, media_type, fields, body.len()));
        connection.send(body);
        Told::rest_of(&mut connection)
    }

    fn rest_of(connection: &mut Connection) -> Told {
        let bytes = connection.rest();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Told { status: head[9..12].parse().unwrap(), head, body: bytes[end..].to_vec() }
    }

    /// Lines told of lines.
    fn lines(server: &Server, query: &str, lines: &str) -> Vec<Value> {
        let told = Told::ask(server, query, NDJSON, "", lines.as_bytes());
        assert_eq!(told.status, 200, "{}", told.text());
        assert_eq!(told.field("content-type"), Some(NDJSON));
        told.each()
    }

    /// A document told of a document.
    fn json(server: &Server, query: &str, body: &str) -> Told {
        Told::ask(server, query, "application/json", "", body.as_bytes())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn document(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Its lines, each of them whole.
    fn each(&self) -> Vec<Value> {
        let text = self.text();
        assert!(text.is_empty() || text.ends_with('\n'), "it ends within a line");
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.split("\r\n").filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn code(&self) -> (u16, String) {
        (self.status, self.document()["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// The head of a request with a body of so many bytes.
fn request(query: &str, media_type: &str, fields: &str, length: usize) -> Vec<u8> {
    let target = if query.is_empty() { "/v1/charts".to_owned() } else { format!("/v1/charts?{query}") };
    format!(
        "POST {target} HTTP/1.0\r\nhost: x\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n{fields}\r\n"
    )
    .into_bytes()
}

/// Charts of random instants within the tables and places, a line each, numbered by their ids.
fn random_lines(seed: u64, count: usize) -> String {
    let mut random = Random(seed);
    let mut lines = String::new();
    for id in 0..count {
        let (jd, lat, lon) = (
            random.between(2_390_000.0, 2_590_000.0),
            random.between(-60.0, 60.0),
            random.between(-180.0, 180.0),
        );
        // Writing into memory does not fail.
        let _ = writeln!(lines, r#"{{"id": {id}, "jd": {jd:?}, "lat": {lat:?}, "lon": {lon:?}}}"#);
    }
    lines
}

/// Of a refusal in the place of a chart: its line, its code and the parameter that it names.
fn refusal(line: &Value) -> (u64, &str, Option<&str>) {
    let error = &line["error"];
    assert!(error["detail"].is_string() && error["status"].is_u64(), "{line}");
    (line["line"].as_u64().unwrap(), error["code"].as_str().unwrap(), error["parameter"].as_str())
}
