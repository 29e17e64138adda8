//! The schemas that lists of events share: what `answer::events::written` writes.

use orrery_almanac::aspect::{self, Aspect};
use orrery_almanac::events::{Apsis, ConjunctionKind, EventType, Measured, Phase, SolarTerm};
use orrery_almanac::zodiac::{Nakshatra, Sign};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::answer::events::{MEMBERS, SEASONS};
use crate::answer::mix::Mix;
use crate::query::Parameter;
use crate::routes::openapi::schema::{
    Member, count, list, named, nullable, number, number_from, number_or_null, object, text, text_like,
    truth, whole, words,
};

/// The members of an event, whatever its type.
pub(crate) fn event() -> Schema {
    let mut optional: Vec<Member> = Vec::new();
    for (_, members) in MEMBERS {
        for &name in members {
            // The two are written as one.
            let name = if name == "last_body" { continue } else { name };
            if optional.iter().all(|(known, _)| *known != name) {
                optional.push((name, member(name)));
            }
        }
    }
    object(
        "Something that happens. Which members it has beside these depends on its type.",
        [("type", named("EventType")), ("at", named("EventInstant")), ("source", source())],
        optional,
    )
}

/// What gave an event.
pub(crate) fn source() -> RefOr<Schema> {
    words("What gave this event.", [Mix::Table.name(), Mix::Live.name()])
}

/// A member of events.
pub(crate) fn member(name: &str) -> RefOr<Schema> {
    let instant = |about: &str| nullable(named("EventInstant"), about);
    match name {
        "body" | "partner" => named("Body"),
        "minus" => nullable(named("Body"), "The body whose own is taken off."),
        "sign" | "from_sign" | "next_sign" => named("Sign"),
        "nakshatra" | "from_nakshatra" => named("Nakshatra"),
        "retrograde" => truth("Whether the body goes backwards, or turns so."),
        "longitude" => longitude("Ecliptic longitude in the zodiac, degrees."),
        "partner_longitude" => longitude("That of the partner."),
        "point" => longitude("The longitude that was given."),
        "latitude" => number_from(-90.0, 90.0, "Ecliptic latitude, degrees.", 5.1),
        "declination" => number_from(-90.0, 90.0, "Declination on the true equator of date, degrees.", 28.4),
        "distance" => number(
            "Distance from the Earth, or of planets and the Earth from the Sun, au: as it is, not as light shows it.",
            0.002_4,
        ),
        "aspect" => named("Aspect"),
        "angle" => number_from(0.0, 180.0, "The aspect's angle, degrees.", 90.0),
        "begin" => instant("Since when it is within the orb."),
        "end" => instant("Until when; null beyond what is known."),
        "phase" => named("Phase"),
        "last_aspect" => nullable(
            named("LastAspect"),
            "The last aspect that the Moon made in the sign; null if it made none.",
        ),
        "apsis" => words("Which.", Apsis::ALL.map(Apsis::name)),
        "node" => words("Whether the body goes north or south.", ["ascending", "descending"]),
        "extreme" => words("Whether north is greatest or south.", ["maximum", "minimum"]),
        "side" => words("On which side: of the equator, or of the Sun.", ["north", "south", "east", "west"]),
        "season" => words("Which.", SEASONS),
        "term" => words("The name of the solar term.", SolarTerm::ALL.map(SolarTerm::name)),
        "kind" => {
            let kinds = ConjunctionKind::ALL.map(ConjunctionKind::name).into_iter().chain(["solar", "lunar"]);
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .description(Some(
                    "Of conjunctions of Mercury and Venus: before the Sun or behind it; null of others. Of eclipses: of which body.",
                ))
                .enum_values(Some(kinds.map(serde_json::Value::from).chain([serde_json::Value::Null])))
                .into()
        }
        "elongation" => number_from(0.0, 180.0, "The angle from the Sun, degrees.", 27.8),
        "greatest" => named("EventInstant"),
        "separation" => number("The least angle between the centres of planet and Sun, degrees.", 0.14),
        "c1" => instant("First contact, as seen from the Earth's centre."),
        "c2" => instant("Second contact; null where the planet only touches the edge."),
        "c3" => instant("Third contact; null where the planet only touches the edge."),
        "c4" => instant("Last contact."),
        "gamma" => number(
            "How near the axis of the shadow comes to the Earth's centre, or the Moon to the axis of the Earth's, in equatorial radii of the Earth; north is positive.",
            0.9,
        ),
        "parallel" => words("On one side of the equator or on either.", ["parallel", "contraparallel"]),
        "quantity" => words("What takes the value.", Measured::ALL.map(Measured::name)),
        "value" => number("The value.", 20.0),
        "way" => words("Whether it rises, falls, or only touches the value.", ["up", "down", "touch"]),
        "id" => text("The name of the eclipse.", "solar-2026-08-12"),
        "eclipse" => words("Its type.", ["partial", "annular", "total", "hybrid", "penumbral"]),
        "magnitude" => number(
            "Of a solar eclipse, of a lunar one in the umbra, of a penumbral one in the penumbra.",
            1.04,
        ),
        "saros" => whole("Saros series.", 126),
        "lat" => number_from(
            -90.0,
            90.0,
            "Geographic latitude of the place of greatest eclipse, or of where the Moon is in the zenith, degrees.",
            65.2,
        ),
        "lon" => number_from(-180.0, 180.0, "Its geographic longitude, degrees.", -25.2),
        _ => number_or_null("A number.", 0.0),
    }
}

