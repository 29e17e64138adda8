//! The `orrery-server` program: settings and logs around [`orrery_server::process::supervise`], and its workers.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::BoolishValueParser;
use clap::{CommandFactory, Parser, ValueEnum};
use orrery_almanac::suggest;
use orrery_server::config::{Layer, LimitsLayer, LogFormat};
use orrery_server::process::{WORKER_ARGUMENT, supervise, work};
use orrery_server::{Settings, logs};

/// Serves positions from Orrery's tables over HTTP, and from the live Swiss Ephemeris where they do not reach.
///
/// SIGTERM and SIGINT stop it: requests that have begun are answered. SIGHUP has it read the settings again and replace
/// its workers one by one, which no client notices.
#[derive(Clone, Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Flags {
    /// Directory of the dataset [default: datasets]
    #[arg(long, env = "ORRERY_DATASETS", value_name = "DIR")]
    datasets: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, env = "ORRERY_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Worker processes [default: one a core]
    #[arg(long, env = "ORRERY_WORKERS", value_name = "N")]
    workers: Option<usize>,
    /// Directory of the ephemeris files for live computing [default: data/ephe]
    #[arg(long, env = "ORRERY_EPHE", value_name = "DIR")]
    ephe: Option<PathBuf>,
    /// Milliseconds between two looks for a new generation of the dataset [default: 1000]
    #[arg(long, env = "ORRERY_WATCH_MS", value_name = "MS")]
    watch_ms: Option<u64>,
    /// Threads of each worker that compute live [default: 1]
    #[arg(long, env = "ORRERY_LIVE_THREADS", value_name = "N")]
    live_threads: Option<usize>,
    /// Live requests of each worker that may wait before more are refused [default: 256]
    #[arg(long, env = "ORRERY_LIVE_QUEUE", value_name = "N")]
    live_queue: Option<usize>,
    /// How log lines on stderr are written [default: text]
    #[arg(long, env = "ORRERY_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormatFlag>,
    /// Which log lines: error, warn, info, debug, trace, or a tracing filter [default: info]
    #[arg(long, env = "ORRERY_LOG_LEVEL", value_name = "FILTER")]
    log_level: Option<String>,
    /// Whether log lines may hold queries, which are birth data [default: false]
    #[arg(long, env = "ORRERY_LOG_QUERIES", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        value_parser = BoolishValueParser::new())]
    log_queries: Option<bool>,
    /// TOML file with the same settings, and a table [limits]; flags and ORRERY_… variables win over it
    #[arg(long, env = "ORRERY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings as they would be used, and exit
    #[arg(long)]
    check_config: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormatFlag {
    Text,
    Json,
}

impl Flags {
    /// The settings, the file's read now.
    fn settings(self) -> anyhow::Result<Settings> {
        let file = self.config.as_deref().map(Layer::read).transpose()?.unwrap_or_default();
        let flags = Layer {
            datasets: self.datasets,
            listen: self.listen,
            workers: self.workers,
            ephe: self.ephe,
            watch_ms: self.watch_ms,
            log_format: self.log_format.map(|format| match format {
                LogFormatFlag::Text => LogFormat::Text,
                LogFormatFlag::Json => LogFormat::Json,
            }),
            log_level: self.log_level,
            log_queries: self.log_queries,
            live_threads: self.live_threads,
            live_queue: self.live_queue,
            limits: LimitsLayer::default(),
        };
        Ok(Settings::resolve(flags, file)?)
    }
}

fn main() -> ExitCode {
    // Ahead of the flags, so that nobody is told of it: only a supervisor can start a worker.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == WORKER_ARGUMENT) {
        return work();
    }
    // Wrong usage ends here with 2, as clap has it.
    let flags = Flags::parse();
    let settings = match flags.clone().settings() {
        Ok(settings) => settings,
        Err(error) => return failed(&error, 2),
    };
    if flags.check_config {
        print!("{}", settings.to_toml());
        return ExitCode::SUCCESS;
    }
    let logs = logs::start(&settings);
    warn_of_strange_variables();
    let reload = move || flags.clone().settings().map_err(|error| error.to_string());
    let supervised = supervise(settings, reload);
    drop(logs);
    supervised.unwrap_or_else(|error| failed(&error.into(), 1))
}

fn failed(error: &anyhow::Error, code: u8) -> ExitCode {
    // Each message says all that there is to say; what lies beneath it stands in it already.
    logs::last_words(&format!("orrery-server: {error}"));
    ExitCode::from(code)
}

/// Names each `ORRERY_…` variable that is no setting: a misspelt one would otherwise do nothing without a word.
fn warn_of_strange_variables() {
    let flags = Flags::command();
    let known: Vec<&str> =
        flags.get_arguments().filter_map(clap::Arg::get_env).filter_map(OsStr::to_str).collect();
    let given = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in given.filter(|name| name.starts_with("ORRERY_") && !known.contains(&name.as_str())) {
        let meant = suggest::nearest(&name, known.iter().copied())
            .map_or_else(|| "--help lists them".to_owned(), |meant| format!("did you mean {meant}?"));
        tracing::warn!("{name} is no setting of orrery-server and is ignored; {meant}");
    }
}
