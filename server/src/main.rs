//! The `orrery-server` program: settings, logs, socket and signals around [`orrery_server::serve`].

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::builder::BoolishValueParser;
use clap::{CommandFactory, Parser, ValueEnum};
use orrery_almanac::suggest;
use orrery_server::config::{Layer, LimitsLayer, LogFormat};
use orrery_server::{App, Settings, serve};

/// Serves positions from Orrery's tables over HTTP, and from the live Swiss Ephemeris where they do not reach.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Flags {
    /// Directory of the dataset [default: datasets]
    #[arg(long, env = "ORRERY_DATASETS", value_name = "DIR")]
    datasets: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, env = "ORRERY_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Directory of the ephemeris files for live computing [default: data/ephe]
    #[arg(long, env = "ORRERY_EPHE", value_name = "DIR")]
    ephe: Option<PathBuf>,
    /// Threads that compute live [default: one a core]
    #[arg(long, env = "ORRERY_LIVE_THREADS", value_name = "N")]
    live_threads: Option<usize>,
    /// Live requests that may wait before more are refused [default: 256]
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
    fn settings(self) -> anyhow::Result<Settings> {
        let file = self.config.as_deref().map(Layer::read).transpose()?.unwrap_or_default();
        let flags = Layer {
            datasets: self.datasets,
            listen: self.listen,
            ephe: self.ephe,
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
    // Wrong usage ends here with 2, as clap has it.
    let flags = Flags::parse();
    let check = flags.check_config;
    let prepared = flags.settings().and_then(|settings| {
        let filter =
            tracing_subscriber::EnvFilter::builder().parse(&settings.log_level).with_context(|| {
                format!(
                    "log_level = {:?} is no log filter: give info, or orrery_server=debug",
                    settings.log_level
                )
            })?;
        Ok((settings, filter))
    });
    let (settings, filter) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return failed(&error, 2),
    };
    if check {
        print!("{}", settings.to_toml());
        return ExitCode::SUCCESS;
    }
    start_logs(settings.log_format, filter);
    log_panics(settings.log_queries);
    warn_of_strange_variables();
    match run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error, 1),
    }
}

fn failed(error: &anyhow::Error, code: u8) -> ExitCode {
    eprintln!("orrery-server: {error:#}");
    ExitCode::from(code)
}

fn start_logs(format: LogFormat, filter: tracing_subscriber::EnvFilter) {
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}

/// Has panics logged like all else: where, and what they say only if log lines may hold queries.
fn log_panics(logs_queries: bool) {
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().filter(|_| logs_queries);
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, message, "panicked; log_queries shows what it said");
    }));
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

#[tokio::main]
async fn run(settings: &Settings) -> anyhow::Result<()> {
    // Signals first: one that comes while the dataset is read must not kill the process half way.
    let stop = stop_signal()?;
    let app = App::open(settings)?;
    let listener = tokio::net::TcpListener::bind(settings.listen).await.with_context(|| {
        format!("{}: cannot listen there; give --listen another address", settings.listen)
    })?;
    let address = listener.local_addr().context("the socket has no address")?;
    println!(
        "Serving dataset {} on http://{address} — try: curl 'http://{address}/v1/positions?date=2026-03-20T14:46:00Z'",
        app.generation().name()
    );
    serve(listener, app, stop).await;
    Ok(())
}

/// Ends with the first SIGTERM or SIGINT. A second one ends the process at once, as it does by default.
#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(1);
        });
    })
}

/// Ends with the first Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler there is no other way to be told to stop than being killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
