//! Buffers that replies are written into, used again: a reply is larger than what an allocator keeps at hand, and memory
//! that was just sent is still in the processor's cache.

use std::cell::RefCell;

use bytes::Bytes;

/// Length of a new buffer: the default reply with room to spare.
const LEAST: usize = 16 * 1024;

/// A buffer that has grown beyond this is given back to the system.
const MOST: usize = 256 * 1024;

/// How many buffers a thread keeps: replies are on their way for a moment, and those to slow clients for longer.
const KEPT: usize = 16;

thread_local! {
    static BUFFERS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer, all of it initialised, with whatever was in it before.
pub(crate) fn take() -> Vec<u8> {
    let kept = BUFFERS.try_with(|buffers| buffers.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_else(|| vec![0; LEAST])
}

/// The first bytes of a buffer, which comes back when nobody has them any more.
pub(crate) fn lend(bytes: Vec<u8>, length: usize) -> Bytes {
    Bytes::from_owner(Lent { bytes, length })
}

/// Keeps a buffer for the next document, unless there are enough or it has become too large.
pub(crate) fn keep(bytes: Vec<u8>) {
    if !(LEAST..=MOST).contains(&bytes.len()) {
        return;
    }
    // At the end of a thread there is nothing to give it back to.
    let _ = BUFFERS.try_with(|buffers| {
        let mut buffers = buffers.borrow_mut();
        if buffers.len() < KEPT {
            buffers.push(bytes);
        }
    });
}

/// A buffer on its way.
struct Lent {
    bytes: Vec<u8>,
    length: usize,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        keep(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_its_bytes_are_gone() {
        let buffer = take();
        let place = buffer.as_ptr();
        let bytes = lend(buffer, 100);
        assert_eq!(bytes.len(), 100);
        let part = bytes.slice(10..20);
        drop(bytes);
        let another = take();
        assert_ne!(another.as_ptr(), place);
        drop(part);
        let again = take();
        assert_eq!(again.as_ptr(), place);
    }

    #[test]
    fn few_buffers_are_kept_and_no_large_ones() {
        let lent: Vec<Bytes> = (0..3 * KEPT).map(|_| lend(take(), 1)).collect();
        drop(lent);
        drop(lend(vec![0; MOST + 1], 1));
        let kept = BUFFERS.with(|buffers| buffers.borrow().iter().map(Vec::len).collect::<Vec<_>>());
        assert_eq!(kept, [LEAST; KEPT]);
    }
}
