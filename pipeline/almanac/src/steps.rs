//! Series of instants: from one to another in equal steps of the clock or of the calendar.
//!
//! | step | what it is |
//! | --- | --- |
//! | `90s` `15m` `6h` | so much of the clock in Greenwich; leap seconds are not counted, so that hours stay full hours |
//! | `1d` `2w` | days of the clock that the series begins on: with a time zone the same time of each local day |
//! | `1mo` `10y` | the same day of later months, or their last where they are shorter |
//! | `100` | so many intervals of equal length, by the clock |
//!
//! Seconds, minutes, hours, days and weeks may have a fraction; a fraction of a day is one of 24 hours, in a time zone too.
//! Where the clocks of a zone skip the time of day, the step comes as much later as they skip, which for a whole day that is
//! skipped is the next one's; where they show it twice, at the first. What the change of calendars skipped comes on the first day after.

use std::str::FromStr;

use crate::calendar::{Calendar, CivilDate, DAY_NS, DayNumber, SECOND_NS, TimeOfDay};
use crate::error::{Error, shown};
use crate::utc::Utc;
use crate::zone::Zone;

/// The shortest step, nanoseconds: less would not show in a Julian day, which a double resolves to 40 µs.
pub const SHORTEST_STEP_NS: i64 = 100_000;

/// How far it is from one instant of a series to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Of the clock.
    Nanoseconds(i64),
    /// Of the calendar, at the same time of day.
    Days(u32),
    /// Of the calendar, on the same day of the month.
    Months(u32),
    /// None: so many intervals in all.
    Intervals(u64),
}

/// Most intervals: between any two instants that can be answered, more would not show in a Julian day.
const MOST_INTERVALS: u64 = 1_000_000_000_000_000;

const FORM: &str = "a number with s, m, h, d, w, mo or y, such as 1d or 15m, or a number of intervals";
const MORE: &str = "more than nothing: steps of nothing never end";
const LENGTH: &str =
    "at least 0.0001 s and at most 100000 d, or up to 4294967295 months, or up to 10^15 intervals";

impl FromStr for Step {
    type Err = Error;

    fn from_str(text: &str) -> Result<Step, Error> {
        let unreadable = || Error::Step { text: shown(text), why: FORM };
        let too_long = || Error::StepLength { text: shown(text), why: LENGTH };
        let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let number = number.trim();
        let is_whole = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let whole =
            || if is_whole { number.parse::<u32>().map_err(|_| too_long()) } else { Err(unreadable()) };
        let clock = |unit_ns: i64| {
            let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let length = number.parse::<f64>().ok().filter(|_| is_plain).ok_or_else(unreadable)?;
            let length_ns = length * unit_ns as f64;
            // As long as there are instants.
            if length_ns == 0.0 || (SHORTEST_STEP_NS as f64..=9e18).contains(&length_ns) {
                Ok(Step::Nanoseconds(length_ns.round() as i64))
            } else {
                Err(too_long())
            }
        };
        let days = |days: u32| match number.parse::<u32>().ok().and_then(|count| count.checked_mul(days)) {
            Some(count) if is_whole => Ok(Step::Days(count)),
            _ => clock(i64::from(days) * DAY_NS),
        };
        let step = match unit {
            "s" => clock(SECOND_NS)?,
            "m" | "min" => clock(60 * SECOND_NS)?,
            "h" => clock(3600 * SECOND_NS)?,
            "d" => days(1)?,
            "w" => days(7)?,
            "mo" => Step::Months(whole()?),
            "y" => Step::Months(whole()?.checked_mul(12).ok_or_else(too_long)?),
            "" if is_whole => {
                let count = number.parse().ok().filter(|count| *count <= MOST_INTERVALS);
                Step::Intervals(count.ok_or_else(too_long)?)
            }
            _ => return Err(unreadable()),
        };
        match step {
            Step::Nanoseconds(0) | Step::Days(0) | Step::Months(0) | Step::Intervals(0) => {
                Err(Error::StepLength { text: shown(text), why: MORE })
            }
            step => Ok(step),
        }
    }
}

/// A series of readings of the clock in Greenwich.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Series {
    start: Utc,
    pace: Pace,
    length: u64,
}

/// How a series goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pace {
    Clock(i64),
    /// Equal parts of so many nanoseconds.
    Parts {
        span_ns: i128,
        parts: u64,
    },
    Calendar {
        step: Step,
        local: Local,
    },
}

/// The clock and the calendar that days are counted by.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Local {
    zone: Option<Zone>,
    calendar: Option<Calendar>,
    day: DayNumber,
    date: CivilDate,
    time: TimeOfDay,
}

