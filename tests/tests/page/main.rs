//! Hazard: a page that looks right and is wrong, or works in its author's hands alone. Chromium loads it from the real
//! server, and what it shows is held against the server's own replies; then with a keyboard, on a phone, in the dark,
//! and without a server.

mod browser;

use std::time::Duration;

use browser::Browser;
use orrery_tests::measure::angle_between;
use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};
use serde_json::{Value, json};

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

/// The page, loaded, with a sky on it.
async fn opened(server: &Server) -> Browser {
    let browser = Browser::open().await;
    browser.go(server.address).await;
    browser.until("document.querySelectorAll('tr[data-body]').length === 10").await;
    browser
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

#[tokio::test]
async fn the_page_asks_this_server_alone_and_nothing_complains() {
    let server = Server::shared();
    let browser = opened(&server).await;
    examined(&browser).await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    let generation = server.client().get("/health/ready").json()["dataset"].take();
    assert_eq!(browser.text("#tables").await, generation);
    assert!(generation.as_str().unwrap().starts_with(&browser.text("#generation").await));
    let asked =
        browser.js("return performance.getEntriesByType('resource').map((entry) => entry.name)").await;
    let origin = format!("http://{}/", server.address);
    let asked: Vec<_> = asked.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(asked.len() > 20 && asked.iter().all(|name| name.starts_with(&origin)), "{asked:?}");
    assert!(asked.iter().any(|name| name.ends_with("/page/wheel.js")), "{asked:?}");
    // That the console would have told, and that the policy holds.
    browser
        .js("const script = document.createElement('script'); script.textContent = 'window.inline = true'; \
             document.body.append(script)")
        .await;
    assert_eq!(browser.js("return window.inline ?? null").await, Value::Null);
    let told = browser.console().await;
    assert!(told.iter().any(|line| line.contains("Content Security Policy")), "{told:?}");
    assert_eq!(browser.js("return Object.keys(localStorage)").await, json!([]));
}

#[tokio::test]
async fn the_wheel_and_the_rows_show_what_the_server_answers() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    let reply = server.client().positions(&format!("date={EQUINOX}Z&source=table"));
    let positions = reply["positions"].as_array().unwrap();
    // Of each body, the angle of its tick and of its glyph, as they are drawn: 0° at the left, counter-clockwise.
    let drawn = browser
        .js("const angle = (part) => { \
               const { e, f } = part.transform.baseVal.consolidate().matrix; \
               return (Math.atan2(f, -e) * 180 / Math.PI + 360) % 360; }; \
             return [...document.querySelectorAll('#wheel .body')].map((body) => \
               [body.dataset.body, angle(body.querySelector('.tick')), angle(body.children[2]), body.ariaLabel])")
        .await;
    let drawn = drawn.as_array().unwrap();
    let order: Vec<_> = drawn.iter().map(|body| body[0].as_str().unwrap()).collect();
    assert_eq!(order, TEN);
    for (position, drawn) in positions.iter().zip(drawn) {
        let longitude = position["longitude"].as_f64().unwrap();
        assert!(angle_between(drawn[1].as_f64().unwrap(), longitude).abs() < 0.01, "{drawn} {longitude}");
        assert!(angle_between(drawn[2].as_f64().unwrap(), longitude).abs() < 15.0, "{drawn} {longitude}");
        let place = sexagesimal(position["sign_longitude"].as_f64().unwrap());
        assert!(drawn[3].as_str().unwrap().contains(&place), "{drawn} {place}");
    }
    let mut glyphs: Vec<_> = drawn.iter().map(|body| body[2].as_f64().unwrap()).collect();
    glyphs.sort_by(f64::total_cmp);
    for pair in glyphs.windows(2) {
        assert!(pair[1] - pair[0] > 6.8, "two glyphs lie upon each other: {glyphs:?}");
    }
    for position in positions {
        let body = position["body"].as_str().unwrap();
        let of = |name: &str| position[name].as_f64().unwrap();
        assert_eq!(cell(&browser, body, "place").await, sexagesimal(of("sign_longitude")), "{body}");
        let sign = browser
            .js_of(
                "return document.querySelector(arguments[0]).ariaLabel.toLowerCase()",
                &[format!("tr[data-body={body}] .sign svg").into()],
            )
            .await;
        assert_eq!(sign, position["sign"]);
        for (column, name, half_a_unit) in [
            ("latitude", "latitude", 5e-5),
            ("motion", "longitude_speed", 5e-5),
            ("distance", "distance", 5e-6),
        ] {
            let shown = number(&cell(&browser, body, column).await);
            assert!((shown - of(name)).abs() <= half_a_unit * 1.001, "{body} {column} {shown} {}", of(name));
        }
        assert_eq!(cell(&browser, body, "source").await, "table");
        let hidden = browser
            .js_of(
                "return document.querySelector(arguments[0]).classList.contains('off')",
                &[format!("tr[data-body={body}] .retrograde").into()],
            )
            .await;
        assert_eq!(hidden, !position["retrograde"].as_bool().unwrap(), "{body}");
        // The audited error is what the server says of the body alone.
        let alone = server.client().positions(&format!("date={EQUINOX}Z&source=table&bodies={body}"));
        let error = alone["provenance"]["max_error_arcsec"].as_f64().unwrap();
        assert!((number(&cell(&browser, body, "error").await) - error).abs() <= 5.01e-6, "{body} {error}");
    }
    browser.click("label:has([value=decimal])").await;
    for position in positions {
        let shown = number(&cell(&browser, position["body"].as_str().unwrap(), "place").await);
        assert!((shown - position["longitude"].as_f64().unwrap()).abs() < 5.01e-7, "{shown} {position}");
    }
}

