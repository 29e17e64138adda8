//! What the page shows is what the server answers.

use orrery_tests::measure::angle_between;
use orrery_tests::programs::Server;
use serde_json::{Value, json};

use crate::{EQUINOX, TEN, cell, examined, number, opened, opened_at, sexagesimal};

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
