//! Log lines on stderr: how they look, which are written, and what they may hold.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::config::{LogFormat, Settings};

/// What HTTP/2 has to say of clients: warnings that any client can have written as often as it likes.
const CLIENTS_TALK: &str = "h2=error";

/// Which lines are written, from [`Settings::log_level`].
///
/// # Errors
/// It is no filter.
pub fn filter(settings: &Settings) -> Result<EnvFilter, ParseError> {
    let filter = EnvFilter::builder();
    if settings.log_level.contains("h2") {
        return filter.parse(&settings.log_level);
    }
    filter.parse(format!("{},{CLIENTS_TALK}", settings.log_level))
}

/// Starts the logs of this process; the first call counts. With a filter that is none, errors are written.
pub fn start(settings: &Settings) {
    let filter = filter(settings).unwrap_or_default();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Where stderr is a pipe that nobody reads, or a full disk, a complaint about that would go there too, and panic.
        .log_internal_errors(false);
    // Nothing is lost where somebody else has started logs: theirs are written.
    let _ = match settings.log_format {
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).with_span_list(false).try_init(),
    };
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
