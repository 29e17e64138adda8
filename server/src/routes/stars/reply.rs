//! The schemas of the reply of `/v1/stars`: what `answer::stars` and `query::echo` write.

use orrery_almanac::zodiac::{Nakshatra, Sign};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::spec::PARAMETERS;
use crate::answer::mix::Mix;
use crate::query::{Coordinates, Field, Frame, STAR_NAMES, Unit, of_stars};
use crate::routes::openapi::schema::{
    Member, count_from, list, named, number_from, number_or_null, object, text, words,
};

/// Every schema of the reply, but for those that positions have too.
pub(super) fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("Stars", stars()),
        ("StarsQuery", query()),
        ("Star", star()),
        ("EclipticStar", placed("A star on the ecliptic.", Frame::Ecliptic, Coordinates::Spherical)),
        ("EquatorialStar", placed("A star on the equator.", Frame::Equatorial, Coordinates::Spherical)),
        ("RectangularStar", placed("A star on three axes.", Frame::Ecliptic, Coordinates::Rectangular)),
        ("StarField", words("A member of a star, or what stands for several.", field_names()).into()),
    ]
}

fn stars() -> Schema {
    object(
        "Fixed stars at one instant.",
        [
            ("query", named("StarsQuery")),
            ("time", named("Time")),
            ("stars", list("In the order asked for, or the brightest first.", named("Star"))),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

/// What the reply repeats of a query.
fn query() -> Schema {
    let always = ["center", "frame", "equinox", "zodiac", "place", "coordinates", "source", "format"];
    let written = |name: &str| !["stars", "fields"].contains(&name);
    let (required, optional): (Vec<Member>, Vec<Member>) = PARAMETERS
        .iter()
        .filter(|parameter| written(parameter.name))
        .map(|parameter| (parameter.name, parameter.takes.schema(None, &[])))
        .partition(|(name, _)| always.contains(name));
    let lists = [(
        "stars",
        list("The stars that were named, by a name that each is found by.", text("A star.", "Spica")),
    )];
    object(
        "The query as it was understood, with every default and alias resolved. The instant is under the name that it \
         was given by.",
        required
            .into_iter()
            .chain([("fields", list("The members of a star that were chosen.", named("StarField")))]),
        optional.into_iter().chain(lists),
    )
}

fn star() -> Schema {
    AnyOfBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some(
            "A star, in the frame and coordinates that were asked for; `fields` chooses its members.",
        ))
        .item(named("EclipticStar"))
        .item(named("EquatorialStar"))
        .item(named("RectangularStar"))
        .into()
}

/// A star in the axes and coordinates of a view.
fn placed(about: &str, frame: Frame, coordinates: Coordinates) -> Schema {
    let is_zodiacal = (frame, coordinates) == (Frame::Ecliptic, Coordinates::Spherical);
    let of_zodiac = [Field::Sign, Field::SignLongitude, Field::Decan, Field::Nakshatra, Field::Pada];
    let here = of_stars().filter(|field| is_zodiacal || !of_zodiac.contains(field));
    let members = here.filter_map(|field| member(field, frame, coordinates));
    object(
        about,
        [("name", text("The traditional name, or else the designation.", "Spica"))],
        beside().into_iter().chain(members),
    )
}

fn beside() -> [Member; 3] {
    [
        (
            "designation",
            text("The catalogue's designation: Bayer's letter or another, and the constellation.", "alVir"),
        ),
        ("names", list("All traditional names.", text("A name.", "Azimech"))),
        ("magnitude", number_or_null("Visual magnitude, by the catalogue; null for what has none.", 0.97)),
    ]
}

/// A field of a star.
fn member(field: Field, frame: Frame, coordinates: Coordinates) -> Option<Member> {
    let (name, ..) = field.names().find(|(_, of_frame, of)| (*of_frame, *of) == (frame, coordinates))?;
    let about = match (field, coordinates) {
        (Field::Third, Coordinates::Spherical) => "Distance, au: 1e9 where no parallax is measured.",
        (Field::Elongation, _) => "Angle between the star and the Sun, degrees.",
        (Field::Source, _) => "What gave this star's place.",
        _ => field.about(frame, coordinates),
    };
    let schema = match field {
        Field::Sign => words(about, Sign::ALL.map(Sign::name)),
        Field::Nakshatra => words(about, Nakshatra::ALL.map(Nakshatra::name)),
        Field::Decan => count_from(1, 3, about),
        Field::Pada => count_from(1, 4, about),
        Field::Source => words(about, [Mix::Table.name(), Mix::Live.name()]),
        Field::Elongation => number_from(0.0, 180.0, about, 17.9),
        Field::First | Field::Azimuth if field.unit(coordinates) == Some(Unit::Degrees) => {
            ObjectBuilder::new()
                .schema_type(Type::Number)
                .description(Some(about))
                .minimum(Some(0))
                .exclusive_maximum(Some(360))
                .into()
        }
        _ => any_number(about),
    };
    Some((name, schema))
}

fn any_number(about: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Number).description(Some(about)).into()
}

/// What `fields` takes.
fn field_names() -> Vec<&'static str> {
    let mut names = STAR_NAMES.to_vec();
    for (name, ..) in of_stars().flat_map(Field::names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.extend(["default", "all"]);
    names
}
