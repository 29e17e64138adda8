//! Everything this crate can refuse, each with the remedy and the request parameter that it is about.

use crate::calendar::{Calendar, CivilDate};
use crate::zone::Candidate;

/// Why a date, a zone, a Julian day, a body, an ayanamsa or a star was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no date that the grammar of [`crate::iso`] knows.
    #[error(
        "cannot read the date `{text}` at character {column}: expected {expected}; write it as 2026-03-20T14:33:00Z"
    )]
    Unreadable {
        /// The text, shortened.
        text: String,
        /// Where reading stopped, counted from one.
        column: usize,
        /// What would have been understood there.
        expected: &'static str,
    },

    /// A part of a date or a time lies outside its range.
    #[error("{field} {value} does not exist: give {min} to {max}")]
    Field {
        /// `year`, `month`, `day`, `hour`, `minute`, `second`, `offset hour`, …
        field: &'static str,
        /// What was given.
        value: i64,
        /// The least that exists.
        min: i64,
        /// The greatest that exists.
        max: i64,
    },

    /// The month has no such day in that calendar.
    #[error("{date} does not exist: that month has {days} days in the {calendar} calendar")]
    NoSuchDay {
        /// The date as given.
        date: CivilDate,
        /// The calendar that it was read in.
        calendar: Calendar,
        /// How many days that month has.
        days: u8,
    },

    /// One of the ten days between the calendars, with no calendar named.
    #[error(
        "{date} was skipped when the Gregorian calendar followed the Julian: name one with calendar=gregorian or \
         calendar=julian"
    )]
    SkippedDay {
        /// The date as given.
        date: CivilDate,
    },

    /// A second 60 where UTC has none.
    #[error(
        "{text} is no leap second: they end the days of the leap-second table, at 23:59:60 UTC; give second 0 to 59"
    )]
    NoLeapSecond {
        /// The time as given.
        text: String,
    },

    /// A time of day without `Z`, offset or zone.
    #[error("the time of day has no zone: end it with Z or an offset such as +02:00, or give tz=Area/City")]
    ZoneMissing,

    /// No such time zone.
    #[error("unknown time zone `{name}`{}", did_you_mean(suggestion.as_deref(), "give an IANA name such as Europe/Berlin, or lmt"))]
    UnknownZone {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// `tz=` holds an offset, which belongs into the date.
    #[error("tz takes a zone name, not the offset `{name}`: write the offset at the end of the date")]
    OffsetAsZone {
        /// What was given, shortened.
        name: String,
    },

    /// `tz=lmt` without the longitude that it needs.
    #[error("tz=lmt needs the longitude of the place: give lon, in degrees, east positive")]
    LongitudeMissing,

    /// A longitude that no place has.
    #[error("longitude {lon_deg} is outside −180 to 180 degrees, east positive")]
    Longitude {
        /// What was given, degrees.
        lon_deg: f64,
    },

    /// A local time that the clocks skipped.
    #[error(
        "{local} does not exist in {zone}, whose clocks were put forward over it: give {} or {}",
        candidates[0].utc, candidates[1].utc
    )]
    Gap {
        /// The local time as given.
        local: String,
        /// The zone's name.
        zone: String,
        /// The time read with the offset after the gap and with the one before, earlier instant first.
        candidates: [Candidate; 2],
    },

    /// A local time that the clocks showed twice.
    #[error(
        "{local} happened twice in {zone}, whose clocks were put back: give {} or {}",
        candidates[0].utc, candidates[1].utc
    )]
    Fold {
        /// The local time as given.
        local: String,
        /// The zone's name.
        zone: String,
        /// Both instants, earlier first.
        candidates: [Candidate; 2],
    },

    /// A Julian day that is no number, or beyond every ephemeris.
    #[error("julian day {} cannot be answered: {parameter} takes a number from {min} to {max}", brief(*value))]
    JulianDay {
        /// `jd` or `jd_tt`.
        parameter: &'static str,
        /// What was given.
        value: f64,
        /// The least that is taken.
        min: f64,
        /// The greatest that is taken.
        max: f64,
    },

    /// A line of a leap-second file that is no date.
    #[error("line {line} of the leap-second file is no date: `{text}`; each line takes one such as 20161231")]
    LeapSecondFile {
        /// The line, counted from one.
        line: usize,
        /// What stands there, shortened.
        text: String,
    },

    /// No body, alias or set of that name.
    #[error("unknown body `{name}`{}", did_you_mean(suggestion.as_deref(), "give names such as sun,moon,true_node, a set such as planets, or asteroid:433"))]
    UnknownBody {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// A set where one body is wanted.
    #[error("`{name}` is a set of bodies: name a single one here")]
    SetForBody {
        /// What was given.
        name: String,
    },

    /// A body or set that was named before, perhaps by an alias.
    #[error("`{name}` repeats `{first}`: name each body once")]
    RepeatedBody {
        /// The later name, as given.
        name: String,
        /// The earlier name, as given.
        first: String,
    },

    /// A list without a body, or with nothing between two commas.
    #[error(
        "the list of bodies has an empty entry: give names separated by single commas, or leave bodies out for the ten from sun to pluto"
    )]
    EmptyBody,

    /// `asteroid:` without a number that a minor planet can have.
    #[error(
        "`{text}` names no minor planet: give its number, such as asteroid:433 for Eros, from 1 to {max}"
    )]
    AsteroidNumber {
        /// What was given, shortened.
        text: String,
        /// The greatest number that is taken.
        max: u32,
    },

    /// A step that is none.
    #[error("`{text}` is no step: give {why}")]
    Step {
        /// What was given, shortened.
        text: String,
        /// What a step is.
        why: &'static str,
    },

    /// A step that never ends a series, or shorter or longer than steps can be.
    #[error("`{text}` is no step: give {why}")]
    StepLength {
        /// What was given, shortened.
        text: String,
        /// How long a step is.
        why: &'static str,
    },

    /// A series that ends before it begins.
    #[error("stop is before start: give the earlier of the two as start")]
    Backwards,

    /// No aspect of that name.
    #[error("unknown aspect `{name}`{}", did_you_mean(suggestion.as_deref(), "give names such as square, or major, minor or all"))]
    UnknownAspect {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// No ayanamsa of that name.
    #[error("unknown ayanamsa `{name}`{}", did_you_mean(suggestion.as_deref(), "give a name such as lahiri, a number from 0 to 46, or user:T0,AYAN_T0"))]
    UnknownAyanamsa {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// A number that no ayanamsa has.
    #[error("no ayanamsa has the number {text}: give 0 to {max}, or user:T0,AYAN_T0 for one of your own")]
    AyanamsaNumber {
        /// What was given, shortened.
        text: String,
        /// The greatest number.
        max: u8,
    },

    /// `user:` without a Julian day and an angle.
    #[error(
        "`{text}` defines no ayanamsa: give the epoch as a Julian day TT from -5600000 to 9100000 and the ayanamsa then in degrees, \
         such as user:2415020,22.46"
    )]
    UserAyanamsa {
        /// What was given, shortened.
        text: String,
    },

    /// No star of that name.
    #[error("unknown star `{name}`{}", did_you_mean(suggestion.as_deref(), "give a name such as Spica, or a designation such as alVir, alpha Virginis or 61 Cygni"))]
    UnknownStar {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// A line of the catalogue of fixed stars that is no entry.
    #[error("line {line} of the star catalogue is no entry: {problem}: `{text}`")]
    StarCatalogue {
        /// The line, counted from one.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
        /// What stands there, shortened.
        text: String,
    },
}

