//! Whoever has no mouse, a small screen, the dark, no liking for motion, or no scripts.

use orrery_tests::programs::Server;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{EQUINOX, eclipses, examined, loaded, look_at, opened_at};

#[tokio::test]
async fn a_keyboard_reaches_everything() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    let mut reached: Vec<String> = Vec::new();
    browser.js("document.activeElement.blur()").await;
    for _ in 0..200 {
        browser.press("\u{e004}").await;
        let stop = browser
            .js("const here = document.activeElement; \
                 if (here === document.body) return null; \
                 const framed = getComputedStyle(here.closest('.choice') ?? here).outlineStyle !== 'none'; \
                 const seen = framed || here.classList.contains('lit'); \
                 return (seen ? '' : 'unseen ') + (here.id || here.dataset.step || here.name || here.dataset.body \
                   || here.closest('[data-body]')?.dataset.body || here.ariaLabel || here.textContent.slice(0, 30))")
            .await;
        let Value::String(stop) = stop else { break };
        // A date has a stop for each of its parts.
        if reached.last() != Some(&stop) {
            reached.push(stop);
        }
    }
    let place = |name: &str| {
        reached
            .iter()
            .position(|stop| stop == name)
            .unwrap_or_else(|| panic!("{name} cannot be reached: {reached:?}"))
    };
    let order = [
        "theme",
        "present",
        "when",
        "run",
        "pace",
        "+day",
        "\u{2212}year",
        "year",
        "source",
        "angles",
        "pluto",
        "nodes",
        "asteroids",
        "again",
        "chart-name",
        "chart-date",
        "chart-unknown",
        "chart-zone",
        "chart-houses",
        "chart-here",
        "chart-example",
        "month-before",
        "month-after",
        "lat",
        "lon",
        "here",
        "eclipses-file",
        "Run: An equinox",
        "Run: Nothing new",
    ];
    let places: Vec<_> = order.iter().map(|name| place(name)).collect();
    assert!(places.is_sorted(), "{reached:?}");
    assert!(!reached.iter().any(|stop| stop.starts_with("unseen")), "{reached:?}");
    // The wheel is one stop; arrows walk around it, and light the row of the body.
    assert!(place("sun") < place("present"), "{reached:?}");
    browser.js("document.querySelector('#wheel .body').focus()").await;
    browser.press("\u{e014}").await;
    let lit = "return [...document.querySelectorAll('tr.lit')].map((row) => row.dataset.body)";
    assert_eq!(browser.js(lit).await, json!(["moon"]));
    browser.js("document.querySelector('tr[data-body=mars] button').focus()").await;
    assert_eq!(browser.js("return document.querySelector('#wheel .body.lit').dataset.body").await, "mars");
    browser.press("\u{e007}").await;
    browser.js("document.activeElement.blur()").await;
    assert_eq!(browser.js(lit).await, json!(["mars"]), "what was pressed stays lit");

    browser.js("document.querySelector('#examples .go').focus()").await;
    browser.press("\u{e007}").await;
    browser.until("document.querySelector('#examples b')?.textContent === '200 OK'").await;
    assert_eq!(browser.js("return document.activeElement.ariaExpanded").await, "true");
    assert!(browser.text("#said").await.starts_with("An equinox: 200 OK, "));
}

#[tokio::test]
async fn a_phone_needs_no_scrolling_sideways() {
    let server = Server::shared();
    let browser = Browser::open().await;
    for width in [360, 390, 768, 1280] {
        browser.resize(width, 800).await;
        browser.go(server.address).await;
        loaded(&browser).await;
        eclipses::give(&browser, 52.52, 13.41).await;
        browser.until("document.querySelector('.horizon')").await;
        browser.click("[name=apogee]").await;
        browser.until("document.querySelectorAll('tr[data-body]').length === 12").await;
        examined(&browser).await;
        browser.click("#examples .go").await;
        browser.until("document.querySelector('#examples pre')").await;
        let wide = browser
            .js("const wide = [...document.querySelectorAll('main *, header *, footer *')].filter((part) => { \
                   if (innerWidth < 720 && part.closest('thead')) return false; \
                   const { right, width, left } = part.getBoundingClientRect(); \
                   return width > 1 && (right > innerWidth + 0.5 || left < -0.5); }); \
                 const { scrollWidth, clientWidth } = document.documentElement; \
                 return [scrollWidth - clientWidth, wide.map((part) => part.outerHTML.slice(0, 80))]")
            .await;
        assert_eq!(wide, json!([0, []]), "at {width}");
    }
}

