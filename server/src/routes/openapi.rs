//! `GET /openapi.json`: the interface described for programs, written out of what each route says of itself.

pub(crate) mod header;
pub(crate) mod refusal;
pub(crate) mod schema;
pub(crate) mod spec;

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Response, StatusCode};
use spec::{Spec, Tag};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    PathItem, PathsBuilder, ServerBuilder,
};

use crate::query::Params;
use crate::routes::ROUTES;
use crate::routes::asset::Asset;
use crate::wire::media::{self, Format};
use crate::wire::problem::Problem;
use crate::wire::request::Request;

pub(crate) const SPEC: Spec = Spec {
    id: "getOpenApi",
    tag: Tag::Server,
    summary: "This interface, described for programs",
    about: "The document that you are reading, or that what you are reading was made from. It changes with the \
            program alone. `/docs` shows it in a browser.",
    parameters: &[],
    examples: &[spec::Example { about: "The version of the program", query: "" }],
    body: None,
    formats: &[Format::Json],
    reply: "OpenApi",
    reply_about: "An OpenAPI 3.1 document.",
    fields: &[
        header::ETAG,
        header::CACHE_CONTROL,
        header::VARY,
        header::CONTENT_SECURITY_POLICY,
        header::X_CONTENT_TYPE_OPTIONS,
        header::REFERRER_POLICY,
    ],
    refusals: &[StatusCode::NOT_ACCEPTABLE],
    schemas: || vec![("OpenApi", schema::anything("An OpenAPI 3.1 document."))],
};

const ABOUT: &str = "\
Orrery answers where the Sun, the Moon, the planets and the points that astrologers use stand in the sky, from tables \
that have been made from the Swiss Ephemeris and audited against it, and from the Swiss Ephemeris itself where no table \
reaches. Every reply says which of the two it is from, and how far the tables were found to be off.

## Units and time

- Angles are degrees, distances astronomical units, speeds the same per day of Terrestrial Time (TT).
- Longitudes and right ascensions are from 0 up to 360. `lat` and `lon` are always geographic, east positive; \
`latitude` and `longitude` are always of the sky.
- Julian days are `jd_ut` in UT1 and `jd_tt` in TT; `delta_t` is TT − UT1 in seconds.
- UTC is taken as the Swiss Ephemeris takes it: with leap seconds from 1972 on, as UT1 before. Years before 1 CE are \
astronomical (`-0043` is 44 BCE), and dates before 1582-10-15 are in the Julian calendar unless `calendar` says otherwise.
- Numbers are rounded to 1e-9 degrees and 1e-12 au unless `precision` says otherwise.

## Manners

- What is not understood is refused by name and never ignored: unknown parameters, values and bodies alike, with the \
name that was probably meant.
- Refusals are problem documents (RFC 9457): `code` is for programs and stable, `detail` says what was wrong, `hint` what \
to send instead. 400 could not be read; 422 was understood and cannot be; 409 can be answered live alone, which was \
forbidden or is not available. A path that is not there is 404, a method that it does not take 405 with `Allow`.
- Every GET has its HEAD, and every path its OPTIONS: 204 with `Allow`, and what a browser asks before it lets a page of \
another site send a request. Any site may send any, and read the reply.
- Replies with an `ETag` are spared with `If-None-Match`, before anything is computed.
- A parameter is given once; lists are separated by commas. A `+` in a query string means a space: write `%2B`, though \
dates and numbers understand it either way.
- A server that is about to stop answers what still comes on open connections, with `Connection: close` on HTTP/1.1; \
`/health/ready` refuses with 503 from then on.
- Queries are not logged unless the operator asks for it, and replies to those that tell where somebody was are marked \
`private`.

Orrery is free software under the GNU Affero General Public License, version 3 only: if you run a modified version as a \
service, offer your users its source.";

/// The document, or word that the client has it already.
pub(crate) fn get(request: &Request) -> Result<Response<Bytes>, Problem> {
    static WRITTEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
        // Text, numbers and lists under names: there is nothing in it that JSON could not hold.
        serde_json::to_vec(&document()).unwrap_or_default()
    });
    static ASSET: LazyLock<Asset> = LazyLock::new(|| Asset::new(media::JSON, WRITTEN.as_slice()));
    Params::parse(request.query(), &[])?;
    ASSET.reply(request)
}

