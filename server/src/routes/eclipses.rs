//! `GET /v1/eclipses…`: eclipses of the Sun and of the Moon.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{EventsQuery, Params};
use crate::routes::Asked;
use crate::routes::listing;
use crate::wire::request::Request;

mod spec;

pub(crate) use spec::LIST;
use spec::LIST_PARAMETERS;

pub(crate) fn list(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), LIST_PARAMETERS)?;
        let format = request.format(params.get("format"), listing::FORMATS)?;
        let query = EventsQuery::of_eclipses(&params, SystemTime::now);
        listing::reply(&app, &request, query, format).await
    }))
}
