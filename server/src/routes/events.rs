//! `GET /v1/events`: what happens in the sky, in the order of time.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{EventsQuery, Params};
use crate::routes::Asked;
use crate::routes::listing;
use crate::wire::request::Request;

mod spec;

pub(crate) use spec::{PARAMETERS, SPEC};

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), PARAMETERS)?;
        let format = request.format(params.get("format"), listing::FORMATS)?;
        let query = EventsQuery::new(&params, SystemTime::now);
        listing::reply(&app, &request, query, format).await
    }))
}
