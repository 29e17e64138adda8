//! Time: steps, the scale of the year, runs, and now.

use std::time::Duration;

use orrery_tests::programs::Server;

use crate::{EQUINOX, cell, examined, look_at, opened_at, sexagesimal};

#[tokio::test]
async fn time_steps_slides_and_runs() {
    let server = Server::shared();
    let browser = opened_at(&server, "2027-01-31T06:00:00").await;
    let before = cell(&browser, "moon", "place").await;
    browser.click("[data-step='+day']").await;
    browser.until("document.getElementById('day').textContent === '1 February 2027'").await;
    let reply = server.client().positions("date=2027-02-01T06:00:00Z&bodies=moon");
    let place = sexagesimal(reply["positions"][0]["sign_longitude"].as_f64().unwrap());
    assert_eq!(cell(&browser, "moon", "place").await, place);
    assert_ne!(place, before);
    // A month has its own length, and a year too.
    look_at(&browser, "2027-01-31T06:00:00").await;
    for (step, day) in [
        ("+month", "28 February 2027"),
        ("\u{2212}month", "28 January 2027"),
        ("+year", "28 January 2028"),
        ("\u{2212}hour", "28 January 2028"),
    ] {
        browser.click(&format!("[data-step='{step}']")).await;
        browser.until(&format!("document.getElementById('day').textContent === '{day}'")).await;
    }
    browser.until("document.getElementById('clock').textContent === '05:00:00'").await;
    assert_eq!(browser.js("return document.getElementById('year').max").await, "365");

    browser.js("document.getElementById('year').focus()").await;
    browser.press("\u{e014}").await;
    browser.until("document.getElementById('day').textContent === '29 January 2028'").await;
    assert_eq!(
        browser
            .js("return document.getElementById('year').ariaValueText ?? \
        document.getElementById('year').getAttribute('aria-valuetext')")
            .await,
        "29 January 2028"
    );

    browser.click("#run").await;
    browser.until("document.querySelector('.trail[data-body=moon]').points.numberOfItems > 20").await;
    browser.click("#run").await;
    examined(&browser).await;
    let stopped = browser.text("#day").await;
    assert_ne!(stopped, "29 January 2028");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(browser.text("#day").await, stopped);
    assert_eq!(browser.js("return document.getElementById('present').ariaPressed").await, "false");
    browser.click("#present").await;
    browser.until("document.getElementById('present').ariaPressed === 'true'").await;
    let year = browser.js("return String(new Date().getUTCFullYear())").await;
    assert!(browser.text("#day").await.ends_with(year.as_str().unwrap()));

    // Now goes on by itself, but not while nobody looks.
    let ticked = |clock: &str| format!("document.getElementById('clock').textContent !== '{clock}'");
    browser.until(&ticked(&browser.text("#clock").await)).await;
    let hide = "Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true }); \
                document.dispatchEvent(new Event('visibilitychange'))";
    browser.js_of(hide, &[true.into()]).await;
    // What was asked for before may still come.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let clock = browser.text("#clock").await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(browser.text("#clock").await, clock);
    browser.js_of(hide, &[false.into()]).await;
    browser.until(&ticked(&clock)).await;
}

#[tokio::test]
async fn a_view_that_is_asked_for_again_is_examined_again() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    browser.js("document.querySelector('td.micros').textContent = 'none'").await;
    browser.pick(EQUINOX).await;
    examined(&browser).await;
}
