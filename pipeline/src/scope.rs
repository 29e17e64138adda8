//! What a dataset is to have: which times, and of which bodies.
//!
//! Times are years, or a window that moves with the day. Either way whole blocks of the grid are had, those that the times
//! touch. A window has more than it needs today: the blocks that it is going to touch within [`AHEAD_YEARS`], so that a block
//! is there long before the first day that needs it, however late or seldom it is rolled; a block goes once the window has
//! left all of it behind.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use orrery_almanac::calendar::{CivilDate, DayNumber};
use orrery_format::manifest::{ScopeEntry, SpanEntry};
use orrery_format::time::{J2000_JD, JULIAN_CENTURY_DAYS};
use orrery_format::{Body, Center, Manifest, Product};

use crate::error::PipelineError;

/// How many years before a window reaches a block that block is had.
pub const AHEAD_YEARS: u32 = 1;

/// Days of a window's year: a Julian one, as the grid's centuries are.
const YEAR_DAYS: f64 = 365.25;

/// What a dataset is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// Which times.
    pub span: Span,
    /// Bodies; `None` for all. Nutation and the Earth's rotation are always there.
    pub bodies: Option<Vec<Body>>,
}

/// The times of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From the first of January of one year to that of another: to 2400 means up to 2400-01-01.
    Years {
        /// First year.
        from: i32,
        /// Year after the last.
        to: i32,
    },
    /// The years around whichever day it is.
    Window(Window),
}

/// A span around a day: from its beginning so many years before to its end so many years after, by years of 365.25 days.
///
/// Days of UTC are taken for days of TT, so that the window does not depend on ΔT; its ends are a minute off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Years before the day.
    pub before_years: u32,
    /// Years after it.
    pub after_years: u32,
}

/// What somebody wants of a scope; of the rest it stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// Which times, if it matters.
    pub span: Option<WishedSpan>,
    /// Which bodies, if it matters.
    pub bodies: Option<Vec<Body>>,
}

/// The times of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WishedSpan {
    /// Years, one of them at least.
    Years {
        /// First year, if it matters.
        from: Option<i32>,
        /// Year after the last, if it matters.
        to: Option<i32>,
    },
    /// A window.
    Window(Window),
}

impl Scope {
    /// First year of what is built where nothing else is asked for.
    pub const FROM_YEAR: i32 = 1800;

    /// The year after the last one.
    pub const TO_YEAR: i32 = 2400;

    /// Every body, 1800 to 2400.
    #[must_use]
    pub const fn full() -> Scope {
        Scope::of_years(Scope::FROM_YEAR, Scope::TO_YEAR, None)
    }

    /// Bodies, `None` for all, from one year to another, which is excluded.
    #[must_use]
    pub const fn of_years(from: i32, to: i32, bodies: Option<Vec<Body>>) -> Scope {
        Scope { span: Span::Years { from, to }, bodies }
    }

    /// The same with what somebody wants otherwise.
    #[must_use]
    pub fn with(self, wish: Wish) -> Scope {
        let span = match wish.span {
            None => self.span,
            Some(WishedSpan::Window(window)) => Span::Window(window),
            Some(WishedSpan::Years { from, to }) => {
                let (own_from, own_to) = match self.span {
                    Span::Years { from, to } => (from, to),
                    Span::Window(_) => (Scope::FROM_YEAR, Scope::TO_YEAR),
                };
                Span::Years { from: from.unwrap_or(own_from), to: to.unwrap_or(own_to) }
            }
        };
        Scope { span, bodies: wish.bodies.or(self.bodies) }
    }

    /// Products in the order of the manifest.
    pub(crate) fn products(&self) -> Vec<Product> {
        let wanted = |body: Body| self.bodies.as_ref().is_none_or(|bodies| bodies.contains(&body));
        let mut products = vec![Product::Nutation, Product::EarthRotation];
        for center in Center::ALL {
            products.extend(
                Body::ALL
                    .into_iter()
                    .filter(|&body| wanted(body))
                    .map(|body| Product::Place(center, body))
                    .filter(|p| p.exists()),
            );
        }
        products
    }

    /// Blocks of the grid that are had on a day: first and one past the last, counted from J2000.0.
    pub(crate) fn grid(&self, today: CivilDate) -> Result<Range<i64>, PipelineError> {
        let (start_jd, end_jd) = self.span.jd(today)?;
        let centuries = |jd: f64| (jd - J2000_JD) / JULIAN_CENTURY_DAYS;
        Ok(centuries(start_jd).floor() as i64..centuries(end_jd).ceil() as i64)
    }

    /// First instant of the blocks of a day and first instant after them, Julian days.
    ///
    /// # Errors
    /// When the years are no span, or the day is beyond what calendars know.
    pub fn span_jd(&self, today: CivilDate) -> Result<(f64, f64), PipelineError> {
        let grid = self.grid(today)?;
        let jd = |block: i64| J2000_JD + block as f64 * JULIAN_CENTURY_DAYS;
        Ok((jd(grid.start), jd(grid.end)))
    }

