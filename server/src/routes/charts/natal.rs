//! What the routes of charts in time take, and the schemas that they share.

use orrery_almanac::progressions::{AngleMethod, ArcKey, Kind, Year};
use orrery_almanac::transits::Motion;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::schemas;
use crate::query::{
    LIMITS, MOST_CHART_BODIES, MOST_PARTS, MOST_RETURNS, NATAL, Parameter, Takes, USUAL_ORB_DEG,
};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::schema::{named, nullable, text_or_null, words};
use crate::routes::parameters as general;

/// A body that is not one of a list.
const BODY_FORM: &str = "^[A-Za-z0-9_:]+$";

pub(super) const TRANSITING: Parameter = Parameter::new(
    "bodies",
    "Which bodies go over the chart: names as a chart's `bodies` has them, 50 at most. They are seen from the Earth's centre, in the \
     zodiac of the chart.",
)
.taking(general::BODIES.takes)
.by_default("sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto")
.such_as(&["jupiter,saturn,uranus,neptune,pluto"]);

const _: () = assert!(MOST_CHART_BODIES == 50, "the text above says so");

pub(super) const ANGLES: Parameter = Parameter::new(
    "angles",
    "Which angles of the chart are met, beside its bodies; `none` for none. Which bodies are met, `bodies` of the chart says.",
)
.taking(Takes::Names(|| named("AngleOrNone")))
.by_default("ascendant,mc")
.such_as(&["ascendant,mc,vertex", "none"]);

pub(super) const TRANSIT_ORB: Parameter = Parameter::new(
    "orb",
    "`begin` and `end` of each transit say since when and until when the body is within so much of being exact, and stations within it \
     are told; null where that is beyond what is known. With 0, neither is told, but for aspects that `orbs` names.",
)
.taking(listed::ORB.takes)
.by_default("1")
.such_as(&["1.5", "0"]);

pub(super) const ORBS: Parameter = Parameter::new(
    "orbs",
    "Orbs of certain aspects instead of `orb`, degrees up to 30. In a body of JSON an object may say it: `{\"conjunction\": 2}`.",
)
.taking(super::parameters::ORBS.takes)
.such_as(&["conjunction:2,sextile:0.5"]);

pub(super) const INCLUDE_HOUSES: Parameter = Parameter::new(
    "include_houses",
    "Whether it is told when bodies go from house to house of the chart, in `house_ingresses`.",
)
.taking(Takes::Truth)
.by_default("false");

pub(super) const LIMIT: Parameter = Parameter::new(
    "limit",
    "How many of what is found in time a reply has at most, transits and ingresses together, and whatever happens within a second of the last. Where there are more, \
     `next_start` says from when on to ask for them.",
)
.taking(Takes::Count { least: 1, most: LIMITS.0 })
.by_default("1000")
.such_as(&["100"]);

const _: () = assert!(LIMITS.1 == 1_000, "the default above says so");

pub(super) const BODY: Parameter =
    Parameter::new("body", "What comes back: `sun` for solar returns, `moon` for lunar ones, any body.")
        .taking(Takes::Text(BODY_FORM))
        .by_default("sun")
        .such_as(&["moon", "saturn"]);

pub(super) const MINUS: Parameter = Parameter::new(
    "minus",
    "A body that `body` is ahead of, where that angle is what comes back: with `body=moon` and `minus=sun`, the Moon's phase.",
)
.taking(Takes::Text(BODY_FORM))
.such_as(&["sun"]);

pub(super) const PRECESSION_CORRECTED: Parameter = Parameter::new(
    "precession_corrected",
    "Whether the body comes back to where it was among the stars: its longitude is then counted from the mean equinox of birth, \
     rather than in the zodiac. In a sidereal zodiac it does so anyhow.",
)
.taking(Takes::Truth)
.by_default("false");

pub(super) const PARTS: Parameter = Parameter::new(
    "parts",
    "Into how many parts the circle is divided, each of which is a return: 2 for half returns as well, 4 for quarters.",
)
.taking(Takes::Count { least: 1, most: MOST_PARTS })
.by_default("1")
.such_as(&["2", "4"]);

pub(super) const COUNT: Parameter =
    Parameter::new("count", "With `after` and `before`: how many. Left out, it is 1: the next, or the last.")
        .taking(Takes::Count { least: 1, most: MOST_RETURNS })
        .such_as(&["1", "25"]);

pub(super) const CHARTS: Parameter = Parameter::new(
    "charts",
    "Whether each return has its `chart`, cast as the natal one is, over `lat` and `lon`.",
)
.taking(Takes::Truth)
.by_default("true");

pub(super) const RETURN_LAT: Parameter = Parameter::new(
    "lat",
    "Geographic latitude of the place of the returns, north is positive. Left out, they are where the chart is.",
)
.taking(super::parameters::LAT.takes)
.or_called(&["latitude"])
.such_as(&["40.71"]);

pub(super) const RETURN_LON: Parameter =
    Parameter::new("lon", "Its geographic longitude; east is positive. `tz=lmt` is its local mean time.")
        .taking(super::parameters::LON.takes)
        .or_called(&["lng", "longitude"])
        .such_as(&["-74.01"]);

pub(super) const RETURN_ALT: Parameter =
    Parameter::new("alt", "Its height above the ellipsoid; left out, it is 0.")
        .taking(general::ALT.takes)
        .such_as(&["10"]);

pub(super) const RETURN_HOUSE_SYSTEM: Parameter = Parameter::new(
    "house_system",
    "How the sky over the returns is divided into houses. Left out, it is as over the chart, or by Placidus where that has no houses.",
)
.taking(super::parameters::HOUSE_SYSTEM.takes)
.or_called(super::parameters::HOUSE_SYSTEM.aliases)
.such_as(&["whole_sign"]);

