//! What the Moon's lists take and give.

use utoipa::openapi::Schema;

use crate::query::{Parameter, Takes};
use crate::routes::listing::parameters::{
    AFTER, ASPECTS, BEFORE, COUNT, CURSOR, FORMAT, LIMIT, LON, MONTH, NAKSHATRA_AYANAMSA, START, STOP, TZ,
    YEAR,
};
use crate::routes::listing::{FORMATS, schemas};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{
    count_from, list, named, number, number_from, number_or_null, object, text, words,
};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters::{self, AYANAMSA, BODIES, PRECISION, SOURCE, ZODIAC};
use crate::wire::media::Format;

/// The parameters of `/v1/moon/phases`.
pub(super) const PHASE_PARAMETERS: &[Parameter] = &[
    START,
    STOP,
    YEAR,
    MONTH,
    AFTER,
    BEFORE,
    COUNT,
    ZODIAC,
    AYANAMSA,
    LIMIT,
    CURSOR,
    parameters::CALENDAR,
    TZ,
    LON,
    SOURCE,
    PRECISION,
    FORMAT,
];

/// The parameters of `/v1/moon/void-of-course`.
pub(super) const VOID_PARAMETERS: &[Parameter] = &[
    START,
    STOP,
    YEAR,
    MONTH,
    AFTER,
    BEFORE,
    COUNT,
    VOID_BODIES,
    ASPECTS,
    ZODIAC,
    AYANAMSA,
    LIMIT,
    CURSOR,
    parameters::CALENDAR,
    TZ,
    LON,
    SOURCE,
    PRECISION,
    FORMAT,
];

/// The parameters of `/v1/moon/calendar`.
pub(super) const CALENDAR_PARAMETERS: &[Parameter] = &[
    YEAR,
    MONTH,
    FIRST_DAY,
    LAST_DAY,
    parameters::CALENDAR,
    parameters::DAY_TZ,
    PLACE_LAT,
    PLACE_LON,
    PLACE_ALT,
    ZODIAC,
    AYANAMSA,
    COUNTED_IN,
    SOURCE,
    PRECISION,
    parameters::FORMAT,
];

const DAY_FORM: &str = "^([0-9]{4}|[+ -][0-9]{4,6})-[0-9]{2}-[0-9]{2}$";

const FIRST_DAY: Parameter = Parameter::new(
    "start",
    "The first day, a date by the clock of `tz`, in the place of `year` and `month`.",
)
.taking(Takes::Text(DAY_FORM))
.such_as(&["2026-03-01"]);

const LAST_DAY: Parameter = Parameter::new("stop", "The day after the last. There are 366 days at most.")
    .taking(Takes::Text(DAY_FORM))
    .such_as(&["2026-04-01"]);

/// The zodiac of nakshatras.
const COUNTED_IN: Parameter = Parameter {
    about: "The sidereal zodiac that nakshatras are counted in, as `ayanamsa` names it. Left out, it is that of `ayanamsa`, or \
            `lahiri` where the zodiac is tropical.",
    ..NAKSHATRA_AYANAMSA
};

const PLACE_LAT: Parameter = Parameter {
    about: "Geographic latitude of a place, north is positive: with it and `lon`, rise and set are told.",
    is_needed: false,
    ..parameters::SITE_LAT
};

const PLACE_LON: Parameter = Parameter {
    about: "Geographic longitude of the place, or of the one whose local mean time `tz=lmt` is; east is positive.",
    is_needed: false,
    ..parameters::SITE_LON
};

const PLACE_ALT: Parameter = Parameter {
    about: "Height of the place above the ellipsoid; left out, it is 0.",
    ..parameters::SITE_ALT
};

/// Whose aspects count.
const VOID_BODIES: Parameter =
    Parameter { about: "With which bodies an aspect of the Moon counts; itself aside.", ..BODIES };

/// The documentation of `/v1/moon/phases`.
pub(crate) const PHASES: Spec = Spec {
    id: "getMoonPhases",
    tag: Tag::Sky,
    summary: "New and full moons and the quarters",
    about: "When the Moon is 0°, 90°, 180° and 270° ahead of the Sun in apparent ecliptic longitude: of a month or a year, \
            between two instants, or so many after or before one.",
    parameters: PHASE_PARAMETERS,
    examples: &[
        Example {
            about: "The phases of a month in New York",
            query: "year=2026&month=3&tz=America/New_York",
        },
        Example { about: "The next four", query: "count=4" },
        Example { about: "Those of a year, for a calendar program", query: "year=2027&format=ics" },
    ],
    body: None,
    formats: FORMATS,
    reply: "MoonPhases",
    reply_about: "The phases, in the order of time.",
    fields: header::OF_STREAMED,
    refusals: OF_THE_SKY,
    schemas: phases,
};

/// The documentation of `/v1/moon/void-of-course`.
pub(crate) const VOID: Spec = Spec {
    id: "getMoonVoidOfCourse",
    tag: Tag::Sky,
    summary: "When the Moon is void of course",
    about: "From the last exact aspect that the Moon makes in a sign, or from its entry if it makes none, until it enters the next. \
            Unless `bodies` and `aspects` say otherwise, the five aspects of Ptolemy with Sun to Pluto count. A period belongs to \
            the range that it begins in.",
    parameters: VOID_PARAMETERS,
    examples: &[
        Example { about: "The periods of a month in London", query: "year=2026&month=3&tz=Europe/London" },
        Example {
            about: "As it was reckoned before Uranus was known",
            query: "after=2026-01-01&count=5&bodies=sun,mercury,venus,mars,jupiter,saturn",
        },
        Example { about: "A year's, for a calendar program", query: "year=2027&format=ics" },
    ],
    body: None,
    formats: FORMATS,
    reply: "MoonVoids",
    reply_about: "The periods, in the order of time.",
    fields: header::OF_STREAMED,
    refusals: OF_THE_SKY,
    schemas: voids,
};

