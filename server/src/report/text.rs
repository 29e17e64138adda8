//! A report as people read it.

use std::fmt::Write as _;

use serde_json::Value;

use super::Report;

const MICROS_PER_MS: f64 = 1000.0;
const MIB: f64 = 1024.0 * 1024.0;

/// The report in lines.
pub(super) fn of(report: &Report) -> String {
    let mut page = Page::default();
    page.service(report);
    page.health(&report.status);
    page.targets(report);
    page.recent(&report.status);
    page.resources(&report.status);
    page.workers(&report.status);
    page.schedule(&report.status);
    page.text
}

/// Lines that are being written.
#[derive(Debug, Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(heading);
    }

    fn service(&mut self, report: &Report) {
        let status = &report.status;
        self.line(&format!(
            "Orrery at {}, {}, up {}",
            report.url,
            word(status, "/status"),
            duration(number(status, "/uptime_s").unwrap_or_default())
        ));
        self.line(&format!(
            "generation {}; refused {} times; workers started again {} times",
            word(status, "/generation"),
            count(status, "/refused_generations"),
            count(status, "/restarts")
        ));
        if let (Some(own), Some(limit)) =
            (number(status, "/machine/own_bytes"), number(status, "/machine/limit_bytes"))
        {
            let mut line = format!("memory {:.0} MiB of {:.0} MiB, tables aside", own / MIB, limit / MIB);
            if let Some(grown) = number(status, "/machine/grown_bytes") {
                let _ = write!(line, "; {:+.1} MiB in ten minutes", grown / MIB);
            }
            self.line(&line);
        }
    }

    fn health(&mut self, status: &Value) {
        self.heading(&format!("Health {} of 100", count(status, "/health/score")));
        for deduction in items(status, "/health/deductions") {
            self.line(&format!("  −{:<3} {}", count(deduction, "/points"), word(deduction, "/reason")));
            self.line(&format!("       remedy: {}", word(deduction, "/remedy")));
        }
        for alert in items(status, "/alerts") {
            let (severity, name) = (word(alert, "/severity"), word(alert, "/name"));
            self.line(&format!("  alert {name} ({severity}) since {}", word(alert, "/since")));
        }
        if items(status, "/health/deductions").is_empty() {
            self.line("  all is as it should be");
        }
    }

    fn targets(&mut self, report: &Report) {
        let hour = "/recent/hour";
        self.heading(&format!(
            "Targets of service, by the last {}: {} requests of /v1, {:.1} a second",
            duration(number(&report.status, &format!("{hour}/seconds")).unwrap_or_default()),
            count(&report.status, &format!("{hour}/requests")),
            number(&report.status, &format!("{hour}/requests_per_s")).unwrap_or_default()
        ));
        for target in &report.targets {
            let met = match target.is_met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "not known: nothing was asked",
            };
            let measured = target.measured.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
            let (about, unit) = (target.about, target.unit);
            self.line(&format!(
                "  {about:<38} {:>6} {unit:<2} {measured:>12} {unit:<2}  {met}",
                target.bound
            ));
        }
    }

    fn recent(&mut self, status: &Value) {
        self.heading(
            "Lately       requests  a second    p50 ms    p95 ms    p99 ms  errors  tables    live   mixed  cached",
        );
        for (name, member) in [("a minute", "minute"), ("5 minutes", "five_minutes"), ("an hour", "hour")] {
            let recent = &status["recent"][member];
            let mut line = format!(
                "  {name:<10} {:>9} {:>9.1}",
                count(recent, "/requests"),
                number(recent, "/requests_per_s").unwrap_or_default()
            );
            for member in ["/p50", "/p95", "/p99"] {
                let _ = write!(line, " {:>9}", shown(number(recent, member).map(|it| it / MICROS_PER_MS), 3));
            }
            for member in ["/error_share", "/table_share", "/live_share", "/mixed_share", "/cache_share"] {
                let percent = number(recent, member).map(|share| share * 100.0);
                let _ =
                    write!(line, " {:>7}", percent.map_or_else(|| "–".to_owned(), |it| format!("{it:.1}%")));
            }
            self.line(&line);
        }
    }

    fn resources(&mut self, status: &Value) {
        let uptime = number(status, "/uptime_s").unwrap_or_default().max(1.0);
        self.heading("Since the start                requests  a second       4xx       5xx   mean ms    p50 ms    p95 ms    p99 ms");
        let unrouted = &status["totals"]["unrouted"];
        let resources = items(status, "/totals/resources").iter().map(|it| (word(it, "/path"), it));
        for (path, resource) in resources.chain([("(no such path)", unrouted)]) {
            let requests = number(resource, "/requests").unwrap_or_default();
            if requests == 0.0 {
                continue;
            }
            let mut line = format!("  {path:<27} {requests:>9} {:>9.1}", requests / uptime);
            for member in ["/statuses/4xx", "/statuses/5xx"] {
                let _ = write!(line, " {:>9}", count(resource, member));
            }
            for member in ["/latency/mean", "/latency/p50", "/latency/p95", "/latency/p99"] {
                let _ =
                    write!(line, " {:>9}", shown(number(resource, member).map(|it| it / MICROS_PER_MS), 3));
            }
            self.line(&line);
        }
        let sources = &status["totals"]["sources"];
        self.line(&format!(
            "  answered from tables {}, live {}, from both {}, from the cache {}; not modified {}; broken off {}",
            count(sources, "/table"),
            count(sources, "/live"),
            count(sources, "/mixed"),
            count(sources, "/cache"),
            count(status, "/totals/not_modified"),
            count(status, "/totals/broken_off")
        ));
    }

    fn workers(&mut self, status: &Value) {
        self.heading("Workers   process  state     connections   requests  restarts  up");
        for worker in items(status, "/workers") {
            self.line(&format!(
                "  {:<6} {:>9}  {:<9} {:>11} {:>10} {:>9}  {}",
                count(worker, "/slot"),
                count(worker, "/pid"),
                word(worker, "/state"),
                count(worker, "/connections"),
                count(worker, "/requests"),
                count(worker, "/restarts"),
                duration(number(worker, "/uptime_s").unwrap_or_default())
            ));
        }
    }

    fn schedule(&mut self, status: &Value) {
        self.heading("Schedule");
        if let Some(reason) = status.pointer("/schedule/idle_because").and_then(Value::as_str) {
            self.line(&format!("  nothing is run: {reason}"));
        }
        for task in items(status, "/schedule/tasks") {
            let mut line = format!(
                "  {:<6} {} runs, {} failed",
                word(task, "/task"),
                count(task, "/runs"),
                count(task, "/failures")
            );
            for (member, about) in [
                ("/running_since", "runs since"),
                ("/last_succeeded", "last succeeded"),
                ("/next", "next"),
                ("/last_error", "failed last:"),
                ("/idle_because", "cannot be run:"),
            ] {
                if let Some(text) = task.pointer(member).and_then(Value::as_str) {
                    let _ = write!(line, "; {about} {text}");
                }
            }
            self.line(&line);
        }
    }
}

fn number(value: &Value, pointer: &str) -> Option<f64> {
    value.pointer(pointer)?.as_f64()
}

fn count(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_default()
}

fn word<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("?")
}

fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

/// Such as `3 d 04:05:06`.
fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days > 0 { format!("{days} d {clock}") } else { clock }
}
