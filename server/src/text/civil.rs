//! Dates and times of day as text.

use orrery_almanac::{CivilDate, TimeOfDay};

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

#[cfg(test)]
mod tests {
    use super::*;

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
