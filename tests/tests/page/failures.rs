//! Refusals, replies that make no sense, and no server at all.

use std::time::{Duration, Instant};

use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};

use crate::browser::PATIENCE;
use crate::{EQUINOX, cell, opened, opened_at};

#[tokio::test]
async fn a_refused_sky_says_why_and_what_to_do() {
    let server = Server::shared();
    let browser = opened(&server).await;
    browser.pick("1700-01-01T00:00:00").await;
    browser.until("!document.getElementById('notice').hidden").await;
    let problem = server.client().get("/v1/positions?date=1700-01-01T00:00:00Z&source=table").json();
    let notice = browser.text("#notice").await;
    for member in ["title", "detail", "hint"] {
        assert!(notice.contains(problem[member].as_str().unwrap()), "{member}: {notice}");
    }
    assert!(notice.contains("1 January 1700"), "{notice}");
    browser.click("#notice button").await;
    browser.until("document.getElementById('notice').hidden").await;
    assert_eq!(browser.text("#day").await, "1 January 1700");
    assert_eq!(cell(&browser, "sun", "source").await, "live");
    browser.until("document.getElementById('proof-state').textContent.startsWith('No comparison: ')").await;
    // Before the reform the page counts on in the Gregorian calendar, and says so.
    browser.pick("1500-01-01T00:00:00").await;
    browser.until("document.getElementById('day').textContent === '1 January 1500'").await;
    assert_eq!(browser.js("return document.getElementById('calendar').hidden").await, false);
}

#[tokio::test]
async fn without_a_server_the_page_says_so_and_tries_again() {
    let server = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    let address = server.address;
    let browser = opened_at(&server, EQUINOX).await;
    drop(server);
    // Its workers answer what is on open connections for a moment yet.
    let begun = Instant::now();
    while browser.js("return document.getElementById('notice').hidden").await == true {
        assert!(begun.elapsed() < PATIENCE, "the page does not notice that nobody answers");
        browser.click("[data-step='+day']").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let notice = browser.text("#notice").await;
    assert!(notice.starts_with("The server does not answer."), "{notice}");
    let last = browser.text("#day").await;
    assert!(last.ends_with("2026"), "the last sky stays: {last}");
    browser.click("#examples .go").await;
    browser.until("document.querySelector('#examples .refused')").await;
    let mut command = programs::command("orrery-server");
    command
        .args(["--log-level", "warn", "--listen", &address.to_string(), "--datasets"])
        .arg(tables::shared_dir());
    let _server = Server::run(command.arg("--ephe").arg(workspace::ephemeris_path()));
    browser.click("#notice button").await;
    browser.until("document.getElementById('notice').hidden").await;
    assert_ne!(browser.text("#day").await, last, "what was asked for is there now");
}

#[tokio::test]
async fn a_year_of_five_digits_is_asked_for_as_one() {
    let server = Server::shared();
    let browser = opened(&server).await;
    browser.pick("9999-12-31T12:00:00").await;
    browser.until("document.getElementById('notice').textContent.includes('31 December 9999')").await;
    browser.click("[data-step='+day']").await;
    browser.until("document.getElementById('notice').textContent.includes('1 January 10000')").await;
    let target = "/v1/positions?date=%2B10000-01-01T12:00:00.000Z&source=table";
    let problem = server.client().get(target).problem(409, "table_only");
    let notice = browser.text("#notice").await;
    assert!(notice.contains(problem["detail"].as_str().unwrap()), "{notice}");
}

#[tokio::test]
async fn a_reply_that_makes_no_sense_does_not_stop_the_page() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    browser
        .js("const real = window.fetch; \
             window.fetch = async () => { \
               window.fetch = real; \
               window.garbled = true; \
               return new Response('{', { headers: { 'content-type': 'application/json' } }); };")
        .await;
    browser.click("[data-step='+day']").await;
    browser.until("window.garbled").await;
    browser.click("[data-step='+day']").await;
    browser.until("document.getElementById('day').textContent === '22 March 2026'").await;
}
