//! A wire between a program and an HTTP server: it remembers what was asked over it, counts what was answered, and is cut or
//! held where a test wants it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long to wait for what does not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Pass,
    /// So many bytes of the answer pass, head included, then the wire is cut.
    CutAfter(u64),
    /// So many bytes of the answer pass, and no more until [`Wire::release`].
    HoldAfter(u64),
    /// It does not reach the server until [`Wire::release`].
    HoldBefore,
}

/// A request that went over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, and so on.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The head's fields, names in lower case.
    pub fields: Vec<(String, String)>,
}

impl Request {
    fn of(head: &str) -> Request {
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_lowercase(), value.trim().to_owned()))
        };
        Request { method, target, fields: lines.filter_map(field).collect() }
    }

    /// A field of its head.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether it is of such a method, and its target has this in it.
    #[must_use]
    pub fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.target.contains(part)
    }
}

/// The rule of a wire: what happens to each request, by what it is.
type Rule = dyn Fn(&Request) -> Fate + Send + Sync;

struct State {
    server: SocketAddr,
    rule: Box<Rule>,
    requests: Mutex<Vec<Request>>,
    answered: AtomicU64,
    held: AtomicU64,
    is_released: AtomicBool,
    is_over: AtomicBool,
}

/// A wire to a server, until it is dropped.
pub struct Wire {
    /// Where a program connects to instead of to the server.
    pub address: SocketAddr,
    state: Arc<State>,
}

impl Wire {
    /// Lays one.
    #[must_use]
    pub fn to(server: SocketAddr, rule: impl Fn(&Request) -> Fate + Send + Sync + 'static) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            server,
            rule: Box::new(rule),
            requests: Mutex::default(),
            answered: AtomicU64::new(0),
            held: AtomicU64::new(0),
            is_released: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if shared.is_over.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(client), state) = (client, Arc::clone(&shared)) else { continue };
                // One that a side has left is over, which is no fault of the wire.
                std::thread::spawn(move || state.carry(client).ok());
            }
        });
        Wire { address, state }
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Bytes of all answers so far, heads included.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.state.answered.load(Ordering::SeqCst)
    }

    /// Waits until so many requests are held.
    pub fn wait_until_held(&self, count: u64) {
        let begun = Instant::now();
        while self.state.held.load(Ordering::SeqCst) < count {
            assert!(begun.elapsed() < PATIENCE, "nothing came that is held: {:?}", self.requests());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lets go of what is held, and holds no more.
    pub fn release(&self) {
        self.state.is_released.store(true, Ordering::SeqCst);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.release();
        self.state.is_over.store(true, Ordering::SeqCst);
        // Whoever waits for connections gets one, and sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

impl State {
    /// Carries one request and its answer; the connection ends with it.
    fn carry(&self, mut client: TcpStream) -> io::Result<()> {
        let mut received = Vec::new();
        let end = loop {
            if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            let mut buffer = [0; 4096];
            match client.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => received.extend_from_slice(&buffer[..read]),
            }
        };
        let request = Request::of(&String::from_utf8_lossy(&received[..end]));
        let length = request.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let fate = (self.rule)(&request);
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        if fate == Fate::HoldBefore {
            self.hold();
        }
        let mut server = TcpStream::connect(self.server)?;
        server.write_all(&received[..end])?;
        server.write_all(b"\r\nconnection: close\r\n\r\n")?;
        let body = &received[end + 4..];
        server.write_all(body)?;
        io::copy(&mut (&client).take(length - body.len() as u64), &mut server)?;

        let limit = match fate {
            Fate::Pass | Fate::HoldBefore => u64::MAX,
            Fate::CutAfter(bytes) | Fate::HoldAfter(bytes) => bytes,
        };
        self.answer(&mut (&server).take(limit), &mut client)?;
        if matches!(fate, Fate::HoldAfter(_)) {
            self.hold();
        }
        if !matches!(fate, Fate::CutAfter(_)) {
            self.answer(&mut server, &mut client)?;
        }
        client.shutdown(Shutdown::Both)
    }

    fn answer(&self, server: &mut impl Read, client: &mut TcpStream) -> io::Result<()> {
        let mut buffer = [0; 1 << 14];
        loop {
            let read = server.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            client.write_all(&buffer[..read])?;
            self.answered.fetch_add(read as u64, Ordering::SeqCst);
        }
    }

    fn hold(&self) {
        self.held.fetch_add(1, Ordering::SeqCst);
        while !self.is_released.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
