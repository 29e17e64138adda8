//! `/v1/astrocartography`: where on the Earth bodies are on the angles.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use orrery_almanac::astrocartography::Projection;
use orrery_almanac::{Angularity, LeapSeconds};
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};

use crate::answer::astrocartography;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::tables::Extent;
use crate::app::{App, Generation};
use crate::query::{
    AstrocartographyQuery, MOST_BODIES, MOST_DISTANCE_KM, Parameter, SourceChoice, Takes, When,
};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, number, number_from, object, text, words};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::telling::{self, Kept, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::svg::Theme;
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::parameters;
use super::schemas::echoed;

/// The formats, the first where a client does not mind.
const FORMATS: &[Format] = &[Format::Geojson, Format::Svg];

const LAT: Parameter = Parameter::new(
    "lat",
    "With `lon`: geographic latitude of a place, north is positive. It is marked, and told how far from it each line is.",
)
.taking(general::LAT.takes)
.or_called(&["latitude"])
.such_as(&["52.52"]);

const LON: Parameter = Parameter::new(
    "lon",
    "Geographic longitude of that place, east is positive; or of the local mean time that `tz=lmt` is.",
)
.taking(general::LON.takes)
.or_called(&["lng", "longitude"])
.such_as(&["13.4"]);

const PROJECTION: Parameter = Parameter::new(
    "projection",
    "What of a body is brought to the angles: the body itself, where it is in the sky (`in_mundo`), or its degree of the \
     ecliptic, as if it had no latitude (`in_zodiaco`). They differ for the Moon and Pluto most.",
)
.taking(Takes::Words(&[Projection::InMundo.name(), Projection::InZodiaco.name()]))
.by_default(Projection::InMundo.name());

const MAX_DISTANCE: Parameter = Parameter::new(
    "max_distance",
    "With a place: how far from it a line may be to be told of. Left out, all lines are told, the nearest first.",
)
.taking(Takes::Number { unit: "km", least: 0.0, most: MOST_DISTANCE_KM })
.such_as(&["1000"]);

const THEME: Parameter = Parameter::new(
    "theme",
    "With `format=svg`: its colours. `auto` are those of a light or of a dark page, as whoever looks at it prefers; `print` is \
     black on white, with bodies told apart by their letters alone.",
)
.taking(parameters::THEME.takes)
.by_default(Theme::Auto.name());

const TITLE: Parameter = Parameter::new(
    "title",
    "With `format=svg`: what stands over it. Without one, or with blanks alone, that is what it shows and the date.",
)
.taking(parameters::TITLE.takes)
.such_as(&["Where to go"]);

const FORMAT: Parameter = Parameter::new(
    "format",
    "The format of the reply. It goes before the `Accept` header, by which one may be chosen too.",
)
.taking(Takes::Words(&["geojson", "svg"]))
.by_default("geojson");

const _: () = assert!(MOST_BODIES == 50, "the text below says so");

const BODIES: Parameter = general::BODIES.explained_by(|| {
    let sets = general::BODIES.more.map(|more| more()).unwrap_or_default();
    format!("{sets} There are {MOST_BODIES} at most.")
});

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    general::DATE,
    general::JD,
    general::JD_TT,
    general::CALENDAR,
    general::TZ,
    LAT,
    LON,
    MAX_DISTANCE,
    BODIES,
    PROJECTION,
    general::SOURCE,
    general::ALLOW_MOSHIER,
    THEME,
    TITLE,
    FORMAT,
];

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Astrocartography, PARAMETERS, FORMATS, |_, params, format| {
        AstrocartographyQuery::new(params, format, SystemTime::now)
    })
}

impl Telling for AstrocartographyQuery {
    const LESS: &'static str = "ask for fewer bodies that the tables do not hold, or try again";

    fn source(&self) -> SourceChoice {
        self.sky.source
    }

    fn is_now(&self) -> bool {
        self.time.is_now()
    }

    /// Lines are followed from place to place, and their names find room between each other.
    fn is_long(&self) -> bool {
        true
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        Ok(self.time.when.check(leaps)?)
    }

    fn bodies(&self) -> usize {
        self.sky.bodies.len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        astrocartography::write(ground, self, format, names)
    }
}

impl Kept for AstrocartographyQuery {
    fn written(&self, format: Format) -> String {
        AstrocartographyQuery::written(self, format.name())
    }

    fn whens(&self) -> Vec<When> {
        vec![self.time.when]
    }

