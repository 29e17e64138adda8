//! How much memory a worker may take to itself.

use super::keys::settings;

settings! {
    /// How much memory each worker may have to itself, pages of mapped files and shared ones not counted. It is looked at once
    /// a second, where the system tells of it, as Linux does.
    pub struct MemoryLimits in "memory" {
        /// Bytes above which a worker drops the answers that it keeps, and keeps no further ones; 0 for no such limit. A worker
        /// that answers charts takes some 10 MiB, beside what `cache.bytes` and `limits.bodies_bytes` allow.
        soft_bytes: u64 = 384 * 1024 * 1024, from 0 to 1_099_511_627_776_u64 of "bytes";
        /// Bytes above which a worker refuses streams and bodies with 503, too, and answers only what is short; 0 for no such
        /// limit.
        hard_bytes: u64 = 768 * 1024 * 1024, from 0 to 1_099_511_627_776_u64 of "bytes";
    }
}
