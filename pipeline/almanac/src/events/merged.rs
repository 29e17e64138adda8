//! Many kinds of events in one order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Event, Events};

/// Events of many kinds, the earliest first; of those at the same instant, in the order of the kinds.
pub struct Merged<'e, E> {
    kinds: Vec<Events<'e, E>>,
    /// The next event of each kind that has one left.
    next: BinaryHeap<Reverse<Next>>,
    /// Kinds of which the next event is not looked for yet.
    due: Vec<usize>,
}

/// The next event of a kind.
struct Next {
    event: Event,
    kind: usize,
}

/// Tells kinds of events, each of which is in order, in one order.
#[must_use]
pub fn merged<E>(kinds: Vec<Events<'_, E>>) -> Merged<'_, E> {
    let due = (0..kinds.len()).collect();
    Merged { kinds, next: BinaryHeap::new(), due }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.event.jd_tt.total_cmp(&other.event.jd_tt).then(self.kind.cmp(&other.kind))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

impl<E> Iterator for Merged<'_, E> {
    type Item = Result<Event, E>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(kind) = self.due.pop() {
            match self.kinds[kind].next() {
                Some(Ok(event)) => self.next.push(Reverse(Next { event, kind })),
                Some(Err(error)) => return Some(Err(error)),
                None => {}
            }
        }
        let Reverse(Next { event, kind }) = self.next.pop()?;
        self.due.push(kind);
        Some(Ok(event))
    }
}
