//! Everything that is asked of many instants.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::{LeapSeconds, Moment};

use super::SkyQuery;
use super::body::Lists;
use super::fields::TimeFields;
use super::instants::{Instants, Listed, Range, Scale};
use super::params::Params;
use super::time::{Clock, When, tz_is_idle};
use crate::wire::problem::{Code, Problem};

/// See [the module](self).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableQuery {
    pub(crate) sky: Arc<SkyQuery>,
    pub(crate) instants: Instants,
    /// The range that the instants are of; `None` where they were listed.
    pub(crate) range: Option<Range>,
    pub(crate) clock: Clock,
    pub(crate) time: TimeFields,
}

impl TableQuery {
    /// Reads a range of instants, and what is asked of each.
    pub(crate) fn of_range(params: &Params<'_>, now: impl Fn() -> SystemTime) -> Result<TableQuery, Problem> {
        let (sky, time) = SkyQuery::parse_table(params)?;
        let clock = Clock::parse(params, sky.view.observer.site())?;
        let (range, instants) = Range::parse(params, &clock, now)?;
        Ok(TableQuery { sky: Arc::new(sky), instants, range: Some(range), clock, time })
    }

    /// Reads what is asked of each of the instants that are listed.
    pub(crate) fn of_lists(params: &Params<'_>, lists: Lists) -> Result<TableQuery, Problem> {
        let (sky, time) = SkyQuery::parse_table(params)?;
        let clock = Clock::parse(params, sky.view.observer.site())?;
        let instants = Instants::List(Arc::new(listed(lists, &clock)?));
        Ok(TableQuery { sky: Arc::new(sky), instants, range: None, clock, time })
    }

    /// The parameter that the instants came in.
    pub(crate) fn parameter(&self) -> &'static str {
        match (&self.range, &self.instants) {
            (Some(_), _) => "start",
            (None, Instants::List(list)) => match &**list {
                Listed::Days(Scale::Ut, _) => "jd",
                Listed::Days(Scale::Tt, _) => "jd_tt",
                Listed::Dates(_) => "dates",
            },
            (None, _) => "dates",
        }
    }

    /// Refuses what is no instant, such as a second 60 that UTC did not have, before anything is told.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        match (&self.range, &self.instants) {
            (Some(range), _) => range.check(leaps),
            (None, Instants::List(list)) => match &**list {
                Listed::Dates(dates) => dates.iter().enumerate().try_for_each(|(nth, utc)| {
                    When::Utc(*utc)
                        .check(leaps)
                        .map_err(|error| Problem::from(error).parameter(format!("dates[{nth}]")))
                }),
                Listed::Days(..) => Ok(()),
            },
            (None, _) => Ok(()),
        }
    }

    /// Rows of the table: bodies at instants.
    pub(crate) fn rows(&self) -> u64 {
        self.instants.length().saturating_mul(self.sky.bodies.len() as u64)
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        self.range.as_ref().is_some_and(Range::is_now)
    }
}

fn listed(lists: Lists, clock: &Clock) -> Result<Listed, Problem> {
    let Lists { jd, jd_tt, dates } = lists;
    let listed = match (jd, jd_tt, dates) {
        (Some(jd), None, None) => Listed::Days(Scale::Ut, jd),
        (None, Some(jd_tt), None) => Listed::Days(Scale::Tt, jd_tt),
        (None, None, Some(dates)) => return dated(&dates, clock),
        (None, None, None) => {
            return Err(Problem::new(Code::MissingParameter, "no instants are listed")
                .parameter("jd")
                .hint("list them as jd (UT1), jd_tt or dates"));
        }
        (one, other, _) => {
            let (first, second) = match (one.is_some(), other.is_some()) {
                (true, true) => ("jd", "jd_tt"),
                (true, false) => ("jd", "dates"),
                _ => ("jd_tt", "dates"),
            };
            return Err(Problem::new(
                Code::Contradiction,
                format!("{first} and {second} both list instants"),
            )
            .parameter(second)
            .hint("give one of jd, jd_tt and dates"));
        }
    };
    if clock.zone.is_some() {
        return Err(tz_is_idle("a Julian day is no local time"));
    }
    Ok(listed)
}

fn dated(dates: &[String], clock: &Clock) -> Result<Listed, Problem> {
    let mut is_idle = clock.zone.is_some();
    let read = |(nth, text): (usize, &String)| match clock.read_among_others(text) {
        Ok((moment, resolved)) => {
            is_idle &= matches!(moment, Moment::Zoned { .. });
            Ok(resolved.utc)
        }
        Err(mut problem) => {
            if problem.parameter.as_deref() == Some("date") {
                let detail = format!("dates[{nth}]: {}", problem.detail);
                problem.detail = detail.into();
                problem.parameter = Some(format!("dates[{nth}]").into());
            }
            Err(problem)
        }
    };
    let dates = dates.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    if is_idle { Err(tz_is_idle("each date names its own offset")) } else { Ok(Listed::Dates(dates)) }
}
