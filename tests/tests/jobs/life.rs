//! The life of a job, from its posting to its end, as any worker tells of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{ENDLESS, QUICK, SLOW, SLOW_ROWS, Service, wait_until};

/// Which worker a reply is from: ids of requests begin with what all of one process have.
fn worker(reply: &orrery_tests::http::Reply) -> String {
    reply.header("x-request-id").unwrap()[..8].to_owned()
}

#[test]
fn every_worker_tells_of_every_job() {
    let service = Service::start(&["--workers", "3"]);
    let id = service.post_path(QUICK);
    let done = service.wait_for(&id, "done");
    let mut told = BTreeSet::new();
    wait_until("a reply of each worker", || {
        let reply = service.client().get(&format!("/v1/jobs/{id}"));
        assert_eq!((reply.status, reply.json()), (200, done.clone()), "{reply:?}");
        let result = service.result(&id);
        assert_eq!((result.status, result.body.lines().count()), (200, 2 * (31 * 24 + 1) + 1));
        told.insert(worker(&reply));
        // Only some of them took the job, or a look at it, before.
        told.len() == 3 && BTreeSet::from([worker(&result)]).is_subset(&told)
    });
}

#[test]
fn a_job_is_queued_runs_and_is_done() {
    let service = Service::start(&[]);
    assert_eq!(
        service.jobs()["runner"],
        json!({"state": "absent", "pid": null, "uptime_s": null, "restarts": 0})
    );
    let id = service.post_path(SLOW);
    let running = service.wait_for_bytes(&id);
    assert_eq!((&running["attempt"], &running["problem"]), (&json!(1), &Value::Null), "{running}");
    assert_eq!(running["progress"]["expected_rows"], SLOW_ROWS, "{running}");
    let share = running["progress"]["share"].as_f64().unwrap();
    let rows = running["progress"]["rows"].as_f64().unwrap();
    assert!((share - rows / SLOW_ROWS as f64).abs() < 1e-9 && (0.0..=1.0).contains(&share), "{running}");
    assert_eq!((&running["ended"], &running["expires"]), (&Value::Null, &Value::Null));
    assert_eq!(running["result"]["bytes"], Value::Null, "{running}");
    let done = service.wait_for(&id, "done");
    assert_eq!(done["progress"]["share"], 1.0, "{done}");
    assert_eq!(done["progress"]["rows"], SLOW_ROWS, "{done}");
    assert_eq!(done["result"]["media_type"], "text/csv; charset=utf-8", "{done}");
    assert_eq!(
        (&done["result"]["status"], &done["result"]["bytes"]),
        (&json!(200), &done["progress"]["bytes"])
    );
    let times =
        ["created", "started", "ended", "expires"].map(|name| done[name].as_str().unwrap().to_owned());
    assert!(times.is_sorted(), "{done}");
    assert_eq!(service.job(&id), done);
    let kept = &service.jobs()["kept"];
    wait_until("a count of it", || service.jobs()["kept"]["done"] == 1);
    assert!(kept["bytes"].as_u64() > Some(0), "{kept}");
}

#[test]
fn jobs_are_begun_in_the_order_in_which_they_were_posted() {
    let service = Service::start(&[]);
    let ids: Vec<String> = (0..6).map(|_| service.post_path(QUICK)).collect();
    let last = service.wait_for(&ids[5], "done");
    assert_eq!(last["state"], "done");
    let begun: Vec<Value> = ids.iter().map(|id| service.job(id)["started"].clone()).collect();
    assert!(begun.iter().map(Value::to_string).collect::<Vec<_>>().is_sorted(), "{begun:?}");
}

