//! Reading dates and times as ISO 8601 and RFC 3339 write them.
//!
//! ```text
//! date    = year "-" MM "-" DD                      year = YYYY | ("+" | "-") 4 to 6 digits, astronomical
//! moment  = date [("T" | "t" | " ") time [offset]]
//! time    = hh ":" mm [":" ss [("." | ",") digits]]
//! offset  = "Z" | "z" | ("+" | "-" | " ") hh [[":"] mm]
//! ```
//!
//! A `+` in a query string that was not percent-encoded arrives as a space, so a space is a plus where a sign may
//! stand. Decimals of a second are kept to the nanosecond and cut after it; a Julian day resolves 40,000 of those.
//! Second 60 is read here and judged in [`crate::utc`]. The day is checked against its month with the calendar, in
//! [`crate::CivilDate::day_number`].

use crate::calendar::{CivilDate, TimeOfDay, field};
use crate::error::{Error, shown};
use crate::utc::UtcOffset;

/// What a text says about when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A time with `Z` or an offset: an instant.
    Zoned {
        /// The date at that offset.
        date: CivilDate,
        /// The time of day at that offset.
        time: TimeOfDay,
        /// The offset as written, zero for `Z`.
        offset: UtcOffset,
    },
    /// A time of day without an offset: an instant only with a zone.
    Local {
        /// The local date.
        date: CivilDate,
        /// The local time of day.
        time: TimeOfDay,
    },
    /// A bare date.
    Day(CivilDate),
}

/// Reads a date, a local time or an instant.
///
/// # Errors
/// [`Error::Unreadable`] with the place where the text left the grammar, [`Error::Field`] where a number is out of its
/// range.
pub fn parse(text: &str) -> Result<Moment, Error> {
    match usual(text) {
        Some(moment) => Ok(moment),
        None => general(text),
    }
}

/// Reads whatever the grammar has.
fn general(text: &str) -> Result<Moment, Error> {
    let mut reader = Reader { text, at: 0 };
    let date = reader.date()?;
    if reader.is_done() {
        return Ok(Moment::Day(date));
    }
    if !reader.take(b"Tt ") {
        return Err(reader.unreadable("T and a time of day, or the end (an offset needs a time of day)"));
    }
    let time = reader.time()?;
    if reader.is_done() {
        return Ok(Moment::Local { date, time });
    }
    let offset = reader.offset()?;
    if !reader.is_done() {
        return Err(reader.unreadable("the end of the date"));
    }
    Ok(Moment::Zoned { date, time, offset })
}

/// What most clients write, `2026-03-20T14:33:00Z`, read at one go; nothing for anything else, faults included.
fn usual(text: &str) -> Option<Moment> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1, b'Z'] =
        *<&[u8; 20]>::try_from(text.as_bytes()).ok()?
    else {
        return None;
    };
    let digits =
        [y0, y1, y2, y3, m0, m1, d0, d1, h0, h1, n0, n1, s0, s1].map(|digit| digit.wrapping_sub(b'0'));
    if digits.iter().any(|digit| *digit > 9) {
        return None;
    }
    let [y0, y1, y2, y3, m0, m1, d0, d1, h0, h1, n0, n1, s0, s1] = digits;
    let two = |tens: u8, ones: u8| 10 * tens + ones;
    let (month, day) = (two(m0, m1), two(d0, d1));
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let date = CivilDate { year: 100 * i32::from(two(y0, y1)) + i32::from(two(y2, y3)), month, day };
    let time = TimeOfDay::new(two(h0, h1), two(n0, n1), two(s0, s1), 0).ok()?;
    Some(Moment::Zoned { date, time, offset: UtcOffset::UTC })
}

