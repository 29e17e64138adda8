//! What a route tells the documentation, and the operation that is written from it.

use std::fmt::Write;

use http::StatusCode;
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, Ref, RefOr, Required, Response, ResponseBuilder, Schema};

use super::header::{self, Field};
use super::schema;
use crate::query::Parameter;
use crate::wire::media::{self, Format};

/// Where the examples' commands find a server: at the address that it listens on unless told otherwise.
const SERVER: &str = "http://127.0.0.1:8080";

/// What a route tells the documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    /// The operation's name, which client generators call their functions by.
    pub(crate) id: &'static str,
    pub(crate) tag: Tag,
    /// What it gives, in a line.
    pub(crate) summary: &'static str,
    /// The same at length.
    pub(crate) about: &'static str,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) examples: &'static [Example],
    /// What it takes in its body, for what is posted.
    pub(crate) body: Option<BodySpec>,
    /// The formats of the reply, JSON among them.
    pub(crate) formats: &'static [Format],
    /// Name of the schema of the reply in JSON, which is among `schemas`.
    pub(crate) reply: &'static str,
    /// What the reply is.
    pub(crate) reply_about: &'static str,
    /// Header fields of the reply, but for those that every reply has.
    pub(crate) fields: &'static [Field],
    /// Statuses of refusals, but for [those that every request may meet](ANYWHERE).
    pub(crate) refusals: &'static [StatusCode],
    /// Schemas that the components take up.
    pub(crate) schemas: fn() -> Vec<(&'static str, Schema)>,
}

/// What is taken in the body of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodySpec {
    /// What it is.
    pub(crate) about: &'static str,
    /// Name of its schema, which is among the route's.
    pub(crate) schema: &'static str,
}

/// What the operations are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Sky,
    Charts,
    Jobs,
    Server,
}

/// A request to try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Example {
    /// What it shows, without a full stop.
    pub(crate) about: &'static str,
    /// The query string, percent-encoded where a shell or a server needs it, behind the name that the path has a place for and `?`;
    /// or the body of what is posted.
    pub(crate) query: &'static str,
}

/// The statuses with which any request may be refused, whatever it asks.
pub(crate) const ANYWHERE: [StatusCode; 6] = [
    StatusCode::BAD_REQUEST,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::URI_TOO_LONG,
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    StatusCode::INTERNAL_SERVER_ERROR,
];

/// The statuses with which a question to the sky may be refused beside.
pub(crate) const OF_THE_SKY: &[StatusCode] = &[
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

impl Tag {
    pub(crate) const ALL: [Tag; 4] = [Tag::Sky, Tag::Charts, Tag::Jobs, Tag::Server];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Tag::Sky => "sky",
            Tag::Charts => "charts",
            Tag::Jobs => "jobs",
            Tag::Server => "server",
        }
    }

    pub(crate) const fn about(self) -> &'static str {
        match self {
            Tag::Sky => "Where things stand, and when things happen.",
            Tag::Charts => "What astrologers make of the sky over a place.",
            Tag::Jobs => "What takes long, answered later.",
            Tag::Server => "What this server has loaded, and how it is.",
        }
    }
}

impl Spec {
    /// Whether the reply has a tag to ask again with.
    fn is_tagged(&self) -> bool {
        self.fields.iter().any(|field| field.name == header::ETAG.name)
    }

    /// Whether the body may be lines: what takes a list, and tells it in lines, takes it in lines too.
    fn takes_lines(&self, body: &str) -> bool {
        let is_list = |(name, schema)| name == body && matches!(schema, Schema::Array(_));
        self.formats.contains(&Format::Ndjson) && (self.schemas)().into_iter().any(is_list)
    }

    /// The status of a reply that is no refusal: what is answered later says where.
    fn status(&self) -> StatusCode {
        let is_later = self.fields.iter().any(|field| field.name == header::LOCATION.name);
        if is_later { StatusCode::ACCEPTED } else { StatusCode::OK }
    }

