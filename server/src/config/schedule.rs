//! When the pipeline is run, and what for.

use std::path::PathBuf;

use super::keys::settings;

settings! {
    /// When the supervisor runs the pipeline, and what for. Times are of UTC: second, minute, hour, day of the month, month,
    /// day of the week.
    pub struct Schedule in "schedule" {
        /// Whether the supervisor runs the pipeline: when it starts, by the times below, and when ephemeris, ΔT or leap-second
        /// files change.
        enabled: bool = true;
        /// The pipeline's program; where none is named, `orrery-pipeline` beside this one.
        pipeline: PathBuf = PathBuf::new();
        /// When the dataset is moved to the new day, or made where there is none; empty for never.
        roll: String = "0 5 0 * * *".to_owned();
        /// When a random sample of the dataset is compared with the live source; empty for never.
        audit: String = "0 35 2 * * *".to_owned();
        /// Blocks of such a sample, each read to the last byte.
        audit_blocks: usize = 40, from 1 to 100_000 of "blocks";
        /// Random instants of each of these, and entries of each list, that are compared.
        audit_instants: usize = 200, from 1 to 1_000_000 of "instants";
        /// First year of the dataset and the year after its last, such as `1800..2400`; empty for those that it has, or, where
        /// there is none, 1800..2400.
        years: String = String::new();
        /// Years before and after today that the dataset reaches, in place of fixed ones, such as `-120y..+80y`.
        window: String = String::new();
        /// Bodies of the dataset; none for those that it has, or, where there is none, all.
        bodies: Vec<String> = Vec::new();
        /// Where others publish the dataset, such as `s3://bucket/folder`: it is pulled from there, and not made here; empty
        /// for nowhere.
        follow: String = String::new();
        /// Pause between two looks for a new generation there.
        follow_s: u64 = 60, from 1 to 86_400 of "seconds";
        /// How far the pipeline steps back for others: its niceness.
        niceness: u64 = 10, from 0 to 19 of "degrees of niceness";
        /// Threads of the pipeline; 0 for one a core.
        threads: usize = 0, from 0 to 1024 of "threads";
        /// Pause before what failed is tried again, doubled each time up to an hour.
        retry_s: u64 = 60, from 1 to 3600 of "seconds";
        /// Pause between two looks for changed ephemeris, ΔT or leap-second files.
        watch_s: u64 = 60, from 1 to 86_400 of "seconds";
        /// The day that the dataset is made for in place of the clock's, such as `2027-01-31`: to rehearse one.
        today: String = String::new();
    }
}
