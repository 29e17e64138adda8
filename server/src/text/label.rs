//! Text that is made ready once and written many times: copied in whole blocks, since that costs less than copying as
//! many bytes as there are.

/// Length of a block.
pub(crate) const BLOCK_BYTES: usize = 32;

type Block = [u8; BLOCK_BYTES];

/// A text of any length; nearly all are short.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    first: Block,
    /// The blocks behind the first one; the last is filled up.
    rest: Box<[Block]>,
    length: usize,
}

impl Label {
    pub(crate) fn new(text: &str) -> Label {
        let mut blocks = text.as_bytes().chunks(BLOCK_BYTES).map(|bytes| {
            let mut block = [0; BLOCK_BYTES];
            block[..bytes.len()].copy_from_slice(bytes);
            block
        });
        let first = blocks.next().unwrap_or([0; BLOCK_BYTES]);
        Label { first, rest: blocks.collect(), length: text.len() }
    }

    /// Length of the text.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Length of its blocks.
    pub(crate) fn room(&self) -> usize {
        (1 + self.rest.len()) * BLOCK_BYTES
    }

    /// The text, and what fills its last block.
    #[inline(always)]
    pub(crate) fn blocks(&self) -> (&Block, &[Block]) {
        (&self.first, &self.rest)
    }
}
