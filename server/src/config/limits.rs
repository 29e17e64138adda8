//! What clients may not exceed.

use std::time::Duration;

use super::keys::settings;

/// Longest request target that HTTP here can hold: 64 KiB, less the two bytes that hyper keeps for itself.
const MOST_TARGET_BYTES: usize = 64 * 1024 - 2;

settings! {
    /// What clients may not exceed. Times are whole seconds.
    pub struct Limits in "limits" {
        /// Connections open at once in each worker; further ones wait in its listen queue.
        connections: usize = 10_240, from 1 to 1_000_000 of "connections";
        /// Bytes of a request target.
        target_bytes: usize = MOST_TARGET_BYTES, from 256 to MOST_TARGET_BYTES of "bytes";
        /// Bytes of a request line with its header fields.
        header_bytes: usize = 128 * 1024, from 8192 to 16_777_216 of "bytes";
        /// Number of header fields.
        headers: usize = 100, from 16 to 1000 of "fields";
        /// Bytes of a request's body, as they come and again when they are decoded. Of one that is answered line by line as
        /// it comes, so much is held for a client that does not read what it is answered.
        body_bytes: usize = 32 * 1024 * 1024, from 1024 to 1_073_741_824 of "bytes";
        /// Bytes of all the bodies that each worker holds at once, with what reading them takes and the instants that they list
        /// until the last row is told; one more is refused with 503. A single body of `limits.body_bytes` may need six times
        /// as much, and 16 MiB where it is compressed.
        bodies_bytes: usize = 256 * 1024 * 1024, from 1024 to 1_099_511_627_776_u64 of "bytes";
        /// Rows of a table that a JSON reply has; other formats stream any number.
        json_rows: usize = 100_000, from 1 to 10_000_000 of "rows";
        /// Charts that a JSON reply to many has; NDJSON has any number.
        json_charts: usize = 1000, from 1 to 1_000_000 of "charts";
        /// Bytes of such a reply, which are all there before the first is sent.
        json_charts_bytes: usize = 64 * 1024 * 1024, from 65_536 to 1_073_741_824 of "bytes";
        /// From a request's first byte to the end of its header.
        header_timeout_s: u64 = 10, from 1 to 86_400 of "seconds";
        /// From there to the end of its body. Of one that is answered line by line: for its next bytes, and where it is
        /// compressed for all of its pauses together.
        body_timeout_s: u64 = 60, from 1 to 86_400 of "seconds";
        /// Without a byte, before or between requests; on HTTP/2, without a request, whatever else comes.
        idle_timeout_s: u64 = 75, from 1 to 86_400 of "seconds";
        /// Computing of one request, waiting for a live thread included; a document of many instants or days is looked at between
        /// them. Streams have no end but their client's.
        compute_s: u64 = 30, from 1 to 86_400 of "seconds";
        /// From the signal to stop to the end of the last connection.
        drain_s: u64 = 10, from 1 to 86_400 of "seconds";
        /// Without a sign of life from a worker, whose one thread must be stuck then; it is killed, and another takes its place.
        /// Looks are a second apart, and signs of life half a second: one look may find none by chance, and two do not.
        hang_s: u64 = 10, from 2 to 86_400 of "seconds";
    }
}

impl Limits {
    pub(crate) fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout_s)
    }

    pub(crate) fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_s)
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_timeout_s)
    }

    pub(crate) fn compute(&self) -> Duration {
        Duration::from_secs(self.compute_s)
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_s)
    }

    pub(crate) fn hang(&self) -> Duration {
        Duration::from_secs(self.hang_s)
    }
}
