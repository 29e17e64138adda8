//! What `/status` tells of jobs, for the documentation.

use utoipa::openapi::Schema;

use crate::routes::openapi::schema::{count, named, nullable, number_or_null, object, words};

pub(super) fn jobs() -> Schema {
    object(
        "Requests that are answered later, and who works at them. Nothing here tells which they are.",
        [
            (
                "kept",
                nullable(
                    named("JobCounts"),
                    "Those that there are, some seconds ago at most while they are worked at; null where none are taken, before the \
                     first look, and where there is no supervisor.",
                ),
            ),
            ("runner", named("JobRunner")),
        ],
        [],
    )
}

pub(super) fn counts() -> Schema {
    object(
        "Jobs, by how they stand.",
        [
            ("queued", count("Wait.", 3)),
            ("running", count("Are worked at.", 1)),
            ("done", count("Have a result that is kept.", 40)),
            ("failed", count("Have failed.", 0)),
            ("cancelled", count("Were cancelled.", 2)),
            ("expired", count("Had a result that was kept for its time.", 12)),
            ("bytes", count("What all of them take on disk.", 700_000_000)),
        ],
        [],
    )
}

pub(super) fn runner() -> Schema {
    object(
        "The process that works at jobs. It is there while there are any, and some seconds longer.",
        [
            (
                "state",
                words(
                    "What it does; `absent` where there is none.",
                    ["absent", "starting", "working", "draining"],
                ),
            ),
            ("pid", nullable(count("Its process.", 4712), "Its process; null where there is none.")),
            ("uptime_s", number_or_null("Since it was started, seconds; null where there is none.", 12.5)),
            ("restarts", count("How often it had to be started again, because it had ended.", 0)),
        ],
        [],
    )
}
