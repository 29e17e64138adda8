//! When: the ways of giving an instant, and what they mean.

use std::time::SystemTime;

use orrery_almanac::calendar::Calendar;
use orrery_almanac::{Error, Instant, LeapSeconds, Moment, Site, Utc, UtcOffset, Zone, iso, zone};
use orrery_format::{TtDay, UtDay};

use super::params::Params;
use crate::wire::problem::{Code, Problem, Readings};

/// The parameters that [`TimeQuery::parse`] reads.
pub(crate) const TIME_PARAMETERS: [&str; 6] = ["date", "jd", "jd_tt", "calendar", "tz", "lon"];

/// An instant as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TimeQuery {
    /// The instant, in the scale that it came in.
    pub(crate) when: When,
    /// How it was given, for the reply to repeat.
    pub(crate) given: Given,
    /// What `calendar=` names: how the date was read, and how dates are written.
    pub(crate) calendar: Option<Calendar>,
    /// What `tz=` names. A Julian day has none.
    pub(crate) local: Option<Local>,
    /// Longitude of the place, degrees east, which `tz=lmt` takes; `None` where it is the observer's.
    pub(crate) lon_deg: Option<f64>,
}

/// A zone whose clocks are meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Local {
    pub(crate) zone: Zone,
    /// How far its clocks are ahead of UTC at the instant.
    pub(crate) offset: UtcOffset,
}

/// An instant before ΔT is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Utc(Utc),
    Ut(UtDay),
    Tt(TtDay),
}

/// What the client wrote, in its canonical form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// Nothing, or `now`.
    Now,
    /// A date with or without time and offset.
    Date(Moment),
    Jd(f64),
    JdTt(f64),
}

/// How dates without an offset are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clock {
    pub(crate) calendar: Option<Calendar>,
    pub(crate) zone: Option<Zone>,
    /// Longitude of the place whose local mean time it is, degrees east; `None` where it is the observer's.
    pub(crate) lon_deg: Option<f64>,
}

impl Clock {
    /// Reads `calendar`, `tz` and `lon`. `site` is the observer's place, where the query has one: its longitude serves for
    /// local mean time, and is not idle without it.
    pub(crate) fn parse(params: &Params<'_>, site: Option<Site>) -> Result<Clock, Problem> {
        let calendar =
            params.choice("calendar", &[("gregorian", Calendar::Gregorian), ("julian", Calendar::Julian)])?;
        let lon_deg = params.number("lon")?;
        let zone = match params.get("tz") {
            Some(name) => Some(Zone::parse(name, lon_deg)?),
            None => None,
        };
        let is_local_mean = matches!(zone, Some(Zone::LocalMean(_)));
        if lon_deg.is_some() && !is_local_mean && site.is_none() {
            return Err(Problem::new(
                Code::Contradiction,
                "lon places an observer or a local mean time, and there is neither",
            )
            .parameter("lon")
            .hint(if params.takes("center") {
                "add center=topo and lat for places seen from there, or tz=lmt, or leave lon out"
            } else if params.takes("lat") {
                "add lat for a place, or tz=lmt for the local mean time there, or leave lon out"
            } else {
                "add tz=lmt, or leave lon out"
            }));
        }
        // What the observer's place has said already, need not be said twice.
        let lon_deg = lon_deg.filter(|_| is_local_mean && site.is_none());
        Ok(Clock { calendar, zone, lon_deg })
    }

    /// The instant of a date.
    pub(crate) fn read(&self, text: &str) -> Result<(Moment, zone::Resolved), Problem> {
        let moment = iso::parse(text)?;
        if self.zone.is_some() && matches!(moment, Moment::Zoned { .. }) {
            return Err(tz_is_idle("the date names its own offset"));
        }
        self.resolve(moment)
    }

    /// The instant of one of several dates, of which some may name their own offset, and others be local.
    pub(crate) fn read_among_others(&self, text: &str) -> Result<(Moment, zone::Resolved), Problem> {
        self.resolve(iso::parse(text)?).map_err(|problem| {
            let is_local = problem.readings.is_some();
            if is_local { problem.hint("give one of the candidates in its place") } else { problem }
        })
    }

    fn resolve(&self, moment: Moment) -> Result<(Moment, zone::Resolved), Problem> {
        let Clock { calendar, zone, .. } = *self;
        let resolved = zone::resolve(&moment, zone.as_ref(), calendar).map_err(|error| {
            let readings = error.candidates().map(|pair| Readings { pair: *pair, calendar });
            let mut problem = Problem::from(error);
            problem.readings = readings;
            problem
        })?;
        Ok((moment, resolved))
    }
}

