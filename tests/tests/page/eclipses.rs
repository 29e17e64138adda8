//! The next eclipses.

use orrery_tests::programs::Server;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{MONTHS, number, opened_in};

const ZONE: &str = "Asia/Tokyo";

/// Each card as it is shown.
const SHOWN: &str = "
    return [...document.querySelectorAll('#eclipses li')].map((card) => ({
      id: card.dataset.eclipse,
      name: card.querySelector('h3').textContent,
      when: card.querySelector('.when').textContent,
      utc: card.querySelector('.when time').dateTime,
      map: card.querySelector('img').getAttribute('src'),
      large: card.querySelector('a:has(img)').getAttribute('href'),
      all: card.querySelector(':scope > a:last-child').getAttribute('href'),
      figures: [...card.querySelectorAll('dl div')].map((figure) => [...figure.children].map((part) => part.textContent)),
      here: card.querySelector('.here').textContent,
    }));";

#[tokio::test]
async fn cards_show_what_the_server_answers() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    let eclipses = next(&server);
    let shown = browser.js(SHOWN).await;
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), eclipses.len());
    for (shown, eclipse) in shown.iter().zip(&eclipses) {
        let id = eclipse["id"].as_str().unwrap();
        assert_eq!(shown["id"], id);
        let [kind, of] = if eclipse["kind"] == "solar" { ["solar", "Sun"] } else { ["lunar", "Moon"] };
        assert_eq!(shown["name"], format!("{} eclipse of the {of}", capital(&eclipse["type"])));
        assert_eq!(shown["when"], dated(&eclipse["maximum"]));
        assert_eq!(shown["utc"], eclipse["maximum"]["utc"]);
        let map = format!("/v1/eclipses/{id}/path?format=svg&tz={ZONE}");
        assert_eq!([&shown["map"], &shown["large"]], [&json!(map), &json!(map)]);
        assert_eq!(shown["all"], format!("/v1/eclipses/{id}"));
        assert_eq!(shown["here"], "");

        let mut figures = shown["figures"].as_array().unwrap().iter();
        let mut figure = || {
            let figure = figures.next().unwrap_or_else(|| panic!("something is missing in {shown}"));
            [0, 1].map(|nth| figure[nth].as_str().unwrap())
        };
        let [name, measured] = match (kind, eclipse["type"].as_str().unwrap()) {
            ("solar", _) => ["Magnitude", "magnitude"],
            (_, "penumbral") => ["Penumbral magnitude", "penumbral_magnitude"],
            _ => ["Umbral magnitude", "umbral_magnitude"],
        };
        let [told, magnitude] = figure();
        assert_eq!(told, name, "{id}");
        assert!(
            (number(magnitude) - eclipse[measured].as_f64().unwrap()).abs() <= 5.01e-4,
            "{magnitude} {eclipse}"
        );
        if let Some(lasts) = eclipse["duration_s"].as_f64() {
            let [_, told] = figure();
            // To the second, or to the minute.
            let (seconds, unit) = read_duration(told);
            assert!((seconds - lasts).abs() <= 0.501 * unit, "{told} {lasts}");
        }
        let [name, saros] = figure();
        assert_eq!(name, "Saros");
        let member = eclipse["saros_member"].as_f64().unwrap();
        assert_eq!(saros, format!("{}, no. {member}", eclipse["saros"].as_f64().unwrap()));
        assert!(figures.next().is_none(), "{shown}");
    }

    assert_eq!(browser.text("#eclipses-zone").await, ZONE);
    let file = browser.js("return document.getElementById('eclipses-file').getAttribute('href')").await;
    let file = server.client().get(file.as_str().unwrap());
    assert!(
        file.header("content-type").unwrap().starts_with("text/calendar"),
        "{:?}",
        file.header("content-type")
    );
    assert_eq!(file.body.matches("BEGIN:VEVENT").count(), eclipses.len());
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn each_has_its_map() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    for eclipse in next(&server) {
        let image = format!("[data-eclipse={}] img", eclipse["id"].as_str().unwrap());
        browser
            .js_of("document.querySelector(arguments[0]).scrollIntoView()", &[image.as_str().into()])
            .await;
        browser.until(&format!("document.querySelector('{image}').complete")).await;
        let seen = browser
            .js_of(
                "const image = document.querySelector(arguments[0]); \
                 return image.naturalWidth > 0 && image.checkVisibility()",
                &[image.as_str().into()],
            )
            .await;
        assert_eq!(seen, true, "{image}");
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_seen_from_a_place_is_told() {
    let server = Server::shared();
    let browser = opened_in(&server, ZONE).await;
    let eclipses = next(&server);
    // Where one of the Sun is greatest, and at the other end of the world.
    let solar = eclipses.iter().find(|eclipse| eclipse["kind"] == "solar").unwrap();
    let [lat, lon] = ["lat", "lon"].map(|name| solar[name].as_f64().unwrap());
    for (lat, lon) in [(lat, lon), (-lat, if lon > 0.0 { lon - 180.0 } else { lon + 180.0 })] {
        give(&browser, lat, lon).await;
        for eclipse in &eclipses {
            let id = eclipse["id"].as_str().unwrap();
            let target = format!("/v1/eclipses/{id}/local?lat={lat}&lon={lon}&tz={ZONE}");
            let reply = server.client().get(&target);
            assert_eq!(reply.status, 200, "{target} {}", reply.body);
            let line = seen(&reply.json()["local"]["visible"], eclipse);
            let here = browser.text(&format!("[data-eclipse={id}] .here")).await;
            assert_eq!(here.replace('\u{202f}', " "), line, "{target}");
        }
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
}

/// The eclipses that the page is to show.
fn next(server: &Server) -> Vec<Value> {
    let reply = server.client().get(&format!("/v1/eclipses?count=6&tz={ZONE}")).json();
    let eclipses = reply["eclipses"].as_array().unwrap().clone();
    assert_eq!(eclipses.len(), 6);
    eclipses
}

/// Gives the page a place, and waits until it says of each eclipse what is seen there.
pub(crate) async fn give(browser: &Browser, lat: f64, lon: f64) {
    let script = "for (const [nth, id] of ['lat', 'lon'].entries()) document.getElementById(id).value = arguments[nth]; \
                  document.getElementById('place').requestSubmit()";
    browser.js_of(script, &[lat.into(), lon.into()]).await;
    browser.until("[...document.querySelectorAll('.here')].every((line) => line.textContent)").await;
}

fn capital(name: &Value) -> String {
    let name = name.as_str().unwrap();
    name[..1].to_uppercase() + &name[1..]
}

/// `2027-02-06T16:59:38.539+09:00` as `6 February 2027, 16:59`.
fn dated(at: &Value) -> String {
    let local = at["local"].as_str().unwrap();
    let [month, day] = [&local[5..7], &local[8..10]].map(|part| part.parse::<usize>().unwrap());
    format!("{day} {} {}, {}", MONTHS[month - 1], &local[..4], &local[11..16])
}

/// Seconds, and how many of them are a unit of the last figure: `7 m 51 s`, `4 h 01 m`.
fn read_duration(told: &str) -> (f64, f64) {
    let [many, many_unit, few, few_unit] =
        <[&str; 4]>::try_from(told.split(' ').collect::<Vec<_>>()).unwrap();
    let unit = match (many_unit, few_unit) {
        ("m", "s") => 1.0,
        ("h", "m") => 60.0,
        _ => panic!("{told} is no duration"),
    };
    assert!(number(few) < 60.0, "{told}");
    ((60.0 * number(many) + number(few)) * unit, unit)
}

/// The line of what is seen from a place.
fn seen(visible: &Value, eclipse: &Value) -> String {
    if visible.is_null() {
        return "Not seen from here.".to_owned();
    }
    let greatest = &visible["greatest"];
    let when = dated(&greatest["at"]);
    // The date is that of the eclipse, or is told.
    let when = match dated(&eclipse["maximum"]).split_once(", ").unwrap().0 {
        day if when.starts_with(&format!("{day},")) => when.split_once(", ").unwrap().1.to_owned(),
        _ => when,
    };
    let kind = visible["type"].as_str().unwrap();
    let much = match (kind, greatest["obscuration"].as_f64()) {
        ("total", _) => String::new(),
        (_, Some(obscuration)) => format!(", {:.0} % covered", (100.0 * obscuration + 0.5).floor()),
        ("penumbral", None) => {
            format!(", magnitude {:.2}", greatest["penumbral_magnitude"].as_f64().unwrap())
        }
        (_, None) => format!(", magnitude {:.2}", greatest["umbral_magnitude"].as_f64().unwrap()),
    };
    format!("{} from here, greatest {when}{much}.", capital(&visible["type"]))
}
