//! The schemas of charts: what `answer::chart` and `query::echo` write.

use orrery_almanac::Angle;
use orrery_almanac::aspect::patterns::{PatternKind, Role};
use orrery_almanac::houses::HouseSystem;
use orrery_almanac::zodiac::{Element, Mode, Sign};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::chart::PARAMETERS;
use super::{bulk, tradition};
use crate::query::{Beside, DRAWN, Parameter, Part, Takes};
use crate::routes::openapi::schema::{
    Member, count_from, list, named, nullable, number, number_from, object, text, truth, turn, words,
};

/// Every schema of a chart, but for those that positions have too.
pub(super) fn of_charts() -> Vec<(&'static str, Schema)> {
    let parts = || Part::ALL.iter().map(|part| part.name());
    let angles = || Angle::ALL.into_iter().map(Angle::name);
    let mut schemas = tradition::schemas();
    schemas.extend([
        ("Chart", chart()),
        ("ChartQuery", query()),
        ("ChartPosition", position()),
        ("Houses", houses()),
        ("AngleSpeeds", angle_speeds()),
        ("ChartAspect", aspect()),
        ("Hindrance", hindrance()),
        ("AspectMatrix", matrix()),
        ("AspectPattern", pattern()),
        ("PatternMember", pattern_member()),
        ("Lot", lot()),
        ("LotRefused", lot_refused()),
        ("ChartPart", words("A part of a chart.", parts()).into()),
        (
            "ChartPartOrSet",
            words("A part, or what stands for several.", parts().chain(["default", "all"])).into(),
        ),
        (
            "BodyOrAngle",
            AnyOfBuilder::new()
                .schema_type(SchemaType::AnyValue)
                .item(named("Body"))
                .item(named("Angle"))
                .into(),
        ),
        ("Angle", words("An angle of a chart.", angles()).into()),
        ("AngleOrNone", words("An angle of a chart, or none.", angles().chain(["none"])).into()),
        (
            "HouseSystem",
            words("How the sky is divided.", HouseSystem::ALL.into_iter().map(HouseSystem::name)).into(),
        ),
    ]);
    schemas
}

/// What is posted.
pub(super) fn of_requests() -> Vec<(&'static str, Schema)> {
    vec![("ChartRequest", request("What the chart is cast of, and what is told of it.", PARAMETERS))]
}

/// Many charts: what is posted, and what is told.
pub(super) fn of_many() -> Vec<(&'static str, Schema)> {
    let parts = || Part::ALL.iter().map(|part| part.name());
    let includable = parts().chain(Beside::NAMES).chain(["default", "all"]);
    let elements = AnyOfBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .item(named("ChartAmongMany"))
        .item(named("ChartRefused"))
        .build();
    vec![
        (
            "ChartsRequest",
            ArrayBuilder::new()
                .description(Some("The charts, in the order in which they are told."))
                .items(RefOr::<Schema>::from(request(
                    "What a chart is cast of, and what is told of it.",
                    bulk::LINE,
                )))
                .into(),
        ),
        (
            "Charts",
            ArrayBuilder::new()
                .description(Some("The charts, in the order in which they were asked for."))
                .items(RefOr::<Schema>::from(Schema::from(elements)))
                .into(),
        ),
        ("ChartAmongMany", among_many()),
        (
            "ChartRefused",
            object("That there is no such chart, in its place.", [("error", named("Problem"))], marks()),
        ),
        (
            "ChartsPartOrSet",
            words(
                "A part of a chart, what is told beside its parts, or what stands for several parts.",
                includable,
            )
            .into(),
        ),
    ]
}

/// What a chart among many is known by.
fn marks() -> [Member; 3] {
    let number = |least: u8, about: &str| {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some(about))
            .minimum(Some(least))
            .examples([least])
            .into()
    };
    [
        ("line", number(1, "Its line, where lines were sent; blank ones are counted.")),
        ("index", number(0, "Its place in the list, where a list was sent; the first has 0.")),
        ("id", Takes::Id.schema(None, &[])),
    ]
}

