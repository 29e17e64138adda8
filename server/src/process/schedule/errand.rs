//! One run of the pipeline: its command, what it says, and how it ends.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::info;

use super::state::{Failure, Task};
use crate::config::Settings;
use crate::process::child::OF_SERVICE_MANAGERS;

/// The pipeline's program, where the settings name none: beside this one.
const PIPELINE: &str = "orrery-pipeline";

/// How long the pipeline may say nothing, before it counts as hung: while it gets on it says so every few seconds.
const MOST_SILENCE: Duration = Duration::from_hours(1);

/// The same of an audit, which says nothing on its way, and of the largest samples that settings allow takes hours.
const LONGEST_AUDIT: Duration = Duration::from_hours(24);

/// How long one that is ended may take to be gone; one that waits for a disk does not go before that has answered.
const GRACE: Duration = Duration::from_secs(5);

/// Bytes that are kept of what the pipeline says in a line.
const MOST_SAID: usize = 2000;

/// Bytes that are kept of its report.
const MOST_REPORTED: usize = 16 << 20;

/// Faults that are kept of a report: it goes to every worker, and the log has them all.
const MOST_FAULTS: usize = 100;

/// What a run is to do beyond what the settings say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extra {
    /// What an audit's sample follows from; the pipeline's own choice if it does not matter.
    pub(super) seed: Option<u64>,
    /// Whether a pull is to believe no file that is here.
    pub(super) is_check: bool,
}

/// A run of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Errand {
    program: PathBuf,
    arguments: Vec<OsString>,
    /// How long it may say nothing.
    patience: Duration,
}

/// How a run ended.
#[derive(Debug, PartialEq)]
pub(super) enum Ended {
    /// It did what it was to do, and reported this.
    Done(Value),
    /// It failed.
    Failed(Failure),
    /// It was ended as it was told to be.
    Stopped,
}

/// What keeps a task from being run by these settings; if nothing does, how it is run.
pub(super) fn of(task: Task, settings: &Settings, extra: Extra) -> Result<Errand, String> {
    if task != Task::Pull && !settings.ephe.is_dir() {
        return Err(format!(
            "there are no ephemeris files in {}: run scripts/fetch-data",
            settings.ephe.display()
        ));
    }
    let program = program(settings).ok_or_else(|| {
        "there is no orrery-pipeline beside this program: name it with schedule.pipeline".to_owned()
    })?;
    let patience = if task == Task::Audit { LONGEST_AUDIT } else { MOST_SILENCE };
    Ok(Errand { program, arguments: arguments(task, settings, extra), patience })
}

/// Where the pipeline's program lies; `None` where the settings name none and there is none beside this one.
fn program(settings: &Settings) -> Option<PathBuf> {
    let named = &settings.schedule.pipeline;
    if named.as_os_str().is_empty() {
        let beside = std::env::current_exe().ok()?.with_file_name(PIPELINE);
        beside.is_file().then_some(beside)
    } else {
        Some(named.clone())
    }
}

/// What the pipeline is called with.
fn arguments(task: Task, settings: &Settings, extra: Extra) -> Vec<OsString> {
    let schedule = &settings.schedule;
    let mut arguments = vec![match task {
        Task::Pull => "pull".into(),
        Task::Roll => "roll".into(),
        Task::Audit => "verify".into(),
    }];
    // As one word with its value, which may begin with a sign.
    let mut set = |flag: &str, value: &OsStr| {
        let mut word = OsString::from(format!("--{flag}="));
        word.push(value);
        arguments.push(word);
    };
    set("report", OsStr::new("json"));
    set("niceness", OsStr::new(&schedule.niceness.to_string()));
    match task {
        Task::Pull => {
            set("from", OsStr::new(&schedule.follow));
            set("out", settings.datasets.as_os_str());
            if extra.is_check {
                arguments.push("--check".into());
            }
        }
        Task::Roll => {
            set("ephe", settings.ephe.as_os_str());
            set("out", settings.datasets.as_os_str());
            set("progress", OsStr::new("plain"));
            let years = schedule.years().unwrap_or_default();
            let bodies = schedule.bodies.join(",");
            for (flag, text) in [
                ("from", years.0),
                ("to", years.1),
                ("window", &schedule.window),
                ("bodies", &bodies),
                ("today", &schedule.today),
            ] {
                if !text.is_empty() {
                    set(flag, OsStr::new(text));
                }
            }
            if schedule.threads > 0 {
                set("jobs", OsStr::new(&schedule.threads.to_string()));
            }
        }
        Task::Audit => {
            set("ephe", settings.ephe.as_os_str());
            set("sample-blocks", OsStr::new(&schedule.audit_blocks.to_string()));
            set("samples", OsStr::new(&schedule.audit_instants.to_string()));
            if let Some(seed) = extra.seed {
                set("seed", OsStr::new(&seed.to_string()));
            }
            arguments.extend(["--".into(), settings.datasets.clone().into()]);
        }
    }
    arguments
}

