//! `/metrics`, as Prometheus' own parser reads it, and what is counted.

use std::io::Write;
use std::process::Stdio;

use orrery_tests::metrics::series;
use orrery_tests::processes::{children, signal};
use orrery_tests::programs::{Ended, Server};
use orrery_tests::{tables, workspace};

use crate::{SUN, promtool, wait_until};

const OPEN: &str =
    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

#[test]
fn prometheus_reads_them_and_finds_no_fault() {
    let server = Server::shared();
    let reply = server.client().get("/metrics");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let mut checking = promtool()
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    checking.stdin.take().unwrap().write_all(reply.body.as_bytes()).unwrap();
    let checked = Ended::from(checking.wait_with_output().unwrap());
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""), "{}", checked.out);
    let head = server.client().send("HEAD", "/metrics", &[]);
    assert_eq!(
        (head.status, head.body.as_str(), head.header("content-type")),
        (200, "", reply.header("content-type"))
    );
    // The same in the standard's words, for who prefers it; text for who asks for what there is not.
    let open = server.client().send("GET", "/metrics", &[("accept", OPEN)]);
    assert_eq!(
        open.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    assert!(open.body.ends_with("# EOF\n") && open.body.contains("# TYPE orrery_requests counter\n"));
    let names = |text: &str| series(text).into_keys().collect::<Vec<_>>();
    // Some are of what has happened, which it may have just now.
    wait_until("the same series in both", || {
        let open = server.client().send("GET", "/metrics", &[("accept", OPEN)]);
        names(&open.body) == names(&server.text("/metrics"))
    });
    let other = server.client().send("GET", "/metrics", &[("accept", "application/json")]);
    assert_eq!((other.status, other.header("content-type")), (200, reply.header("content-type")));
    println!("{} series in {} bytes", series(&reply.body).len(), reply.body.len());
}

#[test]
fn what_a_worker_has_counted_outlives_it_and_any_tells_of_all() {
    let server = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    let ask = |target: &str| assert_eq!(server.client().get(target).status, 200, "{target}");
    (0..40).for_each(|_| ask(SUN));
    // Each another, so that none is kept already.
    (0..7).for_each(|nth| ask(&format!("/v1/positions?jd_tt={}&bodies=sun&source=live", 2_440_000 + nth)));
    let before = series(&server.text("/metrics"));
    let of = |all: &std::collections::BTreeMap<String, f64>, name: &str| {
        *all.get(name).unwrap_or_else(|| panic!("no {name} in {all:#?}"))
    };
    let positions = "resource=\"/v1/positions\"";
    let counted = [
        (format!("orrery_requests_total{{{positions},class=\"2xx\"}}"), 47.0),
        (format!("orrery_answers_total{{{positions},source=\"table\"}}"), 40.0),
        (format!("orrery_answers_total{{{positions},source=\"live\"}}"), 7.0),
        (format!("orrery_request_duration_seconds_count{{{positions}}}"), 47.0),
        (format!("orrery_request_duration_seconds_bucket{{le=\"+Inf\",{positions}}}"), 47.0),
        ("orrery_workers{state=\"serving\"}".to_owned(), 2.0),
        ("orrery_workers_wanted".to_owned(), 2.0),
    ];
    for (name, count) in &counted {
        assert_eq!(of(&before, name), *count, "{name}");
    }
    for process in ["supervisor", "worker-0", "worker-1"] {
        let (own, resident) = (
            of(&before, &format!("orrery_process_own_memory_bytes{{process=\"{process}\"}}")),
            of(&before, &format!("orrery_process_resident_memory_bytes{{process=\"{process}\"}}")),
        );
        assert!(0.0 < own && own <= resident, "{process}: {own} {resident}");
        assert!(of(&before, &format!("orrery_process_open_descriptors{{process=\"{process}\"}}")) > 2.0);
    }
    assert!(of(&before, "orrery_process_mapped_files_bytes{process=\"worker-0\"}") > 0.0);
    assert!(of(&before, "orrery_disk_free_bytes") <= of(&before, "orrery_disk_size_bytes"));
    let workers = children(server.pid());
    for (nth, worker) in workers.iter().enumerate() {
        signal(*worker, "KILL");
        wait_until("the next worker", || {
            let now = children(server.pid());
            let status = server.ask("/status");
            now.len() == 2
                && !now.contains(worker)
                && status["workers"].as_array().unwrap().iter().all(|it| it["state"] == "serving")
        });
        let after = series(&server.text("/metrics"));
        for (name, count) in &counted {
            assert_eq!(of(&after, name), *count, "{name} after {} crashes", nth + 1);
        }
        let crashes = after.iter().filter(|(name, _)| name.starts_with("orrery_worker_crashes_total"));
        assert_eq!(crashes.map(|(_, count)| count).sum::<f64>(), (nth + 1) as f64);
    }
}

#[test]
fn no_label_holds_anything_of_a_query() {
    let server = Server::shared();
    for target in ["/v1/positions?date=1984-07-09T03:17:00Z&lat=12.345", "/s3cret/path?date=1984-07-09"] {
        let _ = server.client().get(target);
    }
    let text = server.text("/metrics");
    for secret in ["1984", "12.345", "s3cret"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
