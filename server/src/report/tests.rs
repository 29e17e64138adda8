use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::json;

use super::*;

fn status() -> Value {
    let hour = json!({"seconds": 3600.0, "requests": 36_000, "requests_per_s": 10.0, "p50": 41.0, "p95": 130_000.0,
        "p99": 150_000.0, "error_share": 0.0, "table_share": 0.9, "live_share": 0.1, "mixed_share": 0.0, "cache_share": 0.0});
    let quiet = json!({"seconds": 60.0, "requests": 0, "requests_per_s": 0.0, "p50": null, "p95": null, "p99": null,
        "error_share": null, "table_share": null, "live_share": null, "mixed_share": null, "cache_share": null});
    let latency = json!({"mean": 50.0, "p50": 41.0, "p90": 60.0, "p95": 70.0, "p99": 100.0, "p999": 200.0});
    let answered = |requests: u64| json!({"requests": requests, "statuses": {"2xx": requests, "3xx": 0, "4xx": 0, "5xx": 0}, "latency": latency});
    let mut positions = answered(36_000);
    positions["path"] = json!("/v1/positions");
    json!({
        "status": "serving",
        "generation": "7feb1dd3706c693e",
        "health": {"score": 90, "deductions": [{"points": 10, "reason": "no files", "remedy": "fetch them"}]},
        "uptime_s": 93_784.5,
        "refused_generations": 0,
        "restarts": 1,
        "alerts": [{"name": "latency", "severity": "warning", "since": "2026-11-22T00:05:00Z"}],
        "recent": {"minute": quiet, "five_minutes": quiet, "hour": hour},
        "machine": {"own_bytes": 20 << 20, "limit_bytes": 1_u64 << 30, "grown_bytes": 524_288.0},
        "schedule": {"idle_because": null, "tasks": [{"task": "roll", "runs": 3, "failures": 1, "next": "2026-11-23T00:05:00Z"}]},
        "workers": [{"slot": 0, "pid": 4711, "state": "serving", "uptime_s": 60.0, "connections": 2, "requests": 9, "restarts": 1}],
        "totals": {"not_modified": 5, "broken_off": 0, "sources": {"table": 9, "live": 1, "mixed": 0, "cache": 0},
            "resources": [positions, answered(0)], "unrouted": answered(7)},
    })
}

#[test]
fn a_report_tells_what_is_met_and_what_is_not() {
    let report = Report::of("http://here", status()).unwrap();
    let met: Vec<_> = report.targets.iter().map(|it| (it.name, it.is_met)).collect();
    assert_eq!(
        met,
        [("p50", Some(true)), ("p95", Some(false)), ("p99", Some(true)), ("hit_share", Some(true))]
    );
    let text = text::of(&report);
    for part in [
        "Orrery at http://here, serving, up 1 d 02:03:04",
        "Health 90 of 100",
        "no files",
        "remedy: fetch them",
        "alert latency (warning) since 2026-11-22T00:05:00Z",
        "memory 20 MiB of 1024 MiB, tables aside; +0.5 MiB in ten minutes",
        "MISSED",
        "36000",
        "/v1/positions",
        "(no such path)",
        "4711",
        "roll   3 runs, 1 failed; next 2026-11-23T00:05:00Z",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(text.lines().all(|line| line == line.trim_end()));
    let mut quiet = status();
    quiet["recent"]["hour"] = quiet["recent"]["minute"].clone();
    let report = Report::of("http://here", quiet).unwrap();
    assert!(report.targets.iter().all(|target| target.is_met.is_none()));
    assert!(text::of(&report).contains("nothing was asked"));
}

/// What somebody who answers once with this makes of a report.
fn of_one_who_answers(reply: &'static str) -> Result<String, ReportError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{reply}",
            reply.len()
        );
    });
    let report = report(&format!("http://{address}/"), Form::Text);
    answering.join().unwrap();
    report
}

#[test]
fn where_no_server_is_the_remedy_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, form) in [(format!("http://{gone}"), Form::Text), ("no address".to_owned(), Form::Json)] {
        let error = report(&url, form).unwrap_err();
        assert!(matches!(error, ReportError::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("give --url the address that it printed"), "{error}");
    }
    for reply in ["<html></html>", "{\"status\": \"serving\"}", "[]"] {
        let error = of_one_who_answers(reply).unwrap_err();
        assert!(matches!(error, ReportError::Stranger { .. }), "{reply}: {error}");
    }
}
