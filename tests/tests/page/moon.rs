//! The Moon's month.

use orrery_tests::programs::Server;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{MONTHS, loaded, number, opened_in};

/// Its clocks are changed in March and in November, and are behind Greenwich: a day's noon has the date of Greenwich there.
const ZONE: &str = "America/New_York";

const PLACE: (f64, f64) = (40.71, -74.01);

/// Each day as the page shows it: of the Moon's face the part that is drawn as lit, and which side that is at.
const SHOWN: &str = "
    const plain = (text) => text.replaceAll('\\u2060', '').replaceAll('\\u202f', ' ').trim();
    const step = 0.01;
    return [...document.querySelectorAll('#month [data-date]')].map((cell) => {
      const face = cell.querySelector('.phase');
      const lit = [];
      for (let x = -10 + step / 2; x < 10; x += step) {
        const point = face.createSVGPoint();
        point.x = x;
        if (face.querySelector('path').isPointInFill(point)) lit.push(x);
      }
      return {
        date: cell.dataset.date,
        column: cell.cellIndex,
        number: cell.querySelector('.date').lastChild.data,
        share: cell.querySelector('.share').textContent,
        phase: face.ariaLabel,
        sign: cell.querySelector('.sign svg').ariaLabel,
        lit: lit.length * step / 20,
        side: Math.sign(lit.reduce((sum, x) => sum + x, 0)),
        today: cell.ariaCurrent,
        told: [...cell.querySelectorAll('li:not(.horizon), .horizon span')].map((line) =>
          [line.className || 'horizon', line.querySelector('svg')?.ariaLabel ?? '', plain(line.textContent)]),
      };
    });";

#[tokio::test]
async fn a_month_shows_what_the_server_answers_and_turns_over_the_end_of_the_year() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    let (year, month) = shown_month(&browser).await;
    compare(&server, &browser, (year, month), None).await;
    let now = browser
        .js("const now = new Intl.DateTimeFormat('en', { year: 'numeric', month: '2-digit', day: '2-digit' }); \
             const part = Object.fromEntries(now.formatToParts().map(({ type, value }) => [type, value])); \
             return `${part.year}-${part.month}-${part.day}`")
        .await;
    let today =
        "return [...document.querySelectorAll('#month [aria-current=date]')].map((day) => day.dataset.date)";
    assert_eq!(browser.js(today).await, json!([now]));

    // On to a March, and back over the year's end.
    let mut at = (year, month);
    loop {
        at = if at.1 == 12 { (at.0 + 1, 1) } else { (at.0, at.1 + 1) };
        turn(&browser, "#month-after", at).await;
        compare(&server, &browser, at, None).await;
        assert_eq!(browser.js(today).await, json!([]));
        if at.1 == 3 {
            break;
        }
    }
    while at.1 != 12 {
        at = if at.1 == 1 { (at.0 - 1, 12) } else { (at.0, at.1 - 1) };
        turn(&browser, "#month-before", at).await;
    }
    compare(&server, &browser, at, None).await;
    turn(&browser, "#month-today", (year, month)).await;
    assert_eq!(browser.text("#said").await, browser.text("#moon-title").await);
    assert_eq!(browser.text("#moon-zone").await, ZONE);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_place_has_the_moon_rise_and_set() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    let at = shown_month(&browser).await;
    assert_eq!(browser.js("return document.querySelectorAll('.horizon').length").await, 0);
    browser.click("#lat").await;
    browser.press(&PLACE.0.to_string()).await;
    // A latitude alone is no place.
    browser.press("\u{e007}").await;
    assert_eq!(browser.js("return document.querySelector('#place :invalid').id").await, "lon");
    browser.click("#lon").await;
    browser.press(&PLACE.1.to_string()).await;
    browser.press("\u{e007}").await;
    browser.until("document.querySelectorAll('.horizon').length > 27").await;
    compare(&server, &browser, at, Some(PLACE)).await;
    // South of the equator the lit part is on the other side.
    browser.js("document.getElementById('lat').value = '-33.87'").await;
    let old = browser.text("#month").await;
    browser.click("#place button").await;
    changed(&browser, &old).await;
    compare(&server, &browser, at, Some((-33.87, PLACE.1))).await;
    // Without it they go.
    browser.js("for (const id of ['lat', 'lon']) document.getElementById(id).value = ''").await;
    browser.js("document.getElementById('lat').dispatchEvent(new Event('input', { bubbles: true }))").await;
    browser.click("#place button").await;
    browser.until("!document.querySelector('.horizon')").await;

    // A browser may know where it is.
    let origin = format!("http://{}", server.address);
    browser
        .chromium("Browser.grantPermissions", json!({"origin": origin, "permissions": ["geolocation"]}))
        .await;
    let here = json!({"latitude": 52.5234, "longitude": 13.4114, "accuracy": 10});
    browser.chromium("Emulation.setGeolocationOverride", here).await;
    browser.click("#here").await;
    browser.until("document.querySelectorAll('.horizon').length > 27").await;
    let place = browser.js("return ['lat', 'lon'].map((id) => document.getElementById(id).value)").await;
    assert_eq!(place, json!(["52.52", "13.41"]));
    compare(&server, &browser, at, Some((52.52, 13.41))).await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wide_window_has_weeks_and_a_phone_a_list_of_days() {
    /// Whether days stand side by side, and whether each names its weekday.
    const LAID: &str = "
        const days = [...document.querySelectorAll('#month [data-date]')];
        const lefts = new Set(days.map((day) => Math.round(day.getBoundingClientRect().left)));
        return [lefts.size, days.every((day) => day.querySelector('.weekday').checkVisibility())];";
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    for (width, laid) in [(1280, json!([7, false])), (800, json!([7, false])), (390, json!([1, true]))] {
        browser.resize(width, 800).await;
        assert_eq!(browser.js(LAID).await, laid, "at {width}");
    }
    // A table is one for whoever cannot see it, in either way.
    let tree = browser.chromium("Accessibility.getFullAXTree", json!({})).await;
    let nodes = tree["nodes"].as_array().unwrap();
    let table = nodes.iter().find(|node| {
        node["role"]["value"] == "table"
            && node["name"]["value"]
                .as_str()
                .is_some_and(|name| name.ends_with(&format!("by the clock of {ZONE}")))
    });
    assert!(table.is_some(), "the month is no table with a name");
    let weekdays: Vec<_> = nodes.iter().filter(|node| node["role"]["value"] == "columnheader").collect();
    assert!(weekdays.iter().any(|head| head["name"]["value"] == "Wed"), "{weekdays:?}");
}

