//! Refusals: the schema of a problem document, and one reply for each status.

use std::fmt::Write;

use http::StatusCode;
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Content, Response, ResponseBuilder, Schema};

use super::header;
use super::schema::{self, number, object, text, text_like, words};
use super::spec::with_fields;
use crate::wire::problem::{Code, MEDIA_TYPE};

/// The statuses of all codes, in their order.
pub(crate) fn statuses() -> Vec<StatusCode> {
    let mut statuses: Vec<_> = Code::ALL.iter().map(|code| code.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

fn codes(status: StatusCode) -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(move |code| code.status() == status)
}

/// The name of a status' reply among the components: its reason, such as `BadRequest`.
pub(crate) fn name(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or(status.as_str()).split_whitespace().collect()
}

/// The reply with a status, whose document has one of its codes.
pub(crate) fn reply(status: StatusCode) -> Response {
    let mut about = "A problem document with".to_owned();
    about.push_str(if codes(status).count() == 1 {
        " this `code`:\n"
    } else {
        " one of these as its `code`:\n"
    });
    for code in codes(status) {
        // Writing into memory does not fail.
        let _ = write!(about, "\n- `{}`: {}", code.name(), code.title());
    }
    let this = ObjectBuilder::new()
        .property(
            "status",
            ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([status.as_u16()])),
        )
        .property(
            "code",
            ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes(status).map(Code::name))),
        );
    let document = AllOfBuilder::new().item(schema::named("Problem")).item(this);
    let fields = header::EVERYWHERE.into_iter().chain([header::CACHE_CONTROL]);
    let fields: Vec<_> = match status {
        StatusCode::BAD_REQUEST => fields.chain([header::SEC_WEBSOCKET_VERSION]).collect(),
        StatusCode::METHOD_NOT_ALLOWED => fields.chain([header::ALLOW]).collect(),
        StatusCode::SERVICE_UNAVAILABLE => fields.chain([header::RETRY_AFTER]).collect(),
        _ => fields.collect(),
    };
    with_fields(status, ResponseBuilder::new().description(about), &fields)
        .content(MEDIA_TYPE, Content::new(Some(Schema::from(document))))
        .build()
}

/// The schemas of a problem document.
pub(crate) fn schemas() -> Vec<(&'static str, Schema)> {
    let status = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("The HTTP status, which belongs to the code."))
        .enum_values(Some(statuses().iter().map(StatusCode::as_u16)));
    let problem = object(
        "Why there is no answer, as RFC 9457 has it.",
        [
            (
                "type",
                text_like(
                    "^urn:orrery:problem:[a-z0-9_]+$",
                    "The code as a URI.",
                    "urn:orrery:problem:unknown_body",
                ),
            ),
            ("title", text("What the code means, whatever the request.", "Unknown body")),
            ("status", status.into()),
            ("detail", text("What was wrong with this request.", "unknown body `plutto`: did you mean `pluto`?")),
            ("code", words("What kind of refusal; stable, for programs.", Code::ALL.iter().map(|code| code.name()))),
        ],
        [
            ("parameter", text("The parameter that it is about.", "bodies")),
            ("hint", text("What to send instead.", "did you mean pluto?")),
            (
                "candidates",
                ArrayBuilder::new()
                    .description(Some(
                        "With `local_time_gap` and `local_time_fold`: the two instants that the local time may have \
                         meant, earlier first.",
                    ))
                    .items(schema::named("Candidate"))
                    .min_items(Some(2))
                    .max_items(Some(2))
                    .into(),
            ),
        ],
    );
    let candidate = object(
        "An instant that a local time may have meant. The Julian days are left out where ΔT is not known.",
        [
            ("utc", text_like(schema::UTC, "The instant in UTC.", "2026-10-25T00:30:00.000Z")),
            (
                "utc_offset_s",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .description(Some("The offset that reads the local time so, seconds east of UTC."))
                    .examples([7200])
                    .into(),
            ),
        ],
        [
            ("jd_ut", number("Julian day in UT1.", 2_461_338.520_833_333)),
            ("jd_tt", number("Julian day in TT.", 2_461_338.521_634_074)),
        ],
    );
    vec![("Problem", problem), ("Candidate", candidate)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_told_with_its_status_and_no_other() {
        for code in Code::ALL {
            for status in statuses() {
                let reply = serde_json::to_string(&reply(status)).unwrap();
                assert_eq!(
                    reply.contains(&format!("- `{}`: {}", code.name(), code.title())),
                    code.status() == status,
                    "{}",
                    code.name()
                );
            }
        }
        assert_eq!(name(StatusCode::UNPROCESSABLE_ENTITY), "UnprocessableEntity");
        assert_eq!(name(StatusCode::URI_TOO_LONG), "URITooLong");
    }
}