#[tokio::test]
async fn dark_and_light_differ_and_both_are_legible() {
    /// Of every text on the page, its contrast with what is behind it (WCAG 2.2), where that is too little.
    const FAINT: &str = "
        const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const rgb = (text) => {
          const [, r, g, b, a = 1] = /(\\d+), (\\d+), (\\d+)(?:, ([\\d.]+))?/.exec(text) ?? [0, 0, 0, 0, 0];
          return { a: Number(a), y: 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b) };
        };
        const behind = (part) => {
          for (let at = part; at; at = at.parentElement) {
            const colour = rgb(getComputedStyle(at).backgroundColor);
            if (colour.a === 1) return colour.y;
          }
          throw new Error('nothing is behind it');
        };
        const faint = [];
        let seen = 0;
        for (const part of document.querySelectorAll('body *')) {
          const text = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
          if (!text || part.closest('svg, option, noscript') || !part.checkVisibility()) continue;
          seen += 1;
          const [a, b] = [rgb(getComputedStyle(part).color).y, behind(part)];
          const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (contrast < 4.5) faint.push([part.outerHTML.slice(0, 60), contrast]);
        }
        return [seen > 150, faint];";
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    eclipses::give(&browser, 52.52, 13.41).await;
    browser.until("document.querySelector('.horizon')").await;
    browser.click("#examples li:nth-child(7) .go").await;
    browser.until("document.querySelector('#examples pre')").await;
    let paper = "return getComputedStyle(document.documentElement).backgroundColor";
    let mut papers = Vec::new();
    for scheme in ["dark", "light"] {
        browser.prefer(&[("prefers-color-scheme", scheme)]).await;
        assert_eq!(browser.js(FAINT).await, json!([true, []]), "{scheme}");
        papers.push(browser.js(paper).await);
    }
    assert_ne!(papers[0], papers[1]);
    // The toggle wins over the system, is remembered, and is all that is.
    browser.click("#theme").await;
    assert_eq!(browser.js(paper).await, papers[0]);
    browser.go(server.address).await;
    assert_eq!(browser.js(paper).await, papers[0]);
    assert_eq!(browser.js("return {...localStorage}").await, json!({"theme": "dark"}));
    browser.click("#theme").await;
    assert_eq!(browser.js(paper).await, papers[1]);
}

#[tokio::test]
async fn less_motion_is_none() {
    /// How many places the Sun is drawn at on its way a month on.
    const PLACES: &str = "
        const tick = document.querySelector('#wheel .body[data-body=sun] .tick');
        const places = new Set([tick.getAttribute('transform')]);
        const observer = new MutationObserver(() => places.add(tick.getAttribute('transform')));
        observer.observe(tick, { attributes: true });
        window.counted = () => places.size - 1;
        document.querySelector('[data-step=\"+month\"]').click();";
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    for (motion, glides) in [("reduce", false), ("no-preference", true)] {
        browser.prefer(&[("prefers-reduced-motion", motion)]).await;
        look_at(&browser, EQUINOX).await;
        browser.js(PLACES).await;
        browser.until("document.getElementById('day').textContent === '20 April 2026'").await;
        // The closer look comes when all has been still for a while.
        examined(&browser).await;
        let places = browser.js("return counted()").await.as_u64().unwrap();
        assert_eq!(places > 1, glides, "{motion}: {places}");
    }
}

#[tokio::test]
async fn without_scripts_there_is_a_line_to_copy() {
    let server = Server::shared();
    let browser = Browser::open().await;
    browser.chromium("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.go(server.address).await;
    let said = browser.text("noscript").await;
    assert!(said.contains("curl '") && said.contains("/v1/positions?bodies=sun,moon"), "{said}");
    assert_eq!(browser.js("return document.querySelector('noscript pre').checkVisibility()").await, true);
}
