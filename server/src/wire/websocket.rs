//! WebSocket (RFC 6455): the handshake, and a connection on which there is nothing to be sent but by the server.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, Version};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tracing::debug;

use crate::wire::content::Content;
use crate::wire::problem::{Code, Problem, WEBSOCKET_VERSION};
use crate::wire::request::Request;
use crate::wire::upgrade::Upgrade;

/// The protocol as `Upgrade` names it.
const PROTOCOL: &str = "websocket";

/// Characters of a key: sixteen bytes in base64, the last two of which are padding.
const KEY_LENGTH: usize = 24;

/// Pause between two pings, unless clients have to be quicker to answer one.
const PING: Duration = Duration::from_secs(20);

/// How long a client has to say goodbye once the server has.
const GOODBYE: Duration = Duration::from_secs(1);

/// What is read at once, and what a message of a client may have before it is found to be one too many.
const READ_BYTES: usize = 4096;

/// What is told on a connection, one message after the other.
pub(crate) trait Telling: Send + 'static {
    /// The next message; `None` at the end. Nothing is lost by not waiting to the end.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>> + Send;

    /// How it has ended.
    fn ending(&self) -> Ending;
}

/// Why there is nothing more to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All there was has been told.
    Told,
    /// The server is about to stop.
    Leaving,
    /// The last message says what went wrong.
    Failed,
}

impl Ending {
    fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Ending::Told => (CloseCode::Normal, "that is all"),
            Ending::Leaving => (CloseCode::Away, "the server is shutting down"),
            Ending::Failed => (CloseCode::Error, "the last message says why"),
        };
        goodbye(code, reason)
    }
}

fn goodbye(code: CloseCode, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: reason.into() }
}

/// A handshake that can be granted.
#[derive(Debug)]
pub(crate) struct Handshake {
    accept: HeaderValue,
    upgrade: Upgrade,
}

/// The handshake of a request that asks for WebSocket. HTTP/2 and HTTP/1.0 have no way of asking.
///
/// # Errors
/// It asks, and not as it must.
pub(crate) fn handshake(request: &Request) -> Result<Option<Handshake>, Problem> {
    let is_http11 = request.version() == Version::HTTP_11;
    if !is_http11 || *request.method() != Method::GET || !lists(request, &UPGRADE, PROTOCOL) {
        return Ok(None);
    }
    let malformed = |detail, hint| Err(Problem::new(Code::MalformedHandshake, detail).hint(hint));
    if !lists(request, &CONNECTION, "upgrade") {
        return malformed("the handshake's Connection does not list upgrade", "send `Connection: upgrade`");
    }
    let headers = request.headers();
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != WEBSOCKET_VERSION) {
        return malformed(
            "the handshake is not of the version of WebSocket that is spoken here",
            "send `Sec-WebSocket-Version: 13`",
        );
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let (Some(key), None) = (keys.next().filter(|key| is_key(key.as_bytes())), keys.next()) else {
        return malformed(
            "the handshake has no key, or none that is sixteen bytes in base64",
            "send one Sec-WebSocket-Key: sixteen random bytes in base64",
        );
    };
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes()));
    let (Ok(accept), Some(upgrade)) = (accept, request.upgrade()) else {
        return malformed("the connection cannot change its protocol", "ask on a connection of HTTP/1.1");
    };
    Ok(Some(Handshake { accept, upgrade }))
}

/// Whether a field lists a word.
fn lists(request: &Request, field: &HeaderName, word: &str) -> bool {
    let values = request.headers().get_all(field).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|listed| listed.trim().eq_ignore_ascii_case(word))
}

fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    key.len() == KEY_LENGTH && key.strip_suffix(b"==").is_some_and(|digits| digits.iter().all(is_digit))
}

