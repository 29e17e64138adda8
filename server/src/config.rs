//! Settings: flags over the environment over a TOML file over defaults.
//!
//! Each setting is declared once, with its documentation, its default and what it may be; its place in a file, its
//! variable and its flag follow from its name: `compute_s` in the table `[limits]` is `ORRERY_LIMITS_COMPUTE_S` and
//! `--limits-compute-s`. A key that is none is refused by name. Relative paths are relative to the working directory,
//! wherever they come from.

mod alerts;
mod brief;
mod cache;
mod charts;
mod error;
mod jobs;
mod keys;
mod layer;
mod limits;
mod memory;
mod page;
mod schedule;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::logs;

pub use alerts::Alerts;
pub use brief::Brief;
pub use cache::Cache;
pub use charts::Charts;
pub use error::ConfigError;
pub use jobs::Jobs;
use keys::settings;
pub use keys::{Allowed, Key};
pub use layer::Layer;
pub use limits::Limits;
pub use memory::MemoryLimits;
pub use schedule::Schedule;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

settings! {
    /// Everything that can be set, resolved. What a supervisor hands to its workers.
    pub struct Settings in "" {
        /// Directory of the dataset.
        datasets: PathBuf = PathBuf::from("datasets");
        /// Address to listen on; port 0 takes a free one.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
        /// Worker processes; 0 for one a core.
        workers: usize = 0, from 0 to 1024 of "processes";
        /// Directory of the ephemeris files for live computing.
        ephe: PathBuf = PathBuf::from("data/ephe");
        /// Pause between two looks for a new generation in the dataset's directory, milliseconds.
        watch_ms: u64 = 1000, from 10 to 3_600_000 of "milliseconds";
        /// How log lines on stderr are written: for people, or one JSON object a line.
        log_format: LogFormat = LogFormat::Text, among "text", "json";
        /// Which log lines are written: error, warn, info, debug, trace, or a filter such as `orrery_server=debug`.
        log_level: String = "info".to_owned();
        /// Whether log lines may hold queries, which are birth data.
        log_queries: bool = false;
    } with {
        /// The live source.
        live: LiveSource,
        /// What is kept of the answers that tables do not hold.
        cache: Cache,
        /// How much memory a worker may take to itself.
        memory: MemoryLimits,
        /// What clients may not exceed.
        limits: Limits,
        /// What charts are told by.
        charts: Charts,
        /// Texts in a few sentences.
        brief: Brief,
        /// Requests that are answered later.
        jobs: Jobs,
        /// When the supervisor runs the pipeline.
        schedule: Schedule,
        /// What is taken for out of order, and who is told of it.
        alerts: Alerts,
    }
}

settings! {
    /// The live source of each worker.
    pub struct LiveSource in "live" {
        /// Threads of each worker that compute live.
        threads: usize = 1, from 1 to 1024 of "threads";
        /// Live requests of each worker that may wait for a thread; one more is refused with 503, and so is one that would wait
        /// longer than `limits.compute_s`, by what requests took lately.
        queue: usize = 256, from 1 to 1_000_000 of "requests";
    }
}

impl Settings {
    /// The defaults as a tree of TOML, which says what type each setting is of.
    fn defaults() -> Table {
        // Strings, numbers and tables of them always serialise.
        Table::try_from(Settings::default()).unwrap_or_default()
    }

    /// A command with a flag, and a variable, for each setting, and `--config` for a file of them.
    #[must_use]
    pub fn add_flags(command: Command) -> Command {
        layer::add_flags(command, &Settings::keys(), &Settings::defaults())
    }

    /// The settings by the flags of [`Settings::add_flags`], the environment, and the file that they name, which is read now.
    ///
    /// # Errors
    /// The file cannot be read; a key is none; a value is none, or makes no sense.
    pub fn of_matches(matches: &ArgMatches) -> Result<Settings, ConfigError> {
        let keys = Settings::keys();
        let file = layer::file(matches).map(|path| Layer::read(&path, &keys)).transpose()?;
        let flags = Layer::of_matches(matches, &keys, &Settings::defaults())?;
        Settings::resolve(file.into_iter().chain([flags]))
    }

    /// The settings of a file's text, over defaults.
    ///
    /// # Errors
    /// As [`Settings::of_matches`].
    pub fn parse(path: &Path, text: &str) -> Result<Settings, ConfigError> {
        Settings::resolve([Layer::parse(path, text, &Settings::keys())?])
    }

    /// Lays layers over the defaults, each over those before it.
    ///
    /// # Errors
    /// A value is none, or makes no sense.
    pub fn resolve(layers: impl IntoIterator<Item = Layer>) -> Result<Settings, ConfigError> {
        let defaults = Settings::defaults();
        let mut tree = defaults.clone();
        for layer in layers {
            layer.over(&mut tree, &defaults)?;
        }
        let settings: Settings = layer::typed(&tree, &Settings::keys())?;
        settings.check()?;
        Ok(settings)
    }

    /// What no single value shows.
    fn check(&self) -> Result<(), ConfigError> {
        let refused = |setting: &str, value: String, remedy: String| {
            Err(ConfigError::Value { setting: setting.to_owned(), value, remedy })
        };
        let Limits { body_bytes, bodies_bytes, .. } = self.limits;
        if bodies_bytes < body_bytes {
            let remedy = format!("give limits.body_bytes, which is {body_bytes}, or more");
            return refused("limits.bodies_bytes", bodies_bytes.to_string(), remedy);
        }
        self.charts.check()?;
        self.brief.check()?;
        self.schedule.check()?;
        self.alerts.check()?;
        let MemoryLimits { soft_bytes, hard_bytes } = self.memory;
        if hard_bytes > 0 && soft_bytes > hard_bytes {
            let remedy = format!("give memory.soft_bytes, which is {soft_bytes}, or more, or 0 for none");
            return refused("memory.hard_bytes", hard_bytes.to_string(), remedy);
        }
        match logs::filter(&self.log_level) {
            Ok(_) => Ok(()),
            Err(remedy) => refused("log_level", format!("{:?}", self.log_level), remedy),
        }
    }

    /// How many worker processes there are to be.
    #[must_use]
    pub fn worker_count(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        }
    }

    /// The settings as a TOML file holds them, each with what it is for, what it may be, and its default.
    #[must_use]
    pub fn to_toml(&self) -> String {
        page::written(self, &Settings::keys(), &Settings::defaults())
    }
}

#[cfg(test)]
mod tests;
