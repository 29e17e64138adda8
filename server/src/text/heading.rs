//! Dates, offsets and words as headings tell them, for people.

use chrono::Month;
use orrery_almanac::{CivilDate, UtcOffset};

/// `14 March 1879`; years before the first as people count them: `15 March 44 BC`.
pub(crate) fn day(CivilDate { year, month, day }: CivilDate) -> String {
    let month = Month::try_from(month).map_or("", |month| month.name());
    match before_christ(year) {
        None => format!("{day} {month} {year}"),
        Some(year) => format!("{day} {month} {year} BC"),
    }
}

/// The number of a year before the first, which has none before it that is zero.
pub(crate) const fn before_christ(year: i32) -> Option<i32> {
    if year > 0 { None } else { Some(1 - year) }
}

/// Words with a capital at their beginning.
pub(crate) fn begun(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `UTC`, `UTC+02:00` or `UTC−04:42`.
pub(crate) fn offset(offset: UtcOffset) -> String {
    match offset {
        UtcOffset::UTC => "UTC".to_owned(),
        offset => format!("UTC{offset}").replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_year_zero() {
        let told = |year| day(CivilDate { year, month: 3, day: 15 });
        assert_eq!([told(2026), told(1)], ["15 March 2026", "15 March 1"]);
        assert_eq!([told(0), told(-43)], ["15 March 1 BC", "15 March 44 BC"]);
    }

    #[test]
    fn offsets_have_a_minus_not_a_hyphen() {
        let of = |seconds| offset(UtcOffset::from_seconds(seconds));
        assert_eq!([of(0), of(7200), of(-16_920)], ["UTC", "UTC+02:00", "UTC−04:42"]);
    }
}
