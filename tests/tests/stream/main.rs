//! Hazards: a stream that tells another sky than `/v1/positions`, at other moments than it says, or that goes on when nobody
//! listens; one that keeps what a slow client has missed, or a server that stops; and a refusal that leaves its reader
//! guessing. Real programs are asked by real clients, of server-sent events and of WebSocket.

mod events;
mod refusals;
mod slow;
mod sockets;
mod stopping;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use orrery_almanac::iso;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

const SKY: &str = "/v1/stream/sky";

/// A server-sent event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    name: String,
    id: String,
    data: String,
}

impl Event {
    /// The document that it holds.
    fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its instant, milliseconds since 1970.
    fn millis(&self) -> u64 {
        millis(&self.id)
    }
}

/// A date of today's as milliseconds since 1970.
fn millis(date: &str) -> u64 {
    let iso::Moment::Zoned { date: day, time, offset } = iso::parse(date).unwrap() else {
        panic!("{date} has no zone");
    };
    assert!(date.ends_with('Z') && offset == orrery_almanac::UtcOffset::UTC, "{date}");
    let days = day.day_number(None).unwrap().0 - orrery_almanac::DayNumber::UNIX_EPOCH.0;
    let seconds = (u64::from(time.hour()) * 60 + u64::from(time.minute())) * 60 + u64::from(time.second());
    assert!(time.nanosecond().is_multiple_of(1_000_000), "{date}");
    u64::try_from(days).unwrap() * 86_400_000 + seconds * 1000 + u64::from(time.nanosecond() / 1_000_000)
}

/// The first event of a text, with its length, once all of it is there; comments are passed over.
fn first_event(text: &str) -> Option<(Option<Event>, usize)> {
    let end = text.find("\n\n")?;
    let (mut name, mut id, mut data) = (None, None, Vec::new());
    for line in text[..end].lines() {
        let (field, value) = line.split_once(':').unwrap_or_else(|| panic!("no field: {line:?}"));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match field {
            "" => {}
            "event" => assert_eq!(name.replace(value), None, "{text:?}"),
            "id" => assert_eq!(id.replace(value), None, "{text:?}"),
            "data" => data.push(value),
            _ => panic!("unknown field: {line:?}"),
        }
    }
    let event =
        (!data.is_empty()).then(|| Event { name: name.unwrap(), id: id.unwrap(), data: data.join("\n") });
    Some((event, end + 2))
}

/// All events of a stream that has come to its end.
fn events(mut text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some((event, length)) = first_event(text) {
        events.extend(event);
        text = &text[length..];
    }
    assert_eq!(text, "", "the last event was cut off");
    events
}

/// A stream of events that is read as it comes.
struct Events {
    body: Incoming,
    text: String,
}

impl Events {
    async fn open(server: SocketAddr, query: &str, fields: &[(&str, &str)]) -> Events {
        let stream = TokioIo::new(TcpStream::connect(server).await.unwrap());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let request = http::Request::get(format!("{SKY}?{query}")).header("host", "x");
        let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let reply = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        assert_eq!(reply.status(), 200, "{query}");
        assert_eq!(reply.headers()["content-type"], "text/event-stream");
        Events { body: reply.into_body(), text: String::new() }
    }

    /// The next event; `None` where the stream has come to its proper end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, length)) = first_event(&self.text) {
                self.text.drain(..length);
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let Some(frame) = tokio::time::timeout(PATIENCE, self.body.frame()).await.unwrap() else {
                assert_eq!(self.text, "", "the last event was cut off");
                return None;
            };
            let frame = frame.unwrap_or_else(|error| panic!("the stream was broken off: {error}"));
            // What is told is ASCII, of which nothing is cut in two.
            self.text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
    }
}

/// A WebSocket.
struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(server: SocketAddr, query: &str) -> Socket {
        let stream = TcpStream::connect(server).await.unwrap();
        let (socket, _) = client_async(format!("ws://{server}{SKY}?{query}"), stream).await.unwrap();
        Socket(socket)
    }

    /// The next message; or with which code the server has closed.
    async fn next(&mut self) -> Result<String, CloseCode> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap() {
                Message::Text(text) => return Ok(text.to_string()),
                Message::Close(frame) => {
                    // The other side hears that it was heard.
                    while let Some(Ok(_)) = self.0.next().await {}
                    return Err(frame.unwrap().code);
                }
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
