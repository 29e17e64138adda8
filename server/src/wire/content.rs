//! What a reply consists of: bytes that are there, or chunks that are made while they are sent.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;

use crate::wire::problem::Problem;

/// About how many bytes a chunk of a stream is to have at least: what a batch of rows makes of it may be several times as
/// much. While a client does not read, some of them wait for it: on
/// HTTP/1 as many as fill `limits.header_bytes`, on HTTP/2 as many as fill [`SENDING_BYTES`], and one more.
pub(crate) const CHUNK_BYTES: usize = 32 * 1024;

/// Bytes of one reply that HTTP/2 keeps for a client that has no room for them.
pub(crate) const SENDING_BYTES: usize = 64 * 1024;

/// Chunks that are made when they are asked for, which is when the client has room for them. What is dropped is not made
/// any further: its client is gone. An error breaks the reply off.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Problem>> + Send>>;

/// The content of a reply.
pub(crate) enum Content {
    Whole(Bytes),
    Stream(Chunks),
}

impl Content {
    /// The content that a stream of chunks makes, of which each should have about [`CHUNK_BYTES`].
    pub(crate) fn stream(chunks: impl Stream<Item = Result<Bytes, Problem>> + Send + 'static) -> Content {
        Content::Stream(Box::pin(chunks))
    }

    /// Its length, where that is known.
    pub(crate) fn length(&self) -> Option<usize> {
        match self {
            Content::Whole(bytes) => Some(bytes.len()),
            Content::Stream(_) => None,
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Whole(bytes) => f.debug_tuple("Whole").field(bytes).finish(),
            Content::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl Default for Content {
    fn default() -> Content {
        Content::Whole(Bytes::new())
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Content {
        Content::Whole(bytes)
    }
}