/// The interface.
fn document() -> OpenApi {
    let license =
        LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).identifier(Some(env!("CARGO_PKG_LICENSE")));
    let info = InfoBuilder::new()
        .title("Orrery")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license.build()));
    let tags = Tag::ALL.map(|tag| TagBuilder::new().name(tag.name()).description(Some(tag.about())).build());
    let mut paths = PathsBuilder::new();
    for route in ROUTES {
        let operations = [
            (HttpMethod::Get, route.spec),
            (HttpMethod::Post, route.posted),
            (HttpMethod::Delete, route.deleted),
        ];
        for (method, spec) in operations {
            if let Some(spec) = spec {
                paths = paths.path(route.path, PathItem::new(method, spec.operation(route.path)));
            }
        }
    }
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .paths(paths.build())
        .components(Some(components()))
        .tags(Some(tags))
        .build()
}

/// Every operation.
fn specs() -> impl Iterator<Item = &'static Spec> {
    ROUTES.iter().flat_map(|route| route.spec.into_iter().chain(route.posted).chain(route.deleted))
}

/// What operations refer to.
fn components() -> Components {
    let schemas = specs().flat_map(|spec| (spec.schemas)());
    let mut components = ComponentsBuilder::new().schemas_from_iter(schemas.chain(refusal::schemas()));
    for status in refusal::statuses() {
        components = components.response(refusal::name(status), refusal::reply(status));
    }
    components = components.response(spec::OPTIONS, spec::options());
    for field in header::ALL {
        components = components.header(field.component(), field.document());
    }
    for (name, parameter) in header::parameters() {
        components = components.parameter(name, parameter);
    }
    components.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Resource;

    #[test]
    fn every_route_but_files_for_browsers_is_described() {
        let document = serde_json::to_value(document()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        for route in ROUTES {
            let for_browsers = matches!(route.resource, Resource::Docs | Resource::Page);
            assert_eq!(paths.contains_key(route.path), !for_browsers, "{}", route.path);
            // What is read is read by GET, which stands first, and HEAD goes with it; the router relies on that.
            let is_read = route.methods.starts_with("GET, HEAD, ");
            assert_eq!(is_read, route.methods.contains("GET"), "{}", route.path);
            assert!(route.methods.ends_with(", OPTIONS"), "{}", route.path);
            for (method, operation) in [("GET", "get"), ("POST", "post"), ("DELETE", "delete")] {
                let is_taken = route.methods.split(", ").any(|known| known == method);
                let is_described = paths.get(route.path).is_some_and(|path| path.get(operation).is_some());
                assert_eq!(is_taken && !for_browsers, is_described, "{}", route.path);
            }
        }
        let routed: Vec<_> = ROUTES
            .iter()
            .filter(|route| route.spec.or(route.posted).is_some())
            .map(|route| route.path)
            .collect();
        assert_eq!(
            paths.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
            routed.into_iter().collect()
        );
    }

    #[test]
    fn texts_have_no_gaps() {
        fn visit(pointer: &str, value: &serde_json::Value, gaps: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(members) => {
                    for (name, member) in members.iter().filter(|(name, _)| *name != "pattern") {
                        visit(&format!("{pointer}/{name}"), member, gaps);
                    }
                }
                serde_json::Value::Array(items) => {
                    for item in items {
                        visit(pointer, item, gaps);
                    }
                }
                // Spaces in a row are those of the source, of a line that goes on without a backslash.
                serde_json::Value::String(text) if text.contains("  ") => {
                    gaps.push(format!("{pointer}: {text}"));
                }
                _ => {}
            }
        }
        let mut gaps = Vec::new();
        visit("", &serde_json::to_value(document()).unwrap(), &mut gaps);
        assert!(gaps.is_empty(), "{gaps:#?}");
    }

    #[test]
    fn schemas_have_names_of_their_own() {
        let schemas = specs().flat_map(|spec| (spec.schemas)());
        let mut names: Vec<_> = schemas.chain(refusal::schemas()).map(|(name, _)| name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "a later schema hides an earlier one of its name");
    }

    #[test]
    fn what_is_refused_is_told_once() {
        for spec in specs() {
            for status in spec.refusals {
                assert!(refusal::statuses().contains(status), "{}: no code comes with {status}", spec.id);
                assert!(!spec::ANYWHERE.contains(status), "{}: {status} goes without saying", spec.id);
            }
        }
    }
}
