//! What `/v1/eclipses/{id}/path` takes and gives.

use orrery_almanac::eclipses::path::CurveName;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};

use super::{ID, LMT_LON, REFUSALS_OF_ONE, TZ, eclipse};
use crate::query::{DEFAULT_STEP_MIN, MOST_STEP_MIN, Parameter, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{list, named, number, number_from, number_or_null, object, text, words};
use crate::routes::openapi::spec::{Example, Spec, Tag};
use crate::routes::parameters::{CALENDAR, SOURCE};
use crate::wire::media::Format;

/// The formats, the first where a client does not mind.
pub(crate) const FORMATS: &[Format] = &[Format::Geojson, Format::Svg];

const FORMAT: Parameter = Parameter::new(
    "format",
    "The format of the reply. It goes before the `Accept` header, by which one may be chosen too.",
)
.taking(Takes::Words(&["geojson", "svg"]))
.by_default("geojson");

const STEP: Parameter = Parameter::new(
    "step",
    "Solar: minutes between the outlines of the shadow, and between the points of the central line that are told with duration \
     and width.",
)
.taking(Takes::Count { least: 1, most: MOST_STEP_MIN as u16 })
.by_default("15");

const _: () = assert!(DEFAULT_STEP_MIN == 15, "the default above says so");

pub(crate) const PARAMETERS: &[Parameter] = &[ID, STEP, CALENDAR, TZ, LMT_LON, SOURCE, FORMAT];

/// The documentation of `/v1/eclipses/{id}/path`.
pub(crate) const PATH: Spec = Spec {
    id: "getEclipsePath",
    tag: Tag::Sky,
    summary: "Where an eclipse is seen: GeoJSON, or a map",
    about: "Of an eclipse of the Sun the central line, the limits of umbra and penumbra, where it begins, ends or is greatest at \
            sunrise and sunset, and the outlines of the shadow every `step` minutes of UTC; of one of the Moon where it is up at each \
            contact. As GeoJSON (RFC 7946: what crosses the antimeridian is cut there; longitude comes first), or drawn \
            on a map, `svg`, turned so that the place of greatest eclipse is in the middle. Curves are within a kilometre of where \
            they should be between their points.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "The path of August 2026", query: "solar-2026-08-12" },
        Example { about: "A map of it", query: "solar-2026-08-12?format=svg" },
        Example { about: "Who sees an eclipse of the Moon", query: "lunar-2026-03-03?format=geojson" },
        Example { about: "Every five minutes", query: "solar-2027-08-02?step=5" },
    ],
    body: None,
    formats: FORMATS,
    reply: "EclipsePath",
    reply_about: "The curves, or the map.",
    fields: header::OF_COMPUTED,
    refusals: REFUSALS_OF_ONE,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    let document = object(
        "A GeoJSON feature collection, with what else is told as members of its own.",
        [
            ("type", words("What it is.", ["FeatureCollection"])),
            ("features", list("Points, lines and areas.", named("EclipseFeature"))),
            ("query", named("EclipsePathQuery")),
            ("eclipse", named("Eclipse")),
            ("provenance", named("Provenance")),
        ],
        [],
    );
    let feature = object(
        "A point, a line or an area.",
        [
            ("type", words("What it is.", ["Feature"])),
            ("geometry", named("EclipseGeometry")),
            ("properties", named("EclipseFeatureProperties")),
        ],
        [],
    );
    let geometry = object(
        "Longitude and latitude in degrees, nested as the type asks.",
        [
            (
                "type",
                words("What it is.", ["Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]),
            ),
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
    vec![
        ("EclipsePath", document),
        ("EclipsePathQuery", super::query(PARAMETERS)),
        ("EclipseFeature", feature),
        ("EclipseGeometry", geometry),
        ("EclipseFeatureProperties", properties()),
    ]
}

fn properties() -> Schema {
    let curves = CurveName::ALL.map(CurveName::name).join("`, `");
    object(
        "What a feature is, and when.",
        [(
            "name",
            text(
                &format!(
                    "Of an eclipse of the Sun `greatest_eclipse`, `central_line`, `central_point`, `umbral_path` (the area between the limits), \
                     `{curves}`; of one of the Moon `sublunar_point`, and `moon_up_at_` with the contact or `maximum`."
                ),
                "central_line",
            ),
        )],
        [
            ("at", text("When.", "2026-08-12T17:45:51.000Z")),
            ("begin", text("When the line begins.", "2026-08-12T16:58:00.000Z")),
            ("end", text("When it ends.", "2026-08-12T18:34:00.000Z")),
            ("type", words("Of a point of the central line: what the eclipse is there.", eclipse::types())),
            (
                "duration_s",
                number_or_null("For how long it is that, seconds; null where it is partial.", 138.2),
            ),
            ("width_km", number_or_null("Width of the path, km; null where it has not two limits.", 294.0)),
            ("sun_altitude", number_from(-90.0, 90.0, "Altitude of the Sun, degrees.", 25.8)),
            ("sun_azimuth", number_from(0.0, 360.0, "Its azimuth, degrees.", 248.4)),
            ("magnitude", number("The Moon's diameter in diameters of the Sun.", 1.04)),
        ],
    )
}