/// The documentation of `/v1/moon/calendar`.
pub(crate) const CALENDAR: Spec = Spec {
    id: "getMoonCalendar",
    tag: Tag::Sky,
    summary: "The Moon day by day",
    about: "Of each day of a month, or between two dates, by the clock of `tz`: what the Moon is when the day begins, and what \
            happens in it. Where a place is given, also when the Moon rises and sets there, by the upper limb at a level \
            horizon. Without any date it is the month that it is.",
    parameters: CALENDAR_PARAMETERS,
    examples: &[
        Example {
            about: "A month in New York, with rise and set",
            query: "year=2026&month=3&tz=America/New_York&lat=40.71&lon=-74.01",
        },
        Example { about: "This month, by the clock of Greenwich", query: "" },
        Example {
            about: "A week of the sidereal Moon in Kolkata",
            query: "start=2026-03-01&stop=2026-03-08&tz=Asia/Kolkata&zodiac=sidereal&ayanamsa=lahiri",
        },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "MoonCalendar",
    reply_about: "The days, in the order of time.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas: calendar,
};

/// What the Moon is called: by its phases and by what lies between them.
const NAMES: [&str; 8] = [
    "new_moon",
    "waxing_crescent",
    "first_quarter",
    "waxing_gibbous",
    "full_moon",
    "waning_gibbous",
    "last_quarter",
    "waning_crescent",
];

fn calendar() -> Vec<(&'static str, Schema)> {
    let days = list("The days; without those that the clock skipped.", named("MoonDay"));
    let document = object(
        "The Moon day by day.",
        [("query", named("MoonCalendarQuery")), ("days", days), ("provenance", named("Provenance"))],
        [],
    );
    let day = object(
        "A day, and the Moon when it begins.",
        [
            ("date", text("What the clock calls the day.", "2026-03-03")),
            ("start", named("EventInstant")),
            (
                "phase",
                words("The phase that falls into the day, or what lies between those on either side.", NAMES),
            ),
            ("illuminated_fraction", number_from(0.0, 1.0, "The part of the disc that is lit.", 0.98)),
            (
                "age",
                number_or_null("Days since the new Moon; null where that is before all that is known.", 13.2),
            ),
            (
                "elongation",
                number_from(
                    0.0,
                    360.0,
                    "How far the Moon is ahead of the Sun in ecliptic longitude, degrees.",
                    170.1,
                ),
            ),
            (
                "tithi",
                count_from(
                    1,
                    30,
                    "The lunar day of the Indian calendar: 1 begins with the new Moon, 16 with the full.",
                ),
            ),
            ("longitude", schemas::member("longitude")),
            ("latitude", schemas::member("latitude")),
            ("distance", number("Apparent distance from the Earth's centre, au.", 0.002_5)),
            ("sign", named("Sign")),
            ("sign_longitude", number_from(0.0, 30.0, "Degrees within the sign.", 12.5)),
            ("nakshatra", named("Nakshatra")),
            (
                "events",
                list(
                    "What happens in the day, in the order of time. What lasts is told on the day that it begins.",
                    named("Event"),
                ),
            ),
            ("source", schemas::source()),
        ],
        [
            (
                "rise",
                list("When the Moon rises at the place: on some days not at all.", named("EventInstant")),
            ),
            ("set", list("When it sets there.", named("EventInstant"))),
        ],
    );
    vec![
        ("MoonCalendar", document),
        (
            "MoonCalendarQuery",
            schemas::query(CALENDAR_PARAMETERS, &["start", "stop", "zodiac", "nakshatra_ayanamsa"]),
        ),
        ("MoonDay", day),
    ]
}

fn phases() -> Vec<(&'static str, Schema)> {
    let phase = object(
        "A phase of the Moon.",
        [
            ("phase", named("Phase")),
            ("at", named("EventInstant")),
            ("longitude", schemas::member("longitude")),
            ("source", schemas::source()),
        ],
        [],
    );
    vec![
        ("MoonPhases", document("Phases of the Moon.", "MoonPhasesQuery", "phases", "MoonPhase")),
        ("MoonPhasesQuery", schemas::query(PHASE_PARAMETERS, &["zodiac"])),
        ("MoonPhase", phase),
    ]
}

fn voids() -> Vec<(&'static str, Schema)> {
    let period = object(
        "A period in which the Moon is void of course.",
        [
            ("begin", named("EventInstant")),
            ("end", named("EventInstant")),
            ("last_aspect", schemas::member("last_aspect")),
            ("sign", named("Sign")),
            ("next_sign", named("Sign")),
            ("source", schemas::source()),
        ],
        [],
    );
    vec![
        (
            "MoonVoids",
            document("Periods in which the Moon is void of course.", "MoonVoidsQuery", "periods", "MoonVoid"),
        ),
        ("MoonVoidsQuery", schemas::query(VOID_PARAMETERS, &["zodiac", "bodies", "aspects"])),
        ("MoonVoid", period),
    ]
}

fn document(about: &str, query: &str, name: &'static str, item: &str) -> Schema {
    object(
        about,
        [
            ("query", named(query)),
            (name, list("In the order of time.", named(item))),
            ("next_cursor", schemas::next_cursor()),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}
