//! Log lines on stderr: how they look, which are written, and what they may hold.

use std::io::IsTerminal;
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::reload::Handle;

use crate::config::{LogFormat, Settings};
use crate::wire::problem::nearest;

/// What HTTP/2 has to say of clients: warnings that any client can have written as often as it likes.
const CLIENTS_TALK: &str = "h2=error";

/// Levels, as they are written in a filter.
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// What every filter must say something of: the server's own lines.
const OWN: &str = "orrery_server";

/// Puts another filter in the place of the one that logs were started with.
static CHANGE: OnceLock<Box<dyn Fn(EnvFilter) + Send + Sync>> = OnceLock::new();

/// Which lines are written, from [`Settings::log_level`].
///
/// # Errors
/// It is no filter, or one that nothing of the server passes without saying so, as a misspelt level would be: what is
/// wrong, and the remedy.
pub(crate) fn filter(level: &str) -> Result<EnvFilter, String> {
    let directives: Vec<&str> = level.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut concerns_server = false;
    for directive in &directives {
        let is_level = directive.parse::<LevelFilter>().is_ok();
        let is_own = directive.starts_with(OWN);
        // What has no sign of equality is a level or, as these filters have it, a target with all that it writes.
        if !is_level && !is_own && !directive.contains(['=', '[']) {
            let remedy = nearest(directive, LEVELS).map_or_else(
                || format!("give one of {}, or TARGET=LEVEL", LEVELS.join(", ")),
                |meant| format!("did you mean `{meant}`?"),
            );
            return Err(format!("`{directive}` is no level; {remedy}"));
        }
        concerns_server |= is_level || is_own || directive.starts_with('[');
    }
    if directives.is_empty() {
        return Err("it is empty; give info, or leave it out".to_owned());
    }
    if !concerns_server {
        return Err(format!("nothing of the server would be logged; give a level for it too: info,{level}"));
    }
    let filter = EnvFilter::builder();
    let parsed = if level.contains("h2") {
        filter.parse(level)
    } else {
        filter.parse(format!("{level},{CLIENTS_TALK}"))
    };
    parsed.map_err(|error| format!("{error}; give info, or info,orrery_server=debug"))
}

/// Starts the logs of this process; the first call counts. With a filter that is none, errors are written.
pub fn start(settings: &Settings) {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter(&settings.log_level).unwrap_or_default())
        .with_writer(std::io::stderr)
        // Where stderr is a pipe that nobody reads, or a full disk, a complaint about that would go there too, and panic.
        .log_internal_errors(false);
    // Nothing is lost where somebody else has started logs: theirs are written.
    let _ = match settings.log_format {
        LogFormat::Text => {
            let logs = logs.with_ansi(std::io::stderr().is_terminal()).with_filter_reloading();
            let handle = logs.reload_handle();
            logs.try_init().map(|()| keep(handle))
        }
        LogFormat::Json => {
            let logs = logs.json().flatten_event(true).with_span_list(false).with_filter_reloading();
            let handle = logs.reload_handle();
            logs.try_init().map(|()| keep(handle))
        }
    };
    log_panics(settings.log_queries);
}

fn keep<S: 'static>(handle: Handle<EnvFilter, S>) {
    // Logs are started once, and this comes after.
    let _ = CHANGE.set(Box::new(move |filter| {
        // It fails only where the logs are gone, and with them whoever could be told.
        let _ = handle.reload(filter);
    }));
}

/// Has other lines written from now on: those of these settings, whose format must be that of the logs' start.
pub(crate) fn change(settings: &Settings) {
    if let (Some(change), Ok(filter)) = (CHANGE.get(), filter(&settings.log_level)) {
        change(filter);
    }
    log_panics(settings.log_queries);
}

/// Has panics logged like all else: where, and what they say only if log lines may hold queries.
fn log_panics(logs_queries: bool) {
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().filter(|_| logs_queries);
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, message, "panicked; log_queries shows what it said");
    }));
}
