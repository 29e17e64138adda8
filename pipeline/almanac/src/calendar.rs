//! Dates of the Gregorian and the Julian calendar, and day numbers, by integer arithmetic.
//!
//! Both calendars are proleptic: each is defined for every year. Years are astronomical, so year 0 is 1 BCE and −43 is
//! 44 BCE. Where no calendar is named, dates are Gregorian from 1582-10-15 and Julian before, as historians write them;
//! the ten days 1582-10-05 to 1582-10-14 between the two are refused then.
//!
//! The algorithms count days from 1 March of year 0, so that leap days end a year, in whole cycles of 400 (Gregorian)
//! and 4 (Julian) years; nothing is rounded, so every date converts exactly in both directions.

use std::fmt;

use crate::error::Error;

/// The least year that a civil date may have. Swiss Ephemeris' files begin in −13000.
pub const MIN_YEAR: i32 = -20_000;
/// The greatest year that a civil date may have. Swiss Ephemeris' files end in 17000.
pub const MAX_YEAR: i32 = 20_000;

/// 1582-10-15 Gregorian, the first day that is Gregorian where no calendar is named.
pub const FIRST_GREGORIAN_DAY: DayNumber = DayNumber(2_299_161);

/// Day number of 0000-03-01 in the Gregorian calendar.
const GREGORIAN_EPOCH: i64 = 1_721_120;
/// Day number of 0000-03-01 in the Julian calendar.
const JULIAN_EPOCH: i64 = 1_721_118;
/// Days in 400 Gregorian years.
const GREGORIAN_CYCLE: i64 = 146_097;
/// Days in 4 Julian years.
const JULIAN_CYCLE: i64 = 1_461;

/// Nanoseconds in a second.
pub(crate) const SECOND_NS: i64 = 1_000_000_000;
/// Nanoseconds in a day without a leap second.
pub(crate) const DAY_NS: i64 = 86_400 * SECOND_NS;

/// The number of a civil day: the Julian day that its noon has. Day 0 is −4712-01-01 in the Julian calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayNumber(pub i64);

impl DayNumber {
    /// 1970-01-01, from which Unix counts.
    pub const UNIX_EPOCH: DayNumber = DayNumber(2_440_588);

    /// The Julian day at which the civil day begins.
    #[must_use]
    pub fn midnight_jd(self) -> f64 {
        self.0 as f64 - 0.5
    }

    /// The date of this day; `None` is the historical rule of [the module](self).
    #[must_use]
    pub fn civil(self, calendar: Option<Calendar>) -> CivilDate {
        civil_from_day(self, calendar.unwrap_or_else(|| Calendar::of_day(self)))
    }
}

/// A reckoning of days in months and years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// Leap years every fourth year but three centuries of four.
    Gregorian,
    /// Leap years every fourth year.
    Julian,
}

impl Calendar {
    /// The name in requests and replies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Calendar::Gregorian => "gregorian",
            Calendar::Julian => "julian",
        }
    }

    /// The calendar that a day is dated in where none is named.
    #[must_use]
    pub fn of_day(day: DayNumber) -> Calendar {
        if day >= FIRST_GREGORIAN_DAY { Calendar::Gregorian } else { Calendar::Julian }
    }

    /// The calendar that a date is meant in where none is named.
    ///
    /// # Errors
    /// [`Error::SkippedDay`] for 1582-10-05 to 1582-10-14.
    pub fn of_date(date: CivilDate) -> Result<Calendar, Error> {
        let date_key = (date.year, date.month, date.day);
        if date_key >= (1582, 10, 15) {
            Ok(Calendar::Gregorian)
        } else if date_key < (1582, 10, 5) {
            Ok(Calendar::Julian)
        } else {
            Err(Error::SkippedDay { date })
        }
    }

    /// Whether February of the year has 29 days.
    #[must_use]
    pub const fn is_leap_year(self, year: i32) -> bool {
        let fourth = year.rem_euclid(4) == 0;
        match self {
            Calendar::Julian => fourth,
            Calendar::Gregorian => fourth && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0),
        }
    }

    /// How many days a month has, 1 being January.
    #[must_use]
    pub const fn days_in_month(self, year: i32, month: u8) -> u8 {
        match month {
            2 if self.is_leap_year(year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A year, month and day, in no particular calendar. It need not exist: [`CivilDate::day_number`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    /// Astronomical year: 0 is 1 BCE.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl CivilDate {
    /// The day that the date names; with `None` the calendar is chosen by the historical rule of [the module](self).
    ///
    /// # Errors
    /// [`Error::Field`] where year, month or day are out of range, [`Error::NoSuchDay`] where the month is shorter,
    /// [`Error::SkippedDay`] between the calendars.
    pub fn day_number(self, calendar: Option<Calendar>) -> Result<DayNumber, Error> {
        field("year", i64::from(self.year), i64::from(MIN_YEAR), i64::from(MAX_YEAR))?;
        field("month", i64::from(self.month), 1, 12)?;
        field("day", i64::from(self.day), 1, 31)?;
        let calendar = match calendar {
            Some(calendar) => calendar,
            None => Calendar::of_date(self)?,
        };
        let days = calendar.days_in_month(self.year, self.month);
        if self.day > days {
            return Err(Error::NoSuchDay { date: self, calendar, days });
        }
        Ok(day_from_civil(self, calendar))
    }
}

/// `2026-03-20`, `-0043-03-15`, `+12026-01-01`.
impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            year @ 0..=9999 => write!(f, "{year:04}")?,
            year if year < 0 => write!(f, "-{:04}", year.unsigned_abs())?,
            year => write!(f, "+{year}")?,
        }
        write!(f, "-{:02}-{:02}", self.month, self.day)
    }
}

