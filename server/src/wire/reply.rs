//! A reply on its way out: what every reply carries, whoever wrote it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response};

use crate::process::counters::Source;
use crate::text::decimal;
use crate::wire::content::Content;
use crate::wire::header::{SERVER_TIMING, X_REQUEST_ID, prepare, set};
use crate::wire::problem::Problem;

/// What a handler gives.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) response: Response<Content>,
    /// Who answered, if anything had to be computed.
    pub(crate) source: Option<Source>,
    pub(crate) shares: Shares,
    /// Whether the header has what [`prepare`] gives it already.
    pub(crate) prepared: bool,
}

/// What tables and live computing had to do with a reply.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shares {
    /// How many bodies were asked for.
    pub(crate) bodies: usize,
    pub(crate) table: Option<Share>,
    pub(crate) live: Option<Share>,
}

/// What is known ahead of an answer.
#[derive(Clone, Copy, Debug)]
struct Expected {
    rows: Option<u64>,
}

/// How many bodies, and the time that they took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub(crate) bodies: usize,
    pub(crate) time: Duration,
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Reply {
        Reply::from(response.map(Content::Whole))
    }
}

impl From<Response<Content>> for Reply {
    fn from(response: Response<Content>) -> Reply {
        Reply { response, source: None, shares: Shares::default(), prepared: false }
    }
}

impl Reply {
    /// The reply of a problem.
    pub(crate) fn refused(problem: &Problem) -> Reply {
        Reply::of_refusal(problem.response())
    }

    /// The same of its response.
    pub(crate) fn of_refusal(response: Response<Bytes>) -> Reply {
        let mut reply = Reply::from(response);
        let header = reply.response.headers_mut();
        prepare(header);
        // What was refused took no time that anyone would ask about.
        header.remove(SERVER_TIMING);
        reply.prepared = true;
        reply
    }

    /// The reply to a trial: it can be answered, with so many rows, if that is known.
    pub(crate) fn understood(rows: Option<u64>) -> Reply {
        let mut response = Response::new(Content::default());
        response.extensions_mut().insert(Expected { rows });
        Reply::from(response)
    }

    /// How many rows the answer will have, by the reply to a trial.
    pub(crate) fn expected_rows(&self) -> Option<u64> {
        self.response.extensions().get::<Expected>()?.rows
    }

    /// Sets the fields that every reply has.
    pub(crate) fn stamp(&mut self, id: HeaderValue, total: Duration) {
        let header = self.response.headers_mut();
        if !self.prepared {
            prepare(header);
        }
        set(header, &SERVER_TIMING, self.shares.timing(total));
        set(header, &X_REQUEST_ID, id);
    }
}

impl Shares {
    /// The value of `Server-Timing`: how many of the bodies tables answered and how many live computing did, with the time
    /// that each took, and the time of the whole; milliseconds.
    fn timing(&self, total: Duration) -> HeaderValue {
        let mut line = Line::default();
        if let Some(share) = self.table {
            line.push(b"table");
            line.share(share, self.bodies);
        }
        if let Some(share) = self.live {
            line.push(b"live");
            line.share(share, self.bodies);
        }
        line.push(b"total;dur=");
        line.milliseconds(total);
        // Plain ASCII makes a header value.
        HeaderValue::from_bytes(line.text()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// A short text being written; what has no room is left out.
struct Line {
    bytes: [u8; 192],
    at: usize,
}

impl Default for Line {
    fn default() -> Line {
        Line { bytes: [0; 192], at: 0 }
    }
}

impl Line {
    fn text(&self) -> &[u8] {
        &self.bytes[..self.at]
    }

    // Of a text that is known, the length is known, and it is copied without asking for it.
    #[inline]
    fn push(&mut self, text: &[u8]) {
        if let Some(room) = self.bytes.get_mut(self.at..self.at + text.len()) {
            room.copy_from_slice(text);
            self.at += text.len();
        }
    }

    fn share(&mut self, Share { bodies, time }: Share, all: usize) {
        self.push(b";desc=\"");
        self.integer(bodies as u64);
        self.push(b"/");
        self.integer(all as u64);
        self.push(b"\";dur=");
        self.milliseconds(time);
        self.push(b", ");
    }

    fn integer(&mut self, number: u64) {
        if number < 10_000 {
            // Four digits, of which the first are left out that say nothing.
            let digits = decimal::four(number as u32);
            let zeros = usize::from(number < 1000) + usize::from(number < 100) + usize::from(number < 10);
            return self.push(&digits[zeros..]);
        }
        self.integer(number / 10_000);
        self.push(&decimal::four((number % 10_000) as u32));
    }

    /// With four decimals, which is to the tenth of a microsecond.
    fn milliseconds(&mut self, time: Duration) {
        let units =
            time.as_secs().saturating_mul(10_000_000).saturating_add((time.subsec_nanos() / 100).into());
        self.integer(units / 10_000);
        self.push(b".");
        self.push(&decimal::four((units % 10_000) as u32));
    }
}

#[cfg(test)]
mod tests {
    use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS};

    use super::*;
    use crate::wire::problem::Code;

    fn timing(shares: Shares, total: Duration) -> String {
        shares.timing(total).to_str().unwrap().to_owned()
    }

    #[test]
    fn the_shares_of_tables_and_live_are_told_in_milliseconds() {
        let share = |bodies, nanos| Some(Share { bodies, time: Duration::from_nanos(nanos) });
        let total = Duration::from_nanos(12_345_678);
        assert_eq!(timing(Shares::default(), total), "total;dur=12.3456");
        let all = Shares { bodies: 10, table: share(10, 2_100), live: None };
        assert_eq!(timing(all, total), "table;desc=\"10/10\";dur=0.0021, total;dur=12.3456");
        let mixed = Shares { bodies: 10, table: share(8, 90), live: share(2, 140_000) };
        assert_eq!(
            timing(mixed, Duration::from_secs(30)),
            "table;desc=\"8/10\";dur=0.0000, live;desc=\"2/10\";dur=0.1400, total;dur=30000.0000"
        );
    }

    #[test]
    fn the_longest_line_has_room() {
        let most = Some(Share { bodies: usize::MAX, time: Duration::MAX });
        let line = timing(Shares { bodies: usize::MAX, table: most, live: most }, Duration::MAX);
        assert!(line.contains("total;dur=") && line.len() < 192, "{line}");
    }

    #[test]
    fn a_reply_is_stamped_once() {
        let mut reply = Reply::from(Response::new(Bytes::new()));
        reply.stamp(HeaderValue::from_static("an-id"), Duration::ZERO);
        let header = reply.response.headers();
        assert_eq!(header[X_REQUEST_ID], "an-id");
        assert_eq!(header[SERVER_TIMING], "total;dur=0.0000");
        assert_eq!(header[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(
            header[ACCESS_CONTROL_EXPOSE_HEADERS]
                .to_str()
                .unwrap()
                .split(", ")
                .any(|it| it == "x-request-id")
        );
    }

    #[test]
    fn a_refusal_may_be_read_from_anywhere_and_tells_no_times() {
        let mut reply = Reply::refused(&Problem::new(Code::Busy, "busy").retry_after(1));
        reply.stamp(HeaderValue::from_static("an-id"), Duration::ZERO);
        let header = reply.response.headers();
        assert_eq!(
            (&header[X_REQUEST_ID], &header[ACCESS_CONTROL_ALLOW_ORIGIN]),
            (&"an-id".parse().unwrap(), &HeaderValue::from_static("*"))
        );
        assert!(!header.contains_key(SERVER_TIMING) && header.contains_key("retry-after"));
    }
}
