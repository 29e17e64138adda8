//! Content codings: which one a client gets, and the encoders.
//!
//! What is coded while it is made is coded for speed: everybody on the same processor waits for a better search, and on
//! rows of numbers it finds next to nothing. Of lines of JSON with positions in them a core codes 540 MB a second with
//! zstd at level 1, to 19 % (265 MB at level 3, to 21 %); 245 MB with br at 1, to 21 % (50 MB at 4, to 23 %); and 150 MB
//! with gzip at 2, to 23 % (280 MB at 1, to 33 %; 83 MB at 6, to 21 %).

mod coded;

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::ACCEPT_ENCODING;

use crate::wire::preference::preferences;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::Request;

pub(crate) use coded::{coded, coded_at_once};

/// From how many bytes on a document is coded: less fits into a few packets as it is.
pub(crate) const LEAST_BYTES: usize = 8 * 1024;

/// A coding of content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Coding {
    #[default]
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

impl Coding {
    /// Those that change anything, best first: where a client takes several as well, it gets the first.
    pub(crate) const CODED: [Coding; 3] = [Coding::Zstd, Coding::Brotli, Coding::Gzip];

    /// The name that it is registered by.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Coding::Identity => "identity",
            Coding::Gzip => "gzip",
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
        }
    }

    /// The coding of a name.
    pub(crate) fn named(name: &str) -> Option<Coding> {
        let all = [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd];
        // RFC 9110, section 8.4.1.3: another name of the same.
        let name = if name.eq_ignore_ascii_case("x-gzip") { "gzip" } else { name };
        all.into_iter().find(|coding| coding.name().eq_ignore_ascii_case(name))
    }

    /// The value of `Content-Encoding`, for what is coded.
    pub(crate) fn field(self) -> Option<HeaderValue> {
        (self != Coding::Identity).then(|| HeaderValue::from_static(self.name()))
    }

    /// The strong tag of content in this coding, made from that of the content: `"tag-gzip"` from `"tag"`.
    pub(crate) fn tag(self, tag: &str) -> String {
        match self {
            Coding::Identity => tag.to_owned(),
            coding => format!("{}-{}\"", tag.trim_end_matches('"'), coding.name()),
        }
    }

    /// Content that is there as a whole, coded to be kept.
    pub(crate) fn whole(self, content: &[u8]) -> io::Result<Bytes> {
        let mut encoder = Encoder::new(self, Effort::Kept)?;
        encoder.write_all(content)?;
        encoder.finish().map(Bytes::from)
    }
}

impl Request {
    /// The coding that the client takes most gladly, and of several the one that is best here.
    ///
    /// # Errors
    /// 406 where it takes none, and not even what is not coded.
    pub(crate) fn coding(&self) -> Result<Coding, Problem> {
        let Some(listed) = preferences(self.headers(), ACCEPT_ENCODING) else { return Ok(Coding::Identity) };
        let weight = |coding: Coding| {
            let named = |name: &str| Coding::named(name) == Some(coding);
            let own = listed.iter().filter(|listed| named(listed.name)).map(|listed| listed.weight).max();
            own.or_else(|| listed.iter().find(|listed| listed.name == "*").map(|listed| listed.weight))
        };
        let mut best = (Coding::Identity, 0);
        for coding in Coding::CODED {
            let weight = weight(coding).unwrap_or_default();
            if weight > best.1 {
                best = (coding, weight);
            }
        }
        match weight(Coding::Identity) {
            // Whoever does not name it takes it where there is nothing else.
            None => Ok(best.0),
            Some(weight) if weight > best.1 => Ok(Coding::Identity),
            _ if best.1 > 0 => Ok(best.0),
            Some(_) => Err(Problem::new(
                Code::NotAcceptable,
                "this resource is offered with the content codings zstd, br and gzip, and without any",
            )
            .parameter(ACCEPT_ENCODING.as_str())
            .hint("send one of them in Accept-Encoding, or leave the field out")),
        }
    }

    /// The tag, among those of a content's codings, that the client has already.
    pub(crate) fn has_any_coding_of(&self, tag: &str) -> Option<String> {
        let codings = [Coding::Identity].into_iter().chain(Coding::CODED);
        codings.map(|coding| coding.tag(tag)).find(|tag| self.has(tag))
    }
}

/// What an encoder is to make of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// It is coded once in a process, and sent often: the longest of them, 1.5 MB, takes some 20 to 70 ms.
    Kept,
    /// It is coded while it is made, sent, and forgotten.
    Sent,
}

/// An encoder into memory.
enum Encoder {
    Identity(Vec<u8>),
    Gzip(GzEncoder<Vec<u8>>),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    fn new(coding: Coding, effort: Effort) -> io::Result<Encoder> {
        let is_kept = effort == Effort::Kept;
        Ok(match coding {
            Coding::Identity => Encoder::Identity(Vec::new()),
            Coding::Gzip => {
                let level = Compression::new(if is_kept { 6 } else { 2 });
                Encoder::Gzip(GzEncoder::new(Vec::new(), level))
            }
            Coding::Brotli => {
                let (quality, window_log) = if is_kept { (5, 22) } else { (1, 18) };
                let writer = brotli::CompressorWriter::new(Vec::new(), 4096, quality, window_log);
                Encoder::Brotli(Box::new(writer))
            }
            Coding::Zstd => {
                let (level, window_log) = if is_kept { (9, 21) } else { (1, 18) };
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), level)?;
                encoder.window_log(window_log)?;
                Encoder::Zstd(encoder)
            }
        })
    }

    /// What is coded so far and has not been taken.
    fn written(&mut self) -> &mut Vec<u8> {
        match self {
            Encoder::Identity(written) => written,
            Encoder::Gzip(encoder) => encoder.get_mut(),
            Encoder::Brotli(encoder) => encoder.get_mut(),
            Encoder::Zstd(encoder) => encoder.get_mut(),
        }
    }

    /// Takes what is coded so far.
    fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(self.written()))
    }

    /// What is left, and the end.
    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Encoder::Identity(written) => Ok(written),
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Brotli(encoder) => Ok(encoder.into_inner()),
            Encoder::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl Write for Encoder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Encoder::Identity(encoder) => encoder.write(bytes),
            Encoder::Gzip(encoder) => encoder.write(bytes),
            Encoder::Brotli(encoder) => encoder.write(bytes),
            Encoder::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Encoder::Identity(encoder) => encoder.flush(),
            Encoder::Gzip(encoder) => encoder.flush(),
            Encoder::Brotli(encoder) => encoder.flush(),
            Encoder::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests;
