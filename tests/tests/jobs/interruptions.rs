//! Processes that end while jobs are worked at.

use std::time::Duration;

use orrery_tests::processes::{is_alive, signal};
use serde_json::json;

use crate::{ENDLESS, QUICK, SLOW, Service, wait_until};

#[test]
fn what_a_killed_process_was_at_is_begun_again_and_told_from_its_beginning() {
    let service = Service::start(&[]);
    let id = service.post_path(SLOW);
    service.wait_for_bytes(&id);
    let runner = service.runner();
    let reader = std::thread::scope(|scope| {
        let reader = scope.spawn(|| service.bytes(&format!("/v1/jobs/{id}/result")));
        std::thread::sleep(Duration::from_millis(300));
        signal(runner, "KILL");
        reader.join().unwrap()
    });
    // Whoever was reading is not to take two attempts for one.
    assert!(!reader.ends_with(b"0\r\n\r\n"), "what was broken off looks whole");
    let again = service.wait_until(&id, "begun again", |job| job["attempt"] == 2);
    assert_ne!(again["state"], "failed", "{again}");
    let done = service.wait_for(&id, "done");
    assert_eq!(done["attempt"], 2, "{done}");
    assert_eq!(service.result(&id).body, service.server.text(SLOW));
    assert_ne!(service.runner(), runner);
    let jobs = service.jobs();
    assert_eq!(jobs["runner"]["restarts"], 1, "{jobs}");
    let status = service.server.ask("/status");
    let deductions = status["health"]["deductions"].to_string();
    assert!(deductions.contains("works at jobs ended unexpectedly"), "{deductions}");
    assert_eq!(status["restarts"], 0, "no worker has ended");
    let metrics = service.server.text("/metrics");
    assert!(metrics.contains("\norrery_job_runner_crashes_total 1\n"), "{metrics}");
}

#[test]
fn what_costs_a_process_each_time_fails_after_so_many_attempts() {
    let service = Service::start(&["--jobs-attempts", "2"]);
    let (id, other) = (service.post_path(ENDLESS), service.post_path(QUICK));
    for attempt in 1..=2 {
        service.wait_until(&id, "another attempt", |job| {
            job["attempt"] == attempt && job["progress"]["bytes"].as_u64() > Some(0)
        });
        signal(service.runner(), "KILL");
    }
    let failed = service.wait_for(&id, "failed");
    assert_eq!(failed["problem"]["code"], "job_interrupted", "{failed}");
    assert_eq!(service.result(&id).problem(500, "job_interrupted"), failed["problem"]);
    // And takes nobody else with it.
    assert_eq!(service.wait_for(&other, "done")["attempt"], 1);
}

#[test]
fn jobs_outlive_a_service_that_is_stopped_and_count_no_attempt() {
    let service = Service::start(&[]);
    let (slow, quick) = (service.post_path(SLOW), service.post_path(QUICK));
    service.wait_for_bytes(&slow);
    let service = service.again("TERM", &[]);
    let done = service.wait_for(&slow, "done");
    assert_eq!(done["attempt"], 1, "{done}");
    assert_eq!(service.result(&slow).body, service.server.text(SLOW));
    service.wait_for(&quick, "done");
    let service = service.again("TERM", &[]);
    assert_eq!(service.job(&slow), done);
    assert_eq!(service.result(&quick).body, service.server.text(QUICK));
}

#[test]
fn jobs_outlive_a_service_that_is_killed() {
    let service = Service::start(&[]);
    let (slow, quick) = (service.post_path(SLOW), service.post_path(QUICK));
    service.wait_for_bytes(&slow);
    let runner = service.runner();
    let service = service.again("KILL", &[]);
    // Who worked at them has heard that nobody is left, and lets go of them.
    wait_until("the end of the process before", || !is_alive(runner));
    assert_eq!(service.wait_for(&slow, "done")["attempt"], 1);
    assert_eq!(service.result(&slow).body, service.server.text(SLOW));
    service.wait_for(&quick, "done");
    assert_ne!(service.runner(), runner);
}

#[test]
fn a_service_stops_in_time_whatever_is_worked_at_and_listened_to() {
    let service = Service::start(&["--limits-drain-s", "5"]);
    let id = service.post_path(ENDLESS);
    service.wait_for_bytes(&id);
    let events = service.client();
    let listening = {
        let id = id.clone();
        std::thread::spawn(move || events.get(&format!("/v1/jobs/{id}/events")))
    };
    std::thread::sleep(Duration::from_millis(300));
    let service = service.again("TERM", &["--jobs-parallel", "2"]);
    // The end of the stream came with the end of the service, and was whole.
    let heard = listening.join().unwrap();
    assert!(heard.body.contains("\"state\":\"running\""), "{heard:?}");
    service.wait_until(&id, "begun once more", |job| job["state"] == "running");
    assert_eq!(service.job(&id)["attempt"], json!(1));
    assert_eq!(service.end(&id).json()["state"], "cancelled");
    assert!(!service.logged().contains("killed"), "{}", service.logged());
}

#[test]
fn a_worker_that_dies_takes_no_job_with_it() {
    let service = Service::start(&[]);
    let workers: Vec<u64> = service.server.ask("/status")["workers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|worker| worker["pid"].as_u64().unwrap())
        .collect();
    let id = service.post_path(SLOW);
    for worker in &workers {
        signal(u32::try_from(*worker).unwrap(), "KILL");
    }
    wait_until("workers", || {
        let status = service.client().connect();
        drop(status);
        service.server.ask("/status")["workers"].as_array().unwrap().len() == 2
    });
    let done = service.wait_for(&id, "done");
    assert_eq!(done["attempt"], 1);
}