    /// The scope that the blocks of a generation have, of which nobody says what it was to be: the bodies that it has tables of,
    /// and years whose blocks are its blocks. `None` where it has no blocks.
    ///
    /// A generation that no build made may have other blocks than a build of this scope.
    #[must_use]
    pub fn of_blocks(manifest: &Manifest) -> Option<Scope> {
        let products = || manifest.blocks.iter().filter_map(|block| Product::from_name(&block.product));
        let has = |body: Body| products().any(|it| matches!(it, Product::Place(_, own) if own == body));
        let start_jd = manifest.blocks.iter().map(|block| block.start_jd).reduce(f64::min)?;
        let end_jd = manifest.blocks.iter().map(|block| block.end_jd).reduce(f64::max)?;
        // The first of January behind the first instant, and the one before the last: both lie in the blocks at the ends.
        let year = |jd: f64| DayNumber((jd + 0.5).floor() as i64).civil(None).year;
        let bodies = Body::ALL.into_iter().filter(|&body| has(body)).collect();
        Some(Scope::of_years(year(start_jd) + 1, year(end_jd), Some(bodies)))
    }

    /// The scope that a manifest tells of.
    ///
    /// # Errors
    /// The name of a body that there are no tables of.
    pub fn of_entry(entry: &ScopeEntry) -> Result<Scope, String> {
        let span = match entry.span {
            SpanEntry::Years { from, to } => Span::Years { from, to },
            SpanEntry::Window { before, after } => {
                Span::Window(Window { before_years: before, after_years: after })
            }
        };
        let body = |name: &String| Body::from_name(name).ok_or_else(|| name.clone());
        let bodies = entry.bodies.as_ref().map(|names| names.iter().map(body).collect());
        Ok(Scope { span, bodies: bodies.transpose()? })
    }

    /// The scope as a manifest tells of it: bodies in their own order, and all of them without their names.
    #[must_use]
    pub fn to_entry(&self) -> ScopeEntry {
        let span = match self.span {
            Span::Years { from, to } => SpanEntry::Years { from, to },
            Span::Window(Window { before_years, after_years }) => {
                SpanEntry::Window { before: before_years, after: after_years }
            }
        };
        let names = |bodies: Vec<Body>| bodies.into_iter().map(|body| body.name().to_owned()).collect();
        ScopeEntry { span, bodies: self.chosen().map(names) }
    }

    /// Bodies, each once, in their own order; `None` for all.
    fn chosen(&self) -> Option<Vec<Body>> {
        let chosen = self.bodies.as_ref()?;
        let bodies: Vec<Body> = Body::ALL.into_iter().filter(|body| chosen.contains(body)).collect();
        (bodies.len() < Body::ALL.len()).then_some(bodies)
    }

    fn names(&self, separator: &str) -> Option<String> {
        let names: Vec<&str> = self.chosen()?.into_iter().map(Body::name).collect();
        Some(names.join(separator))
    }

    /// What is written behind `orrery-pipeline build` to ask for it.
    #[must_use]
    pub fn arguments(&self) -> String {
        let span = match self.span {
            Span::Years { from, to } => format!("--from {from} --to {to}"),
            Span::Window(window) => format!("--window={window}"),
        };
        self.names(",").map_or_else(|| span.clone(), |names| format!("{span} --bodies {names}"))
    }
}

impl Span {
    /// What has to be reached on a day: first instant and first instant after, Julian days.
    fn jd(self, today: CivilDate) -> Result<(f64, f64), PipelineError> {
        match self {
            Span::Years { from, to } if from >= to => {
                Err(PipelineError::Usage(format!("--from {from} must be before --to {to}")))
            }
            Span::Years { from, to } => {
                let first_of_january = |year| {
                    midnight_jd(CivilDate { year, month: 1, day: 1 })
                        .map_err(|what| PipelineError::Usage(format!("year {year}: {what}")))
                };
                Ok((first_of_january(from)?, first_of_january(to)?))
            }
            Span::Window(window) => {
                let midnight_jd = midnight_jd(today)
                    .map_err(|what| PipelineError::Usage(format!("a window around {today}: {what}")))?;
                let (start_jd, end_jd) = window.around(midnight_jd);
                Ok((start_jd, end_jd + f64::from(AHEAD_YEARS) * YEAR_DAYS))
            }
        }
    }
}

/// The Julian day at which a day begins.
pub(crate) fn midnight_jd(day: CivilDate) -> Result<f64, String> {
    day.day_number(None).map(DayNumber::midnight_jd).map_err(|error| error.to_string())
}

impl Window {
    /// The most years that either side may have: no ephemeris file is further from any other.
    pub const MOST_YEARS: u32 = 20_000;

    /// First instant and first instant after, of the day that begins at a Julian day.
    fn around(self, midnight_jd: f64) -> (f64, f64) {
        let days = |years: u32| f64::from(years) * YEAR_DAYS;
        (midnight_jd - days(self.before_years), midnight_jd + 1.0 + days(self.after_years))
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Window, String> {
        let years = |text: &str| {
            let digits = text.strip_suffix('y')?;
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|&years: &u32| is_number && years <= Window::MOST_YEARS)
        };
        let window = text.split_once("..").and_then(|(before, after)| {
            let before_years = match before.strip_prefix('-') {
                Some(before) => years(before)?,
                // Nothing before today needs no sign.
                None => years(before).filter(|&years| years == 0)?,
            };
            let after_years = years(after.strip_prefix('+').unwrap_or(after))?;
            Some(Window { before_years, after_years })
        });
        window.ok_or_else(|| {
            format!(
                "{text:?} is no window such as -120y..+80y: whole years before today and whole years after, {} at most",
                Window::MOST_YEARS
            )
        })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-{}y..+{}y", self.before_years, self.after_years)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span {
            Span::Years { from, to } => write!(f, "{from} to {to}")?,
            Span::Window(window) => write!(f, "{window} around today")?,
        }
        write!(f, ", {}", self.names(" ").as_deref().unwrap_or("all bodies"))
    }
}

#[cfg(test)]
mod tests;