impl Errand {
    /// Runs the pipeline to its end, or until `stop` is told or let go of, telling what it says on the way.
    pub(super) async fn run(&self, mut stop: oneshot::Receiver<()>, mut tell: impl FnMut(&str)) -> Ended {
        let mut child = match self.start() {
            Ok(child) => child,
            Err(error) => {
                let program = self.program.display();
                return failed(format!(
                    "{program} cannot be started: {error}; give schedule.pipeline its path"
                ));
            }
        };
        let mut out = Lines::of(child.stdout.take(), MOST_REPORTED);
        let mut err = Lines::of(child.stderr.take(), MOST_SAID);
        let (mut reported, mut reason) = (None, Reason::default());
        let mut heard = Instant::now();
        loop {
            let is_silent = !out.is_open() && !err.is_open();
            tokio::select! {
                line = out.next(), if out.is_open() => {
                    heard = Instant::now();
                    reported = line.or(reported);
                }
                line = err.next(), if err.is_open() => {
                    heard = Instant::now();
                    let Some(line) = line else { continue };
                    info!(target: "orrery_server::pipeline", "{line}");
                    tell(&line);
                    reason.hear(line);
                }
                status = child.wait(), if is_silent => return ended(status, reported, reason),
                () = sleep_until(heard + self.patience) => {
                    end(&mut child).await;
                    let minutes = self.patience.as_secs() / 60;
                    return failed(format!("the pipeline has said nothing for {minutes} minutes, and was ended"));
                }
                _ = &mut stop => {
                    end(&mut child).await;
                    return Ended::Stopped;
                }
            }
        }
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // All that it is to know stands in its arguments; what its variables would say is meant for who runs it by hand.
        let variables = std::env::vars_os().map(|(name, _)| name);
        for name in variables.filter(|name| name.to_string_lossy().starts_with("ORRERY_")) {
            command.env_remove(name);
        }
        for name in OF_SERVICE_MANAGERS {
            command.env_remove(name);
        }
        // As everything ends so does this: whenever the pipeline is killed, what it leaves is whole.
        command.kill_on_drop(true);
        command.spawn()
    }
}

/// Ends it, and waits until it is gone: whatever is run next wants what it has locked.
async fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.start_kill();
    let _ = timeout(GRACE, child.wait()).await;
}

fn failed(error: String) -> Ended {
    Ended::Failed(Failure { error, report: None })
}

/// How it ended, by what the system and the pipeline say.
fn ended(status: io::Result<ExitStatus>, reported: Option<String>, reason: Reason) -> Ended {
    let object = reported.as_deref().and_then(|line| serde_json::from_str(line).ok());
    match status {
        Ok(status) if status.success() => {
            Ended::Done(object.or(reported.map(Value::String)).unwrap_or_default())
        }
        Ok(status) => {
            let mut report = object.filter(Value::is_object);
            let faults = report.as_mut().and_then(shortened);
            let error = faults.or(reason.told());
            let error =
                error.unwrap_or_else(|| format!("the pipeline ended with {status}, and said nothing"));
            Ended::Failed(Failure { error, report })
        }
        Err(error) => failed(format!("how the pipeline ended is not known: {error}")),
    }
}

/// What a report says of faults, in a line, and the report without those that are too many; `None` where it has none.
fn shortened(report: &mut Value) -> Option<String> {
    let seed = report.get("seed").and_then(Value::as_u64);
    let faults = report.get_mut("faults")?.as_array_mut()?;
    let (first, count) = (faults.first()?.as_str()?.to_owned(), faults.len());
    faults.truncate(MOST_FAULTS);
    let others = if count > 1 { format!(" (and {} others)", count - 1) } else { String::new() };
    let sample = seed.map(|seed| format!("; the sample is that of --seed {seed}")).unwrap_or_default();
    if count > MOST_FAULTS {
        report["faults_left_out"] = (count - MOST_FAULTS).into();
    }
    Some(format!("{first}{others}{sample}"))
}

