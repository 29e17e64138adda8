//! The window of the almanac: the months around today.

use std::time::SystemTime;

use orrery_almanac::Utc;
use orrery_almanac::calendar::{CivilDate, DayNumber};

use crate::error::PipelineError;

/// Months of the window before the month of the day that it is made for.
pub const MONTHS_BEFORE: i32 = 13;

/// Months from the beginning of that month to the window's end.
pub const MONTHS_AFTER: i32 = 14;

/// The window on a day: from 0h on the first day of the month [`MONTHS_BEFORE`] months before to 0h on that of the month
/// [`MONTHS_AFTER`] months after it, Julian days of TT.
///
/// Days of UTC are taken for days of TT, so that the window does not depend on ΔT; its ends are a minute off.
///
/// # Errors
/// When the window leaves the years that calendars know.
pub fn around(today: CivilDate) -> Result<(f64, f64), PipelineError> {
    let first_of = |months: i32| {
        let month = i64::from(today.year) * 12 + i64::from(today.month) - 1 + i64::from(months);
        // Of a year beyond an i32 there is no date either.
        let year = i32::try_from(month.div_euclid(12)).unwrap_or(i32::MAX);
        CivilDate { year, month: month.rem_euclid(12) as u8 + 1, day: 1 }
            .day_number(None)
            .map(DayNumber::midnight_jd)
            .map_err(|error| PipelineError::Usage(format!("an almanac around {today}: {error}")))
    };
    Ok((first_of(-MONTHS_BEFORE)?, first_of(MONTHS_AFTER)?))
}

/// Today by the clock, a day of UTC.
#[must_use]
pub fn today() -> CivilDate {
    Utc::of_system_clock(SystemTime::now()).day().civil(None)
}

/// The date of a text such as `2026-11-21`.
///
/// # Errors
/// A message, when it is none.
pub fn parse_day(text: &str) -> Result<CivilDate, String> {
    let refused = || format!("{text:?} is no date such as 2026-11-21");
    // A minus sign in front belongs to the year.
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let parts: Vec<&str> = digits.split('-').collect();
    let &[year, month, day] = parts.as_slice() else { return Err(refused()) };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() < 4 || month.len() != 2 || day.len() != 2 || !parts.iter().all(|part| is_number(part)) {
        return Err(refused());
    }
    let year: i32 = year.parse().map_err(|_| refused())?;
    let [month, day] = [month, day].map(|part| part.parse().unwrap_or(0));
    let date = CivilDate { year: sign * year, month, day };
    date.day_number(None).map_err(|error| format!("{text:?}: {error}"))?;
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> (CivilDate, CivilDate) {
        let (start, end) = around(parse_day(text).unwrap()).unwrap();
        let date = |jd: f64| DayNumber((jd + 0.5) as i64).civil(None);
        (date(start), date(end))
    }

    #[test]
    fn windows_begin_and_end_with_months() {
        let date = |year, month| CivilDate { year, month, day: 1 };
        assert_eq!(window("2026-11-21"), (date(2025, 10), date(2028, 1)));
        // All days of a month have the same window, and the next month's is a month later.
        assert_eq!(window("2026-11-01"), window("2026-11-30"));
        assert_eq!(window("2026-12-01"), (date(2025, 11), date(2028, 2)));
        assert_eq!(window("2027-01-31"), (date(2025, 12), date(2028, 3)));
        assert_eq!(window("2027-02-01"), (date(2026, 1), date(2028, 4)));
        assert_eq!(window("2028-02-29"), (date(2027, 1), date(2029, 4)));
        // Across the change of calendars.
        assert_eq!(window("1582-10-20"), (date(1581, 9), date(1583, 12)));
        assert!(around(CivilDate { year: 20_000, month: 12, day: 1 }).is_err());
        assert!(around(CivilDate { year: i32::MAX, month: 12, day: 1 }).is_err());
    }

    #[test]
    fn days_are_read_strictly() {
        assert_eq!(parse_day("2026-02-28"), Ok(CivilDate { year: 2026, month: 2, day: 28 }));
        assert_eq!(parse_day("-0044-03-15"), Ok(CivilDate { year: -44, month: 3, day: 15 }));
        for text in [
            "",
            "today",
            "2026",
            "2026-2-28",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "26-01-01",
            "2026-01-01T00:00",
            "2026-01-+1",
            "99999-01-01",
            "2026-01-01-",
            "--2026-01-01",
            " 2026-01-01",
            "99999999999-01-01",
        ] {
            assert!(parse_day(text).is_err(), "{text:?} was read");
        }
    }

    #[test]
    fn the_clock_is_in_this_age() {
        assert!((2026..2400).contains(&today().year), "{}", today());
    }
}
