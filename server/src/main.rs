//! The `orrery-server` program: settings and logs around [`orrery_server::process::supervise`], and its workers.

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use orrery_almanac::suggest;
use orrery_server::process::{RUNNER_ARGUMENT, WORKER_ARGUMENT, run_jobs, supervise, work};
use orrery_server::report::{Form, report};
use orrery_server::{Settings, logs};

/// What the program is, and how it is told to stop and to change.
const ABOUT: &str = "Serves positions from Orrery's tables over HTTP, and from the live Swiss Ephemeris where they do not reach";
const MORE: &str = "SIGTERM and SIGINT stop it: requests that have begun are answered. SIGHUP has it read the settings \
                    again and replace its workers one by one, which no client notices. Every setting can be given as a \
                    flag, as the variable beside it, or in a file.";

/// The command line: a flag for each setting, and what is to be done with them.
fn command() -> Command {
    let check = Arg::new("check-config")
        .long("check-config")
        .action(ArgAction::SetTrue)
        .help("Print all settings as they would be used, with what each is for, and exit");
    let command = Command::new("orrery-server").version(env!("CARGO_PKG_VERSION")).about(ABOUT);
    let command =
        command.after_long_help(MORE).after_help("--help tells of all settings").max_term_width(100);
    Settings::add_flags(command).arg(check).subcommand(report_command())
}

/// What asks a running server how it is.
const REPORT: &str = "report";

fn report_command() -> Command {
    let url = Arg::new("url")
        .long("url")
        .value_name("URL")
        .default_value("http://127.0.0.1:8080")
        .help("Where the server listens");
    let format = Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(["text", "json"])
        .default_value("text")
        .help("How the report is written");
    let about = "Tells how a running server has been doing: its health, alerts, targets of service, requests and workers";
    Command::new(REPORT).about(about).args([url, format])
}

/// Prints a report.
fn tell(matches: &ArgMatches) -> ExitCode {
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let form = if word("format") == "json" { Form::Json } else { Form::Text };
    match report(word("url"), form) {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error.into(), 1),
    }
}

fn main() -> ExitCode {
    // Ahead of the flags, so that nobody is told of it: only a supervisor can start these.
    match std::env::args_os().nth(1) {
        Some(argument) if argument == WORKER_ARGUMENT => return work(),
        Some(argument) if argument == RUNNER_ARGUMENT => return run_jobs(),
        _ => {}
    }
    // Wrong usage ends here with 2, as clap has it.
    let matches = command().get_matches();
    if let Some((REPORT, matches)) = matches.subcommand() {
        return tell(matches);
    }
    let settings = match Settings::of_matches(&matches) {
        Ok(settings) => settings,
        Err(error) => return failed(&error.into(), 2),
    };
    if matches.get_flag("check-config") {
        print!("{}", settings.to_toml());
        return ExitCode::SUCCESS;
    }
    let logs = logs::start(&settings);
    warn_of_strange_variables();
    let reload = move || Settings::of_matches(&matches).map_err(|error| error.to_string());
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
    let flags = command();
    let known: Vec<&str> =
        flags.get_arguments().filter_map(clap::Arg::get_env).filter_map(OsStr::to_str).collect();
    let given = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in given.filter(|name| name.starts_with("ORRERY_") && !known.contains(&name.as_str())) {
        let meant = suggest::nearest(&name, known.iter().copied())
            .map_or_else(|| "--help lists them".to_owned(), |meant| format!("did you mean {meant}?"));
        tracing::warn!("{name} is no setting of orrery-server and is ignored; {meant}");
    }
}
