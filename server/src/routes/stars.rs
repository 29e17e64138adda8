//! `GET /v1/stars`: where fixed stars are seen at one instant.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{Params, StarsQuery};
use crate::routes::{Asked, Resource, inquiry};
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::Request;

mod reply;
mod spec;

#[cfg(test)]
mod tests;

pub(crate) use spec::{PARAMETERS, SPEC};

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    inquiry::get(app, request, Resource::Stars, read(app, request))
}

fn read(app: &App, request: &Request) -> Result<StarsQuery, Problem> {
    let params = Params::parse(request.query(), PARAMETERS)?;
    request.format(params.get("format"), &[Format::Json])?;
    let catalogue = app.stars().ok_or_else(no_catalogue)?;
    StarsQuery::new(&params, catalogue, SystemTime::now)
}

/// The refusal of what takes a catalogue.
pub(super) fn no_catalogue() -> Problem {
    Problem::new(
        Code::CatalogueUnavailable,
        "this server has no catalogue of fixed stars, which lies beside the ephemeris files",
    )
    .hint("the operator can run scripts/fetch-data, which brings sefstars.txt, and restart")
}
