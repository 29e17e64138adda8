//! What `/v1/brief` is asked: of which days, for which sign, in which language.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::zodiac::Sign;
use orrery_almanac::{CivilDate, DayNumber, Moment, Utc, WireBody, bodies};

use super::days::{self, DayClock};
use super::params::Params;
use super::time::Clock;
use super::view::Zodiac;
use super::word::words;
use super::{Air, Asked, Charted, Fields, Given, Local, SkyQuery, TimeQuery, View, When};
use crate::brief::words::{Languages, Words};
use crate::wire::problem::Problem;

words! {
    /// How much time is told of.
    Stretch for "span" {
        /// A day of the clock.
        Day = "day",
        /// From Monday to Sunday.
        Week = "week",
        /// A month of the calendar.
        Month = "month",
    }
}

/// Everything that `/v1/brief` was asked.
#[derive(Clone, Debug)]
pub(crate) struct BriefQuery {
    /// The first moment of the first day, and how the day was given.
    pub(crate) time: TimeQuery,
    pub(crate) stretch: Stretch,
    /// The first day, and the one after the last.
    pub(crate) ends: [DayNumber; 2],
    /// When the last day ends.
    pub(crate) end: When,
    /// Whose days they are.
    pub(crate) clock: DayClock,
    pub(crate) sign: Option<Sign>,
    pub(crate) words: Arc<Words>,
    pub(crate) sky: SkyQuery,
}

impl BriefQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        languages: &Languages,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<BriefQuery, Problem> {
        let clock = Clock::parse(params, None)?;
        let Clock { calendar, zone, lon_deg } = clock;
        let (given, day, day_clock) = match params.get("date") {
            Some(text) if !text.eq_ignore_ascii_case("now") => {
                let moment = days::moment(text, &clock)?;
                let (date, day_clock) = match moment {
                    Moment::Zoned { date, offset, .. } => (date, DayClock::At(offset)),
                    Moment::Local { date, .. } | Moment::Day(date) => (date, DayClock::of(zone)),
                };
                (Given::Date(moment), date.day_number(calendar)?, day_clock)
            }
            _ => {
                let utc = Utc::of_system_clock(now());
                let day_clock = DayClock::of(zone);
                (Given::Now, utc.to_local(day_clock.offset_at(utc)).0, day_clock)
            }
        };
        let stretch = params.word()?;
        let ends = match stretch {
            Stretch::Day => [day, DayNumber(day.0 + 1)],
            Stretch::Week => {
                // Day 0 was a Monday.
                let monday = day.0 - day.0.rem_euclid(7);
                [DayNumber(monday), DayNumber(monday + 7)]
            }
            Stretch::Month => {
                let CivilDate { year, month, .. } = day.civil(calendar);
                days::of_month(year, Some(month), calendar)?
            }
        };
        let days = day_clock.days(ends[0], (ends[1].0 - ends[0].0) as u16);
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            return Err(days::skipped(day, &clock));
        };
        let local = match (zone, first.start) {
            (Some(zone), When::Utc(utc)) => Some(Local { zone, offset: zone.offset_at(utc) }),
            _ => None,
        };
        let time = TimeQuery { when: first.start, given, calendar, local, lon_deg };
        let view = View { zodiac: Zodiac::parse(params)?, ..View::default() };
        let sky = SkyQuery::with(params, view, Fields::NONE, Air::default())?;
        Ok(BriefQuery {
            time,
            stretch,
            ends,
            end: last.end,
            clock: day_clock,
            sign: params.choice("sign", &Sign::ALL.map(|sign| (sign.name(), sign)))?,
            words: Arc::clone(languages.find(params.get("lang"))?),
            sky: SkyQuery { charted: Charted::Sky, ..sky },
        })
    }

    /// The bodies that are told of.
    pub(crate) const fn bodies() -> &'static [WireBody] {
        &bodies::DEFAULT
    }

    /// What is asked of the sky.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked { sky: &self.sky, instant: "date" }
    }

    /// Whether a day is among those that are told of.
    pub(crate) fn has(&self, day: DayNumber) -> bool {
        (self.ends[0]..self.ends[1]).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::wire::problem::Code;

    fn parse(query: &str) -> Result<BriefQuery, Problem> {
        let now = UNIX_EPOCH + Duration::from_millis(1_774_017_180_500);
        let params = Params::parse(query, crate::routes::brief::PARAMETERS)?;
        BriefQuery::new(&params, &Languages::open(None).unwrap(), || now)
    }

    fn ends(query: &str) -> [String; 4] {
        let query = parse(query).unwrap();
        let utc = |when| match when {
            When::Utc(utc) => utc.to_string(),
            other => panic!("{other:?}"),
        };
        let last = DayNumber(query.ends[1].0 - 1);
        let day = |day: DayNumber| day.civil(query.time.calendar).to_string();
        [day(query.ends[0]), day(last), utc(query.time.when), utc(query.end)]
    }

    #[test]
    fn days_are_those_of_the_callers_clock() {
        assert_eq!(ends(""), ["2026-03-20", "2026-03-20", "2026-03-20T00:00:00Z", "2026-03-21T00:00:00Z"]);
        let berlin = ends("date=2026-03-29T12:00&tz=Europe/Berlin");
        assert_eq!(berlin, ["2026-03-29", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]);
        let offset = ends("date=2026-03-29T23:00-05:00");
        assert_eq!(offset, ["2026-03-29", "2026-03-29", "2026-03-29T05:00:00Z", "2026-03-30T05:00:00Z"]);
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        for day in 10..=16 {
            let week = ends(&format!("date=2026-08-{day}&span=week"));
            assert_eq!(week[..2], ["2026-08-10", "2026-08-16"]);
        }
        let month = ends("date=2026-02-14&span=month&tz=Asia/Kolkata");
        assert_eq!(month, ["2026-02-01", "2026-02-28", "2026-01-31T18:30:00Z", "2026-02-28T18:30:00Z"]);
        // The month in which ten days were left out.
        assert_eq!(ends("date=1582-10-20&span=month")[..2], ["1582-10-01", "1582-10-31"]);
        // A week in which the clock left out a day.
        assert_eq!(ends("date=2011-12-28&span=week&tz=Pacific/Apia")[..2], ["2011-12-26", "2012-01-01"]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (query, code, parameter) in [
            ("date=2011-12-30&tz=Pacific/Apia", Code::NoSuchDate, "date"),
            ("date=2026-02-30", Code::NoSuchDate, "date"),
            ("date=2026-03-20T12:00Z&tz=Europe/Berlin", Code::Contradiction, "tz"),
            ("span=year", Code::UnknownValue, "span"),
            ("sign=leon", Code::UnknownValue, "sign"),
            ("lang=xx", Code::UnknownValue, "lang"),
            ("ayanamsa=lahiri", Code::Contradiction, "ayanamsa"),
            ("jd=2451545", Code::UnknownParameter, "jd"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
    }
}
