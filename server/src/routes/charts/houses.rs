//! `/v1/houses`: the sky over a place, divided.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use orrery_almanac::{HouseSystem, LeapSeconds};
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::answer::chart;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::tables::Extent;
use crate::app::{App, Generation};
use crate::query::{HousesQuery, Parameter, SourceChoice, When};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{count_from, list, named, nullable, number_from, object, turn, words};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::telling::{self, Kept, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::parameters;
use super::schemas::echoed;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    general::DATE,
    general::JD,
    general::JD_TT,
    general::CALENDAR,
    general::TZ,
    general::SITE_LAT,
    general::SITE_LON,
    parameters::ALT,
    parameters::HOUSE_SYSTEM,
    parameters::FALLBACK,
    parameters::HOUSED_BODIES,
    parameters::CENTER,
    general::ZODIAC,
    general::AYANAMSA,
    general::PLACE,
    general::SOURCE,
    general::ALLOW_MOSHIER,
    general::PRECISION,
    general::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json];

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Houses, PARAMETERS, FORMATS, |_, params, _| {
        HousesQuery::new(params, SystemTime::now)
    })
}

impl Telling for HousesQuery {
    const LESS: &'static str = "ask for fewer bodies that the tables do not hold, or try again";

    fn source(&self) -> SourceChoice {
        self.cast.sky.source
    }

    fn is_now(&self) -> bool {
        self.cast.time.is_now()
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        self.cast.check(leaps)
    }

    fn bodies(&self) -> usize {
        self.cast.sky.bodies.len()
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        chart::write_divided(ground, self, format.name(), names)
    }
}

impl Kept for HousesQuery {
    fn written(&self, format: Format) -> String {
        HousesQuery::written(self, format.name())
    }

    fn whens(&self) -> Vec<When> {
        self.cast.whens()
    }

    fn extent(&self, generation: &Generation) -> Extent {
        Extent::of_casts([&self.cast], generation)
    }
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getHouses",
    tag: Tag::Charts,
    summary: "Houses and angles of a place, by any system",
    about: "The cusps of houses with their changes a day, the angles, and where bodies are in the houses: by longitude, as charts \
            have it (`house`), and by the division of the sky itself, latitude and all (`house_position`, 3.25 is a quarter through \
            the third). `systems` lists all that there are. Where the one that is asked for fails, which is beyond the polar circles, \
            it says so, and what works; or `fallback` takes its place.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "Over Berlin, by Placidus", query: "date=2026-03-20T14:46:00Z&lat=52.52&lon=13.4" },
        Example {
            about: "In a sidereal zodiac, by whole signs, and where the luminaries are",
            query: "date=2026-03-20T14:46:00Z&lat=28.6&lon=77.2&zodiac=sidereal&ayanamsa=lahiri&house_system=W&bodies=sun,moon",
        },
        Example {
            about: "Gauquelin's sectors, and in which Mars is",
            query: "date=2026-03-20T14:46:00Z&lat=48.85&lon=2.35&house_system=gauquelin&bodies=mars",
        },
        Example {
            about: "In Tromsø, where Koch's fail",
            query: "date=2026-12-21T11:00:00Z&lat=69.65&lon=18.96&house_system=koch&fallback=whole_sign",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "HousesReply",
    reply_about: "The houses, with how the query was understood and where the answer comes from.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("HousesReply", reply()),
        ("HousesQuery", query()),
        ("HousedBody", body()),
        ("HouseSystemOnOffer", system()),
    ]
}

fn reply() -> Schema {
    object(
        "The sky over a place, divided.",
        [
            ("query", named("HousesQuery")),
            ("time", named("Time")),
            ("houses", named("Houses")),
            ("bodies", list("Where those are that were asked for.", named("HousedBody"))),
            ("systems", list("All systems.", named("HouseSystemOnOffer"))),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

fn query() -> Schema {
    echoed(
        PARAMETERS,
        &["lat", "lon", "alt", "center", "zodiac", "place", "source", "allow_moshier", "format"],
        vec![
            ("house_system", named("HouseSystem")),
            ("bodies", list("The bodies, sets resolved.", named("Body"))),
        ],
        vec![("fallback", named("HouseSystem"))],
    )
}

fn body() -> Schema {
    object(
        "Where a body is among the houses.",
        [
            ("body", named("Body")),
            ("longitude", turn("Its longitude in the zodiac, degrees.", 20.5)),
            ("latitude", number_from(-90.0, 90.0, "Its latitude, degrees.", 3.5)),
            ("house", count_from(1, 36, "The house, or the sector, that its longitude is in.")),
            (
                "house_position",
                nullable(
                    number_from(
                        1.0,
                        37.0,
                        "The house that it is in by the division of the sky, and how much of it has passed.",
                        3.25,
                    ),
                    "Null where the system has none.",
                ),
            ),
        ],
        [],
    )
}

fn system() -> Schema {
    object(
        "A system.",
        [
            ("system", named("HouseSystem")),
            (
                "letter",
                words(
                    "Its letter in the Swiss Ephemeris.",
                    HouseSystem::ALL.map(|system| LETTERS.split_at(letter_at(system)).1.split_at(1).0),
                ),
            ),
            (
                "count",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .description(Some("How many cusps it has."))
                    .enum_values(Some([12, 36]))
                    .into(),
            ),
            (
                "limit_latitude",
                nullable(
                    number_from(
                        0.0,
                        90.0,
                        "The latitude, north or south, from which on it fails at the instant, degrees; of `sunshine_makransky` that \
                         from which on it may, unless the Sun is among the bodies.",
                        66.56,
                    ),
                    "Null where it never does, or, of `sunshine`, on one northern latitude alone, at which the Sun touches the horizon.",
                ),
            ),
        ],
        [],
    )
}

/// Every letter that a system may have.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZi";

/// Where among them a system's is.
fn letter_at(system: HouseSystem) -> usize {
    LETTERS.find(system.letter()).unwrap_or_default()
}
