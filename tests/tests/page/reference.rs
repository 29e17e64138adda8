//! `/docs`: the reference, read and tried out.

use std::collections::BTreeSet;

use orrery_tests::programs::Server;
use serde_json::Value;

use crate::browser::Browser;

/// The operation that is tried, and where its reply is shown.
const OPERATION: &str = "#operations-sky-getPositions";

#[tokio::test]
async fn an_operation_can_be_read_and_tried_without_anything_from_elsewhere() {
    let server = Server::shared();
    let browser = Browser::open().await;
    browser.visit(server.address, "/docs").await;
    let interface = server.client().get("/openapi.json").json();
    let paths = interface["paths"].as_object().unwrap();
    let operations: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
    browser.until(&format!("document.querySelectorAll('.opblock').length === {operations}")).await;
    let listed = browser
        .js("return [...document.querySelectorAll('.opblock-summary-path')].map((it) => it.dataset.path)")
        .await;
    let listed: BTreeSet<_> = listed.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(listed, paths.keys().map(String::as_str).collect());

    browser.click(&format!("{OPERATION} .opblock-summary-control")).await;
    browser.until(&format!("document.querySelector('{OPERATION} .execute')")).await;
    for name in ["date", "bodies", "frame", "source"] {
        browser.until(&format!("document.querySelector('{OPERATION} [data-param-name=\"{name}\"]')")).await;
    }
    browser.click(&format!("{OPERATION} .execute")).await;
    let reply = format!("{OPERATION} .live-responses-table");
    browser.until(&format!("document.querySelector('{reply} .response-col_status')")).await;
    let status = browser.text(&format!("{reply} tbody .response-col_status")).await;
    assert!(status.starts_with("200"), "{status}");
    let shown = browser.text(&format!("{reply} tbody .response-col_description")).await;
    assert!(shown.contains("max_error_arcsec") && shown.contains("retrograde"), "{shown}");

    let asked =
        browser.js("return performance.getEntriesByType('resource').map((entry) => entry.name)").await;
    let asked: Vec<_> = asked.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let origin = format!("http://{}/", server.address);
    assert!(asked.iter().any(|name| name.contains("/v1/positions")), "{asked:?}");
    // What the style sheet holds as data is fetched from nowhere.
    assert!(asked.iter().all(|name| name.starts_with(&origin) || name.starts_with("data:")), "{asked:?}");
    assert_eq!(browser.console().await, Vec::<String>::new());
}
