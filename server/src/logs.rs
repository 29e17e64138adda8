//! Log lines on stderr: how they look, which are written, and what they may hold.
//!
//! Lines are written by a thread of their own. Where stderr is a pipe whose reader stands still, that thread does too, and
//! nobody else: lines wait for it, those for which there is no room are dropped, and their number is logged.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use tracing::warn;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::reload::Handle;

use crate::config::{LogFormat, Settings};
use crate::wire::problem::nearest;

/// Who has more to say than is for whoever runs the service, but for errors: HTTP/2 warns of clients, any of which can have that
/// written as often as it likes; the scheduler's clock tells of each time that it is set.
const TALKERS: [&str; 2] = ["h2", "tokio_cron_scheduler"];

/// Lines that may wait to be written.
const MOST_WAITING: usize = 4096;

/// How long the last words of a process may take to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);

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
        let is_own = directive
            .strip_prefix(OWN)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with(['=', '[']));
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
    // Who names them in the filter wants to hear them.
    let quiet = TALKERS.iter().filter(|target| !level.contains(*target));
    let directives = quiet.fold(level.to_owned(), |directives, target| directives + "," + target + "=error");
    let parsed = EnvFilter::builder().parse(directives);
    parsed.map_err(|error| format!("{error}; give info, or info,orrery_server=debug"))
}

/// The logs of this process. Letting go of them has lines that still wait written, as long as somebody reads them.
#[derive(Debug)]
#[must_use = "lines that wait are lost with it"]
pub struct Logs {
    writing: Option<WorkerGuard>,
    losses: Arc<Losses>,
}

impl Drop for Logs {
    fn drop(&mut self) {
        // If lines were dropped since the last one that was written, as many as can wait do so in vain.
        if self.losses.since_last_told() > 0 {
            std::mem::forget(self.writing.take());
        }
    }
}

/// Lines that were dropped, for want of room.
#[derive(Debug, Default)]
struct Losses {
    counter: OnceLock<ErrorCounter>,
    told: AtomicUsize,
}

impl Losses {
    fn since_last_told(&self) -> usize {
        let lost = self.counter.get().map_or(0, ErrorCounter::dropped_lines);
        lost.saturating_sub(self.told.load(Ordering::Relaxed))
    }
}

/// Where lines are written, by one thread.
struct Sink<W, T> {
    out: W,
    losses: Arc<Losses>,
    /// Tells how many lines were dropped since it did last.
    tell: T,
}

impl<W: Write, T: Fn(usize)> Write for Sink<W, T> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let written = self.out.write_all(line);
        // There is room for one more now; should it be taken already, that is counted, and told the next time.
        let lines = self.losses.since_last_told();
        if lines > 0 {
            self.losses.told.fetch_add(lines, Ordering::Relaxed);
            (self.tell)(lines);
        }
        written.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A writer that never waits, and what writes for it.
fn writer(out: impl Write + Send + 'static, tell: impl Fn(usize) + Send + 'static) -> (NonBlocking, Logs) {
    let losses = Arc::new(Losses::default());
    let sink = Sink { out, losses: Arc::clone(&losses), tell };
    let builder = NonBlockingBuilder::default().buffered_lines_limit(MOST_WAITING).thread_name("log");
    let (writer, writing) = builder.finish(sink);
    losses.counter.get_or_init(|| writer.error_counter());
    (writer, Logs { writing: Some(writing), losses })
}

/// Starts the logs of this process; the first call counts. With a filter that is none, errors are written.
pub fn start(settings: &Settings) -> Logs {
    let (writer, started) = writer(io::stderr(), |lines| {
        warn!(lines, "lines of the log were dropped, since it was not read as fast as it was written");
    });
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter(&settings.log_level).unwrap_or_default())
        .with_writer(writer)
        // Where stderr is a pipe that nobody reads, or a full disk, a complaint about that would go there too, and panic.
        .log_internal_errors(false);
    // Nothing is lost where somebody else has started logs: theirs are written.
    let _ = match settings.log_format {
        LogFormat::Text => {
            let logs = logs.with_ansi(io::stderr().is_terminal()).with_filter_reloading();
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
    started
}

/// Says on stderr why this process ends, and does not wait for good where nobody reads that.
pub fn last_words(words: &str) {
    let line = format!("{words}\n");
    let (said, heard) = mpsc::channel();
    // By another thread if there can be one: this one would have to wait for whoever is writing.
    let speaks = std::thread::Builder::new().spawn(move || {
        // There is nobody else who could be told.
        let _ = io::stderr().write_all(line.as_bytes());
        let _ = said.send(());
    });
    match speaks {
        Ok(_) => drop(heard.recv_timeout(LAST_WORDS)),
        Err(_) => eprintln!("{words}"),
    }
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Tells of each line, and waits for leave to go on.
    struct Slow {
        lines: Sender<String>,
        leave: Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let _ = self.lines.send(String::from_utf8_lossy(line).into_owned());
            let _ = self.leave.recv();
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_nobody_takes_are_dropped_and_told_of_and_nobody_waits() {
        let ((lines, seen), (leaves, leave), (tell, told)) = (channel(), channel(), channel());
        let (mut writer, logs) = writer(Slow { lines, leave }, move |lines| tell.send(lines).unwrap());
        let mut write = |line: &str| writer.write_all(line.as_bytes()).unwrap();
        write("the first");
        assert_eq!(seen.recv().unwrap(), "the first");
        for nth in 0..MOST_WAITING + 10 {
            write(&nth.to_string());
        }
        assert_eq!(logs.losses.since_last_told(), 10);
        // From here on it does not have to ask.
        drop(leaves);
        for nth in 0..MOST_WAITING {
            assert_eq!(seen.recv().unwrap(), nth.to_string());
        }
        assert_eq!((told.recv().unwrap(), logs.losses.since_last_told()), (10, 0));
        write("the last");
        drop(logs);
        assert_eq!(seen.recv().unwrap(), "the last");
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn nobody_waits_for_lines_that_nobody_takes_when_all_ends() {
        let ((lines, seen), (_leaves, leave)) = (channel(), channel());
        let (mut writer, logs) = writer(Slow { lines, leave }, |_| {});
        let mut write = |line: &str| writer.write_all(line.as_bytes()).unwrap();
        write("the first");
        assert_eq!(seen.recv().unwrap(), "the first");
        for _ in 0..=MOST_WAITING {
            write("another");
        }
        // It would never end, and say so where a worker makes its reports.
        drop(logs);
    }
}
