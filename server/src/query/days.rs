//! Days of somebody's clock, one after the other.

use std::time::SystemTime;

use orrery_almanac::{Calendar, CivilDate, DayNumber, Moment, Site, TimeOfDay, Utc, UtcOffset, Zone, iso};
use orrery_format::{TtDay, UtDay};

use super::params::Params;
use super::time::{Clock, Giving, tz_is_idle};
use super::{Given, Local, TimeQuery, When};
use crate::wire::problem::{Code, Problem, shown};

/// Most days that one reply tells of.
pub(crate) const MOST_DAYS: u16 = 366;

/// A day of a clock, from its first moment to just before its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Day {
    /// What the clock calls it; `None` where the days are counted from a Julian day.
    pub(crate) number: Option<DayNumber>,
    pub(crate) start: When,
    pub(crate) end: When,
}

/// Days as they were asked for.
pub(super) struct Days {
    /// The first moment of the first, and how it was given.
    pub(super) time: TimeQuery,
    /// How many were asked for: as many as there are, and those that the clock skipped.
    pub(super) length: u16,
    pub(super) each: Vec<Day>,
}

impl Days {
    /// Reads the instant, and finds the days that begin with the one that it is in. `now` is what they mean without a date.
    pub(super) fn parse(
        params: &Params<'_>,
        site: Option<Site>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<Days, Problem> {
        let length = length(params)?;
        let clock = Clock::parse(params, site)?;
        let Clock { calendar, zone, lon_deg } = clock;
        let (given, first, day_clock) = match Giving::parse(params)? {
            Giving::Day(..) if zone.is_some() => return Err(tz_is_idle("a Julian day is no local time")),
            Giving::Day(given, when) => {
                let time = TimeQuery { when, given, calendar, local: None, lon_deg };
                let later = |days: u16| match when {
                    When::Ut(UtDay(jd)) => When::Ut(UtDay(jd + f64::from(days))),
                    When::Tt(TtDay(jd)) => When::Tt(TtDay(jd + f64::from(days))),
                    when @ When::Utc(_) => when,
                };
                let day = |nth| Day { number: None, start: later(nth), end: later(nth + 1) };
                return Ok(Days { time, length, each: (0..length).map(day).collect() });
            }
            Giving::Now => {
                let utc = Utc::of_system_clock(now());
                let day_clock = DayClock::of(zone);
                (Given::Now, utc.to_local(day_clock.offset_at(utc)).0, day_clock)
            }
            Giving::Date(text) => {
                let moment = moment(text, &clock)?;
                let (date, day_clock) = match moment {
                    Moment::Zoned { date, offset, .. } => (date, DayClock::At(offset)),
                    Moment::Local { date, .. } | Moment::Day(date) => (date, DayClock::of(zone)),
                };
                (Given::Date(moment), date.day_number(calendar)?, day_clock)
            }
        };
        let days = day_clock.days(first, length);
        let begun = days.first().filter(|day| day.number == Some(first));
        let Some(When::Utc(start)) = begun.map(|day| day.start) else {
            return Err(skipped(first, &clock));
        };
        let local = zone.map(|zone| Local { zone, offset: zone.offset_at(start) });
        let time = TimeQuery { when: When::Utc(start), given, calendar, local, lon_deg };
        Ok(Days { time, length, each: days })
    }
}

/// The refusal of a day that a clock never showed.
pub(super) fn skipped(day: DayNumber, clock: &Clock) -> Problem {
    let zone = clock.zone.map_or("UTC", |zone| zone.name());
    let date = day.civil(clock.calendar);
    Problem::new(Code::NoSuchDate, format!("the clocks of {zone} skipped {date}"))
        .parameter("date")
        .hint("give the day before or after")
}

/// The first day of a year, or of a month of it, and the first that is of the next.
pub(super) fn of_month(
    year: i32,
    month: Option<u8>,
    calendar: Option<Calendar>,
) -> Result<[DayNumber; 2], Problem> {
    let (next_year, next_month) = match month {
        Some(month @ 1..=11) => (year, month + 1),
        _ => (year + 1, 1),
    };
    let first = |year, month| CivilDate { year, month, day: 1 }.day_number(calendar);
    Ok([first(year, month.unwrap_or(1))?, first(next_year, next_month)?])
}

/// The days of a zone's clock, or of Greenwich's, from one to another, which is left out; without those that it skipped.
pub(super) fn between([first, after]: [DayNumber; 2], zone: Option<Zone>) -> Result<Vec<Day>, Problem> {
    match u16::try_from(after.0 - first.0) {
        Ok(length @ 1..=MOST_DAYS) => Ok(DayClock::of(zone).days(first, length)),
        Ok(0) => Err(Problem::new(Code::OutOfRange, "start and stop are one day, and stop is not included")
            .parameter("stop")
            .hint("give the day after the last as stop")),
        _ if after.0 < first.0 => Err(orrery_almanac::Error::Backwards.into()),
        _ => Err(Problem::new(Code::OutOfRange, format!("these are {} days", after.0 - first.0))
            .parameter("stop")
            .hint(format!("ask for {MOST_DAYS} days at most"))),
    }
}

fn length(params: &Params<'_>) -> Result<u16, Problem> {
    let Some(text) = params.get("days") else { return Ok(1) };
    match text.parse() {
        Ok(days @ 1..=MOST_DAYS) => Ok(days),
        _ => Err(Problem::new(Code::OutOfRange, format!("days is {}", shown(text)))
            .parameter("days")
            .hint(format!("give a whole number from 1 to {MOST_DAYS}"))),
    }
}

/// Reads a date, of which the day alone counts: a time that the clocks skipped or showed twice is of a day that they did
/// show.
pub(super) fn moment(text: &str, clock: &Clock) -> Result<Moment, Problem> {
    match clock.read(text) {
        Ok((moment, _)) => Ok(moment),
        Err(problem) if problem.readings.is_some() => Ok(iso::parse(text)?),
        Err(problem) if problem.code == Code::ZoneMissing => Err(problem.hint(
            "give the date alone for the day in UTC, or end it with Z or an offset such as +02:00, or add tz=Area/City",
        )),
        Err(problem) => Err(problem),
    }
}

/// A clock whose days are meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DayClock {
    Of(Zone),
    At(UtcOffset),
}