impl When {
    /// The instant, with ΔT from wherever it is to come from.
    pub(crate) fn instant<E: From<Error>>(
        self,
        leaps: &LeapSeconds,
        delta_t_s: impl FnMut(UtDay) -> Result<f64, E>,
    ) -> Result<Instant, E> {
        match self {
            When::Utc(utc) => Instant::from_utc(utc, leaps, delta_t_s),
            When::Ut(ut) => Instant::from_ut(ut, delta_t_s),
            When::Tt(tt) => Instant::from_tt(tt, delta_t_s),
        }
    }
}

impl When {
    /// Refuses what no ΔT could make an instant of: a Julian day beyond every ephemeris, and a second 60 that UTC does
    /// not have.
    pub(crate) fn check(self, leaps: &LeapSeconds) -> Result<(), Error> {
        // ΔT plays no part in either, so that none will do.
        self.instant(leaps, |_| Ok::<_, Error>(0.0)).map(|_| ())
    }
}

impl TimeQuery {
    /// Reads [`TIME_PARAMETERS`]; `now` is read where they leave the instant to it. `site` is the observer's place, where
    /// the query has one: its longitude serves for local mean time, and is not idle without it.
    pub(crate) fn parse(
        params: &Params<'_>,
        site: Option<Site>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<TimeQuery, Problem> {
        let clock = Clock::parse(params, site)?;
        TimeQuery::read(params, clock, Clock::read, now).and_then(|query| match (query.local, clock.zone) {
            (None, Some(_)) => Err(tz_is_idle("a Julian day is no local time")),
            _ => Ok(query),
        })
    }

    /// The same of one of several instants that a clock reads: of these some may be local, and others have no need of it.
    pub(super) fn among_others(
        params: &Params<'_>,
        clock: Clock,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<TimeQuery, Problem> {
        TimeQuery::read(params, clock, Clock::read_among_others, now)
    }

    fn read(
        params: &Params<'_>,
        clock: Clock,
        date: impl FnOnce(&Clock, &str) -> Result<(Moment, zone::Resolved), Problem>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<TimeQuery, Problem> {
        let Clock { calendar, zone, lon_deg } = clock;
        let (when, given, offset) = match Giving::parse(params)? {
            Giving::Day(given, when) => (when, given, None),
            Giving::Now => {
                let utc = Utc::of_system_clock(now());
                (When::Utc(utc), Given::Now, zone.map(|zone| zone.offset_at(utc)))
            }
            Giving::Date(text) => {
                let (moment, resolved) = date(&clock, text)?;
                (When::Utc(resolved.utc), Given::Date(moment), Some(resolved.offset))
            }
        };
        let local = zone.zip(offset).map(|(zone, offset)| Local { zone, offset });
        Ok(TimeQuery { when, given, calendar, local, lon_deg })
    }

    /// An instant as it would be read out of a date in UTC.
    pub(crate) fn at(utc: Utc) -> TimeQuery {
        TimeQuery::of(When::Utc(utc), None)
    }

    /// An instant as it would be read out of a Julian day of its scale, or out of a date in UTC. Dates are written in the calendar.
    pub(crate) fn of(when: When, calendar: Option<Calendar>) -> TimeQuery {
        let given = match when {
            When::Utc(utc) => {
                let (date, time) = (utc.date(calendar), utc.time());
                Given::Date(Moment::Zoned { date, time, offset: UtcOffset::UTC })
            }
            When::Ut(ut) => Given::Jd(ut.0),
            When::Tt(tt) => Given::JdTt(tt.0),
        };
        TimeQuery { when, given, calendar, local: None, lon_deg: None }
    }

    /// The parameter that the instant came in.
    pub(crate) fn parameter(&self) -> &'static str {
        match self.given {
            Given::Now | Given::Date(_) => "date",
            Given::Jd(_) => "jd",
            Given::JdTt(_) => "jd_tt",
        }
    }

    /// How far the clock is ahead of UTC that the query is of: the zone's, or that of the date's own offset; `None` where it is
    /// Greenwich's.
    pub(crate) fn offset_at(&self, utc: Utc) -> Option<UtcOffset> {
        match (&self.local, &self.given) {
            (Some(local), _) => Some(local.zone.offset_at(utc)),
            (None, Given::Date(Moment::Zoned { offset, .. })) => {
                Some(*offset).filter(|offset| *offset != UtcOffset::UTC)
            }
            _ => None,
        }
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        self.given == Given::Now
    }
}

/// What gives the instant: one of `date`, `jd` and `jd_tt`, or none of them.
pub(super) enum Giving<'p> {
    Now,
    Date(&'p str),
    Day(Given, When),
}

impl Giving<'_> {
    pub(super) fn parse<'p>(params: &'p Params<'_>) -> Result<Giving<'p>, Problem> {
        let date = params.get("date");
        let (jd, jd_tt) = (params.number("jd")?, params.number("jd_tt")?);
        one_of(date.is_some(), jd.is_some(), jd_tt.is_some())?;
        Ok(match (date, jd, jd_tt) {
            (_, Some(jd), _) => Giving::Day(Given::Jd(jd), When::Ut(UtDay(jd))),
            (_, _, Some(jd)) => Giving::Day(Given::JdTt(jd), When::Tt(TtDay(jd))),
            (Some(text), None, None) if !text.eq_ignore_ascii_case("now") => Giving::Date(text),
            _ => Giving::Now,
        })
    }
}

fn one_of(date: bool, jd: bool, jd_tt: bool) -> Result<(), Problem> {
    let (first, second) = match (date, jd, jd_tt) {
        (true, true, _) => ("date", "jd"),
        (true, _, true) => ("date", "jd_tt"),
        (_, true, true) => ("jd", "jd_tt"),
        _ => return Ok(()),
    };
    Err(Problem::new(Code::Contradiction, format!("{first} and {second} both give the instant"))
        .parameter(second)
        .hint("give one of date, jd and jd_tt; without any it is now"))
}

pub(super) fn tz_is_idle(reason: &str) -> Problem {
    Problem::new(Code::Contradiction, format!("tz says how to read a local time, and {reason}"))
        .parameter("tz")
        .hint("leave tz out, or give a local date and time without Z and offset")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn parse(query: &str) -> Result<TimeQuery, Problem> {
        let now = UNIX_EPOCH + Duration::from_millis(1_774_017_180_500);
        TimeQuery::parse(&Params::parse(query, crate::routes::positions::PARAMETERS)?, None, || now)
    }

    fn utc(query: &str) -> String {
        match parse(query).unwrap().when {
            When::Utc(utc) => utc.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_way_of_giving_time_is_understood() {
        assert_eq!(utc(""), "2026-03-20T14:33:00.5Z");
        assert_eq!(utc("date=now"), "2026-03-20T14:33:00.5Z");
        assert_eq!(utc("date=2026-03-20T14:33:00Z"), "2026-03-20T14:33:00Z");
        assert_eq!(utc("date=2026-03-20T14:33:00+02:00"), "2026-03-20T12:33:00Z");
        assert_eq!(utc("date=2026-03-20T14:33:00%2B02:00"), "2026-03-20T12:33:00Z");
        assert_eq!(utc("date=2026-03-20"), "2026-03-20T00:00:00Z");
        assert_eq!(utc("date=2026-03-20&tz=Europe/Berlin"), "2026-03-19T23:00:00Z");
        assert_eq!(utc("date=2026-03-20T14:33:00&timezone=Europe/Berlin"), "2026-03-20T13:33:00Z");
        assert_eq!(utc("date=1850-01-01T12:00:00&tz=lmt&lng=15"), "1850-01-01T11:00:00Z");
        assert_eq!(parse("jd=2461120.5").unwrap().when, When::Ut(UtDay(2_461_120.5)));
        assert_eq!(parse("jd_ut=2461120.5").unwrap().when, When::Ut(UtDay(2_461_120.5)));
        assert_eq!(parse("jd_tt=2461120.5").unwrap().when, When::Tt(TtDay(2_461_120.5)));
        assert_eq!(parse("jd=2.4611205e+6").unwrap().when, When::Ut(UtDay(2_461_120.5)));
    }

    #[test]
    fn what_was_given_is_repeated_in_canonical_form() {
        let given = |query| parse(query).unwrap().given;
        let date = |text: &str| Given::Date(iso::parse(text).unwrap());
        assert_eq!(given("date=2026-03-20 14:33+02:00"), date("2026-03-20T14:33:00+02:00"));
        assert_eq!(given("date=2026-03-20t14:33z"), date("2026-03-20T14:33:00Z"));
        assert_eq!(given("date=2026-03-20T14:33&tz=europe/berlin"), date("2026-03-20T14:33:00"));
        assert_eq!(given(""), Given::Now);
        assert!(parse("").unwrap().is_now() && parse("date=NOW").unwrap().is_now());
    }

    #[test]
    fn a_zone_comes_with_its_offset_at_the_instant() {
        let offset_s = |query| parse(query).unwrap().local.map(|local| local.offset.seconds_east());
        assert_eq!(offset_s("date=2026-03-20T14:33&tz=Europe/Berlin"), Some(3600.0));
        assert_eq!(offset_s("date=2026-07-20T14:33&tz=Europe/Berlin"), Some(7200.0));
        assert_eq!(offset_s("date=1850-01-01&tz=lmt&lon=15.25"), Some(3660.0));
        assert_eq!(offset_s("tz=Asia/Kathmandu"), Some(20_700.0));
        assert_eq!(offset_s("date=2026-03-20T14:33%2B02:00"), None);
        assert_eq!(offset_s("jd=2461120.5"), None);
    }

    #[test]
    fn contradictions_are_refused() {
        for (query, parameter) in [
            ("date=2026-03-20&jd=2461120.5", "jd"),
            ("jd=2461120.5&jd_tt=2461120.5", "jd_tt"),
            ("date=2026-03-20T14:33Z&tz=Europe/Berlin", "tz"),
            ("jd=2461120.5&tz=Europe/Berlin", "tz"),
            ("date=2026-03-20&lon=13", "lon"),
            ("date=2026-03-20T01:00&tz=Europe/Berlin&lon=13", "lon"),
            ("date=2026-03-20T01:00&tz=lmt", "lon"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!(
                (problem.code, problem.parameter.as_deref()),
                (Code::Contradiction, Some(parameter)),
                "{query}"
            );
            assert!(problem.hint.is_some());
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_kind() {
        for (query, code, parameter) in [
            ("date=2023-02-30", Code::NoSuchDate, "date"),
            ("date=1582-10-10", Code::NoSuchDate, "date"),
            ("date=yesterday", Code::InvalidValue, "date"),
            ("date=2026-03-20T14:33", Code::ZoneMissing, "date"),
            ("date=2026-03-20T14:33&tz=Europe/Berlim", Code::UnknownZone, "tz"),
            ("date=2026-03-20T14:33&tz=%2B02:00", Code::UnknownZone, "tz"),
            ("date=2026-03-20T14:33&tz=UTC+2", Code::UnknownZone, "tz"),
            ("date=2026-03-29T02:30&tz=Europe/Berlin", Code::LocalTimeGap, "date"),
            ("date=2026-10-25T02:30&tz=Europe/Berlin", Code::LocalTimeFold, "date"),
            ("date=2026-03-20T14:33&tz=lmt&lon=181", Code::OutOfRange, "lon"),
            ("jd=NaN", Code::InvalidValue, "jd"),
            ("jd=inf", Code::InvalidValue, "jd"),
            ("calendar=mayan", Code::UnknownValue, "calendar"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
    }

    #[test]
    fn gaps_and_folds_come_with_their_readings() {
        let readings = |query| {
            let readings = parse(query).unwrap_err().readings.clone().unwrap();
            let pair = readings.pair.map(|one| (one.utc.to_string(), one.offset.seconds_east() as i64));
            (pair, readings.calendar)
        };
        assert_eq!(
            readings("date=2026-10-25T02:30&tz=Europe/Berlin"),
            ([("2026-10-25T00:30:00Z".into(), 7200), ("2026-10-25T01:30:00Z".into(), 3600)], None)
        );
        let (gap, calendar) = readings("date=2026-03-16T02:30&tz=Europe/Berlin&calendar=julian");
        assert_eq!(gap.map(|(_, offset_s)| offset_s), [7200, 3600]);
        assert_eq!(calendar, Some(Calendar::Julian));
    }

    #[test]
    fn wild_julian_days_are_refused_with_the_range() {
        for query in ["jd=1e300", "jd_tt=-1e300"] {
            let error = parse(query)
                .unwrap()
                .when
                .instant(&LeapSeconds::built_in(), |_| Ok::<_, Error>(70.0))
                .unwrap_err();
            let problem = Problem::from(error);
            assert_eq!(problem.code, Code::OutOfRange);
            assert!(problem.detail.contains("-5600000 to 9100000"), "{}", problem.detail);
        }
    }
}
