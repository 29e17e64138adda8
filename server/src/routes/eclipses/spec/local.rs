//! What `/v1/eclipses/{id}/local` takes and gives.

use utoipa::openapi::{RefOr, Schema};

use super::{ID, REFUSALS_OF_ONE, TZ, eclipse};
use crate::query::{ALTITUDE_M, Parameter, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{
    Member, list, named, nullable, number, number_from, number_or_null, object, truth, words,
};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::routes::parameters::{CALENDAR, FORMAT, PRECISION, SITE_LAT, SITE_LON, SOURCE};
use crate::wire::media::Format;

const ALT: Parameter = Parameter::new(
    "alt",
    "Height of the observer above the ellipsoid; left out, it is 0. The horizon stays level.",
)
.taking(Takes::Number { unit: "metres", least: ALTITUDE_M.0, most: ALTITUDE_M.1 })
.such_as(&["34"]);

pub(crate) const PARAMETERS: &[Parameter] =
    &[ID, SITE_LAT, SITE_LON, ALT, CALENDAR, TZ, SOURCE, PRECISION, FORMAT];

/// The documentation of `/v1/eclipses/{id}/local`.
pub(crate) const LOCAL: Spec = Spec {
    id: "getLocalEclipse",
    tag: Tag::Sky,
    summary: "What a place sees of an eclipse",
    about: "Contacts, maximum, risings and settings as a place has them, each with altitude and azimuth, position angle and magnitude, and \
            `visible`: what remains of the eclipse while Sun or Moon is up. `contacts` are told whether the body is up or not (`is_up`). \
            `local` is null where the Moon's penumbra does not reach the place. The Sun is up while its centre is less than 50′ below the \
            horizon, the Moon while its upper limb is above the horizon of usual air; angles are without refraction. \
            At the poles, where every direction is south or north, azimuths count from the meridian of `lon`.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "The eclipse of August 2026 in A Coruña",
            query: "solar-2026-08-12?lat=43.37&lon=-8.4&tz=Europe/Madrid",
        },
        Example { about: "The Moon's in Sydney", query: "lunar-2026-03-03?lat=-33.87&lon=151.21" },
        Example { about: "One that Sydney has none of", query: "solar-2026-08-12?lat=-33.87&lon=151.21" },
        Example { about: "Before the tables begin", query: "solar-1715-05-03?lat=51.51&lon=-0.13" },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "LocalEclipse",
    reply_about: "The eclipse, and what the place sees of it.",
    fields: header::OF_COMPUTED,
    refusals: REFUSALS_OF_ONE,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    let document = object(
        "An eclipse at a place.",
        [
            ("query", named("LocalEclipseQuery")),
            ("eclipse", named("Eclipse")),
            (
                "local",
                nullable(
                    named("LocalCircumstances"),
                    "What it is at the place; null where it is not at all.",
                ),
            ),
            ("provenance", named("Provenance")),
        ],
        [],
    );
    vec![
        ("LocalEclipse", document),
        ("LocalEclipseQuery", super::query(PARAMETERS)),
        ("LocalCircumstances", circumstances()),
        ("LocalContacts", contacts()),
        ("EclipsePhase", object("The eclipse at an instant.", phase(), of_kinds())),
        (
            "EclipseCrossing",
            object(
                "A rising or a setting during the eclipse.",
                [("type", words("Which.", ["rise", "set"]))].into_iter().chain(phase()),
                of_kinds(),
            ),
        ),
        ("VisibleEclipse", visible()),
    ]
}

