//! One run of the pipeline: its command, what it says, and how it ends.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tracing::info;

use super::state::Task;
use crate::config::Settings;
use crate::process::child::OF_SERVICE_MANAGERS;

/// The pipeline's program, where the settings name none: beside this one.
const PIPELINE: &str = "orrery-pipeline";

/// Characters that are kept of what the pipeline says in a line.
const MOST_CHARACTERS: usize = 2000;

/// Where the pipeline's program lies; `None` where the settings name none and there is none beside this one.
pub(super) fn program(settings: &Settings) -> Option<PathBuf> {
    let named = &settings.schedule.pipeline;
    if named.as_os_str().is_empty() {
        let beside = std::env::current_exe().ok()?.with_file_name(PIPELINE);
        beside.is_file().then_some(beside)
    } else {
        Some(named.clone())
    }
}

/// What the pipeline is called with.
pub(super) fn arguments(task: Task, settings: &Settings) -> Vec<OsString> {
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
            arguments.extend(["--".into(), settings.datasets.clone().into()]);
        }
    }
    arguments
}

/// How a run ended: what the pipeline reported, or why it failed.
pub(super) type Ended = Result<Value, String>;

/// Runs the pipeline to its end, telling what it says on the way.
pub(super) async fn run(program: &Path, arguments: &[OsString], mut tell: impl FnMut(&str)) -> Ended {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
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
    let mut child = command.spawn().map_err(|error| {
        format!("{} cannot be started: {error}; give schedule.pipeline its path", program.display())
    })?;
    let (mut reported, mut said) = (String::new(), String::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    tokio::join!(
        each_line(out, |line| reported = line),
        each_line(err, |line| {
            info!(target: "orrery_server::pipeline", "{line}");
            tell(&line);
            said = line;
        })
    );
    match child.wait().await {
        Ok(status) if status.success() => {
            Ok(serde_json::from_str(&reported).unwrap_or(Value::String(reported)))
        }
        Ok(status) if said.is_empty() => Err(format!("the pipeline ended with {status}, and said nothing")),
        Ok(_) => Err(said),
        Err(error) => Err(format!("how the pipeline ended is not known: {error}")),
    }
}

/// Reads to the end, and hands on each line that is not empty.
async fn each_line(output: Option<impl AsyncRead + Unpin>, mut take: impl FnMut(String)) {
    let Some(output) = output else { return };
    let mut lines = BufReader::new(output).split(b'\n');
    // What cannot be read any more is at its end.
    while let Ok(Some(line)) = lines.next_segment().await {
        let line: String = String::from_utf8_lossy(&line).trim().chars().take(MOST_CHARACTERS).collect();
        if !line.is_empty() {
            take(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(task: Task, settings: &Settings) -> Vec<String> {
        arguments(task, settings).into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn the_pipeline_is_told_what_the_settings_say_and_no_more() {
        let mut settings = Settings { ephe: "e".into(), datasets: "d".into(), ..Settings::default() };
        assert_eq!(
            words(Task::Roll, &settings),
            ["roll", "--report=json", "--niceness=10", "--ephe=e", "--out=d", "--progress=plain"]
        );
        settings.schedule.years = "-13000..17000".to_owned();
        settings.schedule.bodies = vec!["sun".to_owned(), "moon".to_owned()];
        settings.schedule.today = "2027-01-31".to_owned();
        settings.schedule.threads = 1;
        let told = ["--from=-13000", "--to=17000", "--bodies=sun,moon", "--today=2027-01-31", "--jobs=1"];
        assert_eq!(words(Task::Roll, &settings)[6..], told);
        assert_eq!(
            words(Task::Audit, &settings)[..4],
            ["verify", "--report=json", "--niceness=10", "--ephe=e"]
        );
        settings.schedule.follow = "s3://bucket/tables".to_owned();
        let pull = ["pull", "--report=json", "--niceness=10", "--from=s3://bucket/tables", "--out=d"];
        assert_eq!(words(Task::Pull, &settings), pull);
        assert_eq!(words(Task::Audit, &settings)[4..], ["--sample-blocks=40", "--samples=200", "--", "d"]);
    }

    #[tokio::test]
    async fn what_a_run_reports_is_its_last_line_and_why_it_fails_is_what_it_said_last() {
        let run = async |script: &str| {
            let mut told = Vec::new();
            let words = ["-c".into(), script.into()];
            let ended = run(Path::new("sh"), &words, |line| told.push(line.to_owned())).await;
            (ended, told)
        };
        let (ended, told) = run("echo one; echo half way >&2; echo '{\"blocks\": 2}'; echo").await;
        assert_eq!((ended, told), (Ok(json!({"blocks": 2})), vec!["half way".to_owned()]));
        let (ended, _) = run("echo one; echo two").await;
        assert_eq!(ended, Ok(json!("two")));
        let (ended, _) = run("echo two; printf 'bad \\377 luck' >&2; exit 3").await;
        assert_eq!(ended, Err("bad \u{fffd} luck".to_owned()));
        let (ended, _) = run("kill -9 $$").await;
        assert!(ended.unwrap_err().contains("signal: 9"));
        let none = super::run(Path::new("/no/such/program"), &[], |_| {}).await;
        assert!(none.unwrap_err().contains("schedule.pipeline"));
    }
}
