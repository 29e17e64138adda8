//! What is asked of two charts at once.

use orrery_almanac::LeapSeconds;

use super::body::Posted;
use super::cast::{CastQuery, Placed};
use super::chart::AspectRules;
use super::drawing::{Drawing, idle};
use super::params::Params;
use super::{Fields, Precision, SourceChoice, precision};
use crate::wire::problem::{Code, Problem};

/// What the members of a body are called that are charts.
pub(crate) const CHARTS: [&str; 2] = ["first", "second"];

/// What to send where a body is none.
const EXAMPLE: &str = r#"send an object such as {"first": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, "second": {…}}"#;

/// Two charts.
#[derive(Clone, Debug)]
pub(crate) struct PairQuery {
    /// Of each, what it is cast of.
    pub(crate) casts: [CastQuery; 2],
    /// Which aspects are looked for between them, or in what is made of them.
    pub(crate) rules: AspectRules,
    pub(crate) source: SourceChoice,
    pub(crate) precision: Precision,
    /// How both are drawn, where they are.
    pub(crate) drawing: Option<Drawing>,
}

/// What is made of two charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Together {
    /// Each keeps its own points: the angles of one meet the other's bodies, whether or not that has angles itself.
    Beside,
    /// One chart, which has angles where both have.
    AsOne,
}

impl PairQuery {
    /// Reads a body: two charts, and what is asked of both.
    pub(crate) fn read(posted: &mut Posted<'_, '_>, together: Together) -> Result<PairQuery, Problem> {
        let [first, second] = posted.charts(CHARTS, EXAMPLE)?;
        let (now, params) = (posted.now, &*posted.params);
        let cast = |name: &'static str, params: Option<Params<'static>>| {
            let params = params.ok_or_else(|| missing(name))?;
            CastQuery::new(&params, Placed::IfGiven, || now).map_err(|problem| problem.within(name))
        };
        let casts = [cast(CHARTS[0], first)?, cast(CHARTS[1], second)?];
        check_zodiac(&casts)?;
        let mut divided = casts.iter().map(|cast| cast.division.is_some());
        let has_angles = match together {
            Together::Beside => divided.any(|is_divided| is_divided),
            Together::AsOne => divided.all(|is_divided| is_divided),
        };
        let rules = AspectRules::new(params, has_angles)?;
        let source = source(&casts)?;
        Ok(PairQuery { casts, rules, source, precision: precision(params.get("precision"))?, drawing: None })
    }

    /// Refuses an instant that is none, by the chart that it is of.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        let mut charts = CHARTS.into_iter().zip(&self.casts);
        charts.try_for_each(|(name, cast)| cast.check(leaps).map_err(|problem| problem.within(name)))
    }

    /// The same as a picture, if one is asked for.
    pub(crate) fn drawn(self, drawing: Option<Drawing>) -> Result<PairQuery, Problem> {
        if drawing.is_some() {
            for (name, cast) in CHARTS.into_iter().zip(&self.casts) {
                let is_usual = cast.sky.fields == Fields::usual(&cast.sky.view);
                if cast.sky.precision != Precision::default() || !is_usual {
                    let idle = idle(if is_usual { "precision" } else { "fields" });
                    return Err(idle.within(name));
                }
            }
        }
        Ok(PairQuery { drawing, ..self })
    }
}

/// Refuses charts of two zodiacs: places of one are put against places of the other.
fn check_zodiac([first, second]: &[CastQuery; 2]) -> Result<(), Problem> {
    if first.sky.view.zodiac == second.sky.view.zodiac {
        return Ok(());
    }
    Err(Problem::new(Code::Contradiction, "the two charts are in two zodiacs")
        .parameter("second.zodiac")
        .hint("give both the same zodiac and ayanamsa"))
}

/// Who may answer: tables alone where one of the charts asks for that, and live alone likewise.
fn source(casts: &[CastQuery; 2]) -> Result<SourceChoice, Problem> {
    match (casts[0].sky.source, casts[1].sky.source) {
        (one, other) if one == other => Ok(one),
        (SourceChoice::Auto, other) => Ok(other),
        (one, SourceChoice::Auto) => Ok(one),
        _ => {
            Err(Problem::new(Code::Contradiction, "one chart is to be from tables alone, and the other live")
                .parameter("second.source")
                .hint("ask both of one source, or leave source out"))
        }
    }
}

/// The refusal of a body without one of its charts.
fn missing(name: &'static str) -> Problem {
    Problem::new(Code::MissingParameter, format!("{name} is missing: it takes two charts"))
        .parameter(name)
        .hint(EXAMPLE)
}