/// A time of day; second 60 is a leap second, which only some days have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
}

impl TimeOfDay {
    /// 00:00:00.
    pub const MIDNIGHT: TimeOfDay = TimeOfDay { hour: 0, minute: 0, second: 0, nanosecond: 0 };

    /// A time of day. Second 60 is taken in any minute here; [`crate::Utc`] knows where it can be.
    ///
    /// # Errors
    /// [`Error::Field`] naming the part that is out of range.
    pub fn new(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Result<TimeOfDay, Error> {
        field("hour", i64::from(hour), 0, 23)?;
        field("minute", i64::from(minute), 0, 59)?;
        field("second", i64::from(second), 0, 60)?;
        field("nanosecond", i64::from(nanosecond), 0, SECOND_NS - 1)?;
        Ok(TimeOfDay { hour, minute, second, nanosecond })
    }

    /// The time after midnight, second 60 being 23:59:59 and one more; `nanoseconds` within a day with a leap second.
    pub(crate) fn from_nanoseconds(nanoseconds: i64) -> TimeOfDay {
        debug_assert!((0..DAY_NS + SECOND_NS).contains(&nanoseconds));
        let whole = (nanoseconds / SECOND_NS) as u32;
        let leap = whole / 86_400;
        let second_of_day = whole - leap;
        TimeOfDay {
            hour: (second_of_day / 3600) as u8,
            minute: (second_of_day / 60 % 60) as u8,
            second: (second_of_day % 60 + leap) as u8,
            nanosecond: (nanoseconds % SECOND_NS) as u32,
        }
    }

    /// The same decimals in second 60 of the minute.
    pub(crate) fn into_leap_second(self) -> TimeOfDay {
        TimeOfDay { second: 60, ..self }
    }

    /// Nanoseconds since midnight; second 60 counts on from 59.
    #[must_use]
    pub fn nanoseconds(self) -> i64 {
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        seconds * SECOND_NS + i64::from(self.nanosecond)
    }

    /// Hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// Minute, 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// Second, 0 to 60.
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }

    /// Nanosecond, 0 to 999,999,999.
    #[must_use]
    pub const fn nanosecond(self) -> u32 {
        self.nanosecond
    }

    /// Whether this is within a second 60.
    #[must_use]
    pub const fn is_leap_second(self) -> bool {
        self.second == 60
    }
}

/// `14:33:00`, with as many decimals as are not zero.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.nanosecond != 0 {
            let digits = format!("{:09}", self.nanosecond);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// Refuses a value outside its range, by name.
pub(crate) fn field(field: &'static str, value: i64, min: i64, max: i64) -> Result<(), Error> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(Error::Field { field, value, min, max }) }
}

/// The day of a date that exists. Years count from March here, so that the leap day is the last of its year.
fn day_from_civil(date: CivilDate, calendar: Calendar) -> DayNumber {
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    DayNumber(match calendar {
        Calendar::Gregorian => {
            let (cycle, y) = (year.div_euclid(400), year.rem_euclid(400));
            GREGORIAN_EPOCH + cycle * GREGORIAN_CYCLE + y * 365 + y / 4 - y / 100 + day_of_year
        }
        Calendar::Julian => {
            let (cycle, y) = (year.div_euclid(4), year.rem_euclid(4));
            JULIAN_EPOCH + cycle * JULIAN_CYCLE + y * 365 + day_of_year
        }
    })
}

/// The inverse of [`day_from_civil`].
fn civil_from_day(day: DayNumber, calendar: Calendar) -> CivilDate {
    let (year, day_of_year) = match calendar {
        Calendar::Gregorian => {
            let days = day.0 - GREGORIAN_EPOCH;
            let (cycle, d) = (days.div_euclid(GREGORIAN_CYCLE), days.rem_euclid(GREGORIAN_CYCLE));
            // Leap days that lie before day `d` of the cycle are taken out, so that years have 365 days each.
            let y = (d - d / 1_460 + d / 36_524 - d / 146_096) / 365;
            (cycle * 400 + y, d - (y * 365 + y / 4 - y / 100))
        }
        Calendar::Julian => {
            let days = day.0 - JULIAN_EPOCH;
            let (cycle, d) = (days.div_euclid(JULIAN_CYCLE), days.rem_euclid(JULIAN_CYCLE));
            let y = (d - d / 1_460) / 365;
            (cycle * 4 + y, d - y * 365)
        }
    };
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = (month_from_march + 2) % 12 + 1;
    CivilDate {
        year: (year + i64::from(month <= 2)) as i32,
        month: month as u8,
        day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8,
    }
}
