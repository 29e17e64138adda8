//! Clients that count: of each request that was sent they know whether it came back whole and as it should.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::http::{Connection, Reply};
use crate::random::Random;

/// Pause of each client between two requests: the load is steady, and the server has time to answer it.
const PACE: Duration = Duration::from_micros(500);

/// How a client uses its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// One after the other on a connection, until a reply says `connection: close`, or the server has closed.
    KeptAlive,
    /// A connection for each.
    OneEach,
}

/// What became of the requests.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Requests that were sent, or for which there was no connection to be had.
    pub sent: u64,
    /// What happened to each that was not answered as it should be.
    pub lost: Vec<String>,
    /// How long each answer took, µs, with connecting where a connection was opened for it.
    pub micros: Vec<u32>,
}

impl Tally {
    /// The time within which so many of a hundred answers came, µs.
    #[must_use]
    pub fn percentile_micros(&self, percent: usize) -> u32 {
        let mut micros = self.micros.clone();
        micros.sort_unstable();
        micros.get((micros.len() * percent / 100).min(micros.len().saturating_sub(1))).copied().unwrap_or(0)
    }
}

/// Decides whether the reply to a target (by its place in the list), sent at an instant, is as it should be.
pub type Judge = dyn Fn(usize, Instant, &Reply) -> Result<(), String> + Send + Sync;

/// Clients at work, half of each manner.
#[derive(Debug)]
pub struct Clients {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Tally>>,
}

impl Clients {
    /// Sets so many to asking for targets, in an order of their own.
    #[must_use]
    pub fn start(count: usize, address: SocketAddr, targets: &[String], judge: &Arc<Judge>) -> Clients {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..count).map(|nth| {
            let manner = if nth % 2 == 0 { Manner::KeptAlive } else { Manner::OneEach };
            let (stop, judge, targets) = (Arc::clone(&stop), Arc::clone(judge), targets.to_vec());
            std::thread::spawn(move || ask(nth, manner, address, &targets, judge.as_ref(), &stop))
        });
        let threads = threads.collect();
        Clients { stop, threads }
    }

    /// Ends them, each after its request, and adds up.
    #[must_use]
    pub fn stop(self) -> Tally {
        self.stop.store(true, Ordering::Relaxed);
        let mut sum = Tally::default();
        for thread in self.threads {
            let tally = thread.join().unwrap();
            sum.sent += tally.sent;
            sum.lost.extend(tally.lost);
            sum.micros.extend(tally.micros);
        }
        sum
    }
}

fn ask(
    nth: usize,
    manner: Manner,
    address: SocketAddr,
    targets: &[String],
    judge: &Judge,
    stop: &AtomicBool,
) -> Tally {
    let close = if manner == Manner::OneEach { "connection: close\r\n" } else { "" };
    let requests: Vec<String> = targets
        .iter()
        .map(|target| format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n{close}\r\n"))
        .collect();
    let mut random = Random(nth as u64);
    let mut tally = Tally::default();
    let mut kept: Option<Connection> = None;
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(PACE);
        let asked = random.below(requests.len());
        let lose = |tally: &mut Tally, what: String| {
            tally.lost.push(format!("{manner:?}, {}: {what}", targets[asked]));
        };
        let begun = Instant::now();
        // A connection that the server closed between two requests has lost none.
        let mut connection = match kept.take().filter(|kept| !kept.is_over()) {
            Some(kept) => kept,
            None => match Connection::open(address) {
                Ok(opened) => opened,
                // This machine has no port left for the moment; no server could have answered.
                Err(error) if error.kind() == ErrorKind::AddrNotAvailable => continue,
                Err(error) => {
                    tally.sent += 1;
                    lose(&mut tally, format!("no connection: {error}"));
                    continue;
                }
            },
        };
        let sent = Instant::now();
        tally.sent += 1;
        match connection.try_send(requests[asked].as_bytes()).and_then(|()| connection.reply()) {
            Ok(reply) => {
                tally.micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
                if let Err(what) = judge(asked, sent, &reply) {
                    lose(&mut tally, what);
                }
                if manner == Manner::KeptAlive && reply.header("connection") != Some("close") {
                    kept = Some(connection);
                }
            }
            Err(error) => lose(&mut tally, format!("after {:?}: {error}", sent.elapsed())),
        }
    }
    tally
}
