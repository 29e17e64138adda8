//! Many lists in one order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What happens at an instant.
pub trait Happening {
    /// When, a Julian day of TT.
    fn jd_tt(&self) -> f64;
}

/// What happens, one after the other, found no further than it is asked for.
pub type Listing<'e, T, E> = Box<dyn Iterator<Item = Result<T, E>> + 'e>;

/// What happens of many kinds, the earliest first; of what is at the same instant, in the order of the kinds. An error is due
/// at once.
pub struct Merged<'e, T, E> {
    kinds: Vec<Listing<'e, T, E>>,
    /// The next of each kind that has one left.
    next: BinaryHeap<Reverse<Next<T>>>,
    /// Kinds of which the next is not looked for yet.
    due: Vec<usize>,
}

/// The next of a kind.
struct Next<T> {
    happening: T,
    kind: usize,
}

/// Tells lists, each of which is in order, in one order.
#[must_use]
pub fn merged<T: Happening, E>(kinds: Vec<Listing<'_, T, E>>) -> Merged<'_, T, E> {
    let due = (0..kinds.len()).collect();
    Merged { kinds, next: BinaryHeap::new(), due }
}

impl<T: Happening> Ord for Next<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.happening.jd_tt().total_cmp(&other.happening.jd_tt()).then(self.kind.cmp(&other.kind))
    }
}

impl<T: Happening> PartialOrd for Next<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Happening> PartialEq for Next<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Happening> Eq for Next<T> {}

impl<T: Happening, E> Iterator for Merged<'_, T, E> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(kind) = self.due.pop() {
            match self.kinds[kind].next() {
                Some(Ok(happening)) => self.next.push(Reverse(Next { happening, kind })),
                Some(Err(error)) => return Some(Err(error)),
                None => {}
            }
        }
        let Reverse(Next { happening, kind }) = self.next.pop()?;
        self.due.push(kind);
        Some(Ok(happening))
    }
}