/// A chart among many.
fn among_many() -> Schema {
    let source = words("Who answered; left out where `provenance` is told.", ["table", "live", "mixed"]);
    object(
        "A chart. Which members it has beside its number, `id`, `time` and `source`, `include` chooses.",
        [("time", named("Time"))],
        marks()
            .into_iter()
            .chain([("source", source), ("query", named("ChartQuery")), ("provenance", named("Provenance"))])
            .chain(parts_told()),
    )
}

/// The schema of a body: a member for each parameter.
pub(super) fn request(about: &str, parameters: &[Parameter]) -> Schema {
    let members = parameters.iter().map(|parameter| {
        let schema = parameter.takes.schema(parameter.default, parameter.examples);
        let schema = if matches!(parameter.takes, Takes::Pairs(_)) {
            AnyOfBuilder::new()
                .schema_type(SchemaType::AnyValue)
                .item(schema)
                .item(
                    ObjectBuilder::new()
                        .additional_properties(Some(ObjectBuilder::new().schema_type(Type::Number))),
                )
                .into()
        } else {
            schema
        };
        (parameter.name, schema)
    });
    object(about, [], members)
}

fn chart() -> Schema {
    object(
        "A chart. Which members it has beside `query`, `time` and `provenance`, `include` chooses.",
        [("query", named("ChartQuery")), ("time", named("Time")), ("provenance", named("Provenance"))],
        parts_told(),
    )
}

/// The members that parts are told in.
fn parts_told() -> impl Iterator<Item = Member> {
    [
        ("positions", list("One for each body, in the order asked for.", named("ChartPosition"))),
        ("houses", named("Houses")),
        ("aspects", list("In the order of the first point, then of the second.", named("ChartAspect"))),
        ("matrix", named("AspectMatrix")),
        ("patterns", list("Kind by kind.", named("AspectPattern"))),
        ("lots", list("In the order asked for.", lot_or_refusal())),
    ]
    .into_iter()
    .chain(tradition::members())
}

/// What the reply repeats of a query.
fn query() -> Schema {
    echoed(
        PARAMETERS,
        &["center", "zodiac", "place", "source", "allow_moshier", "format"],
        vec![
            ("bodies", list("The bodies, sets resolved.", named("Body"))),
            ("include", list("The parts that were chosen.", named("ChartPart"))),
        ],
        vec![
            ("fields", list("The members of a position that were chosen.", named("Field"))),
            ("house_system", named("HouseSystem")),
            ("fallback", named("HouseSystem")),
        ]
        .into_iter()
        .chain(rules())
        .collect(),
    )
}

/// By which rules aspects were looked for, as a query repeats them.
pub(super) fn rules() -> Vec<Member> {
    let angles = AnyOfBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .item(list("The angles that take part in aspects.", named("Angle")))
        .item(words("There are none.", ["none"]));
    vec![("aspects", list("The aspects that were looked for.", named("Aspect"))), ("angles", angles.into())]
}

/// What one of several charts was cast of.
pub(super) fn cast_query() -> Schema {
    echoed(
        super::parameters::CAST,
        &["center", "zodiac", "place", "source", "allow_moshier"],
        vec![
            ("bodies", list("The bodies, sets resolved.", named("Body"))),
            ("fields", list("The members of a position that were chosen.", named("Field"))),
        ],
        vec![("house_system", named("HouseSystem")), ("fallback", named("HouseSystem"))],
    )
}

/// One of several charts.
pub(super) fn cast_chart() -> Schema {
    object(
        "A chart: what it was asked for, its instant, its bodies; its houses, where it has a place.",
        [
            ("query", named("CastQuery")),
            ("time", named("Time")),
            ("positions", list("One for each body, in the order asked for.", named("ChartPosition"))),
        ],
        [("houses", named("Houses"))],
    )
}

/// The schema of a body with two charts, and of what is asked of both.
pub(super) fn pair_request(about: &str, parameters: &[Parameter]) -> Schema {
    match request(about, parameters) {
        Schema::Object(mut object) => {
            for name in crate::query::CHARTS {
                object.properties.insert(name.to_owned(), named("CastRequest"));
                object.required.push(name.to_owned());
            }
            Schema::Object(object)
        }
        other => other,
    }
}

