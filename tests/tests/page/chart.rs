//! The form that draws a chart.

use orrery_tests::programs::Server;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{opened, opened_in};

const ZONE: &str = "Europe/Berlin";

/// What is drawn: its title, its description, and the parts of it.
const DRAWN: &str = "
    const picture = document.getElementById('chart-drawn').shadowRoot.querySelector('svg');
    const style = (part) => getComputedStyle(picture.querySelector(part));
    return {
      title: picture.querySelector(':scope > title').textContent,
      said: picture.querySelector(':scope > desc').textContent,
      classes: picture.classList.value,
      houses: Boolean(picture.querySelector('.houses')),
      ink: style('text.title').fill,
      paper: style('rect.paper').fill,
      wide: picture.viewBox.baseVal.width > picture.viewBox.baseVal.height,
    };";

/// Fills the form in.
async fn fill(browser: &Browser, values: &Value) {
    let script = "
        for (const [name, value] of Object.entries(arguments[0])) {
          const field = document.getElementById(`chart-${name}`);
          if (field.type === 'checkbox') field.checked = value; else field.value = value;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }";
    browser.js_of(script, std::slice::from_ref(values)).await;
}

/// Presses the button, and waits for what is drawn under a title.
async fn draw(browser: &Browser, title: &str) -> Value {
    browser.click("#chart-form .go").await;
    drawn(browser, title).await
}

/// Waits for what is drawn under a title.
async fn drawn(browser: &Browser, title: &str) -> Value {
    browser
        .until(&format!(
            "document.getElementById('chart-drawn').shadowRoot.querySelector('title')?.textContent === '{title}' \
             && document.getElementById('chart-drawn').ariaBusy === 'false'"
        ))
        .await;
    browser.js(DRAWN).await
}

fn natal() -> Value {
    json!({"date": "2010-06-01", "time": "06:30", "zone": ZONE, "lat": "52.52", "lon": "13.4", "houses": "koch"})
}

#[tokio::test]
async fn a_chart_is_drawn_as_the_server_draws_it() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    assert_eq!(browser.js("return document.getElementById('chart-zone').value").await, ZONE);
    fill(&browser, &natal()).await;
    let title = "1 June 2010, 06:30 Europe/Berlin (UTC+02:00)";
    let drawn = draw(&browser, title).await;
    let target = "/v1/chart?date=2010-06-01T06:30&tz=Europe/Berlin&lat=52.52&lon=13.4&house_system=koch&fallback=porphyry&format=svg";
    let svg = server.text(target);
    let said = drawn["said"].as_str().unwrap();
    assert!(svg.contains(&format!(">{said}</desc>")), "{said}");
    assert_eq!((&drawn["houses"], &drawn["wide"]), (&true.into(), &true.into()));
    assert_eq!(browser.text("#said").await, format!("Drawn: {title}."));
    let file = browser
        .js("const file = document.getElementById('chart-file'); return [file.protocol, file.download]")
        .await;
    assert_eq!(file, json!(["blob:", "1-June-2010-06-30-Europe-Berlin-UTC-02-00.svg"]));

    // A title of the visitor's own is text, whatever is in it; another zodiac is another picture.
    fill(&browser, &json!({"name": "<b>Ada</b> & more", "zodiac": "lahiri", "houses": "whole_sign"})).await;
    let sidereal = draw(&browser, "<b>Ada</b> & more").await;
    let said = sidereal["said"].as_str().unwrap();
    assert!(said.contains("Whole sign houses · sidereal zodiac, Lahiri"), "{said}");
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_time_that_is_not_known_needs_no_place() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    fill(&browser, &json!({"date": "2010-06-01"})).await;
    // With a time, the browser itself asks for what is missing.
    browser.click("#chart-form .go").await;
    assert_eq!(browser.js("return document.getElementById('chart-form').checkValidity()").await, false);
    browser.click("#chart-unknown").await;
    assert_eq!(browser.js("return document.getElementById('chart-time').disabled").await, true);
    let drawn = draw(&browser, "1 June 2010, time unknown: places at midday, Europe/Berlin").await;
    assert_eq!(drawn["houses"], false);
    assert!(drawn["said"].as_str().unwrap().contains("No houses"), "{drawn}");
    browser.click("#chart-unknown").await;
    assert_eq!(browser.js("return document.getElementById('chart-time').disabled").await, false);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn dates_before_the_reform_are_said_to_be_julian() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    for (date, is_julian) in
        [("2010-06-01", false), ("1500-03-01", true), ("1582-10-15", false), ("1582-10-04", true)]
    {
        fill(&browser, &json!({"date": date})).await;
        assert_eq!(browser.text("#chart-julian").await.contains("Julian calendar"), is_julian, "{date}");
    }
    fill(&browser, &natal()).await;
    fill(&browser, &json!({"date": "1500-03-01", "zone": "lmt"})).await;
    // The server reads it so, and says so.
    draw(&browser, "1 March 1500 (Julian), 06:30 local mean time (UTC+00:53:36)").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_refused_is_said_and_what_is_drawn_stays() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    fill(&browser, &natal()).await;
    let title = "1 June 2010, 06:30 Europe/Berlin (UTC+02:00)";
    draw(&browser, title).await;
    fill(&browser, &json!({"zone": "Europe/Berlim"})).await;
    browser.click("#chart-form .go").await;
    browser.until("!document.getElementById('chart-notice').hidden").await;
    let said = browser.text("#chart-notice").await;
    assert!(said.contains("Berlim") && said.contains("Europe/Berlin"), "{said}");
    assert_eq!(browser.js(DRAWN).await["title"], title);
    // The refusal itself is all that the console tells of.
    let console = browser.console().await;
    assert!(console.iter().all(|line| line.contains("/v1/chart")), "{console:?}");
    // An hour that the clocks showed twice is not guessed.
    fill(&browser, &json!({"zone": ZONE, "date": "2010-10-31", "time": "02:30"})).await;
    browser.click("#chart-form .go").await;
    browser.until("document.getElementById('chart-notice').textContent.includes('twice')").await;
    fill(&browser, &natal()).await;
    fill(&browser, &json!({"name": "Mended"})).await;
    draw(&browser, "Mended").await;
    assert_eq!(browser.js("return document.getElementById('chart-notice').hidden").await, true);
}

