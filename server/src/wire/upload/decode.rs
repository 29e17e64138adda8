//! Bodies freed of their content coding, of which no more is made than may be held.
//!
//! A body that is wanted as a whole is decoded when all of it is there: nobody can have a decoder's memory kept by sending
//! slowly. One that is read as it comes has the decoder's memory taken from the room of bodies beforehand.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use flate2::bufread::MultiGzDecoder;
use http::header::CONTENT_ENCODING;

use super::{SPLIT, no_room};
use crate::wire::coding::Coding;
use crate::wire::problem::{Code, Problem};
use crate::wire::room::{Full, Held, Room};

/// How much is decoded at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// The window of a zstd stream, as a power of two: what RFC 9659 has every receiver take, and no sender exceed.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Undoes a coding other than identity. It takes as long as it takes, a second at worst: a stream may be long and hold
/// nothing.
///
/// # Errors
/// 413 where more than `most` bytes come of it, 400 where it is broken, 503 where there is no room.
pub(super) fn decode(coding: Coding, encoded: &Held, most: usize, room: &Arc<Room>) -> Result<Held, Problem> {
    let broken = |_| broken(coding);
    let _window = room.take(window_bytes(coding)).map_err(|Full| no_room(room))?;
    let mut decoder = Decoder::new(coding, encoded.as_ref()).map_err(broken)?;
    let mut decoded = room.hold();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = decoder.read(&mut piece).map_err(broken)?;
        if length == 0 {
            return Ok(decoded);
        }
        if decoded.len() + length > most {
            let detail = format!("the body is longer than {most} bytes once it is decoded");
            return Err(Problem::new(Code::BodyTooLarge, detail).hint(SPLIT));
        }
        decoded.add(&piece[..length], most).map_err(|Full| no_room(room))?;
    }
}

/// The refusal of bytes that are not what their coding makes.
pub(super) fn broken(coding: Coding) -> Problem {
    Problem::new(Code::MalformedBody, format!("the body is not one whole {} stream", coding.name()))
        .parameter(CONTENT_ENCODING.as_str())
        .hint("compress it anew, or send it without a coding")
}

/// About as much as a decoder keeps for itself.
pub(super) const fn window_bytes(coding: Coding) -> usize {
    match coding {
        Coding::Identity => 0,
        Coding::Gzip => 64 * 1024,
        Coding::Brotli => 1 << 24,
        Coding::Zstd => 1 << ZSTD_WINDOW_LOG,
    }
}

/// A decoder of each coding. All bytes that there are must belong to what is decoded. Where they are still on their way, and
/// asking for more of them is [`io::ErrorKind::WouldBlock`], so is reading what they are decoded to, and goes on afterwards.
pub(super) enum Decoder<R: BufRead> {
    Identity(R),
    Gzip(Box<MultiGzDecoder<R>>),
    Brotli(Box<Brotli<R>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, R>>),
}

impl<R: BufRead> Decoder<R> {
    pub(super) fn new(coding: Coding, encoded: R) -> io::Result<Decoder<R>> {
        Ok(match coding {
            Coding::Identity => Decoder::Identity(encoded),
            Coding::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(encoded))),
            Coding::Brotli => Decoder::Brotli(Box::new(Brotli::new(encoded))),
            Coding::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(encoded)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Decoder::Zstd(Box::new(decoder))
            }
        })
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Identity(decoder) => decoder.read(piece),
            Decoder::Gzip(decoder) => decoder.read(piece),
            Decoder::Brotli(decoder) => decoder.read(piece),
            Decoder::Zstd(decoder) => decoder.read(piece),
        }
    }
}

/// A decoder of br that takes no windows beyond those of RFC 7932, which are 16 MiB at most: the crate's own reader takes
/// windows of a gigabyte, and says nothing of bytes behind the end.
pub(super) struct Brotli<R> {
    encoded: R,
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    /// Whether it has more for who asks than there was room for, without another byte.
    has_more: bool,
    is_over: bool,
}

impl<R: BufRead> Brotli<R> {
    fn new(encoded: R) -> Brotli<R> {
        let alloc = StandardAlloc::default;
        let state = BrotliState::new_strict(alloc(), alloc(), alloc());
        Brotli { encoded, state, has_more: false, is_over: false }
    }
}

impl<R: BufRead> Read for Brotli<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        while !self.is_over {
            let input = if self.has_more { &[][..] } else { self.encoded.fill_buf()? };
            let is_end = input.is_empty() && !self.has_more;
            let (mut unread, mut read) = (input.len(), 0);
            let (mut room, mut written, mut total) = (piece.len(), 0, 0);
            let result = BrotliDecompressStream(
                &mut unread,
                &mut read,
                input,
                &mut room,
                &mut written,
                piece,
                &mut total,
                &mut self.state,
            );
            self.encoded.consume(read);
            self.has_more = matches!(result, BrotliResult::NeedsMoreOutput);
            match result {
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultSuccess => self.is_over = true,
                BrotliResult::NeedsMoreInput if !is_end => {}
                // Bytes that mean nothing, and none where there should be some.
                _ => return Err(invalid()),
            }
            if written > 0 {
                return Ok(written);
            }
        }
        // Nothing is to stand behind the end.
        if self.encoded.fill_buf()?.is_empty() { Ok(0) } else { Err(invalid()) }
    }
}
