//! Bodies freed of their content coding, of which no more is made than may be held.
//!
//! A body is decoded when all of it is there: nobody can have a decoder's memory kept by sending slowly.

use std::io::{self, Read};
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
    let broken = |_| {
        Problem::new(Code::MalformedBody, format!("the body is not one whole {} stream", coding.name()))
            .parameter(CONTENT_ENCODING.as_str())
            .hint("compress it anew, or send it without a coding")
    };
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

/// About as much as a decoder keeps for itself.
const fn window_bytes(coding: Coding) -> usize {
    match coding {
        Coding::Identity => 0,
        Coding::Gzip => 64 * 1024,
        Coding::Brotli => 1 << 24,
        Coding::Zstd => 1 << ZSTD_WINDOW_LOG,
    }
}

/// A decoder of each coding, over bytes that are there. All of them must belong to what is decoded.
enum Decoder<'a> {
    Identity(&'a [u8]),
    Gzip(Box<MultiGzDecoder<&'a [u8]>>),
    Brotli(Box<Brotli<'a>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, &'a [u8]>>),
}

impl Decoder<'_> {
    fn new(coding: Coding, encoded: &[u8]) -> io::Result<Decoder<'_>> {
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

impl Read for Decoder<'_> {
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
struct Brotli<'a> {
    rest: &'a [u8],
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    is_over: bool,
}

impl Brotli<'_> {
    fn new(encoded: &[u8]) -> Brotli<'_> {
        let alloc = StandardAlloc::default;
        let state = BrotliState::new_strict(alloc(), alloc(), alloc());
        Brotli { rest: encoded, state, is_over: false }
    }
}

impl Read for Brotli<'_> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        if self.is_over {
            return Ok(0);
        }
        let (mut unread, mut read) = (self.rest.len(), 0);
        let (mut room, mut written, mut total) = (piece.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut unread,
            &mut read,
            self.rest,
            &mut room,
            &mut written,
            piece,
            &mut total,
            &mut self.state,
        );
        self.rest = &self.rest[read..];
        match result {
            BrotliResult::NeedsMoreOutput => Ok(written),
            BrotliResult::ResultSuccess if self.rest.is_empty() => {
                self.is_over = true;
                Ok(written)
            }
            // Bytes behind the end, none where there should be some, and bytes that mean nothing.
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}