/// Has requests for charts wait until they are let through.
const HELD: &str = "
    const real = window.fetch;
    window.held = [];
    window.holding = true;
    window.fetch = async (target, ...rest) => {
      if (window.holding && target === '/v1/chart') await new Promise((pass) => window.held.push(pass));
      return real(target, ...rest);
    };";
const LET_THROUGH: &str = "window.holding = false; window.held.forEach((pass) => pass())";

#[tokio::test]
async fn what_is_asked_for_last_is_drawn_in_the_colours_of_the_page() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    browser.js(HELD).await;
    fill(&browser, &natal()).await;
    fill(&browser, &json!({"name": "First"})).await;
    browser.click("#chart-form .go").await;
    browser.until("window.held.length === 1").await;
    // The colours change before anything is drawn.
    browser.click("#theme").await;
    browser.until("window.held.length === 2").await;
    browser.js(LET_THROUGH).await;
    let theme = browser.js("return document.documentElement.dataset.theme").await;
    let first = drawn(&browser, "First").await;
    assert!(first["classes"].as_str().unwrap().ends_with(theme.as_str().unwrap()), "{first}");

    // And while another is on its way.
    browser.js("window.held = []; window.holding = true").await;
    fill(&browser, &json!({"name": "Second"})).await;
    browser.click("#chart-form .go").await;
    browser.until("window.held.length === 1").await;
    browser.click("#theme").await;
    browser.until("window.held.length === 2").await;
    browser.js(LET_THROUGH).await;
    drawn(&browser, "Second").await;
    assert_eq!(browser.text("#said").await, "Drawn: Second.");
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn it_fits_a_phone_and_follows_the_colours_of_the_page() {
    let server = Server::shared();
    let browser = opened(&server).await;
    browser.click("#chart-example").await;
    browser.until("!document.getElementById('chart-result').hidden").await;
    assert_eq!(browser.js(DRAWN).await["wide"], true);
    for width in [360, 390, 800] {
        browser.resize(width, 800).await;
        browser
            .until(
                "(() => { const { width, height } = document.getElementById('chart-drawn').shadowRoot.querySelector('svg').viewBox.baseVal; \
                   return width < height; })()",
            )
            .await;
        let beyond = browser
            .js("const { scrollWidth, clientWidth } = document.documentElement; \
                 const { left, right, width } = document.getElementById('chart-drawn').shadowRoot.querySelector('svg').getBoundingClientRect(); \
                 return [scrollWidth - clientWidth, left < 0, right > innerWidth, width > 0.85 * innerWidth]")
            .await;
        assert_eq!(beyond, json!([0, false, false, true]), "at {width}");
    }
    let mut papers = Vec::new();
    for scheme in ["dark", "light"] {
        browser.prefer(&[("prefers-color-scheme", scheme)]).await;
        let drawn = browser.js(DRAWN).await;
        assert_ne!(drawn["paper"], drawn["ink"]);
        papers.push(drawn["paper"].clone());
    }
    assert_ne!(papers[0], papers[1]);
    // The page's own switch wins over the system.
    browser.click("#theme").await;
    browser
        .until("document.getElementById('chart-drawn').shadowRoot.querySelector('svg').classList.contains('dark')")
        .await;
    assert_eq!(browser.js(DRAWN).await["paper"], papers[0]);
    assert_eq!(browser.console().await, Vec::<String>::new());
}
