//! What `/v1/eclipses/{id}…` is asked: which eclipse, seen from where.

use std::fmt;
use std::ops::Range;

use orrery_almanac::{DayNumber, Moment, Site, iso};

use super::events::Eclipsed;
use super::params::Params;
use super::time::Clock;
use super::view::site;
use super::{Air, Fields, Observer, SkyQuery, View};
use crate::wire::problem::{Code, Problem, shown};

/// Minutes between the outlines of a map unless others are asked for.
pub(crate) const DEFAULT_STEP_MIN: u32 = 15;

/// The most.
pub(crate) const MOST_STEP_MIN: u32 = 120;

/// The name of an eclipse: what is eclipsed, and the date of the greatest phase in TT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EclipseId {
    pub(crate) eclipsed: Eclipsed,
    pub(crate) day: DayNumber,
}

/// Everything that is asked of an eclipse.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EclipseQuery {
    pub(crate) id: EclipseId,
    /// Who may answer, and how numbers are written.
    pub(crate) sky: SkyQuery,
    pub(crate) clock: Clock,
    /// From where it is seen.
    pub(crate) site: Option<Site>,
    /// Minutes between the outlines of a map.
    pub(crate) step_min: Option<u32>,
}

impl EclipseId {
    /// Reads a name.
    pub(crate) fn parse(text: &str) -> Result<EclipseId, Problem> {
        let unknown = |hint: String| {
            Problem::new(Code::UnknownEclipse, format!("{} is no name of an eclipse", shown(text)))
                .parameter("id")
                .hint(hint)
        };
        let form =
            || unknown("write it as solar-2026-08-12 or lunar-2026-03-03: /v1/eclipses lists them".into());
        let (word, date) = text.split_once('-').ok_or_else(form)?;
        let eclipsed = Eclipsed::WORDS.iter().find(|(known, _)| *known == word).ok_or_else(form)?.1;
        match iso::parse(date) {
            Ok(Moment::Day(date)) => {
                let day = date.day_number(None).map_err(|error| unknown(error.to_string()))?;
                Ok(EclipseId { eclipsed, day })
            }
            _ => Err(form()),
        }
    }

    /// When it is greatest, if there is one: Julian days of TT.
    pub(crate) fn range(self) -> Range<f64> {
        let start = self.day.midnight_jd();
        start..start + 1.0
    }
}

impl fmt::Display for EclipseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.eclipsed.name(), self.day.civil(None))
    }
}

impl EclipseQuery {
    /// Reads the parameters of what does not depend on a place.
    pub(crate) fn new(params: &Params<'_>) -> Result<EclipseQuery, Problem> {
        EclipseQuery::of(params, None)
    }

    /// The same of what does.
    pub(crate) fn from_place(params: &Params<'_>) -> Result<EclipseQuery, Problem> {
        let missing = ["lat", "lon"].into_iter().find(|name| params.get(name).is_none());
        if let Some(name) = missing {
            return Err(Problem::new(Code::MissingParameter, format!("{name} is missing"))
                .parameter(name)
                .hint("give the place: lat and lon in degrees, north and east positive, and alt in metres"));
        }
        EclipseQuery::of(params, Some(site(params)?))
    }

    /// The same of a map.
    pub(crate) fn with_steps(params: &Params<'_>) -> Result<EclipseQuery, Problem> {
        let mut query = EclipseQuery::of(params, None)?;
        match (query.id.eclipsed, query.step_min) {
            (Eclipsed::Solar, None) => query.step_min = Some(DEFAULT_STEP_MIN),
            (Eclipsed::Lunar, Some(_)) => {
                return Err(Problem::new(
                    Code::Contradiction,
                    "step is how often the Moon's shadow is outlined on the Earth, which it meets at eclipses of the Sun alone",
                )
                .parameter("step")
                .hint("leave step out"));
            }
            _ => {}
        }
        Ok(query)
    }

    fn of(params: &Params<'_>, site: Option<Site>) -> Result<EclipseQuery, Problem> {
        // Eclipses are the Earth's; from the place the Moon is seen over its horizon.
        let view = View { observer: site.map_or_else(Observer::default, Observer::Topo), ..View::default() };
        Ok(EclipseQuery {
            id: EclipseId::parse(params.get("id").unwrap_or_default())?,
            sky: SkyQuery::with(params, view, Fields::NONE, Air::default())?,
            clock: Clock::parse(params, site)?,
            site,
            step_min: params.count("step", 1, MOST_STEP_MIN)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in ["solar-2026-08-12", "lunar-1582-10-04", "solar--0043-03-15", "lunar-+12026-01-01"] {
            let id = EclipseId::parse(name).unwrap();
            assert_eq!(id.to_string(), name);
            assert_eq!(id.range().end - id.range().start, 1.0);
        }
        assert_eq!(EclipseId::parse("solar-2000-01-01").unwrap().range(), 2_451_544.5..2_451_545.5);
    }

    #[test]
    fn what_is_no_name_is_refused_with_what_one_looks_like() {
        for name in [
            "",
            "solar",
            "2026-08-12",
            "sun-2026-08-12",
            "Solar-2026-08-12",
            "lunar-2026-13-01",
            "solar-2026-08-12T00:00Z",
        ] {
            let problem = EclipseId::parse(name).unwrap_err();
            assert_eq!(
                (problem.code, problem.parameter.as_deref()),
                (Code::UnknownEclipse, Some("id")),
                "{name}"
            );
            assert!(problem.hint.as_deref().unwrap().contains("solar-2026-08-12"), "{name}");
        }
        for (name, hint) in [("solar-2026-02-30", "28 days"), ("lunar-1582-10-10", "1582")] {
            let problem = EclipseId::parse(name).unwrap_err();
            assert!(problem.hint.as_deref().unwrap().contains(hint), "{problem:?}");
        }
    }
}