#[tokio::test]
async fn tables_and_live_are_timed_and_laid_over_each_other() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    let [table, live] = ["table", "live"].map(|source| {
        server.client().positions(&format!("date={EQUINOX}Z&source={source}&precision=full"))["positions"]
            .take()
    });
    let mut furthest = 0.0_f64;
    for (nth, body) in TEN.iter().enumerate() {
        let apart =
            |name: &str| angle_between(table[nth][name].as_f64().unwrap(), live[nth][name].as_f64().unwrap());
        let along = apart("longitude") * table[nth]["latitude"].as_f64().unwrap().to_radians().cos();
        let wanted = along.hypot(apart("latitude")) * 3600.0;
        furthest = furthest.max(wanted);
        let shown = number(&browser.text(&format!("#differences [data-body={body}] .figure")).await);
        assert!((shown - wanted).abs() < 6e-7, "{body} {shown} {wanted}");
    }
    assert!((number(&browser.text("#furthest").await) - furthest).abs() < 6e-7);
    assert!(furthest < 0.001, "{furthest}");
    for (id, unit) in [("table-micros", " µs"), ("live-micros", " µs"), ("table-trip", " ms there and back")]
    {
        let text = browser.text(&format!("#{id}")).await;
        assert!(text.ends_with(unit) && text.contains(|c: char| c.is_ascii_digit()), "{text}");
    }
    assert!(number(&browser.text("#live-micros").await) > 0.0);

    browser.click("label:has([value=live])").await;
    browser
        .until("[...document.querySelectorAll('td.source')].every((cell) => cell.textContent === 'live')")
        .await;
    examined(&browser).await;
    assert_eq!(cell(&browser, "moon", "error").await, "–");
    assert!(browser.text("#worst").await.starts_with("Live: Swiss Ephemeris"));
    assert!(browser.text("#cost").await.contains("µs in the server, "));
}

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
async fn more_points_can_be_had() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    for set in ["nodes", "apogee", "Chiron", "asteroids"] {
        browser.click(&format!("[name={set}]")).await;
    }
    browser.until("document.querySelectorAll('tr[data-body]').length === 19").await;
    examined(&browser).await;
    let wheel = browser
        .js("return [...document.querySelectorAll('#wheel .body')].map((body) => body.dataset.body)")
        .await;
    let rows = browser
        .js("return [...document.querySelectorAll('tr[data-body]')].map((row) => row.dataset.body)")
        .await;
    assert_eq!(wheel, rows);
    for body in
        ["true_node", "true_south_node", "mean_apogee", "osculating_apogee", "chiron", "ceres", "vesta"]
    {
        assert!(rows.as_array().unwrap().contains(&body.into()), "{rows}");
    }
    browser.click("[name=nodes]").await;
    browser.until("document.querySelectorAll('#wheel .body').length === 17").await;
}

