//! What tables do not answer: kept for whoever asks again, and computed once for all who ask at the same time.
//!
//! Tables need no cache; they are one. What took live computing, all of it or a part, is kept as a whole answer under a
//! [`Key`] of everything that it depends on, as far as there is room ([`shelf`]). Of those who ask for the same while it is
//! computed the first has it computed, and the others wait with it: whoever of them leaves takes nothing from the rest,
//! and the computing ends with the last of them. What fails is not kept; each of them is told of it, and the next one asks
//! anew. When another generation of tables is served, what was asked for most is computed anew ([`renewal`]).

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use crate::answer::mix::Mix;
use crate::config::Cache;
use crate::process::counters::{CacheEvent, Counters};
use crate::wire::problem::Problem;
use crate::wire::route;

mod answer;
mod question;
pub(crate) mod renewal;
mod shelf;

#[cfg(test)]
mod tests;

pub(crate) use answer::{Answer, Told};
use question::Key;
pub(crate) use question::Question;
use shelf::Shelf;

/// Computing that all who wait for it have a hand on.
type Flight = Pin<Box<dyn Future<Output = Result<Arc<Answer>, Problem>> + Send>>;

/// See [the module](self).
#[derive(Debug)]
pub(crate) struct Remainder {
    shelf: Arc<Shelf>,
    flights: Arc<Flights>,
    counters: Arc<Counters>,
}

/// What is being computed. None of it is kept alive from here.
#[derive(Debug, Default)]
struct Flights {
    known: Mutex<HashMap<Key, (u64, WeakShared<Flight>)>>,
    count: AtomicU64,
}

impl Flights {
    fn known(&self) -> MutexGuard<'_, HashMap<Key, (u64, WeakShared<Flight>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is being computed of a question, if anyone waits for it still.
    fn of(&self, key: &Key) -> Option<Shared<Flight>> {
        self.known().get(key)?.1.upgrade()
    }
}

/// Strikes a computing off the list when it is done, or when nobody waits for it any more.
struct Landing {
    flights: Arc<Flights>,
    key: Key,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut known = self.flights.known();
        // Another may have begun under this key meanwhile.
        if known.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            known.remove(&self.key);
        }
    }
}

impl Remainder {
    pub(crate) fn new(settings: &Cache, counters: &Arc<Counters>) -> Remainder {
        Remainder {
            shelf: Arc::new(Shelf::new(settings, counters)),
            flights: Arc::default(),
            counters: Arc::clone(counters),
        }
    }

    /// The answer to a question, if it is kept.
    pub(crate) fn kept(&self, question: &Question) -> Option<Told> {
        let answer = self.shelf.get(question)?;
        if question.is_client() {
            self.counters.cache(CacheEvent::Hit);
        }
        Some(Told { answer, is_kept: true })
    }

    /// The answer to a question: as it is kept, as it is being computed for somebody else, or computed now. What may not be
    /// kept by anyone, such as what is true of this moment, is no question, and is computed for whoever asks.
    ///
    /// # Errors
    /// As the computing ends.
    pub(crate) async fn told(
        &self,
        question: Option<Question>,
        computing: impl Future<Output = Result<Answer, Problem>> + Send + 'static,
    ) -> Result<Told, Problem> {
        let Some(question) = question else {
            return Ok(Told { answer: Arc::new(computing.await?), is_kept: false });
        };
        match self.kept(&question) {
            Some(told) => Ok(told),
            None => self.computed(question, computing).await,
        }
    }

    /// The same of a question whose answer is not kept.
    ///
    /// # Errors
    /// As the computing ends.
    pub(crate) async fn computed(
        &self,
        question: Question,
        computing: impl Future<Output = Result<Answer, Problem>> + Send + 'static,
    ) -> Result<Told, Problem> {
        let flight = if let Some(flight) = self.flights.of(question.key()) {
            self.count(&question, CacheEvent::Coalesced);
            flight
        } else {
            self.count(&question, CacheEvent::Miss);
            self.begun(question, computing)
        };
        Ok(Told { answer: flight.await?, is_kept: false })
    }

    fn count(&self, question: &Question, event: CacheEvent) {
        if question.is_client() {
            self.counters.cache(event);
        }
    }

    /// Computing that others may join.
    fn begun(
        &self,
        question: Question,
        computing: impl Future<Output = Result<Answer, Problem>> + Send + 'static,
    ) -> Shared<Flight> {
        let number = self.flights.count.fetch_add(1, Ordering::Relaxed);
        let key = *question.key();
        let landing = Landing { flights: Arc::clone(&self.flights), key, number };
        let (shelf, counters) = (Arc::clone(&self.shelf), Arc::clone(&self.counters));
        let flight: Flight = Box::pin(async move {
            // Its panic would be told to the first who asks again for its end, and kill the others.
            let done = AssertUnwindSafe(computing).catch_unwind().await;
            let answer =
                Arc::new(done.unwrap_or_else(|panic| Err(route::panicked(&route::message(&*panic))))?);
            if answer.mix != Mix::Table {
                if !question.is_client() {
                    counters.cache(CacheEvent::Renewed);
                }
                shelf.keep(question, &answer);
            }
            drop(landing);
            Ok(answer)
        });
        let flight = flight.shared();
        if let Some(weak) = flight.downgrade() {
            self.flights.known().insert(key, (number, weak));
        }
        flight
    }

    /// Drops all that is kept.
    pub(crate) fn clear(&self) {
        self.shelf.clear();
    }

    /// Keeps nothing further, or keeps again.
    pub(crate) fn keeps(&self, keeps: bool) {
        self.shelf.keeps(keeps);
    }

    /// Notes that answers are from another generation of tables from now on.
    pub(crate) fn begin_era(&self) {
        self.shelf.begin_era();
    }

    /// Sees to what is kept: what is too old goes.
    pub(crate) fn sweep(&self) {
        self.shelf.sweep();
    }
}
