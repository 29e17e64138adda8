//! When the pipeline is run, and what for.

use std::path::PathBuf;

use orrery_almanac::{Moment, iso};
use orrery_format::Body;

use super::error::ConfigError;
use super::keys::settings;
use crate::process::check_times;
use crate::wire::problem::nearest;

/// First and last year that the years of a dataset may reach to: there are no ephemeris files beyond.
const YEARS: std::ops::RangeInclusive<i32> = -13_000..=17_000;

/// The most years that a window may have on either side of today.
const MOST_REACH: u32 = 20_000;

/// What stands for all bodies.
const ALL_BODIES: &str = "all";

/// What locations begin with that the pipeline can pull from.
const SCHEMES: [&str; 11] =
    ["s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss", "file", "http", "https"];

settings! {
    /// When the supervisor runs the pipeline, and what for.
    pub struct Schedule in "schedule" {
        /// Whether the supervisor runs the pipeline: when it starts, by the times below, and when ephemeris, ΔT or leap-second
        /// files change.
        enabled: bool = true;
        /// The pipeline's program; where none is named, `orrery-pipeline` beside this one.
        pipeline: PathBuf = PathBuf::new();
        /// When the dataset is moved to the new day, or made where there is none, by UTC: second, minute, hour, day of the
        /// month, month, day of the week; empty for when the service starts and files change alone.
        roll: String = "0 5 0 * * *".to_owned();
        /// When a random sample of the dataset is compared with the live source, likewise; empty for never. What it finds wrong is
        /// compared again, after what was published has been mended, until it is right.
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
        /// Pause before what failed is tried again, doubled each time up to an hour, but to no more than ten times `follow_s` for a
        /// pull; until then the times above do not count.
        retry_s: u64 = 60, from 1 to 3600 of "seconds";
        /// Pause between two looks for changed ephemeris, ΔT or leap-second files, and for what keeps the pipeline from being run.
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
        if !self.years.is_empty()
            && let Err(remedy) = check_years(self.years())
        {
            return refused("years", &self.years, remedy);
        }
        if !self.window.is_empty() && !is_window(&self.window) {
            let remedy = format!(
                "give years before and after such as -120y..+80y: whole years, {MOST_REACH} at most, before today with a minus"
            );
            return refused("window", &self.window, remedy);
        }
        if !self.window.is_empty() && !self.years.is_empty() {
            return refused("window", &self.window, "give it, or schedule.years, and not both".to_owned());
        }
        for name in &self.bodies {
            if name != ALL_BODIES && Body::from_name(name).is_none() {
                let names: Vec<&str> = Body::ALL.iter().map(|body| body.name()).chain([ALL_BODIES]).collect();
                let remedy = nearest(name, names.iter().copied()).map_or_else(
                    || format!("there are tables of {}", names.join(" ")),
                    |near| format!("there is no table of it; did you mean {near}?"),
                );
                return refused("bodies", name, remedy);
            }
        }
        let is_day =
            |text| matches!(iso::parse(text), Ok(Moment::Day(date)) if date.day_number(None).is_ok());
        if !self.today.is_empty() && !is_day(&self.today) {
            return refused("today", &self.today, "give a date such as 2027-01-31".to_owned());
        }
        self.check_follow()
    }

    /// Whether the location can be one, and nothing is set that is for who makes the dataset.
    fn check_follow(&self) -> Result<(), ConfigError> {
        if self.follow.is_empty() {
            return Ok(());
        }
        if let Err(remedy) = check_location(&self.follow) {
            return Err(ConfigError::Value {
                setting: "schedule.follow".to_owned(),
                // There may be a password in it.
                value: "…".to_owned(),
                remedy,
            });
        }
        let own = Schedule::default();
        for (name, value, is_set) in [
            ("roll", format!("{:?}", self.roll), self.roll != own.roll),
            ("years", format!("{:?}", self.years), self.years != own.years),
            ("window", format!("{:?}", self.window), self.window != own.window),
            ("bodies", format!("{:?}", self.bodies), self.bodies != own.bodies),
            ("threads", self.threads.to_string(), self.threads != own.threads),
            ("today", format!("{:?}", self.today), self.today != own.today),
        ] {
            if is_set {
                let remedy = "leave it out: with schedule.follow the dataset is pulled as others have made it, and not made here";
                return Err(ConfigError::Value {
                    setting: format!("schedule.{name}"),
                    value,
                    remedy: remedy.to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Whether these are the first year of a dataset and the year after its last.
fn check_years(years: Option<(&str, &str)>) -> Result<(), String> {
    let year = |text: &str| text.parse::<i32>().ok();
    let Some((from, to)) = years.and_then(|(from, to)| Some((year(from)?, year(to)?))) else {
        return Err("give two years such as 1800..2400".to_owned());
    };
    if !YEARS.contains(&from) || !YEARS.contains(&to) {
        return Err(format!("give two years from {} to {}", YEARS.start(), YEARS.end()));
    }
    if from >= to {
        return Err(format!("give a first year before {to}"));
    }
    Ok(())
}

/// Whether this is a window, as the pipeline takes it.
fn is_window(text: &str) -> bool {
    let years = |text: &str| {
        let digits = text.strip_suffix('y')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|&years: &u32| is_number && years <= MOST_REACH)
    };
    text.split_once("..").is_some_and(|(before, after)| {
        let is_before = match before.strip_prefix('-') {
            Some(before) => years(before).is_some(),
            None => years(before) == Some(0),
        };
        is_before && years(after.strip_prefix('+').unwrap_or(after)).is_some()
    })
}

/// Whether this is the URL of a location; whether there is anything, only the location knows.
fn check_location(text: &str) -> Result<(), String> {
    const FORMS: &str = "give s3://bucket/path, gs://bucket/path, az://container/path, file:///directory or https://server/path";
    let Some((scheme, rest)) = text.split_once("://") else { return Err(FORMS.to_owned()) };
    if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) || text.contains(char::is_whitespace) {
        return Err(FORMS.to_owned());
    }
    if text.contains(['?', '#']) {
        return Err(
            "leave out what is behind ? or #, which no location has; credentials belong into the environment"
                .to_owned(),
        );
    }
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_container = matches!(scheme, "az" | "adl" | "azure" | "abfs" | "abfss");
    if place.contains('@') && (!is_container || place.contains(':')) {
        return Err("leave out the user; credentials belong into the environment".to_owned());
    }
    let is_directory = scheme.eq_ignore_ascii_case("file");
    // A directory is this machine's.
    if (is_directory && (!place.is_empty() || path.is_empty())) || (!is_directory && place.is_empty()) {
        return Err(FORMS.to_owned());
    }
    Ok(())
}
