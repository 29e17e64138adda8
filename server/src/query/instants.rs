//! Many instants: a list of them, or a range with a step.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::instant::{MAX_JD, MIN_JD};
use orrery_almanac::{Error, LeapSeconds, Moment, Series, Step, Utc};
use orrery_format::{TtDay, UtDay};

use super::params::Params;
use super::time::{Clock, When, tz_is_idle};
use crate::wire::problem::{Code, Problem, shown};

/// Nanoseconds of a day.
const DAY_NS: f64 = 86_400e9;

/// The instants of a table, in the order of its rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Instants {
    List(Arc<Listed>),
    Clock(Series),
    Days(Days),
}

/// Instants as they were listed: as many as fit into a body, so that each takes as little as it can.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Listed {
    Days(Scale, Vec<f64>),
    Dates(Vec<Utc>),
}

impl Listed {
    fn length(&self) -> usize {
        match self {
            Listed::Days(_, days) => days.len(),
            Listed::Dates(dates) => dates.len(),
        }
    }

    fn at(&self, nth: usize) -> When {
        match self {
            Listed::Days(scale, days) => scale.when(days[nth]),
            Listed::Dates(dates) => When::Utc(dates[nth]),
        }
    }

    /// The memory that they take.
    fn bytes(&self) -> usize {
        match self {
            Listed::Days(_, days) => days.capacity() * size_of::<f64>(),
            Listed::Dates(dates) => dates.capacity() * size_of::<Utc>(),
        }
    }
}

/// Julian days at equal distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Days {
    scale: Scale,
    start: f64,
    /// The distance times `parts`.
    span: f64,
    parts: f64,
    length: u64,
}

/// The time scale of Julian days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Ut,
    Tt,
}

impl Scale {
    pub(crate) const fn when(self, jd: f64) -> When {
        match self {
            Scale::Ut => When::Ut(UtDay(jd)),
            Scale::Tt => When::Tt(TtDay(jd)),
        }
    }

    /// What stands before a Julian day of the scale.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Scale::Ut => "jd:",
            Scale::Tt => "jd_tt:",
        }
    }
}

/// One end of a range, as it was given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    Now(Utc),
    Date(Moment, Utc),
    Day(Scale, f64),
}

/// A range as it was given, for the reply to repeat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) start: End,
    pub(crate) stop: End,
    /// As it was written.
    pub(crate) step: String,
}

impl Range {
    /// Reads `start`, `stop` and `step`, and what they come to; `now` is what `now` means.
    pub(crate) fn parse(
        params: &Params<'_>,
        clock: &Clock,
        now: impl Fn() -> SystemTime,
    ) -> Result<(Range, Instants), Problem> {
        let [start, stop] = ["start", "stop"].map(|name| {
            let example = if name == "start" { "2026-01-01" } else { "2100-01-01" };
            let text = params.get(name).ok_or_else(|| missing(name, example))?;
            End::parse(name, text, clock, &now)
        });
        let (start, stop) = (start?, stop?);
        let text = params.get("step").ok_or_else(|| missing("step", "1d"))?.trim();
        let step: Step = text.parse()?;
        let instants = instants(&start, &stop, step, clock)?;
        let is_of_calendar = matches!(step, Step::Days(_) | Step::Months(_));
        if clock.zone.is_some() && !is_of_calendar && !start.is_local() && !stop.is_local() {
            return Err(tz_is_idle("neither start nor stop is local, and step is not of the calendar"));
        }
        Ok((Range { start, stop, step: text.to_owned() }, instants))
    }

    /// Refuses an end that is no instant, such as a second 60 that UTC did not have: no step may lead there.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        for (name, end) in [("start", &self.start), ("stop", &self.stop)] {
            let Some(utc) = end.utc() else { continue };
            if let Err(error) = When::Utc(utc).check(leaps) {
                return Err(Problem::from(error).parameter(name));
            }
        }
        Ok(())
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        [&self.start, &self.stop].into_iter().any(|end| matches!(end, End::Now(_)))
    }
}

fn missing(name: &'static str, example: &str) -> Problem {
    Problem::new(Code::MissingParameter, format!("{name} is missing"))
        .parameter(name)
        .hint(format!("add {name}, such as {name}={example}; a range has start, stop and step"))
}