/// Why it failed, of all that it said: what it calls an error, or what it said last.
#[derive(Default)]
struct Reason {
    error: Option<String>,
    last: Option<String>,
}

impl Reason {
    fn hear(&mut self, line: String) {
        let names_an_error = |line: &str| {
            let rest = line.strip_prefix(PIPELINE).or(line.strip_prefix("error"));
            rest.is_some_and(|rest| rest.starts_with(": "))
        };
        if self.error.is_none() && names_an_error(&line) {
            self.error = Some(line.clone());
        }
        self.last = Some(line);
    }

    fn told(self) -> Option<String> {
        self.error.or(self.last)
    }
}

/// What is said, line by line, and of each line no more than so many bytes.
struct Lines<R> {
    reader: Option<BufReader<R>>,
    line: Vec<u8>,
    most: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn of(output: Option<R>, most: usize) -> Lines<R> {
        Lines { reader: output.map(BufReader::new), line: Vec::new(), most }
    }

    fn is_open(&self) -> bool {
        self.reader.is_some()
    }

    /// The next line that is not empty; `None` at the end. A call that is given up loses nothing.
    async fn next(&mut self) -> Option<String> {
        loop {
            let reader = self.reader.as_mut()?;
            // What cannot be read any more is at its end.
            if !matches!(reader.fill_buf().await, Ok(bytes) if !bytes.is_empty()) {
                self.reader = None;
                return self.take();
            }
            let bytes = reader.buffer();
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let length = end.unwrap_or(bytes.len());
            let room = self.most.saturating_sub(self.line.len());
            self.line.extend_from_slice(&bytes[..length.min(room)]);
            reader.consume(end.map_or(length, |end| end + 1));
            if end.is_some()
                && let Some(line) = self.take()
            {
                return Some(line);
            }
        }
    }