impl Series {
    /// From one instant to another, which is in it where a step ends there. Days and months are those of a zone's clocks,
    /// and of a calendar; Greenwich's and the historical rule's where none is given.
    ///
    /// # Errors
    /// [`Error::Backwards`] where the end is before the beginning.
    pub fn new(
        start: Utc,
        stop: Utc,
        step: Step,
        zone: Option<Zone>,
        calendar: Option<Calendar>,
    ) -> Result<Series, Error> {
        let span_ns = stop.since_day_0() - start.since_day_0();
        if span_ns < 0 {
            return Err(Error::Backwards);
        }
        let series = |pace, length| Ok(Series { start, pace, length });
        match step {
            Step::Nanoseconds(step_ns) => {
                series(Pace::Clock(step_ns), (span_ns / i128::from(step_ns)) as u64 + 1)
            }
            Step::Intervals(parts) => series(Pace::Parts { span_ns, parts }, parts.saturating_add(1)),
            Step::Days(_) | Step::Months(_) => {
                let offset = zone.map(|zone| zone.offset_at(start)).unwrap_or_default();
                let (day, time) = start.to_local(offset);
                // A leap second is not repeated on days that have none.
                let time = if time.is_leap_second() {
                    TimeOfDay::new(time.hour(), time.minute(), 59, time.nanosecond())?
                } else {
                    time
                };
                let local = Local { zone, calendar, day, date: day.civil(calendar), time };
                // No fewer than there are: a zone's clock may be a day behind at the end, never more.
                let days = (span_ns / i128::from(DAY_NS)) as u64 + 2;
                let most = match step {
                    Step::Days(step) => days / u64::from(step),
                    Step::Months(step) => days / 28 / u64::from(step) + 1,
                    _ => 0,
                };
                // What lies beyond all dates lies beyond the end.
                let within =
                    |nth: u64| local.at(step, nth).is_some_and(|utc| utc.since_day_0() <= stop.since_day_0());
                let mut last = most;
                while last > 0 && !within(last) {
                    last -= 1;
                }
                series(Pace::Calendar { step, local }, last + 1)
            }
        }
    }

    /// How many instants it has; at least one.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// One of its instants, counted from 0.
    #[must_use]
    pub fn at(&self, nth: u64) -> Utc {
        // What was given is answered, even where it is one of two, or a leap second.
        if nth == 0 {
            return self.start;
        }
        match self.pace {
            Pace::Clock(step_ns) => {
                Utc::from_day_0(self.start.since_day_0() + i128::from(nth) * i128::from(step_ns))
            }
            Pace::Parts { span_ns, parts } => {
                Utc::from_day_0(self.start.since_day_0() + span_ns * i128::from(nth) / i128::from(parts))
            }
            Pace::Calendar { step, local } => local.at(step, nth).unwrap_or(self.start),
        }
    }
}

impl Local {
    /// An instant of the series behind the first; `None` where it is on no date.
    fn at(&self, step: Step, nth: u64) -> Option<Utc> {
        let day = match step {
            Step::Months(months) => self.months_later(i64::from(months) * nth as i64)?,
            Step::Days(days) => DayNumber(self.day.0 + i64::from(days) * nth as i64),
            _ => self.day,
        };
        match self.zone.map(|zone| zone.to_utc(day, self.time)) {
            Some(Ok(resolved)) => Some(resolved.utc),
            Some(Err(Error::Gap { candidates: [_, later], .. })) => Some(later.utc),
            Some(Err(Error::Fold { candidates: [earlier, _], .. })) => Some(earlier.utc),
            Some(Err(_)) => None,
            None => Utc::new(day, self.time).ok(),
        }
    }

