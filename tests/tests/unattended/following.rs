//! A server that makes no tables: it has those that a location publishes, and its files are what they are called.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{Body, Manifest};
use orrery_tests::locations::Location;
use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};
use serde_json::Value;

/// How long to wait for what takes some runs of the pipeline.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server that keeps a directory as the settings say.
fn served(datasets: &Path, settings: &[&str]) -> Server {
    let mut command = programs::command("orrery-server");
    command.args(["--listen", "127.0.0.1:0", "--log-level", "error", "--workers", "2", "--watch-ms", "20"]);
    command.args(["--schedule-enabled", "true", "--schedule-retry-s", "1", "--schedule-watch-s", "1"]);
    command.arg("--datasets").arg(datasets).arg("--ephe").arg(workspace::ephemeris_path()).args(settings);
    Server::run(&mut command)
}

fn task(status: &Value, name: &str) -> Value {
    let tasks = status["schedule"]["tasks"].as_array().unwrap();
    tasks.iter().find(|task| task["task"] == name).cloned().unwrap_or_default()
}

fn wait_until(server: &Server, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let status = server.ask("/status");
        if is_so(&status) {
            return status;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}: {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until every worker answers from a generation, which is well.
fn wait_for(server: &Server, generation: &str) {
    wait_until(server, generation, |status| {
        let mut workers = status["workers"].as_array().unwrap().iter();
        workers.all(|worker| worker["generation"] == generation) && status["health"]["score"] == 100
    });
}

/// Builds a dataset of some bodies, publishes it, and gives its manifest.
fn publish(made: &Path, location: &Location, bodies: &[Body]) -> Manifest {
    tables::build_small(made, (1950, 2000), bodies);
    let published = location.publish(made, &[]);
    assert_eq!(published.code, Some(0), "{published:?}");
    Manifest::read(made).unwrap()
}

/// Changes one bit of the file of the n-th block, in place, as a failing disk does.
fn damage(dir: &Path, manifest: &Manifest, nth: usize) {
    let path = Manifest::block_path(dir, &manifest.blocks[nth]);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
}

fn is_sound(dir: &Path, manifest: &Manifest) -> bool {
    manifest.blocks.iter().all(|block| {
        fs::read(Manifest::block_path(dir, block))
            .is_ok_and(|bytes| blake3::hash(&bytes).to_hex().as_str() == block.blake3)
    })
}

#[test]
fn what_is_published_is_followed_and_what_is_damaged_here_is_fetched_again() {
    let (made, here, location) = (workspace::scratch(), workspace::scratch(), Location::directory());
    let (made, here) = (made.path(), here.path());
    let first = publish(made, &location, &[Body::MeanNode]);
    let url = location.url();
    let settings = ["--schedule-follow", &url, "--schedule-follow-s", "1", "--schedule-audit", ""];
    let server = served(here, &settings);
    assert!(server.greeting.contains("live, as there are no tables yet"), "{}", server.greeting);
    wait_for(&server, &first.generation);

    let second = publish(made, &location, &[Body::MeanNode, Body::MeanApogee]);
    wait_for(&server, &second.generation);
    // What it has fetched may be served before the run is over that has.
    let status =
        wait_until(&server, "a second pull", |status| task(status, "pull")["runs"].as_u64() > Some(1));
    assert_eq!(task(&status, "pull")["failures"], 0, "{status}");
    drop(server);

    // Damaged while nobody looks: it starts all the same, with what was before, and has the file fetched.
    damage(here, &second, second.blocks.len() - 1);
    let damaged = second.blocks.last().unwrap();
    let is_shared = first.blocks.iter().any(|block| block.file == damaged.file);
    let server = served(here, &settings);
    let begins_with = if is_shared { "live, until its tables have been mended" } else { &first.generation };
    assert!(server.greeting.contains(begins_with), "{}", server.greeting);
    wait_for(&server, &second.generation);
    assert!(is_sound(here, &second));

    // And while it is served: the audit finds it, the pull fetches it, and the audit finds it in order.
    drop(server);
    let audited = [&settings[..4], &["--schedule-audit", "* * * * * *"]].concat();
    let server = served(here, &audited);
    wait_until(&server, "an audit", |status| task(status, "audit")["runs"].as_u64() > Some(0));
    damage(here, &second, 0);
    let status =
        wait_until(&server, "the damage to be found", |status| task(status, "audit")["failures"] != 0);
    let audit = task(&status, "audit");
    wait_until(&server, "the damage to be mended", |status| {
        let audit = task(status, "audit");
        audit["failures_in_a_row"] == 0 && status["health"]["score"] == 100
    });
    assert!(is_sound(here, &second), "{audit}");
}

#[test]
fn a_damaged_dataset_is_mended_by_the_server_that_serves_it() {
    let dir = workspace::scratch();
    let path = dir.path();
    tables::build_small(path, (1950, 2000), &[Body::MeanNode]);
    let manifest = Manifest::read(path).unwrap();
    damage(path, &manifest, 0);
    let server = served(path, &["--schedule-audit", ""]);
    assert!(server.greeting.contains("live, until its tables have been mended"), "{}", server.greeting);
    wait_for(&server, &manifest.generation);
    assert!(is_sound(path, &manifest));
    drop(server);

    // Another layout version, as after an upgrade.
    let file = path.join(MANIFEST_FILE);
    let text = fs::read_to_string(&file).unwrap();
    let version = format!("\"layout_version\": {}", orrery_format::layout::LAYOUT_VERSION);
    assert!(text.contains(&version), "{text}");
    fs::write(&file, text.replace(&version, "\"layout_version\": 9999")).unwrap();
    let server = served(path, &["--schedule-audit", ""]);
    assert!(server.greeting.contains("live, until its tables have been mended"), "{}", server.greeting);
    wait_for(&server, &manifest.generation);
    drop(server);

    // What nobody can mend, as nobody knows what it is to be, is told by who serves all the same.
    fs::write(&file, "{").unwrap();
    let server = served(path, &["--schedule-audit", ""]);
    let status = wait_until(&server, "a failure", |status| task(status, "roll")["failures"] != 0);
    let health = status["health"]["deductions"].to_string();
    assert!(health.contains("was refused") && health.contains("orrery-pipeline build"), "{health}");
}
