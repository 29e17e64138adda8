//! The body of a request while it comes.
//!
//! A task reads it ahead of who takes it, by half a megabyte. Where nothing of it is handed on for a while, it reads on, up to what a
//! body may have in all: so a client that sends all that it has before it reads anything of the reply gets its answer, and of one that
//! reads as it sends, however slowly, little is held. What is held takes room of [`Limits::bodies_bytes`], of which half is left to
//! others by whoever is so far ahead.

use std::collections::VecDeque;
use std::error::Error;
use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use super::{Sent, Upload, cut_short, no_room};
use crate::config::Limits;
use crate::wire::problem::{Code, Problem};
use crate::wire::room::{Full, Held, Room};

/// How much is held of a body that is taken as it comes.
const AHEAD_BYTES: usize = 512 * 1024;

/// What is read is held in blocks of this size.
const BLOCK_BYTES: usize = 64 * 1024;

/// How long nothing has to be handed on before more is held.
const STALLED: Duration = Duration::from_millis(500);

/// Pause before it is looked again whether there is room.
const FULL_PAUSE: Duration = Duration::from_millis(50);

/// A body on its way, to be taken as its bytes come.
#[derive(Debug)]
pub(super) struct Inflow {
    shared: Arc<Shared>,
    /// What is being taken.
    block: Bytes,
    reading: Option<AbortHandle>,
}

/// What the task that reads and who takes have in common.
#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Told when there is something to be taken, or nothing will come any more.
    arrived: Notify,
    /// Told when something was taken, or handed on.
    taken: Notify,
}

#[derive(Debug, Default)]
struct State {
    blocks: VecDeque<Held>,
    /// Bytes in them.
    held: usize,
    /// Whether any was taken.
    is_taken: bool,
    /// How often what they became was handed on: a client that reads its answers slowly is none that waits to read.
    handed_on: u64,
    /// How it came to its end.
    end: Option<Result<(), Problem>>,
}

/// How a body has to come.
#[derive(Debug)]
struct Manner {
    /// Bytes that are held at most.
    most: usize,
    /// How long it is waited for its next bytes.
    patience: Duration,
    /// Whether all waiting counts together: where waiting keeps a decoder's memory.
    is_patience_used_up: bool,
    /// How long it is waited for room.
    room_patience: Duration,
}

/// Word of what comes.
#[derive(Clone, Debug)]
pub(super) struct Arrivals(Arc<Shared>);

impl Inflow {
    /// Begins to read a body; `None` is one of no bytes.
    pub(super) fn new(sent: Option<Sent>, limits: &Limits, room: &Arc<Room>, is_coded: bool) -> Inflow {
        let shared = Arc::new(Shared::default());
        let manner = Manner {
            most: limits.body_bytes,
            patience: limits.body_timeout(),
            is_patience_used_up: is_coded,
            room_patience: limits.compute(),
        };
        let mut inflow = Inflow { shared: Arc::clone(&shared), block: Bytes::new(), reading: None };
        match sent {
            Some(Sent::Upload(upload)) => {
                let reading = tokio::spawn(read(upload, shared, manner, Arc::clone(room)));
                inflow.reading = Some(reading.abort_handle());
            }
            Some(Sent::Whole(bytes)) => {
                inflow.block = bytes;
                inflow.shared.state().end = Some(Ok(()));
            }
            None => inflow.shared.state().end = Some(Ok(())),
        }
        inflow
    }

    pub(super) fn arrivals(&self) -> Arrivals {
        Arrivals(Arc::clone(&self.shared))
    }
}

impl Arrivals {
    /// Waits until there is something to be taken, or nothing will come any more.
    pub(super) async fn next(&self) {
        while self.0.state().is_awaited() {
            self.0.arrived.notified().await;
        }
    }

    /// Says that something of what came was handed on.
    pub(super) fn went_on(&self) {
        self.0.state().handed_on += 1;
        self.0.taken.notify_one();
    }

    /// Why the body did not come to its end, where all that came was taken.
    pub(super) fn failure(&self) -> Option<Problem> {
        match &self.0.state().end {
            Some(Err(problem)) => Some(problem.clone()),
            _ => None,
        }
    }
}

/// Bytes that have not come yet are [`io::ErrorKind::WouldBlock`]; that the body broke off is any other error.
impl BufRead for Inflow {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.block.is_empty() {
            let mut state = self.shared.state();
            match (state.blocks.pop_front(), &state.end) {
                (Some(block), _) => {
                    state.held -= block.len();
                    state.is_taken = true;
                    self.block = block.into_bytes();
                    drop(state);
                    self.shared.taken.notify_one();
                }
                (None, None) => return Err(io::ErrorKind::WouldBlock.into()),
                (None, Some(Ok(()))) => {}
                (None, Some(Err(_))) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        Ok(&self.block)
    }

    fn consume(&mut self, amount: usize) {
        self.block.advance(amount);
    }
}

impl Read for Inflow {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(piece)?;
        self.consume(read);
        Ok(read)
    }
}

/// What nobody takes any more is not read.
impl Drop for Inflow {
    fn drop(&mut self) {
        if let Some(reading) = &self.reading {
            reading.abort();
        }
    }
}