impl Handshake {
    /// Grants it, and tells on the connection what there is. A client that answers no ping for so long is taken to be gone.
    pub(crate) fn granted(self, telling: impl Telling, patience: Duration) -> Response<Content> {
        let (switched, tenure) = self.upgrade.granted();
        tokio::spawn(async move {
            match switched.await {
                Ok(connection) => {
                    let config = WebSocketConfig::default()
                        .read_buffer_size(READ_BYTES)
                        .write_buffer_size(0)
                        .max_message_size(Some(READ_BYTES))
                        .max_frame_size(Some(READ_BYTES));
                    let socket =
                        WebSocketStream::from_raw_socket(connection, Role::Server, Some(config)).await;
                    talk(socket, telling, patience).await;
                }
                // Its client was gone before it could be told.
                Err(error) => debug!(%error, "the protocol was not changed"),
            }
            drop(tenure);
        });
        let mut response = Response::new(Content::default());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static(PROTOCOL));
        headers.insert(SEC_WEBSOCKET_ACCEPT, self.accept);
        response
    }
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Tells what there is until one of the two has had enough, and says goodbye.
async fn talk(mut socket: Socket, mut telling: impl Telling, patience: Duration) {
    let Some(frame) = tell(&mut socket, &mut telling, patience).await else { return };
    let parting = async {
        // An error says that the client is gone, which is what is waited for.
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(GOODBYE, parting).await;
}

/// Tells what there is, and gives what to say at the end; `None` where the client has said it, or is gone.
async fn tell(socket: &mut Socket, telling: &mut impl Telling, patience: Duration) -> Option<CloseFrame> {
    let pause = PING.min(patience / 2);
    let mut pings = interval_at(Instant::now() + pause, pause);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Since when a ping is not answered.
    let mut unanswered: Option<Instant> = None;
    loop {
        // In this order: what has been waiting to be read, while the client was slow to take what was told, may be an answer.
        let message = tokio::select! {
            biased;
            heard = socket.next() => match heard? {
                Ok(Message::Close(_)) => {
                    let _ = timeout(GOODBYE, socket.flush()).await;
                    return None;
                }
                Ok(Message::Ping(_) | Message::Pong(_)) => {
                    unanswered = None;
                    continue;
                }
                Ok(_) => return Some(goodbye(CloseCode::Unsupported, "there is nothing to be sent here")),
                Err(Error::Capacity(_)) => {
                    return Some(goodbye(CloseCode::Size, "there is nothing to be sent here, and this is large"));
                }
                Err(Error::Protocol(_) | Error::Utf8(_)) => {
                    return Some(goodbye(CloseCode::Protocol, "what came is no frame"));
                }
                Err(_) => return None,
            },
            _ = pings.tick() => {
                if unanswered.get_or_insert_with(Instant::now).elapsed() > patience {
                    debug!("a WebSocket client answers no pings");
                    return None;
                }
                Message::Ping(Bytes::new())
            }
            told = telling.next() => match told {
                // JSON is UTF-8.
                Some(told) => Message::Text(Utf8Bytes::try_from(told).ok()?),
                None => return Some(telling.ending().frame()),
            },
        };
        // One at a time, to its end: what comes meanwhile is not kept for a client that is slow. The guard ends it for one
        // that takes nothing.
        socket.send(message).await.ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    #[test]
    fn a_handshake_is_asked_for_and_sound_or_says_what_it_lacks() {
        let asked =
            |fields: &[(&'static str, &str)]| handshake(&Request::to("/", fields)).map(|it| it.is_some());
        assert_eq!(asked(&[]), Ok(false));
        assert_eq!(asked(&FIELDS[..1]), Ok(false));
        assert_eq!(asked(&[("upgrade", "h2c"), ("connection", "upgrade")]), Ok(false));
        for (nth, value, detail) in [
            (0, "close", "Connection"),
            (2, "8", "version"),
            (3, "", "key"),
            (3, "dGhlIHNhbXBsZSBub25jZQ", "key"),
            (3, "dGhlIHNhbXBsZSBub25jZQ=?", "key"),
            (3, "dGhlIHNhbXBsZSBub25j ZQ=", "key"),
        ] {
            let mut fields = FIELDS;
            fields[nth].1 = value;
            let problem = asked(&fields).unwrap_err();
            assert_eq!(problem.code, Code::MalformedHandshake, "{value}");
            assert!(problem.detail.contains(detail) && problem.hint.is_some(), "{problem:?}");
        }
        // Nothing is wrong with it but that there is no connection.
        assert!(asked(&FIELDS).unwrap_err().detail.contains("cannot change"));
        let twice = [&FIELDS[..], &FIELDS[3..]].concat();
        assert!(asked(&twice).unwrap_err().detail.contains("key"));
    }

    #[test]
    fn a_refused_handshake_names_the_version() {
        let response = Problem::new(Code::MalformedHandshake, "no").response();
        assert_eq!(response.headers()[SEC_WEBSOCKET_VERSION], WEBSOCKET_VERSION);
        assert!(!Problem::new(Code::Internal, "no").response().headers().contains_key(SEC_WEBSOCKET_VERSION));
    }
}