impl End {
    pub(super) fn parse(
        name: &'static str,
        text: &str,
        clock: &Clock,
        now: impl Fn() -> SystemTime,
    ) -> Result<End, Problem> {
        if text.eq_ignore_ascii_case("now") {
            return Ok(End::Now(Utc::of_system_clock(now())));
        }
        for scale in [Scale::Ut, Scale::Tt] {
            if let Some(number) = text.strip_prefix(scale.prefix()) {
                return match number.trim().parse::<f64>() {
                    Ok(jd) if (MIN_JD..=MAX_JD).contains(&jd) => Ok(End::Day(scale, jd)),
                    Ok(jd) if jd.is_finite() => {
                        Err(Problem::new(Code::OutOfRange, format!("{name} is the Julian day {jd}"))
                            .parameter(name)
                            .hint(format!("give a day from {MIN_JD} to {MAX_JD}")))
                    }
                    _ => Err(Problem::new(Code::InvalidValue, format!("{} is no Julian day", shown(number)))
                        .parameter(name)
                        .hint(format!("give a number, such as {name}={}2461120.5", scale.prefix()))),
                };
            }
        }
        match clock.read_among_others(text) {
            Ok((moment, resolved)) => Ok(End::Date(moment, resolved.utc)),
            Err(mut problem) => {
                // The date is here called otherwise.
                if problem.parameter.as_deref() == Some("date") {
                    problem.parameter = Some(name.into());
                }
                if problem.code == Code::InvalidValue {
                    problem = problem.hint(format!(
                        "write it as 2026-03-20T14:33:00Z, or a Julian day as {name}=jd:2461120.5 or jd_tt:2461120.5"
                    ));
                }
                Err(problem)
            }
        }
    }

    const fn utc(&self) -> Option<Utc> {
        match self {
            End::Now(utc) | End::Date(_, utc) => Some(*utc),
            End::Day(..) => None,
        }
    }

    /// The instant, in the scale that it came in.
    pub(crate) const fn when(&self) -> When {
        match self {
            End::Now(utc) | End::Date(_, utc) => When::Utc(*utc),
            End::Day(scale, jd) => scale.when(*jd),
        }
    }

    /// Whether a zone's clock says when it is.
    pub(super) const fn is_local(&self) -> bool {
        matches!(self, End::Date(Moment::Local { .. } | Moment::Day(_), _))
    }
}

fn instants(start: &End, stop: &End, step: Step, clock: &Clock) -> Result<Instants, Problem> {
    match (start, stop) {
        (End::Day(scale, first), End::Day(other, last)) if scale == other => {
            if clock.zone.is_some() {
                return Err(tz_is_idle("a Julian day is no local time"));
            }
            Days::new(*scale, *first, *last, step).map(Instants::Days)
        }
        _ => match (start.utc(), stop.utc()) {
            (Some(first), Some(last)) => {
                Ok(Instants::Clock(Series::new(first, last, step, clock.zone, clock.calendar)?))
            }
            _ => Err(Problem::new(Code::Contradiction, "start and stop are of different time scales")
                .parameter("stop")
                .hint("give both as dates, both as jd:…, or both as jd_tt:…")),
        },
    }
}

impl Days {
    fn new(scale: Scale, start: f64, stop: f64, step: Step) -> Result<Days, Problem> {
        let span = stop - start;
        if span.is_nan() || span < 0.0 {
            return Err(Error::Backwards.into());
        }
        let every = |days: f64| {
            // What a sum of steps loses by rounding is no reason to leave out the end.
            let length = (span / days * (1.0 + 4.0 * f64::EPSILON)).floor() as u64 + 1;
            Days { scale, start, span: days, parts: 1.0, length }
        };
        match step {
            Step::Nanoseconds(step_ns) => Ok(every(step_ns as f64 / DAY_NS)),
            Step::Days(days) => Ok(every(f64::from(days))),
            Step::Intervals(parts) => {
                Ok(Days { scale, start, span, parts: parts as f64, length: parts.saturating_add(1) })
            }
            Step::Months(_) => Err(Problem::new(
                Code::Contradiction,
                "months and years are of a calendar, and start is a Julian day",
            )
            .parameter("step")
            .hint("give a step in days, such as step=30d, or start and stop as dates")),
        }
    }
}

impl Instants {
    /// The memory that instants take which were listed.
    pub(crate) fn listed_bytes(&self) -> usize {
        match self {
            Instants::List(list) => list.bytes(),
            Instants::Clock(_) | Instants::Days(_) => 0,
        }
    }

