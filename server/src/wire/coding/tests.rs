//! Which coding a client gets, and that what is coded is what was to be coded.

use std::io::Read;
use std::task::{Context, Poll, Waker};

use futures_util::{StreamExt, stream};

use super::*;
use crate::wire::content::Content;

fn chosen(accept_encoding: &str) -> Result<Coding, Code> {
    Request::to("/", &[("accept-encoding", accept_encoding)]).coding().map_err(|problem| problem.code)
}

fn decoded(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match coding {
        Coding::Identity => out.extend_from_slice(bytes),
        Coding::Gzip => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap()),
        Coding::Brotli => drop(brotli::Decompressor::new(bytes, 4096).read_to_end(&mut out).unwrap()),
        Coding::Zstd => drop(zstd::stream::read::Decoder::new(bytes).unwrap().read_to_end(&mut out).unwrap()),
    }
    out
}

#[test]
fn the_coding_is_the_one_that_is_taken_most_gladly() {
    for (accept_encoding, coding) in [
        ("", Coding::Identity),
        ("gzip", Coding::Gzip),
        ("x-gzip", Coding::Gzip),
        ("GZIP", Coding::Gzip),
        ("deflate", Coding::Identity),
        ("gzip, deflate", Coding::Gzip),
        ("gzip, deflate, br", Coding::Brotli),
        ("gzip, deflate, br, zstd", Coding::Zstd),
        ("gzip;q=1.0, br;q=0.8, zstd;q=0.5", Coding::Gzip),
        ("*", Coding::Zstd),
        ("*;q=0.1, gzip", Coding::Gzip),
        ("zstd;q=0, *", Coding::Brotli),
        ("gzip;q=0.5, identity;q=0.6", Coding::Identity),
        ("gzip;q=0.5, identity;q=0.5", Coding::Gzip),
        ("identity", Coding::Identity),
        ("gzip;q=0", Coding::Identity),
        ("identity;q=0, br;q=0.1", Coding::Brotli),
        ("*;q=0, identity", Coding::Identity),
        ("*;q=0, zstd;q=0.2", Coding::Zstd),
    ] {
        assert_eq!(chosen(accept_encoding), Ok(coding), "{accept_encoding:?}");
    }
    for accept_encoding in ["*;q=0", "identity;q=0", "identity;q=0, deflate", "gzip;q=0, *;q=0"] {
        assert_eq!(chosen(accept_encoding), Err(Code::NotAcceptable), "{accept_encoding}");
    }
    assert_eq!(Request::to("/", &[]).coding(), Ok(Coding::Identity));
}

#[test]
fn each_coding_has_a_tag_of_its_own_and_each_is_known_again() {
    assert_eq!(Coding::Identity.tag("\"ab12\""), "\"ab12\"");
    assert_eq!(Coding::Gzip.tag("\"ab12\""), "\"ab12-gzip\"");
    for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd] {
        let tag = coding.tag("\"ab12\"");
        let request = Request::to("/", &[("if-none-match", &format!("\"other\", {tag}"))]);
        assert_eq!(request.has_any_coding_of("\"ab12\""), Some(tag));
        assert_eq!(request.has_any_coding_of("\"ab1\""), None);
    }
}

#[test]
fn whole_content_is_coded_and_smaller() {
    let content = b"the same again and again, ".repeat(1000);
    for coding in Coding::CODED {
        let coded = coding.whole(&content).unwrap();
        assert!(coded.len() < content.len() / 20, "{coding:?}: {}", coded.len());
        assert_eq!(decoded(coding, &coded), content, "{coding:?}");
        assert_eq!(decoded(coding, &coding.whole(b"").unwrap()), b"", "{coding:?}");
    }
}

/// All that a stream gives that never waits.
fn collected(content: Content) -> (Vec<Bytes>, Option<Problem>) {
    let Content::Stream(mut chunks) = content else { panic!("{content:?}") };
    let mut cx = Context::from_waker(Waker::noop());
    let mut out = Vec::new();
    loop {
        match chunks.as_mut().poll_next(&mut cx) {
            Poll::Ready(Some(Ok(chunk))) => out.push(chunk),
            Poll::Ready(Some(Err(problem))) => return (out, Some(problem)),
            Poll::Ready(None) => return (out, None),
            Poll::Pending => panic!("there is nothing to wait for"),
        }
    }
}

#[test]
fn streams_are_coded_chunk_by_chunk() {
    let chunk = |nth: u32| {
        let lines = (0..400)
            .map(|line| format!("{{\"jd\":{}.5,\"sun\":{}}}\n", 2_451_545 + nth * 400 + line, line * nth));
        Bytes::from(lines.collect::<String>())
    };
    for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd] {
        for count in [0, 1, 7, 300] {
            let chunks = stream::iter((0..count).map(move |nth| Ok(chunk(nth))));
            let (coded, problem) = collected(coded(Box::pin(chunks), coding).unwrap());
            assert_eq!(problem, None);
            assert!(coding == Coding::Identity || coded.iter().all(|chunk| !chunk.is_empty()), "{coding:?}");
            let whole: Vec<u8> = (0..count).flat_map(chunk).collect();
            assert_eq!(decoded(coding, &coded.concat()), whole, "{coding:?}, {count} chunks");
            if count == 300 && coding != Coding::Identity {
                let length = coded.concat().len();
                assert!(length * 2 < whole.len(), "{coding:?}: {length} of {}", whole.len());
                assert!(coded.len() < 150, "{coding:?}: {} pieces", coded.len());
            }
        }
        // The first rows are all there before the second are asked for.
        let chunks = stream::iter([Ok(chunk(0))]).chain(stream::pending());
        let Content::Stream(mut coded) = super::coded(Box::pin(chunks), coding).unwrap() else { panic!() };
        let mut cx = Context::from_waker(Waker::noop());
        let Poll::Ready(Some(Ok(first))) = coded.as_mut().poll_next(&mut cx) else { panic!("{coding:?}") };
        assert!(coded.as_mut().poll_next(&mut cx).is_pending());
        assert!(decoded_so_far(coding, &first) == chunk(0), "{coding:?}: something was kept back");
        // A failure ends it, and nothing is added that would make it look whole.
        let failing = stream::iter([Ok(chunk(0)), Err(Problem::new(Code::Busy, "on purpose"))]);
        let (part, problem) = collected(super::coded(Box::pin(failing), coding).unwrap());
        assert_eq!((part.len(), problem.map(|problem| problem.code)), (1, Some(Code::Busy)));
    }
}

/// What can be read of a stream whose end has not come.
fn decoded_so_far(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    let mut reader: Box<dyn Read + '_> = match coding {
        Coding::Identity => Box::new(bytes),
        Coding::Gzip => Box::new(flate2::read::GzDecoder::new(bytes)),
        Coding::Brotli => Box::new(brotli::Decompressor::new(bytes, 4096)),
        Coding::Zstd => Box::new(zstd::stream::read::Decoder::new(bytes).unwrap()),
    };
    let (mut out, mut piece) = (Vec::new(), [0; 1024]);
    while let Ok(length @ 1..) = reader.read(&mut piece) {
        out.extend_from_slice(&piece[..length]);
    }
    out
}
