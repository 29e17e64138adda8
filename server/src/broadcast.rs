//! What many clients follow: the sky at every whole multiple of an interval, computed once for all who follow the same.
//!
//! Whoever is the first to follow a query at an interval opens a channel: a task that computes one tick after the other, and
//! that ends with the last of its followers, when the server is about to stop, or when a tick fails for good. A
//! channel has room for what was told last and for nothing else, so that a follower who is slow misses what came meanwhile,
//! and nobody waits for it.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::FutureExt;
use http::StatusCode;
use tokio::sync::watch;
use tracing::warn;

use crate::app::App;
use crate::query::{Interval, StreamQuery};
use crate::routes::positions;
use crate::text::json::Json;
use crate::wire::problem::Problem;
use crate::wire::{route, sse};

#[cfg(test)]
mod tests;

/// How long a channel sleeps at most before it looks at the system's clock again, which may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

/// The channels that are open.
#[derive(Debug, Default)]
pub(crate) struct Broadcasts {
    channels: Mutex<HashMap<Key, Arc<Channel>>>,
}

/// Where followers hear what is told.
type Channel = watch::Sender<Arc<Told>>;

/// What tells channels apart: the interval, and the query as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    interval: Interval,
    query: Bytes,
}

/// What is told at a tick.
#[derive(Debug)]
pub(crate) struct Told {
    /// The instant.
    id: String,
    outcome: Result<Bytes, Problem>,
    /// All of it as a server-sent event.
    event: Bytes,
}

impl Told {
    fn new(id: String, outcome: Result<Bytes, Problem>) -> Told {
        let event = match &outcome {
            Ok(sky) => sse::event("sky", &id, sky),
            Err(problem) => sse::event("problem", &id, &problem.body()),
        };
        Told { id, outcome, event }
    }

    /// The document alone: the sky, or why there is none.
    pub(crate) fn document(&self) -> Bytes {
        match &self.outcome {
            Ok(sky) => sky.clone(),
            Err(problem) => problem.body(),
        }
    }

    /// The document as a server-sent event.
    pub(crate) fn event(&self) -> Bytes {
        self.event.clone()
    }

    /// Whether it says why there is no sky.
    pub(crate) fn is_problem(&self) -> bool {
        self.outcome.is_err()
    }

    /// Whether nothing comes after it: what is busy now may not be at the next tick, and what cannot be will not be then.
    fn is_last(&self) -> bool {
        let passes = |problem: &Problem| problem.code.status() == StatusCode::SERVICE_UNAVAILABLE;
        self.outcome.as_ref().is_err_and(|problem| !passes(problem))
    }
}

/// Who follows a channel.
#[derive(Debug)]
pub(crate) struct Follower {
    channel: watch::Receiver<Arc<Told>>,
    /// How much it is to be told yet; `None` for as much as there is.
    left: Option<u32>,
    /// The id of what it was told last, before it was cut off.
    has: Option<String>,
}

impl Follower {
    fn of(channel: &Channel, query: &StreamQuery, has: Option<String>) -> Follower {
        let mut channel = channel.subscribe();
        // What was told last is news to who has just come.
        channel.mark_changed();
        Follower { channel, left: query.count, has }
    }

    /// What is told next, or has been told since it was last asked; `None` when there is nothing more to be told. Nothing is
    /// lost by not waiting to the end.
    pub(crate) async fn next(&mut self) -> Option<Arc<Told>> {
        loop {
            if self.left == Some(0) {
                return None;
            }
            self.channel.changed().await.ok()?;
            let told = Arc::clone(&self.channel.borrow_and_update());
            if self.has.take().is_some_and(|has| has == told.id) {
                continue;
            }
            self.left = self.left.map(|left| left - 1);
            return Some(told);
        }
    }
}

impl Broadcasts {
    fn channels(&self) -> MutexGuard<'_, HashMap<Key, Arc<Channel>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes a channel, unless somebody follows it.
    fn close_unfollowed(&self, key: &Key, channel: &Channel) -> bool {
        // Whoever begins to follow it does so under the same lock.
        let mut channels = self.channels();
        let is_over = channel.receiver_count() == 0;
        if is_over {
            channels.remove(key);
        }
        is_over
    }

