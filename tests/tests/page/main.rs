//! Hazard: a page that looks right and is wrong, or works in its author's hands alone. Chromium loads it from the real
//! server, and what it shows is held against the server's own replies; then with a keyboard, on a phone, in the dark,
//! and without a server.

mod answers;
mod browser;
mod chart;
mod eclipses;
mod failures;
mod hands;
mod moon;
mod reference;
mod time;

use browser::Browser;
use orrery_tests::programs::Server;
use serde_json::json;

const TEN: [&str; 10] =
    ["sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// An equinox, with the Sun at the wheel's left end and three bodies close together.
const EQUINOX: &str = "2026-03-20T14:46:00";

/// The page, loaded, with a sky on it, the Moon's month and eclipses.
async fn opened(server: &Server) -> Browser {
    let browser = Browser::open().await;
    browser.go(server.address).await;
    loaded(&browser).await;
    browser
}

/// The same where clocks go by a zone.
async fn opened_in(server: &Server, zone: &str) -> Browser {
    let browser = Browser::open().await;
    browser.chromium("Emulation.setTimezoneOverride", json!({"timezoneId": zone})).await;
    browser.go(server.address).await;
    loaded(&browser).await;
    browser
}

async fn loaded(browser: &Browser) {
    browser.until("document.querySelectorAll('tr[data-body]').length === 10").await;
    browser.until("document.querySelector('[data-date]') && document.querySelector('[data-eclipse]')").await;
}

/// The same at an instant, when all that is measured has been.
async fn opened_at(server: &Server, utc: &str) -> Browser {
    let browser = opened(server).await;
    look_at(&browser, utc).await;
    browser
}

async fn look_at(browser: &Browser, utc: &str) {
    browser.pick(utc).await;
    let (date, clock) = utc.split_once('T').unwrap();
    let [year, month, day] = [0, 1, 2].map(|nth| date.split('-').nth(nth).unwrap().parse::<usize>().unwrap());
    let date = format!("{day} {} {year}", MONTHS[month - 1]);
    browser.until(&format!("document.getElementById('day').textContent === '{date}'")).await;
    browser.until(&format!("document.getElementById('clock').textContent === '{clock}'")).await;
    examined(browser).await;
    // Bodies glide to where they belong; they are there when they lie where they lay a moment ago.
    browser
        .until(
            "(() => { \
               const seen = [...document.querySelectorAll('#wheel .tick')].map((it) => it.getAttribute('transform')).join(); \
               const still = seen === window.seenLast; \
               window.seenLast = seen; \
               return still; })()",
        )
        .await;
}

/// Waits until each body has been asked for alone, and both sources have been compared.
async fn examined(browser: &Browser) {
    browser
        .until("[...document.querySelectorAll('td.micros')].every((cell) => /\\d/.test(cell.textContent))")
        .await;
    browser.until("document.querySelector('.proof:not(.stale) #differences li')").await;
}

fn number(text: &str) -> f64 {
    let plain: String =
        text.replace('\u{2212}', "-").chars().filter(|c| c.is_ascii_digit() || "-.".contains(*c)).collect();
    plain.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// Degrees, minutes and seconds, cut.
fn sexagesimal(degrees: f64) -> String {
    let seconds = (degrees * 3600.0 + 1e-6).floor() as u32;
    format!("{}°{:02}′{:02}″", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A cell of a body's row.
async fn cell(browser: &Browser, body: &str, column: &str) -> String {
    let text = browser.text(&format!("tr[data-body={body}] td.{column}")).await;
    text.trim_matches(['\u{2007}', ' ']).to_owned()
}