    /// How many there are.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Instants::List(list) => list.length() as u64,
            Instants::Clock(series) => series.length(),
            Instants::Days(days) => days.length,
        }
    }

    /// One of them, counted from 0; the last for all beyond.
    pub(crate) fn at(&self, nth: u64) -> When {
        match self {
            Instants::List(list) => list.at((nth as usize).min(list.length() - 1)),
            Instants::Clock(series) => When::Utc(series.at(nth)),
            Instants::Days(Days { scale, start, span, parts, .. }) => {
                scale.when(start + span * nth as f64 / parts)
            }
        }
    }

    /// The earliest and the latest, as far as they can be compared before ΔT is known: of a list in one time scale, these
    /// are they.
    pub(crate) fn ends(&self) -> [When; 2] {
        let key = |when: &When| match when {
            When::Utc(utc) => utc.day().midnight_jd() + utc.time().nanoseconds() as f64 / DAY_NS,
            When::Ut(UtDay(jd)) | When::Tt(TtDay(jd)) => *jd,
        };
        match self {
            Instants::List(list) => {
                let all = || (0..list.length()).map(|nth| list.at(nth));
                let first = all().reduce(|a, b| if key(&b) < key(&a) { b } else { a });
                let last = all().reduce(|a, b| if key(&b) > key(&a) { b } else { a });
                [first, last].map(|end| end.unwrap_or(list.at(0)))
            }
            _ => [self.at(0), self.at(self.length() - 1)],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::routes::ephemeris::PARAMETERS;

    fn range(query: &str) -> Result<Instants, Problem> {
        let params = Params::parse(query, PARAMETERS)?;
        let clock = Clock::parse(&params, None)?;
        Range::parse(&params, &clock, || UNIX_EPOCH).map(|(_, instants)| instants)
    }

    fn days(query: &str) -> Vec<f64> {
        let instants = range(query).unwrap();
        let day = |nth| match instants.at(nth) {
            When::Ut(UtDay(jd)) | When::Tt(TtDay(jd)) => jd,
            When::Utc(utc) => utc.day().midnight_jd(),
        };
        (0..instants.length()).map(day).collect()
    }

    #[test]
    fn julian_days_are_counted_in_their_scale() {
        assert_eq!(days("start=jd:2451545&stop=jd:2451547&step=1d"), [2_451_545.0, 2_451_546.0, 2_451_547.0]);
        assert_eq!(days("start=jd_tt:2451545&stop=jd_tt:2451546&step=4").len(), 5);
        assert!(matches!(range("start=jd_tt:1&stop=jd_tt:2&step=1h").unwrap().at(0), When::Tt(_)));
        assert!(matches!(range("start=jd:1&stop=jd:2&step=1h").unwrap().at(0), When::Ut(_)));
        // A tenth of a day ten times is not quite a day to a double.
        assert_eq!(days("start=jd:2451545&stop=jd:2451546&step=0.1d").len(), 11);
        assert_eq!(days("start=2026-01-01&stop=2026-01-03&step=1d").len(), 3);
        assert_eq!(days("start=now&stop=1970-01-02&step=1d").len(), 2);
    }

    #[test]
    fn what_makes_no_range_is_named() {
        for (query, code, parameter) in [
            ("stop=2026-01-02&step=1d", Code::MissingParameter, "start"),
            ("start=2026-01-02&step=1d", Code::MissingParameter, "stop"),
            ("start=2026-01-02&stop=2026-01-03", Code::MissingParameter, "step"),
            ("start=2026-01-02&stop=2026-01-01&step=1d", Code::OutOfRange, "stop"),
            ("start=jd:2&stop=jd:1&step=1d", Code::OutOfRange, "stop"),
            ("start=2026-01-01&stop=2026-01-02&step=0d", Code::OutOfRange, "step"),
            ("start=2026-01-01&stop=2026-01-02&step=0", Code::OutOfRange, "step"),
            ("start=2026-01-01&stop=2026-01-02&step=fortnight", Code::InvalidValue, "step"),
            ("start=2026-01-01&stop=2026-01-02&step=-1d", Code::InvalidValue, "step"),
            ("start=2026-01-01&stop=jd:2461120&step=1d", Code::Contradiction, "stop"),
            ("start=jd_tt:1&stop=jd:2&step=1d", Code::Contradiction, "stop"),
            ("start=jd:1&stop=jd:2&step=1mo", Code::Contradiction, "step"),
            ("start=jd:1&stop=jd:2&step=1d&tz=Europe/Berlin", Code::Contradiction, "tz"),
            ("start=jd:x&stop=jd:2&step=1d", Code::InvalidValue, "start"),
            ("start=jd:1&stop=jd:inf&step=1d", Code::InvalidValue, "stop"),
            ("start=2026-02-30&stop=2026-03-01&step=1d", Code::NoSuchDate, "start"),
            ("start=2026-03-01&stop=2026-03-01T12:00&step=1h", Code::ZoneMissing, "stop"),
        ] {
            let problem = range(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
    }

    #[test]
    fn the_ends_of_a_list_are_its_earliest_and_latest() {
        let ends = Instants::List(Listed::Days(Scale::Tt, vec![3.0, 1.0, 2.0]).into()).ends();
        assert_eq!(ends, [When::Tt(TtDay(1.0)), When::Tt(TtDay(3.0))]);
    }
}
