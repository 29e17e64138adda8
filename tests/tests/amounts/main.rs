//! Hazard: a table whose rows are not what single queries answer, that ends early without a word, or that costs the server
//! more than a batch of it.

mod rows;
mod streams;
mod wrong;

use orrery_tests::programs::Server;

/// What a table is, whatever its framing: status, header, and content with chunks joined.
struct Table {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Table {
    /// Asks on a connection of its own, by HTTP/1.0, whose replies end with the connection and have no chunks.
    fn ask(server: &Server, request: &str, body: &str) -> Table {
        let mut connection = server.client().connect();
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
        };
        connection.send(format!("{request} HTTP/1.0\r\nhost: x\r\n{length}\r\n{body}").as_bytes());
        let bytes = connection.rest();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Table { status: head[9..12].parse().unwrap(), head, body: bytes[end..].to_vec() }
    }

    fn get(server: &Server, query: &str) -> Table {
        let table = Table::ask(server, &format!("GET /v1/ephemeris?{query}"), "");
        assert_eq!(table.status, 200, "{query}: {}", table.text());
        table
    }

    fn post(server: &Server, body: &str) -> Table {
        Table::ask(server, "POST /v1/positions", body)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.split("\r\n").filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}
