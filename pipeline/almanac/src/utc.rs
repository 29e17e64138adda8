//! Coordinated Universal Time: its days, its leap seconds, offsets from it, and how it is written.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::calendar::{Calendar, CivilDate, DAY_NS, DayNumber, SECOND_NS, TimeOfDay};
use crate::error::{Error, shown};

/// 1972-01-01, from when UTC differs from TAI by whole seconds.
pub(crate) const FIRST_DAY_WITH_LEAP_SECONDS: DayNumber = DayNumber(2_441_318);

/// TAI − UTC on 1972-01-01, seconds.
pub(crate) const TAI_MINUS_UTC_1972_S: i64 = 10;

/// TT − TAI, nanoseconds.
pub(crate) const TT_MINUS_TAI_NS: i64 = 32_184_000_000;

/// How far local time is ahead of UTC: positive east of Greenwich. Held to the nanosecond, which local mean time needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcOffset {
    nanoseconds_east: i64,
}

impl UtcOffset {
    /// No offset.
    pub const UTC: UtcOffset = UtcOffset { nanoseconds_east: 0 };

    /// An offset of whole seconds, east positive.
    #[must_use]
    pub const fn from_seconds(seconds_east: i64) -> UtcOffset {
        UtcOffset { nanoseconds_east: seconds_east * SECOND_NS }
    }

    /// The offset of local mean time: four minutes a degree, to the nanosecond.
    ///
    /// # Errors
    /// [`Error::Longitude`] outside −180 to 180 degrees.
    pub fn of_local_mean_time(lon_deg: f64) -> Result<UtcOffset, Error> {
        if !(-180.0..=180.0).contains(&lon_deg) {
            return Err(Error::Longitude { lon_deg });
        }
        Ok(UtcOffset { nanoseconds_east: (lon_deg * 240e9).round() as i64 })
    }

    /// Seconds ahead of UTC.
    #[must_use]
    pub fn seconds_east(self) -> f64 {
        self.nanoseconds_east as f64 / SECOND_NS as f64
    }

    /// Nanoseconds ahead of UTC.
    #[must_use]
    pub const fn nanoseconds_east(self) -> i64 {
        self.nanoseconds_east
    }

    fn is_whole_minutes(self) -> bool {
        self.nanoseconds_east % (60 * SECOND_NS) == 0
    }
}

