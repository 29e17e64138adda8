//! Room for the bodies of requests: of all that a process holds at once there are no more bytes than a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// Room to begin with.
const FIRST: usize = 16 * 1024;

/// What may still be taken.
#[derive(Debug)]
pub(crate) struct Room {
    left: AtomicUsize,
    /// What there is in all.
    most: usize,
}

/// There is not as much room left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Room that was taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    room: Arc<Room>,
    bytes: usize,
}

/// Bytes with the room that they take.
#[derive(Debug)]
pub(crate) struct Held {
    bytes: Vec<u8>,
    taken: Taken,
}

impl Room {
    pub(crate) fn new(most: usize) -> Arc<Room> {
        Arc::new(Room { left: AtomicUsize::new(most), most })
    }

    /// What there is in all.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Whether no more than half of it is taken.
    pub(crate) fn is_half_left(&self) -> bool {
        self.left.load(Ordering::Relaxed) >= self.most / 2
    }

    /// Takes so much of it.
    pub(crate) fn take(self: &Arc<Room>, bytes: usize) -> Result<Taken, Full> {
        let mut taken = Taken { room: Arc::clone(self), bytes: 0 };
        taken.add(bytes)?;
        Ok(taken)
    }

    /// No bytes, to be added to.
    pub(crate) fn hold(self: &Arc<Room>) -> Held {
        Held { bytes: Vec::new(), taken: Taken { room: Arc::clone(self), bytes: 0 } }
    }
}

impl Taken {
    fn add(&mut self, bytes: usize) -> Result<(), Full> {
        let subtract = |left: usize| left.checked_sub(bytes);
        self.room.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, subtract).map_err(|_| Full)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Taken {
    /// Gives back all but so much of it.
    pub(crate) fn keep(&mut self, bytes: usize) {
        let surplus = self.bytes.saturating_sub(bytes);
        self.bytes -= surplus;
        self.room.left.fetch_add(surplus, Ordering::Relaxed);
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

impl Held {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds bytes, of which there are to be no more than `most` in the end.
    pub(crate) fn add(&mut self, bytes: &[u8], most: usize) -> Result<(), Full> {
        let length = self.bytes.len() + bytes.len();
        let capacity = self.bytes.capacity();
        if length > capacity {
            // Twice as much each time, so that it is not copied often, and no more than may be needed.
            let wanted = (2 * capacity).max(FIRST).min(most).max(length);
            self.taken.add(wanted - self.taken.bytes)?;
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The bytes, which keep their room until the last that refers to them is gone.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(room: &Room) -> usize {
        room.left.load(Ordering::Relaxed)
    }

    #[test]
    fn what_is_held_takes_room_until_the_last_of_it_is_gone() {
        let room = Room::new(100_000);
        let mut held = room.hold();
        held.add(b"some", 50_000).unwrap();
        assert_eq!(left(&room), 100_000 - FIRST);
        held.add(&vec![b'x'; 40_000], 50_000).unwrap();
        assert_eq!((held.len(), left(&room)), (40_004, 100_000 - 40_004));
        let bytes = held.into_bytes();
        let part = bytes.slice(2..6);
        drop(bytes);
        assert_eq!((&part[..], left(&room)), (&b"mexx"[..], 100_000 - 40_004));
        drop(part);
        assert_eq!(left(&room), 100_000);
    }

    #[test]
    fn it_grows_to_what_it_may_have_and_no_further() {
        let room = Room::new(1 << 20);
        let mut held = room.hold();
        for _ in 0..100 {
            held.add(&[b'x'; 1000], 100_000).unwrap();
        }
        assert_eq!((1 << 20) - left(&room), 100_000);
        assert_eq!(held.bytes.capacity(), 100_000);
    }

    #[test]
    fn beyond_the_room_nothing_is_held() {
        let room = Room::new(30_000);
        let taken = room.take(20_000).unwrap();
        let mut held = room.hold();
        assert_eq!(held.add(b"some", 50_000), Err(Full));
        assert_eq!(room.take(10_001).unwrap_err(), Full);
        assert_eq!(left(&room), 10_000);
        drop(taken);
        assert_eq!(held.add(b"some", 50_000), Ok(()));
        drop(held);
        assert_eq!(left(&room), 30_000);
    }
}
