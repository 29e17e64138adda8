//! Everything that is asked of many instants.

use std::sync::Arc;
use std::time::SystemTime;

use super::SkyQuery;
use super::body::Lists;
use super::fields::TimeFields;
use super::instants::{Instants, Range, Scale};
use super::params::Params;
use super::time::{Clock, When};
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
        let whens = listed(lists, &clock)?;
        Ok(TableQuery { sky: Arc::new(sky), instants: Instants::List(whens), range: None, clock, time })
    }

    /// The parameter that the instants came in.
    pub(crate) fn parameter(&self) -> &'static str {
        match (&self.range, &self.instants) {
            (Some(_), _) => "start",
            (None, Instants::List(list)) => match list.first() {
                Some(When::Ut(_)) => "jd",
                Some(When::Tt(_)) => "jd_tt",
                _ => "dates",
            },
            (None, _) => "dates",
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

fn listed(lists: Lists, clock: &Clock) -> Result<Arc<[When]>, Problem> {
    let Lists { jd, jd_tt, dates } = lists;
    let days = |scale: Scale, list: Vec<f64>| list.into_iter().map(|jd| scale.when(jd)).collect();
    let whens = match (jd, jd_tt, dates) {
        (Some(jd), None, None) => days(Scale::Ut, jd),
        (None, Some(jd_tt), None) => days(Scale::Tt, jd_tt),
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
        return Err(super::time::tz_is_idle("a Julian day is no local time"));
    }
    Ok(whens)
}

fn dated(dates: &[String], clock: &Clock) -> Result<Arc<[When]>, Problem> {
    let read = |(nth, text): (usize, &String)| match clock.read_among_others(text) {
        Ok((_, resolved)) => Ok(When::Utc(resolved.utc)),
        Err(mut problem) => {
            if problem.parameter.as_deref() == Some("date") {
                let detail = format!("dates[{nth}]: {}", problem.detail);
                problem.detail = detail.into();
                problem.parameter = Some(format!("dates[{nth}]").into());
            }
            Err(problem)
        }
    };
    dates.iter().enumerate().map(read).collect()
}
