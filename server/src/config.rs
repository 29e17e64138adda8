//! Settings: flags over the environment over a TOML file over defaults.
//!
//! The file's keys are the flags' names with `_` for `-`, and a table `[limits]`. A key that is none of them is
//! refused by name. Relative paths are relative to the working directory, wherever they come from.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::logs;
use crate::wire::problem::nearest;

/// What is wrong with the settings, with the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}; give --config another file, or leave it out")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or a value has the wrong type.
    #[error("{path}: {message}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and what, as the TOML reader says it.
        message: String,
    },
    /// A key that is no setting.
    #[error("{path}: unknown key `{key}`{}", .suggestion.as_ref().map_or_else(
        || format!("; known are {}", .known.join(", ")),
        |name| format!("; did you mean `{name}`?"),
    ))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key, with its table.
        key: String,
        /// The nearest known key.
        suggestion: Option<String>,
        /// Every key that may stand there.
        known: Vec<String>,
    },
    /// A number that makes no sense.
    #[error("{setting} = {value}: give {expected}")]
    Range {
        /// The setting.
        setting: &'static str,
        /// What was given.
        value: u64,
        /// What is taken.
        expected: &'static str,
    },
    /// A log filter that is none, or lets nothing through.
    #[error("log_level = {value:?}: {reason}")]
    LogLevel {
        /// What was given.
        value: String,
        /// What is wrong with it, with the remedy.
        reason: String,
    },
}

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

/// Everything that can be set, resolved. What a supervisor hands to its workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Directory of the dataset.
    pub datasets: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Worker processes.
    pub workers: usize,
    /// Directory of the ephemeris files for live computing.
    pub ephe: PathBuf,
    /// Pause between two looks for a new generation in the dataset's directory, milliseconds.
    pub watch_ms: u64,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Which log lines are written: a level, or a filter such as `orrery_server=debug`.
    pub log_level: String,
    /// Whether log lines may hold queries, which are birth data. Off unless asked for.
    pub log_queries: bool,
    /// Threads of each worker that compute live.
    pub live_threads: usize,
    /// Live requests of each worker that may wait for a thread; one more is refused with 503.
    pub live_queue: usize,
    /// What clients may not exceed.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            datasets: PathBuf::from("datasets"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            ephe: PathBuf::from("data/ephe"),
            watch_ms: 1000,
            log_format: LogFormat::Text,
            log_level: "info".to_owned(),
            log_queries: false,
            live_threads: 1,
            live_queue: 256,
            limits: Limits::default(),
        }
    }
}

/// Longest request target that HTTP here can hold: 64 KiB, less the two bytes that hyper keeps for itself.
const MOST_TARGET_BYTES: usize = 64 * 1024 - 2;

/// What clients may not exceed. Times are whole seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Connections open at once in each worker; further ones wait in its listen queue.
    pub connections: usize,
    /// Bytes of a request target.
    pub target_bytes: usize,
    /// Bytes of a request line with its header fields.
    pub header_bytes: usize,
    /// Number of header fields.
    pub headers: usize,
    /// Bytes of a request's body, as they come and again when they are decoded.
    pub body_bytes: usize,
    /// Bytes of all the bodies that each worker holds at once, with what reading them takes and the instants that they list
    /// until the last row is told; one more is refused with 503. A single body of [`Limits::body_bytes`] may need six times
    /// as much, and 16 MiB where it is compressed.
    pub bodies_bytes: usize,
    /// Rows of a table that a JSON reply has; other formats stream any number.
    pub json_rows: usize,
    /// From a request's first byte to the end of its header.
    pub header_timeout_s: u64,
    /// From there to the end of its body.
    pub body_timeout_s: u64,
    /// Without a byte, before or between requests; on HTTP/2, without a request, whatever else comes.
    pub idle_timeout_s: u64,
    /// Computing of one request, waiting for a live thread included; a document of many instants or days is looked at between
    /// them. Streams have no end but their client's.
    pub compute_s: u64,
    /// From the signal to stop to the end of the last connection.
    pub drain_s: u64,
    /// Without a sign of life from a worker, whose one thread must be stuck then; it is killed, and another takes its place.
    pub hang_s: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 10_240,
            target_bytes: MOST_TARGET_BYTES,
            header_bytes: 128 * 1024,
            headers: 100,
            body_bytes: 32 * 1024 * 1024,
            bodies_bytes: 256 * 1024 * 1024,
            json_rows: 100_000,
            header_timeout_s: 10,
            body_timeout_s: 60,
            idle_timeout_s: 75,
            compute_s: 30,
            drain_s: 10,
            hang_s: 10,
        }
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

