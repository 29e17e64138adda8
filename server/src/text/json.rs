//! JSON, written straight into the reply: what a tree of values would cost is saved.
//!
//! Numbers are decimal fractions without exponents, `-0` is `0.0`, and a quantity keeps its point, so that readers that
//! tell integers from floats see floats throughout.

use bytes::Bytes;

use crate::text::chunk::Chunk;
use crate::text::decimal::{self, Decimal, NUMBER_BYTES};
use crate::text::piece::{PIECE_BYTES, Piece};

/// A document being written. Commas are its business, braces and keys the caller's.
#[derive(Debug)]
pub(crate) struct Json(Chunk);

impl Json {
    pub(crate) fn new() -> Json {
        Json(Chunk::new())
    }

    /// What is written, to be sent.
    pub(crate) fn into_bytes(self) -> Bytes {
        self.0.into_bytes()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of what is written.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Room of a fixed size behind what is written, to be written in one go.
    #[inline]
    pub(crate) fn cursor(&mut self) -> Cursor<'_> {
        let room = self.0.room(CURSOR_BYTES).first_chunk_mut();
        // There is as much room as was asked for.
        Cursor { out: room.unwrap(), at: 0 }
    }

    /// Takes what a cursor has written into the document.
    #[inline]
    pub(crate) fn advance(&mut self, written: usize) {
        self.0.advance(written);
    }

    /// Takes back what is written behind so many bytes.
    pub(crate) fn cut(&mut self, length: usize) {
        self.0.cut(length);
    }

    /// A text that belongs there as it is.
    #[inline(always)]
    pub(crate) fn verbatim(&mut self, text: &[u8]) -> &mut Json {
        self.0.verbatim(text);
        self
    }

    /// A piece that belongs there as it is.
    #[inline(always)]
    pub(crate) fn piece(&mut self, piece: &Piece) {
        let (text, length) = piece.parts();
        self.0.room(PIECE_BYTES)[..PIECE_BYTES].copy_from_slice(text);
        self.0.advance(length);
    }

    /// Ends a list whose elements were written from `start` on, each with a comma before it: in the place of the first
    /// comma the list begins.
    pub(crate) fn end_list(&mut self, start: usize) {
        if self.len() == start {
            self.0.push(b'[');
        } else {
            self.0.replace(start, b'[');
        }
        self.0.push(b']');
    }

    /// Begins a value: a comma, unless it is the first of its kind or follows a key.
    fn begin(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(b',');
        }
    }

    pub(crate) fn open(&mut self, bracket: u8) {
        self.begin();
        self.0.push(bracket);
    }

    pub(crate) fn close(&mut self, bracket: u8) {
        self.0.push(bracket);
    }

    /// A key of an object; one of our own, which need no escapes.
    pub(crate) fn key(&mut self, key: &'static str) -> &mut Json {
        self.begin();
        self.0.push(b'"');
        self.verbatim(key.as_bytes());
        self.verbatim(b"\":");
        self
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.begin();
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
            self.0.push(b'"');
            self.verbatim(text.as_bytes());
            self.0.push(b'"');
        } else {
            // A string has no way of not being JSON.
            self.verbatim(&serde_json::to_vec(text).unwrap_or_default());
        }
    }

    pub(crate) fn truth(&mut self, value: bool) {
        self.begin();
        self.verbatim(if value { b"true" } else { b"false" });
    }

    pub(crate) fn null(&mut self) {
        self.begin();
        self.verbatim(b"null");
    }

    pub(crate) fn integer(&mut self, value: i64) {
        self.begin();
        self.verbatim(value.to_string().as_bytes());
    }

    /// The shortest decimal that reads back as the same double.
    pub(crate) fn full(&mut self, value: f64) {
        self.begin();
        let written = decimal::full(value, self.0.room(NUMBER_BYTES));
        self.0.advance(written);
    }

    /// Rounded to so many decimals (at most 15), halves away from zero, without trailing zeros.
    pub(crate) fn rounded(&mut self, value: f64, decimals: u8) {
        self.begin();
        let out = self.0.room(NUMBER_BYTES);
        let quick = match (decimals, out.first_chunk_mut()) {
            (9, Some(out)) => Decimal::<9>::rounded(value).map(|decimal| decimal.write(out)),
            (12, Some(out)) => Decimal::<12>::rounded(value).map(|decimal| decimal.write(out)),
            _ => None,
        };
        let written = quick.unwrap_or_else(|| decimal::rounded(value, decimals, out));
        self.0.advance(written);
    }
}

/// What is written into a new document, as text.
#[cfg(test)]
pub(crate) fn written(write: impl FnOnce(&mut Json)) -> String {
    let mut json = Json::new();
    write(&mut json);
    String::from_utf8(json.into_bytes().to_vec()).unwrap()
}

/// Room of a [`Cursor`].
pub(crate) const CURSOR_BYTES: usize = 4096;

/// A place in a document with room enough for what is written there, so that nothing is asked in between.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    out: &'a mut [u8; CURSOR_BYTES],
    at: usize,
}

impl Cursor<'_> {
    /// Length of what is written here.
    #[inline(always)]
    pub(crate) fn written(&self) -> usize {
        self.at
    }

    /// The next `N` bytes.
    #[inline(always)]
    fn next<const N: usize>(&mut self) -> &mut [u8; N] {
        let next = self.out[self.at..self.at + N].first_chunk_mut();
        // A slice of `N` bytes has `N` bytes.
        next.unwrap()
    }

    #[inline(always)]
    pub(crate) fn piece(&mut self, piece: &Piece) {
        let (text, length) = piece.parts();
        *self.next() = *text;
        self.at += length;
    }

    /// A decimal fraction.
    #[inline(always)]
    pub(crate) fn decimal<const D: usize>(&mut self, decimal: Decimal<D>) {
        self.at += decimal.write(self.next());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_fall_into_place() {
        let text = written(|json| {
            json.open(b'{');
            json.key("a").open(b'[');
            json.rounded(1.5, 3);
            json.rounded(2.5, 9);
            json.null();
            json.close(b']');
            json.key("b").string("x\"\n");
            json.key("c").truth(true);
            json.key("d").integer(7);
            json.key("e").full(0.5);
            json.close(b'}');
        });
        assert_eq!(text, "{\"a\":[1.5,2.5,null],\"b\":\"x\\\"\\n\",\"c\":true,\"d\":7,\"e\":0.5}");
    }

    #[test]
    fn a_list_of_elements_with_commas_before_them_is_ended_as_one() {
        let piece = Piece::new(",1").then("2");
        let list = |elements: usize| {
            written(|json| {
                json.verbatim(b"x");
                let start = json.len();
                (0..elements).for_each(|_| json.piece(&piece));
                json.end_list(start);
            })
        };
        assert_eq!([list(0), list(1), list(3)], ["x[]", "x[12]", "x[12,12,12]"]);
    }

    #[test]
    fn a_document_grows_as_it_must() {
        let name = "long ".repeat(50);
        let text = written(|json| {
            json.open(b'[');
            for _ in 0..10_000 {
                json.string(&name);
                json.full(1e300);
                let mut cursor = json.cursor();
                cursor.piece(&Piece::new(",0"));
                let length = cursor.written();
                json.advance(length);
            }
            json.close(b']');
        });
        let document: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(document.len(), 30_000);
        assert_eq!((&document[29_997], &document[29_998]), (&name.into(), &1e300.into()));
    }

    #[test]
    fn what_was_in_a_buffer_before_is_not_in_the_next_document() {
        drop(written(|json| json.string("a secret")));
        assert_eq!(written(|json| json.integer(1)), "1");
    }
}
