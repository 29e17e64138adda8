//! What a build tells while it runs: a bar on a terminal, plain lines elsewhere, both with rate and time left.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// How to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// A bar on a terminal, plain lines elsewhere.
    Auto,
    /// Lines.
    Plain,
    /// Nothing.
    None,
}

/// Progress over blocks, each of a weight that stands for its cost.
#[derive(Debug)]
pub struct Progress {
    begun: Instant,
    total: u64,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Bar(ProgressBar),
    Lines(Mutex<Lines>),
    Silent,
}

#[derive(Debug)]
struct Lines {
    done: u64,
    told: Instant,
}

/// Time between two plain lines.
const INTERVAL: Duration = Duration::from_secs(5);

impl Progress {
    /// Starts telling of so much work, in source calls expected.
    #[must_use]
    pub fn start(mode: Mode, total: u64) -> Progress {
        let begun = Instant::now();
        let way = match mode {
            Mode::None => Way::Silent,
            Mode::Auto if std::io::stderr().is_terminal() => {
                let bar = ProgressBar::new(total);
                let style = ProgressStyle::with_template(
                    "{bar:40} {percent:>3} %  samples {per_sec}  {eta} left  {wide_msg}",
                );
                // A template that does not parse leaves the default bar.
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.enable_steady_tick(Duration::from_millis(200));
                Way::Bar(bar)
            }
            Mode::Auto | Mode::Plain => Way::Lines(Mutex::new(Lines { done: 0, told: begun })),
        };
        Progress { begun, total, way }
    }

    /// A block is done that was worth so much.
    pub fn advance(&self, worth: u64, what: &str) {
        match &self.way {
            Way::Silent => {}
            Way::Bar(bar) => {
                bar.set_message(what.to_owned());
                bar.inc(worth);
            }
            Way::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                lines.done += worth;
                if lines.told.elapsed() >= INTERVAL {
                    lines.told = Instant::now();
                    let elapsed = self.begun.elapsed().as_secs_f64();
                    let rate = lines.done as f64 / elapsed;
                    let left = self.total.saturating_sub(lines.done) as f64 / rate;
                    eprintln!(
                        "{:3.0} %  {:.0} samples/s  {} left  {what}",
                        100.0 * lines.done as f64 / self.total.max(1) as f64,
                        rate,
                        HumanDuration(Duration::from_secs_f64(left)),
                    );
                }
            }
        }
    }

    /// Tells what has been reached.
    pub fn tell(&self, line: &str) {
        match &self.way {
            Way::Silent => {}
            Way::Bar(bar) => bar.suspend(|| eprintln!("{line}")),
            Way::Lines(_) => eprintln!("{line}"),
        }
    }
}

impl Drop for Progress {
    /// All is done, or will not be.
    fn drop(&mut self) {
        if let Way::Bar(bar) = &self.way {
            bar.finish_and_clear();
        }
    }
}