impl Shared {
    /// No one panics while it is locked.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until more may be held. `stalled` is how often something was handed on when it was last found that nothing is.
    async fn until_wanted(&self, most: usize, room: &Room, stalled: &mut Option<u64>) {
        loop {
            let (held, handed_on) = {
                let state = self.state();
                (state.held, state.handed_on)
            };
            let is_stalled = || *stalled == Some(handed_on) && room.is_half_left();
            if held < AHEAD_BYTES.min(most) || held < most && is_stalled() {
                return;
            }
            tokio::select! {
                () = self.taken.notified() => {}
                () = sleep(STALLED), if held < most => *stalled = Some(handed_on),
            }
        }
    }

    /// Holds some bytes, once there is room for them.
    async fn hold(&self, piece: &[u8], manner: &Manner, room: &Arc<Room>) -> Result<(), Problem> {
        let until = Instant::now() + manner.room_patience;
        loop {
            let (held, is_new) = {
                let mut state = self.state();
                (state.hold(piece, room), state.is_new())
            };
            match held {
                Ok(()) => break,
                // Whoever has waited for nothing so far is better off elsewhere.
                Err(Full) if is_new || Instant::now() >= until => return Err(no_room(room)),
                Err(Full) => sleep(FULL_PAUSE).await,
            }
        }
        self.arrived.notify_one();
        Ok(())
    }
}

impl State {
    fn is_awaited(&self) -> bool {
        self.blocks.is_empty() && self.end.is_none()
    }

    /// Whether nothing has come so far.
    fn is_new(&self) -> bool {
        self.blocks.is_empty() && !self.is_taken
    }

    /// Holds bytes, of which there are no more than a block has.
    fn hold(&mut self, piece: &[u8], room: &Arc<Room>) -> Result<(), Full> {
        match self.blocks.back_mut() {
            Some(block) if block.len() + piece.len() <= BLOCK_BYTES => block.add(piece, BLOCK_BYTES)?,
            _ => {
                let mut block = room.hold();
                block.add(piece, BLOCK_BYTES)?;
                self.blocks.push_back(block);
            }
        }
        self.held += piece.len();
        Ok(())
    }
}

/// Reads a body to its end, or as far as it comes.
async fn read<B>(upload: Upload<B>, shared: Arc<Shared>, manner: Manner, room: Arc<Room>)
where
    B: Body<Data: Buf, Error: Error> + Unpin,
{
    let Upload { mut body, watch } = upload;
    let end = read_frames(&mut body, &shared, manner, &room).await;
    if let (Ok(()), Some(watch)) = (&end, watch) {
        watch.has_read();
    }
    shared.state().end = Some(end);
    shared.arrived.notify_one();
}

async fn read_frames<B>(
    body: &mut B,
    shared: &Shared,
    mut manner: Manner,
    room: &Arc<Room>,
) -> Result<(), Problem>
where
    B: Body<Data: Buf, Error: Error> + Unpin,
{
    let whole_patience_s = manner.patience.as_secs();
    let mut stalled = None;
    loop {
        shared.until_wanted(manner.most, room, &mut stalled).await;
        let asked = Instant::now();
        let frame = match timeout(manner.patience, body.frame()).await {
            Ok(None) => return Ok(()),
            Ok(Some(frame)) => frame.map_err(|error| cut_short(&error))?,
            Err(_) => return Err(too_slow(whole_patience_s, manner.is_patience_used_up)),
        };
        if manner.is_patience_used_up {
            manner.patience = manner.patience.saturating_sub(asked.elapsed());
        }
        // What is no data are trailers, which say nothing here.
        let Ok(mut data) = frame.into_data() else { continue };
        while data.has_remaining() {
            let chunk = data.chunk();
            let length = chunk.len().min(BLOCK_BYTES);
            shared.hold(&chunk[..length], &manner, room).await?;
            data.advance(length);
        }
    }
}

fn too_slow(seconds: u64, is_together: bool) -> Problem {
    let problem = if is_together {
        Problem::new(
            Code::RequestTimeout,
            format!("the compressed body was waited for for {seconds} s, all pauses together"),
        )
    } else {
        Problem::new(Code::RequestTimeout, format!("nothing of the body came within {seconds} s"))
    };
    problem.hint("send it without pauses, or in several requests")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long it is waited before more is held of a body of which so much is held; `None` where none is for ten seconds.
    async fn waited(room: &Arc<Room>, hands_on: bool) -> Option<Duration> {
        let shared = Shared::default();
        shared.state().held = AHEAD_BYTES;
        let arrivals = Arrivals(Arc::new(shared));
        let going_on = arrivals.clone();
        let handing = tokio::spawn(async move {
            for _ in 0..40 {
                sleep(Duration::from_millis(300)).await;
                if hands_on {
                    going_on.went_on();
                }
            }
        });
        let begun = Instant::now();
        let mut stalled = None;
        let wanted = timeout(Duration::from_secs(10), arrivals.0.until_wanted(1 << 30, room, &mut stalled));
        let waited = wanted.await.ok().map(|()| begun.elapsed());
        handing.abort();
        waited
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_is_not_read_ahead() {
        let room = Room::new(1000);
        assert_eq!(waited(&room, true).await, None);
        let waited = waited(&room, false).await.unwrap();
        assert!((STALLED..2 * STALLED).contains(&waited), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn half_of_the_room_is_left_to_others() {
        let room = Room::new(1000);
        let taken = room.take(501).unwrap();
        assert_eq!(waited(&room, false).await, None);
        drop(taken);
        let _taken = room.take(500).unwrap();
        assert!(waited(&room, false).await.is_some());
    }
}
