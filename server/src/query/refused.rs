//! What a client is told of what the almanac refuses: dates, zones, bodies.

use orrery_almanac::Error;

use crate::wire::problem::{Code, Problem};

const STEP: &str =
    "give a length such as 90s, 15m, 6h, 1d, 2w, 3mo or 10y, or a number of intervals such as 100";

const ORBS: &str =
    "give names of aspects, bodies or angles, each with degrees from 0 to 30, such as conjunction:8,sun:10";

const FEWER_PATTERNS: &str = "give narrower orbs, such as orbs=trine:8,sextile:4, or fewer bodies, angles or aspects; or leave patterns out of include";

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let (code, hint): (Code, Option<&'static str>) = match &error {
            Error::Unreadable { .. } => (Code::InvalidValue, Some("write it as 2026-03-20T14:33:00Z")),
            Error::Field { .. } | Error::NoSuchDay { .. } | Error::NoLeapSecond { .. } => {
                (Code::NoSuchDate, Some("give a date and time that exist in the calendar used"))
            }
            Error::SkippedDay { .. } => (Code::NoSuchDate, Some("add calendar=gregorian or calendar=julian")),
            Error::ZoneMissing => (
                Code::ZoneMissing,
                Some(
                    "end the date with Z or an offset such as +02:00, or add tz=Area/City, or tz=lmt with lon",
                ),
            ),
            Error::Gap { .. } => {
                (Code::LocalTimeGap, Some("give one of the candidates as the date, without tz"))
            }
            Error::Fold { .. } => {
                (Code::LocalTimeFold, Some("give one of the candidates as the date, without tz"))
            }
            Error::UnknownZone { .. } => {
                (Code::UnknownZone, Some("give an IANA name such as Europe/Berlin, or lmt with lon"))
            }
            Error::OffsetAsZone { .. } => {
                (Code::UnknownZone, Some("write the offset at the end of the date, with %2B for +"))
            }
            Error::LongitudeMissing => (Code::Contradiction, Some("add lon, in degrees, east positive")),
            Error::Longitude { .. } | Error::JulianDay { .. } => {
                (Code::OutOfRange, Some("give a number within that range"))
            }
            Error::UnknownBody { .. } => (
                Code::UnknownBody,
                Some("give names such as sun,moon,true_node, a set such as planets, or asteroid:433"),
            ),
            Error::AsteroidNumber { .. } => {
                (Code::UnknownBody, Some("give its number, such as asteroid:433"))
            }
            Error::RepeatedBody { .. } => (Code::RepeatedBody, Some("name each body once")),
            Error::EmptyBody => {
                (Code::EmptyParameter, Some("separate names by single commas, or leave bodies out"))
            }
            Error::UnknownAyanamsa { .. } | Error::AyanamsaNumber { .. } => (
                Code::UnknownValue,
                Some(
                    "give a name such as lahiri, a number from 0 to 46, or user:T0,AYAN_T0; /v1/ayanamsas lists all",
                ),
            ),
            Error::UnknownStar { .. } => (
                Code::UnknownStar,
                Some("give names such as Spica,alpha Centauri,61 Cygni, or magnitude=2 for the brightest"),
            ),
            Error::Step { .. } => (Code::InvalidValue, Some(STEP)),
            Error::StepLength { .. } => (Code::OutOfRange, Some(STEP)),
            Error::Backwards => (Code::OutOfRange, Some("give the earlier of the two as start")),
            Error::UserAyanamsa { .. } => (
                Code::InvalidValue,
                Some("give the epoch as a Julian day TT and the ayanamsa then, such as user:2415020,22.46"),
            ),
            _ => of_charts(&error),
        };
        let mut problem = Problem::new(code, error.to_string());
        problem.hint = match error.suggestion() {
            Some(name) => Some(format!("did you mean {name}?").into()),
            None => hint.map(Into::into),
        };
        problem.parameter = error.parameter().map(Into::into);
        problem
    }
}

/// The same of what is refused of charts; of the rest numbers are out of range.
fn of_charts(error: &Error) -> (Code, Option<&'static str>) {
    match error {
        Error::UnknownHouseSystem { .. } => (
            Code::UnknownValue,
            Some("give a name such as placidus or whole_sign, or its letter; /v1/houses lists all"),
        ),
        Error::NoHouses { .. } => {
            (Code::NoHouses, Some("give house_system=porphyry or whole_sign, or fallback=porphyry"))
        }
        Error::HouseSystemsDiffer { .. } => {
            (Code::Contradiction, Some("give both charts the same house_system"))
        }
        Error::NoSunDeclination { .. } => (Code::Contradiction, Some("give another house_system")),
        Error::UnknownAspect { .. } => {
            (Code::UnknownValue, Some("give names such as square, or major, minor or all"))
        }
        Error::UnknownPoint { .. } => (Code::UnknownValue, Some("give names such as sun, ascendant or mc")),
        Error::Orb { .. } => (Code::InvalidValue, Some(ORBS)),
        Error::UnknownOrb { .. } => (Code::UnknownValue, Some(ORBS)),
        Error::RepeatedOrb { .. } => (Code::RepeatedField, Some("give each of them one orb")),
        Error::UnknownOrbRule { .. } => {
            (Code::UnknownValue, Some("give orb_by=aspect, orb_by=body or orb_by=moiety"))
        }
        Error::UnknownLot { .. } => {
            (Code::UnknownLot, Some("give names such as fortune,spirit, a set such as hermetic, or all"))
        }
        Error::EmptyLot => (Code::EmptyParameter, Some("separate names by single commas, or leave lots out")),
        Error::LotFormula { .. } => (
            Code::InvalidFormula,
            Some("give a name and a formula, such as formula=mine:ascendant%2Bmoon-sun"),
        ),
        Error::LotLacks { .. } => {
            (Code::NoLot, Some("leave the lot out, or take a house system of 12 houses"))
        }
        Error::LotFails { .. } => (Code::NoLot, Some("leave the lot out, or change its formula")),
        Error::TooManyPatterns { .. } => (Code::OutOfRange, Some(FEWER_PATTERNS)),
        Error::Antipodes => (Code::Meaningless, Some("give half_way=coordinates")),
        _ => (Code::OutOfRange, None),
    }
}