/// What a reply repeats of a query that takes these parameters, of which some are always there. Members that are not written as they
/// are given, such as lists, are handed in.
pub(super) fn echoed(
    parameters: &[Parameter],
    always: &[&str],
    lists: Vec<Member>,
    optional_lists: Vec<Member>,
) -> Schema {
    let is_list = |name: &str| lists.iter().chain(&optional_lists).any(|(list, _)| *list == name);
    let (required, optional): (Vec<Member>, Vec<Member>) = parameters
        .iter()
        // Of a picture nothing is repeated.
        .filter(|parameter| !is_list(parameter.name) && !DRAWN.contains(&parameter.name))
        .map(|parameter| (parameter.name, parameter.takes.schema(None, &[])))
        .partition(|(name, _)| always.contains(name));
    object(
        "The query as it was understood, with every default and alias resolved. The instant is under the name that it was \
         given by.",
        required.into_iter().chain(lists),
        optional.into_iter().chain(optional_lists),
    )
}

fn position() -> Schema {
    // What positions have, in the one view that charts have, and what charts add.
    let mut members = crate::routes::positions::ecliptic_members();
    // Who answered live is told of the whole chart.
    members.retain(|(name, _)| *name != "ephemeris");
    members.push((
        "declination",
        number_from(-90.0, 90.0, "Declination on the true equator of date, degrees.", 12.3),
    ));
    members.push((
        "house",
        count_from(1, 36, "The house that its longitude is in, or the sector of Gauquelin's."),
    ));
    object("A body's place in a chart; `fields` chooses its members.", [("body", named("Body"))], members)
}

fn houses() -> Schema {
    let angles = Angle::ALL.into_iter().map(|angle| {
        let about = match angle {
            Angle::Ascendant => "Where the ecliptic rises.",
            Angle::Mc => "Where it culminates.",
            Angle::Descendant => "Where it sets.",
            Angle::Ic => "Where it culminates below the horizon.",
            Angle::Vertex => "Where it crosses the prime vertical in the west.",
            Angle::AntiVertex => "Opposite to the vertex.",
            Angle::EquatorialAscendant => "Where it would rise at the equator: the east point.",
            Angle::CoAscendantKoch => "The co-ascendant of W. Koch.",
            Angle::CoAscendantMunkasey => "The co-ascendant of M. Munkasey.",
            Angle::PolarAscendant => "The polar ascendant of M. Munkasey.",
        };
        (angle.name(), turn(about, 123.4))
    });
    object(
        "The sky over the place, divided. Longitudes are in the zodiac of the query, degrees.",
        [
            ("system", named("HouseSystem")),
            (
                "cusps",
                list(
                    "Where houses begin, from the first on: 12, or 36 sectors.",
                    turn("A longitude.", 123.4),
                ),
            ),
            ("armc", turn("Right ascension of the midheaven: the local apparent sidereal time.", 201.5)),
            ("cusp_speeds", list("Their changes, degrees a day.", number("A change.", 361.2))),
            ("angle_speeds", named("AngleSpeeds")),
        ]
        .into_iter()
        .chain(angles),
        [("falls_back_from", named("HouseSystem"))],
    )
}

fn angle_speeds() -> Schema {
    let angles = Angle::ALL.into_iter().map(Angle::name).chain(["armc"]);
    object("How the angles change, degrees a day.", angles.map(|name| (name, number("A change.", 361.2))), [])
}

fn aspect() -> Schema {
    object(
        "An aspect of two points. With `time_known=false` it is that of midday.",
        [
            ("a", named("BodyOrAngle")),
            ("b", named("BodyOrAngle")),
            ("aspect", named("Aspect")),
            ("angle", number_from(0.0, 180.0, "The angle of the aspect, degrees.", 120.0)),
            ("separation", number_from(0.0, 180.0, "How far they are apart in longitude, degrees.", 118.2)),
            ("orb", number_from(0.0, 30.0, "How far from exact, degrees.", 1.8)),
            ("applying", applying()),
        ],
        [
            (
                "exact_at",
                nullable(
                    named("EventInstant"),
                    "With `perfection`: when it is exact, ahead where it applies and else behind. Null where it is not within the \
                     time that is looked at, where that is not known, for angles, which the Earth carries round within a day, and with \
                     `time_known=false` for the Moon, which is somewhere in a range.",
                ),
            ),
            (
                "perfects",
                nullable(
                    truth(
                        "With `perfection`, of what applies: whether it is exact before one of the two leaves its sign, or turns and \
                         they draw apart.",
                    ),
                    "Null where it does not apply, where that is not known, as where nothing happens in the time that is looked at, \
                     for angles, and with `time_known=false` for the Moon.",
                ),
            ),
            ("prevented_by", named("Hindrance")),
        ],
    )
}

