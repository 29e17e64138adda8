//! Workers that are replaced, and settings that are read again.

use orrery_tests::processes::{is_alive, signal};
use orrery_tests::{tables, workspace};

use crate::{Log, SUN, Service, clients, settings, wait_until};

#[test]
fn sighup_replaces_every_worker_and_no_client_notices() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2", "--log-level", "warn"]);
    let generation = service.status()["generation"].as_str().unwrap().to_owned();
    let clients = clients(16, service.address, &[&generation]);
    let mut replaced = 0;
    for _ in 0..6 {
        let old = service.workers();
        signal(service.pid(), "HUP");
        replaced += service.wait_for_workers(2, &old).len();
        wait_until("the end of the old ones", || old.iter().all(|&worker| !is_alive(worker)));
    }
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{} of {} lost: {:?}", tally.lost.len(), tally.sent, tally.lost.first());
    assert_eq!(service.status()["restarts"], 0, "what is replaced has not crashed");
    println!("{replaced} workers replaced at SIGHUP, {} requests, none lost", tally.sent);
}

#[test]
fn a_worker_that_is_told_to_drain_is_replaced_and_no_client_notices() {
    let service = Service::start(tables::shared_dir(), &["--workers", "2"]);
    let generation = service.status()["generation"].as_str().unwrap().to_owned();
    let clients = clients(16, service.address, &[&generation]);
    let mut replaced = 0;
    for round in 0..4 {
        let workers = service.workers();
        let told = workers[round % 2];
        signal(told, "TERM");
        service.wait_for_workers(2, &[told]);
        replaced += 1;
    }
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{} of {} lost: {:?}", tally.lost.len(), tally.sent, tally.lost.first());
    service.wait_for_log("a worker was told to drain");
    println!("{replaced} workers told to drain, {} requests, none lost", tally.sent);
}

#[test]
fn sighup_reads_the_settings_again_and_keeps_the_old_ones_if_they_are_bad() {
    let (_scratch, config) = settings("workers = 2\n[limits]\ntarget_bytes = 1000");
    let write = |text: &str| std::fs::write(&config[1], text).unwrap();
    let service = Service::start(tables::shared_dir(), &config.each_ref().map(String::as_str));
    let long = format!("/health/live?{}", "x".repeat(600));
    let status = || service.client().get(&long).status;
    assert_eq!(status(), 400);
    let old = service.workers();

    write("workers = 2\n[limits]\ntarget_bytes = 'many'");
    signal(service.pid(), "HUP");
    service.wait_for_log("the settings cannot be used, and the old ones stay");
    service.wait_for_log("target_bytes");
    assert_eq!((status(), service.workers()), (400, old.clone()));

    write("workers = 2\nephe = '/nowhere/at/all'\n[live]\nqueue = 0");
    signal(service.pid(), "HUP");
    service.wait_for_log("live.queue = 0: give 1 to 1000000 requests");

    write("workers = 3\nlog_format = 'json'\nlisten = '127.0.0.1:1'\n[limits]\ntarget_bytes = 500");
    signal(service.pid(), "HUP");
    service.wait_for_workers(2, &old);
    assert_eq!(status(), 414);
    service.wait_for_log("workers has changed, which only a restart");
    service.wait_for_log("log_format has changed, which only a restart");
    // Flags win over the file, at a reload too.
    assert!(!service.logged().contains("listen has changed"), "{}", service.logged());
}

#[test]
fn settings_with_which_no_worker_starts_are_given_up() {
    // The supervisor finds nothing wrong with this directory; a worker does.
    let ephe = workspace::scratch();
    for entry in std::fs::read_dir(workspace::ephemeris_path()).unwrap() {
        let entry = entry.unwrap();
        std::os::unix::fs::symlink(entry.path(), ephe.path().join(entry.file_name())).unwrap();
    }
    let leaps = ephe.path().join("seleapsec.txt");
    let _ = std::fs::remove_file(&leaps);
    std::fs::write(&leaps, "no leap second at all").unwrap();
    // A flag would win over the file.
    let good = workspace::ephemeris_path();
    let (_scratch, config) = settings(&format!("workers = 2\nephe = '{}'", good.display()));
    let write = |text: &str| std::fs::write(&config[1], text).unwrap();
    let mut command = orrery_tests::programs::command("orrery-server");
    command.args(["--listen", "127.0.0.1:0", "--datasets"]).arg(tables::shared_dir()).args(&config);
    let service = Service::run(&mut command, Log::Read);
    let old = service.workers();
    write(&format!("workers = 2\nephe = '{}'\n[limits]\ntarget_bytes = 500", ephe.path().display()));
    signal(service.pid(), "HUP");
    service.wait_for_log("no worker can be started with the settings, and the old ones stay");
    service.wait_for_log("seleapsec.txt");
    assert!(!service.logged().contains("the settings are in use"), "{}", service.logged());
    assert_eq!(service.workers(), old);
    // Whoever starts now starts with what was there before.
    signal(old[0], "KILL");
    service.wait_for_workers(2, &old[..1]);
    for _ in 0..20 {
        assert_eq!(service.client().get(&format!("{SUN}&{}", "x".repeat(600))).status, 400);
    }
    // Put right, they are taken.
    std::fs::remove_file(&leaps).unwrap();
    let old = service.workers();
    signal(service.pid(), "HUP");
    service.wait_for_log("the settings are in use: every worker has been replaced");
    service.wait_for_log("replaced=2");
    service.wait_for_workers(2, &old);
    assert_eq!(service.client().get(&format!("{SUN}&{}", "x".repeat(600))).status, 414);
}

#[test]
fn sighup_brings_in_another_log_level_for_all() {
    let (_scratch, config) = settings("workers = 1\nlog_level = 'error'");
    let write = |text: &str| std::fs::write(&config[1], text).unwrap();
    let service = Service::start(tables::shared_dir(), &config.each_ref().map(String::as_str));
    let old = service.workers();
    write("workers = 1\nlog_level = 'inf'");
    signal(service.pid(), "HUP");
    service.wait_for_log("did you mean `info`?");
    write("workers = 1\nlog_level = 'orrery_server=debug'");
    signal(service.pid(), "HUP");
    service.wait_for_workers(1, &old);
    // The supervisor's own lines, and a worker's.
    service.wait_for_log("the settings are in use");
    assert_eq!(service.client().get(SUN).status, 200);
    service.wait_for_log("path=\"/v1/positions\"");
}
