//! Refusals, replies that make no sense, and no server at all.

use std::time::{Duration, Instant};

use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};
use serde_json::json;

use crate::browser::{Browser, PATIENCE};
use crate::{EQUINOX, cell, eclipses, loaded, opened, opened_at};

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

/// Has requests that begin with `window.broken` fail, as they do without a network, or ask for `window.instead`.
const BREAKABLE: &str = "
    const real = window.fetch;
    window.fetch = (target, ...rest) => {
      if (!window.broken || !target.startsWith(window.broken)) return real(target, ...rest);
      return window.instead ? real(window.instead, ...rest) : Promise.reject(new TypeError('broken'));
    };";

#[tokio::test]
async fn a_month_that_does_not_come_leaves_the_one_before_and_all_else() {
    let server = Server::shared();
    let browser = opened(&server).await;
    browser.js(BREAKABLE).await;
    let month = browser.text("#month").await;
    browser.js("window.broken = '/v1/moon/'").await;
    browser.click("#month-after").await;
    browser.until("!document.getElementById('moon-notice').hidden").await;
    assert!(browser.text("#moon-notice").await.starts_with("The server does not answer."));
    assert_eq!(browser.text("#month").await, month);
    for notice in ["notice", "eclipses-notice"] {
        let hidden =
            browser.js_of("return document.getElementById(arguments[0]).hidden", &[notice.into()]).await;
        assert_eq!(hidden, true, "{notice}");
    }
    browser.js("window.broken = null").await;
    browser.click("#moon-notice button").await;
    browser.until("document.getElementById('moon-notice').hidden").await;
    assert_ne!(browser.text("#month").await, month, "what was asked for is there now");

    // A refusal is told as the server words it.
    let target = "/v1/moon/calendar?start=1000-01-01&stop=1000-02-01";
    let problem = server.client().get(target).problem(422, "outside_ephemeris");
    browser.js_of("[window.broken, window.instead] = ['/v1/moon/', arguments[0]]", &[target.into()]).await;
    browser.click("#month-after").await;
    browser.until("!document.getElementById('moon-notice').hidden").await;
    let notice = browser.text("#moon-notice").await;
    for member in ["title", "detail", "hint"] {
        assert!(notice.contains(problem[member].as_str().unwrap()), "{member}: {notice}");
    }
    browser.js("window.broken = null").await;
    browser.click("#moon-notice button").await;
    browser.until("document.getElementById('moon-notice').hidden").await;
    assert_eq!(browser.text("#month").await, month, "it is this month again");
}

#[tokio::test]
async fn eclipses_that_do_not_come_take_nothing_else_away() {
    let server = Server::shared();
    let browser = Browser::open().await;
    let source = format!("{BREAKABLE} window.broken = '/v1/eclipses?'");
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await;
    // Nor are there maps.
    browser.chromium("Network.enable", json!({})).await;
    browser.chromium("Network.setBlockedURLs", json!({"urls": ["*/path?*"]})).await;
    browser.go(server.address).await;
    browser.until("!document.getElementById('eclipses-notice').hidden").await;
    browser.until("document.querySelector('[data-date]') && document.querySelector('tr[data-body]')").await;
    assert!(browser.text("#eclipses-notice").await.starts_with("The server does not answer."));
    // One of the places is not told: the others are.
    let first = server.client().get("/v1/eclipses?count=1").json()["eclipses"][0]["id"].take();
    browser.js_of("window.broken = `/v1/eclipses/${arguments[0]}/local`", &[first]).await;
    browser.click("#eclipses-notice button").await;
    loaded(&browser).await;
    assert_eq!(browser.js("return document.getElementById('eclipses-notice').hidden").await, true);
    eclipses::give(&browser, 52.52, 13.41).await;
    let here =
        browser.js("return [...document.querySelectorAll('.here')].map((line) => line.textContent)").await;
    let here: Vec<_> = here.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(here[0], "What is seen from here is not known: The server does not answer.");
    assert!(
        here.len() == 6
            && here[1..].iter().all(|line| line.contains("from here.") || line.contains("from here,")),
        "{here:?}"
    );
    browser.js("document.getElementById('eclipses').scrollIntoView()").await;
    browser.until("document.querySelector('#eclipses a:has(img)').hidden").await;
    assert_eq!(browser.js("return document.querySelector('#eclipses dl').checkVisibility()").await, true);
}
