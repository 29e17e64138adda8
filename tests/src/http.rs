//! As much of an HTTP client as the tests need: one request a connection, or bytes as a test will have them.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use serde_json::{Value, json};

use crate::workspace;

/// How long to wait for bytes that do not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client of one server.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    address: SocketAddr,
}

/// A reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Header fields in their order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Client {
    /// A client of the server at an address.
    #[must_use]
    pub fn new(address: SocketAddr) -> Client {
        Client { address }
    }

    /// Sends a request with these further header fields.
    #[must_use]
    pub fn send(&self, method: &str, target: &str, fields: &[(&str, &str)]) -> Reply {
        let mut request =
            format!("{method} {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in fields {
            // Writing to a string does not fail.
            let _ = write!(request, "{name}: {value}\r\n");
        }
        request.push_str("\r\n");
        self.raw(request.as_bytes())
    }

    /// Sends bytes as they are, and reads one reply and the end of the connection.
    #[must_use]
    pub fn raw(&self, request: &[u8]) -> Reply {
        let mut connection = self.connect();
        connection.send(request);
        Reply::whole(&connection.rest())
    }

    /// Opens a connection.
    #[must_use]
    pub fn connect(&self) -> Connection {
        Connection::open(self.address).unwrap_or_else(|error| panic!("{}: {error}", self.address))
    }

    /// `GET`.
    #[must_use]
    pub fn get(&self, target: &str) -> Reply {
        self.send("GET", target, &[])
    }

    /// The positions that a query string asks for, which must be answered.
    #[must_use]
    pub fn positions(&self, query: &str) -> Value {
        let reply = self.get(&format!("/v1/positions?{query}"));
        assert_eq!(reply.status, 200, "{query}: {reply:?}");
        reply.json()
    }
}

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Bytes that came behind what was asked for.
    buffer: Vec<u8>,
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// As the system says.
    pub fn open(address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection { stream, buffer: Vec::new() })
    }

    /// The same connection, for another thread.
    #[must_use]
    pub fn another(&self) -> Connection {
        Connection { stream: self.stream.try_clone().unwrap(), buffer: Vec::new() }
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).unwrap_or_else(|error| panic!("nothing could be sent: {error}"));
    }

    /// The same, where the other side may be gone.
    ///
    /// # Errors
    /// As the system says.
    pub fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Says that nothing more will be sent.
    pub fn finish(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Waits for bytes so long and no longer.
    pub fn set_patience(&self, patience: Duration) {
        self.stream.set_read_timeout(Some(patience)).unwrap();
    }

    /// Whether the other side has closed, or sent something that nobody asked for.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false).unwrap();
        !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// The next reply to a request other than `HEAD`, whose length is told.
    ///
    /// # Errors
    /// When the connection ends before the reply does.
    pub fn reply(&mut self) -> io::Result<Reply> {
        loop {
            if let Some((reply, length)) = Reply::first(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(reply);
            }
            if self.read()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Waits until something has come, and gives what there is of it; [`Connection::rest`] gives it once more.
    #[must_use]
    pub fn beginning(&mut self) -> String {
        assert!(
            self.read().unwrap_or_else(|error| panic!("nothing came: {error}")) > 0,
            "closed without a word"
        );
        self.text()
    }

    /// Everything until the other side closes.
    #[must_use]
    pub fn rest(&mut self) -> Vec<u8> {
        while self.read().unwrap_or_else(|error| panic!("after {:?}: {error}", self.text())) > 0 {}
        std::mem::take(&mut self.buffer)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }

    fn read(&mut self) -> io::Result<usize> {
        let mut bytes = [0; 16 * 1024];
        let length = loop {
            match self.stream.read(&mut bytes) {
                // A signal, or the machine stood still for a while: what is waited for is none the worse for it.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.buffer.extend_from_slice(&bytes[..length]);
        Ok(length)
    }
}

impl Reply {
    /// One reply and nothing else.
    fn whole(bytes: &[u8]) -> Reply {
        let text = || String::from_utf8_lossy(bytes).into_owned();
        let end = head_length(bytes).unwrap_or_else(|| panic!("no reply: {:?}", text()));
        let mut reply = Reply::of_head(&bytes[..end]).unwrap_or_else(|| panic!("no status: {:?}", text()));
        let content = &bytes[end..];
        reply.body = if reply.header("transfer-encoding") == Some("chunked") {
            let joined = joined(content).unwrap_or_else(|| panic!("broken chunks: {:?}", text()));
            String::from_utf8_lossy(&joined).into_owned()
        } else {
            String::from_utf8_lossy(content).into_owned()
        };
        reply
    }

    /// The reply that bytes begin with, and its length, once all of it is there.
    fn first(bytes: &[u8]) -> io::Result<Option<(Reply, usize)>> {
        let Some(end) = head_length(bytes) else { return Ok(None) };
        let strange = || io::Error::other(format!("no reply: {:?}", String::from_utf8_lossy(bytes)));
        let mut reply = Reply::of_head(&bytes[..end]).ok_or_else(strange)?;
        let length = match reply.header("content-length") {
            Some(length) => length.parse().map_err(|_| strange())?,
            None if reply.status == 304 => 0,
            None => return Err(strange()),
        };
        let Some(body) = bytes.get(end..end + length) else { return Ok(None) };
        reply.body = String::from_utf8_lossy(body).into_owned();
        Ok(Some((reply, end + length)))
    }

    fn of_head(head: &[u8]) -> Option<Reply> {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Reply { status, headers, body: String::new() })
    }

    /// A header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The document of a refusal with this status and code, which must be whole and hold nothing of the server's own.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let document = self.json();
        assert_eq!((self.status, document["code"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()), "{self:?}");
        assert_eq!(self.header("content-length"), Some(self.body.len().to_string().as_str()), "{self:?}");
        assert_eq!(document["status"], status, "{document}");
        assert_eq!(document["type"], json!(format!("urn:orrery:problem:{code}")), "{document}");
        for member in ["title", "detail", "hint"] {
            assert!(
                document[member].as_str().is_some_and(|text| !text.is_empty()),
                "no {member} in {document}"
            );
        }
        let known = ["type", "title", "status", "detail", "code", "parameter", "hint", "candidates"];
        assert!(document.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{document}");
        let root = workspace::root();
        for secret in [root.to_str().unwrap(), "data/ephe", "test-dataset", ".rs:", "panick"] {
            assert!(!self.body.contains(secret), "{document}");
        }
        document
    }
}

/// The query string that asks again for what the `query` member of a reply says, names as they stand there.
#[must_use]
pub fn sent_again(echo: &Value) -> String {
    let members = echo.as_object().unwrap_or_else(|| panic!("no query: {echo}"));
    let pairs = members.iter().map(|(name, value)| format!("{name}={}", written(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A value of JSON as a query string writes it, lists by commas.
#[must_use]
pub fn written(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Value::String(text) => escaped(text),
        other => other.to_string(),
    }
}

/// Text as a query string may hold it: `+` would be read as a space.
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Length of the head that bytes begin with, its empty line included.
fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// What a body of chunks holds, once its last chunk is there.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    // A reply to HEAD has none.
    while !chunks.is_empty() {
        let line = chunks.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&chunks[..line]).ok()?, 16).ok()?;
        let chunk = chunks.get(line + 2..line + 2 + length)?;
        body.extend_from_slice(chunk);
        chunks = chunks.get(line + 2 + length..)?.strip_prefix(b"\r\n")?;
        if length == 0 {
            return chunks.is_empty().then_some(body);
        }
    }
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_spelt_as_it_was_meant() {
        let echo = json!({
            "bodies": ["sun", "moon"],
            "date": "2026-03-20T12:00+05:30",
            "lat": -1.5,
            "place": "a&b %ä",
            "true": true,
        });
        assert_eq!(
            sent_again(&echo),
            "bodies=sun,moon&date=2026-03-20T12:00%2B05:30&lat=-1.5&place=a%26b%20%25%C3%A4&true=true"
        );
    }
}