/// What one place (flags with the environment, or the file) sets; the rest is left to the next place.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// See [`Settings::datasets`].
    pub datasets: Option<PathBuf>,
    /// See [`Settings::listen`].
    pub listen: Option<SocketAddr>,
    /// See [`Settings::workers`].
    pub workers: Option<usize>,
    /// See [`Settings::ephe`].
    pub ephe: Option<PathBuf>,
    /// See [`Settings::watch_ms`].
    pub watch_ms: Option<u64>,
    /// See [`Settings::log_format`].
    pub log_format: Option<LogFormat>,
    /// See [`Settings::log_level`].
    pub log_level: Option<String>,
    /// See [`Settings::log_queries`].
    pub log_queries: Option<bool>,
    /// See [`Settings::live_threads`].
    pub live_threads: Option<usize>,
    /// See [`Settings::live_queue`].
    pub live_queue: Option<usize>,
    /// The table `[limits]`.
    #[serde(default)]
    pub limits: LimitsLayer,
}

/// The part of a [`Layer`] that sets [`Limits`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsLayer {
    /// See [`Limits::connections`].
    pub connections: Option<usize>,
    /// See [`Limits::target_bytes`].
    pub target_bytes: Option<usize>,
    /// See [`Limits::header_bytes`].
    pub header_bytes: Option<usize>,
    /// See [`Limits::headers`].
    pub headers: Option<usize>,
    /// See [`Limits::body_bytes`].
    pub body_bytes: Option<usize>,
    /// See [`Limits::bodies_bytes`].
    pub bodies_bytes: Option<usize>,
    /// See [`Limits::json_rows`].
    pub json_rows: Option<usize>,
    /// See [`Limits::header_timeout_s`].
    pub header_timeout_s: Option<u64>,
    /// See [`Limits::body_timeout_s`].
    pub body_timeout_s: Option<u64>,
    /// See [`Limits::idle_timeout_s`].
    pub idle_timeout_s: Option<u64>,
    /// See [`Limits::compute_s`].
    pub compute_s: Option<u64>,
    /// See [`Limits::drain_s`].
    pub drain_s: Option<u64>,
    /// See [`Limits::hang_s`].
    pub hang_s: Option<u64>,
}

impl Layer {
    /// Reads a settings file.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, holds an unknown key or a value of the wrong type.
    pub fn read(path: &Path) -> Result<Layer, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Layer::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Layer, ConfigError> {
        let invalid = |error: toml::de::Error| ConfigError::Invalid {
            path: path.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        };
        let table: toml::Table = toml::from_str(text).map_err(invalid)?;
        // What can be set is what the settings have.
        let known = toml::Table::try_from(Settings::default()).unwrap_or_default();
        check_keys(path, "", &table, &known)?;
        if let (Some(toml::Value::Table(limits)), Some(toml::Value::Table(known))) =
            (table.get("limits"), known.get("limits"))
        {
            check_keys(path, "limits.", limits, known)?;
        }
        toml::from_str(text).map_err(invalid)
    }
}