pub(super) const RETURN_FALLBACK: Parameter = Parameter::new(
    "fallback",
    "The house system that divides the sky over the returns where `house_system` fails. Left out, it is the chart's, if that names one.",
)
.taking(super::parameters::FALLBACK.takes)
.such_as(&["porphyry"]);

pub(super) const PROGRESSED_START: Parameter = Parameter::new(
    "start",
    "With `stop`, at most 200 years of life: it is told in `aspects_in_time` when progressed bodies and directed points are at aspects to \
     the points of the chart. Given as that of `/v1/transits` is.",
)
.taking(listed::START.takes)
.such_as(&["2026-01-01"]);

pub(super) const PROGRESSED_STOP: Parameter = listed::STOP.such_as(&["2036-01-01"]);

pub(super) const METHOD: Parameter = Parameter::new(
    "method",
    "Which time stands for which: a day for a year (`secondary`), a day for a tropical month (`tertiary`), a tropical month for a \
     year (`minor`).",
)
.taking(Takes::Words(&[Kind::Secondary.name(), Kind::Tertiary.name(), Kind::Minor.name()]))
.by_default("secondary");

pub(super) const CONVERSE: Parameter =
    Parameter::new("converse", "Whether the progressed sky goes back from birth as life goes on.")
        .taking(Takes::Truth)
        .by_default("false");

pub(super) const YEAR: Parameter = Parameter::new("year", "How long a year of life is.")
    .taking(Takes::Words(&[
        Year::Tropical.name(),
        Year::Julian.name(),
        Year::Gregorian.name(),
        Year::Sidereal.name(),
    ]))
    .by_default("tropical");

pub(super) const ANGLE_METHOD: Parameter = Parameter::new(
    "angle_method",
    "How the angles and houses move on: the right ascension that culminates by what the mean Sun goes (`naibod`), by what the \
     Sun's own has grown (`solar_arc_ra`); the midheaven in longitude by what the Sun has gone (`solar_arc`); the angles of the \
     progressed instant itself (`true_quotidian`), or by the mean rotation of the Earth (`mean_quotidian`).",
)
.taking(Takes::Words(&[
    AngleMethod::Naibod.name(),
    AngleMethod::SolarArc.name(),
    AngleMethod::SolarArcRightAscension.name(),
    AngleMethod::TrueQuotidian.name(),
    AngleMethod::MeanQuotidian.name(),
]))
.by_default("naibod");

pub(super) const ARC: Parameter = Parameter::new(
    "arc",
    "By which arc all points are directed: what the secondary progressed Sun has gone (`solar_arc`), 0° 59′ 08.33″ a year \
     (`naibod`), or a degree a year (`ptolemy`).",
)
.taking(Takes::Words(&[ArcKey::SolarArc.name(), ArcKey::Naibod.name(), ArcKey::Ptolemy.name()]))
.by_default("solar_arc");

pub(super) const PROGRESSED_ORB: Parameter = Parameter::new(
    "orb",
    "How far from exact the aspects of progressed and directed points to the chart may be.",
)
.taking(listed::ORB.takes)
.by_default("1")
.such_as(&["1.5"]);

const _: () = assert!(USUAL_ORB_DEG == 1.0, "the default above says so");

/// The schema of a body with a chart, and of what is asked of it. `needed` has those members that it does not go without.
pub(super) fn request(about: &str, parameters: &[Parameter], needed: &[&str]) -> Schema {
    match schemas::request(about, parameters) {
        Schema::Object(mut object) => {
            object.properties.insert(NATAL.to_owned(), named("CastRequest"));
            object.required.extend([NATAL].iter().chain(needed).map(|name| (*name).to_owned()));
            Schema::Object(object)
        }
        other => other,
    }
}

/// How what moves meets what it is told of.
pub(super) fn contact() -> RefOr<Schema> {
    words(
        "The aspect is exact; or the body turns, as near as it comes within an orb in which it is never exact (`closest`), or in the \
         course of an aspect that comes nearer (`station`).",
        ["exact", "closest", "station"],
    )
}

/// Which way a body goes.
pub(super) fn motion() -> RefOr<Schema> {
    words("Which way it goes.", [Motion::Direct, Motion::Retrograde, Motion::Stationary].map(Motion::name))
}

/// What is told of an exact aspect, or of one with an orb, beside where and when it is.
pub(super) fn passage() -> [(&'static str, RefOr<Schema>); 4] {
    let instant = |about: &str| nullable(named("EventInstant"), about);
    [
        ("pass", passes("Of what is exact: which pass of those that belong together.")),
        ("passes", passes("How many belong together.")),
        ("begin", instant("Where it has an orb: since when it is within it; null beyond what is known.")),
        ("end", instant("Until when; null beyond what is known.")),
    ]
}

/// The number of a pass, and how many there are.
pub(super) fn passes(about: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some(about))
        .minimum(Some(1))
        .examples([1])
        .into()
}

/// Where to go on from what was told of returns.
pub(super) fn next_returns() -> [RefOr<Schema>; 2] {
    [
        text_or_null(
            "Where there are more than one reply has, or fewer than `count` were found as far as was looked: the `start` or the `after` to \
             go on with. Null otherwise.",
            "jd_tt:2461120.5",
        ),
        text_or_null(
            "With `before`, in place of `next_start`: where fewer than `count` were found as far back as was looked, the `before` to go on \
             with. Null otherwise.",
            "jd_tt:2461120.5",
        ),
    ]
}

/// Where to go on.
pub(super) fn next_start() -> RefOr<Schema> {
    text_or_null(
        "Where there are more than one reply has: the `start` to ask for them with, all else as it was. Null otherwise.",
        "jd_tt:2461120.5",
    )
}
