//! Alerts from the first request to the last word: raised, told of in `/status`, `/metrics`, the log and to a webhook, and cleared.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use orrery_tests::metrics::series;
use orrery_tests::programs::Server;
use serde_json::Value;

use crate::{LIVE, SUN, wait_until};

/// A listener that takes whatever is posted to it.
fn receiver() -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/alerts", listener.local_addr().unwrap());
    let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
    let noted = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut text, mut bytes) = (String::new(), [0; 4096]);
            let posted = loop {
                let length = stream.read(&mut bytes).unwrap_or_default();
                text.push_str(&String::from_utf8_lossy(&bytes[..length]));
                let body = text.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str::<Value>(body));
                match body {
                    Some(Ok(posted)) => break posted,
                    _ if length == 0 => panic!("half a message: {text}"),
                    _ => {}
                }
            };
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
            noted.lock().unwrap().push(posted);
        }
    });
    (address, taken)
}

fn names(status: &Value) -> Vec<String> {
    let alerts = status["alerts"].as_array().unwrap();
    alerts.iter().map(|alert| alert["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_alert_is_raised_heard_of_and_cleared() {
    let (address, posted) = receiver();
    let server = Server::with_settings(&format!(
        "[alerts]\nevery_s = 1\nwindow_s = 2\nleast_requests = 5\nwebhook = '{address}'\n\
         hit_share_warn = 0.5\nhit_share_critical = 0.1\n[cache]\nbytes = 0\n"
    ));
    let client = server.client();
    assert!(names(&server.ask("/status")).is_empty());
    // Everything is asked of the live source.
    let found = RefCell::new(Value::Null);
    wait_until("an alert", || {
        (0..20).for_each(|_| assert_eq!(client.get(LIVE).status, 200));
        *found.borrow_mut() = server.ask("/status");
        names(&found.borrow()) == ["hit_share"]
    });
    let status = found.into_inner();
    let alert = &status["alerts"][0];
    assert_eq!((alert["severity"].as_str(), alert["threshold"].as_f64()), (Some("critical"), Some(0.1)));
    assert!(alert["remedy"].as_str().unwrap().len() > 40);
    let reasons = status["health"]["deductions"].as_array().unwrap().iter().map(|it| &it["reason"]);
    assert!(reasons.into_iter().any(|reason| reason == &alert["reason"]), "{status:#}");
    assert!(status["health"]["score"].as_u64().unwrap() <= 75, "{status:#}");
    // As long as it is asked for live work alone it stays so.
    wait_until("the same in the metrics", || {
        assert_eq!(client.get(LIVE).status, 200);
        series(&server.text("/metrics"))["orrery_alert{alert=\"hit_share\"}"] == 2.0
    });
    let minute = &status["recent"]["minute"];
    assert!(
        minute["requests"].as_u64().unwrap() >= 5 && minute["live_share"].as_f64().unwrap() > 0.5,
        "{minute}"
    );
    assert!(minute["p95"].as_f64().unwrap() > 0.0, "{minute}");
    assert!(status["machine"]["own_bytes"].as_u64().unwrap() > 0, "{status:#}");
    // Then everything of tables.
    wait_until("the end of it", || {
        (0..20).for_each(|_| assert_eq!(client.get(SUN).status, 200));
        names(&server.ask("/status")).is_empty()
    });
    wait_until("the messages", || server.ask("/status")["webhook"]["delivered"].as_u64() >= Some(2));
    let posted = posted.lock().unwrap().clone();
    let told: Vec<_> = posted
        .iter()
        .map(|it| (it["event"].as_str().unwrap(), it["alert"]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(told.first(), Some(&("raised", "hit_share")), "{posted:#?}");
    assert_eq!(told.last(), Some(&("cleared", "hit_share")), "{posted:#?}");
    assert_eq!(
        told.iter().filter(|(event, _)| *event == "raised").count(),
        1,
        "told more than once: {told:?}"
    );
    assert_eq!(posted[0]["address"].as_str().unwrap(), server.address.to_string());
    assert_eq!(server.ask("/status")["webhook"]["dropped"], 0);
}

#[test]
fn where_nothing_is_to_be_out_of_order_nothing_is_but_all_is_told() {
    let server = Server::with_settings(
        "[alerts]\nenabled = false\nevery_s = 1\nleast_requests = 1\nlatency_warn_ms = 0\nlatency_critical_ms = 0\n",
    );
    wait_until("a look", || {
        assert_eq!(server.client().get(SUN).status, 200);
        server.ask("/status")["recent"]["minute"]["requests"].as_u64() > Some(0)
    });
    assert!(names(&server.ask("/status")).is_empty());
}
