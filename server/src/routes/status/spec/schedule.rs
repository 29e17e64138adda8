//! What `/status` tells of the scheduler, for the documentation.

use utoipa::openapi::Schema;

use crate::process::schedule::state::Task;
use crate::routes::openapi::schema::{
    anything, count, list, named, nullable, number_or_null, object, text, text_or_null, words,
};

/// When a task is run, and what became of it.
pub(super) fn task() -> Schema {
    let time = |about: &str| text_or_null(about, "2026-11-23T00:05:00Z");
    object(
        "Something that the pipeline is run for.",
        [
            (
                "task",
                words(
                    "Whether the dataset is fetched from where others publish it; is moved to today, or made where there is none; or a \
                     sample of it is compared with the live source.",
                    Task::ALL.map(Task::name),
                ),
            ),
            (
                "times",
                text(
                    "When it is due by the clock, UTC: second, minute, hour, day of the month, month, day of the week; or `every` so \
                     often; empty for never.",
                    "0 5 0 * * *",
                ),
            ),
            (
                "idle_because",
                text_or_null(
                    "What keeps it from being run, though it is to be; null where nothing does.",
                    "there is no orrery-pipeline beside this program: name it with schedule.pipeline",
                ),
            ),
            (
                "next",
                time(
                    "When it is run next, UTC: by the clock, or because it failed; null where that is not known.",
                ),
            ),
            ("running_since", time("Since when it runs, UTC; null while it does not.")),
            (
                "progress",
                text_or_null(
                    "What the pipeline said last; null while it does not run.",
                    "12 %, 20 s left: geo-moon+0-8d7e23c7a0d0f7e1.orrery",
                ),
            ),
            ("runs", count("How often it has come to an end since the service started.", 3)),
            ("failures", count("How often by failing.", 0)),
            ("failures_in_a_row", count("How often it has failed since it did not.", 0)),
            ("last_began", time("When it was begun last, UTC; null before the first time.")),
            ("last_succeeded", time("When it last ended without failing, UTC; null before the first time.")),
            ("last_reason", text_or_null("Why it was, such as that it was time.", "it is time")),
            ("last_seconds", number_or_null("How long that took, seconds; null while it runs.", 0.3)),
            (
                "last_report",
                nullable(
                    anything("As the pipeline's `--report json` has it.").into(),
                    "What it reported when it ended last, of an audit that found faults a hundred of these at most and the seed of its \
                     sample; null if it failed before it could.",
                ),
            ),
            ("last_error", text_or_null("Why it failed when it ended last; null if it did not.", "")),
        ],
        [],
    )
}

/// The scheduler.
pub(super) fn schedule() -> Schema {
    object(
        "What is done about the dataset, and when.",
        [
            (
                "idle_because",
                text_or_null(
                    "Why the dataset is not kept up to date; null where it is.",
                    "schedule.enabled is false",
                ),
            ),
            (
                "rehearsed_day",
                text_or_null("The day that the dataset is made for, if it is not the clock's.", "2027-01-31"),
            ),
            ("tasks", list("By task; none where there is no supervisor to do them.", named("ScheduledTask"))),
        ],
        [],
    )
}
