//! Everything this crate can refuse, each with the remedy and the request parameter that it is about.

use crate::calendar::{Calendar, CivilDate};
use crate::houses::HouseSystem;
use crate::zone::Candidate;

/// Why a date, a zone, a Julian day, a body, an ayanamsa, a star, a lot or a house system was refused.
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

    /// No body or angle of that name.
    #[error("unknown point `{name}`{}", did_you_mean(suggestion.as_deref(), "give the name of a body or of an angle, such as sun, ascendant or mc"))]
    UnknownPoint {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// An orb without a name, or without degrees that an orb can have.
    #[error(
        "`{text}` is no orb: give a name and degrees from 0 to {most_deg}, such as conjunction:8,sun:10,ascendant:3"
    )]
    Orb {
        /// What was given, shortened.
        text: String,
        /// The widest orb that is taken, degrees.
        most_deg: f64,
    },

    /// An orb of something that is no aspect, body or angle.
    #[error("unknown name of an orb `{name}`{}", did_you_mean(suggestion.as_deref(), "give names of aspects, bodies or angles, such as conjunction:8,sun:10,ascendant:3"))]
    UnknownOrb {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// Two orbs of one thing, perhaps by an alias.
    #[error("`{name}` has an orb already: give each one orb")]
    RepeatedOrb {
        /// The later name, as given.
        name: String,
    },

    /// No rule of orbs of that name.
    #[error("unknown rule of orbs `{name}`: give aspect, body or moiety")]
    UnknownOrbRule {
        /// What was given, shortened.
        name: String,
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

    /// No house system of that letter or name.
    #[error("unknown house system `{name}`{}", did_you_mean(suggestion.as_deref(), "give a name such as placidus or whole_sign, or the letter that the Swiss Ephemeris has for it"))]
    UnknownHouseSystem {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// A latitude at which a house system does not divide the sky.
    #[error(
        "there are no {system} houses at latitude {latitude_deg}: {}; give another system, such as porphyry or whole_sign, or \
         fallback=porphyry",
        no_houses(*limit_deg)
    )]
    NoHouses {
        /// The system.
        system: HouseSystem,
        /// The latitude, degrees.
        latitude_deg: f64,
        /// How far from the equator the system fails, degrees; `None` where it fails on that latitude alone, at which the Sun
        /// touches the horizon.
        limit_deg: Option<f64>,
    },

    /// Sunshine houses without the declination that they begin with.
    #[error("{system} houses are made from the Sun's declination: give that too")]
    NoSunDeclination {
        /// The system.
        system: HouseSystem,
    },

    /// A number that no sky has.
    #[error("{what} {} is none that a sky can have: give {min} to {max} degrees", brief(*value))]
    LocalSky {
        /// What it is about.
        what: &'static str,
        /// What was given, degrees.
        value: f64,
        /// The least that is taken.
        min: f64,
        /// The greatest that is taken.
        max: f64,
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

    /// Something in a file of lots that makes no lot.
    #[error("{file}, line {line}, column {column}: {}{problem}", of_lot(lot.as_deref()))]
    LotBook {
        /// What the file is called.
        file: String,
        /// The line, counted from one.
        line: usize,
        /// The character in it, counted from one.
        column: usize,
        /// The lot that it is about, where it is about one.
        lot: Option<String>,
        /// What is wrong, and what to do.
        problem: String,
    },

    /// A lot of somebody's own that is none.
    #[error("the lot `{lot}`{}: {problem}", at_character(*character))]
    LotFormula {
        /// The lot, shortened.
        lot: String,
        /// The character of its formula at which it shows, counted from one, where it is about the formula.
        character: Option<usize>,
        /// What is wrong, and what to do.
        problem: String,
    },

    /// No lot, alias or set of that name.
    #[error("unknown lot `{name}`{}", did_you_mean(suggestion.as_deref(), "give names such as fortune,spirit, a set such as hermetic, or all"))]
    UnknownLot {
        /// What was given, shortened.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },

    /// A list without a lot, or with nothing between two commas.
    #[error(
        "the list of lots has an empty entry: give names separated by single commas, such as fortune,spirit"
    )]
    EmptyLot,

    /// A lot needs what is not known of the chart.
    #[error(
        "the lot `{lot}` needs {needs}, which is not known here: give the time and the place, or leave the lot out"
    )]
    LotLacks {
        /// The lot.
        lot: String,
        /// What its formula names.
        needs: String,
        /// Whether a query has brought it along.
        is_own: bool,
    },

    /// A lot's formula comes to no number for a chart.
    #[error("the lot `{lot}` {why} here: change its formula, or leave it out")]
    LotFails {
        /// The lot.
        lot: String,
        /// What its formula does.
        why: &'static str,
        /// Whether a query has brought it along.
        is_own: bool,
    },

    /// Aspects that make more figures than are told.
    #[error("the aspects make more than {most} figures: take narrower orbs, or fewer points or aspects")]
    TooManyPatterns {
        /// How many are told at most.
        most: usize,
    },

    /// Two charts of which houses are to be made, divided in two ways.
    #[error("the first chart has {first} houses and the second {second}: ask for both in one house system")]
    HouseSystemsDiffer {
        /// The first chart's system.
        first: HouseSystem,
        /// The second chart's.
        second: HouseSystem,
    },

    /// Two places at opposite ends of the Earth, between which no way is shorter than all others.
    #[error(
        "the places of the two charts are opposite to each other on the globe, with nothing half way: take the mean of their coordinates"
    )]
    Antipodes,
}