impl DayClock {
    pub(super) fn of(zone: Option<Zone>) -> DayClock {
        zone.map_or(DayClock::At(UtcOffset::UTC), DayClock::Of)
    }

    /// How far it is ahead of UTC.
    pub(crate) fn offset_at(self, utc: Utc) -> UtcOffset {
        match self {
            DayClock::Of(zone) => zone.offset_at(utc),
            DayClock::At(offset) => offset,
        }
    }

    /// The first instant of a day; `None` where the clock skipped it.
    fn start_of(self, day: DayNumber) -> Option<When> {
        let start = match self {
            DayClock::Of(zone) => zone.start_of(day),
            DayClock::At(offset) => Utc::from_local(day, TimeOfDay::MIDNIGHT, offset).ok(),
        };
        start.map(When::Utc)
    }

    /// So many days, without those that the clock skipped.
    pub(super) fn days(self, first: DayNumber, length: u16) -> Vec<Day> {
        // Behind the last day, and where that is followed by one that was skipped, behind that.
        let numbers = (0..=i64::from(length) + 1).map(|nth| DayNumber(first.0 + nth));
        let starts: Vec<_> = numbers.filter_map(|day| self.start_of(day).map(|start| (day, start))).collect();
        let within = starts.iter().zip(starts.iter().skip(1));
        let days =
            within.map(|((day, start), (_, end))| Day { number: Some(*day), start: *start, end: *end });
        days.take_while(|day| day.number.is_some_and(|day| day.0 < first.0 + i64::from(length))).collect()
    }
}
