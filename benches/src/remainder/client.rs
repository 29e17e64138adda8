//! One client for both: a request's bytes go out on a connection that stays open, and the reply is read to its last byte.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// How long to wait for bytes that do not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Redis,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    protocol: Protocol,
    buffer: Vec<u8>,
}

/// A reply, by where its parts are in what was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply<'a> {
    /// The head of HTTP; of Redis the line that tells the length.
    pub(crate) head: &'a str,
    /// Of a chunked one, with what stands between the chunks.
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) fn open(address: SocketAddr, protocol: Protocol) -> Result<Connection> {
        let stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection { stream, protocol, buffer: Vec::with_capacity(16 * 1024) })
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(request)?)
    }

    /// The reply to what was sent, which has to be an answer.
    pub(crate) fn reply(&mut self) -> Result<Reply<'_>> {
        self.buffer.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some((head, body, end)) = extent(&self.buffer, self.protocol)?
                && self.buffer.len() >= end
            {
                let head_text = std::str::from_utf8(&self.buffer[..head])?;
                return Ok(Reply { head: head_text, body: &self.buffer[head..head + body] });
            }
            let read = self.stream.read(&mut chunk)?;
            ensure!(read > 0, "the connection was closed within a reply");
            self.buffer.extend_from_slice(&chunk[..read]);
        }
    }
}

/// Where the body of a reply begins, how long it is, and where all of it ends; `None` while that is not known.
fn extent(read: &[u8], protocol: Protocol) -> Result<Option<(usize, usize, usize)>> {
    let after = |mark: &[u8]| read.windows(mark.len()).position(|at| at == mark).map(|at| at + mark.len());
    match protocol {
        Protocol::Redis => {
            let Some(head) = after(b"\r\n") else { return Ok(None) };
            let line = std::str::from_utf8(&read[..head - 2])?;
            match line.strip_prefix('$').map(str::parse::<usize>) {
                // Behind it stands the end of a line.
                Some(Ok(length)) => Ok(Some((head, length, head + length + 2))),
                // `+OK`, to what stores.
                None if line.starts_with('+') => Ok(Some((head, 0, head))),
                _ => bail!("Redis answered {line:?}"),
            }
        }
        Protocol::Http => {
            let Some(head) = after(b"\r\n\r\n") else { return Ok(None) };
            let text = std::str::from_utf8(&read[..head])?;
            ensure!(text.starts_with("HTTP/1.1 200 "), "the server answered {text:?}");
            if text.contains("\r\ntransfer-encoding: chunked\r\n") {
                return Ok(chunked(&read[head..])?.map(|length| (head, length, head + length)));
            }
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("a reply without a length")?.parse()?;
            Ok(Some((head, length, head + length)))
        }
    }
}

/// How long all chunks are, with what stands between them; `None` while the last one has not come.
fn chunked(body: &[u8]) -> Result<Option<usize>> {
    let mut at = 0;
    loop {
        let rest = body.get(at..).unwrap_or_default();
        let Some(line) = rest.windows(2).position(|end| end == b"\r\n") else { return Ok(None) };
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line])?, 16)?;
        at += line + 2 + length + 2;
        if length == 0 {
            return Ok((at <= body.len()).then_some(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_ends_where_it_says() {
        for (protocol, text, expected) in [
            (Protocol::Redis, "$5\r\nhello\r\n", Some((4, 5, 11))),
            (Protocol::Redis, "+OK\r\n", Some((5, 0, 5))),
            (Protocol::Redis, "$5", None),
            (Protocol::Http, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Some((38, 2, 40))),
            (Protocol::Http, "HTTP/1.1 200 OK\r\ncontent-le", None),
            (
                Protocol::Http,
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                Some((47, 12, 59)),
            ),
            (Protocol::Http, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", None),
        ] {
            assert_eq!(extent(text.as_bytes(), protocol).unwrap(), expected, "{text:?}");
        }
        for (protocol, text) in [
            (Protocol::Redis, "$-1\r\n"),
            (Protocol::Redis, "-ERR no\r\n"),
            (Protocol::Http, "HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\n{}"),
        ] {
            assert!(extent(text.as_bytes(), protocol).is_err(), "{text:?}");
        }
    }
}
