//! `/v1/charts`: many charts in one request.

use std::sync::Arc;

use http::StatusCode;

use crate::answer::candidates;
use crate::app::App;
use crate::query::{Bulk, Parameter, Params, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::named;
use crate::routes::openapi::spec::{BodySpec, Example, Spec, Tag};
use crate::routes::{Asked, parameters as general};
use crate::wire::media::Format;
use crate::wire::request::Request;

use super::{chart, parameters, schemas};

mod listed;
mod reply;
mod told;
mod work;

/// What a chart's own members may be: its id first, and then the parameters of a single chart.
pub(crate) const LINE: &[Parameter] = &line();

/// What the query string may say for all of them, and how the reply is to be.
pub(crate) const QUERIED: &[Parameter] = &queried();

const ID: Parameter = Parameter::new(
    "id",
    "What the client knows the chart by, a text or a whole number of 64 bits: it is repeated beside the answer, or the refusal.",
)
.taking(Takes::Id)
.such_as(&["7"]);

const INCLUDE: Parameter = Parameter {
    about: "Which parts of a chart to tell, and whether `query`, how it was understood, and `provenance` are told with them: these are \
            not unless they are named. `default` stands for the parts that are told where `include` is left out.",
    takes: Takes::Names(|| named("ChartsPartOrSet")),
    examples: &["positions,houses,aspects", "default,provenance"],
    ..parameters::INCLUDE
};

const FORMAT: Parameter =
    Parameter { takes: Takes::Words(&["ndjson", "json"]), default: None, ..general::FORMAT };

/// The parameters of a chart, without its format, and without how it is drawn: many are not.
const OF_CHARTS: &[Parameter] = chart::PARAMETERS.split_at(chart::PARAMETERS.len() - chart::OF_PICTURES).0;

const fn line() -> [Parameter; OF_CHARTS.len() + 1] {
    let mut line = [ID; OF_CHARTS.len() + 1];
    let mut nth = 0;
    while nth < OF_CHARTS.len() {
        line[nth + 1] = of_many(OF_CHARTS[nth]);
        nth += 1;
    }
    line
}

const fn queried() -> [Parameter; OF_CHARTS.len() + 1] {
    let mut queried = [FORMAT; OF_CHARTS.len() + 1];
    let mut nth = 0;
    while nth < OF_CHARTS.len() {
        queried[nth] = of_many(OF_CHARTS[nth]);
        nth += 1;
    }
    queried
}

/// A parameter as it is of one chart among many.
const fn of_many(parameter: Parameter) -> Parameter {
    if matches!(parameter.name.as_bytes(), b"include") { INCLUDE } else { parameter }
}

/// The formats, the first where neither the client nor its body says anything.
const FORMATS: &[Format] = &[Format::Json, Format::Ndjson];

/// The same where the body is lines.
const OF_LINES: &[Format] = &[Format::Ndjson, Format::Json];

pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), QUERIED)?;
        let sent = request.sent_as(FORMATS)?;
        let format =
            request.format(params.get("format"), if sent == Format::Ndjson { OF_LINES } else { FORMATS })?;
        let bulk = Bulk::new(params.into_owned(), LINE, Arc::clone(app.lots()), &app.generation().leaps);
        let bulk = match bulk {
            Ok(bulk) => bulk,
            // What the client is told of its readings may take live computing.
            Err(problem) => return Err(candidates::complete(&app, problem).await),
        };
        reply::reply(&app, &request, bulk, sent, format).await
    }))
}

/// The documentation.
pub(crate) const POSTED_SPEC: Spec = Spec {
    id: "postCharts",
    tag: Tag::Charts,
    summary: "Many charts in one request",
    about: "A chart for each line of NDJSON that is sent (`Content-Type: application/x-ndjson`), or for each element of a list of JSON: \
            an object with the parameters of `/v1/chart` and an `id` of the client's own. What the query string says is meant of every \
            chart that does not say it itself, but where it has no ground: houses of an unknown time of day, an ayanamsa of the tropical \
            zodiac, lots of a chart that tells none. \
            \n\nThe reply has a line, or an element, for each, in the same order: what `/v1/chart` tells, with its number (`line`, \
            counted from 1 with blank lines counted, or `index`, from 0), its `id`, and `source` in place of `query` and `provenance`, \
            which `include` can name. What is wrong with a chart is told in its place, as `error`, and the others are answered. \
            \n\nA chart has 64 KiB at most. A list is read as a whole, and has 32 MiB at most. NDJSON is answered while it comes, with any \
            number of lines; it may be compressed as any body. A client that sends first and reads then can send as many as make \
            32 MiB; one that reads while it sends can send any amount. A reply of JSON has 1,000 charts and 64 MiB at most. A body \
            that breaks off is told of in a last `error`.",
    parameters: QUERIED,
    examples: &[Example {
        about: "Two charts, of which the second has no place",
        query: r#"[{"id": "a", "date": "1879-03-14T11:30", "tz": "lmt", "lat": 48.4, "lon": 10}, {"id": "b", "date": "1955-04-18"}]"#,
    }],
    body: Some(BodySpec { about: "The charts.", schema: "ChartsRequest" }),
    formats: FORMATS,
    reply: "Charts",
    reply_about: "The charts, in the order in which they were asked for.",
    fields: &[header::CACHE_CONTROL, header::VARY, header::X_DATASET],
    refusals: &[
        StatusCode::NOT_ACCEPTABLE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ],
    schemas: schemas::of_many,
};