fn circumstances() -> Schema {
    object(
        "What an eclipse is at a place.",
        [
            ("type", words("What it is there, whether or not the body is up.", eclipse::types())),
            ("contacts", named("LocalContacts")),
            (
                "rise_set",
                list("Risings and settings during it, in the order of time.", named("EclipseCrossing")),
            ),
            (
                "visible",
                nullable(
                    named("VisibleEclipse"),
                    "What is seen of it; null where Sun or Moon is down all the while.",
                ),
            ),
        ],
        [
            (
                "magnitude",
                number(
                    "Solar: at its maximum there, the part of the Sun's diameter that is covered; where it is total or annular, the \
                     ratio of the diameters.",
                    0.98,
                ),
            ),
            ("obscuration", number_from(0.0, 1.0, "Solar: the same of its disc.", 0.98)),
            (
                "duration_s",
                number_or_null(
                    "Solar: how long it is total or annular there, seconds; null where it is not.",
                    76.0,
                ),
            ),
        ],
    )
}

fn contacts() -> Schema {
    let phase = |about: &str| nullable(named("EclipsePhase"), about);
    object(
        "The contacts as the place has them: c1 to c4 of an eclipse of the Sun, p1 to p4 of one of the Moon.",
        [("maximum", named("EclipsePhase"))],
        [
            ("c1", phase("The limbs first touch: it begins.")),
            ("c2", phase("Totality or annularity begins; null where it is partial.")),
            ("c3", phase("It ends.")),
            ("c4", phase("The limbs touch for the last time.")),
            ("p1", phase("The Moon begins to enter the penumbra.")),
            ("u1", phase("It begins to enter the umbra.")),
            ("u2", phase("All of it is in the umbra.")),
            ("u3", phase("It begins to leave the umbra.")),
            ("u4", phase("All of it has left the umbra.")),
            ("p4", phase("All of it has left the penumbra.")),
        ],
    )
}

/// What an instant of an eclipse of either kind has.
fn phase() -> [Member; 6] {
    let angle = |about: &str, example: f64| -> RefOr<Schema> { number_from(0.0, 360.0, about, example) };
    [
        ("at", named("EventInstant")),
        ("altitude", number_from(-90.0, 90.0, "Altitude of the centre, degrees, without refraction.", 12.0)),
        ("azimuth", angle("Azimuth, degrees from north through east.", 283.0)),
        ("is_up", truth("Whether the body is up.")),
        (
            "position_angle",
            angle(
                "Where on the limb the discs touch, or the shadow's border does, and else in which direction the middle of what covers it \
                 is: degrees from celestial north through east.",
                291.0,
            ),
        ),
        (
            "zenith_angle",
            angle("The same from the direction to the zenith, through the left as one faces it.", 338.0),
        ),
    ]
}

/// What it has depending on what is eclipsed.
fn of_kinds() -> Vec<Member> {
    vec![
        (
            "magnitude",
            number(
                "Solar: the part of the Sun's diameter that is covered; while one disc lies within the other, the ratio of the diameters.",
                0.98,
            ),
        ),
        ("obscuration", number_from(0.0, 1.0, "Solar: the part of its disc.", 0.98)),
        ("diameter_ratio", number("Solar: the Moon's diameter in diameters of the Sun.", 1.03)),
        ("phase", words("Lunar: how deep the Moon is in the shadow.", ["penumbral", "partial", "total"])),
        ("umbral_magnitude", number("Lunar: the part of the Moon's diameter in the umbra.", 1.15)),
        ("penumbral_magnitude", number("Lunar: the same of the penumbra.", 2.18)),
    ]
}

fn visible() -> Schema {
    object(
        "What is seen while the body is up.",
        [
            ("type", words("The most that is seen.", eclipse::types())),
            ("begin", named("EventInstant")),
            ("end", named("EventInstant")),
            ("greatest", named("EclipsePhase")),
        ],
        [
            (
                "duration_s",
                number_or_null(
                    "Solar: seconds of totality or annularity that are seen; null where none are.",
                    76.0,
                ),
            ),
            (
                "umbral_s",
                number("Lunar: seconds for which the Moon is seen in the umbra, wholly or not.", 12_420.0),
            ),
            ("total_s", number("Lunar: seconds for which it is seen wholly in the umbra.", 3_498.0)),
        ],
    )
}
