//! What a job asks is birth data, and its id is the only key to it.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use crate::{QUICK, Service, wait_until};

/// Every file and folder below a directory, with who may do what with it.
fn modes(dir: &Path) -> Vec<(String, bool, u32)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let about = std::fs::metadata(&path).unwrap();
        found.push((path.display().to_string(), about.is_dir(), about.permissions().mode() & 0o777));
        if about.is_dir() {
            found.extend(modes(&path));
        }
    }
    found
}

#[test]
fn nobody_else_may_read_the_files() {
    let service = Service::start(&[]);
    let body = json!({"method": "POST", "path": "/v1/positions", "body": {"jd": [2_452_700.5]}});
    let ids = [service.post_path(QUICK), service.post(&body)];
    for id in &ids {
        service.wait_for(id, "done");
    }
    let found = modes(&service.dir());
    assert!(found.len() > 8, "{found:?}");
    for (path, is_dir, mode) in &found {
        assert_eq!(*mode, if *is_dir { 0o700 } else { 0o600 }, "{path}");
    }
    assert_eq!(std::fs::metadata(service.dir()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn no_log_status_or_metric_tells_what_was_asked_or_by_which_id() {
    let service = Service::start(&["--log-level", "debug"]);
    let secret = "1984-07-09T03:17:41.625";
    // What would not come about by chance among other numbers and times.
    let words = ["1984-07", "17:41.625", "12.3456789"];
    let wanted = format!(
        "/v1/ephemeris?start={secret}Z&stop=1984-07-10&step=1h&lat=12.3456789&lon=1&center=topo&format=csv"
    );
    let done = service.post_path(&wanted);
    service.wait_for(&done, "done");
    // One that fails has more to say, and one that is refused.
    let posted = json!({"method": "POST", "path": "/v1/positions", "body": {"dates": [secret], "x": 1}});
    let refused = crate::posted(&service.client(), &posted.to_string());
    assert_eq!(refused.status, 400, "{refused:?}");
    assert_eq!(service.end(&done).status, 200);
    wait_until("what is logged of it", || service.logged().contains("a job is worked at no longer"));
    let texts = [service.logged(), service.server.text("/metrics"), service.server.text("/status")];
    for text in texts {
        for word in words.into_iter().chain([done.as_str(), &done[..12]]) {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn ids_are_random_and_nobody_lists_them() {
    let service = Service::start(&[]);
    let ids: BTreeSet<String> = (0..20).map(|_| service.post_path(QUICK)).collect();
    assert_eq!(ids.len(), 20);
    // Of 2560 bits about half are set; no digit stands in the same place in all.
    let ones: u32 = ids.iter().map(|id| u128::from_str_radix(id, 16).unwrap().count_ones()).sum();
    assert!((1000..1560).contains(&ones), "{ones}");
    let first = ids.first().unwrap();
    for nth in 0..32 {
        assert!(ids.iter().any(|id| id.as_bytes()[nth] != first.as_bytes()[nth]), "digit {nth}");
    }
    let reply = service.client().get("/v1/jobs");
    let _ = reply.problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), Some("POST, OPTIONS"));
    for id in
        ["..", "%2e%2e", "../jobs", ".working", ".making", "0", &first.to_uppercase(), &format!("{first}0")]
    {
        let reply = service.client().get(&format!("/v1/jobs/{id}"));
        assert_eq!(reply.status, 404, "{id}: {reply:?}");
    }
}
