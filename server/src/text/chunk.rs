//! A stretch of a reply that is sent as soon as it is written: its memory comes from the pool of [`buffer`] and goes back
//! there when the client has the bytes.

use std::io;

use bytes::Bytes;

use crate::text::buffer;
use crate::text::label::{BLOCK_BYTES, Label};

/// Bytes being written. Nothing is put between them: what separates cells is the caller's business.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// All of it initialised; what is behind `at` is left from earlier chunks.
    bytes: Vec<u8>,
    /// Length of what is written.
    at: usize,
}

impl Chunk {
    /// No bytes and no memory, to stand where a chunk has been taken from.
    pub(crate) const EMPTY: Chunk = Chunk { bytes: Vec::new(), at: 0 };

    pub(crate) fn new() -> Chunk {
        Chunk { bytes: buffer::take(), at: 0 }
    }

    /// What is written, to be sent.
    pub(crate) fn into_bytes(mut self) -> Bytes {
        buffer::lend(std::mem::take(&mut self.bytes), self.at)
    }

    /// Length of what is written.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    /// Room for this many bytes behind what is written.
    #[inline(always)]
    pub(super) fn room(&mut self, bytes: usize) -> &mut [u8] {
        if self.bytes.len() - self.at < bytes {
            self.grow(bytes);
        }
        &mut self.bytes[self.at..]
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        self.bytes.resize((self.at + bytes).max(2 * self.bytes.len()), 0);
    }

    /// Takes what was put into the [room](Chunk::room) as written.
    #[inline(always)]
    pub(super) fn advance(&mut self, written: usize) {
        self.at += written;
    }

    /// The last byte that is written.
    #[inline(always)]
    pub(super) fn last(&self) -> Option<u8> {
        self.at.checked_sub(1).map(|last| self.bytes[last])
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.at += 1;
    }

    /// A text that belongs there as it is.
    #[inline(always)]
    pub(crate) fn verbatim(&mut self, text: &[u8]) {
        self.room(text.len())[..text.len()].copy_from_slice(text);
        self.at += text.len();
    }

    /// A text that was made ready before.
    pub(crate) fn label(&mut self, label: &Label) {
        self.pen(label.room(), |pen| pen.label(label));
    }

    /// Has something written that takes at most so many bytes of room, so that nothing is asked in between.
    #[inline(always)]
    pub(crate) fn pen(&mut self, room: usize, write: impl FnOnce(&mut Pen<'_>)) {
        let mut pen = Pen { out: self.room(room), at: 0 };
        write(&mut pen);
        let written = pen.at;
        self.at += written;
    }

    /// Once more what was written from `start` on, `length` bytes of it.
    #[inline(always)]
    pub(crate) fn again(&mut self, start: usize, length: usize) {
        // Whole blocks, and some that are not meant behind the last of them: they lie within the buffer or are made so.
        self.room(length + BLOCK_BYTES);
        let mut copied = 0;
        while copied < length {
            let (from, to) = (start + copied, self.at + copied);
            let mut block = [0; BLOCK_BYTES];
            block.copy_from_slice(&self.bytes[from..from + BLOCK_BYTES]);
            self.bytes[to..to + BLOCK_BYTES].copy_from_slice(&block);
            copied += BLOCK_BYTES;
        }
        self.at += length;
    }

    /// Takes back what is written behind so many bytes.
    pub(crate) fn cut(&mut self, length: usize) {
        self.at = self.at.min(length);
    }

    /// Puts another byte in the place of one that is written.
    pub(crate) fn replace(&mut self, at: usize, byte: u8) {
        self.bytes[..self.at][at] = byte;
    }
}

/// A place in a chunk with room enough for what is written there. More panics.
#[derive(Debug)]
pub(crate) struct Pen<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl Pen<'_> {
    /// The next `N` bytes.
    #[inline(always)]
    fn next<const N: usize>(&mut self) -> &mut [u8; N] {
        let next = self.out[self.at..self.at + N].first_chunk_mut();
        // A slice of `N` bytes has `N` bytes.
        next.unwrap()
    }

    /// A text that was made ready before. Takes whole blocks of room.
    #[inline(always)]
    pub(crate) fn label(&mut self, label: &Label) {
        let (first, rest) = label.blocks();
        *self.next() = *first;
        if rest.is_empty() {
            self.at += label.len();
            return;
        }
        let end = self.at + label.len();
        for block in rest {
            self.at += BLOCK_BYTES;
            *self.next() = *block;
        }
        self.at = end;
    }

    /// Something by a function that writes it at the beginning of `N` bytes of room and returns its length.
    #[inline(always)]
    pub(crate) fn within<const N: usize>(&mut self, write: impl FnOnce(&mut [u8; N]) -> usize) {
        self.at += write(self.next());
    }
}

/// For encoders that write to whatever takes bytes.
impl io::Write for Chunk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.verbatim(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A chunk that nobody was sent gives its buffer back.
impl Drop for Chunk {
    fn drop(&mut self) {
        buffer::keep(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text(chunk: Chunk) -> String {
        String::from_utf8(chunk.into_bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_is_written_stands_in_its_order() {
        let mut chunk = Chunk::new();
        chunk.verbatim(b"a long beginning of more than one block, ");
        let start = chunk.len();
        chunk.label(&Label::new(""));
        chunk.label(&Label::new("b"));
        chunk.push(b'c');
        chunk.pen(BLOCK_BYTES + 4, |pen| {
            pen.label(&Label::new("d"));
            pen.within::<4>(|out| {
                out[0] = b'e';
                1
            });
        });
        chunk.write_all(b"f").unwrap();
        chunk.replace(start, b'B');
        assert_eq!(text(chunk), "a long beginning of more than one block, Bcdef");
    }

    #[test]
    fn labels_and_repetitions_of_any_length_are_whole() {
        for length in [0, 1, 31, 32, 33, 63, 64, 65, 200] {
            let label: String = ('a'..='z').cycle().take(length).collect();
            let mut chunk = Chunk::new();
            chunk.push(b'<');
            chunk.label(&Label::new(&label));
            chunk.push(b'|');
            chunk.again(1, length);
            chunk.push(b'>');
            assert_eq!(text(chunk), format!("<{label}|{label}>"));
        }
    }

    #[test]
    fn a_chunk_grows_as_it_must() {
        let mut chunk = Chunk::EMPTY;
        let label = Label::new("a label that is longer than one block of them, so that it takes two");
        for _ in 0..5000 {
            let start = chunk.len();
            chunk.label(&label);
            chunk.again(start, label.len());
            chunk.push(b'\n');
        }
        let text = text(chunk);
        assert_eq!(text.lines().count(), 5000);
        let first = text.lines().next().unwrap();
        assert!(first.len() == 2 * label.len() && text.lines().all(|line| line == first));
    }
}
