//! What `/status` tells of the recent past, and of what is out of order, for the documentation.

use utoipa::openapi::Schema;

use crate::process::monitor::state::{Name, Severity};
use crate::routes::openapi::schema::{count, named, number, number_or_null, object, text, text_like, words};

/// A time of the clock, as the supervisor writes it.
const SECOND: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";

pub(super) fn alert() -> Schema {
    object(
        "Something that is out of order.",
        [
            (
                "name",
                words(
                    "What it is: replies take long; much is computed live; replies fail; there is little memory left; the processes \
                     need more and more; or replies take much longer than in the hour before.",
                    Name::ALL.map(Name::word),
                ),
            ),
            ("severity", words("How much it matters.", Severity::ALL.map(Severity::word))),
            ("since", text_like(SECOND, "Since when, UTC.", "2026-11-22T00:05:00Z")),
            ("value", number("What was found last, in the unit of the setting.", 1800.5)),
            ("threshold", number("The setting that it is beyond.", 1500.0)),
            ("reason", text("Both in words.", "95 of 100 replies take up to 1800.500 ms, more than 1500 ms")),
            ("remedy", text("What to do about it.", "look in totals for the resource that takes long")),
        ],
        [],
    )
}

pub(super) fn recently() -> Schema {
    object(
        "What was answered under `/v1` in the recent past, as it was looked at last (`alerts.every_s`).",
        [("minute", named("Recent")), ("five_minutes", named("Recent")), ("hour", named("Recent"))],
        [],
    )
}

pub(super) fn recent() -> Schema {
    let quantile = |about| number_or_null(about, 41.0);
    let share = |about, example| number_or_null(about, example);
    object(
        "What was answered in a stretch of time.",
        [
            ("seconds", number("Its length; less than it should be while the service is young.", 60.0)),
            ("requests", count("Requests answered.", 60_000)),
            ("requests_per_s", number("The same in a second.", 1000.0)),
            (
                "p50",
                quantile(
                    "Microseconds within which half of the replies were made; null where there were none.",
                ),
            ),
            ("p95", quantile("The same of 95 in a hundred.")),
            ("p99", quantile("The same of 99 in a hundred.")),
            ("error_share", share("Share of 5xx among the replies; null where there were none.", 0.0)),
            (
                "table_share",
                share(
                    "Share of answers from tables alone among those that had to be computed; null where there was none.",
                    0.97,
                ),
            ),
            ("live_share", share("The same of the live source alone.", 0.01)),
            ("mixed_share", share("The same of both.", 0.02)),
            ("cache_share", share("The same of what had been computed before, and was kept.", 0.02)),
        ],
        [],
    )
}

pub(super) fn machine() -> Schema {
    object(
        "What all processes need for themselves, tables aside.",
        [
            ("own_bytes", count("Pages that are no file's.", 20_000_000)),
            ("limit_bytes", count("What the machine has, or the control group may have.", 8_000_000_000)),
            (
                "grown_bytes",
                number_or_null(
                    "What those that have lived for ten minutes have grown by meanwhile; null in the first ten.",
                    40_960.0,
                ),
            ),
        ],
        [],
    )
}

pub(super) fn deliveries() -> Schema {
    object(
        "What became of what was posted to `alerts.webhook`.",
        [("delivered", count("Taken.", 2)), ("dropped", count("Given up, as nobody took it.", 0))],
        [],
    )
}
