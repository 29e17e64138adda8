//! The schemas of the reply of `/v1/positions`: what `answer::render` and `query::echo` write.

use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AnyOfBuilder, SchemaType};

use super::spec::PARAMETERS;
use crate::answer::mix::Mix;
use crate::query::Takes;
use crate::routes::openapi::schema::{
    self, Member, count_from, list, named, number, number_from, number_or_null, object, text, text_like,
    truth, turn, with_sample, words,
};
use orrery_almanac::zodiac::{Nakshatra, Sign};

/// Every schema of the reply.
pub(super) fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("Positions", positions()),
        ("PositionsQuery", query()),
        ("Time", time()),
        ("Position", position()),
        ("EclipticPosition", ecliptic()),
        ("EquatorialPosition", equatorial()),
        ("RectangularPosition", rectangular()),
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
    let takes = parameter.map(|parameter| parameter.takes);
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
        [
            "date",
            "jd",
            "jd_tt",
            "tz",
            "lat",
            "lon",
            "alt",
            "calendar",
            "ayanamsa",
            "pressure",
            "temperature",
            "precision",
        ]
        .map(echoed),
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
        .description(Some(
            "A body's place, in the frame and coordinates that were asked for; `fields` chooses its members.",
        ))
        .item(named("EclipticPosition"))
        .item(named("EquatorialPosition"))
        .item(named("RectangularPosition"))
        .into()
}

fn ecliptic() -> Schema {
    object("A body's place on the ecliptic.", body(), ecliptic_members())
}

/// The members of a place on the ecliptic, but for whose it is.
pub(crate) fn ecliptic_members() -> Vec<Member> {
    let quantities = [
        ("longitude", turn("Ecliptic longitude, degrees.", 20.515_791_457)),
        ("latitude", number_from(-90.0, 90.0, "Ecliptic latitude, degrees.", 3.483_391_86)),
        ("distance", number("Distance, au.", 0.002_465_062_895)),
        ("longitude_speed", number("Change of the longitude, degrees a day.", 14.339_034_822)),
        ("latitude_speed", number("Change of the latitude, degrees a day.", 0.979_239_065)),
        ("distance_speed", number("Change of the distance, au a day.", -0.000_013_803_817)),
        ("sign", words("The sign that the longitude is in.", Sign::ALL.map(Sign::name))),
        (
            "sign_longitude",
            number_from(0.0, 30.0, "Degrees from the sign's beginning; less than 30.", 20.515_791_457),
        ),
        ("decan", count_from(1, 3, "Which third of its sign the longitude is in.")),
        (
            "nakshatra",
            words(
                "With `zodiac=sidereal`: the lunar mansion, a 27th of the circle, that the longitude is in.",
                Nakshatra::ALL.map(Nakshatra::name),
            ),
        ),
        (
            "pada",
            count_from(1, 4, "With `zodiac=sidereal`: which quarter of its nakshatra the longitude is in."),
        ),
        ("retrograde", truth("Whether the longitude decreases.")),
    ];
    quantities.into_iter().chain(shared()).collect()
}

fn equatorial() -> Schema {
    let quantities = [
        ("right_ascension", turn("Right ascension, degrees.", 17.529_151_211)),
        ("declination", number_from(-90.0, 90.0, "Declination, degrees.", 11.206_484_417)),
        ("distance", number("Distance, au.", 0.002_465_062_895)),
        ("right_ascension_speed", number("Change of the right ascension, degrees a day.", 13.043_131_6)),
        ("declination_speed", number("Change of the declination, degrees a day.", 6.284_514_2)),
        ("distance_speed", number("Change of the distance, au a day.", -0.000_013_803_817)),
    ];
    object("A body's place on the equator.", body(), quantities.into_iter().chain(shared()))
}

fn rectangular() -> Schema {
    let quantities = [
        ("x", number("Towards the equinox, or where the zodiac begins, au.", 0.002_304_535_2)),
        ("y", number("A quarter of the circle further on, au.", 0.000_862_307_6)),
        ("z", number("Towards the pole, au.", 0.000_149_777_9)),
        ("x_speed", number("Change of `x`, au a day.", -0.000_231_012_9)),
        ("y_speed", number("Change of `y`, au a day.", 0.000_568_431_8)),
        ("z_speed", number("Change of `z`, au a day.", 0.000_041_213_4)),
    ];
    object("A body's place on three axes.", body(), quantities.into_iter().chain(shared()))
}

/// What does not depend on the frame. Bodies without a disc or without light have `null` for what concerns these.
fn shared() -> impl Iterator<Item = Member> {
    let of_light = [
        (
            "out_of_bounds",
            truth(
                "Whether the declination, on the true equator of date, is beyond the obliquity: beyond the Sun's reach.",
            ),
        ),
        (
            "azimuth",
            turn("With `center=topo`: direction along the horizon, degrees from north through east.", 265.2),
        ),
        (
            "altitude",
            number_from(
                -90.0,
                90.0,
                "With `center=topo`: height above the horizon without refraction, degrees.",
                12.3,
            ),
        ),
        (
            "apparent_altitude",
            number_from(
                -90.0,
                91.0,
                "With `center=topo`: height above the horizon with refraction, degrees.",
                12.4,
            ),
        ),
        ("elongation", number_from(0.0, 180.0, "Angle between the body and the Sun, degrees.", 17.9)),
        (
            "phase_angle",
            number_or_null("Angle between the Sun and the observer as seen from the body, degrees.", 162.1),
        ),
        ("illuminated_fraction", number_or_null("Lit share of the disc, 0 to 1.", 0.024)),
        ("apparent_diameter", number_or_null("Diameter of the disc, degrees.", 0.539)),
        ("magnitude", number_or_null("Apparent visual magnitude.", -4.6)),
        ("light_time", number_or_null("How long the light is on its way, seconds.", 1.23)),
    ];
    of_light.into_iter().chain(origin())
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
        [(
            "lists",
            list(
                "The lists of eclipses and of events that were looked into, by the first digits of their content's hash; \
                 `/v1/dataset` tells of each. Only where events are told.",
                text_like(schema::SHORT_HASH, "A list.", "0c2f86f03bb4ac1d"),
            ),
        )],
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
            assert!(members.contains_key(parameter.name), "{}", parameter.name);
        }
    }
}
