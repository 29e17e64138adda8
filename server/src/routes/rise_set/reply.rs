//! The schemas of the reply of `/v1/rise-set`: what `answer::rise_set` and `query::echo` write.

use orrery_almanac::rise_set::Course;
use utoipa::openapi::Schema;

use super::spec::PARAMETERS;
use crate::answer::mix::Mix;
use crate::answer::rise_set::course_name;
use crate::query::{EVENTS, Level, SETS};
use crate::routes::openapi::schema::{
    self, Member, list, named, number, number_from, object, text, text_like, words,
};

/// An instant as a clock shows it that is ahead of UTC by an offset.
const LOCAL: &str = "^[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}[+-][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$";

/// Every schema of the reply, but for those that positions have too.
pub(super) fn schemas() -> Vec<(&'static str, Schema)> {
    let sets = SETS.map(|(name, _)| name);
    vec![
        ("RiseSet", rise_set()),
        ("RiseSetQuery", query()),
        ("RiseSetDay", day()),
        ("RiseSetBody", body()),
        ("RiseSetEvent", event()),
        ("RiseSetEventName", words("Something that happens.", EVENTS).into()),
        (
            "RiseSetEventOrSet",
            words("An event, or what stands for several.", EVENTS.into_iter().chain(sets)).into(),
        ),
        ("EventInstant", instant()),
    ]
}

fn rise_set() -> Schema {
    object(
        "What bodies do, day by day.",
        [
            ("query", named("RiseSetQuery")),
            ("time", named("Time")),
            (
                "days",
                list("In the order of time; without those that the clock skipped.", named("RiseSetDay")),
            ),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

/// What the reply repeats of a query.
fn query() -> Schema {
    let always = ["lat", "lon", "alt", "days", "source", "allow_moshier", "format"];
    let written = |name: &str| !["bodies", "events"].contains(&name);
    let (required, optional): (Vec<Member>, Vec<Member>) = PARAMETERS
        .iter()
        .filter(|parameter| written(parameter.name))
        .map(|parameter| (parameter.name, parameter.takes.schema(None, &[])))
        .partition(|(name, _)| always.contains(name));
    let lists = [
        ("bodies", list("The bodies, sets resolved.", named("Body"))),
        ("events", list("The events that were chosen, sets resolved.", named("RiseSetEventName"))),
    ];
    object(
        "The query as it was understood, with every default and alias resolved. The first day is under the name that it was \
         given by.",
        required.into_iter().chain(lists),
        optional,
    )
}

fn day() -> Schema {
    object(
        "A day of the clock that was asked for.",
        [
            ("start", named("EventInstant")),
            ("end", named("EventInstant")),
            ("bodies", list("The bodies, in the order asked for.", named("RiseSetBody"))),
        ],
        [(
            "date",
            text(
                "What the clock calls the day; not there where days are counted from a Julian day.",
                "2026-06-21",
            ),
        )],
    )
}

fn body() -> Schema {
    let about = |level: Level| match level {
        Level::Horizon => "The horizon, as `limb`, `refraction` and `horizon` or `dip` define it.",
        Level::Civil => {
            "The Sun 6° below the horizon: always up means that it never gets darker than civil twilight."
        }
        Level::Nautical => "The Sun 12° below the horizon.",
        Level::Astronomical => "The Sun 18° below the horizon.",
    };
    let courses = [Course::Crosses, Course::AlwaysUp, Course::AlwaysDown].map(course_name);
    let levels = Level::ALL.map(|level| (level.name(), words(about(level), courses)));
    object(
        "What a body does in a day.",
        [
            ("body", named("Body")),
            ("course", object(
                    "Of each level that was asked for, whether the body crosses it in the day, is above it all the while, or \
                     below.",
                    [],
                    levels,
                )
                .into()),
            ("events", list("In the order of time.", named("RiseSetEvent"))),
            ("source", words("What gave this body's day.", [Mix::Table.name(), Mix::Live.name()])),
        ],
        [],
    )
}

fn event() -> Schema {
    object(
        "Something that happens to a body.",
        [
            ("type", named("RiseSetEventName")),
            ("at", named("EventInstant")),
            (
                "azimuth",
                number_from(0.0, 360.0, "Azimuth of the centre, degrees, from north through east.", 311.9),
            ),
            (
                "altitude",
                number_from(
                    -90.0,
                    90.0,
                    "Altitude of the centre, degrees, without refraction: below 0 where air and disc make it rise earlier.",
                    -0.83,
                ),
            ),
        ],
        [],
    )
}

fn instant() -> Schema {
    object(
        "An instant.",
        [
            ("utc", text_like(schema::UTC, "In UTC.", "2026-06-21T01:54:11.482Z")),
            ("jd_ut", number("Julian day in UT1.", 2_461_212.579_3)),
            ("jd_tt", number("Julian day in Terrestrial Time.", 2_461_212.580_1)),
        ],
        [(
            "local",
            text_like(
                LOCAL,
                "By the clock of `tz`, or of the date's own offset.",
                "2026-06-21T03:54:11.482+02:00",
            ),
        )],
    )
}