    fn extent(&self, generation: &Generation) -> Extent {
        Extent::of(&self.sky, [self.time.when; 2], generation)
    }
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getAstrocartography",
    tag: Tag::Charts,
    summary: "Where on the Earth bodies are on the angles: GeoJSON, or a map",
    about: "At one instant the four lines of each body: the meridians along which it culminates (`mc`) and anticulminates (`ic`), \
            and the curves along which it rises (`ascendant`) and sets (`descendant`); where lines of two bodies cross; and where \
            each body is in the zenith. Of a place that is named, how far each line is from it along the ground, the nearest first. \
            As GeoJSON (RFC 7946: what crosses the antimeridian is cut there; longitude comes first), or drawn on a map, `svg`. \
            The horizon is that of the body's centre, without air and without parallax. Lines are within 0.02° of where they \
            should be between their points. A chart that is relocated is the one that `/v1/chart` casts for the same \
            instant with another `lat` and `lon`.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "The lines of an equinox", query: "date=2026-03-20T14:46:00Z" },
        Example { about: "A map of them", query: "date=2026-03-20T14:46:00Z&format=svg" },
        Example {
            about: "The same for print, under a title",
            query: "date=2026-03-20T14:46:00Z&format=svg&theme=print&title=March%20equinox%202026",
        },
        Example {
            about: "Which lines of the luminaries and the benefics pass within a thousand kilometres of Lisbon",
            query: "date=1990-05-17T08:30&tz=Europe/Berlin&bodies=sun,moon,venus,jupiter&lat=38.72&lon=-9.14&max_distance=1000",
        },
        Example {
            about: "By degrees of the ecliptic",
            query: "date=2026-03-20T14:46:00Z&bodies=moon,pluto&projection=in_zodiaco",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "Astrocartography",
    reply_about: "The lines, or the map.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    let document = object(
        "A GeoJSON feature collection, with what else is told as members of its own.",
        [
            ("type", words("What it is.", ["FeatureCollection"])),
            ("features", list("Lines and points.", named("AstrocartographyFeature"))),
            ("query", named("AstrocartographyQuery")),
            ("time", named("Time")),
            ("provenance", named("Provenance")),
        ],
        [],
    );
    let feature = object(
        "A line or a point.",
        [
            ("type", words("What it is.", ["Feature"])),
            ("geometry", named("AstrocartographyGeometry")),
            ("properties", named("AstrocartographyProperties")),
        ],
        [],
    );
    let geometry = object(
        "Longitude and latitude in degrees, nested as the type asks.",
        [
            ("type", words("What it is.", ["Point", "LineString", "MultiLineString"])),
            (
                "coordinates",
                ArrayBuilder::new()
                    .items(
                        ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Number, Type::Array])),
                    )
                    .into(),
            ),
        ],
        [],
    );
    let query = echoed(
        PARAMETERS,
        &["projection", "source", "allow_moshier", "format"],
        vec![("bodies", list("The bodies, sets resolved.", named("Body")))],
        Vec::new(),
    );
    vec![
        ("Astrocartography", document),
        ("AstrocartographyQuery", query),
        ("AstrocartographyFeature", feature),
        ("AstrocartographyGeometry", geometry),
        ("AstrocartographyProperties", properties()),
        ("LineDistance", distance()),
        ("LineAngle", words("The angle that the body is on.", angles()).into()),
    ]
}

fn angles() -> [&'static str; 4] {
    Angularity::ALL.map(|angularity| angularity.angle().name())
}

fn properties() -> Schema {
    object(
        "What a feature is.",
        [(
            "name",
            words("What it is; `place` is the one that was named.", ["line", "crossing", "zenith", "place"]),
        )],
        [
            ("body", named("Body")),
            ("angle", named("LineAngle")),
            ("bodies", list("Of a crossing: whose lines these are.", named("Body"))),
            ("angles", list("Of a crossing: on which angles they are there.", named("LineAngle"))),
            ("label", text("Of a place: what the map calls it.", "52°31′N 13°24′E")),
            ("lines", list("Of a place: how far lines are, the nearest first.", named("LineDistance"))),
        ],
    )
}

fn distance() -> Schema {
    object(
        "How far a line is from a place.",
        [
            ("body", named("Body")),
            ("angle", named("LineAngle")),
            (
                "distance_km",
                number_from(0.0, MOST_DISTANCE_KM, "Along the ground of a globe of 6371 km, km.", 412.7),
            ),
            (
                "nearest",
                list(
                    "Where the line is nearest: longitude and latitude, degrees.",
                    number("A coordinate.", 13.4),
                ),
            ),
        ],
        [],
    )
}
