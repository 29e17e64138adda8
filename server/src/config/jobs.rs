//! Requests that are answered later.

use std::path::PathBuf;

use super::keys::settings;

settings! {
    /// Jobs: requests that are answered later, by a process of its own, and whose answers are kept on disk for a time.
    pub struct Jobs in "jobs" {
        /// Whether jobs are taken.
        enabled: bool = true;
        /// Directory of jobs and their results, which may hold birth data: nobody else is let in. Empty for `jobs` beside the
        /// dataset's directory. It is made with the first job.
        dir: PathBuf = PathBuf::new();
        /// Jobs that are worked at at once; further ones wait.
        parallel: usize = 1, from 1 to 64 of "jobs";
        /// How long a job and its result are kept once it has ended.
        keep_s: u64 = 86_400, from 1 to 31_536_000 of "seconds";
        /// Bytes of all jobs and their results together; what would be more is refused with 503, and a job that gets there
        /// fails.
        disk_bytes: u64 = 4 * 1024 * 1024 * 1024, from 65_536 to 1_125_899_906_842_624_u64 of "bytes";
        /// Jobs that are there at once, waiting, running or kept; one more is refused with 503.
        most: usize = 1000, from 1 to 100_000 of "jobs";
        /// How often a job is begun that does not come to its end because the process ends that works at it.
        attempts: u64 = 3, from 1 to 100 of "attempts";
        /// Computing of a job that is answered with a document, in place of `limits.compute_s`. Streams have no end but their
        /// own.
        compute_s: u64 = 3600, from 1 to 604_800 of "seconds";
        /// How far the process that works at jobs steps back for others: its niceness.
        niceness: u64 = 10, from 0 to 19 of "degrees of niceness";
        /// How long that process stays when there is nothing to do.
        rest_s: u64 = 30, from 0 to 86_400 of "seconds";
    }
}
