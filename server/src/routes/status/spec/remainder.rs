//! The schemas of what `/status` tells of what tables do not answer.

use utoipa::openapi::Schema;

use crate::routes::openapi::schema::{count, named, object};

pub(super) fn remainder() -> Schema {
    object(
        "What all workers keep of answers that took live computing, and what became of requests for such answers.",
        [
            ("hits", count("Answers that were kept.", 700_000)),
            ("misses", count("Answers that had to be computed.", 200_000)),
            ("coalesced", count("Answers that were being computed for somebody else already.", 100_000)),
            ("inserted", count("Answers that were kept after they were computed.", 199_000)),
            ("evicted", count("Answers that made way for others.", 150_000)),
            ("expired", count("Answers that were older than such are kept.", 20_000)),
            (
                "rejected",
                count("Answers that were too large to be kept, or came when memory was short.", 1000),
            ),
            (
                "superseded",
                count(
                    "Answers that were dropped because another generation of tables made them useless.",
                    5000,
                ),
            ),
            (
                "recomputed",
                count(
                    "Answers, the most asked for, that were computed anew for another generation of tables.",
                    256,
                ),
            ),
            ("emptied", count("How often all were dropped because memory was short.", 0)),
            ("entries", count("Answers that are kept now.", 14_000)),
            ("bytes", count("What these take.", 33_000_000)),
        ],
        [],
    )
}

pub(super) fn live() -> Schema {
    object(
        "Jobs of the live threads of all workers. A long request is many.",
        [
            ("queued", count("Jobs that wait for a thread now.", 0)),
            ("running", count("Jobs that are at work now.", 1)),
            ("done", count("Jobs that were done.", 200_000)),
            ("refused", count("Jobs that were refused because too many waited.", 0)),
            (
                "abandoned",
                count(
                    "Jobs that were dropped before they began, as their time was over or nobody waited any more.",
                    0,
                ),
            ),
            ("latency", named("Latency")),
        ],
        [],
    )
}

pub(super) fn memory() -> Schema {
    object(
        "What all workers have in memory to themselves, mapped files not counted; looked at once a second.",
        [
            ("private_bytes", count("All of them together.", 120_000_000)),
            ("largest_worker_bytes", count("The largest of them.", 61_000_000)),
            ("workers_above_soft", count("How many are above `memory.soft_bytes` and keep no answers.", 0)),
            (
                "workers_above_hard",
                count("How many are above `memory.hard_bytes` and refuse long replies.", 0),
            ),
            ("soft_crossings", count("How often a worker went above `memory.soft_bytes`.", 0)),
            ("hard_crossings", count("How often one went above `memory.hard_bytes`.", 0)),
            ("refused", count("Requests that were refused for it.", 0)),
        ],
        [],
    )
}
