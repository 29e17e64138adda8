//! Parsing of `.se1` headers, from bytes that nobody vouches for.
//!
//! The layout follows `read_const` in `sweph.c`: three text lines ended by CRLF (a fourth, with orbital elements, in files
//! of single asteroids); a test of the byte order; the file's length; the number of the JPL ephemeris; first and last
//! date; the number of bodies and their ids; in files of single asteroids a name of 30 bytes; a CRC-32 over all so far; five
//! constants; then for each body the offset of its index, flags, the number of terms, a scale, ten numbers, and the
//! reference ellipse where a flag says so.

use crate::seams::{BodySegments, EphemerisFile, FileKind, SourceBody};

/// The header's own bytes up to the checksum may not be more than the C reader's buffer (`2 * AS_MAXCH`).
const MAX_CHECKED_BYTES: usize = 512;
/// The C reader takes lines of at most this many bytes, CRLF included (`AS_MAXCH - 1`).
const MAX_LINE_BYTES: usize = 255;
/// Likewise for the line of orbital elements (`2 * AS_MAXCH - 1`).
const MAX_ELEMENTS_BYTES: usize = 511;
/// The C reader copies 19 bytes from the asteroid's name on into 40: the name may not begin later than this.
const MAX_NAME_OFFSET: usize = 21;
/// `MAXORD` in `sweph.h`: the C evaluator's arrays hold this many terms and one.
const MAX_TERMS: u8 = 40;
/// `SEI_FILE_TEST_ENDIAN` in `sweph.h`.
const BYTE_ORDER_TEST: u32 = 0x0061_6263;
/// `SEI_FLG_ELLIPSE` in `sweph.h`.
const FLAG_ELLIPSE: u8 = 4;
/// Bytes of an entry of a body's index.
const INDEX_ENTRY_BYTES: f64 = 3.0;

/// What is wrong with an ephemeris file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderFault {
    /// The bytes end within the header.
    #[error("it is cut short at byte {have}, within its header")]
    Cut {
        /// How many bytes there are.
        have: usize,
    },
    /// A line of text at its start is missing, too long or not ended by CRLF.
    #[error("line {line} of its header is not a line of text")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// The header names another file.
    #[error("its header says it is {recorded:?}")]
    Name {
        /// The recorded name.
        recorded: String,
    },
    /// It is no file of this kind, or has the other byte order.
    #[error("its byte order mark is {found:#010x}, not {BYTE_ORDER_TEST:#010x}")]
    ByteOrder {
        /// What stands there.
        found: u32,
    },
    /// The file's length is not the recorded one.
    #[error("it has {found} bytes, and its header says {recorded}")]
    Length {
        /// Recorded bytes.
        recorded: i32,
        /// Actual bytes.
        found: u64,
    },
    /// Its dates are not in order.
    #[error("its dates run from {start_jd} to {end_jd}")]
    Dates {
        /// First date.
        start_jd: f64,
        /// Last date.
        end_jd: f64,
    },
    /// The number of bodies is out of range, or does not fit the file's name.
    #[error("it claims to hold {found} bodies")]
    BodyCount {
        /// The number.
        found: i16,
    },
    /// It holds a body that does not belong into it.
    #[error("it holds body {id}, which does not belong into it")]
    UnknownBody {
        /// The body's id.
        id: i32,
    },
    /// The header's checksum is wrong.
    #[error("its header's checksum is {found:#010x}, recorded is {recorded:#010x}")]
    Checksum {
        /// Recorded checksum.
        recorded: u32,
        /// Checksum of the bytes found.
        found: u32,
    },
    /// The constants of a body make no sense.
    #[error("its constants of body {id} make no sense: {what}")]
    Segments {
        /// The body's id.
        id: i32,
        /// Which.
        what: &'static str,
    },
}

