//! The program: what it prints, where, and how it exits.

mod harness;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orrery-server"));
    command.current_dir(directory).args(arguments);
    for name in
        ["DATASETS", "LISTEN", "EPHE", "CONFIG", "LOG_LEVEL", "LOG_FORMAT", "LOG_QUERIES", "LIVE_THREADS"]
    {
        command.env_remove(format!("ORRERY_{name}"));
    }
    command
}

fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program(directory, arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn without_a_dataset_it_says_how_to_build_one() {
    let directory = tempfile::tempdir().unwrap();
    let (code, _, errors) = run(directory.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("no dataset here") && errors.contains("orrery-pipeline build"), "{errors}");
}

#[test]
fn incomplete_ephemeris_files_are_named() {
    let directory = tempfile::tempdir().unwrap();
    harness::dataset(&directory.path().join("datasets"));
    std::fs::create_dir_all(directory.path().join("data/ephe")).unwrap();
    let (code, _, errors) = run(directory.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("sepl_18.se1") && errors.contains("scripts/fetch-data"), "{errors}");
}

#[test]
fn variables_that_are_no_setting_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let output = program(directory.path(), &[]).env("ORRERY_LISEN", "127.0.0.1:0").output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("ORRERY_LISEN is no setting") && errors.contains("ORRERY_LISTEN?"), "{errors}");
}

#[test]
fn wrong_usage_exits_with_2() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in
        [["--lisen", "x"], ["--listen", "nowhere"], ["--config", "missing.toml"], ["--log-level", "=="]]
    {
        let (code, _, errors) = run(directory.path(), &arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {errors}");
        assert!(!errors.is_empty());
    }
    std::fs::write(directory.path().join("orrery.toml"), "lisen = 'x'").unwrap();
    let (code, _, errors) = run(directory.path(), &["--config", "orrery.toml", "--check-config"]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("unknown key `lisen`; did you mean `listen`?"), "{errors}");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("orrery.toml"),
        "listen = '127.0.0.1:1'\nephe = 'file'\ndatasets = 'file'",
    )
    .unwrap();
    let output =
        program(directory.path(), &["--config", "orrery.toml", "--check-config", "--datasets", "flag"])
            .env("ORRERY_DATASETS", "environment")
            .env("ORRERY_EPHE", "environment")
            .output()
            .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let settings = String::from_utf8(output.stdout).unwrap();
    let output =
        program(directory.path(), &["--check-config"]).env("ORRERY_LOG_QUERIES", "1").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("log_queries = true"));
    for line in ["datasets = \"flag\"", "ephe = \"environment\"", "listen = \"127.0.0.1:1\"", "[limits]"] {
        assert!(settings.contains(line), "{settings}");
    }
}

#[cfg(unix)]
#[test]
fn it_says_where_it_serves_and_ends_at_sigterm() {
    let directory = tempfile::tempdir().unwrap();
    harness::dataset(&directory.path().join("datasets"));
    let mut server = program(directory.path(), &["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).expect(&line);
    assert!(line.contains("curl 'http://"), "{line}");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.contains("\"live\":false"), "{reply}");
    let killed = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let mut warnings = String::new();
    server.stderr.take().unwrap().read_to_string(&mut warnings).unwrap();
    assert!(
        warnings.contains("serving tables alone") && warnings.contains("scripts/fetch-data"),
        "{warnings}"
    );
}