/// Refuses, with a better word than the TOML reader has for it, a key that is no setting.
fn check_keys(
    path: &Path,
    prefix: &str,
    given: &toml::Table,
    known: &toml::Table,
) -> Result<(), ConfigError> {
    let Some(key) = given.keys().find(|key| !known.contains_key(*key)) else { return Ok(()) };
    Err(ConfigError::UnknownKey {
        path: path.to_owned(),
        key: format!("{prefix}{key}"),
        suggestion: nearest(key, known.keys().map(String::as_str)).map(str::to_owned),
        known: known.keys().cloned().collect(),
    })
}

/// Each of these fields from the first of two layers that sets it, or else from the defaults, and others as they are given.
macro_rules! lay {
    ($flags:ident over $file:ident over $default:ident as $settings:ident { $($field:ident),+ } $($other:ident: $value:expr)?) => {
        $settings {
            $($field: $flags.$field.or($file.$field).unwrap_or($default.$field),)+
            $($other: $value,)?
        }
    };
}

impl Settings {
    /// Lays flags (with the environment) over a file over the defaults.
    ///
    /// # Errors
    /// When a number makes no sense, or the log level would silence everything by mistake.
    pub fn resolve(flags: Layer, file: Layer) -> Result<Settings, ConfigError> {
        let default = Settings::default();
        let limits = Limits::resolve(&flags.limits, &file.limits);
        let settings = lay!(flags over file over default as Settings {
            datasets, listen, workers, ephe, watch_ms, log_format, log_level, log_queries, live_threads, live_queue
        } limits: limits);
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let within = |setting, value: usize, least: usize, most: usize, expected| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(ConfigError::Range { setting, value: value as u64, expected })
            }
        };
        let limits = &self.limits;
        within("workers", self.workers, 1, 1024, "1 to 1024 processes")?;
        within("watch_ms", self.watch_ms as usize, 10, 3_600_000, "10 to 3600000 milliseconds")?;
        within("live_threads", self.live_threads, 1, 1024, "1 to 1024 threads")?;
        within("live_queue", self.live_queue, 1, 1_000_000, "1 to 1000000 requests")?;
        within("limits.connections", limits.connections, 1, 1_000_000, "1 to 1000000 connections")?;
        within("limits.target_bytes", limits.target_bytes, 256, MOST_TARGET_BYTES, "256 to 65534 bytes")?;
        within("limits.header_bytes", limits.header_bytes, 8192, 1 << 24, "8192 to 16777216 bytes")?;
        within("limits.headers", limits.headers, 16, 1000, "16 to 1000 fields")?;
        within("limits.body_bytes", limits.body_bytes, 1024, 1 << 30, "1024 to 1073741824 bytes")?;
        let (least, expected) = (limits.body_bytes, "limits.body_bytes to 1099511627776 bytes");
        within("limits.bodies_bytes", limits.bodies_bytes, least, 1 << 40, expected)?;
        within("limits.json_rows", limits.json_rows, 1, 10_000_000, "1 to 10000000 rows")?;
        for (setting, value) in [
            ("limits.header_timeout_s", limits.header_timeout_s),
            ("limits.body_timeout_s", limits.body_timeout_s),
            ("limits.idle_timeout_s", limits.idle_timeout_s),
            ("limits.compute_s", limits.compute_s),
            ("limits.drain_s", limits.drain_s),
        ] {
            within(setting, value as usize, 1, 86_400, "1 to 86400 seconds")?;
        }
        // Looks are a second apart, and signs of life half a second: one look may find none by chance, and two do not.
        within("limits.hang_s", limits.hang_s as usize, 2, 86_400, "2 to 86400 seconds")?;
        logs::filter(&self.log_level)
            .map_err(|reason| ConfigError::LogLevel { value: self.log_level.clone(), reason })?;
        Ok(())
    }

    /// The settings as a TOML file would hold them.
    #[must_use]
    pub fn to_toml(&self) -> String {
        // Strings, numbers and one table always serialise, except for a path that is not UTF-8, which TOML cannot hold.
        toml::to_string(self).unwrap_or_else(|error| format!("# cannot be written as TOML: {error}\n"))
    }
}

