//! `/v1/lots`: places in the zodiac that are reckoned from others.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{ChartQuery, Parameter, Params, Part, Parts, Placed, TRADITIONAL_LOTS};
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::telling;
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::parameters;

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
    parameters::LOTS.by_default(TRADITIONAL_LOTS),
    parameters::FORMULA,
    parameters::HOUSE_SYSTEM,
    parameters::FALLBACK,
    parameters::CENTER,
    general::ZODIAC,
    general::AYANAMSA,
    general::PLACE,
    general::SOURCE,
    general::ALLOW_MOSHIER,
    general::PRECISION,
    general::FORMAT,
];

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Lots, PARAMETERS, &[Format::Json], read)
}

fn read(app: &App, params: &Params<'_>, _: Format) -> Result<ChartQuery, Problem> {
    let parts = Parts::of([Part::Lots]);
    let mut query = ChartQuery::of(params, parts, Placed::Needed, SystemTime::now)?;
    // Lots are told here, and nobody else.
    query.cast.without_bodies();
    query.with_lots(params, app.lots(), TRADITIONAL_LOTS)
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getLots",
    tag: Tag::Charts,
    summary: "Lots, or Arabic parts",
    about: "Places in the zodiac that are reckoned from others, such as the lot of fortune, which is as far from the ascendant as the \
            Moon is from the Sun: by formulas for day and for night, of which each reply has the one that it used. Without `lots`, they \
            are the sixteen of the tradition. One that cannot be reckoned, such as one from a cusp among Gauquelin's sectors, has \
            `problem` in the place of its longitude; where none can be, that is refused.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "The sixteen of the tradition",
            query: "date=1879-03-14T11:30&tz=lmt&lat=48.4&lon=10",
        },
        Example {
            about: "Fortune, what Dorotheus calls hyleg, and a lot of one's own",
            query: "date=2026-03-20T14:46:00Z&lat=52.52&lon=13.4&lots=fortune,hyleg&formula=mine:ascendant%2Bmoon-venus",
        },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "Chart",
    reply_about: "The lots, with how the query was understood and where the answer comes from.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas: Vec::new,
};
