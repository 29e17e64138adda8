//! `POST /v1/positions`: positions at instants that are listed.

use std::sync::Arc;

use http::StatusCode;
use http::header::CONTENT_LENGTH;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

use crate::app::App;
use crate::query::{LISTS_PER_BODY, Parameter, Params, TableQuery, Takes, read_body};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::object;
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::{Asked, parameters, table};
use crate::wire::aside;
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;
use crate::wire::room::Full;
use crate::wire::upload::no_room;

/// Members of the body, which the query string may have instead.
pub(crate) const POSTED: &[Parameter] = &parameters::of_bodies(
    [parameters::LISTED_JD, parameters::LISTED_JD_TT, parameters::LISTED_DATES],
    parameters::TABLE_FIELDS,
    parameters::TABLE_FORMAT,
);

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        // What is wrong with the query string is said before the body is read.
        queried(&request)?;
        // One that does not say how long it is may be of any length.
        let is_told = request.headers().contains_key(CONTENT_LENGTH);
        app.check_body(request.body_bytes().filter(|_| is_told))?;
        let body = request.body(&app).await?;
        let room = app.bodies();
        let mut held = room.take(LISTS_PER_BODY * body.len()).map_err(|Full| no_room(room))?;
        let asked = Arc::clone(&request);
        let (query, format) = aside::read(body.len(), move || read(&asked, &body)).await?;
        held.keep(query.as_ref().map_or(0, |query| query.instants.listed_bytes()));
        table::reply(&app, &request, query, format, Some(held)).await
    }))
}

/// The parameters in the query string.
fn queried(request: &Request) -> Result<Params<'_>, Problem> {
    Params::parse(request.query(), QUERIED).map_err(|problem| {
        let is_list = LISTS.iter().any(|list| problem.parameter.as_deref() == Some(list.name));
        if is_list {
            problem.hint("list instants in the body, or ask with GET for a single one")
        } else {
            problem
        }
    })
}

/// What a body and the query string ask for, and in which format.
fn read(request: &Request, body: &[u8]) -> Result<(Result<TableQuery, Problem>, Format), Problem> {
    let mut params = queried(request)?;
    let lists = read_body(body, POSTED, &mut params)?;
    let format = request.format(params.get("format"), table::FORMATS)?;
    Ok((TableQuery::of_lists(&params, lists), format))
}

/// What may stand in the query string: all but lists of instants.
const QUERIED: &[Parameter] = POSTED.split_at(LISTED).1;

/// The lists of instants.
const LISTS: &[Parameter] = POSTED.split_at(LISTED).0;

/// How many there are: they stand first.
const LISTED: usize = 3;

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postPositions",
    tag: Tag::Sky,
    summary: "Where bodies stand at many instants",
    about: "The positions of bodies at instants that are listed, as many as fit into a body of 32 MiB, which may be \
            compressed (`Content-Encoding: gzip`, `br` or `zstd`). A row of the table is one body at one instant; rows \
            come instant by instant, in the order given. JSON has a list for each column of each body, and 100,000 rows \
            at most; NDJSON, CSV and Arrow are streamed, any number of rows, as fast as they are read. Members are those \
            of `GET /v1/positions`; the query string may have them too. Everything but the rows is in the metadata of \
            Arrow's schema: units, the query as it was understood, and where the rows come from.",
    parameters: &[],
    examples: &[
        Example {
            about: "Two instants of two bodies, in columns",
            query: r#"{"jd": [2461120.5, 2461121.5], "bodies": ["sun", "moon"]}"#,
        },
        Example {
            about: "The same as lines of CSV, equatorial",
            query: r#"{"dates": ["2026-03-20", "2026-03-21"], "bodies": ["sun", "moon"], "frame": "equatorial", "format": "csv"}"#,
        },
    ],
    body: Some(BodySpec { about: "The instants, and what is asked of each.", schema: "PositionsRequest" }),
    formats: table::FORMATS,
    reply: "Table",
    reply_about: "The table, in the format that was asked for.",
    fields: &[
        header::CACHE_CONTROL,
        header::VARY,
        header::X_CACHE_STATUS.of_streams(),
        header::X_DATASET,
        header::X_EPHEMERIS_SOURCE.of_streams(),
    ],
    refusals: &[
        StatusCode::NOT_ACCEPTABLE,
        StatusCode::CONFLICT,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ],
    schemas: || vec![("PositionsRequest", request())],
};

/// The body's schema: a member for each parameter.
fn request() -> Schema {
    let members = POSTED.iter().map(|parameter| {
        let schema = match parameter.takes {
            Takes::Numbers => ArrayBuilder::new()
                .description(Some(parameter.about))
                .items(ObjectBuilder::new().schema_type(Type::Number))
                .min_items(Some(1))
                .into(),
            Takes::Dates(form) => ArrayBuilder::new()
                .description(Some(parameter.about))
                .items(ObjectBuilder::new().schema_type(Type::String).pattern(Some(form)))
                .min_items(Some(1))
                .into(),
            takes => takes.schema(parameter.default, parameter.examples),
        };
        (parameter.name, schema)
    });
    object("Instants, listed as one of `jd`, `jd_tt` and `dates`, and what is asked of each.", [], members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_the_body_alone() {
        assert!(QUERIED.iter().all(|parameter| !["jd", "jd_tt", "dates"].contains(&parameter.name)));
        assert_eq!(QUERIED.len() + 3, POSTED.len());
    }
}
