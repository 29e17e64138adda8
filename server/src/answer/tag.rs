//! Entity tags: what a reply depends on, in 128 bits, known before anything is computed.
//!
//! A tag is compared with the tag of another reply to the same request target, by a client or by a cache that many
//! clients share. It must therefore change whenever such a reply can, and nothing more is asked of it: replies to
//! different targets may share a tag by chance, which no one would ever notice. Whoever searches for a target whose tag
//! stays the same through a change of data can choose the query, but not the data that changes; and has fooled, in a
//! shared cache too, only those who ask for that very target. A fast hash without secrets is enough, where one that
//! withstands attacks would take as long as the tables.

use xxhash_rust::xxh3::xxh3_128;
use zerocopy::IntoBytes;

/// Length of a tag with its quotes.
pub(crate) const TAG_BYTES: usize = 34;

/// Room for what the tag of a query is made from; where it is more, the hash takes several steps.
const WORDS: usize = 30;

/// What a tag is made from.
#[derive(Debug)]
pub(crate) struct Ingredients {
    words: [u64; WORDS],
    at: usize,
}

impl Ingredients {
    pub(crate) fn new() -> Ingredients {
        Ingredients { words: [0; WORDS], at: 0 }
    }

    #[inline]
    pub(crate) fn add(&mut self, word: u64) {
        if self.at == WORDS {
            self.condense();
        }
        self.words[self.at] = word;
        self.at += 1;
    }

    /// Makes room: in the place of what was added there is its hash.
    #[cold]
    fn condense(&mut self) {
        let hash = self.hash();
        (self.words[0], self.words[1]) = (hash as u64, (hash >> 64) as u64);
        self.at = 2;
    }

    /// Adds bytes, so that how many there are makes a difference.
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        self.add(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn hash(&self) -> u128 {
        xxh3_128(self.words[..self.at].as_bytes())
    }

    /// The tag.
    pub(crate) fn tag(&self) -> Tag {
        Tag(self.hash())
    }
}

/// The strong tag of a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tag(u128);

impl Tag {
    /// As it is sent: 32 hexadecimal digits in quotes.
    pub(crate) fn text(self) -> [u8; TAG_BYTES] {
        let mut text = [b'"'; TAG_BYTES];
        for (pair, byte) in text[1..].chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            pair.copy_from_slice(&PAIRS[usize::from(byte)]);
        }
        text
    }
}

/// The two hexadecimal digits of every byte.
static PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_its_digits_in_quotes() {
        let text = Tag(0x0123_4567_89ab_cdef_0123_4567_89ab_cd0f).text();
        assert_eq!(text, *b"\"0123456789abcdef0123456789abcd0f\"");
    }

    #[test]
    fn every_ingredient_and_its_place_make_a_difference() {
        let tag = |add: fn(&mut Ingredients)| {
            let mut ingredients = Ingredients::new();
            add(&mut ingredients);
            ingredients.tag()
        };
        let long = |bytes: &[u8]| {
            let mut ingredients = Ingredients::new();
            ingredients.add_bytes(bytes);
            ingredients.tag()
        };
        let many = b"abcdefg".repeat(1000);
        let mut other = many.clone();
        other[0] = b'b';
        assert_ne!(long(&many), long(&other));
        assert_ne!(long(&many), long(&many[..6999]));
        let tags = [
            tag(|_| {}),
            tag(|i| i.add(0)),
            tag(|i| [1, 2].into_iter().for_each(|word| i.add(word))),
            tag(|i| [2, 1].into_iter().for_each(|word| i.add(word))),
            tag(|i| i.add_bytes(b"ab")),
            tag(|i| i.add_bytes(b"ab\0")),
            tag(|i| [b"a", b"b"].into_iter().for_each(|bytes| i.add_bytes(bytes))),
        ];
        for (nth, one) in tags.iter().enumerate() {
            assert!(!tags[..nth].contains(one), "{nth}");
        }
    }
}