    /// The operation at a path.
    pub(crate) fn operation(&self, path: &str) -> Operation {
        let parameters = self.parameters.iter().map(Parameter::document);
        let mut operation = OperationBuilder::new()
            .operation_id(Some(self.id))
            .tag(self.tag.name())
            .summary(Some(self.summary))
            .description(Some(self.description(path)))
            .parameters(Some(parameters))
            .parameter_ref(header::parameter(header::REQUEST_ID))
            .response(self.status().as_str(), self.found());
        if let Some(BodySpec { about, schema }) = self.body {
            let mut body = RequestBodyBuilder::new()
                .description(Some(about))
                .required(Some(Required::True))
                .content(media::JSON, Content::new(Some(schema::named(schema))));
            if self.takes_lines(schema) {
                let lines = Content::new::<RefOr<Schema>>(None);
                body = body.content(Format::Ndjson.media_type(), lines);
            }
            operation = operation.request_body(Some(body.build()));
        }
        if self.is_tagged() {
            operation = operation
                .parameter_ref(header::parameter(header::IF_NONE_MATCH))
                .response("304", self.not_modified());
        }
        for status in ANYWHERE.iter().chain(self.refusals) {
            operation =
                operation.response(status.as_str(), Ref::from_response_name(super::refusal::name(*status)));
        }
        operation.build()
    }

    /// The description with the examples at its end, each as a command.
    fn description(&self, path: &str) -> String {
        let mut text = self.about.to_owned();
        for Example { about, query } in self.examples {
            // Of a path with a name in it, the name comes first.
            let (path, query) = match path.split_once("{id}") {
                Some((before, behind)) => {
                    let (id, query) = query.split_once('?').unwrap_or((query, ""));
                    (format!("{before}{id}{behind}"), query)
                }
                None => (path.to_owned(), *query),
            };
            // Writing into memory does not fail.
            let _ = match (self.body, query.is_empty()) {
                (Some(_), _) => {
                    write!(text, "\n\n{about}:\n\n```sh\ncurl '{SERVER}{path}' --json '{query}'\n```")
                }
                (None, true) => write!(text, "\n\n{about}:\n\n```sh\ncurl '{SERVER}{path}'\n```"),
                (None, false) => write!(text, "\n\n{about}:\n\n```sh\ncurl '{SERVER}{path}?{query}'\n```"),
            };
        }
        text
    }

    fn found(&self) -> Response {
        let response = self.with_fields(self.status(), ResponseBuilder::new().description(self.reply_about));
        let formats = self.formats.iter();
        formats
            .fold(response, |response, format| {
                let content = match format {
                    Format::Json | Format::Geojson => Content::new(Some(schema::named(self.reply))),
                    // What is no JSON has no schema; `about` says what it is.
                    _ => Content::new::<RefOr<Schema>>(None),
                };
                response.content(format.media_type(), content)
            })
            .build()
    }

    fn not_modified(&self) -> Response {
        let about = "What the client has is still what it would get.";
        self.with_fields(StatusCode::NOT_MODIFIED, ResponseBuilder::new().description(about)).build()
    }

    fn with_fields(&self, status: StatusCode, response: ResponseBuilder) -> ResponseBuilder {
        let fields = self.fields.iter().chain([&header::SERVER_TIMING]).chain(&header::EVERYWHERE);
        with_fields(status, response, fields.filter(|field| field.is_on(status)))
    }
}

/// The name among the components of the reply to OPTIONS, which every path has and no operation repeats.
pub(crate) const OPTIONS: &str = "Options";

/// The reply to OPTIONS.
pub(crate) fn options() -> Response {
    let about = "To OPTIONS, on every path: the methods that the resource takes; and, where a browser asks for a page of \
                 another site, what that page may send.";
    let fields = [
        header::ALLOW,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        header::ACCESS_CONTROL_MAX_AGE,
        header::SERVER_TIMING,
    ];
    let fields: Vec<_> = fields.into_iter().chain(header::EVERYWHERE).collect();
    with_fields(StatusCode::NO_CONTENT, ResponseBuilder::new().description(about), &fields).build()
}

/// Adds header fields to a reply.
pub(crate) fn with_fields<'a>(
    status: StatusCode,
    response: ResponseBuilder,
    fields: impl IntoIterator<Item = &'a Field>,
) -> ResponseBuilder {
    fields.into_iter().fold(response, |response, field| match field.of_reply(status) {
        RefOr::Ref(component) => response.header_ref(field.name, component),
        RefOr::T(header) => response.header(field.name, header),
    })
}