/// Whether two come nearer to something exact.
pub(super) fn applying() -> RefOr<Schema> {
    nullable(
        truth("Whether it comes nearer to exact, by the motion of both."),
        "Null where it does neither, as both move alike or are angles, and where that is not known: of the Moon of a chart with \
         `time_known=false`, which is somewhere in a range.",
    )
}

fn hindrance() -> Schema {
    object(
        "What comes before an aspect is exact.",
        [
            (
                "type",
                words(
                    "A body turns, so that the two draw apart before they are there; or it leaves its sign.",
                    ["station", "sign_change"],
                ),
            ),
            ("body", named("Body")),
            ("at", named("EventInstant")),
        ],
        [],
    )
}

fn matrix() -> Schema {
    let apart = number_from(0.0, 180.0, "How far two points are apart in longitude, degrees.", 118.2);
    object(
        "Each point beside each: row by row, as `points` are.",
        [
            ("points", list("Bodies, then angles.", named("BodyOrAngle"))),
            ("separations", list("The rows.", list("A row.", apart))),
            (
                "aspects",
                list(
                    "The rows.",
                    list("A row.", nullable(named("Aspect"), "The aspect that the two make, if any.")),
                ),
            ),
        ],
        [],
    )
}

fn pattern() -> Schema {
    object(
        "A figure that aspects make.",
        [
            ("pattern", words("Which.", PatternKind::ALL.map(PatternKind::name))),
            (
                "members",
                list(
                    "Its points: the apex first; corners round the figure; a stellium's along the zodiac.",
                    named("PatternMember"),
                ),
            ),
        ],
        [
            (
                "element",
                words(
                    "That of a grand trine, or of a kite's, where it has one.",
                    Element::ALL.map(Element::name),
                ),
            ),
            (
                "mode",
                words("That of a T-square or a grand cross, where it has one.", Mode::ALL.map(Mode::name)),
            ),
            ("sign", words("That of a stellium, where it is in one.", Sign::ALL.map(Sign::name))),
        ],
    )
}

fn pattern_member() -> Schema {
    let roles = [Role::Corner, Role::Apex, Role::Base, Role::Tail, Role::Wing];
    object(
        "A point of a figure.",
        [("point", named("BodyOrAngle")), ("role", words("What it is in it.", roles.map(Role::name)))],
        [],
    )
}

fn lot_or_refusal() -> RefOr<Schema> {
    AnyOfBuilder::new().schema_type(SchemaType::AnyValue).item(named("Lot")).item(named("LotRefused")).into()
}

fn lot_refused() -> Schema {
    object(
        "That a lot cannot be reckoned in this chart, in its place.",
        [
            ("lot", text("Its name.", "death")),
            ("problem", named("Problem")),
            ("formula", text("How it would be reckoned, by day or by night.", "saturn + cusp_8 - moon")),
        ],
        [],
    )
}

fn lot() -> Schema {
    object(
        "A lot.",
        [
            ("lot", text("Its name.", "fortune")),
            ("longitude", turn("Its longitude in the zodiac, degrees.", 123.4)),
            ("longitude_speed", number("Its change, degrees a day.", 361.2)),
            ("sign", words("The sign that it is in.", Sign::ALL.map(Sign::name))),
            ("sign_longitude", number_from(0.0, 30.0, "How far into the sign it is, degrees.", 3.4)),
            ("house", count_from(1, 36, "The house that its longitude is in, or the sector of Gauquelin's.")),
            (
                "formula",
                text("How it is reckoned in this chart, by day or by night.", "ascendant + moon - sun"),
            ),
        ],
        [],
    )
}