#[test]
fn events_tell_how_it_stands_until_it_has_ended() {
    let service = Service::start(&[]);
    let id = service.post_path(SLOW);
    let reply =
        service.client().send("GET", &format!("/v1/jobs/{id}/events"), &[("last-event-id", "7.7.done")]);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/event-stream")), "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let events = events(&reply.body);
    assert_eq!(reply.body.matches("retry: ").count(), 1);
    let jobs: Vec<Value> = events.iter().map(|(_, data)| serde_json::from_str(data).unwrap()).collect();
    let bytes: Vec<u64> = jobs.iter().map(|job| job["progress"]["bytes"].as_u64().unwrap()).collect();
    assert!(bytes.is_sorted() && jobs.len() > 3, "{jobs:?}");
    assert!(jobs.windows(2).all(|two| two[0] != two[1]), "{jobs:?}");
    assert_eq!(jobs.last().unwrap()["state"], "done");
    assert_eq!(*jobs.last().unwrap(), service.job(&id));
    let ids: BTreeSet<&String> = events.iter().map(|(id, _)| id).collect();
    assert!(ids.len() > 2, "{ids:?}");
    // Of one that has ended there is one event to tell.
    let again = service.client().get(&format!("/v1/jobs/{id}/events"));
    assert_eq!(self::events(&again.body).len(), 1, "{again:?}");
}

/// The ids and data of events, as the standard has them read.
fn events(text: &str) -> Vec<(String, String)> {
    let mut events = Vec::new();
    let (mut kind, mut id, mut data) = (String::new(), String::new(), String::new());
    for line in text.split('\n') {
        match line.split_once(':') {
            None if line.is_empty() => {
                if !data.is_empty() {
                    assert_eq!(kind, "job");
                    events.push((id.clone(), std::mem::take(&mut data).trim_end().to_owned()));
                }
                kind.clear();
            }
            Some(("", _)) => {}
            Some((field, value)) => {
                let value = value.strip_prefix(' ').unwrap_or(value);
                match field {
                    "event" => value.clone_into(&mut kind),
                    "id" => value.clone_into(&mut id),
                    "data" => data.extend([value, "\n"]),
                    "retry" => assert!(value.parse::<u64>().unwrap() > 0),
                    other => panic!("{other} is no field of an event"),
                }
            }
            None => panic!("{line:?} is no line of an event"),
        }
    }
    events
}

#[test]
fn what_waits_and_what_runs_is_cancelled_and_what_is_done_removed() {
    let service = Service::start(&[]);
    let (running, queued) = (service.post_path(ENDLESS), service.post_path(QUICK));
    service.wait_for_bytes(&running);
    assert_eq!(service.job(&queued)["state"], "queued");
    for id in [&queued, &running] {
        let reply = service.end(id);
        assert_eq!((reply.status, &reply.json()["state"]), (200, &json!("cancelled")), "{reply:?}");
        let again = service.end(id);
        assert_eq!((again.status, &again.json()["state"]), (200, &json!("cancelled")), "{again:?}");
        let result = service.result(id);
        assert_eq!(result.problem(409, "job_cancelled")["parameter"], "id");
    }
    // Whoever worked at it is free for others, and nothing of it is left.
    let next = service.post_path(QUICK);
    service.wait_for(&next, "done");
    assert_eq!(service.job(&running)["state"], "cancelled");
    let left: Vec<_> = std::fs::read_dir(service.dir().join(&running)).unwrap().collect();
    assert!(left.iter().all(|it| !it.as_ref().unwrap().file_name().to_string_lossy().starts_with("result")));
    let reply = service.end(&next);
    assert_eq!((reply.status, &reply.json()["state"]), (200, &json!("done")), "{reply:?}");
    let gone = service.client().get(&format!("/v1/jobs/{next}"));
    let _ = gone.problem(404, "unknown_job");
    let _ = service.end(&next).problem(404, "unknown_job");
    let _ = service.result(&next).problem(404, "unknown_job");
    assert!(!service.dir().join(&next).exists());
}

#[test]
fn who_has_nothing_to_do_leaves_after_a_while() {
    let service = Service::start(&["--jobs-rest-s", "0"]);
    for _ in 0..3 {
        let id = service.post_path(QUICK);
        service.wait_for(&id, "done");
        wait_until("nobody there", || service.jobs()["runner"]["state"] == "absent");
    }
    assert_eq!(service.jobs()["runner"]["restarts"], 0);
    assert_eq!(service.server.ask("/status")["health"]["score"], 100);
}