    fn months_later(&self, months: i64) -> Option<DayNumber> {
        let CivilDate { year, month, day } = self.date;
        let count = i64::from(year) * 12 + i64::from(month) - 1 + months;
        let (year, month) = (i32::try_from(count.div_euclid(12)).ok()?, count.rem_euclid(12) as u8 + 1);
        let kept = |day: u8| CivilDate { year, month, day }.day_number(self.calendar);
        match kept(day) {
            Ok(found) => Some(found),
            Err(Error::NoSuchDay { days, .. }) => kept(days).ok(),
            // The day before the first of those that the change of calendars skipped, and one more.
            Err(Error::SkippedDay { .. }) => kept(4).ok().map(|last| DayNumber(last.0 + 1)),
            Err(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{iso, zone};

    fn utc(text: &str) -> Utc {
        zone::resolve(&iso::parse(text).unwrap(), None, None).unwrap().utc
    }

    fn series(start: &str, stop: &str, step: &str, tz: Option<&str>) -> Vec<String> {
        let zone = tz.map(|name| Zone::parse(name, None).unwrap());
        let read = |text: &str| zone::resolve(&iso::parse(text).unwrap(), zone.as_ref(), None).unwrap().utc;
        let series = Series::new(read(start), read(stop), step.parse().unwrap(), zone, None).unwrap();
        (0..series.length()).map(|nth| series.at(nth).to_string()).collect()
    }

    #[test]
    fn steps_are_read() {
        for (text, step) in [
            ("90s", Step::Nanoseconds(90 * SECOND_NS)),
            ("0.5s", Step::Nanoseconds(SECOND_NS / 2)),
            ("15m", Step::Nanoseconds(900 * SECOND_NS)),
            ("6h", Step::Nanoseconds(6 * 3600 * SECOND_NS)),
            ("1d", Step::Days(1)),
            ("1.5d", Step::Nanoseconds(DAY_NS * 3 / 2)),
            ("2w", Step::Days(14)),
            ("3mo", Step::Months(3)),
            ("10y", Step::Months(120)),
            ("100", Step::Intervals(100)),
        ] {
            assert_eq!(text.parse(), Ok(step), "{text}");
        }
        for text in [
            "",
            "d",
            "0",
            "0d",
            "0mo",
            "-1d",
            "1.5mo",
            "1 fortnight",
            "1e9",
            "nan",
            "0.00001s",
            "1dd",
            "999999999999y",
            "+1d",
            "1000000000000001",
        ] {
            assert!(text.parse::<Step>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_leap_second_begins_a_series_and_is_not_repeated() {
        let leap = "2016-12-31T23:59:60Z";
        assert_eq!(series(leap, "2017-01-02", "1d", None), [leap, "2017-01-01T23:59:59Z"]);
        assert_eq!(series(leap, "2017-01-01T02:00:00Z", "1h", None)[1], "2017-01-01T01:00:00Z");
    }

    #[test]
    fn no_series_goes_beyond_all_dates() {
        assert_eq!(series("2026-01-01", "2026-02-01", "18000y", None), ["2026-01-01T00:00:00Z"]);
        assert_eq!(series("-12999-01-01", "+16999-01-01", "500y", None).len(), 60);
        let dense = Series::new(
            utc("-12999-01-01"),
            utc("+16999-01-01"),
            Step::Intervals(MOST_INTERVALS),
            None,
            None,
        );
        assert_eq!(dense.unwrap().at(MOST_INTERVALS), utc("+16999-01-01"));
    }

    #[test]
    fn the_end_is_in_it_where_a_step_ends_there() {
        assert_eq!(series("2026-01-01", "2026-01-03", "1d", None).len(), 3);
        assert_eq!(series("2026-01-01", "2026-01-02T23:59:59Z", "1d", None).len(), 2);
        assert_eq!(series("2026-01-01", "2026-01-01", "1h", None), ["2026-01-01T00:00:00Z"]);
        let quarters = series("2026-01-01", "2026-01-02", "4", None);
        assert_eq!(quarters[1..3], ["2026-01-01T06:00:00Z", "2026-01-01T12:00:00Z"]);
        assert_eq!(quarters.len(), 5);
        assert_eq!(
            Series::new(utc("2026-01-02"), utc("2026-01-01"), Step::Days(1), None, None),
            Err(Error::Backwards)
        );
    }

    #[test]
    fn hours_stay_full_hours_over_a_leap_second() {
        let hours = series("2016-12-31T22:00:00Z", "2017-01-01T01:00:00Z", "1h", None);
        assert_eq!(hours[2..], ["2017-01-01T00:00:00Z", "2017-01-01T01:00:00Z"]);
    }

    #[test]
    fn months_end_where_they_end() {
        let months = series("2024-01-31", "2024-05-31", "1mo", None);
        let days: Vec<_> = months.iter().map(|text| &text[..10]).collect();
        assert_eq!(days, ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]);
        assert_eq!(series("2024-02-29", "2029-01-01", "1y", None)[4], "2028-02-29T00:00:00Z");
        let changed = series("1582-09-10", "1582-11-30", "1mo", None);
        assert_eq!(changed, ["1582-09-10T00:00:00Z", "1582-10-15T00:00:00Z", "1582-11-10T00:00:00Z"]);
    }

    #[test]
    fn local_days_are_as_long_as_they_are() {
        let days = series("2026-03-28T12:00", "2026-03-30T12:00", "1d", Some("Europe/Berlin"));
        assert_eq!(days, ["2026-03-28T11:00:00Z", "2026-03-29T10:00:00Z", "2026-03-30T10:00:00Z"]);
        // 02:30 is skipped on the 29th, and shown twice on 25 October.
        let skipped = series("2026-03-28T02:30", "2026-03-30T02:30", "1d", Some("Europe/Berlin"));
        assert_eq!(skipped[1], "2026-03-29T01:30:00Z");
        let twice = series("2026-10-24T02:30", "2026-10-26T02:30", "1d", Some("Europe/Berlin"));
        assert_eq!(twice[1], "2026-10-25T00:30:00Z");
        // Hours are of the clock in Greenwich.
        let hours = series("2026-03-29T00:00", "2026-03-29T04:00", "1h", Some("Europe/Berlin"));
        assert_eq!(hours.len(), 4);
    }

    #[test]
    fn long_series_are_counted_at_once() {
        let series =
            Series::new(utc("-4712-01-01T00:00Z"), utc("9999-12-31"), "0.0001s".parse().unwrap(), None, None);
        assert!(series.unwrap().length() > 4_000_000_000_000_000);
        let days =
            Series::new(utc("-4712-01-01T00:00Z"), utc("9999-12-31"), Step::Days(1), None, None).unwrap();
        assert_eq!(days.length(), (utc("9999-12-31").day().0 - utc("-4712-01-01T00:00Z").day().0 + 1) as u64);
    }
}
