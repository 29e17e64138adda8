//! `GET /v1/ayanamsas`: the sidereal zodiacs that there are, and how far each is from the tropical one.

use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::query::{AyanamsasQuery, Params};
use crate::routes::{Asked, Resource, inquiry};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

mod spec;

#[cfg(test)]
mod tests;

pub(crate) use spec::{PARAMETERS, SPEC};

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    inquiry::get(app, request, Resource::Ayanamsas, read(request))
}

fn read(request: &Request) -> Result<AyanamsasQuery, Problem> {
    let params = Params::parse(request.query(), PARAMETERS)?;
    request.format(params.get("format"), &[Format::Json])?;
    AyanamsasQuery::new(&params, SystemTime::now)
}