/// `+02:00`, with seconds and decimals only where they are not zero: `+00:53:28`.
impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanoseconds_east < 0 { '-' } else { '+' };
        let total = self.nanoseconds_east.unsigned_abs();
        let (seconds, nanoseconds) = (total / SECOND_NS as u64, total % SECOND_NS as u64);
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if !self.is_whole_minutes() {
            write!(f, ":{:02}", seconds % 60)?;
        }
        if nanoseconds != 0 {
            let digits = format!("{nanoseconds:09}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// A reading of a UTC clock: a day and a time of it, to the nanosecond. Only 23:59 can have a second 60.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utc {
    day: DayNumber,
    time: TimeOfDay,
}

impl Utc {
    /// A reading of the clock in Greenwich.
    ///
    /// # Errors
    /// [`Error::NoLeapSecond`] for a second 60 in another minute than 23:59. Whether that day had one is for
    /// [`crate::Instant::from_utc`] to say.
    pub fn new(day: DayNumber, time: TimeOfDay) -> Result<Utc, Error> {
        Utc::from_local(day, time, UtcOffset::UTC)
    }

    /// The system's clock, which knows no leap seconds. One that stands before 1970 is not set, and taken for one of 1970.
    #[must_use]
    pub fn of_system_clock(now: SystemTime) -> Utc {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        // The day first: nanoseconds since 1970 would do until 2262.
        let day = DayNumber(DayNumber::UNIX_EPOCH.0 + (since.as_secs() / 86_400) as i64);
        Utc::from_nanoseconds(
            day,
            (since.as_secs() % 86_400) as i64 * SECOND_NS + i64::from(since.subsec_nanos()),
        )
    }

    /// A reading of a clock that is ahead of UTC by `offset`. Leap seconds come everywhere at once, so a local second 60
    /// is one where it is 23:59:60 in Greenwich.
    ///
    /// # Errors
    /// [`Error::NoLeapSecond`] for any other second 60.
    pub fn from_local(day: DayNumber, time: TimeOfDay, offset: UtcOffset) -> Result<Utc, Error> {
        // A leap second shares the minute of the second before it, so that one is moved in its place.
        let leap = if time.is_leap_second() { SECOND_NS } else { 0 };
        let moved = time.nanoseconds() - leap - offset.nanoseconds_east;
        let of_day = moved.rem_euclid(DAY_NS) + leap;
        if leap != 0 && of_day < DAY_NS {
            let date = day.civil(None);
            return Err(Error::NoLeapSecond { text: format!("{date}T{time}{offset}") });
        }
        Ok(Utc {
            day: DayNumber(day.0 + moved.div_euclid(DAY_NS)),
            time: TimeOfDay::from_nanoseconds(of_day),
        })
    }

    /// The reading `nanoseconds` after the beginning of a day; more than a day's length goes on into the days after.
    pub(crate) fn from_nanoseconds(day: DayNumber, nanoseconds: i64) -> Utc {
        Utc {
            day: DayNumber(day.0 + nanoseconds.div_euclid(DAY_NS)),
            time: TimeOfDay::from_nanoseconds(nanoseconds.rem_euclid(DAY_NS)),
        }
    }

    /// Nanoseconds of the clock since day 0, in which days have no leap seconds.
    pub(crate) fn since_day_0(self) -> i128 {
        i128::from(self.day.0) * i128::from(DAY_NS) + i128::from(self.time.nanoseconds())
    }

    /// The reading so many nanoseconds of the clock after day 0.
    pub(crate) fn from_day_0(nanoseconds: i128) -> Utc {
        let day = DayNumber(nanoseconds.div_euclid(i128::from(DAY_NS)) as i64);
        Utc::from_nanoseconds(day, nanoseconds.rem_euclid(i128::from(DAY_NS)) as i64)
    }

    /// A reading within the leap second that ends `day`.
    pub(crate) fn in_leap_second(day: DayNumber, nanosecond: i64) -> Utc {
        Utc { day, time: TimeOfDay::from_nanoseconds(DAY_NS + nanosecond) }
    }

    /// The day in Greenwich.
    #[must_use]
    pub const fn day(self) -> DayNumber {
        self.day
    }

    /// The time of day in Greenwich.
    #[must_use]
    pub const fn time(self) -> TimeOfDay {
        self.time
    }

    /// The date in Greenwich; with `None` in the calendar of the historical rule of [`crate::calendar`].
    #[must_use]
    pub fn date(self, calendar: Option<Calendar>) -> CivilDate {
        self.day.civil(calendar)
    }

    /// What a clock ahead of UTC by `offset` shows. Where the offset has seconds, a leap second is shown as the second
    /// after 59 that such a clock goes on to.
    #[must_use]
    pub fn to_local(self, offset: UtcOffset) -> (DayNumber, TimeOfDay) {
        if self.time.is_leap_second() && offset.is_whole_minutes() {
            let before = self.time.nanoseconds() - SECOND_NS + offset.nanoseconds_east;
            let local = Utc::from_nanoseconds(self.day, before);
            return (local.day, local.time.into_leap_second());
        }
        let local = Utc::from_nanoseconds(self.day, self.time.nanoseconds() + offset.nanoseconds_east);
        (local.day, local.time)
    }

    /// The nearest reading with so many decimals, halves going up. 23:59:59.9996 becomes 00:00:00.000 of the next day,
    /// or 23:59:60.000 where the day ends with a leap second; 23:59:60.9996 always becomes the next day.
    #[must_use]
    pub fn rounded(self, subsecond: Subsecond, leaps: &LeapSeconds) -> Utc {
        let unit = subsecond.nanoseconds();
        let of_day = (self.time.nanoseconds() + unit / 2).div_euclid(unit) * unit;
        let length = DAY_NS + if leaps.ends_with_one(self.day) { SECOND_NS } else { 0 };
        // A reading in a second 60 that the table does not have keeps its own day until that second is over.
        let length = if self.time.is_leap_second() { DAY_NS + SECOND_NS } else { length };
        if of_day >= length {
            Utc { day: DayNumber(self.day.0 + 1), time: TimeOfDay::MIDNIGHT }
        } else {
            Utc { day: self.day, time: TimeOfDay::from_nanoseconds(of_day) }
        }
    }

    /// ISO 8601 with a fixed number of decimals: `2026-03-20T14:33:00.000Z`, `-0043-03-15T12:00:00.000Z`. The reading
    /// is [rounded](Utc::rounded) first; with `None` the date is in the calendar of the historical rule.
    #[must_use]
    pub fn to_iso(self, subsecond: Subsecond, calendar: Option<Calendar>, leaps: &LeapSeconds) -> String {
        let Utc { day, time } = self.rounded(subsecond, leaps);
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let mut text = format!("{}T{hour:02}:{minute:02}:{second:02}", day.civil(calendar));
        let digits = format!(".{:09}", time.nanosecond());
        text.push_str(&digits[..subsecond.width()]);
        text.push('Z');
        text
    }
}

/// Exact: `2024-03-31T00:30:00Z`, with as many decimals as are not zero, in the calendar of the historical rule.
impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}Z", self.day.civil(None), self.time)
    }
}