impl Error {
    /// The request parameter that the error is about, where it is known: `date`, `calendar`, `tz`, `lon`, `jd`, `jd_tt`,
    /// `bodies`, `ayanamsa`, `stars`, `aspects`, `points`, `orbs`, `orb_by`, `house_system`, `lots`, `formula`, `step` or `stop`.
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
            Error::LeapSecondFile { .. }
            | Error::StarCatalogue { .. }
            | Error::NoSunDeclination { .. }
            | Error::LocalSky { .. }
            | Error::LotBook { .. }
            | Error::Antipodes => None,
            Error::UnknownBody { .. }
            | Error::SetForBody { .. }
            | Error::RepeatedBody { .. }
            | Error::EmptyBody
            | Error::AsteroidNumber { .. } => Some("bodies"),
            Error::UnknownAyanamsa { .. } | Error::AyanamsaNumber { .. } | Error::UserAyanamsa { .. } => {
                Some("ayanamsa")
            }
            Error::UnknownAspect { .. } => Some("aspects"),
            Error::UnknownPoint { .. } => Some("points"),
            Error::Orb { .. }
            | Error::UnknownOrb { .. }
            | Error::RepeatedOrb { .. }
            | Error::TooManyPatterns { .. } => Some("orbs"),
            Error::UnknownOrbRule { .. } => Some("orb_by"),
            Error::UnknownStar { .. } => Some("stars"),
            Error::UnknownHouseSystem { .. } | Error::NoHouses { .. } | Error::HouseSystemsDiffer { .. } => {
                Some("house_system")
            }
            Error::LotFormula { .. }
            | Error::LotLacks { is_own: true, .. }
            | Error::LotFails { is_own: true, .. } => Some("formula"),
            Error::UnknownLot { .. } | Error::EmptyLot | Error::LotLacks { .. } | Error::LotFails { .. } => {
                Some("lots")
            }
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
            | Error::UnknownPoint { suggestion, .. }
            | Error::UnknownOrb { suggestion, .. }
            | Error::UnknownStar { suggestion, .. }
            | Error::UnknownLot { suggestion, .. }
            | Error::UnknownHouseSystem { suggestion, .. } => suggestion.as_deref(),
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

/// Why a house system does not divide the sky.
fn no_houses(limit_deg: Option<f64>) -> String {
    match limit_deg {
        Some(limit_deg) => format!("they need one nearer to the equator than {limit_deg:.4}°"),
        None => "there the Sun touches the horizon and does not cross it".to_owned(),
    }
}

/// The beginning of a message about a lot of a file.
fn of_lot(lot: Option<&str>) -> String {
    lot.map_or_else(String::new, |lot| format!("lot `{lot}`: "))
}

/// Where in a formula something is.
fn at_character(character: Option<usize>) -> String {
    character.map_or_else(String::new, |character| format!(", character {character} of its formula"))
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