/// A text and how far it has been read. Only ASCII is ever taken, so `at` stays on a character boundary.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn is_done(&self) -> bool {
        self.at == self.text.len()
    }

    fn unreadable(&self, expected: &'static str) -> Error {
        Error::Unreadable {
            text: shown(self.text),
            column: self.text[..self.at].chars().count() + 1,
            expected,
        }
    }

    /// Takes one byte if it is among `wanted`.
    fn take(&mut self, wanted: &[u8]) -> bool {
        let found = self.peek().is_some_and(|byte| wanted.contains(&byte));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: u8, expected: &'static str) -> Result<(), Error> {
        if self.take(&[wanted]) { Ok(()) } else { Err(self.unreadable(expected)) }
    }

    fn digit(&mut self) -> Option<u8> {
        let digit = self.peek().filter(u8::is_ascii_digit)? - b'0';
        self.at += 1;
        Some(digit)
    }

    fn two_digits(&mut self, expected: &'static str) -> Result<u8, Error> {
        let start = self.at;
        if let (Some(tens), Some(ones)) = (self.digit(), self.digit()) {
            return Ok(tens * 10 + ones);
        }
        self.at = start;
        Err(self.unreadable(expected))
    }

    fn year(&mut self) -> Result<i32, Error> {
        let negative = self.peek() == Some(b'-');
        let signed = self.take(b"+- ");
        let (start, most) = (self.at, if signed { 6 } else { 4 });
        let mut year = 0;
        while self.at - start < most
            && let Some(digit) = self.digit()
        {
            year = year * 10 + i32::from(digit);
        }
        if self.at - start < 4 {
            self.at = start;
            return Err(self.unreadable("a year of four digits, such as 2026 or -0043"));
        }
        Ok(if negative { -year } else { year })
    }

    fn date(&mut self) -> Result<CivilDate, Error> {
        let year = self.year()?;
        self.expect(b'-', "- and the month (years of more than four digits need a sign, such as +12026)")?;
        let month = self.two_digits("a month of two digits")?;
        self.expect(b'-', "- and the day")?;
        let day = self.two_digits("a day of two digits")?;
        field("month", i64::from(month), 1, 12)?;
        field("day", i64::from(day), 1, 31)?;
        Ok(CivilDate { year, month, day })
    }

    fn time(&mut self) -> Result<TimeOfDay, Error> {
        let hour = self.two_digits("an hour of two digits")?;
        self.expect(b':', ": and the minute")?;
        let minute = self.two_digits("a minute of two digits")?;
        let (mut second, mut nanosecond) = (0, 0);
        if self.take(b":") {
            second = self.two_digits("a second of two digits")?;
            if self.take(b".,") {
                nanosecond = self.decimals()?;
            }
        }
        TimeOfDay::new(hour, minute, second, nanosecond)
    }

    fn decimals(&mut self) -> Result<u32, Error> {
        let start = self.at;
        let (mut nanoseconds, mut unit) = (0, 100_000_000);
        while let Some(digit) = self.digit() {
            nanoseconds += u32::from(digit) * unit;
            unit /= 10;
        }
        if self.at == start { Err(self.unreadable("decimals of the second")) } else { Ok(nanoseconds) }
    }

    fn offset(&mut self) -> Result<UtcOffset, Error> {
        if self.take(b"Zz") {
            return Ok(UtcOffset::UTC);
        }
        let west = self.peek() == Some(b'-');
        if !self.take(b"+- ") {
            return Err(self.unreadable("Z, an offset such as +02:00, or the end"));
        }
        let hours = self.two_digits("an offset such as +02:00")?;
        let minutes = if self.take(b":") || !self.is_done() {
            self.two_digits("the minutes of the offset, two digits")?
        } else {
            0
        };
        field("offset hour", i64::from(hours), 0, 23)?;
        field("offset minute", i64::from(minutes), 0, 59)?;
        let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
        Ok(UtcOffset::from_seconds(if west { -seconds } else { seconds }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(year: i32, month: u8, day: u8) -> CivilDate {
        CivilDate { year, month, day }
    }

    fn zoned(d: CivilDate, t: (u8, u8, u8, u32), offset_s: i64) -> Moment {
        let time = TimeOfDay::new(t.0, t.1, t.2, t.3).unwrap();
        Moment::Zoned { date: d, time, offset: UtcOffset::from_seconds(offset_s) }
    }

    fn local(d: CivilDate, t: (u8, u8, u8, u32)) -> Moment {
        Moment::Local { date: d, time: TimeOfDay::new(t.0, t.1, t.2, t.3).unwrap() }
    }

    #[test]
    fn what_the_grammar_has_is_read() {
        let d = date(2026, 3, 20);
        for (text, moment) in [
            ("2026-03-20T14:33:00Z", zoned(d, (14, 33, 0, 0), 0)),
            ("2026-03-20t14:33:00.5z", zoned(d, (14, 33, 0, 500_000_000), 0)),
            ("2026-03-20T14:33:00,000000001Z", zoned(d, (14, 33, 0, 1), 0)),
            ("2026-03-20T14:33:00.1234567899Z", zoned(d, (14, 33, 0, 123_456_789), 0)),
            ("2026-03-20T14:33Z", zoned(d, (14, 33, 0, 0), 0)),
            ("2026-03-20T14:33:00+02:00", zoned(d, (14, 33, 0, 0), 7200)),
            ("2026-03-20T14:33:00 02:00", zoned(d, (14, 33, 0, 0), 7200)),
            ("2026-03-20 14:33:00 02:00", zoned(d, (14, 33, 0, 0), 7200)),
            ("2026-03-20T14:33:00+0530", zoned(d, (14, 33, 0, 0), 19_800)),
            ("2026-03-20T14:33:00+05", zoned(d, (14, 33, 0, 0), 18_000)),
            ("2026-03-20T14:33-03:30", zoned(d, (14, 33, 0, 0), -12_600)),
            ("2026-03-20T14:33:00-00:00", zoned(d, (14, 33, 0, 0), 0)),
            ("2016-12-31T23:59:60Z", zoned(date(2016, 12, 31), (23, 59, 60, 0), 0)),
            ("2026-03-20T14:33:00", local(d, (14, 33, 0, 0))),
            ("2026-03-20 14:33", local(d, (14, 33, 0, 0))),
            ("2026-03-20", Moment::Day(d)),
            ("-0043-03-15", Moment::Day(date(-43, 3, 15))),
            ("-0043-03-15T12:00Z", zoned(date(-43, 3, 15), (12, 0, 0, 0), 0)),
            ("+12026-01-01", Moment::Day(date(12_026, 1, 1))),
            (" 12026-01-01", Moment::Day(date(12_026, 1, 1))),
            ("-13000-01-01", Moment::Day(date(-13_000, 1, 1))),
            ("0000-02-29", Moment::Day(date(0, 2, 29))),
            // The calendar refuses this one, not the grammar.
            ("2023-02-30", Moment::Day(date(2023, 2, 30))),
        ] {
            assert_eq!(parse(text), Ok(moment), "{text}");
        }
    }

    #[test]
    fn what_it_has_not_is_refused_where_it_stands() {
        for (text, column) in [
            ("", 1),
            ("now", 1),
            ("26-03-20", 1),
            ("20260320T143300Z", 5),
            ("12026-01-01", 5),
            ("2026/03/20", 5),
            ("2026-3-20", 6),
            ("2026-03-2", 9),
            ("2026-03-20Z", 11),
            ("2026-03-20+02:00", 11),
            ("2026-03-20T", 12),
            ("2026-03-20T14", 14),
            ("2026-03-20T14:3", 15),
            ("2026-03-20T14:33:", 18),
            ("2026-03-20T14:33:00.", 21),
            ("2026-03-20T14:33:00.Z", 21),
            ("2026-03-20T14:33:00UTC", 20),
            ("2026-03-20T14:33:00 Z", 21),
            ("2026-03-20T14:33:00Z ", 21),
            ("2026-03-20T14:33:00+2", 21),
            ("2026-03-20T14:33:00+02:", 24),
            ("2026-03-20T14:33:00+02:00x", 26),
            ("2026−03−20", 5),
            ("２０２６-03-20", 1),
            ("+1234567-01-01", 8),
            ("-43-01-01", 2),
        ] {
            match parse(text) {
                Err(Error::Unreadable { column: found, .. }) => assert_eq!(found, column, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        for (text, name) in [
            ("2023-13-01", "month"),
            ("2023-00-01", "month"),
            ("2023-01-32", "day"),
            ("2023-01-00", "day"),
            ("2023-01-01T24:00Z", "hour"),
            ("2023-01-01T23:60Z", "minute"),
            ("2023-01-01T23:59:61Z", "second"),
            ("2023-01-01T23:59+24:00", "offset hour"),
            ("2023-01-01T23:59+01:60", "offset minute"),
        ] {
            match parse(text) {
                Err(Error::Field { field, .. }) => assert_eq!(field, name, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_quick_way_is_for_what_most_clients_write_and_for_nothing_like_it() {
        for text in
            ["2026-03-20T14:33:00Z", "0000-02-29T00:00:00Z", "9999-12-31T23:59:60Z", "2023-02-30T12:00:00Z"]
        {
            assert_eq!(usual(text).map(Ok), Some(general(text)), "{text}");
        }
        for text in [
            "2026-3-20T14:33:00Z",
            "2026-03-20T24:00:00Z",
            "2026-03-20T23:60:00Z",
            "2026-03-20T23:59:61Z",
            "2026-13-20T14:33:00Z",
            "2026-03-32T14:33:00Z",
            "2026-00-20T14:33:00Z",
            "2026-03-00T14:33:00Z",
            "2026-03-20T14:33:00z",
            "2026-03-20t14:33:00Z",
            "2026-03-20 14:33:00Z",
            "2026-03-20T14:33:00+00:00",
            "2026-03-20T14:33:00.0Z",
            "2026-03-20T14:33:00",
            "2026-03-20T14:33Z",
            "-026-03-20T14:33:00Z",
            "+12026-03-20T14:33:00Z",
            "2026-03-20T14:33:0:Z",
            "2026-03-20T14:33:0/Z",
            "é26-03-20T14:33:00Z",
        ] {
            assert_eq!(usual(text), None, "{text}");
        }
    }

    /// What most clients write, any digits, some of its bytes others than they should be, and perhaps cut or longer.
    fn near_the_usual() -> impl Strategy<Value = String> {
        let stranger = prop_oneof![Just(None), "[-+ 0-9TtZz:./,é]{0,2}".prop_map(Some)];
        let digits = prop::array::uniform6(0_u8..=99);
        (0_u16..=9999, digits, prop::collection::vec((0_usize..21, stranger), 0..3)).prop_map(
            |(year, [month, day, hour, minute, second, small], changes)| {
                // Most fields of most dates in their ranges, or hardly a date would be one.
                let field = |value: u8, length: u8| if small % 4 == 0 { value } else { value % length };
                let mut text = format!(
                    "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                    field(month, 13),
                    field(day, 32),
                    field(hour, 25),
                    field(minute, 61),
                    field(second, 62),
                );
                for (at, stranger) in changes {
                    match (text.char_indices().nth(at).map(|(at, _)| at), stranger) {
                        (Some(at), None) => text.truncate(at),
                        (Some(at), Some(other)) => {
                            let length = text[at..].chars().next().map_or(0, char::len_utf8);
                            text.replace_range(at..at + length, &other);
                        }
                        (None, other) => text.push_str(&other.unwrap_or_default()),
                    }
                }
                text
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn no_text_panics(text in "[-+ 0-9TtZz:.,/é]{0,32}") {
            let _ = parse(&text);
        }

        #[test]
        fn the_quick_way_reads_what_the_general_way_reads(text in near_the_usual()) {
            let (quick, general) = (usual(&text), general(&text));
            if let Some(moment) = quick {
                prop_assert_eq!(Ok(moment), general.clone(), "{}", text);
            }
            prop_assert_eq!(parse(&text), general.clone(), "{}", text);
            // Of the form that is read quickly, nothing that can be read is left to the general way.
            let form = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
            if form.eq(*b"0000-00-00T00:00:00Z") {
                prop_assert_eq!(quick, general.ok(), "{}", text);
            }
        }
    }
}
