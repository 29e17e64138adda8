//! `/v1/aspects`: which aspects bodies and angles make.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{ChartQuery, Drawing, Parameter, Part, Parts, Picture, Placed};
use crate::routes::listing::parameters as listed;
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::telling;
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::request::Request;

use super::parameters;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    general::DATE,
    general::JD,
    general::JD_TT,
    general::CALENDAR,
    general::TZ,
    parameters::LAT,
    parameters::LON,
    parameters::ALT,
    parameters::BODIES,
    parameters::CENTER,
    general::ZODIAC,
    general::AYANAMSA,
    general::PLACE,
    parameters::HOUSE_SYSTEM,
    parameters::FALLBACK,
    listed::ASPECTS,
    parameters::ORBS,
    parameters::ORB_BY,
    parameters::ANGLES,
    parameters::PERFECTION,
    general::SOURCE,
    general::ALLOW_MOSHIER,
    general::PRECISION,
    parameters::PICTURE_OF_ASPECTS,
    parameters::THEME,
    parameters::LAYOUT,
    parameters::TITLE,
    parameters::FORMAT,
];

const FORMATS: &[Format] = &[Format::Json, Format::Svg];

/// The parts of a chart that are told.
fn parts() -> Parts {
    Parts::of([Part::Aspects, Part::Matrix])
}

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Aspects, PARAMETERS, FORMATS, |_, params, format| {
        let drawing = Drawing::read(params, format, Picture::Grid)?;
        Ok(ChartQuery::of(params, parts(), Placed::IfGiven, SystemTime::now)?.drawn(drawing))
    })
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getAspects",
    tag: Tag::Charts,
    summary: "Aspects of bodies and angles, and how far all are apart",
    about: "Which aspects bodies make with each other, and with the angles of a place where one is given: how far from exact, whether \
            they come nearer, when they are exact, and whether they are so before one of the two leaves its sign, or turns and they \
            draw apart. \
            `matrix` has how far any two are apart. As a picture, `format=svg`, it is the grid of aspects.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "All aspects of the equinox, minor ones too",
            query: "date=2026-03-20T14:46:00Z&aspects=all",
        },
        Example {
            about: "With the angles over Berlin, by the moieties of tradition",
            query: "date=2026-03-20T14:46:00Z&lat=52.52&lon=13.4&bodies=luminaries,mercury,venus,mars,jupiter,saturn&orb_by=moiety",
        },
        Example { about: "The grid, drawn", query: "date=2026-03-20T14:46:00Z&format=svg" },
    ],
    body: None,
    formats: FORMATS,
    reply: "Chart",
    reply_about: "The aspects and the matrix, with how the query was understood and where the answer comes from; or a picture.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas: Vec::new,
};
