//! Large requests and replies over real sockets, on routes that are there for these tests alone.

mod http2;
mod sky;
mod streaming;
mod uploads;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep, sleep};

use crate::app::App;
use crate::config::{Limits, Settings};
use crate::routes::{Asked, Resource, Route};
use crate::tables::{EPHEMERIS, LINES, publish};
use crate::wire::coding::coded;
use crate::wire::content::{CHUNK_BYTES, Chunks};
use crate::wire::problem::{Cause, Code, Problem};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::route::Site;
use crate::wire::serve_with;
use crate::wire::service::service_of;

/// How long to wait for what ought to happen within a second or two.
const PATIENCE: Duration = Duration::from_secs(30);

const fn route(path: &'static str, methods: &'static str) -> Route {
    Route { path, resource: Resource::Page, methods, spec: None, posted: None, deleted: None }
}

static ROUTES: [Route; 3] = [
    route("/small", "GET, HEAD, OPTIONS"),
    route("/stream/{kind}", "GET, HEAD, OPTIONS"),
    route("/upload", "GET, HEAD, POST, OPTIONS"),
];

fn ask(_: Resource, app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let whole = |text: String| Ok(Reply::from(Response::new(Bytes::from(text))));
    if request.path() == "/upload" {
        let (app, request) = (Arc::clone(app), Arc::clone(request));
        return Asked::Later(Box::pin(async move {
            let body = request.body(&app).await?;
            let hash = blake3::hash(&body).to_hex().to_string();
            // As long as it is held it takes room.
            if let Some(millis) = request.query().strip_prefix("hold=") {
                sleep(Duration::from_millis(millis.parse().unwrap())).await;
            }
            whole(json!({"bytes": body.len(), "hash": hash}).to_string())
        }));
    }
    let Some(kind) = request.path().strip_prefix("/stream/") else {
        return Asked::Now(whole("small".into()));
    };
    let chunks: Chunks = Box::pin(Trial::new(kind, request.query()));
    Asked::Now(request.coding().and_then(|coding| {
        let mut response = Response::new(coded(chunks, coding)?);
        response.headers_mut().extend(coding.field().map(|field| (http::header::CONTENT_ENCODING, field)));
        Ok(Reply::from(response))
    }))
}

/// What is known of a stream, by the query of its request.
#[derive(Debug, Default)]
struct Tally {
    begun: AtomicUsize,
    /// Chunks that were made.
    made: AtomicUsize,
    dropped: AtomicUsize,
}

fn tally(name: &str) -> Arc<Tally> {
    static TALLIES: LazyLock<Mutex<HashMap<String, Arc<Tally>>>> = LazyLock::new(Mutex::default);
    Arc::clone(TALLIES.lock().unwrap().entry(name.to_owned()).or_default())
}

/// A stream, of chunks that tell their number.
struct Trial {
    kind: String,
    tally: Arc<Tally>,
    nth: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Trial {
    fn new(kind: &str, name: &str) -> Trial {
        let tally = tally(name);
        tally.begun.fetch_add(1, Relaxed);
        Trial { kind: kind.to_owned(), tally, nth: 0, pause: None }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.tally.dropped.fetch_add(1, Relaxed);
    }
}

impl Stream for Trial {
    type Item = Result<Bytes, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Problem>>> {
        let (this, ends_at) = (&mut *self, 40);
        match (this.kind.as_str(), this.nth) {
            ("short" | "paced", nth) if nth == ends_at => return Poll::Ready(None),
            ("broken", 3) => {
                let cause = Cause::Server("on purpose".into());
                return Poll::Ready(Some(Err(Problem::new(Code::Internal, "broken").cause(cause))));
            }
            ("panicking", 3) => panic!("on purpose"),
            ("paced", _) => {
                let pause = this.pause.get_or_insert_with(|| Box::pin(sleep(Duration::from_millis(25))));
                std::task::ready!(pause.as_mut().poll(cx));
                this.pause = None;
            }
            _ => {}
        }
        this.nth += 1;
        this.tally.made.fetch_add(1, Relaxed);
        Poll::Ready(Some(Ok(chunk(this.nth - 1))))
    }
}

/// The nth chunk of every stream.
fn chunk(nth: usize) -> Bytes {
    // Digits that no coding makes nothing of.
    let mut state = nth as u64 + 1;
    let text = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b'0' + (state >> 33) as u8 % 10
    });
    text.take(CHUNK_BYTES).collect()
}

/// All of a stream that comes to its end.
fn all_chunks() -> Vec<u8> {
    (0..40).flat_map(chunk).collect()
}

/// Ends when a server is to stop.
type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A server of the routes above, or of others.
struct Server {
    address: SocketAddr,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(limits: Limits) -> Server {
        Server::start_with(limits.clone(), |listener, app, stopped| async move {
            let service = service_of(Site::of(&app, &ROUTES, ask));
            serve_with(listener, &limits, service, move || app.start_draining(), stopped).await;
        })
        .await
    }

