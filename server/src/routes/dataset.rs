//! `GET /v1/dataset`: what is loaded, how good it is, and how it was made.

use bytes::Bytes;
use http::header::VARY;
use http::{HeaderValue, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::app::{App, Generation};
use crate::query::Params;
use crate::routes::document::Kept;
use crate::wire::header::X_DATASET;
use crate::wire::media::{self, Format};
use crate::wire::problem::{Cause, Code, Problem};
use crate::wire::request::Request;

mod spec;

use spec::PARAMETERS;
pub(crate) use spec::SPEC;

pub(crate) fn get(app: &App, request: &Request) -> Result<Response<Bytes>, Problem> {
    let params = Params::parse(request.query(), PARAMETERS)?;
    request.format(params.get("format"), &[Format::Json])?;
    let generation = app.generation();
    let mut response = describe(app, &generation)?.reply(request)?;
    let headers = response.headers_mut();
    let vary = if headers.contains_key(VARY) { "accept, accept-encoding" } else { "accept" };
    headers.insert(VARY, HeaderValue::from_static(vary));
    // Hexadecimal digits make a header value.
    if let Ok(name) = HeaderValue::from_str(generation.name()) {
        headers.insert(X_DATASET, name);
    }
    Ok(response)
}

/// The description, written once a generation.
fn describe<'a>(app: &App, generation: &'a Generation) -> Result<&'a Kept, Problem> {
    if let Some(description) = generation.description.get() {
        return Ok(description);
    }
    let document = write(app, generation).map_err(|error| {
        Problem::new(Code::Internal, "the manifest cannot be written; the failure has been logged")
            .cause(Cause::Server(error.to_string()))
    })?;
    Ok(generation.description.get_or_init(|| Kept::new(media::JSON, document)))
}

fn write(app: &App, generation: &Generation) -> serde_json::Result<Bytes> {
    #[derive(Serialize)]
    struct Document<'a> {
        #[serde(flatten)]
        manifest: &'a orrery_format::Manifest,
        methods: Map<String, Value>,
        live: Value,
    }
    let live = match app.live() {
        None => json!({"available": false}),
        Some(live) => {
            let (start_jd_tt, end_jd_tt) = live.files.span();
            let files: Vec<_> = live
                .files
                .files()
                .iter()
                .map(|file| json!({"name": file.name, "bytes": file.size_bytes}))
                .collect();
            json!({
                "available": true,
                "ephemeris": live.ephemeris,
                "start_jd_tt": start_jd_tt,
                "end_jd_tt": end_jd_tt,
                "files": files,
            })
        }
    };
    let document = Document { manifest: generation.dataset.manifest(), methods: methods(generation), live };
    serde_json::to_vec(&document).map(Bytes::from)
}

/// How each product and each list was made: the recipe, without what the lists of blocks and lists and the source say already.
fn methods(generation: &Generation) -> Map<String, Value> {
    let dataset = &generation.dataset;
    let blocks = dataset.blocks().iter().map(|block| (block.product().to_string(), block.recipe()));
    let lists =
        dataset.lists().iter().map(|list| (list.about().name().name().to_owned(), list.about().recipe()));
    let mut methods = Map::new();
    for (name, recipe) in blocks.chain(lists) {
        if methods.contains_key(&name) {
            continue;
        }
        if let Ok(Value::Object(mut recipe)) = serde_json::from_str(recipe) {
            for told_elsewhere in TOLD_ELSEWHERE {
                recipe.remove(told_elsewhere);
            }
            methods.insert(name, Value::Object(recipe));
        }
    }
    methods
}

/// Members of recipes that the document has in other places.
const TOLD_ELSEWHERE: [&str; 9] =
    ["product", "time_scale", "start_jd", "end_jd", "files", "list", "start_jd_tt", "end_jd_tt", "blocks"];