#[tokio::test]
async fn a_keyboard_reaches_everything() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    let mut reached: Vec<String> = Vec::new();
    browser.js("document.activeElement.blur()").await;
    for _ in 0..120 {
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
    browser.until("document.querySelector('#examples .status, #examples b')?.textContent === '200 OK'").await;
    assert_eq!(browser.js("return document.activeElement.ariaExpanded").await, "true");
    assert!(browser.text("#said").await.starts_with("An equinox: 200 OK, "));
}

#[tokio::test]
async fn examples_show_what_the_server_says() {
    let server = Server::shared();
    let browser = opened_at(&server, EQUINOX).await;
    let count = browser.js("return document.querySelectorAll('#examples li').length").await.as_u64().unwrap();
    let mut statuses = Vec::new();
    for nth in 1..=count {
        let card = format!("#examples li:nth-child({nth})");
        browser.click(&format!("{card} .go")).await;
        browser.until(&format!("document.querySelector('{card} pre')")).await;
        let status = browser.text(&format!("{card} b")).await;
        let shown = browser.text(&format!("{card} pre")).await;
        let curl = browser.text(&format!("{card} code")).await;
        let url = curl.rsplit_once(" '").unwrap().1.trim_end_matches('\'');
        let target =
            url.strip_prefix(&format!("http://{}", server.address)).unwrap_or_else(|| panic!("{curl}"));
        let reply = server.client().get(target);
        if status.starts_with("304") {
            assert!(shown.contains(reply.header("etag").unwrap()), "{shown}");
        } else {
            assert_eq!(number(&status[..3]), f64::from(reply.status), "{target}");
            // Digit for digit, with nothing but blanks between.
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(bare(&shown), bare(&reply.body), "{target}");
            assert!(browser.text(&format!("{card} .facts")).await.contains("bytes"), "{target}");
        }
        if target.contains("plutto") {
            assert!(shown.contains("did you mean pluto?") && shown.contains("\"parameter\""), "{shown}");
        }
        statuses.push(number(&status[..3]) as u16);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 422, 422, 304]);
    // Pressed again, a reply goes away.
    browser.click("#examples .go").await;
    browser.until("document.getElementById('reply-0').hidden").await;
}

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
async fn a_phone_needs_no_scrolling_sideways() {
    let server = Server::shared();
    let browser = Browser::open().await;
    for width in [360, 390, 768, 1280] {
        browser.resize(width, 800).await;
        browser.go(server.address).await;
        browser.until("document.querySelectorAll('tr[data-body]').length === 10").await;
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
async fn without_a_server_the_page_says_so_and_tries_again() {
    let server = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    let address = server.address;
    let browser = opened_at(&server, EQUINOX).await;
    drop(server);
    // Its workers answer what is on open connections for a moment yet.
    while browser.js("return document.getElementById('notice').hidden").await == true {
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
async fn without_scripts_there_is_a_line_to_copy() {
    let server = Server::shared();
    let browser = Browser::open().await;
    browser.chromium("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.go(server.address).await;
    let said = browser.text("noscript").await;
    assert!(said.contains("curl '") && said.contains("/v1/positions?bodies=sun,moon"), "{said}");
    assert_eq!(browser.js("return document.querySelector('noscript pre').checkVisibility()").await, true);
}