    /// What has been read of a line, if there is anything to it.
    fn take(&mut self) -> Option<String> {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim().to_owned();
        (!line.is_empty()).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(task: Task, settings: &Settings, extra: Extra) -> Vec<String> {
        arguments(task, settings, extra).into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn the_pipeline_is_told_what_the_settings_say_and_no_more() {
        let none = Extra::default();
        let mut settings = Settings { ephe: "e".into(), datasets: "d".into(), ..Settings::default() };
        assert_eq!(
            words(Task::Roll, &settings, none),
            ["roll", "--report=json", "--niceness=10", "--ephe=e", "--out=d", "--progress=plain"]
        );
        settings.schedule.years = "-13000..17000".to_owned();
        settings.schedule.bodies = vec!["sun".to_owned(), "moon".to_owned()];
        settings.schedule.today = "2027-01-31".to_owned();
        settings.schedule.threads = 1;
        let told = ["--from=-13000", "--to=17000", "--bodies=sun,moon", "--today=2027-01-31", "--jobs=1"];
        assert_eq!(words(Task::Roll, &settings, none)[6..], told);
        assert_eq!(
            words(Task::Audit, &settings, none)[..4],
            ["verify", "--report=json", "--niceness=10", "--ephe=e"]
        );
        settings.schedule.follow = "s3://bucket/tables".to_owned();
        let pull = ["pull", "--report=json", "--niceness=10", "--from=s3://bucket/tables", "--out=d"];
        assert_eq!(words(Task::Pull, &settings, none), pull);
        let audit = ["--sample-blocks=40", "--samples=200", "--", "d"];
        assert_eq!(words(Task::Audit, &settings, none)[4..], audit);
        // What was found is looked at again, and what is here is not believed.
        let again = Extra { seed: Some(7), is_check: true };
        assert_eq!(words(Task::Audit, &settings, again)[6..], ["--seed=7", "--", "d"]);
        assert_eq!(words(Task::Pull, &settings, again)[5..], ["--check"]);
        assert_eq!(words(Task::Roll, &settings, again), words(Task::Roll, &settings, none));
    }

    fn shell(script: &str) -> Errand {
        let arguments = vec!["-c".into(), script.into()];
        Errand { program: "sh".into(), arguments, patience: Duration::from_mins(1) }
    }

    async fn run(errand: Errand) -> (Ended, Vec<String>) {
        let mut told = Vec::new();
        let (_stop, stopped) = oneshot::channel();
        let ended = errand.run(stopped, |line| told.push(line.to_owned())).await;
        (ended, told)
    }

    async fn failure(script: &str) -> Failure {
        match run(shell(script)).await.0 {
            Ended::Failed(failure) => failure,
            other => panic!("{script}: {other:?}"),
        }
    }

    #[tokio::test]
    async fn what_a_run_reports_is_its_last_line() {
        let (ended, told) = run(shell("echo one; echo half way >&2; echo '{\"blocks\": 2}'; echo")).await;
        assert_eq!((ended, told), (Ended::Done(json!({"blocks": 2})), vec!["half way".to_owned()]));
        let (ended, _) = run(shell("echo one; printf two")).await;
        assert_eq!(ended, Ended::Done(json!("two")));
        // A line without an end is not kept for ever.
        let (ended, told) = run(shell("yes | tr -d '\\n' | head -c 9000000 >&2; echo '{}'")).await;
        assert_eq!((ended, told.len(), told[0].len()), (Ended::Done(json!({})), 1, MOST_SAID));
    }

    #[tokio::test]
    async fn why_a_run_fails_is_what_it_calls_an_error_or_what_it_said_last() {
        let why = async |script| failure(script).await.error;
        assert_eq!(why("echo two; printf 'bad \\377 luck' >&2; exit 3").await, "bad \u{fffd} luck");
        let usage = "printf \"error: there is no table of 'vulcan'\\n\\nFor more information, try '--help'.\\n\" >&2; exit 2";
        assert_eq!(why(usage).await, "error: there is no table of 'vulcan'");
        let own = "echo 'note: 2 dropped' >&2; echo 'orrery-pipeline: no room' >&2; echo 'bye' >&2; exit 1";
        assert_eq!(why(own).await, "orrery-pipeline: no room");
        assert!(why("kill -9 $$").await.contains("signal: 9"));
        let none = Errand { program: "/no/such/program".into(), ..shell("") };
        let (Ended::Failed(none), _) = run(none).await else { panic!("it has run") };
        assert!(none.error.contains("schedule.pipeline") && none.report.is_none());
    }

    #[tokio::test]
    async fn what_a_run_reports_though_it_failed_is_kept_with_its_faults() {
        let audit =
            r#"echo 'fault: one' >&2; echo '{"sound": false, "faults": ["one", "two"], "seed": 7}'; exit 1"#;
        let Failure { error, report } = failure(audit).await;
        assert_eq!(error, "one (and 1 others); the sample is that of --seed 7");
        assert_eq!(report.unwrap(), json!({"sound": false, "faults": ["one", "two"], "seed": 7}));
        // Far more of them than a line may have, and more than are kept.
        let many = r#"printf '{"faults": ["one"'; for n in $(seq 300); do printf ', "fault %s of many that are told"' $n; done
                      echo ']}'; exit 1"#;
        let Failure { error, report } = failure(many).await;
        let report = report.unwrap();
        assert_eq!((error.as_str(), &report["faults_left_out"]), ("one (and 300 others)", &json!(201)));
        assert_eq!(report["faults"].as_array().unwrap().len(), MOST_FAULTS);
    }

    #[tokio::test]
    async fn one_that_hangs_and_one_that_is_not_wanted_any_more_are_ended() {
        let dir = tempfile::tempdir().unwrap();
        let pid = dir.path().join("pid");
        let script = format!("echo $$ > {}; echo begun >&2; exec sleep 600", pid.display());
        let is_running =
            || std::path::Path::new("/proc").join(std::fs::read_to_string(&pid).unwrap().trim()).exists();
        let impatient = Errand { patience: Duration::from_millis(300), ..shell(&script) };
        let (Ended::Failed(failure), told) = run(impatient).await else { panic!("it has come to its end") };
        assert!(failure.error.contains("has said nothing"), "{failure:?}");
        assert!(told == ["begun"] && !is_running());
        let (stop, stopped) = oneshot::channel();
        let mut stop = Some(stop);
        let tell = |_: &str| {
            if let Some(stop) = stop.take() {
                stop.send(()).unwrap();
            }
        };
        assert_eq!(shell(&script).run(stopped, tell).await, Ended::Stopped);
        assert!(!is_running());
    }
}
