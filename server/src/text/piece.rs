//! Text that is known before any request: written by copying its whole room and counting its length.

/// Room of a piece: one copy of this many bytes costs less than finding out how many there are.
pub(crate) const PIECE_BYTES: usize = 32;

/// A short text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    text: [u8; PIECE_BYTES],
    length: usize,
}

impl Piece {
    /// No text, to be [joined](Piece::then) with some.
    pub(crate) const EMPTY: Piece = Piece { text: [0; PIECE_BYTES], length: 0 };

    /// A text of at most [`PIECE_BYTES`] bytes; a longer one does not compile where the piece is a constant.
    pub(crate) const fn new(text: &str) -> Piece {
        Piece::EMPTY.then(text)
    }

    /// The piece with a text behind it.
    pub(crate) const fn then(mut self, text: &str) -> Piece {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() {
            self.text[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// The room, and how much of it is the text.
    #[inline(always)]
    pub(crate) const fn parts(&self) -> (&[u8; PIECE_BYTES], usize) {
        (&self.text, self.length)
    }
}
