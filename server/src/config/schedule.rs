//! When the pipeline is run, and what for.

use std::path::PathBuf;

use orrery_almanac::{Moment, iso};

use super::error::ConfigError;
use super::keys::settings;
use crate::process::check_times;

settings! {
    /// When the supervisor runs the pipeline, and what for.
    pub struct Schedule in "schedule" {
        /// Whether the supervisor runs the pipeline: when it starts, by the times below, and when ephemeris, ΔT or leap-second
        /// files change.
        enabled: bool = true;
        /// The pipeline's program; where none is named, `orrery-pipeline` beside this one.
        pipeline: PathBuf = PathBuf::new();
        /// When the dataset is moved to the new day, or made where there is none, by UTC: second, minute, hour, day of the
        /// month, month, day of the week; empty for never.
        roll: String = "0 5 0 * * *".to_owned();
        /// When a random sample of the dataset is compared with the live source, likewise; empty for never.
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

impl Schedule {
    /// First year of the dataset and the year after its last, as they were given; `None` where they were not.
    pub(crate) fn years(&self) -> Option<(&str, &str)> {
        let (from, to) = self.years.split_once("..")?;
        Some((from.trim(), to.trim()))
    }

    /// What the pipeline could only say when it is run.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |name: &str, value: &str, remedy: String| {
            Err(ConfigError::Value {
                setting: format!("schedule.{name}"),
                value: format!("{value:?}"),
                remedy,
            })
        };
        for (name, times) in [("roll", &self.roll), ("audit", &self.audit)] {
            if let Err(remedy) = check_times(times) {
                return refused(name, times, remedy);
            }
        }
        let is_year = |text: &str| text.parse::<i32>().is_ok();
        if !self.years.is_empty() && !self.years().is_some_and(|(from, to)| is_year(from) && is_year(to)) {
            return refused("years", &self.years, "give two years such as 1800..2400".to_owned());
        }
        let is_reach = |text: &str| text.strip_suffix('y').is_some_and(is_year);
        let is_window =
            self.window.split_once("..").is_some_and(|(before, after)| is_reach(before) && is_reach(after));
        if !self.window.is_empty() && !is_window {
            return refused(
                "window",
                &self.window,
                "give years before and after such as -120y..+80y".to_owned(),
            );
        }
        if !self.window.is_empty() && !self.years.is_empty() {
            return refused("window", &self.window, "give it, or schedule.years, and not both".to_owned());
        }
        let is_day =
            |text| matches!(iso::parse(text), Ok(Moment::Day(date)) if date.day_number(None).is_ok());
        if !self.today.is_empty() && !is_day(&self.today) {
            return refused("today", &self.today, "give a date such as 2027-01-31".to_owned());
        }
        Ok(())
    }
}