    /// How many channels are open.
    #[cfg(test)]
    fn open(&self) -> usize {
        self.channels().len()
    }
}

/// Follows the sky of a query. `has` is the id of what the client was told last, before it was cut off. What is told first is
/// the tick that was last.
///
/// # Errors
/// Why there is no sky to be told.
pub(crate) async fn follow(
    app: &Arc<App>,
    query: &StreamQuery,
    has: Option<String>,
) -> Result<Follower, Problem> {
    let key = Key::of(query);
    if let Some(channel) = app.broadcasts().channels().get(&key) {
        // What passes with the next tick for those who are there, refuses those who come.
        channel.borrow().outcome.as_ref().map_err(Problem::clone)?;
        return Ok(Follower::of(channel, query, has));
    }
    let tick = query.interval.tick_at(SystemTime::now());
    let first = tell(app, query, tick).await;
    first.outcome.as_ref().map_err(Problem::clone)?;
    let mut channels = app.broadcasts().channels();
    // Somebody else may have opened it meanwhile.
    if let Some(channel) = channels.get(&key) {
        return Ok(Follower::of(channel, query, has));
    }
    let channel = Arc::new(watch::Sender::new(Arc::new(first)));
    let follower = Follower::of(&channel, query, has);
    channels.insert(key.clone(), Arc::clone(&channel));
    tokio::spawn(broadcast(Arc::clone(app), key, query.clone(), channel, tick));
    Ok(follower)
}

impl Key {
    fn of(query: &StreamQuery) -> Key {
        // Of any tick: what differs from one to another is not the query's.
        let mut json = Json::new();
        query.at(0).echo(&mut json);
        Key { interval: query.interval, query: json.into_bytes() }
    }
}

/// Tells one tick after the other, from the one behind `tick` on.
async fn broadcast(app: Arc<App>, key: Key, query: StreamQuery, channel: Arc<Channel>, mut tick: u64) {
    loop {
        let (next, told) = tokio::select! {
            biased;
            () = app.until_draining() => break,
            () = channel.closed() => {
                if app.broadcasts().close_unfollowed(&key, &channel) {
                    return;
                }
                continue;
            }
            told = async {
                let next = next_tick(query.interval, tick).await;
                (next, tell(&app, &query, next).await)
            } => told,
        };
        tick = next;
        let is_last = told.is_last();
        channel.send_replace(Arc::new(told));
        if is_last {
            break;
        }
    }
    // With the sender followers see the end, once they have heard what was told last.
    app.broadcasts().channels().remove(&key);
}

/// Waits for a tick that has not been told.
async fn next_tick(interval: Interval, told: u64) -> u64 {
    loop {
        let now = SystemTime::now();
        let tick = interval.tick_at(now);
        if is_news(tick, told) {
            return tick;
        }
        let left = interval.start_of(tick + 1).duration_since(now).unwrap_or_default();
        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
    }
}

/// Whether a tick is to be told after another one. A clock that is set back a little comes to the same tick once more; one
/// that is set back by more goes on from there.
fn is_news(tick: u64, told: u64) -> bool {
    tick > told || tick + 1 < told
}

/// The sky at a tick, or why there is none.
async fn tell(app: &Arc<App>, query: &StreamQuery, tick: u64) -> Told {
    // A panic would leave followers waiting for a task that is no more.
    let told = AssertUnwindSafe(positions::told(app, query.at(tick))).catch_unwind().await;
    let outcome = told.unwrap_or_else(|panic| Err(route::panicked(&route::message(&*panic))));
    if let Err(problem) = &outcome
        && let Some(cause) = route::cause(app, problem)
    {
        warn!(code = problem.code.name(), cause, "a stream has nothing to tell");
    }
    Told::new(query.interval.name_of(tick), outcome)
}