#[tokio::test]
async fn a_zone_that_the_server_does_not_know_gives_way_to_utc() {
    let server = Server::shared();
    let browser = Browser::open().await;
    let elsewhere = "const real = Intl.DateTimeFormat.prototype.resolvedOptions; \
                     Intl.DateTimeFormat.prototype.resolvedOptions = function () { \
                       return { ...real.call(this), timeZone: 'Mars/Olympus' }; }";
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({"source": elsewhere})).await;
    browser.go(server.address).await;
    loaded(&browser).await;
    assert_eq!(browser.text("#moon-zone").await, "UTC");
    assert_eq!(browser.text("#eclipses-zone").await, "UTC");
}

/// The month that the page shows.
async fn shown_month(browser: &Browser) -> (i64, usize) {
    let title = browser.text("#month-of").await;
    let (month, year) = title.split_once(' ').unwrap();
    (year.parse().unwrap(), 1 + MONTHS.iter().position(|name| *name == month).unwrap())
}

async fn turn(browser: &Browser, button: &str, (year, month): (i64, usize)) {
    browser.click(button).await;
    let title = format!("{} {year}", MONTHS[month - 1]);
    browser.until(&format!("document.getElementById('month-of').textContent === '{title}'")).await;
    browser.until(&format!("document.getElementById('said').textContent === 'The Moon in {title}'")).await;
}

