//! How much there may be: jobs, bytes on disk, memory; and for how long.

use std::time::{Duration, Instant};

use orrery_tests::processes::Memory;
use serde_json::{Value, json};

use crate::{ENDLESS, QUICK, Service, posted, wait_until};

/// Refused with a code, and told when to try again.
fn is_refused(service: &Service, path: &str, code: &str) {
    let reply = posted(&service.client(), &json!({ "path": path }).to_string());
    let _ = reply.problem(503, code);
    assert!(reply.header("retry-after").is_some(), "{reply:?}");
}

#[test]
fn no_more_jobs_are_taken_than_there_may_be() {
    let service = Service::start(&["--jobs-most", "3"]);
    let ids = [ENDLESS, QUICK, QUICK].map(|path| service.post_path(path));
    is_refused(&service, QUICK, "too_many_jobs");
    // To cancel one leaves its word; what is done with makes room.
    assert_eq!(service.end(&ids[0]).json()["state"], "cancelled");
    service.wait_for(&ids[2], "done");
    assert_eq!(service.end(&ids[2]).status, 200);
    let next = service.post_path(QUICK);
    is_refused(&service, QUICK, "too_many_jobs");
    service.wait_for(&next, "done");
}

#[test]
fn results_take_no_more_of_the_disk_than_they_may() {
    let service = Service::start(&["--jobs-disk-bytes", "2000000"]);
    let table = "/v1/ephemeris?start=1950-01-01&stop=2050-01-01&step=1h&bodies=sun&format=csv";
    let id = service.post_path(table);
    let failed = service.wait_for(&id, "failed");
    assert_eq!(failed["problem"]["code"], "jobs_disk_full", "{failed}");
    let _ = service.result(&id).problem(503, "jobs_disk_full");
    // Nothing is left of what was too much, and what is not is done.
    let small = service.post_path(QUICK);
    service.wait_for(&small, "done");
    wait_until("a count of what is left", || {
        service.jobs()["kept"]["bytes"].as_u64().is_some_and(|bytes| bytes < 1_000_000)
    });
    // A body alone may be too much.
    let days: Vec<f64> = (0..150_000).map(|nth| 2_452_700.5 + f64::from(nth) / 7.0).collect();
    let body = json!({"method": "POST", "path": "/v1/positions", "accept": "text/csv",
        "body": {"jd_tt": days, "bodies": ["sun"]}});
    let reply = posted(&service.client(), &body.to_string());
    let _ = reply.problem(503, "jobs_disk_full");
}

#[test]
fn what_has_ended_is_kept_for_its_time_and_then_forgotten() {
    let service = Service::start(&["--jobs-keep-s", "2", "--jobs-rest-s", "0"]);
    let (done, cancelled) = (service.post_path(QUICK), service.post_path(ENDLESS));
    service.wait_for(&done, "done");
    assert_eq!(service.result(&done).status, 200);
    service.end(&cancelled);
    for id in [&done, &cancelled] {
        let expired = service.wait_for(id, "expired");
        assert_ne!(expired["expires"], Value::Null, "{expired}");
        let _ = service.result(id).problem(404, "job_expired");
    }
    wait_until("nothing left of them", || {
        [&done, &cancelled].iter().all(|id| service.client().get(&format!("/v1/jobs/{id}")).status == 404)
    });
    wait_until("no trace on disk", || {
        let entries = std::fs::read_dir(service.dir()).unwrap();
        entries.filter(|it| !it.as_ref().unwrap().file_name().to_string_lossy().starts_with('.')).count() == 0
    });
}

#[test]
fn millions_of_rows_take_no_memory() {
    let service = Service::start(&[]);
    let rows = 100 * 366 * 24 * 3;
    let id = service.post_path(
        "/v1/ephemeris?start=1900-01-01&stop=2000-01-01&step=20m&bodies=sun&format=csv&fields=longitude",
    );
    service.wait_for_bytes(&id);
    let runner = service.runner();
    let (mut least, mut most, begun) = (u64::MAX, 0, Instant::now());
    let job = loop {
        let job = service.job(&id);
        if job["state"] == "done" {
            break job;
        }
        assert_eq!(job["state"], "running", "{job}");
        assert!(begun.elapsed() < 10 * crate::PATIENCE, "{job}");
        let memory = Memory::of(runner).unwrap().anonymous_kib;
        (least, most) = (least.min(memory), most.max(memory));
        std::thread::sleep(Duration::from_millis(20));
    };
    let bytes = job["result"]["bytes"].as_u64().unwrap();
    println!("{} rows, {bytes} bytes: from {least} to {most} KiB of its own", job["progress"]["rows"]);
    assert!(job["progress"]["rows"].as_u64() > Some(rows * 9 / 10) && bytes > 80_000_000, "{job}");
    assert!(most - least < 16 * 1024, "from {least} to {most} KiB");
    assert!(most < 64 * 1024, "{most} KiB");
}

#[test]
fn where_memory_is_scarce_no_jobs_are_taken_and_none_are_begun() {
    let service = Service::start(&["--memory-soft-bytes", "1", "--memory-hard-bytes", "1"]);
    wait_until("a refusal", || {
        let reply = posted(&service.client(), &json!({ "path": QUICK }).to_string());
        assert!([202, 503].contains(&reply.status), "{reply:?}");
        reply.status == 503 && reply.problem(503, "memory_short")["code"] == "memory_short"
    });
}

#[test]
fn a_server_that_takes_no_jobs_says_so() {
    let service = Service::start(&["--jobs-enabled", "false"]);
    let reply = posted(&service.client(), &json!({ "path": QUICK }).to_string());
    let _ = reply.problem(404, "jobs_disabled");
    let id = "0".repeat(32);
    for target in [format!("/v1/jobs/{id}"), format!("/v1/jobs/{id}/result"), format!("/v1/jobs/{id}/events")]
    {
        let _ = service.client().get(&target).problem(404, "jobs_disabled");
    }
    assert_eq!(service.jobs()["kept"], Value::Null);
    assert!(!service.dir().exists());
}
