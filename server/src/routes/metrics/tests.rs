use super::*;
use crate::answer::mix::Mix;
use crate::process::counters::{Counters, Reply as Counted, Source};
use crate::process::monitor::state::{Alert, Name, Severity};
use crate::process::schedule::state::{Task, TaskState, Times};
use crate::routes::Resource;

/// A service that has answered three requests, one of them by failing.
fn told() -> Told {
    let counters = Counters::private().unwrap();
    counters.serves("00ff00ff00ff00ff");
    let reply = |resource, status, source: Option<Mix>, micros| Counted {
        resource,
        status,
        source: source.map(Source::Computed),
        micros,
    };
    counters.replied(reply(Some(Resource::Positions), 200, Some(Mix::Table), 30));
    counters.replied(reply(Some(Resource::Positions), 503, None, 2_000_000));
    counters.replied(reply(None, 404, None, 3));
    counters.crashed(0);
    let mut notice = Notice::default();
    let mut roll = TaskState::new(Task::Roll, &Times::At("0 5 0 * * *".to_owned()));
    roll.begins("2026-11-22T00:05:00Z".to_owned(), "it is time");
    roll.ends("2026-11-22T00:05:02Z".to_owned(), 2.5, Ok(serde_json::Value::Null));
    roll.next = Some("2026-11-23T00:05:00Z".to_owned());
    notice.schedule.tasks = vec![roll, TaskState::new(Task::Audit, &Times::Never)];
    notice.watch.alerts = vec![Alert {
        name: Name::Errors,
        severity: Severity::Critical,
        since: "2026-11-22T00:05:00Z".to_owned(),
        value: 50.0,
        threshold: 10.0,
        reason: "half of it".to_owned(),
    }];
    let snapshot = counters.snapshot();
    Told {
        usage: Usage::of(&snapshot, "/no/such/directory".as_ref()),
        snapshot,
        notice: Arc::new(notice),
        generation: "00ff00ff00ff00ff".to_owned(),
        published: Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000)),
        health_score: 75,
    }
}

fn text() -> String {
    let mut registry = Registry::with_prefix("orrery");
    registry.register_collector(Box::new(told()));
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

#[test]
fn what_was_counted_is_told_under_its_labels() {
    let text = text();
    for line in [
        "orrery_requests_total{resource=\"/v1/positions\",class=\"2xx\"} 1",
        "orrery_requests_total{resource=\"/v1/positions\",class=\"5xx\"} 1",
        "orrery_requests_total{resource=\"unrouted\",class=\"4xx\"} 1",
        "orrery_request_duration_seconds_count{resource=\"/v1/positions\"} 2",
        "orrery_request_duration_seconds_sum{resource=\"/v1/positions\"} 2.00003",
        "orrery_request_duration_seconds_bucket{le=\"0.000016\",resource=\"/v1/positions\"} 0",
        "orrery_request_duration_seconds_bucket{le=\"0.000032\",resource=\"/v1/positions\"} 1",
        "orrery_request_duration_seconds_bucket{le=\"1.572864\",resource=\"/v1/positions\"} 1",
        "orrery_request_duration_seconds_bucket{le=\"2.62144\",resource=\"/v1/positions\"} 2",
        "orrery_request_duration_seconds_bucket{le=\"+Inf\",resource=\"/v1/positions\"} 2",
        "orrery_answers_total{resource=\"/v1/positions\",source=\"table\"} 1",
        "orrery_answer_duration_seconds_count{resource=\"/v1/positions\",source=\"table\"} 1",
        "orrery_answer_duration_seconds_sum{resource=\"/v1/positions\",source=\"table\"} 0.00003",
        "orrery_worker_crashes_total{slot=\"0\"} 1",
        "orrery_workers{state=\"serving\"} 1.0",
        "orrery_generation_info{generation=\"00ff00ff00ff00ff\"} 1.0",
        "orrery_dataset_published_timestamp_seconds 1000000.0",
        "orrery_schedule_runs_total{task=\"roll\"} 1",
        "orrery_schedule_last_success_timestamp_seconds{task=\"roll\"} 1795305902.0",
        "orrery_schedule_last_duration_seconds{task=\"roll\"} 2.5",
        "orrery_alert{alert=\"errors\"} 2.0",
        "orrery_alert{alert=\"memory\"} 0.0",
        "orrery_health_score 75.0",
        "# EOF",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
    }
    // What has not happened has no time, and a disk that is not there no size.
    for absent in [
        "schedule_last_success_timestamp_seconds{task=\"audit\"",
        "disk_free",
        "answers_total{resource=\"/status\"",
    ] {
        assert!(!text.contains(absent), "{absent}");
    }
    for named in ["orrery_process_own_memory_bytes{process=\"worker-0\"}", "orrery_memory_limit_bytes "] {
        assert!(text.contains(named), "{named}");
    }
}

#[test]
fn every_family_says_what_it_is_and_their_number_stays_within_reason() {
    let text = text();
    let names = |mark: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(mark));
        lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    let families = names("# TYPE ");
    assert_eq!(names("# HELP "), families);
    let mut sorted = families.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), families.len(), "a family is told twice: {families:?}");
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(series < 30 * crate::routes::ROUTES.len() && series < 1500, "{series}");
    for family in families {
        let is_of_it = |line: &str| {
            let name = line.split(['{', ' ']).next().unwrap();
            let suffix = name.strip_prefix(&family);
            suffix
                .is_some_and(|suffix| ["", "_total", "_bucket", "_sum", "_count", "_info"].contains(&suffix))
        };
        assert!(text.lines().any(is_of_it), "{family} has no value");
    }
}