fn longitude(about: &str) -> RefOr<Schema> {
    number_from(0.0, 360.0, about, 123.4)
}

/// What a reply repeats of a query that takes these: lists with their sets resolved, a year or a month as its ends. `always`
/// names what it repeats whatever is asked, beside `source` and `format`.
pub(crate) fn query(parameters: &'static [Parameter], always: &[&str]) -> Schema {
    let written = parameters.iter().filter(|parameter| !["year", "month"].contains(&parameter.name));
    let (required, optional): (Vec<Member>, Vec<Member>) = written
        .map(|parameter| (parameter.name, repeated(parameter)))
        .partition(|(name, _)| always.contains(name) || ["source", "format"].contains(name));
    object("The query as it was understood, with every default and alias resolved.", required, optional)
}

/// A parameter as a reply repeats it.
fn repeated(parameter: &Parameter) -> RefOr<Schema> {
    match parameter.name {
        "types" => list("The types.", named("EventType")),
        "bodies" => list("The bodies, sets resolved.", named("Body")),
        "with" => list("The partners, sets resolved.", named("Body")),
        "minus" => named("Body"),
        "aspects" => list("The aspects, sets resolved.", named("Aspect")),
        "points" => list("The points.", longitude("A longitude in the zodiac, degrees.")),
        "count" | "limit" => count("How many.", 10),
        _ => parameter.takes.schema(None, &[]),
    }
}

/// Where a list goes on.
pub(crate) fn next_cursor() -> RefOr<Schema> {
    let cursor = text_like(
        "^[0-9a-f]{16}-[0-9a-f]{1,8}-[0-9a-f]{1,8}-[0-9a-f]{8}$",
        "A cursor.",
        "4142c6e0a0000000-0-a-1f2e3d4c",
    );
    nullable(cursor, "Give it as `cursor` to go on; null at the end.")
}

/// The schemas that every list of events has.
pub(crate) fn shared() -> Vec<(&'static str, Schema)> {
    let sets = aspect::SETS.map(|(name, _)| name);
    vec![
        ("Event", event()),
        ("EventType", words("A kind of event.", EventType::ALL.map(EventType::name)).into()),
        ("Sign", words("A sign of the zodiac.", Sign::ALL.map(Sign::name)).into()),
        ("Nakshatra", words("A mansion of the Moon.", Nakshatra::ALL.map(Nakshatra::name)).into()),
        ("Phase", words("A phase of the Moon.", Phase::ALL.map(Phase::name)).into()),
        ("Aspect", words("An aspect.", Aspect::ALL.map(Aspect::name)).into()),
        (
            "AspectOrSet",
            words(
                "An aspect, or what stands for several.",
                Aspect::ALL.map(Aspect::name).into_iter().chain(sets),
            )
            .into(),
        ),
        (
            "LastAspect",
            object("An aspect of the Moon.", [("body", named("Body")), ("aspect", named("Aspect"))], []),
        ),
    ]
}
