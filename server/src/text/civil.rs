//! Dates and times of day as text.

use std::io::Write;

use orrery_almanac::{Calendar, CivilDate, TimeOfDay, Utc};

use crate::text::decimal;

/// The two digits of every number below 100.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// `2026-03-20T14:33:00`; nothing for years that take signs or more digits.
pub(crate) fn date_and_time(date: CivilDate, time: TimeOfDay) -> Option<[u8; 19]> {
    let year @ 0..=9999 = usize::try_from(date.year).ok()? else { return None };
    let ([y0, y1], [y2, y3]) = (PAIRS[year / 100], PAIRS[year % 100]);
    let [mo, d, h, mi, s] = [date.month, date.day, time.hour(), time.minute(), time.second()]
        .map(|number| PAIRS[usize::from(number) % PAIRS.len()]);
    Some([
        y0, y1, y2, y3, b'-', mo[0], mo[1], b'-', d[0], d[1], b'T', h[0], h[1], b':', mi[0], mi[1], b':',
        s[0], s[1],
    ])
}

/// Room of an instant: `-2147483648-01-01T00:00:00.000Z` takes 31 bytes.
pub(crate) const UTC_BYTES: usize = 32;

/// Writes a reading that is [rounded](Utc::rounded) to milliseconds at the beginning of `out`, and returns its length:
/// `2026-03-20T14:33:00.000Z`, as [`Utc::to_iso`] has it.
pub(crate) fn utc(utc: Utc, calendar: Option<Calendar>, out: &mut [u8; UTC_BYTES]) -> usize {
    let (date, time) = (utc.date(calendar), utc.time());
    let mut at = 0;
    let mut write = |text: &[u8]| {
        out[at..at + text.len()].copy_from_slice(text);
        at += text.len();
    };
    if let Some(text) = date_and_time(date, time) {
        write(&text);
    } else {
        let (mut text, year) = ([0; 11], CivilDate { year: 0, ..date });
        let mut rest = &mut text[..];
        // Six bytes more than a year of four digits are room for any.
        let _ = match date.year {
            before @ ..0 => write!(rest, "-{:04}", before.unsigned_abs()),
            after => write!(rest, "+{after}"),
        };
        let left = rest.len();
        write(&text[..text.len() - left]);
        // What stands behind the year does not depend on it.
        write(&date_and_time(year, time).unwrap_or_default()[4..]);
    }
    let [_, d0, d1, d2] = decimal::four(time.nanosecond() / 1_000_000);
    write(&[b'.', d0, d1, d2, b'Z']);
    at
}

#[cfg(test)]
mod tests {
    use orrery_almanac::{DayNumber, LeapSeconds, Subsecond};

    use super::*;

    #[test]
    fn an_instant_is_what_it_is_as_iso_8601() {
        let leaps = LeapSeconds::built_in();
        for day in [
            -3_200_000, -1, 0, 1_705_426, 1_721_057, 1_721_058, 2_299_160, 2_299_161, 2_457_754, 2_461_120,
            5_373_484, 5_373_485, 8_000_000,
        ] {
            for (hour, minute, second, nanosecond) in
                [(0, 0, 0, 0), (14, 33, 7, 5_000_000), (23, 59, 60, 999_000_000)]
            {
                let time = TimeOfDay::new(hour, minute, second, nanosecond).unwrap();
                let reading = Utc::new(DayNumber(day), time).unwrap();
                for calendar in [None, Some(Calendar::Gregorian), Some(Calendar::Julian)] {
                    let mut out = [b'?'; UTC_BYTES];
                    let length = utc(reading, calendar, &mut out);
                    let expected = reading.to_iso(Subsecond::Millisecond, calendar, &leaps);
                    assert_eq!(std::str::from_utf8(&out[..length]).unwrap(), expected);
                }
            }
        }
        let mut out = [0; UTC_BYTES];
        let last = CivilDate { year: i32::MIN, month: 1, day: 1 };
        let time = TimeOfDay::MIDNIGHT;
        assert_eq!(format!("{last}T{time}.000Z").len(), UTC_BYTES - 1);
        // Days whose years have six digits are further than any query goes.
        let far = Utc::new(DayNumber(400_000_000), time).unwrap();
        let length = utc(far, None, &mut out);
        assert_eq!(
            std::str::from_utf8(&out[..length]).unwrap(),
            far.to_iso(Subsecond::Millisecond, None, &leaps)
        );
    }

    #[test]
    fn a_date_and_a_time_are_what_they_display() {
        let time = TimeOfDay::new(23, 59, 60, 0).unwrap();
        for year in [0, 7, 43, 999, 1582, 2026, 9999] {
            let date = CivilDate { year, month: 3, day: 20 };
            let text = date_and_time(date, time).unwrap();
            assert_eq!(std::str::from_utf8(&text).unwrap(), format!("{date}T{time}"));
        }
        for year in [-1, -4712, 10_000] {
            assert_eq!(date_and_time(CivilDate { year, month: 1, day: 1 }, time), None);
        }
    }
}