/// How finely an instant is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Subsecond {
    /// Whole seconds.
    Second,
    /// Three decimals.
    #[default]
    Millisecond,
    /// Six decimals. A Julian day resolves about 40 µs today, so the last two are noise for an instant that came as one.
    Microsecond,
}

impl Subsecond {
    const fn nanoseconds(self) -> i64 {
        match self {
            Subsecond::Second => SECOND_NS,
            Subsecond::Millisecond => 1_000_000,
            Subsecond::Microsecond => 1_000,
        }
    }

    /// Length of the decimals with their point.
    const fn width(self) -> usize {
        match self {
            Subsecond::Second => 0,
            Subsecond::Millisecond => 4,
            Subsecond::Microsecond => 7,
        }
    }
}

/// The days that ended with a leap second.
///
/// Those up to 2016-12-31 are built in; a `seleapsec.txt`, as Swiss Ephemeris reads it from its directory, adds later
/// ones. Time after the last of them is told as ΔT says (see [`crate::instant`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeapSeconds {
    /// Ascending.
    days: Vec<DayNumber>,
}

/// The days that ended with a leap second until today, as year, month (June or December).
const BUILT_IN: [(i32, u8); 27] = [
    (1972, 6),
    (1972, 12),
    (1973, 12),
    (1974, 12),
    (1975, 12),
    (1976, 12),
    (1977, 12),
    (1978, 12),
    (1979, 12),
    (1981, 6),
    (1982, 6),
    (1983, 6),
    (1985, 6),
    (1987, 12),
    (1989, 12),
    (1990, 12),
    (1992, 6),
    (1993, 6),
    (1994, 6),
    (1995, 12),
    (1997, 6),
    (1998, 12),
    (2005, 12),
    (2008, 12),
    (2012, 6),
    (2015, 6),
    (2016, 12),
];

impl LeapSeconds {
    /// The leap seconds from 1972 to 2016, after which none has been announced by 2026.
    #[must_use]
    pub fn built_in() -> LeapSeconds {
        let last_day = |(year, month)| {
            let date = CivilDate { year, month, day: if month == 6 { 30 } else { 31 } };
            date.day_number(Some(Calendar::Gregorian)).ok()
        };
        LeapSeconds { days: BUILT_IN.into_iter().filter_map(last_day).collect() }
    }

    /// The built-in leap seconds and those that the text of a `seleapsec.txt` adds: one date such as `20161231` a line,
    /// `#` beginning a comment. As in Swiss Ephemeris, dates that are not after the last built-in one change nothing.
    ///
    /// # Errors
    /// [`Error::LeapSecondFile`] for a line that is no Gregorian date; Swiss Ephemeris would pass over it.
    pub fn with_file(text: &str) -> Result<LeapSeconds, Error> {
        let mut leaps = LeapSeconds::built_in();
        let last_built_in = leaps.days.last().copied();
        for (index, line) in text.lines().enumerate() {
            let entry = line.split('#').next().unwrap_or_default().trim();
            if entry.is_empty() {
                continue;
            }
            let day = date_of_digits(entry)
                .ok_or_else(|| Error::LeapSecondFile { line: index + 1, text: shown(line) })?;
            if Some(day) > last_built_in {
                leaps.days.push(day);
            }
        }
        leaps.days.sort_unstable();
        leaps.days.dedup();
        Ok(leaps)
    }

    /// The days that end with a leap second, in order.
    #[must_use]
    pub fn days(&self) -> &[DayNumber] {
        &self.days
    }

    /// Whether the last minute of the day has 61 seconds.
    #[must_use]
    pub fn ends_with_one(&self, day: DayNumber) -> bool {
        self.days.binary_search(&day).is_ok()
    }

    /// How many leap seconds there were before the beginning of the day.
    #[must_use]
    pub fn count_before(&self, day: DayNumber) -> i64 {
        self.days.partition_point(|leap| *leap < day) as i64
    }
}

/// The day that eight digits such as `20161231` name.
fn date_of_digits(entry: &str) -> Option<DayNumber> {
    if entry.len() != 8 || !entry.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date = CivilDate {
        year: entry[..4].parse().ok()?,
        month: entry[4..6].parse().ok()?,
        day: entry[6..].parse().ok()?,
    };
    date.day_number(Some(Calendar::Gregorian)).ok()
}
