//! `GET /v1/moon/…`: the Moon's phases, when it is void of course, and its calendar.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::events::EventType;

use crate::app::App;
use crate::query::{EventsQuery, Parameter, Params, Shape};
use crate::routes::Asked;
use crate::routes::listing;
use crate::wire::request::Request;

mod calendar;
mod spec;

pub(crate) use calendar::get as calendar;
pub(crate) use spec::{CALENDAR, PHASES, VOID};
use spec::{PHASE_PARAMETERS, VOID_PARAMETERS};

pub(crate) fn phases(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    listed(app, request, PHASE_PARAMETERS, EventType::Lunation, Shape::Phases)
}

pub(crate) fn void(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    listed(app, request, VOID_PARAMETERS, EventType::VoidOfCourse, Shape::Periods)
}

fn listed(
    app: &Arc<App>,
    request: &Arc<Request>,
    parameters: &'static [Parameter],
    kind: EventType,
    shape: Shape,
) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), parameters)?;
        let format = request.format(params.get("format"), listing::FORMATS)?;
        let query = EventsQuery::of_moon(&params, kind, shape, SystemTime::now);
        listing::reply(&app, &request, query, format).await
    }))
}