/// A reader over the header; every step checks what is left.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], HeaderFault> {
        let cut = HeaderFault::Cut { have: self.bytes.len() };
        let end = self.at.checked_add(count).ok_or_else(|| cut.clone())?;
        let taken = self.bytes.get(self.at..end).ok_or(cut)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], HeaderFault> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| HeaderFault::Cut { have: self.bytes.len() })
    }

    fn u8(&mut self) -> Result<u8, HeaderFault> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn i16(&mut self) -> Result<i16, HeaderFault> {
        self.array().map(i16::from_le_bytes)
    }

    fn i32(&mut self) -> Result<i32, HeaderFault> {
        self.array().map(i32::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, HeaderFault> {
        self.array().map(u32::from_le_bytes)
    }

    fn f64(&mut self) -> Result<f64, HeaderFault> {
        self.array().map(f64::from_le_bytes)
    }

    /// A line of text without its CRLF. The C reader stops at a NUL, so there must be none.
    fn line(&mut self, line: usize, longest: usize) -> Result<&'a [u8], HeaderFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let window = rest.get(..longest.min(rest.len())).unwrap_or_default();
        let Some(newline) = window.iter().position(|byte| *byte == b'\n') else {
            return Err(if rest.len() < longest {
                HeaderFault::Cut { have: self.bytes.len() }
            } else {
                HeaderFault::Line { line }
            });
        };
        let text = self.take(newline + 1)?;
        match text {
            [text @ .., b'\r', b'\n'] if !text.contains(&0) && !text.contains(&b'\r') => Ok(text),
            _ => Err(HeaderFault::Line { line }),
        }
    }
}

pub(crate) fn parse(name: &str, bytes: &[u8], size_bytes: u64) -> Result<EphemerisFile, HeaderFault> {
    let mut cursor = Cursor { bytes, at: 0 };
    let kind = kind_of(name).ok_or_else(|| HeaderFault::Name { recorded: name.to_owned() })?;

    let version = cursor.line(1, MAX_LINE_BYTES)?;
    if !version.iter().any(u8::is_ascii_digit) {
        return Err(HeaderFault::Line { line: 1 });
    }
    let recorded =
        String::from_utf8_lossy(cursor.line(2, MAX_LINE_BYTES)?).trim_end_matches(' ').to_ascii_lowercase();
    if recorded != name.to_ascii_lowercase() {
        return Err(HeaderFault::Name { recorded });
    }
    cursor.line(3, MAX_LINE_BYTES)?;
    if matches!(kind, FileKind::Asteroid(_)) {
        let elements = cursor.line(4, MAX_ELEMENTS_BYTES)?;
        let spaces = elements.iter().take_while(|byte| **byte == b' ').count();
        let digits = elements.iter().skip(spaces).take_while(|byte| byte.is_ascii_digit()).count();
        if spaces + digits + 1 > MAX_NAME_OFFSET {
            return Err(HeaderFault::Line { line: 4 });
        }
    }

    let found = cursor.u32()?;
    if found != BYTE_ORDER_TEST {
        return Err(HeaderFault::ByteOrder { found });
    }
    let recorded = cursor.i32()?;
    if u64::try_from(recorded).ok() != Some(size_bytes) {
        return Err(HeaderFault::Length { recorded, found: size_bytes });
    }
    let de_number = cursor.i32()?;
    let start_jd = cursor.f64()?;
    let end_jd = cursor.f64()?;
    if !(start_jd.is_finite()
        && end_jd.is_finite()
        && start_jd < end_jd
        && start_jd.abs() < 1e8
        && end_jd.abs() < 1e8)
    {
        return Err(HeaderFault::Dates { start_jd, end_jd });
    }

    let ids = body_ids(&mut cursor, kind)?;
    if matches!(kind, FileKind::Asteroid(_)) {
        cursor.take(30)?;
    }
    let checked = cursor.at;
    let recorded = cursor.u32()?;
    if checked > MAX_CHECKED_BYTES {
        return Err(HeaderFault::Line { line: 3 });
    }
    let found = crc32(bytes.get(..checked).unwrap_or_default());
    if found != recorded {
        return Err(HeaderFault::Checksum { recorded, found });
    }
    // Speed of light, astronomical unit and three more: the C library reads them and does not use them either.
    cursor.take(5 * 8)?;

    let mut bodies = Vec::with_capacity(ids.len());
    for (id, body) in ids {
        let segments = body_segments(&mut cursor, id, body, size_bytes)?;
        if segments.start_jd > start_jd || segments.end_jd < end_jd {
            return Err(HeaderFault::Segments { id, what: "its segments do not cover the file's dates" });
        }
        bodies.push(segments);
    }
    Ok(EphemerisFile { name: name.to_owned(), kind, de_number, start_jd, end_jd, size_bytes, bodies })
}