async fn changed(browser: &Browser, old: &str) {
    let begun = std::time::Instant::now();
    while browser.text("#month").await == old {
        assert!(begun.elapsed() < crate::browser::PATIENCE, "the month stays as it was");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Holds every day that is shown against the server's calendar, and against its list of periods void of course.
async fn compare(server: &Server, browser: &Browser, (year, month): (i64, usize), place: Option<(f64, f64)>) {
    let shown = browser.js(SHOWN).await;
    let at = place.map(|(lat, lon)| format!("&lat={lat}&lon={lon}")).unwrap_or_default();
    let calendar =
        server.client().get(&format!("/v1/moon/calendar?year={year}&month={month}&tz={ZONE}{at}")).json();
    let days = calendar["days"].as_array().unwrap();
    let (year_before, month_before) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
    let periods =
        format!("/v1/moon/void-of-course?after={year_before}-{month_before:02}-20&count=30&tz={ZONE}");
    let periods = server.client().get(&periods).json()["periods"].take();
    let periods = periods.as_array().unwrap();
    assert!(
        periods.last().unwrap()["begin"]["jd_ut"].as_f64() > days.last().unwrap()["start"]["jd_ut"].as_f64()
    );
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), days.len());
    for (shown, day) in shown.iter().zip(days) {
        let date = day["date"].as_str().unwrap();
        assert_eq!(shown["date"], date);
        assert_eq!(number(shown["number"].as_str().unwrap()), number(&date[8..]));
        // Julian day numbers count from a Monday on.
        let weekday = (day["start"]["jd_ut"].as_f64().unwrap() + 0.5).rem_euclid(7.0).floor();
        assert_eq!(shown["column"].as_f64(), Some(weekday), "{date}");
        let lit = day["illuminated_fraction"].as_f64().unwrap();
        assert!((number(shown["share"].as_str().unwrap()) - 100.0 * lit).abs() < 0.501, "{shown} {lit}");
        assert!((shown["lit"].as_f64().unwrap() - lit).abs() < 0.002, "{shown} {lit}");
        if (0.01..0.99).contains(&lit) {
            let is_waxing = day["elongation"].as_f64().unwrap() < 180.0;
            let is_north = place.is_none_or(|(lat, _)| lat >= 0.0);
            assert_eq!(shown["side"], if is_waxing == is_north { 1 } else { -1 }, "{shown}");
        }
        assert_eq!(plain(&shown["phase"]), day["phase"]);
        assert_eq!(plain(&shown["sign"]), day["sign"]);
        assert_eq!(shown["told"], json!(told(day, periods)), "{date}");
    }
}

/// As the server names it.
fn plain(shown: &Value) -> String {
    shown.as_str().unwrap().to_lowercase().replace(' ', "_")
}

fn words(name: &Value) -> String {
    let text = name.as_str().unwrap().replace('_', " ");
    text[..1].to_uppercase() + &text[1..]
}

/// What is to be told of a day, in order: its kind, what its glyph stands for, and its words. Rise and set come last.
fn told(day: &Value, periods: &[Value]) -> Vec<[String; 3]> {
    let clock = |at: &Value| at["local"].as_str().unwrap()[11..16].to_owned();
    let jd = |at: &Value| at["jd_ut"].as_f64().unwrap();
    let date = day["date"].as_str().unwrap();
    let mut told: Vec<(f64, [String; 3])> = Vec::new();
    let mut tell = |at: &Value, kind: &str, sign: String, words: String| {
        told.push((jd(at), [kind.to_owned(), sign, words]));
    };
    for period in periods {
        let (begin, end) = (&period["begin"], &period["end"]);
        let [first, last] = [begin, end].map(|at| &at["local"].as_str().unwrap()[..10]);
        if !(first..=last).contains(&date) {
            continue;
        }
        let (at, words) = match (first == date, last == date) {
            (true, true) => (begin, format!("void {}–{}", clock(begin), clock(end))),
            (true, false) => (begin, format!("void from {}", clock(begin))),
            (false, true) => (&day["start"], format!("void until {}", clock(end))),
            (false, false) => (&day["start"], "void all day".to_owned()),
        };
        tell(at, "void", String::new(), words);
    }
    for event in day["events"].as_array().unwrap() {
        let at = &event["at"];
        let kind = event["type"].as_str().unwrap();
        match kind {
            "lunation" => tell(at, kind, String::new(), format!("{} {}", words(&event["phase"]), clock(at))),
            "ingress" => tell(at, kind, words(&event["sign"]), clock(at)),
            "eclipse" => {
                let which =
                    format!("{} {} eclipse", words(&event["eclipse"]), event["kind"].as_str().unwrap());
                tell(at, kind, String::new(), format!("{which} {}", clock(at)));
            }
            _ => {}
        }
    }
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut horizon: Vec<_> = [("rise", "rises"), ("set", "sets")]
        .into_iter()
        .flat_map(|(name, verb)| day[name].as_array().into_iter().flatten().map(move |at| (verb, at)))
        .collect();
    horizon.sort_by(|a, b| jd(a.1).total_cmp(&jd(b.1)));
    let horizon = horizon
        .iter()
        .map(|(verb, at)| ["horizon".to_owned(), String::new(), format!("{verb} {}", clock(at))]);
    told.into_iter().map(|(_, told)| told).chain(horizon).collect()
}
