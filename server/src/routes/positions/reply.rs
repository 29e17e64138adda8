//! The schemas of the reply of `/v1/positions`: what `answer::render` and `query::echo` write.

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::spec::PARAMETERS;
use crate::answer::mix::Mix;
use crate::answer::render::SIGNS;
use crate::query::Takes;
use crate::routes::openapi::schema::{
    self, Member, list, named, number, number_from, number_or_null, object, text, text_like, truth,
    with_sample, words,
};

/// Every schema of the reply.
pub(super) fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("Positions", positions()),
        ("PositionsQuery", query()),
        ("Time", time()),
        ("Position", position()),
        ("EclipticPosition", ecliptic()),
        ("EquatorialPosition", equatorial()),
        ("Provenance", provenance()),
    ]
}

/// A whole reply. Its `query`, sent again, gives the rest; the names of the blocks differ from dataset to dataset.
const SAMPLE: &str = include_str!("reply.json");

fn positions() -> Schema {
    let schema = object(
        "The positions of bodies at one instant.",
        [
            ("query", named("PositionsQuery")),
            ("time", named("Time")),
            ("positions", list("One for each body, in the order asked for.", named("Position"))),
            ("provenance", named("Provenance")),
        ],
        [],
    );
    with_sample(schema, SAMPLE)
}

/// What a parameter's value is when the reply repeats it.
fn echoed(name: &'static str) -> Member {
    let parameter = PARAMETERS.iter().find(|parameter| parameter.name == name);
    let takes = parameter.and_then(|parameter| parameter.takes);
    // Whoever asks for a name that is not in the table gets a member that takes anything, and fails a test.
    (name, takes.unwrap_or(Takes::Text("")).schema(None, &[]))
}

fn query() -> Schema {
    let always =
        ["center", "frame", "equinox", "zodiac", "place", "coordinates", "source", "allow_moshier", "format"];
    object(
        "The query as it was understood, with every default and alias resolved. The instant is under the name that it \
         was given by.",
        always.map(echoed).into_iter().chain([
            ("bodies", list("The bodies, sets resolved.", named("Body"))),
            ("fields", list("The members of a position that were chosen.", named("Field"))),
        ]),
        ["date", "jd", "jd_tt", "tz", "lon", "calendar", "precision"].map(echoed),
    )
}

fn time() -> Schema {
    object(
        "The instant, in every scale.",
        [
            ("utc", text_like(schema::UTC, "In UTC, to the millisecond.", "2026-03-20T14:46:00.000Z")),
            ("jd_ut", number("Julian day in UT1.", 2_461_120.115_281_364)),
            ("jd_tt", number("Julian day in Terrestrial Time.", 2_461_120.116_078_518_3)),
            ("delta_t", number("ΔT, which is TT − UT1, in seconds.", 68.874_131_616)),
        ],
        [
            ("tz", text("With `tz`: the zone, as its database spells it.", "Europe/Berlin")),
            ("utc_offset_s", number("With `tz`: its offset at the instant, seconds east of UTC.", 3600.0)),
        ],
    )
}

fn position() -> Schema {
    AnyOfBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some("A body's place, in the frame that was asked for; `fields` chooses its members."))
        .item(named("EclipticPosition"))
        .item(named("EquatorialPosition"))
        .into()
}

fn angle(about: &str, example: f64) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .description(Some(about))
        .minimum(Some(0))
        .exclusive_maximum(Some(360))
        .examples([example])
        .into()
}

fn ecliptic() -> Schema {
    let quantities = [
        ("longitude", angle("Ecliptic longitude, degrees.", 20.515_791_457)),
        ("latitude", number_from(-90.0, 90.0, "Ecliptic latitude, degrees.", 3.483_391_86)),
        ("distance", number("Distance, au.", 0.002_465_062_895)),
        ("longitude_speed", number("Change of the longitude, degrees a day.", 14.339_034_822)),
        ("latitude_speed", number("Change of the latitude, degrees a day.", 0.979_239_065)),
        ("distance_speed", number("Change of the distance, au a day.", -0.000_013_803_817)),
        ("sign", words("The sign that the longitude is in.", SIGNS)),
        (
            "sign_longitude",
            number_from(0.0, 30.0, "Degrees from the sign's beginning; less than 30.", 20.515_791_457),
        ),
        ("retrograde", truth("Whether the longitude decreases.")),
    ];
    object("A body's place on the ecliptic.", body(), quantities.into_iter().chain(origin()))
}

fn equatorial() -> Schema {
    let quantities = [
        ("right_ascension", angle("Right ascension, degrees.", 17.529_151_211)),
        ("declination", number_from(-90.0, 90.0, "Declination, degrees.", 11.206_484_417)),
        ("distance", number("Distance, au.", 0.002_465_062_895)),
        ("right_ascension_speed", number("Change of the right ascension, degrees a day.", 13.043_131_6)),
        ("declination_speed", number("Change of the declination, degrees a day.", 6.284_514_2)),
        ("distance_speed", number("Change of the distance, au a day.", -0.000_013_803_817)),
    ];
    object("A body's place on the equator.", body(), quantities.into_iter().chain(origin()))
}

fn body() -> [Member; 1] {
    [("body", named("Body"))]
}

fn origin() -> [Member; 2] {
    [
        ("source", words("What gave this position.", [Mix::Table.name(), Mix::Live.name()])),
        (
            "ephemeris",
            text(
                "What computed it live, where that is not the ephemeris that the tables are from.",
                "Swiss Ephemeris 2.10.03, Moshier",
            ),
        ),
    ]
}

fn provenance() -> Schema {
    object(
        "Where the answer comes from.",
        [
            (
                "source",
                words(
                    "What gave the positions, the nutation that they are seen with and ΔT: tables, the live Swiss \
                     Ephemeris, or both.",
                    [Mix::Table, Mix::Live, Mix::Mixed].map(Mix::name),
                ),
            ),
            (
                "ephemeris",
                text("Every ephemeris that took part, separated by `; `.", "Swiss Ephemeris 2.10.03, DE431"),
            ),
            (
                "blocks",
                list(
                    "The blocks of tables that took part, by the first digits of their content's hash; `/v1/dataset` \
                     tells of each.",
                    text_like(schema::SHORT_HASH, "A block.", "a19e365b35aec88a"),
                ),
            ),
            (
                "max_error_arcsec",
                number_or_null(
                    "How far the tables were found to be from the Swiss Ephemeris around this instant, arcseconds, for \
                     the body that is worst off, nutation's own error added. Measured, not proven, and silent about \
                     the sky itself; null with anything live.",
                    0.000_445_19,
                ),
            ),
        ],
        [],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_echoed_is_a_parameter() {
        let schema = serde_json::to_value(query()).unwrap();
        let members = schema["properties"].as_object().unwrap();
        for name in members.keys() {
            assert!(PARAMETERS.iter().any(|parameter| parameter.name == name), "{name}");
        }
        for parameter in PARAMETERS {
            assert_eq!(members.contains_key(parameter.name), parameter.takes.is_some(), "{}", parameter.name);
        }
    }
}
