//! `GET /v1/ephemeris`: positions over a range of instants.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{Params, TableQuery};
use crate::routes::{Asked, table};
use crate::wire::request::Request;

mod reply;
mod spec;

pub(crate) use spec::{PARAMETERS, SPEC};

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), PARAMETERS)?;
        let format = request.format(params.get("format"), table::FORMATS)?;
        table::reply(&app, &request, TableQuery::of_range(&params, SystemTime::now), format, None).await
    }))
}