    /// One that serves as it is told to.
    async fn start_with<F: Future<Output = ()> + Send + 'static>(
        limits: Limits,
        serve: impl FnOnce(TcpListener, Arc<App>, Stopped) -> F,
    ) -> Server {
        let dir = tempfile::tempdir().unwrap();
        publish(dir.path(), &LINES, EPHEMERIS);
        let (datasets, ephe) = (dir.path().to_owned(), dir.path().join("no-such-directory"));
        let app = App::open(&Settings { datasets, ephe, limits, ..Settings::default() }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped: Stopped = Box::pin(async move { drop(stopped.await) });
        let serving = tokio::spawn(serve(listener, Arc::clone(&app), stopped));
        // It has begun to serve before the first connection is made.
        tokio::task::yield_now().await;
        Server { address, app, stop: Some(stop), serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection for which the client's system keeps little.
    async fn connect_narrow(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(32 * 1024).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// Sends bytes, and reads until the connection is closed.
    async fn exchange(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        // A request that is refused may be cut off.
        let _ = stream.write_all(request).await;
        Answer::rest_of(&mut stream).await
    }

    async fn get(&self, target: &str, fields: &str) -> Answer {
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n");
        self.exchange(request.as_bytes()).await
    }

    async fn post(&self, fields: &str, body: &[u8]) -> Answer {
        let mut request = post_head("/upload", &format!("content-length: {}\r\n{fields}", body.len()));
        request.extend_from_slice(body);
        self.exchange(&request).await
    }

    /// Connections that are open, in whatever protocol.
    fn open_connections(&self) -> u64 {
        self.app.counters().snapshot().connections_open
    }

    /// Requests that were answered.
    fn requests(&self) -> u64 {
        let snapshot = self.app.counters().snapshot();
        let resources = snapshot.resources.iter().map(|(_, counted)| counted).chain([&snapshot.unrouted]);
        resources.flat_map(|counted| counted.classes).sum()
    }

    /// Replies that were broken off.
    fn broken_off(&self) -> u64 {
        self.app.counters().snapshot().broken_off
    }
}

fn post_head(target: &str, fields: &str) -> Vec<u8> {
    format!("POST {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n").into_bytes()
}

/// A reply and the end of its connection.
#[derive(Debug)]
struct Answer {
    head: String,
    /// Of chunks what they hold.
    body: Vec<u8>,
    /// Whether all of it came: of chunks the last one, and of a length all of it.
    is_whole: bool,
}

impl Answer {
    async fn rest_of(stream: &mut TcpStream) -> Answer {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
        // A connection that is cut is at its end too.
        let _ = read.expect("the connection was not closed");
        Answer::of(&bytes)
    }

    fn of(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no reply: {:?}", String::from_utf8_lossy(bytes))) + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let rest = &bytes[end..];
        if head.contains("\r\ntransfer-encoding: chunked\r\n") {
            let (body, is_whole) = unchunked(rest);
            return Answer { head, body, is_whole };
        }
        let answer = Answer { head, body: rest.to_vec(), is_whole: true };
        let is_whole = answer.field("content-length").is_none_or(|length| length == rest.len().to_string());
        Answer { is_whole, ..answer }
    }

    fn status(&self) -> u16 {
        self.head[9..12].parse().unwrap()
    }

    fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.split("\r\n").filter_map(|line| line.split_once(": "));
        fields.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Compares it with a refusal, to the last member.
    #[track_caller]
    fn is_refusal(&self, code: Code, parameter: Option<&str>, detail: &str, hint: &str) {
        let mut document = json!({
            "type": format!("urn:orrery:problem:{}", code.name()),
            "title": code.title(),
            "status": code.status().as_u16(),
            "detail": detail,
            "code": code.name(),
            "hint": hint,
        });
        if let Some(parameter) = parameter {
            document["parameter"] = parameter.into();
        }
        assert_eq!((self.status(), self.json()), (code.status().as_u16(), document));
        assert_eq!(self.field("content-type"), Some("application/problem+json"));
        assert_eq!(self.field("retry-after"), (self.status() == 503).then_some("1"));
        assert!(self.is_whole && self.field("x-request-id").is_some(), "{self:?}");
    }
}

/// What is in chunks, and whether the last of them is there.
fn unchunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if length == 0 {
            return (body, rest == b"\r\n");
        }
        let Some(chunk) = rest.get(..length) else { break };
        body.extend_from_slice(chunk);
        rest = rest.get(length + 2..).unwrap_or_default();
    }
    (body, false)
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until nothing is made any more; bytes that were made until then.
async fn until_still(tally: &Tally) -> usize {
    let (mut before, begun) = (usize::MAX, Instant::now());
    loop {
        let made = tally.made.load(Relaxed);
        if made == before && made > 0 {
            return made * CHUNK_BYTES;
        }
        assert!(begun.elapsed() < PATIENCE, "{made} chunks were made and it goes on");
        before = made;
        sleep(Duration::from_millis(300)).await;
    }
}