/// What a file is for, by its name.
pub(crate) fn kind_of(name: &str) -> Option<FileKind> {
    if let Some((kind, _)) = FileKind::of_main_file(name) {
        return Some(kind);
    }
    let stem = name.strip_suffix(".se1")?;
    let stem = stem.strip_suffix('s').unwrap_or(stem);
    // Five digits follow "se", six only "s", so that a name is never longer (`swi_gen_filename`).
    let (digits, wanted) = match stem.strip_prefix("se") {
        Some(digits) => (digits, 5),
        None => (stem.strip_prefix('s')?, 6),
    };
    if digits.len() != wanted || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(FileKind::Asteroid)
}

fn body_ids(cursor: &mut Cursor<'_>, kind: FileKind) -> Result<Vec<(i32, SourceBody)>, HeaderFault> {
    let found = cursor.i16()?;
    // Above 256, ids have four bytes and the count is what is left (`read_const`).
    let (count, wide) = if found > 256 { (found % 256, true) } else { (found, false) };
    let most = if matches!(kind, FileKind::Asteroid(_)) { 1 } else { 20 };
    if !(1..=most).contains(&count) {
        return Err(HeaderFault::BodyCount { found });
    }
    let mut ids = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let id = if wide { cursor.i32()? } else { i32::from(cursor.i16()?) };
        let body = SourceBody::from_id(id).filter(|body| body.file_kind() == kind);
        let body = body.ok_or(HeaderFault::UnknownBody { id })?;
        if ids.iter().any(|(other, _)| *other == id) {
            return Err(HeaderFault::UnknownBody { id });
        }
        ids.push((id, body));
    }
    Ok(ids)
}

fn body_segments(
    cursor: &mut Cursor<'_>,
    id: i32,
    body: SourceBody,
    size_bytes: u64,
) -> Result<BodySegments, HeaderFault> {
    let wrong = |what| HeaderFault::Segments { id, what };
    let index_offset = cursor.i32()?;
    let flags = cursor.u8()?;
    let terms = cursor.u8()?;
    let _scale = cursor.i32()?;
    let start_jd = cursor.f64()?;
    let end_jd = cursor.f64()?;
    let segment_days = cursor.f64()?;
    // Epoch of the elements and the six angles and rates of the orbital plane.
    cursor.take(7 * 8)?;
    if !(1..=MAX_TERMS).contains(&terms) {
        return Err(wrong("number of terms"));
    }
    if flags & FLAG_ELLIPSE != 0 {
        cursor.take(2 * 8 * usize::from(terms))?;
    }
    if !(start_jd.is_finite()
        && end_jd.is_finite()
        && start_jd < end_jd
        && start_jd.abs() < 1e8
        && end_jd.abs() < 1e8)
    {
        return Err(wrong("dates"));
    }
    // Half an hour is far below any real segment and keeps the count of segments within an i32.
    if !(segment_days.is_finite() && segment_days > 0.02 && segment_days <= end_jd - start_jd + 0.1) {
        return Err(wrong("length of a segment"));
    }
    let segments = ((end_jd - start_jd + 0.1) / segment_days).floor();
    let index_end = f64::from(index_offset) + INDEX_ENTRY_BYTES * segments;
    if index_offset < 0 || index_end > size_bytes as f64 {
        return Err(wrong("place of its index"));
    }
    Ok(BodySegments { body, start_jd, end_jd, segment_days, terms })
}

/// The CRC-32 of `swi_crc32`: polynomial 0x04c11db7, most significant bit first, preset and complemented.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            crc = if crc & 0x8000_0000 == 0 { crc << 1 } else { (crc << 1) ^ 0x04c1_1db7 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_known_one() {
        // CRC-32/BZIP2 check value of "123456789".
        assert_eq!(crc32(b"123456789"), 0xfc89_1918);
    }

    #[test]
    fn kinds_follow_names() {
        assert_eq!(kind_of("sepl_18.se1"), Some(FileKind::Planets));
        assert_eq!(kind_of("semom54.se1"), Some(FileKind::Moon));
        assert_eq!(kind_of("seas_00.se1"), Some(FileKind::MainAsteroids));
        assert_eq!(kind_of("se00433s.se1"), Some(FileKind::Asteroid(433)));
        assert_eq!(kind_of("s136199.se1"), Some(FileKind::Asteroid(136_199)));
        assert_eq!(kind_of("se136199.se1"), None);
        assert_eq!(kind_of("sefstars.txt"), None);
        assert_eq!(kind_of("sepl_17.se1"), None);
    }
}