impl Limits {
    fn resolve(flags: &LimitsLayer, file: &LimitsLayer) -> Limits {
        let default = Limits::default();
        lay!(flags over file over default as Limits {
            connections, target_bytes, header_bytes, headers, body_bytes, bodies_bytes, json_rows, header_timeout_s, body_timeout_s,
            idle_timeout_s, compute_s, drain_s, hang_s
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Layer, ConfigError> {
        Layer::parse(Path::new("orrery.toml"), text)
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let file = parse("listen = '0.0.0.0:80'\ndatasets = 'tables'\n[limits]\ncompute_s = 5").unwrap();
        let flags = Layer { datasets: Some("flagged".into()), ..Layer::default() };
        let settings = Settings::resolve(flags, file).unwrap();
        assert_eq!(settings.datasets, PathBuf::from("flagged"));
        assert_eq!(settings.listen, SocketAddr::from(([0, 0, 0, 0], 80)));
        assert_eq!(settings.ephe, PathBuf::from("data/ephe"));
        assert_eq!(settings.limits.compute_s, 5);
        assert_eq!(settings.limits.drain_s, 10);
    }

    #[test]
    fn unknown_keys_are_refused_by_name_with_a_suggestion() {
        let error = parse("lisen = '0.0.0.0:80'").unwrap_err().to_string();
        assert_eq!(error, "orrery.toml: unknown key `lisen`; did you mean `listen`?");
        let error = parse("[limits]\ncolour = 1").unwrap_err().to_string();
        assert!(error.contains("`limits.colour`; known are bodies_bytes, body_bytes, "), "{error}");
    }

    #[test]
    fn wrong_types_and_numbers_are_refused_by_name() {
        let error = parse("live_queue = 'many'").unwrap_err().to_string();
        assert!(error.contains("live_queue") && error.contains("line 1"), "{error}");
        assert!(parse("= 1").is_err());
        let error = Settings::resolve(Layer::default(), parse("live_threads = 0").unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "live_threads = 0: give 1 to 1024 threads");
        let error =
            Settings::resolve(Layer::default(), parse("[limits]\ncompute_s = 0").unwrap()).unwrap_err();
        assert!(error.to_string().starts_with("limits.compute_s = 0"));
    }

    #[test]
    fn resolved_settings_read_back_as_the_same() {
        let settings = Settings::default();
        let again = Settings::resolve(Layer::default(), parse(&settings.to_toml()).unwrap()).unwrap();
        assert_eq!(settings, again);
        let handed_down = serde_json::to_string(&settings).unwrap();
        assert_eq!(settings, serde_json::from_str(&handed_down).unwrap());
    }

    #[test]
    fn a_log_level_that_would_silence_all_is_refused() {
        for (level, remedy) in [
            ("", "give info"),
            (" ", "give info"),
            ("inf", "did you mean `info`?"),
            ("verbose", "give one of error, warn, info"),
            ("orrery_server=loud", "give info"),
            ("hyper=debug", "info,hyper=debug"),
            ("orery_server=debug", "info,orery_server=debug"),
            ("orrery_serverx=debug", "info,orrery_serverx=debug"),
            ("orrery_servers", "give one of error, warn, info"),
        ] {
            let layer = Layer { log_level: Some(level.to_owned()), ..Layer::default() };
            let error = Settings::resolve(layer, Layer::default()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("log_level = {level:?}: ")), "{error}");
            assert!(error.contains(remedy), "{error}");
        }
        for level in [
            "info",
            "WARN",
            "off",
            "3",
            "debug,hyper=info",
            "orrery_server=debug",
            "orrery_server",
            "orrery_server::wire=debug",
            "orrery_server[worker]=debug",
            "error,h2=warn",
        ] {
            let layer = Layer { log_level: Some(level.to_owned()), ..Layer::default() };
            assert!(Settings::resolve(layer, Layer::default()).is_ok(), "{level}");
        }
    }
}
