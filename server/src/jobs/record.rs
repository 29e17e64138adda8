//! How a job stands: as it is written down, and as clients are told.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::JobId;

/// What became of a job so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    #[default]
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
    Expired,
}

impl State {
    pub(crate) const ALL: [State; 6] =
        [State::Queued, State::Running, State::Done, State::Failed, State::Cancelled, State::Expired];

    /// The state in a word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
        }
    }

    /// Whether nothing more comes of it.
    pub(crate) const fn is_over(self) -> bool {
        !matches!(self, State::Queued | State::Running)
    }
}

/// What stands in `job.json`. Times are microseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Never [`State::Expired`], which is a matter of the clock.
    pub(crate) state: State,
    pub(crate) created_us: i64,
    pub(crate) started_us: Option<i64>,
    pub(crate) ended_us: Option<i64>,
    pub(crate) expires_us: Option<i64>,
    /// How often it was begun by a process that did not put it back.
    pub(crate) attempt: u64,
    /// How often it was begun at all: the number of its result.
    pub(crate) run: u64,
    /// How many rows the result will have, where that is known.
    pub(crate) expected_rows: Option<u64>,
    pub(crate) rows: Option<u64>,
    pub(crate) bytes: u64,
    /// What stands ahead of the result, once there is one.
    pub(crate) reply: Option<ReplyHead>,
    /// Why there is none.
    pub(crate) problem: Option<Value>,
}

/// What a reply's head says that is kept with its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplyHead {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    /// Its strong tag, where it has one.
    pub(crate) etag: Option<String>,
    /// Other fields that are told again, by their names.
    pub(crate) fields: Vec<(String, String)>,
}

impl Record {
    /// That of a job which nobody has begun.
    pub(crate) fn new(created_us: i64, expected_rows: Option<u64>) -> Record {
        Record { created_us, expected_rows, ..Record::default() }
    }

    /// Takes back what was done of it.
    pub(crate) fn put_back(&mut self) {
        self.state = State::Queued;
        self.started_us = None;
        (self.rows, self.bytes, self.reply) = (None, 0, None);
    }

    /// Notes that nothing more comes of it.
    pub(crate) fn end(&mut self, state: State, now_us: i64, keep_us: i64) {
        self.state = state;
        self.ended_us = Some(now_us);
        self.expires_us = Some(now_us.saturating_add(keep_us));
    }
}

/// A job as it lies there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    pub(crate) id: JobId,
    pub(crate) record: Record,
    /// When its client said that it is wanted no more, and how long it is kept from then on.
    pub(crate) cancelled: Option<(i64, i64)>,
}

impl Job {
    /// When nothing more came of it, and when it is kept no longer.
    pub(crate) fn ended(&self) -> Option<(i64, i64)> {
        self.record.ended_us.zip(self.record.expires_us).or(self.cancelled)
    }

    /// How it stands at a time.
    pub(crate) fn state(&self, now_us: i64) -> State {
        match self.ended() {
            Some((_, expires_us)) if now_us >= expires_us => State::Expired,
            Some(_) if self.record.ended_us.is_none() => State::Cancelled,
            _ => self.record.state,
        }
    }

    /// As clients are told.
    pub(crate) fn document(&self, now_us: i64) -> Document<'_> {
        let Record { rows, bytes, expected_rows, attempt, .. } = self.record;
        let state = self.state(now_us);
        let (ended, expires) = self.ended().unzip();
        let share = match (state, rows, expected_rows) {
            (State::Done, ..) => Some(1.0),
            (State::Queued, ..) => Some(0.0),
            (_, Some(rows), Some(of)) if of > 0 => Some((rows as f64 / of as f64).min(1.0)),
            _ => None,
        };
        let is_told = matches!(state, State::Running | State::Done | State::Expired);
        let reply = self.record.reply.as_ref().filter(|_| is_told);
        Document {
            id: self.id.to_string(),
            state: state.word(),
            created: written(self.record.created_us),
            started: self.record.started_us.map(written),
            ended: ended.map(written),
            expires: expires.map(written),
            attempt,
            progress: Progress { bytes, rows, expected_rows, share },
            result: reply.map(|reply| Outcome {
                status: reply.status,
                media_type: &reply.media_type,
                bytes: state.is_over().then_some(bytes),
                etag: reply.etag.as_deref(),
            }),
            problem: self.record.problem.as_ref(),
        }
    }
}

/// What clients are told of a job.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    id: String,
    state: &'static str,
    created: String,
    started: Option<String>,
    ended: Option<String>,
    expires: Option<String>,
    attempt: u64,
    progress: Progress,
    result: Option<Outcome<'a>>,
    problem: Option<&'a Value>,
}

#[derive(Debug, Serialize)]
struct Progress {
    bytes: u64,
    rows: Option<u64>,
    expected_rows: Option<u64>,
    share: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Outcome<'a> {
    status: u16,
    media_type: &'a str,
    bytes: Option<u64>,
    etag: Option<&'a str>,
}

/// The time now.
pub(crate) fn now_us() -> i64 {
    Utc::now().timestamp_micros()
}

fn written(us: i64) -> String {
    DateTime::from_timestamp_micros(us).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(record: Record) -> Job {
        Job { id: JobId::parse(&"0".repeat(32)).unwrap(), record, cancelled: None }
    }

    #[test]
    fn what_has_ended_expires_and_what_is_cancelled_has_ended() {
        let mut done = Record::new(0, None);
        done.end(State::Done, 10, 5);
        assert_eq!(job(done.clone()).state(14), State::Done);
        assert_eq!(job(done.clone()).state(15), State::Expired);
        let cancelled = Job { cancelled: Some((10, 15)), ..job(Record::new(0, None)) };
        assert_eq!((cancelled.state(14), cancelled.state(15)), (State::Cancelled, State::Expired));
        // It was done before anybody heard of it.
        let late = Job { cancelled: Some((11, 16)), ..job(done) };
        assert_eq!((late.state(14), late.ended()), (State::Done, Some((10, 15))));
    }

    #[test]
    fn the_share_is_told_where_it_is_known() {
        let share = |state, rows, expected_rows| {
            job(Record { state, expected_rows, rows, ..Record::default() }).document(0).progress.share
        };
        assert_eq!(share(State::Queued, None, Some(4)), Some(0.0));
        assert_eq!(share(State::Running, Some(1), Some(4)), Some(0.25));
        assert_eq!(share(State::Running, Some(9), Some(4)), Some(1.0));
        for (rows, of) in [(None, Some(4)), (Some(1), None), (Some(0), Some(0))] {
            assert_eq!(share(State::Running, rows, of), None);
        }
        assert_eq!(share(State::Done, None, None), Some(1.0));
    }

    #[test]
    fn what_is_put_back_has_nothing_to_show() {
        let mut record = Record { state: State::Running, run: 3, attempt: 2, ..Record::default() };
        (record.bytes, record.rows, record.reply) = (7, Some(1), Some(ReplyHead::default()));
        record.put_back();
        assert_eq!(record, Record { run: 3, attempt: 2, ..Record::default() });
    }

    #[test]
    fn times_are_written_as_everywhere() {
        assert_eq!(written(1_700_000_000_123_456), "2023-11-14T22:13:20.123Z");
    }
}