impl Error {
    /// The request parameter that the error is about, where it is known: `date`, `calendar`, `tz`, `lon`, `jd`, `jd_tt`,
    /// `bodies`, `ayanamsa`, `stars`, `step` or `stop`.
    #[must_use]
    pub fn parameter(&self) -> Option<&'static str> {
        match self {
            Error::Unreadable { .. }
            | Error::Field { .. }
            | Error::NoSuchDay { .. }
            | Error::SkippedDay { .. }
            | Error::NoLeapSecond { .. }
            | Error::ZoneMissing
            | Error::Gap { .. }
            | Error::Fold { .. } => Some("date"),
            Error::UnknownZone { .. } | Error::OffsetAsZone { .. } => Some("tz"),
            Error::LongitudeMissing | Error::Longitude { .. } => Some("lon"),
            Error::JulianDay { parameter, .. } => Some(parameter),
            Error::LeapSecondFile { .. } | Error::StarCatalogue { .. } => None,
            Error::UnknownBody { .. }
            | Error::SetForBody { .. }
            | Error::RepeatedBody { .. }
            | Error::EmptyBody
            | Error::AsteroidNumber { .. } => Some("bodies"),
            Error::UnknownAyanamsa { .. } | Error::AyanamsaNumber { .. } | Error::UserAyanamsa { .. } => {
                Some("ayanamsa")
            }
            Error::UnknownAspect { .. } => Some("aspects"),
            Error::UnknownStar { .. } => Some("stars"),
            Error::Step { .. } | Error::StepLength { .. } => Some("step"),
            Error::Backwards => Some("stop"),
        }
    }

    /// Both instants of a local time that does not exist or exists twice.
    #[must_use]
    pub fn candidates(&self) -> Option<&[Candidate; 2]> {
        match self {
            Error::Gap { candidates, .. } | Error::Fold { candidates, .. } => Some(candidates),
            _ => None,
        }
    }

    /// The known name nearest to an unknown one.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Error::UnknownZone { suggestion, .. }
            | Error::UnknownBody { suggestion, .. }
            | Error::UnknownAyanamsa { suggestion, .. }
            | Error::UnknownAspect { suggestion, .. }
            | Error::UnknownStar { suggestion, .. } => suggestion.as_deref(),
            _ => None,
        }
    }
}

/// The end of a message about an unknown name.
fn did_you_mean(suggestion: Option<&str>, otherwise: &str) -> String {
    match suggestion {
        Some(name) => format!(": did you mean `{name}`?"),
        None => format!(": {otherwise}"),
    }
}

/// A number as a message may repeat it: no longer than a double's digits.
fn brief(value: f64) -> String {
    if value.abs() < 1e16 { value.to_string() } else { format!("{value:e}") }
}

/// A client's text as a message may repeat it: short, on one line, without control characters.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut out: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_numbers_are_short() {
        assert_eq!(brief(-5_600_000.5), "-5600000.5");
        assert_eq!(brief(1e300), "1e300");
    }

    #[test]
    fn repeated_text_is_short_and_harmless() {
        assert_eq!(shown("plutto"), "plutto");
        assert_eq!(shown("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(shown(&"x".repeat(100_000)).chars().count(), 49);
    }
}
